"""The second factor: six digits after the password, from a secret that only the person's telephone has."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pyotp
import pytest
from sqlalchemy import func, select, update

from core.errors import NotAllowed, NotFound, Refused
from db import factor
from db.engine import Database
from db.factor import WRONG_CODE
from db.sessions import OVER, WRONG, CodeWanted, Sessions
from db.tables import PersonRow, SessionRow, SignInRow
from tests.conftest import StillClock
from tests.entering.door import DESK, HOME, KEY, NEW, PASSWORD, halfway, journal_of, link_of

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
STEP = timedelta(seconds=30)


@pytest.fixture
def sessions(database: Database, clock: StillClock) -> Sessions:
    """The office's sessions; Wang Min switched her second factor on an hour ago."""
    found = Sessions(database, KEY)
    before = clock.now - timedelta(hours=1)
    found.set_password("wang", PASSWORD, before)
    found.set_factor("wang", SECRET, code_at(before), before)
    return found


def code_at(moment: datetime) -> str:
    """What Wang Min's telephone shows at a moment."""
    return pyotp.TOTP(SECRET).at(moment)


def refusal(sessions: Sessions, half: str, code: str, now: datetime) -> str:
    with pytest.raises((Refused, NotAllowed, NotFound)) as said:
        sessions.confirm(half, code, DESK, now)
    return str(said.value)


def count(sessions: Sessions, table: type[SessionRow] | type[SignInRow]) -> int:
    with sessions.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


# --- signing in -------------------------------------------------------------------------------------


def test_the_right_password_alone_begins_no_session(sessions: Sessions, clock: StillClock) -> None:
    """Only with the code is she in; half a ticket is no token."""
    half = halfway(sessions, clock.now)
    assert count(sessions, SessionRow) == 0
    assert sessions.person_of(half, clock.now) is None
    person = sessions.person_of(sessions.confirm(half, code_at(clock.now), DESK, clock.now), clock.now)
    assert person is not None and person.id == "wang"


def test_a_wrong_password_sounds_as_it_always_does(sessions: Sessions, clock: StillClock) -> None:
    """Whether an account has a second factor is seen only behind the right password (P19)."""
    with pytest.raises(NotAllowed, match=WRONG):
        sessions.sign_in("wang", "Falsch-2026", DESK, clock.now)


@pytest.mark.parametrize("off", [-1, 0, 1])
def test_a_clock_may_be_half_a_minute_off(sessions: Sessions, clock: StillClock, off: int) -> None:
    """One step to each side, and spaces or wide digits as a Chinese keyboard types them."""
    code = code_at(clock.now + off * STEP)
    typed = f" {code[:3]} {code[3:]}".translate({ord("0") + n: ord("０") + n for n in range(10)})
    assert sessions.confirm(halfway(sessions, clock.now), typed, DESK, clock.now)


@pytest.mark.parametrize("off", [-2, 2])
def test_a_code_of_another_minute_is_wrong(sessions: Sessions, clock: StillClock, off: int) -> None:
    half = halfway(sessions, clock.now)
    assert refusal(sessions, half, code_at(clock.now + off * STEP), clock.now) == WRONG_CODE


def test_no_code_is_taken_twice(sessions: Sessions, clock: StillClock) -> None:
    """Whoever looks over her shoulder is too late, and an earlier code is no way round."""
    sessions.confirm(halfway(sessions, clock.now), code_at(clock.now), DESK, clock.now)
    again = halfway(sessions, clock.now)
    for code in (code_at(clock.now), code_at(clock.now - STEP)):
        assert refusal(sessions, again, code, clock.now) == WRONG_CODE
    assert sessions.confirm(again, code_at(clock.now + STEP), DESK, clock.now)


def test_of_two_with_the_same_code_at_once_one_gets_in(sessions: Sessions, clock: StillClock) -> None:
    """Each step is taken by an update that must change a row."""
    halves = [halfway(sessions, clock.now) for _ in range(3)]

    def enter(half: str) -> bool:
        try:
            return bool(sessions.confirm(half, code_at(clock.now), DESK, clock.now))
        except Refused:
            return False

    with ThreadPoolExecutor(3) as crowd:
        assert sorted(crowd.map(enter, halves)) == [False, False, True]
    assert count(sessions, SessionRow) == 1


def test_half_a_ticket_brings_one_session_within_five_minutes_at_one_address(
    sessions: Sessions, clock: StillClock
) -> None:
    """Nobody carries it away, keeps it, or uses it again (P20)."""
    half, late = (halfway(sessions, clock.now) for _ in range(2))
    with pytest.raises(NotFound, match=OVER):
        sessions.confirm(half, code_at(clock.now), HOME, clock.now)
    assert sessions.confirm(half, code_at(clock.now), DESK, clock.now)
    clock.now += STEP
    assert refusal(sessions, half, code_at(clock.now), clock.now) == OVER
    clock.now += timedelta(minutes=5)
    assert refusal(sessions, late, code_at(clock.now), clock.now) == OVER
    assert refusal(sessions, "made up", code_at(clock.now), clock.now) == OVER


def test_guessing_codes_is_as_slow_as_guessing_passwords(sessions: Sessions, clock: StillClock) -> None:
    """Three are free, typing the right password again does not begin anew, and all are recorded (P18)."""
    half = halfway(sessions, clock.now)
    wrong = code_at(clock.now + timedelta(hours=3))
    assert [refusal(sessions, half, wrong, clock.now) for _ in range(3)] == [WRONG_CODE] * 3
    assert refusal(sessions, half, code_at(clock.now), clock.now) == "连续登录失败，请16秒后再试"
    with pytest.raises(NotAllowed, match="后再试"):
        sessions.sign_in("wang", PASSWORD, DESK, clock.now)
    assert count(sessions, SignInRow) == 6
    clock.now += timedelta(seconds=15)
    assert sessions.confirm(half, code_at(clock.now), DESK, clock.now)


def test_a_factor_that_was_cancelled_meanwhile_lets_nobody_finish(
    sessions: Sessions, clock: StillClock
) -> None:
    """The administrator's way back for a lost telephone: the password is typed again, and is enough."""
    half = halfway(sessions, clock.now)
    with sessions.database.writing() as session:
        session.execute(update(PersonRow).where(PersonRow.id == "wang").values(totp="", totp_step=0))
        session.commit()
    assert refusal(sessions, half, code_at(clock.now), clock.now) == OVER
    assert sessions.sign_in("wang", PASSWORD, DESK, clock.now)


def test_a_new_password_by_link_still_wants_the_code(sessions: Sessions, clock: StillClock) -> None:
    """Who was sent a link does not get round the telephone."""
    sessions.accept_invitation(link_of(sessions, "wang", clock.now), NEW, clock.now)
    with pytest.raises(CodeWanted):
        sessions.sign_in("wang", NEW, DESK, clock.now)


# --- switching it on and off ------------------------------------------------------------------------


def done_by_herself(sessions: Sessions) -> list[str]:
    """What the journal says was done, by Wang Min to her own account."""
    lines = journal_of(sessions)
    assert {(by, subject) for by, _, subject in lines} == {("wang", "王敏")}
    return [action for _, action, _ in lines]


def test_switching_it_on_wants_a_code_of_the_new_secret(sessions: Sessions, clock: StillClock) -> None:
    """A secret that never reached the telephone locks nobody out; other sessions end."""
    sessions.drop_factor("wang", PASSWORD, clock.now)
    here, there = (sessions.sign_in("wang", PASSWORD, at, clock.now) for at in (DESK, HOME))
    with pytest.raises(Refused, match=WRONG_CODE):
        sessions.set_factor("wang", SECRET, code_at(clock.now + 3 * STEP), clock.now, keep=here)
    assert not sessions.has_factor("wang")
    sessions.set_factor("wang", SECRET, code_at(clock.now), clock.now, keep=here)
    assert sessions.has_factor("wang")
    assert sessions.person_of(here, clock.now) and sessions.person_of(there, clock.now) is None
    assert refusal(sessions, halfway(sessions, clock.now), code_at(clock.now), clock.now) == WRONG_CODE
    assert done_by_herself(sessions) == ["password.set", "factor.on", "factor.off", "factor.on"]


def test_nobody_puts_another_secret_in_place_of_the_first(sessions: Sessions, clock: StillClock) -> None:
    """Not even at an unattended screen: it has to be switched off first, which asks for the password."""
    other = factor.new_secret()
    with pytest.raises(NotAllowed, match="第二验证已经启用"):
        sessions.set_factor("wang", other, pyotp.TOTP(other).at(clock.now), clock.now)


def test_switching_it_off_asks_for_the_password(sessions: Sessions, clock: StillClock) -> None:
    """And slows down whoever guesses it there."""
    for _ in range(3):
        with pytest.raises(Refused) as said:
            sessions.drop_factor("wang", "Falsch-2026", clock.now)
        assert said.value.problems == {"password": "密码不正确"}
    with pytest.raises(NotAllowed, match="后再试"):
        sessions.drop_factor("wang", PASSWORD, clock.now)
    assert sessions.has_factor("wang")
    sessions.drop_factor("wang", PASSWORD, clock.now + timedelta(minutes=1))
    assert sessions.sign_in("wang", PASSWORD, DESK, clock.now)


def test_the_picture_is_drawn_here_and_carries_no_script(sessions: Sessions) -> None:
    """An SVG of our own, with the name of the office in it for the telephone."""
    picture = sessions.factor_picture("wang", SECRET)
    assert picture.startswith("<svg ") and "script" not in picture and "http" not in picture

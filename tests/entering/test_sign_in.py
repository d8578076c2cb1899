"""Coming in and going out: who gets in, and what ends a session (P19, P20)."""

from datetime import timedelta
from math import sqrt
from statistics import median
from time import process_time

import pytest
from sqlalchemy import func, select, update

from core.errors import NotAllowed, Refused, Unavailable
from core.people import Grade, Role
from db import passwords
from db.engine import Database
from db.scheduler import lead
from db.sessions import WRONG, Sessions
from db.tables import PersonRow, SessionRow, SignInRow
from db.tokens import Tickets, digest
from tests.conftest import POSTGRES_SELDOM, StillClock
from tests.entering.door import DESK, HOME, PASSWORD, journal_of, why_not

# --- getting in -----------------------------------------------------------------------------------


def test_wang_signs_in_and_is_herself(sessions: Sessions, clock: StillClock) -> None:
    """Case and spaces of the account do not matter; the token says who she is and is kept only as a hash."""
    token = sessions.sign_in(" Wang ", PASSWORD, DESK, clock.now)
    person = sessions.person_of(token, clock.now)
    assert person is not None
    assert (person.id, person.name, person.clearance) == ("wang", "王敏", Grade.CONFIDENTIAL)
    with sessions.database.reading() as session:
        assert session.scalars(select(SessionRow.token_hash)).all() == [digest(token)]


def test_an_unknown_account_hears_the_same_words_as_a_wrong_password(
    sessions: Sessions, clock: StillClock
) -> None:
    """Neither the words nor the wait tell which names exist, and a stopped account sounds like no account."""
    with sessions.database.writing() as session:
        session.execute(update(PersonRow).where(PersonRow.id == "li").values(active=False))
        session.commit()
    said = {
        account: [why_not(sessions, account, "Falsch-2026", DESK, clock.now) for _ in range(5)]
        for account in ("wang", "nobody", "li")
    }
    assert said["wang"] == said["nobody"] == said["li"]
    assert said["wang"][0] == WRONG


@pytest.mark.usefixtures("heavy_passwords")
def test_an_unknown_account_takes_as_long_as_a_wrong_password() -> None:
    """The work is the same: a dummy hash is verified where there is no account.

    Counted in processor time of this process, which a busy machine does not stretch.
    """
    kept = passwords.hash_password(PASSWORD)

    def seconds(hashed: str | None) -> float:
        start = process_time()
        assert not passwords.matches("Falsch-2026", hashed)
        return process_time() - start

    known, unknown = (median(seconds(hashed) for _ in range(7)) for hashed in (kept, None))
    assert 0.5 < known / unknown < 2


@POSTGRES_SELDOM
@pytest.mark.usefixtures("heavy_passwords")
def test_the_time_of_a_refusal_does_not_tell_whether_the_name_exists(
    sessions: Sessions, clock: StillClock
) -> None:
    """Mann and Whitney's test on the processor time of whole sign-ins, known and unknown names in turn (P19)."""
    known, unknown = [], []
    for n in range(16):
        for account, times in (("wang", known), ("nobody", unknown)):
            start = process_time()
            why_not(sessions, account, "Falsch-2026", f"10.2.{n}.1", clock.now)
            times.append(process_time() - start)
    assert abs(_deviations(known, unknown)) < 3.3  # one chance in a thousand


def _deviations(these: list[float], those: list[float]) -> float:
    """How many standard deviations the ranks of two samples lie apart."""
    wins = sum((a > b) + (a == b) / 2 for a in these for b in those)
    n, m = len(these), len(those)
    return (wins - n * m / 2) / sqrt(n * m * (n + m + 1) / 12)


def test_a_name_cannot_forge_a_line_of_the_record(sessions: Sessions, clock: StillClock) -> None:
    """Line ends, colours of a terminal and a book for a name: one short line each, with marks (P35)."""
    names = ("wang\r\n2026-11-20 root 成功", "\x1b[31mroot\x9b0m", "a\x00b", "a\u2028b\u202ec", "x" * 9000)
    for name in names:
        assert why_not(sessions, name, "Falsch-2026", DESK, clock.now) == WRONG
        clock.now += timedelta(hours=1)
    with sessions.database.reading() as session:
        kept = session.scalars(select(SignInRow.account).order_by(SignInRow.id)).all()
    assert kept == [
        "wang\ufffd\ufffd2026-11-20 root 成功",
        "\ufffd[31mroot\ufffd0m",
        "a\ufffdb",
        "a\ufffdb\ufffdc",
        "x" * 64,
    ]


def test_an_account_without_a_password_lets_nobody_in(sessions: Sessions, clock: StillClock) -> None:
    """An empty hash is no password that could be guessed."""
    assert why_not(sessions, "chen", "nobody has this password", DESK, clock.now) == WRONG


def test_an_empty_form_is_answered_without_counting(sessions: Sessions, clock: StillClock) -> None:
    """Pressing the button too early is no attempt."""
    assert why_not(sessions, "", "", DESK, clock.now) == "请填写账号和密码"
    with sessions.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(SignInRow)) == 0


# --- what ends a session --------------------------------------------------------------------------


def test_signing_out_ends_it_for_whoever_has_the_token(sessions: Sessions, clock: StillClock) -> None:
    """A stolen token is worth nothing after the owner has left; her other session goes on."""
    here, there = (sessions.sign_in("wang", PASSWORD, at, clock.now) for at in (DESK, HOME))
    sessions.sign_out(here)
    assert sessions.person_of(here, clock.now) is None
    assert sessions.person_of(there, clock.now)


def test_a_session_ends_after_half_an_hour_without_a_hand_on_it(
    sessions: Sessions, clock: StillClock
) -> None:
    """Work keeps it alive, a page that only looks again by itself does not."""
    token = sessions.sign_in("wang", PASSWORD, DESK, clock.now)
    clock.now += timedelta(minutes=29)
    assert sessions.person_of(token, clock.now)
    clock.now += timedelta(minutes=29)
    assert sessions.person_of(token, clock.now, touch=False)
    clock.now += timedelta(minutes=1)
    assert sessions.person_of(token, clock.now) is None


def test_a_session_ends_after_ten_hours_however_busy(sessions: Sessions, clock: StillClock) -> None:
    """Nobody stays signed in overnight."""
    token = sessions.sign_in("wang", PASSWORD, DESK, clock.now)
    for _ in range(29):
        clock.now += timedelta(minutes=20)
        assert sessions.person_of(token, clock.now)
    clock.now += timedelta(minutes=20)
    assert sessions.person_of(token, clock.now) is None


def test_a_lowered_role_holds_at_the_next_look(sessions: Sessions, clock: StillClock) -> None:
    """What a session may do is read from the account each time."""
    token = sessions.sign_in("wang", PASSWORD, DESK, clock.now)
    with sessions.database.writing() as session:
        session.execute(update(PersonRow).where(PersonRow.id == "wang").values(roles=["member"]))
        session.commit()
    person = sessions.person_of(token, clock.now)
    assert person is not None
    assert person.roles == {Role.MEMBER}


def test_a_stopped_account_is_out_at_the_next_look(sessions: Sessions, clock: StillClock) -> None:
    """Stopping an account needs no session to be hunted down."""
    token = sessions.sign_in("wang", PASSWORD, DESK, clock.now)
    with sessions.database.writing() as session:
        session.execute(update(PersonRow).where(PersonRow.id == "wang").values(active=False))
        session.commit()
    assert sessions.person_of(token, clock.now) is None


def test_signing_out_everywhere_ends_every_session_and_stands_in_the_journal(
    sessions: Sessions, clock: StillClock
) -> None:
    """Here and there; the sessions of others go on (P20)."""
    sessions.set_password("li", PASSWORD, clock.now)
    tokens = [sessions.sign_in("wang", PASSWORD, at, clock.now) for at in (DESK, HOME)]
    others = sessions.sign_in("li", PASSWORD, DESK, clock.now)
    sessions.sign_out_everywhere("wang", clock.now)
    assert [sessions.person_of(token, clock.now) for token in tokens] == [None, None]
    assert sessions.person_of(others, clock.now)
    assert journal_of(sessions)[-1] == ("wang", "person.signed_out", "王敏")


def test_a_new_password_ends_every_other_session(sessions: Sessions, clock: StillClock) -> None:
    """Who had the old password is out; the one who changed it goes on working."""
    here, there = (sessions.sign_in("wang", PASSWORD, at, clock.now) for at in (DESK, HOME))
    sessions.change_password("wang", PASSWORD, "Xinmi-2027!", clock.now, keep=here)
    assert sessions.person_of(here, clock.now)
    assert sessions.person_of(there, clock.now) is None
    assert why_not(sessions, "wang", PASSWORD, HOME, clock.now) == WRONG
    assert sessions.sign_in("wang", "Xinmi-2027!", HOME, clock.now)


def test_changing_a_password_wants_the_old_one(sessions: Sessions, clock: StillClock) -> None:
    """An unattended screen is not enough, and guessing there is slowed down as well."""
    for _ in range(3):
        with pytest.raises(Refused) as refusal:
            sessions.change_password("wang", "Falsch-2026", "Xinmi-2027!", clock.now)
        assert refusal.value.problems == {"old": "原密码不正确"}
    with pytest.raises(NotAllowed, match="后再试"):
        sessions.change_password("wang", PASSWORD, "Xinmi-2027!", clock.now)


# --- the ticket, the sweep and the lease ----------------------------------------------------------


def test_a_ticket_brings_the_token_once_and_for_half_a_minute(clock: StillClock) -> None:
    """What travels through the page is worth nothing to whoever finds it later."""
    tickets: Tickets[str] = Tickets()
    used, late = tickets.issue("token", clock.now), tickets.issue("token", clock.now)
    assert tickets.redeem(used, clock.now) == "token"
    assert tickets.redeem(used, clock.now) is None
    assert tickets.redeem(late, clock.now + timedelta(seconds=30)) is None
    assert tickets.redeem("made up", clock.now) is None


def test_the_sweep_removes_what_has_ended_and_nothing_else(sessions: Sessions, clock: StillClock) -> None:
    """Ended sessions and attempts of more than a year ago go; a living session stays."""
    sessions.sign_in("wang", PASSWORD, DESK, clock.now - timedelta(days=400))
    living = sessions.sign_in("wang", PASSWORD, HOME, clock.now)
    sessions.sweep(clock.now)
    assert sessions.person_of(living, clock.now)
    with sessions.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(SessionRow)) == 1
        assert session.scalar(select(func.count()).select_from(SignInRow)) == 1


def test_one_process_leads_the_background_work(database: Database, clock: StillClock) -> None:
    """Another takes over only when the lease is over."""
    term = timedelta(minutes=20)
    assert lead(database, "a", clock.now, term)
    assert not lead(database, "b", clock.now, term)
    assert lead(database, "a", clock.now + timedelta(minutes=10), term)
    assert lead(database, "b", clock.now + timedelta(minutes=31), term)


def test_who_is_signed_in_goes_on_reading_while_nobody_can_write(
    sessions: Sessions, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A busy database delays at most one look a minute, and throws nobody out (P7)."""
    token = sessions.sign_in("wang", PASSWORD, DESK, clock.now)
    asked: list[str] = []

    def busy(self: Database) -> None:
        asked.append("write")
        raise Unavailable("数据库忙")

    monkeypatch.setattr(Database, "writing", busy)
    for _ in range(3):
        clock.now += timedelta(seconds=61)
        assert sessions.person_of(token, clock.now)
        assert sessions.person_of(token, clock.now)
    assert len(asked) == 3

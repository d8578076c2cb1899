"""Whoever guesses at passwords has to wait, and nobody else does (P18); what is a good password."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from db import passwords
from db.sessions import FAILED, SIGNED_IN, WAITING, WRONG, Sessions
from db.tables import SignInRow
from tests.conftest import StillClock
from tests.entering.door import DESK, HOME, PASSWORD, why_not


def test_a_hundred_guesses_slow_down_and_all_are_recorded(sessions: Sessions, clock: StillClock) -> None:
    """Three are free; then each wait doubles, up to a quarter of an hour (P18)."""
    start, waits = clock.now, []
    for _ in range(12):
        assert why_not(sessions, "wang", "Falsch-2026", DESK, clock.now) == WRONG
        waited = clock.now
        while "后再试" in (said := _said_while_waiting(sessions, clock)):
            clock.now += timedelta(seconds=15)
        assert said == ""
        waits.append(round((clock.now - waited).total_seconds()))
    assert waits == [0, 0, 15, 30, 60, 120, 240, 480, 900, 900, 900, 900]
    assert clock.now - start > timedelta(hours=1)


def _said_while_waiting(sessions: Sessions, clock: StillClock) -> str:
    """What whoever comes back now would hear about waiting, without trying a password."""
    from db.sessions import _in_words, _wait

    with sessions.database.reading() as session:
        wait = _wait(session, "wang", DESK, clock.now)
    return f"{_in_words(wait)}后再试" if wait else ""


def test_guesses_at_the_same_moment_count_as_well(sessions: Sessions, clock: StillClock) -> None:
    """A hundred at once: three passwords are looked at, the rest hear how long to wait; all are recorded."""
    with ThreadPoolExecutor(20) as crowd:
        said = list(
            crowd.map(lambda n: why_not(sessions, "wang", f"Falsch-{n}", DESK, clock.now), range(100))
        )
    assert said.count(WRONG) == 3
    assert said.count("连续登录失败，请16秒后再试") == 97
    with sessions.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(SignInRow)) == 100


def test_the_owner_gets_in_from_another_address(sessions: Sessions, clock: StillClock) -> None:
    """Whoever guesses at one machine does not lock Wang Min out at hers (P18)."""
    for _ in range(20):
        why_not(sessions, "wang", "Falsch-2026", DESK, clock.now)
    assert "后再试" in why_not(sessions, "wang", PASSWORD, DESK, clock.now)
    assert sessions.sign_in("wang", PASSWORD, HOME, clock.now)


def test_an_address_that_fails_over_many_accounts_is_slowed_down(
    sessions: Sessions, clock: StillClock
) -> None:
    """Thirty failures an hour are free, for an office behind one address; then it waits, twice as long each
    time, whichever account it tries. Elsewhere everybody gets in, and an hour later here too (P18).
    """
    failed(sessions, DESK, [clock.now] * 30)
    for n, wait in enumerate(("16秒", "31秒", "2分钟", "3分钟")):
        assert why_not(sessions, "wang", PASSWORD, DESK, clock.now) == f"连续登录失败，请{wait}后再试"
        clock.now += timedelta(seconds=15 * 2**n)
        assert why_not(sessions, f"other{n}", "Falsch-2026", DESK, clock.now) == WRONG
    assert sessions.sign_in("wang", PASSWORD, HOME, clock.now)
    assert "后再试" in why_not(sessions, "wang", PASSWORD, DESK, clock.now)
    clock.now += timedelta(hours=1)
    assert sessions.sign_in("wang", PASSWORD, DESK, clock.now)
    assert _outcomes(sessions) == {FAILED: 34, WAITING: 5, SIGNED_IN: 2}


def test_an_office_behind_one_address_is_not_shut_out_by_its_slips(
    sessions: Sessions, clock: StillClock
) -> None:
    """Twenty-nine slips an hour all day, and nobody waits; nor do wrong old passwords of people who are
    signed in add up over the office (P18).
    """
    day = [clock.now - timedelta(seconds=125 * n) for n in range(200)]
    failed(sessions, DESK, day)
    failed(sessions, "修改密码", [clock.now] * 200)
    assert sessions.sign_in("wang", PASSWORD, DESK, clock.now)
    sessions.change_password("wang", PASSWORD, "Xinmi-2027!", clock.now)


def failed(sessions: Sessions, address: str, at: list[datetime]) -> None:
    """Failures of as many accounts from one address, without the work of comparing passwords."""
    with sessions.database.writing() as session:
        session.add_all(
            SignInRow(at=moment, account=f"name{n}", address=address, outcome=FAILED)
            for n, moment in enumerate(at)
        )
        session.commit()


def _outcomes(sessions: Sessions) -> dict[str, int]:
    """How often each outcome stands in the record of attempts."""
    with sessions.database.reading() as session:
        return Counter(session.scalars(select(SignInRow.outcome)))


def test_a_success_forgets_the_failures(sessions: Sessions, clock: StillClock) -> None:
    """Two slips, then right: the next slip is again the first."""
    for _ in range(2):
        why_not(sessions, "wang", "Falsch-2026", DESK, clock.now)
        clock.now += timedelta(seconds=1)
    sessions.sign_in("wang", PASSWORD, DESK, clock.now)
    clock.now += timedelta(seconds=1)
    for _ in range(3):
        assert why_not(sessions, "wang", "Falsch-2026", DESK, clock.now) == WRONG


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("Ab1!", "密码须为8至128个字符"),
        ("Ab1!" * 33, "密码须为8至128个字符"),
        ("abcdefgh1", "密码须包含大写字母、小写字母、数字、其他符号中的至少三类"),
        (" Kanwu-2026", "密码首尾不能是空格"),
        ("P@ssw0rd", "密码太容易被猜到：不要用常见密码，也不要包含账号"),
        ("Wang-2026!", "密码太容易被猜到：不要用常见密码，也不要包含账号"),
        ("看雾-Kanwu26", None),
    ],
)
def test_what_will_do_as_a_password(password: str, sentence: str | None) -> None:
    """One sentence says what to do; Chinese characters are as good as any other sign."""
    assert passwords.why_not(password, "wang") == sentence

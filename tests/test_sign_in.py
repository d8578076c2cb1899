"""Coming in and going out: who gets in, who has to wait, and what ends a session (promises P17 to P20)."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from math import sqrt
from statistics import median
from time import process_time

import pyotp
import pytest
from sqlalchemy import func, select, update

from core.errors import NotAllowed, NotFound, OfficeError, Refused, Unavailable
from core.people import Grade, Role
from db import factor, invitations, passwords
from db.engine import Database, open_database
from db.invitations import DEAD
from db.migrate import differences, upgrade
from db.scheduler import lead
from db.sessions import (
    ALREADY_SET_UP,
    FAILED,
    OVER,
    SIGNED_IN,
    WAITING,
    WRONG,
    CodeWanted,
    PasswordTooOld,
    Sessions,
)
from db.staff import Staff
from db.tables import JournalRow, PersonRow, SessionRow, SettingRow, SignInRow, SpecialDayRow
from db.tokens import Tickets, digest
from tests.conftest import PEOPLE, POSTGRES_SELDOM, StillClock

PASSWORD, KEY = "Kanwu-2026", b"key of the tests"
DESK, HOME = "10.1.0.7", "172.20.3.4"


@pytest.fixture
def sessions(database: Database, clock: StillClock) -> Sessions:
    """The office's sessions; Wang Min has a password."""
    found = Sessions(database, KEY)
    found.set_password("wang", PASSWORD, clock.now)
    return found


@pytest.fixture
def empty() -> Iterator[Sessions]:
    """The sessions of an installation on its first day."""
    database = open_database("sqlite://")
    upgrade(database)
    yield Sessions(database, KEY)
    database.close()


def why_not(sessions: Sessions, account: str, password: str, address: str, now: datetime) -> str:
    with pytest.raises(NotAllowed) as refusal:
        sessions.sign_in(account, password, address, now)
    return str(refusal.value)


# --- getting in -------------------------------------------------------------------------------------


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


# --- guessing ---------------------------------------------------------------------------------------


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


# --- what ends a session ----------------------------------------------------------------------------


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


def journal_of(sessions: Sessions) -> list[tuple[str, str, str]]:
    """The lines of the journal: by whom, what, to whom."""
    with sessions.database.reading() as session:
        rows = session.scalars(select(JournalRow).order_by(JournalRow.id)).all()
    return [(row.by, row.action, row.subject) for row in rows]


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


# --- one-time links ---------------------------------------------------------------------------------

NEW = "Xinmi-2027!"


def link_of(sessions: Sessions, person_id: str, now: datetime) -> str:
    """The token of a link the administrator has issued."""
    with sessions.database.writing() as session:
        token = invitations.issue(session, person_id, "zhang", now)
        session.commit()
    return token


def answer(sessions: Sessions, token: str, password: str, now: datetime) -> str:
    """What whoever uses a link hears."""
    try:
        return f"{sessions.accept_invitation(token, password, now)} 已设好"
    except OfficeError as refusal:
        return str(refusal)


def test_somebody_invited_sets_their_own_password_once(sessions: Sessions, clock: StillClock) -> None:
    """The link says whose account it is; with the new password every session of theirs is over, and the
    journal has it (P20).
    """
    before = sessions.sign_in("wang", PASSWORD, DESK, clock.now)
    token = link_of(sessions, "wang", clock.now)
    assert sessions.invited(token, clock.now) == ("wang", "王敏", "wang")
    assert answer(sessions, token, NEW, clock.now) == "wang 已设好"
    assert journal_of(sessions)[-1] == ("wang", "password.set", "王敏")
    assert sessions.person_of(before, clock.now) is None
    assert why_not(sessions, "wang", PASSWORD, HOME, clock.now) == WRONG
    assert sessions.sign_in("wang", NEW, HOME, clock.now)
    assert answer(sessions, token, PASSWORD, clock.now) == DEAD


def test_a_link_that_is_dead_does_not_say_why(sessions: Sessions, clock: StillClock) -> None:
    """Used, a day old, replaced by a newer one, of a stopped account, made up: one sentence, looking and
    using alike.
    """
    used = link_of(sessions, "wang", clock.now)
    assert answer(sessions, used, NEW, clock.now) == "wang 已设好"
    old = link_of(sessions, "he", clock.now - timedelta(hours=24))
    replaced = link_of(sessions, "chen", clock.now)
    link_of(sessions, "chen", clock.now)
    stopped = link_of(sessions, "li", clock.now)
    with sessions.database.writing() as session:
        session.execute(update(PersonRow).where(PersonRow.id == "li").values(active=False))
        session.commit()
    for token in (used, old, replaced, stopped, "made-up", ""):
        assert answer(sessions, token, NEW, clock.now) == DEAD
        with pytest.raises(NotAllowed, match=DEAD):
            sessions.invited(token, clock.now)


def test_a_weak_password_leaves_the_link_open(sessions: Sessions, clock: StillClock) -> None:
    """The same rules as everywhere, and another try."""
    token = link_of(sessions, "wang", clock.now)
    assert answer(sessions, token, "Wang-2027!", clock.now).startswith("密码太容易被猜到")
    assert answer(sessions, token, NEW, clock.now + timedelta(hours=23)) == "wang 已设好"


def test_of_two_browsers_with_the_same_link_one_wins(sessions: Sessions, clock: StillClock) -> None:
    """The password is the winner's, and it was set once."""
    token = link_of(sessions, "wang", clock.now)
    typed = [f"Xinmi-202{n}!" for n in range(4)]
    with ThreadPoolExecutor(4) as crowd:
        said = list(crowd.map(lambda password: answer(sessions, token, password, clock.now), typed))
    assert sorted(said) == sorted(["wang 已设好", *[DEAD] * 3])
    assert sessions.sign_in("wang", typed[said.index("wang 已设好")], DESK, clock.now)
    assert [line[1] for line in journal_of(sessions)].count("password.set") == 2


# --- the age of a password ------------------------------------------------------------------------


def test_after_ninety_days_a_new_password_comes_before_the_desk(
    sessions: Sessions, clock: StillClock
) -> None:
    """The right password then only brings a link to set another, which may not be the same."""
    clock.now += timedelta(days=90, seconds=-1)
    assert sessions.sign_in("wang", PASSWORD, DESK, clock.now)
    clock.now += timedelta(seconds=1)
    with pytest.raises(PasswordTooOld) as old:
        sessions.sign_in("wang", PASSWORD, DESK, clock.now)
    assert sessions.person_of(old.value.link, clock.now) is None
    assert answer(sessions, old.value.link, PASSWORD, clock.now) == "新密码不能与原密码相同"
    assert answer(sessions, old.value.link, NEW, clock.now) == "wang 已设好"
    assert sessions.sign_in("wang", NEW, DESK, clock.now)


def test_an_office_may_let_passwords_stay(sessions: Sessions, clock: StillClock) -> None:
    """With the setting at 0 nobody has to change theirs."""
    clock.now += timedelta(days=900)
    assert replace(sessions, password_days=0).sign_in("wang", PASSWORD, DESK, clock.now)


# --- what dies, and with what ---------------------------------------------------------------------


ENDINGS: dict[str, Callable[[Sessions, datetime], None]] = {
    "修改密码": lambda sessions, now: sessions.change_password("wang", PASSWORD, NEW, now),
    "退出所有设备": lambda sessions, now: sessions.sign_out_everywhere("wang", now),
    "用链接设密码": lambda sessions, now: _use_the_link(sessions, now),
    "停用账号": lambda sessions, now: staff(sessions).set_active("wang", False, now, by=PEOPLE[0]),
    "管理员退出其全部登录": lambda sessions, now: staff(sessions).sign_out("wang", now, by=PEOPLE[0]),
    "管理员发新的链接": lambda sessions, now: staff(sessions).invite("wang", now, by=PEOPLE[0]),
}


def staff(sessions: Sessions) -> Staff:
    """The administrator's commands in the same office."""
    return Staff(sessions.database, KEY)


def _use_the_link(sessions: Sessions, now: datetime) -> None:
    sessions.accept_invitation(link_of(sessions, "wang", now), NEW, now)


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
def test_every_kind_of_token_dies_together(
    sessions: Sessions, clock: StillClock, ending: Callable[[Sessions, datetime], None]
) -> None:
    """Sessions, tickets for a cookie, links and half-way sign-ins: none survives the other (P20)."""
    tickets: Tickets[str] = Tickets()
    secret = factor.new_secret()
    sessions.set_factor("wang", secret, pyotp.TOTP(secret).at(clock.now), clock.now)
    session = with_code(sessions, secret, clock)
    ticket = tickets.issue(with_code(sessions, secret, clock), clock.now)
    half, link = halfway(sessions, clock.now), link_of(sessions, "wang", clock.now)
    assert sessions.person_of(session, clock.now)
    assert sessions.person_of(tickets.look(ticket, clock.now), clock.now)
    assert sessions.invited(link, clock.now)
    ending(sessions, clock.now)
    assert sessions.person_of(session, clock.now) is None
    assert sessions.person_of(tickets.redeem(ticket, clock.now), clock.now) is None
    assert answer(sessions, link, PASSWORD, clock.now) == DEAD
    clock.now += timedelta(seconds=30)
    with pytest.raises(NotFound, match=OVER):
        sessions.confirm(half, pyotp.TOTP(secret).at(clock.now), DESK, clock.now)


def with_code(sessions: Sessions, secret: str, clock: StillClock) -> str:
    """The token of a session begun with password and code, half a minute later."""
    clock.now += timedelta(seconds=30)
    half = halfway(sessions, clock.now)
    return sessions.confirm(half, pyotp.TOTP(secret).at(clock.now), DESK, clock.now)


def halfway(sessions: Sessions, now: datetime) -> str:
    """The half ticket of Wang Min's right password."""
    with pytest.raises(CodeWanted) as step:
        sessions.sign_in("wang", PASSWORD, DESK, now)
    return step.value.half


# --- the ticket, the sweep and the lease ------------------------------------------------------------


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


# --- the first day ----------------------------------------------------------------------------------

FIRST_DAY = {
    "office": " 市政府办公室 ",
    "name": "张主任",
    "account": "Zhang",
    "password": PASSWORD,
    "again": PASSWORD,
    "clearance": "机密",
}


def test_the_first_day_makes_an_office_with_a_director_and_a_calendar(
    empty: Sessions, clock: StillClock
) -> None:
    """Whoever creates the office may manage it, and the working days are there at once."""
    assert not empty.is_set_up()
    empty.set_up(FIRST_DAY, clock.now)
    person = empty.person_of(empty.sign_in("zhang", PASSWORD, DESK, clock.now), clock.now)
    assert person is not None
    assert (person.roles, person.clearance) == ({Role.DIRECTOR, Role.ADMINISTRATOR}, Grade.SECRET)
    assert empty.office_name() == "市政府办公室"
    with empty.database.reading() as session:
        office = session.get_one(SettingRow, "office").value
        days = session.scalar(select(func.count()).select_from(SpecialDayRow))
    assert office == {"name": "市政府办公室", "fonds_no": "", "code": "BGS"}
    assert days is not None and days > 500


def test_of_two_who_create_the_office_at_once_one_is_told(empty: Sessions, clock: StillClock) -> None:
    """There is one office and one first account, whoever is faster."""

    def create(account: str) -> str:
        try:
            empty.set_up({**FIRST_DAY, "account": account}, clock.now)
        except NotAllowed as refusal:
            return str(refusal)
        return "created"

    with ThreadPoolExecutor(4) as crowd:
        said = sorted(crowd.map(create, ("zhang", "he", "li", "chen")))
    assert said == sorted(["created", *[ALREADY_SET_UP] * 3])
    with empty.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(PersonRow)) == 1


def test_a_form_of_the_first_day_is_refused_field_by_field(empty: Sessions, clock: StillClock) -> None:
    """Each sentence belongs to one field, and nothing is created."""
    with pytest.raises(Refused) as refusal:
        empty.set_up({**FIRST_DAY, "office": " ", "account": "zhang san", "again": "other"}, clock.now)
    assert refusal.value.problems == {
        "office": "请填写办公室名称",
        "account": "账号中不能有空格",
        "again": "两次输入的密码不一致",
    }
    assert not empty.is_set_up()


# --- the tables -------------------------------------------------------------------------------------


def test_the_migrations_make_the_tables_the_program_knows(database: Database) -> None:
    """Nobody changes db/tables.py without a revision."""
    assert differences(database) == []


def test_two_programs_may_start_at_once(tmp_path: object) -> None:
    """Each brings the schema up to date or finds that it is."""
    databases = [open_database(f"sqlite:///{tmp_path}/office.db") for _ in range(4)]
    with ThreadPoolExecutor(4) as crowd:
        list(crowd.map(upgrade, databases))
    assert differences(databases[0]) == []

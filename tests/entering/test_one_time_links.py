"""Links with which people set their own password, the age of a password, and what dies with what (P20)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pyotp
import pytest
from sqlalchemy import update

from core.errors import NotAllowed, NotFound
from db import factor
from db.invitations import DEAD
from db.sessions import OVER, WRONG, PasswordTooOld, Sessions
from db.tables import PersonRow
from db.tokens import Tickets
from tests.conftest import StillClock
from tests.entering.door import (
    DESK,
    ENDINGS,
    HOME,
    NEW,
    PASSWORD,
    answer,
    halfway,
    journal_of,
    link_of,
    why_not,
)

# --- one-time links -------------------------------------------------------------------------------


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

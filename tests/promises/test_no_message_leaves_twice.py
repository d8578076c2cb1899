"""The program dies while it sends: no message arrives twice, and none is called sent that did not arrive (C21)."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from core.messages import Message, State
from db.links import Links
from db.outbox import AT_ONCE, CLAIM, Dispatcher
from db.tables import MessageRow, PersonRow
from db.unit import SqlUnit
from tests.promises.sender import KEY, channels_at, start
from tests.receiving import Gateway, Mailbox, gateway, mail_server

HOW_MANY = 12


@pytest.fixture
def waiting(database, files, clock, post):
    """Twelve notices to one leader, by mail and short message, that wait to be sent."""
    with database.writing() as session:
        reached = {"mobile": "13800000001", "email": "he@city.example"}
        session.execute(update(PersonRow).where(PersonRow.id == "he").values(**reached))
        session.commit()
    case = post.register()
    configured = channels_at(1, 1).senders.keys()
    with SqlUnit(database, files, KEY, configured) as unit:
        for n in range(HOW_MANY):
            message = Message(case.id, "he", f"通知 {n}", f"第 {n} 条", occasion=f"n{n}")
            unit.post(message, clock())
        unit.commit()
    return database


def address_of(database) -> str:
    return database.write.url.render_as_string(hide_password=False)


def arrived(mails: Mailbox, sms: Gateway) -> Counter[str]:
    """How often each message came, by its id, which both channels bear."""
    by_mail = [str(mail["Message-ID"])[1:].split("@")[0] for mail in mails.arrived]
    return Counter([*by_mail, *(body["id"] for body in sms.bodies)])


def rows(database) -> list[MessageRow]:
    with database.reading() as session:
        return list(session.scalars(select(MessageRow).where(MessageRow.channel.in_(["sms", "mail"]))))


def nothing_is_wrong(database, mails: Mailbox, sms: Gateway) -> None:
    """Whatever the moment: at most once; what is called sent has arrived; what waits has not."""
    came = arrived(mails, sms)
    for row in rows(database):
        assert came[row.id] <= 1, row.state
        if row.state == State.SENT:
            assert came[row.id] == 1
        if row.state in (State.WAITING, State.RETRYING):
            assert came[row.id] == 0


def go_on(database, clock, mails: Mailbox, sms: Gateway) -> Counter[str]:
    """Start the program again, now and when the claims of the dead are over; the states at the end."""
    again = Dispatcher(database, channels_at(mails.port, sms.port), Links(KEY), clock)
    again.run(clock())
    nothing_is_wrong(database, mails, sms)
    clock.now += CLAIM + timedelta(seconds=1)
    again.run(clock())
    nothing_is_wrong(database, mails, sms)
    clock.now += timedelta(days=1)
    again.run(clock())
    nothing_is_wrong(database, mails, sms)
    return Counter(row.state for row in rows(database))


def all_are_told(states: Counter[str], deaths: int = 1) -> None:
    """Everything was sent, but for the few that were on their way at each death: these are unclear, and show."""
    assert set(states) <= {"sent", "unknown"}
    assert states.total() == 2 * HOW_MANY
    assert states["unknown"] <= 2 * AT_ONCE * deaths


@pytest.mark.parametrize(("commit", "after"), [(2, False), (4, True), (9, False), (14, True)])
def test_killed_around_a_commit(waiting, clock, commit, after):
    """Before the claim is kept, after it, before the outcome is, after it."""
    with mail_server() as mails, gateway() as sms:
        more = ("--after",) if after else ()
        dying = start(address_of(waiting), mails.port, sms.port, clock(), "--commit", str(commit), *more)
        assert dying.wait(60) == -signal.SIGKILL
        nothing_is_wrong(waiting, mails, sms)
        all_are_told(go_on(waiting, clock, mails, sms))


@pytest.mark.parametrize("nth", [1, 6])
def test_killed_while_the_gateway_has_the_message_and_has_not_answered(waiting, clock, nth):
    """The worst moment: it has left for certain, and the program never hears of it."""
    dying = []

    def says(body):
        if len(sms.posted) >= nth:
            os.kill(dying[0].pid, signal.SIGKILL)
        return 200, {}

    with mail_server() as mails, gateway(says=says) as sms:
        dying.append(start(address_of(waiting), mails.port, sms.port, clock()))
        assert dying[0].wait(60) == -signal.SIGKILL
        sms.says = lambda body: (200, {})
        states = go_on(waiting, clock, mails, sms)
    all_are_told(states)
    assert states["unknown"] >= 1


def killed_at_random(waiting, clock, mails, sms, moment: Callable[[], float]) -> None:
    """Start one and kill it some time after its first message arrived."""
    before = arrived(mails, sms).total()
    dying = start(address_of(waiting), mails.port, sms.port, clock())
    until = time.monotonic() + 30
    while arrived(mails, sms).total() == before and dying.poll() is None and time.monotonic() < until:
        time.sleep(0.002)
    time.sleep(moment())
    dying.kill()
    dying.wait()
    nothing_is_wrong(waiting, mails, sms)


def test_killed_again_and_again_at_moments_nobody_chose(waiting, clock):
    moments = random.Random(2026)
    with mail_server() as mails, gateway(slow=0.02) as sms:
        for _ in range(3):
            killed_at_random(waiting, clock, mails, sms, lambda: moments.uniform(0, 0.06))
            clock.now += CLAIM + timedelta(seconds=1)
        states = go_on(waiting, clock, mails, sms)
    all_are_told(states, deaths=3)


def test_two_programs_at_the_same_time_send_each_message_once(waiting, clock):
    with mail_server() as mails, gateway(slow=0.01) as sms:
        both = [start(address_of(waiting), mails.port, sms.port, clock()) for _ in range(2)]
        assert [one.wait(60) for one in both] == [0, 0]
        came = arrived(mails, sms)
    assert set(came.values()) == {1}
    assert len(came) == 2 * HOW_MANY
    assert {row.state for row in rows(waiting)} == {"sent"}

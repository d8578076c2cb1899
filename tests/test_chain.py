"""The record of what happened: nobody rewrites it, and it shows if somebody did (P5, P22, P23)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from core.amendment import Amendment, SetLimit
from core.errors import Conflict, Refused
from db import chain
from db.tables import AmendmentRow, CaseRow, EventRow, JournalRow
from db.unit import link_fields, to_event
from tests.conftest import CHECKED, DOCUMENT

KEY = b"key of the tests"


def events(database):
    with database.reading() as session:
        return list(session.scalars(select(EventRow).order_by(EventRow.id)))


def first_broken(rows, key=KEY):
    """The id of the first event that does not follow the one before, or None: the whole rule of the chain."""
    prev = chain.START
    for row in rows:
        if row.prev != prev or row.mac != chain.link(key, prev, link_fields(to_event(row))):
            return row.id
        prev = row.mac
    return None


@pytest.fixture
def story(post):
    """A document that has been through many hands, with every kind of answer in its events."""
    case = post.bring_to("feedback", title="关于<安全>的“通知”🎉", assist_depts=["caiwu"])
    post.act(case, "note", "wang", text="第一行\n第二行")
    post.act(case, "correct", "wang", item="copy_count", value="3", reason="多出一份")
    return case


def test_every_event_follows_the_one_before_by_a_hash_of_all_of_it(database, story):
    rows = events(database)
    assert len(rows) > 10
    assert first_broken(rows) is None


def test_whoever_has_not_the_key_cannot_write_a_chain(database, story):
    assert first_broken(events(database), key=b"another key") == events(database)[0].id


REFUSED = (
    "UPDATE events SET action = 'note'",
    "UPDATE events SET data = '{}' WHERE seq = 1",
    "DELETE FROM events",
    "DELETE FROM events WHERE seq > 1",
    "UPDATE amendments SET version = version + 1",
    "DELETE FROM amendments",
    "UPDATE journal SET subject = ''",
    "DELETE FROM journal WHERE id = 1",
)
EMPTIED = ("TRUNCATE events", "TRUNCATE events CASCADE", "TRUNCATE amendments", "TRUNCATE journal")


@pytest.mark.parametrize("statement", [*REFUSED, *EMPTIED])
def test_not_even_the_program_changes_or_deletes_what_is_recorded(
    database, story, office, director, statement
):
    if database.is_sqlite and statement in EMPTIED:
        pytest.skip("SQLite knows no TRUNCATE")
    office.amend(LONGER, by=director)
    before = recorded(database)
    table = next(word for word in statement.split() if word in ("events", "amendments", "journal"))
    with database.writing() as session, pytest.raises(DBAPIError, match=f"{table} is append-only"):
        session.connection().exec_driver_sql(statement)
    assert recorded(database) == before


def recorded(database):
    """Every row of the tables that only grow."""
    with database.reading() as session:
        return [
            list(map(repr, session.execute(select(row.__table__).order_by(row.id))))
            for row in (EventRow, AmendmentRow, JournalRow)
        ]


LONGER = Amendment(
    process="incoming_document",
    in_force_from=date(2026, 12, 1),
    changes=(SetLimit(stage="registration", days=2),),
    reason="登记人手不足",
    proposed_by="wang",
    approved_by="",
)


def test_an_altered_event_is_found(database, story):
    """As if somebody had edited the file with the program's triggers away."""
    for field, value in {"by": "li", "data": {}, "action": "note", "seq": 99, "due_at": None}.items():
        rows = events(database)
        setattr(rows[3], field, value)
        assert first_broken(rows) == rows[3].id, field


def test_a_deleted_or_swapped_event_is_found(database, story):
    rows = events(database)
    assert first_broken(rows[:4] + rows[5:]) == rows[5].id
    assert first_broken([*rows[:4], rows[5], rows[4], *rows[6:]]) == rows[5].id


def test_an_event_hashed_anew_without_the_key_is_found(database, story):
    rows = events(database)
    forged = replace(to_event(rows[3]), by="li")
    rows[3].by, rows[3].mac = "li", chain.link(b"guessed", rows[3].prev, link_fields(forged))
    assert first_broken(rows) == rows[3].id


def test_the_hash_does_not_hang_on_the_zone_in_which_a_moment_was_written(database, story, clock):
    event = to_event(events(database)[0])
    here = replace(event, at=event.at.astimezone(clock().tzinfo))
    assert here.at.tzinfo is not UTC
    assert chain.link(KEY, "x", link_fields(here)) == chain.link(KEY, "x", link_fields(event))


def test_a_fork_cannot_be_stored(database, story):
    """Two events after one: the second is refused by the table itself."""
    last = events(database)[-1]
    copied = {c.name: getattr(last, c.name) for c in EventRow.__table__.columns if c.name != "id"}
    with database.writing() as session, pytest.raises(IntegrityError):
        session.execute(insert(EventRow).values(**copied | {"seq": last.seq + 1, "mac": "f" * 64}))


def test_an_event_of_a_number_already_taken_cannot_be_stored(database, story):
    last = events(database)[-1]
    copied = {c.name: getattr(last, c.name) for c in EventRow.__table__.columns if c.name != "id"}
    with database.writing() as session, pytest.raises(IntegrityError):
        session.execute(insert(EventRow).values(**copied | {"prev": last.mac, "mac": "f" * 64}))


def test_twenty_people_registering_at_once_get_every_number_once_and_one_chain(
    office, database, secretary, clock
):
    def register_ten(person):
        document = DOCUMENT | {"received_at": clock(), "title": f"第 {person} 位的来文"}
        for _ in range(10):
            office.open("incoming_document", document, by=secretary, then=("register", CHECKED))

    with ThreadPoolExecutor(20) as people:
        list(people.map(register_ten, range(20)))

    with database.reading() as session:
        numbers = set(session.scalars(select(CaseRow.number)))
        forks = session.scalar(
            select(func.count() - func.count(EventRow.prev.distinct())).select_from(EventRow)
        )
    assert numbers == {f"收〔2026〕{n}号" for n in range(1, 201)}
    assert forks == 0
    rows = events(database)
    assert len(rows) == 400
    assert first_broken(rows) is None


def test_people_acting_on_one_document_at_once_lose_nothing(office, post, database, secretary):
    """Of ten who looked at the same state one succeeds, the others are told; nothing is half done."""
    case = post.register()

    def passed(n):
        try:
            values = {"handling": "办件", "needs_reply": n % 2 == 0}
            office.act(case.id, "pass_check", values, by=secretary, seen=case.seq)
        except Conflict:
            return "told"
        return "done"

    with ThreadPoolExecutor(10) as people:
        outcomes = sorted(people.map(passed, range(10)))
    assert outcomes == ["done", *["told"] * 9]
    assert post.see(case).seq == case.seq + 1
    with ThreadPoolExecutor(10) as people:
        list(people.map(lambda n: post.act(case, "note", "wang", text=f"第 {n} 条"), range(10)))
    assert post.see(case).seq == case.seq + 11
    assert first_broken(events(database)) is None


def test_a_command_that_fails_midway_leaves_no_event(office, post, database, clock):
    """The opening stands and falls with the step taken in the same moment."""
    post.register()
    before = [row.mac for row in events(database)]
    with pytest.raises(Refused, match="请写明不符之处"):
        post.register(copies_check="不符")
    assert [row.mac for row in events(database)] == before

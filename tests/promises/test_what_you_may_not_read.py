"""A document that is not for you does not exist for you: no question about it has another answer (P16)."""

import inspect
from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import httpx
import pandas as pd
import pytest
from sqlalchemy import select, update
from structlog.testing import capture_logs

from core import coordination
from core.case import Case
from core.counting import Cell
from core.errors import NotAllowed, NotFound, OfficeError
from core.people import ASSIGNABLE, Grade, Person, Role
from core.policy import why_not_audit, why_not_see
from core.recount import Change
from core.registers import Wanted
from core.schedule import Entry
from core.surveys import MEETING
from core.task_ledger import Wanted as TasksWanted
from core.worktime import SpecialDay
from db import chain
from db.engine import Database, open_database
from db.reader import Reader
from db.seed import PASSWORD
from db.sessions import Sessions
from db.tables import AttachmentRow, CaseRow, PersonRow
from tests.conftest import NAMED, POSTGRES_SELDOM
from tests.promises.visitor import drawn
from tests.serving import Server, furnish_demo, start_server

ABSENT = "0123456789abcdef"
"""The id of no document."""

EVERYBODY = [
    Person(f"{role}-{grade.name}", "某人", frozenset({role}), grade, "caiwu" if role is Role.MEMBER else "")
    for role, grade in product(ASSIGNABLE, Grade)
]

NEXT_WEEK = [date(2026, 11, day) for day in (23, 24, 25, 26, 27)]

A_DAY_OUT = Entry(
    id=ABSENT,
    title="外出",
    begins=datetime(2026, 11, 25, 1, tzinfo=UTC),
    ends=datetime(2026, 11, 25, 9, tzinfo=UTC),
    whom=("chen",),
)

TOLD = {
    "process": "incoming_document",
    "text": "云密",
    "wanted": Wanted(),
    "page": "registers",
    "year": 2026,
    "limit": 50,
    "since": datetime(2026, 1, 1, tzinfo=UTC),
    "form": "incoming_document",
    "field": "sender_org",
    "number": "云密发〔2026〕1号",
    "sender": "云川市机密局",
    "title": "（涉密件甲）题名从略",
    "processes": ("incoming_document", "outgoing_document"),
    "action": "register",
    "key": "registered",
    "keys": ("incoming_document",),
    "month": date(2026, 11, 1),
    "those": TasksWanted(month=date(2026, 11, 1)),
    "items": coordination.Wanted(),
    "first": date(2026, 11, 1),
    "last": date(2026, 11, 30),
    "until": datetime(2027, 1, 1, tzinfo=UTC),
    "whom": ("chen",),
    "within": ((datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)),),
    "length": timedelta(hours=1),
    "values": {"title": "（涉密件甲）题名从略"},
    "entry": A_DAY_OUT,
    "entry_id": "0" * 16,
    "about": "chen",
    "clipping_id": "0" * 16,
    "file_id": "c.absent",
    "survey": MEETING,
    "cell": Cell(),
    "rows": "source",
    "columns": "month",
    "survey_id": "0" * 16,
    "change": Change(
        title="下周休假", source="市政府", days=tuple(SpecialDay(day, "holiday", "", "") for day in NEXT_WEEK)
    ),
}
"""What a question is told that wants to be told something, by the name of its parameter."""


@pytest.fixture
def documents(post, office, database, secretary):
    """A document of each grade in circulation; the open one has an attachment and concerns a department."""
    with database.writing() as session:
        session.execute(update(PersonRow).where(PersonRow.id.in_(["wang", "he"])).values(clearance=3))
        session.commit()
    for grade, mark in zip(Grade, "甲乙丙丁", strict=True):
        post.bring_to(
            "circulation",
            secrecy_level=grade.label,
            title=f"（涉密件{mark}）题名从略" if grade else "公开的通知",
            sender_org=f"云川市{grade.label}局",
            doc_number=f"云密发〔2026〕{int(grade)}号",
            files=[] if grade else [office.keep("附件.txt", b"abc", by=secretary)],
            handling_dept="caiwu",
        )


@pytest.fixture
def every_case(documents, reader_of, database):
    reader = reader_of(Person("all", "", frozenset({Role.DIRECTOR}), Grade.TOP_SECRET))
    with database.reading() as session:
        ids = session.scalars(select(CaseRow.id)).all()
    return [reader.case(case_id) for case_id in ids]


def questions(reader: Reader) -> Iterator[tuple[str, Collection[str]]]:
    """Every question a reader answers, also those that are added later, with what each can be told."""
    for name, method in inspect.getmembers(reader, inspect.ismethod):
        if not name.startswith("_"):
            parameters = inspect.signature(method).parameters
            needed = {key for key, value in parameters.items() if value.default is value.empty}
            assert needed <= {"case_id", "attachment_id"} | TOLD.keys(), f"how is {name} asked?"
            yield name, parameters


def answer(reader: Reader, name: str, *args: str, **more: Any) -> str:
    """What is answered, or said instead."""
    try:
        found = getattr(reader, name)(*args, **more)
    except OfficeError as refusal:
        return f"{type(refusal).__name__}: {refusal}"
    return found.to_csv() if isinstance(found, pd.DataFrame) else repr(found)


@POSTGRES_SELDOM
def test_no_question_has_another_answer_for_what_is_hidden_than_for_what_is_not_there(every_case, reader_of):
    """Every role with every clearance puts every question there is, and counts only what is theirs to see."""
    assert len({case.grade for case in every_case}) == len(Grade)
    for person in EVERYBODY:
        reader = reader_of(person)
        hidden = [case for case in every_case if why_not_see(person, case)]
        visible = [case for case in every_case if not why_not_see(person, case)]
        secrets = traces_of(hidden) - traces_of(visible)
        one_of_each = {(case.grade, case.process.key): case.id for case in hidden}.values()
        for name, parameters in questions(reader):
            more = {key: TOLD[key] for key in parameters if key in TOLD}
            if "case_id" in parameters:
                absent = answer(reader, name, ABSENT, **more)
                assert {answer(reader, name, case_id, **more) for case_id in one_of_each} <= {absent}, (
                    person.id,
                    name,
                )
            elif name != "attachment":
                said = answer(reader, name, **more)
                assert [word for word in secrets if word in said] == [], (person.id, name)
        assert reader.counts()["live"] == sum(case.is_open for case in visible), person.id


def traces_of(cases: list[Case]) -> set[str]:
    """What would give any of these cases away."""
    return {word for case in cases for word in (case.id, case.title, case.data.get("sender_org")) if word}


def test_what_is_not_for_somebody_is_written_down_when_they_ask(documents, reader_of, database):
    """Whoever watches over the office sees who tried; what never was there is no attempt."""
    chen = NAMED["chen"]
    stranger = Person("stranger", "某人", frozenset({Role.MEMBER}), Grade.OPEN)
    with database.reading() as session:
        attachment, case_id = session.execute(select(AttachmentRow.id, AttachmentRow.case_id)).one()
    reader = reader_of(stranger)
    with capture_logs() as lines:
        for ask, what in ((reader.case, case_id), (reader.history, case_id), (reader.attachment, attachment)):
            with pytest.raises(NotFound):
                ask(what)
        for ask in (reader.case, reader.attachment):
            with pytest.raises(NotFound):
                ask(ABSENT)
        reader_of(chen).case(case_id)
        reader_of(chen).attachment(attachment)
    assert [(line["event"], line["person"], line["case"]) for line in lines] == [
        ("not_for_this_person", "stranger", case_id)
    ] * 3


def test_the_record_is_closed_to_whoever_does_not_audit(documents, reader_of):
    for person in EVERYBODY:
        if why_not_audit(person):
            with pytest.raises(NotAllowed):
                reader_of(person).log()


# --- through the doors and the pages ----------------------------------------------------------------


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The program with the demonstration office in it."""
    folder = tmp_path_factory.mktemp("hidden")
    furnish_demo(folder)
    with start_server(folder) as running:
        yield running


@pytest.fixture(scope="module")
def office_of_the_server(server: Server) -> Iterator[Database]:
    database = open_database(server.database_url)
    yield database
    database.close()


@pytest.fixture(scope="module")
def cookie_of(server: Server, office_of_the_server: Database):
    sessions = Sessions(office_of_the_server, chain.key_in(server.data))
    known: dict[str, str] = {}

    def cookie(account: str) -> str:
        if account not in known:
            known[account] = sessions.sign_in(account, PASSWORD, "desk", datetime.now(UTC))
        return known[account]

    return cookie


def hidden_from_members(database: Database) -> str:
    """A document of the demonstration office that is secret."""
    with database.reading() as session:
        found = session.scalars(select(CaseRow.id).where(CaseRow.grade > 0).limit(1)).one()
    return str(found)


@pytest.mark.parametrize("account", ["sunzhe", "qianjin", "lihua"])
@pytest.mark.parametrize("place", ["/papers/{}/sheet.pdf", "/papers/{}/record.docx", "/files/{}"])
def test_a_door_says_the_same_of_the_hidden_and_the_absent(
    server, office_of_the_server, cookie_of, account, place
):
    answers = []
    for what in (hidden_from_members(office_of_the_server), ABSENT):
        found = httpx.get(server.url + place.format(what), cookies={"office": cookie_of(account)})
        moved = ("date", "content-length")
        answers.append(
            (found.status_code, found.text, {k: v for k, v in found.headers.items() if k not in moved})
        )
    assert answers[0] == answers[1]
    assert answers[0][0] == 404


@pytest.mark.parametrize("account", ["sunzhe", "qianjin", "lihua"])
def test_a_page_says_the_same_of_the_hidden_and_the_absent(server, office_of_the_server, cookie_of, account):
    hidden = hidden_from_members(office_of_the_server)
    pages = [drawn(server, "case", f"id={what}", cookie_of(account)) for what in (hidden, ABSENT)]
    assert pages[0].replace(hidden, "") == pages[1].replace(ABSENT, "")
    assert "没有这一件，或不在您的知悉范围" in pages[0]
    assert hidden not in pages[0]

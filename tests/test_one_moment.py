"""A page is of one moment: what it reads hangs together, and what it did itself shows."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from core.errors import Unavailable
from db.engine import keep_plans
from db.tables import CaseRow, SettingRow
from tests.conftest import NAMED


@pytest.fixture
def register(post):
    return lambda number: post.register(doc_number=f"云政发〔2026〕{number}号")


def elsewhere(work):
    """Let a colleague do it meanwhile."""
    with ThreadPoolExecutor(1) as colleague:
        colleague.submit(work).result()


def titles(reader):
    return list(reader.register("incoming_document")["title"])


def test_what_a_colleague_saves_while_a_page_is_drawn_shows_in_the_next(database, register, reader_of):
    reader = reader_of(NAMED["wang"])
    register(1)
    with database.one_moment():
        assert len(titles(reader)) == 1
        elsewhere(lambda: register(2))
        assert len(titles(reader)) == 1, "half of the page would be of another moment"
        with reader.one_moment():
            assert len(titles(reader)) == 1, "a part of the page is of the page's moment"
    assert len(titles(reader)) == 2


def test_what_the_page_itself_saves_shows_in_what_is_drawn_below(database, register, reader_of):
    reader = reader_of(NAMED["wang"])
    with database.one_moment():
        assert titles(reader) == []
        register(1)
        assert len(titles(reader)) == 1


def test_a_question_that_fails_does_not_spoil_the_rest_of_the_page(database, reader_of):
    reader = reader_of(NAMED["wang"])
    with database.one_moment():
        with pytest.raises((DBAPIError, Unavailable)), database.reading() as session:
            session.execute(text("SELECT no_such_column FROM cases"))
        assert titles(reader) == []


def test_the_moment_of_one_page_is_no_other_pages(database, register, reader_of):
    reader, seen = reader_of(NAMED["wang"]), []
    with database.one_moment():
        assert titles(reader) == []
        elsewhere(lambda: register(1))
        elsewhere(lambda: seen.extend(titles(reader_of(NAMED["li"]))))
    assert len(seen) == 1


def test_nobody_is_kept_from_writing_by_a_page_that_is_still_being_drawn(database, register):
    with database.one_moment(), database.reading() as session:
        assert session.scalars(select(SettingRow.key)).all()
        elsewhere(lambda: register(1))
        assert session.scalars(select(CaseRow.id)).all() == []


def test_the_database_learns_how_the_office_has_grown(database, register):
    for n in range(1, 12):
        register(n)
    keep_plans(database)
    with database.reading() as session:
        if database.is_sqlite:
            known = set(session.scalars(text("SELECT tbl FROM sqlite_stat1")))
            assert {"cases", "events"} <= known

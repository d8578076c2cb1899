"""A member finds among what concerns them exactly what stands there, however many cases that is (P15, P16)."""

import random

import pytest
from sqlalchemy import insert, select

from core.people import DEPARTMENT
from core.search import normal
from db import search
from db.tables import CASE, ConcernedRow
from tests.archives import pieces, said_by, strewn
from tests.conftest import NAMED

MANY = 200


@pytest.fixture
def archive(database):
    """Two hundred documents, of which every third concerns the department of Chen; what each says, by id."""
    archive = strewn(database, MANY, random.Random(17), 4, 40)
    with database.writing() as session:
        theirs = [{"root_id": one, "who": f"{DEPARTMENT}caiwu"} for one in list(archive)[::3]]
        session.execute(insert(ConcernedRow), [*theirs, {**theirs[0], "who": "chen"}])
        session.commit()
    return archive


@pytest.mark.parametrize("collected", [0, 10_000], ids=["more than is collected", "few cases"])
def test_a_member_finds_what_stands_in_their_cases_and_nothing_else(
    archive, database, reader_of, monkeypatch, collected
):
    """Whether SQLite collects their cases first, as it does of a few, or asks of each hit whether it concerns them."""
    monkeypatch.setattr(search, "_MOST_COLLECTED", collected)
    theirs = dict(list(archive.items())[::3])
    for piece in pieces(archive, random.Random(18), 50, 8):
        found = reader_of(NAMED["chen"]).search(piece, limit=MANY)
        assert (list(found.cases["id"]), found.count) == (said_by(theirs, piece), len(said_by(theirs, piece)))


def test_a_long_piece_is_found_exactly_where_it_stands(archive, database):
    """Of a long word only some tokens are looked up in PostgreSQL; the text decides."""
    with database.reading() as session:
        for piece in pieces(archive, random.Random(18), 150, 90):
            assert search.find(session, select(CASE.id), piece) == said_by(archive, piece), piece


def test_the_same_signs_in_another_order_are_not_a_hit(archive, database):
    """Words that have every token of a title, and in which something is exchanged in the middle."""
    with database.reading() as session:
        for said in list(archive.values())[:40]:
            words = normal(said["title"]).split()
            typed = "-".join([*words[2:], *words[:2]])
            assert search.find(session, select(CASE.id), typed) == said_by(archive, typed), typed

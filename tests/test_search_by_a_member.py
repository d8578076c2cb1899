"""A member finds among what concerns them exactly what stands there, however many cases that is (P15, P16)."""

import random

import pytest
from sqlalchemy import insert, select

from core.people import DEPARTMENT
from core.search import normal
from db import search
from db.tables import CASE, ConcernedRow
from tests.conftest import NAMED
from tests.test_search import BITS, row_of, said_by, store

MANY = 200


@pytest.fixture
def archive(database):
    """Two hundred documents, of which every third concerns the department of Chen; what each says, by id."""
    dice = random.Random(17)
    rows = [row_of(n, "".join(dice.choices(BITS, k=dice.randint(4, 40)))) for n in range(MANY)]
    store(database, rows)
    with database.writing() as session:
        theirs = [{"root_id": row["id"], "who": f"{DEPARTMENT}caiwu"} for row in rows[::3]]
        session.execute(insert(ConcernedRow), [*theirs, {"root_id": rows[0]["id"], "who": "chen"}])
        session.commit()
    return {row["id"]: row["data"] for row in rows}


def pieces(archive, longest, count=150):
    """Pieces of what stands in the documents, of one character to a good part of a title."""
    dice = random.Random(18)
    texts = ["\n".join(said.values()) for said in archive.values()]
    for _ in range(count):
        whole = dice.choice(texts)
        first = dice.randrange(len(whole))
        yield whole[first : first + dice.randint(1, longest)]


@pytest.mark.parametrize("collected", [0, 10_000], ids=["more than is collected", "few cases"])
def test_a_member_finds_what_stands_in_their_cases_and_nothing_else(
    archive, database, reader_of, monkeypatch, collected
):
    """Whether SQLite collects their cases first, as it does of a few, or asks of each hit whether it concerns them."""
    monkeypatch.setattr(search, "_MOST_COLLECTED", collected)
    theirs = dict(list(archive.items())[::3])
    for piece in pieces(archive, 8, 50):
        found = reader_of(NAMED["chen"]).search(piece, limit=MANY)
        assert (list(found.cases["id"]), found.count) == (said_by(theirs, piece), len(said_by(theirs, piece)))


def test_a_long_piece_is_found_exactly_where_it_stands(archive, database):
    """Of a long word only some tokens are looked up in PostgreSQL; the text decides."""
    with database.reading() as session:
        for piece in pieces(archive, 90):
            assert search.find(session, select(CASE.id), piece) == said_by(archive, piece), piece


def test_the_same_signs_in_another_order_are_not_a_hit(archive, database):
    """Words that have every token of a title, and in which something is exchanged in the middle."""
    with database.reading() as session:
        for said in list(archive.values())[:40]:
            words = normal(said["title"]).split()
            typed = "-".join([*words[2:], *words[:2]])
            assert search.find(session, select(CASE.id), typed) == said_by(archive, typed), typed

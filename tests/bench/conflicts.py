"""B4: every conflict among a year's entries beside numpy's own sort and beside intervaltree; one new entry in SQL."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from intervaltree import IntervalTree

from core.conflicts import pairs
from core.schedule import Entry
from db import schedule
from db.engine import open_database
from db.migrate import upgrade
from tests.bench.measuring import Line, Lines, typical, typical_of_pair

COUNT, EACH = 100_000, 500
"""Uses, and how many fall on one person or room: a big office's year."""

KEPT = 5_000
START = datetime(2026, 1, 1, tzinfo=UTC)


def lines(folder: Path) -> Lines:
    """All pairs at once, as a month's view or an import asks for; then one entry, as a command does."""
    dice = np.random.default_rng(4)
    of = dice.integers(0, COUNT // EACH, COUNT)
    begins = dice.integers(0, 365 * 24 * 60, COUNT)
    ends = begins + dice.integers(15, 120, COUNT)
    first, second = pairs(of, begins, ends)
    if {frozenset(pair) for pair in zip(first.tolist(), second.tolist(), strict=True)} != set(
        _of_trees(of, begins, ends)
    ):
        raise AssertionError("the two find other conflicts")
    ours, sort = typical_of_pair(lambda: pairs(of, begins, ends), lambda: np.lexsort((ends, begins, of)))
    yield Line("B4 all conflicts of 100,000 uses", ours, sort, "numpy sort", 2)
    tree = typical(lambda: sum(1 for _ in _of_trees(of, begins, ends)), times=1, warm=0)
    yield Line("B4 all conflicts of 100,000 uses", ours, tree, "intervaltree", 1 / 20)
    yield _one(folder)


def _of_trees(of, begins, ends) -> Iterator[frozenset[int]]:  # type: ignore[no-untyped-def]
    """The same by a tree for each person or room."""
    for who in range(COUNT // EACH):
        mine = np.flatnonzero(of == who)
        tree = IntervalTree.from_tuples((int(begins[n]), int(ends[n]), int(n)) for n in mine)
        for n in mine:
            for met in tree.overlap(int(begins[n]), int(ends[n])):
                if met.data != n:
                    yield frozenset({int(n), met.data})


def _one(folder: Path) -> Line:
    """What one new entry meets: the index asked by its bound, beside the same connection asked for nothing."""
    database = open_database(f"sqlite:///{folder / 'schedule.db'}")
    upgrade(database)
    with database.writing() as session:
        for n in range(KEPT):
            begins = START + timedelta(minutes=100 * n)
            one = Entry(
                id=f"e{n}", title="会", begins=begins, ends=begins + timedelta(hours=1), whom=("res:1",)
            )
            schedule.keep(session, one, [(one.begins, one.ends)])
        session.commit()
    with database.reading() as session:
        raw = session.connection().connection.dbapi_connection
        found = (
            "SELECT entry_id FROM occurrences WHERE whom = 'res:1' AND begins > ? AND begins < ? AND ends > ?"
        )
        at = START + timedelta(minutes=100 * KEPT // 2)
        asked = [str((at + timedelta(minutes=m)).replace(tzinfo=None)) + ".000000" for m in (-60, 30, 0)]
        meets = lambda: [raw.execute(found, asked).fetchall() for _ in range(1000)]  # noqa: E731
        nothing = lambda: [raw.execute("SELECT ?, ?, ?", asked).fetchall() for _ in range(1000)]  # noqa: E731
        if len(meets()[0]) != 1:
            raise AssertionError("a use is not found")
        ours, round_trip = typical_of_pair(meets, nothing)
    database.close()
    limit = round_trip / 1000 + 5e-6
    return Line("B4 what one new entry meets, of 5,000", ours / 1000, limit, "5 µs + round trip", 1)

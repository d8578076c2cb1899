"""B2: what is late – the first fifty, and how many of each kind – and a page of a register, beside bare SQL; the
overview beside a page of Django's admin.
"""

from pathlib import Path
from typing import Any

from sqlalchemy import func

from core.registers import Wanted
from db.engine import Database, _driver
from db.reading.sight import OPEN
from db.tables import CaseRow
from tests.bench.measuring import Line, Lines, typical, typical_of_pair
from tests.bench.offices import NOW, crowded, reader
from tests.bench.peers import ask_django

_LATE = "FROM cases WHERE is_open AND due_at < ? AND paused_at IS NULL AND grade <= 1"


def lines(folder: Path) -> Lines:
    """With 100,000 open cases, two in a hundred late."""
    with crowded(folder, 100_000) as (database, place):
        at = reader(database, folder=folder)
        ours, bare = _statements(database, at), _bare(place)
        if ours() != bare():
            raise AssertionError("the program and the bare SQL see different late cases")
        yield Line("B2 late cases, statements, 100k", *typical_of_pair(ours, bare, 21, 5), "bare SQL", 2.0)
        # A reader of its own for each: what it has counted once it knows.
        whole = typical(lambda: _overview(reader(database, folder=folder)), 9)
        django = ask_django("overdue", folder, 20, place)
        yield Line("B2 the whole overview, 100k open", whole, django, "Django admin", 1.0)
        page, bare = _register(database, folder), _bare_register(place)
        if page() != bare():
            raise AssertionError("the program and the bare SQL see different registers")
        yield Line(
            "B2 a page of the register, 100k of a year", *typical_of_pair(page, bare, 21, 1), "bare SQL", 2.0
        )


def _overview(at: Any) -> Any:
    """What the overview asks: the list, every figure, and where each case stands."""
    return at.overdue(limit=50), at.counts(), at.positions(), at.by_owner()


def _statements(database: Any, at: Any) -> Any:
    """The rows a list of late cases begins with, through the person's own condition."""
    late = (OPEN, at._late())
    first = at._visible(CaseRow.id, CaseRow.process, CaseRow.title, CaseRow.owner).where(*late)
    first = first.order_by(CaseRow.due_at, CaseRow.id).limit(50)
    kinds = at._visible(CaseRow.process, func.count()).where(*late).group_by(CaseRow.process)

    def run() -> Any:
        with database.reading() as session:
            return [tuple(r) for r in session.execute(first)], [tuple(r) for r in session.execute(kinds)]

    return run


def _register(database: Database, folder: Path) -> Any:
    """The first page of a register, and how many there are."""

    def run() -> Any:
        found = reader(database, folder=folder).register_page("incoming_document", Wanted())
        return list(found.frame["id"]), found.total

    return run


def _bare_register(place: Path) -> Any:
    connection = _driver().connect(str(place))
    own = "FROM cases WHERE process = 'incoming_document' AND grade <= 1"
    first = f"SELECT id {own} ORDER BY length(number) DESC, number DESC LIMIT 50"

    def run() -> Any:
        ids = [row[0] for row in connection.execute(first)]
        marks = ", ".join("?" * len(ids))
        connection.execute(f"SELECT * FROM cases WHERE id IN ({marks})", ids).fetchall()
        return ids, connection.execute(f"SELECT count(*) {own}").fetchone()[0]

    return run


def _bare(place: Path) -> Any:
    connection = _driver().connect(str(place))
    now = NOW.strftime("%Y-%m-%d %H:%M:%S.%f")
    first = f"SELECT id, process, title, owner {_LATE} ORDER BY due_at, id LIMIT 50"
    kinds = f"SELECT process, count(*) {_LATE} GROUP BY process"
    return lambda: (
        connection.execute(first, (now,)).fetchall(),
        connection.execute(kinds, (now,)).fetchall(),
    )

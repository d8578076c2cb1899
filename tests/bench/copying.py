"""A crowded office in PostgreSQL and the index of its search, copied in: a million cases in minutes, not in hours."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import psycopg
from sqlalchemy import make_url

from core.processes import Standard
from db import search
from db.engine import Database
from db.tables import CASE
from tests.bench.offices import batches, concerned

_ROWS = 1000
"""Cases that are in memory together while they are indexed."""

_IN_ORDER = "SELECT * FROM cases ORDER BY opened_at, length(number), number"


def crowd_by_copy(database: Database, address: str, count: int) -> None:
    """The cases of `offices.crowd`, in the PostgreSQL at the address."""
    with _connected(address) as connection:
        for rows in batches(count):
            names = [column.name for column in CASE if column.name in rows[0]]
            _copy(connection, "cases", names, ([_told(row[name]) for name in names] for row in rows))
            _copy(connection, "concerned", ("root_id", "who"), (one.values() for one in concerned(rows)))
        connection.execute("ANALYZE")


def index_by_copy(database: Database, address: str) -> None:
    """What `db.search.catch_up` writes of them; the index over the tokens is made when all are there."""
    with _connected(address) as connection, _connected(address) as reading:
        (index,) = connection.execute(
            "SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_case_grams'"
        ).fetchone()  # type: ignore[misc]
        connection.execute("DROP INDEX ix_case_grams")
        first = 1
        for rows in _cases(reading):
            first += _copy_entries(database, connection, rows, first)
        connection.execute("SELECT setval('searched_id_seq', %s)", (first,))
        connection.execute(index)
        connection.execute("ANALYZE")


def _copy_entries(
    database: Database, connection: "psycopg.Connection[Any]", rows: Sequence[Mapping[str, Any]], first: int
) -> int:
    standard = Standard()
    cases = [(standard.version(row["process"], row["version"]), row) for row in rows]
    with database.reading() as session:
        entries = list(enumerate(search.entries_of(session.connection(), cases, ()), first))
        made = [(n, search.row_of(session, entry)) for n, entry in entries if entry.stamp]
    _copy(connection, "searched", ("id", "case_id", "stamp"), ((n, e.case_id, e.stamp) for n, e in entries))
    tokens = ((n, r["text"], r["initials"], " ".join(f"'{gram}'" for gram in r["grams"])) for n, r in made)
    _copy(connection, "case_grams", ("id", "text", "initials", "grams"), tokens)
    return len(entries)


def _cases(connection: "psycopg.Connection[Any]") -> Iterator[list[Mapping[str, Any]]]:
    with connection.transaction(), connection.cursor("cases", row_factory=psycopg.rows.dict_row) as cursor:
        cursor.itersize = _ROWS
        rows = iter(cursor.execute(_IN_ORDER))
        while some := list(islice(rows, _ROWS)):
            yield some


def _copy(
    connection: "psycopg.Connection[Any]", table: str, names: Sequence[str], rows: Iterable[Iterable[Any]]
) -> None:
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copying,
    ):
        for row in rows:
            copying.write_row(tuple(row))


def _told(value: Any) -> Any:
    """A value as the driver takes it: what a case says as text, a moment in UTC."""
    if isinstance(value, dict):
        return json.dumps(value)
    return value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) else value


def _connected(address: str) -> "psycopg.Connection[Any]":
    plain = make_url(address).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True)

"""B1: one document signed in and registered, beside one bare INSERT + COMMIT, and beside Django's ORM."""

import shutil
from collections.abc import Callable
from pathlib import Path
from statistics import median

import psycopg

from db.engine import _driver
from tests.bench.measuring import Line, Lines, percentile, timed
from tests.bench.offices import register, small, titles
from tests.bench.peers import ask_django
from tests.conftest import _furnished
from tests.postgres_server import fresh_database, open_folder, postgres

COUNT = 300
_TABLE = "CREATE TABLE document (id INTEGER PRIMARY KEY, title TEXT, organ TEXT, received TEXT)"
_INSERT = "INSERT INTO document (title, organ, received) VALUES ('关于做好有关工作的通知', '市财政局', '2026-11-24')"


def lines(folder: Path) -> Lines:
    """SQLite with synchronous=FULL, then PostgreSQL."""
    with small(folder) as (_, office):
        ours, bare = _in_turn(lambda n, title: register(office, n, title), _bare_sqlite(folder))
    yield Line("B1 register, SQLite FULL", median(ours), median(bare), "bare INSERT", 7.0)
    django = ask_django("register", folder, COUNT)
    yield Line("B1 register, SQLite FULL", median(ours), django, "Django ORM", 0.6)
    yield Line("B1 register, p99 SQLite FULL", percentile(ours, 99), 0.005, "5 ms", 1.0)
    yield from _postgresql(folder)


def _postgresql(folder: Path) -> Lines:
    place = open_folder()
    try:
        with postgres(place, furnish=_furnished, durable=True) as address, fresh_database(address) as fresh:
            with small(folder, fresh) as (_, office):
                ours, bare = _in_turn(lambda n, title: register(office, n, title), _bare_postgresql(fresh))
            yield Line("B1 register, PostgreSQL", median(ours), median(bare), "bare INSERT", 7.0)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _in_turn(
    command: Callable[[int, str], None], bare: Callable[[], None]
) -> tuple[list[float], list[float]]:
    """Times of both, one after the other."""
    pairs = []
    for n, title in enumerate(titles(COUNT + 30)):
        pairs.append((timed(lambda n=n, title=title: command(n, title)), timed(bare)))  # type: ignore[misc]
    return [ours for ours, _ in pairs[30:]], [bare for _, bare in pairs[30:]]


def _bare_sqlite(folder: Path) -> Callable[[], None]:
    connection = _driver().connect(str(folder / "bare.db"), isolation_level=None)
    for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", _TABLE):
        connection.execute(statement)

    def insert() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(_INSERT)
        connection.execute("COMMIT")

    return insert


def _bare_postgresql(address: str) -> Callable[[], None]:
    connection = psycopg.connect(address, autocommit=True)
    connection.execute(_TABLE.replace("INTEGER PRIMARY KEY", "BIGSERIAL PRIMARY KEY"))
    return lambda: connection.execute(_INSERT) and None

"""Bring a database to the shape this version of the program needs, and say how far it is."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from db.engine import PATIENCE, Database, speaking
from db.tables import Base, is_declared

log = structlog.get_logger(__name__)

_ALONE = threading.Lock()
"""Alembic keeps its context in module globals: one upgrade at a time in a process."""


def upgrade(database: Database) -> None:
    """Bring the schema to the newest revision, whole or not at all.

    Two programs may start at once: the second waits for the first in the database's own lock and
    then finds nothing to do. Where nothing is to do nothing is written, so that an office whose disk
    has become read-only can still be read (P9).
    """
    if revision(database) == newest_revision():
        return
    with _ALONE, speaking(), _writing_connection(database) as connection:
        config = _config()
        config.attributes["connection"] = connection
        before = _revision(connection)
        command.upgrade(config, "head")
        if before != (after := _revision(connection)):
            log.info("schema_upgraded", before=before, after=after)


def revision(database: Database) -> str | None:
    """The revision the database is at, or None when it was never brought to any."""
    with database.reading() as session:
        return _revision(session.connection())


def newest_revision() -> str | None:
    """The revision this program needs."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def differences(database: Database) -> list[Any]:
    """What the tables in `db.tables` have and the migrated database has not, or the other way round."""
    with database.reading() as session:
        context = MigrationContext.configure(session.connection(), opts={"include_name": is_declared})
        return list(compare_metadata(context, Base.metadata))


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.set_main_option("path_separator", "os")
    return config


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


@contextmanager
def _writing_connection(database: Database) -> Iterator[Connection]:
    with database.write.connect() as connection:
        if not database.is_sqlite:
            with connection.begin():
                yield connection
            return
        with _without_foreign_keys(connection), connection.begin():
            yield connection
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise RuntimeError(f"the upgrade would leave rows without their parents: {broken[:5]}")


@contextmanager
def _without_foreign_keys(connection: Connection) -> Iterator[None]:
    """SQLite alters a table by building it anew; with the checks on, dropping the old one fails."""
    raw = connection.connection.dbapi_connection
    assert raw is not None  # noqa: S101 -- a connection just taken from the pool has one
    _pragmas(raw, "foreign_keys=OFF", "busy_timeout=60000")
    try:
        yield
    finally:
        _pragmas(raw, "foreign_keys=ON", f"busy_timeout={round(PATIENCE * 1000)}")


def _pragmas(raw: Any, *settings: str) -> None:
    for setting in settings:
        raw.execute(f"PRAGMA {setting}")

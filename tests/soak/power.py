"""A power cut, as SQLite's own crash tests make it: a file system that forgets what was not synced.

The statements are those of our own commands, recorded on one file and played again on another. Needs
`apsw`, which the program itself does not: `make soak` installs it; without it the story is skipped.
"""

import random
import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from db.engine import open_database
from db.files import FileStore
from db.unit import SqlUnit
from db.verify import verify
from tests.promises.registrar import KEY, office_at, register
from tests.promises.test_nothing_acknowledged_is_lost import numbers

apsw = pytest.importorskip("apsw", reason="a power cut is simulated with apsw, which is not installed")

Statement = tuple[str, Any]
PENDING: dict[str, tuple[bytearray, list[tuple[str, int, bytes]]]] = {}
"""By file: what whoever has it open sees, and what has not reached the disk yet."""


class ForgetfulFile(apsw.VFSFile):
    """A file whose writes reach the disk when they are synced, and not before."""

    def __init__(self, name: Any, flags: Any) -> None:
        named = name.filename() if isinstance(name, apsw.URIFilename) else name
        self._path = named or f"temporary {id(self)}"
        super().__init__("", name, flags)
        if self._path not in PENDING:
            size = super().xFileSize()
            PENDING[self._path] = (bytearray(super().xRead(size, 0) if size else b""), [])

    def xRead(self, amount: int, offset: int) -> bytes:
        return bytes(PENDING[self._path][0][offset : offset + amount])

    def xFileSize(self) -> int:
        return len(PENDING[self._path][0])

    def xWrite(self, data: bytes, offset: int) -> None:
        seen, pending = PENDING[self._path]
        if len(seen) < offset:
            seen.extend(bytes(offset - len(seen)))
        seen[offset : offset + len(data)] = data
        pending.append(("write", offset, bytes(data)))

    def xTruncate(self, size: int) -> None:
        seen, pending = PENDING[self._path]
        del seen[size:]
        pending.append(("truncate", size, b""))

    def xSync(self, flags: int) -> None:
        pending = PENDING[self._path][1]
        for what, where, data in pending:
            if what == "write":
                super().xWrite(data, where)
            else:
                super().xTruncate(where)
        pending.clear()
        super().xSync(flags)


class ForgetfulDisk(apsw.VFS):
    """A disk of such files."""

    def __init__(self) -> None:
        super().__init__("forgetful", "")

    def xOpen(self, name: Any, flags: Any) -> ForgetfulFile:
        return ForgetfulFile(name, flags)

    def xDelete(self, name: str, sync: bool) -> None:
        PENDING.pop(name, None)
        super().xDelete(name, sync)

    def xAccess(self, name: str, flags: int) -> bool:
        return name in PENDING or super().xAccess(name, flags)


DISK = ForgetfulDisk()


def recorded(template: Path, folder: Path, documents: int) -> list[list[Statement]]:
    """The statements with which so many documents are registered, one list a transaction."""
    place = shutil.copy(template, folder / "recorded.db")
    database = open_database(f"sqlite:///{place}")
    office = office_at(f"sqlite:///{place}", folder)
    office._unit = lambda: SqlUnit(database, FileStore(folder), KEY)
    transactions: list[list[Statement]] = []

    @event.listens_for(database.write, "begin")
    def begin(_connection: Any) -> None:
        transactions.append([("BEGIN IMMEDIATE", ())])

    @event.listens_for(database.write, "before_cursor_execute")
    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        transactions[-1].extend((statement, row) for row in (parameters if many else [parameters]))

    for n in range(documents):
        register(office, f"form {n}")
    database.close()
    return transactions


class Office:
    """A copy of the office on the forgetful disk."""

    def __init__(self, template: Path, place: Path) -> None:
        for end in ("", "-wal", "-shm"):
            Path(f"{place}{end}").unlink(missing_ok=True)
        PENDING.clear()
        self.place = Path(shutil.copy(template, place))
        self._connection = apsw.Connection(str(place), vfs="forgetful")
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            self._connection.execute(f"PRAGMA {pragma}").fetchall()

    def replay(self, transactions: list[list[Statement]], until: int) -> set[str]:
        """Do what was recorded; the forms that were acknowledged."""
        for transaction in transactions[:until]:
            for statement, parameters in transaction:
                self._connection.execute(statement, parameters or ()).fetchall()
            self._connection.execute("COMMIT").fetchall()
        return {f"form {n}" for n in range(until)}


def cut(office: Office, chance: random.Random | None, after: Path) -> set[str]:
    """The power goes: the forms that are there when it is back, on a whole record.

    Without `chance` all that was not synced is lost, with it nine in ten of these writes got out.
    """
    for path, (_, pending) in PENDING.items():
        if chance and Path(path).exists():
            with open(path, "r+b") as file:
                for what, where, data in pending:
                    if what == "write" and chance.random() < 0.9:
                        file.seek(where)
                        file.write(data)
    for end in ("", "-wal"):
        Path(f"{after}{end}").unlink(missing_ok=True)
        if Path(f"{office.place}{end}").exists():
            shutil.copy(f"{office.place}{end}", f"{after}{end}")
    Path(f"{after}-shm").unlink(missing_ok=True)
    database = open_database(f"sqlite:///{after}")
    try:
        assert verify(database, KEY, FileStore(after.parent / "files"), []) == []
        return set(numbers(database))
    finally:
        database.close()

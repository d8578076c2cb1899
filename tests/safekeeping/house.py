"""An office in a data folder of its own, to back up and to restore; and what is in such a folder."""

import shutil
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select

from core.office import Office
from db import backup, restore
from db import verify as verify_command
from db.config import Settings
from db.tables import Base, CaseRow
from db.unit import SqlUnit
from db.verify import Installation
from tests.conftest import CHECKED, DOCUMENT, NAMED, StillClock
from tests.safekeeping.tampering import KEY


class House:
    """An office in a data folder of its own, as somebody installed it."""

    def __init__(self, data: Path, template: Path) -> None:
        data.mkdir(parents=True, exist_ok=True)
        shutil.copy(template, data / "office.db")
        (data / "chain.key").write_text(KEY.hex())
        self.data, self.clock = data, StillClock("2026-11-20 15:00")

    @property
    def settings(self) -> Settings:
        return Settings(data_dir=self.data)

    @contextmanager
    def running(self):
        here = Installation.at(self.settings)
        yield here, Office(lambda: SqlUnit(here.database, here.files, here.key), self.clock)
        here.database.close()

    def register(self, office: Office, title: str, content: bytes | None = None):
        by = NAMED["wang"]
        files = [office.keep("附件.txt", content, by=by)] if content else []
        document = DOCUMENT | {"received_at": self.clock(), "title": title, "files": files}
        return office.open("incoming_document", document, by=by, then=("register", CHECKED))

    def backup(self, *arguments: str) -> int:
        return backup.main(self.settings, arguments, self.clock)

    def restore(self, *arguments: str, ask=None) -> int:
        return restore.main(self.settings, arguments, self.clock, ask or no_question)

    def verify(self) -> int:
        return verify_command.main(self.settings)

    def newest(self) -> Path:
        return backup.backups(self.data / "backups")[-1]


def no_question(_prompt: str) -> str:
    raise AssertionError("nobody should be asked")


def contents(folder: Path) -> dict[str, list]:
    """Every row of every table in the database of a folder."""
    with backup.opened(folder) as database, database.reading() as session:
        return {
            table.name: sorted(map(repr, session.execute(select(table))))
            for table in Base.metadata.sorted_tables
        }


def titles(folder: Path) -> set[str]:
    with backup.opened(folder) as database, database.reading() as session:
        return set(session.scalars(select(CaseRow.title)))


def attached(folder: Path) -> set[str]:
    return {backup.sha256(path) for path in (folder / "files").rglob("*") if path.is_file()}

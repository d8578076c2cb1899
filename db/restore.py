"""Bring an office back from a backup: `python -m db.restore FOLDER [--yes]`.

A backup with one byte changed is refused and the place named. The restored office is built beside
the data folder, opened and verified there, and takes its place by a rename; what was there is kept
as `data.before-…`. A folder that cannot be renamed, being a mount, gets its contents exchanged; what was
there is kept in it as `before-…`. The installation's `chain.key` stays; backups do not carry it
(docs/decisions/0007).

Only the SQLite file in the data folder can be the target: the program moves no data in a PostgreSQL
server, whose own administrator restores with its own means.
"""

import argparse
import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from alembic.util import CommandError
from sqlalchemy import delete
from sqlalchemy.exc import DBAPIError

from core.errors import NotAllowed, NotFound, OfficeError, Unreadable
from db import anchor, chain, outbox, search
from db.anchor import Head
from db.backup import DATABASE, FILES, backups, check, opened, read_manifest
from db.chain import KEY_FILE
from db.config import Settings
from db.engine import Database
from db.files import FileStore
from db.migrate import upgrade
from db.tables import SessionRow
from db.verify import BACKUPS, totals, verify

ELSEWHERE = (
    "本版只恢复到数据目录里的 SQLite 数据库：设置了 OFFICE_DATABASE_URL 时不能恢复，请先去掉这个设置。"
)
RUNNING = "办公室的服务还在运行，请先停下再恢复。"
NO_KEY = (
    f"数据目录里没有 {KEY_FILE}，恢复后的留痕无法核对。请先把另存的 {KEY_FILE} 放进数据目录；"
    f"确实丢失的，加 --without-key 恢复：数据都在，但此前的留痕从此核对不了。"
)


@dataclass(frozen=True)
class Restored:
    """What a restore came to: where the old office is, what there is now, and what is not whole in it."""

    before: Path | None
    totals: str
    found: Sequence[str]


def restore(data: Path, backup: Path, now: datetime, key: bytes | None) -> Restored:
    """Put the backup in the place of the data folder. `key` is what `why_not` gave."""
    data.parent.mkdir(parents=True, exist_ok=True)
    workshop = data if _stays_where_it_is(data) else data.parent
    building = Path(tempfile.mkdtemp(prefix=f"{data.name}.restoring-", dir=workshop))
    try:
        said, found = _build(building, data, backup, key)
        before = _take_place(data, building, _beside(data, backup, now))
    finally:
        shutil.rmtree(building, ignore_errors=True)
    if before:
        _move_backups(before / BACKUPS, data / BACKUPS)
    return Restored(before, said, found)


def _stays_where_it_is(data: Path) -> bool:
    """Whether the folder itself cannot be put aside: a disk of its own, or nothing else may be written."""
    return data.exists() and (os.path.ismount(data) or not os.access(data.parent, os.W_OK))


def _take_place(data: Path, building: Path, aside: Path) -> Path | None:
    """The new folder in the place of the old; where the old one is now, None if there was none."""
    before = None
    if data.exists():
        try:
            before = data.rename(aside)
        except OSError as stuck:
            if stuck.errno not in (errno.EBUSY, errno.EXDEV, errno.EACCES):
                raise
            return swap_inside(data, building, data / aside.name.removeprefix(f"{data.name}."))
    building.rename(data)
    return before


def swap_inside(data: Path, building: Path, before: Path) -> Path:
    """The old office into `before`, inside the folder, and the new one in its place: for a folder that is a mount."""
    before.mkdir(mode=0o700)
    for old in list(data.iterdir()):
        if old != building and old.name != "lost+found" and not old.name.startswith("before-"):
            shutil.move(old, before / old.name)
    for new in list(building.iterdir()):
        shutil.move(new, data / new.name)
    return before


def _beside(data: Path, backup: Path, now: datetime) -> Path:
    """Where the old office is put; its name says the time as the office's clock shows it."""
    office = datetime.fromisoformat(read_manifest(backup)["made_at"]).tzinfo
    return data.with_name(f"{data.name}.before-{now.astimezone(office):%Y%m%d-%H%M%S}")


def why_not(data: Path, backup: Path, *, without_key: bool = False) -> bytes | None:
    """The key the backup is checked with. Raises the reason for which it cannot be restored here."""
    if not backup.is_dir():
        raise NotFound(f"没有 {backup} 这个备份文件夹")
    key = chain.key_in(data) if (data / KEY_FILE).exists() else None
    if key is None and not without_key:
        raise NotFound(NO_KEY)
    if damage := check(backup, key):
        raise Unreadable("\n".join(("这份备份已损坏，没有恢复：", *damage)))
    if lives(data):
        _stop_if_running(data)
    return key


def lives(data: Path) -> bool:
    """Whether there is an office in the data folder."""
    return (data / DATABASE).exists()


def _stop_if_running(data: Path) -> None:
    """SQLite leaves its write-ahead log only for whoever is alone; and then the old office is one file.

    What is no database any more has no service either: it is put aside as it is.
    """
    with opened(data) as database:
        try:
            connection = database.write.raw_connection()
            try:
                connection.cursor().execute("PRAGMA journal_mode=DELETE").fetchall()
            finally:
                connection.close()
        except (DBAPIError, database.write.dialect.loaded_dbapi.Error) as error:
            if "locked" in str(error):
                raise NotAllowed(RUNNING) from error


def _build(building: Path, data: Path, backup: Path, key: bytes | None) -> tuple[str, list[str]]:
    """The office of the backup in a folder of its own: what is in it, and what is found on opening it."""
    shutil.copyfile(backup / DATABASE, building / DATABASE)
    if (backup / FILES).exists():
        shutil.copytree(backup / FILES, building / FILES)
    if key:
        shutil.copy(data / KEY_FILE, building / KEY_FILE)
    heads = _heads_until(read_manifest(backup)["head"], anchor.heads(data / BACKUPS))
    for head in heads:
        anchor.keep(building / BACKUPS, head)
    with opened(building) as office:
        _bring_up_to_date(office)
        found = verify(office, key, FileStore(building / FILES), heads) if key else []
        return totals(office), found


def _bring_up_to_date(office: Database) -> None:
    try:
        upgrade(office)
    except CommandError as error:
        raise Unreadable("这份备份来自更新的程序版本，请先更新程序再恢复。") from error
    search.catch_up(office)
    with office.writing() as session:
        session.execute(delete(SessionRow))  # nobody is signed in again by a restore
        outbox.after_restore(session)  # and nothing is sent a second time
        session.commit()
    search.catch_up(office)


def _heads_until(newest: str, heads: Sequence[Head]) -> list[Head]:
    """The heads that the backup still reaches; what came later is in the old folder."""
    if not newest:
        return []
    last = Head.read(newest)
    return [*(head for head in heads if last.reaches(head) and head != last), last]


def _move_backups(old: Path, new: Path) -> None:
    """The backups stay where the office looks for them; the old heads stay with the old office."""
    for backup in backups(old):
        new.mkdir(exist_ok=True, mode=0o700)
        backup.rename(new / backup.name)


def _agrees(data: Path, backup: Path, ask: Callable[[str], str]) -> bool:
    """Ask before a living office is replaced, naming what replaces it."""
    made = read_manifest(backup)["made_at"]
    print(f"{data} 里有正在使用的办公室。它会原样留着（{data.name}.before-…），换成 {made} 的备份；")
    print("备份以后登记和办理的，恢复后都不在了。请先停下服务。")
    try:
        return ask("恢复请输入 yes：").strip().lower() == "yes"
    except EOFError:
        return False


def main(
    settings: Settings,
    arguments: Sequence[str],
    clock: Callable[[], datetime],
    ask: Callable[[str], str] = input,
) -> int:
    """Restore the backup named; 1 if it was not restored or is not whole."""
    parser = argparse.ArgumentParser(prog="python -m db.restore", description="从备份恢复办公室")
    parser.add_argument("backup", type=Path, help="备份文件夹 backup-…")
    parser.add_argument("--yes", action="store_true", help="不再询问")
    parser.add_argument("--without-key", action="store_true", help=f"没有 {KEY_FILE} 也恢复")
    chosen = parser.parse_args(arguments)
    data = settings.data_dir.absolute()
    try:
        if settings.database_url:
            raise NotAllowed(ELSEWHERE)
        backup = chosen.backup.absolute()
        key = why_not(data, backup, without_key=chosen.without_key)
        if lives(data) and not chosen.yes and not _agrees(data, backup, ask):
            print("没有恢复，一切照旧。")
            return 1
        done = restore(data, backup, clock(), key)
    except OfficeError as trouble:
        print(trouble)
        return 1
    print(f"已恢复并打开核对过：{done.totals}", *done.found, sep="\n")
    if done.before:
        print(f"原来的在 {done.before}")
    return 1 if done.found else 0


if __name__ == "__main__":
    sys.exit(main(Settings(), sys.argv[1:], partial(datetime.now, UTC)))

"""Back the office up while it works: `python -m db.backup [FOLDER]`, and every night by itself.

A backup is a folder `backup-YYYYMMDD-HHMMSS`: the database as one SQLite file whichever database the
office uses, the attachments, and `manifest.json`, which says what must be in it and is signed with
the chain's key. The file is written by the database itself: a copy of the `.db` file alone looks
whole and lacks acknowledged writes (finding 15). It is made under another name, verified by opening
it, and only then renamed.

Answers of surveys and secret votes that are still being given are not in it, and `open_urns` in the manifest
says of how many urns: two backups that differ by one answer would tell whose it is (P25). Whoever restores
one lets everybody answer again.

The key is not in it: with the key beside them the events could be hashed anew. Whoever runs the
office keeps a copy of `chain.key` elsewhere (docs/decisions/0007).
"""

import argparse
import contextlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, time
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import func, insert, select, text

from core.errors import OfficeError, Unavailable, Unreadable
from db import anchor, chain, migrate, office_data, search, urn
from db.chain import KEY_FILE
from db.check_cases import batches
from db.config import Settings
from db.engine import Database, open_database, speaking
from db.files import FileStore
from db.tables import Base, FileRow
from db.verify import BACKUPS, Installation, sha256, verify

log = structlog.get_logger(__name__)

DATABASE, FILES, MANIFEST = "office.db", "files", "manifest.json"
NIGHTLY = time(2, 30)
"""When the backup of a night is due, in the office's own time; later if nothing ran then."""

KEEP = 14

Job = Callable[[datetime], None]


def back_up(here: Installation, folder: Path, now: datetime) -> tuple[Path, list[str]]:
    """Make a backup in this folder: where it is, and what was found wrong with the office's record.

    An office that is not whole is backed up all the same, and the manifest says what was found.
    """
    local = now.astimezone(_zone(here.database))
    heads = anchor.heads(here.backups)
    with _aside(folder) as making:
        _copy_database(here.database, making / DATABASE)
        open_urns = _empty_open_urns(making / DATABASE)
        with opened(making) as copy:
            kept = FileStore(making / FILES)
            _copy_files(copy, [*_kept_before(folder), here.files], kept)
            found = verify(copy, here.key, kept, heads)
            head = anchor.head(copy, local.date())
            said = {
                "made_at": local.isoformat(),
                "head": str(head or ""),
                "findings": found,
                "open_urns": open_urns,
            }
            _describe(making, copy, here.key, said)
        if damage := check(making, here.key):
            raise Unreadable(f"备份没有写好，请检查磁盘后重做：{damage[0]}")
        _to_disk()
        done = making.rename(folder / f"backup-{local:%Y%m%d-%H%M%S}")
    for place in {here.backups, folder}:
        anchor.keep(place, head)
    return done, found


def before_upgrade(database: Database, folder: Path) -> Path | None:
    """Keep the office's SQLite file as it is, beside its backups, before its schema changes (P28).

    None where nothing changes or nothing is there yet. A PostgreSQL server's own administrator backs it up.
    """
    at = migrate.revision(database)
    if not database.is_sqlite or at in (None, migrate.newest_revision()):
        return None
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    making = folder / f"before-upgrade-{at}.making"
    making.unlink(missing_ok=True)  # of an attempt that was cut short
    _vacuum_into(database, making)
    _empty_open_urns(making)
    kept = making.replace(folder / f"before-upgrade-{at}.db")
    log.info("kept_before_upgrade", place=str(kept))
    return kept


def check(folder: Path, key: bytes | None) -> list[str]:
    """What of a backup is not as its manifest says, one sentence each; the signature only with a key."""
    try:
        manifest = read_manifest(folder)
        if key and manifest["signature"] != _signature(key, manifest):
            return [f"{MANIFEST} 被改，或这份备份不是用本机的 {KEY_FILE} 做的"]
        return [*_files_damaged(folder, manifest["files"]), *_database_damaged(folder, manifest)]
    except (OSError, ValueError, KeyError, TypeError) as error:
        return [f"{MANIFEST} 读不出：{error}"]


def read_manifest(folder: Path) -> dict[str, Any]:
    """What the backup says of itself."""
    manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return manifest


@contextmanager
def opened(folder: Path) -> Iterator[Database]:
    """The database in a folder. Reading from it changes nothing in a backup."""
    database = open_database(f"sqlite:///{folder / DATABASE}")
    try:
        yield database
    finally:
        database.close()


# --- the database -------------------------------------------------------------------------------------


def _copy_database(database: Database, target: Path) -> None:
    if database.is_sqlite:
        _vacuum_into(database, target)
        return
    with tempfile.TemporaryDirectory(dir=target.parent) as working, opened(Path(working)) as copy:
        migrate.upgrade(copy)
        _copy_rows(database, copy)
        search.catch_up(copy)  # each database has an index of its own kind
        search.catch_up(copy)
        _vacuum_into(copy, target)


def _vacuum_into(database: Database, target: Path) -> None:
    """One moment of the database as one file, while others write. Not possible inside a transaction."""
    with speaking():
        connection = database.write.raw_connection()
        try:
            connection.cursor().execute("VACUUM INTO ?", (str(target),))
        except database.write.dialect.loaded_dbapi.Error as error:
            raise Unavailable(f"备份没有写成：{error}。请检查磁盘空间和写入权限后重做") from error
        finally:
            connection.close()


def _empty_open_urns(file: Path) -> int:
    """Take what is still being given out of a copy, so that nothing of it is left in the file: from how many urns."""
    copy = open_database(f"sqlite:///{file}")
    try:
        with copy.writing() as session:
            emptied = urn.emptied(session.connection())
            session.commit()
        if emptied:
            _rewritten(copy)
    finally:
        copy.close()
    return emptied


def _rewritten(copy: Database) -> None:
    raw = copy.write.raw_connection()
    try:
        for statement in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
            raw.cursor().execute(statement).fetchall()
    finally:
        raw.close()


def _copy_rows(source: Database, target: Database) -> None:
    """Every table, as it was in one moment of the source."""
    with source.reading() as reading, target.writing() as writing:
        writing.connection().exec_driver_sql("PRAGMA defer_foreign_keys=ON")  # children may come first
        for table in Base.metadata.sorted_tables:
            rows = reading.execute(select(table), execution_options={"yield_per": 1000}).mappings()
            for some in batches(rows, 1000):
                writing.execute(insert(table), [dict(row) for row in some])
        writing.commit()


def _database_damaged(folder: Path, manifest: Mapping[str, Any]) -> Iterator[str]:
    if sha256(folder / DATABASE) != manifest["database"]:
        yield f"{DATABASE} 与备份时不同：SHA-256 不符"
        return
    with opened(folder) as copy, copy.reading() as session:
        if (said := session.scalar(text("PRAGMA integrity_check"))) != "ok":
            yield f"{DATABASE} 已损坏：{said}"
    with opened(folder) as copy:
        if _counts(copy) != manifest["tables"]:
            yield f"{DATABASE} 各表的行数与备份时不同"


def _counts(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


# --- the attachments ----------------------------------------------------------------------------------


def _copy_files(copy: Database, sources: Sequence[FileStore], target: FileStore) -> None:
    """Every file the copied database knows, from the first source that has it whole.

    One that an earlier backup has is not stored twice but linked. One that nobody has whole is left
    out, and the verification says so.
    """
    with copy.reading() as session:
        digests = session.scalars(select(FileRow.digest)).all()
    for digest in digests:
        places = (source.path(digest) for source in sources)
        whole = next((place for place in places if place.is_file() and sha256(place) == digest), None)
        if whole:
            target.path(digest).parent.mkdir(parents=True, exist_ok=True)
            # Never linked to the office's own file: what damages that must not damage its backup.
            _take(whole, target.path(digest), link=whole != sources[-1].path(digest))


def _take(source: Path, target: Path, *, link: bool) -> None:
    if link:
        with contextlib.suppress(OSError):  # a disk that knows no links gets a copy
            os.link(source, target)
            return
    shutil.copyfile(source, target)


def _kept_before(folder: Path) -> list[FileStore]:
    return [FileStore(last / FILES) for last in backups(folder)[-1:]]


def _files_damaged(folder: Path, digests: Sequence[str]) -> Iterator[str]:
    store = FileStore(folder / FILES)
    for digest in digests:
        if not store.path(digest).is_file():
            yield f"备份里缺附件 {digest}"
        elif sha256(store.path(digest)) != digest:
            yield f"备份里的附件 {digest} 被改"


# --- the manifest -------------------------------------------------------------------------------------


def _describe(folder: Path, copy: Database, key: bytes, more: Mapping[str, Any]) -> None:
    manifest = {
        **more,
        "revision": migrate.revision(copy),
        "tables": _counts(copy),
        "database": sha256(folder / DATABASE),
        "files": sorted(path.name for path in (folder / FILES).rglob("*") if path.is_file()),
    }
    manifest["signature"] = _signature(key, manifest)
    written = json.dumps(manifest, ensure_ascii=False, indent=1)
    (folder / MANIFEST).write_text(written, encoding="utf-8")


def _signature(key: bytes, manifest: Mapping[str, Any]) -> str:
    return chain.link(key, MANIFEST, {k: v for k, v in manifest.items() if k != "signature"})


# --- every night --------------------------------------------------------------------------------------


def jobs(settings: Settings, database: Database) -> dict[str, Job]:
    """What the program does for its record by itself: the head of each day, the backup of each night."""
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    here = Installation(
        database,
        chain.key_in(settings.data_dir),
        FileStore(settings.data_dir / FILES),
        settings.data_dir / BACKUPS,
    )
    nightly = {"backup": partial(_nightly, here)} if settings.nightly_backups else {}
    return {"anchor": anchor.daily(database, here.backups), **nightly}


def backups(folder: Path) -> list[Path]:
    """The backups in a folder, oldest first."""
    return sorted(folder.glob("backup-????????-??????"))


def last(folder: Path) -> tuple[datetime, list[str]] | None:
    """When the newest backup in a folder was made, and what was wrong with the record then; None without one."""
    if not (made := backups(folder)):
        return None
    try:
        said = read_manifest(made[-1])
        return datetime.fromisoformat(said["made_at"]), list(said["findings"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Unreadable(f"最近一份备份 {made[-1].name} 的 {MANIFEST} 读不出") from error


def _nightly(here: Installation, now: datetime) -> None:
    """Back up if tonight's is due and not there; keep the last ones, and all while something is wrong."""
    local = now.astimezone(_zone(here.database))
    due = datetime.combine(local.date(), NIGHTLY, local.tzinfo)
    made = backups(here.backups)
    if local < due or (made and made[-1].name >= f"backup-{due:%Y%m%d-%H%M%S}"):
        return
    search.tidy(here.database)  # while nobody is there, and before the index goes into the backup
    done, found = back_up(here, here.backups, now)
    if found:
        log.error("backup_of_a_damaged_record", place=str(done), findings=found[:20])
        return
    log.info("backed_up", place=str(done))
    for old in backups(here.backups)[:-KEEP]:
        shutil.rmtree(old)


# --- inside -------------------------------------------------------------------------------------------


def _zone(database: Database) -> Any:
    with database.reading() as session:
        return office_data.calendar(session).zone


@contextmanager
def _aside(folder: Path) -> Iterator[Path]:
    """A folder to build in, gone afterwards unless it was renamed."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    making = Path(tempfile.mkdtemp(prefix="making-", dir=folder))
    try:
        yield making
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _to_disk() -> None:
    if hasattr(os, "sync"):
        os.sync()


def main(settings: Settings, arguments: Sequence[str], clock: Callable[[], datetime]) -> int:
    """Back up into the folder named, else beside the data; 1 if the office's record is not whole."""
    parser = argparse.ArgumentParser(prog="python -m db.backup", description="备份办公室，不必停下服务")
    parser.add_argument("folder", nargs="?", type=Path, help="放备份的文件夹，默认在数据目录的 backups/")
    chosen = parser.parse_args(arguments)
    try:
        here = Installation.at(settings)
        with contextlib.closing(here.database):
            done, found = back_up(here, chosen.folder or here.backups, clock())
    except OfficeError as trouble:
        print(trouble)
        return 1
    print(f"已备份并打开核对过：{done}（不含 {KEY_FILE}，请另存一份）")
    if found:
        print("但办公室的数据有问题：", *found, sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Settings(), sys.argv[1:], partial(datetime.now, UTC)))

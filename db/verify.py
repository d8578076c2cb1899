"""Whether the office's record is whole: `python -m db.verify`.

Four questions: does each event, and each line of the journal, follow the one before by its keyed hash
and up to the heads written down day by day (`check_chains`); is everything kept beside the events what
they add up to (`check_cases`), and the votes what was published of them (`check_ballots`); has the office changed as its journal says (`check_office`); are the
files on the disk those that were kept. Nothing is repaired: what is found is said (P22, P33).

What the database holds is read in one transaction and row after row, so people may go on working.
"""

import hashlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from core.errors import NotFound, OfficeError
from db import anchor, chain, check_ballots, check_cases, check_chains, check_office
from db.anchor import Head
from db.chain import KEY_FILE
from db.check_cases import batches
from db.config import Settings
from db.engine import Database, open_database
from db.files import FileStore
from db.tables import AttachmentRow, CaseRow, EventRow, FileRow, JournalRow, TemplateRow

BACKUPS = "backups"


@dataclass(frozen=True)
class Installation:
    """An office where it is installed: what the commands for whoever runs it work with."""

    database: Database
    key: bytes
    files: FileStore
    backups: Path

    @classmethod
    def at(cls, settings: Settings) -> Self:
        """The installation of these settings; `NotFound` where there is none, and none is made."""
        if not (settings.data_dir / KEY_FILE).exists():
            raise NotFound(f"{settings.data_dir} 里没有 {KEY_FILE}，请核对 OFFICE_DATA_DIR")
        return cls(
            open_database(settings.url),
            chain.key_in(settings.data_dir),
            FileStore(settings.data_dir / "files"),
            settings.data_dir / BACKUPS,
        )


def verify(database: Database, key: bytes, files: FileStore, heads: Sequence[Head]) -> list[str]:
    """What is not as the program left it, one Chinese sentence each; empty if all is whole.

    `heads` were read before the call: what is recorded meanwhile cannot seem to be missing from them.
    """
    on_disk = _on_disk(files)
    with database.reading() as session:
        known = set(session.scalars(select(FileRow.digest)))
        found = [
            *check_chains.check(session, key, heads),
            *_as_far_as_readable("事项", check_cases.check(session)),
            *_as_far_as_readable("标准修订或办公室记录", check_office.check(session)),
            *_as_far_as_readable("选票", check_ballots.check(session)),
            *_files(session, files, known),
            *_orphans(session),
        ]
    extra = [path for path in on_disk if path.name not in known or files.path(path.name) != path]
    return found + _extra(database, files, extra)


def _as_far_as_readable(what: str, found: Iterator[str]) -> Iterator[str]:
    """What is found; where something cannot even be read, that, and it ends there."""
    try:
        yield from found
    except (TypeError, ValueError, OfficeError) as trouble:
        yield f"{what}里有读不出的内容，这一项只核对到此：{type(trouble).__name__}: {trouble}"


def how_many_events(database: Database) -> int:
    """How long the record is."""
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(EventRow)) or 0


def totals(database: Database) -> str:
    """How much there is, in words."""
    with database.reading() as session:
        cases, events, lines, attachments = (
            session.scalar(select(func.count()).select_from(table))
            for table in (CaseRow, EventRow, JournalRow, AttachmentRow)
        )
    return f"{cases} 件事项、{events} 条记录、{lines} 条办公室记录、{attachments} 个附件"


# --- attachments --------------------------------------------------------------------------------------


def _files(session: Session, files: FileStore, known: Iterable[str]) -> Iterator[str]:
    for digest in sorted(known):
        if not files.path(digest).is_file():
            yield f"附件缺失：{_named(session, digest)}"
        elif sha256(files.path(digest)) != digest:
            yield f"附件被改：{_named(session, digest)}"


def _named(session: Session, digest: str) -> str:
    """A file by its digest and by the names under which it is attached."""
    query = (
        select(CaseRow.number, AttachmentRow.name)
        .join(CaseRow, CaseRow.id == AttachmentRow.case_id)
        .where(AttachmentRow.digest == digest)
    )
    templates = session.scalars(select(TemplateRow.name).where(TemplateRow.digest == digest))
    names = [f"{number} {name!r}" for number, name in session.execute(query)]
    names += [f"单据模板 {name!r}" for name in templates]
    return f"{digest}（{'、'.join(names) or '未办理完的上传'}）"


def _orphans(session: Session) -> Iterator[str]:
    query = (
        select(AttachmentRow.id, AttachmentRow.name)
        .outerjoin(CaseRow, CaseRow.id == AttachmentRow.case_id)
        .outerjoin(FileRow, FileRow.digest == AttachmentRow.digest)
        .where(or_(CaseRow.id.is_(None), FileRow.digest.is_(None)))
    )
    for attachment_id, name in session.execute(query):
        yield f"附件登记无着落：{name!r}（{attachment_id}）没有对应的事项或文件"


def _on_disk(files: FileStore) -> list[Path]:
    return sorted(path for path in files.folder.rglob("*") if path.is_file())


def _extra(database: Database, files: FileStore, paths: Sequence[Path]) -> list[str]:
    """Files nobody kept. Asked again: one being kept while we looked is on the disk before it is known."""
    with database.reading() as session:
        names = {path.name for path in paths}
        known = {d for some in batches(names, 500) for d in session.scalars(_among(some))}
    strange = [path for path in paths if path.name not in known or files.path(path.name) != path]
    return [f"附件目录里多出文件：{path.relative_to(files.folder)}" for path in strange if path.exists()]


def _among(digests: Sequence[str]) -> Any:
    return select(FileRow.digest).where(FileRow.digest.in_(digests))


def sha256(path: Path) -> str:
    """The digest of a file, however big."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main(settings: Settings) -> int:
    """Print what is found; 1 if anything is."""
    try:
        here = Installation.at(settings)
        with closing(here.database):
            heads = anchor.heads(here.backups)
            found = verify(here.database, here.key, here.files, heads)
            whole = f"完好：{totals(here.database)}"
    except OfficeError as trouble:
        found = [str(trouble)]
    if found:
        print(*found, sep="\n")
        return 1
    print(whole)
    if not heads:
        print(f"尚无 {here.backups / anchor.HEADS}：末尾是否被截还查不出", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(Settings()))

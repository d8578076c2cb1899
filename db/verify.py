"""Whether the office's record is whole: `python -m db.verify`.

Four questions: does each event follow the one before by its keyed hash; do the heads written down
day by day still hold, so that nothing was cut off the end; is every case what its events add up to;
are the files on the disk those that were kept. Nothing is repaired: what is found is said (P22, P33).

What the database holds is read in one transaction and row after row, so people may go on working.
"""

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import groupby, islice
from operator import attrgetter
from pathlib import Path
from typing import Any, Self, TypeVar

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from core.case import replay
from core.errors import NotFound, OfficeError
from core.policy import Grade
from core.processes import Standard
from db import anchor, chain, office_data
from db.anchor import Head
from db.chain import KEY_FILE
from db.config import Settings
from db.engine import Database, open_database
from db.files import FileStore
from db.tables import AttachmentRow, CaseRow, EventRow, FileRow
from db.unit import case_values, link_fields, to_event

T = TypeVar("T")

BACKUPS = "backups"

_EVENTS = EventRow.__table__.c
_CASES = CaseRow.__table__.c
_AT_ONCE = 2000
"""Rows fetched at a time: memory stays flat however long the record is."""

_TITLES = {
    "number": "登记号",
    "stage": "步骤",
    "is_open": "是否办结",
    "grade": "密级",
    "title": "标题",
    "owner": "在谁手里",
    "parent_id": "上级事项",
    "root_id": "所属事项",
    "due_at": "步骤时限",
    "case_due_at": "总时限",
    "closed_at": "办结时间",
    "urged": "催办次数",
    "seq": "序号",
    "data": "填写内容",
}


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
            *_chain(session, key),
            *_anchors(session, heads),
            *_cases(session),
            *_without_events(session),
            *_files(session, files, known),
            *_orphans(session),
        ]
    extra = [path for path in on_disk if path.name not in known or files.path(path.name) != path]
    return found + _extra(database, files, extra)


def totals(database: Database) -> str:
    """How much there is, in words."""
    with database.reading() as session:
        cases, events, attachments = (
            session.scalar(select(func.count()).select_from(table))
            for table in (CaseRow, EventRow, AttachmentRow)
        )
    return f"{cases} 件事项、{events} 条记录、{attachments} 个附件"


# --- the chain of events ------------------------------------------------------------------------------


def _chain(session: Session, key: bytes) -> Iterator[str]:
    """The first event that does not follow; what comes after it says nothing new."""
    last, mac = 0, chain.START
    for row in _streamed(session, select(*_EVENTS).order_by(_EVENTS.id)):
        if row.prev != mac:
            yield _broken(session, row, last, mac)
            return
        if row.mac != chain.link(key, mac, link_fields(to_event(row))):
            yield (
                f"记录 {row.id} 内容被改：与校验值不符"
                f"（事项 {row.case_id}，{row.at:%Y-%m-%d %H:%M} UTC），或不是用本机的 {KEY_FILE} 写的"
            )
            return
        last, mac = row.id, row.mac


def _broken(session: Session, row: EventRow, last: int, mac: str) -> str:
    """Why the event does not follow the last good one: its true successor is elsewhere, or gone."""
    successor = session.scalar(select(_EVENTS.id).where(_EVENTS.prev == mac))
    after = f"记录 {last} 之后" if last else "开头"
    if successor is None:
        return f"记录 {row.id} 之前中间缺失：{after}的记录被删"
    return f"记录 {row.id} 次序被换：{after}应是记录 {successor}"


def _anchors(session: Session, heads: Sequence[Head]) -> Iterator[str]:
    """The first of the heads written down day by day that does not hold any more."""
    last = session.scalar(select(func.max(_EVENTS.id))) or 0
    for head in heads:
        mac = session.scalar(select(_EVENTS.mac).where(_EVENTS.id == head.event))
        if mac == head.mac:
            continue
        if head.event > last:
            yield f"记录 {last} 之后末尾被截：{head.day} 记下的末条是记录 {head.event}，现已不在"
        else:
            yield f"记录 {head.event} 与 {head.day} 记下的校验值不符：这一条或它以前的记录被改写过"
        return


# --- cases as their events add up ---------------------------------------------------------------------


def _cases(session: Session) -> Iterator[str]:
    standard = office_data.standard(session)
    events = _streamed(session, select(*_EVENTS).order_by(_EVENTS.case_id, _EVENTS.seq))
    stories = ((case_id, list(rows)) for case_id, rows in groupby(events, attrgetter("case_id")))
    for some in batches(stories, 200):
        stored = _stored(session, [case_id for case_id, _ in some])
        for case_id, story in some:
            if row := stored.get(case_id):
                yield from _compared(row, story, standard)
            else:
                yield f"记录 {story[0].id} 的事项 {case_id} 不在事项表里"


def _stored(session: Session, ids: Sequence[str]) -> dict[str, Any]:
    """The rows of these cases, each with the root and the grade of its parent."""
    parent = aliased(CaseRow)
    query = (
        select(*_CASES, parent.root_id.label("parents_root"), parent.grade.label("parents_grade"))
        .outerjoin(parent, parent.id == CaseRow.parent_id)
        .where(CaseRow.id.in_(ids))
    )
    return {row.id: row for row in session.execute(query)}


def _compared(row: Any, story: Sequence[EventRow], standard: Standard) -> Iterator[str]:
    first = story[0]
    try:
        case = replay(standard.version(first.process, first.version), map(to_event, story))
        inherits = {"root_id": row.parents_root or row.id, "inherited": Grade(row.parents_grade or 0)}
        adds_up = case_values(replace(case, **inherits))
    except Exception as trouble:  # noqa: BLE001 -- events that were tampered with may fail anywhere
        yield f"事项 {row.number}（{row.id}）的记录走不通：{type(trouble).__name__}: {trouble}"
        return
    adds_up["data"] = json.loads(json.dumps(adds_up["data"]))
    wrong = [_TITLES.get(name, name) for name, value in adds_up.items() if getattr(row, name) != value]
    if wrong:
        yield f"事项 {row.number}（{row.id}）与它的记录不符：{'、'.join(wrong)}"


def _without_events(session: Session) -> Iterator[str]:
    tells = select(EventRow.id).where(EventRow.case_id == CaseRow.id).exists()
    for case_id, number in session.execute(select(CaseRow.id, CaseRow.number).where(~tells)):
        yield f"事项 {number}（{case_id}）没有任何记录"


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
    names = "、".join(f"{number} {name!r}" for number, name in session.execute(query))
    return f"{digest}（{names or '未办理完的上传'}）"


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


# --- inside -------------------------------------------------------------------------------------------


def _streamed(session: Session, query: Any) -> Iterator[Any]:
    """Rows as they come. Typed as anything: a row of the events' columns serves as an `EventRow`."""
    return iter(session.execute(query, execution_options={"yield_per": _AT_ONCE}))


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items, some at a time."""
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some


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

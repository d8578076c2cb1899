"""Whether the two chains hold: of the cases' events, and of what was done to the office itself (P22).

Each row carries a keyed hash of itself and of the one before; the heads written down day by day say
where the chains ended. Rows are read as text: a million of them are hashed, and none need be a moment.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, Column, String, Table, cast, func, select, type_coerce
from sqlalchemy.orm import Session

from core.process import NUMBER_TITLES
from db import chain, journal
from db.anchor import Head
from db.chain import KEY_FILE
from db.tables import CaseRow, EventRow, JournalRow, UtcDateTime
from db.unit import EVENT_FIELDS, covered

AT_ONCE = 2000
"""Rows fetched at a time: memory stays flat however long the record is."""


@dataclass(frozen=True)
class Chained:
    """A table whose rows follow each other by their hashes: its columns that are hashed, and in words."""

    rows: Any
    noun: str
    hashed: tuple[str, ...]
    covered: Callable[[dict[str, Any]], dict[str, Any]]

    @property
    def table(self) -> Table:
        table: Table = self.rows.__table__
        return table


EVENTS = Chained(EventRow, "记录", EVENT_FIELDS, covered)
JOURNAL = Chained(JournalRow, "办公室记录", journal.COVERED, dict)


def broken(session: Session, chained: Chained, key: bytes) -> Iterator[str]:
    """The first row that does not follow; what comes after it says nothing new."""
    last, mac = 0, chain.START
    moments = [isinstance(chained.table.c[name].type, UtcDateTime) for name in chained.hashed]
    for row_id, prev, stored, *texts in _streamed(session, chained):
        if prev != mac:
            yield _out_of_order(session, chained, row_id, last, mac)
            return
        values = [_iso(text) if moment else text for text, moment in zip(texts, moments, strict=True)]
        if stored != _hashed_anew(chained, key, mac, dict(zip(chained.hashed, values, strict=True))):
            yield (
                f"{chained.noun} {row_id} 内容被改：与校验值不符（{_place(session, chained, row_id)}），"
                f"或不是用本机的 {KEY_FILE} 写的"
            )
            return
        last, mac = row_id, stored


def cut_or_rewritten(
    session: Session, chained: Chained, heads: Sequence[tuple[Any, int, str]]
) -> Iterator[str]:
    """The first of the heads – day, id and hash of the last row then – that does not hold any more."""
    columns = chained.table.c
    last = session.scalar(select(func.max(columns.id))) or 0
    for day, row_id, mac in heads:
        if not row_id or session.scalar(select(columns.mac).where(columns.id == row_id)) == mac:
            continue
        noun = chained.noun
        if row_id > last:
            yield f"{noun} {last} 之后末尾被截：{day} 记下的末条是{noun} {row_id}，现已不在"
        else:
            yield f"{noun} {row_id} 与 {day} 记下的校验值不符：这一条或它以前的记录被改写过"
        return


def check(session: Session, key: bytes, heads: Sequence[Head]) -> Iterator[str]:
    """What does not hold of both chains."""
    yield from broken(session, EVENTS, key)
    yield from broken(session, JOURNAL, key)
    yield from cut_or_rewritten(session, EVENTS, [(h.day, h.event, h.mac) for h in heads])
    yield from cut_or_rewritten(session, JOURNAL, [(h.day, h.line, h.line_mac) for h in heads])


# --- inside -------------------------------------------------------------------------------------------


def _streamed(session: Session, chained: Chained) -> Iterator[Any]:
    """Id, `prev`, `mac` and what is hashed of every row, in their order."""
    columns = chained.table.c
    hashed = (_as_text(session, columns[name]) for name in chained.hashed)
    query = select(columns.id, columns.prev, columns.mac, *hashed).order_by(columns.id)
    return iter(session.execute(query, execution_options={"yield_per": AT_ONCE}))


def _as_text(session: Session, column: Column[Any]) -> Any:
    """Moments and JSON as SQLite keeps them, whichever database it is; the rest as it is."""
    if not isinstance(column.type, UtcDateTime | JSON):
        return column
    if session.get_bind().dialect.name == "sqlite":
        return type_coerce(column, String)
    if isinstance(column.type, UtcDateTime):
        return func.to_char(column, "YYYY-MM-DD HH24:MI:SS.US")
    return cast(column, String)


def _iso(text: str | None) -> str | None:
    """A moment of the table, in UTC, as `datetime.isoformat` writes it."""
    if not isinstance(text, str):
        return text
    return f"{text[:10]}T{text[11:].removesuffix('.000000')}+00:00"


def _hashed_anew(chained: Chained, key: bytes, prev: str, row: dict[str, Any]) -> str | None:
    try:
        return chain.link(key, prev, chained.covered({**row, "data": json.loads(row["data"])}))
    except (TypeError, ValueError, UnicodeEncodeError):
        return None  # what no program of ours can have written


def _out_of_order(session: Session, chained: Chained, row_id: int, last: int, mac: str) -> str:
    """Why the row does not follow the last good one: its true successor is elsewhere, or gone."""
    columns, noun = chained.table.c, chained.noun
    successor = session.scalar(select(columns.id).where(columns.prev == mac))
    after = f"{noun} {last} 之后" if last else "开头"
    if successor is None:
        return f"{noun} {row_id} 之前中间缺失：{after}的记录被删"
    return f"{noun} {row_id} 次序被换：{after}应是{noun} {successor}"


def _place(session: Session, chained: Chained, row_id: int) -> str:
    """Where a row stands: its table, its case, when it says it was written."""
    columns = chained.table.c
    at = str(session.scalar(select(_as_text(session, columns.at)).where(columns.id == row_id)))[:16]
    said = [f"{chained.table.name} 表", f"{at} UTC"]
    if "case_id" in columns:
        case_id = session.scalar(select(columns.case_id).where(columns.id == row_id))
        number = session.scalar(select(CaseRow.number).where(CaseRow.id == case_id))
        said.insert(1, f"{NUMBER_TITLES['number']} {number}" if number else f"事项 {case_id}")
    return "，".join(said)

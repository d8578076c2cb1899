"""Whether the office's own settings are what its journal says was done to them: the standard, the accounts."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.journal import HOLDS
from db.tables import AmendmentRow, EventRow, JournalRow, PersonRow, table


def check(session: Session) -> Iterator[str]:
    """What is not as the journal has it, one sentence each."""
    yield from _amendments(session)
    yield from _people(session)


def _people(session: Session) -> Iterator[str]:
    """Accounts that may something else than they were given, and those that nobody made.

    Of an account older than the journal, and never changed since, there is no line to compare.
    """
    held = {line[HOLDS]["id"]: line[HOLDS] for line in _lines(session, *_ABOUT_PEOPLE) if HOLDS in line}
    begun = session.scalar(select(func.min(JournalRow.at)))
    for row in session.execute(select(*table(PersonRow).c).order_by(PersonRow.created_at, PersonRow.id)):
        line = held.pop(row.id, None)
        named = f"人员 {row.name}（{row.account}，people 表）"
        if line is None and begun and row.created_at > begun:
            yield f"{named}没有新增的记录"
        elif wrong := [title for key, title in _MAY.items() if line and line[key] != getattr(row, key)]:
            yield f"{named}与办公室记录不符：{'、'.join(wrong)}"
    yield from (f"人员缺失：{person} 已经新增，people 表里却没有" for person in held)


_ABOUT_PEOPLE = ("person.added", "person.changed", "person.stopped", "person.restored")
_MAY = {"roles": "角色", "clearance": "知悉范围", "department_id": "所在部门", "active": "是否在用"}


def _amendments(session: Session) -> Iterator[str]:
    """Amendments nobody approved, altered ones, and lost ones.

    An office older than its journal may have older amendments, of which the journal knows nothing.
    """
    told = {(line["process"], line["version"]): line for line in _lines(session, "standard.amended")}
    older = _is_older_than_its_journal(session)
    rows = session.execute(select(*AmendmentRow.__table__.c).order_by(AmendmentRow.id))
    for row in rows:
        line = told.pop((row.process, row.version), None)
        older = older and line is None
        named = f"标准修订 {row.id}（{row.process} 第 {row.version} 版，amendments 表）"
        if line is None and not older:
            yield f"{named}没有批准的记录"
        elif line is not None and line != {**row.data, "version": row.version}:
            yield f"{named}与批准时的记录不符"
    for process, version in told:
        yield f"标准修订缺失：{process} 第 {version} 版已经批准，amendments 表里却没有"


def _lines(session: Session, *actions: str) -> Iterator[dict[str, Any]]:
    """What the lines of the journal about these actions say, oldest first."""
    query = select(JournalRow.data).where(JournalRow.action.in_(actions)).order_by(JournalRow.id)
    return iter(session.scalars(query))


def _is_older_than_its_journal(session: Session) -> bool:
    """Whether the office worked before there was a journal: its first event is older than the first line."""
    first_line = session.scalar(select(func.min(JournalRow.at)))
    first_event = session.scalar(select(func.min(EventRow.at)))
    return first_line is None or (first_event is not None and first_event < first_line)

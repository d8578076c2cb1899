"""Whether the office's own settings are what its journal says was done to them: the standard, the accounts."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.tables import AmendmentRow, EventRow, JournalRow


def check(session: Session) -> Iterator[str]:
    """What is not as the journal has it, one sentence each."""
    yield from _amendments(session)


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


def _lines(session: Session, *actions: str) -> Iterator[dict[str, object]]:
    """What the lines of the journal about these actions say, oldest first."""
    query = select(JournalRow.data).where(JournalRow.action.in_(actions)).order_by(JournalRow.id)
    return iter(session.scalars(query))


def _is_older_than_its_journal(session: Session) -> bool:
    """Whether the office worked before there was a journal: its first event is older than the first line."""
    first_line = session.scalar(select(func.min(JournalRow.at)))
    first_event = session.scalar(select(func.min(EventRow.at)))
    return first_line is None or (first_event is not None and first_event < first_line)

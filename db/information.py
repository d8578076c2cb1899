"""Information as it is counted: what is kept of each item beside its case, in the transaction of the event; the
duties of reporters; and the office's rules of grading (R56, R66).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import RowMapping, bindparam, delete, insert, select
from sqlalchemy.orm import Session

from core.amounts import micros
from core.case import Case
from core.grading import IMPORTANCE, URGENCY
from core.processes.information import JUDGING
from core.reporting import Duty, week_of
from core.worktime import WorkingCalendar
from db.office_data import GRADING
from db.tables import DutyRow, FigureRow, InformationRow, SettingRow, table

_ITEMS, _FIGURES = table(InformationRow), table(FigureRow)
_FORGET = tuple(delete(of).where(of.c.case_id == bindparam("of")) for of in (_FIGURES, _ITEMS))
_KEEP, _COUNT = insert(_ITEMS), insert(_FIGURES)


def follow(session: Session, cases: Iterable[Case], calendar: WorkingCalendar) -> None:
    """Keep of these cases what is counted of information, as they stand now; of what is void nothing.

    What a reporter has not sent yet is none.
    """
    connection, followed = session.connection(), list(cases)
    for forget in _FORGET:
        connection.execute(forget, [{"of": case.id} for case in followed])
    items, figures = counted(followed, calendar)
    if items:
        connection.execute(_KEEP, items)
    if figures:
        connection.execute(_COUNT, figures)


def counted(
    cases: Iterable[Case], calendar: WorkingCalendar
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows that are kept of these cases: of each item, and of its figures."""
    those = [case for case in cases if JUDGING in case.visited and not case.voided]
    return [_item(case, calendar) for case in those], [row for case in those for row in _figures(case)]


def kept(session: Session, of: Any) -> list[RowMapping]:
    """The rows that are there of the cases whose ids `of` selects."""
    return [
        row
        for rows in (_ITEMS, _FIGURES)
        for row in session.execute(select(*rows.c).where(rows.c.case_id.in_(of))).mappings()
    ]


def _item(case: Case, calendar: WorkingCalendar) -> dict[str, Any]:
    said = case.data.get
    day = case.opened_at.astimezone(calendar.zone).date()
    return {
        "case_id": case.id,
        "urgency": said(URGENCY.key) or "",
        "importance": said(IMPORTANCE.key) or "",
        "channel": said("channel") or "",
        "department": said("department") or "",
        "source": said("source_name") or "",
        "point": said("monitor_point") or "",
        "opened_at": case.opened_at,
        "month": f"{day:%Y-%m}",
        "week": week_of(day),
    }


def _figures(case: Case) -> Iterable[dict[str, Any]]:
    for n, row in enumerate(case.data.get("figures") or ()):
        if row.get("value"):
            yield {
                "case_id": case.id,
                "n": n,
                "name": row["name"],
                "unit": row.get("unit") or "",
                "micros": micros(row["value"]),
            }


# --- the duties of reporters, and the rules of grading ----------------------------------------------------


def duties(session: Session) -> dict[str, Duty]:
    """The duties by their id, also those that are over."""
    rows = session.scalars(select(DutyRow).order_by(DutyRow.title, DutyRow.id))
    return {row.id: _duty(row) for row in rows}


def keep_duty(session: Session, duty: Duty) -> None:
    """Store a duty, new or changed."""
    session.merge(DutyRow(**{**vars(duty), "figures": [list(one) for one in duty.figures]}))
    session.flush()


def _duty(row: DutyRow) -> Duty:
    figures = tuple((name, unit) for name, unit in row.figures)
    return Duty(
        id=row.id,
        title=row.title,
        department=row.department,
        reporter=row.reporter,
        figures=figures,
        every=row.every,
        due_day=row.due_day,
        since=row.since,
        active=row.active,
        version=row.version,
    )


def set_grading(session: Session, values: Mapping[str, Any]) -> None:
    """The office's own rules and matrix, as the form gave them."""
    session.merge(SettingRow(key=GRADING, value=dict(values)))
    session.flush()

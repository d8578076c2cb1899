"""The rows behind the working calendar: its days read and written, and the deadlines that hang on it."""

from collections.abc import Iterable, Iterator
from typing import Any, Literal, cast

from sqlalchemy import delete, insert, literal_column, or_, select
from sqlalchemy.orm import Session

from core.processes import Standard
from core.recount import Days, Promise
from core.worktime import SpecialDay
from db.holidays import shipped_calendar
from db.office_data import CALENDAR
from db.tables import CaseRow, SettingRow, SpecialDayRow


def days(session: Session) -> Days:
    """The office's table of special days as it stands."""
    row = session.get(SettingRow, CALENDAR)
    setting = row.value if row else {}
    provisional = setting.get("provisional", shipped_calendar().provisional)
    return Days(tuple(_special(session)), frozenset(provisional), setting.get("revision", 0))


def _special(session: Session) -> Iterator[SpecialDay]:
    kinds = Literal["holiday", "workday", "half_day"]
    for row in session.scalars(select(SpecialDayRow).order_by(SpecialDayRow.day)):
        yield SpecialDay(row.day, cast(kinds, row.kind), row.name, row.source)


def store(session: Session, before: Days, after: Days) -> None:
    """Write what differs; the new revision tells every reader that the calendar is another."""
    gone = set(before.special) - set(after.special)
    fresh = [special for special in after.special if special not in set(before.special)]
    session.execute(delete(SpecialDayRow).where(SpecialDayRow.day.in_([one.day for one in gone])))
    if fresh:
        session.execute(insert(SpecialDayRow), [vars(special) for special in fresh])
    row = session.get(SettingRow, CALENDAR)
    value: dict[str, Any] = dict(row.value) if row else {}
    value |= {"provisional": sorted(after.provisional), "revision": after.revision}
    session.merge(SettingRow(key=CALENDAR, value=value))


def promises(session: Session, standard: Standard) -> Iterable[Promise]:
    """The deadlines of every open case, whoever may see it: a change of the calendar moves them all."""
    columns: Any = (
        CaseRow.id, CaseRow.number, CaseRow.title, CaseRow.process, CaseRow.version, CaseRow.stage, CaseRow.data,
        CaseRow.opened_at, CaseRow.entered_at, CaseRow.due_at, CaseRow.case_due_at,
    )  # fmt: skip
    due = or_(CaseRow.due_at.is_not(None), CaseRow.case_due_at.is_not(None))
    query = (
        select(*columns)
        .where(literal_column("cases.is_open"), due)
        .order_by(CaseRow.due_at, CaseRow.opened_at, CaseRow.id)
    )
    for row in session.execute(query):
        process = standard.version(row.process, row.version)
        yield Promise(
            case_id=row.id,
            number=row.number,
            title=row.title,
            process=process,
            stage=process.stage(row.stage),
            data=row.data,
            opened_at=row.opened_at,
            entered_at=row.entered_at,
            due_at=row.due_at,
            case_due_at=row.case_due_at,
        )

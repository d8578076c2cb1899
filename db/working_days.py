"""The office's own working calendar, edited: a day off, a weekend day worked, a half day, a published year.

Deadlines already promised stay as they are; new ones count with the new days (architecture, idea 4).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from core.errors import Refused
from core.fields import Field, Kind, accept
from core.policy import Person
from db.accounts import administering
from db.engine import Database
from db.holidays import shipped_calendar
from db.office_data import CALENDAR
from db.tables import SettingRow, SpecialDayRow

KINDS = {"放假": "holiday", "上班": "workday", "上半天班": "half_day", "按平常": ""}
"""What a day can be, in the office's words; the last takes an entry away."""

DAY = (
    Field(key="day", title="日期", kind=Kind.DATE),
    Field(key="kind", title="这一天", kind=Kind.CHOICE, options=tuple(KINDS)),
    Field(key="name", title="事由", help="如 国庆节、本市停电"),
    Field(key="source", title="依据", required=False, help="通知的文号"),
)

YEARS = range(2004, 2046)
"""The years an entry may be in; a slip of the finger far away would only make the table long."""


@dataclass(frozen=True)
class WorkingDays:
    """Commands on the calendar; each asks the database who gives it, and policy whether they may."""

    database: Database
    key: bytes
    """The chain's key: what is done here stands in the journal."""

    def set_day(self, values: Mapping[str, Any], *, by: Person) -> None:
        """Say what a day is."""
        data = accept(DAY, values)
        day, kind = date.fromisoformat(data["day"]), KINDS[data["kind"]]
        if day.year not in YEARS:
            raise Refused({"day": f"请填 {YEARS[0]} 年至 {YEARS[-1]} 年之间的日期"})
        if problem := _pointless(day, kind):
            raise Refused({"kind": problem})
        with self.database.writing() as session:
            administering(session, by.id)
            session.execute(delete(SpecialDayRow).where(SpecialDayRow.day == day))
            if kind:
                session.add(
                    SpecialDayRow(day=day, kind=kind, name=data["name"], source=data["source"] or "本办设定")
                )
            provisional = _provisional(session)
            # A day of one's own is no notice: a year not known before stays without one.
            if day.year > max(provisional, default=0):
                provisional |= {day.year}
            _changed(session, provisional)
            session.commit()

    def set_published(self, year: int, published: bool, *, by: Person) -> None:
        """Say whether a year's notice is out and entered; until then its deadlines are marked 未发布."""
        with self.database.writing() as session:
            administering(session, by.id)
            provisional = _provisional(session)
            _changed(session, provisional - {year} if published else provisional | {year})
            session.commit()


def _pointless(day: date, kind: str) -> str | None:
    weekend = day.weekday() >= 5
    if kind == "holiday" and weekend:
        return "这一天本来就是周末，不必再设放假"
    if kind == "workday" and not weekend:
        return "这一天本来就上班，不必再设"
    return None


def _provisional(session: Session) -> frozenset[int]:
    row = session.get(SettingRow, CALENDAR)
    return frozenset(row.value.get("provisional", ())) if row else shipped_calendar().provisional


def _changed(session: Session, provisional: frozenset[int]) -> None:
    row = session.get(SettingRow, CALENDAR)
    value = dict(row.value) if row else {}
    value |= {"provisional": sorted(provisional), "revision": value.get("revision", 0) + 1}
    session.merge(SettingRow(key=CALENDAR, value=value))

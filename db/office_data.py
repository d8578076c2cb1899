"""Reference data as the rest of the program knows it: people, departments, calendar, standard, profile."""

from collections.abc import Iterable
from datetime import time
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import amendment
from core.ports import Directory
from core.process import OfficeProfile
from core.processes import Standard
from core.worktime import WorkingCalendar
from db.accounts import to_person
from db.holidays import SpecialDay, calendar_from, shipped_calendar
from db.tables import AmendmentRow, DepartmentRow, PersonRow, SettingRow, SpecialDayRow

CALENDAR = "calendar"
"""The setting with `hours`, `provisional` years, `zone` and the `revision` of the days."""

_calendars: dict[Any, WorkingCalendar] = {}
"""Calendars by database and setting: the table of a calendar is worth keeping."""


def directory(session: Session) -> Directory:
    """Active people and all departments; of people who left, the name they signed with."""
    people = session.scalars(select(PersonRow).order_by(PersonRow.name)).all()
    departments = session.scalars(select(DepartmentRow).order_by(DepartmentRow.name))
    return Directory(
        people={row.id: to_person(row) for row in people if row.active},
        departments={row.id: row.name for row in departments},
        former={row.id: row.name for row in people if not row.active},
    )


def profile(session: Session) -> OfficeProfile:
    """Who the office is, as it was set up."""
    row = session.get(SettingRow, "office")
    return OfficeProfile(**row.value) if row else OfficeProfile(name="")


def standard(session: Session) -> Standard:
    """The shipped standard with the office's approved amendments, oldest first."""
    rows = session.scalars(select(AmendmentRow).order_by(AmendmentRow.id)).all()
    return Standard().with_amendments(amendment.unpack(row.data) for row in rows) if rows else Standard()


def calendar(session: Session) -> WorkingCalendar:
    """The office's working calendar: its own table of days, its hours, the years without a notice.

    The days are read again only when the setting's `revision` says that they changed.
    """
    row = session.get(SettingRow, CALENDAR)
    setting = row.value if row else {}
    key = (session.get_bind().engine.url, repr(sorted(setting.items())))
    if (known := _calendars.get(key)) is None:
        known = _made(session.execute(select(SpecialDayRow.day, SpecialDayRow.kind)), setting)
        _calendars.clear()  # the newest is enough, and each is some megabytes
        _calendars[key] = known
    return known


def _made(days: Iterable[tuple[Any, str]], setting: dict[str, Any]) -> WorkingCalendar:
    shipped = shipped_calendar()
    kinds = Literal["holiday", "workday", "half_day"]
    return calendar_from(
        (SpecialDay(day, cast(kinds, kind), "", "") for day, kind in days),
        hours=_hours(setting) or shipped.hours,
        provisional=frozenset(setting.get("provisional", shipped.provisional)),
        zone=ZoneInfo(setting.get("zone", shipped.zone.key)),
    )


def _hours(setting: dict[str, Any]) -> tuple[tuple[time, time], ...]:
    spans = setting.get("hours", ())
    return tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in spans)

"""Reference data as the rest of the program knows it: people, departments, calendar, standard, profile."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import lru_cache
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, literal, select
from sqlalchemy.orm import Session

from core import amendment
from core.contacts import Contact
from core.grading import Rules
from core.grading import read as read_grading
from core.ports import Directory
from core.processes import Standard
from core.profile import OfficeProfile
from core.worktime import SpecialDay, WorkingCalendar, calendar_from
from db.accounts import COLUMNS, PEOPLE, to_person
from db.holidays import shipped_calendar
from db.tables import (
    AbsenceRow,
    AmendmentRow,
    ContactRow,
    DepartmentRow,
    PersonRow,
    SettingRow,
    SpecialDayRow,
    table,
)

CALENDAR = "calendar"
"""The setting with `hours`, `provisional` years, `zone` and the `revision` of the days."""

_calendars: dict[Any, WorkingCalendar] = {}
"""Calendars by database and setting: the table of a calendar is worth keeping."""


_standards: dict[str, Standard] = {}
"""The standard by what it was made of: each page asks for it, and it changes some times a year."""

DISSOLVED = "dissolved"
"""The setting with the names of dissolved departments by id: what they did keeps its name."""


def directory(session: Session, at: datetime | None = None) -> Directory:
    """Active people and departments, and the names of those that are gone; with `at`, who is away then."""
    people = session.execute(_EVERYBODY).all()
    departments = session.execute(_DEPARTMENTS)
    guests = session.execute(_GUESTS).all()
    return Directory(
        people={row.id: to_person(row) for row in people if row.active},
        departments={row.id: row.name for row in departments},
        guests={
            row.id: Contact(row.id, row.name, row.organisation, row.post) for row in guests if row.active
        },
        former={row.id: row.name for row in (*people, *guests) if not row.active} | dissolved(session),
        away=_away(session, at) if at else {},
    )


@dataclass(frozen=True)
class Known:
    """The settings of the office by key and its amendments, oldest first: all in one statement."""

    settings: Mapping[str, Any]
    amendments: Sequence[Any]


def known(session: Session) -> Known:
    """What is to be known of the office, for whoever goes on to ask for several of the things below."""
    rows = session.connection().execute(_KNOWN).all()
    return Known({row.key: row.value for row in rows if row.key}, [row.value for row in rows if not row.key])


def dissolved(session: Session) -> dict[str, str]:
    """The names of dissolved departments by id."""
    return _setting(session, DISSOLVED) or {}


def _away(session: Session, at: datetime) -> dict[str, str]:
    return {row.person_id: row.deputy_id for row in session.execute(_AWAY, {"at": at})}


def profile(session: Session, told: Known | None = None) -> OfficeProfile:
    """Who the office is, as it was set up."""
    told = told or known(session)
    return OfficeProfile(**(told.settings.get("office") or {"name": ""}))


def standard(session: Session, told: Known | None = None) -> Standard:
    """The shipped standard with the office's approved amendments, oldest first."""
    found, shipped = (told or known(session)).amendments, Standard()
    if not found:
        return shipped
    if (made := _standards.get(key := repr((found, [*shipped.versions])))) is None:
        made = shipped.with_amendments(map(amendment.unpack, found))
        _standards.clear()  # the newest is enough
        _standards[key] = made
    return made


def calendar(session: Session, told: Known | None = None) -> WorkingCalendar:
    """The office's working calendar: its own table of days, its hours, the years without a notice.

    The days are read again only when the setting's `revision` says that they changed.
    """
    setting = (told or known(session)).settings.get(CALENDAR) or {}
    key = (session.get_bind().engine.url, repr(sorted(setting.items())))
    if (made := _calendars.get(key)) is None:
        made = _lasting(_made(session.execute(select(SpecialDayRow.day, SpecialDayRow.kind)), setting))
        _calendars.clear()  # the newest is enough, and each is some megabytes
        _calendars[key] = made
    return made


@lru_cache(maxsize=1)
def _lasting(calendar: WorkingCalendar) -> WorkingCalendar:
    """The same days and hours, read again, are the calendar there is: its table need not be made anew."""
    return calendar


GRADING = "grading"
"""The setting with the office's own rules and matrix for grading information."""


def grading(session: Session, told: Known | None = None) -> Rules:
    """How the office grades information; as shipped until it says otherwise."""
    return read_grading((told or known(session)).settings.get(GRADING))


_EVERYBODY = select(*COLUMNS).order_by(PEOPLE.name)
_DEPARTMENTS = select(*table(DepartmentRow).c).order_by(table(DepartmentRow).c.name)
_CONTACTS = table(ContactRow).c
_GUESTS = select(*(_CONTACTS[name] for name in ("id", "name", "organisation", "post", "active"))).order_by(
    _CONTACTS.organisation, _CONTACTS.name
)
_SETTINGS, _AMENDED = table(SettingRow).c, table(AmendmentRow).c
_SETTING = select(_SETTINGS.value).where(_SETTINGS.key == bindparam("of"))
_ABSENCES, _AT = table(AbsenceRow).c, bindparam("at", type_=table(AbsenceRow).c.since.type)
_AWAY = (
    select(_ABSENCES.person_id, _ABSENCES.deputy_id)
    .join(table(PersonRow), PEOPLE.id == _ABSENCES.deputy_id)
    .where(_ABSENCES.since <= _AT, _ABSENCES.until > _AT, PEOPLE.active)
)
_KNOWN = (
    select(_SETTINGS.key, _SETTINGS.value, literal(0).label("place"))
    .union_all(select(literal(""), _AMENDED.data, _AMENDED.id))
    .order_by("place")
)


def _setting(session: Session, key: str) -> dict[str, Any] | None:
    """A setting of the office, or None where it was never set."""
    value: dict[str, Any] | None = session.execute(_SETTING, {"of": key}).scalar()
    return value


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

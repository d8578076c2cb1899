"""The schedule as its page was drawn for this person: whose calendars there are, and how each is called."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from core.fields import Field
from core.people import DEPARTMENT, Person, Role
from core.ports import Directory
from core.schedule import Resource, entry_fields, name_of, when
from core.worktime import WorkingCalendar

KEY = "schedule"
"""What the page keeps in the session begins with this."""

LEADERS, DEPARTMENTS, ROOMS = "领导日程表", "部门协作日历", "会议室、车辆"
"""The views: whose calendar is shown."""


@dataclass(frozen=True)
class Diary:
    """What the parts of the page share. `now` is told in the office's zone."""

    me: Person
    reader: Any
    calendar: WorkingCalendar
    people: Directory
    resources: Mapping[str, Resource]
    now: datetime
    phone: bool

    @property
    def zone(self) -> ZoneInfo:
        return self.calendar.zone

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def hours(self) -> tuple[time, time]:
        """When the office opens and closes."""
        return self.calendar.hours[0][0], self.calendar.hours[-1][1]

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """What is asked of an entry."""
        return entry_fields(self.resources.values())

    @property
    def bookable(self) -> list[Resource]:
        """Rooms and vehicles that are in use."""
        return [one for one in self.resources.values() if one.active]

    def leaders(self) -> list[str]:
        """Leaders first, then the director."""
        known = self.people.people
        heads = [who for who, one in known.items() if one.roles & {Role.LEADER, Role.DIRECTOR}]
        return sorted(heads, key=lambda who: Role.LEADER not in known[who].roles)

    def choices(self, view: str) -> list[str]:
        """Whose calendar there is in a view."""
        if view == LEADERS:
            return list(dict.fromkeys([*self.leaders(), self.me.id]))
        if view == DEPARTMENTS:
            return [DEPARTMENT + one for one in self.people.departments]
        return [one.id for one in self.bookable]

    def called(self, who: str) -> str:
        return name_of(who, self.people, self.resources)

    def midnight(self, day: date) -> datetime:
        """When a day of the office begins."""
        return datetime.combine(day, time.min, self.zone)

    def when(self, begins: datetime, ends: datetime) -> str:
        """A time in words."""
        return when((begins, ends), self.calendar)

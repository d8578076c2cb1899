"""Words as the office writes them, made from values: dates, sizes, and text that stays text."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from core.fields import Field, Kind
from core.ports import Directory
from core.worktime import WorkingCalendar

NONE = "—"
"""What stands where there is nothing yet."""

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>$:&=^])")


def plain(text: object) -> str:
    """Text that Markdown will show as it is: no link, picture, colour, formula or HTML from data (P14)."""
    return _SPECIAL.sub(r"\\\1", str(text)).replace("\n", "  \n")


def moment(value: datetime | None) -> str:
    """Day and time; the year only where it is not this one's neighbour is left to the date on demand."""
    return f"{value:%m-%d %H:%M}" if value is not None and value == value else NONE


def full_moment(value: datetime | None) -> str:
    return f"{value:%Y-%m-%d %H:%M}" if value is not None and value == value else NONE


def weekday(day: date) -> str:
    return "星期" + "一二三四五六日"[day.weekday()]


def today_line(now: datetime, calendar: WorkingCalendar) -> str:
    """The day as the head of a page says it."""
    day = now.astimezone(calendar.zone).date()
    kind = "工作日" if calendar.is_working_day(day) else "非工作日"
    return f"{day.year}年{day.month}月{day.day}日 {weekday(day)} · {kind} · 第{day.isocalendar().week}周"


def size(octets: int) -> str:
    return f"{octets / 1024:.0f} KB" if octets < 1024 * 1024 else f"{octets / 1024 / 1024:.1f} MB"


def value(field: Field, stored: Any, people: Directory, calendar: WorkingCalendar) -> str:
    """A field's recorded value in words."""
    if stored in (None, "", []):
        return NONE
    known = field.unpack(stored)
    match field.kind:
        case Kind.PERSON:
            return people.name(known)
        case Kind.PEOPLE | Kind.DEPARTMENTS:
            return "、".join(people.name(name) for name in known)
        case Kind.DEPARTMENT:
            return people.departments.get(known, known)
        case Kind.DATE:
            return f"{known.year}年{known.month}月{known.day}日"
        case Kind.MOMENT:
            return full_moment(known.astimezone(calendar.zone))
        case Kind.YES_NO:
            return "是" if known else "否"
        case Kind.FILES:
            return "、".join(ref["name"] for ref in known)
        case _:
            return str(known)


def values(
    fields: Mapping[str, Field], data: Mapping[str, Any], people: Directory, calendar: WorkingCalendar
) -> list[tuple[str, str]]:
    """What was filled in, as title and words, empty answers left out."""
    return [
        (fields[key].title, value(fields[key], stored, people, calendar))
        for key, stored in data.items()
        if key in fields and stored not in (None, "", [], False)
    ]

"""The working calendar a new installation begins with (N9).

Its days are copied into the database once; from then on the office's own table is the calendar, and
new notices come in by the calendar page. The libraries are asked only here and only then: they need
a new release every November, and one of them fails for every day after its last year.
"""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo

from core.worktime import OFFICE_HOURS, SpecialDay, WorkingCalendar, calendar_from

SHANGHAI = ZoneInfo("Asia/Shanghai")

# Years with statutory days worked out ahead of their notice. All later ones are provisional as well,
# which the calendar knows by itself because none of their days is named.
SHIPPED_PROVISIONAL: frozenset[int] = frozenset({2027, 2028})

PUBLISHED = "国务院办公厅通知"
EXPECTED = "未发布（按法定节日推算）"

# chinesecalendar names three festivals without the 节 by which the notices and everybody call them.
_FULL_NAMES = {"清明": "清明节", "端午": "端午节", "中秋": "中秋节"}


@lru_cache(maxsize=1)
def shipped_calendar() -> WorkingCalendar:
    """The calendar of a fresh installation: Shanghai time, 9:00-12:00 and 13:30-17:30."""
    return calendar_from(shipped_days(), hours=OFFICE_HOURS, provisional=SHIPPED_PROVISIONAL, zone=SHANGHAI)


@lru_cache(maxsize=1)
def shipped_days() -> tuple[SpecialDay, ...]:
    """Weekdays off and weekend days worked, by date: 2004-2026 as published, 2027 and 2028 as expected."""
    return tuple(sorted([*_published_days(), *_expected_days()], key=lambda special: special.day))


def _published_days() -> Iterator[SpecialDay]:
    """What the yearly notices of the State Council's office say, made-up days included."""
    # Imported here, as below: only a new installation needs these, every other start would wait for them.
    from chinese_calendar.constants import Holiday, holidays, workdays

    for day, name in holidays.items():
        if _is_weekday(day) and day.year not in SHIPPED_PROVISIONAL:
            yield SpecialDay(day, "holiday", _chinese(Holiday(name).chinese), PUBLISHED)
    for day, name in workdays.items():
        if not _is_weekday(day) and day.year not in SHIPPED_PROVISIONAL:
            yield SpecialDay(day, "workday", f"{_chinese(Holiday(name).chinese)}调休上班", PUBLISHED)


def _expected_days() -> Iterator[SpecialDay]:
    """Statutory days off by law and lunar calendar; which weekends are worked for them nobody knows yet."""
    from holidays import country_holidays

    for day, name in country_holidays("CN", years=SHIPPED_PROVISIONAL, language="zh_CN").items():
        if _is_weekday(day):
            yield SpecialDay(day, "holiday", name.replace("; ", "、"), EXPECTED)


def _chinese(name: str) -> str:
    return _FULL_NAMES.get(name, name)


def _is_weekday(day: date) -> bool:
    return day.weekday() < 5

"""Working time: how long the office has, counted only while it is open.

A limit in days ends at closing time of the last day, and the day it starts on is not counted:
received on Friday, two working days, due on Tuesday at closing. A limit in working hours runs
only while the office is open; 24 hours that nobody called working hours are hours of the clock
(requirement C2).

Nothing here counts day by day. A calendar numbers its working days once, and every question is
then a look-up: the day with the n-th next number, or the difference of two numbers.
"""

from bisect import bisect_left
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Span = tuple[time, time]
_Spans = tuple[tuple[int, int], ...]  # the same in microseconds since midnight

OFFICE_HOURS: tuple[Span, ...] = ((time(9), time(12)), (time(13, 30), time(17, 30)))

_FIRST_YEAR, _LAST_YEAR = 2000, 2045  # of the table; outside it the rule is Monday to Friday
_HOUR = 3_600_000_000  # working time is counted in whole microseconds: exact, and fast to add
_MICROSECOND = timedelta(microseconds=1)
_CHUNK = 1 << 15  # days at a time: few enough to stay in the processor's cache from step to step
_EPOCH = date(1970, 1, 1).toordinal()  # where numpy's days begin


@dataclass(frozen=True)
class Limit:
    """How long somebody has: working days, working hours, or hours of the clock (C2). One of them."""

    days: int = 0
    hours: int = 0
    clock_hours: int = 0

    def __post_init__(self) -> None:
        given = [n for n in (self.days, self.hours, self.clock_hours) if n]
        if len(given) != 1 or given[0] < 0:
            raise ValueError("a limit is a positive number of days, of hours or of clock hours: exactly one")

    def __str__(self) -> str:
        if self.days:
            return f"{self.days} 个工作日"
        return f"{self.hours} 工作小时" if self.hours else f"{self.clock_hours} 小时"


@dataclass(frozen=True)
class WorkingCalendar:
    """When the office works, in its own time zone. A value: the database loads it, nothing mutates it.

    `holidays` are days off, `workdays` are weekend days worked in exchange (调休). On `half_days`
    only the first span of `hours`, the morning, is worked. Days that are named nowhere follow the
    weekday rule. If a day is named twice, working wins over resting. `provisional` are the years
    whose official notice is not out yet, although some of their days may already be named (N9).
    """

    zone: ZoneInfo
    hours: tuple[Span, ...] = OFFICE_HOURS
    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()
    half_days: frozenset[date] = frozenset()
    provisional: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        moments = [moment for span in self.hours for moment in span]
        if not moments or any(earlier >= later for earlier, later in pairwise(moments)):
            raise ValueError("office hours are spans in ascending order within one day, at least one")

    def is_working_day(self, day: date) -> bool:
        """Whether the office opens on this day, be it for the morning only."""
        if day in self.workdays or day in self.half_days:
            return True
        return day.weekday() < 5 and day not in self.holidays

    def day_length(self, day: date) -> timedelta:
        """Working time of one day, lunch break taken out; zero on a day off."""
        return _length(self._spans(day)) * _MICROSECOND if self.is_working_day(day) else timedelta()

    def after(self, start: datetime, limit: Limit) -> datetime:
        """The moment by which something started at `start` must be done, in the office's zone."""
        local = self._local(start)
        if limit.days:
            return self._closing(self._table.number(local.toordinal() + 1) + limit.days - 1)
        if limit.hours:
            return self._moment_worked(self._worked_until(local) + limit.hours * _HOUR)
        return _clock_shift(local, limit.clock_hours)

    def before(self, event: datetime, limit: Limit) -> datetime:
        """The last moment that still leaves `limit` before `event`, in the office's zone.

        In days: closing time of the n-th working day before the day of the event.
        """
        local = self._local(event)
        if limit.days:
            return self._closing(self._table.number(local.toordinal()) - limit.days)
        if limit.hours:
            # The last moment, not the first: 9:00 today rather than closing time yesterday. That is
            # where the microsecond begins with which the limit starts to be used up.
            return self._moment_worked(self._worked_until(local) - limit.hours * _HOUR + 1) - _MICROSECOND
        return _clock_shift(local, -limit.clock_hours)

    def plus(self, start: datetime, worked: timedelta) -> datetime:
        """The moment by which so much working time has passed since `start`: a clock that goes on (N8)."""
        local = self._local(start)
        return max(local, self._moment_worked(self._worked_until(local) + worked // _MICROSECOND))

    def closing(self, day: date) -> datetime:
        """The end of office hours on a day, working day or not: what "by that date" means."""
        return self._closing_of(day.toordinal())

    def spoken(self, at: datetime) -> str:
        """A moment as an invitation tells it, in the office's zone: day, weekday and time."""
        local = self._local(at)
        return f"{local.year}年{local.month}月{local.day}日（周{'一二三四五六日'[local.weekday()]}）{local:%H:%M}"

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Working time from `start` to `end`; zero when `end` is not the later one."""
        worked = self._worked_until(self._local(end)) - self._worked_until(self._local(start))
        return max(0, worked) * _MICROSECOND

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when they are reversed."""
        return self._table.number(end.toordinal() + 1) - self._table.number(start.toordinal() + 1)

    def is_provisional(self, moment: datetime | date) -> bool:
        """Whether the notice for this year may still move the day, so that a page must say so (N9).

        Besides the years called provisional these are all years after the first known one for which
        no day is named: the State Council publishes every year's days at the end of the year before.
        """
        year = (self._local(moment) if isinstance(moment, datetime) else moment).year
        if year in self.provisional:
            return True
        return year not in self._published and year > min(self._published, default=0)

    def nth_after(self, days: NDArray[np.generic], n: int | NDArray[np.integer]) -> NDArray[np.generic]:
        """The n-th working day after each of many days, for imports and reports.

        Takes and returns datetime64[D], or whole numbers as `date.toordinal` gives them; `n` >= 1
        is one number for all of them or one for each.
        """
        counts = np.broadcast_to(np.asarray(n, dtype=np.int64), days.shape)
        if not np.issubdtype(days.dtype, np.datetime64):
            return self._table.nth_after(days.astype(np.int64, copy=False), counts, 0)
        if np.isnat(days).any():
            raise ValueError("a day is missing (NaT)")
        since_1970 = days.astype("datetime64[D]", copy=False).view(np.int64)
        return self._table.nth_after(since_1970, counts, _EPOCH).view("datetime64[D]")

    def _local(self, moment: datetime) -> datetime:
        if moment.tzinfo is None:
            # astimezone would quietly take the machine's zone for it.
            raise ValueError(f"a moment needs a time zone, this one has none: {moment.isoformat()}")
        return moment.astimezone(self.zone)

    def _spans(self, day: date) -> _Spans:
        return self._half_day if day in self.half_days else self._full_day

    def _closing(self, number: int) -> datetime:
        """Closing time of the working day with this number."""
        place = number - self._table.base
        if 0 <= place < len(self._closings):
            return self._closings[place]
        return self._closing_of(self._table.day(number))

    def _closing_of(self, ordinal: int) -> datetime:
        day = date.fromordinal(ordinal)
        _, closes = self.hours[0 if day in self.half_days else -1]
        return datetime.combine(day, closes, self.zone)

    def _worked_until(self, local: datetime) -> int:
        """Microseconds of working time up to this moment, on the scale of `_Table.worked_before`."""
        number, day = self._table.number(local.toordinal()), local.date()
        today = _spent(self._spans(day), _micros(local)) if self.is_working_day(day) else 0
        return self._table.worked_before(number) + today

    def _moment_worked(self, worked: int) -> datetime:
        """The first moment by which so much working time has passed, on the same scale."""
        number = self._table.number_during(worked)
        day = date.fromordinal(self._table.day(number))
        clock = _clock_when_spent(self._spans(day), worked - self._table.worked_before(number))
        return datetime.combine(day, time(), self.zone) + clock * _MICROSECOND

    @cached_property
    def _full_day(self) -> _Spans:
        return tuple((_micros(begins), _micros(ends)) for begins, ends in self.hours)

    @cached_property
    def _half_day(self) -> _Spans:
        return self._full_day[:1]

    @cached_property
    def _published(self) -> frozenset[int]:
        return frozenset({day.year for day in self.holidays | self.workdays} - self.provisional)

    @cached_property
    def _table(self) -> "_Table":
        opened, closed = self.workdays | self.half_days, self.holidays
        years = {day.year for day in opened | closed} | {_FIRST_YEAR, _LAST_YEAR}
        first, last = date(min(years), 1, 1).toordinal(), date(max(years), 12, 31).toordinal()
        ordinals = np.arange(first, last + 1)
        works = (ordinals - 1) % 7 < 5  # ordinal 1 was a Monday
        works[_ordinals(closed) - first] = False
        works[_ordinals(opened) - first] = True
        days = ordinals[works]
        full, half = _length(self._full_day), _length(self._half_day)
        lengths = np.where(np.isin(days, _ordinals(self.half_days)), half, full)
        return _Table(first, _running(works, _weekdays_before(first)), days, lengths, full)

    @cached_property
    def _closings(self) -> list[datetime]:
        """Closing times of all working days in the table, made once: most deadlines are one of them."""
        return [self._closing_of(ordinal) for ordinal in self._table.day_list]


@dataclass(frozen=True)
class SpecialDay:
    """A day on which the office does not follow the weekday rule, and who says so."""

    day: date
    kind: Literal["holiday", "workday", "half_day"]
    name: str
    source: str


def calendar_from(
    days: Iterable[SpecialDay], *, hours: tuple[Span, ...], provisional: frozenset[int], zone: ZoneInfo
) -> WorkingCalendar:
    """The calendar these days make. Named twice, the later entry counts: the office corrects the notice.

    A year for which the office has entered only days of its own is still without its notice, so its
    number belongs in `provisional`.
    """
    kinds = {special.day: special.kind for special in days}

    def of(kind: str) -> frozenset[date]:
        return frozenset(day for day, its_kind in kinds.items() if its_kind == kind)

    return WorkingCalendar(zone, hours, of("holiday"), of("workday"), of("half_day"), provisional)


@dataclass(frozen=True, eq=False)
class _Table:
    """All days of some decades, and the working days among them with their running numbers.

    Number 0 is the first Monday of the year 1, so that before the table, where every week has five
    working days, the number is plain arithmetic; after the table it is the same plus `surplus`.
    """

    first: int  # ordinal of the first day
    numbers: NDArray[np.int64]  # for each day, how many working days lie before it; one entry more at the end
    days: NDArray[np.int64]  # ordinals of the working days
    lengths: NDArray[np.int64]  # their working time in microseconds
    full_day: int  # working time of an ordinary day in microseconds

    @cached_property
    def number_list(self) -> list[int]:
        return _plain(self.numbers)

    @cached_property
    def day_list(self) -> list[int]:
        return _plain(self.days)

    @cached_property
    def worked_list(self) -> list[int]:
        """Working time before each working day, and in the end before what follows the table."""
        return _plain(_running(self.lengths, self.base * self.full_day))

    @cached_property
    def base(self) -> int:
        """Number of the first working day in the table."""
        return self.number_list[0]

    @cached_property
    def top(self) -> int:
        """Number of the first working day after the table."""
        return self.number_list[-1]

    @cached_property
    def surplus(self) -> int:
        """How many more working days the table has than weekdays (mostly fewer, so negative)."""
        return self.top - _weekdays_before(self.first + len(self.number_list) - 1)

    def number(self, ordinal: int) -> int:
        """How many working days lie before this day: its own number, if it is one."""
        place = ordinal - self.first
        if 0 <= place < len(self.number_list):
            return self.number_list[place]
        return _weekdays_before(ordinal) + (self.surplus if place > 0 else 0)

    def day(self, number: int) -> int:
        """Ordinal of the working day with this number."""
        if self.base <= number < self.top:
            return self.day_list[number - self.base]
        weeks, rest = divmod(number - (self.surplus if number >= self.top else 0), 5)
        return 7 * weeks + rest + 1

    def worked_before(self, number: int) -> int:
        """Microseconds of working time before the working day with this number."""
        if number < self.base:
            return number * self.full_day
        if number < self.top:
            return self.worked_list[number - self.base]
        return self.worked_list[-1] + (number - self.top) * self.full_day

    def number_during(self, worked: int) -> int:
        """Number of the working day on which the working time reaches `worked` microseconds."""
        bottom, top = self.worked_list[0], self.worked_list[-1]
        if worked <= bottom:
            return (worked - 1) // self.full_day
        if worked <= top:
            return self.base + bisect_left(self.worked_list, worked) - 1
        return self.top + (worked - top - 1) // self.full_day

    def nth_after(self, days: NDArray[np.int64], n: NDArray[np.int64], zero: int) -> NDArray[np.int64]:
        """The n-th working day after each day. Days are counted from the day with the ordinal `zero`."""
        found = np.empty_like(days)
        for start in range(0, len(days), _CHUNK):
            part = slice(start, start + _CHUNK)
            found[part] = self._some_nth_after(days[part], n[part], zero)
        return found

    def _some_nth_after(self, days: NDArray[np.int64], n: NDArray[np.int64], zero: int) -> NDArray[np.int64]:
        if n.min() < 1:
            raise ValueError("n is a number of working days, 1 or more")
        places = days - (self.first - 1 - zero)
        if places.min() >= 0:  # take() would count a negative place from the end
            with suppress(IndexError):
                return (self.days - zero).take(self.numbers.take(places) + (n - 1 - self.base))
        # Some day lies outside the table, which is rare enough to go one by one.
        pairs = zip((days + zero).flat, n.flat, strict=True)
        found = [self.day(self.number(int(day) + 1) + int(k) - 1) - zero for day, k in pairs]
        return np.array(found, dtype=np.int64).reshape(days.shape)


def _weekdays_before(ordinal: int) -> int:
    """Mondays to Fridays before this day, from the first Monday of the calendar on."""
    weeks, rest = divmod(ordinal - 1, 7)
    return 5 * weeks + min(rest, 5)


def _running(amounts: NDArray[np.generic], start: int) -> NDArray[np.int64]:
    """The sum before each of the amounts, and the whole at the end, beginning with `start`."""
    return np.concatenate(([0], np.cumsum(amounts, dtype=np.int64))) + start


def _plain(numbers: NDArray[np.int64]) -> list[int]:
    """A list, which gives up a single number several times as fast as an array does."""
    plain: list[int] = numbers.tolist()
    return plain


def _ordinals(days: Iterable[date]) -> NDArray[np.int64]:
    return np.array([day.toordinal() for day in days], dtype=np.int64)


def _clock_shift(local: datetime, hours: int) -> datetime:
    """So many hours later by the clock, in UTC: Shanghai had summer time from 1986 to 1991."""
    return (local.astimezone(UTC) + timedelta(hours=hours)).astimezone(local.tzinfo)


def _micros(clock: time | datetime) -> int:
    """Microseconds since midnight."""
    return ((clock.hour * 60 + clock.minute) * 60 + clock.second) * 1_000_000 + clock.microsecond


def _length(spans: _Spans) -> int:
    """Microseconds of working time in these spans."""
    return sum(ends - begins for begins, ends in spans)


def _spent(spans: _Spans, now: int) -> int:
    """Microseconds of working time that have passed at this time of day."""
    spent = 0
    for begins, ends in spans:
        if now > begins:
            spent += (now if now < ends else ends) - begins
    return spent


def _clock_when_spent(spans: _Spans, worked: int) -> int:
    """Microseconds after midnight at which so much of the day's working time, at least 1, has passed."""
    for begins, ends in spans:
        if worked <= ends - begins:
            return begins + worked
        worked -= ends - begins
    raise AssertionError("more work than the day has")

"""The moment a declared deadline falls on, and how much of the time to it is used."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from core.process import Due
from core.worktime import WorkingCalendar


def moment_of(
    due: Due | None, data: Mapping[str, Any], entered: datetime, calendar: WorkingCalendar
) -> datetime | None:
    """When something entered at `entered`, with these answers, is due, in the office's zone.

    None where nothing is due, or while the date it is counted from is not known yet.
    """
    if due is None:
        return None
    start = _as_moment(data.get(due.reads), calendar) if due.reads else entered
    if start is None:
        return None
    limit = due.limit_of(data)
    if limit is None:
        day_long = not isinstance(data.get(due.reads), datetime) if due.reads else True
        return calendar.closing(start.astimezone(calendar.zone).date()) if day_long else start
    return calendar.before(start, limit) if due.before else calendar.after(start, limit)


def used(entered: datetime, due: datetime, now: datetime, calendar: WorkingCalendar) -> float:
    """The share of the time allowed that is used: 0 at the start, 1 at the deadline, more when late.

    Counted in working time; in plain time where no working time lies between (a night's 24 hours).
    """
    whole = calendar.between(entered, due) if now <= due else timedelta()
    spent = calendar.between(entered, now) if whole else now - entered
    whole = whole or due - entered
    return max(0.0, spent / whole) if whole > timedelta() else 1.0


def taken(since: datetime, until: datetime, calendar: WorkingCalendar) -> str:
    """The working time from one moment to another in words; plain time where none lies between (a night)."""
    days = calendar.working_days_between(_day(since, calendar), _day(until, calendar))
    return f"{days} 个工作日" if days >= 1 else _hours(since, until, until, calendar)


def left(due: datetime, now: datetime, calendar: WorkingCalendar) -> str:
    """The time left, or by how much it is late, as the office would say it (design principle 4)."""
    late = now > due
    start, end = (due, now) if late else (now, due)
    days = calendar.working_days_between(_day(start, calendar), _day(end, calendar))
    if days >= 1 and (late or calendar.between(due - timedelta(minutes=1), due)):
        amount = f"{days} 个工作日"
    else:
        amount = _hours(start, end, due, calendar)
    return f"逾期 {amount}" if late else f"还剩 {amount}"


def _hours(start: datetime, end: datetime, due: datetime, calendar: WorkingCalendar) -> str:
    """Working hours where the deadline falls in office hours, plain ones where it does not (C2)."""
    worked = calendar.between(start, end)
    in_office = calendar.between(due - timedelta(minutes=1), due) > timedelta()
    unit, span = ("工时", worked) if in_office and worked else ("小时", end - start)
    minutes = int(span / timedelta(minutes=1))
    return f"{minutes // 60} {unit}" if minutes >= 60 else f"{minutes} 分钟"


def _day(moment: datetime, calendar: WorkingCalendar) -> date:
    return moment.astimezone(calendar.zone).date()


def _as_moment(value: Any, calendar: WorkingCalendar) -> datetime | None:
    """A date counts from its first moment, so its own working day is not counted among the days."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time(), calendar.zone)
    return value if isinstance(value, datetime) else None

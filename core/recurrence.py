"""On which days something takes place: the recurrence rules of RFC 5545 that an office needs (N19).

Every day up to the last is asked whether it is one of them, so that no rule, wherever it comes from, takes longer
than there are days: a rule that is never true is as cheap as any other.
"""

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

_DAYS = {"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}
_KNOWN = {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"}
_DAY = re.compile(r"([+-]?\d{1,2})?([A-Z]{2})")


@dataclass(frozen=True)
class Recurrence:
    """A rule without its end. `weekdays`: which one in the month – 0 for every – and the weekday, Monday 0."""

    freq: str
    interval: int = 1
    weekdays: tuple[tuple[int, int], ...] = ()
    month_days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    week_begins: int = 0


def read(rule: str) -> Recurrence:
    """The rule of an RRULE without COUNT and UNTIL. `ValueError` for what is no rule of whole days."""
    parts = {key: value for key, _, value in (part.partition("=") for part in rule.upper().split(";"))}
    if not {*parts} <= _KNOWN or parts.get("FREQ") not in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY"):
        raise ValueError(rule)
    found = Recurrence(
        parts["FREQ"],
        int(parts.get("INTERVAL", "1")),
        tuple(_weekday(one) for one in parts["BYDAY"].split(",")) if "BYDAY" in parts else (),
        _numbers(parts, "BYMONTHDAY", 31),
        _numbers(parts, "BYMONTH", 12),
        _numbers(parts, "BYSETPOS", 366),
        _DAYS[parts["WKST"]] if parts.get("WKST") in _DAYS else 0,
    )
    if found.interval < 1 or not _sensible(found):
        raise ValueError(rule)
    return found


def _weekday(told: str) -> tuple[int, int]:
    found = _DAY.fullmatch(told)
    if found is None or found[2] not in _DAYS:
        raise ValueError(told)
    return int(found[1] or 0), _DAYS[found[2]]


def _numbers(parts: Mapping[str, str], key: str, most: int) -> tuple[int, ...]:
    found = tuple(int(one) for one in parts[key].split(",")) if key in parts else ()
    if any(not 0 < abs(one) <= most for one in found):
        raise ValueError(key)
    return found


def _sensible(rule: Recurrence) -> bool:
    """Whether its parts mean something together here: counted weekdays and positions are those of a month."""
    of_month = rule.freq == "MONTHLY" or (rule.freq == "YEARLY" and len(rule.months) == 1)
    counted = any(nth for nth, _ in rule.weekdays) or bool(rule.positions)
    whole_year = rule.freq == "YEARLY" and not rule.months and bool(rule.weekdays or rule.month_days)
    return (of_month or not counted) and not whole_year and not (rule.freq == "WEEKLY" and rule.month_days)


def days(rule: Recurrence, first: date, last: date) -> list[date]:
    """Every day of the rule from the first to the last, in order."""
    every = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in every if _is_on(rule, day, first)]


def _is_on(rule: Recurrence, day: date, first: date) -> bool:
    if rule.months and day.month not in rule.months:
        return False
    if _turn(rule, day, first) % rule.interval:
        return False
    if rule.positions:
        return day in _at_positions(rule, day, first)
    return _fits(rule, day, first)


def _turn(rule: Recurrence, day: date, first: date) -> int:
    """The days, weeks, months or years since the first."""
    match rule.freq:
        case "DAILY":
            return (day - first).days
        case "WEEKLY":
            monday = [one - timedelta(days=(one.weekday() - rule.week_begins) % 7) for one in (day, first)]
            return (monday[0] - monday[1]).days // 7
        case "MONTHLY":
            return (day.year - first.year) * 12 + day.month - first.month
    return day.year - first.year


def _fits(rule: Recurrence, day: date, first: date) -> bool:
    """Whether a day of the right turn is one of those the rule names; without any it is the first one's."""
    if not rule.weekdays and not rule.month_days:
        return _as_first(rule, day, first)
    length = monthrange(day.year, day.month)[1]
    if rule.month_days and not {day.day, day.day - length - 1} & {*rule.month_days}:
        return False
    ordinals = {0, (day.day - 1) // 7 + 1, -((length - day.day) // 7 + 1)}
    return not rule.weekdays or any(nth in ordinals and of == day.weekday() for nth, of in rule.weekdays)


def _as_first(rule: Recurrence, day: date, first: date) -> bool:
    match rule.freq:
        case "DAILY":
            return True
        case "WEEKLY":
            return day.weekday() == first.weekday()
        case "MONTHLY":
            return day.day == first.day
    return day.day == first.day and (bool(rule.months) or day.month == first.month)


def _at_positions(rule: Recurrence, day: date, first: date) -> list[date]:
    """Of the days of this month that the rule names those at its positions, from the front or from behind."""
    length = monthrange(day.year, day.month)[1]
    named = [one for n in range(length) if _fits(rule, one := day.replace(day=n + 1), first)]
    return [named[p - 1 if p > 0 else p] for p in rule.positions if -len(named) <= p - (p > 0) < len(named)]

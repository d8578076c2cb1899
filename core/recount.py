"""What another calendar would move: the days that change, and the deadlines that hang on them (N9, P30).

A deadline is a promise and never moves silently. Before a change of the calendar is applied this says
what it comes to; applying it then records one event for each case that moves. Only what the calendar
gave is given anew: a deadline that was moved by hand – paused, extended – stays where it was put.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core.deadlines import moment_of
from core.process import Due, Process, Stage
from core.worktime import SpecialDay, WorkingCalendar, calendar_from

SAME = "与现有日历相同，没有要改的"
"""Said of a change that changes nothing: a notice that was entered before."""

_ANNOUNCED = ("国办", "国务院", "未发布")
"""How the source of a day begins that the State Council announced, or that was expected of it."""


@dataclass(frozen=True)
class Days:
    """The office's table of special days, the years without their notice, and how often it was changed."""

    special: tuple[SpecialDay, ...]
    provisional: frozenset[int]
    revision: int


@dataclass(frozen=True, kw_only=True)
class Change:
    """A change of the calendar as it was asked for.

    `days` are set, `clears` follow the weekday rule again. `published` says whether the notice of
    `year` is out, None leaves that as it is; with `replaces` the days that were announced or expected
    for `year` give way to `days`, the office's own entries stay. `source` is the authority, in words.
    """

    title: str
    source: str
    days: tuple[SpecialDay, ...] = ()
    clears: tuple[date, ...] = ()
    year: int = 0
    published: bool | None = None
    replaces: bool = False


@dataclass(frozen=True)
class Difference:
    """A day that changes; None is a day by the weekday rule."""

    day: date
    was: SpecialDay | None
    becomes: SpecialDay | None

    @property
    def only_words(self) -> bool:
        """Whether only the name or the source changes, not whether the office works."""
        return bool(self.was and self.becomes and self.was.kind == self.becomes.kind)


@dataclass(frozen=True, kw_only=True)
class Promise:
    """The deadlines of an open case and what they were counted from; `data` as it is stored."""

    case_id: str
    number: str
    title: str
    process: Process
    stage: Stage
    data: Mapping[str, Any]
    opened_at: datetime
    entered_at: datetime
    due_at: datetime | None
    case_due_at: datetime | None


@dataclass(frozen=True)
class Move:
    """A case whose deadlines move, with those that then hold of its step and of the whole."""

    promise: Promise
    due_at: datetime | None
    case_due_at: datetime | None


@dataclass(frozen=True)
class Plan:
    """All that a change comes to. `by_hand`: cases it would concern whose deadline was moved by hand."""

    change: Change
    days: Days
    calendar: WorkingCalendar
    differences: tuple[Difference, ...]
    changes: bool
    moved: tuple[Move, ...]
    by_hand: tuple[Promise, ...]

    @property
    def seen(self) -> int:
        """The revision of the calendar for which this was worked out."""
        return self.days.revision - 1


def plan(before: Days, change: Change, old: WorkingCalendar, promises: Iterable[Promise]) -> Plan:
    """What the change comes to; `old` is the calendar that `before` makes."""
    days = _after(before, change, old)
    new = calendar_from(days.special, hours=old.hours, provisional=days.provisional, zone=old.zone)
    differences = _differences(before.special, days.special)
    moved, by_hand = _moves(promises, old, new)
    changes = bool(differences) or days.provisional != before.provisional
    return Plan(change, days, new, differences, changes, moved, by_hand)


def told_of(made: Plan) -> dict[str, Any]:
    """What the journal keeps of a change: each day before and after, the year's mark, how many cases moved."""
    return {
        "source": made.change.source,
        "days": [
            {"day": str(one.day), "was": _kept(one.was), "becomes": _kept(one.becomes)}
            for one in made.differences
        ],
        "year": made.change.year,
        "published": made.change.published,
        "moved": len(made.moved),
    }


def _kept(special: SpecialDay | None) -> list[str] | None:
    return [special.kind, special.name, special.source] if special else None


def _after(before: Days, change: Change, old: WorkingCalendar) -> Days:
    named = {*change.clears, *(special.day for special in change.days)}
    kept = [
        special
        for special in before.special
        if special.day not in named and not (change.replaces and _announced_for(special) == change.year)
    ]
    special = tuple(sorted([*kept, *change.days], key=lambda one: one.day))
    return Days(special, _provisional(before, change, old), before.revision + 1)


def _announced_for(special: SpecialDay) -> int | None:
    """The year whose notice names this day, None for the office's own: New Year may begin in December."""
    if not special.source.startswith(_ANNOUNCED):
        return None
    ahead = special.day.month == 12 and special.name.startswith("元旦")
    return special.day.year + ahead


def _provisional(before: Days, change: Change, old: WorkingCalendar) -> frozenset[int]:
    # A day of one's own is no notice: a year that waits for one goes on waiting.
    waiting = {special.day.year for special in change.days if old.is_provisional(special.day)}
    provisional = before.provisional | waiting
    if change.published is None:
        return provisional
    return provisional - {change.year} if change.published else provisional | {change.year}


def _differences(before: Iterable[SpecialDay], after: Iterable[SpecialDay]) -> tuple[Difference, ...]:
    was, becomes = ({special.day: special for special in days} for days in (before, after))
    days = sorted(was.keys() | becomes.keys())
    return tuple(Difference(d, was.get(d), becomes.get(d)) for d in days if was.get(d) != becomes.get(d))


def _moves(
    promises: Iterable[Promise], old: WorkingCalendar, new: WorkingCalendar
) -> tuple[tuple[Move, ...], tuple[Promise, ...]]:
    moved: list[Move] = []
    by_hand: list[Promise] = []
    for promise in promises:
        clocks = _clocks(promise)
        due, case_due = (clock.again(promise, old, new) for clock in clocks)
        if (due, case_due) != (promise.due_at, promise.case_due_at):
            moved.append(Move(promise, due, case_due))
        elif any(clock.stays(promise, old, new) for clock in clocks):
            by_hand.append(promise)
    return tuple(moved), tuple(by_hand)


@dataclass(frozen=True)
class _Clock:
    """One deadline of a case: how it is declared, since when it runs, and when it falls."""

    due: Due | None
    since: datetime
    at: datetime | None

    def again(self, promise: Promise, old: WorkingCalendar, new: WorkingCalendar) -> datetime | None:
        """The deadline by the new calendar, if the old one gave it; else as it is."""
        if self.at is None or self._of(promise, old) != self.at:
            return self.at
        return self._of(promise, new)

    def stays(self, promise: Promise, old: WorkingCalendar, new: WorkingCalendar) -> bool:
        """Whether it was moved by hand, although the change falls into its time."""
        if self.at is None or self._of(promise, old) == self.at:
            return False
        return old.between(self.since, self.at) != new.between(self.since, self.at)

    def _of(self, promise: Promise, calendar: WorkingCalendar) -> datetime | None:
        if self.due is None or self.due.reads is None:
            return moment_of(self.due, {}, self.since, calendar)
        field = promise.process.fields[self.due.reads]
        known = {field.key: field.unpack(promise.data.get(field.key))}
        return moment_of(self.due, known, self.since, calendar)


def _clocks(promise: Promise) -> Sequence[_Clock]:
    return (
        _Clock(promise.stage.due, promise.entered_at, promise.due_at),
        _Clock(promise.process.due, promise.opened_at, promise.case_due_at),
    )

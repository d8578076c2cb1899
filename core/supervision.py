"""How supervised tasks stand: milestone, how far put off, what came of it, whether in time (R40, R75).

A task is in time when its owner reported by the deadline that held then; how long the checking takes is the checker's time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Protocol

from core.case import Case, meant_for
from core.ports import Directory
from core.words import Told
from core.worktime import WorkingCalendar

IN_TIME, LATE, OPEN, OVERDUE, VOID = "按期", "逾期", "未到期", "逾期未办", "作废"


@dataclass(frozen=True)
class Happening:
    """What of an event says how the task stands: what was done, when, whether it then lay with its owner, and by when it
    was due from there on.
    """

    action: str
    at: datetime
    in_hand: bool
    due_at: datetime | None


class Background(Protocol):
    """What of a dossier a task is told from."""

    @property
    def history(self) -> Sequence[Told]: ...
    @property
    def people(self) -> Directory: ...
    @property
    def calendar(self) -> WorkingCalendar: ...
    @property
    def now(self) -> datetime: ...


@dataclass(frozen=True)
class Progress:
    """A task in words. Days as the office writes them; what there is none of is empty."""

    title: str
    owner: str
    milestone: str
    acceptance: str
    extended_to: str
    result: str
    accepted_on: str
    verdict: str


def progress(task: Case, of: Background) -> Progress:
    """How a task stands now. `of` has its history, among others'."""
    first = task.process.first.title
    past = [
        Happening(e.action, e.at, e.stage_title == first, _moment(e.due_at))
        for e in of.history
        if e.case_id == task.id
    ]
    data, zone = task.data, of.calendar.zone
    owner = data.get("owner") or (task.owner if not data.get("department") else meant_for(task))
    return Progress(
        title=task.title,
        owner=of.people.name(owner) if owner else "",
        milestone=_day(data.get("milestone")),
        acceptance=data.get("acceptance") or "",
        extended_to=_day(extended_to(data.get("milestone"), past, zone)),
        result=data.get("result") or "",
        accepted_on=_day(task.closed_at.astimezone(zone).date() if task.closed_at else None),
        verdict=VOID if task.voided else verdict(past, of.now),
    )


def verdict(past: Iterable[Happening], now: datetime) -> str:
    """Whether a task was, or is, in time."""
    due: datetime | None = None
    reported: tuple[datetime, datetime | None] | None = None
    for event in past:
        if event.action == "report":
            reported = (event.at, due)
        if event.in_hand:
            due = event.due_at
            reported = None if event.action == "return_task" else reported
    if reported:
        return IN_TIME if reported[1] is None or reported[0] <= reported[1] else LATE
    return OVERDUE if due and now > due else OPEN


def extended_to(milestone: date | None, past: Sequence[Happening], zone: tzinfo) -> date | None:
    """The day to which it was put off, if it was."""
    due = next((event.due_at for event in reversed(past) if event.in_hand), None)
    day = due.astimezone(zone).date() if due else None
    return day if day and milestone and day > milestone else None


def _moment(at: datetime | None) -> datetime | None:
    """A frame has something else than None where there is no moment."""
    return at if at == at else None


def _day(day: date | None) -> str:
    return f"{day}" if day else ""

"""Rows told in words: what a list of cases shows of each, and what the trace shows of each event."""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from core.case import OPENED, Event, asked_by
from core.deadlines import left, used
from core.people import Role
from core.ports import Directory
from core.process import Opens, Process, Stage
from core.processes import Standard
from core.standing import ACTIONS
from core.worktime import WorkingCalendar

CASES = (
    "id", "number", "process", "process_title", "title", "stage", "stage_title", "where", "owner",
    "owner_name", "duty", "delegated_by", "version",
    "entered_at", "due_at", "case_due_at", "used", "left", "late", "provisional", "paused", "urged",
    "urged_at", "slip", "asked",
    "urgency", "opened_at", "closed_at", "is_open", "parent_id", "root_id", "seq", "data",
)  # fmt: skip
"""Columns of a frame of cases: moments with the office's zone, `used` 0…1 and more, `left` in words."""


def frame_of(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Rows of `CASES` as a frame."""
    return plain_frame([[row[column] for column in CASES] for row in rows], CASES)


def plain_frame(rows: Sequence[Sequence[Any]], columns: tuple[str, ...]) -> pd.DataFrame:
    """Rows as a frame of plain objects: pandas takes longer over guessing kinds than the query did."""
    values = np.empty((len(rows), len(columns)), dtype=object)
    for n, row in enumerate(rows):
        values[n] = row
    return pd.DataFrame(values, columns=_index(columns), dtype=object, copy=False)


@lru_cache
def _index(columns: tuple[str, ...]) -> "pd.Index[str]":
    return pd.Index(columns)


VOID = "已作废"
"""Where a case stands that was voided: it is closed at a step that is no end."""

HISTORY = [
    "at", "by", "by_name", "case_id", "case_title", "process", "action", "action_title", "stage_title",
    "data", "due_at", "version",
]  # fmt: skip
"""Columns of a frame of events: moments with the office's zone, names and titles in words."""

Progress = dict[tuple[str, str], tuple[int, int]]
"""Of a case, and a process of its children: how many are done, and how many there are."""


class Teller:
    """Turns rows into what a list shows, with names, words for time and steps of each one's version."""

    def __init__(
        self, standard: Standard, people: Directory, calendar: WorkingCalendar, now: datetime
    ) -> None:
        self._standard, self._people, self._calendar, self._now = standard, people, calendar, now
        self._steps: dict[tuple[str, int, str], tuple[Process, Stage]] = {}

    def step(self, row: Any) -> tuple[Process, Stage]:
        """The process of a case, in its version, and the step at which it stands: many stand at the same."""
        at = row.process, row.version, row.stage
        if (found := self._steps.get(at)) is None:
            process = self._standard.version(row.process, row.version)
            found = self._steps[at] = process, process.stage(row.stage)
        return found

    def goes_on_in(self, row: Any) -> Opens | None:
        """Of a case that is open at a step done by others: the cases of their own in which they do it."""
        return self.step(row)[1].opens if row.is_open else None

    def row(self, row: Any, progress: Progress) -> dict[str, Any]:
        """One case (its columns of the table of cases by name) as a row of `CASES`."""
        process, stage = self.step(row)
        due = row.due_at if row.is_open else None
        clock = row.paused_at or self._now
        late = bool(due and not row.paused_at and self._now > due)
        where = stage.title if row.is_open or stage.is_end else VOID
        opens = self.goes_on_in(row)
        if opens and (counted := progress.get((row.id, opens.process))):
            where = f"{stage.title}中 {counted[0]}/{max(counted[1], len(asked_by(process, stage, row.data)))}"
        return {
            "id": row.id,
            "number": row.number,
            "process": row.process,
            "process_title": process.title,
            "title": row.title,
            "stage": row.stage,
            "stage_title": stage.title,
            "where": where,
            "owner": row.owner,
            "owner_name": self._people.name(row.owner) if row.owner else Role(row.duty).label,
            "duty": row.duty,
            "delegated_by": row.delegated_by,
            "version": row.version,
            "entered_at": self._local(row.entered_at),
            "due_at": self._local(due),
            "case_due_at": self._local(row.case_due_at),
            "used": used(row.entered_at, due, clock, self._calendar) if due else None,
            "left": ("已暂停" if row.paused_at else left(due, self._now, self._calendar)) if due else "",
            "late": late,
            "provisional": bool(due and self._calendar.is_provisional(due)),
            "paused": row.paused_at is not None,
            "urged": row.urged,
            "urged_at": self._local(row.urged_at),
            "slip": row.slip,
            "asked": row.asked,
            "urgency": row.data.get("urgency", ""),
            "opened_at": self._local(row.opened_at),
            "closed_at": self._local(row.closed_at),
            "is_open": row.is_open,
            "parent_id": row.parent_id,
            "root_id": row.root_id,
            "seq": row.seq,
            "data": row.data,
        }

    def _local(self, moment: datetime | None) -> datetime | None:
        return moment.astimezone(self._calendar.zone) if moment else None


def _by_name(event: Event, people: Directory) -> str:
    """Who acted, and for whom where they stood in for somebody away (N10)."""
    name = people.name(event.by)
    return f"{name}（代{people.name(event.acting_for)}）" if event.acting_for else name


def told(
    event: Event, standard: Standard, people: Directory, zone: tzinfo, titles: Mapping[str, str]
) -> dict[str, Any]:
    """One event as a row of `HISTORY`; `titles` names the cases by id."""
    process = standard.version(event.process, event.version)
    own = {action.key: action.title for action in (*process.actions, *ACTIONS.values())}
    return {
        "at": event.at.astimezone(zone),
        "by": event.by,
        "by_name": _by_name(event, people),
        "case_id": event.case_id,
        "case_title": titles[event.case_id],
        "process": event.process,
        "action": event.action,
        "action_title": process.opening if event.action == OPENED else own[event.action],
        "stage_title": process.stage(event.stage).title,
        "data": event.data,
        "due_at": event.due_at.astimezone(zone) if event.due_at else None,
        "version": event.version,
    }

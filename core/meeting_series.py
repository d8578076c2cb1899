"""Meetings that follow one another: what is carried over to the next, and their minutes compiled into one (N15)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from core.case import Case
from core.layout.official import Official
from core.meeting_minutes import BODY, minutes_of
from core.ports import Directory
from core.profile import OfficeProfile
from core.worktime import WorkingCalendar

PREVIOUS, AGENDA = "previous", "agenda"
"""The field of a meeting that names the one before it, and that of its agenda."""

MINUTES_EACH, MOST_CARRIED = 5, 8
"""Minutes given to each task that is carried over, and how many have an item of their own."""


def open_tasks(children: Iterable[Case]) -> list[Case]:
    """What of the tasks of a meeting is not done yet, by its day."""
    found = [child for child in children if "milestone" in child.data and child.is_open]
    return sorted(found, key=lambda task: task.data["milestone"])


def carried_over(tasks: Sequence[Case], people: Directory) -> list[dict[str, object]]:
    """Rows of an agenda to begin with: the open tasks of the meetings before, one by one while they are few."""
    if len(tasks) > MOST_CARRIED:
        return [_item(f"上次会议未办结的 {len(tasks)} 项任务落实情况", "", MINUTES_EACH * 3)]
    return [
        _item(f"上次会议任务落实情况：{task.title}", people.name(_owner(task)), MINUTES_EACH)
        for task in tasks
    ]


def _item(topic: str, reporter: str, minutes: int) -> dict[str, object]:
    return {"topic": topic, "reporter": reporter or None, "minutes": minutes}


def _owner(task: Case) -> str:
    return str(task.data.get("owner") or task.owner)


# --- compiled minutes -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Compiled:
    """Signed minutes in one: `left_out` is how many classified ones are not in it."""

    title: str
    says: str
    office: str
    made_at: datetime
    minutes: tuple[tuple[str, Official], ...]
    left_out: int

    @property
    def note(self) -> str:
        """What is said of those that are not in it; empty where none is missing."""
        return f"另有 {self.left_out} 份涉密纪要不在汇编内，按保密规定另行保管。" if self.left_out else ""


def compiled(
    meetings: Sequence[Case], says: str, office: OfficeProfile, calendar: WorkingCalendar, now: datetime
) -> Compiled:
    """The signed minutes of these meetings in the order in which they were held, each with its day.

    Classified ones are left out and said, so that the whole is as open as what is in it.
    """
    zone = calendar.zone
    signed = sorted((m for m in meetings if m.data.get("minutes_signed_on")), key=lambda m: m.data["held_at"])
    kept = [meeting for meeting in signed if not meeting.grade.classified and meeting.data.get(BODY)]
    return Compiled(
        title="会议纪要汇编",
        says=says,
        office=office.name,
        made_at=now.astimezone(zone),
        minutes=tuple(
            (_day(m.data["held_at"].astimezone(zone).date()), minutes_of(m.data, office)) for m in kept
        ),
        left_out=sum(meeting.grade.classified for meeting in signed),
    )


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"

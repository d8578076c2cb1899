"""Values and events in the words of the office, for the pages and the papers alike."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from core import standing
from core.case import OPENED, Case, meant_for
from core.deadlines import taken
from core.fields import NAMES_CASES, Field, Kind, says_nothing
from core.figure_check import BODY as BRIEFING
from core.outgoing_draft import BODY, lays_out
from core.ports import Directory
from core.processes import Standard
from core.worktime import Limit, WorkingCalendar

NONE = "—"
"""What stands where there is nothing yet."""


class Told(Protocol):
    """An event as the history of a case tells it: a row of `Reader.history`, its moments in the office's zone."""

    @property
    def at(self) -> datetime: ...
    @property
    def by(self) -> str: ...
    @property
    def by_name(self) -> str: ...
    @property
    def case_id(self) -> str: ...
    @property
    def process(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def action(self) -> str: ...
    @property
    def action_title(self) -> str: ...
    @property
    def stage_title(self) -> str: ...
    @property
    def data(self) -> Mapping[str, Any]: ...
    @property
    def due_at(self) -> datetime | None: ...


def moment(value: datetime | None) -> str:
    """Day and time; the year only where it is not this one's neighbour is left to the date on demand."""
    return f"{value:%m-%d %H:%M}" if value is not None and value == value else NONE


def full_moment(value: datetime | None) -> str:
    return f"{value:%Y-%m-%d %H:%M}" if value is not None and value == value else NONE


UNPUBLISHED = "（未发布）"
"""Said beside every deadline in a year whose holidays are not announced yet (P30)."""


AHEAD = Limit(days=20)
"""How far deadlines given now may reach: the longest limits of the standard are within it."""


def unpublished_ahead(now: datetime, calendar: WorkingCalendar) -> str:
    """The warning while deadlines given now may reach into a year without its notice; empty otherwise (P30)."""
    until = calendar.after(now, AHEAD)
    if not calendar.is_provisional(until):
        return ""
    return (
        f"{until.year} 年的放假通知还没有录入：落在 {until.year} 年的时限按法定节日推算，处处标明“未发布”。"
        "通知发布后由办公室主任或管理员在“工作日历”录入，要移动的时限先列出再调整。"
    )


def deadline(due: datetime | None, calendar: WorkingCalendar, *, year: bool = False) -> str:
    """A deadline in the office's zone, marked where the year's notice may still move it.

    `year`: with its year, as whatever is printed or kept for long needs it.
    """
    if due is None or due != due:
        return NONE
    mark = UNPUBLISHED if calendar.is_provisional(due) else ""
    local = due.astimezone(calendar.zone)
    return (full_moment(local) if year else moment(local)) + mark


def value(field: Field, stored: Any, people: Directory, calendar: WorkingCalendar) -> str:
    """A field's recorded value in words."""
    if says_nothing(stored):
        return NONE
    known = field.unpack(stored)
    match field.kind:
        case Kind.PERSON | Kind.GUEST:
            return people.name(known)
        case Kind.PEOPLE | Kind.GUESTS | Kind.DEPARTMENTS:
            return "、".join(people.name(name) for name in known)
        case Kind.DEPARTMENT:
            return people.departments.get(known, known)
        case Kind.DATE:
            return f"{known.year}年{known.month}月{known.day}日"
        case Kind.MOMENT:
            return full_moment(known.astimezone(calendar.zone))
        case Kind.YES_NO:
            return "是" if known else "否"
        case Kind.CHOICES:
            return "、".join(known)
        case Kind.FILES:
            return "、".join(ref["name"] for ref in known)
        case Kind.ROWS if field.listed:
            return _told_of_a_list(field, stored)
        case Kind.ROWS:
            return "；".join(_row(field.columns, row, people, calendar) for row in stored)
        case _:
            return str(known)


def _told_of_a_list(field: Field, rows: Sequence[Mapping[str, Any]]) -> str:
    """How many rows the program put in, and how they were answered; the list itself is a paper of its own."""
    choice = next(column for column in field.columns if column.kind is Kind.CHOICE)
    answers = Counter(row[choice.key] for row in rows if row.get(choice.key))
    told = "、".join(f"{answer} {answers[answer]}" for answer in choice.options if answers[answer])
    return f"{len(rows)} 项，{told}" if told else f"{len(rows)} 项"


def _is_said(stored: Any) -> bool:
    """Whether a list of answers names it: a switch that was left alone goes without saying."""
    return stored is not False and not says_nothing(stored)


def _row(
    columns: Iterable[Field], row: Mapping[str, Any], people: Directory, calendar: WorkingCalendar
) -> str:
    """One row of a table in words: the first column, and in brackets what else is said."""
    first, *others = (
        value(column, row[column.key], people, calendar)
        for column in columns
        if _is_said(row.get(column.key))
    )
    return f"{first}（{'，'.join(others)}）" if others else first


def values(
    fields: Mapping[str, Field], data: Mapping[str, Any], people: Directory, calendar: WorkingCalendar
) -> list[tuple[str, str]]:
    """What was filled in, as title and words; empty answers are left out, and other cases that are named:
    a page shows those as doors.
    """
    return [
        (fields[key].title, value(fields[key], stored, people, calendar))
        for key, stored in data.items()
        if key in fields and fields[key].kind not in NAMES_CASES and _is_said(stored)
    ]


def said(
    event: Told, case: Case, standard: Standard, people: Directory, calendar: WorkingCalendar
) -> list[tuple[str, str]]:
    """What was filled in at an event of the case's history, as title and words.

    Of a child's opening nothing: that it was sent says it. Of a document's text how long it is: its versions
    stand on a page of their own.
    """
    process = standard.version(event.process, event.version)
    if event.action == "correct":
        item = process.fields[event.data["item"]]
        was, new = (value(item, event.data.get(key), people, calendar) for key in ("was", "value"))
        return [(item.title, f"{was} 改为 {new}（{event.data['reason']}）")]
    if event.action == "recount":
        return _recounted(event, calendar)
    if event.action == OPENED and event.case_id != case.id:
        return []
    asks = standing.ACTIONS[event.action].asks if event.action in standing.ACTIONS else ()
    data = {key: stored for key, stored in event.data.items() if key != process.number.field}
    for key in (BODY,) if lays_out(process) else (BRIEFING,):
        if data.get(key):
            data[key] = f"{len(data[key])} 字"
    return values({**process.fields, **{field.key: field for field in asks}}, data, people, calendar)


def _recounted(event: Told, calendar: WorkingCalendar) -> list[tuple[str, str]]:
    """The deadlines that moved with the calendar, from when to when, and on what authority."""
    fields = {field.key: field for field in standing.ACTIONS[event.action].asks}
    moved = []
    for key in ("due", "case_due"):
        was, new = (fields[key].unpack(event.data.get(name)) for name in (f"{key}_was", key))
        if was != new:
            moved.append((fields[key].title, f"{_day_of(was, calendar)} 改为 {_day_of(new, calendar)}"))
    return [*moved, (fields["reason"].title, event.data["reason"])]


def _day_of(due: datetime | None, calendar: WorkingCalendar) -> str:
    return full_moment(due.astimezone(calendar.zone)) if due else NONE


def sets_due(event: Told) -> bool:
    """Whether the event gave its step a deadline."""
    moves = event.action not in standing.ACTIONS or event.action in standing.MOVES_DUE
    return moves and full_moment(event.due_at) != NONE


def spans(case: Case, now: datetime, calendar: WorkingCalendar) -> list[tuple[str, str]]:
    """The times the case took, each by its title; one that is not over runs to now (C4)."""
    found = []
    for span in case.process.spans:
        since = case.data.get(span.since) if span.since else case.opened_at
        until = case.data.get(span.until) if span.until else case.closed_at
        if since and (until or case.is_open):
            running = "" if until else "（未完）"
            found.append((span.title, taken(since, until or now, calendar) + running))
    return found


def whose(child: Case, people: Directory) -> str:
    """For whom a child stands, and who has it now if that is somebody else."""
    first = people.name(meant_for(child))
    moved = child.owner not in ("", meant_for(child))
    return f"{first}（{people.name(child.owner)}）" if moved else first

"""What makes an event complete before it is recorded: its number, and what the program finds out by itself."""

from dataclasses import replace
from datetime import datetime

from core.case import Case, Event
from core.deadlines import moment_of
from core.errors import Refused
from core.evidence import Evidence
from core.number_book import why_not_use
from core.ports import Unit
from core.process import Action, Data, Numbering


def numbered(
    unit: Unit, event: Event, numbering: Numbering, known: Data, now: datetime, reserved: str = ""
) -> Event:
    """The event with a number of its own, taken only once everything else is settled (P5)."""
    series = numbering.series(known, unit.profile(), now.astimezone(unit.calendar().zone).year)
    if reserved and (reason := why_not_use(unit.set_aside(reserved), reserved, series)):
        raise Refused({"reserved": reason})
    number = reserved or unit.number(series)
    return replace(event, data={**event.data, numbering.field: number})


def found_out(unit: Unit, case: Case, action: Action, event: Event) -> Event:
    """The event with what the program finds out by itself (see `Finds`)."""
    if action.finds is None:
        return event
    evidence = Evidence(
        content=unit.content,
        votes=lambda: unit.votes(case.id),
        at=event.at,
        by=event.by,
        calendar=unit.calendar(),
        people=unit.directory().people,
        grading=unit.grading(),
    )
    found = action.finds.look(known_after(case, event), evidence)
    fields = {field.key: field for field in action.finds.fields}
    data = {**event.data, **{key: fields[key].pack(value) for key, value in found.items()}}
    return _due_by_what_was_found(unit, case, action, replace(event, data=data))


def _due_by_what_was_found(unit: Unit, case: Case, action: Action, event: Event) -> Event:
    """The event with its deadline, where the step it leads to is due by something the program only now found."""
    due = case.process.stage(event.stage).due
    if not (action.to and due and action.finds and due.reads in {field.key for field in action.finds.fields}):
        return event
    return replace(event, due_at=moment_of(due, known_after(case, event), event.at, unit.calendar()))


def known_after(case: Case, event: Event) -> Data:
    """What the case says once the event is recorded."""
    return {**case.data, **{k: case.process.fields[k].unpack(v) for k, v in event.data.items()}}

"""One piece of work under a process: what has happened to it, and so where it stands.

Two kinds of function live here. `open_case`, `act` and `follow` decide: they look at the case and
return what should be recorded, or refuse. `apply` records: it is the only place where a case
changes, so replaying its events always rebuilds it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core import standing
from core.deadlines import moment_of
from core.errors import GONE, NotAllowed, NotFound, Refused
from core.fields import Field, Json, Kind, accept
from core.people import DEPARTMENT, SYSTEM, Grade, Person
from core.policy import acting_for, opening_for, why_not_act, why_not_open
from core.process import AGREEMENTS, Action, Check, Process, Stage
from core.worktime import WorkingCalendar

ROW = "row:"
"""Prefix of what a child stands for that was opened for a row of a table: its count follows, from 1."""

OPENED = "opened"
"""The action of every first event."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened to a case, never edited afterwards.

    `due_at` and `case_due_at` are the promises that hold from here on (UTC-comparable, aware):
    of the step, and of the whole case. They move only by an event, so the trace shows every move.
    `acting_for`: the absent person for whom `by` acted as deputy (N10), empty where it was their own.
    """

    case_id: str
    seq: int
    at: datetime
    by: str
    action: str
    stage: str
    data: Mapping[str, Json]
    process: str
    version: int
    due_at: datetime | None = None
    case_due_at: datetime | None = None
    parent_id: str | None = None
    acting_for: str = ""


@dataclass(frozen=True, kw_only=True)
class Case:
    """Where a piece of work stands. `owner` is a person's id, `dept:` and a department's, or empty.

    `family`: whom its parent and sisters concern; who may see one may see all of them.
    `extension`: the request that waits for a decision: `{"until": …, "reason": …, "by": …}`.
    `last_actor`, `last_at`, `last_action` and `changed` (its seq): the last change; a note or an urging
    is none. `stepped_by`: who took the last step of the process.
    `slip`: the colour of the supervision slip that stands against its step (N1). `visited`: the stages
    it has been in. `took`: who took the actions that others must be apart from (see `Process.remembered`).
    `reminded`: how many of the step's reminders have gone out.
    `previous`: how it stood before the last step, while that step can still be withdrawn.
    `voided_by`: who voided it; the program itself, where its parent's step no longer stands.
    """

    id: str
    process: Process
    stage: Stage
    seq: int
    opened_at: datetime
    opened_by: str
    entered_at: datetime
    due_at: datetime | None
    case_due_at: datetime | None
    last_actor: str
    last_at: datetime
    last_action: str
    stepped_by: str
    owner: str = ""
    delegated_by: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    actors: frozenset[str] = frozenset()
    parent_id: str | None = None
    root_id: str = ""
    inherited: Grade = Grade.OPEN
    family: frozenset[str] = frozenset()
    paused_at: datetime | None = None
    urged_at: datetime | None = None
    urged: int = 0
    reminded: int = 0
    slip: str = ""
    visited: frozenset[str] = frozenset()
    took: Mapping[str, frozenset[str]] = field(default_factory=dict)
    extension: Mapping[str, Any] | None = None
    voided_by: str = ""
    voided_at: datetime | None = None
    changed: int = 1
    previous: "Case | None" = None

    @property
    def title(self) -> str:
        return str(self.data.get(self.process.names) or "")

    @property
    def number(self) -> str:
        return str(self.data.get(self.process.number.field) or "")

    @property
    def grade(self) -> Grade:
        """The highest grade among its own and its parent's."""
        own = map(self.data.get, self.process.grading)
        return max([self.inherited, *(Grade.labelled(word) for word in own if word)])

    @property
    def voided(self) -> bool:
        return bool(self.voided_by)

    @property
    def closed_at(self) -> datetime | None:
        """When it came to its end, or None while it is open; what is noted or corrected later is not that."""
        return None if self.is_open else self.voided_at or self.entered_at

    @property
    def is_open(self) -> bool:
        return not (self.voided or self.stage.is_end)

    @property
    def concerns(self) -> frozenset[str]:
        """Whom it concerns by itself: who acted, who is named in it, in whose hand it lies."""
        if self.voided_by == SYSTEM.id:
            return self.actors  # what a step named that was withdrawn concerns nobody any more
        named = {name for key in self.process.naming if self._tells(key) for name in names_in(self, key)}
        return frozenset({*self.actors, *named, self.owner, self.delegated_by} - {""})

    def _tells(self, key: str) -> bool:
        """Whether the case concerns by now whom this field names."""
        since = self.process.fields[key].concerns_from
        return not since or since in self.visited

    def takers(self, key: str) -> frozenset[str]:
        """Who has taken an action of this case that others must be apart from, deputies and those they stood in for."""
        return self.took.get(key, frozenset())

    @property
    def links(self) -> tuple[str, ...]:
        """The ids of the cases it names, as the document it answers."""
        named = (self.data.get(key) or () for key in self.process.linking)
        several = ((value,) if isinstance(value, str) else value for value in named)
        return tuple(dict.fromkeys(one for some in several for one in some))

    @property
    def concerned(self) -> frozenset[str]:
        """Everyone it concerns, its family's people among them."""
        return self.concerns | self.family

    def is_overdue(self, now: datetime) -> bool:
        return self.is_open and not self.paused_at and self.due_at is not None and now > self.due_at

    @property
    def wanted(self) -> tuple[str, ...]:
        """For whom its stage asks a child case, in their order; a closed case asks for none."""
        return asked_by(self.process, self.stage, self.data) if self.is_open else ()

    def asks_for(self, child: "Case") -> bool:
        """Whether the child is one its stage asks for, rather than of another, an earlier round or a withdrawn step."""
        opens = self.stage.opens
        if opens is None or child.process.key != opens.process or child.voided_by == SYSTEM.id:
            return False
        if child.opened_at < self.entered_at:
            return False
        return stands_for(child) in self.wanted

    def but(self, **changes: Any) -> "Case":
        """The case with other values of these fields.

        As `dataclasses.replace`, without running the constructor: verifying the record does it by the million.
        """
        assert changes.keys() <= vars(self).keys()  # noqa: S101 -- a misspelt field
        other = object.__new__(Case)
        vars(other).update(vars(self), **changes)
        return other

    def asks(self, action: Action) -> tuple[Field, ...]:
        """What an action asks of this case: of a classified one nothing that may not be kept (C23)."""
        return tuple(f for f in action.asks if not (self.grade.classified and f.carries_content))

    def action(self, key: str) -> Action:
        """What can be done here under this key, of the stage's own actions or the standing ones."""
        own = {} if self.voided else {action.key: action for action in self.stage.actions}
        found = own.get(key) or standing.ACTIONS.get(key)
        if found is None:
            raise NotAllowed(f"现在处于“{self.stage.title}”，不能办理这一步，请刷新后再看")
        return found


def names_in(case: Case, key: str) -> tuple[str, ...]:
    """Whom a field of the case names, as owners are named; nobody for other kinds of field."""
    found, value = case.process.fields.get(key), case.data.get(key)
    return named_by(found, value) if found and value else ()


def asked_by(process: Process, stage: Stage, data: Mapping[str, Any]) -> tuple[str, ...]:
    """For whom a stage asks a child case, in their order, or for which rows; `data` as it is or as it is stored."""
    if stage.opens and stage.opens.rows:
        return tuple(f"{ROW}{n}" for n in range(1, len(data.get(stage.opens.rows) or ()) + 1))
    each = stage.opens.each if stage.opens else ()
    named = (name for key in each if data.get(key) for name in named_by(process.fields[key], data[key]))
    return tuple(dict.fromkeys(named))


def named_by(field: Field, value: Any) -> tuple[str, ...]:
    """Whom a value of the field names, as owners are named; in a table, row by row."""
    match field.kind:
        case Kind.PERSON | Kind.GUEST:
            return (value,)
        case Kind.PEOPLE | Kind.GUESTS:
            return tuple(value)
        case Kind.DEPARTMENT:
            return (DEPARTMENT + value,)
        case Kind.DEPARTMENTS:
            return tuple(DEPARTMENT + one for one in value)
        case Kind.ROWS:
            cells = ((column, row.get(column.key)) for row in value for column in field.columns)
            return tuple(name for column, cell in cells if cell for name in named_by(column, cell))
        case _:
            return ()


def open_case(
    process: Process,
    case_id: str,
    raw: Mapping[str, Any],
    by: Person,
    now: datetime,
    calendar: WorkingCalendar,
    *,
    parent: Case | None = None,
) -> Event:
    """The first event of a case. A child is opened by its parent's step, not by a role."""
    if parent is None and (reason := why_not_open(by, process)):
        raise NotAllowed(reason)
    data = accept(process.opens_with, raw, grade=parent.grade if parent else Grade.OPEN)
    known = _unpacked(process, data)
    return Event(
        case_id=case_id,
        seq=1,
        at=now,
        by=by.id,
        action=OPENED,
        stage=process.first.key,
        data=data,
        process=process.key,
        version=process.version,
        due_at=moment_of(process.first.due, known, now, calendar),
        case_due_at=moment_of(process.due, known, now, calendar),
        parent_id=parent.id if parent else None,
        acting_for="" if parent else opening_for(by, process),
    )


def act(
    case: Case,
    key: str,
    raw: Mapping[str, Any],
    by: Person,
    now: datetime,
    calendar: WorkingCalendar,
    *,
    children: Sequence[Case] = (),
) -> Event:
    """The event of taking an action, or `NotAllowed` with the reason, or `Refused` field by field."""
    action = case.action(key)
    if reason := why_not(case, action, by, now, children=children):
        raise NotAllowed(reason)
    data = accept(action.asks, raw, grade=case.grade)
    if key in standing.ACTIONS:
        return _stand(case, key, data, by, now, calendar, children)
    known = {**case.data, **_unpacked(case.process, data)}
    if broken := [check for check in action.checks if not check.holds(known)]:
        raise Refused(_beside(broken))
    stage = case.process.stage(action.to or case.stage.key)
    if action.stamps:
        known[action.stamps.key] = now
        data = {**data, action.stamps.key: action.stamps.pack(now)}
    moves = action.to is not None
    due = moment_of(stage.due, known, now, calendar) if moves else case.due_at
    # The whole may be counted from a moment that only this step brings, as 签发 is (C4).
    whole = case.case_due_at or moment_of(case.process.due, known, case.opened_at, calendar)
    return _next(case, key, stage.key, data, by, now, due, whole)


def why_not(
    case: Case, action: Action, by: Person, now: datetime, *, children: Sequence[Case] = ()
) -> str | None:
    """Why this person cannot take the action now, whatever they fill in; None if they can."""
    if action.key in standing.ACTIONS:
        return why_not_act(by, action, case) or standing.why_not(case, action.key, by, now, children)
    if case.paused_at and action.to:
        return "计时已暂停，请先恢复计时再办理"
    left = [child for child in children if child.is_open]
    opens = case.stage.opens
    if action.to and left and opens and not (action.calls_back or suffices(case, children)):
        return f"还有 {len(left)} 位{opens.noun}未{opens.done.removeprefix('已')}，办结后才能进入下一步"
    return why_not_act(by, action, case)


def follow(case: Case, children: Sequence[Case]) -> str | None:
    """The action that now follows by itself, or None (see `Stage.then`)."""
    stands = missing(case, children) or any(child.is_open for child in children)
    waits = case.stage.opens and stands and not suffices(case, children)
    if not case.is_open or case.paused_at or waits:
        return None
    ready = (key for key in case.stage.then if all(c.holds(case.data) for c in case.action(key).checks))
    return next(ready, None)


def suffices(case: Case, children: Sequence[Case]) -> bool:
    """Whether so many of the children are done that the others need not be waited for (N11)."""
    wanted = case.stage.opens.enough(case.data) if case.stage.opens else None
    done = sum(case.asks_for(child) and child.stage.is_end and not child.voided for child in children)
    return wanted is not None and done >= wanted


def missing(case: Case, children: Sequence[Case]) -> tuple[str, ...]:
    """For whom a child should be opened now: everybody named who has none, or only the next in turn."""
    opens = case.stage.opens
    if not case.is_open or opens is None or suffices(case, children):
        return ()
    have = {stands_for(child) for child in children if case.asks_for(child)}
    without = tuple(name for name in case.wanted if name not in have)
    if opens.in_turn(case.data):
        return () if any(child.is_open for child in children) else without[:1]
    return without


def came_back(before: Case, after: Case) -> bool:
    """Whether a step returned the case to an earlier stage it had left: the work was not good enough yet.

    To hand it in again, as mended, is no return.
    """
    order = [stage.key for stage in after.process.stages]
    back = order.index(after.stage.key) < order.index(before.stage.key)
    return after.is_open and back and after.stage.key in before.visited


def told(
    case: Case, action: Action, event: Event, children: Sequence[Case] = ()
) -> Iterator[tuple[str, str]]:
    """Whom an action tells something that their desk would not show, and the words (N4).

    A plain agreement tells nobody: the step itself says it.
    """
    whom: Sequence[str] = ()
    words = ""
    if action.key in standing.ACTIONS:
        who, words = standing.told(case, action.key, dict(event.data)) or ("", "")
        whom = (who,)
    elif action.tells:
        words = str(event.data.get(action.tells.words) or "")
        named = names_in(case, action.tells.to)[:1] or (case.stepped_by,)
        whom = _finished(case, children) if action.tells.done else named
    if words and words.rstrip("。.!！ ") not in AGREEMENTS:
        yield from ((who, f"{action.title}：{words}") for who in whom if who not in (event.by, SYSTEM.id, ""))


def _finished(case: Case, children: Iterable[Case]) -> tuple[str, ...]:
    """Whoever has finished a child of this step."""
    done = (child.last_actor for child in children if case.asks_for(child) and child.stage.is_end)
    return tuple(dict.fromkeys(done))


def stands_for(child: Case) -> str:
    """Which of those its parent's step asks for the child is: whom it was opened for, or which row."""
    return f"{ROW}{row}" if (row := child.data.get("row")) else meant_for(child)


def meant_for(child: Case) -> str:
    """Whom a child was opened for, whoever has it now."""
    return _hand(child, child.process.first)


def row_of(stands: str) -> int:
    """The index of the row, in its table, that a child was opened for."""
    return int(stands.removeprefix(ROW)) - 1


def _hand(case: Case, stage: Stage) -> str:
    """In whose hand a stage of the case lies, by the fields that name it; empty where none does."""
    names = (name for key in stage.assignees for name in names_in(case, key))
    return next(names, "")


def apply(case: Case | None, event: Event, process: Process, *, parent: Case | None = None) -> Case:
    """The case after the event."""
    stage = process.stage(event.stage)
    if case is None:
        return _opened(event, process, stage, parent)
    case = case.but(seq=event.seq, actors=case.actors | {event.by, event.acting_for} - {""})
    if event.action in standing.ASIDE:
        case = case.but(due_at=event.due_at, case_due_at=event.case_due_at)
        return standing.EFFECTS[event.action](case, event)
    if event.action in process.asides:
        return case
    case = case.but(
        changed=event.seq,
        due_at=event.due_at,
        case_due_at=event.case_due_at,
        last_actor=event.by,
        last_at=event.at,
        last_action=event.action,
        stepped_by=case.stepped_by if event.action in standing.ACTIONS else event.by,
        previous=case.previous if event.action in standing.ACTIONS else case.but(previous=None),
    )
    if event.action in standing.EFFECTS:
        return standing.EFFECTS[event.action](case, event)
    case = case.but(data={**case.data, **_unpacked(process, event.data)})
    if event.action in process.remembered:
        case = case.but(took=_took(case.took, event))
    return _entered(case, stage, event.at) if _moves(process, event) else case


def replay(process: Process, events: Iterable[Event]) -> Case:
    """The case as its events tell it; what it has from its parent is for the caller to add."""
    case = None
    for event in events:
        case = apply(case, event, process)
    if case is None:
        raise NotFound(GONE)
    return case


def _took(took: Mapping[str, frozenset[str]], event: Event) -> Mapping[str, frozenset[str]]:
    """Who took which of the remembered actions, with the event; whoever once took one, took it."""
    hands = frozenset({event.by, event.acting_for} - {"", SYSTEM.id})
    return {**took, event.action: took.get(event.action, frozenset()) | hands}


def _opened(event: Event, process: Process, stage: Stage, parent: Case | None) -> Case:
    case = Case(
        id=event.case_id,
        process=process,
        stage=stage,
        seq=event.seq,
        opened_at=event.at,
        opened_by=event.by,
        entered_at=event.at,
        due_at=event.due_at,
        case_due_at=event.case_due_at,
        last_actor=event.by,
        last_at=event.at,
        last_action=event.action,
        stepped_by=event.by,
        data=_unpacked(process, event.data),
        actors=frozenset({event.by, event.acting_for} - {""}),
        parent_id=event.parent_id,
        root_id=parent.root_id if parent else event.case_id,
        inherited=parent.grade if parent else Grade.OPEN,
        took=_took({}, event) if OPENED in process.remembered else {},
    )
    return _entered(case, stage, event.at)


def _entered(case: Case, stage: Stage, at: datetime) -> Case:
    """The case on entering a stage: a new clock, and in the hand the stage names."""
    return case.but(
        stage=stage,
        entered_at=at,
        owner=_hand(case, stage),
        delegated_by="",
        extension=None,
        urged=0,
        urged_at=None,
        reminded=0,
        slip="",
        visited=case.visited | {stage.key},
    )


def enters(event: Event, process: Process) -> bool:
    """Whether with the event the case came into a stage: at its opening, or by a step."""
    return event.action == OPENED or _moves(process, event)


def reminders_passed(case: Case, now: datetime, calendar: WorkingCalendar) -> int:
    """How many moments have passed, since its stage was entered, at which the case reminds somebody (R44).

    The deadline of a stage whose silence is told to somebody is the last of them.
    """
    sends = case.stage.sends
    if sends is None:
        return 0
    moments = [moment_of(due, case.data, case.entered_at, calendar) for due in sends.reminds]
    moments += [case.due_at] if sends.escalates else []
    return sum(case.entered_at < moment <= now for moment in moments if moment)


def _moves(process: Process, event: Event) -> bool:
    """Whether the event entered its stage, rather than added something while in it."""
    return any(action.key == event.action and action.to == event.stage for action in process.actions)


def _stand(
    case: Case,
    key: str,
    data: dict[str, Json],
    by: Person,
    now: datetime,
    calendar: WorkingCalendar,
    children: Sequence[Case],
) -> Event:
    """The event of a standing action: it may move the deadlines, or go back a step, nothing else."""
    data, problems = standing.settle(case, key, data, by, calendar, children)
    if problems:
        raise Refused(problems)
    due, case_due = standing.dues(case, key, data, now, calendar)
    back = standing.goes_back(key) and case.previous
    stage = case.previous.stage.key if back and case.previous else case.stage.key
    return _next(case, key, stage, data, by, now, due, case_due)


def _next(
    case: Case,
    key: str,
    stage: str,
    data: Mapping[str, Json],
    by: Person,
    now: datetime,
    due: datetime | None,
    case_due: datetime | None,
) -> Event:
    return Event(
        case_id=case.id,
        seq=case.seq + 1,
        at=now,
        by=by.id,
        action=key,
        stage=stage,
        data=data,
        process=case.process.key,
        version=case.process.version,
        due_at=due,
        case_due_at=case_due,
        acting_for=acting_for(by, case.action(key), case),
    )


def _beside(broken: Iterable[Check]) -> dict[str, str]:
    """Refusals by field; several at one place are said together."""
    problems: dict[str, str] = {}
    for check in broken:
        problems[check.at] = "；".join(filter(None, (problems.get(check.at), check.says)))
    return problems


def _unpacked(process: Process, data: Mapping[str, Json]) -> dict[str, Any]:
    return {key: process.fields[key].unpack(value) for key, value in data.items()}

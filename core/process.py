"""A standardised process, declared once.

Everything else is read off a `Process`: the state machine, the forms, the deadlines, the
handbook, the register, the spot-check list and the indicators. A process is plain, frozen data;
one that contradicts itself fails when it is imported.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from core.errors import BadDefinition
from core.evidence import Evidence
from core.fields import NAMES_CASES, Field, Kind
from core.happening import Happens
from core.people import Role
from core.profile import OfficeProfile
from core.worktime import Limit, WorkingCalendar

Data = Mapping[str, Any]
"""What is known of a case: field key → value."""


@dataclass(frozen=True)
class Check:
    """A rule over the whole case that must hold before an action is taken.

    `at` is the key of the field beside which a refusal should stand.
    """

    says: str
    holds: Callable[[Data], bool]
    at: str = ""


@dataclass(frozen=True)
class Due:
    """When something must be finished; exactly one way of saying it.

    `Due(limit)` – that long after the stage is entered;
    `Due(limit, after="received_at")` – that long after a moment in the case;
    `Due(limit, before="held_at")` – that long before a moment in the case;
    `Due(on="milestone")` – at closing time of a date in the case, or at a moment in it.
    `urgent`: the limit of an urgent one instead (R24). `target`: what is meant to be reached within the limit;
    past it the step lags, past the limit it is late (C1). `rule` names the source in the standard, and is
    shown with every deadline it makes.
    """

    limit: Limit | None = None
    urgent: Limit | None = None
    target: Limit | None = None
    after: str | None = None
    before: str | None = None
    on: str | None = None
    rule: str = ""

    @property
    def reads(self) -> str | None:
        """The field this deadline is counted from, if it is not the entering of the stage."""
        return self.after or self.before or self.on

    def limit_of(self, data: Data) -> Limit | None:
        """The limit of a case with these answers."""
        return self.urgent if self.urgent and data.get("urgency") in URGENT else self.limit


ORDINARY = "平件"
URGENT = ("加急", "特急")
"""紧急程度 of a document (regulation art. 9), in the field `urgency`: what is not ordinary is urgent."""


@dataclass(frozen=True)
class Numbering:
    """A number the office gives: `series` makes its pattern, with `{n}` where the count stands.

    Each different text of the pattern is a series of its own and starts at 1, so a pattern with
    the year in it begins anew each year. `field` is where the number is recorded; `known`: the answers an
    office can give that its series hang on, so that numbers can be set aside before there is a case (N7).
    `series` raises `Refused` where the answers name none.
    """

    field: str
    series: Callable[[Data, OfficeProfile, int], str]
    known: Callable[[OfficeProfile], tuple[Data, ...]] = lambda office: ({},)


@dataclass(frozen=True)
class Tells:
    """Whom an action tells what was written: `words` is the field with the words, `to` the field that
    names the person; whoever took the step before where it is empty (N4). `done`: instead, everybody who has
    finished a child of the step.
    """

    words: str
    to: str = ""
    done: bool = False


@dataclass(frozen=True)
class Finds:
    """What the program itself finds out when an action is taken, recorded in `fields` with the answers.

    `look` has the case with the answers in and what can be looked at beside it; what it does not find is left
    out. It raises `Refused` where the answers do not go with what it finds.
    """

    fields: tuple[Field, ...]
    look: Callable[[Data, Evidence], Data]


@dataclass(frozen=True)
class Sends:
    """What a stage sends, on every channel there is (R29), to whom the field `to` names: on entering it, unless
    `on_entry` says no.

    `words` makes subject and text of it. `link`: what its signed link lets the addressee do, until the moment
    in the field `until`. `reminds`: when it is sent again to whom it still concerns (R44); `escalates`: the
    field that names who is told once the stage's deadline has passed.
    """

    to: str
    words: Callable[[Data, WorkingCalendar], tuple[str, str]]
    link: str = ""
    until: str = ""
    on_entry: bool = True
    reminds: tuple[Due, ...] = ()
    escalates: str = ""


@dataclass(frozen=True)
class Span:
    """A time a case took, shown beside its deadlines: between two moments in it, or its opening and its end (C4)."""

    title: str
    since: str = ""
    until: str = ""


AGREEMENTS = frozenset({"同意", "同意拟办意见", "拟同意", "阅", "已阅", "圈阅", "知悉", "无意见", "没有意见"})
"""Words that say no more than the step itself: nobody is told of them."""


@dataclass(frozen=True, kw_only=True)
class Action:
    """What somebody can do at a stage. `to` is the stage it leads to, None where it stays.

    `by`: the roles that may; `checks`: rules over the case with the answers in;
    `numbers`: a number given on the way; `second_pair_of_eyes`: not whoever acted last; `apart_from`: nor
    whoever took one of these actions of the case, be it as a deputy (`core.case.OPENED`: opened it) – but for the
    person in the field `excused` (C20);
    `quiet`: a by-way, drawn smaller than the step that leads on; `tells`: whom it tells what is written;
    `stamps`: the field in which its moment is recorded; `finds`: what the program adds; `calls_back`: it ends the children that are still
    open, and is no sign of poor work. `aside`: said beside the work, as a line of a meeting's record – it stands
    in the trace, changes no answer of the case and is no conflict for whoever is typing. `final`: whoever took it cannot withdraw it. `overtaken`: of an aside that changes what
    was said before, the later event by which another has changed the same, if there is one; it has the answers
    and how to read the case's events by an action's key.
    """

    key: str
    title: str
    by: frozenset[Role]
    to: str | None = None
    asks: tuple[Field, ...] = ()
    checks: tuple[Check, ...] = ()
    numbers: Numbering | None = None
    second_pair_of_eyes: bool = False
    apart_from: tuple[str, ...] = ()
    excused: str = ""
    quiet: bool = False
    tells: Tells | None = None
    stamps: Field | None = None
    finds: Finds | None = None
    calls_back: bool = False
    aside: bool = False
    final: bool = False
    overtaken: Callable[[Data, Callable[[str], Sequence[Any]]], Any] | None = None

    @property
    def is_light(self) -> bool:
        """Whether it can be taken for many cases at once: it leads on and nothing must be filled in (N5).

        A decision that wants a second pair of eyes is never light.
        """
        asks = self.checks or any(field.required for field in self.asks)
        apart = self.second_pair_of_eyes or self.apart_from
        return bool(self.to) and not (asks or self.quiet or apart or Role.SYSTEM in self.by)


@dataclass(frozen=True, kw_only=True)
class Opens:
    """Child cases that stand while a stage does: one for each person or department in `each`, or one for each
    row of the table `rows`, whose child keeps the row's count in its field `row`.

    `gives` makes a child's first values from the parent's and the name of whom it is for.
    `in_turn` says whether they follow one another or all start at once; `enough` how many of them suffice,
    None where it takes all (N11). `noun` and `done` are the words of a list: "阅件人", "已阅".
    """

    process: str
    each: tuple[str, ...] = ()
    rows: str = ""
    gives: Callable[[Data, str], Data]
    in_turn: Callable[[Data], bool] = lambda data: False
    enough: Callable[[Data], int | None] = lambda data: None
    noun: str
    done: str


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One step of the standard, with the five fields of R68.

    `inputs` 输入要求 · `does` 操作步骤 · `outputs` 输出成果 · `duty` 责任主体 · `due` 时限标准.
    `scene`: the scene of the process map it belongs to (R2), its own title where empty.
    `assignee`: the field that names whose hand it lies in, of several the first that does; else anybody of
    the duty's role.
    `opens`: children that stand while it does; it cannot be left while one of them is open.
    `then`: actions the program takes by itself once those are done – the first whose checks hold.
    `sends`: what entering it sends out. `revisable`: an end from which steps still lead, as an answer that is
    changed. `optional`: an amendment may switch it off.
    """

    key: str
    title: str
    does: str
    duty: Role
    scene: str = ""
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    due: Due | None = None
    assignee: str | tuple[str, ...] | None = None
    actions: tuple[Action, ...] = ()
    opens: Opens | None = None
    then: tuple[str, ...] = ()
    spot_checks: tuple[str, ...] = ()
    sends: Sends | None = None
    revisable: bool = False
    optional: bool = False

    @property
    def is_end(self) -> bool:
        return self.revisable or not self.actions

    @property
    def assignees(self) -> tuple[str, ...]:
        """The fields that may name whose hand it lies in, the most telling first."""
        return (self.assignee,) if isinstance(self.assignee, str) else self.assignee or ()

    @property
    def on_map(self) -> str:
        """The name of its scene on the process map."""
        return self.scene or self.title


@dataclass(frozen=True, kw_only=True)
class Papers:
    """What the papers of a process are called, where its own title is not enough (R13, R73).

    `lists`: tables of the case that are papers of their own, each the key of a `ROWS` field and a title.
    `item`: what the archived item (件) holds, in its order: fields with files, and papers by their keys;
    whatever else there is follows. Without it there is no table of contents.
    `columns`: the columns of its exported ledger, each a title and the fields whose words stand in
    it; the register's columns where there are none. `further`: papers of its own by their keys in
    `core.papers.FORMS`, as the agenda of a meeting; one with the key of a list is printed instead of it.
    """

    sheet: str = ""
    record: str = ""
    ledger: str = ""
    columns: tuple[tuple[str, tuple[str, ...]], ...] = ()
    lists: tuple[tuple[str, str], ...] = ()
    item: tuple[str, ...] = ()
    further: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Process:
    """A kind of work under the standard: its steps in order, the first where it opens.

    `family`: one of the four families (R1). `names`: the field that is the case's title.
    `number`: its number in the office's own register. `register`: the columns of its ledger.
    `papers`: the sheet, the record and the ledger that can be printed of it.
    `due`: the deadline of the whole, beside that of each step (C3).
    `spans`: the times it took that are shown beside it. `happens`: where it stands on the calendar. `proposes`: what a case proposes for the forms of
    those it names, as a reply its number.
    `spare`: steps the office may add by an amendment, each before the one its first action leads to (R45).
    `opening`: what its first event is called. `child`: it stands only under another case and is
    not opened from a page.
    """

    key: str
    title: str
    family: str
    purpose: str
    version: int
    in_force_from: date
    number: Numbering
    names: str
    opened_by: frozenset[Role]
    opens_with: tuple[Field, ...]
    stages: tuple[Stage, ...]
    register: tuple[str, ...] = ()
    papers: Papers = Papers()
    due: Due | None = None
    spans: tuple[Span, ...] = ()
    happens: Happens | None = None
    proposes: Callable[[Data], Data] = lambda data: {}
    spare: tuple[Stage, ...] = ()
    opening: str = "登记"
    child: bool = False

    def __post_init__(self) -> None:
        if faults := list(_faults(self)):
            raise BadDefinition(f"{self.key} v{self.version}", faults)

    @property
    def first(self) -> Stage:
        return self.stages[0]

    @property
    def edition(self) -> str:
        """The version as it is spoken of."""
        return edition(self.version)

    @property
    def next_revision(self) -> int:
        """The number of the version that an amendment of this one makes."""
        return self.version + 1 if self.version > REVISIONS else self.version * REVISIONS + 1

    @cached_property
    def actions(self) -> tuple[Action, ...]:
        return tuple(action for stage in self.stages for action in stage.actions)

    @cached_property
    def fields(self) -> dict[str, Field]:
        """Every field of the process by key, numbers given on the way among them."""
        asked = [field for action in self.actions for field in action.asks]
        numbers = [Field(key=key, title=NUMBER_TITLES.get(key, key), required=False) for key in self.numbers]
        stamps = [action.stamps for action in self.actions if action.stamps]
        found = [field for action in self.actions if action.finds for field in action.finds.fields]
        return {field.key: field for field in (*numbers, *self.opens_with, *asked, *stamps, *found)}

    @cached_property
    def remembered(self) -> frozenset[str]:
        """The actions of which a case remembers who took them, as another action must be somebody else's."""
        return frozenset(key for action in self.actions for key in action.apart_from)

    @cached_property
    def asides(self) -> frozenset[str]:
        """The keys of what is said beside the work."""
        return frozenset(action.key for action in self.actions if action.aside)

    @cached_property
    def answers(self) -> dict[str, Field]:
        """The fields that a case keeps: all but those that are only said beside the work."""
        kept = {field.key for action in self.actions if not action.aside for field in action.asks}
        beside = {field.key for action in self.actions if action.aside for field in action.asks} - kept
        opening = {field.key for field in self.opens_with}
        return {key: field for key, field in self.fields.items() if key in opening or key not in beside}

    @cached_property
    def naming(self) -> tuple[str, ...]:
        """The fields that name people or departments."""
        return tuple(field.key for field in self.fields.values() if field.names_somebody)

    @cached_property
    def grading(self) -> tuple[str, ...]:
        """The fields that say how secret a case is."""
        return tuple(field.key for field in self.fields.values() if field.kind is Kind.GRADE)

    @cached_property
    def linking(self) -> tuple[str, ...]:
        """The fields that name other cases."""
        return tuple(field.key for field in self.fields.values() if field.kind in NAMES_CASES)

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """The fields that hold a number the office gives: nobody types them."""
        return tuple(numbering.field for numbering in self.numberings)

    @cached_property
    def numberings(self) -> tuple[Numbering, ...]:
        """Its register's numbering, and those of numbers given on the way."""
        return tuple(n for n in (self.number, *(a.numbers for a in self.actions)) if n)

    @property
    def scenes(self) -> tuple[tuple[str, tuple[Stage, ...]], ...]:
        """The process map: scenes in order, each with its steps; by-ends are left out (R2)."""
        main = [stage for stage in self.stages if not stage.is_end or stage is self.stages[-1]]
        names = dict.fromkeys(stage.on_map for stage in main)
        return tuple((name, tuple(s for s in main if s.on_map == name)) for name in names)

    def stage(self, key: str) -> Stage:
        return self._by_key[key]

    @cached_property
    def _by_key(self) -> dict[str, Stage]:
        return {stage.key: stage for stage in self.stages}


REVISIONS = 1000
"""Shipped versions are 1, 2, 3 …; the office's revisions of version 1 are 1001, 1002 …, so that an
update of the program never gives a number away to which cases of this office are pinned."""


def edition(version: int) -> str:
    """A version as it is spoken of; the office's own changes count within the shipped one."""
    shipped, revision = divmod(version, REVISIONS) if version > REVISIONS else (version, 0)
    return f"第 {shipped} 版" + (f"（第 {revision} 次修订）" if revision else "")


NUMBER_TITLES = {
    "number": "登记号",
    "doc_number": "发文字号",
    "minutes_number": "纪要编号",
    "issue_number": "期号",
    "reference_code": "档号",
}
"""What the numbers that the office gives are called."""


def _faults(process: Process) -> Iterator[str]:
    """Everything in which a definition contradicts itself; what an amendment can bring about, in the
    office's words.
    """
    yield from _doubles(process)
    yield from _unknown_stages(process)
    yield from _unknown_fields(process)
    yield from _nobody(process)
    yield from _untold(process)
    if not any(True for _ in _unknown_stages(process)):
        yield from _dead_ends(process)


def _doubles(process: Process) -> Iterator[str]:
    keys = [stage.key for stage in process.stages]
    yield from (f"two stages are called {key!r}" for key in {k for k in keys if keys.count(k) > 1})
    for stage in process.stages:
        names = [action.key for action in stage.actions]
        yield from (
            f"two actions of {stage.key!r} are called {k!r}" for k in {n for n in names if names.count(n) > 1}
        )
    asked = (*process.opens_with, *(field for action in process.actions for field in action.asks))
    for field in asked:
        if process.fields[field.key].kind is not field.kind:
            yield f"field {field.key!r} is of two kinds"


def _unknown_stages(process: Process) -> Iterator[str]:
    known = {stage.key for stage in process.stages}
    yield from (
        f"{a.key!r} leads to unknown stage {a.to!r}" for a in process.actions if a.to and a.to not in known
    )
    for stage in process.stages:
        own = {action.key for action in stage.actions}
        yield from (
            f"{stage.key!r} goes on with unknown action {key!r}" for key in stage.then if key not in own
        )


def _unknown_fields(process: Process) -> Iterator[str]:
    fields = process.fields
    yield from (f"the register shows unknown field {key!r}" for key in process.register if key not in fields)
    printed = [key for _, keys in process.papers.columns for key in keys]
    yield from (f"the ledger prints unknown field {key!r}" for key in printed if key not in fields)
    tables = [key for key, _ in process.papers.lists]
    yield from (f"the paper {k!r} is no table" for k in tables if k not in fields or not fields[k].columns)
    if process.names not in fields:
        yield f"the title is unknown field {process.names!r}"
    for stage in process.stages:
        if stage.due and stage.due.reads and stage.due.reads not in fields:
            yield f"stage {stage.key!r} is due by unknown field {stage.due.reads!r}"
        for key in stage.assignees:
            if key not in fields:
                yield f"stage {stage.key!r} lies with unknown field {key!r}"
        for key in (stage.sends.to, stage.sends.until, stage.sends.escalates) if stage.sends else ():
            if key and key not in fields:
                yield f"stage {stage.key!r} sends to unknown field {key!r}"
        if stage.opens and stage.opens.rows and not _is_table(fields, stage.opens.rows):
            yield f"stage {stage.key!r} opens a case for each row of {stage.opens.rows!r}, which is no table"
        for key in stage.opens.each if stage.opens else ():
            if key not in fields or not fields[key].names_somebody:
                yield f"stage {stage.key!r} opens a case for each of {key!r}, which names nobody"
    for action in process.actions:
        if action.excused and action.excused not in fields:
            yield f"{action.key!r} excuses whom unknown field {action.excused!r} names"
    known = {stage.key for stage in process.stages}
    for field in fields.values():
        if field.concerns_from and field.concerns_from not in known:
            yield f"field {field.key!r} concerns nobody before unknown stage {field.concerns_from!r}"
    for key in (key for span in process.spans for key in (span.since, span.until) if key):
        if key not in fields:
            yield f"a span is counted by unknown field {key!r}"
    told = process.happens
    for key in (told.begins, told.ends, *told.place, *told.whom) if told else ():
        if key not in fields:
            yield f"it takes place by unknown field {key!r}"
    for key in told.off if told else ():
        if key not in {stage.key for stage in process.stages}:
            yield f"it is off in unknown stage {key!r}"
    if process.due and process.due.reads and process.due.reads not in fields:
        yield f"the whole is due by unknown field {process.due.reads!r}"


def _is_table(fields: Mapping[str, Field], key: str) -> bool:
    return key in fields and bool(fields[key].columns)


def _untold(process: Process) -> Iterator[str]:
    for action in process.actions:
        for key in (action.tells.words, action.tells.to) if action.tells else ():
            if key and key not in process.fields:
                yield f"{action.key!r} tells of unknown field {key!r}"
        to = action.tells.to if action.tells else ""
        if to in process.fields and process.fields[to].kind is not Kind.PERSON:
            yield f"{action.key!r} tells {to!r}, which names no person"


def _nobody(process: Process) -> Iterator[str]:
    yield from (f"nobody may do {action.key!r}" for action in process.actions if not action.by)


def _dead_ends(process: Process) -> Iterator[str]:
    leads = {s.key: {a.to or s.key for a in s.actions} for s in process.stages}
    reached, todo = set[str](), [process.first.key]
    while todo:
        if (key := todo.pop()) not in reached:
            reached.add(key)
            todo.extend(leads[key])
    yield from (f"“{process.stage(key).title}”没有一步能到达" for key in leads.keys() - reached)
    closing = {s.key for s in process.stages if s.is_end}
    while grown := {key for key, to in leads.items() if to & closing} - closing:
        closing |= grown
    yield from (f"“{process.stage(key).title}”之后无法办结" for key in leads.keys() - closing)

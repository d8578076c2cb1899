"""The handling sheet (办理单): what the register knows, and one box a step with who signed it and when.

Read off the process: each step's box holds what its action asks. Steps ahead are boxes to fill in by
hand, so that a sheet printed at registration can go with the paper (R80).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from core import standing
from core.case import OPENED, Case, names_in, stands_for
from core.fields import NAMES_CASES, Field, Kind
from core.papers.paper import GRID, Cell, Dossier, Look, Paper, Row, width
from core.people import Role
from core.process import NUMBER_TITLES, Action, Opens, Process, Stage
from core.words import NONE, Told, value, values, whose

_LABEL = 4  # columns of a label, and of the narrow text beside it
_NARROW = GRID // 2 - _LABEL
_SHORT = 25  # columns of type that fit beside another fact; a Chinese character takes two
_EXCERPT, _LINES = 200, 4  # characters and lines of a text that stand on the sheet itself
_LINE = 66  # columns of type in a line of a box
_HAND_ROWS = 2  # empty rows of a list that nobody is on yet
_UNSIGNED = "签名：　　　　　　　　　　年　　月　　日"


@dataclass(frozen=True)
class _Step:
    """A step that was taken, and not withdrawn."""

    action: Action
    event: Told


def handling_sheet(dossier: Dossier) -> Paper:
    """The sheet as the case stands now."""
    process = dossier.case.process
    steps = _steps(dossier)
    rows = [*_register(dossier)]
    for stage in process.stages:
        if stage.key in steps or (dossier.case.is_open and not stage.is_end):
            rows.extend(_stage(dossier, stage, steps))
    return dossier.paper(sheet_title(process), rows)


def sheet_title(process: Process) -> str:
    """What the sheet of a process is called."""
    return process.papers.sheet or f"{process.title}办理单"


def _steps(dossier: Dossier) -> Mapping[str, _Step]:
    """The last step taken at each stage, by the stage's key."""
    case, taken = dossier.case, list[tuple[Stage, _Step]]()
    at = case.process.first
    for event in (e for e in dossier.history if e.case_id == case.id and e.action != OPENED):
        if standing.goes_back(event.action) and taken:
            at, _ = taken.pop()
        elif event.action not in standing.ACTIONS:
            action = next(a for a in at.actions if a.key == event.action)
            if action.to:
                taken.append((at, _Step(action, event)))
                at = case.process.stage(action.to)
    return {stage.key: step for stage, step in taken}


def _register(dossier: Dossier) -> Iterator[Row]:
    """What was known when the case was opened: two short facts a row, a long one alone."""
    case = dossier.case
    facts = [(NUMBER_TITLES["number"], case.number, False)]
    for field in case.process.opens_with:
        text = _told_short(field, in_words(dossier, field))
        if text or field.kind is not Kind.FILES:
            facts.append((field.title, text, field.key == case.process.names or width(text) > _SHORT))
    waiting = list[tuple[str, str]]()
    for title, text, wide in facts:
        if wide:
            yield from _pair(waiting)
            yield _wide(title, text)
            waiting = []
            continue
        waiting.append((title, text))
        if len(waiting) == 2:
            yield from _pair(waiting)
            waiting = []
    yield from _pair(waiting)


def facts_of(dossier: Dossier) -> Iterator[Row]:
    """The head of a paper that is about a part of the case: its title, and the numbers it has been given."""
    process = dossier.case.process
    yield _wide(process.fields[process.names].title, dossier.case.title)
    known = [
        (process.fields[key].title, in_words(dossier, process.fields[key]))
        for key in NUMBER_TITLES
        if key in process.fields
    ]
    numbers = [(title, text) for title, text in known if text and text != dossier.case.number]
    for n in range(0, len(numbers), 2):
        yield from _pair(numbers[n : n + 2])


def _told_short(field: Field, text: str) -> str:
    """What the sheet says of a fact: of a whole text only how long it is, for that goes with the sheet."""
    if field.carries_content and (len(text) > _EXCERPT or text.count("\n") >= _LINES):
        return f"附后，共 {len(text):,} 字"
    return text


def _pair(facts: list[tuple[str, str]]) -> Iterator[Row]:
    if len(facts) == 1:
        yield _wide(*facts[0])
    elif facts:
        yield Row(
            tuple(
                cell
                for title, text in facts
                for cell in (Cell(_LABEL, title, Look.LABEL), Cell(_NARROW, text))
            )
        )


def _wide(title: str, text: str) -> Row:
    return Row((Cell(_LABEL, title, Look.LABEL), Cell(GRID - _LABEL, text)))


def _stage(dossier: Dossier, stage: Stage, steps: Mapping[str, _Step]) -> Iterator[Row]:
    """A step's box, and the list of those it waits for."""
    step = steps.get(stage.key)
    action = step.action if step else leading(stage)
    if action and (action.asks or action.numbers):
        yield _box(dossier, stage, action, step)
    if stage.opens:
        yield from _list(dossier, stage, stage.opens)


def leading(stage: Stage) -> Action | None:
    """The action that is meant to be taken at a stage by somebody."""
    return next((a for a in stage.actions if a.to and not a.quiet and Role.SYSTEM not in a.by), None)


def _box(dossier: Dossier, stage: Stage, action: Action, step: _Step | None) -> Row:
    head = {field.key for field in dossier.case.process.opens_with}
    fields = [field for field in action.asks if field.key not in head]
    if action.numbers:
        fields.append(dossier.case.process.fields[action.numbers.field])
    known = [(field.title, _boxed(dossier, field) if step else _blank(field)) for field in fields]
    text = _lines([(title, words) for title, words in known if words])
    sign = _signature(dossier, step) if step else _UNSIGNED
    return Row(
        (Cell(_LABEL, stage.title, Look.LABEL), Cell(GRID - _LABEL, text, sign=sign)), 14 if step else 18
    )


def _boxed(dossier: Dossier, field: Field) -> str:
    """What a box says of a field; of a table that is a paper of its own only how long it is."""
    name, rows = dict(dossier.case.process.papers.lists).get(field.key), dossier.case.data.get(field.key)
    return f"共 {len(rows)} 行，见{name}" if name and rows else in_words(dossier, field)


def signatures(dossier: Dossier) -> dict[str, str]:
    """Who signed each step that was taken, and when, by the step's key."""
    return {key: _signature(dossier, step) for key, step in _steps(dossier).items()}


def _signature(dossier: Dossier, step: _Step) -> str:
    return f"{step.action.title}　{step.event.by_name}　{dossier.local(step.event.at)}"


def _lines(facts: list[tuple[str, str]]) -> str:
    """Facts as `title：words`, as many short ones on a line as fit."""
    lines = list[str]()
    for title, words in facts:
        fact = f"{title}：{words}"
        if lines and "\n" not in fact and width(lines[-1]) + width(fact) <= _LINE - 4:
            lines[-1] += f"　　{fact}"
        else:
            lines.append(fact)
    return "\n".join(lines)


def _list(dossier: Dossier, stage: Stage, opens: Opens) -> Iterator[Row]:
    """Who it was sent to, when, when they were done, and what they said."""
    spans = (6, 5, 5, 8)
    titles = (opens.noun, "送达", opens.done, "意见或结果")
    yield Row((Cell(GRID, stage.title, Look.HEAD),))
    yield Row(tuple(Cell(span, title, Look.LABEL) for span, title in zip(spans, titles, strict=True)))
    told = [*sent_to(dossier, opens)] or [("", "", "", "")] * _HAND_ROWS * dossier.case.is_open
    for texts in told or [(NONE,) * 4]:
        yield Row(tuple(Cell(span, text) for span, text in zip(spans, texts, strict=True)))


def sent_to(dossier: Dossier, opens: Opens) -> Iterator[tuple[str, str, str, str]]:
    """One line for each child, then for everybody named who has none yet."""
    case, stood = dossier.case, set[str]()
    for child in dossier.children:
        if child.process.key == opens.process and not child.voided:
            stood.add(stands_for(child))
            yield (
                whose(child, dossier.people),
                dossier.local(child.opened_at),
                dossier.local(child.closed_at),
                answered(dossier, child),
            )
    named = dict.fromkeys(name for key in opens.each for name in names_in(case, key))
    yield from ((dossier.people.name(name), "", "", "") for name in named if name not in stood)


def answered(dossier: Dossier, child: Case) -> str:
    """What was filled in at the steps of a child; of an answer that may be changed, first which it is."""
    process = child.process
    known = {field.key for field in process.opens_with}
    asked = {f.key: f for action in process.actions for f in action.asks if f.key not in known}
    packed = {key: field.pack(child.data.get(key)) for key, field in asked.items()}
    answers = values(asked, packed, dossier.people, dossier.calendar)
    lines = [child.stage.title] if child.stage.revisable else []
    return "\n".join([*lines, *(f"{title}：{words}" for title, words in answers)])


def _blank(field: Field) -> str:
    """Room to write: a line for a text, a word for everything else."""
    return "　" * (24 if field.kind is Kind.TEXT else 8)


def in_words(dossier: Dossier, field: Field) -> str:
    """What the case knows of a field, in words; nothing where it knows nothing."""
    if field.kind in NAMES_CASES:
        known = dossier.case.data.get(field.key) or ()
        named = (one for one in dossier.linked if one.id == known or one.id in known)
        return "\n".join(f"{one.number} {one.title}" for one in named)
    stored = field.pack(dossier.case.data.get(field.key))
    words = value(field, stored, dossier.people, dossier.calendar)
    return "" if words == NONE else words

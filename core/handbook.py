"""The SOP handbook: any version of any process read off its definition, and what two versions differ in.

`chapter` is the version as Markdown (R67–R71); `steps` are the same words in parts, for a page that
draws them; `difference` compares two versions by these words (R72).
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, TypeVar

from core.case import OPENED
from core.fields import Field, Kind
from core.people import Role
from core.process import Action, Due, Process, Stage

K = TypeVar("K")


@dataclass(frozen=True)
class Act:
    """What can be done at a step: its name, by whom and to where, what it asks, and when it is refused."""

    title: str
    who: str
    asks: tuple[str, ...]
    refusals: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """A step in words. `facts` are the five fields of R68, each a label and its words."""

    n: int
    title: str
    scene: str
    facts: tuple[tuple[str, str], ...]
    acts: tuple[Act, ...]
    opens: str
    spot_checks: tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """One thing in which a newer version differs: at which step, in what, and the words of each.

    `old` is empty for what was added, `new` for what was taken away.
    """

    step: str
    what: str
    old: str
    new: str


WHOLE, STEP = "全程", "整个步骤"
"""Where a change stands that is of no single step; what is said of a step added or taken away."""


def chapter(process: Process) -> str:
    """The whole chapter, ready to show or print: every step with the five fields of R68."""
    return "\n".join(_lines(process)) + "\n"


def head(process: Process) -> tuple[str, ...]:
    """What is said before the steps: the edition and its purpose, the limit of the whole, the opening."""
    return (
        f"{process.edition}，自 {process.in_force_from:%Y-%m-%d} 起施行。{process.purpose}",
        f"全程时限：{limit_text(process, process.due)}",
        f"【{process.opening}】{_roles(process.opened_by)}，填写：{'、'.join(map(_asked, process.opens_with))}",
    )


def steps(process: Process) -> tuple[Step, ...]:
    """The steps in their order; ends are none."""
    under_way = (stage for stage in process.stages if not stage.is_end)
    return tuple(_step(process, n, stage) for n, stage in enumerate(under_way, 1))


def ends(process: Process) -> str:
    """How a case can end."""
    found = [stage for stage in process.stages if stage.is_end]
    changes = "；有变化的还可以再改" if any(stage.revisable for stage in found) else ""
    return f"办结状态：{'、'.join(stage.title for stage in found)}{changes}"


def spare(process: Process) -> str:
    """What the office may take up by a revision (R45); empty where there is nothing."""
    told = "；".join(f"{stage.title}（{stage.does.rstrip('。')}）" for stage in process.spare)
    return f"修订时可以增补：{told}" if told else ""


def limit_text(process: Process, due: Due | None) -> str:
    """A time standard in words, with where it is counted from and its source."""
    if due is None:
        return "不设时限"
    if due.on:
        by = "" if process.fields[due.on].kind is Kind.MOMENT else "当日下班"
        words = f"“{process.fields[due.on].title}”{by}前"
    elif due.before:
        words = f"“{process.fields[due.before].title}”前 {due.limit}"
    elif due.after:
        words = f"自“{process.fields[due.after].title}”起 {due.limit}内"
    else:
        words = f"{due.limit}内"
    if due.urgent:
        words += f"，急件 {due.urgent}内"
    return f"{words}（{due.rule}）" if due.rule else words


def difference(old: Process, new: Process) -> tuple[Change, ...]:
    """In what the newer version differs, step by step in their order and field by field.

    Steps, actions and fields are the same where their keys are; two versions of one process.
    """
    before, after = _by_step(old), _by_step(new)
    changes = [*_between(WHOLE, _whole(old), _whole(new))]
    for key in _in_order([*before], [*after]):
        if key not in before:
            changes.append(Change(_title(new, key), STEP, "", new.stage(key).does))
        elif key not in after:
            changes.append(Change(_title(old, key), STEP, old.stage(key).does, ""))
        else:
            changes.extend(_between(_title(new, key), before[key], after[key]))
    return tuple(changes)


# --- in words -----------------------------------------------------------------------------------------


def _lines(process: Process) -> Iterator[str]:
    first, limit, opening = head(process)
    yield from (f"# {process.title}", "", first, "", limit, "", opening)
    for step in steps(process):
        yield from _section(step)
    yield from ("", ends(process))
    if told := spare(process):
        yield from ("", told)


def _section(step: Step) -> Iterator[str]:
    yield from ("", f"## {step.n}. {step.title}" + (f"（{step.scene}）" if step.scene else ""), "")
    yield from (f"- {label}：{words}" for label, words in step.facts)
    for act in step.acts:
        yield f"- 【{act.title}】{act.who}"
        yield from (f"  - {asked}" for asked in act.asks)
        yield from (f"  - 不能办理时说明：{says}" for says in act.refusals)
    if step.opens:
        yield f"- 分办：{step.opens}"
    if step.spot_checks:
        yield f"- 抽查要点：{' '.join(step.spot_checks)}"


def _step(process: Process, n: int, stage: Stage) -> Step:
    facts = (
        ("输入要求", "；".join(stage.inputs) or "—"),
        ("操作步骤", stage.does),
        ("输出成果", "；".join(stage.outputs) or "—"),
        ("责任主体", stage.duty.label),
        ("时限标准", limit_text(process, stage.due)),
    )
    acts = tuple(_act(process, action) for action in stage.actions)
    return Step(n, stage.title, stage.scene, facts, acts, _opens(process, stage), stage.spot_checks)


def _act(process: Process, action: Action) -> Act:
    return Act(
        action.title,
        _who(process, action),
        tuple(map(_asked, action.asks)),
        tuple(check.says for check in action.checks),
    )


def _who(process: Process, action: Action) -> str:
    return (
        _roles(action.by)
        + _apart(process, action)
        + (f" → {process.stage(action.to).title}" if action.to else "")
    )


def _apart(process: Process, action: Action) -> str:
    """Whose step it may not be, whatever their role (C20)."""
    titles = {one.key: one.title for one in process.actions} | {OPENED: process.opening}
    steps_taken = "、".join(titles[key] for key in action.apart_from)
    return f"（办过“{steps_taken}”的人除外）" if steps_taken else ""


def _opens(process: Process, stage: Stage) -> str:
    if not stage.opens:
        return ""
    rows = (stage.opens.rows,) if stage.opens.rows else ()
    each = "、".join(f"“{process.fields[key].title}”" for key in (*stage.opens.each, *rows))
    return f"{each}每项各建一件，全部{stage.opens.done}后才能进入下一步"


def _asked(field: Field) -> str:
    return field.title if field.required else f"{field.title}（选填）"


def _roles(roles: Set[Role]) -> str:
    return "、".join(role.label for role in Role if role in roles)


# --- compared -----------------------------------------------------------------------------------------

Words = Mapping[Any, tuple[str, str]]
"""What a version says at one place, by a key that both versions have: a label, and the words."""


def _between(step: str, old: Words, new: Words) -> Iterator[Change]:
    for key in _in_order([*old], [*new]):
        (was_called, was), (called, now) = old.get(key, ("", "")), new.get(key, ("", ""))
        if was_called and called and was_called != called:
            yield Change(step, called, f"{was_called}：{was}", f"{called}：{now}")
        elif was != now:
            yield Change(step, called or was_called, was, now)


def _whole(process: Process) -> Words:
    words: dict[Any, tuple[str, str]] = {
        "title": ("标准名称", process.title),
        "purpose": ("目的", process.purpose),
        "due": ("全程时限", limit_text(process, process.due)),
        "opening": ("立件", f"【{process.opening}】{_roles(process.opened_by)}"),
        "steps": ("步骤次序", " → ".join(step.title for step in steps(process))),
        "ends": ("办结状态", ends(process).partition("：")[2]),
    }
    return words | {
        field.key: (f"{process.opening}时填写：{field.title}", _rule(field)) for field in process.opens_with
    }


def _by_step(process: Process) -> dict[str, Words]:
    under_way = [stage for stage in process.stages if not stage.is_end]
    parts = zip(under_way, steps(process), strict=True)
    return {stage.key: _words(process, stage, step) for stage, step in parts}


def _words(process: Process, stage: Stage, step: Step) -> Words:
    words: dict[Any, tuple[str, str]] = {label: (label, text) for label, text in step.facts}
    words["title"], words["scene"] = ("步骤名称", step.title), ("所属场景", stage.on_map)
    for action in stage.actions:
        name = f"【{action.title}】"
        words[action.key,] = (name, _who(process, action))
        words |= {(action.key, f.key): (f"{name}填写：{f.title}", _rule(f)) for f in action.asks}
        words[action.key, ""] = (f"{name}不能办理时说明", "；".join(check.says for check in action.checks))
    words["opens"] = ("分办", step.opens)
    words["spot_checks"] = ("抽查要点", " ".join(step.spot_checks))
    return words


def _rule(field: Field) -> str:
    """What a field demands, never empty: so that one added without options shows as well."""
    demand = "必填" if field.required else "选填"
    return f"{demand}（{'、'.join(field.choices)}）" if field.choices else demand


def _title(process: Process, key: str) -> str:
    return process.stage(key).title


def _in_order(old: Sequence[K], new: Sequence[K]) -> list[K]:
    """Everything of both: in the order of the new, what is gone behind what stood before it."""
    order = list(new)
    for n, key in enumerate(old):
        if key not in new:
            before = next((one for one in reversed(old[:n]) if one in order), None)
            order.insert(0 if before is None else order.index(before) + 1, key)
    return order

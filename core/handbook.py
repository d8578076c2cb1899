"""The SOP handbook: any version of any process as Markdown, read off its definition (R67–R71)."""

from collections.abc import Iterator, Set

from core.fields import Field
from core.policy import Role
from core.process import Action, Due, Process, Stage


def chapter(process: Process) -> str:
    """The whole chapter, ready to show or print: every step with the five fields of R68."""
    return "\n".join(_lines(process)) + "\n"


def limit_text(process: Process, due: Due | None) -> str:
    """A time standard in words, with where it is counted from and its source."""
    if due is None:
        return "不设时限"
    if due.on:
        words = f"“{process.fields[due.on].title}”当日下班前"
    elif due.before:
        words = f"“{process.fields[due.before].title}”前 {due.limit}"
    elif due.after:
        words = f"自“{process.fields[due.after].title}”起 {due.limit}内"
    else:
        words = f"{due.limit}内"
    return f"{words}（{due.rule}）" if due.rule else words


def _lines(process: Process) -> Iterator[str]:
    yield f"# {process.title}"
    yield ""
    yield f"{process.edition}，自 {process.in_force_from:%Y-%m-%d} 起施行。{process.purpose}"
    yield ""
    yield f"全程时限：{limit_text(process, process.due)}"
    yield ""
    yield f"【{process.opening}】{_roles(process.opened_by)}，填写：{'、'.join(map(_asked, process.opens_with))}"
    for n, stage in enumerate((s for s in process.stages if not s.is_end), 1):
        yield from _stage(process, n, stage)
    ends = "、".join(stage.title for stage in process.stages if stage.is_end)
    yield from ("", f"办结状态：{ends}")


def _stage(process: Process, n: int, stage: Stage) -> Iterator[str]:
    yield from ("", f"## {n}. {stage.title}" + (f"（{stage.scene}）" if stage.scene else ""), "")
    yield f"- 输入要求：{'；'.join(stage.inputs) or '—'}"
    yield f"- 操作步骤：{stage.does}"
    yield f"- 输出成果：{'；'.join(stage.outputs) or '—'}"
    yield f"- 责任主体：{stage.duty.label}"
    yield f"- 时限标准：{limit_text(process, stage.due)}"
    for action in stage.actions:
        yield from _action(process, action)
    if opens := stage.opens:
        each = "、".join(f"“{process.fields[key].title}”" for key in opens.each)
        yield f"- 分办：{each}每项各建一件，全部{opens.done}后才能进入下一步"
    if stage.spot_checks:
        yield f"- 抽查要点：{' '.join(stage.spot_checks)}"


def _action(process: Process, action: Action) -> Iterator[str]:
    to = f" → {process.stage(action.to).title}" if action.to else ""
    yield f"- 【{action.title}】{_roles(action.by)}{to}"
    yield from (f"  - {_asked(field)}" for field in action.asks)
    yield from (f"  - 不能办理时说明：{check.says}" for check in action.checks)


def _asked(field: Field) -> str:
    return field.title if field.required else f"{field.title}（选填）"


def _roles(roles: Set[Role]) -> str:
    return "、".join(role.label for role in Role if role in roles)

"""What the office's standard promises in figures, each as one record beside its target (R104).

A measure says what is counted; `db.reading.measures` counts it from what was recorded. Limits in time are
not said here: a step is in time when it was done by the deadline that was promised for it, so a limit the
office changes, a pause and an approved extension are in the figure by themselves.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.process import Due, Process, Stage
from core.processes import Standard

INCOMING, OUTGOING, COUNTERSIGN = "incoming_document", "outgoing_document", "countersign"


@dataclass(frozen=True, kw_only=True)
class Steps:
    """How many steps were done by their deadline: those that end with one of the actions `done`, all where none is named.

    `whole`: the deadline of the whole case rather than that of the step. `urgent`: only urgent ones, or only
    ordinary ones; None takes both.
    """

    process: str
    done: tuple[str, ...] = ()
    whole: bool = False
    urgent: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Spent:
    """How many working days pass on average from the opening of a case to one of the actions `done`."""

    process: str
    done: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Repeated:
    """How many of the numbers given in `field` stand in more than one case."""

    process: str
    field: str


@dataclass(frozen=True, kw_only=True)
class Checks:
    """How many of the checks that were recorded failed (C10): fields with how many were made, and failed.

    `documents`: of how many cases any failed, instead.
    """

    process: str
    made: str
    failed: str
    documents: bool = False


class Unit(StrEnum):
    """What a figure is told in."""

    SHARE = "%"
    DAYS = "个工作日"


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One figure of the standard.

    `better`: which way is good. `target`: the worst value that still meets the standard, None for a figure that
    is shown beside another. `counts`: what its denominator is called. `rule`: where the target stands; for a
    step in time the rule of its deadline stands beside it.
    """

    key: str
    title: str
    unit: Unit
    better: str
    target: float | None
    of: Steps | Spent | Repeated | Checks
    rule: str
    counts: str = "步"

    def met(self, value: float | None) -> bool | None:
        """Whether a value meets the target; None where there is no value or no target."""
        if value is None or self.target is None:
            return None
        return value >= self.target if self.better == HIGHER else value <= self.target

    @property
    def aim(self) -> str:
        """The target in words."""
        if self.target is None:
            return "不设目标"
        sign = "=" if self.target in (0, 100) else "≥" if self.better == HIGHER else "≤"
        return f"{sign} {self.target:g}{self.spaced}"

    def said(self, value: float | None) -> str:
        """A value in words."""
        if value is None:
            return "—"
        return f"{value:.2f}".rstrip("0").rstrip(".") + self.spaced

    def counted(self, n: int, missed: int, waiting: int) -> str:
        """What the figure was counted from, in words."""
        if not n:
            return "本月没有"
        match self.of:
            case Spent():
                over = f"，{missed} {self.counts}超过目标" if missed else ""
                return f"{n} {self.counts}{over}"
            case Steps():
                still = f"，其中 {waiting} {self.counts}还没有办" if waiting else ""
                return (
                    f"{n} {self.counts}，{missed} {self.counts}超时{still}"
                    if missed
                    else f"{n} {self.counts}都按时"
                )
            case Repeated():
                return f"{n} {self.counts}，重号 {missed} 个"
            case Checks():
                return f"{n} {self.counts}，不合格 {missed}"

    def verdict(self, value: float | None) -> str:
        """Whether the standard is met, in a word that needs no colour."""
        if self.target is None:
            return "供对照"
        return {True: "达标", False: "未达标", None: "没有数据"}[self.met(value)]

    @property
    def spaced(self) -> str:
        """The unit as it stands behind a number."""
        return self.unit if self.unit is Unit.SHARE else f" {self.unit}"


HIGHER, LOWER = "higher", "lower"


def _in_time(key: str, title: str, of: Steps, rule: str, counts: str = "步") -> Measure:
    return Measure(
        key=key, title=title, unit=Unit.SHARE, better=HIGHER, target=100, of=of, rule=rule, counts=counts
    )


MEASURES = (
    _in_time("registered", "按时登记", Steps(process=INCOMING, done=("register",)), "R5", "件"),
    _in_time("proposed", "按时拟办", Steps(process=INCOMING, done=("propose",)), "R7", "件"),
    _in_time("first_reader", "按时送达首阅人", Steps(process=INCOMING, done=("distribute",)), "R8", "件"),
    _in_time(
        "feedback",
        "按时督办反馈",
        Steps(process=INCOMING, done=("fed_back", "fed_back_to_answer")),
        "R11",
        "件",
    ),
    _in_time("incoming_steps", "收文各步按时", Steps(process=INCOMING), "R71"),
    _in_time(
        "urgent_issued",
        "急件按时印发",
        Steps(process=OUTGOING, done=("send_out",), whole=True, urgent=True),
        "R24",
        "件",
    ),
    _in_time(
        "ordinary_issued",
        "平件按时印发",
        Steps(process=OUTGOING, done=("send_out",), whole=True, urgent=False),
        "R25",
        "件",
    ),
    Measure(
        key="draft_to_issue",
        title="拟稿到印发平均用时",
        unit=Unit.DAYS,
        better=LOWER,
        target=None,
        of=Spent(process=OUTGOING, done=("send_out",)),
        rule="C4 与签发后时限并列，供对照",
        counts="件",
    ),
    Measure(
        key="countersigned",
        title="会签平均用时",
        unit=Unit.DAYS,
        better=LOWER,
        target=1,
        of=Spent(process=COUNTERSIGN, done=("agree",)),
        rule="R19 由 3 天降到 1 天",
        counts="次会签",
    ),
    Measure(
        key="numbers",
        title="发文字号重号率",
        unit=Unit.SHARE,
        better=LOWER,
        target=0,
        of=Repeated(process=OUTGOING, field="doc_number"),
        rule="R23 重号率为零",
        counts="个字号",
    ),
    Measure(
        key="layout",
        title="版式差错率",
        unit=Unit.SHARE,
        better=LOWER,
        target=1,
        of=Checks(process=OUTGOING, made="layout_checks", failed="layout_failed"),
        rule="R22、C10 不合格项 ÷ 检查项",
        counts="项检查",
    ),
    Measure(
        key="layout_documents",
        title="有版式差错的公文",
        unit=Unit.SHARE,
        better=LOWER,
        target=None,
        of=Checks(process=OUTGOING, made="layout_checks", failed="layout_failed", documents=True),
        rule="C10 与差错率并列，供对照",
        counts="件",
    ),
    _in_time("outgoing_steps", "发文各步按时", Steps(process=OUTGOING), "R71"),
)
"""Every figure of the two document processes, in the order in which they are shown."""


def measure(key: str) -> Measure | None:
    """The measure with this key."""
    return next((one for one in MEASURES if one.key == key), None)


def steps_before(process: Process, done: Iterable[str], *, whole: bool) -> tuple[Stage, ...]:
    """The steps at which a case still waits for one of these actions; for the whole, all that lead to it."""
    own = tuple(stage for stage in process.stages if {a.key for a in stage.actions} & {*done})
    if not own or not whole:
        return own
    return process.stages[: process.stages.index(own[-1]) + 1]


def rule_of(one: Measure, process: Process) -> str:
    """What the standard says of it, with the limit as the office has it now."""
    if not isinstance(one.of, Steps) or not one.of.done:
        return one.rule if not isinstance(one.of, Steps) else f"{one.rule} 每一步按自己的时限"
    due: Due | None = process.due
    if one.of.whole and due and due.reads:
        limit = due.urgent if one.of.urgent and due.urgent else due.limit
        return f"{one.rule} 自{process.fields[due.reads].title}起 {limit}"
    due = next((stage.due for stage in steps_before(process, one.of.done, whole=False)), None)
    if due is None:
        return one.rule
    limit = due.limit
    return f"{due.rule}（现行 {limit}）" if limit and str(limit) not in due.rule else due.rule


@dataclass(frozen=True)
class Turn:
    """A day from which a process holds in another version, for marking it in a chart (R19)."""

    on: date
    says: str


def turns(standard: Standard, keys: Iterable[str], first: date, last: date) -> tuple[Turn, ...]:
    """The changes of these processes that came into force in these days, the earliest first; a first version is none."""
    found = [
        Turn(process.in_force_from, f"{process.title}{process.edition}")
        for key in keys
        for process in standard.versions[key][1:]
        if first <= process.in_force_from <= last
    ]
    return tuple(sorted(found, key=lambda turn: (turn.on, turn.says)))

"""What the office's standard promises in figures, each as one record beside its target (R104).

A measure says what is counted; `db.reading.measures` counts it from what was recorded. Limits in time are
not said here: a step is in time when it was done by the deadline that was promised for it, so a limit the
office changes, a pause and an approved extension are in the figure by themselves.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from core.people import Grade
from core.process import Data, Due, Process, Stage
from core.processes import Standard
from core.processes.advice import is_adopted
from core.processes.meeting import ON_SITE
from core.surveys import TARGET

INCOMING, OUTGOING, COUNTERSIGN = "incoming_document", "outgoing_document", "countersign"
MEETING, TASK = "meeting", "task"
BRIEFING, ADVICE = "briefing", "advice"


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

    `documents`: of how many cases any failed, instead. `afterwards`: what is found once a case is over counts too.
    """

    process: str
    made: str
    failed: str
    documents: bool = False
    afterwards: bool = False


@dataclass(frozen=True, kw_only=True)
class Within:
    """How many were done within so many plain hours of a moment in the case (C1): by one of the actions `done`,
    counted from the field `since`.
    """

    process: str
    done: tuple[str, ...]
    since: str
    hours: int


@dataclass(frozen=True, kw_only=True)
class Holding:
    """Of how many cases something holds at the moment of one of the actions `done`; None from `holds`: not counted."""

    process: str
    done: tuple[str, ...]
    holds: Callable[[Data], bool | None]


@dataclass(frozen=True, kw_only=True)
class Untouched:
    """How many cases that were begun for one of the process `parent` had none of these actions taken on them (C14)."""

    process: str
    parent: str
    touched: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Rolling:
    """Of how many cases something holds, of those that took one of the actions `done` in so many months up to and with
    this one. Below `least` of them nothing is said (C16).
    """

    process: str
    done: tuple[str, ...]
    holds: Callable[[Data], bool]
    months: int = 12
    least: int = 10


@dataclass(frozen=True, kw_only=True)
class Rated:
    """How many answers of the closed surveys of a kind are satisfied (R43, C13), each in the month in which its survey
    was sent. Surveys with too few answers are not counted at all.
    """

    process: str
    survey: str


class Unit(StrEnum):
    """What a figure is told in."""

    SHARE = "%"
    DAYS = "个工作日"


Counted = Steps | Spent | Repeated | Checks | Within | Holding | Untouched | Rolling | Rated
"""What a figure can be counted of."""


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
    of: Counted
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
            return f"近 {self.of.months} 个月没有" if isinstance(self.of, Rolling) else "本月没有"
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
            case Within() as of:
                still = f"，其中 {waiting} {self.counts}还没有签发" if waiting else ""
                late = f"，{missed} {self.counts}超过 {of.hours} 小时" if missed else "都在时限内"
                return f"{n} {self.counts}{late}{still}"
            case Holding():
                return (
                    f"{n} {self.counts}，{missed} {self.counts}不符合"
                    if missed
                    else f"{n} {self.counts}都符合"
                )
            case Untouched():
                return f"下达 {n} {self.counts}，被退回或更正 {missed} {self.counts}"
            case Rated():
                return f"{n} {self.counts}，3 分及以下 {missed} {self.counts}"
            case Rolling() as of:
                return f"近 {of.months} 个月 {n} {self.counts}，其中 {n - missed} {self.counts}"

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


REMOTE = "remote_share"
"""The measure of remote meetings."""

LEAST_MEETINGS = 10
"""Below so many meetings their share of remote ones says nothing (C16)."""


def _confirmed_before(data: Data) -> bool:
    """The three confirmations stand, and before the meeting began; of a case as it is stored."""
    keys = ("venue_confirmed_at", "list_confirmed_at", "materials_confirmed_at")
    made = [datetime.fromisoformat(data[key]) for key in keys if data.get(key)]
    return len(made) == len(keys) and max(made) <= datetime.fromisoformat(data["begun_at"])


def _one_of_each(data: Data) -> bool | None:
    """Exactly one file of minutes and one of tasks; of a classified meeting no file is kept (C23)."""
    if data.get("secrecy_level") != Grade.OPEN.label:
        return None
    return all(len(data.get(key) or ()) == 1 for key in ("minutes_file", "supervision_file"))


def _with_remote(data: Data) -> bool:
    """Somebody took part from elsewhere."""
    return bool(data.get("mode") != ON_SITE)


def _is_adopted(data: Data) -> bool:
    """The advice was adopted, if in part."""
    return is_adopted(data.get("decision"))


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
    Measure(
        key="three_confirmations",
        title="会前三确认",
        unit=Unit.SHARE,
        better=HIGHER,
        target=100,
        of=Holding(process=MEETING, done=("begin",), holds=_confirmed_before),
        rule="R31 场地设备、参会名单、材料版本都在开会前确认",
        counts="次",
    ),
    Measure(
        key="minutes_24",
        title="纪要 24 小时内签发",
        unit=Unit.SHARE,
        better=HIGHER,
        target=None,
        of=Within(process=MEETING, done=("sign_minutes",), since="ended_at", hours=24),
        rule="R37、C1 24 小时为目标，与 48 小时的限并列",
        counts="份",
    ),
    Measure(
        key="minutes_48",
        title="纪要 48 小时内签发",
        unit=Unit.SHARE,
        better=HIGHER,
        target=100,
        of=Within(process=MEETING, done=("sign_minutes",), since="ended_at", hours=48),
        rule="R38、C1 48 小时为限，超过的计为违规",
        counts="份",
    ),
    Measure(
        key="minutes_and_tasks",
        title="一纪要一督办表",
        unit=Unit.SHARE,
        better=HIGHER,
        target=100,
        of=Holding(process=MEETING, done=("archive",), holds=_one_of_each),
        rule="R39 每次会议正好一份纪要、一份督办表",
        counts="次",
    ),
    Measure(
        key="split_right",
        title="任务分解准确率",
        unit=Unit.SHARE,
        better=HIGHER,
        target=95,
        of=Untouched(
            process=TASK, parent=MEETING, touched=("object_to_task", "amend_task", "return_task", "correct")
        ),
        rule="R42、C14 未被责任人或审核人退回、更正的任务 ÷ 下达的任务",
        counts="项",
    ),
    _in_time("tasks_reported", "督办任务按节点反馈", Steps(process=TASK, done=("report",)), "R40", "项"),
    Measure(
        key="meeting_satisfaction",
        title="参会满意率",
        unit=Unit.SHARE,
        better=HIGHER,
        target=TARGET,
        of=Rated(process=MEETING, survey="meeting"),
        rule="R43、C13 会后匿名调查，4–5 分的份额；不足 5 份的会议不计",
        counts="份答卷",
    ),
    _in_time("meeting_steps", "会议各步按时", Steps(process=MEETING), "R71"),
    Measure(
        key=REMOTE,
        title="线上会议占比",
        unit=Unit.SHARE,
        better=LOWER,
        target=None,
        of=Rolling(process=MEETING, done=("begin",), holds=_with_remote),
        rule="R45、C16 近 12 个月满 10 次，超过 50% 时增补《远程会议组织SOP》",
        counts="次",
    ),
    _in_time(
        "gates",
        "简报三关按时",
        Steps(process=BRIEFING, done=("pass_figures", "pass_logic", "approve")),
        "R61 每关 1 个工作日",
        "关",
    ),
    Measure(
        key="figures_wrong",
        title="简报数据差错率",
        unit=Unit.SHARE,
        better=LOWER,
        target=3,
        of=Checks(process=BRIEFING, made="figures_made", failed="figures_wrong", afterwards=True),
        rule="R63、C11 第一关查出的和印发后发现的差错 ÷ 核验的数字",
        counts="个数字",
    ),
    Measure(
        key="advice_adopted",
        title="建议采纳率",
        unit=Unit.SHARE,
        better=HIGHER,
        target=60,
        of=Holding(process=ADVICE, done=("decide",), holds=_is_adopted),
        rule="R65、C12 采纳的 ÷ 已答复的；部分采纳计为采纳，未答复的不计",
        counts="条",
    ),
    _in_time(
        "advice_answered", "建议按期答复", Steps(process=ADVICE, done=("decide",)), "C12 未答复的单列", "条"
    ),
)
"""Every figure of documents, meetings and their tasks, and briefings, in the order in which they are shown."""


def calls_for_the_remote_sop(n: int, remote: int) -> bool:
    """Whether so many remote ones of so many meetings call for the 《远程会议组织SOP》: strictly more than half (C16)."""
    return n >= LEAST_MEETINGS and 2 * remote > n


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

"""What can be done to any case, defined once: notes, hands, clocks, corrections, ways back.

Each is an event with a reason. A standing action never knows a process; what is special about it
is a row in one of the tables below: who may (`ACTIONS`), when not (`_WHY_NOT`), what its answers
come to (`_SETTLE`), how deadlines move (`_DUES`) and what it does to the case (`EFFECTS`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from core.deadlines import moment_of
from core.fields import Field, Json, Kind
from core.people import ASSIGNABLE, DEPARTMENT, SYSTEM, Grade, Person, Role
from core.process import Action
from core.slips import Colour
from core.worktime import WorkingCalendar

if TYPE_CHECKING:
    from core.case import Case, Event

URGE_INTERVAL = timedelta(hours=2)
"""The least time between two urgings of one case (N2), in plain hours."""

_REASON = Field(key="reason", title="理由", kind=Kind.TEXT)
_OVERSEE = frozenset({Role.DIRECTOR, Role.SECRETARY})
_IN_HAND = _OVERSEE | {Role.HANDLER}


def _action(key: str, title: str, by: frozenset[Role], *asks: Field) -> Action:
    return Action(key=key, title=title, by=by, asks=asks, quiet=True)


ACTIONS: dict[str, Action] = {
    action.key: action
    for action in (
        _action("note", "批注", frozenset(ASSIGNABLE), Field(key="text", title="批注", kind=Kind.TEXT)),
        _action("claim", "接办", frozenset({Role.HANDLER})),
        _action("reassign", "转办", _IN_HAND, Field(key="to", title="转给", kind=Kind.PERSON), _REASON),
        _action("delegate", "委派", _IN_HAND, Field(key="to", title="委派给", kind=Kind.PERSON), _REASON),
        _action(
            "urge",
            "催办",
            _OVERSEE | {Role.LEADER},
            Field(key="text", title="催办意见", kind=Kind.LINE, required=False),
        ),
        _action("pause", "暂停计时", _IN_HAND, _REASON),
        _action("resume", "恢复计时", _IN_HAND, replace(_REASON, required=False)),
        _action(
            "ask_extension",
            "申请延期",
            _IN_HAND,
            Field(key="until", title="延至", kind=Kind.DATE),
            _REASON,
        ),
        _action(
            "decide_extension",
            "审批延期",
            frozenset({Role.DIRECTOR, Role.LEADER}),
            Field(key="decision", title="审批结果", kind=Kind.CHOICE, options=("同意", "不同意")),
            Field(key="text", title="审批意见", kind=Kind.LINE, required=False),
        ),
        _action(
            "correct",
            "更正",
            _OVERSEE,
            Field(key="item", title="更正哪一项"),
            Field(key="value", title="改为", kind=Kind.TEXT, required=False),
            _REASON,
        ),
        _action("withdraw", "撤回", frozenset(ASSIGNABLE), _REASON),
        _action("void", "作废", _OVERSEE | {Role.SYSTEM}, _REASON),
        _action("restore", "恢复", _OVERSEE, _REASON),
        _action(
            "issue_slip",
            "签发督办单",
            frozenset({Role.SYSTEM}),
            Field(key="colour", title="督办单", kind=Kind.CHOICE, options=tuple(Colour)),
            Field(key="slip_number", title="单号"),
            Field(key="because", title="事由"),
        ),
        _action(
            "remind",
            "提醒",
            frozenset({Role.SYSTEM}),
            Field(key="times", title="第几次", kind=Kind.NUMBER),
        ),
        _action(
            "recount",
            "时限随日历调整",
            frozenset({Role.SYSTEM}),
            Field(key="due", title="本步时限", kind=Kind.MOMENT, required=False),
            Field(key="case_due", title="全程时限", kind=Kind.MOMENT, required=False),
            replace(_REASON, title="依据"),
        ),
    )
}
"""The standing actions by key, in the order in which they are offered."""

ON_CLOSED = frozenset({"note", "correct", "restore", "remind"})
"""Those that can still be done to a closed case."""

ASIDE = frozenset({"note", "urge", "issue_slip", "remind", "recount"})
"""Those beside the work: whoever is filling in a form goes on, and the last step stays the last."""

MOVES_DUE = frozenset({"resume", "decide_extension", "correct", "withdraw", "restore", "recount"})
"""Those that may move a deadline (see `dues`)."""

CORRECTABLE = frozenset(
    {Kind.LINE, Kind.TEXT, Kind.NUMBER, Kind.DATE, Kind.MOMENT, Kind.CHOICE, Kind.GRADE, Kind.YES_NO}
)


# --- when not -------------------------------------------------------------------------------


def why_not(case: Case, key: str, by: Person, now: datetime, children: Sequence[Case]) -> str | None:
    """Why a standing action cannot be taken now, roles aside."""
    if not case.is_open and key not in ON_CLOSED:
        return "本件已办结，不能再办理这一步"
    rule = _WHY_NOT.get(key)
    return rule(case, by, now, children) if rule else None


def _no_claim(case: Case, by: Person, now: datetime, children: Sequence[Case]) -> str | None:
    return None if case.owner.startswith(DEPARTMENT) else "本件已有经办人"


def _no_urge(case: Case, by: Person, now: datetime, children: Sequence[Case]) -> str | None:
    if case.paused_at:
        return "计时已暂停，暂不催办"
    if case.urged_at and now - case.urged_at < URGE_INTERVAL:
        wait = -(-(URGE_INTERVAL - (now - case.urged_at)) // timedelta(minutes=1))
        return f"刚催办过，{wait} 分钟后可再次催办"
    return None


def _no_pause(case: Case, by: Person, now: datetime, children: Sequence[Case]) -> str | None:
    return "计时已经暂停" if case.paused_at else None if case.due_at else "本步没有时限，不必暂停"


def _no_resume(case: Case, by: Person, now: datetime, children: Sequence[Case]) -> str | None:
    return None if case.paused_at else "计时没有暂停"


def _no_asking(case: Case, by: Person, now: datetime, children: Sequence[Case]) -> str | None:
    if case.due_at is None:
        return "本步没有时限，不必延期"
    if case.extension:
        return "已有一份延期申请待审批"
    return "已过时限，延期须在到期前申请" if case.is_overdue(now) else None


def _no_deciding(case: Case, by: Person, now: datetime, children: Sequence[Case]) -> str | None:
    if not case.extension:
        return "没有待审批的延期申请"
    return "延期须由他人审批" if case.extension["by"] == by.id else None


def _no_withdrawal(case: Case, by: Person, now: datetime, children: Sequence[Case]) -> str | None:
    if case.previous is None or case.last_actor != by.id:
        return "只能撤回您本人刚办理、且后面无人办理的一步"
    if any(action.final for action in case.previous.stage.actions if action.key == case.last_action):
        return "这一步办理后不能撤回"
    opened = (child for child in children if case.asks_for(child) and not case.previous.asks_for(child))
    if any(child.seq > 1 for child in opened):
        return "下一步已有人办理，不能撤回"
    return None


def _no_restoring(case: Case, by: Person, now: datetime, children: Sequence[Case]) -> str | None:
    if not case.voided:
        return "本件没有作废，不必恢复"
    return "上级事项作废时一并作废的，请恢复上级事项" if case.voided_by == SYSTEM.id else None


_Rule = Callable[["Case", Person, datetime, "Sequence[Case]"], "str | None"]
_WHY_NOT: dict[str, _Rule] = {
    "claim": _no_claim,
    "urge": _no_urge,
    "pause": _no_pause,
    "resume": _no_resume,
    "ask_extension": _no_asking,
    "decide_extension": _no_deciding,
    "withdraw": _no_withdrawal,
    "restore": _no_restoring,
}


# --- what the answers come to ---------------------------------------------------------------


def settle(
    case: Case,
    key: str,
    data: dict[str, Json],
    by: Person,
    calendar: WorkingCalendar,
    children: Sequence[Case],
) -> tuple[dict[str, Json], dict[str, str]]:
    """The answers as they are recorded, and what is wrong with them beyond their kind."""
    if key == "correct":
        return _settle_correction(case, data, by, calendar, children)
    if key == "ask_extension":
        until = calendar.closing(date.fromisoformat(data["until"]))
        late = case.due_at is not None and until <= case.due_at
        return data, {"until": "延至的日期要晚于现在的时限"} if late else {}
    if key == "recount":
        was = {"due_was": case.due_at, "case_due_was": case.case_due_at}
        return {**data, **{k: at.isoformat() if at else None for k, at in was.items()}}, {}
    return data, {}


def _settle_correction(
    case: Case, data: dict[str, Json], by: Person, calendar: WorkingCalendar, children: Sequence[Case]
) -> tuple[dict[str, Json], dict[str, str]]:
    """A correction holds the field, its value before and after; the field's own rules decide."""
    field = case.process.fields.get(data["item"])
    if field is None or field.kind not in CORRECTABLE or field.key not in case.data:
        return data, {"item": "请选择要更正的一项"}
    if not field.correctable:
        return data, {"item": f"“{field.title}”已按步骤审核，不能直接更正，请退回修改"}
    if field.key in case.process.numbers:
        return data, {"item": f"“{field.title}”由程序编给，不能更正"}
    value, problem = field.take(_meant(field, data["value"], calendar))
    kept = any(_has_content(one) for one in (case, *children))
    if not problem and field.kind is Kind.GRADE and kept and Grade.labelled(value).classified:
        problem = "本件已存有内容，不能改为涉密：请作废本件，另按涉密件只登记"
    if not problem and field.kind is Kind.GRADE and Role.DIRECTOR not in by.roles and _lowers(case, value):
        problem = "降低密级须由办公室主任更正"
    if not problem and case.grade.classified and field.carries_content and value:
        problem = "涉密件只登记、不存内容"
    was = field.pack(case.data[field.key])
    return {**data, "value": field.pack(value), "was": was}, {"value": problem} if problem else {}


def _lowers(case: Case, grade: str) -> bool:
    return Grade.labelled(grade) < case.grade


def _meant(field: Field, typed: str | None, calendar: WorkingCalendar) -> Any:
    """What was typed for a field of this kind: a moment without a zone is one of the office's."""
    if field.kind is Kind.YES_NO:
        return {"是": True, "否": False}.get(typed or "", typed)
    if field.kind is not Kind.MOMENT or not typed:
        return typed
    with suppress(ValueError):
        moment = datetime.fromisoformat(typed)
        return moment if moment.tzinfo else moment.replace(tzinfo=calendar.zone)
    return typed


def _has_content(case: Case) -> bool:
    return any(case.data.get(f.key) for f in case.process.fields.values() if f.carries_content)


# --- how deadlines move ---------------------------------------------------------------------


def dues(
    case: Case, key: str, data: dict[str, Json], now: datetime, calendar: WorkingCalendar
) -> tuple[datetime | None, datetime | None]:
    """The deadlines of the step and of the whole after the action."""
    if key == "withdraw" and case.previous:
        return case.previous.due_at, case.previous.case_due_at
    if key == "resume" and case.paused_at:
        return tuple(_later(d, case.paused_at, now, calendar) for d in (case.due_at, case.case_due_at))  # type: ignore[return-value]
    if key == "restore":  # the time it lay aside is nobody's delay
        since = case.paused_at or case.voided_at or now
        return _later(case.due_at, since, now, calendar), _later(case.case_due_at, since, now, calendar)
    if key == "decide_extension" and case.extension and data["decision"] == "同意":
        until = calendar.closing(date.fromisoformat(case.extension["until"]))
        return until, max(until, case.case_due_at) if case.case_due_at else None
    if key == "correct":
        return _recounted(case, data, calendar)
    if key == "recount":
        return tuple(datetime.fromisoformat(d) if d else None for d in (data["due"], data["case_due"]))  # type: ignore[return-value]
    return case.due_at, case.case_due_at


def _later(
    due: datetime | None, since: datetime, now: datetime, calendar: WorkingCalendar
) -> datetime | None:
    """The deadline with the working time that was left when the clock stopped (N8).

    Where none was left but plain time, as in a night of the 24 hours, the plain time.
    """
    if due is None or due <= since:
        return due
    left = calendar.between(since, due)
    return calendar.plus(now, left) if left else now + (due - since)


def _recounted(
    case: Case, data: dict[str, Json], calendar: WorkingCalendar
) -> tuple[datetime | None, datetime | None]:
    """The deadlines counted from a date that was corrected; others stay."""
    field = case.process.fields[data["item"]]
    known = {**case.data, field.key: field.unpack(data["value"])}
    step, whole = case.stage.due, case.process.due
    return (
        moment_of(step, known, case.entered_at, calendar)
        if step and step.reads == field.key
        else case.due_at,
        moment_of(whole, known, case.opened_at, calendar)
        if whole and whole.reads == field.key
        else case.case_due_at,
    )


def goes_back(key: str) -> bool:
    """Whether the action returns the case to the step before."""
    return key == "withdraw"


# --- what it does to the case ---------------------------------------------------------------


def _nothing(case: Case, event: Event) -> Case:
    return case


def _claimed(case: Case, event: Event) -> Case:
    return case.but(owner=event.by)


def _reassigned(case: Case, event: Event) -> Case:
    return case.but(owner=event.data["to"], delegated_by="")


def _delegated(case: Case, event: Event) -> Case:
    return case.but(owner=event.data["to"], delegated_by=case.owner or event.by)


def _urged(case: Case, event: Event) -> Case:
    return case.but(urged=case.urged + 1, urged_at=event.at)


def _paused(case: Case, event: Event) -> Case:
    return case.but(paused_at=event.at)


def _resumed(case: Case, event: Event) -> Case:
    return case.but(paused_at=None)


def _asked(case: Case, event: Event) -> Case:
    return case.but(extension={**event.data, "by": event.by})


def _decided(case: Case, event: Event) -> Case:
    return case.but(extension=None)


def _corrected(case: Case, event: Event) -> Case:
    field: Any = case.process.fields[event.data["item"]]
    return case.but(data={**case.data, field.key: field.unpack(event.data["value"])})


def _withdrawn(case: Case, event: Event) -> Case:
    """As before the step; what happened is still in the trace."""
    if case.previous is None:
        return case
    return case.previous.but(
        root_id=case.root_id,
        inherited=case.inherited,
        seq=case.seq,
        actors=case.actors,
        last_at=case.last_at,
        last_actor=case.last_actor,
        last_action=case.last_action,
        changed=case.changed,
        family=case.family,
    )


def _voided(case: Case, event: Event) -> Case:
    return case.but(voided_by=event.by, voided_at=event.at, previous=None)


def _restored(case: Case, event: Event) -> Case:
    return case.but(voided_by="", voided_at=None, paused_at=None)


def _reminded(case: Case, event: Event) -> Case:
    return case.but(reminded=event.data["times"])


def _slipped(case: Case, event: Event) -> Case:
    return case.but(slip=event.data["colour"])


EFFECTS: dict[str, Callable[[Case, Event], Case]] = {
    "note": _nothing,
    "claim": _claimed,
    "reassign": _reassigned,
    "delegate": _delegated,
    "urge": _urged,
    "pause": _paused,
    "resume": _resumed,
    "ask_extension": _asked,
    "decide_extension": _decided,
    "correct": _corrected,
    "withdraw": _withdrawn,
    "void": _voided,
    "restore": _restored,
    "issue_slip": _slipped,
    "remind": _reminded,
    "recount": _nothing,
}


# --- who is told ----------------------------------------------------------------------------


def told(case: Case, key: str, data: dict[str, Json]) -> tuple[str, str] | None:
    """Whom a standing action concerns who would not see it on their desk, and what to tell them."""
    if key == "decide_extension" and case.extension:
        words = "；".join(filter(None, (f"延期申请：{data['decision']}", data.get("text"))))
        return str(case.extension["by"]), words
    return None

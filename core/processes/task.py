"""A supervised task: who, what, by when, judged by what (R40), reported and accepted."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from core.case import Case
from core.fields import Field, Kind
from core.people import Role
from core.process import Action, Check, Due, Numbering, Papers, Process, Stage, Tells
from core.worktime import Limit

KEY = "task"

V1 = Process(
    key=KEY,
    title="督办事项",
    family="文书处理",
    purpose="交办的事有人办、有节点、有标准，办完有反馈。",
    version=1,
    in_force_from=date(2026, 1, 1),
    number=Numbering("number", lambda data, office, year: f"督〔{year}〕{{n}}号"),
    names="title",
    opening="下达",
    opened_by=frozenset({Role.SYSTEM}),
    child=True,
    opens_with=(
        Field(key="title", title="任务描述"),
        Field(key="urgency", title="紧急程度", required=False),
        Field(key="department", title="责任部门", kind=Kind.DEPARTMENT),
        Field(key="milestone", title="节点", kind=Kind.DATE),
        Field(key="acceptance", title="验收标准", kind=Kind.TEXT),
    ),
    register=("title", "department", "milestone", "acceptance"),
    stages=(
        Stage(
            key="in_hand",
            title="承办",
            does="责任部门接办，按节点办理，写明办理结果后反馈。",
            inputs=("督办任务单（任务描述、责任人、节点、验收标准）",),
            outputs=("办理结果",),
            duty=Role.HANDLER,
            assignee="department",
            due=Due(on="milestone", rule="R40 每项任务有责任人、节点、验收标准"),
            actions=(
                Action(
                    key="report",
                    title="反馈结果",
                    to="review",
                    by=frozenset({Role.HANDLER}),
                    asks=(
                        Field(key="result", title="办理结果", kind=Kind.TEXT, carries_content=True),
                        Field(
                            key="result_files",
                            title="佐证材料",
                            kind=Kind.FILES,
                            required=False,
                            carries_content=True,
                        ),
                    ),
                ),
            ),
            spot_checks=("结果是否逐条对应验收标准？",),
        ),
        Stage(
            key="review",
            title="审核办结",
            does="对照验收标准审核：符合的办结销号，不符合的写明原因退回，节点不变。",
            inputs=("办理结果",),
            outputs=("审核意见",),
            duty=Role.SECRETARY,
            due=Due(Limit(days=1), rule="本办设定：反馈后 1 个工作日内审核"),
            actions=(
                Action(
                    key="close_out",
                    title="办结销号",
                    to="closed",
                    by=frozenset({Role.SECRETARY, Role.DIRECTOR}),
                    asks=(Field(key="review", title="审核意见", required=False),),
                ),
                Action(
                    key="return_task",
                    title="退回重办",
                    to="in_hand",
                    by=frozenset({Role.SECRETARY, Role.DIRECTOR}),
                    quiet=True,
                    asks=(Field(key="returned_because", title="退回原因", kind=Kind.TEXT),),
                ),
            ),
        ),
        Stage(key="closed", title="已办结", does="任务办结销号。", duty=Role.SECRETARY),
    ),
)

_IN_HAND, _REVIEW, _CLOSED = V1.stages

_OWNER = Field(
    key="owner",
    title="责任人",
    kind=Kind.PERSON,
    required=False,
    help="会议议定的任务落实到人；来文交办的先到部门",
)
_CHECKERS = frozenset({Role.SECRETARY, Role.DIRECTOR})

V2 = replace(
    V1,
    version=2,
    in_force_from=date(2026, 10, 1),
    purpose="交办的事有人办、有节点、有标准，办完有反馈；来文交办的到部门，会议议定的到人。",
    opens_with=(
        *(replace(f, required=False) if f.key == "department" else f for f in V1.opens_with),
        _OWNER,
        Field(key="row", title="任务表第几项", kind=Kind.NUMBER, required=False, at_least=1),
    ),
    register=("title", "owner", "department", "milestone", "acceptance"),
    papers=Papers(further=("task_order",)),
    stages=(
        replace(
            _IN_HAND,
            does="责任人接办，按节点办理，写明办理结果后反馈；任务写得不对的，退回分解的人更正。",
            assignee=("owner", "department"),
            actions=(
                *_IN_HAND.actions,
                Action(
                    key="object_to_task",
                    title="任务有误，退回更正",
                    to="amending",
                    by=frozenset({Role.HANDLER}),
                    quiet=True,
                    asks=(Field(key="objected_because", title="哪里不对", kind=Kind.TEXT),),
                ),
            ),
        ),
        Stage(
            key="amending",
            title="更正任务",
            scene="承办",
            does="分解的人按退回的意见更正责任人、节点或验收标准，再下达。",
            inputs=("责任人的意见",),
            outputs=("更正后的任务",),
            duty=Role.SECRETARY,
            due=Due(Limit(days=1), rule="本办设定：退回后 1 个工作日内更正"),
            actions=(
                Action(
                    key="amend_task",
                    title="更正后再下达",
                    to="in_hand",
                    by=_CHECKERS,
                    calls_back=True,
                    tells=Tells("amended_because"),
                    asks=(
                        Field(key="title", title="任务描述"),
                        replace(_OWNER, help=""),
                        Field(key="milestone", title="节点", kind=Kind.DATE),
                        Field(key="acceptance", title="验收标准", kind=Kind.TEXT),
                        Field(key="amended_because", title="更正说明", required=False),
                    ),
                    checks=(
                        Check(
                            "请写明责任人",
                            lambda d: bool(d.get("owner") or d.get("department")),
                            at="owner",
                        ),
                    ),
                ),
            ),
        ),
        _REVIEW,
        _CLOSED,
    ),
)

VERSIONS = (V1, V2)


def issued(children: Iterable[Case]) -> list[Case]:
    """The tasks among the children of a case, in their order; void ones left out."""
    return [child for child in children if child.process.key == KEY and not child.voided]

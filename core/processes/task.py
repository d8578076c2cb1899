"""A supervised task: who, what, by when, judged by what (R40), reported and accepted."""

from datetime import date

from core.fields import Field, Kind
from core.policy import Role
from core.process import Action, Due, Numbering, Process, Stage
from core.worktime import Limit

V1 = Process(
    key="task",
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

VERSIONS = (V1,)

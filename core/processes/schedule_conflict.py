"""A conflict on the schedule that somebody has to decide: too many important things at one time (R49, R50)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from core.fields import Field, Kind
from core.people import Role
from core.process import Action, Check, Due, Numbering, Papers, Process, Stage
from core.profile import OfficeProfile
from core.worktime import Limit

KEY = "schedule_conflict"
DECIDE = "decide"

MOVE, DELEGATE, ALLOW = "移动", "改派他人", "允许并行"
DECIDERS = frozenset({Role.DIRECTOR, Role.LEADER})

SIDES = Field(
    key="sides",
    title="冲突各方",
    kind=Kind.ROWS,
    fixed=True,
    columns=(
        Field(key="what", title="事项"),
        Field(key="sort", title="类别"),
        Field(key="time", title="时间"),
        Field(key="person", title="人员", kind=Kind.PERSON, required=False),
        Field(key="proposal", title="建议", required=False),
    ),
    help="第 1 项是新登记的，后面是已有的",
)

CONFLICT = (
    Field(key="title", title="冲突"),
    Field(key="secrecy_level", title="密级", kind=Kind.GRADE, default="非密"),
    SIDES,
    Field(key="alternatives", title="备选时间", kind=Kind.TEXT, required=False),
    Field(key="decider", title="审批人", kind=Kind.PERSON),
)
"""Both sides of the conflict, as the program found them."""

DECISION = (
    Field(key="decision", title="决定", kind=Kind.CHOICE, options=(MOVE, DELEGATE, ALLOW), fixed=True),
    Field(key="side", title="第几项让", kind=Kind.NUMBER, at_least=1, default=1, help="移动或改派冲突各方的第几项"),
    Field(key="moved_to", title="移到", kind=Kind.MOMENT, required=False, help="移动的写明新的开始时间"),
    Field(key="delegate", title="改派给", kind=Kind.PERSON, required=False),
    Field(key="reason", title="理由", fixed=True),
)  # fmt: skip


def _number(data: Mapping[str, Any], office: OfficeProfile, year: int) -> str:
    return f"日程〔{year}〕{{n}}号"


V1 = Process(
    key=KEY,
    title="日程冲突审批",
    family="事务协调",
    purpose="同一时段的重要活动达到阈值，由领导定：移动、改派还是并行；定了就改，改了就告知。",
    version=1,
    in_force_from=date(2026, 1, 1),
    number=Numbering("number", _number),
    names="title",
    opening="报批冲突",
    opened_by=frozenset({Role.SECRETARY, Role.MEMBER, Role.DIRECTOR, Role.LEADER}),
    opens_with=CONFLICT,
    register=("title", "decider", "decision", "reason"),
    papers=Papers(sheet="日程冲突审批单", ledger="日程冲突台账"),
    stages=(
        Stage(
            key="decision",
            title="冲突审批",
            does="看冲突各方的轻重：能移的移，能派人的派人，必须并行的写明理由。",
            inputs=("冲突各方、备选时间",),
            outputs=("决定和理由",),
            duty=Role.DIRECTOR,
            assignee="decider",
            due=Due(Limit(hours=4), rule="R49 重要活动冲突升级审批；本办设定 4 个工作小时"),
            actions=(
                Action(
                    key=DECIDE,
                    title="定下来",
                    to="decided",
                    by=DECIDERS,
                    final=True,
                    second_pair_of_eyes=True,
                    asks=DECISION,
                    checks=(
                        Check("请写明移到什么时间", lambda d: d["decision"] != MOVE or bool(d.get("moved_to")), at="moved_to"),
                        Check("请写明改派给谁", lambda d: d["decision"] != DELEGATE or bool(d.get("delegate")), at="delegate"),
                        Check("没有这一项，请看冲突各方的序号", lambda d: d["side"] <= len(d["sides"]), at="side"),
                    ),
                ),
            ),
            spot_checks=("决定是否写明理由？", "受影响的人是否都已告知？"),
        ),
        Stage(key="decided", title="已定", scene="冲突审批", does="日程已按决定更改，有关人员已告知。", duty=Role.DIRECTOR),
    ),
)  # fmt: skip

VERSIONS = (V1,)
"""One version so far."""

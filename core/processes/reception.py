"""Receptions: needs, an approved plan, the day itself, and what it cost (R51–R55; rules on official hospitality)."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from core.archiving import ARCHIVE
from core.fields import Field, Kind
from core.happening import Happens
from core.people import Role
from core.process import Action, Check, Due, Numbering, Papers, Process, Span, Stage, Tells
from core.profile import OfficeProfile
from core.worktime import Limit

KEY = "reception"

SECRETARY = frozenset({Role.SECRETARY})
ORGANISERS = SECRETARY | {Role.HANDLER}
DECIDERS = frozenset({Role.DIRECTOR, Role.LEADER})

LEVELS = ("省部级", "厅局级", "县处级", "其他")
HIGH_LEVELS = LEVELS[:2]
"""Guests whose visit is important where it clashes with something else (R49)."""
SPECIAL_NEEDS = ("清真餐", "素食", "无障碍设施", "医疗保障", "翻译", "携带设备", "少数民族习俗")

FEW_GUESTS, FEW_HOSTS = 10, 3
"""Up to so many guests, so many of the house may sit at table; of more guests a third."""

_FROM_TO = (
    Field(key="arrives_at", title="抵达时间", kind=Kind.MOMENT),
    Field(key="leaves_at", title="离开时间", kind=Kind.MOMENT),
)

RECEPTION = (
    Field(key="title", title="接待事项", help="如 接待省统计局调研组；涉密的请填不含秘密的名称"),
    Field(key="secrecy_level", title="密级", kind=Kind.GRADE, default="非密"),
    Field(key="visitor", title="来访单位"),
    Field(key="head_guest", title="主宾", required=False, help="姓名和职务"),
    Field(key="guest_level", title="接待层级", kind=Kind.CHOICE, options=LEVELS, fixed=True),
    Field(
        key="guest_count", title="人数", kind=Kind.NUMBER, at_least=1, fixed=True, help="来宾人数，不含陪同"
    ),
    *_FROM_TO,
    Field(key="host", title="主陪领导", kind=Kind.PERSON, help="审批方案"),
    Field(key="organiser", title="承办人", kind=Kind.PERSON, help="接待由谁负责到底"),
)
"""What is known when somebody announces a visit."""

NEEDS = (
    Field(key="visit_purpose", title="来访目的", kind=Kind.TEXT, carries_content=True),
    Field(
        key="special_needs", title="特殊要求", kind=Kind.CHOICES, options=SPECIAL_NEEDS, required=False, fixed=True,
        help="逐项问清；没有的不选",
    ),
    Field(key="needs_note", title="要求说明", required=False, help="如 清真餐 2 人，轮椅 1 位"),
    Field(
        key="letter", title="来访公函", kind=Kind.FILES, required=False, carries_content=True,
        help="公务接待须有公函；没有的写明原因",
    ),
    Field(key="letter_number", title="公函文号", required=False),
    Field(key="no_letter_because", title="没有公函的原因", required=False),
)  # fmt: skip

ITINERARY = Field(
    key="itinerary",
    title="行程",
    kind=Kind.ROWS,
    fixed=True,
    columns=(
        Field(key="begins", title="日期和时刻", help="如 12-03 09:30"),
        Field(key="activity", title="活动"),
        Field(key="place", title="地点"),
        Field(key="in_charge", title="负责人", kind=Kind.PERSON, required=False),
        Field(key="remark", title="备注", required=False),
    ),
    help="按先后一行一项；地点写清楚，路线图按它排",
)
STAFF = Field(
    key="staff",
    title="人员分工",
    kind=Kind.ROWS,
    fixed=True,
    columns=(
        Field(key="task", title="分工", help="如 接站、会务、用餐、车辆、讲解"),
        Field(key="person", title="人员", kind=Kind.PERSON),
        Field(key="phone", title="电话", required=False),
    ),
)
EMERGENCY = Field(
    key="emergency",
    title="应急联络",
    kind=Kind.ROWS,
    fixed=True,
    columns=(
        Field(key="matter", title="事项", help="如 医疗、车辆故障、安全、天气"),
        Field(key="whom", title="联系人"),
        Field(key="phone", title="电话"),
    ),
)
PLAN = (
    *_FROM_TO,
    ITINERARY,
    STAFF,
    EMERGENCY,
    Field(key="hosts_at_table", title="陪餐人数", kind=Kind.NUMBER, default=0, help="来宾 10 人以内不超过 3 人；超过 10 人的不超过来宾的三分之一"),
    Field(key="lodging", title="住宿安排", required=False),
    Field(key="vehicles", title="车辆安排", required=False),
    Field(key="budget", title="预计费用（元）", kind=Kind.NUMBER, default=0),
)  # fmt: skip
"""The plan: where and when, who does what, whom to call (R54)."""

SETTLEMENT = Field(
    key="settlement",
    title="接待清单",
    kind=Kind.ROWS,
    fixed=True,
    columns=(
        Field(key="item", title="项目", help="如 用餐、住宿、车辆"),
        Field(key="count", title="数量", kind=Kind.NUMBER, at_least=1, default=1),
        Field(key="amount", title="金额（元）", kind=Kind.NUMBER),
        Field(key="voucher", title="票据", required=False, help="票据号或张数"),
    ),
)


def hosts_allowed(guests: int) -> int:
    """How many of the house may sit at table with so many guests."""
    return FEW_HOSTS if guests <= FEW_GUESTS else guests // 3


def _hosts_few_enough(data: Mapping[str, Any]) -> bool:
    return bool(data["hosts_at_table"] <= hosts_allowed(data["guest_count"]))


def _open_and(of: Mapping[str, Any], key: str) -> bool:
    """Whether something is said, or may not be kept here (C23)."""
    return of.get("secrecy_level") != "非密" or bool(of.get(key))


def _number(data: Mapping[str, Any], office: OfficeProfile, year: int) -> str:
    return f"接〔{year}〕{{n}}号"


def _within(data: Mapping[str, Any]) -> bool:
    stay: timedelta = data["leaves_at"] - data["arrives_at"]
    return stay > timedelta()


V1 = Process(
    key=KEY,
    title="接待工作",
    family="事务协调",
    purpose="来宾的要求问得清，方案先批后办，当天各司其职，办完有清单、有总结。",
    version=1,
    in_force_from=date(2026, 1, 1),
    number=Numbering("number", _number),
    names="title",
    opening="登记接待",
    opened_by=frozenset({Role.SECRETARY, Role.MEMBER, Role.DIRECTOR, Role.LEADER}),
    opens_with=RECEPTION,
    register=("title", "visitor", "guest_level", "guest_count", "arrives_at", "host", "reference_code"),
    papers=Papers(
        sheet="接待方案",
        record="接待流转记录",
        ledger="事务协调台账",
        columns=(
            ("事项", ("title",)),
            ("来访单位", ("visitor",)),
            ("层级", ("guest_level",)),
            ("人数", ("guest_count",)),
            ("抵达", ("arrives_at",)),
            ("主陪", ("host",)),
        ),
        lists=(
            ("itinerary", "行程表"),
            ("staff", "人员分工表"),
            ("emergency", "应急联络表"),
            ("settlement", "接待清单"),
        ),
        item=("letter", "sheet", "itinerary", "staff", "emergency", "settlement", "record"),
    ),
    spans=(Span("登记至办结"),),
    happens=Happens(
        begins="arrives_at",
        ends="leaves_at",
        whom=("host", "organiser"),
        off=("called_off",),
        sort=lambda d: "临时",
        important=lambda d: d["guest_level"] in HIGH_LEVELS,
    ),
    stages=(
        Stage(
            key="needs",
            title="需求对接",
            does="与来访单位对接，问清接待层级、人数、特殊要求，收公函。",
            inputs=("来访通知、公函",),
            outputs=("接待需求（层级、人数、特殊要求）",),
            duty=Role.SECRETARY,
            assignee="organiser",
            due=Due(Limit(days=1), rule="本办设定：登记后 1 个工作日内对接清楚"),
            actions=(
                Action(
                    key="confirm_needs",
                    title="需求已对接",
                    to="plan",
                    by=ORGANISERS,
                    asks=NEEDS,
                    checks=(
                        Check(
                            "公务接待要有公函：请放入公函或写文号；没有的写明原因",
                            lambda d: (
                                bool(d.get("letter") or d.get("letter_number"))
                                or _open_and(d, "no_letter_because")
                            ),
                            at="letter",
                        ),
                    ),
                ),
            ),
            spot_checks=("特殊要求是否逐项问清？", "公函是否在接待之前收到？"),
        ),
        Stage(
            key="plan",
            title="方案拟定",
            scene="方案报批",
            does="排行程、定路线、分工到人、列应急联络，陪餐人数按规定，报主陪领导审批。",
            inputs=("接待需求",),
            outputs=("接待方案：行程、分工、应急联络",),
            duty=Role.SECRETARY,
            assignee="organiser",
            due=Due(Limit(days=2), before="arrives_at", rule="本办设定：抵达前 2 个工作日报批"),
            actions=(
                Action(
                    key="submit_plan",
                    title="方案报批",
                    to="approval",
                    by=ORGANISERS,
                    asks=PLAN,
                    checks=(
                        Check("离开时间要晚于抵达时间", _within, at="leaves_at"),
                        Check(
                            "陪餐人数超过规定：来宾 10 人以内不超过 3 人，超过 10 人的不超过来宾的三分之一",
                            _hosts_few_enough,
                            at="hosts_at_table",
                        ),
                    ),
                ),
            ),
            spot_checks=("特殊要求在行程里是否都有安排？",),
        ),
        Stage(
            key="approval",
            title="方案审批",
            scene="方案报批",
            does="审方案：同意的按方案办，要改的写明意见退回；没有批准不得接待。",
            inputs=("接待方案",),
            outputs=("审批意见",),
            duty=Role.DIRECTOR,
            assignee="host",
            due=Due(Limit(days=1), before="arrives_at", rule="R53 先批后办；本办设定：抵达前 1 个工作日批复"),
            actions=(
                Action(
                    key="approve_plan",
                    title="同意",
                    to="execution",
                    by=DECIDERS | {Role.HANDLER},
                    second_pair_of_eyes=True,
                    tells=Tells("approval_opinion", to="organiser"),
                    asks=(Field(key="approval_opinion", title="审批意见", required=False, help="留空即同意"),),
                ),
                Action(
                    key="return_plan",
                    title="退回修改",
                    to="plan",
                    by=DECIDERS | {Role.HANDLER},
                    quiet=True,
                    tells=Tells("returned_because", to="organiser"),
                    asks=(Field(key="returned_because", title="退回意见", kind=Kind.TEXT),),
                ),
            ),
        ),
        Stage(
            key="execution",
            title="行程执行",
            does="按方案执行，逐项记完成；有变化的当场记下，出了状况按应急联络处置。",
            inputs=("批准的方案、接待手册",),
            outputs=("行程执行记录",),
            duty=Role.SECRETARY,
            assignee="organiser",
            due=Due(Limit(hours=4), after="leaves_at", rule="本办设定：来宾离开后 4 个工作小时内收尾"),
            actions=(
                Action(
                    key="finish",
                    title="行程结束",
                    to="summary",
                    by=ORGANISERS,
                    asks=(Field(key="execution_note", title="执行情况", kind=Kind.TEXT, required=False, carries_content=True),),
                ),
                Action(
                    key="mark_item",
                    title="记一项",
                    by=ORGANISERS,
                    quiet=True,
                    aside=True,
                    asks=(
                        Field(key="item_no", title="行程第几项", kind=Kind.NUMBER, at_least=1),
                        Field(key="item_state", title="情况", kind=Kind.CHOICE, options=("已完成", "进行中", "取消", "有变化"), default="已完成"),
                        Field(key="item_note", title="说明", required=False, carries_content=True),
                    ),
                ),
                Action(
                    key="change_plan",
                    title="调整方案",
                    by=ORGANISERS,
                    quiet=True,
                    asks=(
                        ITINERARY,
                        STAFF,
                        EMERGENCY,
                        Field(key="changed_because", title="为什么调整"),
                    ),
                ),
                Action(
                    key="call_off",
                    title="接待取消",
                    to="called_off",
                    by=ORGANISERS | DECIDERS,
                    quiet=True,
                    asks=(Field(key="called_off_because", title="取消原因"),),
                ),
            ),
            spot_checks=("行程每一项是否都有记录？",),
        ),
        Stage(
            key="summary",
            title="总结反馈",
            does="填接待清单，如实列项目和金额，写总结：来宾反馈、做得好的、要改进的。",
            inputs=("行程执行记录、票据",),
            outputs=("接待清单、总结",),
            duty=Role.SECRETARY,
            assignee="organiser",
            due=Due(Limit(days=3), rule="R55；本办设定：行程结束后 3 个工作日内总结"),
            actions=(
                Action(
                    key="summarise",
                    title="总结完毕",
                    to="filing",
                    by=ORGANISERS,
                    asks=(
                        SETTLEMENT,
                        Field(key="actual_guests", title="实到来宾", kind=Kind.NUMBER, at_least=1),
                        Field(key="actual_hosts", title="实际陪餐", kind=Kind.NUMBER),
                        Field(key="guest_feedback", title="来宾反馈", kind=Kind.TEXT, required=False, carries_content=True),
                        Field(key="lessons", title="总结和改进", kind=Kind.TEXT, fixed=True, carries_content=True),
                    ),
                    checks=(
                        Check(
                            "实际陪餐人数超过规定，请核对；确实超过的写进总结并报主陪领导",
                            lambda d: d["actual_hosts"] <= hosts_allowed(d["actual_guests"]) or "陪餐" in (d.get("lessons") or ""),
                            at="actual_hosts",
                        ),
                    ),
                ),
            ),
            spot_checks=("清单与票据是否一致？", "总结里有没有改进的事项？"),
        ),
        Stage(
            key="filing",
            title="归档",
            scene="总结反馈",
            does="公函、方案、清单、总结合为一件，编档号归档。",
            inputs=("公函、方案、接待清单、总结",),
            outputs=("归档件（档号、保管期限）",),
            duty=Role.SECRETARY,
            assignee="organiser",
            due=Due(Limit(days=2), rule="C19 按件归档；时限为本办设定"),
            actions=(ARCHIVE,),
        ),
        Stage(key="called_off", title="已取消", scene="行程执行", does="接待取消，通知有关人员。", duty=Role.SECRETARY),
        Stage(key="archived", title="已归档", scene="总结反馈", does="归档完毕。", duty=Role.SECRETARY),
    ),
)  # fmt: skip

VERSIONS = (V1,)

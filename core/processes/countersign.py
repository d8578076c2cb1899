"""One department's countersignature of a draft: its part, what it answers for, and what it says (R17, R18)."""

from datetime import date

from core.fields import Field, Kind
from core.people import Role
from core.process import Action, Due, Numbering, Process, Span, Stage, Tells
from core.worktime import Limit

SIGNER = frozenset({Role.HANDLER})

_AGREE = Action(
    key="agree",
    title="同意会签",
    to="agreed",
    by=SIGNER,
    tells=Tells("opinion", to="drafter"),
    asks=(
        Field(
            key="opinion",
            title="会签意见",
            kind=Kind.TEXT,
            required=False,
            carries_content=True,
            help="没有意见的留空，即同意",
        ),
    ),
)
_REFUSE = Action(
    key="refuse",
    title="不同意，退改",
    to="objected",
    by=SIGNER,
    quiet=True,
    tells=Tells("objection", to="drafter"),
    asks=(
        Field(
            key="objection",
            title="理由和修改意见",
            kind=Kind.TEXT,
            carries_content=True,
            help="写明哪一处、怎样改；其他部门照常会签",
        ),
    ),
)

_SIGNED = Due(Limit(days=1), urgent=Limit(clock_hours=24), rule="R19 会签 1 个工作日；急件 24 小时")

V1 = Process(
    key="countersign",
    title="会签",
    family="文书处理",
    purpose="哪个部门对哪一部分、负什么责任，各自会签，意见留痕。",
    version=1,
    in_force_from=date(2026, 1, 1),
    number=Numbering("number", lambda data, office, year: f"签〔{year}〕{{n}}号"),
    names="title",
    opening="送会签",
    opened_by=frozenset({Role.SYSTEM}),
    child=True,
    opens_with=(
        Field(key="title", title="标题"),
        Field(key="urgency", title="紧急程度", required=False),
        Field(key="department", title="会签部门", kind=Kind.DEPARTMENT),
        Field(key="part", title="会签部分"),
        Field(key="responsibility", title="责任"),
        Field(key="drafter", title="拟稿人", kind=Kind.PERSON),
    ),
    spans=(Span("会签用时"),),
    register=("title", "department", "part", "responsibility", "opinion"),
    stages=(
        Stage(
            key="review",
            title="待会签",
            does="按部门联审清单审看本部门负责的部分，同意的会签，不同意的写明理由和修改意见。",
            inputs=("文稿、部门联审清单",),
            outputs=("会签意见",),
            duty=Role.HANDLER,
            assignee="department",
            due=_SIGNED,
            actions=(_AGREE, _REFUSE),
            spot_checks=("会签意见是否落到所负责的部分？",),
        ),
        Stage(
            key="objected",
            title="待修改",
            scene="待会签",
            does="拟稿人按意见修改文稿，或说明不改的理由，再送该部门会签；其他部门的会签不受影响。",
            inputs=("修改意见",),
            outputs=("修改说明",),
            duty=Role.HANDLER,
            assignee="drafter",
            due=Due(Limit(days=1), urgent=Limit(clock_hours=24), rule="本办设定：1 个工作日内改好再送"),
            actions=(
                Action(
                    key="resubmit",
                    title="改好再送",
                    to="second_review",
                    by=SIGNER | {Role.SECRETARY},
                    asks=(Field(key="changed", title="修改说明", kind=Kind.TEXT, carries_content=True),),
                ),
            ),
        ),
        Stage(
            key="second_review",
            title="再次会签",
            scene="待会签",
            does="看修改说明，同意的会签，仍不同意的再退改。",
            inputs=("修改说明、文稿",),
            outputs=("会签意见",),
            duty=Role.HANDLER,
            assignee="department",
            due=_SIGNED,
            actions=(_AGREE, _REFUSE),
        ),
        Stage(key="agreed", title="已会签", does="会签完成。", duty=Role.HANDLER),
    ),
)

VERSIONS = (V1,)

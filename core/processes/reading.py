"""One reader of a circulated document: sent, read, by whom and when (R9)."""

from datetime import date

from core.fields import Field, Kind
from core.people import Role
from core.process import Action, Due, Numbering, Process, Stage, Tells
from core.worktime import Limit

V1 = Process(
    key="reading",
    title="阅件",
    family="文书处理",
    purpose="文件去向随时可查：送给谁、何时送达、何时阅毕。",
    version=1,
    in_force_from=date(2026, 1, 1),
    number=Numbering("number", lambda data, office, year: f"阅〔{year}〕{{n}}号"),
    names="title",
    opening="送达",
    opened_by=frozenset({Role.SYSTEM}),
    child=True,
    opens_with=(
        Field(key="title", title="标题"),
        Field(key="urgency", title="紧急程度", required=False),
        Field(key="reader", title="阅件人", kind=Kind.PERSON),
        Field(key="tracker", title="跟踪人", kind=Kind.PERSON),
    ),
    register=("title", "reader", "tracker", "remark"),
    stages=(
        Stage(
            key="unread",
            title="待阅",
            does="阅读文件；有意见的写明意见，没有意见的直接阅毕。",
            inputs=("分送的文件",),
            outputs=("阅毕记录（阅件人、时间、意见）",),
            duty=Role.HANDLER,
            assignee="reader",
            due=Due(Limit(clock_hours=24), rule="R8 分送后 24 小时内送达首阅人；后续阅件人自送达起同样计时"),
            actions=(
                Action(
                    key="finish_reading",
                    title="阅毕",
                    to="read",
                    by=frozenset({Role.HANDLER}),
                    tells=Tells("remark", to="tracker"),
                    asks=(
                        Field(
                            key="remark",
                            title="阅件意见",
                            kind=Kind.TEXT,
                            required=False,
                            carries_content=True,
                        ),
                    ),
                ),
                Action(
                    key="record_paper_reading",
                    title="代记纸质阅毕",
                    to="read",
                    by=frozenset({Role.SECRETARY}),
                    quiet=True,
                    asks=(
                        Field(
                            key="remark",
                            title="阅件意见",
                            kind=Kind.TEXT,
                            required=False,
                            carries_content=True,
                        ),
                    ),
                ),
            ),
            spot_checks=("阅毕时间是否由阅件人本人或跟踪人如实记录？",),
        ),
        Stage(key="read", title="已阅", does="阅件完成。", duty=Role.HANDLER),
    ),
)

VERSIONS = (V1,)

"""Somebody who is told of an item of information: on every channel at once, and what they say to it (R58)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from core.amounts import why_not_amount
from core.fields import Field, Kind
from core.people import Role
from core.process import Action, Due, Numbering, Process, Sends, Stage, Tells
from core.worktime import Limit, WorkingCalendar

KEY = "informing"

FIGURES = Field(
    key="figures",
    title="数据",
    kind=Kind.ROWS,
    required=False,
    carries_content=True,
    columns=(
        Field(key="name", title="指标"),
        Field(key="value", title="数值", why_not=why_not_amount),
        Field(key="unit", title="单位", required=False),
        Field(key="on_year", title="同比（%）", required=False, why_not=why_not_amount),
        Field(key="on_period", title="环比（%）", required=False, why_not=why_not_amount),
    ),
)
SUMMARY = Field(key="summary", title="内容摘要", kind=Kind.TEXT, required=False, carries_content=True)
"""What an item says, on whosever desk it lies."""

READER = frozenset({Role.HANDLER})


def _words(data: Mapping[str, Any], calendar: WorkingCalendar) -> tuple[str, str]:
    by = f"请于 {calendar.spoken(data['read_by'])} 前登录阅示。"
    return f"信息（{data['label']}）：{data['title']}", f"信息（{data['label']}）：{data['title']}\n{by}"


V1 = Process(
    key=KEY,
    title="信息阅示",
    family="信息管理",
    purpose="该知道的人按时知道，谁看了、怎么批的，随时可查。",
    version=1,
    in_force_from=date(2026, 1, 1),
    number=Numbering("number", lambda data, office, year: f"信阅〔{year}〕{{n}}号"),
    names="title",
    opening="报送",
    opened_by=frozenset({Role.SYSTEM}),
    child=True,
    opens_with=(
        Field(key="title", title="标题"),
        Field(key="label", title="定级", help="紧急程度·重要程度"),
        Field(key="reader", title="阅示人", kind=Kind.PERSON),
        Field(key="tracker", title="跟踪人", kind=Kind.PERSON),
        Field(key="read_by", title="阅示截止", kind=Kind.MOMENT),
        SUMMARY,
        FIGURES,
    ),
    register=("title", "label", "figures", "reader", "tracker", "instruction"),
    stages=(
        Stage(
            key="unread",
            title="待阅示",
            does="看信息：知道了的点已阅，要办的写批示。",
            inputs=("定级的信息",),
            outputs=("已阅或批示",),
            duty=Role.HANDLER,
            assignee="reader",
            due=Due(on="read_by", rule="R58 按定级规则的时限"),
            sends=Sends(
                to="reader",
                words=_words,
                reminds=(Due(Limit(hours=1), before="read_by"),),
                escalates="tracker",
            ),
            actions=(
                Action(key="acknowledge", title="已阅", to="read", by=READER),
                Action(
                    key="instruct_on_it",
                    title="批示",
                    to="read",
                    by=READER,
                    tells=Tells("instruction", to="tracker"),
                    asks=(Field(key="instruction", title="批示", kind=Kind.TEXT, carries_content=True),),
                ),
                Action(
                    key="record_told",
                    title="代记已告知",
                    to="read",
                    by=frozenset({Role.SECRETARY}),
                    quiet=True,
                    asks=(
                        Field(key="told_how", title="怎样告知的", help="如 电话报告、当面汇报"),
                        Field(key="instruction", title="批示", kind=Kind.TEXT, required=False, carries_content=True),
                    ),
                ),
            ),
            spot_checks=("批示是否都已落实？",),
        ),
        Stage(key="read", title="已阅示", does="已经知道，批示转跟踪人落实。", duty=Role.HANDLER),
    ),
)  # fmt: skip

VERSIONS = (V1,)

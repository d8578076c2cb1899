"""Information: noted or collected, graded 红·黄·蓝 × 高·中·低, told to whom its cell obliges, filed by both labels
(R57–R60). What the reporters of the departments send (`report`) goes through the very same steps.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from core.errors import Refused
from core.evidence import Evidence
from core.fields import Field, Kind
from core.grading import (
    BECAUSE,
    IMPORTANCE,
    SUGGESTED,
    URGENCY,
    Suggestion,
    obligation,
    suggest,
    text_of,
    whom,
)
from core.people import Grade, Role
from core.process import Action, Due, Finds, Numbering, Opens, Papers, Process, Span, Stage
from core.processes.informing import FIGURES, SUMMARY
from core.profile import OfficeProfile
from core.worktime import Limit

KEY = "information"
ACCEPT = "accept_grade"
JUDGING = "judging"
"""The step from which on something counts as information, whichever way it came."""

SECRETARY = frozenset({Role.SECRETARY})
JUDGES = SECRETARY | {Role.DIRECTOR}

CHANNELS = ("内部", "外部")

FILES = Field(key="files", title="附件", kind=Kind.FILES, required=False, carries_content=True)
SECRECY = Field(key="secrecy_level", title="密级", kind=Kind.GRADE, default="非密")
TRACKER = Field(key="tracker", title="跟踪人", kind=Kind.PERSON, required=False)
TELL = Field(key="tell", title="告知", kind=Kind.PEOPLE, required=False)
TELL_BY = Field(key="tell_by", title="阅示截止", kind=Kind.MOMENT, required=False)

ITEM = (
    Field(key="title", title="标题", help="一句话说清什么事；涉密的请填不含秘密的名称"),
    SUMMARY,
    Field(key="channel", title="渠道", kind=Kind.CHOICE, options=CHANNELS, default=CHANNELS[0]),
    Field(key="source_name", title="来源", required=False, help="如 市统计局网站、销售部电话"),
    Field(key="source_link", title="网址", required=False),
    Field(key="monitor_point", title="监测点", required=False, help="如 政策变化、竞品动作"),
    Field(key="matched", title="命中关键词", required=False),
    Field(key="department", title="有关部门", kind=Kind.DEPARTMENT, required=False),
    Field(key="published_at", title="发布时间", kind=Kind.MOMENT, required=False),
    FIGURES,
    FILES,
    SECRECY,
)
"""What is known of an item when it is noted or taken over from a source."""

ALSO = Field(
    key="tell_also", title="另行告知", kind=Kind.PEOPLE, required=False, help="定级规定的人已自动告知"
)

_FOUND = (SUGGESTED, TRACKER, TELL, TELL_BY)


def _told(data: Mapping[str, Any], evidence: Evidence) -> dict[str, Any]:
    """Who is told of an item with these labels, by when, and who sees to it; never whoever graded it."""
    obliges = obligation(data[URGENCY.key], data[IMPORTANCE.key], evidence.grading)
    grade = Grade.labelled(data.get(SECRECY.key) or Grade.OPEN.label)
    people = (*whom(obliges, evidence.people, grade), *(data.get(ALSO.key) or ()))
    return {
        TRACKER.key: evidence.by,
        TELL.key: [who for who in dict.fromkeys(people) if who != evidence.by],
        TELL_BY.key: evidence.calendar.after(evidence.at, obliges.within),
    }


def _as_decided(data: Mapping[str, Any], evidence: Evidence) -> dict[str, Any]:
    """What follows from the labels that were chosen; `Refused` where they differ from the suggestion without a word."""
    said = suggest(text_of(data), evidence.grading)
    differs = (data[URGENCY.key], data[IMPORTANCE.key]) != (said.urgency, said.importance)
    if said.reasons and differs and not data.get(BECAUSE.key):
        raise Refused({BECAUSE.key: f"与建议“{said.urgency}·{said.importance}”不同，请写明定级理由"})
    return {SUGGESTED.key: said.words, **_told(data, evidence)}


def _as_suggested(data: Mapping[str, Any], evidence: Evidence) -> dict[str, Any]:
    """The labels that the rules suggest, and what follows from them."""
    said: Suggestion = suggest(text_of(data), evidence.grading)
    labels = {URGENCY.key: said.urgency, IMPORTANCE.key: said.importance}
    return {**labels, SUGGESTED.key: said.words, **_told({**data, **labels}, evidence)}


def _note(data: Mapping[str, Any], who: str) -> dict[str, Any]:
    """What somebody is told of an item."""
    return {
        "title": data["title"],
        "label": f"{data[URGENCY.key]}·{data[IMPORTANCE.key]}",
        "reader": who,
        "tracker": data[TRACKER.key],
        "read_by": data[TELL_BY.key],
        **{field.key: data.get(field.key) for field in (SUMMARY, FIGURES)},
    }


def _filed_under(data: Mapping[str, Any], office: OfficeProfile, year: int) -> str:
    """Filed by both labels: a series of its own for each of the nine cells in each year (R60)."""
    return f"信息·{year}-{data[URGENCY.key]}{data[IMPORTANCE.key]}-{{n:04}}"


_REGRADE = Action(
    key="regrade",
    title="调整定级",
    to="telling",
    by=JUDGES,
    quiet=True,
    calls_back=True,
    asks=(URGENCY, IMPORTANCE, replace(BECAUSE, title="调整理由", required=True, help=""), ALSO),
    finds=Finds(fields=_FOUND, look=_as_decided),
)

DROP = Action(
    key="drop",
    title="不采用",
    to="dropped",
    by=JUDGES,
    quiet=True,
    asks=(Field(key="dropped_because", title="不采用的原因", required=False, help="如 重复、与本单位无关"),),
)


def judging(*further: Action) -> Stage:
    """研判定级, with what else can be done there."""
    return Stage(
        key=JUDGING,
        title="研判定级",
        does="看建议和理由：同意的一点即定，不同意的另定并写明理由；没有用的不采用。",
        inputs=("信息内容、来源", "定级规则的建议"),
        outputs=("紧急程度（红、黄、蓝）和重要程度（高、中、低）",),
        duty=Role.SECRETARY,
        due=Due(Limit(hours=2), rule="R58、R59 定级；时限为本办设定"),
        actions=(
            Action(
                key=ACCEPT,
                title="按建议定级",
                to="telling",
                by=JUDGES,
                finds=Finds(fields=(URGENCY, IMPORTANCE, *_FOUND), look=_as_suggested),
            ),
            Action(
                key="grade",
                title="另行定级",
                to="telling",
                by=JUDGES,
                quiet=True,
                asks=(URGENCY, IMPORTANCE, BECAUSE, ALSO),
                finds=Finds(fields=_FOUND, look=_as_decided),
            ),
            *further,
            DROP,
        ),
        spot_checks=("红色信息是否在一小时内报到？", "与建议不同的定级是否写明理由？"),
    )


AFTER_GRADING = (
    Stage(
        key="telling",
        title="报送处置",
        does="按定级告知应当知道的人，短信、邮件、办公系统同时发出；到时没有阅示的催；批示转给跟踪人落实。",
        inputs=("定级结果",),
        outputs=("阅示记录（谁、何时、批示）",),
        duty=Role.SECRETARY,
        assignee="tracker",
        due=Due(on="tell_by", rule="R58 红色、重要程度高的 1 小时内报到；其余按定级规则"),
        opens=Opens(process="informing", each=("tell",), gives=_note, noun="阅示人", done="已阅示"),
        then=("told_all",),
        actions=(
            Action(key="told_all", title="阅示完毕", to="filing", by=frozenset({Role.SYSTEM})),
            Action(
                key="stop_waiting",
                title="不再等候阅示",
                to="filing",
                by=JUDGES,
                quiet=True,
                calls_back=True,
                asks=(Field(key="stopped_because", title="原因", help="如 已在会上汇报"),),
            ),
            _REGRADE,
        ),
        spot_checks=("该告知的人是否都在时限内告知？",),
    ),
    Stage(
        key="filing",
        title="归档",
        does="按紧急程度和重要程度分九格归档，编档号。",
        inputs=("定级结果、阅示记录",),
        outputs=("归档的信息（档号）",),
        duty=Role.SECRETARY,
        due=Due(Limit(days=5), rule="R60 按两个标签归档；时限为本办设定"),
        actions=(
            Action(
                key="archive",
                title="归档",
                to="archived",
                by=SECRETARY,
                numbers=Numbering("reference_code", _filed_under),
            ),
            _REGRADE,
        ),
    ),
    Stage(key="dropped", title="不采用", scene="研判定级", does="没有采用，留存备查。", duty=Role.SECRETARY),
    Stage(key="archived", title="已归档", scene="归档", does="归档完毕。", duty=Role.SECRETARY),
)
"""What follows the grading, of every kind of information."""

LEDGER = (
    ("标题", ("title",)),
    ("渠道", ("channel",)),
    ("来源", ("source_name",)),
    ("部门", ("department",)),
    ("紧急程度", ("info_urgency",)),
    ("重要程度", ("importance",)),
    ("档号", ("reference_code",)),
)

V1 = Process(
    key=KEY,
    title="信息",
    family="信息管理",
    purpose="内外信息收得全、判得准、报得快：红、黄、蓝定缓急，高、中、低定轻重，该谁知道按时知道。",
    version=1,
    in_force_from=date(2026, 1, 1),
    number=Numbering("number", lambda data, office, year: f"信〔{year}〕{{n}}号"),
    names="title",
    opening="记录信息",
    opened_by=frozenset({Role.SECRETARY, Role.MEMBER, Role.DIRECTOR, Role.LEADER}),
    opens_with=ITEM,
    register=(
        "title",
        "channel",
        "source_name",
        "info_urgency",
        "importance",
        "department",
        "reference_code",
    ),
    papers=Papers(sheet="信息处理单", record="信息流转记录", ledger="信息台账", columns=LEDGER),
    spans=(Span("登记至归档"),),
    stages=(judging(), *AFTER_GRADING),
)

VERSIONS = (V1,)

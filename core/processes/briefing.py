"""Briefings: three gates in order, three persons, none of them the author; nothing is issued without the last
(R61–R65, C11, C12, C20).
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from core.archiving import ARCHIVE
from core.case import OPENED, row_of
from core.errors import Refused
from core.evidence import Evidence
from core.fields import Field, Kind
from core.figure_check import (
    BODY,
    CHECKLIST,
    FAILED,
    MADE,
    counted,
    listed,
    why_not_passed,
    why_not_returned,
    wrong_ones,
)
from core.people import Role
from core.process import (
    Action,
    Check,
    Due,
    Finds,
    Numbering,
    Opens,
    Papers,
    Process,
    Sends,
    Span,
    Stage,
    Tells,
)
from core.profile import OfficeProfile
from core.worktime import Limit, WorkingCalendar

KEY = "briefing"

SECRETARY = frozenset({Role.SECRETARY})
AUTHOR = frozenset({Role.HANDLER})
GATE = frozenset({Role.HANDLER})
DECIDERS = frozenset({Role.DIRECTOR, Role.LEADER})

BULLETINS = ("办公室简报", "信息专报", "工作动态")
"""The series of briefings; the issues of each are counted by themselves, anew each year."""

ISSUE = "issue_number"
EXCUSED = "excused"
WROTE = (OPENED, "submit", "revise")
"""The steps whose takers are authors: no gate is theirs."""
SENT = "tracking"
"""The step on entering which the briefing is out: before it, it concerns only those who make it."""

YES, NO, NOT_APPLICABLE = "是", "否", "不适用"
ANSWERS = (YES, NO, NOT_APPLICABLE)

LOGIC = tuple(
    Field(key=key, title=title, kind=Kind.CHOICE, options=ANSWERS, fixed=True, correctable=False)
    for key, title in (
        ("logic_supported", "结论都有数据或事实支撑"),
        ("logic_causes", "因果关系成立，没有以偏概全"),
        ("logic_agrees", "前后口径一致，没有自相矛盾"),
        ("logic_advice", "建议与问题对应，可以办"),
        ("logic_complete", "没有明显漏洞或遗漏"),
    )
)
"""What is asked of the logic of a briefing; one no sends it back (R64)."""

ABOUT = (
    Field(key="title", title="标题", correctable=False, help="涉密的请填不含秘密的名称"),
    Field(
        key="bulletin",
        title="简报名称",
        kind=Kind.CHOICE,
        options=BULLETINS,
        default=BULLETINS[0],
        correctable=False,
    ),
    Field(key="secrecy_level", title="密级", kind=Kind.GRADE, default="非密"),
    Field(key="author", title="编写人", kind=Kind.PERSON),
    Field(
        key="based_on",
        title="依据的信息",
        kind=Kind.CASES,
        options=("information", "report"),
        required=False,
        begins="编入简报",
        help="标题和摘要可以直接带入正文",
    ),
)
_BODY = Field(
    key=BODY,
    title="正文",
    kind=Kind.TEXT,
    required=False,
    carries_content=True,
    correctable=False,
    help="分条的，每条以“一、”“（一）”开头；两条以上自动排目录",
)
ADVICE = Field(
    key="advice",
    title="建议",
    kind=Kind.ROWS,
    required=False,
    carries_content=True,
    concerns_from=SENT,
    columns=(
        Field(key="text", title="建议", help="一条一行，说清做什么"),
        Field(key="addressee", title="向谁提", kind=Kind.PERSON),
    ),
    help="印发后由对方逐条答复是否采纳",
)
REPORTS_TO = Field(
    key="reports_to",
    title="报送对象",
    kind=Kind.PEOPLE,
    concerns_from=SENT,
    help="审签并印发之前，他们看不到本件",
)
_COPIES = (
    Field(key="copies_to", title="抄送", required=False, correctable=False, help="印在报尾“送”一栏"),
    Field(key="issued_to", title="发", required=False, correctable=False, help="印在报尾“发”一栏"),
)
GATEKEEPERS = (
    Field(key="checker", title="数据核验人", kind=Kind.PERSON, fixed=True),
    Field(key="logic_checker", title="逻辑校验人", kind=Kind.PERSON, fixed=True),
    Field(key="signatory", title="审签领导", kind=Kind.PERSON, fixed=True),
)


def text_of(data: Mapping[str, Any]) -> str:
    """Everything in a briefing that has to be right: its title, its text, its advice."""
    advice = (row["text"] for row in data.get(ADVICE.key) or ())
    return "\n".join(filter(None, (data.get("title"), data.get(BODY), *advice)))


def _not_denied(question: Field) -> Check:
    """A question of the logic that is answered with no sends the briefing back (R64)."""
    said = f"“{question.title}”为否的不能通过，请退回修改"
    return Check(said, lambda data: data[question.key] != NO, at=question.key)


# --- three persons, none of them the author ---------------------------------------------------------------


def _apart(key: str, *others: str) -> Check:
    """The person in a field is somebody else than in those before it, unless two gates were allowed them (C20)."""
    titles = {field.key: field.title for field in (*ABOUT, *GATEKEEPERS)}
    own = titles[key]
    said = f"{own}不能是{'、'.join(titles[one] for one in others)}：三关由三个人办理，都不是编写人，请另选"

    def holds(data: Mapping[str, Any]) -> bool:
        same = [one for one in others if data.get(one) == data[key]]
        return not same or ("author" not in same and data.get(EXCUSED) == data[key])

    return Check(said, holds, at=key)


_THREE = (
    _apart("checker", "author"),
    _apart("logic_checker", "author", "checker"),
    _apart("signatory", "author", "checker", "logic_checker"),
)


def _excused(data: Mapping[str, Any], evidence: Evidence) -> dict[str, Any]:
    """Nobody allows themselves two gates."""
    if data[EXCUSED] == evidence.by:
        raise Refused({EXCUSED: "不能准许本人一人两关，请由其他领导准许"})
    return {}


ALLOW = Action(
    key="allow_two_gates",
    title="准许一人两关",
    by=DECIDERS,
    quiet=True,
    asks=(
        Field(key=EXCUSED, title="准许谁", kind=Kind.PERSON, help="本件可以由这个人办理两关；编写人除外"),
        Field(key="excused_because", title="理由", kind=Kind.TEXT),
    ),
    checks=(Check("编写人不能审自己写的简报，请另选", lambda d: d[EXCUSED] != d["author"], at=EXCUSED),),
    finds=Finds((), _excused),
)
"""The exception of C20: recorded with its reason, and read in the trace."""


# --- the first gate ---------------------------------------------------------------------------------------


def _handed_in(data: Mapping[str, Any], evidence: Evidence) -> dict[str, Any]:
    """The checklist of the text as it is now, with nothing ticked: what was ticked before is checked anew."""
    try:
        return {CHECKLIST.key: listed(text_of(data))}
    except Refused as refusal:
        raise Refused({BODY: refusal.problems[""]}) from refusal


def _passed(data: Mapping[str, Any], evidence: Evidence) -> dict[str, Any]:
    """How many figures were checked; `Refused` while one is not ticked, or wrong."""
    if reason := why_not_passed(text_of(data), data.get(CHECKLIST.key) or ()):
        raise Refused({CHECKLIST.key: reason})
    return counted(data, 0)


def _failed(data: Mapping[str, Any], evidence: Evidence) -> dict[str, Any]:
    """How many figures were checked and wrong by the time the text goes back."""
    rows = data.get(CHECKLIST.key) or ()
    if reason := why_not_returned(rows):
        raise Refused({CHECKLIST.key: reason})
    return counted(data, len(wrong_ones(rows)))


def _found_later(data: Mapping[str, Any], evidence: Evidence) -> dict[str, Any]:
    return counted(data, 1)


COUNTED = (MADE, FAILED)

REPORT_ERROR = Action(
    key="report_error",
    title="登记差错",
    by=SECRETARY | DECIDERS | {Role.HANDLER},
    quiet=True,
    tells=Tells("error_because", to="author"),
    asks=(
        Field(key="error_figure", title="印发稿上的数字", carries_content=True, correctable=False),
        Field(key="error_should_be", title="应为", carries_content=True, correctable=False),
        Field(
            key="error_because", title="怎么发现的", kind=Kind.TEXT, carries_content=True, correctable=False
        ),
    ),
    finds=Finds(COUNTED, _found_later),
)
"""A figure that turns out wrong after issue counts with those found at the gate (C11)."""


def _return(key: str, title: str, by: frozenset[Role], *asks: Field, **more: Any) -> Action:
    """Back to the author, with reasons; the gates are passed anew."""
    because = Field(key="returned_because", title="退回意见", kind=Kind.TEXT)
    tells = Tells("returned_because", to="author")
    return Action(
        key=key, title=title, to="drafting", by=by, quiet=True, tells=tells, asks=(*asks, because), **more
    )


# --- issue and what follows it ----------------------------------------------------------------------------


def _issue_series(data: Mapping[str, Any], office: OfficeProfile, year: int) -> str:
    return f"《{data['bulletin']}》{year}年第{{n}}期"


def _bulletins(office: OfficeProfile) -> tuple[Mapping[str, Any], ...]:
    return tuple({"bulletin": one} for one in BULLETINS)


def _words(data: Mapping[str, Any], calendar: WorkingCalendar) -> tuple[str, str]:
    """What those it is for are told: which issue, on what; the text itself stays in the program."""
    advice = len(data.get(ADVICE.key) or ())
    asked = f"内有建议 {advice} 条。" if advice else ""
    return f"{data[ISSUE]}：{data['title']}", f"{data[ISSUE]}已印发：{data['title']}。{asked}请在工作台查看。"


def _advice(data: Mapping[str, Any], stands: str) -> dict[str, Any]:
    """A row of advice as the case of whoever answers it."""
    n = row_of(stands)
    row = data[ADVICE.key][n]
    return {
        "title": row["text"],
        "addressee": row["addressee"],
        "author": data["author"],
        "issue": data[ISSUE],
        "row": n + 1,
    }


V1 = Process(
    key=KEY,
    title="简报",
    family="信息管理",
    purpose="数据逐个核，逻辑逐条审，领导签了才印发；建议有答复，差错有登记。",
    version=1,
    in_force_from=date(2026, 1, 1),
    number=Numbering("number", lambda data, office, year: f"简〔{year}〕{{n}}号"),
    names="title",
    opening="起稿",
    opened_by=frozenset({Role.SECRETARY, Role.MEMBER}),
    opens_with=(*ABOUT, _BODY),
    register=("title", "bulletin", ISSUE, "author", "signatory", "issued_on", "figures_made", "figures_wrong"),
    papers=Papers(
        sheet="简报审签单",
        record="简报流转记录",
        ledger="简报台账",
        columns=(
            ("期号", (ISSUE,)),
            ("标题", ("title",)),
            ("编写", ("author",)),
            ("核验", ("checker",)),
            ("校验", ("logic_checker",)),
            ("审签", ("signatory",)),
            ("印发", ("issued_on",)),
        ),
        lists=((CHECKLIST.key, "数据核验清单"), (ADVICE.key, "建议清单")),
        item=("briefing", "sheet", CHECKLIST.key, ADVICE.key, "record"),
        further=("briefing",),
    ),
    spans=(Span("起稿至印发", until="issued_at"),),
    stages=(
        Stage(
            key="drafting",
            title="编稿",
            does="按信息写简报，提建议，定报送对象和三关的人；三关由三个人办理，都不是编写人。",
            inputs=("依据的信息和数据来源",),
            outputs=("简报送审稿、建议",),
            duty=Role.HANDLER,
            assignee="author",
            due=Due(Limit(days=2), rule="本办设定：2 个工作日内写好或改好"),
            actions=(
                Action(
                    key="submit",
                    title="送数据核验",
                    to="figures_check",
                    by=AUTHOR,
                    asks=(*ABOUT[:1], _BODY, ADVICE, REPORTS_TO, *_COPIES, *GATEKEEPERS),
                    checks=(
                        Check(
                            "请写正文",
                            lambda d: d.get("secrecy_level") != "非密" or bool(d.get(BODY)),
                            at=BODY,
                        ),
                        *_THREE,
                    ),
                    finds=Finds((CHECKLIST,), _handed_in),
                ),
                Action(key="revise", title="存一版", by=AUTHOR, quiet=True, asks=(*ABOUT[:1], _BODY)),
                ALLOW,
            ),
            spot_checks=("每个数字是否写明来源？",),
        ),
        Stage(
            key="figures_check",
            title="数据核验",
            does="文中每个数字逐个对照来源，对的点“对”，错的写明应为多少；有错的退回编写人改正，改后重新核。",
            inputs=("送审稿、数据来源",),
            outputs=("数据核验清单",),
            duty=Role.HANDLER,
            assignee="checker",
            due=Due(Limit(days=1), rule="R61 第一关；本办设定：1 个工作日"),
            actions=(
                Action(
                    key="pass_figures",
                    title="数据核验通过",
                    to="logic_check",
                    by=GATE,
                    apart_from=WROTE,
                    asks=(CHECKLIST,),
                    finds=Finds(COUNTED, _passed),
                ),
                _return("return_figures", "数据有误，退回修改", GATE, CHECKLIST, finds=Finds(COUNTED, _failed)),
                ALLOW,
            ),
            spot_checks=("清单上的数字是否个个有依据？", "核验人与编写人是否分开？"),
        ),
        Stage(
            key="logic_check",
            title="逻辑校验",
            does="逐条看结论、因果、口径、建议，写下判断；有一条不成立就退回编写人。",
            inputs=("数据核验过的送审稿",),
            outputs=("逻辑校验意见",),
            duty=Role.HANDLER,
            assignee="logic_checker",
            due=Due(Limit(days=1), rule="R61 第二关、R64；本办设定：1 个工作日"),
            actions=(
                Action(
                    key="pass_logic",
                    title="逻辑校验通过",
                    to="signing",
                    by=GATE,
                    apart_from=(*WROTE, "pass_figures"),
                    excused=EXCUSED,
                    asks=(
                        *LOGIC,
                        Field(
                            key="logic_judgement",
                            title="判断",
                            kind=Kind.TEXT,
                            fixed=True,
                            correctable=False,
                            help="一两句：逻辑是否清楚，依据是否够",
                        ),
                    ),
                    checks=tuple(map(_not_denied, LOGIC)),
                ),
                _return("return_logic", "逻辑有问题，退回修改", GATE),
                ALLOW,
            ),
            spot_checks=("判断是否写了理由，而不只是“通过”？",),
        ),
        Stage(
            key="signing",
            title="领导审签",
            does="看送审稿、核验清单、校验意见，定报送对象，同意的签发；没有审签的不得印发。",
            inputs=("送审稿、数据核验清单、逻辑校验意见",),
            outputs=("审签意见",),
            duty=Role.DIRECTOR,
            assignee="signatory",
            due=Due(Limit(days=1), rule="R61 第三关、R62；本办设定：1 个工作日"),
            actions=(
                Action(
                    key="approve",
                    title="审签同意",
                    to="issuing",
                    by=DECIDERS,
                    apart_from=(*WROTE, "pass_figures", "pass_logic"),
                    excused=EXCUSED,
                    tells=Tells("signing_opinion", to="author"),
                    stamps=Field(key="signed_at", title="审签时间", kind=Kind.MOMENT, required=False, correctable=False),
                    asks=(
                        REPORTS_TO,
                        Field(
                            key="signing_opinion",
                            title="审签意见",
                            required=False,
                            carries_content=True,
                            help="留空即同意",
                        ),
                    ),
                ),
                _return("return_signing", "退回修改", DECIDERS),
                ALLOW,
            ),
        ),
        Stage(
            key="issuing",
            title="印发",
            does="编期号，印制，送报送对象；印发前发现问题的退回编写人，三关重新办。",
            inputs=("审签的简报",),
            outputs=("印发的简报（期号）",),
            duty=Role.SECRETARY,
            assignee="author",
            due=Due(Limit(hours=4), rule="本办设定：审签后 4 个工作小时内印发"),
            actions=(
                Action(
                    key="issue",
                    title="印发",
                    to=SENT,
                    by=SECRETARY | {Role.HANDLER},
                    final=True,
                    numbers=Numbering(ISSUE, _issue_series, known=_bulletins),
                    stamps=Field(key="issued_at", title="印发时间", kind=Kind.MOMENT, required=False, correctable=False),
                    asks=(
                        Field(key="print_copies", title="印制份数", kind=Kind.NUMBER, at_least=1, default=1),
                        Field(key="issued_on", title="印发日期", kind=Kind.DATE, correctable=False),
                    ),
                ),
                _return("return_unissued", "发现问题，退回修改", SECRETARY | {Role.HANDLER}),
            ),
            spot_checks=("印发的与审签的是否一字不差？",),
        ),
        Stage(
            key=SENT,
            title="建议跟踪",
            does="建议逐条请对方答复；都答复了转归档。印发后发现差错的登记下来。",
            inputs=("印发的简报、建议清单",),
            outputs=("建议答复",),
            duty=Role.SECRETARY,
            assignee="author",
            due=Due(Limit(days=12), rule="R65；本办设定：12 个工作日内答复齐"),
            sends=Sends(to=REPORTS_TO.key, words=_words),
            opens=Opens(process="advice", rows=ADVICE.key, gives=_advice, noun="建议", done="已答复"),
            then=("advice_answered",),
            actions=(
                Action(
                    key="advice_answered",
                    title="建议答复齐，转归档",
                    to="archiving",
                    by=SECRETARY | {Role.SYSTEM},
                ),
                REPORT_ERROR,
            ),
        ),
        Stage(
            key="archiving",
            title="归档",
            does="印发的简报、核验清单、审签单、建议答复合为一件，编档号归档。",
            inputs=("印发的简报、三关记录、建议答复",),
            outputs=("归档件（档号、保管期限）",),
            duty=Role.SECRETARY,
            due=Due(Limit(days=2), rule="C19 按件归档；时限为本办设定"),
            actions=(ARCHIVE, REPORT_ERROR),
        ),
        Stage(
            key="archived",
            title="已归档",
            scene="归档",
            does="归档完毕；以后发现差错的，仍可以登记。",
            duty=Role.SECRETARY,
            actions=(REPORT_ERROR,),
            revisable=True,
        ),
    ),
)  # fmt: skip

VERSIONS = (V1,)

"""The briefings of the demonstration: one out with its advice half answered, one before the leader, one being checked,
one being written. All names and figures are invented.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from core.case import Case
from core.figure_check import CHECKLIST, RIGHT, WRONG
from core.processes.briefing import LOGIC
from core.worktime import Limit
from db.seed_teller import Teller

STEPS = ("drafting", "figures_check", "logic_check", "signing", "issuing", "tracking")

Wrong = tuple[str, str]
"""A figure as it should be, and as it was first written."""


@dataclass(frozen=True)
class Issue:
    """A briefing: begun so many working days ago, how far it has got, and what was wrong in it at first."""

    ago: int
    title: str
    body: str
    reached: str
    advice: tuple[tuple[str, str], ...] = ()
    wrong: Wrong | None = None


ISSUES = (
    Issue(
        8,
        "三季度企业用工情况和建议",
        "一、用工总体平稳\n抽样走访126家企业，在岗职工2.84万人，比二季度增加3.1%。其中制造业1.62万人，占57%。\n"
        "二、缺口集中在技能岗位\n有43家企业反映招工难，缺口约1900人，焊工、数控操作工占六成。最长的岗位空缺4个月。\n"
        "三、原因\n本地职业院校每年毕业生2100人，留在本市的不到三分之一。",
        "tracking",
        (("由人社部门牵头，明年3月底前开6个技能短训班", "wuyue"), ("对留本市就业的毕业生给予租房补贴", "chenli")),
        ("2.84万人", "2.48万人"),
    ),
    Issue(
        3,
        "冬季取暖保供情况",
        "一、气源和煤源\n全市签订供气合同4.2亿立方米，比去年多0.3亿立方米；电煤库存可用26天。\n"
        "二、民生诉求\n近两周12345热线接到供暖诉求317件，办结298件，办结率94%。\n"
        "三、需要注意的\n老旧小区有7处管网压力不足，涉及1460户。",
        "signing",
        (("对7处管网压力不足的小区逐处定整改时限", "wuyue"),),
    ),
    Issue(
        1,
        "前十月政务服务事项办理分析",
        "一、办件量\n前10个月政务大厅共受理83.6万件，同比增长8.2%；网上办理59.4万件，占71%。\n"
        "二、时效\n平均办理用时由5.4个工作日降到3.1个工作日，即办件占四成以上。\n"
        "三、投诉\n收到有效投诉52件，比上年同期减少21件，其中态度类11件、超时类9件。\n"
        "四、窗口\n12个窗口日均等候超过20分钟，主要在不动产和社保两项。",
        "figures_check",
        (("不动产、社保窗口各增加2个，周六上午开放", "sunzhe"),),
    ),
    Issue(0, "重点项目年末冲刺情况", "一、进度\n全市86个重点项目已开工81个。", "drafting"),
)  # fmt: skip


class Briefings(Teller):
    """Takes the briefings of the demonstration through their gates."""

    def tell(self, issue: Issue) -> None:
        began = self.calendar.before(self.now, Limit(days=issue.ago)) if issue.ago else self.now
        self.clock.at = min(
            began.replace(hour=9, minute=10, second=0, microsecond=0), self.now - timedelta(hours=1)
        )
        author = self.people["wangmin" if issue.reached == "drafting" else "zhaoqian"]
        right, written = issue.wrong or ("", "")
        body = issue.body.replace(right, written) if issue.wrong else issue.body
        about = {"title": issue.title, "bulletin": "办公室简报", "secrecy_level": "非密", "author": author.id}
        case = self.office.open("briefing", {**about, "based_on": [], "briefing_body": body}, by=author)
        for step in STEPS[: STEPS.index(issue.reached)]:
            self._later()
            getattr(self, f"_{step}")(issue, case, body)
        if issue.reached == "tracking":
            self._answer_the_first(case)

    def _later(self) -> None:
        """Some hours on, never past the present."""
        self.clock.at = min(self.clock.at + timedelta(hours=5), self.now)

    def _drafting(self, issue: Issue, case: Case, body: str) -> None:
        self._act(
            case, "submit", self.people["zhaoqian"], title=issue.title, briefing_body=body,
            advice=[{"text": text, "addressee": who} for text, who in issue.advice],
            reports_to=[self.director.id, "heyun", "chenli"], copies_to="市发展改革委、市人社局", issued_to="各处室",
            checker="lihua", logic_checker="wuyue", signatory="heyun",
        )  # fmt: skip

    def _figures_check(self, issue: Issue, case: Case, body: str) -> None:
        if issue.wrong:
            right, written = issue.wrong
            rows = self._rows(
                case, {written: {"verdict": WRONG, "should_be": right, "source": "人社局月报表 2"}}
            )
            self._act(
                case,
                "return_figures",
                self.people["lihua"],
                figures_checked=rows,
                returned_because="在岗职工数与报表不符",
            )
            self._later()
            self._drafting(issue, case, issue.body)
        self._act(case, "pass_figures", self.people["lihua"], figures_checked=self._rows(case, {}))

    def _rows(self, case: Case, wrong: Mapping[str, Mapping[str, str]]) -> list[dict[str, Any]]:
        rows = self._see(case).data[CHECKLIST.key]
        return [{**row, "verdict": RIGHT, **wrong.get(row["figure"], {})} for row in rows]

    def _logic_check(self, issue: Issue, case: Case, body: str) -> None:
        answers = {field.key: "是" for field in LOGIC}
        self._act(
            case,
            "pass_logic",
            self.people["wuyue"],
            **answers,
            logic_judgement="数据支撑结论，建议对应问题，可以办",
        )

    def _signing(self, issue: Issue, case: Case, body: str) -> None:
        known = self._see(case).data["reports_to"]
        self._act(case, "approve", self.people["heyun"], reports_to=known, signing_opinion=None)

    def _issuing(self, issue: Issue, case: Case, body: str) -> None:
        today = self.clock.at.astimezone(self.calendar.zone).date()
        self._act(case, "issue", self.people["zhaoqian"], print_copies=15, issued_on=today)

    def _answer_the_first(self, case: Case) -> None:
        """The first piece of advice is adopted; the other still waits."""
        self._later()
        first = next(c for c in self.reader(self.director).children(case.id) if c.data["row"] == 1)
        said = {"decision": "采纳", "decided_because": "已列入明年一季度培训计划"}
        self.office.act(first.id, "decide", said, by=self.people[first.owner], seen=first.seq)

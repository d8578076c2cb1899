"""The outgoing documents of the demonstration: drafts of every stage around today, and rounds of two months (R19).

Halfway the office goes over from rounds in turn, three days each, to rounds side by side within one day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from core.amendment import Amendment, SetLimit, SetText
from core.case import Case
from core.layout.docx import docx
from core.outgoing_draft import official_of
from core.people import Person
from core.worktime import Limit
from db.seed_teller import Teller

OFFICE_CODES = "云政办发、云政办函"
"""机关代字 of the demonstration's office."""

STEPS = (
    "drafting",
    "edit_review",
    "countersigning",
    "signing",
    "recheck",
    "printing",
    "dispatch",
    "receipts",
    "archived",
)


@dataclass(frozen=True)
class Paper:
    """A draft: begun so many working days ago, by whom, how far it got; `signers` of its round, in hours each."""

    ago: int
    kind: str
    title: str
    to: str
    reached: str
    direction: str = "下行文"
    form: str = "通用格式"
    urgency: str = "平件"
    code: str = "云政办发"
    by: str = "lihua"
    hours: Mapping[str, int] | None = None
    refused: str = ""
    body: str = ""
    enough: int = 0
    """So many of the departments suffice; all where it is none."""
    secrecy: str = "非密"
    answers: str = ""
    """A word in the title of the letter it answers."""
    voided: str = ""
    """Why it is given up in the end."""


CHANGED = 20
"""The round was changed so many working days ago."""


def _slow(first: int, second: int) -> dict[str, int]:
    return {"caiwu": first, "anjian": second}


PAPERS = (
    Paper(38, "通知", "关于开展办公用品集中采购的通知", "各处室、各直属单位", "archived", hours=_slow(20, 43)),
    Paper(34, "通知", "关于规范公务用车派车手续的通知", "各处室、各直属单位", "archived", hours=_slow(23, 45)),
    Paper(30, "意见", "关于改进文件传阅工作的意见", "各处室、各直属单位", "archived", hours=_slow(22, 42)),
    Paper(26, "通知", "关于做好秋季节能检查的通知", "各处室、各直属单位", "archived", hours=_slow(25, 44)),
    Paper(15, "通知", "关于上报年度信息化需求的通知", "各处室、各直属单位", "archived", hours=_slow(6, 8)),
    Paper(12, "函", "关于商请协助提供人口数据的函", "市统计局", "archived", "平行文", "信函格式", code="云政办函", hours=_slow(7, 5)),
    Paper(11, "通知", "关于集中清理办公楼杂物的通知", "各处室、各直属单位", "printing", voided="内容并入冬季值班安排，不再单独印发"),
    Paper(10, "通知", "关于修订值班制度征求意见的通知", "各处室、各直属单位", "archived", hours={"caiwu": 4, "anjian": 6, "guihua": 9}, enough=2),
    Paper(9, "通报", "关于三季度督办事项完成情况的通报", "各处室、各直属单位", "receipts", hours=_slow(5, 7)),
    Paper(5, "函", "关于派员参加联合调研的复函", "市政府办公室", "receipts", "平行文", "信函格式", code="云政办函", answers="联合调研"),
    Paper(4, "通知", "关于冬季供暖期间值班安排的通知", "各处室、各直属单位", "printing", urgency="加急", hours=_slow(3, 4)),
    Paper(3, "通知", "关于做好节前安全检查的通知", "各处室、各直属单位", "dispatch", hours={"anjian": 3}),
    Paper(3, "通知", "关于调整公务邮箱的通知", "各处室、各直属单位", "recheck"),
    Paper(3, "请示", "关于追加档案数字化经费的请示", "市财政局", "signing", "上行文", hours=_slow(6, 6),
          body="档案数字化需要分三年完成，今年经费缺口二十万元。\n妥否，请批示。"),
    Paper(2, "通知", "关于组织年终资产盘点的通知", "各处室、各直属单位", "countersigning", hours={"caiwu": 4}, refused="安全检查一节的期限与财务结账冲突，请改为十二月中旬"),
    Paper(1, "通知", "关于报送明年会议计划的通知", "各处室、各直属单位", "edit_review"),
    Paper(1, "通知", "关于某项专门工作的通知", "各处室", "edit_review", by="wangmin", secrecy="秘密"),
    Paper(0, "报告", "关于保密自查情况的报告", "市保密办", "drafting", "上行文", by="wangmin"),
)  # fmt: skip

_BODY = """为把这项工作做细做实，现将有关事项通知如下。
一、总体安排
各单位要明确一名负责人，按时间节点推进。
（一）时间
自本月起，至下月底前完成。
（二）方式
先自查、后抽查。
1. 自查由各单位组织。
2. 抽查由综合处组织，比例为十分之一。
二、有关要求
请于每周五下班前报送进展，逾期未报的在周例会上说明。"""


class Drafts(Teller):
    """Takes the drafts of the demonstration through the office."""

    def tell(self, paper: Paper, n: int) -> None:
        day = self.calendar.before(self.now, Limit(days=paper.ago)).date() if paper.ago else self.now.date()
        start = datetime(day.year, day.month, day.day, 8, 40 + n, tzinfo=self.calendar.zone)
        self.clock.at = min(start, self.now - timedelta(minutes=40 - n))
        drafter = self.people[paper.by]
        filled = self._filled(paper, drafter)
        case = self.office.open("outgoing_document", filled, by=drafter)
        for step in STEPS[: STEPS.index(paper.reached)]:
            if not self._later(3):
                return
            getattr(self, f"_{step}")(paper, case, filled)
            case = self._see(case)
            if case.stage.key == step:
                return
        if paper.refused:
            self._countersigning(paper, case, filled)
        if paper.voided:
            self._act(case, "void", self.people["zhaoqian"], reason=paper.voided)

    def change_the_round(self) -> None:
        """Three days in turn at first; side by side within one day since the office changed its standard (R19)."""
        for ago, days, does, why in (
            (
                2 * CHANGED + 5,
                3,
                "按联审清单的先后逐家会签，办结后转下一家。",
                "各部门人手紧，先按 3 个工作日一家",
            ),
            (CHANGED, 1, "各部门同时在线会签，当日提出意见。", "会签用时过长，改为并行会签"),
        ):
            at = self.clock.at = self.calendar.before(self.now, Limit(days=ago)).replace(hour=8, minute=30)
            changes = (SetLimit(stage="review", days=days), SetText(stage="review", does=does))
            self.office.amend(
                Amendment(
                    process="countersign",
                    in_force_from=at.date(),
                    changes=changes,
                    reason=why,
                    proposed_by="zhaoqian",
                    approved_by=self.director.id,
                ),
                by=self.director,
            )

    def _later(self, hours: int) -> bool:
        at = self.calendar.after(self.clock.at, Limit(hours=hours))
        self.clock.at = min(at, self.clock.at + (self.now - self.clock.at) / 2) if at > self.now else at
        return bool(self.clock.at < self.now)

    def _filled(self, paper: Paper, drafter: Person) -> dict[str, Any]:
        return {
            "doc_kind": paper.kind,
            "direction": paper.direction,
            "layout_form": paper.form,
            "urgency": paper.urgency,
            "secrecy_level": paper.secrecy,
            "secrecy_term": "10年" if paper.secrecy != "非密" else None,
            "copy_serial": "000001" if paper.secrecy != "非密" else None,
            "title": paper.title,
            "main_recipients": paper.to,
            "body": (paper.body or _BODY) if paper.secrecy == "非密" else None,
            "attachment_note": "任务分工表\n进度表" if paper.kind == "通知" else "无",
            "attachments": [],
            "issuers": "云川市人民政府办公室",
            "signatory": self.director.id,
            "copies_to": "市委办公室" if paper.direction == "下行文" else None,
            "annotation": "联系人：李桦，电话：12345678" if paper.direction == "上行文" else None,
            "subject_terms": "、".join([paper.kind, paper.title.removeprefix("关于")[:4]]),
            "effective_on": (self.clock.at + timedelta(days=10)).date(),
            "drafter": drafter.id,
            "answers": self._letter(paper.answers),
        }

    def _letter(self, word: str) -> str | None:
        """The incoming document with this word in its title."""
        if not word:
            return None
        found = self.reader(self.director).register("incoming_document", text=word)
        return str(found["id"].iloc[0]) if len(found) else None

    def _drafting(self, paper: Paper, case: Case, filled: dict[str, Any]) -> None:
        self._act(case, "submit_draft", self.people[paper.by], **filled)

    def _edit_review(self, paper: Paper, case: Case, filled: dict[str, Any]) -> None:
        whole = {"part": "全文", "responsibility": "对本部门职责内的内容负责"}
        named = [*(paper.hours or {}), *(["anjian"] if paper.refused else [])]
        rows = [{"department": department, **whole} for department in named]
        reviewer = self.people["zhaoqian"]
        if rows:
            mode = "依次会签" if paper.ago > CHANGED else "几家同意即可" if paper.enough else "并行会签"
            enough = paper.enough or None
            self._act(case, "send_round", reviewer, joint_review=rows, countersigning=mode, enough=enough)
        else:
            self._act(case, "send_to_sign", reviewer, review_note=None)

    def _countersigning(self, paper: Paper, case: Case, filled: dict[str, Any]) -> None:
        """Each department answers after its hours, or refuses."""
        sent, members = self.clock.at, {p.department: p for p in self.people.values() if p.department}
        for department, hours in (paper.hours or {}).items():
            self.clock.at = min(self.calendar.after(sent, Limit(hours=hours)), self.now)
            self._answer(case, department, members[department], "agree", opinion=None)
        if paper.refused:
            self._answer(case, "anjian", members["anjian"], "refuse", objection=paper.refused)

    def _answer(self, case: Case, department: str, by: Person, action: str, **said: Any) -> None:
        reader = self.reader(self.director)
        asked = [one for one in reader.children(case.id) if one.data["department"] == department]
        for child in (one for one in asked if one.is_open):
            self._act(child, action, by, **said)

    def _signing(self, paper: Paper, case: Case, filled: dict[str, Any]) -> None:
        said = {"signing_opinion": None, "dated_on": self._today()}
        self._act(case, "sign_off", self.director, **said)

    def _recheck(self, paper: Paper, case: Case, filled: dict[str, Any]) -> None:
        self._act(case, "give_number", self.people["wangmin"], office_code=paper.code, print_copies=40)

    def _printing(self, paper: Paper, case: Case, filled: dict[str, Any]) -> None:
        clerk = self.people["wangmin"]
        reader = self.reader(self.director)
        page = official_of(reader.case(case.id).data, reader.profile(), reader.directory())
        proof = self.office.keep(f"{paper.title}（清样）.docx", docx(page), by=clerk)
        seal = {"seal": "办公室印章", "sealed_on": self._today(), "sealed_by": "lihua", "sealed_copies": 40}
        self._act(
            case, "print_and_seal", clerk, final_proof=[proof], seal_log=[seal], printed_on=self._today()
        )

    def _dispatch(self, paper: Paper, case: Case, filled: dict[str, Any]) -> None:
        self._act(case, "send_out", self.people["wangmin"], distribution=self._rows(paper, None))

    def _receipts(self, paper: Paper, case: Case, filled: dict[str, Any]) -> None:
        clerk = self.people["wangmin"]
        self._act(case, "all_received", clerk, distribution=self._rows(paper, self._today()))
        self._act(case, "archive", clerk, retention="30年", box=f"{self._today():%Y}-发 1 盒")

    def _rows(self, paper: Paper, received: date | None) -> list[dict[str, Any]]:
        names = [*paper.to.split("、"), *(["市委办公室"] if paper.direction == "下行文" else [])]
        by = "收发室" if received else None
        return [
            {"recipient": name, "copies": 10, "way": "电子公文", "received_on": received, "received_by": by}
            for name in names
        ]

    def _today(self) -> date:
        at: datetime = self.clock.at
        return at.astimezone(self.calendar.zone).date()

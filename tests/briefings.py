"""Takes briefings through their three gates by the hands that take them; written by 王敏 on Friday 2026-11-20."""

from datetime import date
from typing import Any

from core.case import Case
from core.figure_check import RIGHT, WRONG
from core.processes.briefing import LOGIC
from tests.conftest import NAMED, Post

TEXT = (
    "一、投资完成情况\n前10个月全市完成投资12.5亿元，同比增长3.2%。\n"
    "二、存在的问题\n三家企业开工滞后，涉及资金两千三百万元。"
)
"""Four figures to check, besides the one in the advice."""

OPENING: dict[str, Any] = {
    "title": "重点项目投资进展",
    "bulletin": "办公室简报",
    "secrecy_level": "非密",
    "author": "wang",
    "based_on": [],
    "briefing_body": TEXT,
}
DRAFT: dict[str, Any] = {
    "title": OPENING["title"],
    "briefing_body": TEXT,
    "advice": [
        {"text": "对三家企业逐户上门协调，12月底前开工", "addressee": "zhou"},
        {"text": "按月通报进度", "addressee": "zhang"},
    ],
    "reports_to": ["zhang", "chen"],
    "copies_to": "市发展改革委",
    "issued_to": None,
    "checker": "li",
    "logic_checker": "zhou",
    "signatory": "he",
}
LOGICAL = {**{field.key: "是" for field in LOGIC}, "logic_judgement": "数据支撑结论，建议可行"}
ISSUED = {"print_copies": 15, "issued_on": date(2026, 11, 20)}


class Briefings:
    """A briefing's way, gate by gate; `changes` are other answers than the usual ones."""

    def __init__(self, post: Post) -> None:
        self.post, self.office = post, post.office
        self.act, self.see, self.children = post.act, post.see, post.children

    def drafted(self, **changes: Any) -> Case:
        return self.office.open("briefing", {**OPENING, **changes}, by=NAMED[changes.get("author", "wang")])

    def submitted(self, case: Case | None = None, *, by: str = "wang", **changes: Any) -> Case:
        """Handed in for the first gate."""
        return self.act(case or self.drafted(author=by), "submit", by, **{**DRAFT, **changes})

    def checked(self, case: Case | None = None, *, by: str = "li", **changes: Any) -> Case:
        """Through the first gate, every figure ticked."""
        case = case or self.submitted(**changes)
        return self.act(case, "pass_figures", by, figures_checked=self.ticked(case))

    def reasoned(self, case: Case | None = None, *, by: str = "zhou", **changes: Any) -> Case:
        """Through the second gate."""
        return self.act(case or self.checked(**changes), "pass_logic", by, **LOGICAL)

    def signed(self, case: Case | None = None, *, by: str = "he", **changes: Any) -> Case:
        """Through all three."""
        case = case or self.reasoned(**changes)
        return self.act(case, "approve", by, reports_to=case.data["reports_to"], signing_opinion=None)

    def issued(self, case: Case | None = None, **changes: Any) -> Case:
        return self.act(case or self.signed(**changes), "issue", "wang", **ISSUED)

    def ticked(self, case: Case, **wrong: dict[str, Any]) -> list[dict[str, Any]]:
        """The checklist with every figure right, but for those in `wrong`, each with what it should be."""
        rows = self.see(case).data["figures_checked"]
        return [{**row, "verdict": RIGHT, **wrong.get(row["figure"], {})} for row in rows]

    def found_wrong(self, case: Case, **should_be: str) -> list[dict[str, Any]]:
        """The checklist with these figures wrong."""
        return self.ticked(case, **{k: {"verdict": WRONG, "should_be": v} for k, v in should_be.items()})

    def advice(self, case: Case, n: int) -> Case:
        """The case of the n-th piece of advice, from 1."""
        return self.post.child_of(case, f"row:{n}")

    def decided(self, case: Case, n: int, by: str, decision: str, because: str | None = None) -> Case:
        return self.act(self.advice(case, n), "decide", by, decision=decision, decided_because=because)

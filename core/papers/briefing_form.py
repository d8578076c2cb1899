"""The briefing itself (简报): its head in red, what it has in it, the text, and for whom it is (R61).

Until it is issued every page says 送审稿 and it has no issue number: what is not signed cannot pass for issued (R62).
"""

from collections.abc import Mapping

from core.figure_check import BODY
from core.layout.body import paragraphs
from core.layout.elements import in_figures
from core.layout.official import Form as Layout
from core.layout.official import Official
from core.papers.forms import Form, Line
from core.papers.paper import Dossier
from core.papers.template import Context
from core.processes.briefing import ADVICE, ISSUE, REPORTS_TO

DRAFT, VOID = "送审稿", "已作废"

_ADVISED = "工作建议"


def _issued(dossier: Dossier) -> bool:
    return bool(dossier.case.data.get(ISSUE)) and not dossier.case.voided


def _tell(dossier: Dossier) -> Context:
    data, office = dossier.case.data, dossier.profile.name
    out = _issued(dossier)
    return {
        "简报名称": str(data.get("bulletin") or ""),
        "期号": str(data[ISSUE]).rpartition("》")[2] if out else "",
        "编发单位": office,
        "日期": in_figures(data["issued_on"]) if out else "",
        "密级": dossier.case.grade.label if dossier.case.grade.classified else "",
        "标题": dossier.case.title,
        "正文": _text(data),
        "报": "、".join(map(dossier.people.name, data.get(REPORTS_TO.key) or ())),
        "送": str(data.get("copies_to") or ""),
        "发": str(data.get("issued_to") or ""),
        "共印": f"（共印 {data['print_copies']} 份）" if out else "",
        "送审标记": "" if out else VOID if dossier.case.voided else DRAFT,
    }


def _text(data: Mapping[str, object]) -> str:
    """The text, and the advice below it, numbered on where the text has numbered headings."""
    body, rows = str(data.get(BODY) or ""), data.get(ADVICE.key)
    if not rows or not isinstance(rows, list):
        return body
    listed = [f"{n}.{row['text']}" for n, row in enumerate(rows, 1)]
    return "\n".join((body, f"{_ADVISED}：", *listed))


def _laid(told: Context) -> Official:
    """The briefing that these words make, be they those of a case or the blanks of a template."""
    said = {name: str(text) for name, text in told.items()}
    headings = [one.text[: one.head].rstrip("。") for one in paragraphs(said["正文"]) if one.level == 1]
    return Official(
        form=Layout.GENERAL,
        kind="简报",
        title=said["标题"],
        body=said["正文"],
        issuers=(said["编发单位"],),
        letterhead=said["简报名称"] or "简报",
        number=said["期号"],
        secrecy=said["密级"],
        sealed=False,
        beside_line=(said["编发单位"], said["日期"]),
        contents=tuple(headings) if len(headings) > 1 else (),
        foot=(("报", said["报"]), ("送", said["送"]), ("发", said["发"])),
        print_run=said["共印"],
        stamp=said["送审标记"],
    )


BRIEFING = Form(
    title="简报",
    tell=_tell,
    laid=_laid,
    provisional=lambda dossier: not _issued(dossier),
    blocks=(
        Line(("简报名称", "期号")),
        Line(("编发单位", "日期")),
        Line(("密级",)),
        Line(("标题",)),
        Line(("正文",)),
        Line(("报",)),
        Line(("送", "发")),
        Line(("共印", "送审标记")),
    ),
)

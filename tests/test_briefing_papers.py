"""The briefing on paper: 送审稿 on every page until it is issued, then its number, its head and its foot (R61, R62)."""

import io

import docx
import pypdfium2
import pytest

from core.errors import Refused
from core.papers import FORMS, Laid, papers_of
from core.papers.blanks import blanks, context, starting
from core.papers.docx import docx as drawn_docx
from core.papers.pdf import pdf as drawn_pdf
from core.papers.template import accepted, render
from core.processes import SHIPPED
from tests.briefings import DRAFT, Briefings


@pytest.fixture
def briefings(post):
    return Briefings(post)


def paper(dossier, key="briefing"):
    return papers_of(dossier.case.process)[key][1](dossier)


def pages(made):
    """The words of each page of the PDF, without the spaces."""
    read = pypdfium2.PdfDocument(drawn_pdf(made))
    return ["".join(page.get_textpage().get_text_range().split()) for page in read]


def words(content):
    """Everything a DOCX says: its text, its tables, its headers."""
    file = docx.Document(io.BytesIO(content))
    parts = [file.element.body, *(s.header._element for s in file.sections)]
    return "".join(
        "".join(node.text or "" for node in part.iter() if node.tag.endswith("}t")) for part in parts
    )


@pytest.mark.parametrize("step", ["drafted", "submitted", "checked", "reasoned", "signed"])
def test_until_it_is_issued_every_page_says_so(briefings, dossier_of, step):
    """R62: no page of it can pass for the real thing, and it has no issue number."""
    case = getattr(briefings, step)()
    made = paper(dossier_of(case))
    assert isinstance(made, Laid) and made.provisional
    found = pages(made)
    assert all("送审稿" in page for page in found) and "期" not in found[0].replace("12月底", "")[:40]
    assert "送审稿" in words(drawn_docx(made))


def test_once_issued_it_has_its_number_its_head_and_its_foot(briefings, dossier_of):
    """报头: its name, number, office and date; 目录; 报尾: 报, 送 and how many were printed."""
    made = paper(dossier_of(briefings.issued()))
    text, file = "".join(pages(made)), words(drawn_docx(made))
    assert not made.provisional
    for said in (text, "".join(file.split())):
        assert "送审稿" not in said
        for part in (
            "办公室简报", "2026年第1期", "某某市人民政府办公室", "2026年11月20日", "重点项目投资进展", "一、投资完成情况",
            "1.对三家企业逐户上门协调", "报：张主任、陈立", "送：市发展改革委", "（共印15份）",
        ):  # fmt: skip
            assert part in said, part
        assert said.count("二、存在的问题") == 2  # among the contents, and in the text


def test_a_briefing_of_one_item_has_no_contents(briefings, dossier_of):
    made = paper(dossier_of(briefings.submitted(briefing_body="全市完成投资12.5亿元。")))
    assert made.official.contents == ()


def test_a_voided_briefing_says_so(briefings, dossier_of):
    """Void after issue: what is printed of it now says 已作废."""
    case = briefings.act(briefings.issued(), "void", "zhang", reason="内容有误，另发")
    assert all("已作废" in page for page in pages(paper(dossier_of(case))))


def test_the_office_can_have_its_own(briefings, dossier_of):
    """The starting template is the program's own with blanks; filled in it says what the program's own says."""
    process = SHIPPED["briefing"][-1]
    known = blanks([process], "briefing")
    dossier = dossier_of(briefings.issued())
    content = starting(process, "briefing", dossier.now)
    filled = render(accepted("简报.docx", content, known), context(dossier, "briefing", known))
    said = "".join(words(filled).split())
    for part in ("办公室简报", "2026年第1期", "报：张主任、陈立", "重点项目投资进展"):
        assert part in said
    assert "{{" not in said


def test_the_checklist_is_a_paper_of_its_own(briefings, dossier_of):
    """Every figure with what came of it, among the papers of the archived item."""
    made = paper(dossier_of(briefings.checked()), "figures_checked")
    cells = [cell.text for row in made.rows for cell in row.cells]
    assert {"12.5亿元", "两千三百万元", "对"} <= set(cells)


def test_the_item_holds_the_briefing_before_its_checks(briefings):
    assert SHIPPED["briefing"][-1].papers.item[0] == "briefing" and "briefing" in FORMS


def test_a_title_too_long_for_a_page_is_refused_beside_it(briefings):
    with pytest.raises(Refused, match="“标题”最多 500 字"):
        briefings.submitted(title="长" * 501, **{k: v for k, v in DRAFT.items() if k != "title"})

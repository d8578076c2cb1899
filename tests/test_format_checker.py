"""The format checker: our own papers pass, each fault planted in one is found alone, and a click mends it (R22, C10).

The faults are made in the office's own DOCX, one for each rule, by changing what a clerk would change.
"""

import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import docx as python_docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Unreadable
from core.layout.check import check, rate, told
from core.layout.docx import docx
from core.layout.mend import mend
from core.layout.ooxml import indent, put
from core.layout.rules import RULES
from core.layout.sample import SAMPLES
from tests.intake.made import as_word, entity_bomb, locked_zip, zipped
from tests.promises.test_hostile_files import FILES
from tests.test_layout_docx import FORMS, LETTER, MINUTES, NOTICE, REQUEST, said, styled

ROOT = Path(__file__).parents[1]


def failed(content):
    """The rules broken, each with what it says of the first place."""
    return {finding.rule: finding.says for finding in reversed(check(content)) if not finding.ok}


def saved(document):
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def words(content):
    """All that is written, without the spaces a layout puts between."""
    document = python_docx.Document(io.BytesIO(content))
    return [text for p in document.element.body.iter(qn("w:p")) if (text := re.sub(r"\s", "", said(p)))]


# --- our own papers -------------------------------------------------------------------------------------


@pytest.mark.parametrize("official", [*FORMS.values(), *SAMPLES.values()], ids=[*FORMS, *SAMPLES])
def test_our_own_papers_have_no_fault(official):
    content = docx(official)
    findings = check(content)
    assert [finding for finding in findings if not finding.ok] == []
    assert len(findings) > 50 and rate(findings) == 0
    assert mend(content) == content, "nothing to mend"


def test_there_are_rules_enough_and_each_says_where_it_comes_from():
    assert len(RULES) >= 40 and len({rule.key for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert re.search("GB/T 9704—2012|公文处理工作条例|GB/T 15834—2011", rule.source)
        assert rule.title and rule.advice and rule.severity in ("严重", "一般", "轻微")


# --- planted faults -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fault:
    """What a clerk did to a paper of ours, what the checker says, and whether a program can put it right."""

    change: Callable
    says: str = ""
    official: object = NOTICE
    mendable: bool = True


def text_of_style(style, new, at=0):
    """A paragraph of a style says something else, in its first run."""

    def change(document):
        paragraph = styled(document, style)[at]
        first, *others = paragraph.findall(qn("w:r"))
        for run in others:
            paragraph.remove(run)
        first.text = new

    return change


def swapped(style, old, new, at=0):
    """Signs changed inside one run."""

    def change(document):
        for run in styled(document, style)[at].findall(qn("w:r")):
            if old in run.text:
                run.text = run.text.replace(old, new)
                return
        raise AssertionError(old)

    return change


def look(style, **values):
    """A style gets another typeface, size or colour."""

    def change(document):
        font = document.styles[style].font
        if "face" in values:
            document.styles[style].element.rPr.rFonts.set(qn("w:eastAsia"), values["face"])
            font.name = values["face"]
        if "size" in values:
            font.size = Pt(values["size"])
        if "colour" in values:
            font.color.rgb = RGBColor.from_string(values["colour"])

    return change


def placed(style, at=0, **values):
    """A paragraph is set otherwise."""

    def change(document):
        properties = styled(document, style)[at].pPr
        if "align" in values:
            put(properties, "w:jc", val=values["align"])
        else:
            indent(properties, **values)

    return change


def section(tag, **values):
    return lambda document: put(document.sections[0]._sectPr, tag, **values)


def run_of(style, at, change):
    return lambda document: change(styled(document, style)[at].findall(qn("w:r"))[0].get_or_add_rPr())


def no_page_number(document):
    line = document.sections[0].even_page_footer.paragraphs[0]._p
    line.remove(line.find(qn("w:fldSimple")))


def no_dash(document):
    document.sections[0].footer.paragraphs[0]._p.findall(qn("w:r"))[0].text = ""


def no_lower_line(document):
    first = document.sections[0].first_page_footer._element
    first.remove(first.find(qn("w:p")))


def no_red_line(document):
    properties = styled(document, "发文字号")[0].pPr
    properties.remove(properties.find(qn("w:pBdr")))


def emptied(style):
    def change(document):
        for run in styled(document, style)[0].findall(qn("w:r")):
            run.text = ""

    return change


def subject_terms(document):
    table = document.tables[-1]._tbl
    line = OxmlElement("w:p")
    line.get_or_add_pPr().style = "GwBody"
    line.add_r().text = "主题词：安全　值守　通知"
    table.addprevious(line)


def fourth_level(document):
    paragraph = styled(document, "一级标题")[1]
    paragraph.style = "GwLevel4"
    paragraph.findall(qn("w:r"))[0].text = "（1）加强督查"


FAULTS = {
    "paper": Fault(section("w:pgSz", w=12240, h=15840), "宽是 215.9 mm"),
    "margins": Fault(section("w:pgMar", top=1440), "37 mm ± 1 mm，这里是 25.4 mm"),
    "text_area": Fault(section("w:pgMar", right=1800), "右边距应为 26 mm"),
    "grid_lines": Fault(section("w:docGrid", linePitch=312), "每面排 22 行，这里网格排 40 行"),
    "grid_characters": Fault(section("w:docGrid", type="lines"), "没有设字网格"),
    "page_number": Fault(no_page_number, "没有页码"),
    "page_number_font": Fault(look("页码（单页）", face="Calibri", size=10.5), "四号半角宋体"),
    "page_number_dashes": Fault(no_dash, "一字线"),
    "page_number_sides": Fault(lambda d: put(d.styles["页码（双页）"].element.pPr, "w:jc", val="center"), "居左空一字"),
    "page_number_below": Fault(section("w:pgMar", footer=850), "这里是 15.0 mm"),
    "elements": Fault(emptied("发文字号"), "没有找到发文字号", mendable=False),
    "serial_form": Fault(text_of_style("份号", "12"), "应为 000012"),
    "serial_demanded": Fault(emptied("份号"), "涉密公文应标注份号", mendable=False),
    "secrecy_form": Fault(text_of_style("密级和保密期限", "秘密5年"), "应为 秘密★5年"),
    "urgency_word": Fault(text_of_style("紧急程度", "急件"), "“急件”不是现行用语", mendable=False),
    "marks_font": Fault(look("紧急程度", face="宋体"), "黑体，这里是宋体"),
    "mark_red": Fault(look("发文机关标志", colour="000000"), "用红色"),
    "mark_font": Fault(look("发文机关标志", face="黑体"), "小标宋体，这里是黑体"),
    "mark_centred": Fault(placed("发文机关标志", align="left"), "居中"),
    "mark_place": Fault(lambda d: put(styled(d, "发文机关标志")[0].pPr, "w:framePr", y=1417), "35 mm，这里是 25.0 mm"),
    "number_format": Fault(text_of_style("发文字号", "临政办发[2026]第012号"), "应为 临政办发〔2026〕12号"),
    "number_font": Fault(look("发文字号", face="楷体"), "仿宋体，这里是楷体"),
    "number_place": Fault(placed("发文字号", align="left"), "居中"),
    "signer": Fault(text_of_style("发文字号（上行文）", "临教字〔2026〕7号"), "签发人", REQUEST, mendable=False),
    "signer_font": Fault(lambda d: d.styles["签发人姓名"].element.rPr.rFonts.set(qn("w:eastAsia"), "仿宋"), "楷体", REQUEST),
    "red_line": Fault(no_red_line, "红色分隔线"),
    "letter_lines": Fault(no_lower_line, "红色双线", LETTER, mendable=False),
    "title_font": Fault(look("公文标题", face="华文中宋"), "小标宋体，这里是华文中宋"),
    "title_size": Fault(look("公文标题", size=18), "二号字（22 磅），这里是 18 磅"),
    "title_centred": Fault(placed("公文标题", align="left"), "居中"),
    "title_end": Fault(lambda d: styled(d, "公文标题")[0].add_r().__setattr__("text", "。"), "不加标点"),
    "title_kind": Fault(text_of_style("公文标题", "关于做好汛期安全值守工作的意思"), "以文种结尾", mendable=False),
    "title_place": Fault(lambda d: put(styled(d, "公文标题")[0].pPr, "w:spacing", before=0), "空二行编排，这里空 0.0 行"),
    "recipients_colon": Fault(swapped("主送机关", "：", ":"), "全角冒号"),
    "recipients_place": Fault(placed("主送机关", first=2), "顶格"),
    "recipients_font": Fault(look("主送机关", size=14), "三号字"),
    "body_font": Fault(run_of("公文正文", 0, lambda r: put(r, "w:rFonts", eastAsia="宋体")), "仿宋体，这里是宋体"),
    "body_size": Fault(run_of("公文正文", 0, lambda r: put(r, "w:sz", val=28)), "三号字（16 磅），这里是 14 磅"),
    "body_indent": Fault(placed("公文正文", left=0), "左空 2 字编排，这里是 0.0 字"),
    "body_pitch": Fault(lambda d: put(styled(d, "公文正文")[0].pPr, "w:spacing", line=480), "这里是 24.0 磅"),
    "level1_font": Fault(look("一级标题", face="宋体"), "黑体，这里是宋体"),
    "level2_font": Fault(look("二级标题", face="黑体"), "楷体，这里是黑体"),
    "level34_font": Fault(look("三级标题字", face="黑体"), "仿宋体，这里是黑体"),
    "level_form": Fault(swapped("一级标题", "一、", "一."), "写成“一、”，这里是“一.”"),
    "level_sequence": Fault(swapped("一级标题", "三、", "四、", at=1), "应为第 3 个", mendable=False),
    "level_skipped": Fault(fourth_level, "这里跳过了第二层（（一））、第三层（1.）", mendable=False),
    "half_width": Fault(swapped("公文正文", "，", ","), "半角的“,”"),
    "black_text": Fault(run_of("公文正文", 0, lambda r: put(r, "w:color", val="0000FF")), "用黑色"),
    "attachments_place": Fault(placed("附件说明", left=0), "左空二字"),
    "attachments_end": Fault(lambda d: styled(d, "附件说明")[1].add_r().__setattr__("text", "；"), "不加标点"),
    "attachments_numbers": Fault(swapped("附件说明", "2.", "二、", at=1), "应为“2.”"),
    "attachments_font": Fault(look("附件说明", face="楷体"), "仿宋体，这里是楷体"),
    "people_font": Fault(lambda d: d.styles["出席标签"].element.rPr.rFonts.set(qn("w:eastAsia"), "仿宋"), "黑体", MINUTES),
    "signed": Fault(emptied("署名"), "应有发文机关署名", mendable=False),
    "signed_place": Fault(placed("署名", align="left"), "居右"),
    "closing_font": Fault(look("附注", face="楷体"), "仿宋体，这里是楷体"),
    "date_form": Fault(text_of_style("成文日期", "二〇二六年五月六日"), "应为 2026年5月6日"),
    "date_place": Fault(placed("成文日期", align="center"), "右空四字"),
    "annotation_form": Fault(text_of_style("附注", "此件公开发布"), "圆括号"),
    "annotation_place": Fault(placed("附注", left=0), "左空二字"),
    "imprint_font": Fault(look("版记", size=16), "四号字（14 磅），这里是 16 磅"),
    "imprint_lines": Fault(
        lambda d: put(d.tables[-1]._tbl.tblPr.find(qn("w:tblBorders")), "w:top", sz=24), "首条分隔线没有或粗细不对"
    ),
    "copies_form": Fault(text_of_style("版记", "抄送:市委办公室,市人大办公室"), "句号"),
    "printed_form": Fault(swapped("版记", "5月8日", "05月08日", at=1), "应为 2026年5月8日印发"),
    "no_subjects": Fault(subject_terms, "主题词已不是公文要素", mendable=False),
}  # fmt: skip
"""One for each rule, by its key."""


def planted(fault):
    document = python_docx.Document(io.BytesIO(docx(fault.official)))
    fault.change(document)
    return saved(document)


def test_there_is_a_fault_for_every_rule():
    assert FAULTS.keys() == {rule.key for rule in RULES}


@pytest.mark.parametrize(("rule", "fault"), FAULTS.items(), ids=FAULTS)
def test_a_fault_is_found_alone_and_mended_where_it_can_be(rule, fault):
    """Nothing else is reported; what is mended reads as our own paper did."""
    content = planted(fault)
    found = failed(content)
    assert [*found] == [rule]
    assert fault.says in found[rule]
    wrong = [finding for finding in check(content) if not finding.ok]
    assert {finding.mend for finding in wrong} == {fault.mendable}
    mended = mend(content)
    if fault.mendable:
        assert failed(mended) == {}
        assert words(mended) == words(docx(fault.official))
    else:
        assert failed(mended) == found and mended == content


WRONG_NUMBERS = [
    "临政办发〔2026〕012号",
    "临政办发[2026]12号",
    "临政办发（2026）12号",
    "临政办发〔26〕12号",
    "第12号",
]


@pytest.mark.parametrize("number", WRONG_NUMBERS)
def test_each_wrong_number_is_found_with_the_right_one_beside_it(number):
    found = failed(planted(Fault(text_of_style("发文字号", number))))
    assert [*found] == ["number_format"]
    right = "临政办发〔2026〕12号" if "临" in number else "机关代字〔年份〕序号号"
    assert right in found["number_format"]


@pytest.mark.parametrize(
    "day", ["2026年05月06日", "二〇二六年五月六日", "26年5月6日", "2026-05-06", "2026.5.6"]
)
def test_a_date_is_written_in_figures_in_full_without_zeros(day):
    found = failed(planted(Fault(text_of_style("成文日期", day))))
    assert [*found] == ["date_form"] and "应为 2026年5月6日" in found["date_form"]


# --- papers of others -----------------------------------------------------------------------------------


def typed(*lines, head=0):
    """As somebody types who knows no styles: python-docx's page, spaces for indents; the first lines centred."""
    document = python_docx.Document()
    for at, line in enumerate(lines):
        paragraph = document.add_paragraph(line)
        if at < head:
            paragraph.alignment = 1
    return document


def test_a_paper_typed_without_styles_is_told_what_is_wrong_and_mended_but_for_its_words():
    content = saved(
        typed(
            "临江市教育局文件",
            "临教字[2026]第007号",
            "关于检查学校食堂经费的通知。",
            "局属各单位:",
            "　　为规范管理,现将有关事项(含幼儿园)通知如下。",
            "一.检查范围",
            "三、有关要求",
            "附件:1、检查表。",
            "2、名单",
            "　　　　　　　　　　　　　　　　　　临江市教育局",
            "　　　　　　　　　　　　　　　　　　二〇二六年三月十二日",
            "抄送:市政府办,市审计局",
            "临江市教育局办公室 2026年03月13日印发",
            head=3,
        )
    )
    found = failed(content)
    assert "应为 临教字〔2026〕7号" in found["number_format"]
    assert found["body_font"] == "正文用仿宋体，这里是宋体", "a typeface of the theme"
    assert "应为第 2 个" in found["level_sequence"]
    assert rate(check(content)) > 0.5
    mended = mend(content)
    assert failed(mended) == {"level_sequence": found["level_sequence"]}
    assert words(mended) == [
        "临江市教育局文件",
        "临教字〔2026〕7号",
        "关于检查学校食堂经费的通知",
        "局属各单位：",
        "为规范管理，现将有关事项（含幼儿园）通知如下。",
        "一、检查范围",
        "三、有关要求",
        "附件：1.检查表",
        "2.名单",
        "临江市教育局",
        "2026年3月12日",
        "抄送：市政府办，市审计局。",
        "临江市教育局办公室2026年3月13日印发",
    ]


def test_a_place_is_named_as_a_person_finds_it():
    content = saved(typed("关于放假的通知", "各单位：", "一.放假时间从2026年5月1日起至5月5日止", head=1))
    places = {finding.rule: finding.where for finding in check(content) if not finding.ok}
    assert places["level_form"] == "第 3 段：“一.放假时间从2026年5月1日…”"


def test_an_empty_document_lacks_what_every_document_has():
    assert failed(saved(python_docx.Document()))["elements"] == "没有找到标题"


def test_a_mark_in_a_text_box_and_a_drawn_line_are_seen():
    """As many an office draws its letterhead."""
    document = python_docx.Document(io.BytesIO(docx(NOTICE)))
    no_red_line(document)
    number = styled(document, "发文字号")[0]
    number.add_r().append(OxmlElement("w:pict"))
    assert failed(saved(document)) == {}


def test_formatting_is_followed_through_styles_and_what_they_are_based_on():
    document = python_docx.Document(io.BytesIO(docx(NOTICE)))
    base = document.styles.add_style("底", 1)
    base.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "隶书")
    derived = document.styles.add_style("面", 1)
    derived.base_style, derived.font.size = base, Pt(16)
    paragraph = styled(document, "公文正文")[0]
    paragraph.style = derived.style_id
    indent(paragraph.pPr, first=2)
    put(paragraph.pPr, "w:spacing", line=579, lineRule="exact")
    content = saved(document)
    assert failed(content) == {"body_font": "正文用仿宋体，这里是隶书"}


def test_styles_based_on_each_other_in_a_ring_are_followed_once():
    document = python_docx.Document(io.BytesIO(docx(NOTICE)))
    put(document.styles["公文正文"].element, "w:basedOn", val="GwTitle")
    put(document.styles["公文标题"].element, "w:basedOn", val="GwBody")
    assert check(saved(document))


# --- hostile files --------------------------------------------------------------------------------------

BROKEN_INSIDE = {
    "no such part": zipped(as_word(**{"word/document.xml": b"<x/>"})),
    "a document that is none": zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}),
    "an entity bomb": zipped(as_word(**{"word/document.xml": entity_bomb()})),
    "macros": zipped(as_word(**{"word/vbaProject.bin": b"x"})),
    "locked": locked_zip(),
}


@pytest.mark.parametrize("content", BROKEN_INSIDE.values(), ids=BROKEN_INSIDE)
def test_a_broken_document_gets_a_sentence(content):
    for door in (check, mend):
        with pytest.raises(Unreadable, match=r"文件.*请"):
            door(content)


@pytest.mark.parametrize(("_", "make", "reason"), FILES.values(), ids=FILES)
def test_a_hostile_file_gets_its_sentence_before_anything_reads_it(_, make, reason):
    with pytest.raises(Unreadable):
        check(make())


def test_a_document_of_ten_thousand_paragraphs_is_none():
    document = python_docx.Document()
    body = document.element.body
    for _ in range(10_001):
        body.insert(0, OxmlElement("w:p"))
    with pytest.raises(Unreadable, match="10000 段"):
        check(saved(document))


ALIGNMENTS = st.sampled_from([None, 0, 1, 2, 3])
LINES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40),
    st.sampled_from([*"★（）：。", "文件", "第7号", "一.", "一、甲", "(一)乙", "1、丙", "000", "机密", "印发"]),
    st.sampled_from(["某办发[26]07号", "〔2026〕1号", "签发人：甲", "附件：", "附件:1.", "抄送:", "主题词：", "出席："]),
    st.sampled_from(["2026年13月45日", "二〇年月日", "2026年5月6日", "关于甲的通知", "2026年5月6日印发"]),
)  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(
    lines=st.lists(st.tuples(LINES, ALIGNMENTS, st.integers(1, 80)), max_size=25),
    wide=st.integers(0, 500),
    table=st.booleans(),
)
def test_no_document_makes_it_stumble(lines, wide, table):
    """Whatever is in it: a report comes, and what is mended is mended for good."""
    document = python_docx.Document()
    document.sections[0].page_width = Mm(wide)
    for text, alignment, size in lines:
        paragraph = document.add_paragraph()
        paragraph.alignment = alignment
        paragraph.add_run(text).font.size = Pt(size)
    if table:
        document.add_table(2, 2).cell(0, 0).text = lines[0][0] if lines else ""
    content = saved(document)
    assert check(content)
    assert [finding for finding in check(mend(content)) if finding.mend] == []


# --- as a command ---------------------------------------------------------------------------------------


def test_the_command_prints_a_line_for_each_check_and_a_summary(tmp_path):
    sound, broken = tmp_path / "发文.docx", tmp_path / "坏.docx"
    sound.write_bytes(planted(FAULTS["urgency_word"]))
    broken.write_bytes(b"PK\x03\x04 no archive")
    command = [sys.executable, "-m", "core.layout", "check"]
    done = subprocess.run([*command, str(sound)], cwd=ROOT, capture_output=True, text=True, check=True)
    *checks, summary = [json.loads(line) for line in done.stdout.splitlines()]
    assert all(one.keys() == {"rule", "ok", "where", "says"} for one in checks)
    assert [one["rule"] for one in checks if not one["ok"]] == ["urgency_word"]
    assert summary == {"checks": len(checks), "failed": 1, "rate": round(1 / len(checks), 4)}
    assert [*told(check(sound.read_bytes()))] == [*checks, summary]
    done = subprocess.run([*command, str(broken)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "") and "文件已损坏" in done.stderr

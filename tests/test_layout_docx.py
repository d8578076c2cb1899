"""A document laid out as DOCX to GB/T 9704-2012: its measures read off the file, each element in its own style.

Millimetres are asserted from the twentieths of a point in the XML; 0.1 mm is less than a printer can do.
"""

import io
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date, datetime

import docx as python_docx
import pypdfium2
import pytest
from docx.oxml.ns import qn
from docx.shared import Length

from core.intake import read, text_of
from core.layout.docx import docx
from core.layout.official import Direction, Form, Official

BODY = """为做好今年汛期安全值守工作，现就有关事项通知如下。
一、提高认识
各处室要把值守作为当前的重要工作，落实到人。
（一）分清职责。办公室牵头，各处室配合，值班人员不得离岗。
（二）备足物资
1.检查库房。每周一次。
2.补充沙袋。
（1）型号统一。
（2）数量充足。
二、严格值守。值班电话保持畅通，遇有险情立即报告。
三、加强督查
办公室将不定期抽查，结果予以通报。"""

NOTICE = Official(
    kind="通知",
    title="临江市人民政府办公室关于做好2026年汛期安全值守工作的通知",
    body=BODY,
    issuers=("临江市人民政府办公室",),
    number="临政办发〔2026〕12号",
    copy_serial="000012",
    secrecy="秘密",
    secrecy_term="5年",
    urgency="特急",
    recipients=("各区人民政府", "市政府各部门"),
    attachments=("值班安排表", "防汛物资清单"),
    dated_on=date(2026, 5, 6),
    annotation="此件公开发布",
    copies_to=("市委办公室", "市人大办公室"),
    printed_by="临江市人民政府办公室",
    printed_on=date(2026, 5, 8),
)
PLAIN = replace(NOTICE, copy_serial="", secrecy="", secrecy_term="", urgency="")
REQUEST = replace(
    PLAIN,
    kind="请示",
    direction=Direction.UP,
    title="临江市教育局关于解决北城小学扩建经费的请示",
    issuers=("临江市教育局",),
    number="临教字〔2026〕7号",
    signatories=("周明远",),
    recipients=("市人民政府",),
    attachments=("扩建预算表",),
)
JOINT = replace(PLAIN, issuers=("临江市财政局", "临江市教育局", "临江市审计局"))
UNSEALED = replace(
    REQUEST, issuers=("临江市财政局", "临江市教育局"), signatories=("周明远", "李青", "王一民"), sealed=False
)
LETTER = replace(
    PLAIN,
    form=Form.LETTER,
    kind="函",
    direction=Direction.LEVEL,
    title="临江市人民政府办公室关于商请协助调研的函",
    number="临政办函〔2026〕3号",
    recipients=("江北市人民政府办公室",),
    attachments=(),
    annotation="",
    urgency="加急",
)
MINUTES = replace(
    PLAIN,
    form=Form.MINUTES,
    kind="纪要",
    title="临江市人民政府专题会议纪要",
    letterhead="临江市人民政府专题会议纪要",
    number="第3号",
    recipients=(),
    attachments=(),
    annotation="",
    present=("市政府办公室张明", "市财政局李华"),
    excused=("市审计局王敏",),
    observers=("市教育局周宁",),
    sealed=False,
)
FORMS = {
    "a notice with every element": NOTICE,
    "an upward request": REQUEST,
    "a joint notice with three seals": JOINT,
    "a joint request without seals": UNSEALED,
    "a letter": LETTER,
    "minutes": MINUTES,
}


def opened(official):
    return python_docx.Document(io.BytesIO(docx(official)))


def in_mm(twips):
    return int(twips) / 1440 * 25.4


def styled(document, name):
    """The paragraphs of a style, those in tables too."""
    return [
        p
        for p in document.element.body.iter(qn("w:p"))
        if document.styles.element.get_by_id(p.style).name_val == name
    ]


def said(paragraph):
    return "".join(run.text for run in paragraph.iter(qn("w:r")))


def texts(official):
    body = opened(official).element.body
    return [text for p in body.iter(qn("w:p")) if (text := said(p)).strip()]


def attribute(element, path, name):
    return element.find("/".join(qn(tag) for tag in path.split("/"))).get(qn(f"w:{name}"))


def style(document, name):
    return next(s.element for s in document.styles if s.name == name)


# --- the page -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("official", FORMS.values(), ids=FORMS)
def test_the_page_is_a4_with_the_standards_margins_and_grid(official):
    section = opened(official).sections[0]
    sizes = (section.page_width, section.page_height, section.top_margin, section.left_margin)
    assert [round(size.mm, 1) for size in sizes] == [210.0, 297.0, 37.0, 28.0]
    wide = Length(section.page_width - section.left_margin - section.right_margin)
    high = Length(section.page_height - section.top_margin - section.bottom_margin)
    assert (wide.mm, high.mm) == (pytest.approx(156, abs=0.1), pytest.approx(225, abs=0.1))
    grid = section._sectPr.find(qn("w:docGrid"))
    assert grid.get(qn("w:type")) == "linesAndChars"
    pitch = int(grid.get(qn("w:linePitch"))) / 20
    character = 16 + int(grid.get(qn("w:charSpace"))) / 4096
    assert int(high.pt / pitch) == 22 and int(wide.pt / character) == 28
    assert high.pt - 22 * pitch < 2 and wide.pt - 28 * character < 1, "and they fill it"


def test_the_page_number_stands_outside_between_dashes_seven_millimetres_below():
    document = opened(NOTICE)
    section = document.sections[0]
    assert document.settings.odd_and_even_pages_header_footer
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        (line,) = footer.paragraphs
        assert "".join(line.text.split()).startswith("—") and line.text.endswith("—")
        assert line._p.find(qn("w:fldSimple")).get(qn("w:instr")).strip() == "PAGE"
        look = line.style.element
        assert attribute(look, "w:pPr/w:ind", f"{side}Chars") == "100"
        assert attribute(look, "w:rPr/w:rFonts", "ascii") == "宋体"
        assert attribute(look, "w:rPr/w:sz", "val") == "28"
    assert section.footer.paragraphs[0].style.element.pPr.jc_val == 2
    dash = section.bottom_margin.mm - section.footer_distance.mm - 14 / 72 * 25.4 / 2
    assert dash == pytest.approx(7, abs=0.1)


# --- the styles -----------------------------------------------------------------------------------------

LOOKS = {
    "公文正文": ("仿宋_GB2312", 16),
    "密级和保密期限": ("黑体", 16),
    "紧急程度": ("黑体", 16),
    "发文机关标志": ("方正小标宋简体", 36),
    "发文字号": ("仿宋_GB2312", 16),
    "公文标题": ("方正小标宋简体", 22),
    "主送机关": ("仿宋_GB2312", 16),
    "一级标题": ("黑体", 16),
    "二级标题": ("楷体_GB2312", 16),
    "三级标题": ("仿宋_GB2312", 16),
    "四级标题": ("仿宋_GB2312", 16),
    "附件说明": ("仿宋_GB2312", 16),
    "署名": ("仿宋_GB2312", 16),
    "成文日期": ("仿宋_GB2312", 16),
    "附注": ("仿宋_GB2312", 16),
    "版记": ("仿宋_GB2312", 14),
}


def test_every_element_has_its_own_style_with_its_typeface_and_size():
    document = opened(NOTICE)
    for name, (face, size) in LOOKS.items():
        look = style(document, name)
        assert attribute(look, "w:rPr/w:rFonts", "eastAsia") == face, name
        assert attribute(look, "w:rPr/w:sz", "val") == str(size * 2), name
    assert attribute(style(document, "公文正文"), "w:pPr/w:ind", "firstLineChars") == "200"
    assert attribute(style(document, "发文机关标志"), "w:rPr/w:color", "val") == "FF0000"
    pitch = style(document, "Normal").find(qn("w:pPr")).find(qn("w:spacing"))
    assert (pitch.get(qn("w:lineRule")), int(pitch.get(qn("w:line"))) / 20) == ("exact", 28.95)


def test_headings_have_their_styles_and_one_that_runs_on_only_up_to_its_full_stop():
    document = opened(NOTICE)
    assert [said(p) for p in styled(document, "一级标题")] == ["一、提高认识", "三、加强督查"]
    assert [said(p) for p in styled(document, "二级标题")] == ["（二）备足物资"]
    runs = [
        (run.style, run.text) for p in styled(document, "公文正文") for run in p.iter(qn("w:r")) if run.style
    ]
    assert runs == [
        ("GwHead2", "（一）分清职责。"),
        ("GwHead3", "1.检查库房。"),
        ("GwHead1", "二、严格值守。"),
    ]
    outline = [attribute(style(document, f"{n}级标题"), "w:pPr/w:outlineLvl", "val") for n in "一二三四"]
    assert outline == ["0", "1", "2", "3"]


def test_nothing_is_dressed_up_by_hand():
    """Outside the frames, paragraphs carry no typeface, and runs none but the mark's size."""
    for official in FORMS.values():
        body = opened(official).element.body
        assert not [*body.iter(qn("w:rFonts"), qn("w:b"), qn("w:color"))]


# --- the head -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("official", [NOTICE, PLAIN, REQUEST, MINUTES])
def test_the_mark_lies_thirty_five_millimetres_below_the_text_areas_top(official):
    """In a frame, so that a mark of secrecy more or less does not move it; three lines fit above it."""
    document = opened(official)
    (mark,) = styled(document, "发文机关标志")
    frame = mark.pPr.find(qn("w:framePr"))
    assert (frame.get(qn("w:vAnchor")), frame.get(qn("w:hAnchor"))) == ("margin", "margin")
    assert in_mm(frame.get(qn("w:y"))) == pytest.approx(35, abs=0.1)
    above = document.element.body.index(mark)
    assert above == 3 and above * 28.95 / 72 * 25.4 < 35
    size = int(attribute(mark, "w:r/w:rPr/w:sz", "val")) / 2
    assert size * len(said(mark)) <= 156 / 25.4 * 72 + 1, "it stays within the text area"
    below = int(frame.get(qn("w:h"))) / 20 - size
    assert below == pytest.approx(2 * 28.95 + (28.95 - 16) / 2, abs=0.5), (
        "and two lines below it are the number's"
    )


def test_the_red_line_is_four_millimetres_below_the_number_and_the_title_two_lines_below_that():
    document = opened(NOTICE)
    (number,), (title,) = styled(document, "发文字号"), styled(document, "公文标题")
    line = number.pPr.find(qn("w:pBdr")).find(qn("w:bottom"))
    assert int(line.get(qn("w:space"))) / 72 * 25.4 == pytest.approx(4, abs=0.15)
    assert line.get(qn("w:color")) == "FF0000"
    look = style(document, "公文标题")
    spacing = look.find(qn("w:pPr")).find(qn("w:spacing"))
    assert [int(spacing.get(qn(f"w:{side}"))) / 579 for side in ("before", "after")] == [2, 1]
    assert [*title.iter(qn("w:br"))], "the title is broken where its meaning allows"
    assert said(title).replace("\n", "") == NOTICE.title


def test_an_upward_document_has_its_number_at_the_left_and_who_signed_at_the_right():
    document = opened(REQUEST)
    (line,) = styled(document, "发文字号（上行文）")
    assert said(line) == "临教字〔2026〕7号\t签发人：周明远"
    assert [run.style for run in line.iter(qn("w:r"))][-1] == "GwSigner"
    label, name = (
        int(tab.get(qn("w:pos"))) / 20 / (156 / 25.4 * 72 / 28)
        for tab in line.iter(qn("w:tab"))
        if tab.get(qn("w:pos"))
    )
    assert (round(label, 1), round(name, 1)) == (20.0, 24.0), "the name ends one character from the right"
    (rule,) = styled(document, "红色分隔线")
    assert rule.pPr.find(qn("w:ind")) is None, "the line is as wide as the text area"


def test_three_signers_stand_two_a_line_and_the_number_beside_the_last():
    lines = [said(line) for line in styled(opened(UNSEALED), "发文字号（上行文）")]
    assert lines == ["\t签发人：周明远　李青", "临教字〔2026〕7号\t\t王一民"]


def test_a_joint_mark_has_its_offices_one_below_the_other_and_the_word_beside_them():
    document = opened(JOINT)
    table = document.tables[0]._tbl
    place = table.tblPr.find(qn("w:tblpPr"))
    assert in_mm(place.get(qn("w:tblpY"))) == pytest.approx(35, abs=0.1)
    left, right = table.tr_lst[0].tc_lst
    assert [said(p) for p in left.p_lst] == [*JOINT.issuers]
    assert [said(p) for p in right.p_lst] == ["文件"]


# --- the end --------------------------------------------------------------------------------------------


def right_of(paragraph):
    return int(attribute(paragraph, "w:pPr/w:ind", "rightChars")) / 100


def test_with_a_seal_the_date_is_four_characters_from_the_right_and_the_signature_centred_over_it():
    document = opened(NOTICE)
    (dated,), (signed,) = styled(document, "成文日期"), styled(document, "署名")
    assert (said(dated), right_of(dated)) == ("2026年5月6日", 4)
    centre = right_of(dated) + 6 / 2
    assert right_of(signed) == max(0, centre - 10 / 2)


def test_without_a_seal_the_signature_is_two_characters_in_and_the_date_two_further_below_it():
    document = opened(replace(REQUEST, sealed=False, dated_on=date(2026, 11, 24)))
    (dated,), (signed,) = styled(document, "成文日期"), styled(document, "署名")
    assert (right_of(signed), right_of(dated)) == (5, 2), "a date longer than the signature is two in itself"
    document = opened(replace(NOTICE, sealed=False))
    (dated,), (signed,) = styled(document, "成文日期"), styled(document, "署名")
    begins = 28 - right_of(signed) - 10
    assert right_of(signed) == 2 and 28 - right_of(dated) - 6 == begins + 2


def test_three_seals_stand_side_by_side_and_the_date_below_the_last():
    document = opened(JOINT)
    (row,) = styled(document, "署名")
    assert said(row).split("\t") == ["", *JOINT.issuers]
    stops = list(row.pPr.find(qn("w:tabs")))
    assert {tab.get(qn("w:val")) for tab in stops} == {"center"} and len(stops) == 3


def test_signature_and_date_never_stand_alone_on_a_page():
    document = opened(NOTICE)
    last = styled(document, "附件说明")[-1]
    assert last.pPr.find(qn("w:keepNext")) is not None
    assert style(document, "署名").find(qn("w:pPr")).find(qn("w:keepNext")) is not None


def test_the_imprint_lies_on_the_text_areas_foot_between_its_lines():
    document = opened(NOTICE)
    table = document.tables[-1]._tbl
    place = table.tblPr.find(qn("w:tblpPr"))
    assert (place.get(qn("w:vertAnchor")), place.get(qn("w:tblpYSpec"))) == ("margin", "bottom")
    assert in_mm(attribute(table, "w:tblPr/w:tblW", "w")) == pytest.approx(156, abs=0.1)
    borders = {
        b.tag.rpartition("}")[2]: int(b.get(qn("w:sz"))) / 8 / 72 * 25.4
        for b in table.tblPr.find(qn("w:tblBorders"))
    }
    assert borders == {
        "top": pytest.approx(0.35, abs=0.03),
        "bottom": pytest.approx(0.35, abs=0.03),
        "insideH": pytest.approx(0.25, abs=0.03),
    }
    assert [said(p) for p in styled(document, "版记")] == [
        "抄送：市委办公室，市人大办公室。",
        "临江市人民政府办公室\t2026年5月8日印发",
    ]
    assert table.getnext().getnext() is document.element.body.sectPr, "and it is the last thing there is"


# --- the special forms ----------------------------------------------------------------------------------


def test_a_letter_has_its_red_double_lines_and_no_number_on_its_first_page():
    document = opened(LETTER)
    (mark,) = styled(document, "发文机关标志")
    frame = mark.pPr.find(qn("w:framePr"))
    assert frame.get(qn("w:vAnchor")) == "page" and in_mm(frame.get(qn("w:y"))) == pytest.approx(30, abs=0.1)
    assert in_mm(frame.get(qn("w:w"))) == pytest.approx(170, abs=0.1)
    upper = mark.pPr.find(qn("w:pBdr")).find(qn("w:bottom"))
    assert (upper.get(qn("w:val")), upper.get(qn("w:color"))) == ("thickThinSmallGap", "FF0000")
    section = document.sections[0]
    assert section.different_first_page_header_footer
    lower = section.first_page_footer.paragraphs[0]._p
    frame = lower.pPr.find(qn("w:framePr"))
    assert 297 - in_mm(frame.get(qn("w:y"))) == pytest.approx(20, abs=0.1)
    assert lower.pPr.find(qn("w:pBdr")).find(qn("w:top")).get(qn("w:val")) == "thinThickSmallGap"
    assert not [*section.first_page_footer._element.iter(qn("w:fldSimple"))]
    assert [said(p) for p in styled(document, "发文字号（信函）")] == ["加急\t临政办函〔2026〕3号"]
    assert not document.tables[-1]._tbl.tblPr.findall(qn("w:tblBorders")), "no lines in its imprint"
    assert not [text for text in texts(LETTER) if "印发" in text]


def test_minutes_name_who_was_there_and_bear_no_seal():
    document = opened(MINUTES)
    assert [said(p) for p in styled(document, "出席人员")] == [
        "出席：市政府办公室张明、市财政局李华",
        "请假：市审计局王敏",
        "列席：市教育局周宁",
    ]
    assert {next(p.iter(qn("w:r"))).style for p in styled(document, "出席人员")} == {"GwPresentLabel"}


# --- the file -------------------------------------------------------------------------------------------


def test_what_is_laid_out_is_read_back_by_the_intake():
    """The office's own paper, coming in again, fills the register."""
    reading = read(text_of("发文.docx", docx(NOTICE)))
    assert (reading.doc_number, reading.title) == (NOTICE.number, NOTICE.title)
    assert (reading.dated_on, reading.doc_kind) == (date(2026, 5, 6), "通知")
    assert reading.main_recipients == "各区人民政府、市政府各部门"


def test_the_file_says_what_it_is():
    about = opened(NOTICE).core_properties
    assert (about.title, about.author, about.subject) == (NOTICE.title, "临江市人民政府办公室", NOTICE.number)
    assert about.created.replace(tzinfo=None) == datetime(2026, 5, 6)


@pytest.mark.parametrize("official", FORMS.values(), ids=FORMS)
def test_properties_stand_in_the_order_word_demands(official):
    """Each element of a paragraph's properties comes after those the schema puts before it."""
    orders = {
        "pPr": "pStyle keepNext framePr widowControl pBdr tabs autoSpaceDE autoSpaceDN adjustRightInd snapToGrid "
        "spacing ind jc outlineLvl",
        "rPr": "rStyle rFonts color spacing kern sz szCs lang",
        "sectPr": "footerReference pgSz pgMar cols titlePg docGrid",
        "tblPr": "tblpPr tblW tblBorders tblLayout tblCellMar",
    }
    document = opened(official)
    section = document.sections[0]
    roots = [
        document.element,
        document.styles.element,
        section.footer._element,
        section.first_page_footer._element,
    ]
    for root in roots:
        for element in root.iter():
            name = element.tag.rpartition("}")[2]
            if name in orders:
                places = [orders[name].split().index(child.tag.rpartition("}")[2]) for child in element]
                assert places == sorted(places), (name, [child.tag for child in element])


def test_text_with_anything_in_it_is_laid_out_as_text():
    hostile = replace(
        NOTICE, body="一、<w:b/>&amp;\x00\x02\ud800]]>\n$a$ {{7*7}} #import", title="关于\x01“&<>”的通知"
    )
    assert "一、<w:b/>&amp;]]>" in texts(hostile)
    assert re.sub(r"\s", "", texts(hostile)[5]) == "关于“&<>”的通知"


def test_an_annotation_that_ends_in_brackets_of_its_own_keeps_them():
    document = opened(replace(NOTICE, annotation="联系人：李青(办公室)"))
    assert [said(p) for p in styled(document, "附注")] == ["（联系人：李青（办公室））"]


def test_a_word_processor_without_the_grid_sets_28_characters_a_line_as_well(tmp_path):
    """LibreOffice gives a character that is wider than a cell of the grid two of them; the styles do not need the grid."""
    writer = shutil.which("soffice")
    if not writer:
        pytest.skip("LibreOffice is not installed")
    (tmp_path / "long.docx").write_bytes(docx(replace(NOTICE, body="情况" * 300)))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [writer, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), "long.docx"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    pages = pypdfium2.PdfDocument(tmp_path / "long.pdf")
    lines = pages[1].get_textpage().get_text_bounded().splitlines()
    assert {len(line) for line in lines[:5]} == {28}

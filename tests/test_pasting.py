"""A draft pasted from a word processor keeps its levels, as official numbers."""

import io

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from core.errors import Unreadable
from core.pasting import draft_in, from_docx, from_html, levelled, numbered, parts

WORD = """
<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p {margin:0cm}</style>
<!--[if gte mso 9]><xml><w:WordDocument/></xml><![endif]--></head><body><!--StartFragment-->
<p class=MsoNormal>为做好防汛
工作，现通知如下：<o:p></o:p></p>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><![if !supportLists]><span lang=EN-US><span
style='mso-list:Ignore'>一、<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;</span></span></span><![endif]>压实责任</p>
<p class=MsoListParagraph style='mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>（一）</span>各单位主要负责人负总责。</p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>1.</span>每日巡查。</p>
<p class=MsoListParagraph style='mso-list:l1 level2 lfo2'><span style='mso-list:Ignore'>（1）</span>记录在册。</p>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>二、</span>报送信息</p>
<p class=MsoNormal>　　每日 17 时前报送。</p><del>删去的话</del>
<!--EndFragment--></body></html>
"""


def test_what_is_pasted_from_word_keeps_its_levels_and_numbers() -> None:
    assert from_html(WORD).split("\n") == [
        "为做好防汛工作，现通知如下：",
        "一、压实责任",
        "（一）各单位主要负责人负总责。",
        "1.每日巡查。",
        "（1）记录在册。",
        "二、报送信息",
        "每日 17 时前报送。",
    ]


def test_headings_and_lists_without_official_numbers_are_given_them() -> None:
    html = (
        "<h1>总体要求</h1><p>全面落实。</p><h2>目标</h2><h2>原则</h2>"
        "<h1>重点任务</h1><ol><li>摸清底数<ol><li>逐村登记</li></ol></li><li>分类整治</li></ol>"
        "<p style='mso-list:l3 level1 lfo9'><span style='mso-list:Ignore'>·</span>建立台账</p>"
    )
    assert from_html(html).split("\n") == [
        "一、总体要求",
        "全面落实。",
        "（一）目标",
        "（二）原则",
        "二、重点任务",
        "（一）摸清底数",
        "1.逐村登记",
        "（二）分类整治",
        "（三）建立台账",
    ]


@pytest.mark.parametrize(
    "html",
    [
        "<p>正文<script>alert(1)</script><span style='display:none'>藏着的字</span></p>",
        "<p>正文<style>p{}</style></p></div></span>",
        "<p>正文",
        "正文<!-- <p>注</p> -->",
    ],
)
def test_of_hostile_or_broken_html_only_the_words_to_be_seen_stay(html: str) -> None:
    assert from_html(html) == "正文"


def test_a_paragraph_put_on_another_level_is_counted_with_its_neighbours() -> None:
    body = "一、总体要求\n全面落实。\n重点任务\n摸清底数\n二、保障措施"
    body = levelled(body, 2, 2, 1)
    assert body.split("\n")[2:] == ["二、重点任务", "摸清底数", "三、保障措施"]
    body = levelled(body, 3, 3, 2)
    assert body.split("\n")[3] == "（一）摸清底数"
    body = levelled(body, 2, 2, 0)
    assert body.split("\n")[2:] == ["重点任务", "（一）摸清底数", "二、保障措施"]


def test_numbers_are_read_and_written_alike_up_to_ninety_nine() -> None:
    body = "\n".join(["九、甲", *["段"] * 2, "十、乙", "十一、丙", "二十、丁", "（二十一）戊", "99.己"])
    assert numbered(parts(body)) == body
    assert [part.count for part in parts(body) if part.level] == [9, 10, 11, 20, 21, 99]
    assert {part.level for part in parts("2026.5 版\n（一九九八）说明\n3.5 倍\n一是说明")} == {0}


def _listed(paragraph: "docx.text.paragraph.Paragraph", number: str, level: str) -> None:
    properties = OxmlElement("w:numPr")
    for name, value in (("w:ilvl", level), ("w:numId", number)):
        one = OxmlElement(name)
        one.set(qn("w:val"), value)
        properties.append(one)
    paragraph._p.get_or_add_pPr().append(properties)


def test_a_docx_keeps_the_levels_of_its_headings_and_lists() -> None:
    document = docx.Document()
    document.add_paragraph("为做好防汛工作，现通知如下：")
    document.add_heading("压实责任", 1)
    document.add_heading("党政同责", 2)
    document.add_heading("报送信息", 1)
    _listed(document.add_paragraph("每日报送"), "1", "0")
    document.add_paragraph("（一）写明的号照旧")
    kept = io.BytesIO()
    document.save(kept)
    assert from_docx(kept.getvalue()).split("\n") == [
        "为做好防汛工作，现通知如下：",
        "一、压实责任",
        "（一）党政同责",
        "二、报送信息",
        "（一）每日报送",
        "（一）写明的号照旧",
    ]


def test_a_foreign_draft_fills_title_recipients_body_and_attachments() -> None:
    document = docx.Document()
    for line in (
        "云川市人民政府文件",
        "云政发〔2026〕9号",
        "云川市人民政府关于做好冬季防火工作的通知",
        "各区县人民政府，市政府各部门：",
        "为做好冬季防火工作，现通知如下：",
        "一、压实责任",
        "各单位主要负责人负总责。",
        "附件：1.任务分工表",
        "2.联络员名单",
        "云川市人民政府",
        "2026年11月20日",
    ):
        document.add_paragraph(line)
    kept = io.BytesIO()
    document.save(kept)
    found = draft_in(kept.getvalue())
    assert (found.title, found.doc_kind) == ("云川市人民政府关于做好冬季防火工作的通知", "通知")
    assert "各区县人民政府" in found.main_recipients
    assert found.body == "为做好冬季防火工作，现通知如下：\n一、压实责任\n各单位主要负责人负总责。"
    assert found.attachment_note == "任务分工表\n联络员名单"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken", b"plain words", b"%PDF-1.7"])
def test_a_file_that_is_no_docx_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(Unreadable, match="请"):
        from_docx(content)

"""Levels that Word counts by itself (自动编号): a foreign DOCX with them is judged by the same rules as a typed one.

The office's own notice loses its typed numbers and gets a list in their place, as a clerk's Word or WPS makes one.
"""

import io
import re
import zipfile

import docx as python_docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

from core.layout.check import check
from core.layout.docx import docx
from core.layout.mend import mend
from core.layout.ooxml import put
from core.layout.rules.lists import chinese, written
from core.layout.rules.parts import parts
from core.layout.rules.sheet import sheet
from tests.test_format_checker import failed, saved
from tests.test_layout_docx import NOTICE

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/numbering"
TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml"

OFFICIAL = (
    ("chineseCountingThousand", "%1、"),
    ("chineseCounting", "（%2）"),
    ("decimal", "%3."),
    ("decimal", "（%4）"),
)
"""The four levels of the standard as one multilevel list."""

TYPED = re.compile(r"^(?:([一二三]、)|(（[一二三]）)|(\d\.)|(（\d）))")


def level(at, look, start=1, indent="", more=""):
    format_, text = look
    ind = f"<w:pPr><w:ind {indent}/></w:pPr>" if indent else ""
    return (
        f'<w:lvl w:ilvl="{at}"><w:start w:val="{start}"/><w:numFmt w:val="{format_}"/>{more}'
        f'<w:lvlText w:val="{text}"/>{ind}</w:lvl>'
    )


def lists(*levels, nums='<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'):
    """The part with one list."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><w:numbering xmlns:w="{W}">'
        f'<w:abstractNum w:abstractNumId="0">{"".join(levels)}</w:abstractNum>{nums}</w:numbering>'
    )


def with_part(content, numbering):
    """The file with the part in it."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode() if name.endswith((".xml", ".rels")) else old.read(name)
            if name == "[Content_Types].xml":
                override = f'<Override PartName="/word/numbering.xml" ContentType="{TYPE}"/>'
                text = text.replace("</Types>", f"{override}</Types>")
            if name == "word/_rels/document.xml.rels":
                relation = f'<Relationship Id="rIdLists" Type="{RELATION}" Target="numbering.xml"/>'
                text = text.replace("</Relationships>", f"{relation}</Relationships>")
            new.writestr(name, text)
        new.writestr("word/numbering.xml", numbering)
    return file.getvalue()


def in_list(paragraph, at, num=1):
    """The paragraph is on this level of the list."""
    number = put(paragraph.get_or_add_pPr(), "w:numPr")
    put(number, "w:ilvl", val=at)
    put(number, "w:numId", val=num)


def counted(change=lambda found: None, numbering=None, official=NOTICE):
    """The paper with its numbers counted; `change` gets the paragraphs in the list, each with its level."""
    document = python_docx.Document(io.BytesIO(docx(official)))
    found = []
    for paragraph in document.element.body.iter(qn("w:p")):
        first = paragraph.find(qn("w:r"))
        said = TYPED.match(first.text or "") if first is not None else None
        if said and not str(paragraph.style).startswith("GwAtt"):
            first.text = first.text[said.end() :]
            at = said.lastindex - 1
            in_list(paragraph, at)
            found.append((paragraph, at))
    change(found)
    return with_part(
        saved(document), numbering or lists(*(level(at, one) for at, one in enumerate(OFFICIAL)))
    )


def numbers(content):
    """What is counted in the paper, in its order."""
    document = python_docx.Document(io.BytesIO(content))
    return [(one.depth, one.said) for one in parts(sheet(document)).levels]


def test_counted_numbers_are_read_as_the_levels_they_show():
    content = counted()
    typed = docx(NOTICE)
    assert numbers(content) == numbers(typed)
    assert numbers(content)[:3] == [(1, "一、"), (2, "（一）"), (2, "（二）")]
    assert failed(content) == {}
    assert len(check(content)) == len(check(typed)), "every check of a typed paper is made"


def other_level(at, look, **more):
    looks = [*OFFICIAL]
    looks[at] = look
    return lists(*(level(n, one, **(more if n == at else {})) for n, one in enumerate(looks)))


def deeper(found):
    """一、 and then （1）, at once."""
    in_list(found[1][0], 3)
    found[1][0].find(qn("w:r")).style = "GwHead4"


def no_heading(found):
    found[0][0].pPr.style = "GwBody"


FAULTS = {
    "a comma for the sign behind 一": (
        counted(numbering=other_level(0, ("chineseCounting", "%1，"))),
        {"level_form": "结构层次序数写成“一、”，这里是“一，”"}, True,
    ),
    "half brackets": (
        counted(numbering=other_level(1, ("chineseCounting", "(%2)"))),
        {"level_form": "结构层次序数写成“（一）”，这里是“(一)”"}, True,
    ),
    "1、": (
        counted(numbering=other_level(2, ("decimal", "%3、"))),
        {"level_form": "结构层次序数写成“1.”，这里是“1、”"}, True,
    ),
    "the list begins with two": (
        counted(numbering=other_level(0, OFFICIAL[0], start=2)),
        {"level_sequence": "序数应为第 1 个，这里写的是第 2 个（“二、”）"}, False,
    ),
    "a level left out": (
        counted(deeper),
        {"level_skipped": "层次依次用“一、”“（一）”“1.”“（1）”，这里跳过了第二层（（一））、第三层（1.）"}, False,
    ),
    "一、 in 仿宋": (
        counted(no_heading), {"level1_font": "第一层（一、）标题用黑体，这里是仿宋_GB2312"}, True,
    ),
}  # fmt: skip
"""What a clerk's list does wrong, what is said, and whether a program can put it right."""


@pytest.mark.parametrize(("content", "says", "mendable"), FAULTS.values(), ids=FAULTS)
def test_a_fault_of_a_list_is_found_alone_and_mended_where_it_can_be(content, says, mendable):
    assert failed(content) == says
    mended = mend(content)
    assert failed(mended) == ({} if mendable else says)


def test_a_place_names_the_number_as_it_is_shown():
    content = counted(numbering=other_level(0, ("chineseCounting", "%1，")))
    first = next(finding for finding in check(content) if not finding.ok)
    assert "“一，提高认识”" in first.where


def test_the_indent_of_a_list_is_that_of_its_paragraphs():
    """Word's own lists hang: the number stands at the margin, and that is said and mended."""
    document = python_docx.Document(io.BytesIO(counted()))
    for paragraph in document.element.body.iter(qn("w:p")):
        number = paragraph.pPr.find(qn("w:numPr")) if paragraph.pPr is not None else None
        if number is not None:
            paragraph.pPr.style = "GwRecipients"  # a style without an indent of its own
    hanging = lists(*(level(n, one, indent='w:left="720" w:hanging="720"') for n, one in enumerate(OFFICIAL)))
    content = rewritten(saved(document), hanging)
    assert failed(content)["body_indent"] == "正文每个自然段左空 2 字编排，这里是 0.0 字"
    assert failed(mend(content)) == {}


def rewritten(content, numbering):
    """The file with another part of lists."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            new.writestr(name, numbering if name == "word/numbering.xml" else old.read(name))
    return file.getvalue()


def test_a_list_that_belongs_to_heading_styles_is_counted_too():
    """As WPS does: the styles name the list, its levels name the styles."""
    document = python_docx.Document(io.BytesIO(docx(NOTICE)))
    styles = {"GwLevel1": 0, "GwLevel2": 1}
    for style in document.styles.element.findall(qn("w:style")):
        if style.get(qn("w:styleId")) in styles:
            put(put(style.get_or_add_pPr(), "w:numPr"), "w:numId", val=1)
    for paragraph in document.element.body.iter(qn("w:p")):
        if paragraph.style in styles:
            first = paragraph.find(qn("w:r"))
            first.text = TYPED.sub("", first.text)
    belongs = [f'<w:pStyle w:val="{name}"/>' for name in styles]
    part = lists(*(level(n, OFFICIAL[n], more=more) for n, more in enumerate(belongs)))
    content = with_part(saved(document), part)
    found = numbers(content)
    assert found[0] == (1, "一、") and (2, "（一）") in found, "the one typed beside it stays"
    assert [said for depth, said in found if depth == 1] == ["一、", "二、", "二、"]


def test_counting_goes_on_across_lists_and_begins_anew_where_a_list_says_so():
    nums = (
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
    )
    part = lists(level(0, OFFICIAL[0]), level(1, ("decimal", "%1.%2"), more="<w:isLgl/>"), nums=nums)
    document = python_docx.Document()
    for num, at in ((1, 0), (1, 1), (2, 0), (2, 1), (2, 1), (3, 0), (3, 0)):
        in_list(document.add_paragraph("甲")._p, at, num)
    content = with_part(without_part(saved(document)), part)
    shown = [para.number for para in sheet(python_docx.Document(io.BytesIO(content))).paras]
    assert shown == ["一、", "1.1", "二、", "2.1", "2.2", "一、", "二、"]


def without_part(content):
    """The file without the lists python-docx begins with."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
        for name in (name for name in old.namelist() if name != "word/numbering.xml"):
            text = old.read(name)
            if name.endswith((".rels", "[Content_Types].xml")):
                text = re.sub(rb"<(?:Override|Relationship)\b[^>]*numbering\.xml[^>]*/>", b"", text)
            new.writestr(name, text)
    return file.getvalue()


@pytest.mark.parametrize(
    ("count", "said"),
    [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (99, "九十九"), (101, "一百零一"), (110, "一百一十"), (1010, "一千零一十")],
)  # fmt: skip
def test_counts_are_written_as_they_are_read(count, said):
    assert chinese(count) == said


def test_each_format_has_its_figures():
    formats = {
        "decimal": "3", "decimalZero": "03", "decimalFullWidth": "３", "decimalEnclosedCircle": "③", "lowerLetter": "c",
        "upperLetter": "C", "lowerRoman": "iii", "upperRoman": "III", "ideographDigital": "三", "unknown": "3",
    }  # fmt: skip
    assert {name: written(3, name) for name in formats} == formats


@settings(max_examples=40, deadline=None)
@given(
    text=st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters='<>&"'), max_size=60),
    start=st.integers(0, 10**7),
    format_=st.sampled_from([*"x", "upperRoman", "lowerLetter", "chineseCounting", "decimalEnclosedCircle", "bullet"]),
    places=st.lists(st.tuples(st.integers(0, 12), st.integers(0, 3)), max_size=8),
)  # fmt: skip
def test_no_list_makes_it_stumble(text, start, format_, places):
    """Whatever a list says: a report comes, and what is mended is mended for good."""
    part = lists(level(0, (format_, text + "%1"), start=start), level(8, ("decimal", "%9%1%5")))
    document = python_docx.Document()
    for at, num in places:
        paragraph = document.add_paragraph("关于甲的通知")
        in_list(paragraph._p, at, num)
    document.element.body.append(OxmlElement("w:p"))
    content = with_part(without_part(saved(document)), part)
    assert check(content)
    assert [finding for finding in check(mend(content)) if finding.mend] == []

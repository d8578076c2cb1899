"""Compiled minutes (纪要汇编) as one PDF or DOCX with a table of contents (N15)."""

import json
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import typst
from docx import Document
from docx.document import Document as DocumentFile
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from core.layout.body import paragraphs
from core.layout.official import Official
from core.meeting_series import Compiled
from core.papers.pdf import fonts

_TEMPLATE = Path(__file__).with_name("compiled.typ").read_bytes()
_FACES = ("仿宋_GB2312", "黑体", "楷体_GB2312", "仿宋_GB2312", "仿宋_GB2312")
_SONG = "方正小标宋简体"


def pdf(made: Compiled, font_paths: Sequence[Path] = ()) -> bytes:
    """The file; `font_paths` as for every paper."""
    drawn = _compiler(made, font_paths).compile(format="pdf", timestamp=int(made.made_at.timestamp()))
    if not isinstance(drawn, bytes):
        raise TypeError("a PDF is one file")
    return drawn


def _compiler(made: Compiled, font_paths: Sequence[Path]) -> typst.Compiler:
    data = {
        "title": made.title,
        "office": made.office,
        "says": made.says,
        "made_on": _day(made),
        "note": made.note,
        "minutes": [_told(day, one) for day, one in made.minutes],
    }
    return typst.Compiler(
        _TEMPLATE, font_paths=fonts(tuple(font_paths)), sys_inputs={"compiled": json.dumps(data)}
    )


def _pages(made: Compiled, font_paths: Sequence[Path]) -> list[int]:
    """On which page each of the minutes begins."""
    found = json.loads(_compiler(made, font_paths).query("<at>", field="value"))
    return [int(page) for page in found]


def _told(day: str, one: Official) -> dict[str, Any]:
    return {
        "title": one.title,
        "line": _line(day, one),
        "paragraphs": [
            {"level": part.level, "head": part.text[: part.head], "rest": part.text[part.head :]}
            for part in paragraphs(one.body)
        ],
        "people": _people(one),
    }


def _people(one: Official) -> list[tuple[str, str]]:
    named = (("出席", one.present), ("请假", one.excused), ("列席", one.observers))
    return [(label, "、".join(names)) for label, names in named if names]


def _line(day: str, one: Official) -> str:
    return f"{one.number}　{day}"


def _day(made: Compiled) -> str:
    return f"{made.made_at.year}年{made.made_at.month}月{made.made_at.day}日"


# --- as DOCX --------------------------------------------------------------------------------------------


def docx(made: Compiled, font_paths: Sequence[Path] = ()) -> bytes:
    """The file. Its table of contents is a field with the pages of the PDF in it, until a word processor counts anew."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    _heading_style(document)
    _write(document, made.office, _SONG, 26, centred=True, before=120)
    _write(document, made.title, _SONG, 36, centred=True, before=24)
    _write(document, made.says, _FACES[0], 16, centred=True, before=36)
    _write(document, _day(made), _FACES[0], 16, centred=True, before=200)
    _write(document, "目　录", _SONG, 20, centred=True).paragraph_format.page_break_before = True
    _contents(
        document, list(zip((one.title for _, one in made.minutes), _pages(made, font_paths), strict=True))
    )
    _footer(section.footer.paragraphs[0])
    if made.note:
        _write(document, made.note, _FACES[0], 12, before=18)
    for day, one in made.minutes:
        _minutes(document, day, one)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = made.title, "", ""
    properties.created = properties.modified = made.made_at
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _minutes(document: DocumentFile, day: str, one: Official) -> None:
    title = document.add_paragraph(one.title, style="Heading 1")
    title.paragraph_format.page_break_before = True
    _write(document, _line(day, one), _FACES[0], 14, centred=True)
    for part in paragraphs(one.body):
        paragraph = _write(document, part.text[: part.head], _FACES[part.level], 16)
        _font(paragraph.add_run(part.text[part.head :]), _FACES[0], 16)
        paragraph.paragraph_format.first_line_indent = Pt(32)
    for label, names in _people(one):
        paragraph = _write(document, f"{label}：", _FACES[1], 16)
        paragraph.paragraph_format.first_line_indent = Pt(32)
        _font(paragraph.add_run(names), _FACES[0], 16)


def _heading_style(document: DocumentFile) -> None:
    style: Any = document.styles["Heading 1"]
    style.font.size, style.font.color.rgb = Pt(20), RGBColor(0, 0, 0)
    fonts_of = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in [key for key in fonts_of.attrib if key.endswith("Theme")]:
        del fonts_of.attrib[theme]
    fonts_of.set(qn("w:eastAsia"), _SONG)
    style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _write(
    document: DocumentFile, text: str, face: str, points: float, *, centred: bool = False, before: float = 0
) -> Any:
    paragraph = document.add_paragraph()
    layout = paragraph.paragraph_format
    layout.space_before, layout.space_after = Pt(before), Pt(0)
    if centred:
        layout.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _font(paragraph.add_run(text), face, points)
    return paragraph


def _font(run: Any, face: str, points: float) -> None:
    run.font.name, run.font.size = "Times New Roman", Pt(points)
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)


def _contents(document: DocumentFile, entries: Sequence[tuple[str, int]]) -> None:
    """The table of contents: titles with their pages, in a field that is filled in anew on opening."""
    for n, (title, page) in enumerate(entries):
        paragraph = _write(document, "", _FACES[0], 14, before=6)
        paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(156), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
        if n == 0:
            for part in ("begin", "instr", "separate"):
                _mark(paragraph, part)
        _font(paragraph.add_run(f"{title}\t{page}"), _FACES[0], 14)
        if n == len(entries) - 1:
            _mark(paragraph, "end")


def _footer(paragraph: Any) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run("— ")
    page = OxmlElement("w:fldSimple")
    page.set(qn("w:instr"), "PAGE")
    paragraph._p.append(page)
    paragraph.add_run(" —")


def _mark(paragraph: Any, what: str) -> None:
    run = paragraph.add_run()._r
    if what == "instr":
        told = OxmlElement("w:instrText")
        told.set(qn("xml:space"), "preserve")
        told.text = r' TOC \o "1-1" \h \z '
    else:
        told = OxmlElement("w:fldChar")
        told.set(qn("w:fldCharType"), what)
        if what == "begin":
            told.set(qn("w:dirty"), "true")
    run.append(told)

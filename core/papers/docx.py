"""A paper as DOCX, to be filled in further or printed from a word processor."""

from io import BytesIO
from typing import Any

from docx import Document
from docx.document import Document as DocumentFile
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from core.layout import docx as layout_docx
from core.papers import cards_docx
from core.papers.cards import Cards
from core.papers.forms import Laid
from core.papers.paper import GRID, Cell, Look, Paper, Row

_SHEET = (210, 297)  # millimetres of A4
_LATIN = "Times New Roman"
_LABEL, _SIGN = "表头", "签署"
_STYLES = (
    ("Normal", "仿宋_GB2312", 11, WD_ALIGN_PARAGRAPH.LEFT),
    ("Title", "方正小标宋简体", 20, WD_ALIGN_PARAGRAPH.CENTER),
    (_LABEL, "黑体", 10.5, WD_ALIGN_PARAGRAPH.CENTER),
    (_SIGN, "仿宋_GB2312", 10.5, WD_ALIGN_PARAGRAPH.RIGHT),
    ("Footer", "仿宋_GB2312", 9, WD_ALIGN_PARAGRAPH.CENTER),
)


def docx(paper: Paper) -> bytes:
    """The file."""
    if isinstance(paper, Cards):
        return cards_docx.docx(paper)
    if isinstance(paper, Laid):
        return layout_docx.docx(paper.official)
    document = Document()
    _set_up(document, paper)
    document.add_paragraph(paper.title, style="Title")
    line = document.add_paragraph(f"{paper.state}\t{paper.number_line}")
    line.paragraph_format.tab_stops.add_tab_stop(Mm(_wide(paper)), WD_TAB_ALIGNMENT.RIGHT)
    _table(document, paper)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _set_up(document: DocumentFile, paper: Paper) -> None:
    section = document.sections[0]
    wide, high = _SHEET[::-1] if paper.landscape else _SHEET
    section.page_width, section.page_height = Mm(wide), Mm(high)
    section.orientation = WD_ORIENT.LANDSCAPE if paper.landscape else WD_ORIENT.PORTRAIT
    section.top_margin, section.bottom_margin = Mm(22), Mm(20)
    section.left_margin, section.right_margin = Mm(24), Mm(20)
    for name, font, size, alignment in _STYLES:
        _style(document, name, font, size, alignment)
    _footer(section.footer.paragraphs[0], paper.foot)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = paper.title[:255], "", ""
    properties.created = properties.modified = paper.made_at


def _wide(paper: Paper) -> int:
    """Millimetres between the margins."""
    return _SHEET[paper.landscape] - 44


def _style(document: DocumentFile, name: str, font: str, size: float, alignment: WD_ALIGN_PARAGRAPH) -> None:
    known = name in {style.name for style in document.styles}
    style: Any = document.styles[name] if known else document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.font.name, style.font.size, style.font.color.rgb = _LATIN, Pt(size), RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in [key for key in fonts.attrib if key.endswith("Theme")]:
        del fonts.attrib[theme]
    fonts.set(qn("w:eastAsia"), font)
    layout = style.paragraph_format
    layout.alignment, layout.space_before, layout.space_after = alignment, Pt(0), Pt(0)
    if name == "Title":
        layout.space_after = Pt(10)
        for border in style.element.pPr.findall(qn("w:pBdr")):
            style.element.pPr.remove(border)


def _footer(paragraph: Any, text: str) -> None:
    paragraph.add_run(f"{text}　— ")
    page = OxmlElement("w:fldSimple")
    page.set(qn("w:instr"), "PAGE")
    paragraph._p.append(page)
    paragraph.add_run(" —")


def _table(document: DocumentFile, paper: Paper) -> None:
    """One table on a grid; python-docx would make and merge every cell, which takes a second."""
    table = document.add_table(rows=0, cols=GRID, style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column in table.columns:
        column.width = Mm(_wide(paper) / GRID)
    if paper.head:
        _row(table, paper.head, _wide(paper))
        table._tbl.tr_lst[0].get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for row in paper.rows:
        _row(table, row, _wide(paper))


def _row(table: Table, row: Row, wide: int) -> None:
    line = table._tbl.add_tr()
    line.trHeight_val = Mm(row.height)
    for cell in row.cells:
        box = line.add_tc()
        box.width = Mm(wide * cell.span / GRID)
        box.grid_span = cell.span
        _fill(_Cell(box, table), cell)


def _fill(box: _Cell, cell: Cell) -> None:
    box.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    first, *others = cell.text.split("\n")
    style = "" if cell.look is Look.TEXT else _LABEL
    _write(box.paragraphs[0], first, style)
    for line in others:
        _write(box.add_paragraph(), line, style)
    if cell.sign:
        _write(box.add_paragraph(), cell.sign, _SIGN)


def _write(paragraph: Paragraph, text: str, style: str) -> None:
    paragraph.add_run(text)
    if style:
        paragraph._p.style = style  # by its id, which is its name: by name every one is looked for anew

"""Name cards as DOCX: one landscape sheet a card, the lower half as it is read, the upper one turned over."""

from io import BytesIO
from typing import Any

from docx import Document
from docx.document import Document as DocumentFile
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.shared import Mm, Pt
from markupsafe import escape

from core.papers.cards import Card, Cards, size, spread
from core.papers.paper import width

_POINT = 72 / 25.4  # a millimetre
_GAP = 34  # points between the lines
_SHEET, _HALF = (297, 210), (277, 95)
_SPACES = " ".join(
    f'xmlns:{key}="{value}"'
    for key, value in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "v": "urn:schemas-microsoft-com:vml",
        "o": "urn:schemas-microsoft-com:office:office",
    }.items()
)

_SHAPE_TYPE = f"""<w:pict {_SPACES}><v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800"
 path="m@7,l@8,m@5,21600l@6,21600e"><v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/>
<v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/><v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/>
<v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/></v:formulas>
<v:path textpathok="t" o:connecttype="rect"/><v:textpath on="t" fitshape="t"/></v:shapetype></w:pict>"""
"""Plain lettering (WordArt), as every word processor knows it."""


def docx(cards: Cards) -> bytes:
    """The file; every card can be changed in a word processor."""
    document = _across(cards)
    shape_type = parse_xml(_SHAPE_TYPE)
    for n, card in enumerate(cards.cards):
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.page_break_before = n > 0
        paragraph.paragraph_format.space_after = Pt(0)
        if not n:
            paragraph.add_run()._r.append(shape_type)
        paragraph._p.extend([*_half(card, 5, turned=True), *_half(card, 110, turned=False)])
    return _saved(document)


def starting(cards: Cards) -> bytes:
    """A template to begin from: each card's lines as plain text in the middle of a sheet, for the office to turn and set.

    Of the three cards, the first and the last say where what is repeated begins and ends.
    """
    document = _across(cards)
    table = document.add_table(rows=3, cols=1)
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for row, card in zip(table.rows, cards.cards, strict=True):
        repeated = bool(card.below)
        row.height = Mm(150 if repeated else 5)
        cell = row.cells[0]
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        for paragraph, text, points in (
            (cell.paragraphs[0], card.name, 110),
            (cell.add_paragraph(), card.below, 28),
        ):
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            paragraph.add_run(text).font.size = Pt(points if repeated else 10)
    return _saved(document)


def _across(cards: Cards) -> DocumentFile:
    document = Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(_SHEET[0]), Mm(_SHEET[1])
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(10)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = cards.title[:255], "", ""
    properties.created = properties.modified = cards.made_at
    return document


def _saved(document: DocumentFile) -> bytes:
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _half(card: Card, top: int, *, turned: bool) -> list[Any]:
    """A half of the sheet as lettering fixed on the page: a box of text would not be turned by every word processor.

    `top` in millimetres.
    """
    lines = [
        (spread(card.name), "黑体", size(card.name)),
        *([(card.below, "仿宋_GB2312", 28.0)] if card.below else []),
    ]
    high = sum(points for _, _, points in lines) + _GAP * (len(lines) - 1)
    at = (top + _HALF[1] / 2) * _POINT - high / 2
    shapes = list[str]()
    for text, font, points in lines[::-1] if turned else lines:
        shapes.append(_lettering(text, font, points, at, turned=turned))
        at += points + _GAP
    return [parse_xml(f"<w:r {_SPACES}><w:pict>{shape}</w:pict></w:r>") for shape in shapes]


def _lettering(text: str, font: str, points: float, top: float, *, turned: bool) -> str:
    """A line of lettering, `points` high, in the middle of the sheet; `top` in points from the edge of the page."""
    wide = points * width(text) / 2
    left = (_SHEET[0] * _POINT - wide) / 2
    rotation = ";rotation:180" if turned else ""
    return (
        f'<v:shape type="#_x0000_t136" style="position:absolute;left:0;margin-left:{left:.1f}pt;margin-top:{top:.1f}pt;'
        f"width:{wide:.1f}pt;height:{points:.1f}pt;mso-position-horizontal-relative:page;"
        f'mso-position-vertical-relative:page{rotation}" fillcolor="black" stroked="f">'
        f'<v:textpath on="t" fitshape="t" style="font-family:&quot;{font}&quot;;font-size:{points:.0f}pt" string="{escape(text)}"/></v:shape>'
    )

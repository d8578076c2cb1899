"""An official document as DOCX to GB/T 9704-2012: named styles, a grid of 22 lines × 28 characters (R21, N22).

Nothing is dressed up by hand: each element has its paragraph style, so that whoever edits the file further
keeps the layout. What must lie at a fixed place (the red mark, the imprint, the red lines of a letter) is
positioned on the page; the rest flows.
"""

import re
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from functools import lru_cache
from io import BytesIO
from typing import Any

from docx import Document
from docx.document import Document as DocumentFile
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.coreprops import CoreProperties
from docx.opc.oxml import serialize_part_xml
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml

from core.layout import elements as said
from core.layout import measures as m
from core.layout.body import Paragraph, paragraphs
from core.layout.official import Form, Official
from core.layout.ooxml import CHARACTER, child, indent, put, put_all, twips
from core.layout.styles import (
    A_SMALL,
    BODY,
    CHAR_SPACE,
    FOOTER,
    ONE_LINE,
    PITCH,
    RED,
    Properties,
    aligned,
    set_styles,
    spaced,
)
from core.layout.titles import broken, width

_WIDTH = twips(m.TEXT_AREA[0])
_RED_LINE = round(m.RED_LINE / 25.4 * 72 * 8)  # eighths of a point
_LETTER_LINE = 18  # the same
_TIGHT = (PITCH - ONE_LINE) // 2  # what a line of the text has above its characters
_DROPPED = {
    "http://schemas.microsoft.com/office/2007/relationships/stylesWithEffects",
    RT.WEB_SETTINGS, RT.CUSTOM_XML, RT.NUMBERING, RT.FONT_TABLE,
}  # fmt: skip

Piece = str | tuple[str, str]
"""Text of a paragraph, or text and the id of its character style."""


def docx(official: Official) -> bytes:
    """The file of a document."""
    parts = dict(_shell(official.form, official.stamp))
    text, about = parse_xml(parts[_DOCUMENT]), parse_xml(parts[_ABOUT])
    for element in (*_head(official), *_text(official), *_end(official), *_imprint(official)):
        text.body.insert(len(text.body) - 1, element)
    _describe(CoreProperties(about), official)
    parts |= {_DOCUMENT: serialize_part_xml(text), _ABOUT: serialize_part_xml(about)}
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name)  # of no moment: the same document is the same file
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, content)
    return file.getvalue()


_DOCUMENT, _ABOUT = "word/document.xml", "docProps/core.xml"


@lru_cache(maxsize=3 * len(Form))
def _shell(form: Form, stamp: str = "") -> tuple[tuple[str, bytes], ...]:
    """The parts of a file without a text, made once a form: styles and footers are four fifths of the work."""
    document = Document()
    _set_up(document, form)
    if stamp:
        _stamped_pages(document, stamp)
    file = BytesIO()
    document.save(file)
    with zipfile.ZipFile(file) as parts:
        return tuple((name, parts.read(name)) for name in parts.namelist())


# --- pages, styles, footers -----------------------------------------------------------------------------


def _set_up(document: DocumentFile, form: Form) -> None:
    for key, relation in list(document.part.rels.items()):
        if relation.reltype in _DROPPED:
            del document.part.rels[key]
    for key, relation in list(document.part.package.rels.items()):
        if relation.reltype == RT.THUMBNAIL:
            del document.part.package.rels[key]
    set_styles(document)
    _section(document, form)
    document.settings.odd_and_even_pages_header_footer = True
    for setting in document.settings.element.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")  # before it, a table stands out by the margin of its cells


def _section(document: DocumentFile, form: Form) -> None:
    section = document.sections[0]._sectPr
    put(section, "w:pgSz", w=twips(m.PAGE[0]), h=twips(m.PAGE[1]))
    margins = {
        "top": m.TOP,
        "right": m.RIGHT,
        "bottom": m.BOTTOM,
        "left": m.LEFT,
        "header": 15,
        "footer": FOOTER,
    }
    put(section, "w:pgMar", **{name: twips(value) for name, value in margins.items()}, gutter=0)
    put(section, "w:docGrid", type="linesAndChars", linePitch=PITCH, charSpace=CHAR_SPACE)
    _footers(document, form)


def _footers(document: DocumentFile, form: Form) -> None:
    section = document.sections[0]
    for footer, style in ((section.footer, "GwPageOdd"), (section.even_page_footer, "GwPageEven")):
        replace(footer, [page_number(style)])
    if form is Form.LETTER:
        section.different_first_page_header_footer = True
        replace(section.first_page_footer, [_lower_line(), _paragraph("GwPageOdd")])


def _stamped_pages(document: DocumentFile, stamp: str) -> None:
    """What every page says above its text, at the right."""
    section = document.sections[0]
    for header in (section.header, section.even_page_header):
        replace(header, [_paragraph("GwStamp", stamp)])


def replace(footer: Any, elements: Iterable[Any]) -> None:
    """A footer of the section gets these paragraphs instead of its own."""
    footer.is_linked_to_previous = False
    root = footer._element
    for old in list(root):
        root.remove(old)
    for element in elements:
        root.append(element)


def page_number(style: str) -> Any:
    """A dash, the number of the page, a dash."""
    paragraph = _paragraph(style, "— ")
    page = OxmlElement("w:fldSimple")
    page.set(qn("w:instr"), " PAGE ")
    run = OxmlElement("w:r")
    run.text = "1"
    page.append(run)
    paragraph.append(page)
    last = paragraph.add_r()
    last.text = " —"
    return paragraph


def _describe(about: CoreProperties, official: Official) -> None:
    """The properties of the file; its moment is the document's date, as nothing here has a clock."""
    about.title, about.author = _clean(official.title)[:255], _clean("、".join(official.issuers))[:255]
    about.subject, about.category, about.language = (
        _clean(official.number)[:255],
        _clean(official.kind)[:255],
        "zh-CN",
    )
    about.comments = about.keywords = about.last_modified_by = ""
    day = official.dated_on or official.printed_on or date(2012, 7, 1)
    about.created = about.modified = datetime.combine(day, time())
    about.revision = 1


# --- paragraphs -----------------------------------------------------------------------------------------


def _paragraph(style: str, *pieces: Piece, properties: Properties | None = None, **indents: float) -> Any:
    paragraph = OxmlElement("w:p")
    inside = child(paragraph, "w:pPr")
    put(inside, "w:pStyle", val=style)
    put_all(inside, properties or {})
    if indents:
        indent(inside, **indents)
    for piece in pieces:
        text, look = (piece, "") if isinstance(piece, str) else piece
        if text:
            run = paragraph.add_r()
            _write(run, _clean(text))
            if look:
                run.style = look
    return paragraph


_UNKEEPABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


def _clean(text: str) -> str:
    """Without the control characters XML cannot hold."""
    return _UNKEEPABLE.sub("", text)


def _write(run: Any, text: str) -> None:
    """The text of a run; a plain one at once, for it would be looked at letter by letter."""
    if "\t" in text or "\n" in text:
        run.text = text
        return
    plain = child(run, "w:t")
    plain.text = text
    if text != text.strip():
        plain.set(_SPACE, "preserve")


_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def _tabs(paragraph: Any, *stops: tuple[str, float]) -> Any:
    """The paragraph with tab stops, each a kind and a place in characters."""
    tabs = put(paragraph.pPr, "w:tabs")
    for kind, at in stops:
        stop = child(tabs, "w:tab")
        stop.set(qn("w:val"), kind)
        stop.set(qn("w:pos"), str(round(at * CHARACTER * 20)))
    return paragraph


def _bordered(paragraph: Any, side: str, kind: str, size: int, space: int = 0, colour: str = RED) -> Any:
    borders = put(paragraph.pPr, "w:pBdr")
    put(borders, f"w:{side}", val=kind, sz=size, space=space, color=colour)
    return paragraph


# --- the head -------------------------------------------------------------------------------------------


def _head(official: Official) -> list[Any]:
    if official.form is Form.LETTER:
        return [*_letter_head(official), _title(official), *_recipients(official)]
    title = [_title(official)] if said.has_title(official) else []
    head = [*_marks(official), *_mark(official), *_number(official), *_contents(official)]
    return [*head, *title, *_recipients(official)]


_MARK_STYLES = {"serial": "GwSerial", "secrecy": "GwSecrecy", "urgency": "GwUrgency"}


def _marks(official: Official) -> list[Any]:
    """Always as many lines as fit: the red mark's place does not depend on them, what follows it comes after them."""
    marks = [_paragraph(_MARK_STYLES[key], text) for key, text in said.marks(official)]
    fit = int(said.mark_below_top(official) / 25.4 * 1440 / PITCH)
    return [*marks, *(_paragraph("GwSerial") for _ in range(fit - len(marks)))]


def _mark(official: Official) -> list[Any]:
    """In a frame at its place below the text area's top; the frame ends where the number's line begins."""
    size, lines = said.mark_size(official), said.mark_lines(official)
    below = 2 * PITCH + (0 if official.form is Form.ORDER else _TIGHT)
    top = twips(said.mark_below_top(official))
    if said.is_joint(official):
        # What stands right behind a table that floats loses its indents in LibreOffice.
        return [_joint_mark(lines, said.beside(official), size, top, below), _paragraph("GwLine")]
    frame = {
        "w": _WIDTH, "h": size * 20 + below, "hRule": "exact", "wrap": "notBeside", "vAnchor": "margin",
        "hAnchor": "margin", "xAlign": "center", "y": top,
    }  # fmt: skip
    return [
        _sized(_paragraph("GwMark", lines[0], properties={"w:framePr": frame} | spaced(line=size * 20)), size)
    ]


def _sized(paragraph: Any, size: int) -> Any:
    for run in paragraph.findall(qn("w:r")):
        properties = run.get_or_add_rPr()
        put(properties, "w:sz", val=size * 2)
        put(properties, "w:szCs", val=size * 2)
    return paragraph


def _joint_mark(lines: tuple[str, ...], word: str, size: int, top: int, below: int) -> Any:
    """The offices spread over one width, 文件 beside them at half their height (7.2.4)."""
    pitch = spaced(line=round(size * 20 * said.MARK_LEADING))
    right = round(size * 20 * 2.6)
    below -= round(size * 20 * (said.MARK_LEADING - 1) / 2)  # its last line has some of it below
    table = _table(_across(vertAnchor="margin", tblpY=top, bottomFromText=below), (_WIDTH - right, right))
    names = [
        _sized(_paragraph("GwMark", line, properties=pitch | aligned("distribute")), size) for line in lines
    ]
    _row(table, [names, [_sized(_paragraph("GwMark", word, properties=pitch), size)]])
    return table


def _number(official: Official) -> list[Any]:
    """The number and, on upward documents, who signed; the red line is its border, 4 mm below."""
    if official.form is Form.ORDER:
        return [_paragraph("GwNumber", official.number, properties=spaced(after=2))]
    lines = _signed_number(official) or [_paragraph("GwNumber", official.number)]
    if any(official.beside_line):
        line = _paragraph("GwNumberUp", "\t".join(official.beside_line), left=0, right=0)
        lines.append(_tabs(line, ("right", m.CHARACTERS)))
        put(lines[0].pPr, "w:spacing", after=PITCH - ONE_LINE)
    space = round(m.RED_LINE_BELOW_NUMBER / 25.4 * 72)
    if not said.signer_lines(official):
        return [*lines[:-1], _bordered(lines[-1], "bottom", "single", _RED_LINE, space)]
    rule = _paragraph(
        "GwLine", properties=spaced(space * 20 / PITCH, line=20)
    )  # its indent does not shorten it
    return [*lines, _bordered(rule, "bottom", "single", _RED_LINE)]


def _signed_number(official: Official) -> list[Any]:
    """Two names a line, the number beside the last ones (7.2.6); the names end one character from the right."""
    rows = said.signer_lines(official)
    label = m.CHARACTERS - 1 - max(map(width, rows), default=0) - 4
    lines = []
    for at, row in enumerate(rows):
        number = official.number if at == len(rows) - 1 else ""
        before = (f"{number}\t", "签发人：") if at == 0 else (f"{number}\t\t",)
        line = _paragraph("GwNumberUp", *before, (row, "GwSigner"))
        if at < len(rows) - 1:
            put(line.pPr, "w:spacing", after=PITCH - ONE_LINE)
        lines.append(_tabs(line, ("left", label), ("left", label + 4)))
    return lines


def _letter_head(official: Official) -> list[Any]:
    """信函格式 (10.1): the mark 30 mm below the page's top, a red double line 4 mm below it, the number beneath.

    The upper edge of the number's characters is seven eighths of a character below the line.
    """
    size = said.mark_size(official)
    space = round(m.RED_LINE_BELOW_NUMBER / 25.4 * 72)
    gap = round(BODY * 7 / 8 * 20) - _TIGHT
    frame = {
        "w": twips(m.LETTER_LINES[0]), "h": (size + space + 3) * 20 + gap, "hRule": "exact", "wrap": "notBeside",
        "vAnchor": "page", "hAnchor": "page", "xAlign": "center", "y": twips(m.LETTER_LINES[1]),
    }  # fmt: skip
    text = "　".join(said.mark_lines(official))
    mark = _sized(_paragraph("GwMark", text, properties={"w:framePr": frame} | spaced(line=size * 20)), size)
    _bordered(mark, "bottom", "thickThinSmallGap", _LETTER_LINE, space)
    marks = [(text, "" if key == "serial" else "GwHead1") for key, text in said.marks(official)]
    marks = marks or [("", "")]
    first = _tabs(_paragraph("GwNumberLetter", marks[0], f"\t{official.number}"), ("right", m.CHARACTERS))
    return [mark, first, *(_paragraph("GwNumberLetter", piece) for piece in marks[1:])]


def _lower_line() -> Any:
    """The lower red double line of a letter, 20 mm above the first page's foot."""
    frame = {
        "w": twips(m.LETTER_LINES[0]), "h": 60, "hRule": "exact", "wrap": "notBeside", "vAnchor": "page",
        "hAnchor": "page", "xAlign": "center", "y": twips(m.PAGE[1] - m.LETTER_LINES[2]),
    }  # fmt: skip
    line = _paragraph("GwLine", properties={"w:framePr": frame})
    return _bordered(line, "top", "thinThickSmallGap", _LETTER_LINE)


def _title(official: Official) -> Any:
    return _paragraph("GwTitle", "\n".join(broken(official.title)))


def _contents(official: Official) -> list[Any]:
    """What a briefing of several items has in it, above its title."""
    if not official.contents:
        return []
    head = _paragraph("GwBody", (said.CONTENTS, "GwHead1"), properties=spaced(2) | aligned("center"), first=0)
    return [head, *(_paragraph("GwBody", one, left=4, hanging=2) for one in official.contents)]


def _recipients(official: Official) -> list[Any]:
    line = said.recipients_line(official)
    return [_paragraph("GwRecipients", line)] if line else []


# --- the text -------------------------------------------------------------------------------------------


def _text(official: Official) -> list[Any]:
    """Signature and date never stand without some of the text (7.3.5.5): what is behind it stays with them, and its end."""
    text = paragraphs(official.body)
    body = [_body(paragraph) for paragraph in text]
    notes = [*_attachments(said.attachment_titles(official)), *_people(official)]
    short = bool(text) and width(text[-1].text) <= _SHORT
    for element in [*(body[-1:] if short or not notes else []), *notes]:
        put(element.pPr, "w:keepNext")
    return [*body, *notes]


_SHORT = 3 * m.CHARACTERS
"""A longer paragraph does not move to another page whole, as LibreOffice would have it."""


def _body(paragraph: Paragraph) -> Any:
    """A heading by itself has its style; one that runs on has a character style up to its end."""
    if not paragraph.level:
        return _paragraph("GwBody", paragraph.text)
    head, rest = paragraph.text[: paragraph.head], paragraph.text[paragraph.head :]
    if not rest:
        return _paragraph(f"GwLevel{paragraph.level}", head)
    return _paragraph("GwBody", (head, f"GwHead{paragraph.level}"), rest)


def _attachments(titles: tuple[str, ...]) -> list[Any]:
    """One line below the text; a title that runs over stands under its first character (7.3.4)."""
    if len(titles) == 1:
        return [_paragraph("GwAttachments", f"附件：{titles[0]}", properties=spaced(1), left=5, hanging=3)]
    lines = []
    for n, title in enumerate(titles, 1):
        label = f"{n}."
        first = "附件：" if n == 1 else ""
        lines.append(
            _paragraph(
                "GwAttachments", f"{first}{label}{title}", properties=spaced(1) if n == 1 else {},
                left=5 + width(label), hanging=width(first + label),
            )
        )  # fmt: skip
    return lines


def _people(official: Official) -> list[Any]:
    """Who was there (10.3): the label in 黑体, what runs over under the first name."""
    lines = [
        _paragraph("GwPresent", (label, "GwPresentLabel"), names) for label, names in said.people(official)
    ]
    if lines:
        put_all(lines[0].pPr, spaced(1))
    return lines


# --- signature, date, annotation ------------------------------------------------------------------------


def _end(official: Official) -> list[Any]:
    """Signature and date, and the annotation; a document without a date has neither of the first two."""
    lines = _closed(official, said.date_line(official)) if official.dated_on else []
    if official.annotation:
        lines.append(_paragraph("GwAnnotation", said.in_brackets(official.annotation)))
    return lines


def _closed(official: Official, day: str) -> list[Any]:
    if official.form is Form.ORDER:
        return _stamped(said.signed_names(official), day)
    return _seals(official.issuers, day) if said.is_sealed(official) else _signed(official.issuers, day)


def _stamped(names: tuple[str, ...], day: str) -> list[Any]:
    """签名章 (7.3.5.3): two lines below the text, four characters from the right; the date a line below it."""
    lines = [_paragraph("GwSigned", name, properties=spaced(1), right=4) for name in names]
    if lines:
        put_all(lines[0].pPr, spaced(2))
    return [*lines, _paragraph("GwDated", day, properties=spaced(1), right=4)]


def _seals(issuers: tuple[str, ...], day: str) -> list[Any]:
    """The date four characters from the right, the signature centred over it; joint ones side by side (7.3.5.1)."""
    dated = _paragraph("GwDated", day, right=4)
    if len(issuers) > 1:
        return [*_rows(issuers, day), dated]
    right = max(0.0, 4 + (width(day) - width(issuers[0])) / 2)
    return [_paragraph("GwSigned", issuers[0], properties=spaced(2), right=right), dated]


def _rows(issuers: tuple[str, ...], day: str) -> list[Any]:
    """Rows of two or three, far enough apart for their seals; the last office stands over the date."""
    a_row, column = said.seals_a_row(issuers)
    last = m.CHARACTERS - max(column / 2, 4 + width(day) / 2)
    stops = [("center", last - column * n) for n in range(a_row - 1, -1, -1)]
    lines = []
    for at in range(0, len(issuers), a_row):
        row = issuers[at : at + a_row]
        empty = a_row - len(row) if at else 0
        text = "".join(f"\t{name}" for name in ("",) * empty + row)
        look = spaced(3 if at else 2) | aligned("left")
        lines.append(
            _tabs(_paragraph("GwSigned", text, properties=look, right=0), *stops[-len(row) - empty :])
        )
    return lines


def _signed(issuers: tuple[str, ...], day: str) -> list[Any]:
    """Without a seal: signature two characters from the right, the date two further in below it (7.3.5.2)."""
    longest = max(map(width, issuers))
    over = width(day) - longest
    right, dated = (4 + over, 2.0) if over > 0 else (2.0, -over)
    lines = [_paragraph("GwSigned", name, right=right + (longest - width(name)) / 2) for name in issuers]
    put_all(lines[0].pPr, spaced(1))
    return [*lines, _paragraph("GwDated", day, right=dated)]


# --- the imprint ----------------------------------------------------------------------------------------


def _imprint(official: Official) -> list[Any]:
    """On the foot of the last page: copies to, and who printed it when, between lines as the standard has them."""
    rows = []
    if copies := said.copies_line(official):
        rows.append(
            _paragraph("GwImprint", f"抄送：{copies}", left=4 * A_SMALL, right=A_SMALL, hanging=3 * A_SMALL)
        )
    for label, names in said.foot_lines(official):
        text = f"{label}{names}"
        rows.append(_paragraph("GwImprint", text, left=3 * A_SMALL, right=A_SMALL, hanging=2 * A_SMALL))
    if any(printed := said.printed_line(official)):
        line = _paragraph("GwImprint", "\t".join(printed))
        rows.append(_tabs(line, ("right", m.CHARACTERS - A_SMALL)))
    if not rows:
        return []
    place = _across(vertAnchor="margin", tblpYSpec="bottom")
    table = _table(place, (_WIDTH,), lined=official.form is not Form.LETTER)
    for row in rows:
        _row(table, [[row]])
    return [table, _paragraph("GwEnd")]


def _across(**place: object) -> dict[str, object]:
    """A table as wide as the text, where the text is: LibreOffice lets one float only if placed from the page's edge."""
    return {"horzAnchor": "page", "tblpX": twips(m.LEFT), **place}


def _table(place: Mapping[str, object], widths: tuple[int, ...], *, lined: bool = False) -> Any:
    """A table at a fixed place of the page, as wide as the text area.

    Its cells have no margins: some word processors let a table stand out by them, others do not.
    """
    table = OxmlElement("w:tbl")
    properties = child(table, "w:tblPr")
    put(properties, "w:tblpPr", leftFromText=0, rightFromText=0, **place)
    put(properties, "w:tblW", w=_WIDTH, type="dxa")
    if lined:
        imprint_lines(put(properties, "w:tblBorders"))
    put(properties, "w:tblLayout", type="fixed")
    margins = put(properties, "w:tblCellMar")
    for side in ("left", "right"):
        put(margins, f"w:{side}", w=0, type="dxa")
    grid = child(table, "w:tblGrid")
    for column in widths:
        child(grid, "w:gridCol").set(qn("w:w"), str(column))
    return table


def imprint_lines(borders: Any) -> None:
    """The lines of an imprint, in eighths of a point: the outer lines 0.35 mm, the inner ones 0.25 mm."""
    outer, inner = (round(thick / 25.4 * 72 * 8) for thick in m.IMPRINT_LINES)
    for side, size in (("top", outer), ("bottom", outer), ("insideH", inner)):
        put(borders, f"w:{side}", val="single", sz=size, space=0, color="000000")


def _row(table: Any, cells: list[list[Any]]) -> None:
    row = child(table, "w:tr")
    columns = table.find(qn("w:tblGrid"))
    for column, content in zip(columns, cells, strict=True):
        cell = child(row, "w:tc")
        properties = child(cell, "w:tcPr")
        put(properties, "w:tcW", w=column.get(qn("w:w")), type="dxa")
        put(properties, "w:vAlign", val="center")
        for paragraph in content:
            cell.append(paragraph)

"""An official document as DOCX to GB/T 9704-2012: named styles, a grid of 22 lines × 28 characters (R21, N22).

Nothing is dressed up by hand: each element has its paragraph style, so that whoever edits the file further
keeps the layout. What must lie at a fixed place (the red mark, the imprint, the red lines of a letter) is
positioned on the page; the rest flows.
"""

import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import lru_cache
from io import BytesIO
from math import floor
from typing import Any

from docx import Document
from docx.document import Document as DocumentFile
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.coreprops import CoreProperties
from docx.opc.oxml import serialize_part_xml
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml

from core.layout import measures as m
from core.layout.body import Paragraph, paragraphs
from core.layout.official import Direction, Form, Official
from core.layout.ooxml import CHARACTER, indent, put, twips
from core.layout.titles import broken, width

PITCH = twips(m.TEXT_AREA[1]) // m.LINES
"""Height of a line in twentieths of a point, rounded down so that 22 of them stand on a page."""

CHAR_SPACE = int((CHARACTER - m.SIZES["三号"]) * 4096) - 1
"""What the grid adds to the width of a character (it is a little less than 三号), in 4096ths of a point."""

CONDENSED = floor((CHARACTER - m.SIZES["三号"]) * 20) - 1
"""The same in twentieths of a point, for the characters themselves; one more, as rounding may take it back.

The styles keep 28 characters by this and 22 lines by their exact pitch, and do not snap to the grid: a word
processor that sets a character into whole cells of it would give each of them two.
"""

FOOTER = m.BOTTOM - m.PAGE_NUMBER_BELOW - m.SIZES["四号"] / 72 * 25.4 / 2
"""The footer's foot above the page's, in millimetres: the dash stands in the middle of its line."""

_WIDTH = twips(m.TEXT_AREA[0])
_BODY, _FOUR = m.SIZES["三号"], m.SIZES["四号"]
_RED = "FF0000"
_RED_LINE = round(m.RED_LINE / 25.4 * 72 * 8)  # eighths of a point
_MARK_LINES = 3  # of the head, above the red mark: serial, secrecy, urgency
_LARGEST_MARK, _SMALLEST_MARK, _MARK_LEADING = 50, 12, 1.3
_MOST_MARK = 8.5  # lines it may take with the signers: the first page must show some text (7.2.4)
_DROPPED = {
    "http://schemas.microsoft.com/office/2007/relationships/stylesWithEffects",
    RT.WEB_SETTINGS, RT.CUSTOM_XML, RT.NUMBERING, RT.FONT_TABLE,
}  # fmt: skip

Properties = dict[str, dict[str, object]]
Piece = str | tuple[str, str]
"""Text of a paragraph, or text and the id of its character style."""


@dataclass(frozen=True)
class Style:
    """A paragraph style: what it is called, its typeface and size in points, its indents in characters, the rest as properties."""

    id: str
    title: str
    face: m.Face = m.FANGSONG
    size: float = _BODY
    indents: Mapping[str, float] = field(default_factory=dict)
    properties: Properties = field(default_factory=dict)
    red: bool = False


def _space(before: float = 0, after: float = 0, line: int = PITCH) -> Properties:
    """Lines before and after, and the exact pitch."""
    values = {
        "before": round(before * PITCH),
        "after": round(after * PITCH),
        "line": line,
        "lineRule": "exact",
    }
    return {"w:spacing": values}


def _aligned(how: str) -> Properties:
    return {"w:jc": {"val": how}}


def _level(number: int) -> Properties:
    return {"w:outlineLvl": {"val": number - 1}}


_TWO = {"first": 2.0}
_ONE_LINE = round(_BODY * 20)

STYLES = (
    Style("GwBody", "公文正文", indents=_TWO),
    Style("GwSerial", "份号"),
    Style("GwSecrecy", "密级和保密期限", m.HEI),
    Style("GwUrgency", "紧急程度", m.HEI),
    Style("GwMark", "发文机关标志", m.XIAOBIAOSONG, 36, properties=_aligned("center"), red=True),
    Style("GwNumber", "发文字号", properties=_space(line=_ONE_LINE) | _aligned("center")),
    Style("GwNumberUp", "发文字号（上行文）", indents={"left": 1, "right": 1}, properties=_space(line=_ONE_LINE)),
    Style("GwNumberLetter", "发文字号（信函）"),
    Style("GwLine", "红色分隔线", properties=_space(line=20)),
    Style("GwTitle", "公文标题", m.XIAOBIAOSONG, m.SIZES["二号"], properties=_space(2, 1) | _aligned("center")),
    Style("GwRecipients", "主送机关"),
    Style("GwLevel1", "一级标题", m.HEI, indents=_TWO, properties=_level(1)),
    Style("GwLevel2", "二级标题", m.KAI, indents=_TWO, properties=_level(2)),
    Style("GwLevel3", "三级标题", indents=_TWO, properties=_level(3)),
    Style("GwLevel4", "四级标题", indents=_TWO, properties=_level(4)),
    Style("GwPresent", "出席人员", indents={"left": 5, "hanging": 3}),
    Style("GwAttachments", "附件说明", indents={"left": 5, "hanging": 3}),
    Style("GwSigned", "署名", indents={"right": 2}, properties=_aligned("right") | {"w:keepNext": {}}),
    Style("GwDated", "成文日期", indents={"right": 4}, properties=_aligned("right")),
    Style("GwAnnotation", "附注", indents={"left": 2}),
    Style("GwImprint", "版记", size=_FOUR),
    Style("GwEnd", "文末", properties=_space(line=20)),
    Style("GwPageOdd", "页码（单页）", m.SONG, _FOUR, {"right": 1}, _space(line=round(_FOUR * 20)) | _aligned("right")),
    Style("GwPageEven", "页码（双页）", m.SONG, _FOUR, {"left": 1}, _space(line=round(_FOUR * 20))),
)  # fmt: skip
"""Every paragraph style of a document, in the order of the elements."""

CHARACTER_STYLES = (
    ("GwHead1", "一级标题字", m.HEI),
    ("GwHead2", "二级标题字", m.KAI),
    ("GwHead3", "三级标题字", m.FANGSONG),
    ("GwHead4", "四级标题字", m.FANGSONG),
    ("GwSigner", "签发人姓名", m.KAI),
    ("GwPresentLabel", "出席标签", m.HEI),
)
"""Character styles: headings that run on into their paragraph, the signer's name, the labels of the minutes."""


def docx(official: Official) -> bytes:
    """The file of a document."""
    parts = dict(_shell(official.form))
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


@lru_cache(maxsize=len(Form))
def _shell(form: Form) -> tuple[tuple[str, bytes], ...]:
    """The parts of a file without a text, made once a form: styles and footers are four fifths of the work."""
    document = Document()
    _set_up(document, form)
    file = BytesIO()
    document.save(file)
    with zipfile.ZipFile(file) as parts:
        return tuple((name, parts.read(name)) for name in parts.namelist())


def in_figures(day: date) -> str:
    """A date as the standard writes it: Arabic figures, no leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"


def in_brackets(text: str) -> str:
    """An annotation in full-width brackets; those inside it stay, full-width as well."""
    wide = text.strip().translate(str.maketrans("()", "（）"))
    if wide.startswith("（") and wide.endswith("）"):
        return wide
    return f"（{wide}）"


# --- pages, styles, footers -----------------------------------------------------------------------------


def _set_up(document: DocumentFile, form: Form) -> None:
    for key, relation in list(document.part.rels.items()):
        if relation.reltype in _DROPPED:
            del document.part.rels[key]
    for key, relation in list(document.part.package.rels.items()):
        if relation.reltype == RT.THUMBNAIL:
            del document.part.package.rels[key]
    _styles(document)
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


def replace(footer: Any, elements: Iterable[Any]) -> None:
    """A footer of the section gets these paragraphs instead of its own."""
    footer.is_linked_to_previous = False
    root = footer._element
    for child in list(root):
        root.remove(child)
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


def _styles(document: DocumentFile) -> None:
    root = document.styles.element
    for child in list(root):
        root.remove(child)
    root.append(_defaults())
    root.append(_style("paragraph", "Normal", "Normal", default=True))
    _fill(root[-1], Style("", ""))
    for id_, name, kind in (
        ("DefaultParagraphFont", "Default Paragraph Font", "character"),
        ("TableNormal", "Normal Table", "table"),
        ("NoList", "No List", "numbering"),
    ):
        root.append(_style(kind, id_, name, default=True))
    for style in STYLES:
        root.append(_style("paragraph", style.id, style.title, based="Normal"))
        _fill(root[-1], style)
    for id_, name, face in CHARACTER_STYLES:
        root.append(_style("character", id_, name, based="DefaultParagraphFont"))
        _fonts(_child(root[-1], "w:rPr"), face)


def _defaults() -> Any:
    defaults = OxmlElement("w:docDefaults")
    run = _child(_child(defaults, "w:rPrDefault"), "w:rPr")
    _fonts(run, m.FANGSONG)
    put(run, "w:lang", val="en-US", eastAsia="zh-CN", bidi="ar-SA")
    _child(defaults, "w:pPrDefault")
    return defaults


def _style(kind: str, id_: str, name: str, *, based: str = "", default: bool = False) -> Any:
    style = OxmlElement("w:style")
    style.set(qn("w:type"), kind)
    if default:
        style.set(qn("w:default"), "1")
    else:
        style.set(qn("w:customStyle"), "1")
    style.set(qn("w:styleId"), id_)
    put(style, "w:name", val=name)
    if based:
        put(style, "w:basedOn", val=based)
    put(style, "w:qFormat") if not default or kind == "paragraph" else put(style, "w:semiHidden")
    return style


def _fill(element: Any, style: Style) -> None:
    """Its paragraph and its run properties; the pitch, the alignment and the grid are Normal's."""
    paragraph = _child(element, "w:pPr")
    if not style.id:
        for tag in ("w:widowControl", "w:autoSpaceDE", "w:autoSpaceDN", "w:adjustRightInd", "w:snapToGrid"):
            put(paragraph, tag, val=0)  # nothing moves a line or a character from its place
        _set(paragraph, _space() | _aligned("both"))
    _set(paragraph, style.properties)
    if style.indents:
        indent(paragraph, **style.indents)
    run = _child(element, "w:rPr")
    _fonts(run, style.face)
    put(run, "w:color", val=_RED if style.red else "000000")
    if style.size == _BODY:
        put(run, "w:spacing", val=CONDENSED)
    put(run, "w:kern", val=0)
    put(run, "w:sz", val=round(style.size * 2))
    put(run, "w:szCs", val=round(style.size * 2))


def _fonts(run: Any, face: m.Face) -> None:
    name = face.names[0]
    put(run, "w:rFonts", ascii=name, hAnsi=name, eastAsia=name, cs=name)


def _child(parent: Any, tag: str) -> Any:
    child = OxmlElement(tag)
    parent.append(child)
    return child


def _set(properties: Any, values: Properties) -> None:
    for tag, attributes in values.items():
        put(properties, tag, **attributes)


# --- paragraphs -----------------------------------------------------------------------------------------


def _paragraph(style: str, *pieces: Piece, properties: Properties | None = None, **indents: float) -> Any:
    paragraph = OxmlElement("w:p")
    inside = _child(paragraph, "w:pPr")
    put(inside, "w:pStyle", val=style)
    _set(inside, properties or {})
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
    plain = _child(run, "w:t")
    plain.text = text
    if text != text.strip():
        plain.set(_SPACE, "preserve")


_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def _tabs(paragraph: Any, *stops: tuple[str, float]) -> Any:
    """The paragraph with tab stops, each a kind and a place in characters."""
    tabs = put(paragraph.pPr, "w:tabs")
    for kind, at in stops:
        stop = _child(tabs, "w:tab")
        stop.set(qn("w:val"), kind)
        stop.set(qn("w:pos"), str(round(at * CHARACTER * 20)))
    return paragraph


def _bordered(paragraph: Any, side: str, kind: str, size: int, space: int = 0, colour: str = _RED) -> Any:
    borders = put(paragraph.pPr, "w:pBdr")
    put(borders, f"w:{side}", val=kind, sz=size, space=space, color=colour)
    return paragraph


# --- the head -------------------------------------------------------------------------------------------


def _head(official: Official) -> list[Any]:
    if official.form is Form.LETTER:
        return [*_letter_head(official), _title(official), *_recipients(official)]
    return [*_marks(official), *_mark(official), *_number(official), _title(official), *_recipients(official)]


def _secrecy(official: Official) -> str:
    term = official.secrecy_term if official.secrecy else ""
    return f"{official.secrecy}★{term}" if term else official.secrecy


def _marks(official: Official) -> list[Any]:
    """Always three lines: the red mark's place does not depend on them, what follows it comes after them."""
    texts = (
        (official.copy_serial, "GwSerial"), (_secrecy(official), "GwSecrecy"), (official.urgency, "GwUrgency"),
    )  # fmt: skip
    said = [_paragraph(style, text) for text, style in texts if text]
    return [*said, *(_paragraph("GwSerial") for _ in range(_MARK_LINES - len(said)))]


def mark_lines(official: Official) -> tuple[str, ...]:
    """The red mark (发文机关标志), a line each: the offices, and 文件 or 纪要 after the one there is, where it is not a letter."""
    if official.letterhead:
        return (official.letterhead,)
    if official.form is Form.LETTER:
        return official.issuers
    if len(official.issuers) != 1:
        return official.issuers
    return (f"{official.issuers[0]}{'纪要' if official.form is Form.MINUTES else '文件'}",)


def mark_size(official: Official) -> int:
    """Its size in points: as large as the text area lets it be, within what looks well and leaves room for the text."""
    lines = mark_lines(official)
    joint = len(official.issuers) > 1 and not official.letterhead and official.form is not Form.LETTER
    widest = max(map(width, lines)) + (3 if joint else 0)
    across = m.TEXT_AREA[0] / 25.4 * 72 / max(widest, 1)
    high = (_MOST_MARK - (len(official.signatories) + 1) // 2) * PITCH / 20 / _MARK_LEADING / len(lines)
    return max(_SMALLEST_MARK, min(_LARGEST_MARK, int(across), int(high)))


def _mark(official: Official) -> list[Any]:
    """In a frame 35 mm below the text area's top; the frame ends where the number's line begins."""
    size, lines = mark_size(official), mark_lines(official)
    below = 2 * PITCH + (PITCH - _ONE_LINE) // 2
    if len(lines) > 1:
        return [_joint_mark(lines, size, below)]
    frame = {
        "w": _WIDTH, "h": size * 20 + below, "hRule": "exact", "wrap": "notBeside", "vAnchor": "margin",
        "hAnchor": "margin", "xAlign": "center", "y": twips(m.MARK_BELOW_TOP),
    }  # fmt: skip
    return [
        _sized(_paragraph("GwMark", lines[0], properties={"w:framePr": frame} | _space(line=size * 20)), size)
    ]


def _sized(paragraph: Any, size: int) -> Any:
    for run in paragraph.findall(qn("w:r")):
        properties = run.get_or_add_rPr()
        put(properties, "w:sz", val=size * 2)
        put(properties, "w:szCs", val=size * 2)
    return paragraph


def _joint_mark(lines: tuple[str, ...], size: int, below: int) -> Any:
    """The offices spread over one width, 文件 beside them at half their height (7.2.4)."""
    place = {
        "bottomFromText": below, "vertAnchor": "margin", "horzAnchor": "margin", "tblpXSpec": "center",
        "tblpY": twips(m.MARK_BELOW_TOP),
    }  # fmt: skip
    right = round(size * 20 * 2.6)
    table = _table(place, (_WIDTH - right, right))
    spaced = {**_space(line=round(size * 20 * _MARK_LEADING)), **_aligned("distribute")}
    names = [_sized(_paragraph("GwMark", line, properties=spaced), size) for line in lines]
    word = _sized(
        _paragraph("GwMark", "文件", properties=_space(line=round(size * 20 * _MARK_LEADING))), size
    )
    _row(table, [names, [word]])
    return table


def _number(official: Official) -> list[Any]:
    """The number and, on upward documents, who signed; the red line is its border, 4 mm below."""
    upward = official.direction is Direction.UP and bool(official.signatories)
    lines = _signed_number(official) if upward else [_paragraph("GwNumber", official.number)]
    space = round(m.RED_LINE_BELOW_NUMBER / 25.4 * 72)
    if not upward:
        return [_bordered(lines[0], "bottom", "single", _RED_LINE, space)]
    rule = _paragraph(
        "GwLine", properties=_space(space * 20 / PITCH, line=20)
    )  # its indent does not shorten it
    return [*lines, _bordered(rule, "bottom", "single", _RED_LINE)]


def _signed_number(official: Official) -> list[Any]:
    """Two names a line, the number beside the last ones (7.2.6)."""
    names = official.signatories
    rows = [names[n : n + 2] for n in range(0, len(names), 2)]
    longest = max(width("　".join(row)) for row in rows)
    label = m.CHARACTERS - 1 - longest - 4
    lines = []
    for at, row in enumerate(rows):
        number = official.number if at == len(rows) - 1 else ""
        said = (f"{number}\t", "签发人：") if at == 0 else (f"{number}\t\t",)
        line = _paragraph("GwNumberUp", *said, ("　".join(row), "GwSigner"))
        if at < len(rows) - 1:
            put(line.pPr, "w:spacing", after=PITCH - _ONE_LINE)
        lines.append(_tabs(line, ("left", label), ("left", label + 4)))
    return lines


def _letter_head(official: Official) -> list[Any]:
    """信函格式 (10.1): the mark 30 mm below the page's top, a red double line 4 mm below it, the number beneath."""
    size = mark_size(official)
    space = round(m.RED_LINE_BELOW_NUMBER / 25.4 * 72)
    gap = round(_BODY * 7 / 8)
    frame = {
        "w": twips(m.LETTER_LINES[0]), "h": (size + space + 3 + gap) * 20, "hRule": "exact", "wrap": "notBeside",
        "vAnchor": "page", "hAnchor": "page", "xAlign": "center", "y": twips(m.LETTER_LINES[1]),
    }  # fmt: skip
    text = "　".join(mark_lines(official))
    mark = _sized(_paragraph("GwMark", text, properties={"w:framePr": frame} | _space(line=size * 20)), size)
    _bordered(mark, "bottom", "thickThinSmallGap", 18, space)
    marks = [(official.copy_serial, ""), (_secrecy(official), "GwHead1"), (official.urgency, "GwHead1")]
    said = [piece for piece in marks if piece[0]] or [("", "")]
    first = _tabs(_paragraph("GwNumberLetter", said[0], f"\t{official.number}"), ("right", m.CHARACTERS))
    return [mark, first, *(_paragraph("GwNumberLetter", piece) for piece in said[1:])]


def _lower_line() -> Any:
    """The lower red double line of a letter, 20 mm above the first page's foot."""
    frame = {
        "w": twips(m.LETTER_LINES[0]), "h": 60, "hRule": "exact", "wrap": "notBeside", "vAnchor": "page",
        "hAnchor": "page", "xAlign": "center", "y": twips(m.PAGE[1] - m.LETTER_LINES[2]),
    }  # fmt: skip
    line = _paragraph("GwLine", properties={"w:framePr": frame})
    return _bordered(line, "top", "thinThickSmallGap", 18)


def _title(official: Official) -> Any:
    return _paragraph("GwTitle", "\n".join(broken(official.title)))


def _recipients(official: Official) -> list[Any]:
    return [_paragraph("GwRecipients", "、".join(official.recipients) + "：")] if official.recipients else []


# --- the text -------------------------------------------------------------------------------------------


def _text(official: Official) -> list[Any]:
    elements = [_body(paragraph) for paragraph in paragraphs(official.body)]
    elements += _attachments(official.attachments)
    elements += _people(official)
    if elements:
        put(elements[-1].pPr, "w:keepNext")  # signature and date never stand alone on a page
    return elements


def _body(paragraph: Paragraph) -> Any:
    """A heading by itself has its style; one that runs on has a character style up to its end."""
    if not paragraph.level:
        return _paragraph("GwBody", paragraph.text)
    head, rest = paragraph.text[: paragraph.head], paragraph.text[paragraph.head :]
    if not rest:
        return _paragraph(f"GwLevel{paragraph.level}", head)
    return _paragraph("GwBody", (head, f"GwHead{paragraph.level}"), rest)


def _attachments(given: tuple[str, ...]) -> list[Any]:
    """One line below the text; a title that runs over stands under its first character (7.3.4)."""
    titles = [title.rstrip("。；，、.;,") for title in given]
    if not titles:
        return []
    if len(titles) == 1:
        return [_paragraph("GwAttachments", f"附件：{titles[0]}", properties=_space(1), left=5, hanging=3)]
    lines = []
    for n, title in enumerate(titles, 1):
        label = f"{n}."
        first = "附件：" if n == 1 else ""
        lines.append(
            _paragraph(
                "GwAttachments", f"{first}{label}{title}", properties=_space(1) if n == 1 else {},
                left=5 + width(label), hanging=width(first + label),
            )
        )  # fmt: skip
    return lines


def _people(official: Official) -> list[Any]:
    """Who was there (10.3): the label in 黑体, what runs over under the first name."""
    rows = (("出席：", official.present), ("请假：", official.excused), ("列席：", official.observers))
    lines = [
        _paragraph("GwPresent", (label, "GwPresentLabel"), "、".join(names)) for label, names in rows if names
    ]
    if lines:
        _set(lines[0].pPr, _space(1))
    return lines


# --- signature, date, annotation ------------------------------------------------------------------------


def _end(official: Official) -> list[Any]:
    """Signature and date, and the annotation; a document without a date (minutes as a rule) has neither."""
    lines = _closed(official, in_figures(official.dated_on)) if official.dated_on else []
    if official.annotation:
        lines.append(_paragraph("GwAnnotation", in_brackets(official.annotation)))
    return lines


def _closed(official: Official, day: str) -> list[Any]:
    sealed = official.sealed and official.form is not Form.MINUTES
    return _seals(official.issuers, day) if sealed else _signed(official.issuers, day)


def _seals(issuers: tuple[str, ...], day: str) -> list[Any]:
    """The date four characters from the right, the signature centred over it; joint ones side by side (7.3.5.1)."""
    dated = _paragraph("GwDated", day, right=4)
    if len(issuers) > 1:
        return [*_rows(issuers, day), dated]
    right = max(0.0, 4 + (width(day) - width(issuers[0])) / 2)
    return [_paragraph("GwSigned", issuers[0], properties=_space(2), right=right), dated]


def _rows(issuers: tuple[str, ...], day: str) -> list[Any]:
    """Rows of two or three, far enough apart for their seals; the last office stands over the date."""
    a_row, column = (3, 8) if max(map(width, issuers)) <= 8 else (2, 14)
    last = m.CHARACTERS - max(column / 2, 4 + width(day) / 2)
    stops = [("center", last - column * n) for n in range(a_row - 1, -1, -1)]
    lines = []
    for at in range(0, len(issuers), a_row):
        row = issuers[at : at + a_row]
        empty = a_row - len(row) if at else 0
        text = "".join(f"\t{name}" for name in ("",) * empty + row)
        look = _space(3 if at else 2) | _aligned("left")
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
    _set(lines[0].pPr, _space(1))
    return [*lines, _paragraph("GwDated", day, right=dated)]


# --- the imprint ----------------------------------------------------------------------------------------


def _imprint(official: Official) -> list[Any]:
    """On the foot of the last page: copies to, and who printed it when, between lines as the standard has them."""
    rows = []
    if official.copies_to:
        rows.append(
            _paragraph(
                "GwImprint",
                f"抄送：{'，'.join(official.copies_to)}。",
                left=3 * _FOUR / CHARACTER,
                hanging=3 * _FOUR / CHARACTER,
            )
        )
    if (official.printed_by or official.printed_on) and official.form is not Form.LETTER:
        printed = f"{in_figures(official.printed_on)}印发" if official.printed_on else ""
        line = _paragraph("GwImprint", f"{official.printed_by}\t{printed}")
        rows.append(_tabs(line, ("right", m.CHARACTERS - 2 * _FOUR / CHARACTER)))
    if not rows:
        return []
    # Placed from the page's edge: LibreOffice lets a table as wide as the text float only then.
    place = {"vertAnchor": "margin", "horzAnchor": "page", "tblpX": twips(m.LEFT), "tblpYSpec": "bottom"}
    table = _table(place, (_WIDTH,), lined=official.form is not Form.LETTER, inside=round(_FOUR * 20))
    for row in rows:
        _row(table, [[row]])
    return [table, _paragraph("GwEnd")]


def _table(
    place: Mapping[str, object], widths: tuple[int, ...], *, lined: bool = False, inside: int = 0
) -> Any:
    """A table at a fixed place of the page, as wide as the text area."""
    table = OxmlElement("w:tbl")
    properties = _child(table, "w:tblPr")
    put(properties, "w:tblpPr", leftFromText=0, rightFromText=0, **place)
    put(properties, "w:tblW", w=_WIDTH, type="dxa")
    if lined:
        imprint_lines(put(properties, "w:tblBorders"))
    put(properties, "w:tblLayout", type="fixed")
    margins = put(properties, "w:tblCellMar")
    for side in ("left", "right"):
        put(margins, f"w:{side}", w=inside, type="dxa")
    grid = _child(table, "w:tblGrid")
    for column in widths:
        _child(grid, "w:gridCol").set(qn("w:w"), str(column))
    return table


def imprint_lines(borders: Any) -> None:
    """The lines of an imprint, in eighths of a point: the outer lines 0.35 mm, the inner ones 0.25 mm."""
    outer, inner = (round(thick / 25.4 * 72 * 8) for thick in m.IMPRINT_LINES)
    for side, size in (("top", outer), ("bottom", outer), ("insideH", inner)):
        put(borders, f"w:{side}", val="single", sz=size, space=0, color="000000")


def _row(table: Any, cells: list[list[Any]]) -> None:
    row = _child(table, "w:tr")
    columns = table.find(qn("w:tblGrid"))
    for column, content in zip(columns, cells, strict=True):
        cell = _child(row, "w:tc")
        properties = _child(cell, "w:tcPr")
        put(properties, "w:tcW", w=column.get(qn("w:w")), type="dxa")
        put(properties, "w:vAlign", val="center")
        for paragraph in content:
            cell.append(paragraph)

"""The grid of an official document and its paragraph styles: 22 lines × 28 characters, each element its own look (N22).

Whoever edits the file further keeps the layout, as nothing is dressed up by hand.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import floor
from typing import Any

from docx.document import Document as DocumentFile
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from core.layout import measures as m
from core.layout.ooxml import CHARACTER, child, indent, put, put_all, twips

BODY, SMALL = m.SIZES["三号"], m.SIZES["四号"]
"""The size of the text, and of imprint and page number, in points."""

PITCH = twips(m.TEXT_AREA[1]) // m.LINES
"""Height of a line in twentieths of a point, rounded down so that 22 of them stand on a page."""

CHAR_SPACE = int((CHARACTER - BODY) * 4096) - 1
"""What the grid adds to the width of a character (it is a little less than 三号), in 4096ths of a point."""

CONDENSED = floor((CHARACTER - BODY) * 20) - 1
"""The same in twentieths of a point, for the characters themselves; one more, as rounding may take it back.

The styles keep 28 characters by this and 22 lines by their exact pitch, and do not snap to the grid: a word
processor that sets a character into whole cells of it would give each of them two.
"""

FOOTER = m.BOTTOM - m.PAGE_NUMBER_BELOW - SMALL / 72 * 25.4 / 2
"""The footer's foot above the page's, in millimetres: the dash stands in the middle of its line."""

ONE_LINE = round(BODY * 20)
"""A line no higher than its characters, in twentieths of a point."""

RED = "FF0000"
"""Of the mark and the lines of the head."""

Properties = dict[str, dict[str, object]]
"""Properties by their tag, each with its attributes."""


@dataclass(frozen=True)
class Style:
    """A paragraph style: what it is called, its typeface and size in points, its indents in characters, the rest as properties."""

    id: str
    title: str
    face: m.Face = m.FANGSONG
    size: float = BODY
    indents: Mapping[str, float] = field(default_factory=dict)
    properties: Properties = field(default_factory=dict)
    red: bool = False


def spaced(before: float = 0, after: float = 0, line: int = PITCH) -> Properties:
    """Lines before and after, and the exact pitch."""
    values = {
        "before": round(before * PITCH),
        "after": round(after * PITCH),
        "line": line,
        "lineRule": "exact",
    }
    return {"w:spacing": values}


def aligned(how: str) -> Properties:
    """The alignment."""
    return {"w:jc": {"val": how}}


def _level(number: int) -> Properties:
    return {"w:outlineLvl": {"val": number - 1}}


_TWO = {"first": 2.0}

A_SMALL = SMALL / CHARACTER
"""A character of the imprint in characters of the text."""

STYLES = (
    Style("GwBody", "公文正文", indents=_TWO),
    Style("GwSerial", "份号"),
    Style("GwSecrecy", "密级和保密期限", m.HEI),
    Style("GwUrgency", "紧急程度", m.HEI),
    Style("GwMark", "发文机关标志", m.XIAOBIAOSONG, 36, properties=aligned("center"), red=True),
    Style("GwNumber", "发文字号", properties=spaced(line=ONE_LINE) | aligned("center")),
    Style("GwNumberUp", "发文字号（上行文）", indents={"left": 1}, properties=spaced(line=ONE_LINE) | aligned("left")),
    Style("GwNumberLetter", "发文字号（信函）"),
    Style("GwLine", "红色分隔线", properties=spaced(line=20)),
    Style("GwTitle", "公文标题", m.XIAOBIAOSONG, m.SIZES["二号"], properties=spaced(2, 1) | aligned("center")),
    Style("GwRecipients", "主送机关"),
    Style("GwLevel1", "一级标题", m.HEI, indents=_TWO, properties=_level(1)),
    Style("GwLevel2", "二级标题", m.KAI, indents=_TWO, properties=_level(2)),
    Style("GwLevel3", "三级标题", indents=_TWO, properties=_level(3)),
    Style("GwLevel4", "四级标题", indents=_TWO, properties=_level(4)),
    Style("GwPresent", "出席人员", indents={"left": 5, "hanging": 3}),
    Style("GwAttachments", "附件说明", indents={"left": 5, "hanging": 3}),
    Style("GwSigned", "署名", indents={"right": 2}, properties=aligned("right") | {"w:keepNext": {}}),
    Style("GwDated", "成文日期", indents={"right": 4}, properties=aligned("right")),
    Style("GwAnnotation", "附注", indents={"left": 2}),
    Style("GwImprint", "版记", size=SMALL, indents={"left": A_SMALL, "right": A_SMALL}),
    Style("GwEnd", "文末", properties=spaced(line=20)),
    Style("GwStamp", "送审标记", m.HEI, SMALL, properties=spaced(line=round(SMALL * 20)) | aligned("right"), red=True),
    Style("GwPageOdd", "页码（单页）", m.SONG, SMALL, {"right": 1}, spaced(line=round(SMALL * 20)) | aligned("right")),
    Style("GwPageEven", "页码（双页）", m.SONG, SMALL, {"left": 1}, spaced(line=round(SMALL * 20))),
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


def set_styles(document: DocumentFile) -> None:
    """The styles of a document become these, and no others."""
    root = document.styles.element
    for old in list(root):
        root.remove(old)
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
        _fonts(child(root[-1], "w:rPr"), face)


def _defaults() -> Any:
    defaults = OxmlElement("w:docDefaults")
    run = child(child(defaults, "w:rPrDefault"), "w:rPr")
    _fonts(run, m.FANGSONG)
    put(run, "w:lang", val="en-US", eastAsia="zh-CN", bidi="ar-SA")
    child(defaults, "w:pPrDefault")
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
    paragraph = child(element, "w:pPr")
    if not style.id:
        for tag in ("w:widowControl", "w:autoSpaceDE", "w:autoSpaceDN", "w:adjustRightInd", "w:snapToGrid"):
            put(paragraph, tag, val=0)  # nothing moves a line or a character from its place
        put_all(paragraph, spaced() | aligned("both"))
    put_all(paragraph, style.properties)
    if style.indents:
        indent(paragraph, **style.indents)
    run = child(element, "w:rPr")
    _fonts(run, style.face)
    put(run, "w:color", val=RED if style.red else "000000")
    if style.size == BODY:
        put(run, "w:spacing", val=CONDENSED)
    put(run, "w:kern", val=0)
    put(run, "w:sz", val=round(style.size * 2))
    put(run, "w:szCs", val=round(style.size * 2))


def _fonts(run: Any, face: m.Face) -> None:
    name = face.names[0]
    put(run, "w:rFonts", ascii=name, hAnsi=name, eastAsia=name, cs=name)

"""WordprocessingML with every property in the place the schema gives it: Word refuses a file that mixes them up.

What draws a DOCX and what mends one set properties with `put`; measures come in as millimetres, points or
characters and are written in the units of the format (twentieths of a point, halves, hundredths).
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from core.layout.measures import CHARACTERS, TEXT_AREA

_ORDERS: Mapping[str, tuple[str, ...]] = {
    "w:pPr": (
        "w:pStyle", "w:keepNext", "w:keepLines", "w:pageBreakBefore", "w:framePr", "w:widowControl", "w:numPr",
        "w:suppressLineNumbers", "w:pBdr", "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:kinsoku", "w:wordWrap",
        "w:overflowPunct", "w:topLinePunct", "w:autoSpaceDE", "w:autoSpaceDN", "w:bidi", "w:adjustRightInd",
        "w:snapToGrid", "w:spacing", "w:ind", "w:contextualSpacing", "w:mirrorIndents", "w:suppressOverlap",
        "w:jc", "w:textDirection", "w:textAlignment", "w:textboxTightWrap", "w:outlineLvl", "w:divId",
        "w:cnfStyle", "w:rPr", "w:sectPr", "w:pPrChange",
    ),
    "w:pBdr": ("w:top", "w:left", "w:bottom", "w:right", "w:between", "w:bar"),
    "w:rPr": (
        "w:rStyle", "w:rFonts", "w:b", "w:bCs", "w:i", "w:iCs", "w:caps", "w:smallCaps", "w:strike", "w:dstrike",
        "w:outline", "w:shadow", "w:emboss", "w:imprint", "w:noProof", "w:snapToGrid", "w:vanish", "w:webHidden",
        "w:color", "w:spacing", "w:w", "w:kern", "w:position", "w:sz", "w:szCs", "w:highlight", "w:u", "w:effect",
        "w:bdr", "w:shd", "w:fitText", "w:vertAlign", "w:rtl", "w:cs", "w:em", "w:lang", "w:eastAsianLayout",
        "w:specVanish", "w:oMath", "w:rPrChange",
    ),
    "w:sectPr": (
        "w:headerReference", "w:footerReference", "w:footnotePr", "w:endnotePr", "w:type", "w:pgSz", "w:pgMar",
        "w:paperSrc", "w:pgBorders", "w:lnNumType", "w:pgNumType", "w:cols", "w:formProt", "w:vAlign",
        "w:noEndnote", "w:titlePg", "w:textDirection", "w:bidi", "w:rtlGutter", "w:docGrid", "w:printerSettings",
        "w:sectPrChange",
    ),
    "w:tblPr": (
        "w:tblStyle", "w:tblpPr", "w:tblOverlap", "w:bidiVisual", "w:tblStyleRowBandSize",
        "w:tblStyleColBandSize", "w:tblW", "w:jc", "w:tblCellSpacing", "w:tblInd", "w:tblBorders", "w:shd",
        "w:tblLayout", "w:tblCellMar", "w:tblLook",
    ),
    "w:tblBorders": ("w:top", "w:left", "w:bottom", "w:right", "w:insideH", "w:insideV"),
}  # fmt: skip

CHARACTER = TEXT_AREA[0] / 25.4 * 72 / CHARACTERS
"""The width a character of the text has, in points: the 28th part of the text area."""


def twips(millimetres: float) -> int:
    """Millimetres in twentieths of a point."""
    return round(millimetres / 25.4 * 1440)


def put(parent: Any, tag: str, **values: object) -> Any:
    """The child with these attributes, made in its place where there is none; None takes an attribute away."""
    child = parent.find(qn(tag))
    if child is None:
        child = OxmlElement(tag)
        _insert(parent, child, tag)
    for name, value in values.items():
        key = qn(f"w:{name.rstrip('_')}")
        if value is None:
            child.attrib.pop(key, None)
        else:
            child.set(key, str(value))
    return child


def drop(parent: Any, *tags: str) -> None:
    """Take children away."""
    for tag in tags:
        for child in parent.findall(qn(tag)):
            parent.remove(child)


def indent(
    properties: Any, *, left: float = 0, right: float = 0, first: float = 0, hanging: float = 0
) -> None:
    """Indents in characters, said in both ways: Word takes the characters, others the twips."""
    values: dict[str, object] = {}
    for name, chars in (("left", left), ("right", right), ("firstLine", first), ("hanging", hanging)):
        values[f"{name}Chars"] = round(chars * 100)
        values[name] = round(chars * CHARACTER * 20)
    if hanging:
        values |= {"firstLine": None, "firstLineChars": None}
    else:
        values |= {"hanging": None, "hangingChars": None}
    put(properties, "w:ind", **values)


@lru_cache(maxsize=1_000)
def _later(parent: str, tag: str) -> frozenset[str]:
    """The properties that stand behind this one in their parent."""
    order = _ORDERS.get(f"w:{parent.rpartition('}')[2]}", ())
    return frozenset(qn(name) for name in order[order.index(tag) + 1 :]) if tag in order else frozenset()


def _insert(parent: Any, child: Any, tag: str) -> None:
    later = _later(parent.tag, tag)
    for at, sibling in enumerate(parent):
        if sibling.tag in later:
            parent.insert(at, child)
            return
    parent.append(child)


def child(parent: Any, tag: str) -> Any:
    """A new child at the end."""
    made = OxmlElement(tag)
    parent.append(made)
    return made


def put_all(parent: Any, values: Mapping[str, Mapping[str, object]]) -> None:
    """Several properties at once, by their tag."""
    for tag, attributes in values.items():
        put(parent, tag, **attributes)

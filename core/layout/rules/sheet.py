"""A DOCX as the checker sees it: its page, its paragraphs with their looks in effect, its footers."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from core.layout import measures as m
from core.layout.rules.formats import Formats, Looks, local, number
from core.layout.rules.lists import Counter

_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_GONE = {"del", "moveFrom", "Fallback"}
_SHOWN = 16


@dataclass(frozen=True)
class Run:
    """A run with the place of its text in the paragraph."""

    element: Any
    text: str
    start: int
    looks: Looks

    @property
    def font(self) -> str:
        """The typeface of its Chinese characters; where there are none, of its figures."""
        fonts = self.looks.get("rFonts", {})
        return fonts.get("eastAsia", "") if re.search(r"[^\x00-\xff]", self.text) else fonts.get("ascii", "")

    @property
    def size(self) -> float:
        """In points; what nobody says is 10."""
        return (number(self.looks.get("sz", {}).get("val")) or 20) / 2

    @property
    def colour(self) -> tuple[int, int, int]:
        """Red, green, blue; automatic is black."""
        said = self.looks.get("color", {}).get("val", "")
        if not re.fullmatch("[0-9A-Fa-f]{6}", said):
            return (0, 0, 0)
        return (int(said[:2], 16), int(said[2:4], 16), int(said[4:], 16))


@dataclass(frozen=True, eq=False)
class Para:
    """A paragraph: which one it is among those that say something (0 for an empty one), its text and looks.

    `number`: what the word processor counts before its text, and `level` the part that says how; empty for most.
    """

    element: Any
    at: int
    looks: Looks
    runs: tuple[Run, ...]
    table: Any | None
    number: str = ""
    level: Any | None = None

    @cached_property
    def text(self) -> str:
        """Its text; tabs and line breaks as such."""
        return "".join(run.text for run in self.runs)

    @property
    def where(self) -> str:
        """The place as a person finds it."""
        said = "".join((self.number + self.text).split())
        return f"第 {self.at} 段：“{said[:_SHOWN]}{'…' if len(said) > _SHOWN else ''}”"

    @property
    def size(self) -> float:
        """The size of its first visible characters, in points."""
        return next((run.size for run in self.runs if run.text.strip()), 16.0)

    @property
    def align(self) -> str:
        """left, center, right, both or distribute."""
        said = self.looks.get("jc", {}).get("val", "left")
        return {"start": "left", "end": "right"}.get(said, said)

    def indent(self, side: str) -> float:
        """An indent in characters: left, right, firstLine or hanging."""
        values = self.looks.get("ind", {})
        other = {"left": "start", "right": "end"}.get(side, side)
        chars = number(values.get(f"{side}Chars")) or number(values.get(f"{other}Chars"))
        if chars:
            return chars / 100
        return (number(values.get(side)) or number(values.get(other)) or 0) / 20 / max(self.size, 1)

    @property
    def begins(self) -> float:
        """Where its first line begins, in characters from the margin; typed full-width spaces count."""
        typed = len(self.text) - len(self.text.lstrip("　"))
        return self.indent("left") + self.indent("firstLine") - self.indent("hanging") + typed

    def pitch(self, grid: float) -> float:
        """From line to line in points, on a grid of this pitch (0 for none)."""
        values = self.looks.get("spacing", {})
        line = number(values.get("line")) or 240
        if values.get("lineRule", "auto") in ("exact", "atLeast"):
            return line / 20
        snaps = grid and self.looks.get("snapToGrid", {}).get("val", "1") not in ("0", "false", "off")
        return line / 240 * (grid * max(1, -(-self.size * 1.15 // grid)) if snaps else self.size * 1.3)

    def before(self, pitch: float) -> float:
        """The space before it in lines of this pitch."""
        values = self.looks.get("spacing", {})
        lines = number(values.get("beforeLines"))
        return lines / 100 if lines else (number(values.get("before")) or 0) / 20 / pitch

    @property
    def borders(self) -> Mapping[str, str]:
        """Its border lines, each side as kind, colour and eighths of a point."""
        return self.looks.get("pBdr", {})


@dataclass(frozen=True, eq=False)
class Span:
    """A part of a paragraph that plays a role: nearly always the whole."""

    para: Para
    start: int
    stop: int

    @property
    def text(self) -> str:
        """What it says."""
        return self.para.text[self.start : self.stop]

    @property
    def runs(self) -> tuple[Run, ...]:
        """The runs it lies in, as far as they say something."""
        return tuple(run for run in self.para.runs if self._share(run).strip())

    def _share(self, run: Run) -> str:
        return run.text[max(self.start - run.start, 0) : max(self.stop - run.start, 0)]


@dataclass(frozen=True, eq=False)
class Footer:
    """The footer of a sort of page: default (odd), even or first; `page` is the paragraph with the page number."""

    element: Any
    page: Para | None


@dataclass(frozen=True, eq=False)
class Sheet:
    """The document: `paras` say something, `every` has the empty ones as well, `section` is its first."""

    document: Document
    every: tuple[Para, ...]
    section: Any
    footers: Mapping[str, Footer]
    two_sided: bool

    @property
    def paras(self) -> tuple[Para, ...]:
        """The paragraphs with text, in order."""
        return tuple(para for para in self.every if para.at)

    def page(self, tag: str, name: str) -> float | None:
        """A measure of the section, in millimetres."""
        value = number(self.setting(tag, name))
        return value / 1440 * 25.4 if value is not None else None

    def setting(self, tag: str, name: str) -> str | None:
        """An attribute of a property of the section."""
        child = self.section.find(qn(tag)) if self.section is not None else None
        return child.get(qn(f"w:{name}")) if child is not None else None

    @property
    def grid(self) -> float:
        """The pitch of the grid in points; 0 where there is none."""
        if self.setting("w:docGrid", "type") not in ("lines", "linesAndChars", "snapToChars"):
            return 0.0
        return (number(self.setting("w:docGrid", "linePitch")) or 0) / 20


def sheet(document: Document) -> Sheet:
    """Read once; nothing of the document is changed."""
    formats = Formats.of(document.styles.element, _theme(document), _numbering(document))
    body = document.element.body
    sections = list(body.iter(qn("w:sectPr")))
    settings = document.settings.element
    return Sheet(
        document,
        tuple(_paras(body, formats)),
        sections[0] if sections else None,
        dict(_footers(document, sections[0], formats)) if sections else {},
        settings.find(qn("w:evenAndOddHeaders")) is not None
        and document.settings.odd_and_even_pages_header_footer,
    )


def _theme(document: Document) -> Any | None:
    for relation in document.part.rels.values():
        if relation.reltype == RT.THEME and not relation.is_external:
            return parse_xml(relation.target_part.blob)
    return None


def _numbering(document: Document) -> Any | None:
    """The part with the lists itself, as it may be mended."""
    for relation in document.part.rels.values():
        if relation.reltype == RT.NUMBERING and not relation.is_external:
            return getattr(relation.target_part, "element", None)
    return None


def _paras(root: Any, formats: Formats) -> Iterator[Para]:
    count, counter = 0, Counter(formats.lists)
    for element in root.iter(qn("w:p")):
        if not any(local(outer) in _GONE for outer in element.iterancestors()):
            runs = tuple(_runs(element, formats))
            says = any(run.text.strip() for run in runs)
            count += says
            table = next((outer for outer in element.iterancestors() if local(outer) == "tbl"), None)
            place = formats.listed(element)
            counted, level = counter.number(place), formats.lists.look(place)
            yield Para(element, count if says else 0, formats.paragraph(element), runs, table, counted, level)


def _runs(paragraph: Any, formats: Formats) -> Iterator[Run]:
    start = 0
    for element in own_runs(paragraph):
        text = "".join(text for text, _ in signs(element))
        yield Run(element, text, start, formats.run(paragraph, element))
        start += len(text)


def own_runs(paragraph: Any) -> Iterator[Any]:
    """The runs of a paragraph, not those of text boxes in it or of text taken away."""
    for child in paragraph:
        name = local(child)
        if name == "r":
            yield child
        elif name in (
            "hyperlink",
            "ins",
            "smartTag",
            "sdt",
            "sdtContent",
            "fldSimple",
            "customXml",
            "moveTo",
        ):
            yield from own_runs(child)


def signs(run: Any) -> Iterator[tuple[str, Any]]:
    """The text of a run piece by piece, each with its element."""
    for child in run:
        name = local(child)
        if name == "t":
            yield child.text or "", child
        elif name in _SIGNS and child.get(qn("w:type")) != "page":
            yield _SIGNS[name], child


def _footers(document: Document, section: Any, formats: Formats) -> Iterator[tuple[str, Footer]]:
    for reference in section.findall(qn("w:footerReference")):
        part = document.part.related_parts.get(reference.get(qn("r:id")))
        if part is not None and hasattr(part, "element"):
            paras = [*_paras(part.element, formats)]
            page = next((para for para in paras if _has_page(para.element)), None)
            yield reference.get(qn("w:type"), "default"), Footer(part.element, page)


def _has_page(paragraph: Any) -> bool:
    codes = [element.text or "" for element in paragraph.iter(qn("w:instrText"))]
    codes += [element.get(qn("w:instr"), "") for element in paragraph.iter(qn("w:fldSimple"))]
    return any(re.search(r"\bPAGE\b", code) for code in codes)


def same(face: m.Face, name: str) -> bool:
    """Whether a typeface is one of those the standard's is called by."""
    return name in face.names or name.partition("_")[0] in face.names

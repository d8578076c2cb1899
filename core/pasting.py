"""Text from elsewhere as the body of an official document: one paragraph a line, levels by official number.

What Word and WPS put on the clipboard (HTML) or into a file (DOCX) says its levels by styles and lists.
An official document says them by its numbers: 一、 （一） 1. （1） (GB/T 9704 §7.3.3).
"""

import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from xml.parsers import expat

from core.errors import Unreadable
from core.intake import archive, check, read
from core.intake.archive import BROKEN
from core.intake.dates import date_of
from core.intake.normal import compact
from core.layout.body import NUMBERS

LEVELS = 4
"""How deep an official document may be divided."""

LONGEST_HTML = 4_000_000
"""Characters of a clipboard that are read; Word's own take some hundred thousand."""

_DIGITS = "一二三四五六七八九"
_SPACES = re.compile("[\\s\u3000\xa0]+")
_EDGE = "\u3000\xa0 \t\r\n"


@dataclass(frozen=True)
class Part:
    """One paragraph: its level (0 is plain text), the number it bears already (0 for none), its words."""

    level: int
    count: int
    text: str


def parts(body: str) -> tuple[Part, ...]:
    """The paragraphs of a body, one a line; empty lines are left out."""
    return tuple(part_of(line) for line in body.split("\n") if line.strip(_EDGE))


def part_of(line: str) -> Part:
    """What a line is, by the official number it begins with."""
    text = line.strip(_EDGE)
    for level, pattern in NUMBERS:
        if found := pattern.match(text):
            return Part(level, _value(found[1]), text[found.end() :].lstrip(_EDGE))
    return Part(0, 0, text)


def official(level: int, count: int) -> str:
    """The official number of a level: `official(2, 3)` is （三）."""
    said = _in_words(count) if level <= 2 else str(count)
    return (f"{said}、", f"（{said}）", f"{said}.", f"（{said}）")[level - 1]


def numbered(found: Iterable[Part]) -> str:
    """The paragraphs as a body: those without a number of their own count on from the one before."""
    counts, lines = [0] * (LEVELS + 1), []
    for part in found:
        if not part.level:
            lines.append(part.text)
            continue
        counts[part.level] = part.count or counts[part.level] + 1
        counts[part.level + 1 :] = [0] * (LEVELS - part.level)
        lines.append(official(part.level, counts[part.level]) + part.text)
    return "\n".join(lines)


def levelled(body: str, first: int, last: int, level: int) -> str:
    """The body with its lines from `first` to `last` at this level (0: plain), every number counted anew."""
    lines = []
    for n, line in enumerate(body.split("\n")):
        part = part_of(line)
        if first <= n <= last and part.text:
            part = Part(level, 0, part.text)
        lines.append(Part(part.level, 0, part.text))
    return numbered(lines)


def from_html(html: str) -> str:
    """The body in what a word processor or browser puts on the clipboard."""
    reader = _Clipboard()
    reader.feed(html[:LONGEST_HTML])
    reader.close()
    return numbered(_settled(reader.paragraphs()))


def from_docx(content: bytes) -> str:
    """All paragraphs of a DOCX as a body. Raises `Unreadable` with what to do for one that cannot be read."""
    if check("", content) != "docx":
        raise Unreadable("这不是 DOCX 文件，请另存为 DOCX 再拖入。")
    with archive.opened(content) as package:
        lists = _Lists(package)
        document = _Document(lists)
        _parse(package, "word/document.xml", document)
    return numbered(_settled(document.found))


@dataclass(frozen=True, kw_only=True)
class Dropped:
    """A foreign draft as the fields of our own; empty where it says nothing."""

    title: str = ""
    doc_kind: str = ""
    main_recipients: str = ""
    body: str = ""
    attachment_note: str = ""


def draft_in(content: bytes) -> Dropped:
    """What a DOCX that somebody else wrote says as a draft. Raises `Unreadable` as `from_docx` does."""
    lines = from_docx(content).split("\n")
    reading = read("\n".join(lines))
    first = _after_head(lines, reading.title, reading.main_recipients)
    last = next((n for n, line in enumerate(lines[first:], first) if _ends(line)), len(lines))
    while last > first and reading.sender_org and compact(lines[last - 1]) == compact(reading.sender_org):
        last -= 1
    return Dropped(
        title=reading.title or "",
        doc_kind=reading.doc_kind or "",
        main_recipients=reading.main_recipients or "",
        body="\n".join(lines[first:last]),
        attachment_note=_attached(lines[last:]),
    )


_HEAD = 40
"""Lines among which a document says its title and whom it is for."""

_ATTACHED = re.compile(r"附件[:：]\s*(.*)")


def _after_head(lines: list[str], title: str | None, recipients: str | None) -> int:
    """Where the body begins: behind the line of the recipients, else behind the title."""
    said, named = compact(title or ""), compact(recipients or "")
    first = 0
    for n, line in enumerate(lines[:_HEAD], 1):
        text = compact(line)
        if named and text.endswith(("：", ":")) and text[:-1].endswith(named[-20:]):
            return n
        if said and text and text in said:
            first = n
    return first


def _ends(line: str) -> bool:
    """Whether a line stands behind the body: what is attached, the day, whom a copy goes to."""
    text = compact(line)
    return bool(_ATTACHED.match(text)) or date_of(text) is not None or text.startswith("抄送")


def _attached(lines: list[str]) -> str:
    """The titles of the attachments, one a line."""
    found = _ATTACHED.match(lines[0].strip()) if lines else None
    if not found:
        return ""
    more = (line for line in lines[1:] if part_of(line).level == 3)
    titles = (part_of(line).text for line in (found[1], *more))
    return "\n".join(filter(None, titles))


# --- paragraphs as they were found ---------------------------------------------------------------


@dataclass(frozen=True)
class _Found:
    """A paragraph as it was found: its words and the number shown before them; its depth in a list, its level
    as a heading, and the level that the form of its list says.
    """

    text: str
    shown: str = ""
    depth: int = 0
    heading: int = 0
    level: int = 0


def _settled(found: Iterable[_Found]) -> Iterator[Part]:
    """Their levels: an official number says it; else a heading's own, or the depth below the last heading."""
    above = 0
    for one in found:
        text = one.text.strip(_EDGE)
        if not text:
            continue
        part = part_of(one.shown.strip(_EDGE) + text)
        if not part.level:
            level = one.level or one.heading or (above + one.depth if one.depth else 0)
            part = Part(min(level, LEVELS), 0, text)
        if one.heading:
            above = part.level
        yield part


def _value(said: str) -> int:
    """What a counted number is: 12 or 十二."""
    if said.isdigit():
        return int(said)
    tens, ten, ones = said.rpartition("十")
    value = 10 * (_DIGITS.index(tens) + 1 if tens else 1) if ten else 0
    return value + (_DIGITS.index(ones) + 1 if ones else 0)


def _in_words(count: int) -> str:
    """A number in Chinese, as far as a document is divided: 一 to 九十九."""
    tens, ones = divmod(count, 10)
    said = ("" if tens < 2 else _DIGITS[tens - 1]) + ("十" if tens else "")
    return said + (_DIGITS[ones - 1] if ones else "")


# --- the clipboard -------------------------------------------------------------------------------

_BLOCKS = frozenset(
    [
        "p",
        "div",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "ul",
        "ol",
        "table",
        "tr",
        "blockquote",
        "pre",
        "section",
        "article",
        "body",
        "html",
        "br",
    ]
)
_SILENT = frozenset(
    ["head", "style", "script", "title", "xml", "del", "template", "svg", "math", "select", "button"]
)
_VOID = frozenset(["br", "img", "hr", "input", "meta", "link", "col", "base", "wbr"])
_LEVEL = re.compile(r"mso-list:\s*l\d+\s+level(\d)")


@dataclass
class _Open:
    """A tag that is open: what it says of the text inside it."""

    tag: str
    silent: bool = False
    number: bool = False


class _Clipboard(HTMLParser):
    """Gathers paragraphs from the HTML of a clipboard; anything goes, and nothing of it is kept but words."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._found: list[_Found] = []
        self._open: list[_Open] = []
        self._text, self._shown = "", ""
        self._depth = self._heading = 0
        self._nested = 0

    def paragraphs(self) -> list[_Found]:
        """What was found, once all is read."""
        self._end_paragraph()
        return self._found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        style = dict(attrs).get("style") or ""
        if tag in _BLOCKS:
            self._end_paragraph()
            self._begin(tag, style)
        if tag in ("td", "th") and self._text:
            self._text += " "
        self._nested += tag in ("ol", "ul")
        if tag not in _VOID:
            hidden = re.search(r"display:\s*none|mso-hide:\s*all", style) is not None
            self._open.append(_Open(tag, tag in _SILENT or hidden, "mso-list:ignore" in style.lower()))

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._end_paragraph()
        if not any(one.tag == tag for one in self._open):
            return
        self._nested -= tag in ("ol", "ul")
        while self._open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        if any(one.silent for one in self._open):
            return
        if any(one.number for one in self._open):
            self._shown += data
        else:
            self._text += data

    def _begin(self, tag: str, style: str) -> None:
        found = _LEVEL.search(style)
        self._depth = int(found[1]) if found else self._nested if tag == "li" else 0
        self._heading = min(int(tag[1]), LEVELS) if re.fullmatch("h[1-6]", tag) else 0

    def _end_paragraph(self) -> None:
        if text := _tidied(self._text):
            self._found.append(_Found(text, _SPACES.sub("", self._shown), self._depth, self._heading))
            self._depth = self._heading = 0
        self._text = ""
        if text:
            self._shown = ""


_BETWEEN = re.compile("(?<=[\u2e80-\u9fff\uff00-\uffef]) (?=[\u2e80-\u9fff\uff00-\uffef])")


def _tidied(text: str) -> str:
    """One line of text: the spaces that only broke a line of the source are gone between Chinese characters."""
    return _BETWEEN.sub("", _SPACES.sub(" ", text)).strip(_EDGE)


# --- DOCX ----------------------------------------------------------------------------------------


def _parse(package: zipfile.ZipFile, name: str, into: "_Lists | _Document") -> None:
    if name not in package.namelist():
        return
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = into.start, into.end
    parser.CharacterDataHandler = into.data
    try:
        for piece in archive.chunks(package, name):
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError as fault:
        raise Unreadable(BROKEN) from fault


def _plain(attributes: dict[str, str]) -> dict[str, str]:
    return {key.rsplit("}", 1)[-1]: value for key, value in attributes.items()}


def _whole(value: str | None) -> int:
    return int(value) if value and value.isdecimal() and len(value) < 6 else 0


@dataclass
class _Lists:
    """The numbers of the lists in a DOCX, and the levels of its heading styles."""

    package: zipfile.ZipFile
    formats: dict[tuple[str, int], tuple[str, str]] = field(default_factory=dict)
    abstract: dict[str, str] = field(default_factory=dict)
    headings: dict[str, int] = field(default_factory=dict)
    _at: str = ""
    _level: int = 0
    _num: str = ""
    _style: str = ""

    def __post_init__(self) -> None:
        _parse(self.package, "word/numbering.xml", self)
        _parse(self.package, "word/styles.xml", self)

    def start(self, tag: str, raw: dict[str, str]) -> None:
        name, told = tag.rsplit("}", 1)[-1], _plain(raw)
        value = told.get("val", "")
        match name:
            case "abstractNum":
                self._at, self._num = told.get("abstractNumId", ""), ""
            case "lvl":
                self._level = _whole(told.get("ilvl"))
            case "numFmt" | "lvlText":
                kind, text = self.formats.get((self._at, self._level), ("", ""))
                kind, text = (value, text) if name == "numFmt" else (kind, value)
                self.formats[self._at, self._level] = kind, text
            case "num":
                self._num = told.get("numId", "")
            case "abstractNumId" if self._num:
                self.abstract[self._num] = value
            case "style":
                self._style = told.get("styleId", "")
            case "outlineLvl" if self._style and _whole(value) < LEVELS:
                self.headings[self._style] = _whole(value) + 1

    def end(self, tag: str) -> None:
        """Nothing is gathered at an end."""

    def data(self, text: str) -> None:
        """Lists and styles say all in attributes."""

    def level(self, num: str, depth: int) -> int:
        """The official level this list numbers its items at, by the form of its numbers; 0 where it has another."""
        kind, text = self.formats.get((self.abstract.get(num, ""), depth), ("", ""))
        sample = "一" if "hinese" in kind or "ideograph" in kind else "1"
        return part_of(re.sub("%[1-9]", sample, text)).level if kind != "bullet" else 0


@dataclass
class _Document:
    """Gathers the paragraphs of the main part while the parser goes by."""

    lists: _Lists
    found: list[_Found] = field(default_factory=list)
    _text: list[str] = field(default_factory=list)
    _heading: int = 0
    _num: str = ""
    _level: int = 0
    _silent: int = 0
    _listening: bool = False

    def start(self, tag: str, raw: dict[str, str]) -> None:
        name, value = tag.rsplit("}", 1)[-1], _plain(raw).get("val", "")
        match name:
            case "p":
                self._text, self._heading, self._num, self._level = [], 0, "", 0
            case "pStyle":
                self._heading = self.lists.headings.get(value, 0)
            case "outlineLvl" if _whole(value) < LEVELS:
                self._heading = _whole(value) + 1
            case "numId":
                self._num = value if value != "0" else ""
            case "ilvl":
                self._level = _whole(value)
            case "moveFrom" | "Fallback" | "rt":
                self._silent += 1
            case "tab" | "br" | "cr":
                self._text.append(" ")
        self._listening = name == "t"

    def end(self, tag: str) -> None:
        name = tag.rsplit("}", 1)[-1]
        if name in ("moveFrom", "Fallback", "rt"):
            self._silent -= 1
        if name == "p" and not self._silent:
            level = self.lists.level(self._num, self._level)
            depth = self._level + 1 if self._num else 0
            self.found.append(_Found(_tidied("".join(self._text)), "", depth, self._heading, level))
            self._text = []
        self._listening = False

    def data(self, text: str) -> None:
        if self._listening and not self._silent:
            self._text.append(text)

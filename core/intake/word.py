"""The text of a DOCX as lines, read as a stream: no tree is built and no document type is accepted."""

import re
import zipfile
from collections.abc import Callable
from xml.parsers import expat

from core.errors import Unreadable
from core.intake.archive import BROKEN, chunks

_MAIN = "word/document.xml"
_TYPES = "[Content_Types].xml"
_MAIN_TYPE = "wordprocessingml.document.main+xml"
_MACROS = "word/vbaProject.bin"
_HEADER = re.compile(r"word/header\d*\.xml")

# Word's own text elements, in the transitional and the strict namespace.
_WORD = re.compile(r"[^}]*wordprocessingml(?:/2006)?/main}(\w+)")
_MARKUP_FALLBACK = "http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# A text moved away, phonetic guides and tab stops are not text; a fallback repeats what was said before it.
_SILENT = {"moveFrom", "rt", "tabs"}
_SIGNS = {"br": "\n", "cr": "\n", "tab": " ", "ptab": " ", "noBreakHyphen": "-"}


def is_document(archive: zipfile.ZipFile) -> bool:
    """Whether the archive is a word-processing document."""
    return _main_part(archive) is not None


def text(archive: zipfile.ZipFile, longest: int) -> str:
    """Page headers first, then the body: paragraphs, tables and text boxes in document order."""
    names = archive.namelist()
    if _MACROS in names:
        raise Unreadable("文件带有宏，请另存为不带宏的 DOCX 或 PDF 再上传。")
    main = _main_part(archive)
    if main is None:
        raise Unreadable(BROKEN)
    headers = [
        line for name in sorted(filter(_HEADER.fullmatch, names)) for line in _lines(archive, name, longest)
    ]
    return "\n".join([*dict.fromkeys(filter(None, headers)), *_lines(archive, main, longest)])


def _main_part(archive: zipfile.ZipFile) -> str | None:
    names = set(archive.namelist())
    if _TYPES not in names:
        return None
    if _MAIN in names:
        return _MAIN
    return next((name for name in _declared(archive) if name in names), None)


def _declared(archive: zipfile.ZipFile) -> list[str]:
    """Parts the content types call a main document; some writers name it document2.xml."""
    found: list[str] = []

    def start(_: str, attributes: dict[str, str]) -> None:
        if attributes.get("ContentType", "").endswith(_MAIN_TYPE):
            found.append(attributes.get("PartName", "").lstrip("/"))

    _parse(archive, _TYPES, start, lambda _: None, lambda _: None)
    return found


def _lines(archive: zipfile.ZipFile, name: str, longest: int) -> list[str]:
    collector = _Collector(longest)
    _parse(archive, name, collector.start, collector.end, collector.data)
    return collector.lines


def _parse(
    archive: zipfile.ZipFile,
    name: str,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    data: Callable[[str], None],
) -> None:
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = data
    try:
        for piece in chunks(archive, name):
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError as fault:
        raise Unreadable(BROKEN) from fault


class _Collector:
    """Gathers the lines while the parser goes by; a text box's paragraphs come before the one holding it."""

    def __init__(self, longest: int) -> None:
        self.lines: list[str] = []
        self._left = longest
        self._open: list[list[str]] = []
        self._silent = 0
        self._listening = False

    def start(self, tag: str, _: dict[str, str]) -> None:
        name = _local(tag)
        if name in _SILENT:
            self._silent += 1
        elif name == "p":
            self._open.append([])
        elif name in _SIGNS:
            self._add(_SIGNS[name])
        self._listening = name == "t"

    def end(self, tag: str) -> None:
        name = _local(tag)
        if name in _SILENT:
            self._silent -= 1
        elif name == "p" and self._open:
            text = "".join(self._open.pop())
            if not self._silent:
                self.lines.extend(text.split("\n"))
        self._listening = False

    def data(self, text: str) -> None:
        if self._listening:
            self._add(text)

    def _add(self, text: str) -> None:
        if self._silent or not self._open:
            return
        self._left -= len(text)
        if self._left < 0:
            raise Unreadable("文件文字过多，不是正常的公文，请拆分后再上传。")
        self._open[-1].append(text)


def _local(tag: str) -> str:
    if tag == _MARKUP_FALLBACK:
        return "rt"
    match = _WORD.fullmatch(tag)
    return match.group(1) if match else ""

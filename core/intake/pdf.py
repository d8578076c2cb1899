"""The text of a PDF as paragraphs: PDF knows only lines, so their places say which belong together."""

import re
import threading
import unicodedata
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import pypdfium2

from core.errors import Unreadable
from core.intake.archive import BROKEN
from core.intake.dates import date_of
from core.intake.metadata import labelled
from core.intake.normal import compact
from core.intake.numbers import number_of
from core.intake.titles import kind_of

MOST_PAGES = 3_000
MOST_BYTES = 200 * 2**20
LARGEST_STREAM = 16 * 2**20

_LOCKED = "PDF 已加密，请解除密码后另存一次再上传。"
_BOMB = "PDF 内部数据解压后异常庞大，疑似压缩炸弹，请核实来源后重新索取。"
_PAGES = f"PDF 超过 {MOST_PAGES} 页，请拆分后再上传。"
_CHUNK = 256 * 2**10
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_PAGE_NUMBER = re.compile(r"[-—–－―·\s]*\d{1,4}[-—–－―·\s]*|第\s*\d+\s*页.{0,12}")
_HEADING = re.compile(
    r"[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|第[一二三四五六七八九十百]{1,4}[章条]\s"
)
_NEWLINES = re.compile(r"[^\r\n]+")
# Some fonts map characters to the radicals they look like.
_RADICAL = re.compile(r"[\u2f00-\u2fd5]")

# PDFium keeps state of its own and must not be entered by two threads.
_PDFIUM = threading.Lock()


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    left: float
    right: float
    bottom: float
    height: float
    em: float


def text(content: bytes, longest: int) -> str:
    """Paragraphs in order, page numbers left out; empty or nearly so when the pages are pictures."""
    _check_streams(content)
    with _PDFIUM:
        pages, width = _pages(content, longest)
    return "\n".join(_paragraphs(pages, width))


def _pages(content: bytes, longest: int) -> tuple[list[list[_Line]], float]:
    """The lines of every page, and the width of the first."""
    document = _opened(content)
    try:
        if len(document) > MOST_PAGES:
            raise Unreadable(_PAGES)
        width = float(document[0].get_width()) if len(document) else 0.0
        return list(_read(document, longest)), width
    except pypdfium2.PdfiumError as fault:
        raise Unreadable(BROKEN) from fault
    finally:
        document.close()


def _opened(content: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as fault:
        locked = "password" in str(fault).lower() or "security" in str(fault).lower()
        raise Unreadable(_LOCKED if locked else BROKEN) from fault


def _read(document: pypdfium2.PdfDocument, longest: int) -> Iterator[list[_Line]]:
    for number in range(len(document)):
        page = document[number]
        words = page.get_textpage()
        try:
            lines = _lines(words)
        finally:
            words.close()
            page.close()
        longest -= sum(len(line.text) for line in lines)
        if longest < 0:
            raise Unreadable("文件文字过多，不是正常的公文，请拆分后再上传。")
        yield lines


def _lines(words: pypdfium2.PdfTextPage) -> list[_Line]:
    text = words.get_text_range() if words.count_chars() else ""
    found = [line for match in _NEWLINES.finditer(text) if (line := _placed(words, match))]
    if found and _PAGE_NUMBER.fullmatch(found[-1].text):
        found.pop()
    return found


def _placed(words: pypdfium2.PdfTextPage, match: re.Match[str]) -> _Line | None:
    """A line with its place: that of its first and last visible character."""
    shown = match.group().strip()
    if not shown:
        return None
    start = match.start() + match.group().index(shown)
    last = min(start + len(shown), words.count_chars()) - 1
    left, bottom, edge, _ = words.get_charbox(min(start, last), loose=True)
    begin, low, right, high = words.get_charbox(last, loose=True)
    height = max(high - low, 1.0)
    em = min(max(edge - left, right - begin, height / 2), height)
    plain = _RADICAL.sub(_plain, shown.replace("\ufffe", "-"))
    return _Line(plain, left, right, bottom, height, em)


def _plain(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", match.group())


def _paragraphs(pages: list[list[_Line]], width: float) -> list[str]:
    out: list[str] = []
    previous: _Line | None = None
    gaps = _usual_gaps(pages)
    edge = _right_edge(pages, width)
    for lines in pages:
        left = min((line.left for line in lines), default=0.0)
        for line in lines:
            gap = gaps.get(round(line.height), line.height * 2)
            if previous is not None and _continues(previous, line, (left, edge), gap):
                out[-1] = _joined(out[-1], line.text)
            else:
                out.append(line.text)
            previous = line
    return out


def _right_edge(pages: list[list[_Line]], width: float) -> float:
    """Where full lines end. The longest line alone proves nothing: it may be a title on a short page."""
    rights = sorted((line.right for lines in pages for line in lines), reverse=True)
    shared = len(rights) > 2 and rights[0] - rights[2] < 0.03 * width
    return rights[0] if rights and (shared or rights[0] > 0.82 * width) else width


def _usual_gaps(pages: list[list[_Line]]) -> dict[int, float]:
    """For each size of type the distance between lines of one paragraph: nearly the smallest there is."""
    found: dict[int, list[float]] = {}
    for lines in pages:
        for above, line in pairwise(lines):
            if (gap := above.bottom - line.bottom) > 0.7 * line.height:
                found.setdefault(round(line.height), []).append(gap)
    return {height: sorted(gaps)[len(gaps) // 20] for height, gaps in found.items()}


def _continues(before: _Line, line: _Line, margins: tuple[float, float], gap: float) -> bool:
    """Whether a line is the rest of the one before: that one is full, this one neither indented nor apart."""
    left, right = margins
    full = before.right > right - 2.2 * before.em and right - left > 12 * before.em
    indented = line.left > left + 0.8 * line.em
    apart = before.bottom - line.bottom > 1.2 * gap + 0.5
    same_size = abs(before.height - line.height) < 0.15 * line.height
    return full and same_size and not (indented or apart or _begins_anew(before.text, line.text))


def _begins_anew(before: str, text: str) -> bool:
    """What never is the rest of a sentence, wherever it stands: a number, a date, a label, addressees."""
    short = len(text) <= 60 and (number_of(text) is not None or date_of(compact(text)) is not None)
    addressed = text.endswith(("：", ":")) and kind_of(before) is not None
    return (
        short
        or addressed
        or _HEADING.match(text) is not None
        or labelled(text)
        or number_of(before[:60]) is not None
    )


def _joined(text: str, rest: str) -> str:
    """Two lines as one: Latin words need their space back, Chinese does not."""
    latin = text[-1:].isascii() and rest[:1].isascii() and text[-1:].isalnum() and rest[:1].isalnum()
    return f"{text} {rest}" if latin else text + rest


def _check_streams(content: bytes) -> None:
    """Unpack every compressed stream once, in pieces, before PDFium unpacks it whole."""
    left = MOST_BYTES
    for match in _STREAM.finditer(content):
        filters = content[max(match.start() - 600, 0) : match.start()].rpartition(b"obj")[2]
        if filters.count(b"FlateDecode") > 1 or b"LZWDecode" in filters:
            raise Unreadable("PDF 内部采用了不常见的压缩方式，请重新打印成 PDF 后再上传。")
        # A picture may be as large as it likes: reading the text never unpacks it.
        if b"Flate" in filters and not re.search(rb"/Subtype\s*/Image", filters):
            left -= _unpacked(content, match.end())
        if left < 0:
            raise Unreadable(_BOMB)


def _unpacked(content: bytes, at: int) -> int:
    """The size a stream unpacks to; a broken one counts as far as it goes."""
    unpacker, size = zlib.decompressobj(), 0
    feed = memoryview(content)[at:]
    try:
        for start in range(0, len(feed), _CHUNK):
            piece = unpacker.decompress(feed[start : start + _CHUNK], _CHUNK)
            size += len(piece)
            while unpacker.unconsumed_tail and size <= LARGEST_STREAM:
                size += len(unpacker.decompress(unpacker.unconsumed_tail, _CHUNK))
            if size > LARGEST_STREAM:
                raise Unreadable(_BOMB)
            if unpacker.eof:
                break
    except zlib.error:
        return size
    return size

"""Which paragraph plays which part: told by what it says and where it stands, never by the name of its style.

So the office's own papers and those of others are read alike, and a part that is written wrongly is still
found: `[2026]7号` is a number, only not in the right brackets.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from core.layout.official import Form
from core.layout.rules.sheet import Para, Sheet, Span
from core.official_kinds import KINDS

MOST_OF_HEAD = 16
"""How many paragraphs the head has at most."""

DAY = r"(?:\d{2,4}|[〇零○ＯOo一二三四五六七八九]{2,4})年(?:\d{1,2}|[一二三四五六七八九十元]{1,3})月(?:\d{1,2}|[一二三四五六七八九十廿卅]{1,3})[日号]|\d{4}[-./]\d{1,2}[-./]\d{1,2}"
"""A date however it is written."""

_NUMBER = re.compile(
    r"[\u4e00-\u9fffA-Za-z]{0,20}?(?:[〔\[(（【［{〈]\s*\d{2,4}年?\s*[〕\])）】］}〉]第?\d{1,6}号?|第?\d{1,6}[号期])"
)
_SECRECY = re.compile(r"(?:绝密|机密|秘密).{0,12}")
_URGENCY = re.compile(r"特急件?|加急件?|急件|特提|平急|紧急|火急|急")
_SERIAL = re.compile(r"(?:№|No\.?|份号[:：]?)?\d{1,8}")
_SIGNER = re.compile(r"签发人?[:：]")
_PEOPLE = re.compile(r"(?:出席|请假|列席)(?:人员)?[:：]")
_ATTACHED = re.compile(r"附件?\d{0,2}[:：]")
_ANNEX = re.compile(r"附件\d{0,2}[:：]?")
_COPIES = re.compile(r"(?:抄送|抄报|分送|主送)[:：]?")
_PRINTED = re.compile(rf".*(?:{DAY})印(?:发|制)?$|.*印发$")
_REMARK = re.compile(r"[（(].*|此件.*|（?联系人.*")
_SENTENCE = re.compile(r"[。；;：:！？!?]")
_KIND = re.compile(f"(?:{'|'.join((*KINDS, '令'))})(?:[（(].{{1,10}}[）)])?$")


class Part(StrEnum):
    """The elements of a document as they are found on its pages."""

    SERIAL = "份号"
    SECRECY = "密级"
    URGENCY = "紧急程度"
    MARK = "发文机关标志"
    NUMBER = "发文字号"
    SIGNER = "签发人"
    TITLE = "标题"
    RECIPIENTS = "主送机关"
    BODY = "正文"
    ATTACHMENTS = "附件说明"
    PEOPLE = "出席人员"
    SIGNED = "署名"
    DATED = "成文日期"
    ANNOTATION = "附注"
    COPIES = "抄送"
    PRINTED = "印发"
    SUBJECTS = "主题词"


@dataclass(frozen=True)
class Level:
    """A numbered paragraph: its level (1–4), its ordinal, how the number is written and should be, where the heading ends."""

    para: Para
    depth: int
    ordinal: int
    said: str
    right: str
    head: Span
    rest: Span


@dataclass(frozen=True, eq=False)
class Parts:
    """The sheet taken apart."""

    sheet: Sheet
    spans: Mapping[Part, tuple[Span, ...]] = field(default_factory=dict)

    def __getitem__(self, part: Part) -> tuple[Span, ...]:
        return self.spans.get(part, ())

    def one(self, part: Part) -> Span | None:
        """The first of a part."""
        return next(iter(self[part]), None)

    def says(self, part: Part) -> str:
        """The text of a part without spaces."""
        return "".join(squeezed(span.text) for span in self[part])

    @cached_property
    def levels(self) -> tuple[Level, ...]:
        """The numbered paragraphs of the text."""
        return tuple(found for span in self[Part.BODY] if (found := level_of(span.para)))

    @cached_property
    def form(self) -> Form:
        """By the mark, by the lines, by where the number stands."""
        if _is_order(self.says(Part.MARK)):
            return Form.ORDER
        if self.says(Part.MARK).endswith("纪要") or self.says(Part.TITLE).endswith("会议纪要"):
            return Form.MINUTES
        number = self.one(Part.NUMBER)
        lines = (b for span in self[Part.MARK] for b in span.para.borders.values())
        right = number is not None and (
            number.para.align == "right" or "\t" in number.para.text[: number.start]
        )
        double = any(re.match("thick|thin|double", line) for line in lines)
        if double or (right and not self[Part.SIGNER] and not self.says(Part.MARK).endswith("文件")):
            return Form.LETTER
        return Form.GENERAL


def squeezed(text: str) -> str:
    """Without any space."""
    return "".join(text.split())


def parts(sheet: Sheet) -> Parts:
    """The paragraphs by the part they play; what plays none is in no part."""
    return Parts(sheet, _Finder(sheet.paras).found)


class _Finder:
    """Goes through the paragraphs from the top, then from the end upwards; what is left between is the text."""

    def __init__(self, paras: tuple[Para, ...]) -> None:
        self.found: dict[Part, tuple[Span, ...]] = {}
        self.paras = paras
        first = self._head()
        last = self._imprint(first)
        last = self._closing(first, last)
        for para in paras[first:last]:
            if para.table is None:
                self._add(Part.BODY, _whole(para))

    def _add(self, part: Part, span: Span) -> None:
        self.found[part] = (*self.found.get(part, ()), span)

    def _head(self) -> int:
        """Marks, number, title, recipients; returns where the text begins."""
        at = self._number()
        first = self._above_title(at)
        first = self._title(first, found=at is not None)
        if first < len(self.paras) and Part.TITLE in self.found and self._receives(self.paras[first]):
            self._add(Part.RECIPIENTS, _whole(self.paras[first]))
            first += 1
        return first

    def _number(self) -> int | None:
        for at, para in enumerate(self.paras[:MOST_OF_HEAD]):
            if any(_is_number(piece) for piece in _pieces(para)):
                return at
            if len(para.text) > 120:
                break
        return None

    def _above_title(self, number: int | None) -> int:
        """Everything up to the number, and marks and signers below it; without one, what is red or large."""
        for at, para in enumerate(self.paras[:MOST_OF_HEAD]):
            pieces = [*_pieces(para)]
            kinds = [self._mark(piece) for piece in pieces]
            if all(kinds):
                for part, piece in zip(kinds, pieces, strict=True):
                    self._add(part, piece)  # type: ignore[arg-type]
            elif (number is not None and at < number) or (number is None and _is_mark(para)):
                self._add(Part.MARK, _whole(para))
            else:
                return at
        return min(len(self.paras), MOST_OF_HEAD)

    def _mark(self, piece: Span) -> Part | None:
        text = squeezed(piece.text)
        if _SIGNER.match(text) or (
            (Part.SIGNER in self.found or Part.NUMBER in self.found) and _names(piece)
        ):
            return Part.SIGNER
        if _is_number(piece) and Part.NUMBER not in self.found and not (text.isdigit()):
            return Part.NUMBER
        for part, pattern in ((Part.SERIAL, _SERIAL), (Part.SECRECY, _SECRECY), (Part.URGENCY, _URGENCY)):
            if pattern.fullmatch(text):
                return part
        return None

    def _title(self, first: int, *, found: bool) -> int:
        """The lines of the title: several paragraphs where they are centred alike and no kind has ended it."""
        if first >= len(self.paras):
            return first
        para = self.paras[first]
        if para.align != "center" and _is_order(
            "".join(squeezed(span.text) for span in self.found.get(Part.MARK, ()))
        ):
            return first  # an order has no title, its text follows the number (10.2)
        headed = found or Part.MARK in self.found
        if not _is_title(para) or not (
            headed or para.align == "center" or _ends_in_kind(squeezed(para.text))
        ):
            return first
        self._add(Part.TITLE, _whole(para))
        following = first + 1
        while following < min(len(self.paras), first + 5) and self._continues(para, self.paras[following]):
            self._add(Part.TITLE, _whole(self.paras[following]))
            following += 1
        if following < len(self.paras) and re.fullmatch(
            r"[（(]\d{4}年.*[）)]", squeezed(self.paras[following].text)
        ):
            following += 1  # the meeting that passed it, in brackets below the title
        return following

    def _continues(self, title: Para, para: Para) -> bool:
        ended = _ends_in_kind(self._so_far())
        return not ended and para.align == "center" and para.size == title.size and _is_title(para)

    def _so_far(self) -> str:
        return "".join(squeezed(span.text) for span in self.found[Part.TITLE])

    def _receives(self, para: Para) -> bool:
        """Ends with a colon, or stands short and flush where the recipients would."""
        text = squeezed(para.text)
        if level_of(para) or para.align == "center":
            return False
        listed = not re.search(r"[。；！？]", text) and not _ATTACHED.match(text)
        if text.endswith(("：", ":")):
            return listed and len(text) <= 400 and not re.search(r"如下[：:]$", text)
        flush = para.begins < 1 and not re.search(r"[，,。、.]$", text)
        return listed and flush and len(text) <= 60 and not re.fullmatch(DAY, text)

    def _imprint(self, first: int) -> int:
        """From the end: copies, printing line, subject terms; returns where the imprint begins."""
        last = len(self.paras)
        for at in range(len(self.paras) - 1, max(first, len(self.paras) - 12) - 1, -1):
            text = squeezed(self.paras[at].text)
            if part := _in_imprint(text):
                self.found[part] = (_whole(self.paras[at]), *self.found.get(part, ()))
                last = at
        return last

    def _closing(self, first: int, last: int) -> int:
        """Date, signature above it, annotation below it, attachments and people before; returns where the text ends."""
        dated = next((n for n in range(first, last) if _is_day(self.paras[n])), None)
        end = last
        if dated is not None:
            self._add(Part.DATED, _whole(self.paras[dated]))
            self._remarks(dated + 1, last)
            end = dated
            while end > first and self._signs(self.paras[end - 1]):
                end -= 1
                self.found[Part.SIGNED] = (_whole(self.paras[end]), *self.found.get(Part.SIGNED, ()))
        return self._notes(first, end)

    def _remarks(self, first: int, last: int) -> None:
        for para in self.paras[first:last]:
            text = squeezed(para.text)
            if _ANNEX.fullmatch(text) or not _REMARK.fullmatch(text) or len(text) > 120:
                return
            self._add(Part.ANNOTATION, _whole(para))

    def _signs(self, para: Para) -> bool:
        """Short, no sentence, and not a paragraph of the text: set to the right, centred over the date, or spaced out."""
        text = squeezed(para.text)
        placed = para.align in ("right", "center") or "\t" in para.text or para.begins >= 6
        known = text and text in self._known()
        return len(text) <= 60 and not _SENTENCE.search(text) and not level_of(para) and bool(placed or known)

    def _known(self) -> str:
        spans = [*self.found.get(Part.MARK, ()), *self.found.get(Part.TITLE, ())]
        return "".join(squeezed(span.text) for span in spans)

    def _notes(self, first: int, end: int) -> int:
        """The note of attachments and the people named after the text."""
        begins = end
        for at in range(first, end):
            text = squeezed(self.paras[at].text)
            if _PEOPLE.match(text):
                begins = min(begins, at)
                self._add(Part.PEOPLE, _whole(self.paras[at]))
            elif _ATTACHED.match(text) or (Part.ATTACHMENTS in self.found and Part.PEOPLE not in self.found):
                begins = min(begins, at)
                self._add(Part.ATTACHMENTS, _whole(self.paras[at]))
        return begins


def _whole(para: Para) -> Span:
    return Span(para, 0, len(para.text))


def _pieces(para: Para) -> Iterator[Span]:
    """What a line keeps apart by tabs, line breaks or wide gaps; a label and its name belong together."""
    for found in re.finditer(r"\S+(?:[ \u3000](?![ \u3000])\S+)*", para.text):
        text = found.group()
        label = _SIGNER.search(text)
        if label and label.start():
            cut = found.start() + label.start()
            yield Span(para, found.start(), cut)
            yield Span(para, cut, found.end())
        else:
            yield Span(para, found.start(), found.end())


def _is_number(piece: Span) -> bool:
    text = squeezed(piece.text)
    return bool(_NUMBER.fullmatch(text)) and len(text) <= 40


def _names(piece: Span) -> bool:
    """Names of signers below the first one."""
    words = piece.text.split()
    shape = all(2 <= len(word) <= 4 and re.fullmatch("[\u4e00-\u9fff·]+", word) for word in words)
    return (
        shape
        and bool(words)
        and not _URGENCY.fullmatch(words[0])
        and not _SECRECY.fullmatch(words[0])
        and "\t" in piece.para.text
    )


def _ends_in_kind(text: str) -> bool:
    return bool(_KIND.search(text.rstrip("。．.，,；;！!？?、")))


def _is_mark(para: Para) -> bool:
    """Without a number below: what is red, very large or ends in 文件, and is no title."""
    text = squeezed(para.text)
    if _ends_in_kind(text) and not text.endswith(("纪要", "令")):
        return False
    red = any(is_red(run.colour) for run in para.runs if run.text.strip())
    return red or (para.size >= 26 and len(text) <= 40) or text.endswith("文件")


def is_red(colour: tuple[int, int, int]) -> bool:
    """Red enough for a letterhead."""
    red, green, blue = colour
    return red >= 190 and green <= 60 and blue <= 60


def _is_order(mark: str) -> bool:
    """Whether it is the mark of an order."""
    return mark.endswith("令")


def _is_title(para: Para) -> bool:
    text = squeezed(para.text)
    plain = not text.endswith(("：", ":")) and not re.search("。.", text)
    return plain and 2 <= len(text) <= 150 and not _is_day(para) and not level_of(para)


def _is_day(para: Para) -> bool:
    return bool(re.fullmatch(DAY, squeezed(para.text)))


def _in_imprint(text: str) -> Part | None:
    if re.match(r"主题词[:：]?", text) and len(text) <= 80:
        return Part.SUBJECTS
    if _COPIES.match(text) and len(text) <= 600:
        return Part.COPIES
    return Part.PRINTED if len(text) <= 80 and _PRINTED.fullmatch(text) else None


# --- levels -------------------------------------------------------------------------------------------

_CHINESE = "[一二三四五六七八九十百]{1,4}"
_LEVELS = (
    (1, re.compile(rf"(?P<n>{_CHINESE})[、.．,，]")),
    (2, re.compile(rf"[（(](?P<n>{_CHINESE})[)）]、?")),
    (3, re.compile(r"(?P<n>\d{1,2})(?:[.．](?!\d)|、)")),
    (4, re.compile(r"[（(](?P<n>\d{1,2})[)）]、?")),
)
FORMS = {1: "{}、", 2: "（{}）", 3: "{}.", 4: "（{}）"}
"""How the numbers of each level are written."""

_DIGITS = {digit: value for value, digit in enumerate("一二三四五六七八九", 1)}


def level_of(para: Para) -> Level | None:
    """The level a paragraph's number puts it on, typed or counted, whether it is written rightly or not."""
    text = para.text
    start = len(text) - len(text.lstrip())
    shown = para.number.strip() or text[start:]
    for depth, pattern in _LEVELS:
        found = pattern.match(shown)
        if found and not (para.number and found.end() < len(shown)):
            stop = _end_of_heading(text, start if para.number else start + found.end())
            right = FORMS[depth].format(found["n"])
            said = found.group().replace("．", ".") if depth == 3 else found.group()
            head, rest = Span(para, start, stop), Span(para, stop, len(text))
            return Level(para, depth, _ordinal(found["n"]), said, right, head, rest)
    return None


def _end_of_heading(text: str, after: int) -> int:
    """Up to the first full stop where text runs on behind it; otherwise all of it."""
    stop = text.find("。", after)
    return stop + 1 if stop >= 0 else len(text)


def _ordinal(text: str) -> int:
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.partition("十")
    if not ten:
        return _DIGITS.get(text, 0)
    return _DIGITS.get(tens, 1) * 10 + _DIGITS.get(ones, 0)

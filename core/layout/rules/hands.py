"""What mends: each function changes how something looks, or the signs of a text, and never its words."""

import re
from collections.abc import Callable
from copy import deepcopy
from difflib import SequenceMatcher
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from core.layout import measures as m
from core.layout.ooxml import indent, put
from core.layout.rules.formats import local
from core.layout.rules.sheet import Para, Span, own_runs, signs

_LONGEST_REWRITTEN = 2_000


def face(span: Span, to: m.Face) -> None:
    """The typeface of a part of a paragraph, which gets runs of its own."""
    for run in _runs(span):
        properties = run.get_or_add_rPr()
        name = to.names[0]
        themes = {"eastAsiaTheme": None, "asciiTheme": None, "hAnsiTheme": None}
        put(properties, "w:rFonts", eastAsia=name, ascii=name, hAnsi=name, **themes)


def size(span: Span, to: float) -> None:
    """The size in points."""
    for run in _runs(span):
        for tag in ("w:sz", "w:szCs"):
            put(run.get_or_add_rPr(), tag, val=round(to * 2))


def colour(span: Span, to: str) -> None:
    """The colour."""
    for run in _runs(span):
        put(run.get_or_add_rPr(), "w:color", val=to, themeColor=None, themeShade=None, themeTint=None)


def inset(para: Para, characters: float) -> None:
    """The first line's place from the left by an indent; spaces typed for it go."""
    rewrite(para.element, str.lstrip)
    properties = para.element.get_or_add_pPr()
    hangs = para.indent("hanging")
    if hangs and characters:
        indent(properties, left=characters + hangs, hanging=hangs)
    else:
        indent(properties, first=characters)
    put(properties, "w:jc", val="both")


def right(para: Para, characters: float) -> None:
    """Set to the right, so many characters in; spaces typed for it go."""
    rewrite(para.element, str.strip)
    properties = para.element.get_or_add_pPr()
    indent(properties, right=characters)
    put(properties, "w:jc", val="right")


def centred(para: Para) -> None:
    """In the middle, without indents."""
    rewrite(para.element, str.strip)
    properties = para.element.get_or_add_pPr()
    indent(properties)
    put(properties, "w:jc", val="center")


def pitch(para: Para, twentieths: int) -> None:
    """The exact pitch of its lines; nothing before and after."""
    values = {"before": 0, "after": 0, "beforeAutospacing": None, "afterAutospacing": None}
    lines = {"beforeLines": None, "afterLines": None}
    put(para.element.get_or_add_pPr(), "w:spacing", **values, **lines, line=twentieths, lineRule="exact")


def before(para: Para, twentieths: int) -> None:
    """The space before it."""
    put(
        para.element.get_or_add_pPr(),
        "w:spacing",
        before=twentieths,
        beforeLines=None,
        beforeAutospacing=None,
    )


def border(para: Para, side: str, colour_: str, eighths: int, space: int) -> None:
    """A line along one side."""
    borders = put(para.element.get_or_add_pPr(), "w:pBdr")
    put(borders, f"w:{side}", val="single", sz=eighths, space=space, color=colour_)


def exchange(para: Para, said: str, right: str) -> None:
    """What was said, for the right form of it, once."""
    rewrite(para.element, lambda text: text.replace(said, right, 1))


def numbering(para: Para, form: str) -> None:
    """How the paragraph's list writes its numbers: the signs around what is counted last."""
    text = para.level.find(qn("w:lvlText")) if para.level is not None else None
    counted = re.findall("%[1-9]", (text.get(qn("w:val")) or "") if text is not None else "")
    if text is not None and counted:
        text.set(qn("w:val"), form.format(counted[-1]))


def rewrite(paragraph: Any, change: Callable[[str], str]) -> None:
    """Change signs of a paragraph's text in place: each run keeps what it had of it, and its looks."""
    pieces = [piece for run in own_runs(paragraph) for piece in signs(run)]
    old = "".join(text for text, _ in pieces)
    new = change(old)
    if new == old or len(old) > _LONGEST_REWRITTEN:
        return
    owners = [at for at, (text, _) in enumerate(pieces) for _ in text]
    said = [""] * len(pieces)
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            for at in range(a, b):
                said[owners[at]] += old[at]
        elif d > c:
            said[owners[min(a, len(owners) - 1)]] += new[c:d]
    for (text, element), now in zip(pieces, said, strict=True):
        _say(element, text, now)


def _say(element: Any, old: str, new: str) -> None:
    """A tab or break whose sign went goes too; one that got text keeps standing and the text follows it."""
    if local(element) == "t":
        element.text = new
        element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        return
    rest = new.removeprefix(old)
    if rest:
        text = OxmlElement("w:t")
        text.text = rest
        element.addnext(text)
    if not new.startswith(old):
        element.getparent().remove(element)


def _runs(span: Span) -> list[Any]:
    """The runs of a span, cut at its ends where one reaches over them."""
    runs, at = [], 0
    for run in [*own_runs(span.para.element)]:
        length = sum(len(text) for text, _ in signs(run))
        start, stop = max(span.start - at, 0), min(span.stop - at, length)
        at += length
        if start < stop:
            runs.append(_cut(run, start, stop, length))
    return runs


def _cut(run: Any, start: int, stop: int, length: int) -> Any:
    texts = [child for child in run if local(child) != "rPr"]
    if (start, stop) == (0, length) or len(texts) != 1 or local(texts[0]) != "t":
        return run
    said = texts[0].text or ""
    for part, follows in ((said[:start], False), (said[stop:], True)):
        if part:
            (run.addnext if follows else run.addprevious)(_copy(run, part))
    texts[0].text = said[start:stop]
    texts[0].set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return run


def _copy(run: Any, text: str) -> Any:
    other = OxmlElement("w:r")
    properties = run.find(qn("w:rPr"))
    if properties is not None:
        other.append(deepcopy(properties))
    other.text = text
    return other


def frame(para: Para, y: int) -> None:
    """The place of its frame from the edge it is measured from, in twentieths of a point."""
    put(para.element.get_or_add_pPr(), "w:framePr", y=y, yAlign=None)


def leftmost(para: Para, characters: float) -> None:
    """All its lines from the left, so many characters in."""
    rewrite(para.element, str.lstrip)
    properties = para.element.get_or_add_pPr()
    indent(properties, left=characters)
    put(properties, "w:jc", val="left")


def hung(para: Para, characters: float) -> None:
    """The first line so many characters in, what runs over three further in: under the title of an attachment."""
    rewrite(para.element, str.lstrip)
    properties = para.element.get_or_add_pPr()
    over = 3 if characters < 5 else 1
    indent(properties, left=characters + over, hanging=over)
    put(properties, "w:jc", val="both")

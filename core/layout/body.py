"""The body of a document: its paragraphs, each with the level its number says and how far its heading goes.

The standard (§7.3.3) counts 一、 then （一） then 1. then （1）; the number is typed text, so the level is
read off it and nobody sets it by hand.
"""

import re
from dataclasses import dataclass

_ONES = "一二三四五六七八九"
_COUNT = f"([{_ONES}]?十[{_ONES}]?|[{_ONES}])"

NUMBERS = (
    (1, re.compile(rf"{_COUNT}、")),
    (2, re.compile(rf"[（(]{_COUNT}[）)]、?")),
    (3, re.compile(r"(\d{1,2})(?:[.．](?!\d)|、)")),
    (4, re.compile(r"[（(](\d{1,2})[）)]、?")),
)
"""The numbers a paragraph of each level begins with; what is counted is the first group."""

_BLANKS = " \t\r\f\v\u00a0\u3000\ufeff\u200b"


@dataclass(frozen=True)
class Paragraph:
    """A paragraph. `level`: 0 plain, 1 to 4 as its number says. `head`: how many characters of it are the heading."""

    text: str
    level: int = 0
    head: int = 0


def paragraphs(body: str) -> tuple[Paragraph, ...]:
    """The paragraphs of a body, one a line; blank lines and the spaces around a line are not part of it."""
    lines = (line.strip(_BLANKS) for line in body.splitlines())
    return tuple(_paragraph(line) for line in lines if line)


def _paragraph(text: str) -> Paragraph:
    level = next((level for level, number in NUMBERS if number.match(text)), 0)
    return Paragraph(text, level, _head(text) if level else 0)


def _head(text: str) -> int:
    """Up to the first full stop where text runs on after it, else the whole paragraph."""
    stop = text.find("。") + 1
    return stop if 0 < stop < len(text) else len(text)

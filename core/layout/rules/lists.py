"""The numbers a word processor counts by itself: read off `numbering.xml`, so that a list has the levels it shows.

What is counted stands in no text; each paragraph's number is worked out in the order of the document, as
Word does it (ISO 29500-1 §17.9).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from docx.oxml.ns import qn

_LEVELS = 9
_LONGEST = 40  # characters of a number: a longer one is no number
_DIGITS = "〇一二三四五六七八九"
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
    (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


@dataclass(frozen=True)
class Listed:
    """A paragraph's place in a list: the list's id, its level (from 0)."""

    list: str
    level: int


@dataclass(frozen=True, eq=False)
class Lists:
    """The lists of a document by their id: the levels of each, what its counting is shared by, where it starts anew."""

    levels: Mapping[str, Mapping[int, Any]] = field(default_factory=dict)
    counted: Mapping[str, str] = field(default_factory=dict)
    starts: Mapping[tuple[str, int], int] = field(default_factory=dict)

    @staticmethod
    def of(root: Any | None, styles: Mapping[str, Any]) -> "Lists":
        """Read off the root element of the part; a document without one has no lists."""
        if root is None:
            return Lists()
        abstract = {one.get(qn("w:abstractNumId")): one for one in root.findall(qn("w:abstractNum"))}
        named = {num.get(qn("w:numId")): num for num in root.findall(qn("w:num"))}
        shared = {
            key: _by_style(abstract, named, styles, _value(num, "w:abstractNumId"))
            for key, num in named.items()
        }
        known = {key: num for key, num in named.items() if shared[key] in abstract}
        return Lists(
            {key: {**dict(_levels(abstract[shared[key]])), **_overriding(num)} for key, num in known.items()},
            {key: shared[key] for key in known},
            {(key, at): start for key, num in known.items() for at, start in _starts(num)},
        )

    def look(self, place: Listed | None) -> Any | None:
        """The level a paragraph is on, as the part says it."""
        return self.levels.get(place.list, {}).get(place.level) if place else None

    def level_of_style(self, list_: str, style: str) -> int:
        """The level of a list that belongs to a style; the first where none does."""
        levels = self.levels.get(list_, {}).items()
        return next((at for at, level in levels if _value(level, "w:pStyle") == style), 0)


class Counter:
    """Counts the paragraphs of a document on, one after another."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()

    def number(self, place: Listed | None) -> str:
        """The number of the next paragraph, as it is shown; nothing for one that has none."""
        level = self._lists.look(place)
        if place is None or level is None:
            return ""
        self._count(place, level)
        text, format_ = _value(level, "w:lvlText"), _value(level, "w:numFmt") or "decimal"
        if format_ in ("bullet", "none") or len(text) > _LONGEST:
            return ""
        said = re.sub("%([1-9])", lambda found: self._said(place, int(found[1]) - 1), text)
        return said if len(said) <= _LONGEST else ""

    def _count(self, place: Listed, level: Any) -> None:
        """One more on its level; the levels below it begin anew."""
        counts = self._counts.setdefault(self._lists.counted[place.list], {})
        anew = (place.list, place.level)
        if anew in self._lists.starts and anew not in self._begun:
            counts[place.level] = self._lists.starts[anew]
        else:
            counts[place.level] = counts.get(place.level, _start(level) - 1) + 1
        self._begun.add(anew)
        for below in [at for at in counts if at > place.level]:
            if self._restarts(place, below):
                del counts[below]

    def _restarts(self, place: Listed, below: int) -> bool:
        """Whether the level below begins anew after this one: after any higher one, unless it says after which."""
        after = _value(self._lists.look(Listed(place.list, below)), "w:lvlRestart")
        return not after or (whole(after) > 0 and place.level < whole(after))

    def _said(self, place: Listed, at: int) -> str:
        """The count of a level within the number of another."""
        own = self._lists.look(place)
        level = self._lists.look(Listed(place.list, at))
        count = self._counts[self._lists.counted[place.list]].get(at, _start(level))
        legal = own is not None and own.find(qn("w:isLgl")) is not None
        return written(count, "decimal" if legal else _value(level, "w:numFmt"))


def whole(text: str | None, otherwise: int = 0) -> int:
    """The whole number an attribute says."""
    return int(text) if text and re.fullmatch(r"\d{1,6}", text, re.ASCII) else otherwise


def written(count: int, format_: str) -> str:
    """A count in the figures of a format (17.18.59); in Arabic ones for a format nobody numbers documents with."""
    return _FORMATS.get(format_, str)(count)


def chinese(count: int) -> str:
    """一, 十, 十一, 二十, 一百零一 … up to 九千九百九十九."""
    if not 0 < count < 10_000:
        return str(count)
    said, pending = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = count // unit % 10
        if digit:
            said += ("零" if pending else "") + _DIGITS[digit] + name
        pending = bool(said) and not digit
    return said.removeprefix("一") if said.startswith("一十") else said


def _figures(count: int) -> str:
    return "".join(_DIGITS[int(figure)] for figure in str(count))


def _letters(count: int) -> str:
    """a … z, then aa, bb …"""
    times, at = divmod(count - 1, 26)
    return chr(ord("a") + at) * (times + 1) if 0 < count <= 26 * _LONGEST else str(count)


def _roman(count: int) -> str:
    if not 0 < count < 4_000:
        return str(count)
    said = ""
    for value, sign in _ROMAN:
        times, count = divmod(count, value)
        said += sign * times
    return said


def _enclosed(first: str, last: int) -> Callable[[int], str]:
    """The signs from `first` on, one for each count up to `last`."""
    return lambda count: chr(ord(first) + count - 1) if 0 < count <= last else str(count)


_FORMATS: Mapping[str, Callable[[int], str]] = {
    **dict.fromkeys(
        ("chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting",
         "taiwaneseCountingThousand", "ideographTraditional"), chinese,
    ),
    "ideographDigital": _figures,
    "taiwaneseDigital": _figures,
    "decimalZero": lambda count: f"{count:02}",
    "decimalFullWidth": lambda count: str(count).translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    "decimalEnclosedCircle": _enclosed("①", 20),
    "decimalEnclosedCircleChinese": _enclosed("①", 20),
    "decimalEnclosedParen": _enclosed("⑴", 20),
    "decimalEnclosedFullstop": _enclosed("⒈", 20),
    "ideographEnclosedCircle": _enclosed("㊀", 10),
    "lowerLetter": _letters,
    "upperLetter": lambda count: _letters(count).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda count: _roman(count).upper(),
}  # fmt: skip


def _levels(parent: Any) -> Iterator[tuple[int, Any]]:
    for level in parent.findall(qn("w:lvl")):
        at = whole(level.get(qn("w:ilvl")), -1)
        if 0 <= at < _LEVELS:
            yield at, level


def _overriding(num: Any) -> dict[int, Any]:
    """The levels a list has otherwise than those it shares its counting with."""
    return {at: level for override in num.findall(qn("w:lvlOverride")) for at, level in _levels(override)}


def _starts(num: Any) -> Iterator[tuple[int, int]]:
    """The levels a list begins anew at, each with what it begins with."""
    for override in num.findall(qn("w:lvlOverride")):
        if override.find(qn("w:startOverride")) is not None:
            yield whole(override.get(qn("w:ilvl"))), whole(_value(override, "w:startOverride"), 1)


def _by_style(
    abstract: Mapping[str, Any], named: Mapping[str, Any], styles: Mapping[str, Any], shared: str
) -> str:
    """The counting that a numbering style stands for, where a list only names the style."""
    style = styles.get(_value(abstract.get(shared), "w:numStyleLink"))
    number = style.find(f"{qn('w:pPr')}/{qn('w:numPr')}") if style is not None else None
    if number is None:
        return shared
    return _value(named.get(_value(number, "w:numId")), "w:abstractNumId") or shared


def _start(level: Any) -> int:
    return whole(_value(level, "w:start"), 1)


def _value(parent: Any, tag: str) -> str:
    child = parent.find(qn(tag)) if parent is not None else None
    return (child.get(qn("w:val")) or "") if child is not None else ""

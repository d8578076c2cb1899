"""Chinese keyword search without a dictionary: every pair of neighbouring characters is a token.

One function makes the tokens of a text and one the phrases of a query, for every database alike, so
that what is found is exactly what Python's `in` finds in the normalised text (P15): a word of one
character as well as a whole title, a number, a sender.

What `grams` and `initials` answer is stored: with a change of theirs, `EDITION` goes up.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from pypinyin.constants import PHRASES_DICT, PINYIN_DICT
from pypinyin.seg import mmseg

from core.errors import Refused, Unreadable
from core.intake import text_of

EDITION = 2
"""Which tokens are in use; what was indexed with others is indexed anew."""

MOST_WORDS = 32
"""Words a query may have: each of them is looked up."""

COUNTED = 1000
"""Up to here hits are counted; whoever has more needs another word, not a figure."""

LONGEST_FILE = 200_000
"""Characters of a file that are searched."""

AROUND = 28
"""Characters shown on either side of a found place."""

_RUN = re.compile(r"[^\W_]+")
_GAP = r"[\W_]+"


def normal(text: str) -> str:
    """The text as it is searched: NFKC, lower case, one blank for whatever is no letter, digit or character."""
    return " ".join(_RUN.findall(unicodedata.normalize("NFKC", text).lower()))


def grams(text: str) -> list[str]:
    """The tokens of a normalised text: of every run c1…cn the pairs c1c2 … cn-1cn, and cn.

    The single last character keeps phrases from crossing what stands between two runs.
    """
    return [gram for run in text.split() for gram in (*map("".join, pairwise(run)), run[-1])]


@lru_cache(maxsize=4096)  # the same senders come again and again, and a reading costs more than an index row
def initials(text: str) -> str:
    """The text with each Chinese character as the first letter of its reading: 安全生产 is `aqsc`.

    Where a character is read otherwise by itself than in its word (重庆), both follow one another.
    """
    return " ".join(dict.fromkeys(_readings(normal(text))))


def text_in(content: bytes) -> str:
    """What of a file is searched: its text; empty where there is none to read, as in scans and tables."""
    try:
        return text_of("", content)[:LONGEST_FILE]
    except Unreadable:
        return ""


@dataclass(frozen=True)
class Word:
    """One word of a query, normalised: it is found wherever it stands in a normalised text."""

    text: str

    @cached_property
    def grams(self) -> tuple[str, ...]:
        """Its tokens, one after the other as they stand in a text that has it."""
        found = grams(self.text)
        return tuple(found if self.is_open else found[:-1])

    @property
    def is_open(self) -> bool:
        """Whether only the beginning of its last token is known: its last run is one character."""
        return len(self.text.rpartition(" ")[2]) == 1

    @property
    def may_be_initials(self) -> bool:
        """Whether it can be meant as pinyin initials: several letters or digits, a letter among them."""
        return len(self.text) > 1 and self.text.isascii() and not self.text.replace(" ", "").isdigit()

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """It in a text that is not normalised, as far as only case and the signs between differ."""
        return re.compile(_GAP.join(map(re.escape, self.text.split())), re.IGNORECASE)


def words(query: str) -> tuple[Word, ...]:
    """The words of a query; all of them must stand in what is found. Nothing typed is an operator.

    One that stands inside another asks for nothing more and is left out. Raises `Refused` where
    there are more than `MOST_WORDS`.
    """
    typed = sorted({normal(part) for part in query.split()} - {""}, key=lambda w: (-len(w), w))
    kept: list[str] = []
    for word in typed:
        if not any(word in longer for longer in kept):
            kept.append(word)
        if len(kept) > MOST_WORDS:
            raise Refused({"q": f"一次最多找 {MOST_WORDS} 个词，请减少后再找"})
    return tuple(Word(text) for text in kept)


@dataclass(frozen=True)
class Place:
    """Where a word stands: in what (标题, 附件“…”), and the text around it."""

    where: str
    before: str
    hit: str
    after: str


def place_of(texts: Iterable[tuple[str, str]], word: Word) -> Place | None:
    """The first place of a word among titled texts, as they were written."""
    return next(filter(None, (_place(where, text, word) for where, text in texts)), None)


def initials_place_of(texts: Iterable[tuple[str, str]], word: Word) -> Place | None:
    """The first place among titled texts whose pinyin initials the word is."""
    return next(filter(None, (_initials_place(where, text, word) for where, text in texts)), None)


def _place(where: str, text: str, word: Word) -> Place | None:
    for written in dict.fromkeys((text, unicodedata.normalize("NFKC", text))):
        if found := word.pattern.search(written):
            return _around(where, written, found.start(), found.end())
    return None


def _initials_place(where: str, text: str, word: Word) -> Place | None:
    written = " ".join(_RUN.findall(unicodedata.normalize("NFKC", text)))
    for letters in _readings(written.lower()):
        at = letters.find(word.text)
        if at >= 0 and len(letters) == len(written):
            return _around(where, written, at, at + len(word.text))
    return None


def _around(where: str, text: str, first: int, last: int) -> Place:
    before, after = text[max(first - AROUND, 0) : first], text[last : last + AROUND]
    return Place(
        where,
        ("…" if first > AROUND else "") + " ".join(before.split()),
        " ".join(text[first:last].split()),
        " ".join(after.split()) + ("…" if last + AROUND < len(text) else ""),
    )


def _readings(clean: str) -> tuple[str, str]:
    """A normalised text in first letters: as its words are read, and as each character is by itself."""
    return "".join(map(_in_word, mmseg.seg.cut(clean))), "".join(map(_initial, clean))


@lru_cache(maxsize=16384)
def _in_word(word: str) -> str:
    """The first letters of a word of pypinyin's dictionary; of what is not in it, character by character."""
    known = PHRASES_DICT.get(word)
    return "".join(_first(reading) for reading, *_ in known) if known else "".join(map(_initial, word))


@lru_cache(maxsize=16384)
def _initial(char: str) -> str:
    """The first letter of a character's most common reading; the character itself where it has none."""
    reading = PINYIN_DICT.get(ord(char), "")
    return _first(reading) if reading else char


def _first(reading: str) -> str:
    """The first letter without its tone. `lazy_pinyin` gives the same, at ten times the price."""
    return unicodedata.normalize("NFD", reading)[0]

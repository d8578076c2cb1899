"""One way of writing the same thing: widths, spaces and invisible characters evened out, nothing reworded."""

import re
import unicodedata

LONGEST_LINE = 400
"""A longer line is a paragraph of the body, whatever it says; no pattern is tried on it."""

# Full-width digits and letters become plain, look-alike radicals become characters. Punctuation stays:
# the full-width brackets and colons are the office's own.
_WIDE = {
    code: chr(code - 0xFEE0)
    for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_RADICALS = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}
_INVISIBLE = dict.fromkeys(
    [0x00AD, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070)], ""
)
_SPACES = dict.fromkeys([0x00A0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000, 0x9, 0xB], " ")
_EVEN = {**_WIDE, **_RADICALS, **_INVISIBLE, **_SPACES}

_BREAKS = re.compile(r"[\n\r\f\x85\u2028\u2029]+")
_GAP = re.compile(r"(?<![A-Za-z0-9.,;:!?)])\s+|\s+(?![A-Za-z0-9(])")


def lines_of(text: str) -> list[str]:
    """The lines that say something, single spaces inside them."""
    return [line for raw in _BREAKS.split(text.translate(_EVEN)) if (line := " ".join(raw.split()))]


def compact(text: str) -> str:
    """Without any space: 国 务 院 is 国务院."""
    return "".join(text.split())


def joined(text: str) -> str:
    """Without the spaces layout put between Chinese characters; those between Latin words stay."""
    return _GAP.sub("", text.strip())


def words(line: str) -> list[str]:
    """The parts a line keeps apart by spaces; letter-spaced text (国 务 院) is one part."""
    parts = line.split()
    if len(parts) > 1 and all(len(part) == 1 for part in parts):
        return ["".join(parts)]
    return parts

"""The readable difference of two texts: by paragraph, and inside a paragraph by characters (N17)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from rapidfuzz.fuzz import ratio


class Change(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True)
class Piece:
    """A piece of a paragraph, and what became of it."""

    change: Change
    text: str


Paragraph = tuple[Piece, ...]

_ALIKE = 45.0
"""From how many percent of the same characters on a paragraph counts as changed and not as another one."""

_SHORTEST = 2
"""A shorter run of unchanged characters between two changes is drawn as changed: words stay readable."""

_LONGEST = 6_000
"""Characters up to which a paragraph is compared inside."""


def difference(old: str, new: str) -> tuple[Paragraph, ...]:
    """The paragraphs of both texts in order, each made of what stayed, went and came."""
    before, after = old.split("\n"), new.split("\n")
    found: list[Paragraph] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            found += [(Piece(Change.SAME, line),) for line in before[a:b]]
        else:
            found += _changed(before[a:b], after[c:d])
    return tuple(found)


def is_changed(paragraph: Paragraph) -> bool:
    """Whether anything in it went or came."""
    return any(piece.change is not Change.SAME and piece.text for piece in paragraph)


def summary(old: str, new: str) -> str:
    """What changed, in one line: how many paragraphs were changed, added and taken out."""
    changed = added = removed = 0
    for paragraph in difference(old, new):
        if is_changed(paragraph):
            kinds = {piece.change for piece in paragraph}
            added += kinds == {Change.NEW}
            removed += kinds == {Change.GONE}
            changed += len(kinds) > 1
    counted = (("改", changed), ("增", added), ("删", removed))
    return "、".join(f"{what} {n} 段" for what, n in counted if n)


def _changed(before: Sequence[str], after: Sequence[str]) -> Iterator[Paragraph]:
    """Paragraphs that are not the same: those alike are paired in order, the others went or came."""
    at = 0
    for line in before:
        match = next((n for n in range(at, len(after)) if ratio(line, after[n]) >= _ALIKE), None)
        if match is None:
            yield (Piece(Change.GONE, line),)
            continue
        for other in after[at:match]:
            yield (Piece(Change.NEW, other),)
        yield _inside(line, after[match])
        at = match + 1
    for other in after[at:]:
        yield (Piece(Change.NEW, other),)


def _inside(old: str, new: str) -> Paragraph:
    """One paragraph before and after, character by character."""
    if max(len(old), len(new)) > _LONGEST:
        return Piece(Change.GONE, old), Piece(Change.NEW, new)
    pieces: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal" and (b - a >= _SHORTEST or a == 0 or b == len(old)):
            pieces.append(Piece(Change.SAME, old[a:b]))
        else:
            pieces += [Piece(Change.GONE, old[a:b]), Piece(Change.NEW, new[c:d])]
    return tuple(_joined(pieces))


def _joined(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """What went and what came between two unchanged pieces, each in one."""
    gone, came = "", ""
    for piece in (*pieces, Piece(Change.SAME, "")):
        if piece.change is Change.GONE:
            gone += piece.text
        elif piece.change is Change.NEW:
            came += piece.text
        else:
            yield from (p for p in (Piece(Change.GONE, gone), Piece(Change.NEW, came), piece) if p.text)
            gone, came = "", ""

"""The end of a document: who signs, when, and what the imprint adds."""

import re
from dataclasses import dataclass
from datetime import date

from core.intake.dates import PATTERN, date_of
from core.intake.head import Head, dated
from core.intake.normal import compact
from core.intake.orgs import orgs_in, shortens

_MOST_SIGNERS = 12
_LONGEST = 120
_ATTACHMENT = re.compile(r"附[件录表]?[0-9一二三四五六七八九十]{0,3}[:：]?")
_IMPRINT = re.compile(rf"(.{{0,80}}?)({PATTERN})印(?:发|制)?")


@dataclass(frozen=True, slots=True)
class Ending:
    """A date standing alone, and the offices signing above it."""

    orgs: tuple[str, ...]
    dated_on: date
    at: int


def endings_in(lines: list[str]) -> list[Ending]:
    """Every dated signature in order: the document's own, and those of what it forwards or attaches."""
    found = []
    for at, line in enumerate(lines):
        if len(line) <= _LONGEST and (day := dated(line)):
            found.append(Ending(tuple(day[0] or _signers(lines, at)), day[1], at))
    return found


def imprint_in(lines: list[str]) -> Ending | None:
    """某某局办公室 2026年3月5日印发: the weakest witness, a few days late."""
    for at, line in enumerate(lines):
        candidate = "印" in line and len(line) <= _LONGEST
        match = _IMPRINT.fullmatch(compact(line)) if candidate else None
        day = date_of(match.group(2)) if match else None
        if match and day:
            names = orgs_in(re.split(r"\s*\d{4}\s*年", line)[0]) or _signers(lines, at)[-1:]
            return Ending(tuple(names), day, at)
    return None


def own_ending(endings: list[Ending], known: list[str], head: Head, lines: list[str]) -> Ending | None:
    """The document's own signature among all: its issuer's, else one no other office signs."""
    for ending in endings:
        if ending.orgs if not known else agree(ending.orgs, known):
            return ending
    if head.noted_on:
        return Ending((), head.noted_on, 0)
    attached = next((at for at, line in enumerate(lines) if _starts_attachment(line)), len(lines))
    return next((ending for ending in endings if not ending.orgs and ending.at < attached), None)


def agree(some: tuple[str, ...] | list[str], others: list[str]) -> bool:
    """Whether two lists of offices may be the same issuers, one of them in short."""
    return any(a == b or shortens(a, b) or shortens(b, a) for a in some for b in others)


def _starts_attachment(line: str) -> bool:
    return line.startswith("附") and len(line) < 12 and _ATTACHMENT.fullmatch(compact(line)) is not None


def _signers(lines: list[str], at: int) -> list[str]:
    """The offices on the lines right above a date, in the order they sign."""
    names: list[str] = []
    for line in reversed(lines[max(at - _MOST_SIGNERS, 0) : at]):
        own = orgs_in(line) if len(line) <= _LONGEST else []
        if not own:
            break
        names[:0] = own
    return names

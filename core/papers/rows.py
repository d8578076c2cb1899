"""A table of a case as a paper of its own: a joint review list, a seal log, a distribution list with receipts.

What is known is printed; what is not leaves room to be written by hand, so that it goes with the papers.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from core.case import named_by, stands_for
from core.fields import Field
from core.papers.ledger import spans
from core.papers.paper import GRID, Cell, Dossier, Look, Paper, Row
from core.papers.sheet import answered, facts_of
from core.process import Opens, Process
from core.words import NONE, value

_HAND_ROWS = 5  # empty rows while nobody has filled in any
_HIGH = 11  # millimetres: enough to sign in


def list_paper(dossier: Dossier, key: str, title: str) -> Paper:
    """The table in the field `key` as it stands now; where cases were begun for its rows, with what they answered."""
    titles, lines = list_titles(dossier.case.process, key), list_lines(dossier, key)
    if not lines and dossier.case.is_open:
        lines = [("", *[""] * (len(titles) - 1))] * _HAND_ROWS
    shares = spans([titles, *lines], [_narrowest(column) for column in zip(titles, *lines, strict=True)])
    rows = [*facts_of(dossier), _row(shares, titles, Look.LABEL), *(_row(shares, line) for line in lines)]
    if not lines:
        rows.append(Row((Cell(GRID, f"没有{title}。"),)))
    return dossier.paper(title, rows)


def list_titles(process: Process, key: str) -> tuple[str, ...]:
    """What the columns of such a paper are called."""
    opens = _opened_for(process, key)
    return (
        "序号",
        *(column.title for column in process.fields[key].columns),
        *(("送达", opens.done, "意见或结果") if opens else ()),
    )


def list_lines(dossier: Dossier, key: str) -> list[tuple[str, ...]]:
    """What stands in its rows."""
    field, opens = dossier.case.process.fields[key], _opened_for(dossier.case.process, key)
    return [
        (str(n), *_words(dossier, field, row), *(_answer(dossier, field, row, opens) if opens else ()))
        for n, row in enumerate(dossier.case.data.get(key) or (), 1)
    ]


def _narrowest(column: Sequence[str]) -> int:
    """The columns of the grid in which the longest word of Latin letters, as a date is one, stays whole."""
    longest = max(len(word) for cell in column for word in re.findall(r"[!-~]+", cell) or [""])
    return max(2, -(-(longest * 2 + 4) // 7))  # 7 mm each, 2 mm a letter, 4 mm of margins


def _row(shares: Sequence[int], texts: Sequence[str], look: Look = Look.TEXT) -> Row:
    return Row(
        tuple(Cell(span, text, look) for span, text in zip(shares, texts, strict=True)),
        8 if look is Look.LABEL else _HIGH,
    )


def _words(dossier: Dossier, field: Field, row: Mapping[str, Any]) -> list[str]:
    """The cells of a row in words; nothing where nothing is known."""
    told = (
        value(column, column.pack(row.get(column.key)), dossier.people, dossier.calendar)
        for column in field.columns
    )
    return ["" if words == NONE else words for words in told]


def _opened_for(process: Process, key: str) -> Opens | None:
    """The children that are begun for the rows of a field."""
    return next((stage.opens for stage in process.stages if stage.opens and key in stage.opens.each), None)


def _answer(dossier: Dossier, field: Field, row: Mapping[str, Any], opens: Opens) -> tuple[str, ...]:
    """When it was sent to whoever the row names, who answered when, and what was said; the last time counts."""
    names = named_by(field, [row])
    children = [c for c in dossier.children if c.process.key == opens.process and not c.voided]
    child = next((c for c in reversed(children) if stands_for(c) in names), None)
    if child is None:
        return "", "", ""
    last = next((e for e in reversed(dossier.history) if e.case_id == child.id), None)
    done = f"{last.by_name} {dossier.local(child.closed_at)}" if last and child.closed_at else ""
    said = answered(dossier, child) or child.stage.title
    return dossier.local(child.opened_at), done, said

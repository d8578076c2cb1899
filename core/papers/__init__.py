"""Papers of the office, made at any moment from what is recorded: sheet, routing record, ledger (R13, R73).

`sheet`, `record` and `ledger` say what stands on a paper, read off the process; `docx`, `pdf` and `xlsx`
draw it and know no process. What somebody typed reaches them as data only.
"""

from collections.abc import Callable, Mapping
from functools import partial

from core.outgoing_draft import lays_out
from core.papers.contents import CONTENTS, Part, contents, contents_title, parts
from core.papers.ledger import (
    MOST_COLUMNS,
    MOST_ROWS,
    Entry,
    Ledger,
    columns_of,
    ledger,
    printed,
    usual_columns,
    why_not_export,
    words_of,
)
from core.papers.paper import Cell, Dossier, Look, Paper, Row, width
from core.papers.record import record_title, routing_record
from core.papers.rows import list_paper
from core.papers.sheet import handling_sheet, sheet_title
from core.papers.slip import slip_title, supervision_slip
from core.process import Process

PAPERS: Mapping[str, tuple[Callable[[Process], str], Callable[[Dossier], Paper]]] = {
    "sheet": (sheet_title, handling_sheet),
    "record": (record_title, routing_record),
    "slip": (slip_title, supervision_slip),
}
"""The papers every case has by their key, each with what it is called for a process, and how it is made; the
office can have templates of its own for them.
"""


def papers_of(process: Process) -> dict[str, tuple[str, Callable[[Dossier], Paper]]]:
    """Every paper of a process by its key: those all cases have, and those its definition adds (`Papers`)."""
    found = {key: (title(process), make) for key, (title, make) in PAPERS.items()}
    for key, title in process.papers.lists:
        found[key] = (title, partial(list_paper, key=key, title=title))
    if process.papers.item:
        found[CONTENTS] = (contents_title(process), lambda dossier: contents(dossier, titles_of(process)))
    return found


OFFICIAL = "official"
"""The document itself, laid out from its fields, among the papers of its case."""


def titles_of(process: Process) -> dict[str, str]:
    """What the papers of a process are called, by their keys."""
    lists = dict(process.papers.lists)
    official = {OFFICIAL: "定稿"} if lays_out(process) else {}
    return {key: title(process) for key, (title, _) in PAPERS.items()} | lists | official


def item_of(dossier: Dossier) -> tuple[Part, ...]:
    """What the archived item of a case holds, in its order."""
    return parts(dossier, titles_of(dossier.case.process))


__all__ = [
    "CONTENTS", "MOST_COLUMNS", "MOST_ROWS", "OFFICIAL", "PAPERS", "Cell", "Dossier", "Entry", "Ledger", "Look", "Paper", "Part", "Row", "columns_of",
    "contents", "handling_sheet", "item_of", "ledger", "list_paper", "papers_of", "printed", "record_title", "routing_record", "sheet_title", "slip_title", "supervision_slip",
    "usual_columns", "why_not_export", "width", "words_of",
]  # fmt: skip

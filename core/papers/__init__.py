"""Papers of the office, made at any moment from what is recorded: sheet, routing record, ledger (R13, R73).

`sheet`, `record` and `ledger` say what stands on a paper, read off the process; `docx`, `pdf` and `xlsx`
draw it and know no process. What somebody typed reaches them as data only.
"""

from collections.abc import Callable, Mapping

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
from core.papers.sheet import handling_sheet, sheet_title
from core.papers.slip import slip_title, supervision_slip
from core.process import Process

PAPERS: Mapping[str, tuple[Callable[[Process], str], Callable[[Dossier], Paper]]] = {
    "sheet": (sheet_title, handling_sheet),
    "record": (record_title, routing_record),
    "slip": (slip_title, supervision_slip),
}
"""The papers of a case by their key, each with what it is called for a process, and how it is made."""

__all__ = [
    "MOST_COLUMNS", "MOST_ROWS", "PAPERS", "Cell", "Dossier", "Entry", "Ledger", "Look", "Paper", "Row", "columns_of", "handling_sheet",
    "ledger", "printed", "record_title", "routing_record", "sheet_title", "slip_title", "supervision_slip",
    "usual_columns", "why_not_export", "width", "words_of",
]  # fmt: skip

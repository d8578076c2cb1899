"""Papers of the office, made at any moment from what is recorded: sheet, routing record, ledger (R13, R73).

`sheet`, `record` and `ledger` say what stands on a paper, read off the process; `docx`, `pdf` and `xlsx`
draw it and know no process. What somebody typed reaches them as data only.
"""

from core.papers.ledger import Ledger, ledger
from core.papers.paper import Cell, Dossier, Look, Paper, Row
from core.papers.record import record_title, routing_record
from core.papers.sheet import handling_sheet, sheet_title

__all__ = [
    "Cell", "Dossier", "Ledger", "Look", "Paper", "Row", "handling_sheet", "ledger", "record_title",
    "routing_record", "sheet_title",
]  # fmt: skip

"""The routing record (流转记录): every event of a case and its children, oldest first (R13)."""

from core.papers.paper import Cell, Dossier, Look, Paper, Row
from core.process import Process
from core.words import Told, deadline, full_moment, said, sets_due, whose

_COLUMNS = (("时间", 4), ("办理人", 3), ("办理事项", 3), ("环节", 3), ("内容", 7), ("时限", 4))


def routing_record(dossier: Dossier) -> Paper:
    """Who did what and when, at which step, and what deadline it set."""
    head = Row(tuple(Cell(span, title, Look.LABEL) for title, span in _COLUMNS))
    rows = [_row(dossier, event) for event in dossier.history]
    return dossier.paper(record_title(dossier.case.process), rows, head)


def record_title(process: Process) -> str:
    """What the routing record of a process is called."""
    return process.papers.record or f"{process.title}流转记录"


def _row(dossier: Dossier, event: Told) -> Row:
    due = deadline(event.due_at, dossier.calendar, year=True) if sets_due(event) else ""
    filled = "；".join(
        f"{title}：{words}"
        for title, words in said(event, dossier.case, dossier.standard, dossier.people, dossier.calendar)
    )
    texts = (full_moment(event.at), event.by_name, _what(dossier, event), event.stage_title, filled, due)
    return Row(tuple(Cell(span, text) for (_, span), text in zip(_COLUMNS, texts, strict=True)))


def _what(dossier: Dossier, event: Told) -> str:
    """The action, and on whose part where that is somebody else's child of the case."""
    child = next((c for c in dossier.children if c.id == event.case_id), None)
    name = whose(child, dossier.people) if child else ""
    return f"{event.action_title}（{name}）" if name and name != event.by_name else event.action_title

"""Papers of the office, made at any moment from what is recorded: sheet, routing record, ledger (R13, R73).

`sheet`, `record` and `ledger` say what stands on a paper, read off the process; `docx`, `pdf` and `xlsx`
draw it and know no process. What somebody typed reaches them as data only.
"""

from collections.abc import Callable, Mapping
from functools import partial

from core.papers.briefing_form import BRIEFING
from core.papers.cards import Card, Cards
from core.papers.contents import CONTENTS, Part, contents, contents_title, parts
from core.papers.forms import Form, Laid, filled, laid_out
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
from core.papers.meeting_forms import (
    AGENDA,
    MINUTES_RECORD,
    NAME_CARDS,
    NOTICE,
    RESOLUTION,
    SIGN_IN_SHEET,
    SUPERVISION,
)
from core.papers.official import has_official, official, official_title
from core.papers.paper import Cell, Dossier, Look, Paper, Row, width
from core.papers.record import record_title, routing_record
from core.papers.rows import list_paper
from core.papers.sheet import handling_sheet, sheet_title
from core.papers.slip import slip_title, supervision_slip
from core.papers.task_forms import TASK_ORDER
from core.process import Process

PAPERS: Mapping[str, tuple[Callable[[Process], str], Callable[[Dossier], Paper]]] = {
    "sheet": (sheet_title, handling_sheet),
    "record": (record_title, routing_record),
    "slip": (slip_title, supervision_slip),
}
"""The papers every case has by their key, each with what it is called for a process, and how it is made; the
office can have templates of its own for them.
"""


FORMS: Mapping[str, Form] = {
    "agenda": AGENDA,
    "notice": NOTICE,
    "sign_in_sheet": SIGN_IN_SHEET,
    "name_cards": NAME_CARDS,
    "resolution": RESOLUTION,
    "minutes_record": MINUTES_RECORD,
    "task_list": SUPERVISION,
    "task_order": TASK_ORDER,
    "briefing": BRIEFING,
}
"""The papers that a process may have besides (`Papers.further`), by their keys."""


def papers_of(process: Process) -> dict[str, tuple[str, Callable[[Dossier], Paper]]]:
    """Every paper of a process by its key: those all cases have, and those its definition adds (`Papers`)."""
    found = {key: (title(process), make) for key, (title, make) in PAPERS.items()}
    for key, title in process.papers.lists:
        found[key] = (title, partial(list_paper, key=key, title=title))
    for key in process.papers.further:
        found[key] = (FORMS[key].title, partial(form_paper, form=FORMS[key]))
    if process.papers.item:
        found[CONTENTS] = (contents_title(process), lambda dossier: contents(dossier, titles_of(process)))
    return found


def form_paper(dossier: Dossier, form: Form) -> Paper:
    """A paper made from the blanks of its form."""
    if form.drawn:
        return form.drawn(dossier)
    if form.laid:
        return laid_out(form, dossier)
    return dossier.paper(form.title, [*filled(form, form.tell(dossier))], landscape=form.landscape)


def templated(process: Process) -> dict[str, str]:
    """The papers for which the office can have its own DOCX, by their keys: all but the table of contents."""
    return {key: title for key, (title, _) in papers_of(process).items() if key != CONTENTS}


OFFICIAL = "official"
"""The document itself, laid out from its fields, among the papers of its case."""


def titles_of(process: Process) -> dict[str, str]:
    """What the papers of a process are called, by their keys."""
    lists = dict(process.papers.lists) | {key: FORMS[key].title for key in process.papers.further}
    document = {OFFICIAL: title} if (title := official_title(process)) else {}
    return {key: title(process) for key, (title, _) in PAPERS.items()} | lists | document


def item_of(dossier: Dossier) -> tuple[Part, ...]:
    """What the archived item of a case holds, in its order."""
    return parts(dossier, titles_of(dossier.case.process))


__all__ = [
    "CONTENTS", "FORMS", "MOST_COLUMNS", "MOST_ROWS", "OFFICIAL", "PAPERS", "Card", "Cards", "Cell", "Dossier", "Entry", "Laid", "Ledger", "Look", "Paper", "Part", "Row", "columns_of",
    "contents", "handling_sheet", "has_official", "item_of", "ledger", "list_paper", "official", "papers_of", "printed", "record_title", "routing_record", "sheet_title", "slip_title", "supervision_slip", "templated",
    "usual_columns", "why_not_export", "width", "words_of",
]  # fmt: skip

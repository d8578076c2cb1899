"""The supervision slip (督办单) as it was last issued against a case (N1): to be handed over and signed."""

from core.errors import NotFound
from core.papers.paper import GRID, Cell, Dossier, Look, Paper, Row
from core.process import Process
from core.slips import Colour
from core.words import Told, deadline

_LABEL = 4
_NARROW = GRID // 2 - _LABEL
_DEMAND = "请在收到本单当日办结，或书面说明原因并提出办结日期。"
_SIGNED = "签收人：　　　　　　　　　　年　　月　　日"
_ANSWERED = "承办人：　　　　　　　　　　年　　月　　日"


def slip_title(process: Process) -> str:
    """What the paper is called, whatever its colour."""
    return "督办单"


def supervision_slip(dossier: Dossier) -> Paper:
    """The last slip that was issued. Raises `NotFound` where none ever was."""
    event = _issued(dossier)
    case, due = dossier.case, dossier.case.due_at
    owner = dossier.people.name(case.owner) if case.owner else case.stage.duty.label
    rows = (
        _pair("单号", event.data["slip_number"], "签发时间", dossier.local(event.at)),
        _wide("事项", case.title),
        _pair("现处步骤", case.stage.title, "责任人", owner),
        _pair("办理时限", deadline(due, dossier.calendar, year=True), "已催办", f"{case.urged} 次"),
        _wide("签发事由", event.data["because"]),
        _wide("督办要求", _DEMAND),
        _wide("签收", "", _SIGNED, 24),
        _wide("办理情况", "", _ANSWERED, 60),
    )
    return dossier.paper(f"督办单（{Colour(event.data['colour']).value}色）", rows)


def _issued(dossier: Dossier) -> Told:
    slips = (
        e for e in reversed(dossier.history) if e.action == "issue_slip" and e.case_id == dossier.case.id
    )
    if (event := next(slips, None)) is None:
        raise NotFound("本件没有签发过督办单")
    return event


def _pair(*facts: str) -> Row:
    cells = zip(facts[::2], facts[1::2], strict=True)
    return Row(
        tuple(c for title, text in cells for c in (Cell(_LABEL, title, Look.LABEL), Cell(_NARROW, text)))
    )


def _wide(title: str, text: str, sign: str = "", height: int = 10) -> Row:
    return Row((Cell(_LABEL, title, Look.LABEL), Cell(GRID - _LABEL, text, sign=sign)), height)

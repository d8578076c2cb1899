"""The official document among the papers of a case: an outgoing document, or the minutes of a meeting."""

from core.case import Case
from core.errors import NotFound
from core.layout.official import Official
from core.meeting_minutes import BODY, minutes_of, writes_minutes
from core.outgoing_draft import lays_out, official_of
from core.papers.paper import Dossier
from core.process import Process


def official_title(process: Process) -> str:
    """What the document is called among the papers; empty where there is none."""
    if lays_out(process):
        return "定稿"
    return "纪要" if writes_minutes(process) else ""


def has_official(case: Case) -> bool:
    """Whether the document is there to be looked at."""
    return lays_out(case.process) or (writes_minutes(case.process) and bool(case.data.get(BODY)))


def official(dossier: Dossier) -> Official:
    """The document of a case as it stands now. `NotFound` where it is not written yet."""
    case = dossier.case
    if lays_out(case.process):
        signer, acting = _who_signed(dossier)
        data = {**case.data, "signatory": signer or case.data.get("signatory")}
        return official_of(data, dossier.profile, dossier.people, acting=acting)
    if not has_official(case):
        raise NotFound("纪要还没有起草")
    return minutes_of(case.data, dossier.profile)


def _who_signed(dossier: Dossier) -> tuple[str, str]:
    """Who signed in their own right, and the deputy who signed for the absent signatory (N10); each empty if nobody did."""
    if "signed_off_at" not in dossier.case.data:
        return "", ""
    signed = [event for event in dossier.history if "signed_off_at" in event.data]
    by = signed[-1].by if signed else ""
    instead = f"（代{dossier.people.name(str(dossier.case.data.get('signatory')))}）"
    return ("", by) if signed and signed[-1].by_name.endswith(instead) else (by, "")

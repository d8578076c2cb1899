"""An outgoing document as it will be laid out: the fields of its case as the elements of the page (art. 9).

主题词 and 生效日期 are the office's own and are printed nowhere (C5, C6).
"""

from core.layout.official import Direction, Form, Official
from core.official_kinds import KINDS, attachments_of, is_upward, joint_issuers, several
from core.people import Grade
from core.ports import Directory
from core.process import ORDINARY, Action, Data, Process
from core.profile import OfficeProfile

BODY = "body"
"""The field of a document's long text."""


def writes(action: Action) -> bool:
    """Whether an action takes a text of the document: it is taken on the page where the text is written."""
    return any(field.key == BODY for field in action.asks)


def lays_out(process: Process) -> bool:
    """Whether the cases of a process are documents that are laid out: it asks for their form and their body."""
    return {"layout_form", BODY} <= process.fields.keys()


def official_of(data: Data, office: OfficeProfile, people: Directory, *, acting: str = "") -> Official:
    """The document of a case with these answers, as far as it is written; nothing need be there yet.

    `acting`: the id of the deputy who signed for the absent signatory: the page then says 代.
    """
    kind, grade = data.get("doc_kind") or "", Grade.labelled(data.get("secrecy_level") or Grade.OPEN.label)
    urgency = data.get("urgency") or ORDINARY
    return Official(
        form=Form(data.get("layout_form") or Form.GENERAL),
        kind=kind,
        direction=Direction(data.get("direction") or Direction.DOWN),
        title=data.get("title") or "",
        body=data.get("body") or "",
        issuers=several(data.get("issuers")) or (office.name,),
        number=data.get("doc_number") or "",
        copy_serial=data.get("copy_serial") or "",
        secrecy=grade.label if grade.classified else "",
        secrecy_term=data.get("secrecy_term") or "",
        urgency="" if urgency == ORDINARY else urgency,
        signatories=_signatories(data, people, acting) if _shows_signers(data) else (),
        signer_post=data.get("signer_post") or "",
        recipients=several(data.get("main_recipients")),
        attachments=attachments_of(data.get("attachment_note")),
        dated_on=data.get("dated_on"),
        sealed=kind not in KINDS or KINDS[kind].sealed,
        annotation=data.get("annotation") or "",
        copies_to=several(data.get("copies_to")),
        printed_by=office.name,
        printed_on=data.get("printed_on"),
    )


def _shows_signers(data: Data) -> bool:
    """Upward documents say who signs, and so do orders."""
    return is_upward(data) or data.get("layout_form") == Form.ORDER


def _signatories(data: Data, people: Directory, acting: str) -> tuple[str, ...]:
    """Who signs, as the page shows it, the lead office's first: a deputy's name carries 代."""
    signatory = data.get("signatory")
    own = f"{people.name(acting)}（代）" if acting else people.name(signatory) if signatory else ""
    named = {row["issuer"]: row["name"] for row in data.get("joint_signers") or ()}
    others = (named.get(office) for office in joint_issuers(data))
    return tuple(name for name in (own, *others) if name)

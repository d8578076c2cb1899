"""The format checker: every check the standard asks of a DOCX, ours or anybody's, and the rate of those failed (R22, C10)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from zipfile import BadZipFile

from docx import Document
from docx.document import Document as DocumentFile
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn

from core.errors import Unreadable
from core.intake import text_of
from core.intake.archive import BROKEN
from core.layout.rules import judged

MOST_PARAGRAPHS = 10_000
"""More are no official document: reading their looks would take minutes."""

_LONG = f"文件有 {MOST_PARAGRAPHS} 段以上，不是正常的公文，请拆分后再检查。"
FAULTS = (OpcError, SyntaxError, BadZipFile, LookupError, ValueError, TypeError, AttributeError, OSError)
"""What reading a file raises whose parts contradict each other."""


@dataclass(frozen=True)
class Finding:
    """One check made: `where` and `says` for the person, `mend` whether the program can put it right."""

    rule: str
    title: str
    ok: bool
    where: str
    says: str
    severity: str
    source: str
    advice: str
    mend: bool


def check(content: bytes) -> tuple[Finding, ...]:
    """Every check made, in the order of the rules; a file that is no sound DOCX is refused with a sentence."""
    document = opened(content)
    try:
        return tuple(
            Finding(
                rule.key, rule.title, verdict.ok, verdict.where, "" if verdict.ok else verdict.says,
                rule.severity, rule.source, rule.advice, not verdict.ok and verdict.mend is not None,
            )
            for rule, verdict in judged(document)
        )  # fmt: skip
    except FAULTS as fault:
        raise Unreadable(BROKEN) from fault


def rate(findings: Iterable[Finding]) -> float:
    """Failed checks in checks made (C10); 0 for none."""
    made = [finding.ok for finding in findings]
    return made.count(False) / len(made) if made else 0.0


def told(findings: Iterable[Finding]) -> Iterator[dict[str, object]]:
    """A report as records: one for each check, and a last one with how many were made and failed."""
    made = tuple(findings)
    for finding in made:
        yield {"rule": finding.rule, "ok": finding.ok, "where": finding.where, "says": finding.says}
    failed = sum(not finding.ok for finding in made)
    yield {"checks": len(made), "failed": failed, "rate": round(rate(made), 4)}


def opened(content: bytes) -> DocumentFile:
    """The document behind the guard of everything that comes in: broken, hostile, locked, with macros, none of it."""
    text_of("公文.docx", content)
    try:
        document: DocumentFile = Document(BytesIO(content))
        if sum(1 for _ in document.element.body.iter(qn("w:p"))) > MOST_PARAGRAPHS:
            raise Unreadable(_LONG)
    except FAULTS as fault:
        raise Unreadable(BROKEN) from fault
    return document

"""The rules a document is checked by, one record each, and their judgement of one (N22, C10)."""

from collections.abc import Iterator

from docx.document import Document

from core.layout.rules.head import HEAD
from core.layout.rules.page import PAGE
from core.layout.rules.parts import parts
from core.layout.rules.record import Rule, Severity, Verdict
from core.layout.rules.sheet import sheet
from core.layout.rules.tail import TAIL
from core.layout.rules.text import TEXT

RULES: tuple[Rule, ...] = (*PAGE, *HEAD, *TEXT, *TAIL)
"""All of them, in the order a reader meets what they are about."""


def judged(document: Document) -> Iterator[tuple[Rule, Verdict]]:
    """Every check made of a document, each with its rule."""
    apart = parts(sheet(document))
    for rule in RULES:
        for verdict in rule.judge(apart):
            yield rule, verdict


__all__ = ["RULES", "Rule", "Severity", "Verdict", "judged"]

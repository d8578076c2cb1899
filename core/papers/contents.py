"""The archived item (件) and its table of contents (件内目录): files and papers in the order in which they lie.

DA/T 22-2015: the fair copy before the draft, the text before its attachments, the reply before what it answers;
the handling sheet belongs to the item. The order of a process's own parts is data of its definition.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import cast

from core.archiving import ARCHIVE
from core.case import Case
from core.fields import Field, FileRef, Kind
from core.papers.ledger import spans
from core.papers.paper import GRID, Cell, Dossier, Look, Paper, Row
from core.papers.sheet import facts_of, in_words

CONTENTS = "contents"
"""The key of the table of contents among the papers."""

_LABEL = 4
_COLUMNS = ("序号", "材料名称", "类别", "页数", "备注")
_FILED = tuple(field.key for field in ARCHIVE.asks)


@dataclass(frozen=True)
class Part:
    """One thing in the item: a kept file, or a paper of the case by its key. `sort`: what it is there as."""

    title: str
    sort: str
    file: FileRef | None = None
    paper: str = ""


def contents_title(process: object) -> str:
    """What the table of contents is called, whatever the process."""
    return "件内目录"


def parts(dossier: Dossier, papers: dict[str, str]) -> tuple[Part, ...]:
    """What the item holds, in its order; `papers`: what the papers of the process are called, by their keys."""
    case = dossier.case
    replies = [one for one in dossier.linked if case.id in _named(one)]
    answered = [one for one in dossier.linked if one.id in _named(case)]
    found = [part for reply in replies for part in _files(reply, "复文")]
    found += _own(case, papers)
    found += [part for child in dossier.children if not child.voided for part in _files(child)]
    found += [part for letter in answered for part in _files(letter, "来文")]
    return tuple(found)


def contents(dossier: Dossier, papers: dict[str, str]) -> Paper:
    """The table of contents as the item stands now; the pages are counted by hand when it is bound."""
    lines = [(str(n), part.title, part.sort, "", "") for n, part in enumerate(parts(dossier, papers), 1)]
    shares = spans([_COLUMNS, ("00", "材料" * 12, "类别" * 3, "页数", "备注" * 2)])
    rows = [*facts_of(dossier), *_filed(dossier), _row(shares, _COLUMNS, Look.LABEL)]
    rows += [_row(shares, line) for line in lines]
    return dossier.paper(contents_title(dossier.case.process), rows)


def _own(case: Case, papers: dict[str, str]) -> list[Part]:
    """The case's own files and papers: first those whose place is set, then the other files."""
    order = case.process.papers.item
    found = list[Part]()
    for key in order:
        field = case.process.fields.get(key)
        if field is not None and field.kind is Kind.FILES:
            found += _of_field(case, field)
        elif key in papers and (field is None or case.data.get(key)):
            found.append(Part(papers[key], "单据", paper=key))
    rest = (field for field in case.process.fields.values() if field.key not in order)
    return [*found, *(part for field in rest for part in _of_field(case, field))]


def _files(case: Case, as_what: str = "") -> Iterator[Part]:
    """The files of another case: in the order of its own item, then of its fields."""
    fields = case.process.fields
    order = dict.fromkeys((*(key for key in case.process.papers.item if key in fields), *fields))
    for key in order:
        yield from _of_field(case, fields[key], as_what)


def _of_field(case: Case, field: Field, as_what: str = "") -> Iterator[Part]:
    if field.kind is Kind.FILES:
        for ref in cast(list[FileRef], case.data.get(field.key) or ()):
            yield Part(PurePath(ref["name"]).stem, as_what or field.title, ref)


def _named(case: Case) -> set[str]:
    """The cases that a case names."""
    return {case.data[key] for key in case.process.linking if case.data.get(key)}


def _filed(dossier: Dossier) -> Iterator[Row]:
    """How it is kept, once it is filed; room to write before."""
    fields = [dossier.case.process.fields[key] for key in _FILED if key in dossier.case.process.fields]
    if fields:
        width = GRID // len(fields) - _LABEL
        cells = (
            (Cell(_LABEL, field.title, Look.LABEL), Cell(width, in_words(dossier, field))) for field in fields
        )
        yield Row(tuple(cell for pair in cells for cell in pair))


def _row(shares: list[int], texts: tuple[str, ...], look: Look = Look.TEXT) -> Row:
    return Row(tuple(Cell(span, text, look) for span, text in zip(shares, texts, strict=True)))

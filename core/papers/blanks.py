"""What the office's own templates can ask for: the blanks of a process, and what a case fills them with.

The names are the titles of the fields, as the forms and the handbook have them. `starting` is the
program's own paper with blanks where a case would stand: something to begin from.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from docx import Document

from core.fields import Field, Kind
from core.layout import docx as layout_docx
from core.papers import FORMS, cards_docx, papers_of
from core.papers.cards import Card, Cards
from core.papers.docx import docx
from core.papers.forms import ROW, Form, blank_of, repeated, starting_rows
from core.papers.ledger import spans
from core.papers.paper import GRID, Cell, Dossier, Look, Paper, Row
from core.papers.record import routing_record
from core.papers.rows import list_lines, list_titles
from core.papers.sheet import in_words, leading, sent_to, signatures
from core.papers.template import Blanks, Context
from core.process import NUMBER_TITLES, Process, Stage
from core.words import full_moment

OFFICE, NAME, STATE, PRINTED = "单位名称", "单据名称", "办理状态", "打印时间"
NUMBER = NUMBER_TITLES["number"]
RECORD, RECORD_ROW = "流转", ("时间", "办理人", "事项", "环节", "内容", "时限")

SLIP = {
    "督办单号": "单号",
    "签发时间": "签发时间",
    "现处步骤": "现处步骤",
    "责任人": "责任人",
    "步骤时限": "办理时限",
    "催办次数": "已催办",
    "签发事由": "签发事由",
    "督办要求": "督办要求",
}
"""Further blanks of a supervision slip, each with the label beside which the program's own has it."""

_LABEL = 4


def blanks(versions: Iterable[Process], which: str) -> Blanks:
    """Every blank a template of this paper may have, whichever version a case began under."""
    texts = dict.fromkeys((NUMBER, OFFICE, NAME, STATE, PRINTED))
    lists: dict[str, tuple[str, ...]] = {RECORD: RECORD_ROW}
    for process in versions:
        texts |= dict.fromkeys(_named(process))
        texts |= {_signed(stage): None for stage in _signable(process)}
        lists |= {_name(stage.title): _columns(stage) for stage in process.stages if stage.opens}
        if form := _form(process, which):
            texts |= dict.fromkeys(form.texts)
            lists |= form.lists
        elif title := dict(process.papers.lists).get(which):
            lists |= {_name(title): _list_names(process, which)}
    texts |= dict.fromkeys(SLIP) if which == "slip" else {}
    unnumbered = any(not form.numbered for process in versions if (form := _form(process, which)))
    required = () if unnumbered else (NUMBER,)
    return Blanks(tuple(name for name in texts if name not in lists), lists, required)


def context(dossier: Dossier, which: str, known: Blanks) -> Context:
    """What the case fills the blanks with; those of other versions stay empty."""
    case = dossier.case
    _, make = papers_of(case.process)[which]
    paper = make(dossier)
    signed = signatures(dossier)
    texts = {name: in_words(dossier, field) for name, field in _named(case.process).items()}
    texts |= {_signed(stage): signed.get(stage.key, "") for stage in _signable(case.process)}
    texts |= {NUMBER: case.number, OFFICE: dossier.profile.name, NAME: paper.title}
    texts |= {STATE: paper.state.partition("：")[2], PRINTED: full_moment(paper.made_at)}
    if which == "slip":
        beside = _beside(paper)
        texts |= {name: beside[label] for name, label in SLIP.items()}
    rows: dict[str, Any] = {
        RECORD: [dict(zip(RECORD_ROW, _texts(row), strict=True)) for row in routing_record(dossier).rows]
    }
    for stage in case.process.stages:
        if stage.opens:
            told = sent_to(dossier, stage.opens)
            rows[_name(stage.title)] = [dict(zip(_columns(stage), line, strict=True)) for line in told]
    own: Context = {}
    if form := _form(case.process, which):
        own = form.tell(dossier)
    elif title := dict(case.process.papers.lists).get(which):
        names = _list_names(case.process, which)
        own = {_name(title): [dict(zip(names, line, strict=True)) for line in list_lines(dossier, which)]}
    return {**dict.fromkeys(known.texts, ""), **dict.fromkeys(known.lists, ()), **texts, **rows, **own}


def starting(process: Process, which: str, now: datetime) -> bytes:
    """The program's own paper as a template: blanks where a case would stand."""
    title, _ = papers_of(process)[which]
    own = _form(process, which)
    if own and own.drawn:
        return cards_docx.starting(_cards(own, now))
    if own and own.laid:
        return layout_docx.docx(own.laid({name: blank_of(name) for name in own.texts}))
    rows, head = _rows(process, which)
    form = _Form(
        title=_blank(NAME), number=_blank(NUMBER), state=f"{STATE}：{_blank(STATE)}", made_at=now, rows=tuple(rows), head=head,
        landscape=bool(own and own.landscape),
    )  # fmt: skip
    document = Document(BytesIO(docx(form)))
    document.core_properties.title = title
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _rows(process: Process, which: str) -> tuple[list[Row], Row | None]:
    """The rows of a paper of blanks, and its head."""
    if which in _FORMS:
        return _FORMS[which](process)
    if form := _form(process, which):
        return [*starting_rows(form)], None
    return _list(process, which), None


def _form(process: Process, which: str) -> Form | None:
    """The form a further paper of the process is made from."""
    return FORMS[which] if which in process.papers.further else None


# --- the names ----------------------------------------------------------------------------------------


def _named(process: Process) -> dict[str, Field]:
    """The fields of a process by the names of their blanks; files are no text."""
    fields = [field for field in process.answers.values() if field.kind is not Kind.FILES]
    named: dict[str, Field] = {}
    for field in fields:
        name = _name(field.title)
        named[name if name not in named else f"{name}_{_name(field.key)}"] = field
    return named


def _name(title: str) -> str:
    """A title as a template can write it: letters, characters and digits, no digit first."""
    name = re.sub(r"\W", "", title)
    return f"项{name}" if name[:1].isdigit() else name


def _signed(stage: Stage) -> str:
    return f"{_name(stage.title)}签署"


def _signable(process: Process) -> Iterator[Stage]:
    return (stage for stage in process.stages if not stage.is_end)


def _columns(stage: Stage) -> tuple[str, ...]:
    """The names in a row of those a step waits for: as the handling sheet heads its columns."""
    return (_name(stage.opens.noun), "送达", _name(stage.opens.done), "意见或结果") if stage.opens else ()


def _list_names(process: Process, key: str) -> tuple[str, ...]:
    return tuple(map(_name, list_titles(process, key)))


def _texts(row: Row) -> tuple[str, ...]:
    return tuple(cell.text for cell in row.cells)


def _beside(paper: Paper) -> dict[str, str]:
    """What stands beside each label of a form."""
    pairs = (pair for row in paper.rows for pair in zip(row.cells, row.cells[1:], strict=False))
    return {label.text: cell.text for label, cell in pairs if label.look is Look.LABEL}


# --- the program's own papers as templates ------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _Form(Paper):
    """A paper of blanks: the moment at its foot is one as well."""

    @property
    def foot(self) -> str:
        return f"{self.number}　打印于 {_blank(PRINTED)}"


def _blank(name: str) -> str:
    return f"{{{{ {name} }}}}"


def _sheet(process: Process) -> tuple[list[Row], None]:
    rows = [*_facts([NUMBER, *(_name(f.title) for f in process.opens_with if f.kind is not Kind.FILES)])]
    for stage in _signable(process):
        if (action := leading(stage)) and (action.asks or action.numbers):
            rows.append(_box(stage, [field.title for field in action.asks if field.kind is not Kind.FILES]))
        if stage.opens:
            rows.append(Row((Cell(GRID, stage.title, Look.HEAD),)))
            rows.extend(_repeated(_name(stage.title), _columns(stage), (6, 5, 5, 8), heads=True))
    return rows, None


def _record(process: Process) -> tuple[list[Row], Row]:
    spans = (4, 3, 3, 3, 7, 4)
    head = Row(tuple(Cell(span, title, Look.LABEL) for span, title in zip(spans, RECORD_ROW, strict=True)))
    return [*_repeated(RECORD, RECORD_ROW, spans)], head


def _slip(process: Process) -> tuple[list[Row], None]:
    title = _name(process.fields[process.names].title)
    first = [_wide(title, _blank(title))]
    sign = "签收人：　　　　　　　　　　年　　月　　日"
    return [*first, *_facts([*SLIP]), _wide("签收", "", sign), _wide("办理情况", "", sign)], None


def _list(process: Process, key: str) -> list[Row]:
    """A list that is a paper of its own, under the title of its case."""
    names, title = _list_names(process, key), dict(process.papers.lists)[key]
    named = _name(process.fields[process.names].title)
    shares = spans([names, *[["　" * 6] * len(names)]])
    return [_wide(named, _blank(named)), *_repeated(_name(title), names, tuple(shares), heads=True)]


def _cards(form: Form, now: datetime) -> Cards:
    """A name card of blanks, between the two that say that there are several."""
    ((name, titles),) = form.lists.items()
    first = titles[0]
    lines = [
        (line[first], "　".join(filter(None, (line[t] for t in titles[1:]))))
        for line in repeated(name, titles)
    ]
    cards = tuple(Card(*line) for line in lines)
    return Cards(title=form.title, number="", state="", made_at=now, rows=(), cards=cards)


def _facts(names: list[str]) -> Iterator[Row]:
    """Two facts a row."""
    for pair in (names[n : n + 2] for n in range(0, len(names), 2)):
        width = GRID // len(pair) - _LABEL
        yield Row(
            tuple(c for name in pair for c in (Cell(_LABEL, name, Look.LABEL), Cell(width, _blank(name))))
        )


def _box(stage: Stage, titles: list[str]) -> Row:
    text = "\n".join(f"{title}：{_blank(_name(title))}" for title in titles)
    return _wide(stage.title, text, _blank(_signed(stage)))


def _wide(title: str, text: str, sign: str = "") -> Row:
    return Row((Cell(_LABEL, title, Look.LABEL), Cell(GRID - _LABEL, text, sign=sign)), 14)


def _repeated(
    of: str, names: tuple[str, ...], spans: tuple[int, ...], *, heads: bool = False
) -> Iterator[Row]:
    """A row for each line of a list, between the two rows that say so."""
    cells = [*zip(spans, names, strict=True)]
    if heads:
        yield Row(tuple(Cell(span, name, Look.LABEL) for span, name in cells))
    yield Row((Cell(GRID, f"{{%tr for {ROW} in {of} %}}"),))
    yield Row(tuple(Cell(span, _blank(f"{ROW}.{name}")) for span, name in cells))
    yield Row((Cell(GRID, "{%tr endfor %}"),))


_FORMS = {"sheet": _sheet, "record": _record, "slip": _slip}

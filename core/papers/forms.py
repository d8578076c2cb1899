"""Papers of one process only, as data: lines of labels and tables, each filled from the case (R28, R73–R75).

What a paper is drawn from and what a template of the office can ask for are the same blanks: `tell` fills them for
a case, `starting_rows` with their own names.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.layout.official import Official
from core.papers.paper import GRID, Cell, Dossier, Look, Paper, Row
from core.papers.template import Context

LABEL = 4
"""Columns of the grid that a label takes."""

ROW = "行"
"""What a template calls the row it is at."""


@dataclass(frozen=True)
class Line:
    """One or two labels, each with the blank of its name beside it. `height` in millimetres; `sign`: what is signed below
    it by hand. `if_any`: it is left out where nothing is known.
    """

    names: tuple[str, ...]
    height: int = 8
    sign: str = ""
    if_any: bool = False


@dataclass(frozen=True)
class Table:
    """A list: its name, and the columns each with its part of the grid. `spare`: empty rows to write in by hand.

    `height` in millimetres; `nothing`: what stands there where it is empty. `titled`: whether its name heads it.
    """

    name: str
    columns: tuple[tuple[str, int], ...]
    nothing: str = ""
    height: int = 8
    titled: bool = True

    @property
    def titles(self) -> tuple[str, ...]:
        return tuple(title for title, _ in self.columns)


@dataclass(frozen=True, kw_only=True)
class Form:
    """A paper of blanks. `tell` fills them for a case; `why_not` says why there is nothing to print yet, or None.

    `heads`: the only table's titles stand on every page. `drawn`: cards and other papers that are no form of rows.
    `laid`: of a paper laid out like an official document, the document its blanks make; `provisional`: whether it is
    not what it will be yet: then every page says so, and no template of the office is used.
    """

    title: str
    blocks: tuple[Line | Table, ...]
    tell: Callable[[Dossier], Context]
    landscape: bool = False
    drawn: Callable[[Dossier], Paper] | None = None
    laid: Callable[[Context], Official] | None = None
    provisional: Callable[[Dossier], bool] = lambda dossier: False

    @property
    def numbered(self) -> bool:
        """Whether it bears the number of its case: a card for the table does not, nor what has a number of its own."""
        return not (self.drawn or self.laid)

    @property
    def texts(self) -> tuple[str, ...]:
        """The names of its blanks."""
        lines = (block for block in self.blocks if isinstance(block, Line))
        return tuple(dict.fromkeys(name for line in lines for name in line.names))

    @property
    def lists(self) -> Mapping[str, tuple[str, ...]]:
        """Its lists, with the names in their rows."""
        return {block.name: block.titles for block in self.blocks if isinstance(block, Table)}


@dataclass(frozen=True, kw_only=True)
class Laid(Paper):
    """A paper that is laid out like an official document rather than as rows. `provisional`: see `Form`."""

    official: Official
    provisional: bool = False


def laid_out(form: Form, dossier: Dossier) -> Laid:
    """The paper of a form that is laid out, for a case."""
    if form.laid is None:
        raise TypeError(form.title)
    base = dossier.paper(form.title, ())
    return Laid(
        title=base.title,
        number=base.number,
        state=base.state,
        made_at=base.made_at,
        rows=(),
        official=form.laid(form.tell(dossier)),
        provisional=form.provisional(dossier),
    )


def blank_of(name: str) -> str:
    """A blank as a template has it."""
    return f"{{{{ {name} }}}}"


def filled(form: Form, told: Context) -> Iterator[Row]:
    """The form with its blanks filled in."""
    for block in form.blocks:
        if isinstance(block, Line):
            texts = [str(told[name]) for name in block.names]
            if any(texts) or not block.if_any:
                yield _line(block, texts)
        else:
            yield from _table(block, [*told[block.name]])


def starting_rows(form: Form) -> Iterator[Row]:
    """The form with the names of its blanks where a case would stand."""
    told: dict[str, str | Sequence[Mapping[str, str]]] = {name: blank_of(name) for name in form.texts}
    for name, titles in form.lists.items():
        told[name] = repeated(name, titles)
    return filled(form, told)


def repeated(name: str, titles: Sequence[str]) -> list[dict[str, str]]:
    """A list as a template has it: a row of blanks between the two that say so."""
    nothing = dict.fromkeys(titles, "")
    first = titles[0]
    return [
        {**nothing, first: f"{{%tr for {ROW} in {name} %}}"},
        {title: blank_of(f"{ROW}.{title}") for title in titles},
        {**nothing, first: "{%tr endfor %}"},
    ]


def _line(line: Line, texts: Sequence[str]) -> Row:
    width = GRID // len(texts) - LABEL
    cells = [
        cell
        for name, text in zip(line.names, texts, strict=True)
        for cell in (Cell(LABEL, name, Look.LABEL), Cell(width, text, sign=line.sign))
    ]
    return Row(tuple(cells), line.height)


def _table(table: Table, lines: Sequence[Mapping[str, str]]) -> Iterator[Row]:
    if table.titled:
        yield Row((Cell(GRID, table.name, Look.HEAD),))
    yield Row(tuple(Cell(span, title, Look.LABEL) for title, span in table.columns))
    for line in lines:
        yield Row(tuple(Cell(span, line[title]) for title, span in table.columns), table.height)
    if not lines:
        yield Row((Cell(GRID, table.nothing),), table.height)

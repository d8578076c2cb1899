"""A ledger (登记表): the cases of a process a row each, in the columns of the standard or in chosen ones (R73, R77)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from core.papers.paper import GRID, Cell, Look, Paper, Row, width
from core.ports import Directory
from core.process import NUMBER_TITLES, Process
from core.words import NONE, deadline, full_moment, value, values
from core.worktime import WorkingCalendar

PROGRESS = "case.progress."
"""Prefix of a column that says how far the children of a step are."""


MOST_COLUMNS = 10
"""Columns beside serial and number that a register has at most: more would not stand on a printed page."""

MOST_ROWS = {"xlsx": 100_000, "pdf": 2_000}
"""Rows of a ledger by the kind of file it is written as."""


def why_not_export(kind: str, total: int) -> str | None:
    """Why a ledger of so many cases is not written as this kind of file, or None."""
    if total <= MOST_ROWS[kind]:
        return None
    other = "，或导出 XLSX" if kind == "pdf" else ""
    most = f"{kind.upper()} 一次最多 {MOST_ROWS[kind]:,} 件"
    return f"共 {total:,} 件，{most}：请按年度、日期或状态缩小范围{other}"


class Entry(Protocol):
    """A case as a register tells it: a row of `Reader.register_page`, its moments in the office's zone."""

    @property
    def number(self) -> str: ...
    @property
    def where(self) -> str: ...
    @property
    def owner_name(self) -> str: ...
    @property
    def left(self) -> str: ...
    @property
    def is_open(self) -> bool: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def case_due_at(self) -> datetime | None: ...
    @property
    def opened_at(self) -> datetime: ...
    @property
    def closed_at(self) -> datetime | None: ...
    @property
    def opened_by(self) -> str: ...
    @property
    def progress(self) -> Mapping[str, str]: ...
    @property
    def data(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class Ledger:
    """A ledger ready to be written: its name, its columns, and rows of text."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def ledger_title(process: Process) -> str:
    """What the ledger of a process is called."""
    return process.papers.ledger or f"{process.title}登记表"


def columns_of(process: Process) -> dict[str, str]:
    """Every column a register of the process can have beside the number: key and title, no title twice."""
    fields = {key: field.title for key, field in process.answers.items() if key != process.number.field}
    steps = {
        f"{PROGRESS}{stage.opens.process}": f"{stage.title}进度" for stage in process.stages if stage.opens
    }
    general = {
        "case.where": "现在",
        "case.owner": "在谁手里",
        "case.left": "剩余",
        "case.due": "时限",
        "case.case_due": "全程时限",
        "case.opened_by": f"{process.opening}人",
        "case.opened_at": "登记时间",
        "case.closed_at": "办结时间",
    }
    titles, taken = {**fields, **general, **steps}, list[str]()
    for title in titles.values():
        taken.append(f"{title}（{taken.count(title) + 1}）" if title in taken else title)
    return dict(zip(titles, taken, strict=True))


def usual_columns(process: Process) -> tuple[str, ...]:
    """The columns a register shows when nobody chose others: how it stands first, for that is looked up most."""
    own = [key for key in process.register if key != process.names]
    return (process.names, "case.where", "case.owner", "case.left", *own[: MOST_COLUMNS - 4])


def words_of(process: Process, key: str, row: Entry, people: Directory, calendar: WorkingCalendar) -> str:
    """What stands in a column of a case; nothing where nothing is known."""
    match key:
        case "case.where":
            return row.where
        case "case.owner":
            return row.owner_name if row.is_open else ""
        case "case.left":
            return row.left if row.is_open else ""
        case "case.due":
            return _blank(deadline(row.due_at, calendar, year=True))
        case "case.case_due":
            return _blank(deadline(row.case_due_at, calendar, year=True))
        case "case.opened_by":
            return row.opened_by
        case "case.opened_at":
            return full_moment(row.opened_at)
        case "case.closed_at":
            return _blank(full_moment(row.closed_at))
    if key.startswith(PROGRESS):
        return row.progress.get(key.removeprefix(PROGRESS), "")
    return _words(process, (key,), row.data, people, calendar)


def ledger(
    process: Process,
    rows: Iterable[Entry],
    people: Directory,
    calendar: WorkingCalendar,
    columns: Sequence[str] = (),
) -> Ledger:
    """The ledger of cases in these columns; where none are chosen, in those of the standard."""
    number = NUMBER_TITLES["number"]
    if columns:
        known = columns_of(process)
        titles = (number, *(known[key] for key in columns))
        cells = [
            (row.number, *(words_of(process, key, row, people, calendar) for key in columns)) for row in rows
        ]
        return Ledger(ledger_title(process), titles, tuple(cells))
    own = process.papers.columns or tuple((process.fields[key].title, (key,)) for key in process.register)
    titles = (number, *(title for title, _ in own), "办结状态")
    cells = [
        (row.number, *(_words(process, keys, row.data, people, calendar) for _, keys in own), row.where)
        for row in rows
    ]
    return Ledger(ledger_title(process), titles, tuple(cells))


def printed(made: Ledger, says: str, at: datetime, office: str) -> Paper:
    """The ledger as a printed list across A4, each row with its serial; the paper backup of R80.

    `says`: what the list is of, in words. `at`: when it was made, in the office's zone.
    """
    titles = ("序号", *made.columns)
    rows = [(str(n), *cells) for n, cells in enumerate(made.rows, 1)]
    shares = spans([titles, *rows[:200], *rows[-1:]])
    head = Row(tuple(Cell(span, title, Look.LABEL) for span, title in zip(shares, titles, strict=True)))
    drawn = [Row(tuple(Cell(span, text) for span, text in zip(shares, row, strict=True))) for row in rows]
    return Paper(
        title=f"{office}{made.title}",
        numbered="件数",
        number=f"{len(rows):,} 件",
        state=says,
        made_at=at,
        rows=tuple(drawn or [Row((Cell(GRID, "没有符合条件的登记。"),))]),
        head=head,
        landscape=True,
    )


def spans(rows: Sequence[Sequence[str]], narrowest: Sequence[int] = ()) -> list[int]:
    """How the columns of the grid are shared out: what is longest gets most.

    Each gets `narrowest`, or two, in which four characters stand, as long as there are enough; a short
    serial one.
    """
    wants = [
        min(40.0, max(4.0, sum(map(width, column)) / len(column), max(map(width, column)) / 2))
        for column in zip(*rows, strict=True)
    ]
    serials = 1 if all(len(row[0]) <= 3 for row in rows) else 2
    least = [*narrowest] or [serials, *([2] * (len(wants) - 1))]
    shares = least if sum(least) <= GRID else [1] * len(wants)
    for _ in range(GRID - sum(shares)):
        neediest = max(range(len(wants)), key=lambda n: wants[n] / shares[n])
        shares[neediest] += 1
    return shares


def _blank(words: str) -> str:
    return "" if words == NONE else words


def _words(
    process: Process,
    keys: tuple[str, ...],
    data: Mapping[str, Any],
    people: Directory,
    calendar: WorkingCalendar,
) -> str:
    """One field's words alone; of several, each with its title."""
    if len(keys) == 1:
        stored = data.get(keys[0])
        return _blank(value(process.fields[keys[0]], stored, people, calendar))
    told = values(process.fields, {key: data.get(key) for key in keys}, people, calendar)
    return "；".join(f"{title}：{words}" for title, words in told)

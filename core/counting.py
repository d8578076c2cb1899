"""Information counted by two things at once (R66): by what, what is wanted, how it stands in an address, its ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from core import amounts
from core.papers.ledger import Ledger

DIMENSIONS = {
    "department": "部门",
    "source": "来源",
    "channel": "渠道",
    "point": "监测点",
    "urgency": "紧急程度",
    "importance": "重要程度",
    "month": "月",
    "week": "周",
}
"""By what information is counted: the title of each."""

TOTAL, OTHERS = "合计", "其他"
"""The last row and the last column of a table; what is too little for a heading of its own."""

ITEMS = "件数"
"""What is counted where no figure is added up."""

_BETWEEN = "|"


@dataclass(frozen=True)
class Cell:
    """Which items are meant: labels, nothing of a label means all; from the first day of the office to the last.

    `only_open`: what is still being worked on. `waiting`: what is not graded yet.
    """

    urgency: str = ""
    importance: str = ""
    first: date | None = None
    last: date | None = None
    only_open: bool = False
    waiting: bool = False


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What down, what across, of the days from `first` to `last`; of a figure, a name and its unit, the sum."""

    rows: str = "department"
    columns: str = "urgency"
    first: date | None = None
    last: date | None = None
    figure: tuple[str, str] | None = None

    @property
    def title(self) -> str:
        """What the table is called."""
        what = ITEMS if self.figure is None else named(self.figure)
        return f"信息统计：{DIMENSIONS[self.rows]}×{DIMENSIONS[self.columns]}，{what}"


def named(figure: tuple[str, str]) -> str:
    """A figure with its unit, in words."""
    name, unit = figure
    return f"{name}（{unit}）" if unit else name


def read(address: Mapping[str, Sequence[str]], figures: Sequence[tuple[str, str]]) -> Wanted:
    """What an address asks for; what cannot be meant is left out. `figures`: those there are."""
    first = {key: values[0] for key, values in address.items() if values}
    rows, columns = first.get("rows", ""), first.get("columns", "")
    usual = Wanted()
    name, _, unit = first.get("figure", "").rpartition(_BETWEEN)
    return Wanted(
        rows=rows if rows in DIMENSIONS else usual.rows,
        columns=columns if columns in DIMENSIONS else usual.columns,
        first=_day(first.get("from", "")),
        last=_day(first.get("to", "")),
        figure=(name, unit) if (name, unit) in figures else None,
    )


def written(wanted: Wanted) -> dict[str, str]:
    """The address that asks for this."""
    said = {
        "rows": wanted.rows,
        "columns": wanted.columns,
        "from": wanted.first.isoformat() if wanted.first else "",
        "to": wanted.last.isoformat() if wanted.last else "",
        "figure": _BETWEEN.join(wanted.figure) if wanted.figure else "",
    }
    return {key: value for key, value in said.items() if value}


def shown(value: int, wanted: Wanted) -> str:
    """A cell as a person reads it: how many, or the sum of the figure."""
    return str(value) if wanted.figure is None else amounts.spoken(value)


def ledger(frame: pd.DataFrame, wanted: Wanted) -> Ledger:
    """The table ready to be written."""
    rows = tuple(
        (str(name), *(shown(value, wanted) for value in values))
        for name, values in zip(frame.index, frame.to_numpy(dtype=object), strict=True)
    )
    return Ledger(wanted.title, (DIMENSIONS[wanted.rows], *map(str, frame.columns)), rows)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

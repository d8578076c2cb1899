"""Information as it is counted (R60, R66): nine cells with number and age, weeks, a table over two dimensions, sums of
figures; who is late with a report.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any

import pandas as pd
from sqlalchemy import Select, and_, case, func

from core.counting import DIMENSIONS, OTHERS, TOTAL, Cell
from core.deadlines import taken
from core.grading import CELLS, IMPORTANCES, URGENCIES, Rules
from core.people import DEPARTMENT
from core.policy import sees_everything, why_not_keep_duties
from core.processes import report
from core.reporting import Duty, week_of
from db import information, office_data
from db.reading.sight import EVERYTHING, OPEN, Sight, within
from db.tables import CASE, FIGURE, INFORMATION, FigureRow, InformationRow, table
from db.telling import plain_frame

HEAT = ("urgency", "importance", "n", "late", "oldest", "age")
"""Columns of the nine cells in their order: how many, how many of them are late, when the oldest came (office's zone,
None), and its age in working time as words.
"""

TREND = ["week", "urgency", "n"]
"""Columns of the weeks: 2026-W48, label of urgency, how many came in. Every week and label has a row."""

UNGRADED = "未定级"
"""What is said of a label that is not there yet."""

_PLACES: Mapping[str, Any] = {key: INFORMATION[key] for key in DIMENSIONS}
"""Where what information is counted by stands: the columns bear the names of the dimensions."""


class Informing(Sight):
    """What came in, inside and outside, as far as the person may see it."""

    def heat(
        self, *, first: date | None = None, last: date | None = None, only_open: bool = True
    ) -> pd.DataFrame:
        """The nine cells: columns `HEAT`; of what is open, or of all that came in these days."""
        columns = (INFORMATION.urgency, INFORMATION.importance)
        late = func.sum(case((and_(OPEN, self._late()), 1), else_=0))
        oldest = func.min(INFORMATION.opened_at)
        cell = Cell(first=first, last=last, only_open=only_open)
        query = self._items(cell, *columns, func.count(), late, oldest).group_by(*columns)
        with self._database.reading() as session:
            found = {(row[0], row[1]): row[2:] for row in session.execute(query)}
        rows = [(*labels, *self._aged(*found.get(labels, (0, 0, None)))) for labels in CELLS]
        return plain_frame(rows, HEAT)

    def _aged(self, n: int, late: int, oldest: datetime | None) -> tuple[int, int, datetime | None, str]:
        if oldest is None:
            return n, late, None, ""
        age = taken(oldest, self._clock(), self.calendar())
        return n, late, oldest.astimezone(self.calendar().zone), age

    def trend(self, *, weeks: int = 8) -> pd.DataFrame:
        """How much came in, week by week until this one: columns `TREND`."""
        today = self._clock().astimezone(self.calendar().zone).date()
        days = [today - timedelta(weeks=n) for n in reversed(range(weeks))]
        first = days[0] - timedelta(days=days[0].weekday())
        columns = (INFORMATION.week, INFORMATION.urgency)
        query = self._items(Cell(first=first), *columns, func.count()).group_by(*columns)
        with self._database.reading() as session:
            found = {(week, urgency): n for week, urgency, n in session.execute(query)}
        rows = [(week, u, found.get((week, u), 0)) for week in map(week_of, days) for u in URGENCIES]
        return pd.DataFrame(rows, columns=TREND)

    def in_cell(self, cell: Cell, *, limit: int = 200) -> pd.DataFrame:
        """The items of a cell, the newest first: a frame of cases."""
        query = self._items(cell, *EVERYTHING)
        return self._cases(query.order_by(INFORMATION.opened_at.desc(), CASE.id).limit(limit))

    def to_judge(self, *, limit: int = 200) -> pd.DataFrame:
        """What waits for its grade, the oldest first: a frame of cases."""
        query = self._items(Cell(waiting=True), *EVERYTHING)
        return self._cases(query.order_by(INFORMATION.opened_at, CASE.id).limit(limit))

    def pivot(
        self, rows: str, columns: str, *, first: date | None = None, last: date | None = None, figure: tuple[str, str] | None = None
    ) -> pd.DataFrame:  # fmt: skip
        """How many items by two of `DIMENSIONS` (their keys), in words, with `TOTAL` as last row and last column.

        `figure`, a name and its unit: the sum of that figure instead, in millionths. Index and columns bear the
        titles of their dimensions.
        """
        by = [_PLACES[key] for key in (rows, columns)]
        value = func.sum(FIGURE.micros) if figure else func.count()
        query = self._items(Cell(first=first, last=last), *by, value)
        if figure:
            query = query.join(table(FigureRow), FIGURE.case_id == INFORMATION.case_id)
            query = query.where(FIGURE.name == figure[0], FIGURE.unit == figure[1])
        with self._database.reading() as session:
            found = session.execute(query.group_by(*by)).all()
        told = [(self._said(rows, row), self._said(columns, column), int(n)) for row, column, n in found]
        return _table(told, rows, columns)

    def figures_reported(self) -> list[tuple[str, str]]:
        """The figures there are to add up, each a name and its unit, the most frequent first."""
        query = self._items(Cell(), FIGURE.name, FIGURE.unit, func.count())
        query = query.join(table(FigureRow), FIGURE.case_id == INFORMATION.case_id)
        by = (FIGURE.name, FIGURE.unit)
        with self._database.reading() as session:
            found = session.execute(query.group_by(*by).order_by(func.count().desc(), *by).limit(200))
            return [(name, unit) for name, unit, _ in found]

    def _said(self, dimension: str, value: str) -> str:
        if dimension == "department":
            return self.directory().name(value) if value else "未注明"
        return value or (UNGRADED if dimension in ("urgency", "importance") else "未注明")

    def _items(self, cell: Cell, *columns: Any) -> Select[Any]:
        """The items that are meant, of those the person may see."""
        query = self._visible(*columns).join(table(InformationRow), INFORMATION.case_id == CASE.id)
        query = query.where(*within(INFORMATION.opened_at, cell.first, cell.last, self.calendar().zone))
        if cell.urgency:
            query = query.where(INFORMATION.urgency == cell.urgency)
        if cell.importance:
            query = query.where(INFORMATION.importance == cell.importance)
        if cell.waiting:
            query = query.where(OPEN, INFORMATION.urgency == "")
        return query.where(OPEN) if cell.only_open else query

    # --- who reports what -----------------------------------------------------------------------------

    def duties(self) -> list[Duty]:
        """What the departments report: all of it for whoever keeps the list, for others what is theirs."""
        with self._database.reading() as session:
            known = information.duties(session).values()
        if why_not_keep_duties(self._person) is None or sees_everything(self._person):
            return list(known)
        names = self._person.names
        return [duty for duty in known if {duty.reporter, DEPARTMENT + duty.department} & names]

    def not_reported(self, *, limit: int = 200) -> pd.DataFrame:
        """The reports that have not come in, what is due first on top: a frame of cases, with `period`,
        `department_name` and `reporter_name`.
        """
        waiting = self._visible().where(OPEN, CASE.process == report.KEY, CASE.stage == report.V1.first.key)
        frame = self._cases(waiting.order_by(CASE.due_at, CASE.id).limit(limit))
        name = self.directory().name
        return frame.assign(
            period=[data["period"] for data in frame["data"]],
            department_name=[name(data["department"]) for data in frame["data"]],
            reporter_name=[name(data["reporter"]) for data in frame["data"]],
        )

    def grading(self) -> Rules:
        """How the office grades information."""
        return self._told("grading", office_data.grading)


MOST_ROWS, MOST_COLUMNS = 200, 20
"""Rows and columns of a pivot: of more values the fewest are one, `OTHERS`."""

_ORDERS = {"urgency": (*URGENCIES, UNGRADED), "importance": (*IMPORTANCES, UNGRADED)}


def _table(found: Sequence[tuple[str, str, int]], rows: str, columns: str) -> pd.DataFrame:
    """What was counted as a table with its sums; months and weeks in their order, labels in theirs, the rest by how much."""
    frame = pd.DataFrame(found, columns=["row", "column", "n"], dtype=object)
    down, across = (
        _headings(frame, side, dimension, most)
        for side, dimension, most in (("row", rows, MOST_ROWS), ("column", columns, MOST_COLUMNS))
    )
    cells = dict.fromkeys(
        product((*dict.fromkeys(down.values()), TOTAL), (*dict.fromkeys(across.values()), TOTAL)), 0
    )
    for row, column, n in found:
        for place in product((down[row], TOTAL), (across[column], TOTAL)):
            cells[place] += n
    named = list(dict.fromkeys(row for row, _ in cells))
    heads = list(dict.fromkeys(column for _, column in cells))
    values = [[cells[row, column] for column in heads] for row in named]
    index = pd.Index(named, name=DIMENSIONS[rows])
    return pd.DataFrame(values, index=index, columns=pd.Index(heads, name=DIMENSIONS[columns]), dtype=object)  # fmt: skip


def _headings(frame: pd.DataFrame, side: str, dimension: str, most: int) -> dict[str, str]:
    """Each value of a dimension with the heading it stands under, in the order of the headings."""
    totals: dict[str, int] = {}
    for value, n in zip(frame[side], frame["n"], strict=True):
        totals[value] = totals.get(value, 0) + n
    if dimension in _ORDERS:
        return {value: value for value in _ORDERS[dimension] if value in totals}
    by_time = dimension in ("month", "week")
    ordered = sorted(totals) if by_time else sorted(totals, key=lambda value: (-totals[value], value))
    kept = {*(ordered[-most:] if by_time else ordered[:most])}
    named = {value: value if value in kept else OTHERS for value in ordered}
    return dict(sorted(named.items(), key=lambda pair: pair[1] == OTHERS))

"""Rows copied from a spreadsheet or a Word table, for a form that asks for a table: an agenda, tasks, guests, figures.

Whoever has the list already should not type it again. What is not understood is refused cell by cell, and
nothing of it is taken then.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from core.errors import Refused
from core.fields import MOST_ROWS, Field, Kind
from core.intake.dates import date_of
from core.ports import Directory

_MOST_SIGNS = 200_000
_MOST_PROBLEMS = 10
_MIDNIGHT = re.compile(r" 0?0:00(:00)?$")
_BETWEEN = re.compile(r"[、，,;；]")

Row = dict[str, Any]


def rows_from(text: str, field: Field, people: Directory) -> list[Row]:
    """The rows of a `ROWS` field that pasted text means, each column key → value; what a cell leaves open is left out.

    Cells are divided by tabs, as every spreadsheet copies them, in the order of the field's columns; where the first
    row says their titles, in that order. People, guests and departments are found by their names.
    Raises `Refused` under the field's key, every cell that is not understood named by its row and column.
    """
    lines = _lines(text, field)
    headed = _is_head(lines[0], field)
    columns = _headed(lines[0], field) if headed else list(field.columns)
    body = lines[1:] if headed else lines
    if not body:
        raise _nothing_read(field)
    if len(body) > MOST_ROWS:
        raise _refused(field, [f"最多粘 {MOST_ROWS} 行，现有 {len(body)} 行，请分几次"])
    if (wide := max(map(len, body)) - len(columns)) > 0:
        raise _refused(field, [f"多出 {wide} 列；各列依次是：{titles(field)}"])
    rows, problems = list[Row](), list[str]()
    for n, line in enumerate(body, 1):
        row, wrong = _row(zip(columns, line, strict=False), people)
        rows.append(row)
        problems += [f"第 {n} 行{one}" for one in wrong]
    if problems:
        raise _refused(field, problems)
    return rows


def titles(field: Field) -> str:
    """The columns of a table in their order, as one says them."""
    return "、".join(column.title for column in field.columns)


def _lines(text: str, field: Field) -> list[list[str]]:
    if len(text) > _MOST_SIGNS:
        raise _refused(field, ["内容太多，不像是一张表，请只复制要用的行"])
    try:
        read = list(csv.reader(io.StringIO(text.replace("\0", "")), delimiter="\t"))
    except csv.Error as error:
        raise _refused(field, ["读不出这张表，请从表格中重新复制"]) from error
    lines = [[cell.strip() for cell in line] for line in read]
    if not (said := [_without_empty_end(line) for line in lines if any(line)]):
        raise _nothing_read(field)
    return said


def _without_empty_end(line: list[str]) -> list[str]:
    """Empty columns behind the table were selected with it."""
    last = max(n for n, cell in enumerate(line) if cell)
    return line[: last + 1]


def _is_head(line: Sequence[str], field: Field) -> bool:
    """Whether most of what a line says are titles of the table's columns."""
    said = [cell for cell in line if cell]
    return 2 * sum(cell in {column.title for column in field.columns} for cell in said) > len(said)


def _headed(head: Sequence[str], field: Field) -> list[Field | None]:
    """What stands in each column; None in one without a title. A title that is none of the table's is refused."""
    titled = {column.title: column for column in field.columns}
    if strange := [title for title in head if title and title not in titled]:
        raise _refused(
            field, [f"没有“{'”、“'.join(strange)}”这一列，请不要复制它；各列可以是：{titles(field)}"]
        )
    return [titled.get(title) for title in head]


def _row(cells: Iterable[tuple[Field | None, str]], people: Directory) -> tuple[Row, list[str]]:
    row, problems = Row(), list[str]()
    for column, cell in cells:
        if column is None or not cell:
            continue
        try:
            value, problem = column.take(_meant(column, cell, people))
        except _Unknown as unknown:
            value, problem = None, f"“{column.title}”：{unknown}"
        row[column.key] = value
        if problem:
            problems.append(problem)
    return row, problems


class _Unknown(Exception):
    """A name that nobody bears, or more than one."""


def _meant(column: Field, cell: str, people: Directory) -> Any:
    """The value a cell stands for; what is none of its kind is left as it is, to be refused by the field."""
    match column.kind:
        case Kind.NUMBER:
            return _number(cell)
        case Kind.DATE:
            return _day(cell)
        case Kind.YES_NO:
            return {"是": True, "否": False}.get(cell, cell)
        case Kind.CHOICES:
            return _several(cell)
        case Kind.PERSON | Kind.GUEST | Kind.DEPARTMENT:
            return _named(cell, _bearers(column.kind, people))
        case Kind.PEOPLE | Kind.GUESTS | Kind.DEPARTMENTS:
            bearers = _bearers(column.kind, people)
            return [_named(one, bearers) for one in _several(cell)]
        case _:
            return cell


def _number(cell: str) -> str:
    """1,200 and 30.0 are whole numbers to a spreadsheet."""
    whole, _, rest = cell.replace(",", "").replace("，", "").partition(".")
    return cell if rest.strip("0") else whole


def _day(cell: str) -> date | str:
    """A day as offices write it, or with the midnight that a spreadsheet adds."""
    return date_of(_MIDNIGHT.sub("", cell)) or cell


def _several(cell: str) -> list[str]:
    return [one.strip() for one in _BETWEEN.split(cell) if one.strip()]


def _named(name: str, bearers: Iterable[tuple[str, str]]) -> str:
    ids = [one for one, called in bearers if called == name]
    if not ids:
        raise _Unknown(f"没有“{name}”，请核对姓名或名称")
    if len(ids) > 1:
        raise _Unknown(f"叫“{name}”的不止一位，请留空，粘进来以后再选")
    return ids[0]


def _bearers(kind: Kind, people: Directory) -> list[tuple[str, str]]:
    """Ids and names of those a cell of this kind may name."""
    if kind in (Kind.DEPARTMENT, Kind.DEPARTMENTS):
        return list(people.departments.items())
    here = [(who, person.name) for who, person in people.people.items()]
    if kind in (Kind.PERSON, Kind.PEOPLE):
        return here
    return here + [(who, guest.name) for who, guest in people.guests.items()]


def _nothing_read(field: Field) -> Refused:
    return _refused(field, [f"没有读到内容；各列依次是：{titles(field)}"])


def _refused(field: Field, problems: Sequence[str]) -> Refused:
    more = len(problems) - _MOST_PROBLEMS
    told = [*problems[:_MOST_PROBLEMS], *([f"另有 {more} 处"] if more > 0 else [])]
    return Refused({field.key: f"没有粘进来：{'；'.join(told)}"})

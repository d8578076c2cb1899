"""A field of a form: how it is asked, checked, stored and shown. Declared once, used by all.

A new kind of field is one entry in `Kind`, one in `_KINDS`, and one widget in `pages/ui/widgets.py`.
"""

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from core.errors import Refused
from core.people import Grade

__all__ = ["Field", "FileRef", "Json", "Kind", "accept", "graded", "says_nothing"]

Json = Any
"""What JSON can hold: the form in which a value is recorded in an event."""


class FileRef(TypedDict):
    """A kept file as a field names it: the SHA-256 of its bytes, and the name to show."""

    digest: str
    name: str


class Kind(StrEnum):
    """What sort of value a field holds."""

    LINE = "line"
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    MOMENT = "moment"
    CHOICE = "choice"
    CHOICES = "choices"
    GRADE = "grade"
    PERSON = "person"
    PEOPLE = "people"
    DEPARTMENT = "department"
    DEPARTMENTS = "departments"
    YES_NO = "yes_no"
    FILES = "files"
    ROWS = "rows"
    CASE = "case"
    CASES = "cases"
    GUEST = "guest"
    GUESTS = "guests"


@dataclass(frozen=True)
class _Rule:
    """How values of a kind are parsed, and the sentence for one that cannot be."""

    adapter: TypeAdapter[Any]
    says: str


LONGEST_LINE, LONGEST_TEXT = 500, 20_000
_LONGEST = {Kind.LINE: LONGEST_LINE, Kind.TEXT: LONGEST_TEXT}
"""Characters a one-line and a free-text field may hold."""

MOST_ROWS = 100
"""Rows a table in a form may have."""

_KINDS: dict[Kind, _Rule] = {
    Kind.LINE: _Rule(TypeAdapter(str), "请填写文字"),
    Kind.TEXT: _Rule(TypeAdapter(str), "请填写文字"),
    Kind.NUMBER: _Rule(TypeAdapter(int), "请填写整数，例如 2"),
    Kind.DATE: _Rule(TypeAdapter(date), "请填写日期，例如 2026-11-24"),
    Kind.MOMENT: _Rule(TypeAdapter(AwareDatetime), "请填写日期和时刻，例如 2026-11-24 09:30"),
    Kind.CHOICE: _Rule(TypeAdapter(str), "请从所列项目中选择"),
    Kind.CHOICES: _Rule(TypeAdapter(list[str]), "请从所列项目中选择"),
    Kind.GRADE: _Rule(TypeAdapter(str), "请选择密级"),
    Kind.PERSON: _Rule(TypeAdapter(str), "请选择一个人"),
    Kind.PEOPLE: _Rule(TypeAdapter(list[str]), "请选择人员"),
    Kind.DEPARTMENT: _Rule(TypeAdapter(str), "请选择一个部门"),
    Kind.DEPARTMENTS: _Rule(TypeAdapter(list[str]), "请选择部门"),
    Kind.YES_NO: _Rule(TypeAdapter(bool), "请选择是或否"),
    Kind.FILES: _Rule(TypeAdapter(list[FileRef]), "请重新选择文件"),
    Kind.ROWS: _Rule(TypeAdapter(list[dict[str, Any]]), "请逐行填写"),
    Kind.CASE: _Rule(TypeAdapter(str), "请选择一件事项"),
    Kind.CASES: _Rule(TypeAdapter(list[str]), "请选择事项"),
    Kind.GUEST: _Rule(TypeAdapter(str), "请选择一个人"),
    Kind.GUESTS: _Rule(TypeAdapter(list[str]), "请选择人员"),
}

GRADES = tuple(grade.label for grade in Grade)

NAMES_SOMEBODY = frozenset(
    {Kind.PERSON, Kind.PEOPLE, Kind.GUEST, Kind.GUESTS, Kind.DEPARTMENT, Kind.DEPARTMENTS}
)
"""Kinds of field whose value is a person, somebody without an account, or a department."""

NAMES_CASES = frozenset({Kind.CASE, Kind.CASES})
"""Kinds of field whose value is another case, or several."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One thing a form asks.

    `carries_content`: the value holds what the document says (title aside), so it stays empty on a
    classified item, of which only a register stub is kept (C23).
    `at_least`: the smallest number a `NUMBER` may be.
    `default`: what stands in the form when nothing better is known.
    `fixed`: the office's standard itself demands it, so no amendment makes it optional (R4, R6).
    `options`: the words to choose from; of a `CASE` or `CASES` the processes it may be of. `columns`: the fields of one
    row, of a `ROWS`; its value is a list of rows, field key → value. `begins`: of a `CASE`, what the door to a
    new case is called that names the one it stands on.
    `why_not`: what is wrong with a text that is of its kind, as with a document number, or None.
    `listed`: of a `ROWS`: its rows are put in by the program, each to be answered by itself. `correctable`: False
    for what only a step may change, as a text that has passed its checks. `concerns_from`: the stage from which on
    the case concerns whom it names, where that is not at once.
    """

    key: str
    title: str
    kind: Kind = Kind.LINE
    required: bool = True
    options: tuple[str, ...] = ()
    help: str = ""
    carries_content: bool = False
    at_least: int = 0
    default: Json = None
    fixed: bool = False
    columns: tuple["Field", ...] = ()
    begins: str = ""
    why_not: Callable[[str], str | None] | None = None
    listed: bool = False
    correctable: bool = True
    concerns_from: str = ""

    @property
    def names_somebody(self) -> bool:
        """Whether its value, or one in its rows, is a person or a department."""
        return self.kind in NAMES_SOMEBODY or any(column.names_somebody for column in self.columns)

    @property
    def choices(self) -> tuple[str, ...]:
        """The words to choose from, for a choice or several and for a grade."""
        return GRADES if self.kind is Kind.GRADE else () if self.kind in NAMES_CASES else self.options

    def take(self, raw: Any) -> tuple[Any, str | None]:
        """The value meant by what was typed, and what is wrong with it (or None)."""
        value = _tidied(raw, self.kind)
        if says_nothing(value):
            return None, f"请填写“{self.title}”" if self.required else None
        try:
            value = _KINDS[self.kind].adapter.validate_python(value)
        except ValidationError:
            return None, f"“{self.title}”：{_KINDS[self.kind].says}"
        return self._taken_rows(value) if self.kind is Kind.ROWS else (value, self._problem(value))

    def pack(self, value: Any) -> Json:
        """The value as an event records it."""
        if self.kind is Kind.ROWS and value is not None:
            return [
                {column.key: column.pack(row.get(column.key)) for column in self.columns} for row in value
            ]
        return None if value is None else _KINDS[self.kind].adapter.dump_python(value, mode="json")

    def unpack(self, stored: Json) -> Any:
        """The value an event recorded."""
        if self.kind is Kind.ROWS and stored is not None:
            return [
                {column.key: column.unpack(row.get(column.key)) for column in self.columns} for row in stored
            ]
        return None if stored is None else _KINDS[self.kind].adapter.validate_python(stored)

    def _taken_rows(self, rows: list[dict[str, Any]]) -> tuple[Any, str | None]:
        """The rows that say something, and what is wrong in them, row by row."""
        taken, problems = list[dict[str, Any]](), list[str]()
        for n, row in enumerate(rows, 1):
            cells = {column.key: column.take(row.get(column.key)) for column in self.columns}
            if all(
                value in (None, column.default)
                for column, (value, _) in zip(self.columns, cells.values(), strict=True)
            ):
                continue
            taken.append({key: value for key, (value, _) in cells.items()})
            problems += [f"第 {n} 行{problem}" for _, problem in cells.values() if problem]
        if not taken:
            return None, f"请填写“{self.title}”" if self.required else None
        if len(taken) > MOST_ROWS:
            return None, f"“{self.title}”最多 {MOST_ROWS} 行，现有 {len(taken)} 行，请删减"
        return taken, f"“{self.title}”：{'；'.join(problems)}" if problems else None

    def _problem(self, value: Any) -> str | None:
        chosen = value if self.kind is Kind.CHOICES else [value]
        if self.choices and not set(chosen) <= set(self.choices):
            return f"“{self.title}”只能是：{'、'.join(self.choices)}"
        if self.kind is Kind.NUMBER and value < self.at_least:
            return f"“{self.title}”不能小于 {self.at_least}"
        longest = _LONGEST.get(self.kind)
        if longest and len(value) > longest:
            return f"“{self.title}”最多 {longest} 字，现有 {len(value)} 字，请删减"
        return self.why_not(value) if self.why_not else None


def says_nothing(value: Any) -> bool:
    """Whether a value is none: nothing there, no text, no rows. A nought and a no say something."""
    return value is None or value in ("", [])


def nothing(kind: Kind) -> Any:
    """What an input of this kind holds while it says nothing: no text, none chosen, a no; None where it can be empty."""
    return _NOTHING[kind]() if kind in _NOTHING else None


_NOTHING: dict[Kind, Callable[[], Any]] = {
    **dict.fromkeys((Kind.LINE, Kind.TEXT), str),
    **dict.fromkeys((Kind.CHOICES, Kind.PEOPLE, Kind.GUESTS, Kind.DEPARTMENTS, Kind.CASES, Kind.ROWS), list),
    Kind.YES_NO: bool,
}


def accept(fields: Iterable[Field], raw: Mapping[str, Any], *, grade: Grade = Grade.OPEN) -> dict[str, Json]:
    """The form's values ready to be recorded.

    `grade` is how secret the case already is; a grade among the fields counts as well.
    Raises `Refused` with every problem at once, so that nobody corrects a form twice.
    """
    wanted = {field.key: field for field in fields}
    problems = {key: f"没有“{key}”这一项" for key in raw.keys() - wanted.keys()}
    values: dict[str, Any] = {}
    for key, field in wanted.items():
        values[key], problem = field.take(raw.get(key))
        if problem:
            problems[key] = problem
    grade = graded(wanted.values(), values, grade)
    for key, field in wanted.items():
        if not (grade.classified and field.carries_content):
            continue
        problems.pop(key, None)  # what may not be kept is not asked for either
        if values[key] is not None:
            problems[key] = f"{grade.label}件只登记、不存内容：请清空“{field.title}”，原件按保密规定另行保管"
    if problems:
        raise Refused(problems)
    return {key: wanted[key].pack(value) for key, value in values.items()}


def graded(fields: Iterable[Field], values: Mapping[str, Any], grade: Grade = Grade.OPEN) -> Grade:
    """How secret what is filled in is: as its case, or as it says itself if that is more."""
    said = (Grade.labelled(values[f.key]) for f in fields if _is_grade(f, values.get(f.key)))
    return max([grade, *said])


def _is_grade(field: Field, value: Any) -> bool:
    return field.kind is Kind.GRADE and value in GRADES


def _tidied(raw: Any, kind: Kind) -> Any:
    """Text without what cannot be seen or would break a line of the log (P35); other values as given."""
    if not isinstance(raw, str):
        return raw
    keep = "\n\t" if kind is Kind.TEXT else ""
    text = raw.replace("\r\n", "\n").replace("\r", "\n")
    if kind is Kind.LINE:
        text = text.replace("\n", " ").replace("\t", " ")
    if text.isprintable():  # as nearly all are: nothing of it need be looked at by itself
        return text.strip()
    return "".join(c for c in text if c in keep or not _invisible(c)).strip()


_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff\u2028\u2029")


def _invisible(char: str) -> bool:
    """Control characters, and those that reorder what stands beside them."""
    return char in _BIDI or unicodedata.category(char) in ("Cc", "Cs")

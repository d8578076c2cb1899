"""Whoever and whatever a step names must be there: people, departments, cases and files.

Checked when something is recorded, whichever form it was chosen in, and however long ago.
"""

from collections.abc import Iterable
from typing import Any

from core.case import Case, Event
from core.contacts import is_guest
from core.errors import Refused
from core.fields import NAMES_CASES, Field, Kind
from core.people import SYSTEM, Grade
from core.policy import why_not_see
from core.ports import Directory, Unit


def why_not_named(case: Case, fields: Iterable[Field], event: Event, unit: Unit) -> None:
    """Refuse people and departments that are not (or no longer) here, or not cleared for the case, and files
    and cases that are not there.
    """
    filled = [field for field in fields if event.data.get(field.key)]
    problems = {
        field.key: problem
        for field in filled
        if field.names_somebody
        if (problem := _naming_problem(field, event.data[field.key], case.grade, unit.directory()))
    }
    for field in filled:
        if field.kind in NAMES_CASES and not _may_name(unit, event, field):
            problems[field.key] = f"“{field.title}”没有找到这一件，请重新选择"
    _check_files(fields, event, unit, problems)
    if problems:
        raise Refused(problems)


def _may_name(unit: Unit, event: Event, field: Field) -> bool:
    """Whether every case that is named is there, and whoever names it may see it."""
    named = event.data[field.key]
    known = (named,) if field.kind is Kind.CASE else named
    if not all(map(unit.has_case, known)):
        return False
    by = SYSTEM if event.by == SYSTEM.id else unit.person(event.by, event.at)
    return not any(why_not_see(by, unit.case(one)) for one in known)


def _naming_problem(field: Field, value: Any, grade: Grade, directory: Directory) -> str | None:
    if field.kind is Kind.ROWS:
        cells = ((column, row.get(column.key)) for row in value for column in field.columns)
        found = (_naming_problem(column, cell, grade, directory) for column, cell in cells if cell)
        return next(filter(None, found), None)
    names = [value] if isinstance(value, str) else value or []
    if field.kind in (Kind.DEPARTMENT, Kind.DEPARTMENTS):
        gone = any(name not in directory.departments for name in names)
        return f"“{field.title}”中有已撤销的部门，请重新选择" if gone else None
    if field.kind not in (Kind.PERSON, Kind.PEOPLE, Kind.GUEST, Kind.GUESTS):
        return None
    if field.kind in (Kind.GUEST, Kind.GUESTS):
        if grade.classified and any(map(is_guest, names)):
            return f"{grade.label}件不能告知没有账号的人，请另选"
        names = [name for name in names if name not in directory.guests]
    people = [directory.people.get(name) for name in names]
    if None in people:
        return f"“{field.title}”中有已停用的人员，请重新选择"
    short = [person.name for person in people if person and person.clearance < grade]
    return f"{'、'.join(short)}的知悉范围不含{grade.label}件，请另选" if short else None


def _check_files(fields: Iterable[Field], event: Event, unit: Unit, problems: dict[str, str]) -> None:
    for field in fields:
        if field.kind is Kind.FILES and any(
            not unit.keeps(f["digest"]) for f in event.data.get(field.key) or ()
        ):
            problems[field.key] = "有文件没有存好，请重新拖入"

"""Who is acting: the account behind a person, asked of the database anew by every command."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, or_, select
from sqlalchemy.orm import Session

from core.errors import NotAllowed
from core.people import Grade, Person, Role
from core.policy import why_not_administer
from db.tables import AbsenceRow, PersonRow, table


def to_person(row: Any, absent: tuple[Person, ...] = ()) -> Person:
    """The account (a row of people) as the rest of the program knows it; `absent` are those they stand in for now."""
    return Person(
        id=row.id,
        name=row.name,
        roles=frozenset(Role(role) for role in row.roles),
        clearance=Grade(row.clearance),
        department=row.department_id or "",
        stands_in_for=absent,
    )


PEOPLE = table(PersonRow).c
COLUMNS = [PEOPLE[name] for name in ("id", "name", "roles", "clearance", "department_id", "active")]
"""What of an account makes a `Person`."""


def away_for(deputy: ColumnElement[str]) -> Select[tuple[str]]:
    """The ids of those who are away at the moment `at` and have this deputy (N10)."""
    absences = table(AbsenceRow).c
    at = bindparam("at", type_=absences.since.type)
    return select(absences.person_id).where(
        absences.deputy_id == deputy, absences.since <= at, absences.until > at
    )


_ACCOUNT = select(*COLUMNS).where(PEOPLE.id == bindparam("id"))
_ACTING = (
    select(*COLUMNS)
    .where(or_(PEOPLE.id == bindparam("id"), PEOPLE.id.in_(away_for(bindparam("id")))))
    .order_by(PEOPLE.id)
)


def acting(session: Session, person_id: str, at: datetime | None = None) -> Person:
    """The person as they are now; with `at`, also whom they stand in for at that moment.

    Raises `NotAllowed` for an account that was stopped.
    """
    asked = (_ACTING, {"id": person_id, "at": at}) if at else (_ACCOUNT, {"id": person_id})
    rows = {row.id: row for row in session.connection().execute(*asked) if row.active}
    if (own := rows.pop(person_id, None)) is None:
        raise NotAllowed("您的账号已停用，请联系管理员")
    return to_person(own, tuple(map(to_person, rows.values())))


def administering(session: Session, person_id: str) -> Person:
    """The same for commands on accounts and the calendar. Raises `NotAllowed` with the reason."""
    person = acting(session, person_id)
    if reason := why_not_administer(person):
        raise NotAllowed(reason)
    return person

"""Who is acting: the account behind a person, asked of the database anew by every command."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from core.errors import NotAllowed
from core.policy import Grade, Person, Role, why_not_administer
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


_PEOPLE = table(PersonRow).c
_COLUMNS = [_PEOPLE[name] for name in ("id", "name", "roles", "clearance", "department_id", "active")]
_ACCOUNT = select(*_COLUMNS).where(_PEOPLE.id == bindparam("id"))
_AWAY = (
    select(*_COLUMNS)
    .join(table(AbsenceRow), AbsenceRow.person_id == _PEOPLE.id)
    .where(AbsenceRow.deputy_id == bindparam("id"), _PEOPLE.active)
    .where(AbsenceRow.since <= bindparam("at"), AbsenceRow.until > bindparam("at"))
    .order_by(_PEOPLE.id)
)


def absent_for(session: Session, deputy_id: str, at: datetime) -> tuple[Person, ...]:
    """Those who are away at that moment and have this person as their deputy (N10)."""
    away = session.execute(_AWAY, {"id": deputy_id, "at": at})
    return tuple({row.id: to_person(row) for row in away}.values())


def acting(session: Session, person_id: str, at: datetime | None = None) -> Person:
    """The person as they are now; with `at`, also whom they stand in for at that moment.

    Raises `NotAllowed` for an account that was stopped.
    """
    row = session.execute(_ACCOUNT, {"id": person_id}).one_or_none()
    if row is None or not row.active:
        raise NotAllowed("您的账号已停用，请联系管理员")
    return to_person(row, absent_for(session, person_id, at) if at else ())


def administering(session: Session, person_id: str) -> Person:
    """The same for commands on accounts and the calendar. Raises `NotAllowed` with the reason."""
    person = acting(session, person_id)
    if reason := why_not_administer(person):
        raise NotAllowed(reason)
    return person

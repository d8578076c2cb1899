"""Who is acting: the account behind a person, asked of the database anew by every command."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import NotAllowed
from core.policy import Grade, Person, Role, why_not_administer
from db.tables import AbsenceRow, PersonRow


def to_person(row: PersonRow, absent: tuple[Person, ...] = ()) -> Person:
    """The account as the rest of the program knows it; `absent` are those they stand in for now."""
    return Person(
        id=row.id,
        name=row.name,
        roles=frozenset(Role(role) for role in row.roles),
        clearance=Grade(row.clearance),
        department=row.department_id or "",
        stands_in_for=absent,
    )


def absent_for(session: Session, deputy_id: str, at: datetime) -> tuple[Person, ...]:
    """Those who are away at that moment and have this person as their deputy (N10)."""
    away = (
        select(PersonRow)
        .join(AbsenceRow, AbsenceRow.person_id == PersonRow.id)
        .where(AbsenceRow.deputy_id == deputy_id, AbsenceRow.since <= at, AbsenceRow.until > at)
        .where(PersonRow.active)
        .order_by(PersonRow.id)
    )
    return tuple(to_person(row) for row in dict.fromkeys(session.scalars(away)))


def acting(session: Session, person_id: str, at: datetime | None = None) -> Person:
    """The person as they are now; with `at`, also whom they stand in for at that moment.

    Raises `NotAllowed` for an account that was stopped.
    """
    row = session.get(PersonRow, person_id)
    if row is None or not row.active:
        raise NotAllowed("您的账号已停用，请联系管理员")
    return to_person(row, absent_for(session, person_id, at) if at else ())


def administering(session: Session, person_id: str) -> Person:
    """The same for commands on accounts and the calendar. Raises `NotAllowed` with the reason."""
    person = acting(session, person_id)
    if reason := why_not_administer(person):
        raise NotAllowed(reason)
    return person

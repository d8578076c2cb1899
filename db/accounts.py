"""Who is acting: the account behind a person, asked of the database anew by every command."""

from sqlalchemy.orm import Session

from core.errors import NotAllowed
from core.policy import Grade, Person, Role, why_not_administer
from db.tables import PersonRow


def to_person(row: PersonRow) -> Person:
    """The account as the rest of the program knows it."""
    return Person(
        id=row.id,
        name=row.name,
        roles=frozenset(Role(role) for role in row.roles),
        clearance=Grade(row.clearance),
        department=row.department_id or "",
    )


def acting(session: Session, person_id: str) -> Person:
    """The person as they are now. Raises `NotAllowed` for an account that was stopped."""
    row = session.get(PersonRow, person_id)
    if row is None or not row.active:
        raise NotAllowed("您的账号已停用，请联系管理员")
    return to_person(row)


def administering(session: Session, person_id: str) -> Person:
    """The same for commands on accounts and the calendar. Raises `NotAllowed` with the reason."""
    person = acting(session, person_id)
    if reason := why_not_administer(person):
        raise NotAllowed(reason)
    return person

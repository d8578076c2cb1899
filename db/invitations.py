"""Links with which somebody sets their own password, once, so that nobody else ever knows it.

The link carries a random token; here is only its SHA-256. A token that was used, is too old, was
never issued or belongs to a stopped account gets the same answer from the same question.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from core.errors import NotAllowed
from db import tokens
from db.tables import InvitationRow, PersonRow

LIFE = timedelta(hours=24)
DEAD = "这个链接已用过或已过期，请向管理员要一个新的"


def issue(session: Session, person_id: str, by: str, now: datetime) -> str:
    """The token of a new invitation for this person, issued by `by` (a person's id).

    In the caller's transaction; earlier links of the person end. Whoever calls it checks who may, and
    writes the journal.
    """
    void(session, person_id)
    token = tokens.new()
    values = {"token_hash": tokens.digest(token), "person_id": person_id, "by": by, "at": now}
    session.execute(insert(InvitationRow).values(**values, expires_at=now + LIFE))
    return token


def void(session: Session, person_id: str) -> None:
    """The person's unused links are worth nothing from now on."""
    unused = InvitationRow.person_id == person_id, InvitationRow.used_at.is_(None)
    session.execute(delete(InvitationRow).where(*unused))


def whose(session: Session, token: str, now: datetime) -> PersonRow:
    """The account this token would set a password for. Raises `NotAllowed` with one sentence for all."""
    row = session.scalar(
        select(PersonRow)
        .join(InvitationRow, InvitationRow.person_id == PersonRow.id)
        .where(InvitationRow.token_hash == tokens.digest(token), InvitationRow.used_at.is_(None))
        .where(InvitationRow.expires_at > now, PersonRow.active)
    )
    if row is None:
        raise NotAllowed(DEAD)
    return row


def use(session: Session, token: str, now: datetime) -> PersonRow:
    """Use the token up, in the transaction of what it is used for; of two at once, one is refused."""
    row = whose(session, token, now)
    used = InvitationRow.token_hash == tokens.digest(token)
    session.execute(update(InvitationRow).where(used).values(used_at=now))
    return row


def sweep(session: Session, now: datetime) -> None:
    """Forget the links that are over; who issued and who used them stands in the journal."""
    session.execute(delete(InvitationRow).where(InvitationRow.expires_at <= now))

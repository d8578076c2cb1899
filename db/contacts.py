"""The address book: people without an account, and how everybody is reached, kept by the secretaries."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from core.contacts import CONTACT, GUEST, REACHED, Contact, as_person, is_guest
from core.errors import NotAllowed, NotFound, Refused
from core.fields import accept
from core.people import Person
from core.policy import why_not_keep_contacts
from db import journal
from db.accounts import acting
from db.engine import Database
from db.tables import ContactRow, DepartmentRow, PersonRow

MOST = 2000
"""Rows of a list taken in at once."""


def guest(session: Session, who: str) -> Person:
    """Who acts under a contact's name; `NotAllowed` if it was removed from the address book."""
    row = session.get(ContactRow, who)
    if row is None or not row.active:
        raise NotAllowed("您已不在这件事的名单里，请联系发通知的人")
    return as_person(_contact(row))


def reached(session: Session, whom: Iterable[str]) -> dict[str, Contact]:
    """How these are reached, people and contacts by their id; who is not here any more is left out."""
    whom = set(whom)
    guests = session.scalars(select(ContactRow).where(ContactRow.id.in_(filter(is_guest, whom))))
    people = session.execute(
        select(PersonRow, DepartmentRow.name)
        .outerjoin(DepartmentRow, DepartmentRow.id == PersonRow.department_id)
        .where(PersonRow.id.in_(whom), PersonRow.active)
    )
    found = [_contact(row) for row in guests if row.active]
    found += [_contact(row, organisation=place or "") for row, place in people]
    return {one.id: one for one in found}


def everybody(session: Session) -> list[Contact]:
    """All who can be reached, contacts first, each by unit and name."""
    guests = select(ContactRow.id).where(ContactRow.active)
    people = select(PersonRow.id).where(PersonRow.active)
    found = reached(session, [*session.scalars(guests), *session.scalars(people)]).values()
    return sorted(found, key=lambda one: (not is_guest(one.id), one.organisation, one.name))


def _contact(row: Any, **told: str) -> Contact:
    told = told or {"organisation": row.organisation}
    return Contact(row.id, row.name, told["organisation"], row.post, row.mobile, row.email)


@dataclass(frozen=True)
class AddressBook:
    """Commands on the address book; each asks the database who gives it, and policy whether they may."""

    database: Database
    key: bytes
    """The chain's key: what is done here stands in the journal, without numbers and addresses."""

    def add(self, values: Mapping[str, Any], now: datetime, *, by: Person) -> str:
        """A new contact; its id. `Refused` where the same name stands under the same unit already."""
        return self.add_all([values], now, by=by)[0]

    def add_all(self, rows: Sequence[Mapping[str, Any]], now: datetime, *, by: Person) -> list[str]:
        """A whole list of contacts, or none of it; `Refused` says row by row what to mend."""
        if not 0 < len(rows) <= MOST:
            raise Refused({"list": f"一次录入 1 到 {MOST} 人，现有 {len(rows)} 人"})
        taken, problems = _accepted(rows)
        with self.database.writing() as session:
            by = _keeper(session, by)
            known = {(r.name, r.organisation) for r in session.scalars(select(ContactRow)) if r.active}
            for n, row in enumerate(taken, 1):
                if (one := (row["name"], row["organisation"] or "")) in known:
                    problems[n] = f"{row['name']}已在通讯录里，不必再录"
                known.add(one)
            if problems:
                raise Refused(_told(rows, problems))
            new = {GUEST + secrets.token_hex(6): _cells(row) for row in taken}
            session.execute(
                insert(ContactRow), [{"id": who, "active": True, **row} for who, row in new.items()]
            )
            for who, row in new.items():
                journal.record(session, self.key, now, by.id, "contact.added", row["name"], {"id": who})
            session.commit()
        return list(new)

    def change(self, who: str, values: Mapping[str, Any], now: datetime, *, by: Person) -> None:
        """Other particulars of a contact, or how a person with an account is reached."""
        data = _cells(accept(CONTACT if is_guest(who) else REACHED, values))
        kind: type[ContactRow] | type[PersonRow] = ContactRow if is_guest(who) else PersonRow
        with self.database.writing() as session:
            by = _keeper(session, by, own=who)
            row: Any = session.get(kind, who)
            if row is None or not row.active:
                raise NotFound("通讯录里没有这个人，请刷新后再看")
            session.execute(update(kind).where(kind.id == who).values(**data))
            journal.record(session, self.key, now, by.id, "contact.changed", row.name, {"id": who})
            session.commit()

    def remove(self, who: str, now: datetime, *, by: Person) -> None:
        """Take a contact out: named no more, but what they were named in keeps their name."""
        with self.database.writing() as session:
            by = _keeper(session, by)
            row = session.get(ContactRow, who)
            if row is None or not row.active:
                raise NotFound("通讯录里没有这个人，请刷新后再看")
            session.execute(
                update(ContactRow).where(ContactRow.id == who).values(active=False, mobile="", email="")
            )
            journal.record(session, self.key, now, by.id, "contact.removed", row.name, {"id": who})
            session.commit()


def _keeper(session: Session, by: Person, own: str = "") -> Person:
    by = acting(session, by.id)
    if by.id != own and (reason := why_not_keep_contacts(by)):
        raise NotAllowed(reason)
    return by


def _cells(data: Mapping[str, Any]) -> dict[str, str]:
    return {key: value or "" for key, value in data.items()}


def _accepted(rows: Sequence[Mapping[str, Any]]) -> tuple[list[dict[str, Any]], dict[int, str]]:
    """The rows as they are kept, and by its number what is wrong with one."""
    taken, problems = list[dict[str, Any]](), dict[int, str]()
    for n, row in enumerate(rows, 1):
        try:
            taken.append(accept(CONTACT, row))
        except Refused as refusal:
            problems[n] = str(refusal)
            taken.append({"name": "", "organisation": ""})
    return taken, problems


def _told(rows: Sequence[Mapping[str, Any]], problems: Mapping[int, str]) -> dict[str, str]:
    """One row's problem beside the form, those of a list under `list`, a line each."""
    if len(rows) == 1:
        return {"name": problems[1]}
    return {"list": "\n".join(f"第 {n} 行：{said}" for n, said in sorted(problems.items()))}

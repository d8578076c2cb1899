"""One case: how it stands, what happened to it, its files, and what was begun for it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pandas as pd
from sqlalchemy import or_, select

from core.case import Case, names_in
from core.contacts import Contact
from core.errors import NotFound
from core.papers import Dossier
from core.policy import why_not_keep_contacts
from core.words import Told
from db import contacts, registers
from db.contacts import reached
from db.reading.sight import Sight
from db.tables import CASE, AttachmentRow, DraftRow, EventRow, FileRow, LinkRow
from db.telling import HISTORY, told
from db.unit import IN_ORDER, load_all, to_event


class Cases(Sight):
    """One case and what belongs to it."""

    def case(self, case_id: str) -> Case:
        """One case. `NotFound`, in the same words, if it is not there or not for this person (P16)."""
        with self._database.reading() as session:
            return self._case(session, case_id)

    def linked(self, case_id: str) -> pd.DataFrame:
        """The cases that this one names and those that name it, within what the person may see (N20): `CASES`."""
        self.case(case_id)
        of_it = select(LinkRow.other_id).where(LinkRow.case_id == case_id)
        with_it = select(LinkRow.case_id).where(LinkRow.other_id == case_id)
        return self._cases(self._visible().where(or_(CASE.id.in_(of_it), CASE.id.in_(with_it))))

    def proposed(self, case_id: str) -> dict[str, Any]:
        """What the cases that name this one propose for its forms, as a reply its number (N20): field → value."""
        self.case(case_id)
        naming = self._visible(CASE.id).where(
            CASE.id.in_(select(LinkRow.case_id).where(LinkRow.other_id == case_id))
        )
        with self._database.reading() as session:
            found = [self._case(session, one) for one in session.scalars(naming.order_by(CASE.opened_at))]
        return {
            key: value
            for one in found
            if not one.voided
            for key, value in one.process.proposes(one.data).items()
        }

    def children(self, case_id: str) -> list[Case]:
        """The child cases of one, in the order in which they were opened."""
        with self._database.reading() as session:
            self._case(session, case_id)
            query = self._visible(CASE.id).where(CASE.parent_id == case_id)
            ids = session.scalars(query.order_by(*IN_ORDER)).all()
            return load_all(session, ids, self.standard())

    def history(self, case_id: str) -> pd.DataFrame:
        """Everything that happened to a case and its children, newest first.

        Its columns are `HISTORY`.
        """
        with self._database.reading() as session:
            case = self._case(session, case_id)
            standard, people = self.standard(), self.directory()
            zone = self.calendar().zone
            family = self._visible(CASE.id, CASE.title).where(
                or_(CASE.id == case.id, CASE.parent_id == case.id)
            )
            titles: dict[str, str] = dict(session.execute(family).all())
            past = select(EventRow).where(EventRow.case_id.in_(titles)).order_by(EventRow.id.desc())
            rows = [told(to_event(row), standard, people, zone, titles) for row in session.scalars(past)]
        return pd.DataFrame(rows, columns=HISTORY)

    def events(self, case_id: str) -> Sequence[Told]:
        """What happened to a case itself, its children aside, the first event first."""
        with self._database.reading() as session:
            case = self._case(session, case_id)
            standard, people, zone = self.standard(), self.directory(), self.calendar().zone
            past = select(EventRow).where(EventRow.case_id == case.id).order_by(EventRow.seq)
            rows = (
                told(to_event(row), standard, people, zone, {case.id: case.title})
                for row in session.scalars(past)
            )
            return cast(Sequence[Told], [SimpleNamespace(**row) for row in rows])

    def marks(self, case_id: str) -> tuple[tuple[str, int], ...]:
        """What tells whether anything has happened to a case or a child of it: each one's id and its newest count."""
        family = or_(CASE.id == case_id, CASE.parent_id == case_id)
        with self._database.reading() as session:
            found = session.execute(self._visible(CASE.id, CASE.seq).where(family).order_by(CASE.id)).all()
            if case_id not in {row.id for row in found}:
                self._case(session, case_id)
        return tuple((row.id, row.seq) for row in found)

    def dossier(self, case_id: str) -> Dossier:
        """Everything the papers of a case are made from, as this person may see it now."""
        case = self.case(case_id)
        return Dossier(
            case=case,
            children=self.children(case_id),
            history=cast(Sequence[Told], [*self.history(case_id).iloc[::-1].itertuples()]),
            standard=self.standard(),
            people=self.directory(),
            calendar=self.calendar(),
            profile=self.profile(),
            now=self._clock(),
            linked=[self.case(one) for one in self.linked(case_id)["id"]],
            parent=self.case(case.parent_id) if case.parent_id else None,
            contacts=self._contacts(case),
        )

    def _contacts(self, case: Case) -> Mapping[str, Contact]:
        """Unit and post of those a case names; how they are reached only for who keeps the address book (R74)."""
        named = [name for key in case.process.naming for name in names_in(case, key)]
        with self._database.reading() as session:
            found = reached(session, named) if named else {}
        if why_not_keep_contacts(self._person):
            found = {who: replace(one, mobile="", email="") for who, one in found.items()}
        return found

    def attachments(self, case_id: str) -> pd.DataFrame:
        """Files of a case and its children: `id, name, size, kind, at, digest`."""
        with self._database.reading() as session:
            self._case(session, case_id)
            family = self._visible(CASE.id).where(or_(CASE.id == case_id, CASE.parent_id == case_id))
            query = (
                select(
                    AttachmentRow.id,
                    AttachmentRow.name,
                    FileRow.size,
                    FileRow.kind,
                    AttachmentRow.at,
                    AttachmentRow.digest,
                )
                .join(FileRow, FileRow.digest == AttachmentRow.digest)
                .where(AttachmentRow.case_id.in_(family))
                .order_by(AttachmentRow.at, AttachmentRow.name)
            )
            rows = session.execute(query).all()
        return pd.DataFrame(rows, columns=["id", "name", "size", "kind", "at", "digest"])

    def attachment(self, attachment_id: str) -> tuple[str, str, Path]:
        """Name, kind and place of a file, if this person may see the case it belongs to."""
        query = (
            self._visible(AttachmentRow.name, FileRow.kind, FileRow.digest)
            .join(AttachmentRow, AttachmentRow.case_id == CASE.id)
            .join(FileRow, FileRow.digest == AttachmentRow.digest)
            .where(registers.equals(AttachmentRow.id, attachment_id))
        )
        with self._database.reading() as session:
            row = session.execute(query).one_or_none()
            of = select(AttachmentRow.case_id).where(registers.equals(AttachmentRow.id, attachment_id))
            if row is None and (hidden := session.scalar(of)):
                self._not_for(hidden)
        if row is None or not self._files.path(row[2]).exists():
            raise NotFound("没有这个文件，或不在您的知悉范围")
        return row[0], row[1], self._files.path(row[2])

    def draft(self, form: str) -> Mapping[str, Any]:
        """What this person has typed into a form and not handed in; empty if nothing."""
        with self._database.reading() as session:
            row = session.get(DraftRow, (self._person.id, form))
            return dict(row.values) if row else {}

    def drafts(self, case_id: str) -> dict[str, Mapping[str, Any]]:
        """What this person has typed into the forms of a case and not handed in, by action."""
        query = select(DraftRow.form, DraftRow.values).where(
            DraftRow.person_id == self._person.id, DraftRow.form.startswith(f"{case_id}.", autoescape=True)
        )
        with self._database.reading() as session:
            return {form.removeprefix(f"{case_id}."): dict(values) for form, values in session.execute(query)}

    def writing(self, case_id: str, action: str, since: datetime) -> list[tuple[str, datetime]]:
        """Who else has typed into this form of a case since then and not handed it in, and when last (N17)."""
        self.case(case_id)
        query = select(DraftRow.person_id, DraftRow.saved_at).where(
            DraftRow.form == f"{case_id}.{action}",
            DraftRow.person_id != self._person.id,
            DraftRow.saved_at >= since,
        )
        people, zone = self.directory(), self.calendar().zone
        with self._database.reading() as session:
            found = session.execute(query.order_by(DraftRow.saved_at.desc())).all()
        return [(people.name(who), at.astimezone(zone)) for who, at in found]

    def reached(self, case_id: str) -> Mapping[str, Contact]:
        """How the people and contacts a case names are reached, by id: for whoever has it in hand or keeps the
        address book; nobody for others.
        """
        case = self.case(case_id)
        if self._person.id != case.owner and why_not_keep_contacts(self._person):
            return {}
        with self._database.reading() as session:
            return contacts.reached(
                session, [who for key in case.process.naming for who in names_in(case, key)]
            )

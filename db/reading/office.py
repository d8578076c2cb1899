"""The office itself: accounts, absences, calendar, changes of the standard."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date

import pandas as pd
from sqlalchemy import select

from core import amendment
from core.amendment import Amendment
from core.contacts import Contact
from core.errors import GONE, NotAllowed, NotFound
from core.policy import why_not_administer, why_not_keep_contacts
from core.ports import Absence
from core.recount import Change, Plan, plan
from db import absences, contacts, working_days
from db.reading.sight import OPEN, Sight
from db.tables import AmendmentRow, CaseRow, DepartmentRow, PersonRow, SpecialDayRow


class TheOffice(Sight):
    """What is to be known of the office, for whoever runs it."""

    def accounts(self) -> pd.DataFrame:
        """Accounts, for whoever manages them: `id, name, account, roles, clearance, department, active`,
        whether a second factor is on (`factor`) and whether a password was ever set (`ready`).
        """
        if why_not_administer(self._person):
            raise NotFound(GONE)
        columns = ["id", "name", "account", "roles", "clearance", "department", "active"]
        columns += ["factor", "ready"]
        query = select(
            PersonRow.id,
            PersonRow.name,
            PersonRow.account,
            PersonRow.roles,
            PersonRow.clearance,
            DepartmentRow.name,
            PersonRow.active,
            PersonRow.totp != "",
            PersonRow.password != "",
        ).outerjoin(DepartmentRow, DepartmentRow.id == PersonRow.department_id)
        with self._database.reading() as session:
            return pd.DataFrame(session.execute(query.order_by(PersonRow.created_at)), columns=columns)

    def contacts(self) -> pd.DataFrame:
        """Everybody who can be reached, contacts first, for whoever keeps the address book: `id, name,
        organisation, post, mobile, email`; what is unknown is empty.
        """
        if why_not_keep_contacts(self._person):
            raise NotFound(GONE)
        with self._database.reading() as session:
            return pd.DataFrame(
                contacts.everybody(session), columns=[field.name for field in fields(Contact)]
            )

    def absences(self) -> list[Absence]:
        """Absences now and to come: one's own, for administrators everybody's."""
        of = self._person.id if why_not_administer(self._person) else ""
        with self._database.reading() as session:
            zone = self.calendar().zone
            return absences.not_over(session, self._clock(), zone, of=of)

    def special_days(self, year: int) -> pd.DataFrame:
        """The days of a year that differ from their weekday: `day, kind, name, source`."""
        columns = (SpecialDayRow.day, SpecialDayRow.kind, SpecialDayRow.name, SpecialDayRow.source)
        inside = SpecialDayRow.day.between(date(year, 1, 1), date(year, 12, 31))
        with self._database.reading() as session:
            rows = session.execute(select(*columns).where(inside).order_by(SpecialDayRow.day)).all()
        return pd.DataFrame(rows, columns=["day", "kind", "name", "source"])

    def amendments(self, process: str) -> Mapping[int, Amendment]:
        """The office's own approved changes of a process, by the version that each made."""
        query = select(AmendmentRow).where(AmendmentRow.process == process).order_by(AmendmentRow.id)
        with self._database.reading() as session:
            return {row.version: amendment.unpack(row.data) for row in session.scalars(query)}

    def recount(self, change: Change) -> tuple[Plan, int]:
        """What a change of the calendar comes to: of cases only those this person may see, and how many
        more would move. Raises `NotAllowed` for whoever may not change it.
        """
        if reason := why_not_administer(self._person):
            raise NotAllowed(reason)
        with self._database.reading() as session:
            promises = working_days.promises(session, self.standard())
            made = plan(working_days.days(session), change, self.calendar(), promises)
            visible = set(session.scalars(self._visible(CaseRow.id).where(OPEN)))
        moved = tuple(move for move in made.moved if move.promise.case_id in visible)
        by_hand = tuple(promise for promise in made.by_hand if promise.case_id in visible)
        return replace(made, moved=moved, by_hand=by_hand), len(made.moved) - len(moved)

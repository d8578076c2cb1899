"""The record, for the auditor: what was done to cases, to the office, and who signed in."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, or_, select

from core.errors import NotAllowed
from core.policy import why_not_audit
from db import journal, registers
from db.reading.sight import Sight, within
from db.sessions import ENDED, FAILED, HALFWAY, PASSED, SIGNED_IN, STARTED, WAITING
from db.tables import CaseRow, EventRow, JournalRow, PersonRow, SignInRow
from db.telling import HISTORY, told
from db.unit import to_event

LOG = [*HISTORY, "id", "number", "root_id", "process_title"]
"""Columns of a frame of events over all cases."""

JOURNAL = ["id", "at", "by_name", "action_title", "subject", "changes"]
"""Columns of a frame of the journal."""

OUTCOMES = {
    STARTED: "未完成",
    FAILED: "失败",
    SIGNED_IN: "成功",
    WAITING: "等待中被拒",
    HALFWAY: "密码正确，未验证",
    PASSED: "密码正确，已验证",
    ENDED: "密码正确，已作废",
}
"""How an attempt to sign in ended, in words."""


class Record(Sight):
    """What happened, searched."""

    def log(
        self,
        *,
        by: str = "",
        actions: Collection[str] = (),
        process: str = "",
        text: str = "",
        first: date | None = None,
        last: date | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> pd.DataFrame:
        """What happened to every case within the person's clearance, newest first.

        Narrowed by who did it or was stood in for, what was done, of which process, words of the case,
        and days of the office, both included. Its columns are `LOG`.
        """
        self._audits()
        query = self._visible(EventRow, CaseRow.number, CaseRow.root_id, CaseRow.title)
        query = query.join(EventRow, EventRow.case_id == CaseRow.id)
        for wanted, condition in (
            (by, or_(EventRow.by == by, EventRow.acting_for == by)),
            (actions, EventRow.action.in_(actions)),
            (process, EventRow.process == process),
        ):
            query = query.where(condition) if wanted else query
        for word in text.split():
            query = query.where(registers.has(word))
        with self._database.reading() as session:
            standard, people = self.standard(), self.directory()
            zone = self.calendar().zone
            found = session.execute(
                _newest(query, EventRow, within(EventRow.at, first, last, zone), limit, offset)
            )
            rows = [
                {
                    **told(to_event(event), standard, people, zone, {event.case_id: title}),
                    "id": event.id,
                    "number": number,
                    "root_id": root_id,
                    "process_title": standard.version(event.process, event.version).title,
                }
                for event, number, root_id, title in found
            ]
        return pd.DataFrame(rows, columns=LOG)

    def journal(
        self,
        *,
        by: str = "",
        action: str = "",
        text: str = "",
        first: date | None = None,
        last: date | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> pd.DataFrame:
        """What was done to the office itself, newest first: columns `JOURNAL`, the changes in words.

        Narrowed by who did it, what was done, words of what it was done to, and days, both included.
        """
        self._audits()
        query = select(JournalRow)
        for wanted, condition in ((by, JournalRow.by == by), (action, JournalRow.action == action)):
            query = query.where(condition) if wanted else query
        for word in text.split():
            query = query.where(registers.holds(JournalRow.subject, word))
        with self._database.reading() as session:
            people, zone = self.directory(), self.calendar().zone
            found = session.scalars(
                _newest(query, JournalRow, within(JournalRow.at, first, last, zone), limit, offset)
            )
            rows = [
                (
                    row.id,
                    row.at.astimezone(zone),
                    people.name(row.by),
                    journal.TITLES.get(row.action, row.action),
                    row.subject,
                    journal.said(row.data, people.name),
                )
                for row in found
            ]
        return pd.DataFrame(rows, columns=JOURNAL)

    def sign_ins(
        self,
        *,
        account: str = "",
        first: date | None = None,
        last: date | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> pd.DataFrame:
        """Attempts to sign in, newest first: `at, account, name, address, outcome` (in words)."""
        self._audits()
        query = select(
            SignInRow.at, SignInRow.account, PersonRow.name, SignInRow.address, SignInRow.outcome
        ).outerjoin(PersonRow, PersonRow.account == SignInRow.account)
        if account:
            query = query.where(registers.holds(SignInRow.account, account.strip().lower()))
        with self._database.reading() as session:
            zone = self.calendar().zone
            found = session.execute(
                _newest(query, SignInRow, within(SignInRow.at, first, last, zone), limit, offset)
            )
            rows = [
                (at.astimezone(zone), tried, name or "", address, OUTCOMES.get(outcome, outcome))
                for at, tried, name, address, outcome in found
            ]
        return pd.DataFrame(rows, columns=["at", "account", "name", "address", "outcome"])

    def _audits(self) -> None:
        if reason := why_not_audit(self._person):
            raise NotAllowed(reason)


def _newest(query: Any, row: Any, days: Iterable[ColumnElement[bool]], limit: int, offset: int) -> Any:
    """One page of a list of the record, the newest first."""
    return query.where(*days).order_by(row.id.desc()).limit(limit).offset(offset)

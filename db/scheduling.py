"""One transaction that also reaches the schedule: the `SchedulingUnit` that `core.scheduling` asks for; and feeds."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from core.conflicts import Span
from core.errors import NotAllowed, NotFound
from core.people import Person
from core.processes import SHIPPED
from core.schedule import Entry, Resource, Rules, Use
from db import schedule, tokens
from db.accounts import acting
from db.engine import Database
from db.tables import EntryRow, FeedRow
from db.unit import SqlUnit, load_all

DEAD = "这个订阅链接不对，或者已停用"
"""One sentence for a feed that was never opened and for one that was revoked."""


class SqlSchedulingUnit(SqlUnit):
    """The writing transaction of a command on the schedule, or on any case."""

    def rules(self) -> Rules:
        return self._once(schedule.rules)

    def set_rules(self, values: Mapping[str, Any]) -> None:
        schedule.set_rules(self._session, values)

    def resources(self) -> Mapping[str, Resource]:
        return self._once(schedule.resources)

    def keep_resource(self, one: Resource) -> None:
        schedule.keep_resource(self._session, one)
        self._known.pop(schedule.resources, None)

    def entry(self, entry_id: str) -> Entry | None:
        self._flush()
        return schedule.entry(self._session, entry_id)

    def uses(self, whom: Collection[str], within: Sequence[Span]) -> list[Use]:
        self._flush()
        return schedule.uses(self._session, whom, within)

    def keep_entry(self, entry: Entry, times: Sequence[Span]) -> None:
        self._flush()
        schedule.keep(self._session, entry, times)

    def await_decision(self, entry_id: str, case_id: str, sides: Sequence[tuple[str, datetime]]) -> None:
        self._flush()
        schedule.await_decision(
            self._session, entry_id, case_id, [(one, at.isoformat()) for one, at in sides]
        )

    def awaiting(self, case_id: str) -> tuple[Entry, Sequence[tuple[str, datetime]]] | None:
        self._flush()
        return schedule.awaiting(self._session, case_id)

    def waits_for(self, entry_id: str) -> str:
        """The case whose decision an entry waits for, empty where it waits for none."""
        return self._session.scalar(select(EntryRow.conflict_id).where(EntryRow.id == entry_id)) or ""

    def follow(self, case_ids: Sequence[str]) -> None:
        """Put these cases on the calendar as they stand."""
        cases = load_all(self._session, case_ids, self.standard())
        schedule.follow(self._session, cases, self.calendar())

    def open_feed(self, about: str, person_id: str, at: datetime) -> str:
        """A feed through this person's eyes; the token of its link, of which only the digest is kept."""
        token = tokens.new()
        self._session.add(
            FeedRow(
                id=self.new_id(), token_hash=tokens.digest(token), about=about, person_id=person_id, at=at
            )
        )
        self._session.flush()
        return token

    def revoke_feed(self, feed_id: str, person_id: str, at: datetime) -> str:
        """What the feed was about; empty where this person has no such feed."""
        row = self._session.get(FeedRow, feed_id)
        if row is None or row.revoked_at or row.person_id != person_id:
            return ""
        row.revoked_at = at
        self._session.flush()
        return row.about


@dataclass(frozen=True)
class Feed:
    """A feed that was opened: about whom or what, and when."""

    id: str
    about: str
    at: datetime


def feeds(database: Database, person_id: str) -> list[Feed]:
    """The feeds that somebody has opened and not revoked, the newest first."""
    mine = select(FeedRow).where(FeedRow.person_id == person_id, FeedRow.revoked_at.is_(None))
    with database.reading() as session:
        return [Feed(row.id, row.about, row.at) for row in session.scalars(mine.order_by(FeedRow.at.desc()))]


def fed(database: Database, token: str) -> tuple[Person, str]:
    """Through whose eyes a feed reads, and about whom; `NotFound` for a token that holds no more.

    Whoever has left the office takes their feeds along.
    """
    with database.reading() as session:
        digest = tokens.digest(token) if token.isascii() and len(token) < 100 else secrets.token_hex()
        row = session.scalar(
            select(FeedRow).where(FeedRow.token_hash == digest, FeedRow.revoked_at.is_(None))
        )
        if row is None:
            raise NotFound(DEAD)
        try:
            return acting(session, row.person_id), row.about
        except NotAllowed as gone:
            raise NotFound(DEAD) from gone


def catch_up(database: Database, unit: SqlSchedulingUnit) -> int:
    """Put meetings and receptions on the calendar that were recorded before there was one; how many."""
    happening = [key for key, versions in SHIPPED.items() if versions[-1].happens]
    with database.reading() as session:
        left = schedule.missing(session, happening)
    if left:
        with unit:
            unit.follow(left)
            unit.commit()
    return len(left)

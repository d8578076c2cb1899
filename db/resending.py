"""What a person decides about messages that did not go out: send again, told in another way; and trying a channel."""

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from core.errors import GONE, NotAllowed, NotFound, OfficeError
from core.messages import (
    Channel,
    State,
    address,
    one_line,
    why_not_again,
    why_not_told,
    why_withheld,
)
from core.people import Person
from core.policy import why_not_administer, why_not_see, why_not_send_again
from db import journal, office_data
from db.accounts import acting
from db.channels import Channels
from db.channels.letters import Letter, NotSent
from db.contacts import reached
from db.engine import Database
from db.tables import CaseRow, MessageRow
from db.unit import load

Outcome = Mapping[str, str | None]
"""Message id → None if it was done, else why not."""


@dataclass(frozen=True)
class Resending:
    """Commands on messages; each asks the database who gives it, and policy whether they may."""

    database: Database
    key: bytes
    """The chain's key: what is decided here stands in the journal."""
    channels: Channels

    def again(self, message_ids: Iterable[str], now: datetime, *, by: Person) -> Outcome:
        """Send these once more, to where the addressee is reached now. Only a person does this (C21)."""
        return self._each(message_ids, self._again, now, by)

    def told(self, message_ids: Iterable[str], now: datetime, *, by: Person) -> Outcome:
        """Say of these that the addressee was told in another way, as on the telephone."""
        return self._each(message_ids, self._told, now, by)

    def test(self, channel: Channel, now: datetime, *, by: Person) -> str:
        """Send a test by this channel to oneself, now; what came of it, in one sentence."""
        with self.database.reading() as session:
            by = acting(session, by.id)
            if reason := why_not_administer(by):
                raise NotAllowed(reason)
            contact = reached(session, [by.id])[by.id]
            office = office_data.profile(session).name
        if reason := self.channels.missing.get(channel) or why_withheld(channel, contact, [channel]):
            raise NotAllowed(reason)
        words = f"这是{office}文秘工作台的测试通知，收到说明{channel.label}通道可用。"
        where = address(channel, contact)
        letter = Letter(secrets.token_hex(12), by.name, where, "测试通知", words, "", now)
        said = self._tried(channel, letter)
        with self.database.writing() as session:
            told = {"channel": channel.label, "outcome": said}
            journal.record(session, self.key, now, by.id, "message.tested", by.name, told)
            session.commit()
        return said

    def _tried(self, channel: Channel, letter: Letter) -> str:
        try:
            self.channels.senders[channel].send(letter)
        except NotSent as trouble:
            return f"{channel.label}没有发成：{trouble}"
        return f"{channel.label}已发出，请看是否收到"

    def _each(
        self,
        message_ids: Iterable[str],
        do: "Callable[[Session, MessageRow, datetime], str]",
        now: datetime,
        by: Person,
    ) -> Outcome:
        outcome: dict[str, str | None] = {}
        with self.database.writing() as session:
            by = acting(session, by.id, now)
            for message_id in dict.fromkeys(message_ids):
                try:
                    row, case = self._of(session, message_id, by)
                    was = State(row.state).label
                    action = do(session, row, now)
                    told = {"number": case.number, "channel": Channel(row.channel).label, "was": was}
                    journal.record(session, self.key, now, by.id, action, row.name, told)
                    outcome[message_id] = None
                except OfficeError as refusal:
                    outcome[message_id] = str(refusal)
            session.commit()
        return outcome

    def _of(self, session: Session, message_id: str, by: Person) -> tuple[MessageRow, CaseRow]:
        """The message and its case, if this person may decide about it."""
        row = session.get(MessageRow, message_id)
        case = session.get(CaseRow, row.case_id) if row else None
        if row is None or case is None:
            raise NotFound(GONE)
        known = load(session, case.id, office_data.standard(session))
        if why_not_see(by, known):
            raise NotFound(GONE)
        if reason := why_not_send_again(by, known):
            raise NotAllowed(reason)
        return row, case

    def _again(self, session: Session, row: MessageRow, now: datetime) -> str:
        channel = Channel(row.channel)
        contact = reached(session, [row.recipient]).get(row.recipient)
        reason = why_not_again(State(row.state)) or why_withheld(channel, contact, self.channels.senders)
        if reason or contact is None:
            raise NotAllowed(reason or GONE)
        _set(
            session,
            row,
            state=State.WAITING.value,
            address=address(channel, contact)[:200],
            name=one_line(contact.name, 80),
            attempts=0,
            next_at=now,
            claimed_by="",
            claimed_until=None,
            error="",
        )
        return "message.resent"

    def _told(self, session: Session, row: MessageRow, now: datetime) -> str:
        if reason := why_not_told(State(row.state)):
            raise NotAllowed(reason)
        _set(session, row, state=State.TOLD.value, claimed_by="", sent_at=now)
        return "message.told"


def _set(session: Session, row: MessageRow, **values: Any) -> None:
    session.execute(update(MessageRow).where(MessageRow.id == row.id).values(**values))

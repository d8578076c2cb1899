"""What was sent to people, by which channel, and how far it came (R29, C21)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from core.errors import NotAllowed
from core.messages import NOT_OUT, Channel, State, masked
from core.policy import why_not_watch_messages
from db import registers
from db.reading.sight import Sight
from db.tables import CaseRow, MessageRow, NoticeRow

MESSAGES = [
    "id", "case_id", "number", "title", "occasion", "to", "name", "channel", "address", "subject", "state",
    "at", "tried_at", "next_at", "sent_at", "seen_at", "attempts", "error",
]  # fmt: skip
"""Columns of a frame of messages: addresses masked, moments with the office's zone."""

_MOMENTS = ("at", "tried_at", "next_at", "sent_at", "seen_at")

_STATE: ColumnElement[str] = case(
    (and_(MessageRow.state == State.SENT.value, NoticeRow.seen_at.is_not(None)), State.SEEN.value),
    else_=MessageRow.state,
)


class Messages(Sight):
    """The outbox, of the cases that a person may see."""

    def messages(self, case_id: str) -> pd.DataFrame:
        """What was sent of a case and its children, oldest first: columns `MESSAGES`."""
        with self._database.reading() as session:
            self._case(session, case_id)
        family = or_(CaseRow.id == case_id, CaseRow.parent_id == case_id)
        return self._messages(self._posted(family).order_by(MessageRow.at, MessageRow.name, MessageRow.id))

    def unsent(self, *, able: Collection[Channel] = tuple(Channel), limit: int = 200) -> pd.DataFrame:
        """What did not go out or may not have, newest first, for whoever looks after it: columns `MESSAGES`.

        Of what was never tried only where one of these channels could: for a channel that is not configured
        there is nothing to be done message by message.
        """
        return self.outbox(states=NOT_OUT, able=able, limit=limit)

    def outbox(
        self,
        *,
        states: Sequence[State] = (),
        able: Collection[Channel] = tuple(Channel),
        channel: str = "",
        text: str = "",
        limit: int = 50,
        offset: int = 0,
    ) -> pd.DataFrame:
        """The newest messages, in these states, by this channel, with these words in name, subject or number."""
        self._watches()
        said = (MessageRow.name, MessageRow.subject, CaseRow.number)
        wanted = [or_(*(registers.holds(column, word) for column in said)) for word in text.split()]
        if states:
            wanted.append(_STATE.in_([state.value for state in states]))
        if set(able) != set(Channel):
            wanted.append(or_(MessageRow.state != State.WITHHELD.value, MessageRow.channel.in_(able)))
        if channel:
            wanted.append(MessageRow.channel == channel)
        query = self._posted(*wanted).order_by(MessageRow.at.desc(), MessageRow.name, MessageRow.id)
        return self._messages(query.limit(limit).offset(offset))

    def message_counts(self) -> Mapping[tuple[State, Channel], int]:
        """How many messages there are in each state by each channel."""
        self._watches()
        query = _joined(self._visible(_STATE, MessageRow.channel, func.count()))
        with self._database.reading() as session:
            found = session.execute(query.group_by(_STATE, MessageRow.channel))
            return {(State(state), Channel(channel)): n for state, channel, n in found}

    def channel_health(self) -> Mapping[Channel, tuple[datetime | None, datetime | None, str]]:
        """Of each channel when it last sent, when it last failed, and why: moments with the office's zone."""
        self._watches()
        sent = select(MessageRow.channel, func.max(MessageRow.sent_at)).where(
            MessageRow.state == State.SENT.value
        )
        failed = and_(MessageRow.error != "", MessageRow.tried_at.is_not(None))
        last = select(MessageRow.channel, func.max(MessageRow.tried_at)).where(failed)
        found: dict[Channel, tuple[datetime | None, datetime | None, str]] = {}
        zone = self.calendar().zone
        with self._database.reading() as session:
            when = {row[0]: row[1] for row in session.execute(sent.group_by(MessageRow.channel))}
            trouble = {row[0]: row[1] for row in session.execute(last.group_by(MessageRow.channel))}
            for channel in Channel:
                at = trouble.get(channel.value)
                why = select(MessageRow.error).where(
                    failed, MessageRow.channel == channel.value, MessageRow.tried_at == at
                )
                said = session.scalar(why.limit(1)) if at else ""
                ok = when.get(channel.value)
                found[channel] = (
                    ok.astimezone(zone) if ok else None, at.astimezone(zone) if at else None, said or "",
                )  # fmt: skip
        return found

    def _watches(self) -> None:
        if reason := why_not_watch_messages(self._person):
            raise NotAllowed(reason)

    def _posted(self, *conditions: ColumnElement[bool]) -> Select[Any]:
        columns = (
            MessageRow.id, MessageRow.case_id, CaseRow.number, CaseRow.title, MessageRow.occasion,
            MessageRow.recipient, MessageRow.name, MessageRow.channel, MessageRow.address, MessageRow.subject,
            _STATE, MessageRow.at, MessageRow.tried_at, MessageRow.next_at, MessageRow.sent_at,
            NoticeRow.seen_at, MessageRow.attempts, MessageRow.error,
        )  # fmt: skip
        return _joined(self._visible(*columns)).where(*conditions)

    def _messages(self, query: Select[Any]) -> pd.DataFrame:
        zone = self.calendar().zone
        with self._database.reading() as session:
            rows = [dict(zip(MESSAGES, row, strict=True)) for row in session.execute(query)]
        for row in rows:
            row["address"] = "" if row["channel"] == Channel.OA.value else masked(row["address"])
            row |= {key: row[key].astimezone(zone) if row[key] else None for key in _MOMENTS}
        return pd.DataFrame(rows, columns=MESSAGES, dtype=object)


def _joined(query: Select[Any]) -> Select[Any]:
    return query.join(MessageRow, MessageRow.case_id == CaseRow.id).outerjoin(
        NoticeRow, NoticeRow.id == MessageRow.notice_id
    )

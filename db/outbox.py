"""The outbox: messages leave after what caused them is committed, by every channel, each at most once (C21).

`post` writes a row a channel in the transaction of the cause. A `Dispatcher` claims a row by an update that
must change exactly one, sends outside any transaction, and records the outcome. Whoever dies in between
leaves a claimed row; once the claim is over nobody can know whether it left, so it becomes 结果不明 and only
a person sends it again. The same holds for a gateway that took a message and never answered.

A row keeps what its signed link is for, never the link: that is made at the moment of sending, so neither
the database nor a backup of it holds anything with which somebody could act in another's name.
"""

import queue
import secrets
import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, and_, func, insert, or_, select, update
from sqlalchemy.orm import Session

from core.contacts import Contact
from core.errors import Unavailable
from core.messages import (
    LONGEST_SUBJECT,
    LONGEST_TEXT,
    Channel,
    Link,
    Message,
    State,
    address,
    next_try,
    one_line,
    spoken,
    taken_by,
    why_withheld,
)
from db.channels import Channels
from db.channels.letters import Later, Letter, Never, NotSent, Unclear
from db.engine import Database
from db.links import PREFIX, Links
from db.tables import MessageRow, NoticeRow

log = structlog.get_logger(__name__)

CLAIM = timedelta(minutes=3)
"""How long a claimed row may be on its way: longer than all the waiting of one attempt together."""

AT_ONCE = 4
"""Messages of one channel that are on their way at a time."""

DIED = "发送时程序中断，可能已经发出，请核实后再决定是否重发"
RESTORED = "数据恢复自备份，备份以后可能已经发出，请核实后再决定是否重发"
TOO_LATE = "链接已过有效期，没有发出"
BROKEN = "发送时程序出错，可能已经发出，请联系管理员"

_PENDING = (State.WAITING.value, State.RETRYING.value)


# --- posting ------------------------------------------------------------------------------------------


def post(
    session: Session,
    message: Message,
    contact: Contact | None,
    at: datetime,
    configured: Collection[Channel] = (),
) -> None:
    """Write the rows of a message in the transaction of what causes it; those that are there stay as they are.

    `contact` is how the addressee is reached, None if they are not here any more. What cannot be sent is
    written down with the reason. Of a classified case the message says nothing of what it is: whoever calls
    has made it `core.messages.neutral` (C23), as `SqlUnit.post` does for everybody.
    """
    same = (
        MessageRow.case_id == message.case_id,
        MessageRow.occasion == message.occasion,
        MessageRow.recipient == message.to,
    )
    there = set(session.scalars(select(MessageRow.channel).where(*same)))
    rows = [
        _row(session, message, channel, contact, at, configured)
        for channel in taken_by(configured)
        if channel.value not in there
    ]
    if rows:
        session.execute(insert(MessageRow), rows)


def leave_notice(session: Session, person_id: str, case_id: str, text: str, at: datetime) -> int:
    """Put a notice on somebody's desk; its id."""
    row = {"person_id": person_id, "case_id": case_id, "text": text, "at": at}
    made: int = session.execute(insert(NoticeRow).values(**row).returning(NoticeRow.id)).scalar_one()
    return made


def _row(
    session: Session,
    message: Message,
    channel: Channel,
    contact: Contact | None,
    at: datetime,
    configured: Collection[Channel],
) -> dict[str, Any]:
    why_not = why_withheld(channel, contact, configured)
    row = {
        "id": secrets.token_hex(12),
        "case_id": message.case_id,
        "occasion": message.occasion,
        "recipient": message.to,
        "name": one_line(contact.name if contact else message.to, 80),
        "channel": channel.value,
        "address": address(channel, contact)[:200] if contact else "",
        "subject": one_line(message.subject, LONGEST_SUBJECT),
        "text": _cleaned(message.text),
        "link": _kept(message.link),
        "at": at,
        "state": (State.WITHHELD if why_not else State.WAITING).value,
        "attempts": 0,
        "next_at": None if why_not else at,
        "claimed_by": "",
        "claimed_until": None,
        "tried_at": None,
        "sent_at": None,
        "error": why_not or "",
        "notice_id": None,
    }
    if channel is Channel.OA and not why_not:  # it lies on the desk with this very transaction
        notice = leave_notice(session, message.to, message.case_id, spoken(message.text), at)
        row |= {"state": State.SENT.value, "next_at": None, "sent_at": at, "notice_id": notice}
    return row


def _cleaned(text: str) -> str:
    """The lines of a text, without signs that steer."""
    return "\n".join(one_line(line, LONGEST_TEXT) for line in text.splitlines())[:LONGEST_TEXT]


def _kept(link: Link | str) -> dict[str, str]:
    """What is kept of a link: what it is for. A link that is signed already is a mistake of the caller."""
    if isinstance(link, Link):
        return {"purpose": link.purpose, "subject": link.subject, "until": link.until.isoformat()}
    if link.startswith(PREFIX) or (link and not link.startswith("/")):
        raise ValueError("a message keeps what its link is for, or the path of a page")
    return {"path": link} if link else {}


def hush(session: Session, case_id: str, message: Callable[[Message], Message]) -> None:
    """The messages of a case say from now on what `message` makes of them: its grade was corrected."""
    for row in session.scalars(select(MessageRow).where(MessageRow.case_id == case_id)):
        said = message(Message(row.case_id, row.recipient, row.subject, row.text))
        row.subject, row.text, row.link = said.subject, said.text, {}
    session.flush()


def call_off(session: Session, case_ids: Sequence[str], reason: str) -> None:
    """What of these cases still waits, leaves no more; what is on its way may have left, and stays as it is."""
    waiting = (MessageRow.case_id.in_(case_ids), MessageRow.state.in_(_PENDING))
    over = {"state": State.CALLED_OFF.value, "next_at": None, "error": one_line(reason, 300)}
    session.execute(update(MessageRow).where(*waiting).values(**over))


def after_restore(session: Session) -> None:
    """What waited when a backup was made may have left since: nobody knows, and a person decides."""
    unclear = {"state": State.UNKNOWN.value, "next_at": None, "claimed_by": "", "error": RESTORED}
    on_the_way = MessageRow.state.in_([*_PENDING, State.SENDING.value])
    session.execute(update(MessageRow).where(on_the_way).values(**unclear))


# --- sending ------------------------------------------------------------------------------------------


class Dispatcher:
    """Sends what is due. Any number may run at once, in any number of processes: a row has one claim."""

    def __init__(
        self, database: Database, channels: Channels, links: Links, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._channels = channels
        self._links = links
        self._clock = clock
        self._stopping = threading.Event()
        self._workers: list[threading.Thread] = []

    def is_wanted(self, now: datetime) -> bool:
        """Whether there is anything to do; asked often, so it only reads."""
        query = select(MessageRow.id).where(or_(_due(now), _left_behind(now))).limit(1)
        with self._database.reading() as session:
            return session.scalar(query) is not None

    def run(self, now: datetime) -> None:
        """Send what is due now, some of each channel at a time, and return when that is done or `stop` was called."""
        self._settle(now)
        self._workers = [
            threading.Thread(target=self._work, args=(channel, waiting), daemon=True)
            for channel in self._channels.senders
            if (ids := self._waiting(channel, now))
            for waiting in [_queued(ids)]
            for _ in range(min(AT_ONCE, len(ids)))
        ]
        for worker in self._workers:
            worker.start()
        for worker in self._workers:
            while worker.is_alive() and not self._stopping.is_set():
                worker.join(0.2)

    def stop(self, patience: float = 5.0) -> None:
        """Begin nothing any more, and wait a little for what is on its way; the rest shows as 结果不明."""
        self._stopping.set()
        until = time.monotonic() + patience
        for worker in self._workers:
            worker.join(max(until - time.monotonic(), 0))

    def _settle(self, now: datetime) -> None:
        """Say of what the dead left behind that it is unclear, and of what no channel takes that it is not sent."""
        unclear = {"state": State.UNKNOWN.value, "next_at": None, "error": DIED}
        with self._database.writing() as session:
            session.execute(update(MessageRow).where(_left_behind(now)).values(**unclear))
            for channel, reason in self._channels.missing.items():
                withheld = {"state": State.WITHHELD.value, "next_at": None, "error": one_line(reason, 300)}
                waiting = MessageRow.channel == channel.value, MessageRow.state.in_(_PENDING)
                session.execute(update(MessageRow).where(*waiting).values(**withheld))
            session.commit()

    def _waiting(self, channel: Channel, now: datetime) -> Sequence[str]:
        """The ids that are due, no more than the channel takes in a minute."""
        mine = MessageRow.channel == channel.value
        tried = and_(mine, MessageRow.tried_at > now - timedelta(minutes=1))
        query = select(MessageRow.id).where(mine, _due(now)).order_by(MessageRow.next_at, MessageRow.at)
        with self._database.reading() as session:
            lately = session.scalar(select(func.count()).select_from(MessageRow).where(tried)) or 0
            room = self._channels.senders[channel].per_minute - lately
            return session.scalars(query.limit(max(room, 0))).all()

    def _work(self, channel: Channel, waiting: "queue.SimpleQueue[str]") -> None:
        """Send one after the other. After a failure of the server the others wait for the next round."""
        while not self._stopping.is_set():
            try:
                if not self._deliver(channel, waiting.get_nowait()):
                    return
            except queue.Empty:
                return
            except Unavailable as trouble:
                log.warning("messages_wait_for_the_database", reason=str(trouble))
                return

    def _deliver(self, channel: Channel, message_id: str) -> bool:
        """Claim a message, send it and record what came of it; False where its server should be left alone."""
        claim = secrets.token_hex(8)
        taken = self._claimed(message_id, claim)
        if taken is None:
            return True
        letter, attempts = taken
        outcome = self._sent(channel, letter)
        self._record(message_id, claim, attempts, outcome)
        return not isinstance(outcome, Later)

    def _claimed(self, message_id: str, claim: str) -> tuple[Letter, int] | None:
        """The letter, if the message is still due and is now ours, and how often it was tried."""
        now = self._clock()
        sending = {
            "state": State.SENDING.value,
            "claimed_by": claim,
            "claimed_until": now + CLAIM,
            "tried_at": now,
            "attempts": MessageRow.attempts + 1,
        }
        mine = update(MessageRow).where(MessageRow.id == message_id, _due(now)).values(**sending)
        with self._database.writing() as session:
            rows = session.execute(mine.returning(*_LETTER)).all()
            if len(rows) != 1:
                return None
            if late := _too_late(rows[0].link, now):
                failed = {"state": State.FAILED.value, "next_at": None, "error": TOO_LATE}
                session.execute(update(MessageRow).where(MessageRow.id == message_id).values(**failed))
            session.commit()
        return None if late else (self._letter(rows[0], now), rows[0].attempts)

    def _letter(self, row: Any, now: datetime) -> Letter:
        is_private = Channel(row.channel).is_private
        url = self._url(row.link) if is_private else ""
        return Letter(row.id, row.name, row.address, row.subject, row.text, url, now)

    def _url(self, link: Mapping[str, str]) -> str:
        if "purpose" in link:
            until = datetime.fromisoformat(link["until"])
            path = self._links.address(link["purpose"], link["subject"], until)
        else:
            path = link.get("path", "")
        return f"{self._channels.public_url}{path}" if path else ""

    def _sent(self, channel: Channel, letter: Letter) -> NotSent | None:
        """Why the letter did not leave, or may not have; None if it did."""
        try:
            self._channels.senders[channel].send(letter)
        except NotSent as trouble:
            return trouble
        except Exception:  # a bug: nobody knows how far it came
            log.exception("message_failed", message=letter.id, channel=channel.value)
            return Unclear(BROKEN)
        return None

    def _record(self, message_id: str, claim: str, attempts: int, outcome: NotSent | None) -> None:
        """Write down what came of it, with some patience: a message that left should not stay unclear."""
        values = _outcome(outcome, attempts, self._clock())
        ours = MessageRow.id == message_id, MessageRow.claimed_by == claim
        for wait in (0.5, 2.0, None):
            try:
                with self._database.writing() as session:
                    session.execute(update(MessageRow).where(*ours).values(**values))
                    session.commit()
                break
            except Unavailable:
                if wait is None:
                    raise
                time.sleep(wait)
        log.info("message_tried", message=message_id, state=values["state"], attempts=attempts)


_LETTER = (
    MessageRow.id,
    MessageRow.channel,
    MessageRow.name,
    MessageRow.address,
    MessageRow.subject,
    MessageRow.text,
    MessageRow.link,
    MessageRow.attempts,
)


def _due(now: datetime) -> ColumnElement[bool]:
    return and_(MessageRow.state.in_(_PENDING), MessageRow.next_at <= now)


def _left_behind(now: datetime) -> ColumnElement[bool]:
    return and_(MessageRow.state == State.SENDING.value, MessageRow.claimed_until < now)


def _queued(ids: Iterable[str]) -> "queue.SimpleQueue[str]":
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
    for one in ids:
        waiting.put(one)
    return waiting


def _too_late(link: Mapping[str, str], now: datetime) -> bool:
    """Whether the link would be dead on arrival."""
    return "until" in link and datetime.fromisoformat(link["until"]) <= now


def _outcome(outcome: NotSent | None, attempts: int, now: datetime) -> dict[str, Any]:
    """How the row stands after an attempt."""
    over = {"claimed_until": None, "next_at": None, "error": one_line(str(outcome or ""), 300)}
    match outcome:
        case None:
            return {**over, "state": State.SENT.value, "sent_at": now}
        case Later() if again := next_try(attempts, now):
            return {**over, "state": State.RETRYING.value, "next_at": again}
        case Later() | Never():
            return {**over, "state": State.FAILED.value}
        case _:
            return {**over, "state": State.UNKNOWN.value}

"""What somebody sees through a link, without signing in: the few public facts of the one case it is for (P16).

Nothing here reads for a person with roles, and nothing of a classified case is told at all (C23).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from icalendar import Calendar, Event
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import ballots, by_link
from core.by_link import Signed, signed
from core.case import Case, meant_for, names_in
from core.contacts import Contact
from core.errors import NotAllowed, NotFound
from core.fields import Field
from core.people import Role
from core.ports import Clock, Directory
from core.process import Action
from core.processes import Standard
from core.processes.confirmation import COMES, DEPUTISED
from core.processes.meeting import INVITEES
from core.words import value
from core.worktime import WorkingCalendar
from db import office_data
from db.ballots import voted
from db.contacts import reached
from db.engine import Database
from db.links import BETWEEN, DEAD, Links, Purpose
from db.tables import CaseRow, LinkRow
from db.unit import load, told_of

ON_THE_SPOT = timedelta(minutes=15)
"""How long somebody who has read the room's QR code has to find their name."""

RECEIPT_FOR = timedelta(days=1)
"""How long the page that says 已签到 can be opened again."""

VOTING_FOR = timedelta(hours=12)
"""How long the way from an invitation to a ballot holds."""


@dataclass(frozen=True)
class Gathering:
    """What everybody who is asked to a meeting may know of it. `off` says why it does not take place."""

    id: str
    title: str
    when: str
    place: str
    remote: str
    prepare: str
    contact: str
    off: str


@dataclass(frozen=True)
class Invited:
    """An invitation as its invitee sees it.

    `who`: their id. `answer`: the answer so far, empty where there is none, `said` what was said with it, `comes` whether
    somebody comes. `ways`: how it may be answered now; `closed`: why not at all. `signed_at`: when they
    signed in; `signs_in`: by what they may now, a code or nothing but the link. `ballots`: question and path of
    the votes that wait for them. `seen`: the count to hand back with an answer.
    """

    meeting: Gathering
    who: str
    name: str
    seen: int
    answer: str
    said: tuple[tuple[str, str], ...]
    comes: bool
    answered_at: str
    ways: tuple[Action, ...]
    closed: str
    signed_at: str
    seat: str
    signs_in: str
    ballots: tuple[tuple[str, str], ...]
    calendar: bool


@dataclass(frozen=True)
class Expected:
    """Somebody on the list of a meeting, or who comes in their place; `instead_of` is the invitee's name then."""

    who: str
    name: str
    organisation: str
    instead_of: str
    signed_at: str


@dataclass(frozen=True)
class Door:
    """The sign-in page of a meeting: who is expected, and what is asked of those who are not."""

    meeting: Gathering
    expected: tuple[Expected, ...]
    asks: tuple[Field, ...]
    why_not: str


@dataclass(frozen=True)
class Receipt:
    """That somebody has signed in."""

    meeting: Gathering
    name: str
    at: str
    seat: str


@dataclass(frozen=True)
class Public:
    """Reads for whoever holds a link. Each function wants the subject of a link that was read, nothing else."""

    database: Database
    links: Links
    clock: Clock

    def invited(self, case_id: str) -> Invited:
        """The invitation with this id."""
        with self.database.reading() as session:
            seen = _Sight(session)
            invitation, meeting = seen.with_meeting(case_id)
            who = meant_for(invitation)
            now = self.clock()
            line = next((one for one in seen.sheet(meeting) if one.who == who), None)
            reason = by_link.why_not_answer(meeting, invitation) or ""
            answered = invitation.process.first is not invitation.stage and not invitation.voided
            can_sign = not line and not by_link.why_not_sign_in(meeting, now)
            return Invited(
                meeting=seen.gathering(invitation.data, meeting),
                who=who,
                name=seen.contact(who).name,
                seen=invitation.seq,
                answer=invitation.stage.title if answered else "",
                said=seen.said(invitation) if answered else (),
                comes=answered and _comes(invitation),
                answered_at=seen.day(invitation.entered_at) if answered else "",
                ways=by_link.ways(meeting, invitation),
                closed=reason,
                signed_at=seen.hour(line.at) if line else "",
                seat=_seat(meeting, who),
                signs_in=_signs_in(meeting) if can_sign else "",
                ballots=self._ballots(session, seen, meeting, who, now),
                calendar=not by_link.is_off(meeting) and not (answered and not _comes(invitation)),
            )

    def calendar(self, case_id: str) -> bytes:
        """The meeting of an invitation for the calendar of a phone (RFC 5545)."""
        with self.database.reading() as session:
            seen = _Sight(session)
            invitation, meeting = seen.with_meeting(case_id)
        if by_link.is_off(meeting):
            raise NotFound(DEAD)
        return _ics(invitation, self.clock(), seen.calendar)

    def door(self, meeting_id: str) -> Door:
        """The sign-in page of the meeting with this id."""
        with self.database.reading() as session:
            seen = _Sight(session)
            meeting = seen.case(meeting_id)
            return Door(
                meeting=seen.gathering(meeting.data, meeting),
                expected=tuple(seen.expected(meeting)),
                asks=by_link.asked_of_walk_ins(meeting),
                why_not=by_link.why_not_sign_in(meeting, self.clock()) or "",
            )

    def line_of(self, meeting_id: str, who: str, way: str) -> Mapping[str, Any]:
        """The line of the sign-in sheet for somebody on the list, or who comes in their place."""
        with self.database.reading() as session:
            seen = _Sight(session)
            meeting = seen.case(meeting_id)
            if who not in names_in(meeting, INVITEES.key):
                raise NotAllowed("参会名单里没有这个人，请填写姓名签到")
            own, deputy = seen.contact(who), seen.deputies(meeting).get(who, {})
        return {
            "attendee": who,
            "attendee_name": deputy.get("deputy_name") or own.name,
            "attendee_organisation": own.organisation,
            "attendee_post": deputy.get("deputy_post") if deputy else own.post,
            "attendee_contact": deputy.get("deputy_contact") if deputy else own.mobile or own.email,
            "way": way,
        }

    def step(self, case_id: str, key: str) -> Action | None:
        """A way to answer the invitation, whether it is open now or not; None if there is no such way."""
        with self.database.reading() as session:
            invitation = _Sight(session).case(case_id)
        known = {a.key: a for a in invitation.process.actions if a.to and Role.HANDLER in a.by}
        return known.get(key)

    def receipt(self, subject: str) -> Receipt:
        """That somebody has signed in, by the subject of its link."""
        meeting_id, _, seq = subject.partition(BETWEEN)
        with self.database.reading() as session:
            seen = _Sight(session)
            meeting = seen.case(meeting_id)
            line = next((one for one in seen.sheet(meeting) if str(one.seq) == seq), None)
            if line is None:
                raise NotFound(DEAD)
            return Receipt(
                meeting=seen.gathering(meeting.data, meeting),
                name=line.name,
                at=seen.hour(line.at),
                seat=_seat(meeting, line.who),
            )

    def _ballots(
        self, session: Session, seen: "_Sight", meeting: Case, who: str, now: datetime
    ) -> tuple[tuple[str, str], ...]:
        found = select(CaseRow.id).join(LinkRow, LinkRow.case_id == CaseRow.id)
        running = LinkRow.other_id == meeting.id, CaseRow.stage == ballots.RUNNING, CaseRow.is_open
        held = ((one, ballots.terms(seen.case(one).data)) for one in session.scalars(found.where(*running)))
        return tuple(
            (terms.question, self.links.address(Purpose.BALLOT, f"{one}{BETWEEN}{who}", now + VOTING_FOR))
            for one, terms in held
            if terms and who in terms.voters and who not in voted(session, one)
        )


class _Sight:
    """What is told of cases through links, in one transaction of reading."""

    def __init__(self, session: Session) -> None:
        told = office_data.known(session)
        self._session = session
        self._standard: Standard = office_data.standard(session, told)
        self.calendar: WorkingCalendar = office_data.calendar(session, told)

    @cached_property
    def people(self) -> Directory:
        return office_data.directory(self._session)

    def case(self, case_id: str) -> Case:
        case = load(self._session, case_id, self._standard)
        if case.grade.classified:
            raise NotFound(DEAD)
        return case

    def with_meeting(self, case_id: str) -> tuple[Case, Case]:
        invitation = self.case(case_id)
        if not invitation.parent_id:
            raise NotFound(DEAD)
        return invitation, self.case(invitation.parent_id)

    def contact(self, who: str) -> Contact:
        """Somebody by their id, without reading everybody else."""
        return reached(self._session, [who]).get(who) or Contact(who, self.people.name(who))

    def day(self, moment: datetime) -> str:
        local = moment.astimezone(self.calendar.zone)
        return f"{local.month}月{local.day}日 {local:%H:%M}"

    def hour(self, moment: datetime) -> str:
        return f"{moment.astimezone(self.calendar.zone):%H:%M}"

    def gathering(self, data: Mapping[str, Any], meeting: Case) -> Gathering:
        ends = data.get("ends_at")
        until = f"–{ends.astimezone(self.calendar.zone):%H:%M}" if ends else ""
        return Gathering(
            id=meeting.id,
            title=str(data["title"]),
            when=self.calendar.spoken(data["held_at"]) + until,
            place=data.get("place") or "",
            remote=data.get("remote_address") or "",
            prepare=data.get("to_prepare") or "",
            contact=data.get("contact") or "",
            off=by_link.CANCELLED if by_link.is_off(meeting) else "",
        )

    def said(self, invitation: Case) -> tuple[tuple[str, str], ...]:
        """What was said with the answer, as the action asked it."""
        asked = (a.asks for a in invitation.process.actions if a.to == invitation.stage.key)
        return tuple(
            (field.title, value(field, invitation.data[field.key], self.people, self.calendar))
            for field in next(asked, ())
            if invitation.data.get(field.key)
        )

    def sheet(self, meeting: Case) -> Sequence[Signed]:
        return signed(told_of(self._session, meeting.id, by_link.SIGN_IN))

    def expected(self, meeting: Case) -> list[Expected]:
        """Everybody on the list in its order, with those who come in their place."""
        signed_at = {line.who: self.hour(line.at) for line in self.sheet(meeting) if line.who}
        deputies = self.deputies(meeting)
        return [
            self._expected(who, deputies.get(who), signed_at.get(who, ""))
            for who in names_in(meeting, INVITEES.key)
        ]

    def _expected(self, who: str, deputy: Mapping[str, Any] | None, at: str) -> Expected:
        guest, person = self.people.guests.get(who), self.people.people.get(who)
        place = (
            guest.organisation if guest else self.people.departments.get(person.department) if person else ""
        )
        own = self.people.name(who)
        return Expected(who, deputy["deputy_name"] if deputy else own, place or "", own if deputy else "", at)

    def deputies(self, meeting: Case) -> dict[str, Mapping[str, Any]]:
        """Of those who send somebody: what they said of whom. Read from the table: a meeting may ask hundreds."""
        children = select(CaseRow.data, CaseRow.stage).where(CaseRow.parent_id == meeting.id)
        found = self._session.execute(children.order_by(CaseRow.opened_at)).all()
        newest = {(row.data.get("invitee") or [""])[0]: row for row in found}
        return {who: row.data for who, row in newest.items() if row.stage == DEPUTISED}


def _comes(invitation: Case) -> bool:
    return invitation.stage.key in COMES


def _seat(meeting: Case, who: str) -> str:
    """The place in the order of seats, which is that of the list."""
    names = names_in(meeting, INVITEES.key)
    return f"座次第 {names.index(who) + 1} 位" if who in names and meeting.data.get("place") else ""


def _signs_in(meeting: Case) -> str:
    """By what an invitee signs in with their own link: the room's code, or the link alone where none need come."""
    return "code" if meeting.data.get("place") else "link"


def _ics(invitation: Case, now: datetime, office: WorkingCalendar) -> bytes:
    data, entry = invitation.data, Event()
    start = data["held_at"].astimezone(office.zone)
    entry.add("uid", f"{invitation.parent_id}@meeting")
    entry.add("dtstamp", now)
    entry.add("dtstart", start)
    entry.add("dtend", (data.get("ends_at") or start + timedelta(hours=1)).astimezone(office.zone))
    entry.add("summary", data["title"])
    entry.add("location", data.get("place") or data.get("remote_address") or "")
    told = (data.get("remote_address"), data.get("to_prepare"), data.get("contact"))
    entry.add("description", "\n".join(filter(None, told)))
    kept = Calendar()
    kept.add("prodid", "-//office//meetings//ZH")
    kept.add("version", "2.0")
    kept.add("method", "PUBLISH")
    kept.add_component(entry)
    kept.add_missing_timezones()
    made: bytes = kept.to_ical()
    return made

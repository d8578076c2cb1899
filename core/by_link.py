"""What somebody does through a link, without signing in: answer an invitation, sign in at a meeting (R30, R74).

Whoever holds the link stands for the invitee, and for nobody else: what they may do is what the invitee may
do with this one case, and it is open only while the meeting's list is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.case import Case, Event, act, meant_for
from core.errors import Conflict, NotAllowed
from core.fields import Field, Json
from core.office import Office, Values
from core.people import SYSTEM, Role
from core.process import Action

SIGN_IN = "sign_in"
"""The action of the meeting by which somebody is written into the sign-in sheet."""

BY_CODE, ONLINE = "扫码", "线上"
"""How somebody signed in through a link, as the sheet calls it."""

AROUND = timedelta(hours=2)
"""How long before the meeting begins one may sign in, and how long after its planned end while it goes on."""

CANCELLED = "会议已取消，请不必到会"
CHANGED = "会议安排有变化，这份通知不再有效，请以最新的通知为准"
LISTED = "参会名单已经确定；有变化请联系会议联系人"
ANSWERED = "刚有人代您答复过，请看过现在的答复再改"
NOT_YET = "签到还没有开始"
OVER = "签到已经结束"


@dataclass(frozen=True)
class Signed:
    """A line of the sign-in sheet. `seq` is the count of its event in the meeting's case."""

    seq: int
    at: datetime
    who: str
    name: str
    organisation: str


def is_off(meeting: Case) -> bool:
    """Whether the meeting does not take place: it was voided, or ended by a by-way."""
    return meeting.voided or (meeting.stage.is_end and meeting.stage is not meeting.process.stages[-1])


def why_not_answer(meeting: Case, invitation: Case) -> str | None:
    """Why the invitation can no longer be answered through its link, or None."""
    if is_off(meeting):
        return CANCELLED
    if meeting.asks_for(invitation) and not invitation.voided:
        return None
    opens = meeting.stage.opens
    asking = opens is not None and opens.process == invitation.process.key
    return CHANGED if asking or invitation.voided else LISTED


def ways(meeting: Case, invitation: Case) -> tuple[Action, ...]:
    """How the invitee may answer now, the one that leads on first; nothing where the list is closed."""
    if why_not_answer(meeting, invitation):
        return ()
    return tuple(a for a in invitation.stage.actions if a.to and Role.HANDLER in a.by)


def why_not_sign_in(meeting: Case, now: datetime) -> str | None:
    """Why nobody can sign in at the meeting now, or None."""
    if is_off(meeting):
        return CANCELLED
    held_at = meeting.data["held_at"]
    ends_at = meeting.data.get("ends_at") or held_at
    if now >= ends_at + AROUND or meeting.data.get("ended_at"):
        return OVER
    can = any(action.key == SIGN_IN for action in meeting.stage.actions)
    return None if can and now >= held_at - AROUND else NOT_YET


def asked_of_walk_ins(meeting: Case) -> tuple[Field, ...]:
    """What is asked of somebody who is not on the list; nothing where nobody can sign in."""
    found = (action.asks for action in meeting.stage.actions if action.key == SIGN_IN)
    return tuple(field for field in next(found, ()) if field.key not in ("attendee", "way"))


def signed(events: Sequence[Event]) -> list[Signed]:
    """The sign-in sheet: everybody once, as they signed in first."""
    sheet: dict[tuple[str, ...], Signed] = {}
    for event in events:
        sheet.setdefault(_who(event.data), _line(event))
    return list(sheet.values())


def _line(event: Event) -> Signed:
    told = {key: str(event.data.get(f"attendee{key}") or "") for key in ("", "_name", "_organisation")}
    return Signed(event.seq, event.at, told[""], told["_name"], told["_organisation"])


def _who(data: Mapping[str, Json]) -> tuple[str, ...]:
    """Who a line is of: somebody on the list by their id, anybody else by name and unit."""
    if data.get("attendee"):
        return (str(data["attendee"]),)
    return (str(data.get("attendee_name") or ""), str(data.get("attendee_organisation") or ""))


class ByLink(Office):
    """Commands of people without an account. The caller has read a signed link: the case is what it is for."""

    def answer(self, case_id: str, action: str, values: Values, *, seen: int) -> None:
        """Answer an invitation as the invitee. The same answer once more, as a second tap gives it, is no other."""
        now = self._clock()
        with self._unit() as unit:
            case = unit.case(case_id)
            by = unit.person(meant_for(case), now)
            if case.parent_id and (reason := why_not_answer(unit.case(case.parent_id), case)):
                raise NotAllowed(reason)
            if seen < case.changed and (case.last_action, case.last_actor) == (action, by.id):
                return
            if seen < case.changed:
                raise Conflict(ANSWERED)
            self._act(unit, case, action, values, by, now)
            unit.commit()

    def sign_in(self, meeting_id: str, values: Mapping[str, Any]) -> int:
        """Write somebody into the sign-in sheet, once: the count of the event, of the first one where they stand
        there already.
        """
        now = self._clock()
        with self._unit() as unit:
            meeting = unit.case(meeting_id)
            if reason := why_not_sign_in(meeting, now):
                raise NotAllowed(reason)
            event = act(meeting, SIGN_IN, values, SYSTEM, now, unit.calendar())
            for line in unit.events(meeting_id, SIGN_IN):
                if _who(line.data) == _who(event.data):
                    return line.seq
            unit.record(event, meeting.process)
            unit.commit()
        return event.seq

"""What those who hold a signed link may know and do: people without an account, phones, the room of a meeting."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hmac import compare_digest
from unicodedata import normalize

from core.by_link import SIGN_IN, ByLink
from core.case import why_not
from core.errors import NotAllowed, NotFound
from db.by_link import ON_THE_SPOT, RECEIPT_FOR, Public
from db.links import BETWEEN, DEAD, Forged, Purpose
from pages.ui.session import database, links, now, person, public_address, reader, settings, unit


@lru_cache(maxsize=1)
def public() -> Public:
    """What those who hold a link may know."""
    return Public(database(), links(), now)


@lru_cache(maxsize=1)
def by_link() -> ByLink:
    """What those who hold a link may do."""
    return ByLink(unit, now)


DEAD_LINK = DEAD
"""What is said of every link that does not hold."""


def read_link(token: str) -> tuple[str, str]:
    """What a link is for, and its subject. `NotFound` if it does not hold."""
    return links().read(token, now())


def is_forged(dead: NotFound) -> bool:
    """Whether a link that does not hold was never made here, rather than too old."""
    return isinstance(dead, Forged)


def on_the_spot(meeting_id: str) -> str:
    """The path of the sign-in page, for somebody who has just read the room's QR code."""
    return links().address(Purpose.ATTEND, meeting_id, now() + ON_THE_SPOT)


def receipt(meeting_id: str, seq: int) -> str:
    """The path of the page that says that somebody has signed in; `seq` counts the event."""
    return links().address(Purpose.RECEIPT, f"{meeting_id}{BETWEEN}{seq}", now() + RECEIPT_FOR)


def voter_in(subject: str) -> tuple[str, str]:
    """The ballot and the voter that a link names."""
    case_id, _, who = subject.partition(BETWEEN)
    return case_id, who


@dataclass(frozen=True)
class RoomDoor:
    """What the screen of a meeting's room shows for signing in, until other ones take their place."""

    address: str
    code: str
    until: datetime


def room_door(meeting_id: str) -> RoomDoor:
    """The address for the QR code and the six digits, for whoever may sign somebody in at this meeting."""
    meeting = reader().case(meeting_id)
    if reason := why_not(meeting, meeting.action(SIGN_IN), person(), now()):
        raise NotAllowed(reason)
    window, length = _window()
    until = datetime.fromtimestamp((window + 2) * length, UTC)  # whoever reads it last has a whole window
    path = links().address(Purpose.SIGN_IN, meeting_id, until)
    return RoomDoor(public_address(path), links().code(meeting_id, window), until - timedelta(seconds=length))


def is_room_code(meeting_id: str, typed: str) -> bool:
    """Whether these are the digits that the room's screen shows, or showed until just now."""
    window, _ = _window()
    known = (links().code(meeting_id, one) for one in (window, window - 1))
    digits = "".join(sign for sign in normalize("NFKC", typed) if sign in "0123456789")
    return any(compare_digest(code, digits) for code in known)


def _window() -> tuple[int, int]:
    """The stretch of time it is, counted, and how many seconds each has."""
    length = settings().sign_in_minutes * 60
    return int(now().timestamp()) // length, length

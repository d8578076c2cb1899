"""The schedule and the calendars of other programs: feeds that go out, files that come in."""

from dataclasses import replace
from datetime import timedelta

from core import ics
from core.people import Grade
from core.schedule import Entry, name_of
from db.reader import Reader
from db.scheduling import Feed, fed, feeds
from pages.ui.session import database, files, now, person, public_address, reader

FEED_BACK = timedelta(days=90)
"""How far back a feed reaches."""


def feed(token: str) -> tuple[str, bytes]:
    """The name and the content of the calendar behind a link; `NotFound` if the link holds no more.

    It shows what the person who opened it may see now, and of everything else that it is taken; so of what is
    classified, for it leaves the house (C23).
    """
    who, about = fed(database(), token)
    reader = Reader(database(), files(), replace(who, clearance=Grade.OPEN), now)
    name = f"{name_of(about, reader.directory(), reader.resources())}日程"
    entries = reader.to_feed(about, now() - FEED_BACK)
    return name, ics.feed(name, entries, reader.sees, reader.rules(), reader.calendar(), now())


def feed_address(token: str) -> str:
    """The address that is put into a calendar program."""
    return public_address(f"/feeds/{token}.ics")


def my_feeds() -> list[Feed]:
    """The links that the person at this connection has opened and not revoked."""
    return feeds(database(), person().id)


def read_calendar(content: bytes, whom: tuple[str, ...]) -> tuple[list[Entry], list[str]]:
    """The entries of a calendar file for these people, and why others cannot be taken in."""
    return ics.read(content, whom, reader().calendar())

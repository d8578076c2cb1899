"""Random tokens: what is kept of one, and promises in memory that hold once and for a while."""

import hashlib
import secrets
import threading
from datetime import datetime, timedelta
from typing import Generic, TypeVar

T = TypeVar("T")


def new() -> str:
    """256 random bits, as an address or a cookie can carry them."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


class Tickets(Generic[T]):
    """One-time promises of something, in the memory of this process and for `life`.

    A page cannot set an HttpOnly cookie; a route can. What travels through the page on the way there
    is a ticket, worth nothing once used, and never the token itself.
    """

    def __init__(self, life: timedelta = timedelta(seconds=30)) -> None:
        self._life = life
        self._guard = threading.Lock()
        self._kept: dict[str, tuple[T, datetime]] = {}

    def issue(self, what: T, now: datetime) -> str:
        """A ticket that brings this once."""
        ticket = new()
        with self._guard:
            self._kept = {key: kept for key, kept in self._kept.items() if now < kept[1]}
            self._kept[ticket] = (what, now + self._life)
        return ticket

    def look(self, ticket: str, now: datetime) -> T | None:
        """What a ticket would bring, or None when it is used or too old."""
        with self._guard:
            what, until = self._kept.get(ticket, (None, now))
        return what if now < until else None

    def redeem(self, ticket: str, now: datetime) -> T | None:
        """What a ticket brings, which is then used up."""
        with self._guard:
            what, until = self._kept.pop(ticket, (None, now))
        return what if now < until else None

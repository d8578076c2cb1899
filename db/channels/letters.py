"""What a channel is given to send, and the three ways in which it can fail to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

TIMEOUT = 10.0
"""Seconds a channel waits for each answer of its server."""


@dataclass(frozen=True)
class Letter:
    """One message on its way by one channel; `id` is the same whenever it is tried."""

    id: str
    name: str
    address: str
    subject: str
    text: str
    url: str
    at: datetime


class NotSent(Exception):
    """A letter that did not leave, or may not have; its text is one sentence for the office."""


class Later(NotSent):
    """It certainly did not leave, and may another time: the server is away or busy."""


class Never(NotSent):
    """It certainly did not leave, and will not: the address or the settings are wrong."""


class Unclear(NotSent):
    """It was handed over and no answer came: nobody knows whether it left. Never tried again by itself."""


class Sender(Protocol):
    """A channel that is configured."""

    @property
    def per_minute(self) -> int:
        """How many letters it takes in a minute."""

    def send(self, letter: Letter) -> None:
        """Send it, or raise `Later`, `Never` or `Unclear`."""

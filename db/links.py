"""Links for people without an account: what one opens, for what and until when, is in the link itself.

Nothing is kept of a link. It bears a code of authentication under a key that only this office has, so that
none can be made, changed, kept beyond its time or used for another purpose; whoever holds it may do the one
thing it is for (R30, R74).
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from itsdangerous import HMACAlgorithm, Signer

from core.errors import NotFound

DEAD = "这个链接已失效，请向会议联系人要一个新的"
"""One sentence for a link that is too old, forged, cut off or of another office."""

PREFIX = "/m/"
"""What the addresses of all links begin with: short, because a text message carries them."""

_MAC_OCTETS = 18
"""144 bits in 24 characters: no bit of the last character is unused, so that a link has one spelling only."""

_LONGEST = 200
"""Characters of a token: a longer one is none of ours, and is not even hashed."""


class Purpose(StrEnum):
    """What a link is for, and what its subject is."""

    ANSWER = "answer"
    """Whether one attends; the subject is the case of the confirmation."""
    SIGN_IN = "sign_in"
    """The QR code on the screen of the room; the subject is the case of the meeting."""
    ATTEND = "attend"
    """Somebody who has read that code a moment ago; the subject is the case of the meeting."""
    RECEIPT = "receipt"
    """Somebody who has signed in; the subject is the case of the meeting, `BETWEEN` and the event's count."""
    BALLOT = "ballot"
    """A voter's paper; the subject is the case of the ballot, `BETWEEN` and who votes."""


SURVEY = "survey"
"""The purpose of a link that says nothing, not even what it is for; its subject is the survey, `BETWEEN` and who."""

BETWEEN = "~"
"""Stands between the two parts of a subject that has two."""

_LETTERS = dict(zip(Purpose, "aqprb", strict=True))
_PURPOSES = {letter: purpose for purpose, letter in _LETTERS.items()}


class Forged(NotFound):
    """A link that this office never made; the sentence is the same as of one that is too old."""


class _ShortHmac(HMACAlgorithm):
    """HMAC-SHA256, of which the first octets are kept (RFC 2104, section 5)."""

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        return super().get_signature(key, value)[:_MAC_OCTETS]


@dataclass(frozen=True)
class Links:
    """The links of one office; `key` is the key of its chain, from which theirs is derived."""

    key: bytes

    def address(self, purpose: str, subject: str, until: datetime) -> str:
        """The path of a link that holds until this moment (whole seconds); `subject` as its `Purpose` says."""
        if purpose == SURVEY:
            return f"{PREFIX}s/{self.survey_token(*subject.split(BETWEEN, 1))}"
        said = f"{_LETTERS[Purpose(purpose)]}{int(until.timestamp()):08x}{subject}"
        return PREFIX + self._signer.sign(said).decode()

    def read(self, token: str, now: datetime) -> tuple[Purpose, str]:
        """What a link is for, and its subject.

        Raises `NotFound` with one sentence for every link that does not hold, `Forged` for one that was never made.
        """
        said = self._said(token)
        purpose, until, subject = _PURPOSES[said[0]], int(said[1:9], 16), said[9:]
        if now.timestamp() >= until:
            raise NotFound(DEAD)
        return purpose, subject

    def _said(self, token: str) -> str:
        """What a token says, if this office has said it."""
        said = token.rpartition(".")[0]
        if len(token) > _LONGEST or not token.isascii() or not self._is(token, said):
            raise Forged(DEAD)
        return said

    def _is(self, token: str, said: str) -> bool:
        """Whether this is how the office spells it: decoding would take more than one spelling."""
        return hmac.compare_digest(self._signer.sign(said), token.encode())

    def survey_token(self, survey_id: str, who: str) -> str:
        """The token of somebody's link to a survey: made again whenever it is sent, and kept nowhere.

        Whoever has the database and not the key cannot tell whose a token is, nor find one.
        """
        made = hmac.digest(self.key, f"survey\0{survey_id}\0{who}".encode(), "sha256")
        return urlsafe_b64encode(made[:_MAC_OCTETS]).decode()

    def code(self, meeting: str, window: int) -> str:
        """The six digits that the screen of a meeting's room shows in this window of time (counted from anywhere)."""
        made = hmac.digest(self.key, f"room\0{meeting}\0{window}".encode(), "sha256")
        return f"{int.from_bytes(made[:8]) % 1_000_000:06}"

    @cached_property
    def _signer(self) -> Signer:
        return Signer(
            self.key,
            salt=b"office.links",
            key_derivation="hmac",
            digest_method=hashlib.sha256,
            algorithm=_ShortHmac(hashlib.sha256),
        )

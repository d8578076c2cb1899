"""The second factor: six digits from an authenticator, of which none is taken twice (RFC 6238).

The office is asked nothing and asks nobody: the secret is drawn here as a picture and checked here.
"""

import hmac
import unicodedata
from datetime import datetime

import pyotp
import segno
from sqlalchemy import update
from sqlalchemy.orm import Session

from db.tables import PersonRow

DIGITS, SECONDS = 6, 30
WRONG_CODE = "验证码不正确，请输入验证器上现在显示的六位数字"

_AROUND = (0, -1, 1)
"""The steps that are taken: this one, and one to each side for a clock that is a little off."""


def new_secret() -> str:
    """A secret of 160 bits, as authenticators take it when it is typed."""
    return pyotp.random_base32()


def picture(secret: str, account: str, office: str) -> str:
    """The secret as a QR code, an SVG to draw."""
    address = pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=office or None)
    drawn: str = segno.make(address, micro=False).svg_inline(
        scale=5, border=4, dark="#1F2328", light="#FFFFFF"
    )
    return drawn


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The step of thirty seconds whose code this is, or None when it is none of now."""
    typed, here = _digits(code), int(now.timestamp()) // SECONDS
    totp = pyotp.TOTP(secret)
    fitting = [here + n for n in _AROUND if hmac.compare_digest(totp.generate_otp(here + n), typed)]
    return fitting[0] if fitting else None


def take(session: Session, person_id: str, secret: str, code: str, now: datetime) -> bool:
    """Whether the code is right, in which case neither it nor an earlier one is taken again.

    In the caller's transaction; of two who bring the same code at once, one is refused.
    """
    step = step_of(secret, code, now)
    if step is None:
        return False
    fresh = PersonRow.id == person_id, PersonRow.totp == secret, PersonRow.totp_step < step
    taken = update(PersonRow).where(*fresh).values(totp_step=step).returning(PersonRow.id)
    return session.execute(taken).first() is not None


def _digits(code: str) -> str:
    """The code as typed, without spaces and as plain digits: a Chinese keyboard writes wide ones."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", code) if sign in "0123456789")[: DIGITS + 1]

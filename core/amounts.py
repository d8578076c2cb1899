"""Figures as people type them: a decimal number, with or without separators of thousands, read exactly."""

import re
from decimal import Decimal
from unicodedata import normalize

MOST_WHOLE, MOST_FRACTION = 12, 6
"""Digits before and after the point: what a sum over all reports still holds exactly."""

_PLAIN = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_SAYS = "请填数字，例如 1,234.5；单位写在“单位”栏"


def amount(text: str) -> Decimal | None:
    """The number that is meant, None where it is none: full-width digits and separated thousands are read."""
    plain = normalize("NFKC", text).replace("−", "-").strip()
    return Decimal(plain.replace(",", "")) if _PLAIN.fullmatch(plain) else None


def why_not_amount(text: str) -> str | None:
    """What is wrong with a figure as it was typed, or None."""
    number = amount(text)
    if number is None:
        return f"“{text}”不是数字：{_SAYS}"
    if len(str(abs(int(number)))) > MOST_WHOLE or _fraction(number) > MOST_FRACTION:
        return f"“{text}”太长：整数最多 {MOST_WHOLE} 位、小数最多 {MOST_FRACTION} 位，请换大一些的单位"
    return None


def micros(text: str) -> int:
    """A figure in millionths, as it is kept for adding up."""
    return int((amount(text) or Decimal(0)) * 10**MOST_FRACTION)


def spoken(millionths: int) -> str:
    """A figure kept in millionths as a person reads it, thousands separated."""
    whole = f"{Decimal(millionths) / 10**MOST_FRACTION:,f}"
    return whole.rstrip("0").rstrip(".") if "." in whole else whole


def _fraction(number: Decimal) -> int:
    return max(0, -int(number.as_tuple().exponent))

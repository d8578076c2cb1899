"""Dates as offices write them: 2019年1月27日, 二〇〇五年三月三日, 2019-01-27, 2019.1.27."""

import re
from datetime import date

_ZEROS = "〇零○◯ＯOo0"
_DIGITS = {
    **dict.fromkeys(_ZEROS, 0),
    **{digit: value for value, digit in enumerate("一二三四五六七八九", 1)},
}
_DIGITS |= {str(value): value for value in range(10)}
_YEAR = rf"[{_ZEROS}1-9一二三四五六七八九]{{4}}"
_SMALL = r"[0-9一二三四五六七八九十廿卅元]{1,4}"

PATTERN = rf"{_YEAR}年{_SMALL}月{_SMALL}[日号]|\d{{4}}[-./／]\d{{1,2}}[-./／]\d{{1,2}}"
"""A date without spaces in it; `date_of` may still find that there is no such day."""

_WORDS = re.compile(rf"({_YEAR})年({_SMALL})月({_SMALL})[日号]")
_SIGNS = re.compile(r"(\d{4})[-./／](\d{1,2})[-./／](\d{1,2})")


def date_of(text: str) -> date | None:
    """The day a text without spaces is, if it is nothing but a date."""
    match = _WORDS.fullmatch(text) or _SIGNS.fullmatch(text)
    if match is None:
        return None
    year = int("".join(str(_DIGITS[c]) for c in match.group(1)))
    month, day = small(match.group(2)), small(match.group(3))
    try:
        return date(year, month, day) if 1900 <= year <= 2100 else None
    except ValueError:
        return None


def small(text: str) -> int:
    """A month or a day: 7, 07, 七, 十七, 二十七, 廿七, 卅, 元 (the first month); 0 for none of these."""
    if text.isdigit():
        return int(text)
    plain = {"元": "一"}.get(text, text).replace("廿", "二十").replace("卅", "三十")
    match = re.fullmatch(r"([二三]?)(十?)([一二三四五六七八九]?)", plain)
    if match is None:
        return 0
    tens, ten, ones = match.groups()
    if tens and not ten:
        return 0 if ones else _DIGITS[tens]
    return (10 * _DIGITS.get(tens, 1) if ten else 0) + _DIGITS.get(ones, 0)

"""Words as a page shows them: text that stays text, days, sizes. Values in words are `core.words`."""

import re
from datetime import date, datetime
from functools import lru_cache

from core.words import NONE, full_moment, moment, value, values
from core.worktime import WorkingCalendar

__all__ = [
    "NONE",
    "full_moment",
    "label_of",
    "moment",
    "plain",
    "size",
    "today_line",
    "value",
    "values",
    "weekday",
]

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>$:&=^])")

_SELF_MADE = re.compile(r":(?=material/|//)|www(?=\.)|[\w.+-](?=@)", re.IGNORECASE)
"""Behind these an invisible joiner keeps Markdown from making an icon or a link by itself."""


def plain(text: object) -> str:
    """Text that Markdown will show as it is: no link, picture, colour, formula or HTML from data (P14)."""
    # Icons (`:material/…:`) and bare addresses are found after the escapes are gone: a joiner breaks them.
    text = _SELF_MADE.sub("\\g<0>\u2060", str(text))
    return _SPECIAL.sub(r"\\\1", text).replace("\n", "  \n")


@lru_cache(maxsize=2048)
def label_of(text: str) -> str:
    """The same for one of many choices that are drawn again and again.

    Behind a blank no emoji is looked for: with it, the labels of the overview were a tenth of its time.
    """
    return f" {plain(text)}"


def weekday(day: date) -> str:
    return "星期" + "一二三四五六日"[day.weekday()]


def today_line(now: datetime, calendar: WorkingCalendar) -> str:
    """The day as the head of a page says it."""
    day = now.astimezone(calendar.zone).date()
    kind = "工作日" if calendar.is_working_day(day) else "非工作日"
    return f"{day.year}年{day.month}月{day.day}日 {weekday(day)} · {kind} · 第{day.isocalendar().week}周"


def size(octets: int) -> str:
    return f"{octets / 1024:.0f} KB" if octets < 1024 * 1024 else f"{octets / 1024 / 1024:.1f} MB"

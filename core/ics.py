"""The calendar as other programs read and write it: iCalendar, RFC 5545 (N19).

What goes out bears the office's time zone and each series as its rule, so that a client shows it at the same wall
clock as the office. What comes in is read entry by entry, and what cannot be taken says why.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from icalendar import Alarm, Calendar, Component, Event, vRecur

from core import recurrence
from core.errors import Refused
from core.fields import accept
from core.schedule import AHEAD, DAY, ENTRY, OFF, OPEN, Entry, Rules, problems_of, spans
from core.worktime import WorkingCalendar

PRODUCT = "-//office//schedule//ZH"
BUSY = "忙"
ENDLESS = timedelta(days=365)
"""How far a series that names no end is taken in."""

MOST_OCTETS, MOST_EVENTS, MOST_DATES = 2 * 2**20, 500, 1000
"""How large a calendar may be that comes in, how many entries it may have, and how many days off one of them."""

YEARS = range(2000, 2200)
"""The years of what is taken in: before and after them no time can be reckoned with."""

NO_CALENDAR = "这不是日历文件（.ics），请从日历程序里导出后再选"


# --- what goes out ------------------------------------------------------------------------------------


def feed(
    name: str, entries: Iterable[Entry], seen: Callable[[Entry], bool], rules: Rules, calendar: WorkingCalendar, now: datetime
) -> bytes:  # fmt: skip
    """A calendar of this name; of what is not `seen` it says only that somebody is busy."""
    made = Calendar()
    for key, value in (
        ("prodid", PRODUCT),
        ("version", "2.0"),
        ("calscale", "GREGORIAN"),
        ("method", "PUBLISH"),
    ):
        made.add(key, value)
    made.add("x-wr-calname", name)
    made.add("x-wr-timezone", calendar.zone.key)
    made.add("x-published-ttl", "PT30M")
    for entry in entries:
        made.add_component(_event(entry, rules.alarm if seen(entry) else None, calendar, now))
    made.add_missing_timezones()
    content: bytes = made.to_ical()
    return content


def _event(entry: Entry, alarm: int | None, calendar: WorkingCalendar, now: datetime) -> Event:
    """One entry; without an alarm it is one that is not to be told."""
    made = Event()
    made.add("uid", f"{entry.id}@schedule")
    made.add("dtstamp", now.astimezone(UTC))
    made.add("sequence", entry.version)
    begins, ends = (at.astimezone(calendar.zone) for at in _first(entry, calendar))
    made.add("dtstart", begins.date() if entry.all_day else begins)
    made.add("dtend", ends.date() if entry.all_day else ends)
    made.add("transp", "OPAQUE")
    made.add("status", {OFF: "CANCELLED", OPEN: "TENTATIVE"}.get(entry.state, "CONFIRMED"))
    _repeat(made, entry, begins, calendar)
    if alarm is None:
        made.add("summary", BUSY)
        made.add("class", "PRIVATE")
    else:
        _told(made, entry, alarm)
    return made


def _first(entry: Entry, calendar: WorkingCalendar) -> tuple[datetime, datetime]:
    """The first time it really takes place: a series may begin on a day off."""
    if not entry.rule:
        return entry.begins, entry.ends
    return next(iter(spans(replace(entry, exceptions=()), calendar)), (entry.begins, entry.ends))


def _told(made: Event, entry: Entry, alarm: int) -> None:
    made.add("summary", entry.title)
    made.add("categories", [entry.sort, *(["重要"] if entry.important else [])])
    made.add("priority", 1 if entry.important else 5)
    if entry.place:
        made.add("location", entry.place)
    if entry.note:
        made.add("description", entry.note)
    if alarm and not entry.all_day:
        rings = Alarm()
        rings.add("action", "DISPLAY")
        rings.add("description", entry.title)
        rings.add("trigger", timedelta(minutes=-alarm))
        made.add_component(rings)


def _repeat(made: Event, entry: Entry, begins: datetime, calendar: WorkingCalendar) -> None:
    """The rule of a series with its end, and the days on which it does not take place.

    That only working days count is nothing a rule can say: the days off are exceptions.
    """
    if not entry.rule or entry.until is None:
        return
    last = datetime.combine(entry.until, time.max.replace(microsecond=0), calendar.zone)
    rule = vRecur.from_ical(entry.rule)
    rule["UNTIL"] = entry.until if entry.all_day else last.astimezone(UTC)
    made.add("rrule", rule)
    left = set(entry.exceptions)
    if entry.working_days_only:
        days = (begins.date() + n * DAY for n in range((entry.until - begins.date()).days + 1))
        left |= {day for day in days if not calendar.is_working_day(day)}
    for day in sorted(day for day in left if day >= begins.date()):
        made.add("exdate", day if entry.all_day else datetime.combine(day, begins.time(), calendar.zone))


# --- what comes in ------------------------------------------------------------------------------------

UNREADABLE = "这一项的时间或重复规则读不懂，请手工登记"


def read(content: bytes, whom: tuple[str, ...], calendar: WorkingCalendar) -> tuple[list[Entry], list[str]]:
    """The entries of a calendar that came in, for these people; and of each that cannot be taken, why.

    `Refused` where it is no calendar at all, or too large to be taken at once.
    """
    events = _events(content)
    found, problems = list[Entry](), list[str]()
    moved = _moved(events, calendar)
    for n, event in enumerate(events, 1):
        title = _title(event)
        try:
            found += _entries(event, title, whom, moved, calendar)
        except Refused as refusal:
            problems.append(f"第 {n} 项“{title[:40] or '无标题'}”：{refusal}")
        except _BROKEN:
            problems.append(f"第 {n} 项“{title[:40] or '无标题'}”：{UNREADABLE}")
    return found, problems


_BROKEN = (ValueError, OverflowError, TypeError, AttributeError, KeyError)
"""What a library says of a value that is none: whoever wrote the file may have written anything."""


def _events(content: bytes) -> list[Component]:
    if len(content) > MOST_OCTETS:
        raise Refused({"list": f"日历文件超过 {MOST_OCTETS // 2**20} MB，请分开导出"})
    if content.count(b"BEGIN:VEVENT") > MOST_EVENTS:
        raise Refused({"list": f"日历文件超过 {MOST_EVENTS} 项，请按时间分开导出"})
    if any(content.count(key) > MOST_DATES for key in (b"EXDATE", b"RDATE", b"RECURRENCE-ID")):
        raise Refused({"list": f"日历文件里的例外日期超过 {MOST_DATES} 个，请按时间分开导出"})
    try:
        events = list(Calendar.from_ical(content).walk("VEVENT"))
    except (*_BROKEN, IndexError, RecursionError) as error:
        raise Refused({"list": NO_CALENDAR}) from error
    if not events:
        raise Refused({"list": "日历文件里没有日程"})
    return events


def _title(event: Component) -> str:
    told: Any = event.get("SUMMARY") or ""
    return " ".join(map(str, told)).strip() if isinstance(told, list) else str(told).strip()


def _moved(events: Iterable[Component], calendar: WorkingCalendar) -> dict[str, set[date]]:
    """The days of a series, by its UID, for which the calendar has an entry of its own."""
    found: dict[str, set[date]] = {}
    for event in events:
        with suppress(*_BROKEN):
            if at := _when(event, "RECURRENCE-ID", calendar):
                found.setdefault(str(event.get("UID")), set()).add(at[0].date())
    return found


def _entries(
    event: Component,
    title: str,
    whom: tuple[str, ...],
    moved: dict[str, set[date]],
    calendar: WorkingCalendar,
) -> Iterator[Entry]:
    if str(event.get("STATUS")) == "CANCELLED":
        return
    start = _when(event, "DTSTART", calendar)
    if start is None or start[0].year not in YEARS:
        raise Refused({"begins": "没有开始时间，或时间写得不对"})
    if not title:
        raise Refused({"title": "没有标题"})
    if event.get("RDATE"):
        raise Refused({"repeat": "另有单独加的日期，请分项登记"})
    begins, all_day = start
    rule, until = _rule(event, begins, calendar)
    single = _when(event, "RECURRENCE-ID", calendar) is not None
    left = set() if single else moved.get(str(event.get("UID")), set()) | _left_out(event, calendar)
    said = accept(_TEXTS, {"title": title[:500], "place": _text(event, "LOCATION", 500), "note": _text(event, "DESCRIPTION", 2000)})  # fmt: skip
    entry = Entry(
        id="",
        title=said["title"],
        begins=begins,
        ends=_end(event, begins, all_day, calendar),
        all_day=all_day,
        whom=whom,
        place=said["place"] or "",
        note=said["note"] or "",
        sort="固定" if rule else "临时",
        important=str(event.get("PRIORITY") or "") == "1",
        rule=rule,
        until=until,
        exceptions=tuple(sorted(left)) if rule else (),
        state="已定",
    )
    if problems := problems_of(entry, calendar):
        raise Refused(problems)
    yield entry


_TEXTS = tuple(one for one in ENTRY if one.key in ("title", "place", "note"))
"""What is typed elsewhere is tidied like what is typed here."""


def _text(event: Component, key: str, most: int) -> str:
    return str(event.get(key) or "")[:most]


def _when(event: Component, key: str, calendar: WorkingCalendar) -> tuple[datetime, bool] | None:
    """A moment in the office's zone, and whether it is a whole day; None where there is none.

    A time without a zone is of whoever reads it.
    """
    value = getattr(event.get(key), "dt", None)
    if isinstance(value, datetime):
        at = value if value.tzinfo else value.replace(tzinfo=calendar.zone)
        return at.astimezone(calendar.zone), False
    return (datetime.combine(value, time.min, calendar.zone), True) if isinstance(value, date) else None


def _end(event: Component, begins: datetime, all_day: bool, calendar: WorkingCalendar) -> datetime:
    if end := _when(event, "DTEND", calendar):
        return end[0]
    lasts = getattr(event.get("DURATION"), "dt", None)
    return begins + (lasts if isinstance(lasts, timedelta) else DAY if all_day else timedelta(hours=1))


def _rule(event: Component, begins: datetime, calendar: WorkingCalendar) -> tuple[str, date | None]:
    """The rule without its end, and the last day on which it takes place."""
    told: Any = event.get("RRULE")
    if not told or event.get("RECURRENCE-ID"):
        return "", None
    if isinstance(told, list):
        raise Refused({"repeat": "有几条重复规则，请拆成几项"})
    rule = vRecur(told)
    count, until = rule.pop("COUNT", [0])[0], rule.pop("UNTIL", [None])[0]
    text = str(rule.to_ical().decode())  # type: ignore[no-untyped-call]
    first = begins.date()
    try:
        every = recurrence.days(recurrence.read(text), first, first + AHEAD)
    except ValueError as error:
        raise Refused({"repeat": "重复的规则读不懂，请改成每天、每周、每两周或每月"}) from error
    if not every:
        raise Refused({"repeat": "按这个规则一次也不会发生"})
    if count > 0:
        return text, every[count - 1] if count <= len(every) else first + AHEAD + DAY
    if isinstance(until, datetime):
        return text, (until.astimezone(calendar.zone) if until.tzinfo else until).date()
    return text, until or first + ENDLESS


def _left_out(event: Component, calendar: WorkingCalendar) -> set[date]:
    """The days on which a series does not take place."""
    told: Any = event.get("EXDATE") or []
    lists = told if isinstance(told, list) else [told]
    days = [one.dt for each in lists for one in each.dts]
    zone = calendar.zone
    return {
        (day.astimezone(zone) if day.tzinfo else day).date() if isinstance(day, datetime) else day
        for day in days
    }

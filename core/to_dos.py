"""A task as it is typed into a record: `@陈立 12月10日前 报送整改清单` is an owner, a day and what is to be done (N13).

What is not certain is not guessed: one sentence says how to write it so that it is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from core.errors import Refused
from core.intake.dates import PATTERN, date_of, small
from core.intake.normal import joined
from core.people import Person
from core.ports import Directory
from core.worktime import Limit, WorkingCalendar

AT = "said"
"""The field beside which a refusal stands."""

FORGOTTEN = 60
"""Days: a day of this year that has passed longer ago is meant of the next one, as 1月15日 said in December."""


@dataclass(frozen=True)
class ToDo:
    """A task: `owner` is a person's id and `by` a day, empty and None where the text names none."""

    what: str
    owner: str = ""
    by: date | None = None


def has_mention(text: str) -> bool:
    """Whether the text names somebody by @; an address of e-mail does not."""
    return _MENTION.search(text) is not None


def read(text: str, people: Directory, today: date, calendar: WorkingCalendar) -> ToDo:
    """The task that a text says. `Refused` with one sentence where the owner or the day cannot be told, or
    nothing is left to be done.
    """
    owner, rest = _owner(text, people)
    by, rest = _day(rest, today, calendar)
    what = _tidied(rest)
    if not what:
        raise Refused({AT: "请写明要办什么，例如 @陈立 12月10日前 报送整改清单"})
    return ToDo(what, owner, by)


# --- who -------------------------------------------------------------------------------------------

_MENTION = re.compile(r"(?<![A-Za-z0-9._-])[@＠]\s?")
_PLACE = re.compile(r"\s?[（(／/]\s?([^（()）／/\s]{1,30})[）)]?")


def _owner(text: str, people: Directory) -> tuple[str, str]:
    """Who is named, and the text without the name."""
    found = list(_MENTION.finditer(text))
    if not found:
        return "", text
    named = dict(_named(text, mention.end(), people) for mention in found)
    if len(named) > 1:
        names = "、".join(people.name(who) for who in named)
        raise Refused({AT: f"一条待办写一位责任人，现在写了{names}：请分成几条"})
    (who,) = named
    rest = text
    for mention in reversed(found):
        rest = rest[: mention.start()] + " " + rest[_named(text, mention.end(), people)[1] :]
    return who, rest


def _named(text: str, at: int, people: Directory) -> tuple[str, int]:
    """Whose name stands there, and where it ends."""
    known = _by_name(people)
    name = next((n for n in sorted(known, key=len, reverse=True) if text.startswith(n, at)), "")
    if not name:
        raise Refused({AT: _unknown(text[at:], people)})
    end, place = at + len(name), _PLACE.match(text, at + len(name))
    candidates = known[name]
    if place and (there := [p for p in candidates if place[1] in _place_of(p, people)]):
        return _only(name, there, people), place.end()
    return _only(name, candidates, people), end


def _by_name(people: Directory) -> dict[str, list[Person]]:
    known: dict[str, list[Person]] = {}
    for person in people.people.values():
        known.setdefault(person.name, []).append(person)
    return known


def _only(name: str, candidates: list[Person], people: Directory) -> str:
    if len(candidates) == 1:
        return candidates[0].id
    places = [_place_of(person, people) or "领导" for person in candidates]
    example = f"@{name}（{places[0]}）"
    raise Refused({AT: f"有 {len(candidates)} 位{name}（{'、'.join(places)}）：请写明部门，例如 {example}"})


def _place_of(person: Person, people: Directory) -> str:
    return people.departments.get(person.department, "")


def _unknown(rest: str, people: Directory) -> str:
    """Why what stands behind the @ names nobody who can have a task."""
    guest = next((one for one in people.guests.values() if rest.startswith(one.name)), None)
    if guest:
        return f"{guest.name}没有账号，不能作责任人：请写本办负责联系的人"
    typed = re.split(r"[\s，。、；,;:：]", rest, maxsplit=1)[0][:4]
    alike = sorted({p.name for p in people.people.values() if typed and p.name[0] == typed[0]})[:5]
    hint = f"，是不是{'、'.join(alike)}？" if alike else "："
    return f"人员名单里没有“@{typed}”{hint}请写全名" if typed else "@ 后面请写责任人的全名"


# --- by when ---------------------------------------------------------------------------------------

_N = r"[0-9一二两三四五六七八九十]{1,3}"
_CLOCK = (
    r"(?:\s?(?:上午|下午|中午|晚上|早上|凌晨)?\s?[0-9]{1,2}(?:[:：][0-9]{2}|[点时](?:半|[0-9]{1,2}分?)?))?"
)
_PART = r"(?:\s?(?:上午|下午|中午|晚上|下班))?"
_BEFORE = r"(?:\s?(?:之前|以前|前|止|为止|截止))?"
_WEEKDAYS = {**{day: n for n, day in enumerate("一二三四五六日")}, "天": 6}
_SPOKEN = {"今天": 0, "今日": 0, "明天": 1, "明日": 1, "后天": 2, "大后天": 3}

_DAY = re.compile(
    rf"""(?:于|在|请在|最迟|截至|截止到?|限)?\s?
    (?P<all>
        (?P<full>{PATTERN})
      | (?P<within>{_N})\s?(?P<unit>个?工作日|天|日|个?星期|周)(?=[以之]?内)
      | (?:(?P<next_year>明年)|今年)?(?P<month>{_N})月(?P<day>{_N})[日号]
      | (?P<dashed>(?<![0-9./-])(?:1[0-2]|0?[1-9])[-/](?:3[01]|[12][0-9]|0?[1-9])(?![0-9./%-]))
      | (?P<dotted>(?<![0-9.])(?:1[0-2]|0?[1-9])\.(?:3[01]|[12][0-9]|0?[1-9])(?=\s?(?:之前|以前|前)))
      | (?P<spoken>大后天|今天|今日|明天|明日|后天)
      | (?P<weeks>(?:下个?){{1,2}}|这个?|本)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])
      | (?P<whose>下个?|本|这个?)?(?P<end>月底|月末|年底|年末)
      | (?P<of>下个?|本|这个?)月(?P<day_of>{_N})[日号]
      | (?P<bare>(?<![0-9月]){_N})[日号](?=\s?(?:之前|以前|前|上午|下午|下班))
    )
    {_CLOCK}{_PART}{_BEFORE}(?:[以之]?内)?""",
    re.VERBOSE,
)


def _day(text: str, today: date, calendar: WorkingCalendar) -> tuple[date | None, str]:
    """The day by which it is to be done, and the text without it; what is followed by 前 counts first."""
    found = list(_DAY.finditer(text))
    if not found:
        return None, text
    match = next((one for one in found if re.search(r"前|止|内$", one[0])), found[0])
    day = _day_of(match, today, calendar)
    if day is None:
        raise Refused({AT: f"没有“{match['all']}”这一天，请核对日期"})
    if day < today:
        raise Refused({AT: f"“{match['all']}”已经过去（今天是 {today:%Y-%m-%d}），请核对日期"})
    return day, f"{text[: match.start()]} {text[match.end() :]}"


def _day_of(match: re.Match[str], today: date, calendar: WorkingCalendar) -> date | None:
    """The day a match means, None where there is no such day."""
    if match["full"]:
        return date_of(match["full"])
    if match["within"]:
        return _within(small(match["within"].replace("两", "二")), match["unit"], today, calendar)
    if match["month"]:
        return _of_the_year(small(match["month"]), small(match["day"]), today, bool(match["next_year"]))
    if written := match["dashed"] or match["dotted"]:
        month, day = map(int, re.split(r"[-/.]", written))
        return _of_the_year(month, day, today)
    if match["spoken"]:
        return today + timedelta(days=_SPOKEN[match["spoken"]])
    if match["weekday"]:
        return _weekday(match["weeks"] or "", _WEEKDAYS[match["weekday"]], today)
    if match["end"]:
        return _end(match["whose"] or "", match["end"], today)
    if match["of"]:
        return _of_month(small(match["day_of"]), today, 1 if match["of"].startswith("下") else 0)
    day = small(match["bare"])
    return next(filter(lambda one: one is None or one >= today, _coming(day, today)), None)


def _within(count: int, unit: str, today: date, calendar: WorkingCalendar) -> date:
    if unit.endswith("工作日"):
        midday = calendar.closing(today)
        return calendar.after(midday, Limit(days=count)).date()
    return today + timedelta(days=count * (7 if unit.endswith(("周", "星期")) else 1))


def _of_the_year(month: int, day: int, today: date, next_year: bool = False) -> date | None:
    """A day without its year: of this one, of the next where that lies far behind."""
    this = _date(today.year + next_year, month, day)
    if this and (today - this).days > FORGOTTEN:
        return _date(today.year + 1, month, day)
    return this


def _weekday(weeks: str, weekday: int, today: date) -> date:
    """周五 is the next one to come, 本周五 of this week, 下周五 of the next, 下下周五 of the one after."""
    monday = today - timedelta(days=today.weekday())
    if not weeks:
        return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    return monday + timedelta(days=weekday + 7 * weeks.count("下"))


def _end(whose: str, end: str, today: date) -> date:
    if end.startswith("年"):
        return date(today.year, 12, 31)
    month = today.month + (2 if whose.startswith("下") else 1)
    return date(today.year + (month - 1) // 12, (month - 1) % 12 + 1, 1) - timedelta(days=1)


def _coming(day: int, today: date) -> Iterator[date | None]:
    """The day of this month, then of the next one."""
    yield from (_of_month(day, today, ahead) for ahead in (0, 1))


def _of_month(day: int, today: date, ahead: int) -> date | None:
    month = today.month + ahead
    return _date(today.year + (month - 1) // 12, (month - 1) % 12 + 1, day)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _tidied(text: str) -> str:
    """What is left once name and day are taken out, without the marks that stood between them."""
    return re.sub(r"^[\s，,、；;：:。]+|[\s，,、；;]+$", "", joined(" ".join(text.split())))

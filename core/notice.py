"""What can be entered into the working calendar: a State Council notice, a list of days, one day.

Each is read into a `Change` and applied by `Office.change_calendar`. A text that is not understood
is refused line by line, with what to do; nothing of it is taken then.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal, cast

from core.errors import Refused, Unreadable
from core.fields import Field, Kind, accept
from core.intake import table
from core.intake.dates import date_of
from core.intake.normal import compact, lines_of
from core.recount import Change
from core.worktime import SpecialDay

PUBLISHED = "国务院办公厅通知"
"""The source of days of a notice whose number is not known."""

OWN = "本办设定"
"""The source of a day for which none was given."""

KINDS: dict[str, str] = {"放假": "holiday", "上班": "workday", "上半天班": "half_day", "按平常": ""}
"""What a day can be, in the office's words; the last takes an entry away."""

TITLES = {kind: title for title, kind in KINDS.items()}
"""The same the other way round."""

FESTIVALS = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
"""What every yearly notice speaks of."""

YEARS = range(2004, 2046)
"""The years an entry may be in; a slip of the finger far away would only make the table long."""

DAY = (
    Field(key="day", title="日期", kind=Kind.DATE),
    Field(key="kind", title="这一天", kind=Kind.CHOICE, options=tuple(KINDS)),
    Field(key="name", title="事由", help="如 国庆节、本市停电"),
    Field(key="source", title="依据", required=False, help="通知的文号"),
)
"""What is asked of one day."""

TEXT = (
    Field(
        key="text",
        title="通知全文",
        kind=Kind.TEXT,
        help="国务院办公厅每年的放假通知，从标题到最后一个节日",
    ),
)
"""What is asked of a notice."""

LONGEST_NAME, LONGEST_SOURCE = 60, 120
"""Characters of a day's reason and of its source."""


# --- one day, and a year's mark ---------------------------------------------------------------------


def one_day(values: Mapping[str, Any]) -> Change:
    """The change of a single day, as the form `DAY` was filled in. Raises `Refused`."""
    data = accept(DAY, values)
    day, kind = date.fromisoformat(data["day"]), KINDS[data["kind"]]
    name, source = data["name"], data["source"] or OWN
    if problems := _why_not_day(day, kind, name, source):
        raise Refused(problems)
    title = f"{day}：{data['kind']}"
    if not kind:
        return Change(title=title, source=source, clears=(day,))
    return Change(title=title, source=source, days=(_special(day, kind, name, source),))


def mark(year: int, published: bool) -> Change:
    """Say whether a year's notice is out and entered; until then its deadlines are marked 未发布."""
    what = "放假通知已发布" if published else "放假通知未发布"
    return Change(title=f"{year} 年{what}", source=f"{year} 年{what}", year=year, published=published)


def _why_not_day(day: date, kind: str, name: str, source: str) -> dict[str, str]:
    problems: dict[str, str] = {}
    if day.year not in YEARS:
        problems["day"] = f"请填 {YEARS[0]} 年至 {YEARS[-1]} 年之间的日期"
    if reason := _pointless(day, kind):
        problems["kind"] = reason
    if len(name) > LONGEST_NAME:
        problems["name"] = f"“事由”最多 {LONGEST_NAME} 字"
    if len(source) > LONGEST_SOURCE:
        problems["source"] = f"“依据”最多 {LONGEST_SOURCE} 字"
    return problems


def _pointless(day: date, kind: str) -> str | None:
    weekend = day.weekday() >= 5
    if kind == "holiday" and weekend:
        return "这一天本来就是周末，不必再设放假"
    if kind == "workday" and not weekend:
        return "这一天本来就上班，不必再设"
    return None


def _special(day: date, kind: str, name: str, source: str) -> SpecialDay:
    return SpecialDay(day, cast(Literal["holiday", "workday", "half_day"], kind), name, source)


# --- a notice ---------------------------------------------------------------------------------------

_TITLE = re.compile(r"(?:关于|现将)(\d{4})年(?:部分|全国)?(?:节假日|节日|放假|元旦)")
_NUMBER = re.compile(r"([一-龥]{2,12})[〔\[(（【](\d{4})[〕\])）】](?:第)?(\d{1,4})号")
_HEAD = re.compile(r"^(?:[（(]?[一二三四五六七八九十]{1,3}[）)、.．]|\d{1,2}[、.．)）](?!\d))")
_NAME = re.compile(r"^([一-龥、和]{2,12}?)(?:[:：]|(?=\d))")
_VERB = re.compile(r"上班|放假|连休|补休|补班|休息|调休")
_WORKS = re.compile(r"上班|补班")
_IS_DATE = r"(?:(?P<{0}y>\d{{4}})年)?(?:(?P<{0}m>\d{{1,2}})月)?(?P<{0}d>\d{{1,2}})日(?:[（(](?P<{0}w>[^（）()]*)[）)])?"
_SPAN = re.compile(_IS_DATE.format("a") + r"(?:(?:至|到|—+|－|-|~|～)" + _IS_DATE.format("b") + r")?")
_MONTH_DAY = re.compile(r"\d{1,2}月\d{1,2}日")
_WEEKDAY = re.compile(r"(?:周|星期|礼拜)([一二三四五六日天])")
_COUNT = re.compile(r"(?:共|计|放假|休息|连休)(\d{1,2}|[一二三四五六七八九十]{1,2})天")
_WEEK = "一二三四五六日"
_SMALL = {word: n for n, word in enumerate("一二三四五六七八九十", 1)}
_COMPLETE = ("。", "；", ";", "天", "放假", "上班", "连休", "调休")
"""How a line ends that does not go on in the next."""

_LONGEST_TEXT = 8_000
"""Characters; more is no notice."""

_LONGEST_SPAN = 20
"""Days; nothing longer was ever announced, and a slip in a date easily makes it so."""


@dataclass
class _Reading:
    """What was read of a notice so far."""

    year: int
    off: dict[date, str] = field(default_factory=dict)
    worked: dict[date, str] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def fault(self, line: int, says: str) -> None:
        self.problems.append(f"第 {line} 行：{says}")


def read_notice(text: str, year: int) -> Change:
    """The change that a yearly notice makes; `year` is the one it should be of.

    Raises `Refused` under the key `text`, one line a problem.
    """
    lines = [(n, compact(" ".join(lines_of(raw)))) for n, raw in enumerate(text.splitlines(), 1)]
    whole = "".join(line for _, line in lines)
    if len(whole) > _LONGEST_TEXT:
        raise _refused([f"通知一般不到一千字，粘贴的有 {len(whole)} 字：请只粘贴通知本身"])
    if not whole:
        raise _refused(["请把通知全文粘贴在这里"])
    if (found := _TITLE.search(whole)) and int(found[1]) != year:
        raise _refused(
            [f"这是 {found[1]} 年的通知，您选的是 {year} 年：请把年份改为 {found[1]}，或粘贴 {year} 年的通知"]
        )
    reading = _Reading(year)
    for n, item in _items(lines):
        _read_item(reading, n, item)
    _check(reading)
    if reading.problems:
        raise _refused(reading.problems)
    return _change(reading, _source(line for _, line in lines))


def _refused(problems: Sequence[str]) -> Refused:
    return Refused({"text": "\n".join(problems)})


def _source(lines: Iterable[str]) -> str:
    """The notice's own number; the words before it that are no part of it are cut off."""
    for line in lines:
        if found := _NUMBER.search(line):
            word = re.sub(r"^.*(?:通知|文件|文号|字号)", "", found[1])
            return f"{word}〔{found[2]}〕{found[3]}号"
    return PUBLISHED


def _items(lines: Sequence[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """The lines that say something of days, each with its number; one that was broken up is joined."""
    whole: tuple[int, str] | None = None
    for n, line in lines:
        if whole and line and not whole[1].endswith(_COMPLETE) and not _HEAD.match(line):
            whole = whole[0], whole[1] + line
            continue
        if whole:
            yield whole
        whole = (n, line) if _is_item(line) else None
    if whole:
        yield whole


def _is_item(line: str) -> bool:
    """A numbered item that names a festival, or any line with a date that is off or worked."""
    body = _HEAD.sub("", line)
    numbered = body != line and (_VERB.search(body) or body.startswith(FESTIVALS))
    return bool(numbered or (_MONTH_DAY.search(line) and _VERB.search(line)))


def _read_item(reading: _Reading, line: int, item: str) -> None:
    body = _HEAD.sub("", item)
    numbered = body != item
    if named := _NAME.match(body):
        body = body[named.end() :]
        # A line that only goes on (其中1月4日上班) is of the festival before it.
        if numbered or any(name in named[1] for name in FESTIVALS):
            reading.names.append(named[1])
    if not reading.names:
        reading.fault(line, f"“{_short(item)}”没有写明节日，请写成 元旦：1月1日至3日放假")
        return
    if not _SPAN.search(body):
        reading.fault(line, f"“{_short(item)}”读不出日期，请写成 1月1日至3日放假")
        return
    for sentence in re.split(r"[。；;]", body):
        _read_sentence(reading, line, sentence)


def _read_sentence(reading: _Reading, line: int, sentence: str) -> None:
    """Dates belong to the first word after them that says what they are."""
    off: set[date] = set()
    waiting: list[date] = []
    for clause in re.split(r"[，,](?![^（(]*[）)])", sentence):
        waiting += [day for found in _SPAN.finditer(clause) for day in _days_of(reading, line, found)]
        verb = _VERB.search(_SPAN.sub("", clause))
        if not (waiting and verb):
            continue
        works = _WORKS.search(clause)
        for day in waiting:
            _note(reading, line, day, works=bool(works))
        off |= set() if works else set(waiting)
        waiting = []
    if waiting:
        reading.fault(line, f"“{_short(sentence)}”没有写明放假还是上班，请补上")
    _check_count(reading, line, sentence, off)


def _note(reading: _Reading, line: int, day: date, *, works: bool) -> None:
    name = reading.names[-1]
    other = reading.off if works else reading.worked
    if day in other:
        reading.fault(line, f"{_said(day)}既写放假又写上班，请核对")
    elif works and day.weekday() < 5:
        reading.fault(line, f"{_said(day)}是星期{_WEEK[day.weekday()]}，本来就上班，请核对日期")
    elif works:
        reading.worked[day] = name
    else:
        reading.off[day] = name


def _days_of(reading: _Reading, line: int, found: re.Match[str]) -> list[date]:
    """All days of a span; none, with the problem noted, where it cannot be."""
    first = _day(reading, line, found, "a", None)
    if first is None or found["bd"] is None:
        return [first] if first else []
    last = _day(reading, line, found, "b", first)
    if last is None:
        return []
    if last < first and found["ay"] is None and first.month == 12:
        first = first.replace(year=first.year - 1)
    if not first <= last <= first + timedelta(days=_LONGEST_SPAN):
        reading.fault(line, f"“{found[0]}”的起止日期不对，请核对")
        return []
    _check_weekday(reading, line, found, "a", first)
    _check_weekday(reading, line, found, "b", last)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _day(reading: _Reading, line: int, found: re.Match[str], which: str, first: date | None) -> date | None:
    month = found[f"{which}m"] or (first and first.month)
    if not month:
        reading.fault(line, f"“{found[0]}”没有写月份，请写成 1月{found[f'{which}d']}日")
        return None
    year = int(found[f"{which}y"] or _year(reading, int(month), first, found))
    try:
        day = date(year, int(month), int(found[f"{which}d"]))
    except ValueError:
        reading.fault(line, f"没有“{found[0]}”这样的日期，请核对")
        return None
    if abs(day - date(reading.year, 7, 1)) > timedelta(days=230):
        reading.fault(line, f"“{found[0]}”不在 {reading.year} 年，请核对")
        return None
    if found["bd"] is None:
        _check_weekday(reading, line, found, which, day)
    return day


def _year(reading: _Reading, month: int, first: date | None, found: re.Match[str]) -> int:
    """New Year's days in December are those of the year before."""
    if first is not None and found["ay"] is not None:
        return first.year + (month < first.month)
    alone = found["bd"] is None
    of_new_year = bool(reading.names) and reading.names[-1].startswith("元旦")
    return reading.year - (month == 12 and alone and of_new_year)


def _check_weekday(reading: _Reading, line: int, found: re.Match[str], which: str, day: date) -> None:
    said = _WEEKDAY.search(found[f"{which}w"] or "")
    if said and said[1].replace("天", "日") != _WEEK[day.weekday()]:
        reading.fault(
            line,
            f"{_said(day)}写的是星期{said[1]}，{day.year} 年的这一天是星期{_WEEK[day.weekday()]}，请核对日期或年份",
        )


def _check_count(reading: _Reading, line: int, sentence: str, off: set[date]) -> None:
    said = _COUNT.search(sentence)
    if not said or not off:
        return
    count = int(said[1]) if said[1].isdigit() else _spelt(said[1])
    if count != len(off):
        reading.fault(line, f"写的是“{said[0]}”，按日期数是 {len(off)} 天，请核对")


def _spelt(word: str) -> int:
    """一 … 十九 as a number."""
    tens, _, ones = word.rpartition("十")
    if "十" not in word:
        return _SMALL[word]
    return 10 * _SMALL.get(tens, 1) + _SMALL.get(ones, 0)


def _check(reading: _Reading) -> None:
    """Whether a whole notice was read: entering half of one would take the other days away."""
    if reading.problems:
        return
    if not reading.off:
        reading.problems.append(
            "没有读到放假的日子：请粘贴通知全文，每个节日一行，如 一、元旦：1月1日至3日放假，共3天。1月4日上班。"
        )
        return
    read = "、".join(reading.names)
    if left := [name for name in FESTIVALS if name.removesuffix("节") not in read]:
        reading.problems.append(
            f"没有读到{'、'.join(left)}：请粘贴通知全文；只改几天的，请用“改一天”或“导入清单”"
        )


def _change(reading: _Reading, source: str) -> Change:
    off = [_special(day, "holiday", name, source) for day, name in reading.off.items() if day.weekday() < 5]
    worked = [_special(day, "workday", f"{name}调休上班", source) for day, name in reading.worked.items()]
    return Change(
        title=f"{reading.year} 年放假安排",
        source=source,
        days=tuple(sorted([*off, *worked], key=lambda special: special.day)),
        year=reading.year,
        published=True,
        replaces=True,
    )


def _said(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _short(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:29]}…"


# --- a list -----------------------------------------------------------------------------------------

COLUMNS = ("日期", "安排", "事由", "依据")
"""The columns of a list; the last may be left out or empty."""

_MOST_ROWS = 1000
_MOST_BYTES = 2_000_000


def read_list(name: str, content: bytes, year: int) -> Change:
    """The change that a list of days makes, a CSV or XLSX with `COLUMNS`; every day is in `year`.

    Raises `Refused` under the key `file`, one line a problem; then nothing of the list is taken.
    """
    head, *rows = _rows_of(name, content) or [[]]
    missing = [column for column in COLUMNS[:3] if column not in head]
    if missing:
        raise Refused({"file": f"第 1 行缺少“{'”、“'.join(missing)}”一列，表头应是：{'、'.join(COLUMNS)}"})
    if len(rows) > _MOST_ROWS:
        raise Refused({"file": f"清单最多 {_MOST_ROWS} 行，现有 {len(rows)} 行，请分几次导入"})
    days: dict[date, tuple[int, SpecialDay | None]] = {}
    problems: list[str] = []
    for n, row in enumerate(rows, 2):
        cells = {**dict.fromkeys(COLUMNS, ""), **dict(zip(head, row, strict=False))}
        if any(cells.values()):
            problems += [f"第 {n} 行：{says}" for says in _read_row(cells, n, year, days)]
    if not days and not problems:
        problems = ["清单里没有日子：从第 2 行起每行填一天"]
    if problems:
        raise Refused({"file": "\n".join(problems)})
    return _listed(name, days)


def _read_row(
    cells: Mapping[str, str], n: int, year: int, days: dict[date, tuple[int, SpecialDay | None]]
) -> list[str]:
    """Take a row in, or say what is wrong with it."""
    written, title = cells["日期"], cells["安排"]
    name, source = cells["事由"], cells["依据"] or OWN
    day = date_of(compact(written))
    if day is None:
        return [f"“{_short(written)}”读不出日期，请写成 {year}-01-04"]
    problems = []
    if day.year != year:
        problems.append(f"{day} 不在 {year} 年，请核对，或改选年份")
    if title not in KINDS:
        problems.append(f"“安排”只能是：{'、'.join(KINDS)}")
    if not name and KINDS.get(title):
        problems.append("“事由”没有填")
    if day in days:
        problems.append(f"{day} 与第 {days[day][0]} 行是同一天，请删去一行")
    problems += _why_not_day(day, KINDS.get(title, ""), name, source).values()
    if not problems:
        days[day] = n, _special(day, KINDS[title], name, source) if KINDS[title] else None
    return problems


def _listed(name: str, days: Mapping[date, tuple[int, SpecialDay | None]]) -> Change:
    special = tuple(one for _, one in days.values() if one)
    sources = list(dict.fromkeys(one.source for one in special))
    return Change(
        title=f"清单“{_short(name)}”{len(days)} 天",
        source="、".join(sources)[:LONGEST_SOURCE] or OWN,
        days=special,
        clears=tuple(day for day, (_, one) in days.items() if one is None),
    )


def _rows_of(name: str, content: bytes) -> list[list[str]]:
    if len(content) > _MOST_BYTES:
        raise Refused({"file": "文件太大，不像是一份日历清单，请只留日期、安排、事由、依据四列"})
    try:
        if name.lower().endswith(".xlsx"):
            return [[_cell(cell) for cell in row] for row in table.sheet(content, "或存为 CSV")]
        lines = csv.reader(io.StringIO(table.decoded(content)))
    except Unreadable as unreadable:
        raise Refused({"file": str(unreadable)}) from unreadable
    return [[cell.strip() for cell in line] for line in lines]


def _cell(cell: object) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell).strip()

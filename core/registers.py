"""What somebody wants to see of a register: filters, order, columns and page, and how they stand in an address.

An address can be sent and comes from anybody: what cannot be meant is left out, and said.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core.fields import Field, Kind
from core.papers.ledger import MOST_COLUMNS, columns_of
from core.people import ASSIGNABLE, DEPARTMENT, Grade, Person
from core.ports import Directory
from core.process import Process
from core.processes import Standard

STATES = {"open": "在办", "closed": "办结", "void": "作废", "late": "逾期"}
"""How a case may stand, in the office's words; 逾期 are open ones past their step's deadline."""

ROLE = "role:"
"""Prefix of an owner that is nobody yet: whoever has the role takes it."""

SENDER, URGENCY = "sender_org", "urgency"
"""The fields that a register can be narrowed by wherever a process has them."""

PER_PAGE = 50
"""Cases on a page of a register."""

LONGEST = 100
"""Characters of a text that is looked for."""

FARTHEST = 1_000_000
"""The highest page that an address may name."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is wanted of a register; whatever is empty does not narrow it.

    `text`: words that all stand somewhere in number, title, document number or sender. `owner`: a person's
    id, `dept:` and a department's id, or `role:` and a role. `first`, `last`: days of the office on which
    it was opened, both included; `day_first`, `day_last` those of the register's own day, as of a meeting when it is
    held. `fields`: a choice of the register by its key, and the word it must be. `columns`: keys of `core.papers.ledger.columns_of`, in their order.
    """

    text: str = ""
    year: int | None = None
    stages: tuple[str, ...] = ()
    state: str = ""
    owner: str = ""
    department: str = ""
    sender: str = ""
    urgency: str = ""
    grade: Grade | None = None
    first: date | None = None
    last: date | None = None
    day_first: date | None = None
    day_last: date | None = None
    fields: tuple[tuple[str, str], ...] = ()
    oldest_first: bool = False
    columns: tuple[str, ...] = ()
    page: int = 1

    @property
    def narrows(self) -> bool:
        """Whether anything is looked for, rather than the whole register turned over."""
        whole = Wanted(oldest_first=self.oldest_first, columns=self.columns, page=self.page)
        return self != whole


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What can be chosen in one register by one person: keys and their words. `fields`: choices by their key, title and
    words; `day`: what the register's own day is called.
    """

    stages: Mapping[str, str]
    owners: Mapping[str, str]
    departments: Mapping[str, str]
    urgencies: Sequence[str]
    grades: Sequence[Grade]
    columns: Mapping[str, str]
    states: Mapping[str, str] = field(default_factory=lambda: STATES)
    has_sender: bool = False
    fields: Mapping[str, tuple[str, Sequence[str]]] = field(default_factory=dict)
    day: str = ""


def day_of(process: Process) -> Field | None:
    """The day by which a register is looked through beside that of its entry: the first in its columns (R78)."""
    shown = (process.fields[key] for key in process.register)
    return next((one for one in shown if one.kind in (Kind.DATE, Kind.MOMENT)), None)


def _words(standard: Standard, process: Process) -> dict[str, tuple[str, Sequence[str]]]:
    """The choices among the columns of a register: title and every word one of its versions knows."""
    known: dict[str, tuple[str, Sequence[str]]] = {}
    for key in process.register:
        one = process.fields[key]
        if one.kind is Kind.CHOICE and key != URGENCY:
            words = [
                w
                for version in standard.versions[process.key]
                if key in version.fields
                for w in version.fields[key].choices
            ]
            known[key] = (one.title, tuple(dict.fromkeys(words)))
    return known


def choices(standard: Standard, process: Process, people: Directory, person: Person) -> Choices:
    """What this person can choose in the register of a process, of whatever version its cases are."""
    steps = {stage.key: stage.title for one in standard.versions[process.key] for stage in one.stages}
    names = {who: found.name for who, found in people.people.items()}
    has_department = any(one.kind is Kind.DEPARTMENT for one in process.fields.values())
    return Choices(
        stages=steps,
        owners={
            **names,
            **{DEPARTMENT + key: name for key, name in people.departments.items()},
            **{ROLE + role.value: f"{role.label}（待领）" for role in ASSIGNABLE},
        },
        departments=people.departments if has_department else {},
        urgencies=process.fields[URGENCY].choices if URGENCY in process.fields else (),
        grades=[grade for grade in Grade if grade <= person.clearance],
        columns=columns_of(process),
        has_sender=SENDER in process.fields,
        fields=_words(standard, process),
        day=day.title if (day := day_of(process)) else "",
    )


def read(address: Mapping[str, Sequence[str]], known: Choices) -> tuple[Wanted, tuple[str, ...]]:
    """What an address asks for, and what of it cannot be meant: `年度“二零二六”`."""
    found: dict[str, Any] = {}
    left_out = [f"“{_short(key)}”" for key in address if key not in _PARTS]
    for key, part in _PARTS.items():
        for raw in (address[key],) if key in address else ():
            try:
                found[part.attribute] = part.parse(list(raw), known)
            except (ValueError, KeyError):
                left_out.append(f"{part.title}“{_short('、'.join(raw))}”")
    return Wanted(**found), tuple(left_out)


def written(wanted: Wanted) -> dict[str, str | list[str]]:
    """The address that asks for this: only what differs from the whole register."""
    whole, address = Wanted(), dict[str, str | list[str]]()
    for key, part in _PARTS.items():
        value = getattr(wanted, part.attribute)
        if value != getattr(whole, part.attribute):
            address[key] = part.write(value)
    return address


def said(wanted: Wanted, known: Choices) -> str:
    """What is looked for, in words: `2026 年度 · 在办 · 承办部门：安监处`; `全部` where nothing is."""
    words = [
        f"{wanted.year} 年度" if wanted.year else "",
        known.states.get(wanted.state, ""),
        f"查找：{wanted.text}" if wanted.text else "",
        _listed("环节", *(known.stages[key] for key in wanted.stages)),
        _listed("在谁手里", known.owners.get(wanted.owner, "")),
        _listed("承办部门", known.departments.get(wanted.department, "")),
        _listed("来文单位", wanted.sender),
        _listed("紧急程度", wanted.urgency),
        _listed("密级", "" if wanted.grade is None else wanted.grade.label),
        *(_listed(known.fields[key][0], word) for key, word in wanted.fields),
        _listed(
            known.day,
            f"{wanted.day_first or ''} 至 {wanted.day_last or ''}"
            if wanted.day_first or wanted.day_last
            else "",
        ),
        f"{wanted.first or ''} 至 {wanted.last or ''}" if wanted.first or wanted.last else "",
    ]
    return " · ".join(filter(None, words)) or "全部"


def _listed(title: str, *words: str) -> str:
    return f"{title}：{'、'.join(words)}" if any(words) else ""


def _short(raw: str) -> str:
    return raw if len(raw) <= 20 else f"{raw[:20]}…"


@dataclass(frozen=True)
class _Part:
    """One part of an address: which attribute it is, how it is called, read and written."""

    attribute: str
    title: str
    parse: Callable[[list[str], Choices], Any]
    write: Callable[[Any], str | list[str]] = str


def _one(raw: list[str]) -> str:
    if len(raw) != 1 or not raw[0] or len(raw[0]) > LONGEST:
        raise ValueError
    return raw[0]


def _text(raw: list[str], known: Choices) -> str:
    return _one(raw)


def _number(least: int, most: int) -> Callable[[list[str], Choices], int]:
    def parse(raw: list[str], known: Choices) -> int:
        number = int(_one(raw)[:12])
        if not least <= number <= most:
            raise ValueError
        return number

    return parse


def _day(raw: list[str], known: Choices) -> date:
    day = date.fromisoformat(_one(raw))
    if not 1900 < day.year < 3000:
        raise ValueError
    return day


def _among(attribute: str) -> Callable[[list[str], Choices], str]:
    def parse(raw: list[str], known: Choices) -> str:
        value = _one(raw)
        if value not in getattr(known, attribute):
            raise ValueError
        return value

    return parse


def _several(attribute: str, most: int) -> Callable[[list[str], Choices], tuple[str, ...]]:
    def parse(raw: list[str], known: Choices) -> tuple[str, ...]:
        values = tuple(dict.fromkeys(raw))
        if not values or len(values) > most or any(v not in getattr(known, attribute) for v in values):
            raise ValueError
        return values

    return parse


def _grade(raw: list[str], known: Choices) -> Grade:
    grade = Grade(int(_one(raw)))
    if grade not in known.grades:
        raise ValueError
    return grade


def _own_day(raw: list[str], known: Choices) -> date:
    if not known.day:
        raise ValueError
    return _day(raw, known)


def _fields(raw: list[str], known: Choices) -> tuple[tuple[str, str], ...]:
    found = dict(one.split(":", 1) for one in raw)
    if any(word not in known.fields[key][1] for key, word in found.items()):
        raise ValueError
    return tuple(sorted(found.items()))


def _sender(raw: list[str], known: Choices) -> str:
    if not known.has_sender:
        raise ValueError
    return _one(raw)


def _oldest(raw: list[str], known: Choices) -> bool:
    if _one(raw) != "oldest":
        raise ValueError
    return True


_PARTS = {
    "text": _Part("text", "查找", _text),
    "year": _Part("year", "年度", _number(1901, 2999)),
    "step": _Part("stages", "环节", _several("stages", 50), list),
    "state": _Part("state", "状态", _among("states")),
    "owner": _Part("owner", "在谁手里", _among("owners")),
    "department": _Part("department", "承办部门", _among("departments")),
    "sender": _Part("sender", "来文单位", _sender),
    "urgency": _Part("urgency", "紧急程度", _among("urgencies")),
    "grade": _Part("grade", "密级", _grade, lambda grade: str(int(grade))),
    "from": _Part("first", "起始日期", _day),
    "to": _Part("last", "截止日期", _day),
    "day_from": _Part("day_first", "日期自", _own_day),
    "day_to": _Part("day_last", "日期至", _own_day),
    "is": _Part("fields", "条件", _fields, lambda fields: [f"{key}:{word}" for key, word in fields]),
    "order": _Part("oldest_first", "排序", _oldest, lambda _: "oldest"),
    "column": _Part("columns", "列", _several("columns", MOST_COLUMNS), list),
    "page": _Part("page", "页", _number(1, FARTHEST)),
}

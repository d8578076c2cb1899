"""The number book: what became of the numbers of a series – given, set aside, void – and which are missing (N7)."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from string import Formatter
from typing import Any

from core.fields import Field, Kind
from core.process import NUMBER_TITLES, Numbering, Process
from core.profile import OfficeProfile

RESERVE = (
    Field(key="count", title="预留几个", kind=Kind.NUMBER, at_least=1, default=1),
    Field(key="reason", title="预留事由", help="如 留给今天晚些补登的三件传真"),
)
"""What is asked of whoever sets numbers aside."""

VOID = (Field(key="reason", title="作废原因", help="作废的号不再使用，原因写入编号簿"),)
"""What is asked of whoever gives a number up."""

MOST, LONGEST_REASON = 50, 200
"""Numbers set aside at once, and characters of a reason."""

NO_GAP = "无缺号"
"""What a gap report says when every number is accounted for."""


class State(StrEnum):
    """What became of a number that was set aside."""

    RESERVED = "reserved"
    USED = "used"
    VOID = "void"

    @property
    def label(self) -> str:
        return {State.RESERVED: "预留", State.USED: "已用", State.VOID: "作废"}[self]


@dataclass(frozen=True)
class SetAside:
    """A number that was set aside, and what became of it."""

    number: str
    series: str
    state: State
    reason: str


class _Untouched(Mapping[str, Any]):
    """The data of a case that is not there yet: whoever looks beyond what is given cannot be answered."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._given = given

    def __getitem__(self, key: str) -> Any:
        if key not in self._given:
            raise LookupError(key)
        return self._given[key]

    def __iter__(self) -> Iterator[str]:
        raise LookupError

    def __len__(self) -> int:
        raise LookupError

    def get(self, key: str, default: Any = None) -> Any:
        return self[key]


def series_of(process: Process, office: OfficeProfile, year: int) -> dict[str, str]:
    """The series of a year of which numbers can be set aside, each with what its numbers are called.

    The register's own comes first; one that depends on what a case says is not among them.
    """
    return {
        series: NUMBER_TITLES.get(numbering.field, process.title)
        for numbering in process.numberings
        for series in series_by(numbering, office, year)
    }


def series_by(numbering: Numbering, office: OfficeProfile, year: int) -> tuple[str, ...]:
    """The series of a year that one numbering has, as far as they are known before there is a case."""
    found = []
    for known in numbering.known(office):
        with suppress(LookupError):
            found.append(numbering.series(_Untouched(known), office, year))
    return tuple(found)


def why_not_use(found: SetAside | None, number: str, series: str) -> str | None:
    """Why a number cannot be used for a case of this series, or None."""
    if found is None:
        return f"“{number}”不在预留号中，请重新选择"
    if found.series != series:
        return f"“{number}”不是本登记簿今年的号，请重新选择"
    if found.state is not State.RESERVED:
        return f"“{number}”{_GONE[found.state]}，请另选一个，或不用预留号"
    return None


def why_not_reserve(count: int, reason: str) -> dict[str, str]:
    """What is wrong with how many numbers are wanted and why, field by field."""
    problems = {}
    if count > MOST:
        problems["count"] = f"一次最多预留 {MOST} 个，请分次预留"
    if len(reason) > LONGEST_REASON:
        problems["reason"] = f"事由最多 {LONGEST_REASON} 字，现有 {len(reason)} 字，请删减"
    return problems


def why_not_void(found: SetAside) -> str | None:
    """Why a number cannot be given up, or None."""
    return None if found.state is State.RESERVED else f"“{found.number}”{_GONE[found.state]}，不能再作废"


_GONE = {State.USED: "已用于另一件", State.VOID: "已经作废"}


def ends(series: str) -> tuple[str, str]:
    """What stands before and after the count in every number of a series."""
    parts = [literal for literal, *_ in Formatter().parse(series)]
    return parts[0], "".join(parts[1:])


def year_of(series: str) -> int | None:
    """The year in a series' pattern, None for one that runs on over the years."""
    found = re.search(r"(?<!\d)(?:19|20|21)\d\d(?!\d)", "…".join(ends(series)))
    return int(found[0]) if found else None


def count_in(series: str, number: str) -> int | None:
    """Which one of the series a number is; None if it is of another."""
    before, after = ends(series)
    count = number.removeprefix(before).removesuffix(after)
    if not (count.isascii() and count.isdecimal()):
        return None
    return int(count) if series.format(n=int(count)) == number else None


def gaps(last: int, known: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """The numbers from 1 to `last` of which nothing is known, as ranges with both ends included."""
    found, expected = list[tuple[int, int]](), 1
    for n in sorted({*known, last + 1}):
        if expected < n <= last + 1:
            found.append((expected, n - 1))
        expected = max(expected, n + 1)
    return tuple(found)


def gap_words(missing: Sequence[tuple[int, int]]) -> str:
    """A gap report in words: `无缺号`, or `缺 3、7–9`."""
    ranges = [str(a) if a == b else f"{a}–{b}" for a, b in missing]
    return f"缺 {'、'.join(ranges)}" if ranges else NO_GAP

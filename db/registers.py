"""Registers in the tables: a page of cases by year and number, narrowed in the database (R77, P15)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

import pandas as pd
from sqlalchemy import Boolean, ColumnElement, Select, String, and_, case, false, func, not_, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import GenericFunction

from core.case import OPENED, asked_by
from core.fields import Kind
from core.ports import Directory
from core.process import Process
from core.registers import ROLE, SENDER, URGENCY, Wanted, day_of
from db.tables import CASE, EVENT


@dataclass(frozen=True)
class RegisterPage:
    """A page of a register: its cases, which page it is, and how many cases there are on all of them.

    The frame has the columns of `db.telling.CASES`, who opened each (`opened_by`, a name) and how far the
    children of its steps are (`progress`: process → `2/5`).
    """

    frame: pd.DataFrame
    page: int
    total: int


class _Holds(GenericFunction[bool]):
    """Whether a text stands in another, letter by letter: nothing in it is a pattern."""

    type = Boolean()
    name = "holds"
    inherit_cache = True


@compiles(_Holds, "sqlite")
def _instr(element: Any, compiler: Any, **how: Any) -> str:
    return f"instr({compiler.process(element.clauses, **how)}) > 0"


@compiles(_Holds, "postgresql")
def _strpos(element: Any, compiler: Any, **how: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **how)}) > 0"


class _AsMoment(GenericFunction[str]):
    """A stored moment, whatever zone it was written in, as text of one zone: it can be compared."""

    type = String()
    name = "as_moment"
    inherit_cache = True


@compiles(_AsMoment, "sqlite")
def _datetime(element: Any, compiler: Any, **how: Any) -> str:
    return f"datetime({compiler.process(element.clauses, **how)})"


@compiles(_AsMoment, "postgresql")
def _timestamp(element: Any, compiler: Any, **how: Any) -> str:
    at = f"CAST({compiler.process(element.clauses, **how)} AS timestamptz) AT TIME ZONE 'UTC'"
    return f"to_char({at}, 'YYYY-MM-DD HH24:MI:SS')"


def holds(column: Any, text: str) -> ColumnElement[bool]:
    """Whether the text stands in the column, as Python's `in` says it (P15)."""
    return _Holds(column, text) if storable(text) else false()


def equals(column: Any, text: str) -> ColumnElement[bool]:
    """Whether the column is this text."""
    same: ColumnElement[bool] = column == text
    return same if storable(text) else false()


def storable(text: str) -> bool:
    """Whether a database can hold the text at all: one without NUL and half characters."""
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def has(word: str) -> ColumnElement[bool]:
    """Whether a word stands in the number, the title, the document number or the sender."""
    columns = (
        CASE.number,
        CASE.title,
        CASE.data["doc_number"].as_string(),
        CASE.data[SENDER].as_string(),
    )
    return or_(*(holds(column, word) for column in columns))


@dataclass(frozen=True)
class Place:
    """Where a page of a register lies: of how many cases, in which years, and where it begins in those."""

    total: int
    page: int
    years: tuple[int, ...]
    offset: int


@dataclass(frozen=True)
class Register:
    """The register of one process at a moment, for statements that start from what a person may see."""

    versions: Sequence[Process]
    now: datetime
    zone: tzinfo

    def narrowed(self, query: Select[Any], wanted: Wanted) -> Select[Any]:
        """Only the cases that are wanted."""
        query = query.where(CASE.process == self.versions[0].key, *self._when(wanted))
        for word in wanted.text.split():
            query = query.where(has(word))
        return query.where(*self._where(wanted), *self._whose(wanted), *self._on_days(wanted))

    def place(
        self, session: Session, counting: Select[Any], wanted: Wanted, years: Sequence[int], per_page: int
    ) -> Place:
        """Where the wanted page lies; one past the end is the last. `counting` counts what may be seen.

        Counted year by year, so that only the years of the page need be put in order.
        """
        narrowed = self.narrowed(counting, wanted)
        order = sorted(years, reverse=not wanted.oldest_first)
        counts = {year: session.scalar(narrowed.where(*self._in_year(year))) or 0 for year in order}
        total = sum(counts.values())
        page = min(wanted.page, max(1, -(-total // per_page)))
        first, on_page, before = (page - 1) * per_page, list[int](), 0
        skipped = 0
        for year, count in counts.items():
            if before + count <= first:
                skipped += count
            elif before < first + per_page:
                on_page.append(year)
            before += count
        return Place(total, page, tuple(on_page), first - skipped)

    def on(self, query: Select[Any], wanted: Wanted, place: Place) -> Select[Any]:
        """The cases of a page by year and the count in the number.

        All numbers of one year and process have one pattern, so the longer one is the higher.
        """
        if not place.years:
            return query.where(false())
        keys: list[Any] = [func.length(CASE.number), CASE.number]
        if len(place.years) > 1:
            since = [(CASE.opened_at >= self._new_year(year), year) for year in sorted(place.years)[::-1]]
            keys.insert(0, case(*since, else_=0))
        begin, end = self._new_year(min(place.years)), self._new_year(max(place.years) + 1)
        query = self.narrowed(query, wanted).where(CASE.opened_at >= begin, CASE.opened_at < end)
        return query.order_by(*(keys if wanted.oldest_first else (key.desc() for key in keys)))

    def years(self, session: Session, visible: Select[Any]) -> list[int]:
        """The years that have a case, the newest first. `visible` selects moments of opening."""
        own = visible.where(CASE.process == self.versions[0].key)
        ends = [session.scalar(own.order_by(key).limit(1)) for key in (CASE.opened_at, CASE.opened_at.desc())]
        first, last = (moment.astimezone(self.zone).year if moment else 0 for moment in ends)
        between = [year for year in range(last - 1, first, -1) if self._has_year(session, own, year)]
        return [*dict.fromkeys((last, *between, first))] if last else []

    def _has_year(self, session: Session, own: Select[Any], year: int) -> bool:
        return session.scalar(own.where(*self._in_year(year)).limit(1)) is not None

    def _when(self, wanted: Wanted) -> list[ColumnElement[bool]]:
        conditions = self._in_year(wanted.year) if wanted.year else []
        if wanted.first:
            conditions.append(CASE.opened_at >= datetime.combine(wanted.first, time.min, self.zone))
        if wanted.last:
            after = wanted.last + timedelta(days=1)
            conditions.append(CASE.opened_at < datetime.combine(after, time.min, self.zone))
        return conditions

    def _in_year(self, year: int) -> list[ColumnElement[bool]]:
        return [CASE.opened_at >= self._new_year(year), CASE.opened_at < self._new_year(year + 1)]

    def _new_year(self, year: int) -> datetime:
        return datetime.combine(date(year, 1, 1), time.min, self.zone)

    def _where(self, wanted: Wanted) -> list[ColumnElement[bool]]:
        """Conditions on how it stands."""
        conditions: list[ColumnElement[bool]] = []
        if wanted.stages:
            conditions.append(or_(*(equals(CASE.stage, stage) for stage in wanted.stages)))
        if wanted.state:
            conditions.append(self._states().get(wanted.state, false()))
        if wanted.grade is not None:
            conditions.append(CASE.grade == int(wanted.grade))
        return conditions

    def _states(self) -> dict[str, ColumnElement[bool]]:
        ended = or_(
            *(
                and_(CASE.version == one.version, CASE.stage.in_([s.key for s in one.stages if s.is_end]))
                for one in self.versions
            )
        )
        late = and_(CASE.is_open, CASE.due_at < self.now, CASE.paused_at.is_(None))
        return {
            "open": CASE.is_open,
            "closed": and_(not_(CASE.is_open), ended),
            "void": and_(not_(CASE.is_open), not_(ended)),
            "late": late,
        }

    def _whose(self, wanted: Wanted) -> list[ColumnElement[bool]]:
        """Conditions on whom and what it is about."""
        conditions: list[ColumnElement[bool]] = []
        if wanted.owner.startswith(ROLE):
            duty = equals(CASE.duty, wanted.owner.removeprefix(ROLE))
            conditions.append(and_(CASE.is_open, CASE.owner == "", duty))
        elif wanted.owner:
            conditions.append(and_(CASE.is_open, equals(CASE.owner, wanted.owner)))
        if wanted.department:
            conditions.append(or_(*self._departments(wanted.department)))
        if wanted.sender:
            conditions.append(holds(CASE.data[SENDER].as_string(), wanted.sender))
        if wanted.urgency:
            conditions.append(equals(CASE.data[URGENCY].as_string(), wanted.urgency))
        conditions += [equals(CASE.data[key].as_string(), word) for key, word in wanted.fields]
        return conditions

    def _on_days(self, wanted: Wanted) -> list[ColumnElement[bool]]:
        """Conditions on the register's own day: a date as it stands, a moment by the office's days."""
        field = day_of(self.versions[-1])
        if field is None or not (wanted.day_first or wanted.day_last):
            return []
        stored = CASE.data[field.key].as_string()
        if field.kind is Kind.DATE:
            first, last = wanted.day_first, wanted.day_last
            return [*([stored >= f"{first}"] if first else []), *([stored <= f"{last}"] if last else [])]
        at, conditions = _AsMoment(stored), list[ColumnElement[bool]]()
        if wanted.day_first:
            conditions.append(at >= self._in_utc(wanted.day_first))
        if wanted.day_last:
            conditions.append(at < self._in_utc(wanted.day_last + timedelta(days=1)))
        return conditions

    def _in_utc(self, day: date) -> str:
        """The first moment of a day of the office, as `_AsMoment` writes it."""
        return f"{datetime.combine(day, time.min, self.zone).astimezone(UTC):%Y-%m-%d %H:%M:%S}"

    def _departments(self, department: str) -> list[ColumnElement[bool]]:
        fields = {f.key for one in self.versions for f in one.fields.values() if f.kind is Kind.DEPARTMENT}
        if not fields:
            return [false()]
        return [equals(CASE.data[key].as_string(), department) for key in sorted(fields)]


def parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """As many ids at a time as a statement of any database takes."""
    for begin in range(0, len(ids), 1_000):
        yield ids[begin : begin + 1_000]


def openers(session: Session, case_ids: Sequence[str], people: Directory) -> dict[str, str]:
    """By whom each case was opened, as a name; 系统 where a step opened it by itself."""
    found: dict[str, str] = {}
    for ids in parts(case_ids):
        query = select(EVENT.case_id, EVENT.by).where(EVENT.case_id.in_(ids), EVENT.action == OPENED)
        found.update((case_id, people.name(by)) for case_id, by in session.execute(query))
    return found


def progress_of(
    process: Process, cases: pd.DataFrame, progress: Mapping[tuple[str, str], tuple[int, int]]
) -> list[dict[str, str]]:
    """How far the children of each case are, by their process: `{"reading": "2/5"}`.

    Whoever is named and has none yet counts as well.
    """
    waits = [(stage, stage.opens) for stage in process.stages if stage.opens]
    told = []
    for case_id, data in zip(cases["id"], cases["data"], strict=True):
        counted = {}
        for stage, opens in waits:
            done, every = progress.get((case_id, opens.process), (0, 0))
            if every:
                counted[opens.process] = f"{done}/{max(every, len(asked_by(process, stage, data)))}"
        told.append(counted)
    return told

"""The number book in the tables: numbers set aside, and what became of every number of a series (N7)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from core.number_book import SetAside, State, count_in, ends, gap_words, gaps, series_of, year_of
from core.process import NUMBER_TITLES
from core.processes import Standard
from core.profile import OfficeProfile
from core.standing import ACTIONS
from db.tables import CaseRow, EventRow, ReservedNumberRow, SequenceRow, table

BOOK = ["series", "title", "last", "used", "reserved", "void", "gaps"]
"""Columns of the book: a series a row, its numbers counted, and its gap report in words."""

ASIDE = ["number", "state", "reason", "by", "at", "case_id"]
"""Columns of the numbers that were set aside or are void; `state` in words, `case_id` where a case has it."""

SLIP_NUMBER = "slip_number"
"""The field of a supervision slip's number, which no process declares."""


# --- commands, each inside the transaction of the command that gives them ---------------------------


def take(session: Session, series: str, count: int = 1) -> range:
    """The next numbers of a series, as counts. Whoever rolls back has not taken them (P5)."""
    connection = session.connection()
    last = connection.scalar(_COUNT_ON, {"of": series, "by": count})
    if last is None:
        connection.execute(_COUNT, {"series": series, "last": count})
        last = count
    return range(last - count + 1, last + 1)


_SEQUENCES = table(SequenceRow)
_COUNT = insert(_SEQUENCES)
_COUNT_ON = (
    update(_SEQUENCES)
    .where(_SEQUENCES.c.series == bindparam("of"))
    .values(last=_SEQUENCES.c.last + bindparam("by"))
    .returning(_SEQUENCES.c.last)
)


def reserve(session: Session, series: str, count: int, reason: str, by: str, at: datetime) -> list[str]:
    """Set the next numbers of a series aside."""
    common = {"series": series, "state": State.RESERVED.value, "reason": reason, "by": by, "at": at}
    rows = [{**common, "n": n, "number": series.format(n=n)} for n in take(session, series, count)]
    session.execute(insert(ReservedNumberRow), rows)
    return [str(row["number"]) for row in rows]


def set_aside(session: Session, number: str) -> SetAside | None:
    """One number that was set aside, None if it never was."""
    row = session.get(ReservedNumberRow, number, populate_existing=True)
    return SetAside(row.number, row.series, State(row.state), row.reason) if row else None


def settle(session: Session, number: str, state: State, **values: Any) -> None:
    """Write down what became of a number that was set aside."""
    this = ReservedNumberRow.number == number
    session.execute(update(ReservedNumberRow).where(this).values(state=state.value, **values))


# --- the book ---------------------------------------------------------------------------------------


def waiting(session: Session, series: str) -> list[str]:
    """The numbers of a series that wait for a case, in their order."""
    row = ReservedNumberRow
    query = select(row.number).where(row.series == series, row.state == State.RESERVED.value)
    return list(session.scalars(query.order_by(row.n)))


def years(session: Session) -> list[int]:
    """The years that have a series, the newest first."""
    found = (year_of(series) for series in session.scalars(select(SequenceRow.series)))
    return sorted({year for year in found if year}, reverse=True)


@dataclass(frozen=True)
class Held:
    """A number that something has: the case, whether it is void by now, and what such numbers are called."""

    number: str
    case_id: str
    void: bool
    title: str


@dataclass(frozen=True)
class Book:
    """The series of a year, and those that run on over the years.

    It counts what lies beyond its reader's clearance as well, by the number alone: a number of
    something one may not see is no gap.
    """

    session: Session
    standard: Standard
    profile: OfficeProfile
    year: int
    _on_the_way: list[Held] = field(default_factory=list)

    def series(self) -> dict[str, int]:
        """The patterns with the last number of each."""
        query = select(SequenceRow.series, SequenceRow.last).order_by(SequenceRow.series)
        return {
            series: last
            for series, last in self.session.execute(query)
            if year_of(series) in (self.year, None)
        }

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Each series as a row of `BOOK`."""
        names = {
            series: process.title
            for process in self.standard.newest()
            for series in series_of(process, self.profile, self.year)
        }
        for series, last in self.series().items():
            held = self.held(series)
            title = names.get(series) or next((one.title for one in held), "")
            yield self._row(series, title, last, held)

    def _row(self, series: str, title: str, last: int, held: list[Held]) -> tuple[Any, ...]:
        row = ReservedNumberRow
        apart = self.session.execute(select(row.n, row.state).where(row.series == series)).all()
        states = [state for _, state in apart]
        known = {*(count_in(series, one.number) or 0 for one in held), *(n for n, _ in apart)}
        void = sum(one.void for one in held) + states.count(State.VOID.value)
        used = sum(not one.void for one in held)
        return (
            series,
            title,
            last,
            used,
            states.count(State.RESERVED.value),
            void,
            gap_words(gaps(last, known)),
        )

    def held(self, series: str) -> list[Held]:
        """The numbers of a series that a case or a step has."""
        before, _ = ends(series)
        every = [*self._of_cases(before), *self._of_steps()]
        return [one for one in every if count_in(series, one.number)]

    def _of_cases(self, before: str) -> Iterator[Held]:
        kinds = {
            (p.key, p.version): p.title for versions in self.standard.versions.values() for p in versions
        }
        row = CaseRow
        columns = (row.number, row.id, row.is_open, row.process, row.version, row.stage)
        query = select(*columns).where(func.substr(row.number, 1, len(before)) == before)
        for number, case_id, is_open, process, version, stage in self.session.execute(query):
            yield Held(
                number, case_id, self._is_void(is_open, process, version, stage), kinds[process, version]
            )

    def _is_void(self, is_open: bool, process: str, version: int, stage: str) -> bool:
        """Whether a case came to its end elsewhere than at an end of its process."""
        return not is_open and not self.standard.version(process, version).stage(stage).is_end

    def _of_steps(self) -> list[Held]:
        """The numbers given on the way, read once; void with its case, or where its step was withdrawn."""
        if not self._on_the_way:
            for key, actions in self._numbering_actions().items():
                self._on_the_way.extend(self._given(key, actions))
        return self._on_the_way

    def _given(self, key: str, actions: Iterable[str]) -> Iterator[Held]:
        given = EventRow.data[key].as_string()
        row = CaseRow
        of_case = (row.data[key].as_string(), row.is_open, row.process, row.version, row.stage)
        query = select(given, row.id, *of_case).join(row, row.id == EventRow.case_id)
        for number, case_id, now, *stands in self.session.execute(query.where(EventRow.action.in_(actions))):
            if number:
                void = key != SLIP_NUMBER and (now != number or self._is_void(*stands))
                yield Held(number, case_id, void, _title(key))

    def _numbering_actions(self) -> dict[str, set[str]]:
        """The actions that give a number on the way, by the field that holds it."""
        found = {SLIP_NUMBER: {"issue_slip"}}
        for process in (p for versions in self.standard.versions.values() for p in versions):
            for action in process.actions:
                if action.numbers:
                    found.setdefault(action.numbers.field, set()).add(action.key)
        return found

    def aside(self, visible: Mapping[str, tuple[str, str, datetime]]) -> Iterator[tuple[Any, ...]]:
        """What was set aside or is void, as rows of `ASIDE`.

        `visible`: of the cases that the reader may see and that were voided or withdrawn, why, by whom and when.
        """
        row = ReservedNumberRow
        columns = (row.number, row.state, row.reason, row.by, row.at, row.case_id)
        for series in self.series():
            for number, state, *rest in self.session.execute(
                select(*columns).where(row.series == series).order_by(row.n)
            ):
                yield number, State(state).label, *rest
            for one in self.held(series):
                if one.void and one.case_id in visible:
                    yield one.number, State.VOID.label, *visible[one.case_id], one.case_id


def _title(key: str) -> str:
    own = {field.key: field.title for field in ACTIONS["issue_slip"].asks}
    return "督办单" if key in own else NUMBER_TITLES.get(key, key)

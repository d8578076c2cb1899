"""The figures of the standard, counted from what was recorded and may be seen (R104); see `core.measures`."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from core.measures import (
    MEASURES,
    REMOTE,
    Checks,
    Holding,
    Measure,
    Rated,
    Repeated,
    Rolling,
    Spent,
    Steps,
    Turn,
    Untouched,
    Within,
    calls_for_the_remote_sop,
    measure,
    rule_of,
    steps_before,
    turns,
)
from core.process import URGENT, Process
from core.surveys import SURVEYS, Tally, tally
from db import registers
from db.reading.sight import OPEN, Sight
from db.tables import CaseRow, EventRow, SurveyRow

FIGURES = [
    "key", "title", "process", "process_title", "value", "said", "aim", "met", "n", "missed", "waiting", "verdict", "counted", "rule",
]  # fmt: skip
"""Columns of the figures of a month: `value` as a number or None, `said` and `aim` in words, `met` True, False or
None; `n` is the denominator, `missed` how many of it do not meet the standard, `waiting` those of them that are
still open and late. `verdict`, `counted`: whether it is met and from what it was counted, in words.
"""

MONTHS = ["month", "days", "n"]
"""Columns of an average by month: its first day, working days on average (None where there were none), how many."""

_Tally = tuple[int, int, int]  # of a figure: the denominator, what misses, what of that is still waiting

_before = aliased(EventRow)


class Measuring(Sight):
    """What the standard promises, month by month."""

    def figures(self, month: date) -> pd.DataFrame:
        """Every measure of a month (any day of it): columns `FIGURES`.

        A step counts in the month in which it was done; one that is late and still open counts as missed in
        every month until it is done.
        """
        first, last = self._month(month)
        standard, today = self.standard(), self._clock().astimezone(self.calendar().zone).date()
        with self._database.reading() as session:
            rows = []
            for one in MEASURES:
                process = standard.in_force(one.of.process, today)
                value, (n, missed, waiting) = self._value(session, one, first, last)
                rows.append(
                    (one.key, one.title, process.key, process.title, value, one.said(value), one.aim, one.met(value), n, missed, waiting, one.verdict(value), one.counted(n, missed, waiting), rule_of(one, process))
                )  # fmt: skip
        return pd.DataFrame(rows, columns=FIGURES).astype({"value": object, "met": object})

    def behind(self, key: str, month: date, *, limit: int = 200) -> pd.DataFrame:
        """The cases behind a figure: those that miss the standard; of an average, all, the slowest first."""
        one = measure(key)
        if one is None:
            return self._cases(self._visible().where(false()))
        first, last = self._month(month)
        with self._database.reading() as session:
            ids = list(dict.fromkeys(self._behind(session, one, first, last)))[:limit]
        return self._cases_of(ids)

    def average(self, key: str, month: date, *, months: int = 12) -> pd.DataFrame:
        """An average measure of this month and those before it: columns `MONTHS` (R19)."""
        one = measure(key)
        if one is None or not isinstance(one.of, Spent):
            return pd.DataFrame(columns=MONTHS)
        days = [_moved(month.replace(day=1), -n) for n in reversed(range(months))]
        spans = {day: list[float]() for day in days}
        with self._database.reading() as session:
            zone = self.calendar().zone
            for _, at, spent in self._spent(session, one.of, self._month(days[0])[0], self._month(month)[1]):
                spans[at.astimezone(zone).date().replace(day=1)].append(spent)
        rows = [(day, sum(found) / len(found) if found else None, len(found)) for day, found in spans.items()]
        return pd.DataFrame(rows, columns=MONTHS)

    def turns(self, keys: Iterable[str], month: date, *, months: int = 12) -> tuple[Turn, ...]:
        """The changes of these processes that came into force in these months."""
        first = _moved(month.replace(day=1), 1 - months)
        return turns(self.standard(), keys, first, _moved(month.replace(day=1), 1) - timedelta(days=1))

    # --- counting -------------------------------------------------------------------------------------

    def _value(
        self, session: Session, one: Measure, first: datetime, last: datetime
    ) -> tuple[float | None, _Tally]:
        match one.of:
            case Steps() as of:
                n, missed, waiting = self._in_time(session, of, first, last)
                return _share(n - missed, n), (n, missed, waiting)
            case Spent() as of:
                spent = [days for _, _, days in self._spent(session, of, first, last)]
                over = sum(days > one.target for days in spent) if one.target is not None else 0
                return (sum(spent) / len(spent) if spent else None), (len(spent), over, 0)
            case Repeated() as of:
                given = self._given(session, of, first, last)
                twice = self._twice(session, of, given.values(), last)
                missed = sum(number in twice for number in given.values())
                return _share(missed, len(given)), (len(given), missed, 0)
            case Checks() as of:
                checked = self._checked(session, of, first, last).values()
                if of.documents:
                    n, missed = len(checked), sum(failed > 0 for _, failed in checked)
                else:
                    n, missed = sum(made for made, _ in checked), sum(failed for _, failed in checked)
                return _share(missed, n), (n, missed, 0)
            case Within() as of:
                hours = self._hours(session, of, first, last)
                late = [waits for _, spent, waits in hours if spent > timedelta(hours=of.hours)]
                return _share(len(hours) - len(late), len(hours)), (len(hours), len(late), sum(late))
            case Holding() as of:
                found = self._held(session, of, first, last)
                missed = sum(not holds for holds in found.values())
                return _share(len(found) - missed, len(found)), (len(found), missed, 0)
            case Untouched() as of:
                begun = self._touched(session, of, first, last)
                return _share(len(begun) - sum(begun.values()), len(begun)), (
                    len(begun),
                    sum(begun.values()),
                    0,
                )
            case Rated() as of:
                rated = self._rated(session, of, first, last)
                n, good = sum(one.n for _, one in rated), sum(one.satisfied for _, one in rated)
                return _share(good, n), (n, n - good, 0)
            case Rolling() as of:
                n, held = self._rolling(session, of, last)
                return (_share(held, n) if n >= of.least else None), (n, n - held, 0)

    def _behind(self, session: Session, one: Measure, first: datetime, last: datetime) -> list[str]:
        match one.of:
            case Steps() as of:
                late = self._moves(of.process, first, last, CaseRow.id).where(*_of(of), ~_kept(of.whole))
                open_ones = self._waiting(of, last, CaseRow.id).order_by(CaseRow.due_at)
                return [*session.scalars(open_ones), *session.scalars(late.order_by(EventRow.at.desc()))]
            case Spent() as of:
                spent = self._spent(session, of, first, last)
                return [case for case, _, _ in sorted(spent, key=lambda row: -row[2])]
            case Repeated() as of:
                given = self._given(session, of, first, last)
                twice = self._twice(session, of, given.values(), last)
                return [case for number in sorted(twice) for case in twice[number]]
            case Checks() as of:
                checked = self._checked(session, of, first, last)
                return [
                    case for case, (_, failed) in sorted(checked.items(), key=lambda c: -c[1][1]) if failed
                ]
            case Within() as of:
                hours = self._hours(session, of, first, last)
                late_ones = sorted(hours, key=lambda row: -row[1])
                return [case for case, spent, _ in late_ones if spent > timedelta(hours=of.hours)]
            case Holding() as of:
                return [case for case, holds in self._held(session, of, first, last).items() if not holds]
            case Untouched() as of:
                return [case for case, touched in self._touched(session, of, first, last).items() if touched]
            case Rated() as of:
                rated = self._rated(session, of, first, last)
                short = [(found.rate, case) for case, found in rated if not one.met(found.rate)]
                return [case for _, case in sorted(short)]
            case Rolling() as of:
                return [case for case, holds in self._over_months(session, of, last).items() if holds]

    def _rated(self, session: Session, of: Rated, first: datetime, last: datetime) -> list[tuple[str, Tally]]:
        """What the surveys that were sent in these days came to, as far as it may be shown, with their cases."""
        sent = SurveyRow.survey == of.survey, SurveyRow.opened_at >= first, SurveyRow.opened_at < last
        query = self._visible(SurveyRow).join(SurveyRow, SurveyRow.case_id == CaseRow.id).where(*sent)
        found = session.scalars(query.where(CaseRow.process == of.process, SurveyRow.closed_at.is_not(None)))
        told = [(row.case_id, tally(SURVEYS[row.survey], row.answers, is_open=False)) for row in found]
        return [(case, made) for case, made in told if made]

    def _in_time(self, session: Session, of: Steps, first: datetime, last: datetime) -> _Tally:
        """Steps done and late, counted once for every measure of a process and month."""
        done, late = 0, 0
        for action, urgent, whole, n, kept in self._done(session, of.process, first, last):
            if (not of.done or action in of.done) and of.urgent in (None, urgent) and of.whole == whole:
                done, late = done + n, late + n - kept
        waiting = session.scalar(self._waiting(of, last, func.count())) or 0
        return done + waiting, late + waiting, waiting

    def _done(
        self, session: Session, process: str, first: datetime, last: datetime
    ) -> Sequence[tuple[str, bool, bool, int, int]]:
        """Steps of a process done in these days: action, urgent, of which promise (the whole's or not), how many, in time."""
        key = f"done.{process}.{first}"
        if key not in self._known:
            counts = [_promised(whole) for whole in (False, True)]
            kept = [and_(_promised(whole), _kept(whole)) for whole in (False, True)]
            sums = [func.count().filter(one) for one in (*counts, *kept)]
            query = self._moves(process, first, last, EventRow.action, _urgent().label("urgent"), *sums)
            found = session.execute(query.group_by(EventRow.action, "urgent")).all()
            self._known[key] = [
                (action, bool(urgent), whole, n, k)
                for action, urgent, own, all_, own_kept, all_kept in found
                for whole, n, k in ((False, own, own_kept), (True, all_, all_kept))
            ]
        known: Sequence[tuple[str, bool, bool, int, int]] = self._known[key]
        return known

    def _moves(self, process: str, first: datetime, last: datetime, *columns: Any) -> Select[Any]:
        """The steps that were done in these days, each beside the event before it, in which its deadline stands."""
        query = self._ran(process, first, last, *columns).join(
            _before, and_(_before.case_id == EventRow.case_id, _before.seq == EventRow.seq - 1)
        )
        return query.where(EventRow.action.in_(self._steps_of(process)))

    def _ran(
        self, process: str, first: datetime, last: datetime, *columns: Any, over: bool = False
    ) -> Select[Any]:
        """The events of these days; cases that came later, or were `over` before, are not looked at."""
        running = or_(CaseRow.closed_at.is_(None), CaseRow.closed_at >= first)
        query = self._visible(*columns).join(EventRow, EventRow.case_id == CaseRow.id)
        query = query.where(CaseRow.process == process, CaseRow.opened_at < last)
        query = query if over else query.where(running)
        return query.where(EventRow.at >= first, EventRow.at < last)

    def _waiting(self, of: Steps, last: datetime, *columns: Any) -> Select[Any]:
        """What is late now, or was by the end of the month and still is."""
        until = min(self._clock(), last)
        due = CaseRow.case_due_at if of.whole else CaseRow.due_at
        query = self._visible(*columns).where(
            OPEN, CaseRow.process == of.process, due < until, CaseRow.paused_at.is_(None)
        )
        if of.done:
            stages = {
                stage.key
                for process in self._versions(of.process)
                for stage in steps_before(process, of.done, whole=of.whole)
            }
            query = query.where(CaseRow.stage.in_(stages))
        return query if of.urgent is None else query.where(_urgent() == of.urgent)

    def _spent(
        self, session: Session, of: Spent, first: datetime, last: datetime
    ) -> list[tuple[str, datetime, float]]:
        """Cases in which it was done, when, and after how many working days; once a case, the last time it was done."""
        query = self._ran(of.process, first, last, CaseRow.id, CaseRow.opened_at, EventRow.at)
        calendar = self.calendar()
        day = calendar.day_length(_WEEKDAY)
        ended = {
            case: (opened, at)
            for case, opened, at in session.execute(
                query.where(EventRow.action.in_(of.done)).order_by(EventRow.at)
            )
        }
        return [(case, at, calendar.between(opened, at) / day) for case, (opened, at) in ended.items()]

    def _given(self, session: Session, of: Repeated, first: datetime, last: datetime) -> Mapping[str, str]:
        """The numbers given in these days, by case."""
        number = EventRow.data[of.field].as_string()
        giving = {
            action.key
            for process in self._versions(of.process)
            for action in process.actions
            if action.numbers and action.numbers.field == of.field
        }
        query = self._ran(of.process, first, last, CaseRow.id, number).where(EventRow.action.in_(giving))
        return {case: given for case, given in session.execute(query) if given}

    def _twice(
        self, session: Session, of: Repeated, numbers: Iterable[str], last: datetime
    ) -> dict[str, list[str]]:
        """Those of the numbers that stand in more than one case, with the cases."""
        number = CaseRow.data[of.field].as_string()
        found: dict[str, list[str]] = {}
        for part in registers.parts(list(numbers)):
            query = self._visible(CaseRow.id, number).where(
                CaseRow.process == of.process, CaseRow.opened_at < last, number.in_(part)
            )
            for case, given in session.execute(query):
                found.setdefault(given, []).append(case)
        return {given: cases for given, cases in found.items() if len(cases) > 1}

    def _checked(
        self, session: Session, of: Checks, first: datetime, last: datetime
    ) -> dict[str, tuple[int, int]]:
        """The cases whose checks were recorded in these days: how many were made, and failed; the last ones of a case."""
        checking = {
            action.key
            for process in self._versions(of.process)
            for action in process.actions
            if action.finds and of.made in {field.key for field in action.finds.fields}
        }
        counted = (EventRow.data[key].as_integer() for key in (of.made, of.failed))
        query = self._ran(of.process, first, last, CaseRow.id, *counted, over=of.afterwards)
        query = query.where(EventRow.action.in_(checking))
        rows = session.execute(query.order_by(EventRow.seq))
        return {case: (made, failed or 0) for case, made, failed in rows if made}

    def _hours(
        self, session: Session, of: Within, first: datetime, last: datetime
    ) -> list[tuple[str, timedelta, bool]]:
        """Each case in which it was done in these days, or is late and still not: how long it took, and whether it waits."""
        since = CaseRow.data[of.since].as_string()
        query = self._ran(of.process, first, last, CaseRow.id, since, EventRow.at).where(
            EventRow.action.in_(of.done)
        )
        done = {
            case: (case, at - datetime.fromisoformat(begun), False)
            for case, begun, at in session.execute(query.order_by(EventRow.at))
            if begun
        }
        until = min(self._clock(), last)
        stages = {
            stage.key
            for process in self._versions(of.process)
            for stage in steps_before(process, of.done, whole=True)
        }
        waiting = self._visible(CaseRow.id, since).where(
            OPEN, CaseRow.process == of.process, CaseRow.stage.in_(stages), since.is_not(None)
        )
        open_ones = (
            (case, until - datetime.fromisoformat(begun), True) for case, begun in session.execute(waiting)
        )
        late = [row for row in open_ones if row[1] > timedelta(hours=of.hours) and row[0] not in done]
        return [*done.values(), *late]

    def _held(
        self, session: Session, of: Holding | Rolling, first: datetime, last: datetime
    ) -> dict[str, bool]:
        """The cases that took the step in these days, and whether it holds of them; those not counted are left out."""
        query = self._ran(of.process, first, last, CaseRow.id, CaseRow.data)
        taken = session.execute(query.where(EventRow.action.in_(of.done)).order_by(EventRow.at))
        told = {case: of.holds(data) for case, data in taken}
        return {case: holds for case, holds in told.items() if holds is not None}

    def _touched(self, session: Session, of: Untouched, first: datetime, last: datetime) -> dict[str, bool]:
        """The cases begun in these days for one of the parent process: whether any of the actions was taken on them."""
        parent = aliased(CaseRow)
        query = (
            self._visible(CaseRow.id)
            .join(parent, parent.id == CaseRow.parent_id)
            .where(CaseRow.process == of.process, parent.process == of.parent)
            .where(CaseRow.opened_at >= first, CaseRow.opened_at < last)
        )
        begun = dict.fromkeys(session.scalars(query.order_by(CaseRow.opened_at)), False)
        for part in registers.parts([*begun]):
            touched = select(EventRow.case_id).where(
                EventRow.case_id.in_(part), EventRow.action.in_(of.touched)
            )
            begun |= dict.fromkeys(session.scalars(touched), True)
        return begun

    def _over_months(self, session: Session, of: Rolling, last: datetime) -> dict[str, bool]:
        zone = self.calendar().zone
        first = _moved(last.astimezone(zone).date(), -of.months)
        return self._held(session, of, datetime.combine(first, time.min, zone), last)

    def _rolling(self, session: Session, of: Rolling, last: datetime) -> tuple[int, int]:
        """How many cases there were in the months before this moment, and of how many it holds."""
        found = self._over_months(session, of, last)
        return len(found), sum(found.values())

    def remote_meetings(self, month: date) -> tuple[int, int, bool]:
        """Meetings of the twelve months up to and with this one, the remote ones among them, and whether they call for
        the 《远程会议组织SOP》 (R45, C16): while the steps of that standard are not in force yet.
        """
        of = next(one.of for one in MEASURES if one.key == REMOTE)
        if not isinstance(of, Rolling):
            raise TypeError(REMOTE)
        with self._database.reading() as session:
            n, remote = self._rolling(session, of, self._month(month)[1])
        return n, remote, calls_for_the_remote_sop(n, remote)

    def _versions(self, process: str) -> tuple[Process, ...]:
        return self.standard().versions[process]

    def _steps_of(self, process: str) -> set[str]:
        """The actions that lead on, in whichever version."""
        return {a.key for version in self._versions(process) for a in version.actions if a.to}

    def _month(self, day: date) -> tuple[datetime, datetime]:
        """The first moment of the month of a day, and of the next."""
        first, zone = day.replace(day=1), self.calendar().zone
        return tuple(datetime.combine(_moved(first, n), time.min, zone) for n in (0, 1))  # type: ignore[return-value]


_WEEKDAY = date(2026, 3, 2)
"""An ordinary Monday: how long a whole working day is."""


def _moved(first: date, months: int) -> date:
    """The first day of the month that is so many later."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)


def _share(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None


def _promised(whole: bool) -> ColumnElement[bool]:
    """Whether the step had a deadline."""
    return (_before.case_due_at if whole else _before.due_at).is_not(None)


def _kept(whole: bool) -> ColumnElement[bool]:
    return EventRow.at <= (_before.case_due_at if whole else _before.due_at)


def _urgent() -> ColumnElement[bool]:
    return func.coalesce(CaseRow.data["urgency"].as_string(), "").in_(URGENT)


def _of(of: Steps) -> list[ColumnElement[bool]]:
    """The conditions under which a step is one of a measure's."""
    conditions: list[ColumnElement[bool]] = [EventRow.action.in_(of.done)] if of.done else []
    return conditions if of.urgent is None else [*conditions, _urgent() == of.urgent]

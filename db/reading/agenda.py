"""The calendar, as far as somebody may see it: entries, conflicts, free times, and what a form would meet."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from math import inf
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import bindparam, func, or_, select

from core import conflicts
from core.case import Case
from core.conflicts import Span
from core.errors import GONE, NotFound, Refused
from core.people import DEPARTMENT
from core.policy import why_not_keep_entry, why_not_see_entry
from core.processes.schedule_conflict import KEY
from core.schedule import (
    AHEAD,
    AWAY,
    GIVES_WAY,
    OFF,
    Entry,
    Judged,
    Offer,
    Resource,
    Rules,
    Use,
    days_met,
    drafted,
    free_times,
    judged,
    name_of,
    offers,
    told,
)
from db import schedule
from db.reading.sight import OPEN, Sight
from db.tables import CaseRow, EntryRow, LongestUseRow, OccurrenceRow, table

COLUMNS = (
    "id", "title", "sort", "important", "begins", "ends", "all_day", "whom", "names", "place", "note", "state", "case_id",
    "repeats", "series", "version", "seen", "mine", "waits_for",
)  # fmt: skip
"""Of each time of an entry: `whom` by id and `names` in words; `seen`: whether more is told than that it is taken;
`mine`: whether this person may change it; `waits_for`: the case that decides on its conflict."""

BUSY = "忙"
"""What an entry is called for those who may not see it."""

CLASHES = (
    "whom",
    "name",
    "begins",
    "ends",
    "first",
    "second",
    "first_id",
    "second_id",
    "important",
    "may_move",
    "may_move_id",
    "may_move_day",
)

_USES = table(OccurrenceRow)
_TIMES = select(_USES.c.entry_id, _USES.c.begins, _USES.c.ends).where(
    _USES.c.begins > bindparam("earliest"), _USES.c.begins < bindparam("until"), _USES.c.ends > bindparam("since")
).distinct()  # fmt: skip
_OF = _USES.c.whom.in_(bindparam("whom", expanding=True))


MOST_TOLD, MOST_TIMES = 5, 400
"""Clashes that a form tells of, and free times that are looked through for a room."""


@dataclass(frozen=True)
class Meets:
    """What an entry would meet: clashes in words and how many more there are, what is free instead, whether somebody
    has to decide, and of a series the days that could be left out.
    """

    clashes: tuple[str, ...] = ()
    more: int = 0
    offers: tuple[Offer, ...] = ()
    decides: bool = False
    days: tuple[date, ...] = ()


class Agenda(Sight):
    """The calendar through the eyes of the person."""

    def rules(self) -> Rules:
        """The figures of the schedule."""
        return self._once("schedule_rules", schedule.rules)

    def resources(self) -> Mapping[str, Resource]:
        """Rooms, cars and the rest by their id."""
        return self._once("resources", schedule.resources)

    def uses(self, whom: Collection[str], within: Sequence[Span]) -> list[Use]:
        """When these are taken; what by is for `core.schedule` to tell as far as the person may know."""
        with self._database.reading() as session:
            return schedule.uses(session, whom, within)

    def entry(self, entry_id: str) -> Entry:
        """One entry; `NotFound` as well for what one may not see."""
        with self._database.reading() as session:
            found = schedule.entry(session, entry_id)
        if found is None or why_not_see_entry(self._person, found, self.directory().people.values()):
            raise NotFound(GONE)
        return found

    def entries(
        self, since: datetime, until: datetime, whom: Iterable[str] | None = None, departments: Iterable[str] | None = None
    ) -> pd.DataFrame:  # fmt: skip
        """What takes place in a window, a row for each time, with the columns of `COLUMNS`; times in the office's zone.

        `whom`: only of these people, departments (`dept:`) and resources; `departments`: of whoever is in these.
        """
        wanted = self._wanted(whom, departments)
        with self._database.reading() as session:
            longest = session.scalar(select(func.max(LongestUseRow.minutes))) or 0
            asked = {"earliest": since - timedelta(minutes=longest), "since": since, "until": until}
            query = _TIMES if wanted is None else _TIMES.where(_OF)
            more = {} if wanted is None else {"whom": sorted(wanted)}
            times = session.execute(query.order_by(_USES.c.begins, _USES.c.entry_id), {**asked, **more}).all()
            known = schedule.entries(session, {row.entry_id for row in times})
            waits = select(EntryRow.id, EntryRow.conflict_id).where(EntryRow.conflict_id.is_not(None))
            waiting = {one: case_id or "" for one, case_id in session.execute(waits)}
            away = schedule.away(session, since, until, wanted)
        told = {one.id: self._shown(one, waiting.get(one.id, "")) for one in [*known.values(), *away]}
        zone = self.calendar().zone
        spans = [*((one.id, one.begins, one.ends) for one in away), *times]
        rows = [
            {**told[entry_id], "begins": begins.astimezone(zone), "ends": ends.astimezone(zone)}
            for entry_id, begins, ends in spans
        ]
        frame = pd.DataFrame(rows, columns=list(COLUMNS))
        return frame.sort_values("begins", kind="stable", ignore_index=True) if away else frame

    def _wanted(self, whom: Iterable[str] | None, departments: Iterable[str] | None) -> set[str] | None:
        if whom is None and departments is None:
            return None
        places = set(departments or ())
        members = {one.id for one in self.directory().people.values() if one.department in places}
        return {*(whom or ()), *members, *(DEPARTMENT + place for place in places)}

    def _shown(self, one: Entry, waits_for: str) -> dict[str, Any]:
        """An entry as this person may know it."""
        people = self.directory()
        seen = not why_not_see_entry(self._person, one, people.people.values())
        mine = seen and not one.case_id and not one.is_absence and (
            one.by == self._person.id or not why_not_keep_entry(self._person, one.whom)
        )  # fmt: skip
        return {
            "id": one.id,
            "title": one.title if seen else BUSY,
            "sort": one.sort if seen else "",
            "important": one.important and seen,
            "all_day": one.all_day,
            "whom": one.whom,
            "names": "、".join(name_of(who, people, self.resources()) for who in one.whom),
            "place": one.place if seen else "",
            "note": one.note if seen else "",
            "state": one.state,
            "case_id": one.case_id if seen else "",
            "repeats": one.repeats if seen else "",
            "series": one.series,
            "version": one.version,
            "seen": seen,
            "mine": mine,
            "waits_for": waits_for if seen else "",
        }

    def meets(self, values: Mapping[str, Any], *, entry_id: str = "") -> Meets:
        """What an entry as it stands in the form would meet (N18). Nothing as long as it is only half filled in."""
        try:
            rooms = [*self.resources().values()]
            entry = drafted(values, entry_id, self._person.id, rooms, self.calendar())
        except Refused:
            return Meets()
        found = self.judged(entry)
        return Meets(
            tuple(self._met(use, entry) for use in found.all[:MOST_TOLD]),
            len(found.all) - MOST_TOLD,
            tuple(offers(entry, found, self, self._clock())),
            bool(found.decides),
            days_met(entry, found, self.calendar()) if entry.rule else (),
        )

    def _met(self, use: Use, entry: Entry) -> str:
        """A clash in words, and whether what stands there may give way by the priorities (R48)."""
        said, weigh = told(use, self._person, self), self.rules().priority
        movable = self.sees(use.entry) and not use.entry.case_id and not use.entry.is_absence
        return f"{said}，按优先级可以请它让" if movable and weigh(use.entry) < weigh(entry) else said

    def gives_way(self, case_id: str) -> tuple[int, list[Offer]]:
        """Which side of a conflict the priorities would have give way, counted from one, and when it could be instead.

        For whoever decides; of what they may not see, or what is changed elsewhere, no time is said.
        """
        case = self._at_hand(case_id)
        sides = case.data.get("sides") or []
        side = next((n for n, row in enumerate(sides, 1) if row.get("proposal") == GIVES_WAY), 1)
        with self._database.reading() as session:
            waits = schedule.awaiting(session, case_id)
            told_sides = waits[1] if waits else []
            one = schedule.entry(session, told_sides[side - 1][0]) if side <= len(told_sides) else None
        if one is None or one.case_id or one.state == OFF or not self.sees(one):
            return side, []
        at = told_sides[side - 1][1]
        alone = replace(one, rule="", begins=at, ends=at + (one.ends - one.begins))
        return side, offers(alone, self.judged(alone), self, self._clock())

    def _at_hand(self, case_id: str) -> Case:
        with self._database.reading() as session:
            return self._case(session, case_id)

    def left_out(self, entry: Entry, *, most: int = 12) -> list[tuple[date, str]]:
        """The days to come that were taken out of a series, each with what stands there now; free where it is empty (N19)."""
        zone = self.calendar().zone
        today = self._clock().astimezone(zone).date()
        days = [day for day in sorted(entry.exceptions) if day >= today][:most]
        begins, lasts = entry.begins.astimezone(zone), entry.ends - entry.begins
        found = []
        for day in days:
            at = datetime.combine(day, begins.time(), zone)
            met = self.judged(replace(entry, rule="", exceptions=(), begins=at, ends=at + lasts))
            stands = (*met.taken, *met.decides)
            found.append((day, told(stands[0], self._person, self) if stands else ""))
        return found

    def cancelled(self, *, limit: int = 20) -> list[Entry]:
        """What was cancelled and has not been over long, and this person may have again, the newest first."""
        since = self._clock() - timedelta(days=1)
        today = since.astimezone(self.calendar().zone).date()
        query = schedule.ENTRY.where(
            EntryRow.state == OFF, EntryRow.case_id.is_(None), or_(EntryRow.ends > since, EntryRow.until >= today)
        )  # fmt: skip
        with self._database.reading() as session:
            rows = session.execute(query.order_by(EntryRow.begins.desc()).limit(10 * limit)).all()
        found = [one for one in map(schedule.to_entry, rows) if self._shown(one, "")["mine"]]
        return found[:limit]

    def judged(self, entry: Entry) -> Judged:
        """What an entry meets where it stands."""
        return judged(entry, self)

    def conflicts(self, since: datetime, until: datetime) -> pd.DataFrame:
        """Every two entries that want the same person or room at the same time, with the columns of `CLASHES`.

        Of those whose calendar this person may see; `may_move` names what weighs less (R48), with its id and day.
        """
        frame = self.entries(since, until)
        frame = frame[frame["state"] != OFF]
        rows = [
            (who, n) for n, whom in enumerate(frame["whom"]) for who in whom if not who.startswith(DEPARTMENT)
        ]
        if not rows:
            return pd.DataFrame(columns=list(CLASHES))
        codes, whom = pd.factorize(np.array([who for who, _ in rows]))
        place = np.array([n for _, n in rows])
        begins, ends = (_minutes(frame[side])[place] for side in ("begins", "ends"))
        first, second = conflicts.pairs(codes.astype(np.int64), begins, ends)
        found = [
            self._clash(str(whom[codes[i]]), frame.iloc[place[i]], frame.iloc[place[j]])
            for i, j in zip(first, second, strict=True)
        ]
        shown = [clash for clash in found if clash]
        return pd.DataFrame(shown, columns=list(CLASHES)).sort_values("begins", ignore_index=True)

    def _clash(self, who: str, one: Any, other: Any) -> tuple[Any, ...] | None:
        if not (one.seen or other.seen) or one.id == other.id:
            return None
        rules, both = self.rules(), (one, other)
        heavy = [inf if e.sort == AWAY else rules.weighs(e.sort, e.important) for e in both]
        movable = [
            e for e, weighs in zip(both, heavy, strict=True) if weighs == min(heavy) and e.seen and not e.case_id
        ]  # fmt: skip
        begins, ends = max(one.begins, other.begins), min(one.ends, other.ends)
        return (
            who,
            name_of(who, self.directory(), self.resources()),
            begins,
            ends,
            one.title,
            other.title,
            one.id,
            other.id,
            bool(one.important and other.important),
            movable[-1].title if movable else "",
            movable[-1].id if movable else "",
            movable[-1].begins.date() if movable else None,
        )

    def free(
        self, whom: Collection[str], first: date, last: date, length: timedelta, *, most: int = 12
    ) -> list[Span]:  # fmt: skip
        """Times within office hours at which all of these are free for so long, in the office's zone."""
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        zone = self.calendar().zone
        found = free_times(whom, days, length, self, most=most)
        return [(begins.astimezone(zone), ends.astimezone(zone)) for begins, ends in found]

    def free_with(
        self, whom: Collection[str], first: date, last: date, length: timedelta, kind: str = "", *, most: int = 12
    ) -> list[tuple[Span, Resource | None]]:  # fmt: skip
        """Times from now on at which all of these are free, each with a room or car of this kind that is free as well;
        without one where no kind is asked for.
        """
        now = self._clock()
        times = [span for span in self.free(whom, first, last, length, most=MOST_TIMES) if span[0] >= now]
        if not kind:
            return [(span, None) for span in times[:most]]
        like = [one for one in self.resources().values() if one.active and one.kind == kind]
        uses = self.uses([one.id for one in like], [(times[0][0], times[-1][1])]) if times else []
        found = [(span, _first_free(like, span, uses)) for span in times]
        return [pair for pair in found if pair[1]][:most]

    def sees(self, entry: Entry) -> bool:
        """Whether this person is told more of an entry than that somebody is busy."""
        return not why_not_see_entry(self._person, entry, self.directory().people.values())

    def to_feed(self, about: str, since: datetime) -> list[Entry]:
        """The entries of a person, a department with its people, or a resource, that end after a moment."""
        wanted = {about}
        if about.startswith(DEPARTMENT):
            wanted = self._wanted((), [about.removeprefix(DEPARTMENT)]) or set()
        query = select(_USES.c.entry_id).where(_OF, _USES.c.ends > since).distinct()
        with self._database.reading() as session:
            ids = list(session.scalars(query, {"whom": sorted(wanted)}))
            found = schedule.entries(session, ids)
            away = schedule.away(session, since, self._clock() + AHEAD, wanted)
        return sorted([*found.values(), *away], key=lambda one: (one.begins, one.id))

    def escalations(self) -> pd.DataFrame:
        """The conflicts that wait for a decision, for those whom they concern."""
        return self._by_due(self._visible().where(CaseRow.process == KEY, OPEN), 20)


def _first_free(among: Sequence[Resource], span: Span, uses: Sequence[Use]) -> Resource | None:
    """The first of some rooms that is free at a time."""
    taken = {use.whom for use in uses if conflicts.overlap(use.span, span)}
    return next((one for one in among if one.id not in taken), None)


def _minutes(column: pd.Series) -> Any:
    return np.array([int(at.timestamp()) // 60 for at in column], dtype=np.int64)

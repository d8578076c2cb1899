"""The calendar, as far as somebody may see it: entries, conflicts, free times, and what a form would meet."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import bindparam, func, select

from core import conflicts
from core.conflicts import Span
from core.errors import GONE, NotFound, Refused
from core.policy import DEPARTMENT, why_not_keep_entry, why_not_see_entry
from core.processes.schedule_conflict import KEY
from core.schedule import (
    OFF,
    Entry,
    Judged,
    Resource,
    Rules,
    Use,
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
)

_USES = table(OccurrenceRow)
_TIMES = select(_USES.c.entry_id, _USES.c.begins, _USES.c.ends).where(
    _USES.c.begins > bindparam("earliest"), _USES.c.begins < bindparam("until"), _USES.c.ends > bindparam("since")
).distinct()  # fmt: skip
_OF = _USES.c.whom.in_(bindparam("whom", expanding=True))


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
        told = {one.id: self._shown(one, waiting.get(one.id, "")) for one in known.values()}
        zone = self.calendar().zone
        rows = [
            {**told[row.entry_id], "begins": row.begins.astimezone(zone), "ends": row.ends.astimezone(zone)}
            for row in times
        ]
        return pd.DataFrame(rows, columns=list(COLUMNS))

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
        mine = seen and not one.case_id and (
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

    def meets(self, values: Mapping[str, Any], *, entry_id: str = "") -> tuple[list[str], list[str], bool]:
        """What an entry as it stands in the form would meet (N18): clashes and free alternatives in words, and
        whether somebody has to decide. Nothing as long as it is only half filled in.
        """
        try:
            rooms = [*self.resources().values()]
            entry = drafted(values, entry_id, self._person.id, rooms, self.calendar())
        except Refused:
            return [], [], False
        found = self.judged(entry)
        said = [told(use, self._person, self) for use in found.all[:5]]
        return said, offers(entry, found, self), bool(found.decides)

    def judged(self, entry: Entry) -> Judged:
        """What an entry meets where it stands."""
        return judged(entry, self)

    def conflicts(self, since: datetime, until: datetime) -> pd.DataFrame:
        """Every two entries that want the same person or room at the same time, with the columns of `CLASHES`.

        Of those whose calendar this person may see; `may_move` names what weighs less (R48).
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
        weight = self.rules().weights
        extra = self.rules().important
        heavy = [weight.get(e.sort, 0) + (extra if e.important else 0) for e in (one, other)]
        movable = [
            e for e, weighs in zip((one, other), heavy, strict=True) if weighs == min(heavy) and not e.case_id
        ]
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
        )

    def free(
        self, whom: Collection[str], first: date, last: date, length: timedelta, *, most: int = 12
    ) -> list[Span]:  # fmt: skip
        """Times within office hours at which all of these are free for so long, in the office's zone."""
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        zone = self.calendar().zone
        found = free_times(whom, days, length, self, most=most)
        return [(begins.astimezone(zone), ends.astimezone(zone)) for begins, ends in found]

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
        return sorted(found.values(), key=lambda one: (one.begins, one.id))

    def escalations(self) -> pd.DataFrame:
        """The conflicts that wait for a decision, for those whom they concern."""
        return self._by_due(self._visible().where(CaseRow.process == KEY, OPEN), 20)


def _minutes(column: pd.Series) -> Any:
    return np.array([int(at.timestamp()) // 60 for at in column], dtype=np.int64)

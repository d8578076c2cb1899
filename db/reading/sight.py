"""Through whose eyes: the person a reader is bound to, what they may see, and how cases are told.

Every query of cases starts from `_visible`, so clearance cannot be forgotten.
"""

from collections import namedtuple
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, TypeVar, cast

import pandas as pd
import structlog
from sqlalchemy import ColumnElement, Select, and_, func, literal_column, select
from sqlalchemy.orm import Session

from core.case import Case
from core.errors import GONE, NotFound
from core.people import Person
from core.policy import sees_everything, why_not_see
from core.ports import Clock, Directory
from core.processes import Standard
from core.profile import OfficeProfile
from core.worktime import Limit, WorkingCalendar
from db import office_data, registers
from db.engine import Database
from db.files import FileStore
from db.tables import CASE, CONCERNED, CaseRow, table
from db.telling import Progress, Teller, frame_of
from db.unit import load

log = structlog.get_logger(__name__)

T = TypeVar("T")

EVERYTHING = tuple(CASE)
"""A case as a plain row: a list needs no object that could be changed."""

_as_read: Callable[[Any], Any] = cast(Any, namedtuple)("Read", [column.key for column in EVERYTHING])._make
# A row of SQLAlchemy's takes five times as long to give a value by its name, and a list asks for forty of each.

OPEN: ColumnElement[bool] = literal_column("cases.is_open")
# A literal: the partial index of open cases is not used when its condition is a bound parameter.

ASIDE: ColumnElement[bool] = literal_column("(cases.paused_at IS NOT NULL OR cases.urged > 0)")
"""Paused, or urged: with `OPEN` the condition of an index of its own, letter by letter."""


class Sight:
    """What `person` may look at, at the moment of `clock`."""

    def __init__(self, database: Database, files: FileStore, person: Person, clock: Clock) -> None:
        self._database = database
        self._files = files
        self._person = person
        self._clock = clock
        self._known: dict[str, Any] = {}
        self._cases_seen: dict[str, Case] = {}

    def one_moment(self) -> AbstractContextManager[None]:
        """All that is read inside is of the same moment."""
        return self._database.one_moment()

    # What a page asks for again and again is read once: a reader is of one moment.

    def directory(self) -> Directory:
        """Who works here, for choosing and naming people."""
        return self._once("directory", lambda session: office_data.directory(session, self._clock()))

    def calendar(self) -> WorkingCalendar:
        """When the office works."""
        return self._told("calendar", office_data.calendar)

    def standard(self) -> Standard:
        """The processes, with the office's own changes."""
        return self._told("standard", office_data.standard)

    def profile(self) -> OfficeProfile:
        """Who the office is."""
        return self._told("profile", office_data.profile)

    def _told(self, what: str, read: Callable[[Session, office_data.Known], T]) -> T:
        told = self._once("known", office_data.known)
        return self._once(what, lambda session: read(session, told))

    def _once(self, what: str, read: Callable[[Session], T]) -> T:
        if what not in self._known:
            with self._database.reading() as session:
                self._known[what] = read(session)
        found: T = self._known[what]
        return found

    def _visible(self, *columns: Any, of_many: bool = False) -> Select[Any]:
        """Cases within the person's clearance, and what concerns them unless they oversee everything.

        `of_many`: for a statement that would look at very many cases, as one that counts a register: it begins with
        what concerns the person. Others look at few, and ask of each.
        """
        query = select(*(columns or EVERYTHING)).select_from(table(CaseRow))
        query = query.where(CASE.grade <= int(self._person.clearance))
        if sees_everything(self._person):
            return query
        concerned = select(CONCERNED.root_id).where(CONCERNED.who.in_(self._person.names))
        if of_many:
            return query.where(CASE.root_id.in_(concerned))
        return query.where(concerned.where(CONCERNED.root_id == CASE.root_id).exists())

    def _case(self, session: Session, case_id: str) -> Case:
        if not registers.storable(case_id):
            raise NotFound(GONE)
        if case_id not in self._cases_seen:
            self._cases_seen[case_id] = self._loaded(session, case_id)
        return self._cases_seen[case_id]

    def _loaded(self, session: Session, case_id: str) -> Case:
        case = load(session, case_id, self.standard())
        if why_not_see(self._person, case):
            self._not_for(case_id)
            raise NotFound(GONE)
        return case

    def _not_for(self, case_id: str) -> None:
        """Write into the log that somebody asked for what is not for them; they hear that it is not there."""
        log.warning("not_for_this_person", person=self._person.id, case=case_id)

    def _soon(self, days: int) -> datetime:
        """Closing time of today, or of the n-th working day after it."""
        calendar, now = self.calendar(), self._clock()
        if days:
            return calendar.after(now, Limit(days=days))
        return calendar.closing(now.astimezone(calendar.zone).date())

    def _late(self) -> ColumnElement[bool]:
        """Past the step's deadline; paused ones wait and are not late."""
        return and_(CASE.due_at < self._clock(), CASE.paused_at.is_(None))

    def _by_due(self, query: Select[Any], limit: int) -> pd.DataFrame:
        """What is due first on top, then what has no deadline: each part in the order of the index."""
        due = self._cases(query.where(CASE.due_at.is_not(None)).order_by(CASE.due_at).limit(limit))
        if len(due) == limit:
            return due
        rest = query.where(CASE.due_at.is_(None)).order_by(CASE.opened_at).limit(limit - len(due))
        found = [frame for frame in (due, self._cases(rest)) if len(frame)]
        return pd.concat(found, ignore_index=True) if found else due

    def _cases(self, query: Select[Any]) -> pd.DataFrame:
        """What a query of `EVERYTHING` finds, told in words."""
        teller = Teller(self.standard(), self.directory(), self.calendar(), self._clock())
        with self._database.reading() as session:
            rows = [*map(_as_read, session.execute(query).all())]
            progress = self._progress(session, [row.id for row in rows if teller.goes_on_in(row)])
        return frame_of([teller.row(row, progress) for row in rows])

    def _cases_of(self, ids: Sequence[str]) -> pd.DataFrame:
        """These cases in this order; what is not there for this person is left out."""
        frame = self._cases(self._visible().where(CASE.id.in_(ids))).set_index("id", drop=False)
        return frame.reindex([case_id for case_id in ids if case_id in frame.index]).reset_index(drop=True)

    def _progress(self, session: Session, ids: Sequence[str]) -> Progress:
        """How many children of each case are done, and how many there are; void ones do not count."""
        found: Progress = {}
        kinds = (CASE.parent_id, CASE.process, CASE.version, CASE.stage, CASE.is_open)
        every_kind = self._visible(*kinds, func.count()).group_by(*kinds)
        for part in registers.parts(ids):
            query = every_kind.where(CASE.parent_id.in_(part))
            for parent, process, version, stage, is_open, n in session.execute(query):
                is_end = self.standard().version(process, version).stage(stage).is_end
                if is_end or is_open:
                    done, every = found.get((parent, process), (0, 0))
                    found[parent, process] = (done + n * is_end, every + n)
        return found


def within(moment: Any, first: date | None, last: date | None, zone: tzinfo) -> list[ColumnElement[bool]]:
    """From the first moment of one day of the office to the last of another, where they are given."""
    conditions: list[ColumnElement[bool]] = []
    if first:
        conditions.append(moment >= datetime.combine(first, time.min, zone))
    if last:
        conditions.append(moment < datetime.combine(last + timedelta(days=1), time.min, zone))
    return conditions

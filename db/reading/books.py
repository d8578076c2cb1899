"""The registers by year and number, their saved views, and the number book (R77, N7, N23)."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from sqlalchemy import func
from sqlalchemy.orm import Session

from core import coordination
from core.errors import GONE, NotFound
from core.number_book import series_of
from core.policy import sees_everything, why_not_keep_views
from core.registers import PER_PAGE, STATES, Wanted
from core.words import deadline, full_moment
from core.worktime import WorkingCalendar
from db import number_book, registers, views
from db.reading.sight import Sight
from db.tables import CASE, EVENT, EventRow, table
from db.telling import VOID
from db.unit import WAYS_BACK


class Books(Sight):
    """The books of the office, page by page."""

    def register_page(
        self, process: str, wanted: Wanted, *, per_page: int = PER_PAGE
    ) -> registers.RegisterPage:
        """A page of a process's register by year and number; one past the end is the last (R77)."""
        with self._database.reading() as session:
            book = self._register(session, process)
            years = book.years(session, self._visible(CASE.opened_at))
            place = book.place(session, self._visible(func.count(), of_many=True), wanted, years, per_page)
            # Put in order by the index alone: the cases themselves are wide.
            on_page = book.on(self._visible(CASE.id, of_many=True), wanted, place)
            frame = self._cases_of(list(session.scalars(on_page.limit(per_page).offset(place.offset))))
        ids = list(frame["id"])
        with self._database.reading() as session:
            by = registers.openers(session, ids, self.directory())
            done = self._progress(session, ids)
        told = pd.Series(registers.progress_of(book.versions[-1], frame, done), dtype="object")
        frame = frame.assign(opened_by=[by.get(case_id, "") for case_id in ids], progress=told)
        return registers.RegisterPage(frame, place.page, place.total)

    def coordination(
        self, items: coordination.Wanted, *, limit: int = PER_PAGE
    ) -> tuple[list[coordination.Entry], int]:
        """The items of coordination that are wanted, by item and by how they stand, and how many there are (R79).

        Where there are more than `limit` of an item, its newest.
        """
        found, total = list[coordination.Entry](), 0
        of_register = Wanted(text=items.text, year=items.year, state=items.state)
        for key in self.coordinated():
            if items.item in ("", key):
                page = self.register_page(key, of_register, per_page=limit)
                rows = [_coordinated(row, self.calendar()) for row in page.frame.itertuples()]
                found += sorted(rows, key=lambda one: ORDER.index(one.state))
                total += page.total
        return found[:limit], total

    def coordinated(self) -> dict[str, str]:
        """The processes of the family of coordination and their titles, in the order of the standard."""
        newest = self.standard().newest()
        return {one.key: one.title for one in newest if one.family == coordination.FAMILY}

    def register_years(self, process: str) -> list[int]:
        """The years in which a process has a case that this person may see, the newest first."""
        with self._database.reading() as session:
            book = self._register(session, process)
            return book.years(session, self._visible(CASE.opened_at))

    def _register(self, session: Session, process: str) -> registers.Register:
        versions = self.standard().versions.get(process)
        if not versions:
            raise NotFound(GONE)
        return registers.Register(versions, self._clock(), self.calendar().zone)

    def saved_views(self, page: str) -> Sequence[views.View]:
        """The saved views of a page for this person's roles; all of them for whoever keeps them (N23)."""
        roles = None if why_not_keep_views(self._person) is None else self._person.duties
        with self._database.reading() as session:
            return views.found(session, page, roles)

    def number_years(self) -> list[int]:
        """The years that the number book has, the newest first."""
        with self._database.reading() as session:
            return number_book.years(session)

    def numbers(self, year: int) -> pd.DataFrame:
        """The series of a year, each with its numbers counted and its gap report: columns `BOOK` (N7)."""
        if not sees_everything(self._person):
            raise NotFound(GONE)
        with self._database.reading() as session:
            return pd.DataFrame(self._book(session, year).rows(), columns=number_book.BOOK)

    def numbers_aside(self, year: int) -> pd.DataFrame:
        """What was set aside in a year or is void, why and by whom: columns `ASIDE`, `by` as a name."""
        if not sees_everything(self._person):
            raise NotFound(GONE)
        back = self._visible(CASE.id, EVENT.data, EVENT.by, EVENT.at)
        back = back.join(table(EventRow), EVENT.case_id == CASE.id).where(EVENT.action.in_(WAYS_BACK))
        with self._database.reading() as session:
            people, zone = self.directory(), self.calendar().zone
            because = {
                case_id: (data.get("reason") or "", by, at)
                for case_id, data, by, at in session.execute(back.order_by(EVENT.id))
            }
            rows = [
                (number, state, reason, people.name(by), at.astimezone(zone), case_id or "")
                for number, state, reason, by, at, case_id in self._book(session, year).aside(because)
            ]
        return pd.DataFrame(rows, columns=number_book.ASIDE)

    def waiting_numbers(self, process: str) -> list[str]:
        """The numbers of this year that were set aside for such cases and wait for one, series by series."""
        if not sees_everything(self._person):
            return []
        with self._database.reading() as session:
            today = self._clock().astimezone(self.calendar().zone).date()
            possible = series_of(self.standard().in_force(process, today), self.profile(), today.year)
            return [number for series in possible for number in number_book.waiting(session, series)]

    def _book(self, session: Session, year: int) -> number_book.Book:
        standard, profile = self.standard(), self.profile()
        return number_book.Book(session, standard, profile, year)


ORDER = [STATES[key] for key in ("late", "open", "closed", "void")]
"""What needs somebody stands first."""


def _coordinated(row: Any, calendar: WorkingCalendar) -> coordination.Entry:
    """A row of a register as the ledger of coordination has it."""
    return coordination.Entry(
        id=row.id,
        process=row.process,
        kind=row.process_title,
        number=row.number,
        title=row.title,
        state=coordination.state_of(is_open=row.is_open, is_late=row.late, is_void=row.where == VOID),
        where=row.where,
        owner=row.owner_name if row.is_open else "",
        due=deadline(row.due_at, calendar, year=True) if row.is_open else "",
        opened=full_moment(row.opened_at),
        closed="" if row.closed_at is None else full_moment(row.closed_at),
    )

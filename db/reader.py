"""What a person may read. Every query of cases starts from `_visible`, so clearance cannot be forgotten.

A reader is bound to one person and hands out cases, values and frames, never rows. The frames of
cases all have the columns of `CASES`.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import Any

import pandas as pd
import structlog
from rapidfuzz import fuzz
from sqlalchemy import ColumnElement, Row, Select, and_, false, func, literal_column, or_, select, true
from sqlalchemy.orm import Session

from core import amendment
from core.amendment import Amendment
from core.case import Case
from core.errors import GONE, NotAllowed, NotFound
from core.number_book import fixed_series
from core.policy import (
    SYSTEM,
    Person,
    Role,
    decides_extensions,
    sees_everything,
    why_not_administer,
    why_not_audit,
    why_not_keep_views,
    why_not_see,
)
from core.ports import Absence, Clock, Directory
from core.process import OfficeProfile
from core.processes import Standard
from core.recount import Change, Plan, plan
from core.registers import PER_PAGE, Wanted
from core.search import Place
from core.worktime import Limit, WorkingCalendar
from db import absences, journal, number_book, office_data, registers, search, views, working_days
from db.engine import Database
from db.files import FileStore
from db.sessions import ENDED, FAILED, HALFWAY, PASSED, SIGNED_IN, STARTED, WAITING
from db.tables import (
    AmendmentRow,
    AttachmentRow,
    CaseRow,
    ConcernedRow,
    DepartmentRow,
    DraftRow,
    EventRow,
    FileRow,
    JournalRow,
    NoticeRow,
    PersonRow,
    SignInRow,
    SpecialDayRow,
    table,
)
from db.telling import CASES, HISTORY, Progress, Teller, told
from db.unit import IN_ORDER, WAYS_BACK, load, to_event

log = structlog.get_logger(__name__)

NEAR_SAME = 88
"""From this likeness (0–100) two titles are shown as near the same before a document is saved (N20)."""

_EVERYTHING = tuple(table(CaseRow).c)
"""A case as a plain row: a list needs no object that could be changed."""

_SUMS = ("late", "today", "soon", "live", "paused", "urged")

_OPEN: ColumnElement[bool] = literal_column("cases.is_open")
# A literal: the partial index of open cases is not used when its condition is a bound parameter.


class Reader:
    """Everything `person` may look at, at the moment of `clock`."""

    def __init__(self, database: Database, files: FileStore, person: Person, clock: Clock) -> None:
        self._database = database
        self._files = files
        self._person = person
        self._clock = clock
        self._counted: pd.DataFrame | None = None

    # --- the office ---------------------------------------------------------------------------

    def directory(self) -> Directory:
        """Who works here, for choosing and naming people."""
        with self._database.reading() as session:
            return office_data.directory(session, self._clock())

    def calendar(self) -> WorkingCalendar:
        with self._database.reading() as session:
            return office_data.calendar(session)

    def standard(self) -> Standard:
        with self._database.reading() as session:
            return office_data.standard(session)

    def profile(self) -> OfficeProfile:
        with self._database.reading() as session:
            return office_data.profile(session)

    def accounts(self) -> pd.DataFrame:
        """Accounts, for whoever manages them: `id, name, account, roles, clearance, department, active`,
        whether a second factor is on (`factor`) and whether a password was ever set (`ready`).
        """
        if why_not_administer(self._person):
            raise NotFound(GONE)
        columns = ["id", "name", "account", "roles", "clearance", "department", "active"]
        columns += ["factor", "ready"]
        query = select(
            PersonRow.id,
            PersonRow.name,
            PersonRow.account,
            PersonRow.roles,
            PersonRow.clearance,
            DepartmentRow.name,
            PersonRow.active,
            PersonRow.totp != "",
            PersonRow.password != "",
        ).outerjoin(DepartmentRow, DepartmentRow.id == PersonRow.department_id)
        with self._database.reading() as session:
            return pd.DataFrame(session.execute(query.order_by(PersonRow.created_at)), columns=columns)

    def absences(self) -> list[Absence]:
        """Absences now and to come: one's own, for administrators everybody's."""
        of = self._person.id if why_not_administer(self._person) else ""
        with self._database.reading() as session:
            zone = office_data.calendar(session).zone
            return absences.not_over(session, self._clock(), zone, of=of)

    def special_days(self, year: int) -> pd.DataFrame:
        """The days of a year that differ from their weekday: `day, kind, name, source`."""
        columns = (SpecialDayRow.day, SpecialDayRow.kind, SpecialDayRow.name, SpecialDayRow.source)
        inside = SpecialDayRow.day.between(date(year, 1, 1), date(year, 12, 31))
        with self._database.reading() as session:
            rows = session.execute(select(*columns).where(inside).order_by(SpecialDayRow.day)).all()
        return pd.DataFrame(rows, columns=["day", "kind", "name", "source"])

    def recount(self, change: Change) -> tuple[Plan, int]:
        """What a change of the calendar comes to: of cases only those this person may see, and how many
        more would move. Raises `NotAllowed` for whoever may not change it.
        """
        if reason := why_not_administer(self._person):
            raise NotAllowed(reason)
        with self._database.reading() as session:
            promises = working_days.promises(session, office_data.standard(session))
            made = plan(working_days.days(session), change, office_data.calendar(session), promises)
            visible = set(session.scalars(self._visible(CaseRow.id).where(_OPEN)))
        moved = tuple(move for move in made.moved if move.promise.case_id in visible)
        by_hand = tuple(promise for promise in made.by_hand if promise.case_id in visible)
        return replace(made, moved=moved, by_hand=by_hand), len(made.moved) - len(moved)

    # --- lists of cases -----------------------------------------------------------------------

    def register(
        self,
        process: str,
        *,
        text: str = "",
        stages: Sequence[str] = (),
        only_open: bool = False,
        limit: int = 50,
    ) -> pd.DataFrame:
        """The cases of a process, newest first; `text` is looked for in number, title and sender."""
        query = self._visible().where(CaseRow.process == process)
        if only_open:
            query = query.where(_OPEN)
        if stages:
            query = query.where(CaseRow.stage.in_(stages))
        for word in text.split():
            query = query.where(registers.has(word))
        return self._cases(query.order_by(CaseRow.opened_at.desc(), CaseRow.id).limit(limit))

    def overdue(self, *, limit: int = 50, where: "Where | None" = None) -> pd.DataFrame:
        """Open cases past their step's deadline, the longest first. Paused ones wait and are not late."""
        return self._cases(
            _narrowed(self._visible().where(_OPEN, self._late()), where).order_by(CaseRow.due_at).limit(limit)
        )

    def due_soon(self, *, days: int = 1, limit: int = 50, where: "Where | None" = None) -> pd.DataFrame:
        """Open cases due by the end of this many working days from now, the nearest first."""
        now = self._clock()
        until = self._soon(days)
        soon = and_(_OPEN, CaseRow.due_at >= now, CaseRow.due_at <= until, CaseRow.paused_at.is_(None))
        return self._cases(
            _narrowed(self._visible().where(soon), where).order_by(CaseRow.due_at).limit(limit)
        )

    def live(self, *, where: "Where | None" = None, limit: int = 200) -> pd.DataFrame:
        """Every open case, what is due first on top."""
        query = _narrowed(self._visible().where(_OPEN), where)
        return self._by_due(query, limit)

    def desk(self, *, limit: int = 100) -> pd.DataFrame:
        """What lies on this person's desk: in their hand or their department's, or open to their role."""
        me = self._person
        mine = or_(
            CaseRow.owner.in_(me.names),
            CaseRow.delegated_by.in_(me.names),
            and_(CaseRow.owner == "", CaseRow.duty.in_([role.value for role in me.duties])),
        )
        query = self._visible().where(_OPEN, mine)
        return self._by_due(query, limit)

    def to_decide(self, *, limit: int = 50) -> pd.DataFrame:
        """Cases for which an extension was asked and waits for this person's decision (N12)."""
        if not decides_extensions(self._person):
            return self._cases(self._visible().where(false()))
        query = self._visible().where(_OPEN, CaseRow.asked)
        return self._cases(query.order_by(CaseRow.due_at).limit(limit))

    def notices(self, *, limit: int = 50) -> pd.DataFrame:
        """What this person was told of cases and has not dismissed, newest first (N4).

        Columns: `id, at, text, case_id, number, title`.
        """
        columns = (NoticeRow.id, NoticeRow.at, NoticeRow.text, CaseRow.id, CaseRow.number, CaseRow.title)
        mine = NoticeRow.person_id == self._person.id, NoticeRow.seen_at.is_(None)
        query = self._visible(*columns).join(NoticeRow, NoticeRow.case_id == CaseRow.id).where(*mine)
        with self._database.reading() as session:
            zone = office_data.calendar(session).zone
            found = session.execute(query.order_by(NoticeRow.id.desc()).limit(limit)).all()
        rows = [(key, at.astimezone(zone), *rest) for key, at, *rest in found]
        return pd.DataFrame(rows, columns=["id", "at", "text", "case_id", "number", "title"])

    def done_by_me(self, since: datetime, *, limit: int = 50) -> pd.DataFrame:
        """Cases this person acted on since then, newest first."""
        acted = select(EventRow.case_id).where(EventRow.by == self._person.id, EventRow.at >= since)
        query = self._visible().where(CaseRow.id.in_(acted)).order_by(CaseRow.opened_at.desc())
        return self._cases(query.limit(limit))

    def counts(self) -> dict[str, int]:
        """How many open cases are late, due today, due within two working days, live, paused and urged."""
        sums = self._standing()[list(_SUMS)].sum()
        return {key: int(sums[key]) for key in _SUMS}

    def positions(self) -> pd.DataFrame:
        """Where every live case stands: `process, stage, live, late` – one row a step that has any."""
        found = self._standing().groupby(["process", "stage"], as_index=False)[["live", "late"]].sum()
        return found if len(found) else pd.DataFrame(columns=["process", "stage", "live", "late"])

    def on_map(self, process: str, *, each: int = 8) -> pd.DataFrame:
        """The live cases of a process for its map: of each step up to so many, what is due first on top."""
        order = (CaseRow.due_at.is_(None), CaseRow.due_at, *IN_ORDER)
        nth = func.row_number().over(partition_by=CaseRow.stage, order_by=order).label("nth")
        ranked = self._visible(CaseRow.id, nth).where(CaseRow.process == process, _OPEN).subquery()
        first = select(ranked.c.id).where(ranked.c.nth <= each)
        return self._cases(self._visible().where(CaseRow.id.in_(first)).order_by(*order))

    def amendments(self, process: str) -> Mapping[int, Amendment]:
        """The office's own approved changes of a process, by the version that each made."""
        query = select(AmendmentRow).where(AmendmentRow.process == process).order_by(AmendmentRow.id)
        with self._database.reading() as session:
            return {row.version: amendment.unpack(row.data) for row in session.scalars(query)}

    def by_owner(self) -> pd.DataFrame:
        """Late and live cases by whose hand they lie in: `owner, name, live, late`, most late first."""
        found = self._standing()
        people = self.directory()
        in_hand = found["owner"] != ""
        found = found.assign(
            name=[
                people.name(o) if o else Role(d).label
                for o, d in zip(found["owner"], found["duty"], strict=True)
            ],
            owner=found["owner"].where(in_hand, "role:" + found["duty"]),
        )
        grouped = found.groupby(["owner", "name"], as_index=False)[["live", "late"]].sum()
        return grouped.sort_values(["late", "live"], ascending=False, ignore_index=True)

    def _standing(self) -> pd.DataFrame:
        """Open cases counted by hand and step: one scan of one index, for every figure of the overview.

        Columns: `owner, duty, process, stage`, and those of `_SUMS`.
        """
        if self._counted is None:
            now, running = self._clock(), CaseRow.paused_at.is_(None)
            due = {"today": max(self._soon(0), now), "soon": self._soon(2)}
            wanted: dict[str, ColumnElement[bool]] = {
                "late": self._late(),
                **{
                    key: and_(CaseRow.due_at >= now, CaseRow.due_at <= until, running)
                    for key, until in due.items()
                },
                "live": true(),
                "paused": CaseRow.paused_at.is_not(None),
                "urged": CaseRow.urged > 0,
            }
            hands = (CaseRow.owner, CaseRow.duty, CaseRow.process, CaseRow.stage)
            sums = [func.count().filter(wanted[key]).label(key) for key in _SUMS]
            with self._database.reading() as session:
                rows = session.execute(self._visible(*hands, *sums).where(_OPEN).group_by(*hands)).all()
            self._counted = pd.DataFrame(rows, columns=["owner", "duty", "process", "stage", *_SUMS])
        return self._counted

    def register_counts(self, process: str) -> dict[str, int]:
        """Open cases of a process by step, for the tabs over its list."""
        query = self._visible(CaseRow.stage, func.count()).where(CaseRow.process == process, _OPEN)
        with self._database.reading() as session:
            return dict(session.execute(query.group_by(CaseRow.stage)).all())

    def register_page(
        self, process: str, wanted: Wanted, *, per_page: int = PER_PAGE
    ) -> registers.RegisterPage:
        """A page of a process's register by year and number; one past the end is the last (R77)."""
        with self._database.reading() as session:
            book = self._register(session, process)
            years = book.years(session, self._visible(CaseRow.opened_at))
            place = book.place(session, self._visible(func.count()), wanted, years, per_page)
        query = book.on(self._visible(), wanted, place).limit(per_page).offset(place.offset)
        frame = self._cases(query)
        ids = list(frame["id"])
        with self._database.reading() as session:
            by = registers.openers(session, ids, office_data.directory(session))
            done = self._progress(session, ids, office_data.standard(session))
        told = pd.Series(registers.progress_of(book.versions[-1], frame, done), dtype="object")
        frame = frame.assign(opened_by=[by.get(case_id, "") for case_id in ids], progress=told)
        return registers.RegisterPage(frame, place.page, place.total)

    def register_years(self, process: str) -> list[int]:
        """The years in which a process has a case that this person may see, the newest first."""
        with self._database.reading() as session:
            book = self._register(session, process)
            return book.years(session, self._visible(CaseRow.opened_at))

    def _register(self, session: Session, process: str) -> registers.Register:
        versions = office_data.standard(session).versions.get(process)
        if not versions:
            raise NotFound(GONE)
        return registers.Register(versions, self._clock(), office_data.calendar(session).zone)

    def saved_views(self, page: str) -> Sequence[views.View]:
        """The saved views of a page for this person's roles; all of them for whoever keeps them (N23)."""
        roles = None if why_not_keep_views(self._person) is None else self._person.duties
        with self._database.reading() as session:
            return views.found(session, page, roles)

    # --- the number book ----------------------------------------------------------------------

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
        back = self._visible(CaseRow.id, EventRow.data, EventRow.by, EventRow.at)
        back = back.join(EventRow, EventRow.case_id == CaseRow.id).where(EventRow.action.in_(WAYS_BACK))
        with self._database.reading() as session:
            people, zone = office_data.directory(session), office_data.calendar(session).zone
            because = {
                case_id: (data.get("reason") or "", by, at)
                for case_id, data, by, at in session.execute(back.order_by(EventRow.id))
            }
            rows = [
                (number, state, reason, people.name(by), at.astimezone(zone), case_id or "")
                for number, state, reason, by, at, case_id in self._book(session, year).aside(because)
            ]
        return pd.DataFrame(rows, columns=number_book.ASIDE)

    def waiting_numbers(self, process: str) -> list[str]:
        """The numbers of this year's register that were set aside and wait for a case."""
        if not sees_everything(self._person):
            return []
        with self._database.reading() as session:
            today = self._clock().astimezone(office_data.calendar(session).zone).date()
            numbering = office_data.standard(session).in_force(process, today).number
            series = fixed_series(numbering, office_data.profile(session), today.year)
            return number_book.waiting(session, series) if series else []

    def _book(self, session: Session, year: int) -> number_book.Book:
        standard, profile = office_data.standard(session), office_data.profile(session)
        return number_book.Book(session, standard, profile, year)

    def search(
        self,
        text: str,
        *,
        process: str = "",
        year: int | None = None,
        only_open: bool = False,
        limit: int = 50,
        offset: int = 0,
    ) -> "Found":
        """The cases in which every word of the text stands, newest first; one whose number it is, first of all.

        `year` is that of opening, in the office's zone. Raises `Refused` for too many words.
        """
        query = self._visible(CaseRow.id)
        if process:
            query = query.where(CaseRow.process == process)
        if only_open:
            query = query.where(_OPEN)
        with self._database.reading() as session:
            if year:
                zone = office_data.calendar(session).zone
                query = query.where(*_within(CaseRow.opened_at, date(year, 1, 1), date(year, 12, 31), zone))
            ids = search.find(session, query, text)
            shown = ids[offset : offset + limit]
            places = search.show(session, shown, text)
        cases = self._cases(self._visible().where(CaseRow.id.in_(shown)))
        cases = cases.set_index("id", drop=False).reindex([key for key in shown if key in set(cases["id"])])
        return Found(self._with_roots(cases), places, len(ids))

    def _with_roots(self, cases: pd.DataFrame) -> pd.DataFrame:
        """The cases with number and title of the one each is a part of; its own where it is the whole."""
        query = self._visible(CaseRow.id, CaseRow.number, CaseRow.title)
        with self._database.reading() as session:
            rows = session.execute(query.where(CaseRow.id.in_(set(cases["root_id"])))).all()
        roots = {key: (number, title) for key, number, title in rows}
        named = [roots.get(key, ("", "")) for key in cases["root_id"]]
        return cases.assign(root_number=[n for n, _ in named], root_title=[t for _, t in named])

    # --- one case -----------------------------------------------------------------------------

    def case(self, case_id: str) -> Case:
        """One case. `NotFound`, in the same words, if it is not there or not for this person (P16)."""
        with self._database.reading() as session:
            return self._case(session, case_id)

    def children(self, case_id: str) -> list[Case]:
        """The child cases of one, in the order in which they were opened."""
        with self._database.reading() as session:
            self._case(session, case_id)
            query = self._visible(CaseRow.id).where(CaseRow.parent_id == case_id)
            ids = session.scalars(query.order_by(*IN_ORDER)).all()
            standard = office_data.standard(session)
            return [load(session, child, standard) for child in ids]

    def history(self, case_id: str) -> pd.DataFrame:
        """Everything that happened to a case and its children, newest first.

        Its columns are `HISTORY`.
        """
        with self._database.reading() as session:
            case = self._case(session, case_id)
            standard, people = office_data.standard(session), office_data.directory(session)
            zone = office_data.calendar(session).zone
            family = self._visible(CaseRow.id, CaseRow.title).where(
                or_(CaseRow.id == case.id, CaseRow.parent_id == case.id)
            )
            titles: dict[str, str] = dict(session.execute(family).all())
            past = select(EventRow).where(EventRow.case_id.in_(titles)).order_by(EventRow.id.desc())
            rows = [told(to_event(row), standard, people, zone, titles) for row in session.scalars(past)]
        return pd.DataFrame(rows, columns=HISTORY)

    def attachments(self, case_id: str) -> pd.DataFrame:
        """Files of a case and its children: `id, name, size, kind, at`."""
        with self._database.reading() as session:
            self._case(session, case_id)
            family = self._visible(CaseRow.id).where(or_(CaseRow.id == case_id, CaseRow.parent_id == case_id))
            query = (
                select(AttachmentRow.id, AttachmentRow.name, FileRow.size, FileRow.kind, AttachmentRow.at)
                .join(FileRow, FileRow.digest == AttachmentRow.digest)
                .where(AttachmentRow.case_id.in_(family))
                .order_by(AttachmentRow.at, AttachmentRow.name)
            )
            rows = session.execute(query).all()
        return pd.DataFrame(rows, columns=["id", "name", "size", "kind", "at"])

    def attachment(self, attachment_id: str) -> tuple[str, str, Path]:
        """Name, kind and place of a file, if this person may see the case it belongs to."""
        query = (
            self._visible(AttachmentRow.name, FileRow.kind, FileRow.digest)
            .join(AttachmentRow, AttachmentRow.case_id == CaseRow.id)
            .join(FileRow, FileRow.digest == AttachmentRow.digest)
            .where(registers.equals(AttachmentRow.id, attachment_id))
        )
        with self._database.reading() as session:
            row = session.execute(query).one_or_none()
            of = select(AttachmentRow.case_id).where(registers.equals(AttachmentRow.id, attachment_id))
            if row is None and (hidden := session.scalar(of)):
                self._not_for(hidden)
        if row is None or not self._files.path(row[2]).exists():
            raise NotFound("没有这个文件，或不在您的知悉范围")
        return row[0], row[1], self._files.path(row[2])

    # --- the record, for the auditor ----------------------------------------------------------

    def log(
        self,
        *,
        by: str = "",
        actions: Collection[str] = (),
        process: str = "",
        text: str = "",
        first: date | None = None,
        last: date | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> pd.DataFrame:
        """What happened to every case within the person's clearance, newest first.

        Narrowed by who did it or was stood in for, what was done, of which process, words of the case,
        and days of the office, both included. Its columns are `LOG`.
        """
        self._audits()
        query = self._visible(EventRow, CaseRow.number, CaseRow.root_id, CaseRow.title)
        query = query.join(EventRow, EventRow.case_id == CaseRow.id)
        for wanted, condition in (
            (by, or_(EventRow.by == by, EventRow.acting_for == by)),
            (actions, EventRow.action.in_(actions)),
            (process, EventRow.process == process),
        ):
            query = query.where(condition) if wanted else query
        for word in text.split():
            query = query.where(registers.has(word))
        with self._database.reading() as session:
            standard, people = office_data.standard(session), office_data.directory(session)
            zone = office_data.calendar(session).zone
            query = query.where(*_within(EventRow.at, first, last, zone))
            found = session.execute(query.order_by(EventRow.id.desc()).limit(limit).offset(offset))
            rows = [
                {
                    **told(to_event(event), standard, people, zone, {event.case_id: title}),
                    "id": event.id,
                    "number": number,
                    "root_id": root_id,
                    "process_title": standard.version(event.process, event.version).title,
                }
                for event, number, root_id, title in found
            ]
        return pd.DataFrame(rows, columns=LOG)

    def journal(
        self,
        *,
        by: str = "",
        action: str = "",
        text: str = "",
        first: date | None = None,
        last: date | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> pd.DataFrame:
        """What was done to the office itself, newest first: columns `JOURNAL`, the changes in words.

        Narrowed by who did it, what was done, words of what it was done to, and days, both included.
        """
        self._audits()
        query = select(JournalRow)
        for wanted, condition in ((by, JournalRow.by == by), (action, JournalRow.action == action)):
            query = query.where(condition) if wanted else query
        for word in text.split():
            query = query.where(registers.holds(JournalRow.subject, word))
        with self._database.reading() as session:
            people, zone = office_data.directory(session), office_data.calendar(session).zone
            query = query.where(*_within(JournalRow.at, first, last, zone))
            found = session.scalars(query.order_by(JournalRow.id.desc()).limit(limit).offset(offset))
            rows = [
                (
                    row.id,
                    row.at.astimezone(zone),
                    SYSTEM.name if row.by == SYSTEM.id else people.name(row.by),
                    journal.TITLES.get(row.action, row.action),
                    row.subject,
                    journal.said(row.data, people.name),
                )
                for row in found
            ]
        return pd.DataFrame(rows, columns=JOURNAL)

    def sign_ins(
        self,
        *,
        account: str = "",
        first: date | None = None,
        last: date | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> pd.DataFrame:
        """Attempts to sign in, newest first: `at, account, name, address, outcome` (in words)."""
        self._audits()
        query = select(
            SignInRow.at, SignInRow.account, PersonRow.name, SignInRow.address, SignInRow.outcome
        ).outerjoin(PersonRow, PersonRow.account == SignInRow.account)
        if account:
            query = query.where(registers.holds(SignInRow.account, account.strip().lower()))
        with self._database.reading() as session:
            zone = office_data.calendar(session).zone
            query = query.where(*_within(SignInRow.at, first, last, zone))
            found = session.execute(query.order_by(SignInRow.id.desc()).limit(limit).offset(offset))
            rows = [
                (at.astimezone(zone), tried, name or "", address, OUTCOMES.get(outcome, outcome))
                for at, tried, name, address, outcome in found
            ]
        return pd.DataFrame(rows, columns=["at", "account", "name", "address", "outcome"])

    # --- before saving ------------------------------------------------------------------------

    def duplicates(
        self, *, number: str | None, sender: str | None, title: str | None, digests: Iterable[str] = ()
    ) -> pd.DataFrame:
        """What is already registered and looks like this document: `id, number, title, opened_at, why`.

        The same file; the same sender and number; a title near the same (C18, N20). Hints, no refusal.
        """
        columns = (CaseRow.id, CaseRow.number, CaseRow.title, CaseRow.opened_at)
        incoming = self._visible(*columns).where(CaseRow.process == "incoming_document")
        with self._database.reading() as session:
            zone = office_data.calendar(session).zone
            found = {
                row.id: (row, why)
                for row, why in self._alike(session, incoming, number, sender, title, digests)
            }
        rows = [
            (row.id, row.number, row.title, row.opened_at.astimezone(zone), why)
            for row, why in found.values()
        ]
        return pd.DataFrame(rows[:5], columns=["id", "number", "title", "opened_at", "why"])

    def draft(self, form: str) -> Mapping[str, Any]:
        """What this person has typed into a form and not handed in; empty if nothing."""
        with self._database.reading() as session:
            row = session.get(DraftRow, (self._person.id, form))
            return dict(row.values) if row else {}

    def drafts(self, case_id: str) -> dict[str, Mapping[str, Any]]:
        """What this person has typed into the forms of a case and not handed in, by action."""
        query = select(DraftRow.form, DraftRow.values).where(
            DraftRow.person_id == self._person.id, DraftRow.form.startswith(f"{case_id}.", autoescape=True)
        )
        with self._database.reading() as session:
            return {form.removeprefix(f"{case_id}."): dict(values) for form, values in session.execute(query)}

    def latest(self, process: str, field: str, limit: int = 200) -> list[str]:
        """Values given lately for a field, most frequent first: what is chosen again and again."""
        with self._database.reading() as session:
            query = self._visible(CaseRow.data).where(CaseRow.process == process)
            rows = session.scalars(query.order_by(CaseRow.opened_at.desc()).limit(limit))
            values = pd.Series([row.get(field) for row in rows if row.get(field)], dtype="object")
        return [str(value) for value in values.value_counts().index]

    # --- inside -------------------------------------------------------------------------------

    def _visible(self, *columns: Any) -> Select[Any]:
        """Cases within the person's clearance, and what concerns them unless they oversee everything."""
        query = select(*(columns or _EVERYTHING)).select_from(CaseRow)
        query = query.where(CaseRow.grade <= int(self._person.clearance))
        if sees_everything(self._person):
            return query
        concerned = select(ConcernedRow.root_id).where(
            ConcernedRow.root_id == CaseRow.root_id, ConcernedRow.who.in_(self._person.names)
        )
        return query.where(concerned.exists())

    def _case(self, session: Session, case_id: str) -> Case:
        if not registers.storable(case_id):
            raise NotFound(GONE)
        case = load(session, case_id, office_data.standard(session))
        if why_not_see(self._person, case):
            self._not_for(case_id)
            raise NotFound(GONE)
        return case

    def _not_for(self, case_id: str) -> None:
        """Write into the log that somebody asked for what is not for them; they hear that it is not there."""
        log.warning("not_for_this_person", person=self._person.id, case=case_id)

    def _audits(self) -> None:
        if reason := why_not_audit(self._person):
            raise NotAllowed(reason)

    def _soon(self, days: int) -> datetime:
        """Closing time of today, or of the n-th working day after it."""
        calendar, now = self.calendar(), self._clock()
        if days:
            return calendar.after(now, Limit(days=days))
        return calendar.closing(now.astimezone(calendar.zone).date())

    def _late(self) -> ColumnElement[bool]:
        """Past the step's deadline; paused ones wait and are not late."""
        return and_(CaseRow.due_at < self._clock(), CaseRow.paused_at.is_(None))

    def _by_due(self, query: Select[Any], limit: int) -> pd.DataFrame:
        """What is due first on top, then what has no deadline: each part in the order of the index."""
        due = self._cases(query.where(CaseRow.due_at.is_not(None)).order_by(CaseRow.due_at).limit(limit))
        if len(due) == limit:
            return due
        rest = query.where(CaseRow.due_at.is_(None)).order_by(CaseRow.opened_at).limit(limit - len(due))
        found = [frame for frame in (due, self._cases(rest)) if len(frame)]
        return pd.concat(found, ignore_index=True) if found else due

    def _cases(self, query: Select[Any]) -> pd.DataFrame:
        now = self._clock()
        with self._database.reading() as session:
            rows = session.execute(query).all()
            teller = Teller(session, now)
            progress = self._progress(session, [row.id for row in rows], teller.standard)
            records = [teller.row(row, progress) for row in rows]
        return pd.DataFrame(records, columns=list(CASES))

    def _progress(self, session: Session, ids: Sequence[str], standard: Standard) -> Progress:
        """How many children of each case are done, and how many there are; void ones do not count."""
        found: Progress = {}
        kinds = (CaseRow.parent_id, CaseRow.process, CaseRow.version, CaseRow.stage, CaseRow.is_open)
        every_kind = self._visible(*kinds, func.count()).group_by(*kinds)
        for part in registers.parts(ids):
            query = every_kind.where(CaseRow.parent_id.in_(part))
            for parent, process, version, stage, is_open, n in session.execute(query):
                is_end = standard.version(process, version).stage(stage).is_end
                if is_end or is_open:
                    done, every = found.get((parent, process), (0, 0))
                    found[parent, process] = (done + n * is_end, every + n)
        return found

    def _alike(
        self,
        session: Session,
        incoming: Select[Any],
        number: str | None,
        sender: str | None,
        title: str | None,
        digests: Iterable[str],
    ) -> Iterable[tuple[Row[Any], str]]:
        if title:
            for row in session.execute(incoming.order_by(CaseRow.opened_at.desc()).limit(2000)):
                likeness = fuzz.ratio(title, row.title, score_cutoff=NEAR_SAME)
                if likeness:
                    yield row, f"标题 {likeness:.0f}% 相同"
        if number:
            same = incoming.where(registers.equals(CaseRow.data["doc_number"].as_string(), number))
            if sender:
                same = same.where(registers.equals(CaseRow.data["sender_org"].as_string(), sender))
            for row in session.execute(same):
                yield row, "来文单位与文号相同"
        if digests := list(digests):
            kept = select(AttachmentRow.case_id).where(AttachmentRow.digest.in_(digests))
            for row in session.execute(incoming.where(CaseRow.id.in_(kept))):
                yield row, "同一个文件"


@dataclass(frozen=True)
class Found:
    """What a search came to: the cases of one page, and how many there are, counted to `COUNTED` + 1 of `core.search`.

    Beside `CASES` the frame has `root_number` and `root_title`: of what each is a part of. `places`: where
    the words stand, by case.
    """

    cases: pd.DataFrame
    places: Mapping[str, Sequence[Place]]
    count: int


Where = Mapping[str, str]
"""A narrowing of a list: `owner`, `process`, `stage`, each optional."""

LOG = [*HISTORY, "id", "number", "root_id", "process_title"]

JOURNAL = ["id", "at", "by_name", "action_title", "subject", "changes"]

OUTCOMES = {
    STARTED: "未完成",
    FAILED: "失败",
    SIGNED_IN: "成功",
    WAITING: "等待中被拒",
    HALFWAY: "密码正确，未验证",
    PASSED: "密码正确，已验证",
    ENDED: "密码正确，已作废",
}
"""How an attempt to sign in ended, in words."""


def _within(moment: Any, first: date | None, last: date | None, zone: tzinfo) -> list[ColumnElement[bool]]:
    """From the first moment of one day of the office to the last of another, where they are given."""
    conditions: list[ColumnElement[bool]] = []
    if first:
        conditions.append(moment >= datetime.combine(first, time.min, zone))
    if last:
        conditions.append(moment < datetime.combine(last + timedelta(days=1), time.min, zone))
    return conditions


def _narrowed(query: Select[Any], where: "Where | None") -> Select[Any]:
    for key, value in (where or {}).items():
        if key == "owner" and value.startswith("role:"):
            query = query.where(CaseRow.owner == "", CaseRow.duty == value.removeprefix("role:"))
        else:
            query = query.where(
                {"owner": CaseRow.owner, "process": CaseRow.process, "stage": CaseRow.stage}[key] == value
            )
    return query

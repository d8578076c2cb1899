"""What a person may read. Every query of cases starts from `_visible`, so clearance cannot be forgotten.

A reader is bound to one person and hands out cases, values and frames, never rows. The frames of
cases all have the columns of `CASES`.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import Any

import pandas as pd
from rapidfuzz import fuzz
from sqlalchemy import ColumnElement, Row, Select, and_, false, func, literal_column, or_, select, true
from sqlalchemy.orm import Session

from core.case import Case
from core.errors import GONE, NotAllowed, NotFound
from core.policy import (
    Person,
    Role,
    decides_extensions,
    sees_everything,
    why_not_administer,
    why_not_audit,
    why_not_see,
)
from core.ports import Clock, Directory
from core.process import OfficeProfile
from core.processes import Standard
from core.worktime import Limit, WorkingCalendar
from db import office_data
from db.engine import Database
from db.files import FileStore
from db.sessions import FAILED, SIGNED_IN, STARTED, WAITING
from db.tables import (
    AttachmentRow,
    CaseRow,
    ConcernedRow,
    DepartmentRow,
    DraftRow,
    EventRow,
    FileRow,
    NoticeRow,
    PersonRow,
    SignInRow,
    SpecialDayRow,
)
from db.telling import CASES, HISTORY, Progress, Teller, told
from db.unit import IN_ORDER, load, to_event

NEAR_SAME = 88
"""From this likeness (0–100) two titles are shown as near the same before a document is saved (N20)."""

_OPEN: ColumnElement[bool] = literal_column("cases.is_open")
# A literal: the partial index of open cases is not used when its condition is a bound parameter.


class Reader:
    """Everything `person` may look at, at the moment of `clock`."""

    def __init__(self, database: Database, files: FileStore, person: Person, clock: Clock) -> None:
        self._database = database
        self._files = files
        self._person = person
        self._clock = clock

    # --- the office ---------------------------------------------------------------------------

    def directory(self) -> Directory:
        """Who works here, for choosing and naming people."""
        with self._database.reading() as session:
            return office_data.directory(session)

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
        """Accounts, for whoever manages them: `id, name, account, roles, clearance, department, active`."""
        if why_not_administer(self._person):
            raise NotFound(GONE)
        columns = ["id", "name", "account", "roles", "clearance", "department", "active"]
        query = select(
            PersonRow.id,
            PersonRow.name,
            PersonRow.account,
            PersonRow.roles,
            PersonRow.clearance,
            DepartmentRow.name,
            PersonRow.active,
        ).outerjoin(DepartmentRow, DepartmentRow.id == PersonRow.department_id)
        with self._database.reading() as session:
            return pd.DataFrame(session.execute(query.order_by(PersonRow.created_at)), columns=columns)

    def special_days(self, year: int) -> pd.DataFrame:
        """The days of a year that differ from their weekday: `day, kind, name, source`."""
        columns = (SpecialDayRow.day, SpecialDayRow.kind, SpecialDayRow.name, SpecialDayRow.source)
        inside = SpecialDayRow.day.between(date(year, 1, 1), date(year, 12, 31))
        with self._database.reading() as session:
            rows = session.execute(select(*columns).where(inside).order_by(SpecialDayRow.day)).all()
        return pd.DataFrame(rows, columns=["day", "kind", "name", "source"])

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
            query = query.where(_has(word))
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
        return self._cases(query.order_by(CaseRow.due_at.is_(None), CaseRow.due_at).limit(limit))

    def desk(self, *, limit: int = 100) -> pd.DataFrame:
        """What lies on this person's desk: in their hand or their department's, or open to their role."""
        me = self._person
        mine = or_(
            CaseRow.owner.in_(me.names),
            CaseRow.delegated_by.in_(me.names),
            and_(CaseRow.owner == "", CaseRow.duty.in_([role.value for role in me.duties])),
        )
        query = self._visible().where(_OPEN, mine)
        return self._cases(query.order_by(CaseRow.due_at.is_(None), CaseRow.due_at).limit(limit))

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
        """How many open cases are late, due today, due within two working days, live and paused."""
        now = self._clock()
        running = CaseRow.paused_at.is_(None)
        wanted: dict[str, ColumnElement[bool]] = {
            "late": self._late(),
            "today": and_(CaseRow.due_at >= now, CaseRow.due_at <= max(self._soon(0), now), running),
            "soon": and_(CaseRow.due_at >= now, CaseRow.due_at <= self._soon(2), running),
            "live": true(),
            "paused": CaseRow.paused_at.is_not(None),
            "urged": CaseRow.urged > 0,
        }
        sums = [func.count().filter(condition).label(key) for key, condition in wanted.items()]
        with self._database.reading() as session:
            row = session.execute(self._visible(*sums).where(_OPEN)).one()
        return dict(row._mapping)

    def positions(self) -> pd.DataFrame:
        """Where every live case stands: `process, stage, live, late` – one row a step that has any."""
        late = func.count().filter(self._late())
        query = self._visible(CaseRow.process, CaseRow.stage, func.count(), late)
        with self._database.reading() as session:
            rows = session.execute(query.where(_OPEN).group_by(CaseRow.process, CaseRow.stage)).all()
        return pd.DataFrame(rows, columns=["process", "stage", "live", "late"])

    def by_owner(self) -> pd.DataFrame:
        """Late and live cases by whose hand they lie in: `owner, name, live, late`, most late first."""
        late = func.count().filter(self._late())
        query = self._visible(CaseRow.owner, CaseRow.duty, func.count(), late).where(_OPEN)
        with self._database.reading() as session:
            rows = session.execute(query.group_by(CaseRow.owner, CaseRow.duty)).all()
            people = office_data.directory(session)
        named = [(o or f"role:{d}", people.name(o) if o else Role(d).label, n, k) for o, d, n, k in rows]
        frame = pd.DataFrame(named, columns=["owner", "name", "live", "late"])
        grouped = frame.groupby(["owner", "name"], as_index=False).sum() if named else frame
        return grouped.sort_values(["late", "live"], ascending=False, ignore_index=True)

    def register_counts(self, process: str) -> dict[str, int]:
        """Open cases of a process by step, for the tabs over its list."""
        query = self._visible(CaseRow.stage, func.count()).where(CaseRow.process == process, _OPEN)
        with self._database.reading() as session:
            return dict(session.execute(query.group_by(CaseRow.stage)).all())

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
            .where(AttachmentRow.id == attachment_id)
        )
        with self._database.reading() as session:
            row = session.execute(query).one_or_none()
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

        Narrowed by who did it, what was done, of which process, words of the case, and days of the
        office, both included. Its columns are `LOG`.
        """
        self._audits()
        query = self._visible(EventRow, CaseRow.number, CaseRow.title)
        query = query.join(EventRow, EventRow.case_id == CaseRow.id)
        for wanted, condition in (
            (by, EventRow.by == by),
            (actions, EventRow.action.in_(actions)),
            (process, EventRow.process == process),
        ):
            query = query.where(condition) if wanted else query
        for word in text.split():
            query = query.where(_has(word))
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
                    "process_title": standard.version(event.process, event.version).title,
                }
                for event, number, title in found
            ]
        return pd.DataFrame(rows, columns=LOG)

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
            query = query.where(SignInRow.account.contains(account.strip().lower(), autoescape=True))
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
        query = select(*(columns or (CaseRow,))).select_from(CaseRow)
        query = query.where(CaseRow.grade <= int(self._person.clearance))
        if sees_everything(self._person):
            return query
        concerned = select(ConcernedRow.root_id).where(
            ConcernedRow.root_id == CaseRow.root_id, ConcernedRow.who.in_(self._person.names)
        )
        return query.where(concerned.exists())

    def _case(self, session: Session, case_id: str) -> Case:
        case = load(session, case_id, office_data.standard(session))
        if why_not_see(self._person, case):
            raise NotFound(GONE)
        return case

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

    def _cases(self, query: Select[Any]) -> pd.DataFrame:
        now = self._clock()
        with self._database.reading() as session:
            rows = session.scalars(query).all()
            teller = Teller(session, now)
            progress = self._progress(session, [row.id for row in rows], teller.standard)
            records = [teller.row(row, progress) for row in rows]
        return pd.DataFrame(records, columns=list(CASES))

    def _progress(self, session: Session, ids: Sequence[str], standard: Standard) -> Progress:
        """How many children of each case are done, and how many there are; void ones do not count."""
        found: Progress = {}
        if not ids:
            return found
        kinds = (CaseRow.parent_id, CaseRow.process, CaseRow.version, CaseRow.stage, CaseRow.is_open)
        query = self._visible(*kinds, func.count()).where(CaseRow.parent_id.in_(ids)).group_by(*kinds)
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
            same = incoming.where(CaseRow.data["doc_number"].as_string() == number)
            if sender:
                same = same.where(CaseRow.data["sender_org"].as_string() == sender)
            for row in session.execute(same):
                yield row, "来文单位与文号相同"
        if digests := list(digests):
            kept = select(AttachmentRow.case_id).where(AttachmentRow.digest.in_(digests))
            for row in session.execute(incoming.where(CaseRow.id.in_(kept))):
                yield row, "同一个文件"


Where = Mapping[str, str]
"""A narrowing of a list: `owner`, `process`, `stage`, each optional."""

LOG = [*HISTORY, "id", "number", "process_title"]

OUTCOMES = {STARTED: "未完成", FAILED: "失败", SIGNED_IN: "成功", WAITING: "等待中被拒"}
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


def _has(word: str) -> ColumnElement[bool]:
    """Whether a word stands in the number, the title, the document number or the sender (P15: as text)."""
    columns = (
        CaseRow.number,
        CaseRow.title,
        CaseRow.data["doc_number"].as_string(),
        CaseRow.data["sender_org"].as_string(),
    )
    return or_(*(column.contains(word, autoescape=True) for column in columns))

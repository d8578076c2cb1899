"""One transaction over the tables: the `Unit` that `core.office` asks for."""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import fields, replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self, TypeVar

from sqlalchemy import and_, delete, func, insert, literal_column, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.amendment import Amendment, pack
from core.case import Case, Event, apply, replay
from core.errors import GONE, Conflict, NotFound
from core.fields import Kind
from core.policy import Grade, Person
from core.ports import Directory
from core.process import OfficeProfile, Process
from core.processes import Standard
from core.slips import Colour, Running
from core.worktime import WorkingCalendar
from db import chain, journal, office_data
from db.accounts import acting
from db.engine import Database
from db.files import FileStore
from db.tables import (
    AmendmentRow,
    AttachmentRow,
    CaseRow,
    ConcernedRow,
    DraftRow,
    EventRow,
    FileRow,
    NoticeRow,
    SequenceRow,
)

T = TypeVar("T")

IN_ORDER = (CaseRow.opened_at, func.length(CaseRow.number), CaseRow.number)
"""The order in which cases were opened, also those of one moment: 9号 before 10号."""

WAYS_BACK = frozenset({"withdraw", "void"})
"""Actions after which somebody may no longer be concerned."""

_NOTICE = 600
"""The longest notice, in characters."""

_EVENT_FIELDS = tuple(field.name for field in fields(Event))


class SqlUnit:
    """A writing transaction. What it reads of a case it keeps, so that one command sees one case."""

    def __init__(self, database: Database, files: FileStore, key: bytes) -> None:
        self._turn: AbstractContextManager[Session] = database.writing()
        self._files = files
        self._key = key
        self._cases: dict[str, Case] = {}
        self._known: dict[Any, Any] = {}
        self._discarded: list[str] = []

    def __enter__(self) -> Self:
        self._session = self._turn.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._turn.__exit__(kind, error, trace)

    def person(self, person_id: str, at: datetime) -> Person:
        return acting(self._session, person_id, at)

    def directory(self) -> Directory:
        return self._once(office_data.directory)

    def standard(self) -> Standard:
        return self._once(office_data.standard)

    def calendar(self) -> WorkingCalendar:
        return self._once(office_data.calendar)

    def profile(self) -> OfficeProfile:
        return self._once(office_data.profile)

    def _once(self, read: Callable[[Session], T]) -> T:
        """Reference data, read once a command: it cannot change while the command holds the lock."""
        if read not in self._known:
            self._known[read] = read(self._session)
        known: T = self._known[read]
        return known

    def has_case(self, case_id: str) -> bool:
        return self._session.get(CaseRow, case_id) is not None

    def case(self, case_id: str) -> Case:
        if case_id not in self._cases:
            self._cases[case_id] = load(self._session, case_id, self.standard())
        return self._cases[case_id]

    def children(self, case_id: str) -> Sequence[Case]:
        ids = self._session.scalars(
            select(CaseRow.id).where(CaseRow.parent_id == case_id).order_by(*IN_ORDER)
        )
        return [self.case(child) for child in ids]

    def record(self, event: Event, process: Process) -> Case:
        """Store an event and what the case now adds up to."""
        before = self._cases.get(event.case_id)
        parent = self.case(event.parent_id) if event.parent_id else None
        case = apply(before, event, process, parent=parent)
        self._store_case(case, new=before is None)
        self._store_event(event)
        self._cases[case.id] = case
        self._store_concerned(case, event)
        self._store_attachments(case, event)
        if before and before.grade != case.grade:
            self._regrade(case.id)
        return case

    def number(self, series: str) -> str:
        """The next number of a series. Taken in the transaction that uses it, so none is ever lost."""
        taken = self._session.scalar(
            update(SequenceRow)
            .where(SequenceRow.series == series)
            .values(last=SequenceRow.last + 1)
            .returning(SequenceRow.last)
        )
        if taken is None:
            self._session.execute(insert(SequenceRow).values(series=series, last=1))
        return series.format(n=taken or 1)

    def new_id(self) -> str:
        return secrets.token_hex(8)

    def keep_file(self, content: bytes, kind: str, at: datetime) -> str:
        digest = self._files.keep(content)
        if self._session.get(FileRow, digest) is None:
            self._session.add(FileRow(digest=digest, size=len(content), kind=kind, kept_at=at))
            self._session.flush()
        return digest

    def discard_file(self, digest: str) -> None:
        """Remove a kept file, unless a case has it. It goes from the disk once that is committed."""
        if (
            self._session.scalar(select(AttachmentRow.id).where(AttachmentRow.digest == digest).limit(1))
            is None
        ):
            self._session.execute(delete(FileRow).where(FileRow.digest == digest))
            self._discarded.append(digest)

    def keeps(self, digest: str) -> bool:
        return self._session.get(FileRow, digest) is not None

    def amend(self, amendment: Amendment, version: int) -> None:
        row = {"process": amendment.process, "version": version, "data": pack(amendment)}
        self._session.execute(insert(AmendmentRow).values(**row))

    def journal(
        self, at: datetime, by: str, action: str, subject: str = "", data: Mapping[str, Any] | None = None
    ) -> None:
        """A line of the journal of the office, in this transaction; `action` is a key of `db.journal.TITLES`."""
        journal.record(self._session, self._key, at, by, action, subject, data)

    def save_draft(self, person_id: str, form: str, values: Mapping[str, Any] | None, at: datetime) -> None:
        mine = (DraftRow.person_id == person_id, DraftRow.form == form)
        self._session.execute(delete(DraftRow).where(*mine))
        if values is not None:
            self._session.execute(
                insert(DraftRow).values(person_id=person_id, form=form, values=dict(values), saved_at=at)
            )

    def tell(self, person_id: str, case_id: str, text: str, at: datetime) -> None:
        """Leave a notice on somebody's desk, until they have seen it."""
        if len(text) > _NOTICE:
            text = f"{text[: _NOTICE - 1]}…"
        row = {"person_id": person_id, "case_id": case_id, "text": text, "at": at}
        self._session.execute(insert(NoticeRow).values(**row))

    def seen(self, person_id: str, notices: Iterable[int], at: datetime) -> None:
        """Take notices off this person's desk; those of others stay."""
        mine = NoticeRow.person_id == person_id, NoticeRow.id.in_(list(notices))
        self._session.execute(update(NoticeRow).where(*mine, NoticeRow.seen_at.is_(None)).values(seen_at=at))

    def clocks(self) -> Sequence[Running]:
        """The clocks that run: open cases with a deadline that are not paused, by their deadline."""
        columns: Any = (CaseRow.id, CaseRow.entered_at, CaseRow.due_at, CaseRow.urged, CaseRow.slip)
        running = and_(
            literal_column("cases.is_open"), CaseRow.due_at.is_not(None), CaseRow.paused_at.is_(None)
        )
        gravest = CaseRow.slip != Colour.RED.value
        query = select(*columns).where(running, gravest).order_by(CaseRow.due_at)
        return [Running(*row) for row in self._session.execute(query)]

    def commit(self) -> None:
        try:
            self._session.commit()
        except IntegrityError as error:
            raise Conflict("刚有人先办了这一步，请看过最新情况再办；您填写的内容已保留") from error
        for digest in self._discarded:
            self._files.remove(digest)

    def _store_case(self, case: Case, *, new: bool) -> None:
        values = case_values(case)
        statement = insert(CaseRow) if new else update(CaseRow).where(CaseRow.id == case.id)
        self._session.execute(statement.values(**values))

    def _regrade(self, case_id: str) -> None:
        """Children are as secret as their parent, from the moment its grade is corrected."""
        for child_id in [child.id for child in self.children(case_id)]:
            del self._cases[child_id]
            grade = int(self.case(child_id).grade)
            self._session.execute(update(CaseRow).where(CaseRow.id == child_id).values(grade=grade))
            self._regrade(child_id)

    def _store_event(self, event: Event) -> None:
        prev = self._session.scalar(select(EventRow.mac).order_by(EventRow.id.desc()).limit(1)) or chain.START
        values = {name: getattr(event, name) for name in _EVENT_FIELDS} | {"data": dict(event.data)}
        mac = chain.link(self._key, prev, link_fields(event))
        self._session.execute(insert(EventRow).values(**values, prev=prev, mac=mac))

    def _store_concerned(self, case: Case, event: Event) -> None:
        """Add whom the event made it concern; after a way back, only whom the family still concerns."""
        mine = ConcernedRow.root_id == case.root_id
        known = set(self._session.scalars(select(ConcernedRow.who).where(mine)))
        now = self._family_concerns(case.root_id) if event.action in WAYS_BACK else known | case.concerns
        if gone := known - now:
            self._session.execute(delete(ConcernedRow).where(mine, ConcernedRow.who.in_(gone)))
        if added := now - known:
            rows = [{"root_id": case.root_id, "who": who} for who in sorted(added)]
            self._session.execute(insert(ConcernedRow), rows)

    def _family_concerns(self, root_id: str) -> set[str]:
        ids = self._session.scalars(select(CaseRow.id).where(CaseRow.root_id == root_id))
        return {who for case_id in ids.all() for who in self.case(case_id).concerns}

    def _store_attachments(self, case: Case, event: Event) -> None:
        rows = [
            {"id": secrets.token_urlsafe(16), "case_id": case.id, **ref, "at": event.at}
            for key, value in event.data.items()
            if (found := case.process.fields.get(key)) and found.kind is Kind.FILES
            for ref in value or ()
        ]
        if rows:
            self._session.execute(insert(AttachmentRow), rows)


def to_event(row: EventRow) -> Event:
    return Event(**{name: getattr(row, name) for name in _EVENT_FIELDS})


def link_fields(event: Event) -> dict[str, Any]:
    """What of an event its hash covers: all of it, moments in UTC whatever zone they came in.

    A deputy only where there was one: events recorded before deputies were known keep their hash.
    """
    told = {k: v.astimezone(UTC) if isinstance(v, datetime) else v for k, v in vars(event).items()}
    return told if event.acting_for else {k: v for k, v in told.items() if k != "acting_for"}


def load(session: Session, case_id: str, standard: Standard) -> Case:
    """The case as its events tell it, with what it has from its family."""
    row = session.get(CaseRow, case_id)
    if row is None:
        raise NotFound(GONE)
    past = session.scalars(select(EventRow).where(EventRow.case_id == case_id).order_by(EventRow.seq))
    case = replay(standard.version(row.process, row.version), map(to_event, past))
    family = session.scalars(select(ConcernedRow.who).where(ConcernedRow.root_id == row.root_id))
    inherited = session.scalar(select(CaseRow.grade).where(CaseRow.id == row.parent_id)) or 0
    return replace(case, root_id=row.root_id, family=frozenset(family), inherited=Grade(inherited))


def case_values(case: Case) -> dict[str, Any]:
    """A case as the table of cases holds it."""
    return {
        "id": case.id,
        "number": case.number,
        "process": case.process.key,
        "version": case.process.version,
        "stage": case.stage.key,
        "is_open": case.is_open,
        "grade": int(case.grade),
        "title": case.title,
        "owner": case.owner,
        "duty": case.stage.duty.value,
        "delegated_by": case.delegated_by,
        "parent_id": case.parent_id,
        "root_id": case.root_id,
        "opened_at": case.opened_at,
        "entered_at": case.entered_at,
        "due_at": case.due_at,
        "case_due_at": case.case_due_at,
        "paused_at": case.paused_at,
        "urged_at": case.urged_at,
        "urged": case.urged,
        "slip": case.slip if case.is_open else "",
        "asked": case.is_open and case.extension is not None,
        "closed_at": case.closed_at,
        "seq": case.seq,
        "data": {key: case.process.fields[key].pack(value) for key, value in case.data.items()},
    }

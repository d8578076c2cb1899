"""One transaction over the tables: the `Unit` that `core.office` asks for."""

import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from types import TracebackType
from typing import Any, Self, TypeVar

import structlog
from sqlalchemy import (
    BindParameter,
    Connection,
    Row,
    and_,
    bindparam,
    delete,
    false,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from core.amendment import Amendment, pack
from core.case import Case, Event, apply, replay
from core.contacts import is_guest
from core.deadlines import moment_of
from core.errors import GONE, Conflict, NotFound
from core.evidence import Votes
from core.fields import FileRef, Kind
from core.grading import Rules, bears_grade
from core.messages import Channel, Message, neutral
from core.number_book import SetAside, State
from core.people import Grade, Person
from core.ports import Directory
from core.process import Process
from core.processes import Standard
from core.profile import OfficeProfile
from core.recount import Days, Promise
from core.slips import Colour, Running
from core.worktime import WorkingCalendar
from db import (
    ballots,
    chain,
    information,
    journal,
    number_book,
    office_data,
    outbox,
    schedule,
    search,
    working_days,
)
from db.accounts import acting
from db.contacts import guest, reached
from db.engine import Database
from db.files import FileStore
from db.registers import parts
from db.tables import (
    AmendmentRow,
    AttachmentRow,
    CaseRow,
    ClippingFileRow,
    ConcernedRow,
    DraftRow,
    EventRow,
    FileRow,
    LinkRow,
    NoticeRow,
    TemplateRow,
    table,
)

log = structlog.get_logger(__name__)

T = TypeVar("T")

IN_ORDER = (CaseRow.opened_at, func.length(CaseRow.number), CaseRow.number)
"""The order in which cases were opened, also those of one moment: 9号 before 10号."""

WAYS_BACK = frozenset({"withdraw", "void"})
"""Actions after which somebody may no longer be concerned."""

CLOCK_SLACK = timedelta(seconds=5)
"""How far an event may lie behind the last one: a command reads the clock before it waits for its turn."""

_NOTICE = 600
"""The longest notice, in characters."""

EVENT_FIELDS = tuple(field.name for field in fields(Event))
"""The columns of an event, the chain's aside."""


class SqlUnit:
    """A writing transaction. What it reads of a case it keeps, so that one command sees one case.

    What a command records is written together: before anything that could have to see it is read, and
    at the end. A document signed in and registered is then one row of its case, not two.
    """

    def __init__(
        self, database: Database, files: FileStore, key: bytes, configured: Collection[Channel] = ()
    ) -> None:
        self._turn: AbstractContextManager[Session] = database.writing()
        self._files = files
        self._key = key
        self._configured = configured
        self._cases: dict[str, Case] = {}
        self._children: dict[str, list[str]] = {}
        self._known: dict[Any, Any] = {}
        self._discarded: list[str] = []
        self._pending = _Pending()
        self._last: tuple[str, datetime] | None = None

    def __enter__(self) -> Self:
        self._session = self._turn.__enter__()
        self._connection = self._session.connection()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._turn.__exit__(kind, error, trace)

    def person(self, person_id: str, at: datetime) -> Person:
        return (
            guest(self._session, person_id) if is_guest(person_id) else acting(self._session, person_id, at)
        )

    def directory(self) -> Directory:
        return self._once(office_data.directory)

    def standard(self) -> Standard:
        return self._told(office_data.standard)

    def calendar(self) -> WorkingCalendar:
        return self._told(office_data.calendar)

    def days(self) -> Days:
        """The office's table of special days, which the calendar is made of."""
        return self._once(working_days.days)

    def set_days(self, days: Days, calendar: WorkingCalendar) -> None:
        """Another table of days; `calendar` is the one it makes, in which this command goes on."""
        working_days.store(self._session, self.days(), days)
        # Not read anew: what is not committed must not get among the calendars that are kept.
        self._known |= {working_days.days: days, office_data.calendar: calendar}
        schedule.recount(self._session, calendar)

    def promises(self) -> Iterable[Promise]:
        """The deadlines of every open case."""
        self._flush()
        return working_days.promises(self._session, self.standard())

    def profile(self) -> OfficeProfile:
        return self._told(office_data.profile)

    def grading(self) -> Rules:
        """How the office grades information."""
        return self._told(office_data.grading)

    def _once(self, read: Callable[..., T], *known_before: Any) -> T:
        """Reference data, read once a command: it cannot change while the command holds the lock."""
        if read not in self._known:
            self._known[read] = read(self._session, *known_before)
        known: T = self._known[read]
        return known

    def _told(self, read: Callable[[Session, office_data.Known], T]) -> T:
        """What is read off the settings and the amendments, which are asked for once."""
        return self._once(read, self._once(office_data.known))

    def has_case(self, case_id: str) -> bool:
        known = self._connection.scalar(_HAS_CASE, {"id": case_id}) is not None
        return known or case_id in self._cases

    def case(self, case_id: str) -> Case:
        if case_id not in self._cases:
            self._flush()
            self._cases[case_id] = load(self._session, case_id, self.standard())
        return self._cases[case_id]

    def children(self, case_id: str) -> Sequence[Case]:
        if case_id not in self._children:
            self._flush()
            ids = self._connection.scalars(_CHILDREN, {"id": case_id})
            self._children[case_id] = list(ids)
        if new := [child for child in self._children[case_id] if child not in self._cases]:
            self._flush()
            self._cases |= {child.id: child for child in load_all(self._session, new, self.standard())}
        return [self._cases[child] for child in self._children[case_id]]

    def events(self, case_id: str, action: str) -> Sequence[Event]:
        """The events of a case by one action, in their order."""
        self._flush()
        return told_of(self._session, case_id, action)

    def record(self, event: Event, process: Process) -> Case:
        """Record an event and what the case now adds up to."""
        before = self._cases.get(event.case_id)
        parent = self.case(event.parent_id) if event.parent_id else None
        case = apply(before, event, process, parent=parent)
        if before is None:
            self._children[case.id] = []
            if parent:
                self.children(parent.id)  # those there were, before there is one more
                self._children[parent.id].append(case.id)
        self._keep(case, new=before is None)
        self._pending.events.append(event)
        self._concern(case, event)
        self._attach(case, event)
        if case.process.linking:
            self._pending.links[case.id] = case.links
        if before and before.grade != case.grade:
            self._regrade(case)
        return case

    def number(self, series: str) -> str:
        """The next number of a series. Taken in the transaction that uses it, so none is ever lost."""
        return series.format(n=number_book.take(self._session, series)[0])

    def reserve(self, series: str, count: int, reason: str, by: str, at: datetime) -> Sequence[str]:
        """Set the next numbers of a series aside for cases to come."""
        return number_book.reserve(self._session, series, count, reason, by, at)

    def set_aside(self, number: str) -> SetAside | None:
        """A number that was set aside, and what became of it; None if it never was."""
        return number_book.set_aside(self._session, number)

    def use_number(self, number: str, case_id: str) -> None:
        """A number that was set aside is the case's from now on."""
        self._flush()
        number_book.settle(self._session, number, State.USED, case_id=case_id)

    def void_number(self, number: str, reason: str) -> None:
        """A number that was set aside is given up; `reason` says all that is to be known of it."""
        number_book.settle(self._session, number, State.VOID, reason=reason)

    def new_id(self) -> str:
        return secrets.token_hex(8)

    def keep_file(self, content: bytes, kind: str, at: datetime, text: str | None) -> str:
        digest = self._files.keep(content)
        if self._session.get(FileRow, digest) is None:
            self._session.add(FileRow(digest=digest, size=len(content), kind=kind, kept_at=at))
            self._session.flush()
            if text is not None:
                search.keep_text(self._session, digest, text)
        return digest

    def discard_file(self, digest: str) -> None:
        """Remove a kept file, unless a case, a template or a clipping has it. It goes from the disk once that is committed."""
        self._flush()
        attached = select(AttachmentRow.digest).where(AttachmentRow.digest == digest)
        printed = select(TemplateRow.digest).where(TemplateRow.digest == digest)
        brought = select(ClippingFileRow.digest).where(ClippingFileRow.digest == digest)
        if self._session.scalar(attached.union(printed, brought).limit(1)) is None:
            search.forget_text(self._session, digest)
            self._session.execute(delete(FileRow).where(FileRow.digest == digest))
            self._discarded.append(digest)

    def keeps(self, digest: str) -> bool:
        return self._session.get(FileRow, digest) is not None

    def content(self, digest: str) -> bytes:
        return self._files.path(digest).read_bytes()

    def amend(self, amendment: Amendment, version: int) -> None:
        row = {"process": amendment.process, "version": version, "data": pack(amendment)}
        self._session.execute(insert(AmendmentRow).values(**row))

    def journal(
        self, at: datetime, by: str, action: str, subject: str = "", data: Mapping[str, Any] | None = None
    ) -> None:
        """A line of the journal of the office, in this transaction; `action` is a key of `db.journal.TITLES`."""
        journal.record(self._session, self._key, at, by, action, subject, data)

    def save_draft(self, person_id: str, form: str, values: Mapping[str, Any] | None, at: datetime) -> None:
        self._connection.execute(_FORGET_DRAFT, {"who": person_id, "of": form})
        if values is not None:
            row = {"person_id": person_id, "form": form, "values": dict(values), "saved_at": at}
            self._connection.execute(_KEEP_DRAFT, row)

    def tell(self, person_id: str, case_id: str, text: str, at: datetime) -> None:
        """Leave a notice on somebody's desk, until they have seen it."""
        if len(text) > _NOTICE:
            text = f"{text[: _NOTICE - 1]}…"
        self._flush()
        outbox.leave_notice(self._session, person_id, case_id, text, at)

    def post(self, message: Message, at: datetime) -> None:
        """Put a message into the outbox, by every channel; a second one of the same occasion is none (C21).

        Of a classified case nothing but that there is something leaves the house, whatever the caller wrote (C23).
        """
        self._flush()
        case = self.case(message.case_id)
        said = neutral(message, case.number) if case.grade.classified else message
        said = said if said.occasion else replace(said, occasion=str(case.seq))
        contact = reached(self._session, [message.to]).get(message.to)
        outbox.post(self._session, said, contact, at, self._configured)

    def call_off(self, case_ids: Sequence[str], reason: str) -> None:
        """What of these cases has not left the house yet leaves it no more."""
        if case_ids:
            self._flush()
            outbox.call_off(self._session, case_ids, reason)

    def reminding(self) -> Sequence[str]:
        """The cases that may have somebody to remind: in a stage that reminds, while the step stands that opened them."""
        self._flush()
        parent = aliased(CaseRow)
        live = [
            and_(
                CaseRow.process == key,
                CaseRow.stage == reminds.key,
                parent.process == opener,
                parent.stage == stage.key,
            )
            for opener, versions in self.standard().versions.items()
            for stage in {stage.key: stage for process in versions for stage in process.stages}.values()
            for key in ([stage.opens.process] if stage.opens else ())
            for reminds in self.standard().newest_of(key).stages
            if reminds.sends and reminds.sends.reminds
        ]
        this_round = CaseRow.opened_at >= parent.entered_at
        query = (
            select(CaseRow.id)
            .join(parent, parent.id == CaseRow.parent_id)
            .where(this_round, or_(false(), *live))
        )
        return list(self._session.scalars(query.order_by(*IN_ORDER)))

    def seen(self, person_id: str, notices: Iterable[int], at: datetime) -> None:
        """Take notices off this person's desk; those of others stay."""
        mine = NoticeRow.person_id == person_id, NoticeRow.id.in_(list(notices))
        self._session.execute(update(NoticeRow).where(*mine, NoticeRow.seen_at.is_(None)).values(seen_at=at))

    def clocks(self) -> Sequence[Running]:
        """The clocks that run: open cases with a deadline that are not paused, by their deadline."""
        self._flush()
        columns: Any = (
            CaseRow.id, CaseRow.entered_at, CaseRow.due_at, CaseRow.urged, CaseRow.slip,
            CaseRow.process, CaseRow.version, CaseRow.stage,
        )  # fmt: skip
        running = and_(
            literal_column("cases.is_open"), CaseRow.due_at.is_not(None), CaseRow.paused_at.is_(None)
        )
        gravest = CaseRow.slip != Colour.RED.value
        query = select(*columns).where(running, gravest).order_by(CaseRow.due_at)
        return [
            Running(case_id, entered, due, urged, slip, self._target(case_id, *step))
            for case_id, entered, due, urged, slip, *step in self._session.execute(query)
        ]

    def _target(self, case_id: str, process: str, version: int, stage: str) -> datetime | None:
        """The moment by which a step was meant to be done, before it is late; few steps have one."""
        due = self.standard().version(process, version).stage(stage).due
        if due is None or due.target is None:
            return None
        aimed, case = replace(due, limit=due.target, urgent=None), self.case(case_id)
        return moment_of(aimed, case.data, case.entered_at, self.calendar())

    def votes(self, case_id: str) -> Votes:
        """The votes on a case; whose they are only where they are by name."""
        return ballots.votes(self._session, case_id)

    def commit(self) -> None:
        try:
            self._flush()
            self._session.commit()
        except IntegrityError as error:
            raise Conflict("刚有人先办了这一步，请看过最新情况再办；您填写的内容已保留") from error
        for digest in self._discarded:
            self._files.remove(digest)

    # --- what is recorded, until it is written ------------------------------------------------

    def _keep(self, case: Case, *, new: bool = False) -> None:
        self._cases[case.id] = case
        if new or case.id in self._pending.opened:
            self._pending.opened[case.id] = case
        else:
            self._pending.changed[case.id] = case

    def _regrade(self, case: Case) -> None:
        """Children are as secret as their parent, from the moment its grade is corrected; so are messages."""
        if case.grade.classified:
            outbox.hush(self._session, case.id, partial(neutral, number=case.number))
        for child in self.children(case.id):
            regraded = child.but(inherited=case.grade)
            self._keep(regraded)
            self._regrade(regraded)

    def _concern(self, case: Case, event: Event) -> None:
        """Add whom the event made it concern; after a way back, only whom the family still concerns."""
        known = self._concerned(case.root_id)
        now = concerned_after(known, case, event.action, lambda: self._family(case.root_id))
        if gone := known - now:
            self._flush()
            mine = ConcernedRow.root_id == case.root_id
            self._connection.execute(delete(ConcernedRow).where(mine, ConcernedRow.who.in_(gone)))
        self._pending.concerned += [{"root_id": case.root_id, "who": who} for who in sorted(now - known)]
        self._known[ConcernedRow, case.root_id] = now

    def _concerned(self, root_id: str) -> set[str]:
        """Whom the family concerns so far."""
        if (ConcernedRow, root_id) not in self._known:
            fresh = root_id in self._pending.opened
            found = () if fresh else self._connection.scalars(_CONCERNED, {"id": root_id})
            self._known[ConcernedRow, root_id] = set(found)
        known: set[str] = self._known[ConcernedRow, root_id]
        return known

    def _family(self, root_id: str) -> list[Case]:
        self._flush()
        ids = self._session.scalars(select(CaseRow.id).where(CaseRow.root_id == root_id))
        return [self.case(case_id) for case_id in ids.all()]

    def _attach(self, case: Case, event: Event) -> None:
        self._pending.attached += [
            {"id": secrets.token_urlsafe(16), "case_id": case.id, **ref, "at": event.at}
            for ref in files_in(case.process, event.data)
        ]

    def _flush(self) -> None:
        """Write what is recorded so far: cases, then what names them, then what is found of them."""
        pending, self._pending = self._pending, _Pending()
        opened = [case_values(case) for case in pending.opened.values()]
        changed = [case_values(case) for case in pending.changed.values()]
        for statement, rows in (
            (_OPEN_CASES, opened),
            (_CHANGE_CASES, [{"case_id": row["id"], **row} for row in changed]),
            (_RECORD, [self._chained(event) for event in pending.events]),
            (_CONCERN, pending.concerned),
            (_ATTACH, pending.attached),
        ):
            if rows:
                self._connection.execute(statement, rows)
        for case_id, links in pending.links.items():
            self._connection.execute(_UNLINK, {"of": case_id})
            if links:
                self._connection.execute(_LINK, [{"case_id": case_id, "other_id": one} for one in links])
        recorded = [self._cases[row["id"]] for row in (*opened, *changed)]
        if happening := [case for case in recorded if case.process.happens]:
            schedule.follow(self._session, happening, self.calendar())
        if graded := [case for case in recorded if bears_grade(case.process.fields)]:
            information.follow(self._session, graded, self.calendar())
        new = pending.opened.keys() - {row["case_id"] for row in pending.attached}
        if said := [(self._cases[row["id"]].process, row) for row in (*opened, *changed)]:
            search.index(self._session, said, new=new)

    def _chained(self, event: Event) -> dict[str, Any]:
        """The event as its row, with the link that follows the last one."""
        prev, before = self._last or self._newest() or (chain.START, event.at)
        if before - event.at > CLOCK_SLACK:
            # The order is that of recording and stays right; but somebody should look at the clock.
            log.warning("clock_ran_backwards", by_seconds=int((before - event.at).total_seconds()))
        values = {name: getattr(event, name) for name in EVENT_FIELDS} | {"data": dict(event.data)}
        mac = chain.link(self._key, prev, link_fields(event))
        self._last = mac, event.at
        return {**values, "prev": prev, "mac": mac}

    def _newest(self) -> tuple[str, datetime] | None:
        """The link and the moment of the last event there is."""
        row = self._connection.execute(_LAST).first()
        return (row.mac, row.at) if row else None


@dataclass
class _Pending:
    """What a command has recorded and not yet written."""

    opened: dict[str, Case] = field(default_factory=dict)
    changed: dict[str, Case] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    concerned: list[dict[str, Any]] = field(default_factory=list)
    attached: list[dict[str, Any]] = field(default_factory=list)
    links: dict[str, tuple[str, ...]] = field(default_factory=dict)


# Compiled once: a statement made anew for each command costs more than the database takes for it.
_CASES = table(CaseRow)
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_PLACES = select(*(_CASES.c[name] for name in ("id", "process", "version", "root_id", "parent_id"))).where(
    _CASES.c.id.in_(_IDS)
)
_PASTS = (
    select(*(table(EventRow).c[name] for name in EVENT_FIELDS))
    .where(table(EventRow).c.case_id.in_(_IDS))
    .order_by(table(EventRow).c.case_id, table(EventRow).c.seq)
)
_FAMILIES = select(ConcernedRow.root_id, ConcernedRow.who).where(ConcernedRow.root_id.in_(_IDS))
_GRADES = select(_CASES.c.id, _CASES.c.grade).where(_CASES.c.id.in_(_IDS))
_HAS_CASE = select(_CASES.c.id).where(_CASES.c.id == bindparam("id"))
_CHILDREN = select(_CASES.c.id).where(_CASES.c.parent_id == bindparam("id")).order_by(*IN_ORDER)
_CONCERNED = select(ConcernedRow.who).where(ConcernedRow.root_id == bindparam("id"))
_EVENTS = table(EventRow).c
_LAST = select(_EVENTS.mac, _EVENTS.at).order_by(_EVENTS.id.desc()).limit(1)
_OPEN_CASES = insert(_CASES)
_CHANGE_CASES = (
    update(_CASES)
    .where(_CASES.c.id == bindparam("case_id"))
    .values({column.name: bindparam(column.name) for column in _CASES.c if column.name != "id"})
)
_DRAFTS = table(DraftRow)
_FORGET_DRAFT = delete(_DRAFTS).where(
    _DRAFTS.c.person_id == bindparam("who"), _DRAFTS.c.form == bindparam("of")
)
_KEEP_DRAFT = insert(_DRAFTS)
_RECORD = insert(table(EventRow)).inline()
_CONCERN = insert(table(ConcernedRow))
_ATTACH = insert(table(AttachmentRow))
_LINKS = table(LinkRow)
_UNLINK = delete(_LINKS).where(_LINKS.c.case_id == bindparam("of"))
_LINK = insert(_LINKS)


def concerned_after(
    known: set[str], case: Case, action: str, family: Callable[[], Iterable[Case]]
) -> set[str]:
    """Whom a family concerns once an action changed one of its cases: more people, after a way back fewer."""
    if action in WAYS_BACK:
        return {who for one in family() for who in one.concerns}
    return known | case.concerns


def files_in(process: Process, data: Mapping[str, Any]) -> Iterator[FileRef]:
    """The files that an event attaches."""
    for key, value in data.items():
        if (found := process.fields.get(key)) and found.kind is Kind.FILES:
            yield from value or ()


def to_event(row: EventRow | Row[Any]) -> Event:
    return Event(**{name: getattr(row, name) for name in EVENT_FIELDS})


def link_fields(event: Event) -> dict[str, Any]:
    """What of an event its hash covers, moments in UTC whatever zone they came in."""
    return covered({k: v.astimezone(UTC) if isinstance(v, datetime) else v for k, v in vars(event).items()})


def covered(told: dict[str, Any]) -> dict[str, Any]:
    """Of an event's fields those its hash covers, given that moments are in UTC.

    A deputy only where there was one: events recorded before deputies were known keep their hash.
    """
    return told if told["acting_for"] else {k: v for k, v in told.items() if k != "acting_for"}


def told_of(session: Session, case_id: str, action: str) -> list[Event]:
    """The events of a case by one action, in their order."""
    past = select(EventRow).where(EventRow.case_id == case_id, EventRow.action == action)
    return [to_event(row) for row in session.scalars(past.order_by(EventRow.seq))]


def load(session: Session, case_id: str, standard: Standard) -> Case:
    """The case as its events tell it, with what it has from its family."""
    found = load_all(session, [case_id], standard)
    if not found:
        raise NotFound(GONE)
    return found[0]


def load_all(session: Session, ids: Sequence[str], standard: Standard) -> list[Case]:
    """The cases as their events tell them, in the order of their ids here; what is not there is left out."""
    found: dict[str, Case] = {}
    for part in parts(ids):
        found |= _loaded(session.connection(), part, standard)
    return [found[one] for one in ids if one in found]


def _loaded(connection: Connection, ids: Sequence[str], standard: Standard) -> dict[str, Case]:
    rows = connection.execute(_PLACES, {"ids": ids}).all()
    past: dict[str, list[Event]] = {row.id: [] for row in rows}
    for event in connection.execute(_PASTS, {"ids": ids}):
        past[event.case_id].append(to_event(event))
    families: dict[str, set[str]] = {row.root_id: set() for row in rows}
    for root, who in connection.execute(_FAMILIES, {"ids": list(families)}):
        families[root].add(who)
    grades = dict(connection.execute(_GRADES, {"ids": list({row.parent_id for row in rows} - {None})}).all())
    return {
        row.id: replay(standard.version(row.process, row.version), past[row.id]).but(
            root_id=row.root_id,
            family=frozenset(families[row.root_id]),
            inherited=Grade(grades.get(row.parent_id) or 0),
        )
        for row in rows
    }


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
        "reminded": case.reminded,
        "slip": case.slip if case.is_open else "",
        "asked": case.is_open and case.extension is not None,
        "closed_at": case.closed_at,
        "seq": case.seq,
        "data": {key: case.process.fields[key].pack(value) for key, value in case.data.items()},
    }

"""The tables. `events` is the record; `cases` is what the events add up to, kept for searching.

Times are UTC in every database. Nothing but `db` sees a row of these.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, ClassVar, cast

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class UtcDateTime(TypeDecorator[datetime]):
    """A moment with its zone, kept as UTC in every database."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value else None


class Base(DeclarativeBase):
    type_annotation_map: ClassVar[Mapping[Any, Any]] = {
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }


def table(kind: type[Base]) -> Table:
    """The table of a kind of row: for statements made once, which need no object to work on."""
    return cast(Table, kind.__table__)


class CaseRow(Base):
    """A case as its events add up, for queries; `db.unit` rebuilds it at each event."""

    __tablename__ = "cases"
    # Literals, not parameters: a partial index is not used when its condition is bound.
    __table_args__ = (
        Index(
            "ix_cases_open_due",
            "due_at",
            "id",
            "process",
            "grade",
            "paused_at",
            "is_open",
            sqlite_where=text("is_open"),
            postgresql_where=text("is_open"),
        ),
        # How many there are is one scan of this one, and what is due is looked up in it.
        Index(
            "ix_cases_open_hand",
            "owner",
            "duty",
            "process",
            "stage",
            "grade",
            "due_at",
            "paused_at",
            "is_open",
            sqlite_where=text("is_open"),
            postgresql_where=text("is_open"),
        ),
        # What is paused or was urged is a handful among them.
        Index(
            "ix_cases_open_aside",
            "owner",
            "duty",
            "process",
            "stage",
            "grade",
            "paused_at",
            "urged",
            "is_open",
            sqlite_where=text("is_open AND (paused_at IS NOT NULL OR urged > 0)"),
            postgresql_where=text("is_open AND (paused_at IS NOT NULL OR urged > 0)"),
        ),
        # A register is counted and put in order in this one alone.
        Index("ix_cases_register", "process", "opened_at", "grade", "number", "id", "root_id"),
        Index("ix_cases_root", "root_id"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[str] = mapped_column(String(80), unique=True)
    process: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    stage: Mapped[str] = mapped_column(String(40))
    is_open: Mapped[bool]
    grade: Mapped[int]
    title: Mapped[str] = mapped_column(String(600))
    owner: Mapped[str] = mapped_column(String(60), index=True)
    duty: Mapped[str] = mapped_column(String(40))
    delegated_by: Mapped[str] = mapped_column(String(60), default="")
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("cases.id"), index=True)
    root_id: Mapped[str] = mapped_column(String(40))
    opened_at: Mapped[datetime]
    entered_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    case_due_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    urged_at: Mapped[datetime | None]
    urged: Mapped[int] = mapped_column(default=0)
    reminded: Mapped[int] = mapped_column(default=0, server_default="0")
    slip: Mapped[str] = mapped_column(String(10), default="")
    asked: Mapped[bool] = mapped_column(default=False)
    """Whether an extension was asked for and waits for a decision."""
    closed_at: Mapped[datetime | None]
    seq: Mapped[int]
    data: Mapped[dict[str, Any]]


class EventRow(Base):
    """What happened, in the order it was recorded. Never changed: triggers refuse it."""

    __tablename__ = "events"
    __table_args__ = (UniqueConstraint("case_id", "seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    seq: Mapped[int]
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(40))
    acting_for: Mapped[str] = mapped_column(String(40), default="")
    action: Mapped[str] = mapped_column(String(40))
    stage: Mapped[str] = mapped_column(String(40))
    data: Mapped[dict[str, Any]]
    process: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    due_at: Mapped[datetime | None]
    case_due_at: Mapped[datetime | None]
    parent_id: Mapped[str | None] = mapped_column(String(40))
    prev: Mapped[str] = mapped_column(String(64), unique=True)
    mac: Mapped[str] = mapped_column(String(64))


class JournalRow(Base):
    """What was done to the office itself – accounts, calendar, templates, standard – in its own chain."""

    __tablename__ = "journal"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(200))
    data: Mapped[dict[str, Any]]
    prev: Mapped[str] = mapped_column(String(64), unique=True)
    mac: Mapped[str] = mapped_column(String(64))


class ConcernedRow(Base):
    """Who a case and its children concern: a person's id or `dept:` and a department's id."""

    __tablename__ = "concerned"

    root_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    who: Mapped[str] = mapped_column(String(60), primary_key=True, index=True)


class LinkRow(Base):
    """A case that another names: the answer stands under `case_id`, what it answers under `other_id`."""

    __tablename__ = "links"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    other_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True, index=True)


class SequenceRow(Base):
    """The last number given in each series (P5: no duplicate and no gap)."""

    __tablename__ = "sequences"

    series: Mapped[str] = mapped_column(String(120), primary_key=True)
    last: Mapped[int]


class ReservedNumberRow(Base):
    """A number of the book set aside before there is a case for it (N7): reserved, used or void."""

    __tablename__ = "reserved_numbers"

    number: Mapped[str] = mapped_column(String(120), primary_key=True)
    series: Mapped[str] = mapped_column(String(120), index=True)
    n: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(500))
    by: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    case_id: Mapped[str | None] = mapped_column(ForeignKey("cases.id"))


class NoticeRow(Base):
    """Something a person should know of a case, until they have seen it (N4)."""

    __tablename__ = "notices"
    __table_args__ = (Index("ix_notices_person", "person_id", "seen_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    text: Mapped[str] = mapped_column(String(600))
    at: Mapped[datetime]
    seen_at: Mapped[datetime | None]


class MessageRow(Base):
    """A message to one person by one channel, and how far it came (`db.outbox`, C21).

    `link` says what its signed link is for, or which page it leads to; never a link itself. What is sent by
    OA is the notice; that it was seen stands there.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("case_id", "occasion", "recipient", "channel"),
        Index("ix_messages_state", "state", "next_at"),
        Index("ix_messages_at", "at"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    occasion: Mapped[str] = mapped_column(String(80))
    recipient: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(80))
    channel: Mapped[str] = mapped_column(String(10))
    address: Mapped[str] = mapped_column(String(200))
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    link: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10))
    attempts: Mapped[int]
    next_at: Mapped[datetime | None]
    claimed_by: Mapped[str] = mapped_column(String(40))
    claimed_until: Mapped[datetime | None]
    tried_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(300))
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notices.id"))


class TemplateRow(Base):
    """The office's own DOCX for a paper of a process, instead of the program's."""

    __tablename__ = "templates"

    process: Mapped[str] = mapped_column(String(40), primary_key=True)
    paper: Mapped[str] = mapped_column(String(20), primary_key=True)
    digest: Mapped[str] = mapped_column(ForeignKey("files.digest"))
    name: Mapped[str] = mapped_column(String(200))
    by: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]


class ViewRow(Base):
    """A saved view of a register: its filters and columns, for everybody of a role (N23)."""

    __tablename__ = "views"
    __table_args__ = (UniqueConstraint("page", "role", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    page: Mapped[str] = mapped_column(String(40))
    role: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(80))
    query: Mapped[dict[str, Any]]
    by: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]


class FileRow(Base):
    """A file the office keeps, once however often it is attached."""

    __tablename__ = "files"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    kept_at: Mapped[datetime]


class AttachmentRow(Base):
    """A file of a case, under the name the person gave it. The id is unguessable: it is in addresses."""

    __tablename__ = "attachments"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    digest: Mapped[str] = mapped_column(ForeignKey("files.digest"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]


class FileTextRow(Base):
    """The text of a file, for searching; empty where none could be read."""

    __tablename__ = "file_texts"

    digest: Mapped[str] = mapped_column(ForeignKey("files.digest"), primary_key=True)
    text: Mapped[str] = mapped_column(Text)


class SearchedRow(Base):
    """A case in the index of the search (`db.search`): its row there, and of what it was made.

    The ids rise in the order in which cases were opened. `stamp` is empty for what is not indexed.
    """

    __tablename__ = "searched"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), unique=True)
    stamp: Mapped[str] = mapped_column(String(80))


INDEX = "case_grams"
"""The index of the search: FTS5 in SQLite, with tables of its own; a table with a tsvector in PostgreSQL."""


def is_declared(name: str | None, kind: str, _parents: object) -> bool:
    """Whether a table of the database is one of those declared here, rather than of the index."""
    return not (kind == "table" and name and name.startswith(INDEX))


class DepartmentRow(Base):
    __tablename__ = "departments"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)


class PersonRow(Base):
    """An account. Every run of a page asks for it anew, so new roles or a stop hold at once (P17)."""

    __tablename__ = "people"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    password: Mapped[str] = mapped_column(String(200))
    roles: Mapped[list[Any]]
    clearance: Mapped[int]
    department_id: Mapped[str | None] = mapped_column(ForeignKey("departments.id"))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    totp: Mapped[str] = mapped_column(String(64), default="")
    """The secret of the second factor; empty where none is set up."""
    totp_step: Mapped[int] = mapped_column(default=0)
    """The step of the last code that was taken: none is taken twice."""
    post: Mapped[str] = mapped_column(String(80), default="", server_default="")
    mobile: Mapped[str] = mapped_column(String(40), default="", server_default="")
    email: Mapped[str] = mapped_column(String(200), default="", server_default="")


class ContactRow(Base):
    """Somebody without an account whom the office invites and informs; the id bears the prefix of contacts."""

    __tablename__ = "contacts"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    organisation: Mapped[str] = mapped_column(String(120))
    post: Mapped[str] = mapped_column(String(80))
    mobile: Mapped[str] = mapped_column(String(40))
    email: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)


class AbsenceRow(Base):
    """Somebody away, and who stands in for them meanwhile (N10)."""

    __tablename__ = "absences"
    __table_args__ = (Index("ix_absences_deputy", "deputy_id", "until"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    deputy_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    since: Mapped[datetime]
    until: Mapped[datetime]
    """The first moment at which they are back."""
    reason: Mapped[str] = mapped_column(String(200))
    by: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]


class InvitationRow(Base):
    """A link with which somebody sets their own password, once (the token's SHA-256)."""

    __tablename__ = "invitations"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    by: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SessionRow(Base):
    """A signed-in browser. The token is only in the browser's HttpOnly cookie; here is its SHA-256."""

    __tablename__ = "sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class SignInRow(Base):
    """Every attempt to sign in, for the delay after failures and for the auditor."""

    __tablename__ = "sign_ins"
    __table_args__ = (
        Index("ix_sign_ins_account", "account", "address", "at"),
        Index("ix_sign_ins_address", "address", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    account: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[str] = mapped_column(String(20))


class SpecialDayRow(Base):
    """A day that differs from its weekday: the office's editable calendar (N9)."""

    __tablename__ = "special_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(60))
    source: Mapped[str] = mapped_column(String(120))


class SettingRow(Base):
    """A setting of this office as JSON: its profile, its hours, the years without a notice."""

    __tablename__ = "settings"

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[dict[str, Any]]


class AmendmentRow(Base):
    """An approved change of the standard, in the order of versions (`core.amendment`)."""

    __tablename__ = "amendments"
    __table_args__ = (UniqueConstraint("process", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    process: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    data: Mapped[dict[str, Any]]


class DraftRow(Base):
    """What a person has typed and not yet handed in: it survives a reload and a restart."""

    __tablename__ = "drafts"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    form: Mapped[str] = mapped_column(String(120), primary_key=True)
    values: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]


class PaperRow(Base):
    """A paper in an urn: whose it is and when it came in is nowhere (`db.urn`)."""

    __tablename__ = "urn_papers"
    __table_args__ = ({"sqlite_with_rowid": False},)

    urn: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    paper: Mapped[str] = mapped_column(Text)


class SlipRow(Base):
    """Who may put a paper in an urn: the SHA-256 of a token, or a voter; and whether they have."""

    __tablename__ = "urn_slips"
    __table_args__ = ({"sqlite_with_rowid": False},)

    slip: Mapped[str] = mapped_column(String(64), primary_key=True)
    urn: Mapped[str] = mapped_column(String(40), primary_key=True)
    used: Mapped[bool]


class SurveyRow(Base):
    """A survey about a case (`core.surveys`); its id names the urn with the answers."""

    __tablename__ = "surveys"
    __table_args__ = (UniqueConstraint("case_id", "survey"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    survey: Mapped[str] = mapped_column(String(40))
    anonymous: Mapped[bool]
    issued: Mapped[int]
    """How many links were handed out."""
    answers: Mapped[list[Any]]
    """Those of a closed survey, in no order; while it is open they are in the urn."""
    opened_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class VoteRow(Base):
    """Who voted what in a ballot by name."""

    __tablename__ = "votes"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    who: Mapped[str] = mapped_column(String(60), primary_key=True)
    choice: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]


class ResourceRow(Base):
    """A room, a car or something else that one uses at a time."""

    __tablename__ = "resources"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(80), unique=True)
    capacity: Mapped[int]
    active: Mapped[bool]


class EntryRow(Base):
    """Something on the calendar (`core.schedule.Entry`); of a meeting or a reception what its case says."""

    __tablename__ = "entries"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    title: Mapped[str] = mapped_column(String(600))
    sort: Mapped[str] = mapped_column(String(10))
    important: Mapped[bool]
    begins: Mapped[datetime]
    ends: Mapped[datetime]
    all_day: Mapped[bool]
    whom: Mapped[list[Any]]
    place: Mapped[str] = mapped_column(String(500))
    note: Mapped[str] = mapped_column(Text)
    rule: Mapped[str] = mapped_column(String(200))
    working_days_only: Mapped[bool]
    until: Mapped[date | None]
    exceptions: Mapped[list[Any]]
    series: Mapped[str] = mapped_column(String(40))
    case_id: Mapped[str | None] = mapped_column(ForeignKey("cases.id"), index=True)
    state: Mapped[str] = mapped_column(String(10))
    grade: Mapped[int]
    by: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    conflict_id: Mapped[str | None] = mapped_column(ForeignKey("cases.id"), index=True)
    """The case that decides on its conflict, while it waits for the decision."""
    sides: Mapped[list[Any]]
    """Of that case, in the order of its rows: entry and beginning of each side."""


class OccurrenceRow(Base):
    """When an entry takes somebody or something: one row for each, indexed for the one question asked of it.

    `alone`: only one can use it at a time; PostgreSQL holds that by a constraint as well.
    """

    __tablename__ = "occurrences"
    __table_args__ = (
        Index("ix_occurrences_whom", "whom", "begins", "ends"),
        Index("ix_occurrences_begins", "begins", "ends"),
    )

    entry_id: Mapped[str] = mapped_column(ForeignKey("entries.id"), primary_key=True)
    whom: Mapped[str] = mapped_column(String(60), primary_key=True)
    begins: Mapped[datetime] = mapped_column(primary_key=True)
    ends: Mapped[datetime]
    important: Mapped[bool]
    alone: Mapped[bool]


class LongestUseRow(Base):
    """The longest time for which somebody or something was ever taken: what overlaps began no longer ago."""

    __tablename__ = "longest_uses"

    whom: Mapped[str] = mapped_column(String(60), primary_key=True)
    minutes: Mapped[int]


class FeedRow(Base):
    """A link by which somebody's own calendar reads the schedule (N19): the token's SHA-256, and through whose eyes."""

    __tablename__ = "feeds"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    about: Mapped[str] = mapped_column(String(60))
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class DutyRow(Base):
    """What somebody of a department reports, and when (`core.reporting.Duty`, R56)."""

    __tablename__ = "reporting_duties"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    department: Mapped[str] = mapped_column(String(40))
    reporter: Mapped[str] = mapped_column(ForeignKey("people.id"))
    figures: Mapped[list[Any]]
    every: Mapped[str] = mapped_column(String(10))
    due_day: Mapped[int]
    since: Mapped[date]
    active: Mapped[bool]
    version: Mapped[int]


class InformationRow(Base):
    """An item of information as it is counted (`db.information`): its labels and what it is counted by, in words.

    Narrow, so that a hundred thousand are counted without reading what they say. Days and months are the office's.
    """

    __tablename__ = "information"
    __table_args__ = (Index("ix_information_opened_at", "opened_at"),)

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    urgency: Mapped[str] = mapped_column(String(10))
    importance: Mapped[str] = mapped_column(String(10))
    channel: Mapped[str] = mapped_column(String(10))
    department: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(500))
    point: Mapped[str] = mapped_column(String(500))
    opened_at: Mapped[datetime]
    month: Mapped[str] = mapped_column(String(7))
    week: Mapped[str] = mapped_column(String(8))


class FigureRow(Base):
    """A figure of an item of information, in millionths so that sums are exact."""

    __tablename__ = "reported_figures"
    __table_args__ = (Index("ix_reported_figures_name", "name"),)

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(500))
    unit: Mapped[str] = mapped_column(String(500))
    micros: Mapped[int] = mapped_column(BigInteger)


class MonitorPointRow(Base):
    """What is looked for outside, under which name (`core.collecting.Point`, R57)."""

    __tablename__ = "monitor_points"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    title: Mapped[str] = mapped_column(String(80), unique=True)
    words: Mapped[list[Any]]
    never: Mapped[list[Any]]
    how: Mapped[str] = mapped_column(String(20))
    active: Mapped[bool]


class SourceRow(Base):
    """Where things are fetched from or brought by, and how the last look went. No secret: those are settings.

    `by`: who set it up; where it registers by itself, that is who it does it for.
    """

    __tablename__ = "sources"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    title: Mapped[str] = mapped_column(String(80), unique=True)
    means: Mapped[str] = mapped_column(String(10))
    address: Mapped[str] = mapped_column(String(1000))
    point_id: Mapped[str | None] = mapped_column(ForeignKey("monitor_points.id"))
    takes: Mapped[str] = mapped_column(String(10))
    asks: Mapped[bool]
    every: Mapped[int]
    """Minutes between two looks."""
    active: Mapped[bool]
    by: Mapped[str] = mapped_column(String(40))
    next_at: Mapped[datetime | None]
    last_at: Mapped[datetime | None]
    last_said: Mapped[str] = mapped_column(String(300))
    failures: Mapped[int]
    """In a row."""
    version: Mapped[int]


class ClippingRow(Base):
    """One thing that a source brought: it waits, or somebody has decided. Of a classified one nothing but that (C23).

    `uid` names it within its source, `digest` what it says; with both, what was dropped does not come again.
    """

    __tablename__ = "clippings"
    __table_args__ = (
        UniqueConstraint("source_id", "uid"),
        Index("ix_clippings_state", "state", "takes", "at"),
        Index("ix_clippings_digest", "digest"),
        Index("ix_clippings_link", "link"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    source_id: Mapped[str] = mapped_column(ForeignKey("sources.id"))
    uid: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    takes: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(String(1000))
    sender: Mapped[str] = mapped_column(String(200))
    point: Mapped[str] = mapped_column(String(80))
    matched: Mapped[list[Any]]
    reading: Mapped[dict[str, Any]]
    """What was read of a document, under the keys of the register's form."""
    note: Mapped[str] = mapped_column(String(500))
    published_at: Mapped[datetime | None]
    at: Mapped[datetime]
    near_id: Mapped[str | None] = mapped_column(ForeignKey("clippings.id"))
    state: Mapped[str] = mapped_column(String(10))
    by: Mapped[str] = mapped_column(String(40))
    decided_at: Mapped[datetime | None]
    case_id: Mapped[str | None] = mapped_column(ForeignKey("cases.id"))


class ClippingFileRow(Base):
    """A file that came with a clipping. The id is unguessable: it is in addresses."""

    __tablename__ = "clipping_files"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    clipping_id: Mapped[str] = mapped_column(ForeignKey("clippings.id"), index=True)
    digest: Mapped[str] = mapped_column(ForeignKey("files.digest"), index=True)
    name: Mapped[str] = mapped_column(String(200))


class IntakeTokenRow(Base):
    """A key to `POST /api/intake` for one source: here is its SHA-256 only."""

    __tablename__ = "intake_tokens"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    source_id: Mapped[str] = mapped_column(ForeignKey("sources.id"))
    by: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class LeaseRow(Base):
    """Which process runs the background work: one leader however many are started."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    holder: Mapped[str] = mapped_column(String(60))
    until: Mapped[datetime]


CASE, EVENT, NOTICE = table(CaseRow).c, table(EventRow).c, table(NoticeRow).c
CONCERNED, INFORMATION, FIGURE = table(ConcernedRow).c, table(InformationRow).c, table(FigureRow).c
"""The columns of what every page reads: a statement of columns alone takes half the time of one that knows objects."""

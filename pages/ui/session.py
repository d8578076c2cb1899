"""Where the pages meet the office: the composition root. Only here and in app.py do core and db meet.

A page begins with `person = session.desk()` and asks everything else of this module.
"""

import secrets
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from hmac import compare_digest
from io import BytesIO
from pathlib import Path
from typing import Any, Literal
from unicodedata import normalize
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from core import coordination, counting, ics, papers, registers
from core import task_ledger as tasks
from core.ballots import Ballot
from core.by_link import SIGN_IN, ByLink
from core.case import why_not
from core.clippings import Collecting, Outcome
from core.collecting import Found
from core.errors import GONE, NotAllowed, NotFound, OfficeError
from core.intake import safe_name
from core.layout import docx as layout_docx
from core.layout import pdf as layout_pdf
from core.layout.official import Official
from core.office import Office
from core.papers import blanks, compilation, visit_book
from core.papers.docx import docx
from core.papers.pdf import pdf
from core.papers.template import Prepared, render
from core.papers.template import prepare as prepare_template
from core.papers.xlsx import xlsx
from core.policy import Grade, Person, why_not_audit, why_not_print
from core.polling import Polling
from core.process import Process
from core.reporting import Reporting
from core.schedule import Entry, name_of
from core.scheduling import Scheduling
from core.surveys import Asked
from core.worktime import Limit
from db import anchor, backup, chain, factor, journal, migrate, office_data, search, urn
from db import polling as polls
from db import staff as staff_forms
from db import surveys as survey_results
from db.absences import ABSENCE, OWN, Absences
from db.by_link import ON_THE_SPOT, RECEIPT_FOR, Public
from db.channels import Channels, open_channels
from db.collecting import mailbox, store
from db.collecting.collector import NO_MAILBOX, Collector
from db.config import Settings
from db.contacts import AddressBook
from db.engine import Database, open_database, sqlite_version
from db.files import FileStore
from db.links import BETWEEN, DEAD, Forged, Links, Purpose
from db.outbox import Dispatcher
from db.polling import SqlPollingUnit
from db.reader import Reader
from db.reading.clippings import FILE as CLIPPING_FILE
from db.reporting import SqlReportingUnit
from db.resending import Resending
from db.scheduling import Feed, SqlSchedulingUnit, catch_up, fed, feeds
from db.sessions import CodeWanted, PasswordTooOld, Sessions
from db.staff import Staff
from db.templates import Templates, Used
from db.tokens import Tickets
from db.unit import SqlUnit
from db.verify import BACKUPS, Installation, how_many_events, verify
from db.views import REPLACE, VIEW, Views
from pages.ui import faults, heat, pictures, trails

tickets: Tickets[str] = Tickets()
"""In memory: the page that issues a ticket and the route that takes it run in one process."""


MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "text": "text/plain; charset=utf-8",
    "zip": "application/zip",
    "wav": "audio/wav",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "webm": "audio/webm",
    "ogg": "audio/ogg",
    "png": "image/png",
    "svg": "image/svg+xml",
}
"""How a download names its kind; whatever else is kept is a stream of bytes."""


# --- the one clock, the settings and the database ---------------------------------------------------
# Module-level caches and not st.cache_resource: the routes and the lifespan in app.py share them.


def now() -> datetime:
    """The only clock of the program."""
    return datetime.now(UTC)


@lru_cache(maxsize=1)
def settings() -> Settings:
    return Settings()


@lru_cache(maxsize=1)
def database() -> Database:
    """The database of this process."""
    return open_database(settings().url)


@lru_cache(maxsize=1)
def sessions() -> Sessions:
    known = settings()
    return Sessions(database(), chain_key(), known.idle, known.longest, known.password_days)


@lru_cache(maxsize=1)
def prepare() -> None:
    """Bring the schema up to date, once. Raises `Unavailable`, and then tries again at the next call."""
    backup.before_upgrade(database(), settings().data_dir / BACKUPS)
    migrate.upgrade(database())
    search.catch_up(database())
    urn.settle(database())  # what a program that died could not clear up any more
    catch_up(database(), scheduling_unit())


# --- who is here ------------------------------------------------------------------------------------


def cookie_name() -> str:
    """`__Host-` binds the cookie to this very host; a browser takes it only over HTTPS."""
    return "__Host-office" if settings().secure_cookies else "office"


def token() -> str | None:
    """The session's token in the cookie of this very connection.

    Nothing in st.session_state counts: a Streamlit session can be taken over by whoever knows its id.
    """
    value: str | None = st.context.cookies.get(cookie_name())
    return value


def address() -> str:
    """Where the browser is, as far as the slowing down of guesses needs it."""
    return address_in(st.context.headers, st.context.ip_address)


def address_in(headers: Mapping[str, str], host: str | None) -> str:
    """Where a request comes from: `host`, or what a proxy of the office's own says instead of itself."""
    if settings().trust_proxy and (forwarded := headers.get("X-Forwarded-For")):
        return str(forwarded).rsplit(",", 1)[-1].strip()
    return str(host or "local")


def current_person(*, touch: bool = True) -> Person | None:
    """Who is signed in at this connection now, or None. Asks the database each time."""
    return sessions().person_of(token(), now(), touch=touch)


def desk() -> Person:
    """The person whose page this is. The first line of every page: without a session the page ends here."""
    if person := current_person():
        return person
    st.info("请先登录。")
    st.stop()


@dataclass(frozen=True)
class Arrival:
    """What a right password brings: a ticket for the cookie route, half of one that wants a code, or a link
    to set a new password with, because the old one has been used too long.
    """

    ticket: str = ""
    halfway: str = ""
    link: str = ""


def sign_in(account: str, password: str) -> Arrival:
    """What the password brings. Raises `NotAllowed` with the sentence to show."""
    return _arrival(lambda: sessions().sign_in(account, password, address(), now()))


def confirm(halfway: str, code: str) -> Arrival:
    """What the code brings to the half. Raises `NotFound` when the half is over."""
    return _arrival(lambda: sessions().confirm(halfway, code, address(), now()))


def _arrival(begin: Callable[[], str]) -> Arrival:
    try:
        return Arrival(ticket=tickets.issue(begin(), now()))
    except CodeWanted as step:
        return Arrival(halfway=step.half)
    except PasswordTooOld as step:
        return Arrival(link=step.link)


def invitation_link(token: str) -> str:
    """The address of a one-time link, at the host by which this browser came."""
    here = urlsplit(st.context.url or "")
    return f"{here.scheme}://{here.netloc}/?invitation={token}"


new_secret = factor.new_secret
"""A secret for a second factor that is being set up."""


def redeem(ticket: str) -> str | None:
    """The token of a ticket, once."""
    return tickets.redeem(ticket, now())


# --- what a page works with -------------------------------------------------------------------------


@lru_cache(maxsize=1)
def files() -> FileStore:
    return FileStore(settings().data_dir / "files")


@lru_cache(maxsize=1)
def chain_key() -> bytes:
    """The key of the chains of events and of the journal."""
    return chain.key_in(settings().data_dir)


def office() -> Office:
    """The commands. Each checks for itself who gives it."""
    return scheduling()


@lru_cache(maxsize=1)
def scheduling() -> Scheduling:
    """The commands, with those on the schedule: a decision on a conflict changes entries, by whichever door it comes."""
    return Scheduling(scheduling_unit, now)


@lru_cache(maxsize=1)
def reporting() -> Reporting:
    """The commands on who reports what, and on how information is graded."""
    return Reporting(_reporting_unit, now)


def _reporting_unit() -> SqlReportingUnit:
    return SqlReportingUnit(database(), files(), chain_key(), channels().senders.keys())


def scheduling_unit() -> SqlSchedulingUnit:
    """A transaction that also reaches the schedule."""
    return SqlSchedulingUnit(database(), files(), chain_key(), channels().senders.keys())


def unit() -> SqlUnit:
    """A transaction, for those who give commands."""
    return SqlUnit(database(), files(), chain_key(), channels().senders.keys())


@lru_cache(maxsize=1)
def channels() -> Channels:
    """The channels by which messages leave the house, as the settings have them."""
    return open_channels(settings())


@lru_cache(maxsize=1)
def dispatcher() -> Dispatcher:
    """What sends the messages that are due."""
    return Dispatcher(database(), channels(), links(), now)


@lru_cache(maxsize=1)
def resending() -> Resending:
    """The commands on messages that did not go out."""
    return Resending(database(), chain_key(), channels())


@lru_cache(maxsize=1)
def staff() -> Staff:
    """The commands on accounts and departments."""
    return Staff(database(), chain_key())


@lru_cache(maxsize=1)
def address_book() -> AddressBook:
    """The commands on contacts, and on how people are reached."""
    return AddressBook(database(), chain_key())


@lru_cache(maxsize=1)
def absences() -> Absences:
    """The commands on who is away and who stands in."""
    return Absences(database(), chain_key())


ABSENCE_FORM, OWN_ABSENCE_FORM = ABSENCE, OWN
"""What is asked of an absence: of somebody's, and of one's own."""


@lru_cache(maxsize=1)
def views() -> Views:
    """The commands on saved views."""
    return Views(database(), chain_key())


VIEW_FORM, REPLACE_VIEW = VIEW, REPLACE
"""What is asked of whoever saves a view; the second where there is one of that name."""

STAFF_FORMS = {
    "person": staff_forms.PERSON,
    "change": staff_forms.CHANGE,
    "department": staff_forms.DEPARTMENT_FORM,
    "profile": staff_forms.PROFILE,
}
"""What the page of people asks; declared beside the commands that take it."""


@lru_cache(maxsize=1)
def templates() -> Templates:
    """The commands on the office's own templates for papers."""
    return Templates(database(), files(), chain_key())


def starting_template(process: Process, which: str) -> bytes:
    """The program's own paper with blanks, to make a template of."""
    return blanks.starting(process, which, now())


def person() -> Person:
    """Who is signed in, in a callback. Raises `NotAllowed` when the session has ended meanwhile."""
    found = current_person()
    if found is None:
        raise NotAllowed("登录已失效，请重新登录；您填写的内容已存为草稿")
    return found


def reader() -> Reader:
    """What the person at this connection may look at."""
    return Reader(database(), files(), person(), now)


def form_id(form: str) -> str:
    """The id of a form being filled in, the same until it is saved: a repeated click saves once (P3)."""
    return str(st.session_state.setdefault(f"{form}.form_id", secrets.token_hex(8)))


def forget_form_id(form: str) -> None:
    """The form was saved: the next one is another."""
    st.session_state.pop(f"{form}.form_id", None)


def zone() -> ZoneInfo:
    """The office's time zone."""
    return reader().calendar().zone


# --- for the routes in app.py -----------------------------------------------------------------------


def person_with(token: str | None) -> Person | None:
    """Who has this token, for a request that is not a page; such requests keep no session alive."""
    return sessions().person_of(token, now(), touch=False)


def download(person: Person, attachment_id: str) -> tuple[str, str, bytes | Path]:
    """Name, media type and content of an attachment. `NotFound` as well for what one may not see (P16)."""
    reader = Reader(database(), files(), person, now)
    of = reader.clipping_file if attachment_id.startswith(CLIPPING_FILE) else reader.attachment
    name, kind, place = of(attachment_id)
    return name, MEDIA_TYPES.get(kind, "application/octet-stream"), place


PICTURES = ("png", "svg")
"""The kinds of file a chart is drawn as."""

DRAWN = ("docx", "pdf")
"""The kinds of file a paper is drawn as."""


OFFICIAL = papers.OFFICIAL
"""The document itself among the papers of its case."""


def paper(person: Person, case_id: str, which: str, kind: str) -> tuple[str, str, bytes]:
    """Name, media type and content of a paper of a case, as it stands now.

    `NotFound` as well for what one may not see (P16); `NotAllowed` for what is not printed here.
    """
    dossier = Reader(database(), files(), person, now).dossier(case_id)
    official = which == OFFICIAL and papers.has_official(dossier.case)
    known = papers.papers_of(dossier.case.process)
    item = which == papers.CONTENTS and which in known and kind == "zip"
    if which == visit_book.VISIT_BOOK:
        return _visit_book(person, dossier, kind)
    if not (official or which in known) or (kind not in DRAWN and not item):
        raise NotFound(GONE)
    if reason := why_not_print(person, dossier.case):
        raise NotAllowed(reason)
    if official:
        return _official(dossier, kind)
    if item:
        return _item(dossier)
    title, make = known[which]
    made = make(dossier)
    provisional = isinstance(made, papers.Laid) and made.provisional
    templated = kind == "docx" and not provisional
    own = templates().in_use(dossier.case.process.key, which) if templated else None
    if own:
        known_blanks = templates().blanks(dossier.case.process.key, which)
        content = render(_prepared(own), blanks.context(dossier, which, known_blanks))
    else:
        content = docx(made) if kind == "docx" else pdf(made, settings().font_folders)
    name = f"{title} {made.number}.{kind}"
    return name, MEDIA_TYPES[kind], content


def _visit_book(person: Person, dossier: papers.Dossier, kind: str) -> tuple[str, str, bytes]:
    """The handbook of a visit, once there is a plan (R54)."""
    case = dossier.case
    planned = visit_book.has_visit_book(case.process) and case.data.get("itinerary")
    if not planned or kind not in visit_book.KINDS:
        raise NotFound(GONE)
    if reason := why_not_print(person, case):
        raise NotAllowed(reason)
    content = visit_book.drawn(dossier, kind, settings().font_folders)
    return f"{safe_name(f'{visit_book.TITLE} {case.title}')}.{kind}", MEDIA_TYPES[kind], content


MOST_PACKED = 200 * 2**20
"""Octets of files that are packed into one archived item: it is made in memory."""


def _item(dossier: papers.Dossier) -> tuple[str, str, bytes]:
    """The archived item (件) in its order: the table of contents, then files as they are and papers as PDF.

    `NotAllowed` where the files are too large to be packed at once.
    """
    parts = papers.item_of(dossier)
    kept = {part.file["digest"]: files().path(part.file["digest"]) for part in parts if part.file}
    if sum(place.stat().st_size for place in kept.values()) > MOST_PACKED:
        raise NotAllowed(f"附件超过 {MOST_PACKED // 2**20} MB，不能一次打包：请按件内目录逐个下载")
    known = papers.papers_of(dossier.case.process)
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for n, part in enumerate((papers.Part(known[papers.CONTENTS][0], "", paper=papers.CONTENTS), *parts)):
            if part.file:
                suffix, content = Path(part.file["name"]).suffix, kept[part.file["digest"]].read_bytes()
            elif part.paper == OFFICIAL:
                suffix, content = ".pdf", _official(dossier, "pdf")[2]
            else:
                suffix, content = ".pdf", pdf(known[part.paper][1](dossier), settings().font_folders)
            packed.writestr(f"{n:02} {safe_name(part.title)}{suffix}", content)
    name = dossier.case.data.get("reference_code") or dossier.case.number
    return f"归档件 {name}.zip", MEDIA_TYPES["zip"], made.getvalue()


def _official(dossier: papers.Dossier, kind: str) -> tuple[str, str, bytes]:
    """The document of a case, laid out from its fields: named as it is numbered, else as it is titled."""
    case = dossier.case
    made = papers.official(dossier)
    content = layout_docx.docx(made) if kind == "docx" else layout_pdf.pdf(made, settings().font_folders)
    return f"{safe_name(f'{made.number} {case.title}'.strip())}.{kind}", MEDIA_TYPES[kind], content


@lru_cache(maxsize=48)
def preview(official: Official) -> tuple[bytes, ...]:
    """The pages of a document as pictures, kept while nothing in it changes."""
    return tuple(layout_pdf.pages(official, settings().font_folders))


@lru_cache(maxsize=64)
def _prepared(used: Used) -> Prepared:
    """A template of the office as it was handed in; its digest is in `used`."""
    return prepare_template(templates().content(used))


def ledger(
    person: Person, key: str, kind: str, address: Mapping[str, Sequence[str]]
) -> tuple[str, str, bytes]:
    """Name, media type and content of a register as its page at this address shows it, all pages in one.

    The cases this person may see, none classified. `NotAllowed` with what to do if there are too many.
    """
    reader = Reader(database(), files(), replace(person, clearance=Grade.OPEN), now)
    standard, people, calendar = reader.standard(), reader.directory(), reader.calendar()
    at = now().astimezone(calendar.zone)
    process = standard.in_force(key, at.date())
    if kind not in papers.MOST_ROWS:
        raise NotFound(GONE)
    known = registers.choices(standard, process, people, person)
    wanted, _ = registers.read(address, known)
    found = reader.register_page(key, replace(wanted, page=1), per_page=papers.MOST_ROWS[kind])
    if reason := papers.why_not_export(kind, found.total):
        raise NotAllowed(reason)
    rows = found.frame.itertuples()
    made = papers.ledger(process, rows, people, calendar, wanted.columns)
    if kind == "xlsx":
        return f"{made.title} {at.date()}.xlsx", MEDIA_TYPES[kind], xlsx(made)
    paper = papers.printed(made, registers.said(wanted, known), at, reader.profile().name)
    return f"{made.title} {at.date()}.pdf", MEDIA_TYPES[kind], pdf(paper, settings().font_folders)


def task_ledger(person: Person, kind: str, address: Mapping[str, Sequence[str]]) -> tuple[str, str, bytes]:
    """Name, media type and content of the ledger of supervised tasks as its page at this address shows it.

    The tasks this person may see, none classified.
    """
    if kind not in papers.MOST_ROWS:
        raise NotFound(GONE)
    reader = Reader(database(), files(), replace(person, clearance=Grade.OPEN), now)
    people, at = reader.directory(), now().astimezone(reader.calendar().zone)
    wanted = tasks.read(address, tasks.owners(people))
    made = tasks.ledger(reader.tasks(wanted))
    name = f"{made.title} {at.date()}.{kind}"
    if kind == "xlsx":
        return name, MEDIA_TYPES[kind], xlsx(made)
    paper = papers.printed(made, tasks.said(wanted, people.name), at, reader.profile().name)
    return name, MEDIA_TYPES[kind], pdf(paper, settings().font_folders)


def statistics(person: Person, kind: str, address: Mapping[str, Sequence[str]]) -> tuple[str, str, bytes]:
    """Name, media type and content of the table of information that the page at this address shows.

    As a table (xlsx) or as a picture (png, svg); what this person may see, none classified.
    """
    reader = Reader(database(), files(), replace(person, clearance=Grade.OPEN), now)
    wanted = counting.read(address, reader.figures_reported())
    frame = reader.pivot(
        wanted.rows, wanted.columns, first=wanted.first, last=wanted.last, figure=wanted.figure
    )
    name = f"{safe_name(wanted.title)} {now().astimezone(reader.calendar().zone).date()}.{kind}"
    if kind == "xlsx":
        return name, MEDIA_TYPES[kind], xlsx(counting.ledger(frame, wanted), numbers_from=1)
    return name, _drawn_as(kind), pictures.picture(heat.table(frame, wanted), kind)


def heat_picture(person: Person, kind: str, address: Mapping[str, Sequence[str]]) -> tuple[str, str, bytes]:
    """Name, media type and content of the nine cells as a picture: of what is open, or of the days of the address."""
    reader = Reader(database(), files(), replace(person, clearance=Grade.OPEN), now)
    wanted = counting.read(address, ())
    whole = wanted.first is None and wanted.last is None
    frame = reader.heat(first=wanted.first, last=wanted.last, only_open=whole)
    day = now().astimezone(reader.calendar().zone).date()
    return f"信息热力图 {day}.{kind}", _drawn_as(kind), pictures.picture(heat.printed(frame, day), kind)


def _drawn_as(kind: str) -> str:
    """The media type of a picture; `NotFound` for what none is drawn as."""
    if kind not in PICTURES:
        raise NotFound(GONE)
    return MEDIA_TYPES[kind]


def coordination_ledger(
    person: Person, kind: str, address: Mapping[str, Sequence[str]]
) -> tuple[str, str, bytes]:
    """Name, media type and content of 事务协调台账 as its page at this address shows it (R79).

    The items this person may see, none classified. `NotAllowed` with what to do if there are too many.
    """
    if kind not in papers.MOST_ROWS:
        raise NotFound(GONE)
    reader = Reader(database(), files(), replace(person, clearance=Grade.OPEN), now)
    at, titles = now().astimezone(reader.calendar().zone), reader.coordinated()
    wanted = coordination.read(address, titles)
    entries, total = reader.coordination(wanted, limit=papers.MOST_ROWS[kind])
    if reason := papers.why_not_export(kind, total):
        raise NotAllowed(reason)
    made = coordination.ledger(entries)
    name = f"{made.title} {at.date()}.{kind}"
    if kind == "xlsx":
        return name, MEDIA_TYPES[kind], xlsx(made)
    paper = papers.printed(made, coordination.said(wanted, titles), at, reader.profile().name)
    return name, MEDIA_TYPES[kind], pdf(paper, settings().font_folders)


def compiled_minutes(person: Person, kind: str, address: Mapping[str, str]) -> tuple[str, str, bytes]:
    """Name, media type and content of minutes in one: of the series of `series`, else of the days `from` to `to` (N15)."""
    if kind not in DRAWN:
        raise NotFound(GONE)
    reader = Reader(database(), files(), person, now)
    if series := address.get("series"):
        made = reader.compiled_series(series)
    else:
        try:
            days = [date.fromisoformat(address.get(key, "")) for key in ("from", "to")]
        except ValueError:
            raise NotFound("请选起止日期") from None
        made = reader.compiled_between(*days)
    draw = compilation.docx if kind == "docx" else compilation.pdf
    content = draw(made, settings().font_folders)
    return f"{made.title} {made.made_at.date()}.{kind}", MEDIA_TYPES[kind], content


JOURNAL_TITLES = journal.TITLES
"""What can stand in the journal of the office, in words by its key."""


def trail(person: Person, which: str, address: Mapping[str, str]) -> tuple[str, str, bytes]:
    """Name, media type and content of one of the auditor's lists as the page at this address shows it.

    `NotAllowed` for whoever is no auditor, and with what to do if there are too many rows.
    """
    reader = Reader(database(), files(), person, now)
    frame = found(reader, which, trails.Asked.read(address), limit=papers.MOST_ROWS["xlsx"] + 1)
    if len(frame) > papers.MOST_ROWS["xlsx"]:
        raise NotAllowed(f"超过 {papers.MOST_ROWS['xlsx']:,} 条，一个文件放不下：请按日期缩小范围")
    day = now().astimezone(reader.calendar().zone).date()
    made = trails.ledger(which, frame)
    return f"{made.title} {day}.xlsx", MEDIA_TYPES["xlsx"], xlsx(made)


def found(reader: Reader, which: str, asked: trails.Asked, *, limit: int, offset: int = 0) -> pd.DataFrame:
    """What of one of the auditor's lists is looked for, the newest first."""
    match which:
        case "log":
            return reader.log(**asked.of_log(reader.standard()), limit=limit, offset=offset)
        case "journal":
            return reader.journal(**asked.of_journal(JOURNAL_TITLES), limit=limit, offset=offset)
        case "sign_ins":
            return reader.sign_ins(**asked.of_sign_ins(), limit=limit, offset=offset)
    raise NotFound(GONE)


MOST_VERIFIED = 200_000
"""Events verified from a page: more take minutes, in which everybody's pages would be slow."""


def verify_record() -> list[str]:
    """What the verification finds now, one sentence each; only for whoever may audit."""
    if reason := why_not_audit(person()):
        raise NotAllowed(reason)
    here = Installation(database(), chain_key(), files(), settings().data_dir / BACKUPS)
    if (events := how_many_events(here.database)) > MOST_VERIFIED:
        raise NotAllowed(
            f"已有 {events:,} 条记录，在网页里核对太慢：请管理员在服务器上运行 python -m db.verify"
        )
    return verify(here.database, here.key, here.files, anchor.heads(here.backups))


def last_backup() -> tuple[datetime, list[str]] | None:
    """When the newest backup here was made and what it found, for whoever may audit; None if there is none."""
    if reason := why_not_audit(person()):
        raise NotAllowed(reason)
    return backup.last(settings().data_dir / BACKUPS)


def health() -> dict[str, str | bool | None]:
    """How the installation is, without a secret. Raises when the database cannot be reached."""
    prepare()
    at = migrate.revision(database())
    return {
        "ok": at == migrate.newest_revision(),
        "database": database().write.dialect.name,
        "sqlite": sqlite_version(database()),
        "revision": at,
    }


# --- links for people without an account ------------------------------------------------------------


@lru_cache(maxsize=1)
def links() -> Links:
    """The signed links of this office."""
    return Links(chain_key())


@lru_cache(maxsize=1)
def public() -> Public:
    """What those who hold a link may know."""
    return Public(database(), links(), now)


@lru_cache(maxsize=1)
def by_link() -> ByLink:
    """What those who hold a link may do."""
    return ByLink(unit, now)


DEAD_LINK = DEAD
"""What is said of every link that does not hold."""


def read_link(token: str) -> tuple[str, str]:
    """What a link is for, and its subject. `NotFound` if it does not hold."""
    return links().read(token, now())


def is_forged(dead: NotFound) -> bool:
    """Whether a link that does not hold was never made here, rather than too old."""
    return isinstance(dead, Forged)


def on_the_spot(meeting_id: str) -> str:
    """The path of the sign-in page, for somebody who has just read the room's QR code."""
    return links().address(Purpose.ATTEND, meeting_id, now() + ON_THE_SPOT)


def receipt(meeting_id: str, seq: int) -> str:
    """The path of the page that says that somebody has signed in; `seq` counts the event."""
    return links().address(Purpose.RECEIPT, f"{meeting_id}{BETWEEN}{seq}", now() + RECEIPT_FOR)


def voter_in(subject: str) -> tuple[str, str]:
    """The ballot and the voter that a link names."""
    case_id, _, who = subject.partition(BETWEEN)
    return case_id, who


@dataclass(frozen=True)
class RoomDoor:
    """What the screen of a meeting's room shows for signing in, until other ones take their place."""

    address: str
    code: str
    until: datetime


def room_door(meeting_id: str) -> RoomDoor:
    """The address for the QR code and the six digits, for whoever may sign somebody in at this meeting."""
    meeting = reader().case(meeting_id)
    if reason := why_not(meeting, meeting.action(SIGN_IN), person(), now()):
        raise NotAllowed(reason)
    window, length = _window()
    until = datetime.fromtimestamp((window + 2) * length, UTC)  # whoever reads it last has a whole window
    path = links().address(Purpose.SIGN_IN, meeting_id, until)
    return RoomDoor(public_address(path), links().code(meeting_id, window), until - timedelta(seconds=length))


def file_address(attachment_id: str) -> str:
    """Where this browser finds a kept file: through the door that asks who is there (P16)."""
    here = urlsplit(st.context.url or "")
    return f"{here.scheme}://{here.netloc}/files/{quote(attachment_id, safe='')}"


def is_room_code(meeting_id: str, typed: str) -> bool:
    """Whether these are the digits that the room's screen shows, or showed until just now."""
    window, _ = _window()
    known = (links().code(meeting_id, one) for one in (window, window - 1))
    digits = "".join(sign for sign in normalize("NFKC", typed) if sign in "0123456789")
    return any(compare_digest(code, digits) for code in known)


def _window() -> tuple[int, int]:
    """The stretch of time it is, counted, and how many seconds each has."""
    length = settings().sign_in_minutes * 60
    return int(now().timestamp()) // length, length


def public_address(path: str) -> str:
    """A path as phones reach it: at the address set for them, else at the host by which this browser came."""
    here = urlsplit(st.context.url or "")
    return (settings().public_url.rstrip("/") or f"{here.scheme}://{here.netloc}") + path


# --- surveys and ballots ------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def polling() -> Polling:
    """The commands on surveys and ballots. Each checks for itself who gives it."""
    chance = secrets.SystemRandom()

    def transaction() -> SqlPollingUnit:
        return SqlPollingUnit(database(), files(), chain_key(), chance, channels().senders.keys())

    return Polling(transaction, now, Limit(days=settings().survey_days))


satisfaction = survey_results.satisfaction
"""The satisfaction of groups of surveys."""


def survey_form(token: str) -> Asked:
    """What the survey of a link asks. `NotFound` if the link is none, `Conflict` if it was used."""
    return polls.asked(database(), token, now())


def answer_survey(token: str, values: Mapping[str, Any]) -> None:
    """Answer a survey with a link, once. `Refused` says field by field what is missing."""
    polling().answer(token, values)


def my_surveys() -> list[tuple[Asked, str]]:
    """The surveys that wait for the person at this connection, each with the path of its form."""
    return polls.waiting_for(database(), links(), person().id, now())


def ballot_for(case_id: str, who: str) -> Ballot:
    """A ballot as a voter – a person's id or a contact's, read from a signed link – may see it."""
    return Reader(database(), files(), polls.voter(database(), who), now).ballot(case_id)


def vote(case_id: str, who: str, choice: str) -> None:
    """Cast a voter's one vote; `who` is read from a signed link, or is the person at this connection."""
    polling().vote(case_id, choice, by=polls.voter(database(), who))


def keep_surveys(_now: datetime) -> None:
    """What the program does by itself: ask whoever came, close what is over, and clear up what could not be at once."""
    polling().ask_whoever_came()
    polling().close_surveys()


# --- the calendar for other programs ------------------------------------------------------------------


FEED_BACK = timedelta(days=90)
"""How far back a feed reaches."""


def feed(token: str) -> tuple[str, bytes]:
    """The name and the content of the calendar behind a link; `NotFound` if the link holds no more.

    It shows what the person who opened it may see now, and of everything else that it is taken; so of what is
    classified, for it leaves the house (C23).
    """
    who, about = fed(database(), token)
    reader = Reader(database(), files(), replace(who, clearance=Grade.OPEN), now)
    name = f"{name_of(about, reader.directory(), reader.resources())}日程"
    entries = reader.to_feed(about, now() - FEED_BACK)
    return name, ics.feed(name, entries, reader.sees, reader.rules(), reader.calendar(), now())


def feed_address(token: str) -> str:
    """The address that is put into a calendar program."""
    return public_address(f"/feeds/{token}.ics")


def my_feeds() -> list[Feed]:
    """The links that the person at this connection has opened and not revoked."""
    return feeds(database(), person().id)


def read_calendar(content: bytes, whom: tuple[str, ...]) -> tuple[list[Entry], list[str]]:
    """The entries of a calendar file for these people, and why others cannot be taken in."""
    return ics.read(content, whom, reader().calendar())


# --- what comes in from outside -----------------------------------------------------------------------


@lru_cache(maxsize=1)
def collecting() -> Collecting:
    """The commands on sources and on what they bring."""
    return Collecting(collecting_unit, now)


def collecting_unit() -> store.SqlCollectingUnit:
    """A transaction that also reaches sources and clippings."""
    return store.SqlCollectingUnit(database(), files(), chain_key(), channels().senders.keys())


@lru_cache(maxsize=1)
def collector() -> Collector:
    """What looks at the sources that are due; by itself it calls nobody."""
    return Collector(database(), collecting(), now, _mailbox(), settings().intake_dir)


def _mailbox() -> mailbox.Account | str:
    """The mailbox of the settings, or the sentence that says what is wrong with them."""
    url = settings().imap_url
    if url is None or not url.get_secret_value().strip():
        return NO_MAILBOX
    try:
        return mailbox.Account.at(url.get_secret_value().strip())
    except ValueError as wrong:
        return str(wrong)


def caller(token: str) -> tuple[str, str] | None:
    """The id of a token of the interface and of its source; None for one that opens nothing."""
    with database().reading() as session:
        return store.token(session, token)


BECAME = {
    Outcome.TAKEN: "等人处理",
    Outcome.REGISTERED: "已登记",
    Outcome.SAME: "已有",
    Outcome.ASIDE: "与监测点无关",
}


def take_in(token_id: str, source_id: str, found: Found) -> list[dict[str, str | list[str]]]:
    """Take in what another system brought, and say of each thing what became of it."""
    with database().reading() as session:
        source = store.sources(session)[source_id]
    if not source.active or source.means.is_fetched:
        raise NotAllowed("这个来源已停用，请与办公室联系")
    done = collecting().take_in(source_id, found, store.recent(database(), now()))
    with collecting_unit() as unit:
        unit.used_token(token_id, now())
        unit.commit()
    return [
        {"id": part.clipping, "state": BECAME[part.outcome], "not_taken": list(part.troubles)}
        for part in done
    ]


def refuse(source_id: str, why: str) -> None:
    """Write down that something brought by the interface was not taken."""
    with database().reading() as session:
        known = store.sources(session).get(source_id)
    collecting().refused(known.title if known else "接口", why)


def office_zone() -> ZoneInfo:
    """The office's time zone, for a request that is not a page."""
    with database().reading() as session:
        return office_data.calendar(session).zone


# --- faults -----------------------------------------------------------------------------------------


def report(error: Exception) -> Literal[True]:
    """Show an error as the office should hear it: its sentence, or a number that stands in the log (P31)."""
    if isinstance(error, OfficeError):
        st.error(str(error))
        return True
    st.error(faults.report(error))
    return True

"""Where the pages meet the office: the composition root. Only in this package and in app.py do core and db meet.

A page begins with `person = session.desk()`. Here are the clock, the settings, who is here and the commands; the
modules beside this one have what only some pages and routes ask for.
"""

import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Literal
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

import streamlit as st

from core import papers
from core.errors import NotAllowed, OfficeError
from core.office import Office
from core.papers import blanks
from core.people import Person
from core.process import Process
from core.reporting import Reporting
from core.scheduling import Scheduling
from db import backup, chain, factor, migrate, search, urn
from db import staff as staff_forms
from db.absences import ABSENCE, OWN, Absences
from db.channels import Channels, open_channels
from db.config import Settings
from db.contacts import AddressBook
from db.engine import Database, open_database, sqlite_version
from db.files import FileStore
from db.links import Links
from db.outbox import Dispatcher
from db.reader import Reader
from db.reporting import SqlReportingUnit
from db.resending import Resending
from db.scheduling import SqlSchedulingUnit, catch_up
from db.sessions import CodeWanted, PasswordTooOld, Sessions
from db.staff import Staff
from db.templates import Templates
from db.tokens import Tickets
from db.unit import SqlUnit
from db.verify import BACKUPS
from db.views import REPLACE, VIEW, Views
from pages.ui import faults

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


PICTURES = ("png", "svg")
"""The kinds of file a chart is drawn as."""

DRAWN = ("docx", "pdf")
"""The kinds of file a paper is drawn as."""


OFFICIAL = papers.OFFICIAL
"""The document itself among the papers of its case."""


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


class _Drawn(threading.local):
    """Of each thread: for whom it is drawing a whole page."""

    person: Person | None = None


_drawn = _Drawn()


@contextmanager
def drawing_for(person: Person) -> Iterator[None]:
    """While a page is drawn for them, nobody need ask the database again who they are."""
    _drawn.person = person
    try:
        yield
    finally:
        _drawn.person = None


def current_person(*, touch: bool = True) -> Person | None:
    """Who is signed in at this connection now, or None. Asked of the database anew by each run and each callback."""
    return _drawn.person or sessions().person_of(token(), now(), touch=touch)


def desk() -> Person:
    """The person whose page this is. The first line of every page: without a session the page ends here."""
    if person := current_person():
        return person
    st.info("请先登录。")
    st.stop()


def person_with(token: str | None) -> Person | None:
    """Who has this token, for a request that is not a page; such requests keep no session alive."""
    return sessions().person_of(token, now(), touch=False)


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


@lru_cache(maxsize=1)
def links() -> Links:
    """The signed links of this office."""
    return Links(chain_key())


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


# --- addresses --------------------------------------------------------------------------------------


def invitation_link(token: str) -> str:
    """The address of a one-time link, at the host by which this browser came."""
    here = urlsplit(st.context.url or "")
    return f"{here.scheme}://{here.netloc}/?invitation={token}"


def file_address(attachment_id: str) -> str:
    """Where this browser finds a kept file: through the door that asks who is there (P16)."""
    here = urlsplit(st.context.url or "")
    return f"{here.scheme}://{here.netloc}/files/{quote(attachment_id, safe='')}"


def public_address(path: str) -> str:
    """A path as phones reach it: at the address set for them, else at the host by which this browser came."""
    here = urlsplit(st.context.url or "")
    return (settings().public_url.rstrip("/") or f"{here.scheme}://{here.netloc}") + path


# --- faults -----------------------------------------------------------------------------------------


def report(error: Exception) -> Literal[True]:
    """Show an error as the office should hear it: its sentence, or a number that stands in the log (P31)."""
    if isinstance(error, OfficeError):
        st.error(str(error))
        return True
    st.error(faults.report(error))
    return True

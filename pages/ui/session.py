"""Where the pages meet the office: the composition root. Only here and in app.py do core and db meet.

A page begins with `person = session.desk()` and asks everything else of this module.
"""

import secrets
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import streamlit as st

from core import papers
from core.errors import GONE, NotAllowed, NotFound, OfficeError
from core.office import Office
from core.papers.docx import docx
from core.papers.pdf import pdf
from core.papers.xlsx import xlsx
from core.policy import Grade, Person, why_not_print
from db import chain, migrate
from db import staff as staff_forms
from db.config import Settings
from db.engine import Database, open_database, sqlite_version
from db.files import FileStore
from db.reader import Reader
from db.sessions import Sessions, Tickets
from db.staff import Staff
from db.unit import SqlUnit
from db.working_days import DAY, WorkingDays
from pages.ui import faults

tickets = Tickets()
"""In memory: the page that issues a ticket and the route that takes it run in one process."""


MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "text": "text/plain; charset=utf-8",
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
    return Sessions(database(), idle=settings().idle, longest=settings().longest)


@lru_cache(maxsize=1)
def prepare() -> None:
    """Bring the schema up to date, once. Raises `Unavailable`, and then tries again at the next call."""
    migrate.upgrade(database())


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
    if settings().trust_proxy and (forwarded := st.context.headers.get("X-Forwarded-For")):
        return str(forwarded).rsplit(",", 1)[-1].strip()
    return str(st.context.ip_address or "local")


def current_person(*, touch: bool = True) -> Person | None:
    """Who is signed in at this connection now, or None. Asks the database each time."""
    return sessions().person_of(token(), now(), touch=touch)


def desk() -> Person:
    """The person whose page this is. The first line of every page: without a session the page ends here."""
    if person := current_person():
        return person
    st.info("请先登录。")
    st.stop()


def sign_in(account: str, password: str) -> str:
    """A ticket for the cookie route. Raises `NotAllowed` with the sentence to show."""
    return tickets.issue(sessions().sign_in(account, password, address(), now()), now())


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
def office() -> Office:
    """The commands. Each checks for itself who gives it."""
    return Office(lambda: SqlUnit(database(), files(), chain_key()), now)


@lru_cache(maxsize=1)
def staff() -> Staff:
    """The commands on accounts and departments."""
    return Staff(database(), chain_key())


@lru_cache(maxsize=1)
def working_days() -> WorkingDays:
    """The commands on the working calendar."""
    return WorkingDays(database(), chain_key())


DAY_FORM = DAY
"""What the page of the calendar asks."""

STAFF_FORMS = {
    "person": staff_forms.PERSON,
    "change": staff_forms.CHANGE,
    "department": staff_forms.DEPARTMENT,
    "profile": staff_forms.PROFILE,
}
"""What the page of people asks; declared beside the commands that take it."""


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
    name, kind, place = Reader(database(), files(), person, now).attachment(attachment_id)
    return name, MEDIA_TYPES.get(kind, "application/octet-stream"), place


DRAWN = ("docx", "pdf")
"""The kinds of file a paper is drawn as."""

_MOST_ROWS = 100_000


def paper(person: Person, case_id: str, which: str, kind: str) -> tuple[str, str, bytes]:
    """Name, media type and content of a paper of a case, as it stands now.

    `NotFound` as well for what one may not see (P16); `NotAllowed` for what is not printed here.
    """
    dossier = _dossier(Reader(database(), files(), person, now), case_id)
    if which not in papers.PAPERS or kind not in DRAWN:
        raise NotFound(GONE)
    if reason := why_not_print(person, dossier.case):
        raise NotAllowed(reason)
    title, make = papers.PAPERS[which]
    made = make(dossier)
    content = docx(made) if kind == "docx" else pdf(made, settings().font_folders)
    name = f"{title(dossier.case.process)} {made.number}.{kind}"
    return name, MEDIA_TYPES[kind], content


def _dossier(reader: Reader, case_id: str) -> papers.Dossier:
    return papers.Dossier(
        case=reader.case(case_id),
        children=reader.children(case_id),
        history=[*reader.history(case_id).iloc[::-1].itertuples()],
        standard=reader.standard(),
        people=reader.directory(),
        calendar=reader.calendar(),
        profile=reader.profile(),
        now=now(),
    )


def ledger(person: Person, key: str) -> tuple[str, str, bytes]:
    """Name, media type and content of a process's ledger: the cases this person may see, none classified."""
    reader = Reader(database(), files(), replace(person, clearance=Grade.OPEN), now)
    today = now().astimezone(reader.calendar().zone).date()
    process = reader.standard().in_force(key, today)
    frame = reader.register(key, limit=_MOST_ROWS)
    cases = zip(frame["number"], frame["where"], frame["data"], strict=True)
    made = papers.ledger(process, cases, reader.directory(), reader.calendar())
    return f"{made.title} {today}.xlsx", MEDIA_TYPES["xlsx"], xlsx(made)


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


# --- faults -----------------------------------------------------------------------------------------


def report(error: Exception) -> Literal[True]:
    """Show an error as the office should hear it: its sentence, or a number that stands in the log (P31)."""
    if isinstance(error, OfficeError):
        st.error(str(error))
        return True
    st.error(faults.report(error))
    return True

"""The program: `streamlit run app.py`, or `uvicorn app:app`.

What is said here is said to the server: which script draws the pages, who guards the doors, and what
runs beside the pages. Everything else is in core, db and pages.
"""

import contextlib
import gc
import importlib
import logging
import os
import re
import socket
import sys
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import streamlit as st
import structlog
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware

from core.errors import Unavailable
from db import backup, scheduler, search
from db.engine import keep_plans
from pages.ui import doors, session, themes
from pages.ui.session import outside, polls

_HEAVY = ("altair", "pandas", "pages.ui.entry", "pages.ui.account")
"""Never a component such as streamlit_calendar: imported outside a page, its files are not served."""

_LOOK_FOR_MESSAGES = timedelta(seconds=5)

_LOOK_AT_SOURCES = timedelta(minutes=1)

_UNSEEN = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


@contextlib.asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    try:
        await run_in_threadpool(session.prepare)
    except Unavailable as trouble:
        # Started all the same: the pages say what is wrong and try again at each visit.
        structlog.get_logger("app").error("database_unavailable_at_start", reason=str(trouble))
    _warm_up()
    _send_at_once()
    structlog.get_logger("app").info("ready", port=st.get_option("server.port"))
    jobs = {
        "slips": lambda now: session.office().issue_slips(),
        "reports": lambda now: session.reporting().open_reports(),
        "reminders": lambda now: session.office().remind(),
        "surveys": polls.keep_surveys,
        "sweep": session.sessions().sweep,
        "plans": lambda now: keep_plans(session.database()),
        "search": lambda now: search.read_files(session.database(), session.files()),
        **backup.jobs(session.settings(), session.database()),
    }
    stop = scheduler.start(session.database(), jobs, session.now)
    stop_sending = _start_sending()
    stop_collecting = _start_collecting()
    try:
        yield
    finally:
        stop()
        stop_collecting()
        await run_in_threadpool(stop_sending)


def _start_sending() -> Callable[[], None]:
    """Look for messages to send every few seconds, under a lease of their own. Returns how to stop it."""
    dispatcher = session.dispatcher()
    stop = scheduler.start(
        session.database(),
        {"messages": dispatcher.run},
        session.now,
        _LOOK_FOR_MESSAGES,
        name="messages",
        is_wanted=dispatcher.is_wanted,
    )

    def end() -> None:
        stop()
        dispatcher.stop()

    return end


def _start_collecting() -> Callable[[], None]:
    """Look every minute whether a source is due, under a lease of its own: a slow site delays nothing else.

    While none is switched on, nobody is called (P32).
    """
    collector = outside.collector()
    return scheduler.start(
        session.database(),
        {"collect": collector.run},
        session.now,
        _LOOK_AT_SOURCES,
        name="collect",
        is_wanted=collector.is_wanted,
    )


_BETWEEN_COLLECTIONS = (50_000, 20, 20)
"""A page makes some thousands of objects and lets go of nearly all of them at its end. By default the collector
looks several times meanwhile, and takes what it finds for lasting: among fifty sessions a tenth of a page's time.
"""


def _warm_up() -> None:
    """Import what the first visitor would wait for, and let the collector never look at it again."""
    logging.disable(logging.WARNING)  # components complain that no page is being drawn
    for module in _HEAVY:
        importlib.import_module(module)
    logging.disable(logging.NOTSET)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_BETWEEN_COLLECTIONS)


def _send_at_once() -> None:
    """Set TCP_NODELAY on the listening sockets; accepted ones inherit it on Linux.

    Streamlit makes its socket so that asyncio does not, and each answer then waits 40 ms (finding 8).
    """
    for number in os.listdir("/proc/self/fd") if os.path.isdir("/proc/self/fd") else ():
        with contextlib.suppress(OSError), socket.socket(fileno=os.dup(int(number))) as listener:
            if listener.family in (socket.AF_INET, socket.AF_INET6) and listener.getsockopt(
                socket.SOL_SOCKET, socket.SO_ACCEPTCONN
            ):
                listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _escape_unseen(_logger: object, _name: str, line: str) -> str:
    """What JSON lets through and a terminal obeys: further line ends, control codes, turned directions."""
    return _UNSEEN.sub(lambda sign: f"\\u{ord(sign[0]):04x}", line)


def _configure_log() -> None:
    """One JSON line for each thing worth knowing: nothing typed by anybody can forge a second one (P35)."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
            _escape_unseen,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    # `on_script_error` logs a fault of a page under its number; Streamlit would print it once more.
    logging.getLogger("streamlit.error_util").addFilter(lambda line: line.msg != "Uncaught app execution")


_configure_log()
themes.remember()
app = st.App(
    "pages/shell.py",
    lifespan=lifespan,
    routes=doors.ROUTES,
    middleware=[Middleware(doors.Guard)],
    on_script_error=session.report,
)

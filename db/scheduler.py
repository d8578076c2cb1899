"""Background work inside the program itself: no broker to run, one leader however many are started."""

import logging
import os
import secrets
import socket
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from core.errors import Unavailable
from db.engine import Database
from db.tables import LeaseRow

log = structlog.get_logger(__name__)

Job = Callable[[datetime], None]

_LEASE = "background"

_SHORTEST = timedelta(minutes=1)
"""The shortest term of a lease: a round of work should end within it."""


def lead(database: Database, holder: str, now: datetime, term: timedelta, name: str = _LEASE) -> bool:
    """Whether `holder` does the background work until `now + term`: the lease is free, over, or theirs."""
    with database.writing() as session:
        lease = session.get(LeaseRow, name)
        if lease and lease.holder != holder and now < lease.until:
            return False
        session.merge(LeaseRow(name=name, holder=holder, until=now + term))
        session.commit()
        return True


def start(
    database: Database,
    jobs: Mapping[str, Job],
    clock: Callable[[], datetime],
    every: timedelta = timedelta(minutes=10),
    *,
    name: str = _LEASE,
    is_wanted: Callable[[datetime], bool] = lambda now: True,
) -> Callable[[], None]:
    """Run the jobs regularly in a thread of their own, in the order given. Returns how to stop it.

    `name` is the lease they are done under. `is_wanted` is asked before the lease is taken: what looks for
    work every few seconds need not write each time.
    """
    holder = f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(4)}"
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a round that outlasts its turn is no fault
    scheduler = BackgroundScheduler(daemon=True)
    scheduler.add_job(
        _round,
        "interval",
        args=(database, jobs, clock, holder, max(every * 2, _SHORTEST), name, is_wanted),
        seconds=every.total_seconds(),
        coalesce=True,
        max_instances=1,
    )
    scheduler.start()
    return lambda: scheduler.shutdown(wait=False)


def _round(
    database: Database,
    jobs: Mapping[str, Job],
    clock: Callable[[], datetime],
    holder: str,
    term: timedelta,
    name: str = _LEASE,
    is_wanted: Callable[[datetime], bool] = lambda now: True,
) -> None:
    try:
        if not is_wanted(clock()) or not lead(database, holder, clock(), term, name):
            return
    except Unavailable as trouble:
        log.warning("background_skipped", reason=str(trouble))
        return
    for name, job in jobs.items():
        try:
            job(clock())
        except Exception:  # one job that fails must not stop the others
            log.exception("background_job_failed", job=name)

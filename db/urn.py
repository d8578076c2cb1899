"""The urn: papers that nothing in the database or its file links to a person or to a moment (P25).

A random key alone hides nothing: the place of a row in its page, the log of the database, the number of
the transaction tell which paper came with whom (promises.md, finding 11). So with each paper that is put
in, all papers of the urn and the whole list of who has put one in are written anew in shuffled order, the
papers under new keys; what stood there before is overwritten and the log emptied, after the last of those who
came at once.

What this cannot do: whoever copies the file between two papers sees what came between; so no backup holds
a paper of an urn that is still open (`emptied`). A PostgreSQL server keeps a log of its own (`pg_wal`, and
archives of it), which only its administrator can guard.
"""

import contextlib
import threading
from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, delete, insert, inspect, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core.ballots import RUNNING
from core.errors import Conflict
from db.engine import Database
from db.tables import CaseRow, PaperRow, SlipRow, SurveyRow, table

KEY_OCTETS = 16
"""Octets of the random key of a paper: no two are ever the same."""

BRIEFLY = 200
"""Milliseconds that the clearing up waits for those who are reading."""

_PAPERS, _SLIPS = table(PaperRow), table(SlipRow)


_HELD, _CASES = table(SurveyRow).c, table(CaseRow).c
_TAKING = (
    select(_HELD.id)
    .where(_HELD.closed_at.is_(None))
    .union_all(select(_CASES.id).where(_CASES.stage == RUNNING, _CASES.is_open))
)
"""The urns that may still take a paper: of open surveys and of ballots that run."""


def issue(session: Session, urn: str, slips: Iterable[str], chance: Random) -> None:
    """Note who may put a paper in, each by a word that says nothing of when it was issued."""
    _write_slips(session, urn, dict.fromkeys(slips, False), chance)


def put(session: Session, urn: str, slip: str, paper: str, chance: Random) -> None:
    """Put a paper in; `Conflict` if this slip has been used. `settle` must follow the commit."""
    used = slips(session, urn)
    if used.get(slip):
        raise Conflict("已经交过，每人一次")
    _write_slips(session, urn, {**used, slip: True}, chance)
    _write_papers(session, urn, [*papers(session, urn), paper], chance)


def slips(session: Session, urn: str) -> dict[str, bool]:
    """Who may put a paper in, and whether they have."""
    found = session.execute(select(_SLIPS.c.slip, _SLIPS.c.used).where(_SLIPS.c.urn == urn))
    return dict(found.all())


def urn_of(session: Session, slip: str) -> str | None:
    """The urn for which a slip was issued."""
    return session.scalar(select(_SLIPS.c.urn).where(_SLIPS.c.slip == slip))


def papers(session: Session, urn: str) -> list[str]:
    """What is in the urn, in no order."""
    found = select(_PAPERS.c.paper).where(_PAPERS.c.urn == urn)
    return list(session.scalars(found.order_by(_PAPERS.c.key)))


def empty(session: Session, urn: str) -> list[str]:
    """Take all papers out, and forget who might put one in: nobody may any more."""
    found = papers(session, urn)
    session.execute(delete(_PAPERS).where(_PAPERS.c.urn == urn))
    session.execute(delete(_SLIPS).where(_SLIPS.c.urn == urn))
    return found


class Queue:
    """Those of this process who wait to put a paper in: the last of them clears up after all.

    A hundred phones at once would otherwise wait for a hundred clearings, each of which the next undoes.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting = 0
        self._changed = False

    def join(self) -> None:
        with self._guard:
            self._waiting += 1

    def leave(self, *, changed: bool = False) -> bool:
        """Whether this one was the last, and something has been put in since it was cleared up."""
        with self._guard:
            self._waiting -= 1
            self._changed |= changed
            return self._changed and not self._waiting

    def cleared(self) -> None:
        with self._guard:
            self._changed = False


def queue(database: Database) -> Queue:
    """The queue before the urns of this database."""
    with _GUARD:
        return _QUEUES.setdefault(database, Queue())


_GUARD = threading.Lock()
_QUEUES: WeakKeyDictionary[Database, Queue] = WeakKeyDictionary()


def settle(database: Database) -> None:
    """Leave nothing of how the urns were before in the file or its log.

    Called under the writer's lock once it is committed and nobody waits with another paper, and again by the
    background work: where somebody was reading meanwhile, the next time does what this one could not.
    """
    with contextlib.suppress(SQLAlchemyError, database.write.dialect.loaded_dbapi.Error):
        raw = database.write.raw_connection()
        try:
            (_empty_the_log if database.is_sqlite else _vacuum)(raw)
        finally:
            raw.close()


def emptied(connection: Connection) -> int:
    """Take every paper of an urn that is still open out of a copy, and let all put theirs in again: from how many.

    Two copies that differ by one paper and one slip would tell whose it is.
    """
    if not inspect(connection).has_table(_PAPERS.name):
        return 0
    urns = set(connection.scalars(select(_PAPERS.c.urn).distinct()))
    still_open = urns & set(connection.scalars(_TAKING))
    for urn in still_open:
        connection.execute(delete(_PAPERS).where(_PAPERS.c.urn == urn))
        connection.execute(update(_SLIPS).where(_SLIPS.c.urn == urn).values(used=False))
    return len(still_open)


# --- inside -------------------------------------------------------------------------------------------


def _write_slips(session: Session, urn: str, used: Mapping[str, bool], chance: Random) -> None:
    rows = [{"urn": urn, "slip": slip, "used": done} for slip, done in used.items()]
    _rewrite(session, _SLIPS, urn, rows, chance)


def _write_papers(session: Session, urn: str, found: Sequence[str], chance: Random) -> None:
    rows = [{"urn": urn, "key": chance.randbytes(KEY_OCTETS), "paper": paper} for paper in found]
    _rewrite(session, _PAPERS, urn, rows, chance)


def _rewrite(session: Session, kept: Any, urn: str, rows: list[dict[str, Any]], chance: Random) -> None:
    """All rows of an urn anew, in an order that says nothing."""
    chance.shuffle(rows)
    session.execute(delete(kept).where(kept.c.urn == urn))
    if rows:
        session.execute(insert(kept), rows)


def _empty_the_log(raw: Any) -> None:
    cursor = raw.cursor()
    (patience,) = cursor.execute("PRAGMA busy_timeout").fetchone()
    cursor.execute(f"PRAGMA busy_timeout={BRIEFLY}").fetchall()
    try:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        cursor.execute(f"PRAGMA busy_timeout={patience}").fetchall()


def _vacuum(raw: Any) -> None:
    """Write both tables anew: rows that were deleted stay in PostgreSQL's files, with their transaction, and a
    plain VACUUM only lets their places be used again.
    """
    connection = raw.driver_connection
    connection.autocommit = True
    try:
        connection.execute(f"SET lock_timeout = {BRIEFLY}")
        connection.execute(f"VACUUM FULL {_PAPERS.name}, {_SLIPS.name}")
    finally:
        connection.execute("RESET lock_timeout")
        connection.autocommit = False

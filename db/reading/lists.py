"""Lists of cases: what is late and due, what lies on a desk, and the figures of the overview."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session

from core.people import Role
from core.policy import decides_extensions
from db import registers
from db.reading.sight import ASIDE, OPEN, Sight
from db.tables import CASE, EVENT, NOTICE, NoticeRow, table
from db.telling import plain_frame
from db.unit import IN_ORDER

SUMS = ("late", "today", "soon", "live", "paused", "urged")
"""What is counted of the open cases."""

Hand = tuple[str, str, str, str]
"""Whose hand, for which duty, and where: owner, duty, process and stage."""

Where = Mapping[str, str]
"""A narrowing of a list: `owner`, `process`, `stage`, each optional."""


@dataclass(frozen=True)
class Standing:
    """Open cases counted: those in one hand at one step."""

    owner: str
    duty: str
    process: str
    stage: str
    live: int
    paused: int
    urged: int
    late: int
    today: int
    soon: int


class Lists(Sight):
    """Frames of cases, all with the columns of `CASES`, and what is counted of them."""

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
        query = self._visible().where(CASE.process == process)
        if only_open:
            query = query.where(OPEN)
        if stages:
            query = query.where(CASE.stage.in_(stages))
        for word in text.split():
            query = query.where(registers.has(word))
        return self._cases(query.order_by(CASE.opened_at.desc(), CASE.id).limit(limit))

    def overdue(self, *, limit: int = 50, where: Where | None = None) -> pd.DataFrame:
        """Open cases past their step's deadline, the longest first. Paused ones wait and are not late."""
        return self._cases(
            _narrowed(self._visible().where(OPEN, self._late()), where).order_by(CASE.due_at).limit(limit)
        )

    def due_soon(self, *, days: int = 1, limit: int = 50, where: Where | None = None) -> pd.DataFrame:
        """Open cases due by the end of this many working days from now, the nearest first."""
        now = self._clock()
        until = self._soon(days)
        soon = and_(OPEN, CASE.due_at >= now, CASE.due_at <= until, CASE.paused_at.is_(None))
        return self._cases(_narrowed(self._visible().where(soon), where).order_by(CASE.due_at).limit(limit))

    def pressing(self, *, days: int = 2, limit: int) -> pd.DataFrame:
        """What is late and what is due within so many working days, in the order of its deadline."""
        running = and_(OPEN, CASE.due_at <= self._soon(days), CASE.paused_at.is_(None))
        return self._cases(self._visible().where(running).order_by(CASE.due_at).limit(limit))

    def live(self, *, where: Where | None = None, limit: int = 200) -> pd.DataFrame:
        """Every open case, what is due first on top."""
        query = _narrowed(self._visible().where(OPEN), where)
        return self._by_due(query, limit)

    def desk(self, *, limit: int = 100) -> pd.DataFrame:
        """What lies on this person's desk: in their hand or their department's, or open to their role."""
        me = self._person
        mine = or_(
            CASE.owner.in_(me.names),
            CASE.delegated_by.in_(me.names),
            and_(CASE.owner == "", CASE.duty.in_([role.value for role in me.duties])),
        )
        query = self._visible().where(OPEN, mine)
        return self._by_due(query, limit)

    def to_decide(self, *, limit: int = 50) -> pd.DataFrame:
        """Cases for which an extension was asked and waits for this person's decision (N12)."""
        if not decides_extensions(self._person):
            return self._cases(self._visible().where(false()))
        query = self._visible().where(OPEN, CASE.asked)
        return self._cases(query.order_by(CASE.due_at).limit(limit))

    def notices(self, *, limit: int = 50) -> pd.DataFrame:
        """What this person was told of cases and has not dismissed, newest first (N4).

        Columns: `id, at, text, case_id, number, title`.
        """
        columns = (NOTICE.id, NOTICE.at, NOTICE.text, CASE.id, CASE.number, CASE.title)
        mine = NOTICE.person_id == self._person.id, NOTICE.seen_at.is_(None)
        query = self._visible(*columns).join(table(NoticeRow), NOTICE.case_id == CASE.id).where(*mine)
        with self._database.reading() as session:
            zone = self.calendar().zone
            found = session.execute(query.order_by(NOTICE.id.desc()).limit(limit)).all()
        rows = [(key, at.astimezone(zone), *rest) for key, at, *rest in found]
        return plain_frame(rows, ("id", "at", "text", "case_id", "number", "title"))

    def done_by_me(self, since: datetime, *, limit: int = 50) -> pd.DataFrame:
        """Cases this person acted on since then, newest first."""
        query = self._visible().where(self._acted(since)).order_by(CASE.opened_at.desc())
        return self._cases(query.limit(limit))

    def how_many_done_by_me(self, since: datetime) -> int:
        """How many cases this person acted on since then."""
        with self._database.reading() as session:
            return session.scalar(self._visible(func.count()).where(self._acted(since))) or 0

    def _acted(self, since: datetime) -> ColumnElement[bool]:
        """Whether this person acted on a case since then."""
        return CASE.id.in_(select(EVENT.case_id).where(EVENT.by == self._person.id, EVENT.at >= since))

    def counts(self) -> dict[str, int]:
        """How many open cases are late, due today, due within two working days, live, paused and urged."""
        rows = self._standing()
        return {key: sum(getattr(row, key) for row in rows) for key in SUMS}

    def positions(self) -> pd.DataFrame:
        """Where every live case stands: `process, stage, live, late` – one row a step that has any."""
        found = _added((row.process, row.stage, row.live, row.late) for row in self._standing())
        return plain_frame(found, ("process", "stage", "live", "late"))

    def on_map(self, process: str, *, each: int = 8) -> pd.DataFrame:
        """The live cases of a process for its map: of each step up to so many, what is due first on top."""
        order = (CASE.due_at.is_(None), CASE.due_at, *IN_ORDER)
        nth = func.row_number().over(partition_by=CASE.stage, order_by=order).label("nth")
        ranked = self._visible(CASE.id, nth).where(CASE.process == process, OPEN).subquery()
        first = select(ranked.c.id).where(ranked.c.nth <= each)
        return self._cases(self._visible().where(CASE.id.in_(first)).order_by(*order))

    def by_owner(self) -> pd.DataFrame:
        """Late and live cases by whose hand they lie in: `owner, name, live, late`, most late first."""
        people = self.directory()
        found = _added(
            (row.owner, people.name(row.owner), row.live, row.late)
            if row.owner
            else (f"role:{row.duty}", Role(row.duty).label, row.live, row.late)
            for row in self._standing()
        )
        found.sort(key=lambda row: (-row[3], -row[2], row[1]))
        return plain_frame(found, ("owner", "name", "live", "late"))

    def _standing(self) -> Sequence[Standing]:
        """Open cases counted by hand and step, for every figure of the overview."""
        return self._once("standing", self._count)

    def _count(self, session: Session) -> Sequence[Standing]:
        """One scan of one index for how many there are; what is due, paused or urged is looked up."""
        hands = (CASE.owner, CASE.duty, CASE.process, CASE.stage)
        sums = (func.count(CASE.paused_at), func.count(func.nullif(CASE.urged, 0)))
        every = self._visible(*hands, func.count()).where(OPEN).group_by(*hands)
        aside = _by_hand(session, self._visible(*hands, *sums).where(OPEN, ASIDE).group_by(*hands))
        due = _by_hand(session, self._due(hands))
        return [
            Standing(*hand, live, *aside.get(hand, (0, 0)), *due.get(hand, (0, 0, 0)))
            for hand, (live,) in _by_hand(session, every).items()
        ]

    def _due(self, hands: Sequence[Any]) -> Select[Any]:
        """Of each hand and step: how many are late, due today, and due within two working days."""
        now, soon = self._clock(), self._soon(2)
        sums = (
            CASE.due_at < now,
            and_(CASE.due_at >= now, CASE.due_at <= max(self._soon(0), now)),
            CASE.due_at >= now,
        )
        query = self._visible(*hands, *(func.count().filter(wanted) for wanted in sums))
        running = CASE.due_at <= soon, CASE.paused_at.is_(None)
        return query.where(OPEN, *running).group_by(*hands)

    def register_counts(self, process: str) -> dict[str, int]:
        """Open cases of a process by step, for the tabs over its list."""
        query = self._visible(CASE.stage, func.count()).where(CASE.process == process, OPEN)
        with self._database.reading() as session:
            return dict(session.execute(query.group_by(CASE.stage)).all())


def _by_hand(session: Session, counting: Select[Any]) -> dict[Hand, tuple[int, ...]]:
    """What is counted, by hand and step."""
    return {(row[0], row[1], row[2], row[3]): (*row[4:],) for row in session.execute(counting)}


def _added(counted: Iterable[tuple[str, str, int, int]]) -> list[tuple[str, str, int, int]]:
    """Live and late cases added up for each pair of names, in the order in which they come."""
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for first, second, live, late in counted:
        before = sums.get((first, second), (0, 0))
        sums[first, second] = (before[0] + live, before[1] + late)
    return [(*names, *both) for names, both in sums.items()]


def _narrowed(query: Select[Any], where: Where | None) -> Select[Any]:
    for key, value in (where or {}).items():
        if key == "owner" and value.startswith("role:"):
            query = query.where(CASE.owner == "", CASE.duty == value.removeprefix("role:"))
        else:
            query = query.where(
                {"owner": CASE.owner, "process": CASE.process, "stage": CASE.stage}[key] == value
            )
    return query

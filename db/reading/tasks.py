"""Supervised tasks: the monthly ledger, and one's own over all meetings and documents (R41, N13)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.people import DEPARTMENT
from core.processes.task import KEY as TASK
from core.slips import Colour
from core.supervision import VOID, Happening, extended_to, verdict
from core.task_ledger import Entry, Wanted
from db import registers
from db.reading.sight import Sight
from db.tables import CaseRow, EventRow

MOST = 2_000
"""Tasks of a ledger at most."""


class Tasks(Sight):
    """Tasks as the ledger has them."""

    def tasks(self, those: Wanted) -> list[Entry]:
        """The ledger of those, by the day on which each is due."""
        query = self._visible().where(CaseRow.process == TASK)
        if those.month:
            first, last = self._days_of(those.month)
            query = query.where(CaseRow.opened_at < last)
            query = query.where(or_(CaseRow.closed_at.is_(None), CaseRow.closed_at >= first))
        if those.owner:
            query = query.where(self._owned((those.owner,)))
        found = self._entries(query)
        match those.state:
            case "open":
                return [one for one in found if one.is_open]
            case "done":
                return [one for one in found if not one.is_open]
            case "late":
                return [one for one in found if one.late]
        return found

    def my_tasks(self) -> list[Entry]:
        """What lies with this person or their department, or waits to be accepted from them; the open ones."""
        query = self._visible().where(CaseRow.process == TASK, CaseRow.closed_at.is_(None))
        return self._entries(query.where(self._owned(tuple(self._person.own_names))))

    def _owned(self, names: Sequence[str]) -> Any:
        """Whose task it is: in whose hand it lies, or whom it names."""
        people = [name for name in names if not name.startswith(DEPARTMENT)]
        departments = [name.removeprefix(DEPARTMENT) for name in names if name.startswith(DEPARTMENT)]
        return or_(
            CaseRow.owner.in_(names),
            CaseRow.data["owner"].as_string().in_(people),
            CaseRow.data["department"].as_string().in_(departments),
        )

    def _entries(self, query: Any) -> list[Entry]:
        with self._database.reading() as session:
            rows = session.execute(query.order_by(CaseRow.opened_at.desc(), CaseRow.id).limit(MOST)).all()
            past = self._past(session, [row.id for row in rows])
            sources = self._sources(session, {row.parent_id for row in rows if row.parent_id})
        found = [
            (row.data.get("milestone") or "", self._entry(row, past.get(row.id, []), sources)) for row in rows
        ]
        return [
            one
            for _, one in sorted(found, key=lambda pair: (not pair[1].is_open, pair[0]))
            if one.verdict != VOID
        ]

    def _past(self, session: Session, ids: Sequence[str]) -> dict[str, list[Any]]:
        """The events of each, the oldest first."""
        found: dict[str, list[Any]] = {}
        columns = (
            EventRow.case_id,
            EventRow.action,
            EventRow.at,
            EventRow.stage,
            EventRow.due_at,
            EventRow.data,
        )
        for part in registers.parts(ids):
            query = (
                select(*columns).where(EventRow.case_id.in_(part)).order_by(EventRow.case_id, EventRow.seq)
            )
            for row in session.execute(query):
                found.setdefault(row.case_id, []).append(row)
        return found

    def _sources(self, session: Session, ids: set[str]) -> Mapping[str, str]:
        """The meetings and documents as they are spoken of: what may be seen of them."""
        found: dict[str, str] = {}
        for part in registers.parts([*ids]):
            query = self._visible(CaseRow.id, CaseRow.number, CaseRow.title).where(CaseRow.id.in_(part))
            found |= {row.id: f"{row.number} {row.title}" for row in session.execute(query)}
        return found

    def _entry(self, row: Any, past: Sequence[Any], sources: Mapping[str, str]) -> Entry:
        process = self.standard().version(row.process, row.version)
        stage, people, zone = process.stage(row.stage), self.directory(), self.calendar().zone
        told = [Happening(e.action, e.at, e.stage == process.first.key, e.due_at) for e in past]
        milestone = row.data.get("milestone")
        day = date.fromisoformat(milestone) if milestone else None
        put_off = extended_to(day, told, zone)
        void = not row.is_open and not stage.is_end
        department = row.data.get("department")
        owner = row.data.get("owner") or (f"{DEPARTMENT}{department}" if department else row.owner)
        slips = [Colour(e.data["colour"]) for e in past if e.action == "issue_slip"]
        return Entry(
            id=row.id,
            number=row.number,
            title=row.title,
            source=sources.get(row.parent_id, ""),
            owner=people.name(owner) if owner else "",
            milestone=milestone or "",
            extended_to=f"{put_off}" if put_off else "",
            acceptance=row.data.get("acceptance") or "",
            result=row.data.get("result") or "",
            where=stage.title,
            slip=slips[-1].value if slips else "",
            verdict=VOID if void else verdict(told, self._clock()),
            is_open=bool(row.is_open),
        )

    def _days_of(self, month: date) -> tuple[datetime, datetime]:
        first = month.replace(day=1)
        following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        zone = self.calendar().zone
        return datetime.combine(first, time.min, zone), datetime.combine(following, time.min, zone)

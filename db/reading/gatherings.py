"""What meetings lie ahead, for those whom they concern."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.processes.confirmation import COMES
from core.processes.confirmation import KEY as CONFIRMATION
from core.processes.meeting import KEY as MEETING
from db.reading.sight import OPEN, Sight
from db.tables import CaseRow
from db.unit import IN_ORDER

AHEAD = ("id", "number", "title", "kind", "held_at", "place", "stage", "where", "asked", "coming", "answered")
"""The columns of the meetings ahead."""

FIRST = "asked"
"""The stage of a confirmation that nobody has answered."""


class Gatherings(Sight):
    """Meetings by the day on which they are held."""

    def meetings_ahead(self, *, days: int = 14) -> pd.DataFrame:
        """Open meetings of today and of so many days from now on, the next first, with the columns of `AHEAD`.

        `held_at` is in the office's zone; `asked`, `coming`, `answered` count those who were invited.
        """
        zone, now = self.calendar().zone, self._clock()
        begin = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        query = self._visible().where(CaseRow.process == MEETING, OPEN)
        with self._database.reading() as session:
            rows = session.execute(query).all()
            answers = _answers(session, [row.id for row in rows])
        found = []
        for row in rows:
            at = datetime.fromisoformat(row.data["held_at"]).astimezone(zone)
            if begin <= at < begin + timedelta(days=days):
                found.append((at, self._ahead(row, at, answers.get(row.id, Counter()))))
        return pd.DataFrame([told for _, told in sorted(found, key=lambda one: one[0])], columns=list(AHEAD))

    def _ahead(self, row: Any, at: datetime, said: Counter[str]) -> tuple[Any, ...]:
        stage = self.standard().version(row.process, row.version).stage(row.stage)
        place = row.data.get("place") or row.data.get("remote_address") or ""
        asked, coming = said.total(), sum(said[key] for key in COMES)
        kind = row.data["meeting_kind"]
        return (row.id, row.number, row.title, kind, at, place, row.stage, stage.title, asked, coming, asked - said[FIRST])  # fmt: skip


def _answers(session: Session, ids: Sequence[str]) -> dict[str, Counter[str]]:
    """At which stage the newest confirmation of each invitee stands, counted by meeting; of void ones none."""
    query = select(CaseRow.parent_id, CaseRow.data, CaseRow.stage).where(
        CaseRow.process == CONFIRMATION,
        CaseRow.parent_id.in_(ids),
        or_(CaseRow.is_open, CaseRow.stage != FIRST),
    )
    newest = {}
    for parent, data, stage in session.execute(query.order_by(*IN_ORDER)):
        newest[parent, data["invitee"][0]] = stage
    found: dict[str, Counter[str]] = {}
    for (parent, _), stage in newest.items():
        found.setdefault(parent, Counter())[stage] += 1
    return found

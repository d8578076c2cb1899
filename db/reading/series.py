"""Meetings that follow one another, as far as somebody may see them (N15)."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from core.case import Case
from core.errors import NotAllowed, NotFound
from core.meeting_series import PREVIOUS, Compiled, compiled, open_tasks
from core.policy import sees_everything
from core.processes.meeting import KEY as MEETING
from db.reading.cases import Cases
from db.tables import CaseRow, LinkRow
from db.unit import load

LONGEST = 200
"""Meetings of a series that are looked at."""


class Series(Cases):
    """Series of meetings, and their minutes in one."""

    def series(self, case_id: str) -> list[Case]:
        """All meetings of the series that this one is of, the first one first. `NotFound` for one who may not see each."""
        first = self.case(case_id)
        while (before := first.data.get(PREVIOUS)) and before != case_id:
            first = self.case(before)
        found, todo = list[Case](), [first.id]
        while todo and len(found) < LONGEST:
            found.append(self.case(todo.pop(0)))
            todo += [one for one in self._following(found[-1].id) if one not in {case.id for case in found}]
        return sorted(found, key=lambda meeting: meeting.data["held_at"])

    def tasks_left(self, case_id: str) -> list[Case]:
        """What the meetings before this one left to be done, as far as it may be seen."""
        case, found, seen = self.case(case_id), list[Case](), {case_id}
        while (before := case.data.get(PREVIOUS)) and before not in seen:
            seen.add(before)
            try:
                case = self.case(before)
            except NotFound:
                break
            found += open_tasks(self.children(before))
        return found

    def compiled_series(self, case_id: str) -> Compiled:
        """The minutes of a series in one."""
        meetings = self.series(case_id)
        return self._compiled(meetings, f"{meetings[-1].title}（{len(meetings)} 次）")

    def compiled_between(self, first: date, last: date) -> Compiled:
        """The minutes of the meetings held in these days in one, for whoever may see all of them."""
        if not sees_everything(self._person):
            raise NotAllowed("按时间汇编纪要须能看到全部会议，请找文秘或办公室主任")
        zone, standard = self.calendar().zone, self.standard()
        query = self._visible(CaseRow.id, CaseRow.data["held_at"].as_string())
        with self._database.reading() as session:
            every = session.execute(query.where(CaseRow.process == MEETING)).all()
            days = {one: datetime.fromisoformat(at).astimezone(zone).date() for one, at in every}
            held = [load(session, one, standard) for one, day in days.items() if first <= day <= last]
        return self._compiled(held, f"{first} 至 {last}")

    def _compiled(self, meetings: Sequence[Case], says: str) -> Compiled:
        return compiled(meetings, says, self.profile(), self.calendar(), self._clock())

    def _following(self, case_id: str) -> list[str]:
        """The meetings that name this one as the one before them, of whatever grade: who may not see one may not see all."""
        query = (
            select(CaseRow.id)
            .join(LinkRow, LinkRow.case_id == CaseRow.id)
            .where(LinkRow.other_id == case_id, CaseRow.process == MEETING)
            .where(CaseRow.data[PREVIOUS].as_string() == case_id)
        )
        with self._database.reading() as session:
            return list(session.scalars(query))

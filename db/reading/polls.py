"""Surveys and ballots: what came of them, as far as this person may know it (R43, N25, P26)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.ballots import RUNNING, Ballot, published, result, terms
from core.case import Case
from core.errors import GONE, NotFound
from core.policy import why_not_poll
from core.surveys import Held, Survey, Tally, reached, tally
from db import ballots, registers, surveys
from db.reading.sight import Sight, within
from db.tables import CaseRow, LinkRow, PaperRow, SurveyRow

HELD = [
    "id", "case_id", "number", "title", "split", "month", "opened_at", "closes_at", "is_open", "anonymous",
    "issued", "answered", "n", "satisfied", "rate",
]  # fmt: skip
"""Columns of a frame of surveys: moments with the office's zone, `month` as 2026-11, `answered` in words. `n`,
`satisfied` and `rate` (percent) are None where no result may be shown.
"""


@dataclass(frozen=True)
class Outcome:
    """A survey and what came of it; `tally` is None where nothing may be shown, `answered` says why in words."""

    held: Held
    case: Case
    answered: str
    tally: Tally | None


class Polls(Sight):
    """What was asked and voted about the cases this person may see."""

    def surveys(
        self, survey: Survey, *, first: date | None = None, last: date | None = None, limit: int = 500
    ) -> pd.DataFrame:
        """The surveys of a kind that were opened in these days, the newest first: columns `HELD`."""
        columns = (SurveyRow, CaseRow.number, CaseRow.title, CaseRow.data)
        query = self._visible(*columns).join(SurveyRow, SurveyRow.case_id == CaseRow.id)
        days = within(SurveyRow.opened_at, first, last, self.calendar().zone)
        query = query.where(SurveyRow.survey == survey.key, *days).order_by(SurveyRow.opened_at.desc())
        with self._database.reading() as session:
            found = session.execute(query.limit(limit)).all()
            counted = _counted(session, [row.id for row, *_ in found])
        rows = [
            self._survey_row(row, len(row.answers) or counted.get(row.id, 0), number, title, data)
            for row, number, title, data in found
        ]
        return pd.DataFrame(rows, columns=HELD).astype({"n": object, "satisfied": object, "rate": object})

    def outcome(self, survey_id: str) -> Outcome:
        """What came of a survey. `NotFound` as well for one about a case that is not for this person."""
        with self._database.reading() as session:
            held = surveys.survey(session, survey_id) if registers.storable(survey_id) else None
            if held is None:
                raise NotFound(GONE)
            case, answers = self._case(session, held.case_id), surveys.answers(session, held)
        is_open = held.closed_at is None
        said = reached(len(answers), is_open=is_open, minimum=held.survey.minimum)
        return Outcome(held, case, said, tally(held.survey, answers, is_open=is_open))

    def survey_about(self, case_id: str, survey: Survey) -> Outcome | None:
        """The survey of a kind about a case, and what came of it; None where none was opened."""
        with self._database.reading() as session:
            held = surveys.about(session, self._case(session, case_id).id, survey)
        return self.outcome(held.id) if held else None

    def to_ask(self, survey: Survey, *, limit: int = 50) -> Mapping[str, str]:
        """The cases that are over and of which nobody was asked yet, the newest first: their titles by id."""
        if why_not_poll(self._person):
            return {}
        query = self._visible(CaseRow.id, CaseRow.title).where(*surveys.to_ask(survey))
        with self._database.reading() as session:
            return dict(session.execute(query.order_by(CaseRow.opened_at.desc()).limit(limit)).all())

    def ballots(self, case_id: str) -> Sequence[Ballot]:
        """The ballots of a meeting, in the order in which they were put to the vote."""
        naming = select(LinkRow.case_id).where(LinkRow.other_id == case_id)
        query = (
            self._visible(CaseRow.id).where(CaseRow.id.in_(naming)).order_by(CaseRow.opened_at, CaseRow.id)
        )
        with self._database.reading() as session:
            cases = [self._case(session, case_id) for case_id in session.scalars(query)]
            return [self._ballot(session, case) for case in cases if terms(case.data) and not case.voided]

    def ballot(self, case_id: str) -> Ballot:
        """One ballot: who has voted, and what came of it where that may be known."""
        with self._database.reading() as session:
            return self._ballot(session, self._case(session, case_id))

    def _ballot(self, session: Session, case: Case) -> Ballot:
        held = terms(case.data)
        if held is None:
            raise NotFound(GONE)
        made = published(case.data)
        over = RUNNING in case.visited and case.stage.key != RUNNING
        if made is None and over and why_not_poll(self._person) is None:
            made = result(held, ballots.votes(session, case.id))
        return Ballot(case, held, ballots.voted(session, case.id), made)

    def _survey_row(
        self, row: SurveyRow, n: int, number: str, title: str, data: Mapping[str, Any]
    ) -> tuple[Any, ...]:
        held, zone = surveys.to_held(row), self.calendar().zone
        is_open = held.closed_at is None
        made = tally(held.survey, row.answers, is_open=is_open)
        return (
            held.id, held.case_id, number, title, str(data.get(held.survey.split) or ""),
            f"{held.opened_at.astimezone(zone):%Y-%m}", held.opened_at.astimezone(zone),
            held.closes_at.astimezone(zone), is_open, held.anonymous, held.issued,
            reached(n, is_open=is_open, minimum=held.survey.minimum),
            *((made.n, made.satisfied, made.rate) if made else (None, None, None)),
        )  # fmt: skip


def _counted(session: Session, urns: Iterable[str]) -> dict[str, int]:
    """How many papers there are in each of these urns."""
    found: dict[str, int] = {}
    for part in registers.parts(list(urns)):
        query = select(PaperRow.urn, func.count()).where(PaperRow.urn.in_(part)).group_by(PaperRow.urn)
        found |= dict(session.execute(query).all())
    return found

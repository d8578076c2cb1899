"""Surveys: what was opened about which case, and what has come in. The answers lie in the urn (`db.urn`)."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from random import Random
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.orm import Session

from core.surveys import SURVEYS, Held, Survey, shown
from db import tokens, urn
from db.tables import CaseRow, PaperRow, SurveyRow, table

_SURVEYS, _PAPERS = table(SurveyRow), table(PaperRow)

_TOLD = tuple(column.name for column in _SURVEYS.c if column.name not in ("survey", "answers"))


def open_survey(session: Session, held: Held, issued: Sequence[str], chance: Random) -> None:
    """Store that a survey was opened, and its tokens by their SHA-256, in an order that says nothing."""
    row = {**vars(held), "survey": held.survey.key, "answers": []}
    session.execute(insert(_SURVEYS).values(**row))
    urn.issue(session, held.id, map(tokens.digest, issued), chance)


def close(session: Session, held: Held, at: datetime) -> None:
    """Take no more answers, and keep those there are with the survey; too few are destroyed unread.

    So an urn holds only what is still open, and putting a paper in takes no longer year by year.
    """
    found = answers(session, held)
    kept = found if len(found) >= held.survey.minimum else []
    urn.empty(session, held.id)
    row = update(_SURVEYS).where(_SURVEYS.c.id == held.id)
    session.execute(row.values(closed_at=at, answers=[dict(one) for one in kept]))


def sign_answers(session: Session, held: Held, anonymous: bool) -> None:
    """Whether answers bear a name."""
    session.execute(update(_SURVEYS).where(_SURVEYS.c.id == held.id).values(anonymous=anonymous))


def survey(session: Session, survey_id: str) -> Held | None:
    """A survey by its id."""
    return _one(session, _SURVEYS.c.id == survey_id)


def about(session: Session, case_id: str, survey: Survey) -> Held | None:
    """The survey of this kind about a case."""
    return _one(session, _SURVEYS.c.case_id == case_id, _SURVEYS.c.survey == survey.key)


def to_ask(survey: Survey) -> tuple[ColumnElement[bool], ...]:
    """What is true of a case that is over and of which nobody was asked yet."""
    asked = select(SurveyRow.case_id).where(SurveyRow.survey == survey.key)
    over = CaseRow.data[survey.over].as_string().is_not(None)
    return (CaseRow.process == survey.about, over, CaseRow.id.not_in(asked))


def still_to_ask(session: Session, survey: Survey) -> Sequence[str]:
    """The ids of such cases that are not closed yet."""
    return session.scalars(select(CaseRow.id).where(*to_ask(survey), CaseRow.is_open)).all()


def for_token(session: Session, token: str) -> tuple[Held, bool] | None:
    """The survey that a link is for, and whether it was answered with it."""
    slip = tokens.digest(token)
    found = urn.urn_of(session, slip)
    held = survey(session, found) if found else None
    return (held, urn.slips(session, held.id)[slip]) if held else None


def taking(session: Session, at: datetime) -> list[Held]:
    """The surveys that take answers at this moment."""
    now = select(_SURVEYS).where(_SURVEYS.c.closed_at.is_(None), _SURVEYS.c.closes_at > at)
    return [to_held(row) for row in session.execute(now.order_by(_SURVEYS.c.closes_at))]


def over(session: Session, at: datetime) -> list[Held]:
    """The open surveys whose time is over."""
    late = select(_SURVEYS).where(_SURVEYS.c.closed_at.is_(None), _SURVEYS.c.closes_at <= at)
    return [to_held(row) for row in session.execute(late.order_by(_SURVEYS.c.closes_at))]


def answered(session: Session, held: Held) -> int:
    """How many answers an open survey has."""
    return session.scalar(select(func.count()).where(_PAPERS.c.urn == held.id)) or 0


def answers(session: Session, held: Held) -> list[Mapping[str, Any]]:
    """The answers, in no order."""
    kept = session.scalar(select(_SURVEYS.c.answers).where(_SURVEYS.c.id == held.id))
    return list(kept or []) or [json.loads(paper) for paper in urn.papers(session, held.id)]


def to_held(row: Any) -> Held:
    """A row of surveys as the rest of the program knows it."""
    told = {name: getattr(row, name) for name in _TOLD}
    return Held(**told, survey=SURVEYS[row.survey])


def _one(session: Session, *where: Any) -> Held | None:
    row = session.execute(select(_SURVEYS).where(*where)).one_or_none()
    return to_held(row) if row else None


RATES = ["surveys", "n", "satisfied", "rate"]
"""What is known of a group of surveys, beside the columns they are grouped by."""


def satisfaction(held: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """The satisfaction of groups of surveys (a frame of `Reader.surveys`): columns `by`, then `RATES`.

    Only surveys whose own result may be shown are counted: otherwise a sum, and its parts, would tell it.
    """
    counted = held[held["n"].notna()].astype({"n": int, "satisfied": int})
    groups = counted.groupby([*by], sort=True)
    found = groups.agg(surveys=("id", "count"), n=("n", "sum"), satisfied=("satisfied", "sum")).reset_index()
    names = ["\0".join(map(str, row)) for row in found[[*by]].to_numpy()]
    kept = shown(dict(zip(names, found["n"], strict=True)))
    found = found[[name in kept for name in names]]
    return found.assign(rate=100 * found["satisfied"] / found["n"])[[*by, *RATES]].reset_index(drop=True)

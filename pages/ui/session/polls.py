"""Surveys and ballots: the commands, and what those who are asked by a link are shown."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from core.ballots import Ballot
from core.polling import Polling
from core.surveys import Asked
from core.worktime import Limit
from db import polling as polls
from db import surveys as survey_results
from db.polling import SqlPollingUnit
from db.reader import Reader
from pages.ui.session import chain_key, channels, database, files, links, now, person, settings


@lru_cache(maxsize=1)
def polling() -> Polling:
    """The commands on surveys and ballots. Each checks for itself who gives it."""
    chance = secrets.SystemRandom()

    def transaction() -> SqlPollingUnit:
        return SqlPollingUnit(database(), files(), chain_key(), chance, channels().senders.keys())

    return Polling(transaction, now, Limit(days=settings().survey_days))


satisfaction = survey_results.satisfaction
"""The satisfaction of groups of surveys."""


def survey_form(token: str) -> Asked:
    """What the survey of a link asks. `NotFound` if the link is none, `Conflict` if it was used."""
    return polls.asked(database(), token, now())


def answer_survey(token: str, values: Mapping[str, Any]) -> None:
    """Answer a survey with a link, once. `Refused` says field by field what is missing."""
    polling().answer(token, values)


def my_surveys() -> list[tuple[Asked, str]]:
    """The surveys that wait for the person at this connection, each with the path of its form."""
    return polls.waiting_for(database(), links(), person().id, now())


def ballot_for(case_id: str, who: str) -> Ballot:
    """A ballot as a voter – a person's id or a contact's, read from a signed link – may see it."""
    return Reader(database(), files(), polls.voter(database(), who), now).ballot(case_id)


def vote(case_id: str, who: str, choice: str) -> None:
    """Cast a voter's one vote; `who` is read from a signed link, or is the person at this connection."""
    polling().vote(case_id, choice, by=polls.voter(database(), who))


def keep_surveys(_now: datetime) -> None:
    """What the program does by itself: ask whoever came, close what is over, and clear up what could not be at once."""
    polling().ask_whoever_came()
    polling().close_surveys()

"""One transaction that also reaches surveys and votes, the `PollingUnit` that `core.polling` asks for; and what
the link of a survey shows.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from random import Random
from types import TracebackType
from typing import Self

from core.contacts import is_guest
from core.errors import Conflict, NotFound
from core.messages import Channel, Link
from core.people import Person
from core.polling import ANSWERED, DEAD
from core.surveys import Asked, Held, Survey
from db import ballots, office_data, surveys, tokens, urn
from db.accounts import acting
from db.contacts import guest
from db.engine import Database
from db.files import FileStore
from db.links import BETWEEN, SURVEY, Links
from db.unit import SqlUnit, load


class SqlPollingUnit(SqlUnit):
    """The writing transaction of a survey or a ballot; `chance` shuffles what lies in the urns."""

    def __init__(
        self,
        database: Database,
        files: FileStore,
        key: bytes,
        chance: Random,
        configured: Collection[Channel] = (),
    ) -> None:
        super().__init__(database, files, key, configured)
        self._database, self._chance = database, chance
        self._queue, self._committed = urn.queue(database), False

    def survey(self, survey_id: str) -> Held | None:
        return surveys.survey(self._session, survey_id)

    def survey_about(self, case_id: str, survey: Survey) -> Held | None:
        return surveys.about(self._session, case_id, survey)

    def survey_for(self, token: str) -> Held | None:
        """The survey of a link; `Conflict` if it was answered with it."""
        held, used = surveys.for_token(self._session, token) or (None, False)
        if used:
            raise Conflict(ANSWERED)
        return held

    def surveys_over(self, at: datetime) -> Sequence[Held]:
        return surveys.over(self._session, at)

    def still_to_ask(self, survey: Survey) -> Sequence[str]:
        self._flush()
        return surveys.still_to_ask(self._session, survey)

    def open_survey(self, held: Held, attendees: Sequence[str]) -> Sequence[tuple[str, str]]:
        """Store it; of each attendee the token of their link."""
        made = Links(self._key)
        links = [(who, made.survey_token(held.id, who)) for who in attendees]
        surveys.open_survey(self._session, held, [token for _, token in links], self._chance)
        return links

    def close_survey(self, held: Held, at: datetime) -> None:
        surveys.close(self._session, held, at)

    def sign_answers(self, held: Held, anonymous: bool) -> None:
        surveys.sign_answers(self._session, held, anonymous)

    def link_to(self, held: Held, who: str) -> Link:
        return Link(SURVEY, f"{held.id}{BETWEEN}{who}", held.closes_at)

    def answers(self, held: Held) -> int:
        return surveys.answered(self._session, held)

    def answer(self, held: Held, token: str, paper: str) -> None:
        urn.put(self._session, held.id, tokens.digest(token), paper, self._chance)

    def voted(self, case_id: str) -> frozenset[str]:
        return ballots.voted(self._session, case_id)

    def vote(self, case_id: str, who: str, choice: str, at: datetime, *, secret: bool) -> None:
        if secret:
            ballots.vote_secretly(self._session, case_id, who, choice, self._chance)
        else:
            ballots.vote_by_name(self._session, case_id, who, choice, at)

    def __enter__(self) -> Self:
        self._queue.join()
        try:
            return super().__enter__()
        except BaseException:
            self._queue.leave()
            raise

    def commit(self) -> None:
        super().commit()
        self._committed = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave nothing of how the urns were before, while nobody else may write yet."""
        if self._queue.leave(changed=self._committed):
            self._session.rollback()  # of what was refused: the clearing up needs the database to itself
            urn.settle(self._database)
            self._queue.cleared()
        super().__exit__(kind, error, trace)


def asked(database: Database, token: str, now: datetime) -> Asked:
    """What the survey of a link asks. `NotFound` if the link is none, `Conflict` if it was used."""
    with database.reading() as session:
        held, used = surveys.for_token(session, token) or (None, False)
        if used:
            raise Conflict(ANSWERED)
        if held is None or not held.is_open(now):
            raise NotFound(DEAD)
        case = load(session, held.case_id, office_data.standard(session))
    return Asked(held.survey, case.title, held.anonymous, held.asks(case.grade))


def waiting_for(database: Database, links: Links, who: str, now: datetime) -> list[tuple[Asked, str]]:
    """The open surveys that somebody may still answer, each with the path of their own link to it."""
    with database.reading() as session:
        made = [(held, links.survey_token(held.id, who)) for held in surveys.taking(session, now)]
        known = [(held, token, surveys.for_token(session, token)) for held, token in made]
    return [
        (asked(database, token, now), links.address(SURVEY, f"{held.id}{BETWEEN}{who}", held.closes_at))
        for held, token, found in known
        if found and not found[1]
    ]


def voter(database: Database, who: str) -> Person:
    """Who votes: a person with an account, or a contact; `NotAllowed` if they are not here any more."""
    with database.reading() as session:
        return guest(session, who) if is_guest(who) else acting(session, who)

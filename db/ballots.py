"""Where votes are: by name in a table, secret ones in the urn of their case (`db.urn`)."""

import json
from datetime import datetime
from random import Random

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from core.evidence import Votes
from db import urn
from db.tables import VoteRow, table

_VOTES = table(VoteRow)


def votes(session: Session, case_id: str) -> Votes:
    """The votes on a case: whose, empty where the ballot is secret, and what was chosen."""
    named = select(_VOTES.c.who, _VOTES.c.choice).where(_VOTES.c.case_id == case_id)
    found = session.execute(named.order_by(_VOTES.c.at, _VOTES.c.who)).all()
    secret = [("", str(json.loads(paper)["choice"])) for paper in urn.papers(session, case_id)]
    return [*((who, choice) for who, choice in found), *secret]


def voted(session: Session, case_id: str) -> frozenset[str]:
    """Who has voted."""
    named = session.scalars(select(_VOTES.c.who).where(_VOTES.c.case_id == case_id))
    secret = (who for who, used in urn.slips(session, case_id).items() if used)
    return frozenset((*named, *secret))


def vote_by_name(session: Session, case_id: str, who: str, choice: str, at: datetime) -> None:
    """Record whose vote it was."""
    session.execute(insert(_VOTES).values(case_id=case_id, who=who, choice=choice, at=at))


def vote_secretly(session: Session, case_id: str, who: str, choice: str, chance: Random) -> None:
    """Put the vote in the urn, and whose it was on the list of those who have voted."""
    urn.put(session, case_id, who, json.dumps({"choice": choice}, ensure_ascii=False), chance)

"""Whether the votes that are kept are still what was published of them."""

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.ballots import PUBLISHED, published, terms
from db import ballots
from db.tables import CaseRow, table

_CASES = table(CaseRow).c


def check(session: Session) -> Iterator[str]:
    """Published ballots whose votes are others now, one sentence each; the published result is in the chain."""
    said = select(_CASES.id, _CASES.number, _CASES.data).where(_CASES.stage == PUBLISHED)
    for row in session.execute(said.order_by(_CASES.opened_at, _CASES.id)):
        held, told = terms(row.data), published(row.data)
        if held is None or told is None:
            continue
        kept = Counter(choice for _, choice in ballots.votes(session, row.id))
        if kept != Counter(dict(told.votes)):
            yield f"选票与公布的结果不符：{row.number}（urn_papers 或 votes 表）"

"""Finding: by words in all that is said and attached, and what looks like a document before it is saved."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from rapidfuzz import fuzz
from sqlalchemy import ColumnElement, Row, Select, select
from sqlalchemy.orm import Session

from core.policy import sees_everything
from core.search import Place
from db import registers, search
from db.reading.sight import OPEN, Sight, within
from db.tables import CASE, INFORMATION, AttachmentRow

NEAR_SAME = 88
"""From this likeness (0–100) two titles are shown as near the same before a document is saved (N20)."""


@dataclass(frozen=True)
class Found:
    """What a search came to: the cases of one page, and how many there are, counted to `COUNTED` + 1 of `core.search`.

    Beside `CASES` the frame has `root_number` and `root_title`: of what each is a part of. `places`: where
    the words stand, by case.
    """

    cases: pd.DataFrame
    places: Mapping[str, Sequence[Place]]
    count: int


def _labelled(urgency: str, importance: str) -> ColumnElement[bool]:
    """Whether a case is information with these labels; any where one is empty."""
    item = select(INFORMATION.case_id).where(INFORMATION.case_id == CASE.id)
    if urgency:
        item = item.where(INFORMATION.urgency == urgency)
    if importance:
        item = item.where(INFORMATION.importance == importance)
    return item.exists()


class Finding(Sight):
    """What is looked for."""

    def search(
        self,
        text: str,
        *,
        process: str = "",
        family: str = "",
        urgency: str = "",
        importance: str = "",
        first: date | None = None,
        last: date | None = None,
        only_open: bool = False,
        limit: int = 50,
        offset: int = 0,
    ) -> Found:
        """The cases in which every word of the text stands, newest first; one whose number it is, first of all.

        `first` and `last` are days of the office between which they were opened; `urgency` and `importance` labels
        of information. Raises `Refused` for too many words.
        """
        query = self._visible(CASE.id)
        query = query.where(*within(CASE.opened_at, first, last, self.calendar().zone))
        if process:
            query = query.where(CASE.process == process)
        if family:
            query = query.where(CASE.process.in_(self._of_family(family)))
        if only_open:
            query = query.where(OPEN)
        if urgency or importance:
            query = query.where(_labelled(urgency, importance))
        with self._database.reading() as session:
            ids = search.find(session, query, text, self._only_concerning())
            shown = ids[offset : offset + limit]
            places = search.show(session, shown, text)
        return Found(self._with_roots(self._cases_of(shown)), places, len(ids))

    def _only_concerning(self) -> Collection[str] | None:
        """The names under which a case must concern the person to be seen; None for whoever oversees everything."""
        return None if sees_everything(self._person) else self._person.names

    def _of_family(self, family: str) -> list[str]:
        """The processes of one of the four families (R1)."""
        return [process.key for process in self.standard().newest() if process.family == family]

    def _with_roots(self, cases: pd.DataFrame) -> pd.DataFrame:
        """The cases with number and title of the one each is a part of; its own where it is the whole."""
        query = self._visible(CASE.id, CASE.number, CASE.title)
        with self._database.reading() as session:
            rows = session.execute(query.where(CASE.id.in_(set(cases["root_id"])))).all()
        roots = {key: (number, title) for key, number, title in rows}
        named = [roots.get(key, ("", "")) for key in cases["root_id"]]
        return cases.assign(root_number=[n for n, _ in named], root_title=[t for _, t in named])

    def to_name(self, processes: Sequence[str], limit: int = 200) -> dict[str, str]:
        """The cases of these processes that a form can name, open ones first, then the newest: id → number and title."""
        query = self._visible(CASE.id, CASE.number, CASE.title).where(CASE.process.in_(processes))
        with self._database.reading() as session:
            rows = session.execute(query.order_by(CASE.is_open.desc(), CASE.opened_at.desc()).limit(limit))
            return {key: f"{number} {title}" for key, number, title in rows}

    def duplicates(
        self, *, number: str | None, sender: str | None, title: str | None, digests: Iterable[str] = ()
    ) -> pd.DataFrame:
        """What is already registered and looks like this document: `id, number, title, opened_at, why`.

        The same file; the same sender and number; a title near the same (C18, N20). Hints, no refusal.
        """
        columns = (CASE.id, CASE.number, CASE.title, CASE.opened_at)
        incoming = self._visible(*columns).where(CASE.process == "incoming_document")
        with self._database.reading() as session:
            zone = self.calendar().zone
            found = {
                row.id: (row, why)
                for row, why in self._alike(session, incoming, number, sender, title, digests)
            }
        rows = [
            (row.id, row.number, row.title, row.opened_at.astimezone(zone), why)
            for row, why in found.values()
        ]
        return pd.DataFrame(rows[:5], columns=["id", "number", "title", "opened_at", "why"])

    def _alike(
        self,
        session: Session,
        incoming: Select[Any],
        number: str | None,
        sender: str | None,
        title: str | None,
        digests: Iterable[str],
    ) -> Iterable[tuple[Row[Any], str]]:
        if title:
            for row in session.execute(incoming.order_by(CASE.opened_at.desc()).limit(2000)):
                likeness = fuzz.ratio(title, row.title, score_cutoff=NEAR_SAME)
                if likeness:
                    yield row, f"标题 {likeness:.0f}% 相同"
        if number:
            same = incoming.where(registers.equals(CASE.data["doc_number"].as_string(), number))
            if sender:
                same = same.where(registers.equals(CASE.data["sender_org"].as_string(), sender))
            for row in session.execute(same):
                yield row, "来文单位与文号相同"
        if digests := list(digests):
            kept = select(AttachmentRow.case_id).where(AttachmentRow.digest.in_(digests))
            for row in session.execute(incoming.where(CASE.id.in_(kept))):
                yield row, "同一个文件"

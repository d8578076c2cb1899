"""What sources outside brought, where they are, and what is looked for (R57, R91)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import grading
from core.clippings import GONE, Clipping, State
from core.collecting import DOCUMENTS, INFORMATION, Hosts, Point
from core.errors import NotAllowed, NotFound
from core.policy import why_not_keep_hosts, why_not_keep_sources, why_not_see_clippings
from core.sources import Source
from db import office_data
from db.collecting import store
from db.reading.sight import Sight
from db.tables import ClippingFileRow, ClippingRow, FileRow, IntakeTokenRow

FILE = "c."
"""What the address of a clipping's file begins with, which no attachment of a case does."""


@dataclass(frozen=True)
class Shown:
    """A clipping as it is laid before whoever judges: with the name of its source, what an earlier one that tells the
    same is called, how the rules would grade it, and its files by name with their addresses.
    """

    clipping: Clipping
    source: str
    near: str
    suggested: grading.Suggestion
    files: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Token:
    """A key to the interface as it is listed: never the key itself."""

    id: str
    name: str
    source: str
    by: str
    at: datetime
    used_at: datetime | None


class Clippings(Sight):
    """What waits to be judged, and how it is collected."""

    def clippings_waiting(self) -> Mapping[str, int]:
        """How many things wait for a person: information, and documents to be registered; nothing for others."""
        if why_not_see_clippings(self._person):
            return {INFORMATION: 0, DOCUMENTS: 0}
        count = select(ClippingRow.takes, func.count()).where(ClippingRow.state == State.WAITING.value)
        with self._database.reading() as session:
            found = dict(session.execute(count.group_by(ClippingRow.takes)).all())
        return {INFORMATION: 0, DOCUMENTS: 0, **found}

    def clippings(
        self, takes: str = INFORMATION, *, state: str = State.WAITING.value, limit: int = 10, offset: int = 0
    ) -> list[Shown]:
        """The things of this kind that wait – or were dropped, or kept –, the newest first."""
        self._sees_clippings()
        query = select(ClippingRow).where(ClippingRow.state == state, ClippingRow.takes == takes)
        newest = query.order_by(ClippingRow.at.desc(), ClippingRow.id).limit(limit).offset(offset)
        with self._database.reading() as session:
            return self._laid_out(session, store.told(session, newest))

    def clipping(self, clipping_id: str) -> Shown:
        """One of them. `NotFound` where there is none, or it is not this person's to see."""
        with self._database.reading() as session:
            found = store.told(session, select(ClippingRow).where(ClippingRow.id == clipping_id))
            if why_not_see_clippings(self._person) or not found:
                raise NotFound(GONE)
            return self._laid_out(session, found)[0]

    def _laid_out(self, session: Session, found: Sequence[Clipping]) -> list[Shown]:
        rules = self._told("grading", office_data.grading)
        sources = store.sources(session)
        near = [one.near for one in found if one.near]
        titles = select(ClippingRow.id, ClippingRow.title).where(ClippingRow.id.in_(near))
        titled = dict(session.execute(titles).all())
        files: dict[str, list[tuple[str, str]]] = {}
        theirs = select(ClippingFileRow).where(ClippingFileRow.clipping_id.in_([one.id for one in found]))
        for row in session.scalars(theirs.order_by(ClippingFileRow.name)):
            files.setdefault(row.clipping_id, []).append((row.name, FILE + row.id))
        return [
            Shown(
                self._in_zone(one),
                sources[one.source].title,
                titled.get(one.near, ""),
                grading.suggest(
                    grading.text_of(
                        {"title": one.title, "summary": one.text, "matched": "、".join(one.matched)}
                    ),
                    rules,
                ),
                files.get(one.id, ()),
            )
            for one in found
        ]

    def _in_zone(self, one: Clipping) -> Clipping:
        zone = self.calendar().zone
        published = one.published_at.astimezone(zone) if one.published_at else None
        return replace(one, at=one.at.astimezone(zone), published_at=published)

    def _sees_clippings(self) -> None:
        if reason := why_not_see_clippings(self._person):
            raise NotAllowed(reason)

    def clipping_file(self, file_id: str) -> tuple[str, str, Path]:
        """Name, kind and place of a file that came with a clipping; `NotFound` as well for what one may not see."""
        query = (
            select(ClippingFileRow.name, FileRow.kind, FileRow.digest)
            .join(FileRow, FileRow.digest == ClippingFileRow.digest)
            .where(ClippingFileRow.id == file_id.removeprefix(FILE))
        )
        with self._database.reading() as session:
            row = session.execute(query).one_or_none()
        if row is None or why_not_see_clippings(self._person) or not self._files.path(row[2]).exists():
            raise NotFound("没有这个文件，或不在您的知悉范围")
        return row[0], row[1], self._files.path(row[2])

    def monitoring_points(self) -> Mapping[str, Point]:
        """What is looked for outside, by id."""
        with self._database.reading() as session:
            return store.points(session)

    def sources(self) -> Mapping[str, Source]:
        """Where things come from and how the last look went, by id; for whoever keeps them or administers."""
        if (reason := why_not_keep_sources(self._person)) and why_not_keep_hosts(self._person):
            raise NotAllowed(reason)
        with self._database.reading() as session:
            return store.sources(session)

    def web_hosts(self) -> Hosts:
        """The hosts that may be called."""
        with self._database.reading() as session:
            return store.hosts(session)

    def intake_tokens(self) -> list[Token]:
        """The keys to the interface that hold, the newest first; for whoever administers."""
        if reason := why_not_keep_hosts(self._person):
            raise NotAllowed(reason)
        query = select(IntakeTokenRow).where(IntakeTokenRow.revoked_at.is_(None))
        with self._database.reading() as session:
            sources, people = store.sources(session), self.directory()
            rows = session.scalars(query.order_by(IntakeTokenRow.at.desc())).all()
            return [
                Token(
                    row.id, row.name, sources[row.source_id].title, people.name(row.by), row.at, row.used_at
                )
                for row in rows
            ]

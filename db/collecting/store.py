"""Sources, monitoring points and clippings as rows, and one transaction that reaches them."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, insert, or_, select
from sqlalchemy.orm import Session

from core.clippings import Clipping, State
from core.collecting import MOST_REMEMBERED, REMEMBERED, Hosts, Known, Means, Point
from core.fields import FileRef
from core.sources import Source
from db import registers, tokens
from db.engine import Database
from db.tables import (
    AttachmentRow,
    CaseRow,
    ClippingFileRow,
    ClippingRow,
    IntakeTokenRow,
    MonitorPointRow,
    SettingRow,
    SourceRow,
)
from db.unit import SqlUnit

HOSTS = "hosts"
"""The setting with the hosts that may be called."""


class SqlCollectingUnit(SqlUnit):
    """The writing transaction of a command on sources and clippings."""

    def points(self) -> Mapping[str, Point]:
        return points(self._session)

    def keep_point(self, point: Point) -> None:
        told = {name: getattr(point, name) for name in ("id", "title", "how", "active")}
        self._session.merge(MonitorPointRow(**told, words=list(point.words), never=list(point.never)))
        self._session.flush()

    def sources(self) -> Mapping[str, Source]:
        return sources(self._session)

    def keep_source(self, source: Source) -> None:
        told = {name: getattr(source, name) for name in _SOURCE}
        self._session.merge(SourceRow(**told, means=source.means.value, point_id=source.point or None))
        self._session.flush()

    def hosts(self) -> Hosts:
        return hosts(self._session)

    def set_hosts(self, hosts: Hosts) -> None:
        value = {"outside": sorted(hosts.outside), "inside": sorted(hosts.inside)}
        self._session.merge(SettingRow(key=HOSTS, value=value))
        self._session.flush()

    def clipping(self, clipping_id: str) -> Clipping | None:
        return next(iter(told(self._session, select(ClippingRow).where(ClippingRow.id == clipping_id))), None)

    def has_clipping(self, source_id: str, uid: str) -> bool:
        mine = ClippingRow.source_id == source_id, ClippingRow.uid == uid
        return self._session.scalar(select(ClippingRow.id).where(*mine)) is not None

    def same_clipping(self, link: str, digest: str) -> str:
        """The id of the first clipping that says the same, or stands at the same address; empty for none."""
        first = select(ClippingRow.id).order_by(ClippingRow.at, ClippingRow.id).limit(1)
        same = self._session.scalar(first.where(ClippingRow.digest == digest))
        return same or (link and self._session.scalar(first.where(ClippingRow.link == link))) or ""

    def keep_clipping(self, clipping: Clipping) -> None:
        """Write a clipping as it now is: new with the files it came with, later with all of them or none."""
        self._flush()
        new = self._session.get(ClippingRow, clipping.id) is None
        values = {name: getattr(clipping, name) for name in _CLIPPING}
        self._session.merge(
            ClippingRow(
                **values,
                source_id=clipping.source,
                matched=list(clipping.matched),
                reading=dict(clipping.reading),
                near_id=clipping.near or None,
                state=clipping.state.value,
                case_id=clipping.case_id or None,
            )
        )
        self._session.flush()
        if new and clipping.files:
            rows = [
                {"id": secrets.token_urlsafe(16), "clipping_id": clipping.id, **ref} for ref in clipping.files
            ]
            self._session.execute(insert(ClippingFileRow), rows)
        if not new and not clipping.files:
            self._forget_files(clipping.id)

    def _forget_files(self, clipping_id: str) -> None:
        mine = ClippingFileRow.clipping_id == clipping_id
        digests = self._session.scalars(select(ClippingFileRow.digest).where(mine)).all()
        self._session.execute(delete(ClippingFileRow).where(mine))
        for digest in digests:
            self.discard_file(digest)

    def registered(self, number: str, sender: str, digests: Sequence[str]) -> str:
        """The number of a registered document that is the same one: its file, or its sender and number (N20)."""
        incoming = select(CaseRow.number).where(CaseRow.process.in_(["incoming_document"])).limit(1)
        self._flush()
        if digests:
            kept = select(AttachmentRow.case_id).where(AttachmentRow.digest.in_(digests))
            if found := self._session.scalar(incoming.where(CaseRow.id.in_(kept))):
                return found
        if not (number and sender):
            return ""
        said = {"doc_number": number, "sender_org": sender}
        same = (registers.equals(CaseRow.data[key].as_string(), value) for key, value in said.items())
        return self._session.scalar(incoming.where(*same)) or ""

    def open_token(self, name: str, source_id: str, by: str, at: datetime) -> str:
        """A new key to the interface, of which only the digest is kept."""
        token = tokens.new()
        row = {"name": name, "source_id": source_id, "by": by, "at": at}
        self._session.add(IntakeTokenRow(id=self.new_id(), token_hash=tokens.digest(token), **row))
        self._session.flush()
        return token

    def revoke_token(self, token_id: str, at: datetime) -> str:
        """The name of the token that holds no more; empty where there is none."""
        row = self._session.get(IntakeTokenRow, token_id)
        if row is None or row.revoked_at:
            return ""
        row.revoked_at = at
        self._session.flush()
        return row.name

    def used_token(self, token_id: str, at: datetime) -> None:
        if row := self._session.get(IntakeTokenRow, token_id):
            row.used_at = at
            self._session.flush()


_SOURCE = (
    "id", "title", "address", "takes", "asks", "every", "active", "by", "next_at", "last_at", "last_said",
    "failures", "version",
)  # fmt: skip
_CLIPPING = (
    "id", "uid", "digest", "takes", "title", "text", "link", "sender", "point", "note", "published_at", "at",
    "by", "decided_at",
)  # fmt: skip


def points(session: Session) -> dict[str, Point]:
    """The monitoring points by id, in the order of their titles."""
    rows = session.scalars(select(MonitorPointRow).order_by(MonitorPointRow.title))
    return {
        row.id: Point(row.id, row.title, tuple(row.words), tuple(row.never), row.how, row.active)
        for row in rows
    }


def sources(session: Session) -> dict[str, Source]:
    """The sources by id, in the order of their titles."""
    rows = session.scalars(
        select(SourceRow).order_by(SourceRow.title).execution_options(populate_existing=True)
    )
    return {row.id: _source(row) for row in rows}


def _source(row: SourceRow) -> Source:
    told = {name: getattr(row, name) for name in _SOURCE}
    return Source(**told, means=Means(row.means), point=row.point_id or "")


def hosts(session: Session) -> Hosts:
    """The hosts that may be called; none until the administrator names some."""
    row = session.get(SettingRow, HOSTS)
    return Hosts(frozenset(row.value["outside"]), frozenset(row.value["inside"])) if row else Hosts()


def told(session: Session, query: Select[ClippingRow]) -> list[Clipping]:
    """The clippings of a query with their files, in its order."""
    rows: Sequence[Any] = session.scalars(query.execution_options(populate_existing=True)).all()
    files: dict[str, list[FileRef]] = {}
    of = ClippingFileRow.clipping_id.in_([row.id for row in rows])
    for one in session.scalars(select(ClippingFileRow).where(of).order_by(ClippingFileRow.name)):
        files.setdefault(one.clipping_id, []).append(FileRef(digest=one.digest, name=one.name))
    return [_clipping(row, files.get(row.id, ())) for row in rows]


def _clipping(row: ClippingRow, files: Iterable[FileRef]) -> Clipping:
    values: dict[str, Any] = {name: getattr(row, name) for name in _CLIPPING}
    return Clipping(
        **values,
        source=row.source_id,
        matched=tuple(row.matched),
        reading=row.reading,
        near=row.near_id or "",
        files=tuple(files),
        state=State(row.state),
        case_id=row.case_id or "",
    )


def recent(database: Database, now: datetime) -> list[Known]:
    """What came lately and says something, the newest first: among these near-same things are looked for."""
    columns = (ClippingRow.id, ClippingRow.title, ClippingRow.text)
    query = select(*columns).where(ClippingRow.at >= now - REMEMBERED)
    with database.reading() as session:
        rows = session.execute(query.order_by(ClippingRow.at.desc()).limit(MOST_REMEMBERED))
        return [Known.of(*row) for row in rows]


def due(database: Database, now: datetime) -> list[str]:
    """The ids of the sources that are to be looked at now, those that wait longest first; none of a point that rests."""
    resting = select(MonitorPointRow.id).where(MonitorPointRow.active.is_(False))
    watched = or_(SourceRow.point_id.is_(None), SourceRow.point_id.not_in(resting))
    wanted = SourceRow.active, SourceRow.next_at.is_not(None), SourceRow.next_at <= now, watched
    with database.reading() as session:
        return list(session.scalars(select(SourceRow.id).where(*wanted).order_by(SourceRow.next_at)))


def token(session: Session, said: str) -> tuple[str, str] | None:
    """The token's id and its source's, of a token that holds; None for every other."""
    if not said.isascii() or len(said) > 100:
        return None
    digest = tokens.digest(said)
    known = IntakeTokenRow.token_hash == digest, IntakeTokenRow.revoked_at.is_(None)
    row = session.execute(select(IntakeTokenRow.id, IntakeTokenRow.source_id).where(*known)).one_or_none()
    return (row.id, row.source_id) if row else None

"""The commands on where things may come from: monitoring points, sources, hosts, and keys to the interface (R57, R91).

What a source brings is taken in by `core.clippings`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from core.collecting import (
    DOCUMENTS,
    HOSTS,
    LATEST,
    POINT,
    SOURCE,
    TOKEN,
    Hosts,
    Means,
    Point,
    hosts_in,
    line_of,
    point_of,
    why_not_address,
)
from core.errors import Conflict, NotAllowed, NotFound, Refused
from core.fields import accept
from core.office import Office, Values
from core.people import Person
from core.policy import why_not_keep_hosts, why_not_keep_sources, why_not_open
from core.ports import Clock, Unit
from core.process import Process

REGISTERED_AS = "incoming_document"
"""What a document becomes that came by itself."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where things come from. `point` is the id of a monitoring point, or empty; `by` answers for it."""

    id: str
    title: str
    means: Means
    address: str
    point: str
    takes: str
    asks: bool
    every: int
    by: str
    active: bool = False
    next_at: datetime | None = None
    last_at: datetime | None = None
    last_said: str = ""
    failures: int = 0
    version: int = 1

    @property
    def registers(self) -> bool:
        """Whether documents from here go to the register without a person's word."""
        return self.takes == DOCUMENTS and not self.asks


class SourcesUnit(Unit, Protocol):
    """One transaction that also reaches sources."""

    def points(self) -> Mapping[str, Point]: ...
    def keep_point(self, point: Point) -> None: ...
    def sources(self) -> Mapping[str, Source]: ...
    def keep_source(self, source: Source) -> None: ...
    def hosts(self) -> Hosts: ...
    def set_hosts(self, hosts: Hosts) -> None: ...
    def open_token(self, name: str, source_id: str, by: str, at: datetime) -> str: ...
    def revoke_token(self, token_id: str, at: datetime) -> str: ...


class Sources(Office):
    """Commands on where things may come from."""

    def __init__(self, unit: Callable[[], SourcesUnit], clock: Clock) -> None:
        super().__init__(unit, clock)
        self._sources = unit

    def keep_point(self, values: Values, *, by: Person, point_id: str = "", active: bool = True) -> str:
        """A new monitoring point, or another content of one; its id."""
        now, taken = self._clock(), accept(POINT, values)
        with self._sources() as unit:
            by = _keeper(unit, by, now)
            point = replace(point_of(point_id or unit.new_id(), taken), active=active)
            _only_one(point.title, ((one.id, one.title) for one in unit.points().values()), point.id)
            if point_id and point_id not in unit.points():
                raise NotFound("没有这个监测点，请刷新后再看")
            unit.keep_point(point)
            unit.journal(
                now, by.id, "point.changed" if point_id else "point.added", point.title, _told(taken)
            )
            unit.commit()
        return point.id

    def switch_point(self, point_id: str, active: bool, *, by: Person) -> None:
        """Watch a point or rest it: while it rests, its sources are not looked at."""
        now = self._clock()
        with self._sources() as unit:
            by = _keeper(unit, by, now)
            point = unit.points().get(point_id)
            if point is None:
                raise NotFound("没有这个监测点，请刷新后再看")
            unit.keep_point(replace(point, active=active))
            unit.journal(now, by.id, "point.changed", point.title, {"active": active})
            unit.commit()

    def keep_source(self, values: Values, *, by: Person, source_id: str = "", seen: int = 0) -> str:
        """A new source, which rests until it is switched on, or other particulars of one; its id.

        Whoever sets it up answers for it: documents that it registers by itself are registered for them.
        """
        now, taken = self._clock(), accept(SOURCE, values)
        with self._sources() as unit:
            by = _keeper(unit, by, now)
            known = known_source(unit, source_id, seen) if source_id else None
            source = _drawn(taken, known, source_id or unit.new_id(), by)
            _only_one(source.title, ((one.id, one.title) for one in unit.sources().values()), source.id)
            if problems := self._problems(unit, source, by, now):
                raise Refused(problems)
            unit.keep_source(source)
            unit.journal(
                now, by.id, "source.changed" if known else "source.added", source.title, _told(taken)
            )
            unit.commit()
        return source.id

    def _problems(self, unit: SourcesUnit, source: Source, by: Person, now: datetime) -> dict[str, str]:
        found = {
            "address": why_not_address(source.means, source.address, unit.hosts()),
            "point": "没有这个监测点，请重新选择"
            if source.point and source.point not in unit.points()
            else None,
            "every": f"最多 {LATEST} 分钟，即每天一次" if source.every > LATEST else None,
            "asks": "不经确认自动登记的来源由文秘岗设置：程序以设置人的名义签收"
            if source.registers and why_not_open(by, self._process(unit, REGISTERED_AS, now))
            else None,
        }
        return {key: problem for key, problem in found.items() if problem}

    def switch(self, source_id: str, active: bool, *, by: Person, seen: int) -> None:
        """Begin or stop looking at a source."""
        now = self._clock()
        with self._sources() as unit:
            by = _keeper(unit, by, now)
            source = known_source(unit, source_id, seen)
            if active and (problems := self._problems(unit, source, unit.person(source.by, now), now)):
                raise Refused({"": "；".join(problems.values())})
            wait = now if active and source.means.is_fetched else None
            unit.keep_source(
                replace(source, active=active, next_at=wait, failures=0, version=source.version + 1)
            )
            unit.journal(now, by.id, "source.started" if active else "source.stopped", source.title)
            unit.commit()

    def set_hosts(self, values: Values, *, by: Person) -> None:
        """The hosts that may be called from now on; sources elsewhere are refused at their next look."""
        now, taken = self._clock(), accept(HOSTS, values)
        hosts, problem = hosts_in(taken["hosts"] or "")
        if problem:
            raise Refused({"hosts": problem})
        with self._sources() as unit:
            by = unit.person(by.id, now)
            if reason := why_not_keep_hosts(by):
                raise NotAllowed(reason)
            was = unit.hosts().lines.splitlines()
            unit.set_hosts(hosts)
            unit.journal(now, by.id, "hosts.changed", "", {"was": was, "now": hosts.lines.splitlines()})
            unit.commit()

    def issue_token(self, source_id: str, values: Values, *, by: Person) -> str:
        """A key to the interface for one source, which is told once and never again."""
        now, taken = self._clock(), accept(TOKEN, values)
        with self._sources() as unit:
            by = unit.person(by.id, now)
            if reason := why_not_keep_hosts(by):
                raise NotAllowed(reason)
            source = known_source(unit, source_id)
            if source.means is not Means.API:
                raise Refused({"name": "令牌只发给方式为“接口”的来源"})
            name = line_of(taken["name"], 80)
            token = unit.open_token(name, source_id, by.id, now)
            unit.journal(now, by.id, "token.issued", name, {"source": source.title})
            unit.commit()
        return token

    def revoke_token(self, token_id: str, *, by: Person) -> None:
        """A key to the interface opens nothing any more."""
        now = self._clock()
        with self._sources() as unit:
            by = unit.person(by.id, now)
            if reason := why_not_keep_hosts(by):
                raise NotAllowed(reason)
            name = unit.revoke_token(token_id, now)
            if not name:
                raise NotFound("没有这个令牌，或已经停用")
            unit.journal(now, by.id, "token.revoked", name)
            unit.commit()

    def _process(self, unit: Unit, key: str, now: datetime) -> Process:
        return unit.standard().in_force(key, now.astimezone(unit.calendar().zone).date())


def _drawn(taken: Values, known: Source | None, source_id: str, by: Person) -> Source:
    """A source as its form describes it; what the form does not ask stays."""
    told: dict[str, Any] = {
        "title": line_of(taken["title"], 80),
        "means": Means.labelled(taken["means"]),
        "address": (taken["address"] or "").strip(),
        "point": taken["point"] or "",
        "takes": taken["takes"],
        "asks": taken["asks"] is not False,
        "every": taken["every"],
        "by": by.id,
    }
    return replace(known, **told, version=known.version + 1) if known else Source(id=source_id, **told)


def _told(taken: Values) -> dict[str, Any]:
    return {key: value for key, value in taken.items() if value not in (None, "") and key != "title"}


def _only_one(title: str, known: Iterable[tuple[str, str]], own: str) -> None:
    if any(other == title and key != own for key, other in known):
        raise Refused({"title": f"已经有“{title}”，请换一个名称"})


def _keeper(unit: Unit, by: Person, now: datetime) -> Person:
    by = unit.person(by.id, now)
    if reason := why_not_keep_sources(by):
        raise NotAllowed(reason)
    return by


def known_source(unit: SourcesUnit, source_id: str, seen: int = 0) -> Source:
    """A source, unless it is none or has changed since version `seen`; 0 for any version."""
    source = unit.sources().get(source_id)
    if source is None:
        raise NotFound("没有这个来源，请刷新后再看")
    if seen and seen != source.version:
        raise Conflict("这个来源刚有人改过，请看过现在的内容再办理")
    return source

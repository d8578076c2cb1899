"""The commands on what comes in from outside: taking it in, and what becomes of it (R57, R91).

A thing that a source brought waits as a clipping until a person keeps, registers or drops it. Only where the office
has said so does a document go to the register by itself; the trace then says that the program did it, and for whom.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from core.brought import File, Part, parts
from core.case import Case
from core.collecting import (
    DOCUMENTS,
    INFORMATION,
    Found,
    Known,
    near_of,
    next_look,
    uid_of,
)
from core.errors import Conflict, NotAllowed, NotFound, OfficeError, Refused
from core.fields import FileRef
from core.office import Values, seen_by
from core.people import SYSTEM, Person
from core.policy import why_not_judge_clippings, why_not_open
from core.ports import Clock, Unit
from core.process import Process
from core.processes.information import ACCEPT
from core.processes.information import KEY as INFORMATION_KEY
from core.sources import REGISTERED_AS, Source, Sources, SourcesUnit, known_source

DECIDE = "grade"
"""The step by which a kept clipping is graded otherwise than suggested."""

_EMPTIED: Mapping[str, Any] = {
    "title": "（按涉密处理，题名从略）",
    "text": "",
    "link": "",
    "reading": {},
    "note": "",
    "matched": (),
}
"""What is left of a clipping that turned out to be secret."""

GONE = "没有这条来件，或已有人处理，请刷新后再看"


class State(StrEnum):
    """What became of a clipping."""

    WAITING = "waiting"
    KEPT = "kept"
    DROPPED = "dropped"


class Outcome(StrEnum):
    """What became of a found thing when it was taken in."""

    TAKEN = "taken"
    REGISTERED = "registered"
    SAME = "same"
    ASIDE = "aside"


@dataclass(frozen=True, kw_only=True)
class Clipping:
    """A thing that a source brought, as it is kept. `near`: the id of an earlier one that tells the same."""

    id: str
    source: str
    uid: str
    digest: str
    takes: str
    title: str
    at: datetime
    text: str = ""
    link: str = ""
    sender: str = ""
    point: str = ""
    matched: tuple[str, ...] = ()
    reading: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    published_at: datetime | None = None
    near: str = ""
    files: tuple[FileRef, ...] = ()
    state: State = State.WAITING
    by: str = ""
    decided_at: datetime | None = None
    case_id: str = ""

    @property
    def is_stub(self) -> bool:
        """Whether it bears a mark of secrecy: then nothing of it is here but that it came (C23)."""
        return bool(self.reading.get("secrecy_level"))


@dataclass(frozen=True)
class TakenIn:
    """What became of a thing: its clipping, where there is one, and what of it was not taken, a sentence each."""

    outcome: Outcome
    clipping: str = ""
    title: str = ""
    text: str = ""
    troubles: tuple[str, ...] = ()
    case_id: str = ""


class CollectingUnit(SourcesUnit, Protocol):
    """One transaction that also reaches sources and clippings."""

    def clipping(self, clipping_id: str) -> Clipping | None: ...
    def has_clipping(self, source_id: str, uid: str) -> bool: ...
    def same_clipping(self, link: str, digest: str) -> str: ...
    def keep_clipping(self, clipping: Clipping) -> None: ...
    def registered(self, number: str, sender: str, digests: Sequence[str]) -> str: ...


class Collecting(Sources):
    """Commands on sources and on what they bring."""

    def __init__(self, unit: Callable[[], CollectingUnit], clock: Clock) -> None:
        super().__init__(unit, clock)
        self._collecting = unit

    # --- taking it in -----------------------------------------------------------------------------------

    def take_in(self, source_id: str, found: Found, recent: Sequence[Known] = ()) -> list[TakenIn]:
        """Take in what a source brought, one transaction; the program does it by itself.

        What became of each thing it came to. `recent` are those among which near-same ones are looked for.
        """
        now = self._clock()
        with self._collecting() as unit:
            source = known_source(unit, source_id)
            if _is_known(unit, source, found):
                return [TakenIn(Outcome.SAME)]
        brought = parts(found, source.takes)
        with self._collecting() as unit:
            source = known_source(unit, source_id)
            if _is_known(unit, source, found):
                return [TakenIn(Outcome.SAME)]
            done = [self._taken(unit, source, part, recent, now) for part in brought]
            unit.commit()
        return done

    def _taken(
        self, unit: CollectingUnit, source: Source, part: Part, recent: Sequence[Known], now: datetime
    ) -> TakenIn:
        point = unit.points().get(source.point)
        hits = point.hits(f"{part.title}\n{part.text}") if point else ()
        if hits is None and source.means.is_web and source.takes == INFORMATION:
            return TakenIn(Outcome.ASIDE)
        same = unit.same_clipping(part.link, part.digest)
        if same and source.takes == INFORMATION and not part.level:
            return TakenIn(Outcome.SAME)
        near = same or ("" if part.level else near_of(Known.of("", part.title, part.text), recent))
        clipping = replace(
            _clipping(unit.new_id(), source, part, now),
            point=point.title if point else "",
            matched=tuple(hits or ()),
            near=near,
            files=tuple(_kept(unit, part.files, now)),
        )
        for trouble in part.troubles:
            unit.journal(now, SYSTEM.id, "intake.refused", source.title, {"why": trouble})
        if source.registers:
            clipping = self._registered(unit, source, clipping, part, now)
        unit.keep_clipping(clipping)
        became = Outcome.REGISTERED if clipping.case_id else Outcome.TAKEN
        return TakenIn(became, clipping.id, clipping.title, clipping.text, part.troubles, clipping.case_id)

    def _registered(
        self, unit: CollectingUnit, source: Source, clipping: Clipping, part: Part, now: datetime
    ) -> Clipping:
        """Sign a document in by itself, for whoever set up its source; with a doubt, it waits for a person."""
        process = self._process(unit, REGISTERED_AS, now)
        values = opening_of(clipping, process, now)
        try:
            holder = unit.person(source.by, now)
            if doubt := self._doubt(unit, clipping, part, holder, process):
                raise NotAllowed(doubt)
            case = self._open(
                unit, process, unit.new_id(), values, replace(SYSTEM, stands_in_for=(holder,)), now
            )
        except OfficeError as refusal:
            note = "；".join(filter(None, (clipping.note, f"没有自动登记：{refusal}")))
            return replace(clipping, note=note[:500])
        return replace(clipping, state=State.KEPT, by=SYSTEM.id, decided_at=now, case_id=case.id, files=())

    def _doubt(
        self, unit: CollectingUnit, clipping: Clipping, part: Part, holder: Person, process: Process
    ) -> str | None:
        """Why this document should not be registered without a person, or None."""
        if clipping.is_stub:
            return "标有密级"
        if part.troubles or part.unread:
            return "有附件没有收下" if part.troubles else "读不出文字"
        if why_not_open(holder, process):
            return f"来源由{holder.name}设置，现在不能签收，请文秘岗重新保存这个来源"
        told = clipping.reading
        number, sender = (str(told.get(key) or "") for key in ("doc_number", "sender_org"))
        same = unit.registered(number, sender, [ref["digest"] for ref in clipping.files])
        if same or clipping.near:
            return f"与{same}重复" if same else "与前一件相同"
        return None

    def looked(self, source_id: str, said: str, *, failed: bool) -> None:
        """Write down how a look at a source went, and when the next one is; what failed stands in the journal."""
        now = self._clock()
        with self._collecting() as unit:
            source = known_source(unit, source_id)
            failures = source.failures + 1 if failed else 0
            following = next_look(now, source.every, failures) if source.active else None
            unit.keep_source(
                replace(source, last_at=now, last_said=said[:300], failures=failures, next_at=following)
            )
            if failed:
                unit.journal(now, SYSTEM.id, "source.failed", source.title, {"why": said})
            unit.commit()

    def refused(self, source: str, why: str) -> None:
        """Write down that something was not taken in, and why; `source` by its name."""
        now = self._clock()
        with self._collecting() as unit:
            unit.journal(now, SYSTEM.id, "intake.refused", source, {"why": why})
            unit.commit()

    # --- what becomes of it -----------------------------------------------------------------------------

    def use(self, clipping_id: str, grade: Values | None = None, *, by: Person) -> Case:
        """Keep a clipping and grade it in the same moment: as the rules suggest, or as `grade` answers the step."""
        now = self._clock()
        with self._collecting() as unit:
            by = _judge(unit, by, now)
            case = self._used(unit, clipping_id, grade, by, now)
            unit.commit()
        return case

    def use_all(self, clipping_ids: Iterable[str], *, by: Person) -> dict[str, str | None]:
        """The same with several at once, graded as the rules suggest: by clipping why not, or None (N5)."""
        now = self._clock()
        with self._collecting() as unit:
            by = _judge(unit, by, now)
            done = {one: _why_not(self._used, unit, one, None, by, now) for one in clipping_ids}
            unit.commit()
        return done

    def _used(
        self, unit: CollectingUnit, clipping_id: str, grade: Values | None, by: Person, now: datetime
    ) -> Case:
        clipping = _waiting(unit, clipping_id)
        if clipping.takes != INFORMATION:
            raise Refused({"": "这是来文，请到“收文”页登记"})
        if clipping.is_stub:
            raise Refused({"": "标有密级的来件这里只留提示，请按保密规定处理原件，这一条点“不采用”"})
        process = self._process(unit, INFORMATION_KEY, now)
        case = self._open(unit, process, unit.new_id(), self._told_of(unit, clipping, process), by, now)
        step = ACCEPT if grade is None else DECIDE
        case = self._act(unit, case, step, grade or {}, by, now)
        _settle(unit, clipping, State.KEPT, by, now, case.id)
        return case

    def _told_of(self, unit: CollectingUnit, clipping: Clipping, process: Process) -> Values:
        asked = {one.key for one in process.opens_with}
        told = {
            "title": clipping.title,
            "summary": clipping.text,
            "channel": "外部",
            "source_name": clipping.sender or unit.sources()[clipping.source].title,
            "source_link": clipping.link[:500],
            "monitor_point": clipping.point,
            "matched": "、".join(clipping.matched)[:500],
            "published_at": clipping.published_at,
            "files": list(clipping.files),
            "secrecy_level": "非密",
        }
        return {key: value for key, value in told.items() if key in asked}

    def drop(
        self, clipping_ids: Iterable[str], *, by: Person, reason: str = "", secret: bool = False
    ) -> dict[str, str | None]:
        """Do not use these: they stay known, so that they do not come again. By clipping why not, or None (N5).

        What they brought along is removed; where they turned out to be secret, all they say as well (P24).
        """
        now = self._clock()
        with self._collecting() as unit:
            by = _judge(unit, by, now)
            done = {one: _why_not(self._dropped, unit, one, by, now, reason, secret) for one in clipping_ids}
            unit.commit()
        return done

    def _dropped(
        self, unit: CollectingUnit, clipping_id: str, by: Person, now: datetime, reason: str, secret: bool
    ) -> None:
        clipping = _waiting(unit, clipping_id)
        emptied = replace(clipping, **_EMPTIED) if secret else clipping
        _settle(unit, emptied, State.DROPPED, by, now)
        if secret or clipping.takes == DOCUMENTS:
            unit.journal(now, by.id, "intake.dropped", emptied.title, {"reason": reason})

    def register(
        self,
        clipping_id: str,
        opening: Values,
        *,
        by: Person,
        form: str = "",
        then: tuple[str, Values] | None = None,
        reserved: str = "",
    ) -> Case:
        """Register a document that waited for a person, as `Office.open` does; it waits no more."""
        now = self._clock()
        with self._collecting() as unit:
            by = unit.person(by.id, now)
            if form and unit.has_case(form):
                return seen_by(unit, form, by)
            clipping = _waiting(unit, clipping_id)
            process = self._process(unit, REGISTERED_AS, now)
            case = self._open(unit, process, form or unit.new_id(), opening, by, now, reserved=reserved)
            if then:
                case = self._act(unit, case, then[0], then[1], by, now)
            told = replace(clipping, **_EMPTIED) if case.grade.classified else clipping
            _settle(unit, told, State.KEPT, by, now, case.id)
            unit.save_draft(by.id, REGISTERED_AS, None, now)
            unit.commit()
        return case


def opening_of(clipping: Clipping, process: Process, now: datetime) -> dict[str, Any]:
    """What the register's form is filled with from a document that came by itself."""
    offered = {one.key: one for one in process.opens_with}
    told = {key: offered[key].unpack(value) for key, value in clipping.reading.items() if key in offered}
    told = {
        key: value for key, value in told.items() if not offered[key].choices or value in offered[key].choices
    }
    given = {"title": clipping.title, "sender_org": clipping.sender, "received_at": now}
    defaults = {one.key: one.default for one in process.opens_with if one.default is not None}
    filled = {**defaults, **{key: value for key, value in given.items() if value}, **told}
    return {**filled, "files": [] if clipping.is_stub else list(clipping.files)}


# --- small things ----------------------------------------------------------------------------------------


def _clipping(key: str, source: Source, part: Part, now: datetime) -> Clipping:
    """A part as it begins to wait."""
    told = {
        name: getattr(part, name)
        for name in ("uid", "digest", "title", "text", "link", "sender", "reading", "published_at")
    }
    note = "；".join(filter(None, (*part.troubles, part.unread)))[:500]
    return Clipping(id=key, source=source.id, takes=source.takes, at=now, note=note, **told)


def _kept(unit: Unit, files: Iterable[File], now: datetime) -> Iterable[FileRef]:
    for one in files:
        digest = unit.keep_file(one.content, one.kind, now, one.text)
        yield FileRef(digest=digest, name=one.name)


def _is_known(unit: CollectingUnit, source: Source, found: Found) -> bool:
    return unit.has_clipping(source.id, uid_of(found.uid))


def _judge(unit: Unit, by: Person, now: datetime) -> Person:
    by = unit.person(by.id, now)
    if reason := why_not_judge_clippings(by):
        raise NotAllowed(reason)
    return by


def _waiting(unit: CollectingUnit, clipping_id: str) -> Clipping:
    clipping = unit.clipping(clipping_id)
    if clipping is None:
        raise NotFound(GONE)
    if clipping.state is State.WAITING:
        return clipping
    when = clipping.decided_at.astimezone(unit.calendar().zone) if clipping.decided_at else None
    what = f"已登记为 {unit.case(clipping.case_id).number}" if clipping.case_id else "定为不采用"
    raise Conflict(
        f"{unit.directory().name(clipping.by)}已于 {when:%m-%d %H:%M} 把这一条{what}，不用再办，请刷新后再看"
    )


def _settle(
    unit: CollectingUnit, clipping: Clipping, state: State, by: Person, now: datetime, case_id: str = ""
) -> None:
    """Write down what became of a clipping. Its files are the case's now, or nobody's."""
    settled = replace(clipping, state=state, by=by.id, decided_at=now, case_id=case_id, files=())
    unit.keep_clipping(settled)


def _why_not(command: Callable[..., object], *told: Any) -> str | None:
    """Why a command was refused, or None where it was done."""
    try:
        command(*told)
    except OfficeError as refusal:
        return str(refusal)
    return None

"""Entries of the calendar and what they use, as rows.

What overlaps is found by one index, `(whom, begins, ends)`: no use is longer than the longest that was ever kept
of that person or room, so only what began since then need be looked at. The commands ask inside their writing
transaction, which is alone; on PostgreSQL a constraint holds rooms and cars besides.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.case import Case
from core.conflicts import Span, overlap
from core.errors import Conflict, Refused
from core.people import DEPARTMENT, RESOURCE, Grade
from core.schedule import OFF, Entry, Resource, Rules, Use, absence, entry_of, rules_of, spans
from core.worktime import WorkingCalendar
from db.registers import parts
from db.tables import (
    AbsenceRow,
    CaseRow,
    EntryRow,
    LongestUseRow,
    OccurrenceRow,
    PersonRow,
    ResourceRow,
    SettingRow,
    table,
)

SETTING = "schedule"
"""The setting with the figures of the schedule."""

_USES, _ENTRIES, _LONGEST = table(OccurrenceRow), table(EntryRow), table(LongestUseRow)
_FIND = select(_USES.c.entry_id, _USES.c.begins, _USES.c.ends).where(
    _USES.c.whom == bindparam("of"),
    _USES.c.begins > bindparam("earliest"),
    _USES.c.begins < bindparam("until"),
    _USES.c.ends > bindparam("since"),
)
_HOW_LONG = select(_LONGEST.c.whom, _LONGEST.c.minutes).where(
    _LONGEST.c.whom.in_(bindparam("whom", expanding=True))
)
_AWAY = (
    select(AbsenceRow.id, AbsenceRow.person_id, AbsenceRow.since, AbsenceRow.until, PersonRow.name)
    .join(PersonRow, PersonRow.id == AbsenceRow.deputy_id)
    .order_by(AbsenceRow.since, AbsenceRow.id)
)
# Plain rows: a year's calendar needs no objects that could be changed.
ENTRY = select(*(column for column in _ENTRIES.c if column.name not in ("conflict_id", "sides")))
_BY_ID = ENTRY.where(_ENTRIES.c.id.in_(bindparam("ids", expanding=True)))


def rules(session: Session) -> Rules:
    """The figures of the schedule as the office has set them."""
    return rules_of(session.scalar(select(SettingRow.value).where(SettingRow.key == SETTING)))


def set_rules(session: Session, values: Mapping[str, Any]) -> None:
    session.merge(SettingRow(key=SETTING, value=dict(values)))
    session.flush()


def resources(session: Session) -> dict[str, Resource]:
    """Rooms, cars and the rest by their id, also those that are not used any more."""
    rows = session.scalars(select(ResourceRow).order_by(ResourceRow.kind, ResourceRow.name))
    return {row.id: Resource(row.id, row.kind, row.name, row.capacity, row.active) for row in rows}


def keep_resource(session: Session, one: Resource) -> None:
    """Store a room or a car, new or changed. `Refused` where there is one of that name."""
    session.merge(ResourceRow(**vars(one)))
    try:
        session.flush()
    except IntegrityError as error:
        raise Refused({"name": f"已有“{one.name}”，请换一个名称"}) from error


def entry(session: Session, entry_id: str) -> Entry | None:
    row = session.get(EntryRow, entry_id)
    return to_entry(row) if row else None


def entries(session: Session, ids: Iterable[str]) -> dict[str, Entry]:
    """Entries by their id."""
    found: dict[str, Entry] = {}
    for part in parts(list(dict.fromkeys(ids))):
        found |= {row.id: to_entry(row) for row in session.execute(_BY_ID, {"ids": part})}
    return found


def to_entry(row: Any) -> Entry:
    return Entry(
        id=row.id,
        title=row.title,
        sort=row.sort,
        important=row.important,
        begins=row.begins,
        ends=row.ends,
        all_day=row.all_day,
        whom=tuple(row.whom),
        place=row.place,
        note=row.note,
        rule=row.rule,
        working_days_only=row.working_days_only,
        until=row.until,
        exceptions=tuple(date.fromisoformat(day) for day in row.exceptions),
        series=row.series,
        case_id=row.case_id or "",
        state=row.state,
        grade=Grade(row.grade),
        by=row.by,
        version=row.version,
    )


def uses(session: Session, whom: Collection[str], within: Sequence[Span]) -> list[Use]:
    """When these are taken between the first and the last of some times, and by what."""
    if not within or not whom:
        return []
    since, until = within[0][0], max(span[1] for span in within)
    longest = _lasts(session, whom)
    rows = [
        (who, *row)
        for who in whom
        if who in longest
        for row in session.execute(
            _FIND,
            {"of": who, "earliest": since - timedelta(minutes=longest[who]), "since": since, "until": until},
        )
    ]
    known = entries(session, (row[1] for row in rows))
    found = [Use(who, begins, ends, known[entry_id]) for who, entry_id, begins, ends in rows]
    people = [who for who in whom if not who.startswith((DEPARTMENT, RESOURCE))]
    absent = away(session, since, until, people) if people else []
    return found + [Use(one.whom[0], one.begins, one.ends, one) for one in absent]


def away(
    session: Session, since: datetime, until: datetime, whom: Collection[str] | None = None
) -> list[Entry]:
    """Who is away in a window and who stands in for them, as entries: of these people, or of everybody (N10)."""
    query = _AWAY if whom is None else _AWAY.where(AbsenceRow.person_id.in_(list(whom)))
    rows = session.execute(query.where(AbsenceRow.since < until, AbsenceRow.until > since))
    return [absence(row.id, row.person_id, row.name, (row.since, row.until)) for row in rows]


def _lasts(session: Session, whom: Collection[str]) -> dict[str, int]:
    """For how many minutes each of these was ever taken at most; nothing of who never was."""
    return dict(session.execute(_HOW_LONG, {"whom": list(whom)}).all())


def keep(session: Session, one: Entry, times: Sequence[Span]) -> None:
    """Store an entry, new or changed, and when it uses whom. `Conflict` where the database knows a room as taken."""
    values = _values(one)
    if session.scalar(select(EntryRow.id).where(EntryRow.id == one.id)):
        session.execute(update(_ENTRIES).where(_ENTRIES.c.id == one.id).values(**values))
        session.execute(delete(_USES).where(_USES.c.entry_id == one.id))
        session.expire_all()
    else:
        session.execute(insert(_ENTRIES).values(**values, conflict_id=None, sides=[]))
    rows = [_use(one, who, span) for who in one.whom for span in times]
    if rows:
        _lengthen(session, one.whom, max(ends - begins for begins, ends in times))
        try:
            session.execute(insert(_USES), rows)
        except IntegrityError as error:
            raise Conflict("会议室或车辆刚被别人订走，请看过最新的日程再选；您填写的内容已保留") from error


def _values(one: Entry) -> dict[str, Any]:
    return {
        **{name: getattr(one, name) for name in _PLAIN},
        "whom": list(one.whom),
        "exceptions": [day.isoformat() for day in one.exceptions],
        "case_id": one.case_id or None,
        "grade": int(one.grade),
    }


_PLAIN = ("id", "title", "sort", "important", "begins", "ends", "all_day", "place", "note", "rule", "working_days_only",
          "until", "series", "state", "by", "version")  # fmt: skip


def _use(one: Entry, who: str, span: Span) -> dict[str, Any]:
    return {
        "entry_id": one.id,
        "whom": who,
        "begins": span[0],
        "ends": span[1],
        "important": one.important,
        "alone": who.startswith(RESOURCE),
    }


def _lengthen(session: Session, whom: Collection[str], lasts: timedelta) -> None:
    """Nothing that is kept of these is longer than what is noted."""
    minutes = -(-lasts // timedelta(minutes=1))
    known = _lasts(session, whom)
    for who in whom:
        if who not in known:
            session.execute(insert(_LONGEST).values(whom=who, minutes=minutes))
        elif known[who] < minutes:
            session.execute(update(_LONGEST).where(_LONGEST.c.whom == who).values(minutes=minutes))


# --- what waits for a decision ------------------------------------------------------------------------


def await_decision(session: Session, entry_id: str, case_id: str, sides: Sequence[Sequence[str]]) -> None:
    """The entry waits for the decision of a case, of none where the id is empty; its sides in the order of the rows."""
    waits = {"conflict_id": case_id or None, "sides": [list(side) for side in sides]}
    session.execute(update(_ENTRIES).where(_ENTRIES.c.id == entry_id).values(**waits))


def awaiting(session: Session, case_id: str) -> tuple[Entry, list[tuple[str, datetime]]] | None:
    """The entry that waits for the decision of a case and the sides of the conflict; None if none does."""
    row = session.scalar(select(EntryRow).where(EntryRow.conflict_id == case_id))
    if row is None:
        return None
    return to_entry(row), [(one, datetime.fromisoformat(begins)) for one, begins in row.sides]


# --- meetings and receptions --------------------------------------------------------------------------


def follow(session: Session, cases: Iterable[Case], calendar: WorkingCalendar) -> None:
    """Keep the entries of cases that take place somewhere: in the transaction that records what happened to them.

    `Refused` where a meeting newly names a room that is taken then. One that has its room keeps it, whatever is
    done to the meeting otherwise.
    """
    rooms = resources(session)
    for case in cases:
        now, before = entry_of(case, rooms.values()), entry(session, case.id)
        if now is None or (
            before and replace(now, version=before.version, whom=_as_before(now, before)) == before
        ):
            continue
        if before and _is_there(now, before):
            now = replace(now, whom=_as_before(now, before))
            keep(session, now, spans(now, calendar))
        else:
            times = spans(now, calendar)
            _why_not_there(session, now, times, calendar, rooms)
            keep(session, now, times)


def _is_there(now: Entry, before: Entry) -> bool:
    """Whether it takes place at the same time and place as it did."""
    return OFF not in (now.state, before.state) and (now.begins, now.ends, now.place) == (
        before.begins,
        before.ends,
        before.place,
    )


def _as_before(now: Entry, before: Entry) -> tuple[str, ...]:
    """Who takes part now, with the rooms it had: a room that is entered later does not stop a meeting."""
    if not _is_there(now, before):
        return now.whom
    return (*(who for who in now.whom if not who.startswith(RESOURCE)), *before.resources)


def _why_not_there(
    session: Session, one: Entry, times: Sequence[Span], calendar: WorkingCalendar, rooms: Mapping[str, Resource]
) -> None:  # fmt: skip
    taken = [use for use in uses(session, one.resources, times) if use.entry.id != one.id]
    if taken:
        begins, ends = (at.astimezone(calendar.zone) for at in taken[0].span)
        free = [
            room.name for room in rooms.values() if room.active and room.kind == rooms[taken[0].whom].kind
        ]
        busy = {rooms[use.whom].name for use in uses(session, list(rooms), times) if use.entry.id != one.id}
        others = [name for name in free if name not in busy]
        instead = f"，这段时间{'、'.join(others[:3])}空闲" if others else "，请换时间或地点"
        raise Refused({"place": f"{one.place} {begins:%m-%d %H:%M}–{ends:%H:%M} 已有安排{instead}"})


def recount(session: Session, calendar: WorkingCalendar) -> None:
    """What takes place on every working day takes place on those of this calendar, from now on.

    On a new day on which its room is taken it is left out, as an exception that can be taken back.
    """
    rows = session.execute(ENTRY.where(_ENTRIES.c.working_days_only, _ENTRIES.c.state != OFF)).all()
    for one in map(to_entry, rows):
        times = spans(one, calendar)
        taken = [use.span for use in uses(session, one.resources, times) if use.entry.id != one.id]
        left = {
            span[0].astimezone(calendar.zone).date() for span in times for use in taken if overlap(span, use)
        }
        changed = replace(one, exceptions=tuple(sorted({*one.exceptions, *left})), version=one.version + 1)
        keep(session, changed, spans(changed, calendar))


def missing(session: Session, processes: Collection[str]) -> list[str]:
    """Cases of these processes that are on no calendar: recorded before there was one."""
    has = select(EntryRow.id).where(EntryRow.case_id == CaseRow.id)
    query = select(CaseRow.id).where(CaseRow.process.in_(processes), ~has.exists())
    return list(session.scalars(query))

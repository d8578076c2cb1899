"""What is on the calendar: entries with their kinds and priority, what they repeat as, and what is used (R47–R50).

An entry is kept by the office's wall clock: a weekly meeting at nine stays at nine when the clocks change. Meetings
and receptions are entries by themselves, read off their case.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol

from core import recurrence
from core.case import Case, names_in
from core.conflicts import Span, alternatives, merged, overlap
from core.contacts import is_guest
from core.errors import Refused
from core.fields import Field, Kind, accept
from core.people import DEPARTMENT, RESOURCE, Grade, Person
from core.policy import why_not_see_entry
from core.ports import Directory
from core.worktime import WorkingCalendar

FIXED, PASSING, SUDDEN = "固定", "临时", "突发"
SORTS = (FIXED, PASSING, SUDDEN)
"""The three kinds of entry (R48)."""

AWAY = "外出"
"""What an absence is among the kinds: it stands on the calendar by itself, and nobody enters it there (N10)."""

GIVES_WAY, STAYS = "按优先级可以让", "按优先级保留"
"""What the priorities propose for a side of a conflict."""

ABSENCE = "absence:"
"""Prefix of the id of an absence on the calendar."""

SETTLED, OPEN, OFF = "已定", "待定", "已取消"
"""How an entry stands: settled, waiting for the decision on a conflict, or off."""

ONCE, DAILY, WORKDAYS = "不重复", "每天", "每个工作日"
REPEATS: Mapping[str, str] = {
    ONCE: "",
    DAILY: "FREQ=DAILY",
    WORKDAYS: "FREQ=DAILY",
    "每周": "FREQ=WEEKLY",
    "每两周": "FREQ=WEEKLY;INTERVAL=2",
    "每月": "FREQ=MONTHLY",
}
"""How often something takes place, and the recurrence rule of it (RFC 5545) without its end."""

MOST, LONGEST, AHEAD = 400, timedelta(days=60), timedelta(days=731)
"""How often an entry may take place in all, how long it may last, and how far ahead it may repeat."""

RESOURCE_KINDS = ("会议室", "车辆", "其他")

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Resource:
    """A room, a car or something else that only one can use at a time. `capacity` is the seats, 0 if unknown."""

    id: str
    kind: str
    name: str
    capacity: int = 0
    active: bool = True


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Something on the calendar; of what repeats, the whole series.

    `whom`: people by id, departments and resources with their prefix. `begins` and `ends` are the first time;
    `rule` says how it repeats, up to and with the day `until`; `exceptions` are days on which it does not.
    `series` is the entry that this one was taken out of. `grade`, `case_id`: of a meeting or a reception.
    """

    id: str
    title: str
    sort: str = PASSING
    important: bool = False
    begins: datetime
    ends: datetime
    all_day: bool = False
    whom: tuple[str, ...] = ()
    place: str = ""
    note: str = ""
    rule: str = ""
    working_days_only: bool = False
    until: date | None = None
    exceptions: tuple[date, ...] = ()
    series: str = ""
    case_id: str = ""
    state: str = SETTLED
    grade: Grade = Grade.OPEN
    by: str = ""
    version: int = 1

    @property
    def people(self) -> tuple[str, ...]:
        """Those of `whom` who are people with an account."""
        return tuple(who for who in self.whom if not who.startswith((DEPARTMENT, RESOURCE)))

    @property
    def resources(self) -> tuple[str, ...]:
        """Those of `whom` that are rooms, cars or other things."""
        return tuple(who for who in self.whom if who.startswith(RESOURCE))

    @property
    def is_absence(self) -> bool:
        """Whether somebody is away: everybody may know it, and who stands in."""
        return self.id.startswith(ABSENCE)

    @property
    def repeats(self) -> str:
        """How often it takes place, in words."""
        if not self.rule:
            return ONCE
        if self.working_days_only:
            return WORKDAYS
        return next((words for words, rule in REPEATS.items() if rule == self.rule), "按规则重复")


@dataclass(frozen=True)
class Use:
    """One time at which somebody or something is taken, and by which entry."""

    whom: str
    begins: datetime
    ends: datetime
    entry: Entry

    @property
    def span(self) -> Span:
        return self.begins, self.ends


@dataclass(frozen=True)
class Rules:
    """The figures of the schedule, each a setting of the office (R48–R50).

    `threshold`: so many important things of one person at one time need a decision. `weights`: what each kind
    counts for, `important` what importance adds: what has less gives way. `step`: minutes between the times that
    are offered, `offered` how many. `alarm`: minutes before, at which a calendar reminds.
    """

    threshold: int = 2
    weights: Mapping[str, int] = field(default_factory=lambda: {SUDDEN: 3, FIXED: 2, PASSING: 1})
    important: int = 10
    step: int = 30
    offered: int = 3
    alarm: int = 15

    def priority(self, entry: Entry) -> int:
        """How much an entry weighs: of two that clash the lighter one may move."""
        return self.weighs(entry.sort, entry.important)

    def weighs(self, sort: str, important: bool) -> int:
        """How much something of this kind weighs."""
        return self.weights.get(sort, 0) + (self.important if important else 0)


RULES = (
    Field(key="threshold", title="同一时段几项重要活动须报批", kind=Kind.NUMBER, at_least=2, default=2),
    Field(key="important", title="重要活动的分量", kind=Kind.NUMBER, default=10),
    Field(key=SUDDEN, title="突发的分量", kind=Kind.NUMBER, default=3),
    Field(key=FIXED, title="固定的分量", kind=Kind.NUMBER, default=2),
    Field(key=PASSING, title="临时的分量", kind=Kind.NUMBER, default=1),
    Field(key="step", title="备选时间的间隔（分钟）", kind=Kind.NUMBER, at_least=5, default=30),
    Field(key="offered", title="给几个备选时间", kind=Kind.NUMBER, at_least=1, default=3),
    Field(key="alarm", title="订阅的日历提前几分钟提醒", kind=Kind.NUMBER, default=15),
)
"""What is asked of whoever sets the figures."""


def rules_of(stored: Mapping[str, Any] | None) -> Rules:
    """The rules as they are set; what was never set is as shipped."""
    told = {f.key: (stored or {}).get(f.key, f.default) for f in RULES}
    return Rules(
        told["threshold"], {sort: told[sort] for sort in SORTS}, told["important"], told["step"], told["offered"], told["alarm"]
    )  # fmt: skip


# --- the form -----------------------------------------------------------------------------------------

ENTRY = (
    Field(key="title", title="事项", help="不写涉密内容"),
    Field(key="begins", title="开始", kind=Kind.MOMENT),
    Field(key="ends", title="结束", kind=Kind.MOMENT),
    Field(key="all_day", title="全天", kind=Kind.YES_NO, required=False, default=False),
    Field(key="sort", title="类别", kind=Kind.CHOICE, options=SORTS, default=PASSING, help="固定如周例会，临时如接待，突发如紧急会议"),
    Field(key="important", title="重要", kind=Kind.YES_NO, required=False, default=False),
    Field(key="people", title="人员", kind=Kind.PEOPLE, required=False),
    Field(key="departments", title="部门", kind=Kind.DEPARTMENTS, required=False),
    Field(key="resources", title="会议室、车辆", kind=Kind.CHOICES, required=False),
    Field(key="place", title="其他地点", required=False),
    Field(key="note", title="备注", kind=Kind.TEXT, required=False),
    Field(key="repeat", title="重复", kind=Kind.CHOICE, options=tuple(REPEATS), default=ONCE),
    Field(key="until", title="重复到", kind=Kind.DATE, required=False),
)  # fmt: skip
"""What is asked of an entry."""

RESOURCE_FORM = (
    Field(key="kind", title="种类", kind=Kind.CHOICE, options=RESOURCE_KINDS, default=RESOURCE_KINDS[0]),
    Field(key="name", title="名称", help="如 302 会议室、1 号车；会议的地点写同样的名称，就占用它"),
    Field(key="capacity", title="座位", kind=Kind.NUMBER, required=False),
)
"""What is asked of a room or a car."""


def entry_fields(resources: Iterable[Resource]) -> tuple[Field, ...]:
    """The form of an entry in an office that has these rooms and cars."""
    names = tuple(one.name for one in resources if one.active)
    asked = (replace(one, options=names) if one.key == "resources" else one for one in ENTRY)
    return tuple(one for one in asked if one.key != "resources" or names)


def drafted(
    raw: Mapping[str, Any], entry_id: str, by: str, resources: Collection[Resource], calendar: WorkingCalendar
) -> Entry:
    """The entry that a filled-in form means. `Refused` says field by field what will not do."""
    fields = entry_fields(resources)
    asked = {one.key: one for one in fields}
    stored = accept(fields, {key: value for key, value in raw.items() if key in asked})
    said = {key: asked[key].unpack(value) for key, value in stored.items()}
    begins, ends = _moments(said, calendar)
    repeat = said["repeat"]
    entry = Entry(
        id=entry_id,
        title=said["title"],
        sort=said["sort"],
        important=bool(said["important"]),
        begins=begins,
        ends=ends,
        all_day=bool(said["all_day"]),
        whom=_whom(said, {one.name: one.id for one in resources if one.active}),
        place=said["place"] or "",
        note=said["note"] or "",
        rule=REPEATS[repeat],
        working_days_only=repeat == WORKDAYS,
        until=said["until"] if REPEATS[repeat] else None,
        by=by,
    )
    if problems := problems_of(entry, calendar):
        raise Refused(problems)
    return entry


def _moments(said: Mapping[str, Any], calendar: WorkingCalendar) -> Span:
    """When it begins and ends; of whole days from midnight to the midnight after the last."""
    begins, ends = (said[key].astimezone(calendar.zone) for key in ("begins", "ends"))
    return whole_days(begins, ends, calendar) if said["all_day"] else (begins, ends)


def whole_days(begins: datetime, ends: datetime, calendar: WorkingCalendar) -> Span:
    """From the midnight before a time to the midnight after it."""
    first, last = (
        at.astimezone(calendar.zone).date() for at in (begins, max(begins, ends - timedelta(microseconds=1)))
    )
    midnights = (datetime.combine(day, time.min, calendar.zone) for day in (first, last + DAY))
    return next(midnights), next(midnights)


def _whom(said: Mapping[str, Any], resources: Mapping[str, str]) -> tuple[str, ...]:
    named = [resources[name] for name in said.get("resources") or ()]
    departments = [DEPARTMENT + one for one in said["departments"] or ()]
    return tuple(dict.fromkeys([*(said["people"] or ()), *departments, *named]))


def problems_of(entry: Entry, calendar: WorkingCalendar) -> dict[str, str]:
    """What is wrong with an entry, by field of the form."""
    problems = {}
    if entry.ends <= entry.begins:
        problems["ends"] = "结束要晚于开始"
    elif entry.ends - entry.begins > LONGEST:
        problems["ends"] = f"一项日程最长 {LONGEST.days} 天，请分成几项"
    if not entry.whom:
        problems["people"] = "请选择人员、部门或会议室、车辆，至少一项"
    if entry.rule:
        problems |= _series_problems(entry, calendar)
    return problems


def _series_problems(entry: Entry, calendar: WorkingCalendar) -> dict[str, str]:
    first = entry.begins.astimezone(calendar.zone).date()
    if entry.until is None:
        return {"until": "请填写重复到哪一天"}
    if entry.until < first:
        return {"until": "重复的截止不能早于开始那天"}
    if entry.until - first > AHEAD:
        return {"until": "最多重复两年，到期再续"}
    if entry.ends - entry.begins > DAY:
        return {"ends": "重复的日程每次不能超过一天"}
    if len(spans(entry, calendar)) >= MOST:
        return {"until": f"重复次数太多，最多 {MOST - 1} 次，请把截止提前"}
    return {}


# --- when it takes place ------------------------------------------------------------------------------


def spans(entry: Entry, calendar: WorkingCalendar) -> list[Span]:
    """Every time an entry takes place, in order, as UTC; none where it is off.

    Counted by the wall clock of the office, so that a change of the clocks moves nothing.
    """
    if entry.state == OFF:
        return []
    first, last = (at.astimezone(calendar.zone).replace(tzinfo=None) for at in (entry.begins, entry.ends))
    return [
        (_utc(at, calendar), _utc(at + (last - first), calendar))
        for at in _starts(entry, first)
        if at.date() not in entry.exceptions
        and (not entry.working_days_only or calendar.is_working_day(at.date()))
    ]


def _starts(entry: Entry, first: datetime) -> list[datetime]:
    if not entry.rule:
        return [first]
    last = min(entry.until or first.date(), first.date() + AHEAD)
    try:
        rule = recurrence.read(entry.rule)
    except ValueError:
        return [
            first
        ]  # taken in by an earlier release that read more rules: as long as nobody changes it, it stays
    days = recurrence.days(rule, first.date(), last)
    return [datetime.combine(day, first.time()) for day in days[:MOST]]


def _utc(wall: datetime, calendar: WorkingCalendar) -> datetime:
    """A moment of the office's wall clock; one that the clocks skip is as much later as they skip."""
    return wall.replace(tzinfo=calendar.zone).astimezone(UTC)


def within(entry: Entry, calendar: WorkingCalendar, since: datetime, until: datetime) -> list[Span]:
    """The times at which an entry takes place in a window."""
    return [span for span in spans(entry, calendar) if overlap(span, (since, until))]


# --- what a case takes place as -----------------------------------------------------------------------


def entry_of(case: Case, resources: Iterable[Resource]) -> Entry | None:
    """The entry of a meeting or a reception; None for what takes place at no time."""
    happens = case.process.happens
    if happens is None or not (begins := case.data.get(happens.begins)):
        return None
    ends = case.data.get(happens.ends)
    place = next((case.data[key] for key in happens.place if case.data.get(key)), "")
    named = (who for key in happens.whom for who in names_in(case, key) if not is_guest(who))
    rooms = (one.id for one in resources if one.active and one.name == place)
    off = case.voided or case.stage.key in happens.off or not ends or ends <= begins
    return Entry(
        id=case.id,
        case_id=case.id,
        title=case.title,
        sort=happens.sort(case.data),
        important=happens.important(case.data),
        begins=begins,
        ends=ends or begins,
        whom=tuple(dict.fromkeys([*named, *rooms])),
        place=place,
        state=OFF if off else SETTLED,
        grade=case.grade,
        by=case.opened_by,
        version=case.seq,
    )


def absence(absence_id: str, person: str, deputy: str, span: Span) -> Entry:
    """An absence as it stands on the calendar; `deputy` is the name of who stands in (N10)."""
    return Entry(
        id=ABSENCE + absence_id,
        title=f"外出（{deputy}代）",
        sort=AWAY,
        begins=span[0],
        ends=span[1],
        all_day=not (span[1] - span[0]) % DAY,
        whom=(person,),
    )


# --- conflicts ----------------------------------------------------------------------------------------


class Schedule(Protocol):
    """What is to be known to judge an entry: a transaction and a reader both tell it."""

    def rules(self) -> Rules: ...
    def resources(self) -> Mapping[str, Resource]: ...
    def uses(self, whom: Collection[str], within: Sequence[Span]) -> list[Use]: ...
    def calendar(self) -> WorkingCalendar: ...
    def directory(self) -> Directory: ...


@dataclass(frozen=True)
class Judged:
    """What an entry meets: rooms and cars that are taken, people who are busy, and what needs a decision.

    `decides`: the uses that, with the entry itself, reach the threshold of important things at one time (R49).
    """

    taken: tuple[Use, ...] = ()
    busy: tuple[Use, ...] = ()
    decides: tuple[Use, ...] = ()

    @property
    def all(self) -> tuple[Use, ...]:
        return (*self.taken, *self.busy)


def judged(entry: Entry, schedule: Schedule) -> Judged:
    """What an entry meets where it stands."""
    times = spans(entry, schedule.calendar())
    uses = [use for use in schedule.uses(entry.whom, times) if use.entry.id != entry.id]
    whom = {who for who in entry.whom if not who.startswith(DEPARTMENT)}
    met = [
        use for use in uses if use.whom in whom and any(overlap(use.span, one) for one in _near(times, use))
    ]
    taken = tuple(use for use in met if use.whom.startswith(RESOURCE))
    busy = tuple(use for use in met if not use.whom.startswith(RESOURCE))
    return Judged(taken, busy, _needing(entry, busy, times, schedule.rules().threshold))


def days_met(entry: Entry, found: Judged, calendar: WorkingCalendar) -> tuple[date, ...]:
    """The days of a series on which a room is taken or somebody would have to decide."""
    stands = [use.span for use in (*found.taken, *found.decides)]
    times = [span for span in spans(entry, calendar) if any(overlap(span, one) for one in stands)]
    return tuple(sorted({begins.astimezone(calendar.zone).date() for begins, _ in times}))


def _near(times: Sequence[Span], use: Use) -> Sequence[Span]:
    """Of many times those that may meet a use: they are in order and do not overlap one another."""
    if len(times) < 8:
        return times
    at = bisect_left(times, use.begins, key=lambda span: span[1])
    return times[at : at + max(2, (use.ends - use.begins).days + 2)]


def _needing(entry: Entry, busy: Sequence[Use], times: Sequence[Span], threshold: int) -> tuple[Use, ...]:
    """The important uses of one person that lie so thick in one of the times that somebody must decide."""
    if not entry.important:
        return ()
    found: dict[tuple[str, str, datetime], Use] = {}
    important = [use for use in busy if use.entry.important]
    for span in times:
        for who in entry.people:
            here = [use for use in important if use.whom == who and overlap(use.span, span)]
            if 1 + _deepest(here, span) >= threshold:
                found |= {(use.whom, use.entry.id, use.begins): use for use in here}
    return tuple(found.values())


def _deepest(uses: Sequence[Use], within: Span) -> int:
    """How many of them share one moment of the span."""
    begins = [max(use.begins, within[0]) for use in uses]
    return max((sum(use.begins <= at < use.ends for use in uses) for at in begins), default=0)


def free_times(
    whom: Collection[str], days: Sequence[date], length: timedelta, schedule: Schedule, *, but: str = "", most: int = 3
) -> list[Span]:  # fmt: skip
    """Beginnings on these days, in office hours, at which all of them are free for so long; UTC."""
    calendar = schedule.calendar()
    hours = [
        (_utc(datetime.combine(day, begins), calendar), _utc(datetime.combine(day, ends), calendar))
        for day in days
        if calendar.is_working_day(day)
        for begins, ends in calendar.hours[: 1 if day in calendar.half_days else None]
    ]
    if not hours:
        return []
    uses = schedule.uses(whom, [(hours[0][0], hours[-1][1])])
    busy = [use.span for use in uses if use.entry.id != but]
    step = timedelta(minutes=schedule.rules().step)
    return alternatives(busy, hours, length, step=step, most=most)


# --- words --------------------------------------------------------------------------------------------


def name_of(who: str, people: Directory, resources: Mapping[str, Resource]) -> str:
    """The name of a person, a department, a room or a car."""
    if who.startswith(RESOURCE):
        return resources[who].name if who in resources else "已撤去的资源"
    return people.name(who)


def when(span: Span, calendar: WorkingCalendar) -> str:
    """A time in words: the day, the weekday, from and to."""
    begins, ends = (at.astimezone(calendar.zone) for at in span)
    day = f"{begins.month}月{begins.day}日（周{'一二三四五六日'[begins.weekday()]}）"
    if ends.date() == begins.date():
        return f"{day}{begins:%H:%M}–{ends:%H:%M}"
    if begins.time() == ends.time() == time.min:
        last = (ends - DAY).date()
        return f"{day}全天" if last == begins.date() else f"{day}至{last.month}月{last.day}日"
    return f"{day}{begins:%H:%M} 至 {ends.month}月{ends.day}日 {ends:%H:%M}"


def told(use: Use, person: Person, schedule: Schedule) -> str:
    """A clash in one sentence, as far as the person may know what is there."""
    name = name_of(use.whom, schedule.directory(), schedule.resources())
    if use.entry.is_absence:
        return f"{name}{when(use.span, schedule.calendar())}{use.entry.title}"
    seen = not why_not_see_entry(person, use.entry, schedule.directory().people.values())
    what = f"“{use.entry.title}”" if seen else "安排"
    return f"{name}{when(use.span, schedule.calendar())}已有{what}"


@dataclass(frozen=True)
class Offer:
    """Something that is free instead (N18): in words, when, and with which rooms and cars."""

    says: str
    begins: datetime
    ends: datetime
    resources: tuple[str, ...]


LOOK_AHEAD = 7
"""Days after that of the clash on which a free time is looked for."""


def offers(entry: Entry, found: Judged, schedule: Schedule, since: datetime) -> list[Offer]:
    """What is free instead, not before a moment: times near the wanted one for those who clash, and other rooms."""
    if not found.all:
        return []
    return [*_other_times(entry, found, schedule, since), *_other_rooms(entry, found, schedule)]


def _other_times(entry: Entry, found: Judged, schedule: Schedule, since: datetime) -> list[Offer]:
    """Free times on the day of the clash, the nearest ones; where there are none, on the next day that has any."""
    calendar, most = schedule.calendar(), schedule.rules().offered
    clash = found.all[0].begins.astimezone(calendar.zone).date()
    length, first = entry.ends - entry.begins, entry.begins.astimezone(calendar.zone)
    if entry.all_day or length > timedelta(hours=12):
        return []
    day = max(clash if entry.rule else first.date(), since.astimezone(calendar.zone).date())
    whom = [who for who in entry.whom if not who.startswith(DEPARTMENT)]
    for n in range(1 if entry.rule else LOOK_AHEAD + 1):
        free = free_times(whom, [day + n * DAY], length, schedule, but=entry.id, most=48)
        free = [span for span in free if span[0] >= since]
        free.sort(key=lambda span: _apart(span[0].astimezone(calendar.zone), first))
        if entry.rule and free:
            free = _each_time(entry, free, whom, schedule)
        if free:
            return [_offer(entry, span, n, schedule) for span in sorted(free[:most])]
    return []


def _each_time(entry: Entry, free: Sequence[Span], whom: Collection[str], schedule: Schedule) -> list[Span]:
    """Of the free times of one day those that are free whenever a series takes place."""
    calendar = schedule.calendar()
    series = [(span, spans(_as_series(entry, span, schedule), calendar)) for span in free]
    whole = min(times[0][0] for _, times in series), max(times[-1][1] for _, times in series)
    busy = merged(use.span for use in schedule.uses(whom, [whole]) if use.entry.id != entry.id)
    return [span for span, times in series if not any(_meets(one, busy) for one in times)]


def _meets(span: Span, busy: Sequence[Span]) -> bool:
    """Whether a time meets one of those that are busy, in order and apart from one another."""
    at = bisect_right(busy, span[0], key=lambda one: one[1])
    return at < len(busy) and busy[at][0] < span[1]


def _apart(one: datetime, other: datetime) -> timedelta:
    """How far two times of day are from one another."""
    return abs(datetime.combine(date.min, one.time()) - datetime.combine(date.min, other.time()))


def _as_series(entry: Entry, span: Span, schedule: Schedule) -> Entry:
    """A series at another time of day."""
    zone = schedule.calendar().zone
    day, at = entry.begins.astimezone(zone).date(), span[0].astimezone(zone).time()
    begins = datetime.combine(day, at, zone)
    return replace(entry, begins=begins, ends=begins + (entry.ends - entry.begins))


def _offer(entry: Entry, span: Span, days: int, schedule: Schedule) -> Offer:
    """`周四 9:30 张主任、302 会议室空闲`; of another day with its date, of a series for every time of it."""
    calendar, names, rooms = schedule.calendar(), schedule.directory(), schedule.resources()
    begins = span[0].astimezone(calendar.zone)
    called = "、".join(name_of(who, names, rooms) for who in entry.whom if not who.startswith(DEPARTMENT))
    weekday = f"周{'一二三四五六日'[begins.weekday()]}"
    if entry.rule:
        moved = _as_series(entry, span, schedule)
        return Offer(f"每次都在 {begins:%H:%M}，{called}空闲", moved.begins, moved.ends, entry.resources)
    at = f"{begins.month}月{begins.day}日（{weekday}）{begins:%H:%M}" if days else f"{weekday} {begins:%H:%M}"
    return Offer(f"{at} {called}空闲", *span, entry.resources)


def _other_rooms(entry: Entry, found: Judged, schedule: Schedule) -> list[Offer]:
    """Resources of the kind that is taken that are free whenever the entry takes place: those of a fitting size first."""
    known = schedule.resources()
    taken = {use.whom: known[use.whom] for use in found.taken if use.whom in known}
    if len(kinds := {one.kind for one in taken.values()}) != 1 or len(taken) != 1:
        return []
    (kind,), (room,) = kinds, taken.values()
    like = [one for one in known.values() if one.active and one.kind == kind and one.id not in entry.whom]
    free = free_resources(like, spans(entry, schedule.calendar()), schedule, but=entry.id)
    free.sort(key=lambda one: (one.capacity < room.capacity, one.capacity))
    kept = tuple(one for one in entry.resources if one != room.id)
    return [
        Offer(f"原时间{one.name}空闲", entry.begins, entry.ends, (*kept, one.id))
        for one in free[: schedule.rules().offered]
    ]


def free_resources(
    among: Sequence[Resource], times: Sequence[Span], schedule: Schedule, *, but: str = ""
) -> list[Resource]:
    """Those that are free at all of some times, given in their order."""
    taken = {
        use.whom
        for use in schedule.uses([one.id for one in among], times)
        if use.entry.id != but and any(overlap(use.span, one) for one in _near(times, use))
    }
    return [one for one in among if one.id not in taken]

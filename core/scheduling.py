"""The commands on the schedule: entering, moving and cancelling, deciding conflicts, rooms, feeds.

Each is one transaction and leaves a line in the journal of the office. A room that is taken refuses an entry; people
who are busy are told of; too many important things at one time open a case for whoever decides (R49).
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Protocol

from core.case import Case, Event
from core.conflicts import Span
from core.errors import GONE, Conflict, NotAllowed, NotFound, Refused
from core.fields import accept
from core.messages import Message
from core.office import Office, Values
from core.people import DEPARTMENT, RESOURCE, SYSTEM, Person, Role
from core.policy import (
    why_not_amend,
    why_not_keep_entry,
    why_not_keep_resources,
    why_not_open,
    why_not_see_entry,
)
from core.ports import Clock, Unit
from core.process import Process
from core.processes.schedule_conflict import ALLOW, DECIDE, KEY, MOVE
from core.schedule import (
    GIVES_WAY,
    OFF,
    OPEN,
    RESOURCE_FORM,
    RULES,
    SETTLED,
    STAYS,
    Entry,
    Judged,
    Resource,
    Rules,
    Use,
    days_met,
    drafted,
    judged,
    name_of,
    offers,
    problems_of,
    rules_of,
    spans,
    told,
    when,
    whole_days,
)

MOST_SIDES = 8
"""Sides of a conflict that are laid before whoever decides."""

MOST_IMPORTED = 500
"""Entries taken in from a file at once."""


class SchedulingUnit(Unit, Protocol):
    """One transaction that also reaches the schedule."""

    def rules(self) -> Rules: ...
    def set_rules(self, values: Values) -> None: ...
    def resources(self) -> Mapping[str, Resource]: ...
    def keep_resource(self, one: Resource) -> None: ...
    def entry(self, entry_id: str) -> Entry | None: ...
    def uses(self, whom: Collection[str], within: Sequence[Span]) -> list[Use]: ...
    def keep_entry(self, entry: Entry, times: Sequence[Span]) -> None: ...
    def await_decision(self, entry_id: str, case_id: str, sides: Sequence[tuple[str, datetime]]) -> None: ...
    def awaiting(self, case_id: str) -> tuple[Entry, Sequence[tuple[str, datetime]]] | None: ...
    def waits_for(self, entry_id: str) -> str: ...
    def open_feed(self, about: str, person_id: str, at: datetime) -> str: ...
    def revoke_feed(self, feed_id: str, person_id: str, at: datetime) -> str: ...


@dataclass(frozen=True)
class Kept:
    """An entry that was kept, what whoever entered it should know, and the case that decides on its conflict.

    `skipped`: the days of a series that were left out because something stood there already (N19).
    """

    entry: Entry
    warnings: tuple[str, ...] = ()
    case: Case | None = None
    skipped: tuple[date, ...] = ()

    @property
    def says(self) -> str:
        """In one sentence for the page."""
        if self.case:
            return f"已登记为待定：同一时段的重要活动达到阈值，{self.case.number} 已报批"
        noted = (
            f"；避开了{'、'.join(f'{day.month}月{day.day}日' for day in self.skipped[:5])}等 {len(self.skipped)} 天"
            if self.skipped
            else ""
        )
        noted += f"；请注意：{'；'.join(self.warnings[:3])}" if self.warnings else ""
        return f"“{self.entry.title}”已登上日程{noted}"


class Scheduling(Office):
    """Commands on the schedule, and all those on cases: a decision on a conflict changes the entries with it."""

    def __init__(self, unit: Callable[[], SchedulingUnit], clock: Clock) -> None:
        super().__init__(unit, clock)
        self._schedule = unit

    # --- entries --------------------------------------------------------------------------------------

    def add(self, values: Values, *, by: Person, form: str = "", skip: bool = False) -> Kept:
        """Put something on the calendar. `form` is the id of the filled-in form, which is kept once only (P3).

        `Refused` where a room is taken, with the clash and what is free instead. `skip`: of a series the days on
        which a room is taken, or somebody would have to decide, are left out (N19).
        """
        now = self._clock()
        with self._schedule() as unit:
            by = unit.person(by.id, now)
            if form and (known := unit.entry(form)):
                return Kept(known)
            entry = drafted(
                values, form or unit.new_id(), by.id, [*unit.resources().values()], unit.calendar()
            )
            kept = self._place(unit, entry, by, now, "entry.added", skip=skip)
            unit.save_draft(by.id, "schedule", None, now)
            unit.commit()
        return kept

    def add_all(self, entries: Sequence[Entry], *, by: Person) -> list[Kept]:
        """Take in a list of entries, or none of it; `Refused` says one by one what stands against it."""
        now = self._clock()
        if not 0 < len(entries) <= MOST_IMPORTED:
            raise Refused({"list": f"一次录入 1 到 {MOST_IMPORTED} 项，现有 {len(entries)} 项"})
        problems: list[str] = []
        kept: list[Kept] = []
        with self._schedule() as unit:
            by = unit.person(by.id, now)
            for n, entry in enumerate(entries, 1):
                new = replace(entry, id=unit.new_id(), by=by.id)
                try:
                    if wrong := problems_of(new, unit.calendar()):
                        raise Refused(wrong)
                    kept.append(self._place(unit, new, by, now, "entry.added"))
                except (Refused, NotAllowed) as refusal:
                    problems.append(f"第 {n} 项“{entry.title}”：{refusal}")
            if problems:
                raise Refused({"list": "\n".join(problems)})
            unit.commit()
        return kept

    def change(self, entry_id: str, values: Values, *, by: Person, seen: int, skip: bool = False) -> Kept:
        """Another content of an entry, of a series for every time; `seen` is the version the person looked at.

        `skip` as when it is added.
        """
        now = self._clock()
        with self._schedule() as unit:
            by = unit.person(by.id, now)
            known = _mine(unit, entry_id, by, seen)
            resources = [*unit.resources().values()]
            drawn = drafted(values, known.id, known.by, resources, unit.calendar())
            changed = replace(
                drawn, series=known.series, exceptions=known.exceptions, version=known.version + 1
            )
            kept = self._place(unit, changed, by, now, "entry.changed", skip=skip)
            unit.commit()
        return kept

    def move(
        self,
        entry_id: str,
        begins: datetime,
        ends: datetime,
        *,
        by: Person,
        seen: int,
        day: date | None = None,
    ) -> Kept:
        """Move an entry to another time; of a series only the one of that `day`, which leaves the series."""
        now = self._clock()
        with self._schedule() as unit:
            by = unit.person(by.id, now)
            known = _mine(unit, entry_id, by, seen)
            kept = self._moved(unit, known, begins, ends, day, by, now)
            unit.commit()
        return kept

    def _moved(
        self, unit: SchedulingUnit, known: Entry, begins: datetime, ends: datetime, day: date | None, by: Person, now: datetime
    ) -> Kept:  # fmt: skip
        one = self._taken_out(unit, known, day) if known.rule and day else known
        if one.all_day:
            begins, ends = whole_days(begins, ends, unit.calendar())
        moved = replace(one, begins=begins, ends=ends, version=one.version + 1)
        if wrong := problems_of(moved, unit.calendar()):
            raise Refused({"": "；".join(wrong.values())})
        return self._place(unit, moved, by, now, "entry.moved")

    def _taken_out(self, unit: SchedulingUnit, series: Entry, day: date) -> Entry:
        """One time of a series as an entry of its own; the series goes on without it."""
        unit.keep_entry(*_without(series, day, unit))
        begins, ends = next(
            span for span in spans(series, unit.calendar()) if span[0].astimezone(unit.calendar().zone).date() == day
        )  # fmt: skip
        return replace(
            series,
            id=unit.new_id(),
            series=series.id,
            rule="",
            working_days_only=False,
            until=None,
            exceptions=(),
            begins=begins,
            ends=ends,
            version=0,
        )

    def cancel(self, entry_id: str, reason: str, *, by: Person, seen: int, day: date | None = None) -> None:
        """Take an entry off the calendar, with the reason; of a series only the one of that `day`, if it is given."""
        now = self._clock()
        if not reason.strip():
            raise Refused({"reason": "请写明为什么取消"})
        with self._schedule() as unit:
            by = unit.person(by.id, now)
            known = _mine(unit, entry_id, by, seen)
            if known.rule and day:
                unit.keep_entry(*_without(known, day, unit))
            else:
                unit.keep_entry(replace(known, state=OFF, version=known.version + 1), [])
                if case_id := unit.waits_for(entry_id):
                    self._act(
                        unit, unit.case(case_id), "void", {"reason": f"日程已取消：{reason}"}, SYSTEM, now
                    )
            what = {"id": known.id, "reason": reason.strip(), **({"day": day.isoformat()} if day else {})}
            unit.journal(now, by.id, "entry.cancelled", known.title, what)
            unit.commit()

    def restore_day(self, entry_id: str, day: date, *, by: Person, seen: int) -> Kept:
        """A day on which a series was left out takes place again: its conflict is over (N19)."""
        now = self._clock()
        with self._schedule() as unit:
            by = unit.person(by.id, now)
            known = _mine(unit, entry_id, by, seen)
            if day not in known.exceptions:
                raise NotFound("这一天本来就在日程里，请刷新后再看")
            left = tuple(one for one in known.exceptions if one != day)
            again = replace(known, exceptions=left, version=known.version + 1)
            kept = self._place(unit, again, by, now, "entry.restored")
            unit.commit()
        return kept

    def restore(self, entry_id: str, *, by: Person, seen: int) -> Kept:
        """An entry that was cancelled takes place again, as it was, if its rooms are free still (N19)."""
        now = self._clock()
        with self._schedule() as unit:
            by = unit.person(by.id, now)
            known = _mine(unit, entry_id, by, seen, off=True)
            again = replace(known, state=SETTLED, version=known.version + 1)
            kept = self._place(unit, again, by, now, "entry.restored")
            unit.commit()
        return kept

    def _place(
        self,
        unit: SchedulingUnit,
        entry: Entry,
        by: Person,
        now: datetime,
        action: str,
        *,
        skip: bool = False,
    ) -> Kept:
        """Keep an entry where it is wanted, unless a room is taken; ask for a decision where there has to be one."""
        if reason := why_not_keep_entry(by, entry.whom):
            raise NotAllowed(reason)
        _why_not_named(entry, unit)
        found, skipped = judged(entry, unit), tuple[date, ...]()
        if skip and entry.rule:
            skipped = days_met(entry, found, unit.calendar())
            entry = replace(entry, exceptions=tuple(sorted({*entry.exceptions, *skipped})))
            found = judged(entry, unit)
        if found.taken:
            raise Refused({"resources": _refusal(entry, found, by, unit, now)})
        entry = replace(entry, state=OPEN if found.decides else SETTLED)
        times = spans(entry, unit.calendar())
        if not times:
            raise Refused({"until": "按这样重复一次也不会发生，请改时间、重复或截止"})
        before = unit.waits_for(entry.id)
        unit.keep_entry(entry, times)
        _say(unit, entry, action, by, now)
        if before:
            unit.await_decision(entry.id, "", ())
            self._act(
                unit, unit.case(before), "void", {"reason": "日程已改，按新的时间重新判断"}, SYSTEM, now
            )
        case = self._ask(unit, entry, found, by, now) if found.decides else None
        return Kept(entry, tuple(told(use, by, unit) for use in found.busy), case, skipped)

    # --- conflicts ------------------------------------------------------------------------------------

    def _ask(self, unit: SchedulingUnit, entry: Entry, found: Judged, by: Person, now: datetime) -> Case:
        """Open the case of a conflict, with every side of it."""
        calendar = unit.calendar()
        uses = found.decides[:MOST_SIDES]
        first = next(
            (span for span in spans(entry, calendar) if span[1] > uses[0].begins), (entry.begins, entry.ends)
        )
        mine = Use(uses[0].whom, *first, entry)
        who = "、".join(dict.fromkeys(name_of(use.whom, unit.directory(), {}) for use in uses))
        decider = _decider(unit, by, uses)
        seen = [use.entry.grade for use in uses if not _hidden(use.entry, by, unit)]
        values = {
            "title": f"{who}{when(mine.span, calendar)}日程冲突"[:400],
            "secrecy_level": max([entry.grade, *seen]).label,
            "sides": [_row(use, uses, entry, by, unit) for use in (mine, *uses)],
            "alternatives": "\n".join(one.says for one in offers(entry, found, unit, now)) or None,
            "decider": decider,
        }
        process = unit.standard().in_force(KEY, now.astimezone(calendar.zone).date())
        # Where nobody else could decide, whoever entered it may: the program asks in their place.
        opener = SYSTEM if decider == by.id or why_not_open(by, process) else by
        case = self._open(unit, process, unit.new_id(), values, opener, now)
        sides = [(use.entry.id, use.begins) for use in (mine, *uses)]
        unit.await_decision(entry.id, case.id, sides)
        unit.tell(decider, case.id, f"日程冲突待您审批：{case.title}", now)
        return case

    def _recorded(self, unit: Unit, event: Event, process: Process, now: datetime) -> Case:
        """And what a decision on a conflict, or the end of its case, comes to for the entries."""
        case = super()._recorded(unit, event, process, now)
        if process.key == KEY and (event.action == DECIDE or case.voided):
            self._settle(unit, case, event, now)  # type: ignore[arg-type]
        return case

    def _settle(self, unit: SchedulingUnit, case: Case, event: Event, now: datetime) -> None:
        waiting = unit.awaiting(case.id)
        if waiting is None:
            return
        entry, sides = waiting
        unit.await_decision(entry.id, "", ())
        if event.action != DECIDE:
            off = replace(entry, state=OFF, version=entry.version + 1)
            unit.keep_entry(off, [])
            return
        unit.keep_entry(
            settled := replace(entry, state=SETTLED, version=entry.version + 1), spans(entry, unit.calendar())
        )
        side, begins = sides[case.data["side"] - 1]
        yields = settled if side == entry.id else unit.entry(side)
        decision = case.data["decision"]
        before = yields.whom if yields else ()
        if decision != ALLOW:
            yields = self._yield(unit, case, yields, begins, now)
        _tell(unit, case, [entry, yields, *(unit.entry(one) for one, _ in sides)], before, now)

    def _yield(
        self, unit: SchedulingUnit, case: Case, entry: Entry | None, begins: datetime, now: datetime
    ) -> Entry:
        """The side that gives way, moved or in another's hands as it was decided."""
        if entry is None or entry.state == OFF:
            raise Refused({"side": "这一项已经取消，请改选“允许并行”或另一项"})
        if entry.case_id:
            raise Refused({"side": f"“{entry.title}”在它自己的事项里改时间和人员；这里请选另一项"})
        day = begins.astimezone(unit.calendar().zone).date()
        one = self._taken_out(unit, entry, day) if entry.rule else entry
        one = replace(one, version=one.version + 1)
        goes = busy = case.data["sides"][case.data["side"] - 1]["person"]
        if case.data["decision"] == MOVE:
            to = case.data["moved_to"]
            one = replace(one, begins=to, ends=to + (one.ends - one.begins))
        else:
            goes = case.data["delegate"]
            kept = (who for who in one.whom if who != busy)
            one = replace(one, whom=tuple(dict.fromkeys([goes, *kept])))
        found = judged(one, unit)
        at = "moved_to" if case.data["decision"] == MOVE else "delegate"
        away = [use for use in found.busy if use.entry.is_absence and use.whom == goes]
        if found.taken or found.decides or away:
            clash = (found.taken or found.decides or away)[0]
            raise Refused({at: f"{told(clash, SYSTEM, unit)}，仍然冲突，请另选"})
        unit.keep_entry(one, spans(one, unit.calendar()))
        return one

    # --- rooms, figures, feeds ------------------------------------------------------------------------

    def keep_resource(self, values: Values, *, by: Person, resource_id: str = "", active: bool = True) -> str:
        """Enter a room or a car, or change one; its id. What is not `active` cannot be booked any more."""
        now = self._clock()
        with self._schedule() as unit:
            by = unit.person(by.id, now)
            if reason := why_not_keep_resources(by):
                raise NotAllowed(reason)
            data = accept(RESOURCE_FORM, values)
            if resource_id and resource_id not in unit.resources():
                raise NotFound(GONE)
            one = Resource(
                resource_id or RESOURCE + unit.new_id(),
                data["kind"],
                data["name"],
                data["capacity"] or 0,
                active,
            )
            unit.keep_resource(one)
            action = "resource.changed" if resource_id else "resource.added"
            unit.journal(now, by.id, action, one.name, {"id": one.id, "active": active})
            unit.commit()
        return one.id

    def set_rules(self, values: Values, *, by: Person) -> Rules:
        """Other figures for the schedule (R50)."""
        now = self._clock()
        with self._schedule() as unit:
            by = unit.person(by.id, now)
            if reason := why_not_amend(by):
                raise NotAllowed(reason)
            data = accept(RULES, values)
            unit.set_rules(data)
            unit.journal(now, by.id, "schedule.changed", "日程规则", data)
            unit.commit()
        return rules_of(data)

    def open_feed(self, about: str, *, by: Person) -> str:
        """A token for a link by which a calendar reads what this person may see of somebody, a department or a room."""
        now = self._clock()
        with self._schedule() as unit:
            by = unit.person(by.id, now)
            name = _known_name(unit, about)
            token = unit.open_feed(about, by.id, now)
            unit.journal(now, by.id, "feed.opened", name, {"id": about})
            unit.commit()
        return token

    def revoke_feed(self, feed_id: str, *, by: Person) -> None:
        """A link that was given out shows nothing from now on."""
        now = self._clock()
        with self._schedule() as unit:
            by = unit.person(by.id, now)
            about = unit.revoke_feed(feed_id, by.id, now)
            if not about:
                raise NotFound("没有这个订阅链接，或已停用")
            unit.journal(now, by.id, "feed.revoked", _known_name(unit, about), {"id": about})
            unit.commit()


def _why_not_named(entry: Entry, unit: SchedulingUnit) -> None:
    """Refuse people and departments that are not, or no longer, here, and rooms that cannot be booked any more."""
    people, rooms = unit.directory(), unit.resources()
    places = {DEPARTMENT + one for one in people.departments}
    if any(who not in people.people for who in entry.people):
        raise Refused({"people": "“人员”中有已停用的人员，请重新选择"})
    if any(who.startswith(DEPARTMENT) and who not in places for who in entry.whom):
        raise Refused({"departments": "“部门”中有已撤销的部门，请重新选择"})
    if any(one not in rooms or not rooms[one].active for one in entry.resources):
        raise Refused({"resources": "选的会议室或车辆已停用，请重新选择"})


def _mine(unit: SchedulingUnit, entry_id: str, by: Person, seen: int, *, off: bool = False) -> Entry:
    """An entry that this person may change, as they saw it; one that is `off` where that is wanted."""
    entry = unit.entry(entry_id)
    if entry is None or why_not_see_entry(by, entry, unit.directory().people.values()):
        raise NotFound("没有这项日程，或已取消")
    if (entry.state == OFF) != off:
        raise NotFound("这项日程没有取消，请刷新后再看" if off else "没有这项日程，或已取消")
    if entry.case_id:
        raise NotAllowed(f"“{entry.title}”的时间、地点和人员在它自己的事项里改，日程会跟着变")
    if entry.by != by.id and (reason := why_not_keep_entry(by, entry.whom)):
        raise NotAllowed(reason)
    if entry.version != seen:
        raise Conflict("这项日程刚有人改过，请看过最新的再改；您填写的内容已保留")
    return entry


def _without(series: Entry, day: date, unit: SchedulingUnit) -> tuple[Entry, list[Span]]:
    """A series without one of its days, and when it takes place then."""
    zone = unit.calendar().zone
    if day not in {span[0].astimezone(zone).date() for span in spans(series, unit.calendar())}:
        raise NotFound("这一天没有这项日程，请刷新后再看")
    left = replace(series, exceptions=(*series.exceptions, day), version=series.version + 1)
    return left, spans(left, unit.calendar())


def _refusal(entry: Entry, found: Judged, by: Person, unit: SchedulingUnit, now: datetime) -> str:
    """What is taken, and what is free instead (N18)."""
    free = [one.says for one in offers(entry, found, unit, now)]
    instead = f"。空闲的有：{'；'.join(free)}" if free else "，请换时间或会议室"
    return f"{told(found.taken[0], by, unit)}{instead}"


def _say(unit: SchedulingUnit, entry: Entry, action: str, by: Person, now: datetime) -> None:
    what = {
        "id": entry.id,
        "when": when((entry.begins, entry.ends), unit.calendar()),
        "whom": [name_of(who, unit.directory(), unit.resources()) for who in entry.whom],
        "repeat": entry.repeats,
        "without": [day.isoformat() for day in entry.exceptions],
        "state": entry.state,
        "version": entry.version,
    }
    unit.journal(now, by.id, action, entry.title, what)


def _hidden(entry: Entry, by: Person, unit: SchedulingUnit) -> bool:
    return bool(why_not_see_entry(by, entry, unit.directory().people.values()))


def _row(use: Use, uses: Sequence[Use], entry: Entry, by: Person, unit: SchedulingUnit) -> dict[str, object]:
    """A side of a conflict for whoever decides, with what the priorities propose (R48).

    What whoever asks may not see is not told: whoever decides finds it on the calendar.
    """
    weigh = unit.rules().priority
    lightest = min(uses, key=lambda one: weigh(one.entry)).entry
    gives_way = entry if weigh(entry) <= weigh(lightest) else lightest
    words = GIVES_WAY if use.entry.id == gives_way.id else STAYS
    return {
        "what": "已有安排（内容见日程）" if _hidden(use.entry, by, unit) else use.entry.title[:400],
        "sort": f"{use.entry.sort}{'·重要' if use.entry.important else ''}",
        "time": when(use.span, unit.calendar()),
        "person": use.whom,
        "proposal": words,
    }


def _decider(unit: SchedulingUnit, by: Person, uses: Sequence[Use]) -> str:
    """Who decides: the director; of what the director entered, the leader it is about, else any other leader."""
    people = unit.directory().people.values()
    directors = [one.id for one in people if Role.DIRECTOR in one.roles and one.id != by.id]
    leaders = [one.id for one in people if Role.LEADER in one.roles and one.id != by.id]
    about = [use.whom for use in uses if use.whom in leaders]
    return next(iter([*directors, *about, *leaders, by.id]))


def _tell(
    unit: SchedulingUnit, case: Case, entries: Sequence[Entry | None], before: Sequence[str], now: datetime
) -> None:
    """Everybody who is touched hears what was decided of what is theirs, and whoever has nothing to do with it any more."""
    words = f"{case.data['decision']}，{case.data['reason']}"
    people, heard = unit.directory().people, set[tuple[str, str]]()
    for entry in reversed([one for one in entries if one]):
        at = when((entry.begins, entry.ends), unit.calendar())
        for who in {*entry.people, entry.by, *(before if entry is entries[1] else ())} & people.keys():
            if (who, entry.id) not in heard:
                unit.tell(who, case.id, f"日程冲突已定（{words}）：“{entry.title}” {at}", now)
                unit.post(Message(case.id, who, f"日程：{entry.title}", f"日程冲突已定：{words}。“{entry.title}”{at}", occasion=f"decided.{entry.id}"), now)  # fmt: skip
                heard |= {(who, entry.id)}


def _known_name(unit: SchedulingUnit, about: str) -> str:
    """The name of whom or what a feed is about; `NotFound` where it is not there."""
    names, resources = unit.directory(), unit.resources()
    known = about in names.people or about in resources or about.removeprefix(DEPARTMENT) in names.departments
    if not known:
        raise NotFound(GONE)
    return name_of(about, names, resources)

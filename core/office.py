"""The things a person can do to the office. Each is one transaction.

Every command asks the database anew who is acting, and policy whether they may: fragments,
dialogs and callbacks run without the frame that drew them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from core import slips, standing
from core.amendment import Amendment, check_fixed, pack
from core.case import (
    OPENED,
    Case,
    Event,
    act,
    apply,
    came_back,
    enters,
    follow,
    missing,
    names_in,
    open_case,
    reminders_passed,
    told,
)
from core.completing import found_out, known_after, numbered
from core.errors import GONE, Classified, Conflict, NotAllowed, NotFound, OfficeError, Refused, Unreadable
from core.fields import FileRef, accept
from core.intake import Scanned, check, read, safe_name, text_of
from core.messages import Link, Message
from core.naming import why_not_named
from core.number_book import RESERVE, VOID, series_of, why_not_reserve, why_not_void
from core.people import SYSTEM, Person
from core.policy import why_not_administer, why_not_amend, why_not_keep_numbers, why_not_see
from core.ports import Clock, Directory, Unit
from core.process import Action, Process, Sends
from core.recount import SAME, Change, Move, plan, told_of
from core.search import text_in
from core.slips import Colour

Values = Mapping[str, Any]

NO_LONGER = "事项已撤回或作废，不再发送"

AT_ONCE = 200
"""Supervision slips issued in one transaction: people who wait to save wait a second at most."""


class Office:
    """Commands on one office; `unit` opens a transaction, `clock` tells the time."""

    def __init__(self, unit: Callable[[], Unit], clock: Clock) -> None:
        self._unit = unit
        self._clock = clock

    def open(
        self,
        process_key: str,
        values: Values,
        *,
        by: Person,
        form: str = "",
        then: tuple[str, Values] | None = None,
        reserved: str = "",
    ) -> Case:
        """Open a case, and take its first action in the same moment if `then` names one.

        `form` is the id of the filled-in form: handing the same form in again, after a lost answer,
        gives the case that is already there (P3). `reserved` is a number that was set aside and is to be
        the case's; `Refused` if it is not free, or of another series (N7).
        """
        now = self._clock()
        with self._unit() as unit:
            by = unit.person(by.id, now)
            if form and unit.has_case(form):
                return seen_by(unit, form, by)
            process = unit.standard().in_force(process_key, now.astimezone(unit.calendar().zone).date())
            case = self._open(unit, process, form or unit.new_id(), values, by, now, reserved=reserved)
            if then:
                case = self._act(unit, case, then[0], then[1], by, now)
            unit.save_draft(by.id, process_key, None, now)
            unit.commit()
        return case

    def act(
        self, case_id: str, action: str, values: Values, *, by: Person, seen: int, reserved: str = ""
    ) -> Case:
        """Take an action on a case as the person last saw it (`seen` is its `seq` then).

        `reserved`: a number set aside that the action is to give, as in `open`.
        """
        now = self._clock()
        with self._unit() as unit:
            by = unit.person(by.id, now)
            case = seen_by(unit, case_id, by)
            if seen < case.changed and action not in case.process.asides:
                raise Conflict(_what_came_between(case, unit))
            case = self._act(unit, case, action, values, by, now, reserved=reserved)
            unit.save_draft(by.id, f"{case_id}.{action}", None, now)
            unit.commit()
        return case

    def remind(self) -> int:
        """Send the reminders that are due now, and tell of silence once an answer is late (R44); how many.

        The program does it by itself.
        """
        now = self._clock()
        sent = 0
        with self._unit() as unit:
            for case_id in unit.reminding():
                sent += self._remind(unit, unit.case(case_id), now)
            unit.commit()
        return sent

    def _remind(self, unit: Unit, case: Case, now: datetime) -> bool:
        sends = case.stage.sends
        if sends is None or case.voided:
            return False
        passed = reminders_passed(case, now, unit.calendar())
        if passed <= case.reminded:
            return False
        self._act(unit, case, "remind", {"times": passed}, SYSTEM, now)
        late = sends.escalates and case.is_overdue(now)
        for who in names_in(case, sends.escalates) if late else ():
            whom = "、".join(map(unit.directory().name, names_in(case, sends.to)))
            unit.tell(who, case.id, f"还没有答复：{whom}", now)
        if not late:
            self._send(unit, case, sends, now, again=True)
        return True

    def _send(self, unit: Unit, case: Case, sends: Sends, now: datetime, *, again: bool = False) -> None:
        """Put what a stage sends into the outbox, for everybody it names (R29)."""
        subject, text = sends.words(case.data, unit.calendar())
        subject = f"提醒：{subject}" if again and sends.on_entry else subject
        link = Link(sends.link, case.id, case.data[sends.until]) if sends.link else ""
        for who in names_in(case, sends.to):
            unit.post(Message(case.id, who, subject, text, link), now)

    def act_on_all(self, seen: Mapping[str, int], action: str, *, by: Person) -> dict[str, str | None]:
        """Take a light action on several cases at once (N5): case id → None if it was done, else why not.

        `seen` gives of each case the `seq` the person looked at. Those that cannot be taken stay as
        they are; the others are taken in one transaction.
        """
        now = self._clock()
        with self._unit() as unit:
            by = unit.person(by.id, now)
            return _each(
                unit, by, seen, lambda case: self._lightly(unit, case, action, seen[case.id], by, now)
            )

    def _lightly(self, unit: Unit, case: Case, key: str, seq: int, by: Person, now: datetime) -> str | None:
        if not case.action(key).is_light:
            return "这一步要逐件办理"
        if seq < case.changed:
            return _what_came_between(case, unit)
        self._act(unit, case, key, {}, by, now)
        return None

    def dismiss(self, notices: Iterable[int], *, by: Person) -> None:
        """The person has seen these notices of theirs."""
        now = self._clock()
        with self._unit() as unit:
            unit.seen(unit.person(by.id, now).id, notices, now)
            unit.commit()

    def issue_slips(self) -> int:
        """Issue the supervision slips that are due now (N1); how many. The program does it by itself."""
        now = self._clock()
        issued = 0
        with self._unit() as unit:
            for clock in unit.clocks():
                if issued == AT_ONCE:
                    break
                if colour := slips.wanted(clock, now, unit.calendar()):
                    self._slip(unit, unit.case(clock.case_id), colour, colour.says, now)
                    issued += 1
            unit.commit()
        return issued

    def _slip(self, unit: Unit, case: Case, colour: Colour, because: str, now: datetime) -> None:
        year = now.astimezone(unit.calendar().zone).year
        values = {
            "colour": colour.value,
            "slip_number": unit.number(colour.series(year)),
            "because": because,
        }
        self._act(unit, case, "issue_slip", values, SYSTEM, now)

    def urge(self, case_ids: Iterable[str], text: str = "", *, by: Person) -> dict[str, str | None]:
        """Urge several at once: case id → None if it was done, else why it was not.

        A case that waits for others (a document in circulation) urges those who are late with it.
        """
        now = self._clock()
        with self._unit() as unit:
            by = unit.person(by.id, now)
            return _each(unit, by, case_ids, lambda case: self._urge(unit, case, text, by, now))

    def keep(self, name: str, content: bytes, *, by: Person) -> FileRef:
        """Keep a file before the form that names it is handed in; `Unreadable` if it cannot be kept."""
        now = self._clock()
        with self._refusals(name, by):
            kind = check(name, content)
            text = _text_in(content)
            _why_not_kept(text or "")
        with self._unit() as unit:
            unit.person(by.id, now)
            digest = unit.keep_file(content, kind, now, text)
            unit.commit()
        return FileRef(digest=digest, name=safe_name(name))

    def text_of(self, name: str, content: bytes, *, by: Person) -> str:
        """The text of a dropped document, of which nothing is kept yet; `Scanned` if there are only pictures."""
        with self._refusals(name, by):
            return text_of(name, content)

    @contextmanager
    def _refusals(self, name: str, by: Person) -> Iterator[None]:
        """Write down that a file was not taken in (P11); of a secret one not even its name (P24)."""
        try:
            yield
        except Scanned:
            raise
        except Unreadable as refusal:
            now = self._clock()
            shown = "涉密文件" if isinstance(refusal, Classified) else safe_name(name)
            with self._unit() as unit:
                by = unit.person(by.id, now)
                unit.journal(now, by.id, "file.refused", shown, {"why": str(refusal)})
                unit.commit()
            raise

    def discard(self, digests: Iterable[str], *, by: Person) -> None:
        """Forget kept files that no case names: a drop taken back, or one that turned out classified (P24)."""
        with self._unit() as unit:
            unit.person(by.id, self._clock())
            for digest in digests:
                unit.discard_file(digest)
            unit.commit()

    def save_draft(self, form: str, values: Values | None, *, by: Person) -> None:
        """Keep what is typed so far in a form, for this person; None forgets it."""
        with self._unit() as unit:
            now = self._clock()
            unit.save_draft(unit.person(by.id, now).id, form, values, now)
            unit.commit()

    def amend(self, amendment: Amendment, *, by: Person) -> Process:
        """Approve a change of the standard and put it in force from its day; cases keep their version.

        Raises `Refused`, and stores nothing, if the changed standard would contradict itself.
        """
        now = self._clock()
        with self._unit() as unit:
            by = unit.person(by.id, now)
            if reason := why_not_amend(by):
                raise NotAllowed(reason)
            amendment = replace(amendment, approved_by=by.id)
            _why_not_from(amendment, now.astimezone(unit.calendar().zone).date(), unit.directory())
            standard = unit.standard()
            newest = standard.newest_of(amendment.process)
            check_fixed(newest, amendment)
            amendment = replace(amendment, base=newest.version)
            changed = standard.with_amendments([amendment]).newest_of(amendment.process)
            unit.amend(amendment, changed.version)
            unit.journal(
                now, by.id, "standard.amended", changed.title, {**pack(amendment), "version": changed.version}
            )
            unit.commit()
        return changed

    def reserve(
        self, process_key: str, count: int, reason: str, *, by: Person, series: str = ""
    ) -> Sequence[str]:
        """Set the next numbers of a series aside for cases to come (N7): of the register, unless named.

        `Refused` where the series is none of the process, or its numbers depend on what a case says.
        """
        now = self._clock()
        with self._unit() as unit:
            by = _keeps_numbers(unit, by, now)
            wanted = accept(RESERVE, {"count": count, "reason": reason})
            if problems := why_not_reserve(wanted["count"], wanted["reason"]):
                raise Refused(problems)
            today = now.astimezone(unit.calendar().zone).date()
            process = unit.standard().in_force(process_key, today)
            possible = series_of(process, unit.profile(), today.year)
            series = series or next(iter(possible), "")
            if series not in possible:
                raise Refused({"series": f"“{process.title}”的编号要看事项内容，不能预留"})
            numbers = unit.reserve(series, wanted["count"], wanted["reason"], by.id, now)
            said = {"numbers": list(numbers), "reason": wanted["reason"]}
            subject = "–".join(dict.fromkeys((numbers[0], numbers[-1])))
            unit.journal(now, by.id, "number.reserved", subject, said)
            unit.commit()
        return numbers

    def void_number(self, number: str, reason: str, *, by: Person) -> None:
        """Give up a number that was set aside: it stands in the book as void, with the reason (N7)."""
        now = self._clock()
        with self._unit() as unit:
            by = _keeps_numbers(unit, by, now)
            reason = accept(VOID, {"reason": reason})["reason"]
            if problems := why_not_reserve(1, reason):
                raise Refused(problems)
            found = unit.set_aside(number)
            if found is None:
                raise NotFound(f"“{number}”不在预留号中，请刷新后再看")
            if refusal := why_not_void(found):
                raise Conflict(refusal)
            unit.void_number(number, f"{found.reason}；作废：{reason}")
            unit.journal(now, by.id, "number.voided", number, {"reason": reason})
            unit.commit()

    def change_calendar(self, change: Change, *, by: Person, seen: int) -> int:
        """Put other days into the working calendar, and move the deadlines that hang on them: how many cases.

        `seen` is the revision of the calendar for which the person looked at what it comes to. Every
        case moves by an event of its own, whoever may see it (N9, P30). `Refused` where nothing changes.
        """
        now = self._clock()
        with self._unit() as unit:
            by = unit.person(by.id, now)
            if reason := why_not_administer(by):
                raise NotAllowed(reason)
            if unit.days().revision != seen:
                raise Conflict("日历刚有人改过，请看过最新的差异再确认")
            made = plan(unit.days(), change, unit.calendar(), unit.promises())
            if not made.changes:
                raise Refused({"": SAME})
            unit.set_days(made.days, made.calendar)
            for move in made.moved:
                self._recount(unit, move, f"{change.source}（{by.name}录入）", now)
            unit.journal(now, by.id, "calendar.changed", change.title, told_of(made))
            unit.commit()
        return len(made.moved)

    def _recount(self, unit: Unit, move: Move, reason: str, now: datetime) -> None:
        dues = {"due": move.due_at, "case_due": move.case_due_at}
        self._act(unit, unit.case(move.promise.case_id), "recount", {**dues, "reason": reason}, SYSTEM, now)

    def _urge(self, unit: Unit, case: Case, text: str, by: Person, now: datetime) -> str | None:
        waiting = [child for child in unit.children(case.id) if child.is_open]
        refusals = [self._urged(unit, one, text, by, now) for one in (case, *waiting)]
        return None if None in refusals else refusals[0]

    def _urged(self, unit: Unit, case: Case, text: str, by: Person, now: datetime) -> str | None:
        try:
            self._act(unit, case, "urge", {"text": text}, by, now)
        except (NotAllowed, Refused) as refusal:
            return str(refusal)
        return None

    def _open(
        self,
        unit: Unit,
        process: Process,
        case_id: str,
        values: Values,
        by: Person,
        now: datetime,
        parent: Case | None = None,
        reserved: str = "",
    ) -> Case:
        event = open_case(process, case_id, values, by, now, unit.calendar(), parent=parent)
        draft = apply(None, event, process, parent=parent)
        if parent is None:
            # A child's names were checked when they were chosen. Whoever has left since must not
            # stop the person whose step opens it: the child shows as late and can be given on.
            if reason := why_not_see(by, draft):
                raise NotAllowed(reason)
            why_not_named(draft, process.opens_with, event, unit)
        event = numbered(unit, event, process.number, draft.data, now, reserved)
        case = self._recorded(unit, event, process, now)
        if reserved:
            unit.use_number(reserved, case.id)
        return case

    def _act(
        self,
        unit: Unit,
        case: Case,
        key: str,
        values: Values,
        by: Person,
        now: datetime,
        *,
        reserved: str = "",
    ) -> Case:
        action = case.action(key)
        if action.aside:
            return _beside(unit, case, action, values, by, now)
        children = unit.children(case.id)
        event = act(case, key, values, by, now, unit.calendar(), children=children)
        why_not_named(case, action.asks, event, unit)
        event = found_out(unit, case, action, event)
        if action.numbers:
            event = numbered(unit, event, action.numbers, known_after(case, event), now, reserved)
        after = self._recorded(unit, event, case.process, now)
        if reserved and action.numbers:
            unit.use_number(reserved, case.id)
        for whom, words in told(case, action, event, children):
            unit.tell(whom, case.id, words, now)
        if action.to and not action.calls_back and came_back(case, after):
            self._slip(unit, after, Colour.YELLOW, f"{action.title}：质量不合要求", now)
        gone = [child for child in children if not after.asks_for(child)]
        lately = [child for child in gone if case.asks_for(child)]
        if key in ("withdraw", "void"):
            unit.call_off([case.id], NO_LONGER)
            reason = "上级事项已撤回或作废"
        elif action.to is None:  # it named others, as 加阅 may
            gone, reason = lately, "不再列入名单"
        else:  # it was called back, or enough were done
            reason = "上级事项已进入下一步，不再需要办理"
        # Nothing more is sent of those that are answered either; of what went before, that was said then.
        unit.call_off([child.id for child in lately], f"{reason}，不再发送")
        self._void_open(unit, gone, reason, now)
        return unit.case(case.id)  # with what followed

    def _void_open(self, unit: Unit, children: Iterable[Case], reason: str, now: datetime) -> None:
        """Children of a step that no longer stands are void with it, and of whoever it no longer names."""
        for child in children:
            if child.is_open:
                self._act(unit, child, "void", {"reason": reason}, SYSTEM, now)

    def _recorded(self, unit: Unit, event: Event, process: Process, now: datetime) -> Case:
        """Record an event and whatever follows from it by itself."""
        case = unit.record(event, process)
        if enters(event, process) and (sends := case.stage.sends) and sends.on_entry:
            self._send(unit, case, sends, now)
        case = self._followed(unit, case, now, event.by)
        if case.parent_id and not case.is_open:
            self._followed(unit, unit.case(case.parent_id), now, SYSTEM.id)
        return case

    def _followed(self, unit: Unit, case: Case, now: datetime, by: str) -> Case:
        """Open the children that should now stand, then take the step that follows by itself."""
        children = unit.children(case.id)
        for name in missing(case, children):
            self._open_child(unit, case, name, by, now)
        if key := follow(case, unit.children(case.id)):
            return self._act(unit, case, key, {}, SYSTEM, now)
        return case

    def _open_child(self, unit: Unit, case: Case, name: str, by: str, now: datetime) -> None:
        opens = case.stage.opens
        if opens is None:
            return
        process = unit.standard().in_force(opens.process, now.astimezone(unit.calendar().zone).date())
        actor = SYSTEM if by == SYSTEM.id else unit.person(by, now)
        self._open(unit, process, unit.new_id(), opens.gives(case.data, name), actor, now, parent=case)


def _text_in(content: bytes) -> str | None:
    """What a file will be found by; None where reading it failed: background work reads it again and logs why."""
    try:
        return text_in(content)
    except Exception:  # noqa: BLE001 -- a bug in reading must not cost the keeping
        return None


def _why_not_kept(text: str) -> None:
    """Refuse a file that bears a mark of secrecy, by whichever door it comes (P24)."""
    if level := read(text).secrecy_level:
        raise Classified(level)


def _why_not_from(amendment: Amendment, today: date, directory: Directory) -> None:
    problems = {}
    if amendment.in_force_from < today:
        problems["in_force_from"] = f"生效日期不能早于今天（{today:%Y-%m-%d}），已开始的事项按原标准办理"
    if amendment.proposed_by not in directory.people:
        problems["proposed_by"] = "提出人不在或已停用，请重新选择"
    if not amendment.reason.strip():
        problems["reason"] = "请写明为什么修订"
    if problems:
        raise Refused(problems)


def _keeps_numbers(unit: Unit, by: Person, now: datetime) -> Person:
    """Who gives a command on the number book; `NotAllowed` if they may not."""
    by = unit.person(by.id, now)
    if reason := why_not_keep_numbers(by):
        raise NotAllowed(reason)
    return by


def seen_by(unit: Unit, case_id: str, by: Person) -> Case:
    case = unit.case(case_id)
    if why_not_see(by, case):
        raise NotFound(GONE)
    return case


def _each(
    unit: Unit, by: Person, case_ids: Iterable[str], do: Callable[[Case], str | None]
) -> dict[str, str | None]:
    """Do it to each of these cases, all in one transaction: why not, by case, or None where it was done."""
    outcome: dict[str, str | None] = {}
    for case_id in dict.fromkeys(case_ids):
        try:
            outcome[case_id] = do(seen_by(unit, case_id, by))
        except OfficeError as refusal:
            outcome[case_id] = str(refusal)
    unit.commit()
    return outcome


def _beside(unit: Unit, case: Case, action: Action, values: Values, by: Person, now: datetime) -> Case:
    """Record what is said beside the work: nothing follows from it, and no child is asked."""
    event = act(case, action.key, values, by, now, unit.calendar())
    why_not_named(case, action.asks, event, unit)
    if action.overtaken and (newer := action.overtaken(event.data, lambda key: unit.events(case.id, key))):
        raise Conflict(_what_overtook(newer, case, unit))
    return unit.record(event, case.process)


def _what_overtook(newer: Event, case: Case, unit: Unit) -> str:
    when = newer.at.astimezone(unit.calendar().zone)
    return (
        f"{unit.directory().name(newer.by)}已于 {when:%m-%d %H:%M} 办理了“{case.action(newer.action).title}”，是同一条。"
        "您填写的内容已保留，请看过现在的文字再办理"
    )


def _what_came_between(case: Case, unit: Unit) -> str:
    zone = unit.calendar().zone
    own = {action.key: action.title for action in (*case.process.actions, *standing.ACTIONS.values())}
    what = case.process.opening if case.last_action == OPENED else own[case.last_action]
    return (
        f"{unit.directory().name(case.last_actor)}已于 {case.last_at.astimezone(zone):%m-%d %H:%M} 办理了“{what}”，"
        f"本件现在处于“{case.stage.title}”。您填写的内容已保留，请看过最新情况再办理"
    )

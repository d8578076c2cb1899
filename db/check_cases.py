"""Whether everything kept beside the events is what they add up to: cases, whom they concern, files, numbers.

A family – a case and its children – is told again from its events, in the order in which they were
recorded, and compared with the tables. Nothing is repaired.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Self, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from core.case import Case, Event, apply
from core.people import Grade
from core.process import Process
from core.processes import Standard
from core.worktime import WorkingCalendar
from db import information, office_data
from db.number_book import SLIP_NUMBER
from db.tables import AttachmentRow, CaseRow, ConcernedRow, EventRow, LinkRow, ReservedNumberRow, SequenceRow
from db.unit import EVENT_FIELDS, case_values, concerned_after, files_in

T = TypeVar("T")

_FAMILIES = 100
"""Families told at a time."""

_TITLES = {
    "number": "登记号",
    "stage": "步骤",
    "is_open": "是否办结",
    "grade": "密级",
    "title": "标题",
    "owner": "在谁手里",
    "duty": "责任岗位",
    "delegated_by": "委派人",
    "parent_id": "上级事项",
    "root_id": "所属事项",
    "opened_at": "登记时间",
    "entered_at": "进入本步时间",
    "due_at": "步骤时限",
    "case_due_at": "总时限",
    "paused_at": "暂停时间",
    "closed_at": "办结时间",
    "urged": "催办次数",
    "urged_at": "催办时间",
    "slip": "督办单",
    "asked": "延期申请",
    "seq": "序号",
    "data": "填写内容",
}


@dataclass
class Numbers:
    """The numbers the office gave, as the events tell them: none twice, none beyond its series."""

    last: dict[str, int]
    highest: dict[str, int] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, session: Session) -> Self:
        rows = session.execute(select(SequenceRow.series, SequenceRow.last))
        numbers = cls({re.sub(r"\{n[^}]*\}", "{n}", series): last for series, last in rows})
        for series, n in session.execute(select(ReservedNumberRow.series, ReservedNumberRow.n)):
            numbers._reach(re.sub(r"\{n[^}]*\}", "{n}", series), n)
        return numbers

    def take(self, number: str) -> bool:
        """Whether the number is given for the first time."""
        fresh = number not in self.seen
        self.seen.add(number)
        for digits in re.finditer(r"\d+", number):
            self._reach(f"{number[: digits.start()]}{{n}}{number[digits.end() :]}", int(digits[0]))
        return fresh

    def behind(self) -> Iterator[str]:
        """The series that would give a number again."""
        for series, n in self.highest.items():
            if n > self.last[series]:
                yield f"编号序列 {series.format(n='…')} 只记到 {self.last[series]}，实际已用到 {n}（sequences 表）"

    def _reach(self, series: str, n: int) -> None:
        if series in self.last:
            self.highest[series] = max(n, self.highest.get(series, 0))


@dataclass(frozen=True)
class Family:
    """What the tables hold of a case and its children."""

    rows: list[Any] = field(default_factory=list)
    events: list[Any] = field(default_factory=list)
    concerned: set[str] = field(default_factory=set)
    files: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    links: set[tuple[str, str]] = field(default_factory=set)
    counted: list[Any] = field(default_factory=list)


@dataclass(frozen=True)
class Story:
    """What its events say of a family.

    `stuck`: cases whose events lead nowhere, and why. `again`: numbers that had been given before, and
    the case that has one again.
    """

    cases: dict[str, Case] = field(default_factory=dict)
    concerned: set[str] = field(default_factory=set)
    files: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    stuck: dict[str, str] = field(default_factory=dict)
    again: list[tuple[str, Case]] = field(default_factory=list)


def check(session: Session) -> Iterator[str]:
    """What is not as the events have it, one sentence each."""
    standard, numbers = office_data.standard(session), Numbers.of(session)
    calendar = office_data.calendar(session)
    roots = session.scalars(select(CaseRow.root_id).distinct().order_by(CaseRow.root_id)).all()
    for some in batches(roots, _FAMILIES):
        for found in _readable(session, some):
            yield from [found] if isinstance(found, str) else _compared(found, standard, numbers, calendar)
    yield from numbers.behind()
    yield from _without_case(session)
    yield from _misused(session, numbers)


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items, some at a time."""
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some


# --- a family as the tables have it -------------------------------------------------------------------


def _readable(session: Session, roots: Sequence[str]) -> Iterator[Family | str]:
    """The families, or of one that nobody can read what is wrong with it."""
    try:
        yield from _families(session, roots)
    except (TypeError, ValueError) as trouble:
        if len(roots) == 1:
            yield f"事项 {roots[0]} 及其下级有读不出的内容（cases、events 表）：{trouble}"
        else:
            for root in roots:
                yield from _readable(session, [root])


def _families(session: Session, roots: Sequence[str]) -> Iterable[Family]:
    families: defaultdict[str, Family] = defaultdict(Family)
    root_of: dict[str, str] = {}
    for row in session.execute(_with_parents().where(CaseRow.root_id.in_(roots))).mappings():
        families[row["root_id"]].rows.append(row)
        root_of[row["id"]] = row["root_id"]
    members = select(CaseRow.id).where(CaseRow.root_id.in_(roots))
    for event in session.execute(_events().where(EventRow.case_id.in_(members)).order_by(EventRow.id)):
        families[root_of[event.case_id]].events.append(event)
    concerned = select(ConcernedRow.root_id, ConcernedRow.who).where(ConcernedRow.root_id.in_(roots))
    for root, who in session.execute(concerned):
        families[root].concerned.add(who)
    for case_id, other in session.execute(_links(members)):
        families[root_of[case_id]].links.add((case_id, other))
    columns = AttachmentRow.case_id, AttachmentRow.digest, AttachmentRow.name
    for case_id, digest, name in session.execute(select(*columns).where(AttachmentRow.case_id.in_(members))):
        families[root_of[case_id]].files[case_id, digest, name] += 1
    for row in information.kept(session, members):
        families[root_of[row["case_id"]]].counted.append(row)
    return families.values()


def _with_parents() -> Any:
    """Cases, each with the root and the grade of its parent."""
    parent = aliased(CaseRow)
    inherited = parent.root_id.label("parents_root"), parent.grade.label("parents_grade")
    return select(*CaseRow.__table__.c, *inherited).outerjoin(parent, parent.id == CaseRow.parent_id)


def _links(members: Any) -> Any:
    return select(LinkRow.case_id, LinkRow.other_id).where(LinkRow.case_id.in_(members))


def _events() -> Any:
    columns = EventRow.__table__.c
    return select(*(columns[name] for name in EVENT_FIELDS))


# --- a family as its events tell it -------------------------------------------------------------------


def _told(family: Family, standard: Standard, numbers: Numbers) -> Story:
    story = Story()
    for event in _in_order(family.events):
        if event.case_id in story.stuck:
            continue
        try:
            _tell_on(story, event, standard, numbers)
        except Exception as trouble:  # noqa: BLE001 -- events that were tampered with may fail anywhere
            story.stuck[event.case_id] = f"{type(trouble).__name__}: {trouble}"
    return story


def _tell_on(story: Story, event: Event, standard: Standard, numbers: Numbers) -> None:
    before = story.cases.get(event.case_id)
    process = before.process if before else standard.version(event.process, event.version)
    case = story.cases[event.case_id] = apply(before, event, process)
    now = concerned_after(story.concerned, case, event.action, story.cases.values)
    story.concerned.intersection_update(now)
    story.concerned.update(now)
    story.files.update((case.id, ref["digest"], ref["name"]) for ref in files_in(process, event.data))
    story.again.extend((n, case) for n in _numbers_in(process, event) if not numbers.take(n))


def _in_order(rows: Sequence[Any]) -> Iterator[Event]:
    """The events of a family as they were recorded, those of each case in their own order."""
    own: defaultdict[str, list[Event]] = defaultdict(list)
    for row in rows:
        own[row.case_id].append(Event(**dict(zip(EVENT_FIELDS, row, strict=True))))
    turns = {case_id: iter(sorted(events, key=lambda e: e.seq)) for case_id, events in own.items()}
    return (next(turns[row.case_id]) for row in rows)


def _numbers_in(process: Process, event: Event) -> list[str]:
    found = (event.data.get(key) for key in (*process.numbers, SLIP_NUMBER))
    return [number for number in found if number]


# --- the two compared ---------------------------------------------------------------------------------


def _compared(
    family: Family, standard: Standard, numbers: Numbers, calendar: WorkingCalendar
) -> Iterator[str]:
    story = _told(family, standard, numbers)
    for number, case in story.again:
        yield f"号码 {number} 用了两次：第二次在事项 {case.number}（{case.id}）"
    for row in family.rows:
        yield from _case(row, story)
    if story.stuck or not family.rows:
        return
    head = next((row for row in family.rows if row["id"] == row["root_id"]), family.rows[0])
    named = f"事项 {head['number']}（{head['id']}）"
    if added := family.concerned - story.concerned:
        yield f"{named}的知悉范围里多出 {'、'.join(sorted(added))}：没有记录说明（concerned 表）"
    if gone := story.concerned - family.concerned:
        yield f"{named}的知悉范围里少了 {'、'.join(sorted(gone))}（concerned 表）"
    links = {(case.id, other) for case in story.cases.values() for other in case.links}
    for case_id, other in sorted(family.links ^ links):
        wrong = "多出" if (case_id, other) in family.links else "少了"
        yield f"{named}的关联{wrong} {case_id} 到 {other} 的一条（links 表）"
    items, figures = information.counted(story.cases.values(), calendar)
    if _in_line(family.counted) != _in_line([*items, *figures]):
        yield f"{named}的统计数据与它的记录不符（information、reported_figures 表）"
    for _, digest, name in (family.files - story.files).elements():
        yield f"{named}的附件登记多出 {name!r}（{digest}）：没有记录说明（attachments 表）"
    for _, digest, name in (story.files - family.files).elements():
        yield f"{named}的附件登记少了 {name!r}（{digest}）（attachments 表）"


def _in_line(rows: Iterable[Any]) -> list[dict[str, Any]]:
    """What is counted of information, in an order by which two lots can be compared."""
    return sorted(map(dict, rows), key=lambda row: (row["case_id"], row.get("n", -1)))


def _case(row: Any, story: Story) -> Iterator[str]:
    named = f"事项 {row['number']}（{row['id']}）"
    if trouble := story.stuck.get(row["id"]):
        yield f"{named}的记录走不通：{trouble}"
    elif case := story.cases.get(row["id"]):
        root, grade = row["parents_root"] or row["id"], Grade(row["parents_grade"] or 0)
        adds_up = case_values(case.but(root_id=root, inherited=grade))
        if wrong := [_TITLES.get(name, name) for name, value in adds_up.items() if row[name] != value]:
            yield f"{named}与它的记录不符：{'、'.join(wrong)}"
    else:
        yield f"{named}没有任何记录"


def _without_case(session: Session) -> Iterator[str]:
    known = select(CaseRow.id).where(CaseRow.id == EventRow.case_id).exists()
    for row_id, case_id in session.execute(select(EventRow.id, EventRow.case_id).where(~known)):
        yield f"记录 {row_id} 的事项 {case_id} 不在事项表里"


def _misused(session: Session, numbers: Numbers) -> Iterator[str]:
    """Reserved numbers that say of themselves what the cases do not."""
    rows = session.execute(select(ReservedNumberRow.number, ReservedNumberRow.case_id))
    for number, case_id in rows:
        if case_id and number not in numbers.seen:
            yield f"预留号 {number} 记为事项 {case_id} 所用，该事项却没有这个号（reserved_numbers 表）"
        elif not case_id and number in numbers.seen:
            yield f"预留号 {number} 已有事项在用，却没有记下（reserved_numbers 表）"

"""What the departments report and when (报送清单, R56), and how information is graded: the commands on both.

A duty names a reporter, the figures expected, and a day in each week, month or quarter. For each period the program
opens a report that lies with the reporter; from there it is a case like any other, late by itself and urged like
any other.
"""

from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from core.errors import GONE, Conflict, NotAllowed, NotFound, Refused
from core.fields import Field, Kind, accept
from core.grading import Rules, pack, rules_from
from core.office import Office, Values
from core.people import SYSTEM, Person
from core.policy import why_not_keep_duties, why_not_keep_grading
from core.ports import Clock, Directory, Unit
from core.processes.report import KEY
from core.worktime import WorkingCalendar

WEEKLY, MONTHLY, QUARTERLY = "每周", "每月", "每季"
_SIGNS = {WEEKLY: "w", MONTHLY: "m", QUARTERLY: "q"}

LONGEST_TITLE = 60
"""Characters of what a duty is called: its period stands behind it in the title of each report."""

DUTY = (
    Field(key="title", title="报送事项", help="如 销售数据、项目进度"),
    Field(key="department", title="部门", kind=Kind.DEPARTMENT),
    Field(key="reporter", title="信息员", kind=Kind.PERSON),
    Field(
        key="figures",
        title="指标",
        kind=Kind.ROWS,
        required=False,
        columns=(
            Field(key="name", title="指标", help="如 本周销售额"),
            Field(key="unit", title="单位", required=False, help="如 万元"),
        ),
    ),
    Field(key="every", title="报送期", kind=Kind.CHOICE, options=(WEEKLY, MONTHLY, QUARTERLY), default=WEEKLY),
    Field(
        key="due_day", title="截止日", kind=Kind.NUMBER, at_least=1, default=5,
        help="每周写星期几（1–7），每月写几号，每季写末月几号；遇休息日顺延到下一个工作日",
    ),
    Field(key="since", title="开始日期", kind=Kind.DATE, help="从这一天起开始的报送期才报"),
    Field(key="active", title="在用", kind=Kind.YES_NO, default=True),
)  # fmt: skip
"""What is asked of a duty to report."""


@dataclass(frozen=True, kw_only=True)
class Duty:
    """Something a department reports. `figures`: name and unit of each; `due_day`: the weekday (1 is Monday) or the
    day of the month, of a quarter of its last month; `since`: periods that begin from then on.
    """

    id: str
    title: str
    department: str
    reporter: str
    figures: tuple[tuple[str, str], ...]
    every: str
    due_day: int
    since: date
    active: bool = True
    version: int = 1

    @property
    def rhythm(self) -> str:
        """When it is due, in words."""
        if self.every == WEEKLY:
            return f"每周{'一二三四五六日'[self.due_day - 1]}"
        return f"{self.every}{'末月' if self.every == QUARTERLY else ''} {self.due_day} 日"


@dataclass(frozen=True)
class Period:
    """A week, a month or a quarter: its first day, what it is called, the working day by which it is reported."""

    begins: date
    title: str
    due_on: date


class ReportingUnit(Unit, Protocol):
    """One transaction that also reaches the duties of reporters and the rules of grading."""

    def duties(self) -> Mapping[str, Duty]: ...
    def keep_duty(self, duty: Duty) -> None: ...
    def set_grading(self, values: Mapping[str, Any]) -> None: ...


class Reporting(Office):
    """Commands on who reports what, and on how information is graded."""

    def __init__(self, unit: Callable[[], ReportingUnit], clock: Clock) -> None:
        super().__init__(unit, clock)
        self._reports = unit

    def keep_duty(
        self, values: Values, *, by: Person, duty_id: str = "", seen: int = 0, form: str = ""
    ) -> Duty:
        """Put a duty on the list, or change the one of this id, of which the person saw the version `seen`.

        `form` is the id of the filled-in form, which makes one duty only (P3).
        """
        now = self._clock()
        with self._reports() as unit:
            by = unit.person(by.id, now)
            if reason := why_not_keep_duties(by):
                raise NotAllowed(reason)
            if form and (known := unit.duties().get(form)):
                return known
            before = _known(unit, duty_id, seen) if duty_id else None
            duty = _duty(values, before, form, unit, now)
            unit.keep_duty(duty)
            what = "duty.changed" if before else "duty.added"
            unit.journal(now, by.id, what, duty.title, _told(duty, unit.directory()))
            unit.commit()
        return duty

    def open_reports(self) -> int:
        """Open the reports of every period that has begun and has none yet; how many. The program does it by itself.

        A duty whose reporter or department is gone opens none until somebody mends it; the others go on.
        """
        now, opened = self._clock(), 0
        with self._reports() as unit:
            duties = [duty for duty in unit.duties().values() if duty.active]
            today = now.astimezone(unit.calendar().zone).date()
            for duty in duties:
                if why_not_open(duty, unit.directory()):
                    continue
                for period in begun(duty, today, unit.calendar()):
                    opened += self._report(unit, duty, period, now)
            unit.commit()
        return opened

    def _report(self, unit: ReportingUnit, duty: Duty, period: Period, now: datetime) -> bool:
        case_id = report_of(duty, period)
        if unit.has_case(case_id):
            return False
        process = unit.standard().in_force(KEY, now.astimezone(unit.calendar().zone).date())
        values = _expected(duty, period, unit.directory())
        self._open(unit, process, case_id, values, SYSTEM, now)
        return True

    def set_grading(self, values: Values, *, by: Person) -> Rules:
        """Grade information by these rules and this matrix from now on; what is graded already stays as it is."""
        now = self._clock()
        with self._reports() as unit:
            by = unit.person(by.id, now)
            if reason := why_not_keep_grading(by):
                raise NotAllowed(reason)
            rules = rules_from(values, unit.directory().people)
            kept = pack(rules)
            unit.set_grading(kept)
            unit.journal(now, by.id, "grading.changed", f"{len(rules.rules)} 条规则", kept)
            unit.commit()
        return rules


def week_of(day: date) -> str:
    """The week a day is in, as it is counted: 2026-W48."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def period_of(duty: Duty, day: date, calendar: WorkingCalendar) -> Period:
    """The period of a duty in which a day lies."""
    if duty.every == WEEKLY:
        begins = day - timedelta(days=day.weekday())
        return Period(begins, week_of(day), _worked(begins + timedelta(days=duty.due_day - 1), calendar))
    months = 3 if duty.every == QUARTERLY else 1
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    last = first.month + months - 1
    due = date(day.year, last, min(duty.due_day, monthrange(day.year, last)[1]))
    title = f"{day.year}年{first.month}月" if months == 1 else f"{day.year}年第{last // 3}季度"
    return Period(first, title, _worked(due, calendar))


def begun(duty: Duty, today: date, calendar: WorkingCalendar) -> Iterator[Period]:
    """The periods of a duty that began on or after the day it holds from, until today, the newest first."""
    period = period_of(duty, today, calendar)
    while period.begins >= duty.since:
        yield period
        period = period_of(duty, period.begins - timedelta(days=1), calendar)


def report_of(duty: Duty, period: Period) -> str:
    """The id of the report of a period: the same however often it is asked for."""
    return f"{duty.id}-{_SIGNS[duty.every]}{period.begins:%Y%m%d}"


def why_not_open(duty: Duty, people: Directory) -> str | None:
    """Why no report of a duty can be opened, or None: whoever reports has to be here."""
    if duty.reporter not in people.people:
        return f"信息员{people.name(duty.reporter)}已停用，请改派"
    return None if duty.department in people.departments else "部门已撤销，请改写"


def _worked(day: date, calendar: WorkingCalendar) -> date:
    """The day, or the next one on which the office works."""
    while not calendar.is_working_day(day):
        day += timedelta(days=1)
    return day


def _expected(duty: Duty, period: Period, people: Directory) -> dict[str, Any]:
    """With what a report begins: the figures that are wanted, with their units."""
    return {
        "title": f"{duty.title}（{period.title}）",
        "duty": duty.id,
        "period": period.title,
        "department": duty.department,
        "source_name": people.departments[duty.department],
        "reporter": duty.reporter,
        "channel": "内部",
        "figures": [{"name": name, "unit": unit} for name, unit in duty.figures],
        "due_on": period.due_on,
    }


def _known(unit: ReportingUnit, duty_id: str, seen: int) -> Duty:
    known = unit.duties().get(duty_id)
    if known is None:
        raise NotFound(GONE)
    if known.version != seen:
        raise Conflict("这一项刚有人改过，请看过最新的再改；您填写的内容已保留")
    return known


def _duty(values: Values, before: Duty | None, form: str, unit: ReportingUnit, now: datetime) -> Duty:
    """The duty that was filled in; `Refused` with what to mend."""
    taken = accept(DUTY, values)
    taken = {field.key: field.unpack(taken[field.key]) for field in DUTY}
    figures = tuple((row["name"], row["unit"] or "") for row in taken["figures"] or ())
    duty = Duty(
        **{**taken, "figures": figures, "active": taken["active"] is not False},
        id=before.id if before else form or unit.new_id(),
        version=before.version + 1 if before else 1,
    )
    today = now.astimezone(unit.calendar().zone).date()
    if problems := _problems(duty, before, today, unit.directory(), unit.calendar()):
        raise Refused(problems)
    return duty


def _problems(
    duty: Duty, before: Duty | None, today: date, people: Directory, calendar: WorkingCalendar
) -> dict[str, str]:
    problems = {}
    most = 7 if duty.every == WEEKLY else 31
    if duty.due_day > most:
        problems["due_day"] = "每周的截止日写星期几，1 到 7" if most == 7 else "截止日写几号，1 到 31"
    elif _begins_anew(duty, before) and duty.since < (first := period_of(duty, today, calendar).begins):
        problems["since"] = f"开始日期不能早于本期第一天（{first:%Y-%m-%d}），以前的报送期不补"
    if len(duty.title) > LONGEST_TITLE:
        problems["title"] = f"报送事项最多 {LONGEST_TITLE} 字，请写短些"
    if duty.reporter not in people.people:
        problems["reporter"] = "信息员已停用，请重新选择"
    if duty.department not in people.departments:
        problems["department"] = "部门已撤销，请重新选择"
    return problems


def _begins_anew(duty: Duty, before: Duty | None) -> bool:
    """Whether the periods are others than before, so that none of the past may be opened."""
    return before is None or (before.every, before.since, before.active) != (
        duty.every,
        duty.since,
        duty.active,
    )


def _told(duty: Duty, people: Directory) -> dict[str, Any]:
    """A duty as the journal tells it, in words."""
    return {
        "department": people.name(duty.department),
        "reporter": people.name(duty.reporter),
        "figures": [f"{name}（{unit}）" if unit else name for name, unit in duty.figures],
        "due": duty.rhythm,
        "since": duty.since.isoformat(),
        "active": duty.active,
    }

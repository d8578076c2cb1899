"""The schedule of the demonstration: rooms and cars, what repeats, and a conflict that waits for a decision."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from core.people import Person
from core.scheduling import Scheduling
from core.worktime import Limit, WorkingCalendar

ROOMS = (
    ("会议室", "三楼第一会议室", 40),
    ("会议室", "五楼会议室", 24),
    ("会议室", "二楼培训室", 80),
    ("会议室", "302 会议室", 12),
    ("车辆", "1 号车", 5),
    ("车辆", "中巴", 18),
)
"""Kind, name and seats."""


DIRECTOR = "zhangwei"
"""Stands for the director, whose id is given when the office is founded."""


@dataclass(frozen=True)
class Planned:
    """Something on the calendar: in so many working days, from and to, for whom and where."""

    ahead: int
    begins: time
    ends: time
    title: str
    people: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    sort: str = "临时"
    important: bool = False
    repeat: str = "不重复"
    weeks: int = 0
    all_day: bool = False


AHEAD = (
    Planned(0, time(8, 30), time(9), "主任办公会前碰头", (DIRECTOR, "wangmin", "lihua"), sort="固定", repeat="每个工作日", weeks=8),
    Planned(1, time(9), time(10), "办公室周例会", (DIRECTOR,), ("zonghe", "caiwu"), ("302 会议室",), "固定", repeat="每周", weeks=12),
    Planned(0, time(15), time(16, 30), "听取信息化项目进展", ("heyun",), ("xinxi",), ("五楼会议室",)),
    Planned(1, time(10), time(11, 30), "调研市民服务中心", ("heyun", "wuyue"), (), ("1 号车",)),
    Planned(2, time(9), time(11), "市政府党组会", ("heyun",), (), (), "固定", True),
    Planned(3, time(14), time(15), "财务月度结账", (), ("caiwu",)),
    Planned(4, time(9), time(17), "安全生产大检查", ("zhouning",), ("anjian",), ("中巴",), "临时", all_day=True),
    Planned(5, time(9, 30), time(10, 30), "接受媒体采访", ("heyun",)),
    Planned(3, time(9, 30), time(11), "省政府视频调度会", ("heyun", DIRECTOR), (), (), "固定", True),
    Planned(3, time(10), time(11), "重点企业紧急协调会", ("heyun",), (), (), "突发", True),
)  # fmt: skip
"""The last one clashes with the one before it: the leader has two important things at once."""


@dataclass
class Plans:
    """Fills the calendar of the demonstration, by the hand of a secretary."""

    scheduling: Scheduling
    calendar: WorkingCalendar
    clerk: Person
    director: Person
    now: datetime

    def enter_rooms(self) -> None:
        for kind, name, seats in ROOMS:
            self.scheduling.keep_resource({"kind": kind, "name": name, "capacity": seats}, by=self.clerk)

    def plan(self) -> None:
        for one in AHEAD:
            self.scheduling.add(self._form(one), by=self.clerk)

    def _form(self, one: Planned) -> dict[str, Any]:
        after = self.calendar.after(self.now, Limit(days=one.ahead)) if one.ahead else self.now
        day = after.astimezone(self.calendar.zone).date()
        begins, ends = (datetime.combine(day, at, self.calendar.zone) for at in (one.begins, one.ends))
        return {
            "title": one.title,
            "begins": begins,
            "ends": ends,
            "all_day": one.all_day,
            "sort": one.sort,
            "important": one.important,
            "people": [self.director.id if who == DIRECTOR else who for who in one.people],
            "departments": list(one.departments),
            "resources": list(one.resources),
            "place": "",
            "note": "",
            "repeat": one.repeat,
            "until": day + timedelta(weeks=one.weeks) if one.weeks else None,
        }

"""The receptions of the demonstration: one over, one under way, one to be approved, one announced."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.case import Case
from core.people import Person
from core.worktime import Limit
from db.seed_teller import Teller

STEPS = ("needs", "plan", "approval", "execution", "summary", "filing", "archived")


@dataclass(frozen=True)
class Visit:
    """A visit: on which working day from today its guests come, and how far the work on it has got."""

    day: int
    title: str
    visitor: str
    head: str
    level: str
    guests: int
    reached: str
    needs: tuple[str, ...] = ()
    note: str | None = None


VISITS = (
    Visit(-12, "接待东湖区办公室交流组", "东湖区人民政府办公室", "孙立群副主任", "县处级", 6, "archived"),
    Visit(0, "接待省数据局调研组", "省数据局", "周副局长", "厅局级", 8, "execution", ("清真餐", "无障碍设施"), "清真餐 2 人，轮椅 1 位"),
    Visit(4, "接待兄弟市统计工作考察团", "江南市统计局", "沈局长", "县处级", 12, "approval", ("素食",), "素食 1 人"),
    Visit(7, "接待高校课题组", "云川大学信息学院", "吴倩讲师", "其他", 5, "needs"),
)  # fmt: skip


class Receptions(Teller):
    """Takes the visits of the demonstration through the office."""

    def tell(self, visit: Visit) -> None:
        comes = self._comes(visit.day)
        self.clock.at = min(self._before(comes, 5), self._before(self.now, 1))
        clerk = self.people["lihua"]
        case = self.office.open("reception", self._opening(visit, comes, clerk), by=clerk)
        for step in STEPS[: STEPS.index(visit.reached)]:
            getattr(self, f"_{step}")(visit, case, clerk, comes)
        if visit.reached == "execution":
            self._under_way(case, comes)

    def _comes(self, day: int) -> datetime:
        """Half past nine on the working day so many from today; today's guests came two hours ago at least."""
        at = self.now.astimezone(self.calendar.zone)
        moved = (
            (self.calendar.after if day > 0 else self.calendar.before)(at, Limit(days=abs(day)))
            if day
            else at
        )
        morning = moved.replace(hour=9, minute=30, second=0, microsecond=0)
        return morning if day else min(morning, (at - timedelta(hours=2)).replace(second=0, microsecond=0))

    def _before(self, moment: datetime, days: int) -> datetime:
        return self.calendar.before(moment, Limit(days=days)).replace(
            hour=9, minute=20, second=0, microsecond=0
        )

    def _opening(self, visit: Visit, comes: datetime, clerk: Person) -> dict[str, Any]:
        return {
            "title": visit.title,
            "secrecy_level": "非密",
            "visitor": visit.visitor,
            "head_guest": visit.head,
            "guest_level": visit.level,
            "guest_count": visit.guests,
            "arrives_at": comes,
            "leaves_at": comes + timedelta(hours=7),
            "host": self.director.id,
            "organiser": clerk.id,
        }

    def _needs(self, visit: Visit, case: Case, clerk: Person, comes: datetime) -> None:
        self.clock.at += timedelta(hours=1)
        said: dict[str, Any] = {
            "letter": [],
            "letter_number": f"函〔{comes.year}〕12号",
            "no_letter_because": None,
        }
        wanted = {"special_needs": list(visit.needs), "needs_note": visit.note}
        self._act(
            case, "confirm_needs", clerk, visit_purpose="调研办公室信息化和数据治理工作", **wanted, **said
        )

    def _plan(self, visit: Visit, case: Case, clerk: Person, comes: datetime) -> None:
        self.clock.at += timedelta(hours=2)
        steps = (
            (0, "接站", "高铁站", "lihua", None),
            (60, "座谈", "市政府三楼会议室", "wangmin", "备无线话筒两支"),
            (140, "工作餐", "机关食堂", "zhaoqian", visit.note),
            (240, "实地调研", "市数据中心", "sunzhe", None),
            (360, "送站", "高铁站", "lihua", None),
        )
        itinerary = [
            {
                "begins": f"{comes + timedelta(minutes=after):%m-%d %H:%M}",
                "activity": what,
                "place": where,
                "in_charge": who,
                "remark": note,
            }
            for after, what, where, who, note in steps
        ]
        staff = [
            {"task": "接送站、车辆", "person": "lihua", "phone": "13900000003"},
            {"task": "会务", "person": "wangmin", "phone": "13900000002"},
            {"task": "用餐", "person": "zhaoqian", "phone": None},
        ]
        emergency = [
            {"matter": "医疗", "whom": "市医院急诊", "phone": "120"},
            {"matter": "车辆故障", "whom": "机关车队值班", "phone": "13900000031"},
        ]
        more = {"hosts_at_table": 3, "lodging": None, "vehicles": "中巴一辆", "budget": 1800}
        stay = {"arrives_at": comes, "leaves_at": comes + timedelta(hours=7)}
        self._act(
            case, "submit_plan", clerk, itinerary=itinerary, staff=staff, emergency=emergency, **stay, **more
        )

    def _approval(self, visit: Visit, case: Case, clerk: Person, comes: datetime) -> None:
        self.clock.at += timedelta(hours=3)
        self._act(case, "approve_plan", self.director, approval_opinion=None)

    def _under_way(self, case: Case, comes: datetime) -> None:
        """The first line of the itinerary is done, the second has begun."""
        for n, state, after in ((1, "已完成", 45), (2, "进行中", 62)):
            self.clock.at = comes + timedelta(minutes=after)
            self._act(case, "mark_item", self.people["lihua"], item_no=n, item_state=state, item_note=None)

    def _execution(self, visit: Visit, case: Case, clerk: Person, comes: datetime) -> None:
        for n in range(1, 6):
            self.clock.at = comes + timedelta(minutes=70 * n)
            self._act(case, "mark_item", clerk, item_no=n, item_state="已完成", item_note=None)
        self.clock.at = comes + timedelta(hours=8)
        self._act(case, "finish", clerk, execution_note=None)

    def _summary(self, visit: Visit, case: Case, clerk: Person, comes: datetime) -> None:
        self.clock.at += timedelta(days=1)
        cost = [{"item": "工作餐", "count": 1, "amount": 540, "voucher": "1 张"}]
        said = {
            "actual_guests": visit.guests,
            "actual_hosts": 3,
            "guest_feedback": "安排紧凑，材料翔实",
            "lessons": "座谈时间可再留宽些",
        }
        self._act(case, "summarise", clerk, settlement=cost, **said)

    def _filing(self, visit: Visit, case: Case, clerk: Person, comes: datetime) -> None:
        self._act(case, "archive", clerk, retention="10年", box=f"{comes:%Y}-接 1 盒")

"""The meetings of the demonstration: of every stage around today, in the room and far away, with their tasks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from core.case import Case
from core.contacts import Contact, as_person
from core.people import Person
from core.processes.task import issued
from core.worktime import Limit
from db.contacts import AddressBook
from db.seed_teller import Teller

CONTACTS = (
    ("赵建国", "云川供电公司", "安全总监", "13900000011", "zhaojg@example.com"),
    ("钱敏", "市统计局", "综合科科长", "13900000012", "qianm@example.com"),
    ("孙立群", "东湖区人民政府办公室", "副主任", "13900000013", "sunlq@example.com"),
    ("吴倩", "云川大学信息学院", "讲师", "13900000014", "wuq@example.com"),
    ("郑浩", "市气象局", "应急科科长", "13900000015", ""),
)
"""Name, unit, post, mobile and mail of those without an account."""

REACHED = {
    "heyun": ("副市长", "13900000001", "heyun@example.com"),
    "wangmin": ("文秘", "13900000002", "wangmin@example.com"),
    "lihua": ("文秘", "13900000003", "lihua@example.com"),
    "chenli": ("处长", "13900000004", "chenli@example.com"),
    "zhouning": ("处长", "13900000005", "zhouning@example.com"),
    "wuyue": ("处长", "13900000006", "wuyue@example.com"),
    "sunzhe": ("主任", "13900000007", ""),
}
"""Post, mobile and mail of those with one."""

STEPS = (
    "needs",
    "plan",
    "plan_review",
    "materials_due",
    "venue",
    "inviting",
    "meet",
    "minutes_draft",
    "minutes_signing",
    "splitting",
    "follow_up",
    "filing",
    "archived",
)


@dataclass(frozen=True)
class Gathering:
    """A meeting: on which working day from today (0 is today), and how far it has got.

    `hours`: after how many hours its minutes were signed. `done`: how many of its tasks are done by now.
    """

    day: int
    kind: str
    title: str
    reached: str
    mode: str = "现场"
    place: str = "三楼第一会议室"
    by: str = "wangmin"
    hours: int = 18
    tasks: Sequence[tuple[str, str, int, str]] = ()
    done: int = 0
    remarks: Sequence[tuple[str, str, str]] = ()
    objected: str = ""


GATHERINGS = (
    Gathering(-26, "协调会", "第三季度督办事项协调会", "archived", hours=17, done=2, tasks=(
        ("报送未完成事项的原因和新期限", "chenli", -20, "逐项写明原因、期限"),
        ("更新督办台账", "sunzhe", -19, "台账与纪要一致"),
    )),
    Gathering(-19, "决策会", "年度信息化项目审议会", "archived", place="五楼会议室", by="lihua", hours=30, done=2, tasks=(
        ("修改项目清单后送签", "sunzhe", -14, "按审议意见逐条修改"),
        ("落实项目经费渠道", "chenli", -11, "明确资金来源"),
    )),
    Gathering(-13, "培训会", "公文格式线上培训", "archived", mode="线上", place="", by="lihua", hours=21),
    Gathering(-9, "协调会", "冬季供电保障协调会", "follow_up", mode="现场和线上", done=1, hours=22, tasks=(
        ("报送重点用户清单", "zhouning", -3, "含联系人和用电负荷"),
        ("制定停电应急用车方案", "wuyue", -1, "经主任审定"),
        ("建立每日会商机制", "chenli", 4, "明确时间、方式、参加人"),
    ), objected="用车由综合处统一安排，请改由综合处承办"),
    Gathering(-5, "决策会", "办公用房调整方案审议会", "follow_up", place="五楼会议室", hours=40, tasks=(
        ("张榜公示调整方案", "wuyue", 2, "公示 5 个工作日"),
        ("核定搬迁费用", "chenli", 6, "附报价单"),
    )),
    Gathering(-1, "协调会", "年终总结材料分工会", "minutes_draft", by="lihua", remarks=(
        ("何韵", "发言", "总结要用数据说话，篇幅控制在五千字以内。"),
        ("陈砺", "发言", "财务数据下周三前可以提供。"),
        ("吴越", "待办", "@陈砺 提供全年经费执行数据"),
        ("何韵", "议定", "十二月十日前形成初稿，由综合处汇总。"),
    )),
    Gathering(2, "协调会", "元旦值班和安全检查协调会", "inviting"),
    Gathering(4, "决策会", "明年重点工作务虚会", "venue", place="五楼会议室", by="lihua"),
    Gathering(6, "培训会", "档案整理业务培训", "plan_review", mode="现场和线上", place="二楼培训室"),
    Gathering(9, "协调会", "市县两级办公室联席会", "plan", by="lihua"),
)  # fmt: skip

_DEMANDED = {
    "决策会": {"decisions_wanted": "是否同意方案，如何分步实施"},
    "协调会": {"issues": "各单位职责有交叉，时间安排不一致"},
    "培训会": {"training_goal": "会用、用对；培训后当场测验，80 分合格"},
}


@dataclass
class Meetings(Teller):
    """Takes the meetings of the demonstration through the office."""

    book: AddressBook
    guests: Sequence[str] = ()

    def fill_the_address_book(self) -> None:
        """Who can be invited, and how."""
        clerk = self.people["wangmin"]
        keys = ("name", "organisation", "post", "mobile", "email")
        rows = [dict(zip(keys, told, strict=True)) for told in CONTACTS]
        self.guests = self.book.add_all(rows, self.clock.at, by=clerk)
        for who, told in REACHED.items():
            self.book.change(who, dict(zip(keys[2:], told, strict=True)), self.clock.at, by=clerk)

    def tell(self, one: Gathering) -> None:
        held = self._held(one.day)
        self.clock.at = min(self._before(held, 6, 9), self._before(self.now, 2, 9))
        clerk = self.people[one.by]
        case = self.office.open("meeting", self._opening(one, held, clerk), by=clerk)
        for step in STEPS[: STEPS.index(one.reached)]:
            getattr(self, f"_{step}")(one, case, clerk, held)
            case = self._see(case)
        if one.reached == "inviting":
            self._some_answer(case)
        if one.objected:
            self._objected(one, case)

    def _held(self, day: int) -> datetime:
        """Half past two on the working day so many from today."""
        at = self.now.astimezone(self.calendar.zone)
        moved = (
            (self.calendar.after if day > 0 else self.calendar.before)(at, Limit(days=abs(day)))
            if day
            else at
        )
        return moved.replace(hour=14, minute=30, second=0, microsecond=0)

    def _before(self, moment: datetime, days: int, hour: int) -> datetime:
        return self.calendar.before(moment, Limit(days=days)).replace(
            hour=hour, minute=10, second=0, microsecond=0
        )

    def _opening(self, one: Gathering, held: datetime, clerk: Person) -> dict[str, Any]:
        return {
            "meeting_kind": one.kind,
            "title": one.title,
            "secrecy_level": "非密",
            **self._when_and_where(one, held),
            "convener": self.director.id,
            "organiser": clerk.id,
            "contact": f"{clerk.name} 8010",
            "previous": None,
        }

    def _when_and_where(self, one: Gathering, held: datetime) -> dict[str, Any]:
        far = "会议号 600 200 100" if one.mode != "现场" else None
        when = {"held_at": held, "ends_at": held + timedelta(minutes=90)}
        return {**when, "mode": one.mode, "place": one.place or None, "remote_address": far}

    def _needs(self, one: Gathering, case: Case, clerk: Person, held: datetime) -> None:
        nothing = {"decisions_wanted": None, "issues": None, "training_goal": None}
        asked = {**nothing, **_DEMANDED[one.kind]}
        self._act(case, "confirm_needs", clerk, purpose=f"把“{one.title}”要定的事定下来", **asked)

    def _plan(self, one: Gathering, case: Case, clerk: Person, held: datetime) -> None:
        self.clock.at += timedelta(hours=2)
        agenda = [
            {"topic": "通报情况", "reporter": "吴越", "minutes": 20},
            {"topic": "逐项研究", "reporter": "陈砺", "minutes": 40},
            {"topic": "议定事项", "reporter": "张维", "minutes": 20},
        ]
        invitees = ["heyun", "chenli", "zhouning", "wuyue", "sunzhe", *self.guests[:3]]
        reply_by = self.calendar.before(held, Limit(days=1)).date()
        when = self._when_and_where(one, held)
        said = {
            "agenda": agenda,
            "invitees": invitees,
            "reply_by": reply_by,
            "to_prepare": "请带本单位情况，发言不超过五分钟",
        }
        self._act(case, "submit_plan", clerk, **said, **when)

    def _plan_review(self, one: Gathering, case: Case, clerk: Person, held: datetime) -> None:
        self.clock.at += timedelta(hours=3)
        self._act(case, "approve_plan", self.director, plan_opinion=None)

    def _materials_due(self, one: Gathering, case: Case, clerk: Person, held: datetime) -> None:
        self.clock.at = max(
            self.clock.at + timedelta(minutes=30),
            min(self._before(held, 2, 10), self.now - timedelta(hours=3)),
        )
        paper = self.office.keep(f"{one.title}材料.txt", f"{one.title}\n情况和建议。".encode(), by=clerk)
        draft = (
            self.office.keep("决议草案.txt", "会议决定：同意方案。".encode(), by=clerk)
            if one.kind == "决策会"
            else None
        )
        said = {
            "materials": [paper],
            "materials_version": "第 1 版",
            "draft_resolution": [draft] if draft else [],
        }
        self._act(case, "materials_ready", clerk, **said)

    def _venue(self, one: Gathering, case: Case, clerk: Person, held: datetime) -> None:
        self.clock.at += timedelta(minutes=40)
        self._act(case, "venue_ready", clerk, equipment=["座次桌牌", "音响话筒", "投影显示"], venue_note=None)

    def _some_answer(self, case: Case) -> None:
        """Of those invited some have answered on their phones, one has sent a deputy."""
        self.clock.at = min(self.clock.at + timedelta(hours=1), self.now - timedelta(minutes=20))
        asked = [child for child in self.reader(self.director).children(case.id) if child.is_open]
        for child in asked[:3]:
            self._act(child, "attend", self.people[child.owner], remark=None)
        guest = as_person(Contact(asked[5].owner, ""))
        told = {"deputy_name": "刘洋", "deputy_post": "科员", "deputy_contact": "13900000021"}
        self._act(asked[5], "send_deputy", guest, **told)

    def _inviting(self, one: Gathering, case: Case, clerk: Person, held: datetime) -> None:
        self.clock.at = self._before(held, 1, 16)
        for child in [c for c in self.reader(self.director).children(case.id) if c.is_open]:
            self._act(child, "attend", clerk, remark=None)
        self._act(case, "confirm_venue", clerk, equipment=["座次桌牌", "音响话筒", "投影显示", "录音设备"])
        self._act(case, "confirm_list", clerk)
        self._act(case, "confirm_materials", clerk, confirmed_version="第 1 版")
        self.clock.at = held
        self._act(case, "begin", clerk)

    def _meet(self, one: Gathering, case: Case, clerk: Person, held: datetime) -> None:
        """Who comes signs in, what is said is written down, and it ends after an hour and a half."""
        names = self.reader(self.director).directory()
        for n, who in enumerate(case.data["invitees"][:7]):
            self.clock.at += timedelta(minutes=1)
            told = {"attendee": who, "attendee_name": names.name(who), "way": "扫码" if n % 2 else "手工"}
            self._aside(case, "sign_in", clerk, **told)
        self._aside(case, "start_topic", clerk, topic_no=1)
        for speaker, kind, said in one.remarks:
            self.clock.at += timedelta(minutes=9)
            self._aside(case, "record_line", clerk, speaker=speaker, line_kind=kind, said=said, topic_no=1)
        self.clock.at = held + timedelta(minutes=90)
        self._act(case, "close_meeting", clerk, audio=[], no_audio_because="会议室录音设备送修")

    def _aside(self, case: Case, action: str, clerk: Person, **told: Any) -> None:
        asks = {field.key: None for field in case.action(action).asks}
        self._act(case, action, clerk, **{**asks, **told})

    def _minutes_draft(self, one: Gathering, case: Case, clerk: Person, held: datetime) -> None:
        self.clock.at = case.data["ended_at"] + timedelta(hours=one.hours - 2)
        decided = "\n".join(f"（{'一二三四'[n]}）{task}。" for n, (task, *_) in enumerate(one.tasks))
        body = f"会议听取了有关情况，经研究，议定以下事项：\n一、议定事项\n{decided or '（一）按会议要求抓好落实。'}"
        told = {
            "present": "何韵、陈砺、周宁、吴越、孙哲",
            "absent": None,
            "observers": None,
            "minutes_to": "各处室",
        }
        self._act(case, "send_minutes_to_sign", clerk, minutes_body=body, **told)

    def _minutes_signing(self, one: Gathering, case: Case, clerk: Person, held: datetime) -> None:
        self.clock.at += timedelta(hours=2)
        self._act(case, "sign_minutes", self.director, minutes_opinion=None, minutes_signed_on=self._today())

    def _splitting(self, one: Gathering, case: Case, clerk: Person, held: datetime) -> None:
        self.clock.at += timedelta(hours=1)
        rows = [
            {"task": task, "owner": owner, "milestone": self._held(day).date(), "acceptance": wanted}
            for task, owner, day, wanted in one.tasks
        ]
        self._act(
            case, "split", clerk, task_list=rows, no_tasks_because=None if rows else "培训会，没有议定事项"
        )

    def _follow_up(self, one: Gathering, case: Case, clerk: Person, held: datetime) -> None:
        """The first tasks are done a day before their milestone."""
        for task in issued(self.reader(self.director).children(case.id))[: one.done]:
            self.clock.at = max(self.clock.at, self._before(task.due_at or self.now, 1, 15))
            self._act(task, "report", self.people[task.owner], result="已办妥，材料附后。", result_files=[])
            self.clock.at += timedelta(hours=1)
            self._act(task, "close_out", clerk, review="符合验收标准")

    def _filing(self, one: Gathering, case: Case, clerk: Person, held: datetime) -> None:
        self.clock.at += timedelta(hours=2)
        minutes = self.office.keep(f"{one.title}纪要.txt", "会议纪要".encode(), by=clerk)
        table = self.office.keep(f"{one.title}督办表.txt", "督办表".encode(), by=clerk)
        said = {"minutes_file": [minutes], "supervision_file": [table]}
        self._act(case, "archive", clerk, **said, retention="10年", box=f"{self._today():%Y}-会 1 盒")

    def _objected(self, one: Gathering, case: Case) -> None:
        """An owner sends a task back to whoever split it (C14)."""
        self._follow_up(one, case, self.people[one.by], self.now)
        task = next(
            c
            for c in self.reader(self.director).children(case.id)
            if c.owner == one.tasks[1][1] and c.is_open
        )
        self._act(task, "object_to_task", self.people[task.owner], objected_because=one.objected)

    def _today(self) -> date:
        at: datetime = self.clock.at
        return at.astimezone(self.calendar.zone).date()

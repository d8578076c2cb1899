"""A demonstration office: `python -m db.seed`. Its people, its documents and its delays, always around today.

Everything is done by the same commands as in the office, with a clock that is turned back and walks
forward, so the trace, the chain and the deadlines are real. All names and texts are invented.
"""

import io
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import structlog
from docx import Document
from sqlalchemy import insert

from core.case import Case
from core.clippings import Collecting
from core.fields import FileRef
from core.office import Office
from core.people import Grade, Person, Role
from core.polling import Polling
from core.reporting import Reporting
from core.scheduling import Scheduling
from core.surveys import MEETING
from core.worktime import Limit, WorkingCalendar
from db import chain, passwords
from db.absences import Absences
from db.collecting.store import SqlCollectingUnit
from db.config import Settings
from db.contacts import AddressBook
from db.engine import Database, open_database
from db.files import FileStore
from db.holidays import shipped_calendar
from db.migrate import upgrade
from db.polling import SqlPollingUnit
from db.reader import Reader
from db.reporting import SqlReportingUnit
from db.scheduling import SqlSchedulingUnit
from db.seed_briefings import ISSUES, Briefings
from db.seed_collecting import tell as tell_what_came_in
from db.seed_drafts import OFFICE_CODES, PAPERS, Drafts
from db.seed_information import Intelligence
from db.seed_meetings import GATHERINGS, Meetings
from db.seed_polls import Polls
from db.seed_receptions import VISITS, Receptions
from db.seed_schedule import Plans
from db.sessions import Sessions
from db.staff import Staff
from db.tables import DepartmentRow, PersonRow
from db.unit import SqlUnit
from db.views import Views

PASSWORD = "Banshi-2026"  # noqa: S105 -- of the demonstration only, and printed

OFFICE = "云川市人民政府办公室（演示）"

SET_UP = timedelta(days=80)
"""How long the office has been there: before everything it tells of, and its passwords are still young enough."""

DEPARTMENTS = {
    "zonghe": "综合处",
    "caiwu": "财务处",
    "anjian": "安全监管处",
    "guihua": "规划发展处",
    "xinxi": "信息中心",
}

PEOPLE = (
    Person("zhangwei", "张维", frozenset({Role.DIRECTOR, Role.ADMINISTRATOR}), Grade.SECRET),
    Person("heyun", "何韵", frozenset({Role.LEADER}), Grade.SECRET),
    Person("wangmin", "王敏", frozenset({Role.SECRETARY}), Grade.CONFIDENTIAL, "zonghe"),
    Person("lihua", "李桦", frozenset({Role.SECRETARY}), Grade.OPEN, "zonghe"),
    Person("zhaoqian", "赵茜", frozenset({Role.SECRETARY, Role.STANDARDS}), Grade.OPEN, "zonghe"),
    Person("chenli", "陈砺", frozenset({Role.MEMBER}), Grade.OPEN, "caiwu"),
    Person("zhouning", "周宁", frozenset({Role.MEMBER}), Grade.OPEN, "anjian"),
    Person("wuyue", "吴越", frozenset({Role.MEMBER}), Grade.OPEN, "guihua"),
    Person("sunzhe", "孙哲", frozenset({Role.MEMBER}), Grade.OPEN, "xinxi"),
    Person("qianjin", "钱锦", frozenset({Role.AUDITOR}), Grade.OPEN),
)

STEPS = (
    "registration", "intake_check", "proposal", "instruction", "distribution", "circulation", "feedback", "answer",
    "archived",
)  # fmt: skip


@dataclass(frozen=True)
class Letter:
    """A document of the demonstration: came in so many working days ago, and got this far."""

    ago: int
    number: str
    title: str
    sender: str
    kind: str
    reached: str
    urgency: str = "平件"
    dept: str = "zonghe"
    reply: bool = False
    handling: str = "办件"
    read: int = 0
    in_turn: bool = False
    secrecy: str = "非密"
    text: str = ""
    """What the attached document says; without it nothing is attached."""
    then: str = ""
    """What happens last: a task "returned", an extension "asked" for, a case "voided"."""


LETTERS = (
    Letter(14, "市政办函〔{y}〕201号", "关于征求《办公用房调配细则》意见的函", "市政府办公室", "函", "archived", reply=True, dept="caiwu"),
    Letter(13, "省应急发〔{y}〕88号", "关于开展仓储场所消防安全排查的通知", "省应急管理厅", "通知", "archived", dept="anjian"),
    Letter(12, "市财预〔{y}〕46号", "关于编报明年部门预算的通知", "市财政局", "通知", "archived", dept="caiwu"),
    Letter(11, "市发改〔{y}〕130号", "关于报送重点项目进展情况的通知", "市发展改革委", "通知", "archived", dept="guihua"),
    Letter(10, "省信办〔{y}〕19号", "关于公布政务网站检查结果的通报", "省信息化办公室", "通报", "archived", handling="阅件"),
    Letter(9, "市档发〔{y}〕12号", "关于做好年度归档工作的通知", "市档案局", "通知", "archived", handling="阅件"),
    Letter(8, "市安委〔{y}〕33号", "关于冬季施工安全督查整改的通知", "市安全生产委员会", "通知", "feedback", "特急", "anjian", reply=True,
           text="请于月底前完成塔吊、深基坑和临时用电的专项检查，整改结果附照片一并报送。"),
    Letter(7, "市政办函〔{y}〕215号", "关于商请派员参加联合调研的函", "市政府办公室", "函", "answer", "加急", "guihua", reply=True),
    Letter(6, "省发改投资〔{y}〕302号", "关于下达基础设施补短板项目计划的通知", "省发展改革委", "通知", "feedback", dept="guihua",
           text="本批计划安排供水管网、乡村道路和防洪堤坝三类项目，资金分两次拨付。"),
    Letter(6, "市人社〔{y}〕77号", "关于组织干部在线学习的通知", "市人力资源社会保障局", "通知", "circulation", handling="阅件", read=2),
    Letter(5, "市财库〔{y}〕61号", "关于年终结算有关事项的通知", "市财政局", "通知", "feedback", "加急", "caiwu", then="returned"),
    Letter(5, "区政〔{y}〕9号", "关于解决老旧小区管网改造资金的请示", "城东区人民政府", "请示", "instruction", "加急", "caiwu"),
    Letter(4, "市督查〔{y}〕27号", "关于督办市长热线集中反映事项的通知", "市政府督查室", "通知", "circulation", "特急", read=1, in_turn=True),
    Letter(4, "市网信〔{y}〕15号", "关于加强数据安全自查的通知", "市委网信办", "通知", "distribution", dept="xinxi"),
    Letter(3, "省卫办〔{y}〕54号", "关于做好冬春季传染病防控的通知", "省卫生健康委", "通知", "instruction", "特急"),
    Letter(3, "市机关〔{y}〕40号", "关于公务用车管理情况的通报", "市机关事务管理局", "通报", "circulation", handling="阅件", read=3,
           text="部分单位存在节假日公车未封存、加油卡未登记等问题，请对照自查。"),
    Letter(2, "区政函〔{y}〕21号", "关于协调跨区道路施工的函", "城西区人民政府", "函", "proposal", dept="guihua", reply=True),
    Letter(2, "市统〔{y}〕38号", "关于报送服务业统计数据的通知", "市统计局", "通知", "proposal", dept="xinxi", then="asked"),
    Letter(1, "机密件登记第{y}-6号", "（涉密件，题名从略）", "省保密局", "其他", "proposal", secrecy="秘密"),
    Letter(1, "市政办发〔{y}〕58号", "关于做好岁末年初值班工作的通知", "市政府办公室", "通知", "intake_check", "加急"),
    Letter(1, "市教函〔{y}〕73号", "关于邀请参加校园开放日的函", "市教育局", "函", "intake_check", handling="阅件"),
    Letter(0, "省政办函〔{y}〕166号", "关于开展营商环境评价的函", "省政府办公厅", "函", "intake_check", reply=True),
    Letter(0, "市林〔{y}〕24号", "关于森林防火期巡护安排的通知", "市林业局", "通知", "registration"),
    Letter(0, "市体〔{y}〕31号", "关于举办机关健步走活动的通知", "市体育局", "通知", "intake_check", then="voided",
           text="活动分上午、下午两组，报名表请于活动前三日送达。"),
)  # fmt: skip


class WalkingClock:
    """A clock that is set by the story."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


def build(settings: Settings, now: datetime) -> Database:
    """Make the demonstration office in an empty data folder."""
    database = open_database(settings.url)
    upgrade(database)
    sessions = Sessions(database, chain.key_in(settings.data_dir))
    if not sessions.is_set_up():
        furnish(database, sessions, now)
        tell_the_stories(database, settings, now)
    return database


def furnish(database: Database, sessions: Sessions, now: datetime) -> None:
    """The office, its calendar, its departments and its people."""
    director = PEOPLE[0]
    sessions.set_up(
        {
            "office": OFFICE,
            "name": director.name,
            "account": director.id,
            "password": PASSWORD,
            "again": PASSWORD,
            "clearance": director.clearance.label,
        },
        now - SET_UP,
    )
    kept = passwords.hash_password(PASSWORD)
    with database.writing() as session:
        session.execute(insert(DepartmentRow), [{"id": k, "name": v} for k, v in DEPARTMENTS.items()])
        rows = [
            PersonRow(
                id=p.id,
                account=p.id,
                name=p.name,
                password=kept,
                roles=[role.value for role in sorted(p.roles)],
                clearance=int(p.clearance),
                department_id=p.department or None,
                created_at=now - SET_UP,
            )
            for p in PEOPLE[1:]
        ]
        session.add_all(rows)
        session.commit()


def tell_the_stories(database: Database, settings: Settings, now: datetime) -> None:
    clock, calendar = WalkingClock(now), shipped_calendar()
    files, key = FileStore(settings.data_dir / "files"), chain.key_in(settings.data_dir)
    office = Office(lambda: SqlUnit(database, files, key), clock)
    director = _director(database, files, clock)
    people = {p.id: p for p in PEOPLE} | {director.id: director}

    def reader(person: Person) -> Reader:
        return Reader(database, files, person, clock)

    around = (reader, clock, calendar, people, director, now)
    story = Story(office, reader, clock, calendar, director, now)
    for n, letter in enumerate(sorted(LETTERS, key=lambda one: -one.ago)):
        story.tell(letter, n)
    profile = {"office_name": OFFICE, "fonds_no": "Z109", "code": "BGS", "office_codes": OFFICE_CODES}
    Staff(database, key).set_profile(profile, now, by=director)
    drafts = Drafts(office, *around)
    drafts.change_the_round()
    for n, paper in enumerate(PAPERS):
        drafts.tell(paper, n)
    scheduling = Scheduling(lambda: SqlSchedulingUnit(database, files, key), clock)
    plans = Plans(scheduling, calendar, people["wangmin"], director, now)
    plans.enter_rooms()
    meetings = Meetings(office, *around, book=AddressBook(database, key))
    meetings.fill_the_address_book()
    for gathering in GATHERINGS:
        meetings.tell(gathering)
    ask_and_vote(database, settings, clock, now)
    receptions = Receptions(office, *around)
    for visit in VISITS:
        receptions.tell(visit)
    reporting = Reporting(lambda: SqlReportingUnit(database, files, key), clock)
    Intelligence(reporting, *around).tell()
    briefings = Briefings(office, *around)
    for issue in ISSUES:
        briefings.tell(issue)
    collecting = Collecting(lambda: SqlCollectingUnit(database, files, key), clock)
    tell_what_came_in(collecting, clock, now, people["wangmin"], director)
    clock.at = now
    plans.plan()
    office.issue_slips()
    keep_house(database, key, office, director, now)


def ask_and_vote(database: Database, settings: Settings, clock: WalkingClock, now: datetime) -> None:
    """Ask about the meetings that are over, and take the votes of some."""
    files, key = FileStore(settings.data_dir / "files"), chain.key_in(settings.data_dir)
    clerk = next(p for p in PEOPLE if p.id == "wangmin")
    polling = Polling(
        lambda: SqlPollingUnit(database, files, key, secrets.SystemRandom()), clock, Limit(days=3)
    )
    polls = Polls(polling, lambda p: Reader(database, files, p, clock), clock, clerk, now)
    clock.at = now
    reader = Reader(database, files, clerk, clock)
    known = {title: case_id for case_id, title in reader.to_ask(MEETING).items()}
    polls.ask_about([*known.values()])
    polls.vote_on(
        known["办公用房调整方案审议会"], "是否同意办公用房调整方案", ["同意"] * 6 + ["反对", "弃权"]
    )
    polls.vote_on(
        known["年度信息化项目审议会"], "是否同意年度信息化项目清单", ["同意"] * 5 + ["反对"] * 2, by_name=True
    )


def keep_house(database: Database, key: bytes, office: Office, director: Person, now: datetime) -> None:
    """What is arranged beside the cases: somebody is away, two numbers are set aside, a view is saved."""
    away = {"person": "zhouning", "deputy": "sunzhe", "reason": "出差"}
    days = {"since": now.date(), "until": now.date() + timedelta(days=2)}
    Absences(database, key).register({**away, **days}, now, by=director)
    office.reserve("incoming_document", 2, "夜间值班手工登记备用", by=PEOPLE[2])
    series = f"{OFFICE_CODES.split('、')[0]}〔{now.year}〕{{n}}号"
    office.reserve("outgoing_document", 1, "留给年度工作要点", by=PEOPLE[2], series=series)
    view = {"name": "在办的加急件", "role": Role.SECRETARY.label}
    query = {"book": "incoming_document", "state": "open", "urgency": "加急"}
    Views(database, key).save("registers", view, query, now, by=PEOPLE[2])


def _director(database: Database, files: FileStore, clock: WalkingClock) -> Person:
    nobody = replace(PEOPLE[0], clearance=Grade.OPEN)
    people = Reader(database, files, nobody, clock).directory().people
    return next(person for person in people.values() if person.name == PEOPLE[0].name)


@dataclass
class Story:
    """One document's way, step by step, until it has reached where it should or time is up."""

    office: Office
    reader: Callable[[Person], Reader]
    clock: WalkingClock
    calendar: WorkingCalendar
    director: Person
    now: datetime

    def tell(self, letter: Letter, n: int) -> None:
        secretary = {p.id: p for p in PEOPLE}["wangmin" if n % 2 or letter.secrecy != "非密" else "lihua"]
        self.clock.at = self._start(letter.ago, n)
        case = self.office.open("incoming_document", self._opening(letter, secretary), by=secretary)
        for step in STEPS[: STEPS.index(letter.reached)]:
            if not self._later(case, step):
                return
            getattr(self, f"_{step}")(letter, case, secretary)
            case = self.reader(self.director).case(case.id)
        if letter.reached in ("circulation", "feedback"):
            self._partly(letter, case)
        if letter.then:
            getattr(self, f"_{letter.then}")(case, secretary)

    def _start(self, ago: int, n: int) -> datetime:
        """A morning so many working days ago; today's come in the last hour."""
        if not ago:
            return self.now - timedelta(minutes=50 - n)
        day = self.calendar.before(self.now, Limit(days=ago)).date()
        return datetime(day.year, day.month, day.day, 9, 5 + n, tzinfo=self.calendar.zone)

    def _later(self, case: Case, step: str) -> bool:
        """Walk on by about half a working day; False when that would be after now."""
        hours = {"registration": 1, "intake_check": 2, "proposal": 5, "instruction": 5}.get(step, 4)
        at = self.calendar.after(self.clock.at, Limit(hours=hours))
        if at > self.now:
            at = self.clock.at + (self.now - self.clock.at) / 2
        self.clock.at = at
        return at < self.now

    def _opening(self, letter: Letter, by: Person) -> dict[str, Any]:
        at = self.clock.at
        return {
            "doc_number": letter.number.format(y=at.year),
            "title": letter.title,
            "sender_org": letter.sender,
            "dated_on": (at - timedelta(days=3)).date(),
            "doc_kind": letter.kind,
            "secrecy_level": letter.secrecy,
            "urgency": letter.urgency,
            "copy_count": 1,
            "medium": "机要交换" if letter.secrecy != "非密" else "电子文件",
            "received_at": at,
            "files": [self._attached(letter, by)] if letter.text else [],
        }

    def _attached(self, letter: Letter, by: Person) -> FileRef:
        """The document itself, as the sender wrote it."""
        document, content = Document(), io.BytesIO()
        for line in (letter.title, letter.text, letter.sender):
            document.add_paragraph(line)
        document.save(content)
        return self.office.keep(f"{letter.title}.docx", content.getvalue(), by=by)

    def _act(self, case: Case, key: str, values: dict[str, Any], by: Person) -> Case:
        seen = self.reader(self.director).case(case.id).seq
        return self.office.act(case.id, key, values, by=by, seen=seen)

    def _registration(self, letter: Letter, case: Case, by: Person) -> None:
        checks = dict.fromkeys(("number_check", "copies_check", "secrecy_check"), "相符")
        self._act(case, "register", {**checks, "check_note": ""}, by)

    def _intake_check(self, letter: Letter, case: Case, by: Person) -> None:
        self._act(case, "pass_check", {"handling": letter.handling, "needs_reply": letter.reply}, by)

    def _proposal(self, letter: Letter, case: Case, by: Person) -> None:
        limit: date = self.calendar.after(case.data["received_at"], Limit(days=5)).date()
        values = {
            "handling_dept": letter.dept,
            "assist_depts": ["zonghe"] if letter.urgency == "特急" and letter.dept != "zonghe" else [],
            "time_limit": limit,
            "risk_note": "临近年底，注意与其他报送时间错开",
            "submit_to": None,
            "handling_proposal": "" if letter.secrecy != "非密" else "拟请承办部门提出意见，按时反馈。",
        }
        self._act(case, "propose", values, by)

    def _instruction(self, letter: Letter, case: Case, by: Person) -> None:
        word = "" if letter.secrecy != "非密" else "同意。请抓紧办理，结果报我。"
        self._act(case, "instruct", {"instruction": word}, self.director)

    def _distribution(self, letter: Letter, case: Case, by: Person) -> None:
        readers = ["heyun", "chenli", "zhouning", "wuyue", "sunzhe"]
        way = "依次传阅" if letter.in_turn else "同时分送"
        self._act(case, "distribute", {"readers": readers, "circulation": way, "tracker": by.id}, by)

    def _circulation(self, letter: Letter, case: Case, by: Person) -> None:
        self._read(case, 5)

    def _read(self, case: Case, how_many: int) -> None:
        for _ in range(how_many):
            waiting = [c for c in self.reader(self.director).children(case.id) if c.is_open]
            if waiting:
                self.clock.at += timedelta(minutes=9)
                reader = next(p for p in PEOPLE if p.id == waiting[0].owner)
                self._act(waiting[0], "finish_reading", {"remark": ""}, reader)

    def _feedback(self, letter: Letter, case: Case, by: Person) -> None:
        for task in [c for c in self.reader(self.director).children(case.id) if c.is_open]:
            worker = next(p for p in PEOPLE if p.department == task.data["department"])
            self._act(task, "claim", {}, worker)
            self._act(
                task, "report", {"result": "已按要求办理完毕，情况已汇总。", "result_files": []}, worker
            )
            self._act(task, "close_out", {"review": "符合要求"}, by)

    def _answer(self, letter: Letter, case: Case, by: Person) -> None:
        if letter.reply:
            values = {"reply_number": "", "replied_on": self.clock.at.date(), "reply": "已书面答复来文单位。"}
            self._act(case, "answer_sender", values, by)
        self._act(case, "archive", {"retention": "10年", "box": f"{self.clock.at.year}-11 盒"}, by)

    def _partly(self, letter: Letter, case: Case) -> None:
        """Where it stands in the middle: some have read, one has been urged."""
        if letter.reached == "circulation":
            self._read(case, letter.read)
        if letter.urgency == "特急" and self.clock.at + timedelta(hours=4) < self.now:
            self.clock.at = self.now - timedelta(hours=3)
            self.office.urge([case.id], "请抓紧办理", by=self.director)

    def _returned(self, case: Case, by: Person) -> None:
        """The department has reported, and the secretary sends the task back for what is missing."""
        task = next(c for c in self.reader(self.director).children(case.id) if c.is_open)
        worker = next(p for p in PEOPLE if p.department == task.data["department"])
        told = {"result": "项目清单已报送。", "result_files": []}
        task = self._act(task, "claim", {}, worker)
        task = self._act(task, "report", told, worker)
        self._act(task, "return_task", {"returned_because": "缺资金到位情况，请补充后再报"}, by)

    def _asked(self, case: Case, by: Person) -> None:
        """More time is asked for, while there still is some; the director has not answered."""
        until = self.calendar.after(self.now, Limit(days=5)).date()
        why = "各处室数据口径不一，需要再核对"
        self._act(case, "ask_extension", {"until": until, "reason": why}, by)

    def _voided(self, case: Case, by: Person) -> None:
        self._act(case, "void", {"reason": "送错单位，已退市体育局"}, by)


def main() -> int:
    """Build the office and print who can sign in."""
    settings = Settings()
    # Its clock is turned back for each story, which is no fault to be warned of.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("error"))
    build(settings, datetime.now(UTC).astimezone(shipped_calendar().zone))
    lines = [f"  {p.id:<10} {p.name}  {'、'.join(role.label for role in sorted(p.roles))}" for p in PEOPLE]
    sys.stdout.write(f"演示办公室已就绪。所有账号的密码都是 {PASSWORD}\n" + "\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

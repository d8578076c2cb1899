"""Brings meetings to where a story begins, beside the program that runs on the same data."""

from datetime import UTC, datetime, timedelta

from core.office import Office
from db import chain
from db.engine import open_database
from db.files import FileStore
from db.holidays import shipped_calendar
from db.reader import Reader
from db.unit import SqlUnit
from tests.serving import Server

AGENDA = [
    {"topic": "隐患排查进展", "reporter": "周宁", "minutes": 30},
    {"topic": "排查经费安排", "reporter": "陈砺", "minutes": 40},
]


class Secretariat:
    """Brings a meeting to its beginning, beside the program that runs on the same data."""

    def __init__(self, server: Server) -> None:
        self.database = open_database(server.database_url)
        self.files, key = FileStore(server.data / "files"), chain.key_in(server.data)
        self.office = Office(lambda: SqlUnit(self.database, self.files, key), self.now)
        with SqlUnit(self.database, self.files, key) as unit:
            self.people = unit.directory().people
        self.director = next(who for who, one in self.people.items() if one.name == "张维")

    def now(self) -> datetime:
        return datetime.now(UTC)

    def reader(self) -> Reader:
        return Reader(self.database, self.files, self.people[self.director], self.now)

    def act(self, case_id: str, action: str, by: str = "wangmin", **said: object) -> None:
        seen = self.reader().case(case_id).seq
        self.office.act(case_id, action, said, by=self.people[by], seen=seen)

    def plan(self, title: str) -> str:
        """A meeting of now whose plan lies with the director; its id."""
        held = self.now().astimezone(shipped_calendar().zone).replace(second=0, microsecond=0)
        when = {
            "held_at": held, "ends_at": held + timedelta(minutes=90), "mode": "现场", "place": "三楼会议室",
            "remote_address": None,
        }  # fmt: skip
        opening = {
            "meeting_kind": "协调会", "title": title, "secrecy_level": "非密", "convener": self.director,
            "organiser": "wangmin", "contact": "王敏 8010", "previous": None, **when,
        }  # fmt: skip
        case = self.office.open("meeting", opening, by=self.people["wangmin"])
        needs = {"purpose": "定分工", "decisions_wanted": None, "issues": "分工不清", "training_goal": None}
        self.act(case.id, "confirm_needs", **needs)
        invitees = [self.director, "zhouning", "chenli", "sunzhe"]
        self.act(
            case.id,
            "submit_plan",
            agenda=AGENDA,
            invitees=invitees,
            reply_by=held.date(),
            to_prepare=None,
            **when,
        )
        return case.id

    def begin(self, title: str) -> str:
        """A meeting that is on since a moment ago; its id."""
        case_id = self.plan(title)
        self.act(case_id, "approve_plan", self.director, plan_opinion=None)
        paper = self.office.keep("议题一.txt", "排查进展".encode(), by=self.people["wangmin"])
        self.act(
            case_id, "materials_ready", materials=[paper], materials_version="第 1 版", draft_resolution=[]
        )
        self.act(case_id, "venue_ready", equipment=["网络"], venue_note=None)
        for child in self.reader().children(case_id):
            away = child.data["invitee"] == ["sunzhe"]
            self.act(child.id, *(("decline",) if away else ("attend",)), **self._answer(away))
        self.act(case_id, "confirm_venue", equipment=["网络"])
        self.act(case_id, "confirm_list")
        self.act(case_id, "confirm_materials", confirmed_version="第 1 版")
        self.act(case_id, "begin")
        return case_id

    @staticmethod
    def _answer(away: bool) -> dict[str, object]:
        return {"declined_because": "出差"} if away else {"remark": None}

    def over(self, title: str) -> str:
        """A meeting without tasks whose minutes are signed: it waits to be filed; its id."""
        case_id = self.begin(title)
        self.act(case_id, "close_meeting", audio=[], no_audio_because="录音设备送修")
        said = {"minutes_body": "会议议定：\n一、分工\n（一）安监处负责排查。", "present": "周宁、陈砺"}
        self.act(case_id, "send_minutes_to_sign", **said, absent="孙哲", observers=None, minutes_to=None)
        today = self.now().astimezone(shipped_calendar().zone).date()
        self.act(case_id, "sign_minutes", self.director, minutes_opinion=None, minutes_signed_on=today)
        self.act(case_id, "split", task_list=[], no_tasks_because="分工已当场明确", all_done_by=None)
        return case_id

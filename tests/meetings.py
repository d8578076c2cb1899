"""Takes meetings through the office by the hands that take them; a coordination meeting on Thursday 2026-12-03."""

from datetime import date, datetime
from typing import Any

from core.case import Case
from core.contacts import Contact, as_person
from db.contacts import AddressBook
from tests.conftest import NAMED, SHANGHAI, Post

HELD_AT = datetime(2026, 12, 3, 14, 30, tzinfo=SHANGHAI)
ENDS_AT = datetime(2026, 12, 3, 16, 0, tzinfo=SHANGHAI)

MEETING: dict[str, Any] = {
    "meeting_kind": "协调会",
    "title": "冬季安全生产协调会",
    "secrecy_level": "非密",
    "held_at": HELD_AT,
    "ends_at": ENDS_AT,
    "mode": "现场",
    "place": "三楼会议室",
    "remote_address": None,
    "convener": "zhang",
    "organiser": "wang",
    "contact": "王敏 8010",
    "previous": None,
}
NEEDS = {
    "purpose": "定下元旦前的排查分工",
    "decisions_wanted": None,
    "issues": "财务处和安监处对经费来源看法不一",
    "training_goal": None,
}
WHEN_AND_WHERE = {key: MEETING[key] for key in ("held_at", "ends_at", "mode", "place", "remote_address")}
PLAN = {
    "agenda": [
        {"topic": "排查进展", "reporter": "周宁", "minutes": 30},
        {"topic": "经费安排", "reporter": "陈立", "minutes": 40},
    ],
    "invitees": ["chen", "zhou"],
    "reply_by": date(2026, 12, 2),
    "to_prepare": "带本单位排查台账",
    **WHEN_AND_WHERE,
}
READY = {"materials": [], "materials_version": "第 1 版", "draft_resolution": []}
TASKS = [
    {"task": "报送隐患整改清单", "owner": "zhou", "milestone": date(2026, 12, 10), "acceptance": "逐项有整改时限"},
    {"task": "落实排查经费", "owner": "chen", "milestone": date(2026, 12, 15), "acceptance": "经费到账"},
    {"task": "汇总各区县排查数据", "owner": "chen", "milestone": date(2026, 12, 20), "acceptance": "数据齐全"},
]  # fmt: skip


class Meetings:
    """A meeting's way, step by step; `changes` are other answers than the usual ones."""

    def __init__(self, post: Post, book: AddressBook) -> None:
        self.post, self.office, self.book = post, post.office, book
        self.act, self.see, self.children = post.act, post.see, post.children

    def contact(self, name: str = "赵强", **more: str) -> str:
        """Somebody without an account, in the address book; their id."""
        usual = {
            "organisation": "市供电公司",
            "post": "副经理",
            "mobile": "13900000001",
            "email": "zq@example.com",
        }
        return self.book.add({"name": name, **usual, **more}, self.post._clock(), by=NAMED["wang"])

    def reach(self, who: str, **reached: str) -> None:
        """How somebody with an account is reached."""
        usual = {"post": "", "mobile": "", "email": ""}
        self.book.change(who, {**usual, **reached}, self.post._clock(), by=NAMED["wang"])

    def opened(self, **changes: Any) -> Case:
        return self.office.open("meeting", {**MEETING, **changes}, by=NAMED["wang"])

    def planned(self, **changes: Any) -> Case:
        """The plan lies with the convener."""
        case = self.opened(**_of(MEETING, changes))
        case = self.act(case, "confirm_needs", "wang", **{**NEEDS, **_of(NEEDS, changes)})
        return self.act(case, "submit_plan", "wang", **{**PLAN, **_of(PLAN, changes)})

    def approved(self, **changes: Any) -> Case:
        return self.act(self.planned(**changes), "approve_plan", "zhang", plan_opinion=None)

    def inviting(self, **changes: Any) -> Case:
        """The notices are out."""
        case = self.approved(**changes)
        files = [] if case.grade.classified else [self.kept("议题一.txt", "排查进展")]
        case = self.act(
            case, "materials_ready", "wang", **{**READY, "materials": files, **_of(READY, changes)}
        )
        return self.act(case, "venue_ready", "wang", equipment=["音响话筒", "网络"], venue_note=None)

    def confirmed(self, **changes: Any) -> Case:
        """Everybody comes, and the three confirmations are made."""
        case = self.inviting(**changes)
        for child in self.children(case):
            self.act(child, "attend", "wang", remark=None)
        self.act(case, "confirm_venue", "wang", equipment=["音响话筒", "网络"])
        self.act(case, "confirm_list", "wang")
        return self.act(case, "confirm_materials", "wang", confirmed_version="第 1 版")

    def held(self, **changes: Any) -> Case:
        """The meeting is on, from 14:30."""
        case = self.confirmed(**changes)
        self.post._clock.turn_to("2026-12-03 14:30")
        return self.act(case, "begin", "wang")

    def closed(self, **changes: Any) -> Case:
        """It ended at 16:00."""
        case = self.held(**changes)
        self.post._clock.turn_to("2026-12-03 16:00")
        return self.act(case, "close_meeting", "wang", audio=[], no_audio_because="录音设备送修")

    def signed(self, **changes: Any) -> Case:
        """The minutes are signed on the next morning."""
        case = self.closed(**changes)
        self.post._clock.turn_to("2026-12-04 09:00")
        text = {"minutes_body": "会议议定：元旦前完成排查。", "present": "陈立、周宁", "absent": None}
        case = self.act(case, "send_minutes_to_sign", "wang", **text, observers=None, minutes_to=None)
        return self.act(
            case, "sign_minutes", "zhang", minutes_opinion=None, minutes_signed_on=date(2026, 12, 4)
        )

    def split(self, tasks: list[dict[str, Any]] = TASKS, **changes: Any) -> Case:
        """The tasks are given out."""
        return self.act(self.signed(**changes), "split", "wang", task_list=tasks, no_tasks_because=None)

    def kept(self, name: str, text: str) -> Any:
        """A file kept for a form."""
        return self.office.keep(name, text.encode(), by=NAMED["wang"])

    def as_guest(self, guest: str, case: Case, action: str, **answers: Any) -> Case:
        """Somebody without an account acts, as their link lets them."""
        by = as_person(Contact(guest, ""))
        return self.office.act(case.id, action, answers, by=by, seen=self.see(case).seq)

    def confirmation(self, case: Case, who: str) -> Case:
        return self.post.child_of(case, who)


def _of(known: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in changes.items() if key in known}

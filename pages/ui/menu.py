"""The pages of the program: what each is called, where it stands in the menu, and who finds it there.

The shell registers every one of them, and the doors know by this list which addresses exist.
"""

from collections.abc import Callable
from dataclasses import dataclass

from core.people import Person
from core.policy import (
    why_not_administer,
    why_not_audit,
    why_not_keep_contacts,
    why_not_set_up_information,
    why_not_watch_messages,
)


@dataclass(frozen=True)
class Place:
    """One page. `address` is its URL and the name of its file under pages/, the first one is the start."""

    section: str
    title: str
    address: str
    icon: str
    why_not: Callable[[Person], str | None] | None = None
    """The answer of policy to whoever opens it; without it everybody may."""
    hidden: bool = False
    """Reached by a link and not by the menu."""
    opens: str = ""
    """The process whose cases are begun here."""


PLACES = (
    Place("工作台", "总览", "overview", ":material/dashboard:"),
    Place("工作台", "我的待办", "desk", ":material/task_alt:"),
    Place("工作台", "查找", "search", ":material/search:"),
    Place("工作台", "通知", "messages", ":material/send:", why_not=why_not_watch_messages),
    Place("文书", "收文", "incoming", ":material/inbox:", opens="incoming_document"),
    Place("文书", "发文", "outgoing", ":material/outbox:", opens="outgoing_document"),
    Place("文书", "登记簿", "registers", ":material/table_rows:"),
    Place("会议", "会议", "meetings", ":material/groups:", opens="meeting"),
    Place("会议", "日程", "schedule", ":material/calendar_view_week:"),
    Place("会议", "督办", "tasks", ":material/assignment_turned_in:"),
    Place("会议", "满意度", "surveys", ":material/sentiment_satisfied:"),
    Place("会议", "通讯录", "contacts", ":material/contacts:", why_not=why_not_keep_contacts),
    Place("事务", "接待", "receptions", ":material/handshake:", opens="reception"),
    Place("信息", "信息", "information", ":material/flag:", opens="information"),
    Place("信息", "简报", "briefings", ":material/newspaper:", opens="briefing"),
    Place("信息", "统计", "pivot", ":material/table_chart:"),
    Place("信息", "监测与规则", "monitoring", ":material/radar:", why_not=why_not_set_up_information),
    Place("标准", "手册", "handbook", ":material/menu_book:"),
    Place("标准", "质量", "quality", ":material/monitoring:"),
    Place("标准", "工作日历", "working_days", ":material/calendar_month:"),
    Place("管理", "人员与部门", "people", ":material/group:", why_not=why_not_administer),
    Place("管理", "单据模板", "templates", ":material/draft:", why_not=why_not_administer),
    Place("管理", "审计", "audit", ":material/policy:", why_not=why_not_audit),
    Place("工作台", "事项", "case", ":material/description:", hidden=True),
    Place("文书", "文稿", "draft", ":material/edit_document:", hidden=True),
    Place("会议", "会议现场", "room", ":material/meeting_room:", hidden=True),
    Place("事务", "接待手册", "visit", ":material/tour:", hidden=True),
)
START = PLACES[0]

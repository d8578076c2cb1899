"""One invitee's answer to an invitation: told on every channel, confirmed a second time (R29, R30, R44)."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from core.case import Case, stands_for
from core.fields import Field, Kind
from core.people import Role
from core.process import Action, Due, Numbering, Process, Sends, Stage
from core.worktime import Limit, WorkingCalendar

KEY = "confirmation"


INVITEE = frozenset({Role.HANDLER, Role.SECRETARY})
"""The invitee, through the link or at the desk; a secretary for who answers on the telephone."""

DEPUTISED = "deputised"
COMES = frozenset({"attending", DEPUTISED})
"""Where it ends if somebody comes: the invitee, or whom they send."""

_HELD = Field(key="held_at", title="会议时间", kind=Kind.MOMENT)
INVITATION = (
    Field(key="title", title="会议名称"),
    Field(key="invitee", title="参会人", kind=Kind.GUESTS),
    _HELD,
    Field(key="ends_at", title="预计结束", kind=Kind.MOMENT, required=False),
    Field(key="place", title="地点", required=False),
    Field(key="remote_address", title="线上会议地址", required=False),
    Field(key="to_prepare", title="会前准备", kind=Kind.TEXT, required=False, carries_content=True),
    Field(key="reply_by", title="回复截止", kind=Kind.DATE),
    Field(key="contact", title="会务联系人", required=False),
    Field(key="organiser", title="承办人", kind=Kind.PERSON),
)
"""What an invitee is told."""


def told(data: Mapping[str, Any], calendar: WorkingCalendar) -> str:
    """When and where, and what is to be done beforehand, a line each."""
    lines = (
        f"时间：{calendar.spoken(data['held_at'])}",
        f"地点：{data['place']}" if data.get("place") else "",
        f"线上：{data['remote_address']}" if data.get("remote_address") else "",
        f"会前准备：{data['to_prepare']}" if data.get("to_prepare") else "",
        f"联系人：{data['contact']}" if data.get("contact") else "",
    )
    return "\n".join(filter(None, lines))


def _invited(data: Mapping[str, Any], calendar: WorkingCalendar) -> tuple[str, str]:
    until = data["reply_by"]
    ask = f"请在 {until.month}月{until.day}日下班前回复是否参加。"
    return f"会议通知：{data['title']}", f"{data['title']}\n{told(data, calendar)}\n{ask}"


def _expected(data: Mapping[str, Any], calendar: WorkingCalendar) -> tuple[str, str]:
    return (
        f"会议提醒：{data['title']}",
        f"{data['title']}\n{told(data, calendar)}\n您已确认参加，请准时到会。",
    )


_BEFORE = (Due(Limit(clock_hours=24), before="held_at"), Due(Limit(clock_hours=2), before="held_at"))
"""When whoever comes is reminded (R44)."""

_ATTEND = Action(
    key="attend",
    title="参加",
    to="attending",
    by=INVITEE,
    asks=(Field(key="remark", title="备注", required=False, help="如 带一名工作人员、晚到 10 分钟"),),
)
_DEPUTY = Action(
    key="send_deputy",
    title="派人参加",
    to="deputised",
    by=INVITEE,
    quiet=True,
    asks=(
        Field(key="deputy_name", title="代为参加的人"),
        Field(key="deputy_post", title="职务", required=False),
        Field(key="deputy_contact", title="联系方式", required=False),
    ),
)
_DECLINE = Action(
    key="decline",
    title="不能参加",
    to="declined",
    by=INVITEE,
    quiet=True,
    asks=(Field(key="declined_because", title="原因", required=False),),
)


def _answered(key: str, title: str, does: str, *actions: Action, sends: Sends | None = None) -> Stage:
    return Stage(
        key=key, title=title, scene="确认", does=does, duty=Role.HANDLER, assignee="invitee", actions=actions,
        sends=sends, revisable=True,
    )  # fmt: skip


V1 = Process(
    key=KEY,
    title="参会确认",
    family="会议组织",
    purpose="通知到每个人，来不来、谁来，逐人落实。",
    version=1,
    in_force_from=date(2026, 1, 1),
    number=Numbering("number", lambda data, office, year: f"会确〔{year}〕{{n}}号"),
    names="title",
    opening="发出通知",
    opened_by=frozenset({Role.SYSTEM}),
    child=True,
    opens_with=INVITATION,
    register=("title", "invitee", "held_at", "deputy_name"),
    stages=(
        Stage(
            key="asked",
            title="待确认",
            scene="确认",
            does="短信、邮件、办公系统同时通知；本人在手机上点一下确认，或由会务打电话代记。",
            inputs=("会议通知",),
            outputs=("参加、派人参加或不能参加的答复",),
            duty=Role.HANDLER,
            assignee="invitee",
            due=Due(on="reply_by", rule="R30 二次确认；截止日由会议通知定"),
            sends=Sends(
                to="invitee",
                words=_invited,
                link="answer",
                until="ends_at",  # in the room it is the way to sign in and to vote
                reminds=(
                    Due(Limit(hours=4), before="reply_by"),
                    Due(Limit(clock_hours=24), before="held_at"),
                ),
                escalates="organiser",
            ),
            actions=(
                _ATTEND,
                _DEPUTY,
                _DECLINE,
                Action(
                    key="record_silence",
                    title="未答复，按不参加计",
                    to="unanswered",
                    by=frozenset({Role.SECRETARY}),
                    quiet=True,
                ),
            ),
            spot_checks=("没有答复的是否逐人催过？",),
        ),
        _answered(
            "attending",
            "参加",
            "确认参加；有变化的再改。",
            _DEPUTY,
            _DECLINE,
            sends=Sends(
                to="invitee", words=_expected, link="answer", until="ends_at", on_entry=False, reminds=_BEFORE
            ),
        ),
        _answered("deputised", "派人参加", "由所派的人参加；有变化的再改。", _ATTEND, _DEPUTY, _DECLINE),
        _answered("declined", "不参加", "确认不能参加；有变化的再改。", _ATTEND, _DEPUTY),
        _answered(
            "unanswered", "未答复", "到会前没有答复，按不参加计；来电的再改。", _ATTEND, _DEPUTY, _DECLINE
        ),
    ),
)

VERSIONS = (V1,)


def invitations(children: Iterable[Case]) -> list[Case]:
    """The newest confirmation of each invitee, in the order in which they were invited; void ones left out."""
    newest = {stands_for(child): child for child in children if child.process.key == KEY}
    return [child for child in newest.values() if not child.voided]

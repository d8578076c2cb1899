"""The papers of a meeting: agenda, notice, sign-in sheet, name cards, draft resolution, record, and its tasks (R28, R70, R74).

What is known is printed; what is not leaves room to be written by hand.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from core import ballots
from core.contacts import Contact
from core.meeting_record import Attendee, Incident, Record, attendance_of, record_of
from core.meeting_record import Line as RecordedLine
from core.papers.cards import Card, Cards
from core.papers.forms import Form, Line, Table
from core.papers.paper import Dossier
from core.papers.sheet import in_words
from core.papers.template import Context
from core.processes.task import issued
from core.supervision import Progress, progress

_HAND = 3  # empty rows for those who come without being on the list
_SIGN = "　　　　　　　　　　　　　　"


# --- what they share ----------------------------------------------------------------------------------


def _known(dossier: Dossier, *keys: str) -> dict[str, str]:
    """Fields of the meeting in words, by the names of their blanks."""
    fields = dossier.case.process.fields
    return {fields[key].title: in_words(dossier, fields[key]) for key in keys}


def _head(dossier: Dossier) -> dict[str, str]:
    case = dossier.case
    return {
        **_known(dossier, "meeting_kind", "convener", "organiser", "place", "remote_address", "contact"),
        "会议名称": case.title,
        "会议编号": case.number,
        "时间": _time(dossier, case.data.get("held_at"), case.data.get("ends_at")),
    }


def _time(dossier: Dossier, since: datetime | None, until: datetime | None) -> str:
    """`2026年11月26日（周四）14:00 至 16:00`, with the other day where it is another."""
    if since is None:
        return ""
    spoken = dossier.calendar.spoken(since)
    if until is None:
        return spoken
    first, last = (moment.astimezone(dossier.calendar.zone) for moment in (since, until))
    same = first.date() == last.date()
    return f"{spoken} 至 {last:%H:%M}" if same else f"{spoken} 至 {dossier.calendar.spoken(until)}"


def _clock(dossier: Dossier, moment: datetime | None) -> str:
    return f"{moment.astimezone(dossier.calendar.zone):%H:%M}" if moment else ""


_NAME = Line(("会议名称",))
_WHEN = Line(("时间",))
_WHERE = (Line(("地点",), if_any=True), Line(("线上会议地址",), if_any=True))


# --- the agenda ---------------------------------------------------------------------------------------


def _agenda(dossier: Dossier) -> Context:
    return {**_head(dossier), "议程": [*_items(dossier)]}


def _items(dossier: Dossier) -> Iterator[dict[str, str]]:
    """The items one after the other, each with the clock by which it begins and ends."""
    at = dossier.case.data.get("held_at")
    for n, row in enumerate(dossier.case.data.get("agenda") or (), 1):
        until = at + timedelta(minutes=row["minutes"]) if at else None
        yield {
            "序号": str(n),
            "起止": f"{_clock(dossier, at)}–{_clock(dossier, until)}" if at else "",
            "议题": row["topic"],
            "汇报人": row.get("reporter") or "",
            "分钟": str(row["minutes"]),
        }
        at = until


AGENDA = Form(
    title="议程表",
    tell=_agenda,
    blocks=(
        _NAME,
        Line(("会议类型", "会议编号")),
        _WHEN,
        *_WHERE,
        Line(("召集人", "承办人")),
        Table(
            "议程", (("序号", 2), ("起止", 5), ("议题", 10), ("汇报人", 5), ("分钟", 2)), "议程还没有排。", 10
        ),
    ),
)


# --- the notice ---------------------------------------------------------------------------------------


def _notice(dossier: Dossier) -> Context:
    data = dossier.case.data
    until = data.get("reply_by")
    return {
        **_head(dossier),
        **_known(dossier, "to_prepare"),
        "参会人": "、".join(map(dossier.people.name, data.get("invitees") or ())),
        "议题": "\n".join(f"{n}. {row['topic']}" for n, row in enumerate(data.get("agenda") or (), 1)),
        "请回复": _asked(until) if until else "",
    }


def _asked(until: date) -> str:
    day = f"{until.year}年{until.month}月{until.day}日"
    return f"请在 {day} 下班前回复是否参加；不能参加的可以派人。"


NOTICE = Form(
    title="会议通知",
    tell=_notice,
    blocks=(
        _NAME,
        Line(("会议类型", "召集人")),
        _WHEN,
        *_WHERE,
        Line(("议题",), if_any=True),
        Line(("参会人",), 14),
        Line(("会前准备",), if_any=True),
        Line(("请回复",)),
        Line(("会务联系人",)),
    ),
)


# --- who comes ----------------------------------------------------------------------------------------


def record(dossier: Dossier) -> Record:
    """The record of the meeting a dossier is of."""
    return record_of(dossier.case, dossier.children, dossier.history, dossier.people)


def attendance(dossier: Dossier) -> list[dict[str, str]]:
    """One line for each who is invited, in the order of their seats, then for each who came besides (R74)."""
    return [_line(dossier, one) for one in record(dossier).attendance]


def _line(dossier: Dossier, one: Attendee) -> dict[str, str]:
    known = (
        _deputy(dossier, one) if one.deputy else dossier.contacts.get(one.who) or Contact(one.who, one.name)
    )
    return {
        "姓名": f"{one.deputy}（代{one.name}）" if one.deputy else one.name,
        "部门": one.organisation or known.organisation,
        "职务": one.post or known.post,
        "联系方式": one.reached or known.mobile or known.email,
        "签名": f"{one.signed_at:%H:%M} {one.way}签到" if one.signed_at else "",
    }


def _deputy(dossier: Dossier, one: Attendee) -> Contact:
    """What the invitee said of whom they send, where it is that deputy who comes."""
    said = next((c.data for c in reversed(dossier.children) if one.who in (c.data.get("invitee") or ())), {})
    if said.get("deputy_name") != one.deputy:
        return Contact("", one.deputy)
    return Contact(
        "", one.deputy, post=said.get("deputy_post") or "", mobile=said.get("deputy_contact") or ""
    )


def _sign_in(dossier: Dossier) -> Context:
    over = bool(dossier.case.data.get("ended_at")) or not dossier.case.is_open
    lines = [*attendance(dossier), *([dict.fromkeys(_PEOPLE, "")] * (0 if over else _HAND))]
    return {**_head(dossier), "签到": [{"序号": str(n), **line} for n, line in enumerate(lines, 1)]}


_PEOPLE = ("姓名", "部门", "职务", "联系方式", "签名")

SIGN_IN_SHEET = Form(
    title="签到表",
    tell=_sign_in,
    blocks=(
        _NAME,
        _WHEN,
        *_WHERE,
        Table(
            "签到",
            (("序号", 2), ("姓名", 5), ("部门", 4), ("职务", 4), ("联系方式", 4), ("签名", 5)),
            "参会人还没有定。",
            12,
            titled=False,
        ),
    ),
)


def comes(dossier: Dossier) -> list[dict[str, str]]:
    """Those for whom there is a seat: invited and not declined, the deputy under their own name."""
    expected = [one for one in record(dossier).attendance if one.expected and (one.comes or one.present)]
    return [_seated(one, _line(dossier, one)) for one in expected]


def _seated(one: Attendee, line: dict[str, str]) -> dict[str, str]:
    return {"姓名": one.deputy or one.name, "单位": line["部门"], "职务": line["职务"]}


def _cards(dossier: Dossier) -> Cards:
    paper = dossier.paper("座次桌牌", ())
    cards = (Card(one["姓名"], "　".join(filter(None, (one["单位"], one["职务"])))) for one in comes(dossier))
    return Cards(**{**vars(paper), "cards": tuple(cards)})


NAME_CARDS = Form(
    title="座次桌牌",
    tell=lambda dossier: {**_head(dossier), "桌牌": comes(dossier)},
    blocks=(Table("桌牌", (("姓名", 12), ("单位", 6), ("职务", 6)), height=60, titled=False),),
    drawn=_cards,
)


# --- the draft resolution -----------------------------------------------------------------------------


def _resolution(dossier: Dossier) -> Context:
    rows = dossier.case.data.get("agenda") or ()
    items = [
        {"序号": str(n), "议题": row["topic"], "汇报人": row.get("reporter") or "", "拟作出的决定": ""}
        for n, row in enumerate(rows, 1)
    ]
    return {
        **_head(dossier),
        **_known(dossier, "decisions_wanted"),
        "决议事项": items,
        "表决情况": "应到　　人，实到　　人；同意　　票，反对　　票，弃权　　票",
        "签署": "",
    }


RESOLUTION = Form(
    title="决议草案",
    tell=_resolution,
    blocks=(
        _NAME,
        _WHEN,
        *_WHERE,
        Line(("召集人", "会议编号")),
        Line(("要作出的决定",), 20),
        Table(
            "决议事项", (("序号", 2), ("议题", 7), ("汇报人", 4), ("拟作出的决定", 11)), "议程还没有排。", 24
        ),
        Line(("表决情况",), 12),
        Line(("签署",), 22, sign=f"召集人：{_SIGN}年　　月　　日"),
    ),
)


# --- the record ---------------------------------------------------------------------------------------


def _record(dossier: Dossier) -> Context:
    data, found = dossier.case.data, record(dossier)
    named = (
        attendance_of(found)
        if data.get("begun_at")
        else dict.fromkeys(("present", "absent", "observers"), "")
    )
    return {
        **_head(dossier),
        "开会时间": dossier.local(data.get("begun_at")),
        "散会时间": dossier.local(data.get("ended_at")),
        "出席": named["present"],
        "列席": named["observers"],
        "缺席": named["absent"],
        "记录": [_said(found, line, dossier) for line in found.lines],
        "预案": [_incident(one) for one in found.incidents],
        "表决": [*_votes(dossier)],
        "录音": in_words(dossier, dossier.case.process.fields["audio"]) or data.get("no_audio_because") or "",
        "签字": "",
    }


def _said(found: Record, line: RecordedLine, dossier: Dossier) -> dict[str, str]:
    topic = next((topic.title for topic in found.topics if topic.n == line.topic_no), "")
    owner = dossier.people.name(line.owner) if line.owner else ""
    to_do = "，".join(filter(None, (owner, f"{line.by_day or ''}")))
    return {
        "时刻": f"{line.at:%H:%M}",
        "议题": topic,
        "发言人": line.speaker,
        "类别": line.kind,
        "内容": line.said + (f"（{to_do}）" if to_do else ""),
    }


def _incident(one: Incident) -> dict[str, str]:
    return {"时刻": f"{one.at:%H:%M}", "情形": one.what, "处置": one.note or one.plan}


def _votes(dossier: Dossier) -> Iterator[dict[str, str]]:
    """What was put to the vote here, and what it came to (N16)."""
    for case in dossier.linked:
        if case.data.get("meeting") == dossier.case.id and not case.voided:
            found = ballots.published(case.data)
            yield {
                "表决事项": case.title,
                "结果": case.data.get("outcome") or "",
                "计票": found.says if found else case.stage.title,
            }


MINUTES_RECORD = Form(
    title="会议记录",
    tell=_record,
    blocks=(
        _NAME,
        Line(("会议类型", "会议编号")),
        Line(("开会时间", "散会时间")),
        *_WHERE,
        Line(("召集人", "承办人")),
        Line(("出席",)),
        Line(("列席",), if_any=True),
        Line(("缺席",), if_any=True),
        Table("记录", (("时刻", 2), ("议题", 5), ("发言人", 4), ("类别", 2), ("内容", 11)), "还没有记录。"),
        Table("表决", (("表决事项", 10), ("结果", 4), ("计票", 10)), "没有表决。"),
        Table("预案", (("时刻", 2), ("情形", 5), ("处置", 17)), "没有启动预案。"),
        Line(("录音",)),
        Line(("签字",), 18, sign=f"主持人：{_SIGN}记录人：{_SIGN}"),
    ),
)


# --- the tasks ----------------------------------------------------------------------------------------

TASKS = (
    ("序号", 2), ("任务描述", 5), ("责任人", 2), ("节点", 3), ("验收标准", 4), ("办理结果", 5), ("办结", 3),
)  # fmt: skip


def _supervision(dossier: Dossier) -> Context:
    tasks = enumerate(issued(dossier.children), 1)
    lines = [{"序号": str(n), **_task(progress(child, dossier))} for n, child in tasks]
    minutes = dossier.case.data.get("minutes_number") or ""
    return {**_head(dossier), "纪要": minutes, "任务": lines or [*_planned(dossier)]}


def _task(one: Progress) -> dict[str, str]:
    extended = f"延至 {one.extended_to}" if one.extended_to else ""
    return {
        "任务描述": one.title,
        "责任人": one.owner,
        "节点": "\n".join(filter(None, (one.milestone, extended))),
        "验收标准": one.acceptance,
        "办理结果": one.result,
        "办结": "\n".join(filter(None, (one.accepted_on, one.verdict))),
    }


def _planned(dossier: Dossier) -> Iterator[dict[str, str]]:
    """The tasks as they are written down, before they are issued."""
    for n, row in enumerate(dossier.case.data.get("task_list") or (), 1):
        known = {
            "任务描述": row["task"],
            "责任人": dossier.people.name(row["owner"]),
            "节点": f"{row['milestone']}",
            "验收标准": row["acceptance"],
        }
        yield {**dict.fromkeys((title for title, _ in TASKS), ""), "序号": str(n), **known}


SUPERVISION = Form(
    title="督办表",
    tell=_supervision,
    landscape=True,
    blocks=(
        Line(("会议名称", "会议编号")),
        Line(("时间", "纪要")),
        Table("任务", TASKS, "这次会议没有督办任务。", titled=False),
    ),
)

"""The record of a meeting: who came, what was said, what it comes to (R32–R35, R74, N13).

The meeting is on Thursday 2026-12-03 from 14:30; the secretary 王敏 writes, 李华 helps.
"""

from datetime import date, datetime, timedelta

import pytest

from core.errors import Conflict, NotAllowed, Refused
from core.meeting_record import attendance_of, draft_minutes, in_the_room, record_of, tasks_of
from db.contacts import AddressBook
from tests.conftest import NAMED, SHANGHAI
from tests.meetings import Meetings

LINE = {
    "speaker": "周宁",
    "line_kind": "发言",
    "topic_no": None,
    "owner": None,
    "by_day": None,
    "said_at": None,
}
SIGNED = {
    "attendee": None,
    "attendee_organisation": None,
    "attendee_post": None,
    "attendee_contact": None,
    "way": "手工",
}


class Room:
    """A meeting that is on, and what is done in it at which minute."""

    def __init__(self, meetings, reader_of, clock, case):
        self.meetings, self.case, self._reader_of, self._clock = meetings, case, reader_of, clock

    def at(self, text):
        self._clock.turn_to(f"2026-12-03 {text}")
        return self

    def does(self, action, by="wang", **said):
        return self.meetings.act(self.case, action, by, **said)

    def says(self, said, by="wang", **more):
        return self.does("record_line", by, **{**LINE, "said": said, **more})

    def signs_in(self, name, by="wang", **more):
        return self.does("sign_in", by, **{**SIGNED, "attendee_name": name, **more})

    def amends(self, n, version, said, by="wang", **more):
        return self.does("amend_line", by, line=n, line_version=version, **{**LINE, "said": said, **more})

    def audio(self, name="会议.wav", since=None, tone=b"\1\0"):
        content = (
            b"RIFF\x2c\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0\x10\0data\x08\0\0\0"
            + tone * 4
        )
        kept = self.meetings.office.keep(name, content, by=NAMED["wang"])
        has = list(self.meetings.see(self.case).data.get("audio") or [])
        return self.does("keep_audio", audio=[*has, kept], audio_from=since)

    def record(self, by="wang"):
        dossier = self._reader_of(NAMED[by]).dossier(self.case.id)
        return record_of(dossier.case, dossier.children, dossier.history, dossier.people)

    def dossier(self):
        return self._reader_of(NAMED["wang"]).dossier(self.case.id)


@pytest.fixture
def meetings(post, database):
    return Meetings(post, AddressBook(database, b"key of the tests"))


@pytest.fixture
def room(meetings, reader_of, clock):
    return Room(meetings, reader_of, clock, meetings.held())


def moment(text):
    return datetime.fromisoformat(f"2026-12-03 {text}").replace(tzinfo=SHANGHAI)


# --- lines -----------------------------------------------------------------------------------------


def test_lines_stand_in_the_order_in_which_things_were_said(room):
    """R33: time, speaker, point; a line that was begun earlier comes before one that was saved earlier."""
    room.at("14:40").says("台账已报齐")
    room.at("14:45").says("财务处没有意见", by="li", speaker="陈立", said_at=moment("14:38"))
    first, second = room.record().lines
    assert (first.n, first.at, first.speaker, first.said) == (2, moment("14:38"), "陈立", "财务处没有意见")
    assert (second.n, second.at, second.written_by) == (1, moment("14:40"), "王敏")
    assert first.written_by == "李华" and first.written_at == moment("14:45")


def test_a_line_that_is_amended_keeps_its_place_and_says_who_changed_it(room):
    """The record shows the newest wording; the trace keeps the first one."""
    room.at("14:40").says("台帐已报齐")
    room.at("14:50").amends(1, 1, "台账已报齐", by="li")
    (line,) = room.record().lines
    assert (line.said, line.at, line.version) == ("台账已报齐", moment("14:40"), 2)
    assert (line.written_by, line.changed_by, line.changed_at) == ("王敏", "李华", moment("14:50"))
    assert "台帐已报齐" in str([event.data for event in room.dossier().history])


def test_a_line_that_is_dropped_is_gone_and_its_number_is_not_given_again(room):
    """The numbers of lines are what the note-takers change them by."""
    room.at("14:40").says("说错了的")
    room.does("drop_line", line=1, line_version=1)
    room.says("说对了的")
    assert [(line.n, line.said) for line in room.record().lines] == [(2, "说对了的")]


def test_two_who_change_one_line(room):
    """N17: the second is told who was first and when, and changes the newer wording once they have seen it."""
    room.at("14:40").says("台帐已报齐")
    room.at("14:50").amends(1, 1, "台账已报齐")
    with pytest.raises(Conflict, match="王敏已于 12-03 14:50 办理了“改一条”，是同一条。您填写的内容已保留"):
        room.at("14:51").amends(1, 1, "台账都已报齐", by="li")
    with pytest.raises(Conflict, match="王敏已于 12-03 14:50"):
        room.does("drop_line", "li", line=1, line_version=1)
    room.amends(1, 2, "台账都已报齐", by="li")
    (line,) = room.record().lines
    assert (line.said, line.version, line.changed_by) == ("台账都已报齐", 3, "李华")


def test_a_line_that_was_dropped_meanwhile_is_not_amended(room):
    """Nor is one that never was."""
    room.at("14:40").says("台帐已报齐")
    room.does("drop_line", line=1, line_version=1)
    with pytest.raises(Conflict, match="办理了“删一条”"):
        room.amends(1, 1, "台账已报齐", by="li")
    with pytest.raises(Refused, match="没有这一条记录"):
        room.amends(2, 1, "台账已报齐", by="li")


# --- who came --------------------------------------------------------------------------------------


def test_everybody_stands_once_in_the_sheet_however_often_they_sign_in(room):
    """R74: by hand, by phone and once more by name is one line, of the first time."""
    room.at("14:20").signs_in("陈立", attendee="chen")
    room.at("14:21").signs_in("陈立", attendee="chen", way="扫码")
    room.at("14:22").signs_in("周宁", attendee_organisation="安监处")
    room.at("14:23").signs_in("周宁")
    sheet = room.record().attendance
    assert [(a.who, a.state, a.signed_at, a.way) for a in sheet] == [
        ("chen", "到会", moment("14:20"), "手工"),
        ("zhou", "到会", moment("14:22"), "手工"),
    ]


def test_who_is_missing_excused_deputised_or_came_besides(meetings, reader_of, clock):
    """Expected, present, deputy, absent, walk-in: each as the sheet calls it."""
    guest = meetings.contact("赵强")
    case = meetings.inviting(invitees=["chen", "zhou", "he", guest])
    answers = (
        ("chen", "decline", {"declined_because": "出差"}),
        ("zhou", "send_deputy", {"deputy_name": "郑一鸣", "deputy_post": "科员", "deputy_contact": None}),
        ("he", "attend", {"remark": None}),
        (guest, "attend", {"remark": None}),
    )
    for who, action, said in answers:
        meetings.act(meetings.confirmation(case, who), action, "wang", **said)
    meetings.act(case, "confirm_venue", "wang", equipment=["网络"])
    meetings.act(case, "confirm_list", "wang")
    meetings.act(case, "confirm_materials", "wang", confirmed_version="第 1 版")
    clock.turn_to("2026-12-03 14:30")
    room = Room(meetings, reader_of, clock, meetings.act(case, "begin", "wang"))
    before = room.record()
    assert [one.shown for one in before.missing()] == ["周宁（郑一鸣代）", "何副市长", "赵强"]
    assert [one.name for one in before.excused()] == ["陈立"]
    room.signs_in("郑一鸣")
    room.signs_in("赵强", attendee=guest)
    room.signs_in("孙旁听", attendee_organisation="市档案局")
    record = room.record()
    assert {one.shown: one.state for one in record.attendance} == {
        "陈立": "请假", "周宁（郑一鸣代）": "代会", "何副市长": "未到", "赵强": "到会", "孙旁听": "列席",
    }  # fmt: skip
    assert next(a.organisation for a in record.attendance if a.who == guest) == "市供电公司"
    assert attendance_of(record) == {
        "present": "周宁（郑一鸣代）、赵强", "absent": "陈立、何副市长", "observers": "孙旁听",
    }  # fmt: skip


def test_a_sign_in_by_mistake_is_taken_back(room):
    """Of somebody on the list and of somebody who is not; both stay in the trace."""
    room.signs_in("陈立", attendee="chen")
    room.signs_in("孙旁听")
    room.does("undo_sign_in", attendee="chen", attendee_name="陈立", attendee_organisation=None)
    room.does("undo_sign_in", attendee=None, attendee_name="孙旁听", attendee_organisation=None)
    assert {one.name: one.state for one in room.record().attendance} == {"陈立": "未到", "周宁": "未到"}


def test_two_guests_of_one_name_are_two(room):
    """Only the unit tells them apart."""
    room.signs_in("刘芳", attendee_organisation="市消防救援支队")
    room.signs_in("刘芳", attendee_organisation="城西区政府")
    room.signs_in("刘芳", attendee_organisation="城西区政府")
    assert [one.organisation for one in room.record().came()] == ["市消防救援支队", "城西区政府"]


# --- the clock of the agenda -----------------------------------------------------------------------


def test_the_clock_of_a_topic_runs_until_the_next_begins(room):
    """Planned time, time taken, time over; a topic that is taken up again goes on where it was."""
    room.at("14:30").does("start_topic", topic_no=1)
    room.at("15:05").does("start_topic", topic_no=2)
    first, second = room.record().topics
    assert first.taken(moment("15:20")) == timedelta(minutes=35) and not first.running
    assert first.over(moment("15:20")) == timedelta(minutes=5)
    assert second.running and second.taken(moment("15:20")) == timedelta(minutes=15)
    assert second.over(moment("15:20")) == timedelta() and second.reporter == "陈立"
    room.at("15:25").does("start_topic", topic_no=1)
    first, second = room.record().topics
    assert first.taken(moment("15:30")) == timedelta(minutes=40)
    assert second.taken(moment("15:30")) == timedelta(minutes=20)
    with pytest.raises(Refused, match="议程里没有这一项"):
        room.does("start_topic", topic_no=3)


def test_the_last_topic_ends_with_the_meeting(room):
    """Its clock stands still from 散会 on."""
    room.at("14:30").does("start_topic", topic_no=2)
    room.at("15:00").does("close_meeting", audio=[], no_audio_because="没有录音笔")
    topic = room.record().topics[1]
    assert not topic.running and topic.taken(moment("18:00")) == timedelta(minutes=30)


# --- incidents and recordings ----------------------------------------------------------------------


def test_a_contingency_plan_that_was_used_stands_in_the_record(room):
    """R35: what went wrong, when, what the plan says, what was done."""
    room.at("14:52").does("use_contingency", contingency="设备故障", what_was_done="换了备用话筒")
    (one,) = room.record().incidents
    assert (one.at, one.by, one.what, one.note) == (moment("14:52"), "王敏", "设备故障", "换了备用话筒")
    assert one.plan.startswith("换备用话筒")


def test_each_line_has_its_place_in_the_recording(room):
    """R34: audio and text in step; before the recording began a line has no place in it."""
    room.at("14:30").says("开场")
    room.at("14:31").does("start_audio", said_at=None)
    room.at("14:35").says("台账已报齐")
    room.at("15:30").audio()
    record = room.record()
    before, after = record.lines
    assert record.heard(before) is None
    recording, offset = record.heard(after)
    assert recording.file["name"] == "会议.wav" and offset == timedelta(minutes=4)


def test_a_meeting_recorded_in_pieces(room):
    """Each piece has its own start, and a line is found in the last that had begun."""
    room.at("14:50").audio("上半场.wav", moment("14:30"))
    room.at("15:20").audio("下半场.wav", moment("15:00"), tone=b"\2\0")
    room.says("后半场的话", said_at=moment("15:10"))
    room.says("前半场的话", said_at=moment("14:40"))
    found = {line.said: room.record().heard(line) for line in room.record().lines}
    assert {said: (r.file["name"], offset) for said, (r, offset) in found.items()} == {
        "前半场的话": ("上半场.wav", timedelta(minutes=10)),
        "后半场的话": ("下半场.wav", timedelta(minutes=10)),
    }


def test_a_recording_that_was_put_in_by_mistake_goes_with_its_step(room):
    """What is withdrawn is not in the record any more."""
    room.audio()
    room.does("withdraw", reason="放错了文件")
    assert room.record().audio == ()


# --- what follows from it --------------------------------------------------------------------------


def held_in_full(room):
    """A meeting with something of each kind."""
    room.at("14:30").does("start_topic", topic_no=1)
    room.says("台账已报齐，还有3处隐患没有整改。", topic_no=1)
    room.says("财务处没有意见", speaker="陈立", topic_no=1)
    room.says("整改要逐项销号", topic_no=1)
    room.says("元旦前完成3处隐患整改", speaker=None, line_kind="议定", topic_no=1)
    room.at("15:00").says("排查经费从预备费列支", speaker=None, line_kind="议定", topic_no=2)
    room.says("下次会议定在一月", speaker="何副市长", line_kind="议定")
    room.says("报送整改清单", line_kind="待办", owner="zhou", by_day=date(2026, 12, 10), topic_no=1)
    room.says("核定经费", speaker=None, line_kind="待办", owner="chen", topic_no=2)


def test_the_minutes_begin_from_the_record(room):
    """R36: what was agreed by topic, who said what, who does what until when – in the levels of an official text."""
    held_in_full(room)
    dossier = room.dossier()
    text = draft_minutes(room.record(), dossier.case.data, dossier.people, dossier.calendar)
    assert text == (
        "2026年12月3日下午，张主任在三楼会议室主持召开冬季安全生产协调会。现将会议情况纪要如下：\n"
        "一、议定事项\n"
        "（一）关于排查进展\n"
        "1.元旦前完成3处隐患整改。\n"
        "（二）关于经费安排\n"
        "1.排查经费从预备费列支。\n"
        "（三）其他事项\n"
        "1.下次会议定在一月。\n"
        "二、讨论情况\n"
        "（一）关于排查进展\n"
        "周宁提出，台账已报齐，还有3处隐患没有整改；整改要逐项销号。\n"
        "陈立提出，财务处没有意见。\n"
        "三、任务分工\n"
        "1.报送整改清单，由周宁负责，12月10日前完成。\n"
        "2.核定经费，由陈立负责。"
    )


def test_the_to_dos_are_the_tasks_to_give_out(room):
    """R40: owner and day are there; the criterion of acceptance is for whoever gives them out to write."""
    held_in_full(room)
    assert tasks_of(room.record()) == [
        {"task": "报送整改清单", "owner": "zhou", "milestone": date(2026, 12, 10), "acceptance": None},
        {"task": "核定经费", "owner": "chen", "milestone": None, "acceptance": None},
    ]


def test_nothing_recorded_is_no_text(room):
    """An empty record makes no minutes that look like some."""
    dossier = room.dossier()
    assert draft_minutes(room.record(), dossier.case.data, dossier.people, dossier.calendar) == ""


def test_what_is_done_in_the_room_is_done_there(room):
    """The page of the case leaves to the room what stands beside the record."""
    at_the_desk = [action.key for action in room.case.stage.actions if not in_the_room(action)]
    assert at_the_desk == []
    with pytest.raises(NotAllowed):
        room.says("陈立自己记的一条", by="chen")

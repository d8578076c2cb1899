"""A meeting, told as the office tells it: from the need to the archived item (R26–R42, C1, N13, N15).

The clock stands on Friday 2026-11-20 at 15:00 until a story turns it on; the meeting is on Thursday 2026-12-03.
"""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from core.amendment import Amendment, SwitchOn
from core.errors import NotAllowed, NotFound, Refused
from core.messages import Channel
from core.office import Office
from core.people import Grade
from db.contacts import AddressBook
from db.tables import MessageRow
from db.unit import SqlUnit
from db.verify import verify
from tests.conftest import NAMED, SHANGHAI
from tests.meetings import ENDS_AT, HELD_AT, PLAN, TASKS, WHEN_AND_WHERE, Meetings


@pytest.fixture
def meetings(post, database):
    return Meetings(post, AddressBook(database, b"key of the tests"))


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_a_meeting_from_the_need_to_the_archive(meetings, database, files):
    """Ten steps, three confirmations, minutes within a day, three tasks, one item in the archive."""
    case = meetings.split()
    assert case.number == "会〔2026〕1号"
    assert case.data["minutes_number"] == "会议纪要〔2026〕1号"
    assert case.stage.key == "follow_up"
    for child in [c for c in meetings.children(case) if c.process.key == "task"]:
        owner = child.owner
        meetings.act(child, "report", owner, result="办好了", result_files=[])
        meetings.act(child, "close_out", "wang", review="符合")
    case = meetings.see(case)
    assert case.stage.key == "filing"
    minutes, table = meetings.kept("纪要.txt", "纪要"), meetings.kept("督办表.txt", "督办表")
    case = meetings.act(
        case, "archive", "wang", minutes_file=[minutes], supervision_file=[table], retention="永久", box=None
    )
    assert case.stage.key == "archived"
    assert case.data["reference_code"] == "Z109-WS·2026-Y-BGS-0001"
    assert verify(database, b"key of the tests", files, []) == []


@pytest.mark.parametrize(
    ("kind", "says"),
    [("决策会", "决策会请写明要作出的决定"), ("协调会", "协调会请写明要协调的分歧"), ("培训会", "培训会请写明培训目标和考核方式")],
)  # fmt: skip
def test_each_type_of_meeting_asks_for_something_else(meetings, kind, says):
    """R27: what a deciding, a coordinating and a training meeting must say differs."""
    case = meetings.opened(meeting_kind=kind)
    with pytest.raises(Refused, match=says):
        meetings.act(
            case,
            "confirm_needs",
            "wang",
            purpose="定分工",
            decisions_wanted=None,
            issues=None,
            training_goal=None,
        )


def test_a_deciding_meeting_needs_reporters_and_a_draft_resolution(meetings):
    """R27, R28: every item of a deciding meeting has a reporter, and there is a resolution to decide on."""
    nobody = [{"topic": "经费安排", "reporter": None, "minutes": 40}]
    with pytest.raises(Refused, match="每个议题都要有汇报人"):
        meetings.planned(meeting_kind="决策会", decisions_wanted="定经费", agenda=nobody)
    with pytest.raises(Refused, match="决策会要有决议草案"):
        meetings.inviting(meeting_kind="决策会", decisions_wanted="定经费")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"ends_at": HELD_AT}, "预计结束要晚于开始时间"),
        ({"agenda": [{"topic": "一", "reporter": "陈立", "minutes": 120}]}, "超过了会议时间"),
        ({"mode": "线上", "remote_address": None}, "线上的写明线上会议地址"),
        ({"place": None}, "现场的写明地点"),
        ({"reply_by": date(2026, 12, 4)}, "回复截止不能晚于开会那天"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_with_what_to_do(meetings, changes, says):
    """A wrong time, too long an agenda, no place, a reply after the meeting: one sentence each."""
    case = meetings.opened()
    case = meetings.act(case, "confirm_needs", "wang", purpose="定分工", decisions_wanted=None, issues="分工不清", training_goal=None)  # fmt: skip
    with pytest.raises(Refused, match=says):
        meetings.act(case, "submit_plan", "wang", **{**PLAN, **changes})


def test_a_meeting_begins_only_after_three_confirmations(meetings):
    """R31: room and equipment, list of attendees, version of the papers – and each invitee has answered."""
    case = meetings.inviting()
    with pytest.raises(NotAllowed, match="还有 2 位参会人未确认"):
        meetings.act(case, "begin", "wang")
    for child in meetings.children(case):
        meetings.act(child, "attend", "wang", remark=None)
    with pytest.raises(Refused) as refusal:
        meetings.act(case, "begin", "wang")
    assert all(word in str(refusal.value) for word in ("场地设备", "参会名单", "材料版本"))
    meetings.act(case, "confirm_venue", "wang", equipment=["网络"])
    meetings.act(case, "confirm_list", "wang")
    with pytest.raises(Refused, match="是不是最新一版"):
        meetings.act(case, "confirm_materials", "wang", confirmed_version="第 2 版")
    meetings.act(case, "confirm_materials", "wang", confirmed_version="第 1 版")
    assert meetings.act(case, "begin", "wang").stage.key == "held"


def test_papers_that_are_changed_are_confirmed_again(meetings):
    """R31: what was confirmed is one version of the papers; another one has to be confirmed anew."""
    case = meetings.confirmed()
    newer = meetings.kept("议题一改.txt", "排查进展（改）")
    meetings.act(
        case, "change_materials", "wang", materials=[newer], materials_version="第 2 版", draft_resolution=[]
    )
    with pytest.raises(Refused, match="材料换过的，要按新版本再确认"):
        meetings.act(case, "begin", "wang")
    meetings.act(case, "confirm_materials", "wang", confirmed_version="第 2 版")
    assert meetings.act(case, "begin", "wang").stage.key == "held"


def test_a_changed_time_asks_everybody_anew(meetings, clock):
    """Another day: the answers given are void, everybody is told and asked again, room and list are confirmed again."""
    case = meetings.confirmed()
    clock.turn_to("2026-11-23 09:00")
    later = {**WHEN_AND_WHERE, "held_at": HELD_AT + timedelta(days=1), "ends_at": ENDS_AT + timedelta(days=1)}
    case = meetings.act(
        case, "rearrange", "wang", **later, reply_by=date(2026, 12, 3), rearranged_because="与市里会议冲突"
    )
    asked = [child for child in meetings.children(case) if case.asks_for(child)]
    assert [(child.stage.key, child.data["held_at"]) for child in asked] == [("asked", later["held_at"])] * 2
    for child in asked:
        meetings.act(child, "attend", "wang", remark=None)
    with pytest.raises(Refused, match="改期或换地点后要重新确认"):
        meetings.act(case, "begin", "wang")


def test_an_answer_may_change_until_the_meeting(meetings):
    """R30: who had said yes sends somebody, then cannot come at all; the trace keeps all three answers."""
    case = meetings.inviting()
    mine = meetings.confirmation(case, "chen")
    mine = meetings.act(mine, "attend", "chen", remark=None)
    assert not mine.is_open
    mine = meetings.act(
        mine, "send_deputy", "chen", deputy_name="吴月", deputy_post="科员", deputy_contact="8020"
    )
    mine = meetings.act(mine, "decline", "chen", declined_because="出差")
    assert mine.stage.title == "不参加"
    assert mine.seq == 4


def test_somebody_without_an_account_answers_by_their_link_alone(meetings):
    """R30: a contact acts on the one case that lies in their hand, and on nothing else."""
    guest = meetings.contact()
    case = meetings.inviting(invitees=["chen", guest])
    mine = meetings.confirmation(case, guest)
    assert mine.owner == guest
    mine = meetings.as_guest(guest, mine, "attend", remark=None)
    assert mine.stage.key == "attending"
    with pytest.raises(NotAllowed):
        meetings.as_guest(guest, meetings.confirmation(case, "chen"), "decline", declined_because=None)
    with pytest.raises(NotAllowed):
        meetings.as_guest(guest, case, "confirm_list")


def test_a_contact_who_was_taken_out_answers_no_more(meetings, clock):
    """Whoever was removed from the address book is refused with whom to ask; their name stays in the record."""
    guest = meetings.contact()
    case = meetings.inviting(invitees=[guest])
    meetings.book.remove(guest, clock(), by=NAMED["wang"])
    with pytest.raises(NotAllowed, match="请联系发通知的人"):
        meetings.as_guest(guest, meetings.confirmation(case, guest), "attend", remark=None)
    assert meetings.post._reader_of(NAMED["wang"]).directory().name(guest) == "赵强"


def test_guests_do_not_see_what_is_classified(meetings):
    """C23: somebody without an account is not told of a classified meeting."""
    guest = meetings.contact()
    with pytest.raises(Refused, match="不能告知没有账号的人"):
        meetings.planned(secrecy_level="秘密", invitees=[guest], purpose=None, issues=None, to_prepare=None)


def test_more_invitees_are_asked_and_fewer_are_released(meetings):
    """One more is asked at once; who is struck off the list has nothing left to answer."""
    case = meetings.inviting()
    case = meetings.act(case, "change_invitees", "wang", invitees=["zhou", "he"])
    by_name = {child.owner: child for child in meetings.children(case) if child.process.key == "confirmation"}
    assert by_name["chen"].voided
    assert by_name["he"].stage.key == "asked"


def test_minutes_are_amber_after_a_day_and_red_after_two(meetings, clock):
    """C1: 24 hours are the target, 48 hours the limit; plain hours, over the weekend too (C2)."""
    case = meetings.closed()
    assert case.due_at == at("2026-12-05 16:00")
    clock.turn_to("2026-12-04 16:30")
    meetings.office.issue_slips()
    assert meetings.see(case).slip == "黄"
    clock.turn_to("2026-12-05 16:30")
    meetings.office.issue_slips()
    assert meetings.see(case).slip == "红"


def test_minutes_go_round_before_they_are_signed(meetings):
    """R36: attendees see the draft, what they say comes back to the organiser, then it is signed."""
    case = meetings.closed()
    text = {
        "minutes_body": "会议议定：元旦前完成排查。",
        "present": "陈立、周宁",
        "absent": None,
        "observers": None,
    }
    case = meetings.act(
        case, "send_minutes_round", "wang", **text, minutes_to=None, consulted=["chen", "zhou"]
    )
    for child in meetings.post.open_children(case):
        meetings.act(child, "finish_reading", child.owner, remark="同意")
    assert meetings.see(case).stage.key == "minutes_draft"


def test_one_person_may_have_two_tasks_of_one_meeting(meetings):
    """R40: each row of the table is a task of its own, in the hand of its owner, due on its day."""
    case = meetings.split()
    tasks = [child for child in meetings.children(case) if child.process.key == "task"]
    assert [(t.owner, t.data["title"]) for t in tasks] == [(row["owner"], row["task"]) for row in TASKS]
    assert tasks[1].due_at == at("2026-12-15 17:30") or tasks[1].due_at.date() == date(2026, 12, 15)


def test_every_task_names_owner_day_and_criterion(meetings):
    """R40: a task without one of the three is refused, row by row."""
    case = meetings.signed()
    with pytest.raises(Refused, match="第 1 行请填写“验收标准”"):
        meetings.act(
            case, "split", "wang", task_list=[{**TASKS[0], "acceptance": None}], no_tasks_because=None
        )
    with pytest.raises(Refused, match="没有任务的在下面写明"):
        meetings.act(case, "split", "wang", task_list=[], no_tasks_because=None)


def test_a_meeting_without_tasks_goes_on_to_the_archive(meetings):
    """R39: an information meeting says that there is none, and is filed."""
    case = meetings.signed()
    case = meetings.act(case, "split", "wang", task_list=[], no_tasks_because="情况通报，没有议定事项")
    assert case.stage.key == "filing"


def test_a_wrong_task_goes_back_to_whoever_split_it(meetings):
    """C14: the owner says what is wrong, the secretary mends it, and it counts against the accuracy, not as lateness."""
    case = meetings.split()
    task = next(child for child in meetings.children(case) if child.process.key == "task")
    task = meetings.act(task, "object_to_task", "zhou", objected_because="清单由安监处汇总，应交陈立")
    mended = {
        "title": "报送隐患整改清单",
        "owner": "chen",
        "milestone": date(2026, 12, 11),
        "acceptance": "逐项有时限",
    }
    task = meetings.act(task, "amend_task", "wang", **mended, amended_because="责任人改为陈立")
    assert (task.owner, task.stage.key, task.slip) == ("chen", "in_hand", "")


def test_exactly_one_set_of_minutes_and_one_table_close_a_meeting(meetings):
    """R39: two files of minutes, or no table, are refused."""
    case = meetings.act(meetings.signed(), "split", "wang", task_list=[], no_tasks_because="通报会")
    one, two = meetings.kept("纪要.txt", "一"), meetings.kept("纪要二.txt", "二")
    with pytest.raises(Refused, match="正好一份纪要"):
        meetings.act(
            case,
            "archive",
            "wang",
            minutes_file=[one, two],
            supervision_file=[one],
            retention="10年",
            box=None,
        )
    with pytest.raises(Refused, match="督办表"):
        meetings.act(
            case, "archive", "wang", minutes_file=[one], supervision_file=[], retention="10年", box=None
        )


def test_two_kinds_of_record_or_why_not(meetings):
    """R34: a meeting ends with a recording, or with the reason why there is none."""
    case = meetings.held()
    with pytest.raises(Refused, match="录音和文字两种记录都要有"):
        meetings.act(case, "close_meeting", "wang", audio=[], no_audio_because=None)


def test_a_meeting_that_is_called_off_tells_everybody(meetings):
    """A cancelled meeting ends; nobody has anything left to answer."""
    case = meetings.inviting()
    case = meetings.act(case, "cancel", "zhang", cancelled_because="并入市里的会议")
    assert case.stage.title == "已取消"
    assert meetings.post.open_children(case) == []


def test_what_is_said_beside_the_work_stands_in_no_bodys_way(meetings):
    """Two note-takers and a secretary at the door write at once; none of them is told of a conflict (R33)."""
    case = meetings.held()
    line = {
        "speaker": "陈立",
        "line_kind": "发言",
        "said": "经费可以先垫",
        "topic_no": 2,
        "owner": None,
        "by_day": None,
        "said_at": None,
    }
    for n in range(3):
        meetings.office.act(
            case.id, "record_line", {**line, "said": f"第{n}句"}, by=NAMED["wang"], seen=case.seq
        )
    now = meetings.see(case)
    assert now.seq == case.seq + 3
    assert now.changed == case.changed
    assert "said" not in now.data


def test_the_remote_sop_is_taken_up_by_an_amendment(meetings, office, clock):
    """R45, R46: three steps for meetings with somebody far away; a meeting on the spot passes them over by itself."""
    change = Amendment(
        process="meeting",
        in_force_from=date(2026, 11, 20),
        changes=tuple(SwitchOn(stage=key) for key in ("remote_equipment", "remote_network", "remote_voting")),
        reason="远程会议已过半",
        proposed_by="wang",
        approved_by="zhang",
    )
    office.amend(change, by=NAMED["zhang"])
    assert meetings.inviting().stage.key == "inviting"
    far = meetings.inviting(mode="线上", place=None, remote_address="会议号 123 456")
    assert far.stage.title == "线上设备调试"
    for key in ("remote_equipment", "remote_network", "remote_voting"):
        far = meetings.act(far, f"{key}_done", "wang", **{f"{key}_tested": "试过，正常"})
    assert far.stage.key == "inviting"


def test_of_a_classified_meeting_nothing_is_kept(meetings):
    """C23: neither its purpose nor a line of its record; the register knows that it was."""
    empty = {"purpose": None, "decisions_wanted": None, "issues": None, "training_goal": None}
    case = meetings.opened(secrecy_level="秘密", title="专题会")
    with pytest.raises(Refused, match="只登记、不存内容"):
        meetings.act(case, "confirm_needs", "wang", **{**empty, "purpose": "研究某事"})
    case = meetings.act(case, "confirm_needs", "wang", **empty)
    assert case.grade is Grade.CONFIDENTIAL
    with pytest.raises(NotFound):
        meetings.see(case, "li")


def test_the_organiser_and_the_convener_are_two(meetings):
    """The plan is approved by somebody else than who drew it up."""
    case = meetings.planned(convener="wang")
    with pytest.raises(NotAllowed, match="须由他人办理"):
        meetings.act(case, "approve_plan", "wang", plan_opinion=None)


def sent(database, to):
    """The subjects of what went to somebody, by mail, in their order."""
    query = select(MessageRow.subject).where(MessageRow.recipient == to, MessageRow.channel == "mail")
    with database.reading() as session:
        return list(session.scalars(query.order_by(MessageRow.at, MessageRow.id)))


def test_who_has_not_answered_is_reminded_and_then_named_to_the_organiser(
    meetings, database, clock, reader_of
):
    """R44: a reminder the afternoon before the last day, one a day before the meeting, and silence is told on."""
    case = meetings.inviting()
    assert sent(database, "chen") == ["会议通知：冬季安全生产协调会"]
    meetings.act(meetings.confirmation(case, "zhou"), "attend", "zhou", remark=None)
    clock.turn_to("2026-12-01 15:00")
    assert meetings.office.remind() == 1
    assert meetings.office.remind() == 0
    assert sent(database, "chen")[1:] == ["提醒：会议通知：冬季安全生产协调会"]
    clock.turn_to("2026-12-02 18:00")
    meetings.office.remind()
    assert [row.text for row in reader_of(NAMED["wang"]).notices().itertuples()] == ["还没有答复：陈立"]


def test_who_comes_is_reminded_a_day_and_two_hours_before(meetings, database, clock):
    """R44: two reminders, none twice, and none of a day that was changed meanwhile."""
    case = meetings.inviting()
    meetings.act(meetings.confirmation(case, "zhou"), "attend", "zhou", remark=None)
    for moment in ("2026-12-02 14:31", "2026-12-02 14:40", "2026-12-03 12:31", "2026-12-03 13:00"):
        clock.turn_to(moment)
        meetings.office.remind()
    assert sent(database, "zhou")[1:] == ["会议提醒：冬季安全生产协调会"] * 2


def test_a_meeting_called_off_is_told_on_every_channel(meetings, database, clock):
    """R29: whoever was invited hears that they need not come, also those who never answered."""
    case = meetings.inviting()
    clock.turn_to("2026-11-23 09:00")
    meetings.act(case, "cancel", "zhang", cancelled_because="并入市里的会议")
    for who in ("chen", "zhou"):
        assert sent(database, who)[-1] == "会议取消：冬季安全生产协调会"


def test_what_still_waits_of_a_meeting_that_is_called_off_leaves_no_more(post, database, files, clock):
    """An invitation that a broken line held up must not arrive after the meeting was called off."""
    post.office = Office(lambda: SqlUnit(database, files, b"key of the tests", {Channel.MAIL}), clock)
    meetings = Meetings(post, AddressBook(database, b"key of the tests"))
    meetings.reach("chen", email="chen@city.example")
    case = meetings.inviting()
    meetings.act(case, "cancel", "zhang", cancelled_because="并入市里的会议")
    mails = select(MessageRow.subject, MessageRow.state, MessageRow.error).where(
        MessageRow.recipient == "chen", MessageRow.channel == "mail"
    )
    with database.reading() as session:
        assert sorted(session.execute(mails).all()) == [
            ("会议取消：冬季安全生产协调会", "waiting", ""),
            ("会议通知：冬季安全生产协调会", "called_off", "上级事项已进入下一步，不再需要办理，不再发送"),
        ]

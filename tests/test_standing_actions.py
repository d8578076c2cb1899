"""What can be done to any case: notes, hands, clocks, corrections, and ways back (N2, N8, N10–N12).

The clock stands on Friday 2026-11-20 at 15:00 until a story turns it on.
"""

from datetime import date

import pytest

from core.errors import NotAllowed, NotFound, Refused
from core.standing import ACTIONS
from tests.conftest import DOCUMENT, change_account, told

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def document(post):
    """A document that waits for a proposal, due on Tuesday at closing."""
    return post.bring_to("proposal")


@pytest.fixture
def task(post):
    """A task of the safety department, due on Thursday 11-26 at closing."""
    return post.child_of(post.bring_to("feedback"), "dept:anjian")


def last_step(reader, case):
    return reader.history(case.id).iloc[0]


# --- notes and hands ------------------------------------------------------------------------------


def test_a_note_stands_in_the_trace_and_changes_nothing(post, reader_of, auditor, document):
    after = post.act(document, "note", "sun", text="抽查：三项核对齐全")
    assert (after.stage, after.due_at, after.owner) == (document.stage, document.due_at, document.owner)
    step = last_step(reader_of(auditor), document)
    assert (step["by_name"], step["action_title"], step["data"]) == (
        "孙审", "批注", {"text": "抽查：三项核对齐全"},
    )  # fmt: skip


def test_a_note_says_something(post, document):
    with pytest.raises(Refused, match="请填写“批注”"):
        post.act(document, "note", "wang", text="  ")


def test_a_note_does_not_keep_the_director_from_instructing(post):
    """Two pairs of eyes are two people who took steps; writing a note is not one."""
    case = post.bring_to("instruction")
    post.act(case, "note", "zhang", text="请补充背景")
    assert post.act(case, "instruct", "zhang", instruction="").stage.key == "distribution"


def test_a_note_of_somebody_else_does_not_let_anybody_instruct_on_their_own_proposal(post, database):
    change_account(database, "wang", roles=["secretary", "director"])
    case = post.bring_to("instruction")
    post.act(case, "note", "li", text="同意")
    with pytest.raises(NotAllowed, match="上一步由您本人办理，这一步须由他人办理"):
        post.act(case, "instruct", "wang", instruction="")


def test_what_lies_with_a_department_is_claimed_by_one_of_it(post, task):
    assert post.act(task, "claim", "zhou").owner == "zhou"
    with pytest.raises(NotAllowed, match="本件已有经办人"):
        post.act(task, "claim", "zhou")


def test_reassigned_it_is_in_other_hands_and_the_first_can_act_no_more(post, task):
    post.act(task, "claim", "zhou")
    moved = post.act(task, "reassign", "zhou", to="chen", reason="归口财务处")
    assert (moved.owner, moved.due_at) == ("chen", task.due_at)
    with pytest.raises(NotAllowed, match="这一步由经办人办理"):
        post.act(task, "report", "zhou", result="已办", result_files=[])
    assert post.act(task, "report", "chen", result="已办", result_files=[]).stage.key == "review"


def test_delegated_both_can_act_and_it_stays_on_both_desks(post, reader_of, task, inspector, accountant):
    post.act(task, "claim", "zhou")
    delegated = post.act(task, "delegate", "zhou", to="chen", reason="出差一周")
    assert (delegated.owner, delegated.delegated_by) == ("chen", "zhou")
    assert task.id in set(reader_of(inspector).desk()["id"])
    assert task.id in set(reader_of(accountant).desk()["id"])
    assert "chen" in post.act(task, "note", "chen", text="在办").actors
    assert post.act(task, "report", "zhou", result="已办", result_files=[]).stage.key == "review"


@pytest.mark.parametrize("action", ["reassign", "delegate"])
def test_handing_on_names_somebody_who_is_here_and_why(post, task, action):
    with pytest.raises(Refused) as refusal:
        post.act(task, action, "wang", to=None, reason="")
    assert set(refusal.value.problems) == {"to", "reason"}
    with pytest.raises(Refused, match="中有已停用的人员，请重新选择"):
        post.act(task, action, "wang", to="nobody", reason="转")


def test_a_classified_item_is_handed_only_to_somebody_cleared(post):
    case = post.bring_to("proposal", secrecy_level="秘密", title="涉密件")
    with pytest.raises(Refused, match="李华的知悉范围不含秘密件，请另选"):
        post.act(case, "reassign", "wang", to="li", reason="请假")


def test_urging_says_who_urged_and_counts(post, reader_of, director, document):
    assert post.act(document, "urge", "zhang", text="今天要").urged == 1
    (row,) = reader_of(director).live().to_dict("records")
    assert row["urged"] == 1
    with pytest.raises(NotAllowed, match="刚催办过，120 分钟后可再次催办"):
        post.act(document, "urge", "wang", text="")


def test_the_handler_does_not_urge_themselves(post, task):
    with pytest.raises(NotAllowed, match="这一步由办公室主任、领导、文秘岗办理"):
        post.act(task, "urge", "zhou", text="")


def test_a_next_step_begins_with_no_urging(post, document):
    post.act(document, "urge", "zhang", text="")
    moved = post.act(
        document, "propose", "wang", handling_dept="anjian", time_limit=date(2026, 11, 26), risk_note="无"
    )
    assert (moved.urged, moved.urged_at) == (0, None)


# --- clocks ---------------------------------------------------------------------------------------


def test_a_paused_clock_goes_on_with_the_working_time_that_was_left(
    post, reader_of, director, document, clock
):
    """Two working days and 2.5 hours were left on Friday at 15:00; Wednesday at 9:00 they begin anew."""
    post.act(document, "pause", "wang", reason="等来文单位补附件")
    clock.turn_to("2026-11-25 09:00")
    (row,) = reader_of(director).live().to_dict("records")
    assert (row["left"], row["late"], row["paused"]) == ("已暂停", False, True)
    assert reader_of(director).overdue().empty
    assert reader_of(director).counts()["paused"] == 1
    resumed = post.act(document, "resume", "wang", reason="")
    assert told(document.due_at) == "11-24 17:30"
    assert told(resumed.due_at) == "11-27 11:30"
    assert told(document.case_due_at) == "11-27 17:30"
    assert told(resumed.case_due_at) == "12-02 11:30"


def test_a_night_of_the_24_hours_goes_on_by_the_clock(post, clock):
    """Sent out at 20:00 on Friday, paused on Saturday with 10 plain hours left, none of them worked."""
    case = post.bring_to("distribution")
    clock.turn_to("2026-11-20 20:00")
    post.act(case, "distribute", "wang", readers=["chen"], circulation="同时分送", tracker="wang")
    reading = post.child_of(case, "chen")
    assert told(reading.due_at) == "11-21 20:00"
    clock.turn_to("2026-11-21 10:00")
    post.act(reading, "pause", "wang", reason="阅件人住院")
    clock.turn_to("2026-11-23 09:00")
    assert told(post.act(reading, "resume", "wang", reason="").due_at) == "11-23 19:00"


def test_what_was_late_when_it_was_paused_is_late_when_it_goes_on(post, document, clock):
    clock.turn_to("2026-11-25 10:00")
    post.act(document, "pause", "wang", reason="等补件")
    clock.turn_to("2026-11-26 10:00")
    resumed = post.act(document, "resume", "wang", reason="")
    assert resumed.due_at == document.due_at
    assert resumed.is_overdue(clock())


def test_while_the_clock_stands_nothing_is_handled_and_nobody_urged(post, document):
    post.act(document, "pause", "wang", reason="等补件")
    with pytest.raises(NotAllowed, match="计时已暂停，请先恢复计时再办理"):
        post.act(document, "propose", "wang")
    with pytest.raises(NotAllowed, match="计时已暂停，暂不催办"):
        post.act(document, "urge", "zhang", text="")
    with pytest.raises(NotAllowed, match="计时已经暂停"):
        post.act(document, "pause", "wang", reason="再停")


def test_a_clock_that_runs_is_not_started(post, document):
    with pytest.raises(NotAllowed, match="计时没有暂停"):
        post.act(document, "resume", "wang", reason="")


def test_a_paused_circulation_waits_even_when_all_have_read(post):
    case = post.bring_to("circulation")
    post.act(case, "pause", "wang", reason="等领导返回")
    post.act(post.child_of(case, "he"), "finish_reading", "he", remark="")
    assert post.see(case).stage.key == "circulation"
    assert post.act(case, "resume", "wang", reason="").stage.key == "feedback"


def test_an_extension_granted_moves_the_deadline_and_the_trace_keeps_the_first(
    post, reader_of, auditor, task, clock
):
    post.act(task, "claim", "zhou")
    asked = post.act(task, "ask_extension", "zhou", until=date(2026, 12, 1), reason="排查面广")
    assert told(asked.due_at) == "11-26 17:30"
    granted = post.act(task, "decide_extension", "he", decision="同意", text="务必按期")
    assert told(granted.due_at) == "12-01 17:30"
    assert granted.extension is None
    steps = reader_of(auditor).history(task.id).head(2)
    assert [told(due) for due in steps["due_at"]] == ["12-01 17:30", "11-26 17:30"]


def test_an_extension_refused_leaves_the_deadline_and_can_be_asked_again(post, task):
    post.act(task, "ask_extension", "zhou", until=date(2026, 12, 1), reason="排查面广")
    refused = post.act(task, "decide_extension", "zhang", decision="不同意", text="")
    assert told(refused.due_at) == "11-26 17:30"
    assert post.act(task, "ask_extension", "zhou", until=date(2026, 11, 27), reason="差一天").extension


def test_of_the_whole_document_an_extension_moves_both_clocks_if_it_must(post):
    case = post.bring_to("feedback")
    post.act(case, "ask_extension", "wang", until=date(2026, 12, 4), reason="涉及多个部门")
    granted = post.act(case, "decide_extension", "zhang", decision="同意", text="")
    assert (told(granted.due_at), told(granted.case_due_at)) == ("12-04 17:30", "12-04 17:30")


def test_an_extension_is_asked_for_before_the_deadline_once_and_to_a_later_day(post, task, clock):
    with pytest.raises(Refused, match="延至的日期要晚于现在的时限"):
        post.act(task, "ask_extension", "zhou", until=date(2026, 11, 26), reason="同一天")
    post.act(task, "ask_extension", "zhou", until=date(2026, 11, 30), reason="排查面广")
    with pytest.raises(NotAllowed, match="已有一份延期申请待审批"):
        post.act(task, "ask_extension", "zhou", until=date(2026, 12, 1), reason="再申请")
    post.act(task, "decide_extension", "zhang", decision="不同意", text="")
    clock.turn_to("2026-11-26 17:31")
    with pytest.raises(NotAllowed, match="已过时限，延期须在到期前申请"):
        post.act(task, "ask_extension", "zhou", until=date(2026, 12, 1), reason="晚了")


def test_an_extension_is_decided_by_somebody_else_who_may(post, task):
    with pytest.raises(NotAllowed, match="没有待审批的延期申请"):
        post.act(task, "decide_extension", "zhang", decision="同意", text="")
    post.act(task, "ask_extension", "zhang", until=date(2026, 12, 1), reason="排查面广")
    with pytest.raises(NotAllowed, match="延期须由他人审批"):
        post.act(task, "decide_extension", "zhang", decision="同意", text="")
    with pytest.raises(NotAllowed, match="这一步由办公室主任、领导办理"):
        post.act(task, "decide_extension", "wang", decision="同意", text="")
    assert told(post.act(task, "decide_extension", "he", decision="同意", text="").due_at) == "12-01 17:30"


# --- corrections ----------------------------------------------------------------------------------


def correct(post, case, item, value, by="wang"):
    return post.act(case, "correct", by, item=item, value=value, reason="录入有误")


def test_a_correction_shows_what_it_was_and_what_it_is(post, reader_of, auditor, document):
    assert correct(post, document, "sender_org", "省政府办公厅").data["sender_org"] == "省政府办公厅"
    assert last_step(reader_of(auditor), document)["data"] == {
        "item": "sender_org",
        "value": "省政府办公厅",
        "was": "国务院办公厅",
        "reason": "录入有误",
    }


@pytest.mark.parametrize(
    ("item", "value", "kept"),
    [
        ("copy_count", "3", 3),
        ("dated_on", "2026-11-17", date(2026, 11, 17)),
        ("needs_reply", "是", True),
        ("needs_reply", "否", False),
        ("urgency", "特急", "特急"),
        ("doc_number", "", None),
    ],
)
def test_a_correction_is_read_as_the_field_is(post, document, item, value, kept):
    assert correct(post, document, item, value).data[item] == kept


@pytest.mark.parametrize(
    ("item", "value", "says"),
    [
        ("copy_count", "三份", "“份数”：请填写整数，例如 2"),
        ("copy_count", "0", "“份数”不能小于 1"),
        ("dated_on", "去年", "“成文日期”：请填写日期，例如 2026-11-24"),
        ("received_at", "昨天", "“签收时间”：请填写日期和时刻，例如 2026-11-24 09:30"),
        ("urgency", "最急", "“紧急程度”只能是：平件、加急、特急"),
        ("title", "", "请填写“标题”"),
    ],
)
def test_a_correction_that_the_field_itself_would_refuse_is_refused(post, document, item, value, says):
    with pytest.raises(Refused) as refusal:
        correct(post, document, item, value)
    assert refusal.value.problems == {"value": says}


def test_a_corrected_time_of_signing_in_recounts_what_is_counted_from_it(post, office, secretary, clock):
    """Typed as the office writes it; it means the office's own zone."""
    case = office.open("incoming_document", DOCUMENT | {"received_at": clock()}, by=secretary)
    after = correct(post, case, "received_at", "2026-11-19 09:30")
    assert (told(after.data["received_at"]), told(after.due_at)) == ("11-19 09:30", "11-20 17:30")
    assert told(after.case_due_at) == "11-26 17:30"


def test_a_correction_leaves_the_deadlines_that_do_not_hang_on_it(post, document):
    after = correct(post, document, "received_at", "2026-11-19 09:30")
    assert (after.due_at, told(after.case_due_at)) == (document.due_at, "11-26 17:30")


@pytest.mark.parametrize("item", ["handling_dept", "files", "no_such_field", "risk_note"])
def test_what_cannot_be_corrected_this_way_is_refused(post, document, item):
    """Hands are changed by handing on; what was not given yet has nothing to correct."""
    with pytest.raises(Refused, match="请选择要更正的一项"):
        correct(post, document, item, "x")


def test_the_offices_own_numbers_are_not_corrected(post, document):
    with pytest.raises(Refused, match="“登记号”由程序编给，不能更正"):
        correct(post, document, "number", "收〔2026〕99号")


def test_a_document_whose_content_is_kept_cannot_become_classified(post):
    case = post.bring_to("distribution", instruction="请安监处牵头")
    with pytest.raises(Refused, match="本件已存有内容，不能改为涉密：请作废本件，另按涉密件只登记"):
        correct(post, case, "secrecy_level", "秘密")


def test_what_readers_wrote_is_content_too(post):
    case = post.bring_to("circulation", readers=["chen", "he"])
    post.act(post.child_of(case, "chen"), "finish_reading", "chen", remark="文件第三条涉及我处")
    with pytest.raises(Refused, match="本件已存有内容，不能改为涉密"):
        correct(post, case, "secrecy_level", "秘密")


def test_a_document_that_becomes_classified_takes_its_readings_along(post, reader_of, accountant, auditor):
    case = post.bring_to("circulation", readers=["chen", "he"])
    assert len(reader_of(accountant).desk()) == 1
    correct(post, case, "secrecy_level", "秘密")
    for person in (accountant, auditor):
        assert reader_of(person).live().empty
        with pytest.raises(NotFound):
            reader_of(person).case(post.child_of(case, "chen").id)
    with pytest.raises(Refused, match="降低密级须由办公室主任更正"):
        correct(post, case, "secrecy_level", "非密")
    correct(post, case, "secrecy_level", "非密", by="zhang")
    assert len(reader_of(accountant).desk()) == 1


def test_a_note_or_an_urging_disturbs_nobody_who_is_filling_in_a_form(
    office, post, document, secretary, director
):
    """The director urges while the proposal is being typed: it goes in all the same."""
    post.act(document, "note", "li", text="附件已补")
    office.urge([document.id], by=director)
    typed = {"handling_dept": "anjian", "time_limit": date(2026, 11, 26), "risk_note": "无"}
    assert (
        office.act(document.id, "propose", typed, by=secretary, seen=document.seq).stage.key == "instruction"
    )


# --- ways back ------------------------------------------------------------------------------------


def test_a_step_withdrawn_is_as_if_not_taken_and_stays_in_the_trace(
    post, reader_of, auditor, document, clock
):
    clock.turn_to("2026-11-23 10:00")
    post.act(
        document, "propose", "wang", handling_dept="anjian", time_limit=date(2026, 11, 26), risk_note="无"
    )
    back = post.act(document, "withdraw", "wang", reason="承办部门选错")
    assert (back.stage.key, back.due_at, back.entered_at) == (
        "proposal",
        document.due_at,
        document.entered_at,
    )
    assert "handling_dept" not in back.data
    titles = list(reader_of(auditor).history(document.id)["action_title"])
    assert titles[:2] == ["撤回", "呈批"]


def test_only_ones_own_last_step_is_withdrawn_and_only_once(post, document):
    with pytest.raises(NotAllowed, match="只能撤回您本人刚办理、且后面无人办理的一步"):
        post.act(document, "withdraw", "li", reason="不妥")
    post.act(document, "withdraw", "wang", reason="初审再看")
    with pytest.raises(NotAllowed, match="只能撤回您本人刚办理"):
        post.act(document, "withdraw", "wang", reason="再退一步")


def test_a_step_that_somebody_has_gone_on_from_is_not_withdrawn(post):
    case = post.bring_to("distribution")
    with pytest.raises(NotAllowed, match="只能撤回您本人刚办理"):
        post.act(case, "withdraw", "wang", reason="改拟办")


def test_a_distribution_withdrawn_voids_its_readings_and_can_be_done_again(post, reader_of, director):
    case = post.bring_to("circulation", readers=["chen", "zhou"])
    back = post.act(case, "withdraw", "wang", reason="漏了何副市长")
    assert back.stage.key == "distribution"
    assert [child.voided for child in post.children(case)] == [True, True]
    assert list(reader_of(director).register("reading")["where"]) == ["已作废", "已作废"]

    post.act(case, "distribute", "wang", readers=["chen", "he"], circulation="同时分送", tracker="wang")
    assert [child.owner for child in post.open_children(case)] == ["chen", "he"]
    (row,) = reader_of(director).register("incoming_document").to_dict("records")
    assert row["where"] == "传阅中 0/2"
    assert post.act(case, "withdraw", "wang", reason="次序不对").stage.key == "distribution"


def test_who_was_sent_it_by_mistake_sees_it_no_longer(post, reader_of, accountant, inspector):
    case = post.bring_to("circulation", readers=["chen", "he"])
    assert reader_of(accountant).case(case.id).id == case.id
    post.act(case, "withdraw", "wang", reason="发错人")
    post.act(case, "distribute", "wang", readers=["he"], circulation="同时分送", tracker="wang")
    assert reader_of(accountant).live().empty
    with pytest.raises(NotFound):
        reader_of(accountant).case(case.id)
    assert len(reader_of(inspector).live()) == 2  # the leading department still sees it


def test_a_distribution_is_not_withdrawn_once_somebody_has_read(post):
    case = post.bring_to("circulation", readers=["chen", "zhou"])
    post.act(post.child_of(case, "chen"), "finish_reading", "chen", remark="")
    with pytest.raises(NotAllowed, match="下一步已有人办理，不能撤回"):
        post.act(case, "withdraw", "wang", reason="改名单")


def test_readers_added_by_mistake_are_withdrawn_and_the_others_read_on(post):
    case = post.bring_to("circulation", readers=["he"])
    post.act(case, "add_readers", "wang", readers=["he", "chen"])
    post.act(case, "withdraw", "wang", reason="加错人")
    assert [child.owner for child in post.open_children(case)] == ["he"]
    post.act(case, "add_readers", "wang", readers=["he", "chen"])
    assert [child.owner for child in post.open_children(case)] == ["he", "chen"]


def test_an_answer_is_withdrawn_although_readings_and_tasks_are_long_done(post):
    case = post.bring_to("feedback", needs_reply=True)
    post.do_task(case, "anjian", "zhou")
    post.act(case, "answer_sender", "wang", reply_number="", replied_on=date(2026, 11, 24), reply="电话答复")
    assert post.act(case, "withdraw", "wang", reason="文号漏填").stage.key == "answer"


def test_a_withdrawn_report_stays_in_its_family_and_as_secret_as_it_was(
    post, reader_of, database, inspector, auditor
):
    change_account(database, "zhou", clearance=1)
    case = post.bring_to("feedback", secrecy_level="秘密", title="涉密件")
    task = post.child_of(case, "dept:anjian")
    post.act(task, "claim", "zhou")
    post.act(task, "report", "zhou", result="", result_files=[])
    back = post.act(task, "withdraw", "zhou", reason="材料没附")
    assert (back.stage.key, back.owner, back.grade.label, back.root_id) == (
        "in_hand",
        "zhou",
        "秘密",
        case.id,
    )
    assert reader_of(auditor).register("task").empty


def test_voided_it_is_closed_with_all_that_stands_under_it(post, reader_of, director, accountant):
    case = post.bring_to("circulation", readers=["chen", "he"])
    with pytest.raises(Refused, match="请填写“理由”"):
        post.act(case, "void", "wang", reason="")
    void = post.act(case, "void", "wang", reason="重复登记")
    assert (void.voided, void.is_open) == (True, False)
    assert [child.voided for child in post.children(case)] == [True, True]
    assert reader_of(accountant).desk().empty
    assert reader_of(director).live().empty
    (row,) = reader_of(director).register("incoming_document").to_dict("records")
    assert (row["where"], row["number"]) == ("已作废", "收〔2026〕1号")


def test_the_number_of_a_void_document_is_not_given_again(post):
    post.act(post.register(), "void", "wang", reason="重复登记")
    assert post.register().number == "收〔2026〕2号"


def test_a_reading_voided_on_purpose_is_not_opened_anew_and_the_others_go_on(post):
    case = post.bring_to("circulation", readers=["chen", "he"])
    post.act(post.child_of(case, "chen"), "void", "wang", reason="陈立出国，不再阅")
    assert [child.owner for child in post.open_children(case)] == ["he"]
    post.act(post.child_of(case, "he"), "finish_reading", "he", remark="")
    assert post.see(case).stage.key == "feedback"


# --- closed cases ---------------------------------------------------------------------------------

ANSWERS = {
    "note": {"text": "补记"},
    "correct": {"item": "copy_count", "value": "3", "reason": "清点有误"},
}


@pytest.fixture(params=["returned", "voided"])
def closed(request, post):
    case = post.register()
    if request.param == "voided":
        return post.act(case, "void", "wang", reason="重复登记")
    return post.act(case, "return_to_sender", "wang", return_reason="不属本机关")


@pytest.mark.parametrize("action", sorted(ANSWERS))
def test_a_closed_case_can_still_be_annotated_and_corrected(post, closed, action):
    after = post.act(closed, action, "wang", **ANSWERS[action])
    assert (after.is_open, after.voided, after.stage) == (False, closed.voided, closed.stage)


@pytest.mark.parametrize(
    "action",
    sorted(ACTIONS.keys() - ANSWERS.keys() - {"claim", "restore", "issue_slip", "recount", "remind"}),
)
def test_nothing_else_is_done_to_a_closed_case(post, database, closed, action):
    with pytest.raises(NotAllowed, match="本件已办结，不能再办理这一步"):
        post.act(closed, action, "zhang")


def test_a_correction_moves_no_deadline_of_a_closed_case(post, closed):
    after = correct(post, closed, "received_at", "2026-11-02 09:00")
    assert not after.is_overdue(after.last_at)

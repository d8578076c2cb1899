"""An incoming document, told as the office tells it: from the envelope to the archive (R3–R14).

The clock stands on Friday 2026-11-20 at 15:00 until a story turns it on.
"""

from datetime import date

import pytest
from sqlalchemy import delete, update

from core.errors import GONE, Conflict, NotAllowed, NotFound, Refused
from db.tables import PersonRow, SettingRow
from tests.conftest import DOCUMENT, SHANGHAI


def told(moment):
    """A moment as the office reads it off its own clock."""
    return f"{moment.astimezone(SHANGHAI):%m-%d %H:%M}"


def change(database, person, **values):
    """What an administrator would change in an account."""
    with database.writing() as session:
        session.execute(update(PersonRow).where(PersonRow.id == person).values(**values))
        session.commit()


# --- signing in and registering -------------------------------------------------------------------


def test_the_three_checks_of_signing_in_are_recorded_each_with_its_result(post, reader_of, auditor):
    case = post.register(copies_check="不符", check_note="应到 2 份，实到 1 份")

    (registered, *_) = reader_of(auditor).history(case.id).to_dict("records")
    assert registered["action_title"] == "登记"
    assert registered["data"] == {
        "number_check": "相符",
        "copies_check": "不符",
        "secrecy_check": "相符",
        "check_note": "应到 2 份，实到 1 份",
    }


@pytest.mark.parametrize("check", ["number_check", "copies_check", "secrecy_check"])
def test_a_check_that_differs_needs_a_note_and_says_so_beside_the_note(post, check):
    with pytest.raises(Refused) as refusal:
        post.register(**{check: "不符"})
    assert refusal.value.problems == {"check_note": "有一项不符：请写明不符之处（收文 SOP 第 1 步）"}


def test_registering_without_a_result_of_each_check_is_refused_all_at_once(post):
    with pytest.raises(Refused) as refusal:
        post.register(number_check="", copies_check="", secrecy_check="")
    assert refusal.value.problems == {
        "number_check": "请填写“文号核对”",
        "copies_check": "请填写“份数核对”",
        "secrecy_check": "请填写“密级核对”",
    }


def test_a_document_signed_in_on_friday_is_registered_by_monday_closing_and_done_in_five_days(
    office, secretary, clock
):
    case = office.open("incoming_document", DOCUMENT | {"received_at": clock()}, by=secretary)
    assert case.stage.title == "签收登记"
    assert told(case.due_at) == "11-23 17:30"
    assert told(case.case_due_at) == "11-27 17:30"


def test_registration_counts_from_signing_in_not_from_when_it_was_typed(office, secretary, clock):
    clock.turn_to("2026-11-24 09:00")
    received = clock().replace(day=20, hour=15)
    case = office.open("incoming_document", DOCUMENT | {"received_at": received}, by=secretary)
    assert told(case.due_at) == "11-23 17:30"
    assert case.is_overdue(clock())


@pytest.mark.parametrize("medium", ["挂号信", "电子文件"])
def test_registered_mail_and_electronic_files_are_both_recorded(post, medium):
    assert post.register(medium=medium).data["medium"] == medium


def test_the_fields_of_a_new_document_are_refused_together_in_the_offices_words(office, secretary):
    with pytest.raises(Refused) as refusal:
        office.open("incoming_document", {"copy_count": "两份"}, by=secretary)
    assert refusal.value.problems["title"] == "请填写“标题”"
    assert refusal.value.problems["sender_org"] == "请填写“来文单位”"
    assert refusal.value.problems["copy_count"] == "“份数”：请填写整数，例如 2"
    assert "doc_number" not in refusal.value.problems  # some documents have none


def test_a_refused_registration_leaves_nothing_behind_and_uses_no_number(post, reader_of, director):
    with pytest.raises(Refused):
        post.register(number_check="不符")
    assert reader_of(director).register("incoming_document").empty
    assert post.register().number == "收〔2026〕1号"


def test_the_same_form_handed_in_twice_gives_the_same_document(post, reader_of, director):
    first = post.register(form="form-of-wang")
    again = post.register(form="form-of-wang", title="按了两次")
    assert (again.id, again.number, again.title) == (first.id, "收〔2026〕1号", first.title)
    assert len(reader_of(director).register("incoming_document")) == 1


def test_numbers_begin_anew_with_the_year_of_the_offices_zone(post, clock):
    """One minute before midnight in Shanghai it is still afternoon in UTC."""
    clock.turn_to("2026-12-31 23:59")
    assert [post.register().number, post.register().number] == ["收〔2026〕1号", "收〔2026〕2号"]
    clock.turn_to("2027-01-01 00:00")
    assert post.register().number == "收〔2027〕1号"


def test_the_same_sender_and_number_again_is_a_hint_and_no_refusal(post, reader_of, secretary):
    first = post.register()
    hints = reader_of(secretary).duplicates(number="国办发〔2026〕41号", sender="国务院办公厅", title=None)
    assert list(hints["number"]) == [first.number]
    assert list(hints["why"]) == ["来文单位与文号相同"]
    assert post.register().number == "收〔2026〕2号"


HOSTILE = {
    "script": ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    "emoji": ("关于节日🎉值班的通知👨‍👩‍👧", "关于节日🎉值班的通知👨‍👩‍👧"),
    "full-width digits": ("关于２０２６年工作的通知", "关于２０２６年工作的通知"),
    "lines": ("第一行\r\n第二行\r第三行", "第一行 第二行 第三行"),
    "right to left": ("通知\u202egpj.exe", "通知gpj.exe"),
    "nul": ("通\x00知\x1b[31m", "通知[31m"),
    "sql": ("'; DROP TABLE cases; --", "'; DROP TABLE cases; --"),
    "braces": ("{n} {data} %s", "{n} {data} %s"),
}


@pytest.mark.parametrize(("typed", "kept"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_title_is_kept_as_plain_text_of_one_line(post, reader_of, director, typed, kept):
    case = post.register(title=typed)
    assert case.title == kept
    (row,) = reader_of(director).register("incoming_document", text=kept).to_dict("records")
    assert (row["id"], row["title"]) == (case.id, kept)


def test_a_title_of_ten_thousand_characters_is_refused_with_how_many_there_may_be(post):
    with pytest.raises(Refused, match="“标题”最多 500 字，现有 10000 字，请删减"):
        post.register(title="安" * 10_000)


def test_a_title_of_exactly_what_is_allowed_goes_all_the_way_to_its_task(post):
    case = post.bring_to("feedback", title="安" * 500)
    assert post.child_of(case, "dept:anjian").title.startswith("办理：安安")


# --- checking, proposing, instructing -------------------------------------------------------------


def test_a_document_against_the_rules_goes_back_to_its_sender_with_the_reason(post):
    case = post.register()
    with pytest.raises(Refused, match="请填写“退回理由”"):
        post.act(case, "return_to_sender", "wang", return_reason=" ")
    case = post.act(case, "return_to_sender", "wang", return_reason="不应由本机关办理")
    assert (case.stage.title, case.is_open, case.due_at) == ("已退回", False, None)


@pytest.mark.parametrize(
    ("key", "title"), [("handling_dept", "承办部门"), ("time_limit", "办理时限"), ("risk_note", "风险提示")]
)
def test_a_proposal_without_department_limit_or_risk_is_refused(post, key, title):
    case = post.bring_to("proposal")
    with pytest.raises(Refused) as refusal:
        post.act(case, "propose", "wang", **{**PROPOSED, key: None})
    assert refusal.value.problems == {key: f"请填写“{title}”"}
    assert post.see(case).stage.key == "proposal"


PROPOSED = {
    "handling_dept": "anjian",
    "assist_depts": ["caiwu"],
    "time_limit": date(2026, 11, 26),
    "risk_note": "元旦前须完成排查",
}


def test_each_step_has_its_own_deadline_from_the_end_of_the_one_before(post, clock):
    case = post.register()
    assert (case.stage.title, told(case.due_at)) == ("初审", "11-23 10:30")  # four working hours
    clock.turn_to("2026-11-23 09:30")
    case = post.act(case, "pass_check", "wang", handling="办件", needs_reply=True)
    assert (case.stage.title, told(case.due_at)) == ("拟办", "11-25 17:30")  # two working days
    clock.turn_to("2026-11-24 10:00")
    case = post.act(case, "propose", "wang", **PROPOSED)
    assert (case.stage.title, told(case.due_at)) == ("批示", "11-25 17:30")  # one working day
    clock.turn_to("2026-11-24 16:20")
    case = post.act(case, "instruct", "zhang", instruction="请安监处牵头")
    assert (case.stage.title, told(case.due_at)) == ("分送", "11-25 16:20")  # 24 hours of the clock
    clock.turn_to("2026-11-24 17:00")
    case = post.act(case, "distribute", "wang", readers=["he"], circulation="同时分送", tracker="wang")
    assert told(post.child_of(case, "he").due_at) == "11-25 17:00"
    clock.turn_to("2026-11-25 09:00")
    post.act(post.child_of(case, "he"), "finish_reading", "he", remark="")
    case = post.see(case)
    assert (case.stage.title, told(case.due_at)) == ("督办反馈", "11-27 17:30")  # five from signing in
    assert told(case.case_due_at) == "11-27 17:30"


def test_the_leading_department_is_not_also_an_assisting_one(post):
    case = post.bring_to("proposal")
    with pytest.raises(Refused) as refusal:
        post.act(case, "propose", "wang", **PROPOSED | {"assist_depts": ["anjian"]})
    assert refusal.value.problems == {"assist_depts": "协办部门里不要再选主办部门"}


def test_instructing_is_for_the_director_or_a_leader(post):
    case = post.bring_to("instruction")
    with pytest.raises(NotAllowed, match="这一步由办公室主任、领导办理"):
        post.act(case, "instruct", "wang", instruction="")


def test_a_proposal_laid_before_a_leader_lies_on_the_leaders_desk(post, reader_of, leader, director):
    case = post.bring_to("instruction", submit_to="he")
    assert list(reader_of(leader).desk()["id"]) == [case.id]
    assert reader_of(director).desk().empty


def test_a_proposal_laid_before_nobody_lies_on_the_directors_desk(post, reader_of, leader, director):
    case = post.bring_to("instruction")
    assert list(reader_of(director).desk()["id"]) == [case.id]
    assert reader_of(leader).desk().empty


def test_a_proposal_sent_back_is_written_anew_with_two_new_days(post, clock):
    case = post.bring_to("instruction")
    clock.turn_to("2026-11-24 10:00")
    case = post.act(case, "send_back_proposal", "zhang", sent_back_because="承办部门不对")
    assert (case.stage.title, told(case.due_at)) == ("拟办", "11-26 17:30")
    case = post.act(case, "propose", "wang", **PROPOSED | {"handling_dept": "caiwu", "assist_depts": []})
    assert case.stage.title == "批示"


# --- circulation ----------------------------------------------------------------------------------


def in_circulation(post, readers, circulation="同时分送"):
    return post.bring_to("circulation", readers=readers, circulation=circulation)


def where(reader, case):
    (row,) = reader.register(case.process.key).query("id == @case.id").to_dict("records")
    return row["where"]


def test_distributed_at_once_everybody_has_it_and_lists_count_who_has_read(post, reader_of, director):
    case = in_circulation(post, ["zhang", "he", "wang", "chen", "zhou"])
    assert where(reader_of(director), case) == "传阅中 0/5"
    for person in ("he", "chen", "zhou"):
        post.act(post.child_of(case, person), "finish_reading", person, remark="")
    assert where(reader_of(director), case) == "传阅中 3/5"


def test_distributed_in_turn_the_next_has_it_when_the_one_before_has_read(post, reader_of, director, clock):
    case = in_circulation(post, ["he", "chen", "zhou"], "依次传阅")
    assert [child.owner for child in post.children(case)] == ["he"]
    assert where(reader_of(director), case) == "传阅中 0/3"
    clock.turn_to("2026-11-23 09:00")
    post.act(post.child_of(case, "he"), "finish_reading", "he", remark="请财务处阅")
    assert [child.owner for child in post.open_children(case)] == ["chen"]
    assert told(post.child_of(case, "chen").due_at) == "11-24 09:00"
    assert where(reader_of(director), case) == "传阅中 1/3"


def test_when_everybody_has_read_the_document_goes_on_by_itself(post, reader_of, auditor):
    case = in_circulation(post, ["he", "chen"])
    for person in ("he", "chen"):
        post.act(post.child_of(case, person), "finish_reading", person, remark="")
    assert post.see(case).stage.title == "督办反馈"
    steps = reader_of(auditor).history(case.id)
    moved = steps[steps["action_title"] == "传阅完毕，转督办"]
    assert list(moved["by_name"]) == ["系统"]


def test_nobody_closes_a_circulation_that_somebody_has_not_read(post):
    case = in_circulation(post, ["he", "chen"])
    with pytest.raises(NotAllowed, match="还有 2 位阅件人未阅，办结后才能进入下一步"):
        post.act(case, "circulated_for_action", "wang")


def test_the_trace_says_who_was_sent_it_and_who_read_it_when(post, reader_of, auditor, clock):
    case = in_circulation(post, ["he"])
    clock.turn_to("2026-11-23 08:50")
    post.act(post.child_of(case, "he"), "finish_reading", "he", remark="已阅，抓紧办")
    steps = reader_of(auditor).history(case.id)
    reading = steps[steps["process"] == "reading"].iloc[::-1]
    assert list(zip(reading["action_title"], reading["by_name"], map(told, reading["at"]), strict=True)) == [
        ("送达", "王敏", "11-20 15:00"),
        ("阅毕", "何副市长", "11-23 08:50"),
    ]


def test_a_reader_sees_what_concerns_them_and_nothing_else(post, reader_of, accountant):
    theirs, other = in_circulation(post, ["chen"]), in_circulation(post, ["zhou"])
    assert set(reader_of(accountant).live()["root_id"]) == {theirs.id}
    assert reader_of(accountant).case(theirs.id).id == theirs.id
    assert reader_of(accountant).counts()["live"] == 2  # the document and the reading of it
    for look in ("case", "history", "children", "attachments"):
        with pytest.raises(NotFound, match=GONE):
            getattr(reader_of(accountant), look)(other.id)


def test_somebody_elses_reading_is_not_finished_for_them(post):
    case = in_circulation(post, ["chen", "zhou"])
    with pytest.raises(NotAllowed, match="这一步由经办人办理"):
        post.act(post.child_of(case, "chen"), "finish_reading", "zhou", remark="")


def test_a_secretary_records_what_was_read_on_paper(post):
    case = in_circulation(post, ["he"])
    reading = post.act(post.child_of(case, "he"), "record_paper_reading", "wang", remark="纸质件已圈阅")
    assert (reading.stage.title, reading.last_actor) == ("已阅", "wang")


def test_readers_can_be_added_while_it_circulates(post, reader_of, director):
    case = in_circulation(post, ["he"])
    post.act(case, "add_readers", "wang", readers=["he", "chen"])
    assert [child.owner for child in post.open_children(case)] == ["he", "chen"]
    assert where(reader_of(director), case) == "传阅中 0/2"


def test_whoever_has_read_stays_in_the_trace_when_left_out_of_the_new_list(post, reader_of, director):
    """And counts again once named again; whoever had not read it yet need not any more."""
    case = in_circulation(post, ["he", "chen"])
    read = post.act(post.child_of(case, "he"), "finish_reading", "he", remark="阅")
    post.act(case, "add_readers", "wang", readers=["zhou"])
    assert post.see(read).stage.title == "已阅" and not post.see(read).voided
    assert post.see(post.child_of(case, "chen")).voided
    assert "何副市长" in set(reader_of(director).history(case.id)["by_name"])
    post.act(case, "add_readers", "wang", readers=["he", "zhou"])
    assert where(reader_of(director), case) == "传阅中 1/2"
    assert [child.owner for child in post.open_children(case)] == ["zhou"]


def test_ten_readers_stand_in_the_order_in_which_they_were_named(post):
    """Their numbers sort as numbers: 9号 before 10号."""
    readers = ["zhang", "he", "wang", "li", "chen", "zhou", "sun"]
    in_circulation(post, readers)
    case = in_circulation(post, readers)
    assert [child.owner for child in post.children(case)] == readers


def test_a_reader_who_left_does_not_keep_the_one_before_from_finishing(post, database):
    case = in_circulation(post, ["he", "chen"], "依次传阅")
    change(database, "chen", active=False)
    post.act(post.child_of(case, "he"), "finish_reading", "he", remark="")
    waiting = post.child_of(case, "chen")
    assert waiting.is_open
    post.act(waiting, "reassign", "wang", to="zhou", reason="陈立调离")
    assert post.act(waiting, "finish_reading", "zhou", remark="").stage.title == "已阅"


def test_somebody_who_left_cannot_be_named_but_their_name_stays_in_the_trace(
    post, database, reader_of, auditor
):
    case = in_circulation(post, ["chen", "he"])
    post.act(post.child_of(case, "chen"), "finish_reading", "chen", remark="")
    change(database, "chen", active=False)
    with pytest.raises(Refused, match="“阅件人”中有已停用的人员，请重新选择"):
        post.act(case, "add_readers", "wang", readers=["chen", "he"])
    assert "陈立" in set(reader_of(auditor).history(case.id)["by_name"])


def test_a_document_stuck_with_a_reader_is_found_and_urged(office, post, reader_of, clock, secretary):
    case = in_circulation(post, ["he", "chen"])
    post.act(post.child_of(case, "he"), "finish_reading", "he", remark="")
    clock.turn_to("2026-11-21 15:01")
    stuck = post.child_of(case, "chen")
    (late,) = reader_of(secretary).overdue().to_dict("records")
    assert (late["id"], late["owner_name"], late["left"]) == (stuck.id, "陈立", "逾期 1 分钟")

    assert office.urge([case.id], "请抓紧", by=secretary) == {case.id: None}
    assert post.see(stuck).urged == 1
    assert post.see(post.child_of(case, "he")).urged == 0
    assert reader_of(secretary).counts()["urged"] == 2  # the document and the late reader


def test_urging_again_within_two_hours_is_refused_with_how_long_to_wait(office, post, clock, secretary):
    case = in_circulation(post, ["chen"])
    office.urge([case.id], by=secretary)
    clock.turn_to("2026-11-20 16:30")
    assert office.urge([case.id], by=secretary) == {case.id: "刚催办过，30 分钟后可再次催办"}
    clock.turn_to("2026-11-20 17:00")
    assert office.urge([case.id], by=secretary) == {case.id: None}


def test_urging_many_tells_of_each_whether_it_was_done(office, post, secretary):
    open_one, closed = in_circulation(post, ["chen"]), post.register()
    post.act(closed, "return_to_sender", "wang", return_reason="重复")
    outcome = office.urge([open_one.id, closed.id, "no such"], by=secretary)
    assert outcome == {open_one.id: None, closed.id: "本件已办结，不能再办理这一步", "no such": GONE}


# --- supervision, answer, archive -----------------------------------------------------------------


def test_each_department_named_gets_a_task_with_milestone_and_standard(post, reader_of, inspector):
    case = post.bring_to("feedback", assist_depts=["caiwu"], instruction="")
    assert [task.owner for task in post.open_children(case)] == ["dept:anjian", "dept:caiwu"]
    (task,) = reader_of(inspector).desk().to_dict("records")
    assert (task["owner_name"], told(task["due_at"])) == ("安监处", "11-26 17:30")
    assert task["data"]["acceptance"] == "按拟办意见办理；风险提示：元旦前须完成排查"


def test_a_leaders_instruction_is_what_the_task_is_judged_by(post):
    case = post.bring_to("feedback", instruction="一周内报专题材料")
    assert post.child_of(case, "dept:anjian").data["acceptance"] == "一周内报专题材料"


def test_a_task_is_claimed_reported_returned_reported_again_and_closed_out(post):
    case = post.bring_to("feedback")
    task = post.child_of(case, "dept:anjian")
    assert post.act(task, "claim", "zhou").owner == "zhou"
    with pytest.raises(Refused, match="请填写“办理结果”"):
        post.act(task, "report", "zhou", result="", result_files=[])
    post.act(task, "report", "zhou", result="已排查", result_files=[])
    returned = post.act(task, "return_task", "wang", returned_because="缺整改清单")
    assert (returned.stage.title, told(returned.due_at)) == ("承办", "11-26 17:30")  # the milestone stands
    post.act(task, "report", "zhou", result="已排查，附清单", result_files=[])
    assert post.act(task, "close_out", "wang", review="符合").stage.title == "已办结"
    assert post.see(case).stage.title == "归档立卷"


def test_a_task_of_one_department_is_not_claimed_by_another(post):
    case = post.bring_to("feedback", assist_depts=["caiwu"])
    with pytest.raises(NotAllowed, match="这一步由经办人办理"):
        post.act(post.child_of(case, "dept:anjian"), "claim", "chen")


def test_feedback_is_complete_when_the_last_department_is(post, reader_of, director):
    case = post.bring_to("feedback", assist_depts=["caiwu"])
    post.do_task(case, "anjian", "zhou")
    assert where(reader_of(director), case) == "督办反馈中 1/2"
    post.do_task(case, "caiwu", "chen")
    assert post.see(case).stage.title == "归档立卷"


def test_a_document_that_wants_an_answer_is_answered_before_it_is_filed(post):
    case = post.bring_to("feedback", needs_reply=True)
    post.do_task(case, "anjian", "zhou")
    case = post.see(case)
    assert case.stage.title == "答复"
    with pytest.raises(Refused) as refusal:
        post.act(case, "answer_sender", "wang", reply_number="", replied_on=date(2026, 11, 24), reply="")
    assert refusal.value.problems == {"reply": "没有复文文号时，请写明答复了什么"}
    case = post.act(
        case,
        "answer_sender",
        "wang",
        reply_number="某政办函〔2026〕8号",
        replied_on=date(2026, 11, 24),
        reply="",
    )
    assert case.stage.title == "归档立卷"


def test_a_document_for_information_goes_from_circulation_straight_to_the_archive(post):
    case = post.bring_to("circulation", handling="阅件")
    post.act(post.child_of(case, "he"), "finish_reading", "he", remark="")
    assert post.see(case).stage.title == "归档立卷"
    assert {child.process.key for child in post.children(case)} == {"reading"}


def to_archive(post, retention):
    case = post.bring_to("circulation", handling="阅件")
    post.act(post.child_of(case, "he"), "finish_reading", "he", remark="")
    return post.act(case, "archive", "wang", retention=retention, box="2026-12 盒")


def test_reference_codes_are_numbered_by_year_and_retention_without_gaps(post, clock):
    codes = [to_archive(post, kept).data["reference_code"] for kept in ("30年", "永久", "30年", "10年")]
    assert codes == [
        "Z109-WS·2026-D30-BGS-0001",
        "Z109-WS·2026-Y-BGS-0001",
        "Z109-WS·2026-D30-BGS-0002",
        "Z109-WS·2026-D10-BGS-0001",
    ]
    clock.turn_to("2027-01-04 09:00")
    assert to_archive(post, "30年").data["reference_code"] == "Z109-WS·2027-D30-BGS-0001"


def test_a_refused_filing_uses_no_reference_code(post):
    case = post.bring_to("circulation", handling="阅件")
    post.act(post.child_of(case, "he"), "finish_reading", "he", remark="")
    with pytest.raises(Refused, match="“保管期限”只能是：永久、30年、10年"):
        post.act(case, "archive", "wang", retention="5年", box="")
    assert (
        post.act(case, "archive", "wang", retention="10年", box="").data["reference_code"].endswith("-0001")
    )


def test_a_filed_document_is_closed_and_on_nobodys_desk(post, reader_of, secretary, director):
    case = to_archive(post, "30年")
    assert (case.stage.title, case.is_open, case.is_overdue(case.last_at)) == ("已归档", False, False)
    assert reader_of(secretary).desk().empty
    assert reader_of(director).live().empty
    assert where(reader_of(director), case) == "已归档"


# --- classified: only a stub ----------------------------------------------------------------------

SECRET = {"secrecy_level": "秘密", "title": "某某文件（秘密）"}


def test_of_a_classified_document_no_file_is_kept(post, office, secretary):
    kept = office.keep("通知.txt", "正文".encode(), by=secretary)
    with pytest.raises(Refused) as refusal:
        post.register(**SECRET, files=[kept])
    assert refusal.value.problems == {
        "files": "秘密件只登记、不存内容：请清空“来文附件”，原件按保密规定另行保管"
    }


def test_of_a_classified_document_no_content_is_kept_at_any_step(post):
    case = post.bring_to("proposal", **SECRET)
    with pytest.raises(Refused) as refusal:
        post.act(case, "propose", "wang", **PROPOSED, handling_proposal="文件要求……")
    assert list(refusal.value.problems) == ["handling_proposal"]
    case = post.act(case, "propose", "wang", **PROPOSED)
    with pytest.raises(Refused, match="请清空“批示”"):
        post.act(case, "instruct", "zhang", instruction="请按文件第三条办")


def test_a_classified_document_goes_its_whole_way_as_a_stub(post, database):
    """The department may not write its result into the program, so it is not asked for it."""
    change(database, "zhou", clearance=1)
    case = post.bring_to("feedback", **SECRET, needs_reply=True)
    task = post.child_of(case, "dept:anjian")
    with pytest.raises(Refused, match="请清空“办理结果”"):
        post.act(task, "report", "zhou", result="已按要求部署", result_files=[])
    post.act(task, "report", "zhou", result="", result_files=[])
    post.act(task, "close_out", "wang", review="")
    case = post.act(case, "answer_sender", "wang", reply_number="", replied_on=date(2026, 11, 24), reply="")
    assert post.act(case, "archive", "wang", retention="永久", box="保密柜").stage.title == "已归档"


def test_a_classified_document_does_not_exist_for_those_not_cleared(
    post, office, reader_of, colleague, auditor
):
    case = post.bring_to("circulation", **SECRET)
    for person in (colleague, auditor):
        reader = reader_of(person)
        assert reader.register("incoming_document").empty
        assert reader.live().empty
        assert reader.counts()["live"] == 0
        assert reader.positions().empty
        assert reader.by_owner().empty
        assert reader.duplicates(number="国办发〔2026〕41号", sender=None, title=case.title).empty
        for look in (reader.case, reader.history, reader.children, reader.attachments):
            with pytest.raises(NotFound) as hidden:
                look(case.id)
            with pytest.raises(NotFound) as absent:
                look("no such document")
            assert str(hidden.value) == str(absent.value) == GONE
    with pytest.raises(NotFound, match=GONE):
        office.act(case.id, "note", {"text": "看看"}, by=colleague, seen=case.seq)
    assert office.urge([case.id], by=colleague) == {case.id: GONE}


def test_a_reader_without_clearance_is_refused_by_name(post):
    case = post.bring_to("distribution", **SECRET)
    with pytest.raises(Refused) as refusal:
        post.act(
            case, "distribute", "wang", readers=["he", "li", "chen"], circulation="同时分送", tracker="wang"
        )
    assert refusal.value.problems == {"readers": "李华、陈立的知悉范围不含秘密件，请另选"}


def test_nobody_registers_what_they_are_not_cleared_to_see(
    post, office, reader_of, colleague, clock, director
):
    """Else it would vanish from their own eyes, under a number that is used."""
    with pytest.raises(NotAllowed, match="本件定为秘密，超出您的知悉范围"):
        office.open("incoming_document", DOCUMENT | SECRET | {"received_at": clock()}, by=colleague)
    with pytest.raises(NotAllowed, match="本件定为秘密，超出您的知悉范围"):
        post.register(by="li", **SECRET)
    assert reader_of(director).register("incoming_document").empty


# --- two people at once ---------------------------------------------------------------------------


def test_the_slower_of_two_secretaries_is_told_who_did_what_and_overwrites_nothing(
    post, office, secretary, colleague
):
    case = post.register()
    office.act(case.id, "pass_check", {"handling": "办件", "needs_reply": True}, by=secretary, seen=case.seq)
    with pytest.raises(Conflict) as conflict:
        office.act(case.id, "return_to_sender", {"return_reason": "重复"}, by=colleague, seen=case.seq)
    assert str(conflict.value) == (
        "王敏已于 11-20 15:00 办理了“初审通过”，本件现在处于“拟办”。您填写的内容已保留，请看过最新情况再办理"
    )
    now = post.see(case)
    assert (now.stage.title, now.data["needs_reply"]) == ("拟办", True)
    assert "return_reason" not in now.data


def test_what_was_typed_survives_being_slower(post, office, reader_of, secretary, colleague):
    case = post.register()
    form = f"{case.id}.return_to_sender"
    office.save_draft(form, {"return_reason": "重复来文"}, by=colleague)
    post.act(case, "pass_check", "wang", handling="办件", needs_reply=False)
    with pytest.raises(Conflict):
        office.act(case.id, "return_to_sender", {"return_reason": "重复来文"}, by=colleague, seen=case.seq)
    assert reader_of(colleague).draft(form) == {"return_reason": "重复来文"}
    assert reader_of(secretary).draft(form) == {}


def test_an_action_of_a_stage_already_left_is_refused_with_where_it_stands(post):
    case = post.bring_to("proposal")
    with pytest.raises(NotAllowed, match="现在处于“拟办”，不能办理这一步，请刷新后再看"):
        post.act(case, "pass_check", "wang", handling="办件", needs_reply=False)


# --- the process map ------------------------------------------------------------------------------


def test_every_live_document_stands_on_the_map(post, reader_of, director):
    stages = ("intake_check", "proposal", "instruction", "distribution", "circulation", "feedback")
    for stage in stages:
        post.bring_to(stage)
    places = reader_of(director).positions()
    own = places[places["process"] == "incoming_document"]
    assert dict(zip(own["stage"], own["live"], strict=True)) == dict.fromkeys(stages, 1)


def test_the_office_that_was_not_set_up_still_numbers_its_documents(post, database):
    with database.writing() as session:
        session.execute(delete(SettingRow))
        session.commit()
    assert post.register().number == "收〔2026〕1号"

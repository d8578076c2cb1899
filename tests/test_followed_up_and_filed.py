"""An incoming document is followed up, answered and filed (R11)."""

from datetime import date

import pytest

from core.errors import NotAllowed, Refused
from tests.conftest import told


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


def test_feedback_is_complete_when_the_last_department_is(post):
    case = post.bring_to("feedback", assist_depts=["caiwu"])
    post.do_task(case, "anjian", "zhou")
    assert post.where(case) == "督办反馈中 1/2"
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
    assert post.where(case) == "已归档"

"""An incoming document, told as the office tells it: from the envelope to the instruction (R3–R7, R12).

The clock stands on Friday 2026-11-20 at 15:00 until a story turns it on.
"""

from datetime import date

import pytest
from sqlalchemy import delete

from core.errors import Conflict, NotAllowed, Refused
from db.tables import SettingRow
from tests.conftest import DOCUMENT, told

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

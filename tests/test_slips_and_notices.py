"""What comes to people by itself: supervision slips (N1), what they are told (N4), what is done at once (N5).

The clock stands on Friday 2026-11-20 at 15:00 until a story turns it on.
"""

import io

import docx
import pytest

from core.case import stands_for
from core.errors import NotAllowed, NotFound
from core.papers import PAPERS
from core.papers.docx import docx as drawn
from core.slips import Colour
from db.anchor import heads
from db.verify import verify
from tests.conftest import SHANGHAI


def slips_of(reader, case):
    history = reader.history(case.id).iloc[::-1]
    issued = history[(history["action"] == "issue_slip") & (history["case_id"] == case.id)]
    return [(data["colour"], data["slip_number"], data["because"]) for data in issued["data"]]


# --- supervision slips ----------------------------------------------------------------------------


def test_a_slip_is_blue_when_the_deadline_is_near_and_red_when_it_has_passed(
    post, office, clock, reader_of, director
):
    case = post.bring_to("proposal")  # due on Tuesday 11-24 at 17:30
    assert office.issue_slips() == 0
    clock.turn_to("2026-11-24 15:00")
    assert office.issue_slips() == 1
    clock.turn_to("2026-11-24 17:31")
    assert office.issue_slips() == 1
    assert slips_of(reader_of(director), case) == [
        ("蓝", "督单〔2026〕蓝1号", "时限将到"),
        ("红", "督单〔2026〕红1号", "已逾期"),
    ]
    assert post.see(case).slip == "红"


def test_a_slip_is_issued_once_however_often_the_program_looks(post, office, clock, reader_of, director):
    case = post.bring_to("proposal")
    clock.turn_to("2026-11-26 09:00")
    assert [office.issue_slips() for _ in range(3)] == [1, 0, 0]
    assert len(slips_of(reader_of(director), case)) == 1


def test_a_slip_is_yellow_when_the_urged_work_lags(post, office, clock, reader_of, director):
    case = post.bring_to("proposal")
    clock.turn_to("2026-11-24 14:00")
    post.act(case, "urge", "zhang", text="")
    clock.turn_to("2026-11-24 15:00")
    office.issue_slips()
    assert slips_of(reader_of(director), case)[-1][0] == "黄"


def test_work_that_is_sent_back_gets_a_yellow_slip_at_once(post, reader_of, director):
    task = post.child_of(post.bring_to("feedback"), "dept:anjian")
    post.act(task, "claim", "zhou")
    post.act(task, "report", "zhou", result="已办", result_files=[])
    returned = post.act(task, "return_task", "wang", returned_because="没有逐条对应")
    assert returned.slip == "黄"
    assert slips_of(reader_of(director), task) == [("黄", "督单〔2026〕黄1号", "退回重办：质量不合要求")]


def test_a_slip_falls_when_the_step_is_done(post, office, clock):
    case = post.bring_to("proposal")
    clock.turn_to("2026-11-26 09:00")
    office.issue_slips()
    after = post.act(
        case, "propose", "wang", handling_dept="anjian", assist_depts=[], time_limit="2026-11-27",
        risk_note="无", submit_to=None, handling_proposal="",
    )  # fmt: skip
    assert (after.stage.key, after.slip) == ("instruction", "")


def test_a_paused_case_gets_no_slip(post, office, clock):
    case = post.bring_to("proposal")
    post.act(case, "pause", "wang", reason="等来文单位补件")
    clock.turn_to("2026-12-04 09:00")
    assert office.issue_slips() == 0


def test_a_slip_disturbs_nobody_who_is_typing(post, office, clock, secretary):
    case = post.bring_to("proposal")
    clock.turn_to("2026-11-26 09:00")
    office.issue_slips()
    proposed = {
        "handling_dept": "anjian", "assist_depts": [], "time_limit": "2026-11-27", "risk_note": "无",
        "submit_to": None, "handling_proposal": "",
    }  # fmt: skip
    assert office.act(case.id, "propose", proposed, by=secretary, seen=case.seq).stage.key == "instruction"


def test_nobody_issues_a_slip_by_hand(post):
    case = post.bring_to("proposal")
    with pytest.raises(NotAllowed, match="这一步由系统办理"):
        post.act(case, "issue_slip", "zhang", colour="红", slip_number="督单〔2026〕红9号", because="")


def test_the_record_stays_whole_with_slips_in_it(post, office, clock, database, files, tmp_path):
    post.bring_to("circulation")
    clock.turn_to("2026-12-01 09:00")
    assert office.issue_slips() > 1
    assert verify(database, b"key of the tests", files, heads(tmp_path)) == []


def test_the_slip_can_be_printed_with_its_colour_its_number_and_who_is_late(post, office, clock, dossier_of):
    case = post.bring_to("proposal")
    _, make = PAPERS["slip"]
    with pytest.raises(NotFound, match="没有签发过督办单"):
        make(dossier_of(case))
    clock.turn_to("2026-11-26 09:00")
    office.issue_slips()
    made = make(dossier_of(case))
    words = "".join(cell.text for row in made.rows for cell in row.cells)
    assert made.title.endswith("督办单（红色）")
    for expected in ("督单〔2026〕红1号", "文秘岗", "2026-11-24 17:30", "已逾期", case.title):
        assert expected in words
    assert "督单〔2026〕红1号" in "".join(
        cell.text for row in docx.Document(io.BytesIO(drawn(made))).tables[0].rows for cell in row.cells
    )


def test_colours_only_grow_graver():
    assert [colour.value for colour in Colour] == ["蓝", "黄", "红"]


# --- what people are told -------------------------------------------------------------------------


def told(reader):
    return list(reader.notices()["text"])


def test_the_leaders_instruction_tells_the_clerk(post, reader_of, secretary, colleague):
    case = post.bring_to("instruction")
    post.act(case, "instruct", "zhang", instruction="请安监处三天内报结果")
    assert told(reader_of(secretary)) == ["批示同意：请安监处三天内报结果"]
    assert told(reader_of(colleague)) == []


@pytest.mark.parametrize("words", ["", "同意", "同意。", "圈阅"])
def test_a_plain_agreement_tells_nobody(post, reader_of, secretary, words):
    case = post.bring_to("instruction")
    post.act(case, "instruct", "zhang", instruction=words)
    assert told(reader_of(secretary)) == []


def test_a_readers_remark_tells_the_tracker(post, reader_of, secretary):
    case = post.bring_to("circulation")
    post.act(post.child_of(case, "he"), "finish_reading", "he", remark="第三条要补充数字")
    assert told(reader_of(secretary)) == ["阅毕：第三条要补充数字"]


def test_whoever_asked_for_an_extension_is_told_the_decision(post, reader_of, inspector, director):
    task = post.child_of(post.bring_to("feedback"), "dept:anjian")
    post.act(task, "claim", "zhou")
    post.act(task, "ask_extension", "zhou", until="2026-12-02", reason="等检测报告")
    assert list(reader_of(director).to_decide()["id"]) == [task.id]
    post.act(task, "decide_extension", "zhang", decision="不同意", text="按期完成")
    assert told(reader_of(inspector)) == ["审批延期：延期申请：不同意；按期完成"]
    assert reader_of(director).to_decide().empty


def test_a_notice_stays_until_it_is_dismissed_and_only_ones_own_can_be(
    post, office, reader_of, secretary, colleague
):
    case = post.bring_to("instruction")
    post.act(case, "instruct", "zhang", instruction="速办")
    ids = [int(n) for n in reader_of(secretary).notices()["id"]]
    office.dismiss(ids, by=colleague)
    assert told(reader_of(secretary)) == ["批示同意：速办"]
    office.dismiss(ids, by=secretary)
    assert told(reader_of(secretary)) == []


# --- several at once ------------------------------------------------------------------------------


def readings(post, *titles):
    cases = [post.bring_to("circulation", title=title) for title in titles]
    return [post.child_of(case, "he") for case in cases]


def test_what_is_for_information_is_read_in_one_go(post, office, leader):
    found = readings(post, "通报一", "通报二", "通报三")
    outcome = office.act_on_all({one.id: one.seq for one in found}, "finish_reading", by=leader)
    assert outcome == {one.id: None for one in found}
    assert not any(post.see(one).is_open for one in found)


def test_one_that_cannot_be_taken_keeps_back_no_other(post, office, leader):
    found = readings(post, "通报一", "通报二")
    post.act(found[0], "record_paper_reading", "wang", remark="")
    outcome = office.act_on_all({one.id: 1 for one in found}, "finish_reading", by=leader)
    assert outcome[found[1].id] is None
    assert "代记纸质阅毕" in outcome[found[0].id] or "不能办理这一步" in outcome[found[0].id]


def test_a_decision_is_never_taken_in_a_heap(post, office, director):
    case = post.bring_to("instruction")
    outcome = office.act_on_all({case.id: case.seq}, "instruct", by=director)
    assert outcome == {case.id: "这一步要逐件办理"}
    assert post.see(case).stage.key == "instruction"


# --- back from the bin ----------------------------------------------------------------------------


def test_a_voided_case_comes_back_where_it_stood_and_the_time_in_the_bin_is_nobodys_delay(post, clock):
    case = post.bring_to("proposal")  # due on Tuesday 11-24 at 17:30
    post.act(case, "void", "wang", reason="以为重复")
    clock.turn_to("2026-11-25 15:00")  # three working days later
    back = post.act(case, "restore", "li", reason="不是重复")
    assert (back.is_open, back.stage.key) == (True, "proposal")
    assert f"{back.due_at.astimezone(SHANGHAI):%m-%d %H:%M}" == "11-27 17:30"


def test_what_was_voided_with_its_parent_comes_back_with_it(post):
    case = post.bring_to("circulation", readers=["he", "chen"])
    post.act(post.child_of(case, "he"), "finish_reading", "he", remark="")
    post.act(case, "void", "wang", reason="误送")
    back = post.act(case, "restore", "wang", reason="没有误送")
    assert [(stands_for(child), child.is_open) for child in post.children(back) if not child.voided] == [
        ("he", False), ("chen", True),
    ]  # fmt: skip


def test_only_a_voided_case_can_be_restored(post):
    case = post.bring_to("proposal")
    with pytest.raises(NotAllowed, match="没有作废"):
        post.act(case, "restore", "wang", reason="试试")

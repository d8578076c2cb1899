"""An incoming document goes round: who has it, who has read it, and who is urged (R8–R10)."""

import pytest

from core.errors import GONE, NotAllowed, NotFound, Refused
from tests.conftest import change_account, told


def in_circulation(post, readers, circulation="同时分送"):
    return post.bring_to("circulation", readers=readers, circulation=circulation)


def test_distributed_at_once_everybody_has_it_and_lists_count_who_has_read(post):
    case = in_circulation(post, ["zhang", "he", "wang", "chen", "zhou"])
    assert post.where(case) == "传阅中 0/5"
    for person in ("he", "chen", "zhou"):
        post.act(post.child_of(case, person), "finish_reading", person, remark="")
    assert post.where(case) == "传阅中 3/5"


def test_distributed_in_turn_the_next_has_it_when_the_one_before_has_read(post, clock):
    case = in_circulation(post, ["he", "chen", "zhou"], "依次传阅")
    assert [child.owner for child in post.children(case)] == ["he"]
    assert post.where(case) == "传阅中 0/3"
    clock.turn_to("2026-11-23 09:00")
    post.act(post.child_of(case, "he"), "finish_reading", "he", remark="请财务处阅")
    assert [child.owner for child in post.open_children(case)] == ["chen"]
    assert told(post.child_of(case, "chen").due_at) == "11-24 09:00"
    assert post.where(case) == "传阅中 1/3"


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


def test_readers_can_be_added_while_it_circulates(post):
    case = in_circulation(post, ["he"])
    post.act(case, "add_readers", "wang", readers=["he", "chen"])
    assert [child.owner for child in post.open_children(case)] == ["he", "chen"]
    assert post.where(case) == "传阅中 0/2"


def test_whoever_has_read_stays_in_the_trace_when_left_out_of_the_new_list(post, reader_of, director):
    """And counts again once named again; whoever had not read it yet need not any more."""
    case = in_circulation(post, ["he", "chen"])
    read = post.act(post.child_of(case, "he"), "finish_reading", "he", remark="阅")
    post.act(case, "add_readers", "wang", readers=["zhou"])
    assert post.see(read).stage.title == "已阅" and not post.see(read).voided
    assert post.see(post.child_of(case, "chen")).voided
    assert "何副市长" in set(reader_of(director).history(case.id)["by_name"])
    post.act(case, "add_readers", "wang", readers=["he", "zhou"])
    assert post.where(case) == "传阅中 1/2"
    assert [child.owner for child in post.open_children(case)] == ["zhou"]


def test_ten_readers_stand_in_the_order_in_which_they_were_named(post):
    """Their numbers sort as numbers: 9号 before 10号."""
    readers = ["zhang", "he", "wang", "li", "chen", "zhou", "sun"]
    in_circulation(post, readers)
    case = in_circulation(post, readers)
    assert [child.owner for child in post.children(case)] == readers


def test_a_reader_who_left_does_not_keep_the_one_before_from_finishing(post, database):
    case = in_circulation(post, ["he", "chen"], "依次传阅")
    change_account(database, "chen", active=False)
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
    change_account(database, "chen", active=False)
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

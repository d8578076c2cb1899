"""An item of information, told as the office tells it: noted, graded, told, filed (R57–R60).

The clock stands on Friday 2026-11-20 at 15:00.
"""

from datetime import datetime

import pytest

from core.errors import NotAllowed, Refused
from tests.conftest import NAMED, SHANGHAI

FIRE = {
    "title": "开发区一仓库发生火灾",
    "summary": "14:20 起火，消防已到场，暂无伤亡报告。",
    "channel": "内部",
    "source_name": "开发区管委会电话",
    "secrecy_level": "非密",
}
MENU = {
    "title": "食堂换了新菜单",
    "channel": "内部",
    "summary": "下周起供应素食窗口。",
    "secrecy_level": "非密",
}


@pytest.fixture
def note(office):
    """Somebody notes an item: `note(FIRE)`."""
    return lambda item, by="wang", **more: office.open("information", {**item, **more}, by=NAMED[by])


@pytest.fixture
def fire(note, post):
    return post.act(note(FIRE), "accept_grade", "wang")


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_anybody_notes_an_item_and_it_waits_for_the_secretaries(note):
    case = note(FIRE, by="chen")
    assert (case.number, case.stage.title, case.owner) == ("信〔2026〕1号", "研判定级", "")
    assert case.due_at == at("2026-11-20 17:00")


def test_one_tap_takes_the_suggestion_and_tells_whom_the_cell_names_within_the_hour(fire, post):
    assert (fire.data["info_urgency"], fire.data["importance"]) == ("红", "高")
    assert fire.data["suggested"].startswith("红·高：命中“伤亡”")
    assert {*fire.data["tell"]} == {"zhang", "he"}
    assert fire.stage.title == "报送处置"
    assert fire.due_at == fire.data["tell_by"] == at("2026-11-20 16:00")
    assert fire.owner == "wang"
    assert {child.owner for child in post.open_children(fire)} == {"zhang", "he"}
    assert {child.due_at for child in post.open_children(fire)} == {at("2026-11-20 16:00")}


def test_those_told_hear_it_on_every_channel(fire, post, reader_of):
    told = reader_of(NAMED["wang"]).messages(post.child_of(fire, "he").id)
    assert {*told["channel"]} >= {"sms", "mail", "oa"}
    assert any("信息（红·高）：开发区一仓库发生火灾" in text for text in told["subject"])


def test_those_told_read_what_it_says_on_their_own_page_and_it_is_found_once(fire, post, reader_of):
    assert post.child_of(fire, "he").data["summary"] == FIRE["summary"]
    assert list(reader_of(NAMED["he"]).search("暂无伤亡").cases["id"]) == [fire.id]


def test_they_leave_a_word_or_only_that_they_know_and_then_it_is_filed_by_both_labels(fire, post, reader_of):
    post.act(post.child_of(fire, "he"), "instruct_on_it", "he", instruction="请安监处到场核实。")
    assert any("请安监处到场核实" in text for text in reader_of(NAMED["wang"]).notices()["text"])
    post.act(post.child_of(fire, "zhang"), "acknowledge", "zhang")
    assert post.see(fire).stage.title == "归档"
    filed = post.act(fire, "archive", "wang")
    assert filed.data["reference_code"] == "信息·2026-红高-0001"
    assert not filed.is_open


def test_silence_is_late_by_itself_and_said_to_whoever_graded(fire, post, office, clock, reader_of):
    clock.turn_to("2026-11-20 16:10")
    assert {*reader_of(NAMED["zhang"]).overdue()["title"]} == {"开发区一仓库发生火灾"}
    assert office.remind() == 2
    assert any("还没有答复：何副市长" in text for text in reader_of(NAMED["wang"]).notices()["text"])


def test_where_nobody_is_to_be_told_the_step_is_passed_over(note, post):
    case = post.act(note(MENU), "accept_grade", "wang")
    assert (case.data["info_urgency"], case.data["importance"]) == ("蓝", "低")
    assert case.stage.title == "归档"
    assert not post.children(case)


def test_another_grade_than_the_suggested_wants_a_reason(note, post):
    case = note(FIRE)
    lower = {"info_urgency": "黄", "importance": "中"}
    with pytest.raises(Refused, match="与建议“红·高”不同，请写明定级理由"):
        post.act(case, "grade", "wang", **lower)
    graded = post.act(case, "grade", "wang", **lower, grade_because="演练，已核实")
    assert graded.data["suggested"].startswith("红·高")
    assert graded.data["tell"] == ["zhang"]
    assert graded.due_at == at("2026-11-23 17:30")


def test_whoever_grades_may_tell_others_too(note, post):
    case = post.act(note(MENU), "grade", "wang", info_urgency="蓝", importance="低", tell_also=["chen"])
    assert {child.owner for child in post.open_children(case)} == {"chen"}


def test_nobody_is_told_of_what_they_graded_themselves(note, post):
    case = post.act(note(FIRE), "accept_grade", "zhang")
    assert case.data["tell"] == ["he"]


def test_the_grade_is_changed_with_a_reason_and_told_anew(fire, post, clock):
    clock.turn_to("2026-11-20 15:30")
    with pytest.raises(Refused, match="请填写“调整理由”"):
        post.act(fire, "regrade", "wang", info_urgency="蓝", importance="低")
    lower = post.act(fire, "regrade", "wang", info_urgency="黄", importance="高", grade_because="明火已扑灭")
    assert lower.stage.title == "报送处置"
    assert lower.due_at == at("2026-11-23 15:30")
    assert len(post.children(fire)) == 4
    assert {child.data["label"] for child in post.open_children(fire)} == {"黄·高"}
    assert not lower.slip


def test_an_item_that_is_filed_soon_may_still_be_raised(note, post):
    case = post.act(note(MENU), "accept_grade", "wang")
    raised = post.act(
        case, "regrade", "wang", info_urgency="红", importance="高", grade_because="多人食物中毒"
    )
    assert (raised.stage.title, raised.slip) == ("报送处置", "")
    assert {child.owner for child in post.open_children(raised)} == {"zhang", "he"}


def test_it_need_not_wait_for_those_who_were_told_otherwise(fire, post):
    done = post.act(fire, "stop_waiting", "zhang", stopped_because="已在会上汇报")
    assert done.stage.title == "归档"
    assert not post.open_children(fire)


def test_what_is_of_no_use_is_dropped(note, post):
    case = post.act(note(MENU), "drop", "wang", dropped_because="与本单位无关")
    assert (case.stage.title, case.is_open) == ("不采用", False)


def test_only_secretaries_and_the_director_grade(note, post):
    case = note(FIRE, by="chen")
    with pytest.raises(NotAllowed, match="这一步由办公室主任、文秘岗办理"):
        post.act(case, "accept_grade", "chen")


def test_of_a_secret_item_only_the_title_is_kept_and_only_the_cleared_are_told(note, post):
    with pytest.raises(Refused, match="只登记、不存内容"):
        note(FIRE, secrecy_level="机密", by="zhang")
    case = note({"title": "（涉密件）火灾情况", "channel": "内部"}, by="zhang", secrecy_level="机密")
    graded = post.act(case, "accept_grade", "zhang")
    assert graded.data["tell"] == ["he"]
    secret = post.act(
        note({"title": "（涉密件）爆炸情况", "channel": "内部"}, by="zhang", secrecy_level="绝密"),
        "accept_grade",
        "zhang",
    )
    assert secret.data["tell"] == []
    assert secret.stage.title == "归档"


def test_a_blue_item_is_filed_with_many_others_at_once(note, post, office, secretary):
    waiting = [post.act(note({**MENU, "title": f"动态 {n}"}), "accept_grade", "wang") for n in range(3)]
    done = office.act_on_all({case.id: case.seq for case in waiting}, "archive", by=secretary)
    assert {*done.values()} == {None}
    assert post.see(waiting[-1]).data["reference_code"] == "信息·2026-蓝低-0003"

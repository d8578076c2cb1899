"""手册: the standard of any day, what two versions differ in, and the live cases on the map (R2, R67–R72).

The clock stands on Friday 2026-11-20 at 15:00 until a story turns it on.
"""

from dataclasses import replace
from datetime import date

import pytest

from core.amendment import SetDuty, SetLimit, SetLists, SetRequired, SetText, SwitchOff, amended
from core.fields import Field
from core.handbook import STEP, WHOLE, Change, chapter, difference, ends, head, steps
from core.people import Role
from core.processes import SHIPPED
from tests.approve import EVERY_VERSION
from tests.conftest import amendment

V1 = SHIPPED["incoming_document"][-1]


def changed_by(*changes):
    return difference(V1, amended(V1, amendment(*changes)))


# --- the chapter in parts -------------------------------------------------------------------------


@pytest.mark.parametrize("process", EVERY_VERSION, ids=lambda p: f"{p.key}-v{p.version}")
def test_what_the_page_draws_is_what_the_chapter_says(process):
    text = chapter(process)
    for line in (*head(process), ends(process)):
        assert line in text
    for step in steps(process):
        assert f"## {step.n}. {step.title}" in text
        assert all(f"- {label}：{words}" in text for label, words in step.facts)
        assert all(f"- 【{act.title}】{act.who}" in text for act in step.acts)
        assert all(asked in text for act in step.acts for asked in act.asks)


def test_each_step_has_the_five_fields_in_their_order():
    labels = ["输入要求", "操作步骤", "输出成果", "责任主体", "时限标准"]
    assert all([label for label, _ in step.facts] == labels for step in steps(V1))


# --- what two versions differ in ------------------------------------------------------------------


@pytest.mark.parametrize("process", EVERY_VERSION, ids=lambda p: f"{p.key}-v{p.version}")
def test_a_version_does_not_differ_from_itself(process):
    assert difference(process, process) == ()


def test_another_limit_is_shown_beside_the_old_one():
    assert changed_by(SetLimit(stage="proposal", days=3)) == (
        Change(
            "拟办",
            "时限标准",
            "2 个工作日内（R7 2 个工作日内提出拟办意见）",
            "3 个工作日内（第 1 版（第 1 次修订））",
        ),
    )


def test_another_limit_of_the_whole_is_of_no_single_step():
    (change,) = changed_by(SetLimit(stage="", days=7))
    assert (change.step, change.what) == (WHOLE, "全程时限")
    assert change.new.startswith("自“签收时间”起 7 个工作日内")


def test_other_words_and_lists_are_shown_field_by_field():
    changes = changed_by(
        SetText(stage="proposal", does="提出拟办意见，附依据。"),
        SetLists(stage="proposal", inputs=("来文", "附件"), spot_checks=()),
    )
    assert [(c.step, c.what, c.new) for c in changes] == [
        ("拟办", "输入要求", "来文；附件"),
        ("拟办", "操作步骤", "提出拟办意见，附依据。"),
        ("拟办", "抽查要点", ""),
    ]


def test_whether_a_field_must_be_filled_in_is_a_difference():
    assert changed_by(SetRequired(field="submit_to", required=True)) == (
        Change("拟办", "【呈批】填写：呈送领导", "选填", "必填"),
    )


def test_another_duty_shows_in_the_duty_and_in_who_may_take_the_step():
    changes = changed_by(SetDuty(stage="distribution", duty=Role.MEMBER))
    assert changes == (
        Change("分送", "责任主体", "文秘岗", "部门人员"),
        Change("分送", "【分送】", "文秘岗 → 传阅", "文秘岗、部门人员 → 传阅"),
    )


def test_a_step_left_out_stands_where_it_stood_and_what_led_to_it_leads_on():
    changes = changed_by(SwitchOff(stage="intake_check"))
    assert [(c.step, c.what) for c in changes] == [
        (WHOLE, "步骤次序"),
        (WHOLE, "办结状态"),
        ("签收登记", "【登记】"),
        ("初审", STEP),
    ]
    assert changes[2] == Change("签收登记", "【登记】", "文秘岗 → 初审", "文秘岗 → 拟办")
    assert (changes[3].old, changes[3].new) == (V1.stage("intake_check").does, "")


def test_read_the_other_way_what_was_taken_away_was_added():
    shorter = amended(V1, amendment(SwitchOff(stage="intake_check")))
    added = difference(shorter, V1)
    assert Change("初审", STEP, "", V1.stage("intake_check").does) in added
    assert [(c.step, c.what, c.old) for c in added] == [
        (c.step, c.what, c.new) for c in difference(V1, shorter)
    ]


def test_fields_added_and_taken_away_are_named():
    fewer = tuple(field for field in V1.opens_with if field.key != "medium")
    other = replace(V1, opens_with=(*fewer, Field(key="pages", title="页数", required=False)))
    assert difference(V1, other) == (
        Change(WHOLE, "签收时填写：来文方式", "必填（电子文件、挂号信、机要交换、当面递送）", ""),
        Change(WHOLE, "签收时填写：页数", "", "选填"),
    )


def test_a_step_with_another_name_is_the_same_step():
    stages = tuple(
        replace(stage, title="办结归档") if stage.key == "archiving" else stage for stage in V1.stages
    )
    changes = difference(V1, replace(V1, stages=stages))
    assert Change("办结归档", "步骤名称", V1.stage("archiving").title, "办结归档") in changes
    assert STEP not in {change.what for change in changes}


# --- who changed what -----------------------------------------------------------------------------


def test_every_revision_is_there_with_why_and_by_whom(office, reader_of, auditor, director):
    office.amend(amendment(SetLimit(stage="proposal", days=3)), by=director)
    made = reader_of(auditor).amendments("incoming_document")
    (version, change), *others = made.items()
    assert (version, others) == (1001, [])
    assert (change.proposed_by, change.approved_by) == ("wang", "zhang")
    assert (change.reason, change.in_force_from) == ("年度评审：来文量增加", date(2026, 12, 1))
    assert reader_of(auditor).amendments("task") == {}


# --- live cases on the map ------------------------------------------------------------------------


def test_each_live_case_stands_at_its_step_what_is_due_first_on_top(post, reader_of, secretary, clock):
    post.bring_to("proposal", title="先到的")
    clock.turn_to("2026-11-23 09:00")
    post.bring_to("proposal", title="后到的")
    post.register(title="刚登记的")
    frame = reader_of(secretary).on_map("incoming_document")
    at = {key: list(group["title"]) for key, group in frame.groupby("stage")}
    assert at == {"proposal": ["先到的", "后到的"], "intake_check": ["刚登记的"]}


def test_a_step_with_many_cases_shows_the_first_few(post, reader_of, secretary):
    for n in range(5):
        post.register(title=f"第{n}件")
    post.bring_to("proposal")
    frame = reader_of(secretary).on_map("incoming_document", each=3)
    assert frame["stage"].value_counts().to_dict() == {"intake_check": 3, "proposal": 1}


def test_what_one_may_not_see_is_on_nobody_elses_map(post, reader_of, colleague, accountant):
    post.register(secrecy_level="秘密", title="某某文件（秘密）")
    post.register(title="公开的")
    assert list(reader_of(colleague).on_map("incoming_document")["title"]) == ["公开的"]
    assert reader_of(accountant).on_map("incoming_document").empty


def test_what_is_finished_is_not_on_the_map(post, reader_of, secretary):
    case = post.register()
    post.act(case, "return_to_sender", "wang", return_reason="不属本机关职权")
    assert reader_of(secretary).on_map("incoming_document").empty

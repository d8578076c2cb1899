"""The office changes its own standard, without a programmer: amendments as data (R72, R94–R97).

The clock stands on Friday 2026-11-20 at 15:00 until a story turns it on.
"""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from core.amendment import (
    SetDuty,
    SetLimit,
    SetLists,
    SetRequired,
    SetText,
    SwitchOff,
    amended,
    pack,
    unpack,
)
from core.errors import NotAllowed, NotFound, Refused
from core.handbook import chapter
from core.people import Role
from core.processes import SHIPPED, Standard
from core.worktime import Limit
from db.tables import AmendmentRow
from tests.conftest import amendment, told

INCOMING = SHIPPED["incoming_document"][-1]


LONGER = SetLimit(stage="proposal", days=3)

EVERY_CHANGE = (
    LONGER,
    SetLimit(stage="", days=7),
    SetText(stage="proposal", does="提出拟办意见，附依据。"),
    SetLists(stage="proposal", inputs=("来文", "附件"), spot_checks=()),
    SetDuty(stage="instruction", duty=Role.LEADER),
    SetRequired(field="submit_to", required=True),
    SwitchOff(stage="intake_check"),
)


# --- what a change comes to -----------------------------------------------------------------------


def test_a_change_makes_the_next_version_and_leaves_the_published_one():
    changed = amended(INCOMING, amendment(LONGER))
    assert (changed.version, changed.edition) == (1001, "第 1 版（第 1 次修订）")
    assert changed.in_force_from == date(2026, 12, 1)
    assert changed.stage("proposal").due.limit == Limit(days=3)
    assert INCOMING.stage("proposal").due.limit == Limit(days=2)


def test_the_handbook_shows_the_new_limit_and_no_longer_the_words_of_the_old():
    """The rule beside a limit says where it comes from; the old one names the old number."""
    text = chapter(amended(INCOMING, amendment(LONGER)))
    assert "时限标准：3 个工作日内（第 1 版（第 1 次修订））" in text
    assert "2 个工作日内提出拟办意见" not in text


def test_every_kind_of_change_does_what_it_says():
    changed = amended(INCOMING, amendment(*EVERY_CHANGE))
    proposal = changed.stage("proposal")
    assert changed.due.limit == Limit(days=7)
    assert changed.due.after == "received_at"
    assert proposal.does == "提出拟办意见，附依据。"
    assert (proposal.inputs, proposal.spot_checks) == (("来文", "附件"), ())
    assert proposal.outputs == INCOMING.stage("proposal").outputs
    assert changed.stage("instruction").duty is Role.LEADER
    assert changed.fields["submit_to"].required
    assert [stage.key for stage in changed.stages][:2] == ["registration", "proposal"]
    assert changed.stage("registration").actions[0].to == "proposal"


def test_a_new_duty_may_also_take_the_steps():
    changed = amended(INCOMING, amendment(SetDuty(stage="distribution", duty=Role.MEMBER)))
    assert changed.stage("distribution").actions[0].by == {Role.SECRETARY, Role.MEMBER}


def test_packed_for_storing_and_unpacked_it_is_the_same():
    whole = amendment(*EVERY_CHANGE)
    assert unpack(pack(whole)) == whole


def test_several_changes_stand_on_one_another_in_their_order():
    standard = Standard().with_amendments(
        [amendment(LONGER), amendment(SetLimit(stage="proposal", hours=8), in_force_from=date(2027, 1, 1))]
    )
    limits = {
        day: standard.in_force("incoming_document", day).stage("proposal").due.limit
        for day in (date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 31), date(2027, 1, 1))
    }
    assert list(limits.values()) == [Limit(days=2), Limit(days=3), Limit(days=3), Limit(hours=8)]
    assert standard.newest_of("incoming_document").version == 1002


def test_before_its_first_day_a_process_has_no_standard():
    with pytest.raises(NotFound, match="2025-12-31 没有施行中的“incoming_document”标准"):
        Standard().in_force("incoming_document", date(2025, 12, 31))


CONTRADICTIONS = {
    "a stage there is not": (SetLimit(stage="printing", days=1), "没有“printing”这一步"),
    "a field there is not": (SetRequired(field="colour", required=True), "没有“colour”这一项"),
    "a stage that must be": (SwitchOff(stage="proposal"), "“拟办”不是可以停用的步骤"),
}


@pytest.mark.parametrize(("change", "says"), CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_a_change_that_contradicts_the_rest_is_refused_with_the_reason(change, says):
    with pytest.raises(Refused, match=f"修订后标准自相矛盾，未保存：.*{says}"):
        amended(INCOMING, amendment(change))


@pytest.mark.parametrize("limit", [{}, {"days": 1, "hours": 4}, {"days": -1}])
def test_a_limit_that_is_none_is_refused(limit):
    with pytest.raises(Refused, match="时限请填一种单位，且大于 0"):
        amended(INCOMING, amendment(SetLimit(stage="proposal", **limit)))


def test_a_change_does_not_hold_before_the_version_it_changes():
    with pytest.raises(Refused) as refusal:
        amended(INCOMING, amendment(LONGER, in_force_from=date(2025, 12, 1)))
    assert refusal.value.problems == {"in_force_from": "生效日期不能早于现行版本的 2026-01-01"}


def test_nobody_approves_what_they_proposed():
    with pytest.raises(Refused) as refusal:
        amended(INCOMING, amendment(LONGER, proposed_by="zhang"))
    assert refusal.value.problems == {"approved_by": "标准的修订须由提出人以外的人批准"}


# --- approved, stored, in force -------------------------------------------------------------------


def stored(database):
    with database.reading() as session:
        return list(session.scalars(select(AmendmentRow.version)))


def test_an_approved_change_holds_from_its_day_and_older_cases_keep_their_version(
    post, office, reader_of, clock, director
):
    before = post.bring_to("proposal")
    assert office.amend(amendment(LONGER), by=director).version == 1001

    clock.turn_to("2026-11-30 15:00")
    assert post.bring_to("proposal").process.version == 1
    clock.turn_to("2026-12-01 15:00")
    after = post.bring_to("proposal")
    assert after.process.version == 1001
    assert told(after.due_at) == "12-04 17:30"  # three working days

    assert post.see(before).process.version == 1
    assert reader_of(director).standard().version("incoming_document", 1001) == after.process
    assert set(reader_of(director).history(after.id)["version"]) == {1001}
    assert len(reader_of(director).register("incoming_document")) == 3


def test_an_optional_step_is_left_out_from_its_day_on(post, office, director, clock):
    office.amend(amendment(SwitchOff(stage="intake_check")), by=director)
    clock.turn_to("2026-12-01 09:00")
    case = post.register()
    assert case.stage.key == "proposal"
    case = post.act(
        case, "propose", "wang", handling_dept="anjian", time_limit=date(2026, 12, 4), risk_note="无"
    )
    case = post.act(case, "instruct", "zhang", instruction="")
    case = post.act(case, "distribute", "wang", readers=["he"], circulation="同时分送", tracker="wang")
    post.act(post.child_of(case, "he"), "finish_reading", "he", remark="")
    assert post.see(case).stage.key == "feedback"  # nobody sorted it, so it is for action


def test_a_case_under_way_passes_the_step_that_was_left_out_after_it_began(post, office, director, clock):
    case = post.register()
    office.amend(amendment(SwitchOff(stage="intake_check"), in_force_from=date(2026, 11, 20)), by=director)
    assert post.act(case, "pass_check", "wang", handling="阅件", needs_reply=False).stage.key == "proposal"


def test_a_field_made_required_is_asked_for(post, office, director, clock):
    office.amend(amendment(SetRequired(field="doc_number", required=True)), by=director)
    clock.turn_to("2026-12-01 09:00")
    with pytest.raises(Refused, match="请填写“文号”"):
        post.register(doc_number="")


@pytest.mark.parametrize(
    ("field", "title"),
    [
        ("number_check", "文号核对"),
        ("copies_check", "份数核对"),
        ("secrecy_check", "密级核对"),
        ("handling_dept", "承办部门"),
        ("time_limit", "办理时限"),
        ("risk_note", "风险提示"),
    ],
)
def test_what_the_standard_itself_demands_stays_demanded(office, reader_of, director, field, title):
    """The three checks of R4 and the three parts of a proposal of R6."""
    with pytest.raises(Refused) as refusal:
        office.amend(amendment(LONGER, SetRequired(field=field, required=False)), by=director)
    assert refusal.value.problems == {"field": f"“{title}”是标准规定必须填写的，不能改为选填"}
    assert reader_of(director).standard().newest_of("incoming_document").version == 1


def test_a_field_of_the_offices_own_may_become_optional(office, director):
    changed = office.amend(amendment(SetRequired(field="tracker", required=False)), by=director)
    assert not changed.fields["tracker"].required


def test_the_approver_is_whoever_gives_the_command(office, database, director):
    """Whatever the form said: nobody signs for somebody else."""
    office.amend(amendment(LONGER, approved_by="he"), by=director)
    with database.reading() as session:
        assert unpack(session.scalar(select(AmendmentRow.data))).approved_by == "zhang"


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"changes": (SwitchOff(stage="proposal"),)}, "修订后标准自相矛盾，未保存"),
        ({"proposed_by": "zhang"}, "标准的修订须由提出人以外的人批准"),
        ({"proposed_by": "nobody"}, "提出人不在或已停用，请重新选择"),
        (
            {"in_force_from": date(2026, 11, 19)},
            "生效日期不能早于今天（2026-11-20），已开始的事项按原标准办理",
        ),
        ({"reason": " "}, "请写明为什么修订"),
    ],
)
def test_what_is_refused_is_never_stored(office, database, director, changed, says):
    with pytest.raises(Refused, match=says):
        office.amend(replace(amendment(LONGER), **changed), by=director)
    assert stored(database) == []


def test_a_process_there_is_not_has_no_amendments(office, database, director):
    with pytest.raises(NotFound, match="没有“seal_request”这一标准"):
        office.amend(amendment(LONGER, process="seal_request"), by=director)
    assert stored(database) == []


def test_the_standard_is_amended_by_the_director_or_the_standards_group(office, database, secretary, auditor):
    for person in (secretary, auditor):
        with pytest.raises(NotAllowed, match="这一步由办公室主任、标准化小组办理"):
            office.amend(amendment(LONGER, proposed_by="li"), by=person)
    assert stored(database) == []


def test_an_approved_amendment_is_never_changed_or_taken_away(office, database, director):
    """Cases hold the number of their version: what it says must stay what it said."""
    office.amend(amendment(LONGER), by=director)
    for statement in ("UPDATE amendments SET version = 9", "DELETE FROM amendments"):
        with database.writing() as session, pytest.raises(DBAPIError, match="amendments is append-only"):
            session.connection().exec_driver_sql(statement)
    assert stored(database) == [1001]


def test_an_update_of_the_program_takes_no_number_from_the_offices_own_changes(office, database, director):
    """Cases are pinned to 1001; a shipped version 2 that comes later is 2, and holds from its own day."""
    changed = office.amend(amendment(LONGER), by=director)
    shipped = replace(changed, version=2, in_force_from=date(2027, 7, 1), purpose="新版")
    with database.reading() as session:
        rows = [unpack(row.data) for row in session.scalars(select(AmendmentRow))]
    first = Standard().versions["incoming_document"]
    later = Standard({**Standard().versions, "incoming_document": (*first, shipped)}).with_amendments(rows)
    assert later.version("incoming_document", 1001) == changed
    assert later.in_force("incoming_document", date(2026, 12, 31)) == changed
    assert later.in_force("incoming_document", date(2027, 7, 1)) == shipped

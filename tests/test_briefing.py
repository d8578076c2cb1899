"""Briefings: three gates, three persons, and nothing that leaves without the last (R61–R65, C11, C12, C20)."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from core.case import OPENED, replay, why_not
from core.errors import NotAllowed, NotFound, OfficeError, Refused
from core.policy import why_not_see
from db.absences import Absences
from db.tables import MessageRow
from db.unit import told_of
from tests.briefings import DRAFT, ISSUED, LOGICAL, Briefings
from tests.conftest import NAMED


@pytest.fixture
def briefings(post):
    return Briefings(post)


@pytest.fixture
def outbox(database):
    """Subjects and addressees of what has been put into the outbox."""

    def posted():
        with database.reading() as session:
            rows = session.scalars(select(MessageRow))
            return {(row.recipient, row.subject) for row in rows}

    return posted


@pytest.fixture
def away(database, clock):
    """Somebody is away from today to Wednesday, and another stands in."""

    def register(who, deputy):
        values = {
            "since": date(2026, 11, 20),
            "until": date(2026, 11, 25),
            "reason": "出差",
            "deputy": deputy,
        }
        Absences(database, b"key of the tests").register(values, clock(), by=NAMED[who])

    return register


def test_a_briefing_from_the_draft_to_the_archive(briefings, clock, outbox):
    """R61: data, logic, the leader, then issue with a number of its series, advice answered, filed."""
    case = briefings.issued()
    assert (case.stage.title, case.data["issue_number"]) == ("建议跟踪", "《办公室简报》2026年第1期")
    subject = "《办公室简报》2026年第1期：重点项目投资进展"
    assert outbox() == {("zhang", subject), ("chen", subject)}
    clock.turn_to("2026-11-24 10:00")
    briefings.decided(case, 1, "zhou", "采纳")
    briefings.decided(case, 2, "zhang", "不采纳", "已有月报")
    case = briefings.see(case)
    assert case.stage.title == "归档"
    case = briefings.act(case, "archive", "wang", retention="10年", box=None)
    assert case.stage.title == "已归档"


# --- three persons (C20) --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "who"),
    [
        ("checker", "wang"),
        ("logic_checker", "wang"),
        ("signatory", "wang"),
        ("logic_checker", "li"),
        ("signatory", "li"),
        ("signatory", "zhou"),
    ],
)
def test_whoever_keeps_a_gate_is_neither_the_author_nor_keeps_another(briefings, field, who):
    """C20: said beside the field, when the text is handed in."""
    with pytest.raises(Refused) as refused:
        briefings.submitted(**{field: who})
    assert list(refused.value.problems) == [field]
    assert "三关由三个人办理" in refused.value.problems[field]


def test_no_gate_is_taken_by_the_author_even_when_it_is_handed_to_them(briefings):
    """The step can be given to anybody; the gate asks who wrote, not whose desk it is."""
    case = briefings.submitted()
    case = briefings.act(case, "reassign", "zhang", to="wang", reason="李华外出")
    with pytest.raises(NotAllowed, match="本件的“起稿”由您本人办理，“数据核验通过”须由另一人办理"):
        briefings.checked(case, by="wang")


def test_one_person_never_takes_two_gates(briefings):
    """C20: 李华 checked the figures, so the logic is somebody else's, whoever's desk it is put on."""
    case = briefings.act(briefings.checked(), "reassign", "zhang", to="li", reason="周宁外出")
    with pytest.raises(NotAllowed, match="本件的“数据核验通过”由您本人办理"):
        briefings.reasoned(case, by="li")


def test_no_gate_is_taken_as_the_deputy_of_whoever_may_not(briefings, away):
    """陈立 stands in for 李华, who has checked the figures: neither of them takes the second gate."""
    case = briefings.act(briefings.checked(), "reassign", "zhang", to="li", reason="周宁外出")
    away("li", "chen")
    with pytest.raises(NotAllowed, match="本件的“数据核验通过”由您所代的李华办理"):
        briefings.reasoned(case, by="chen")


def test_who_took_a_gate_as_a_deputy_takes_no_other(briefings, away):
    """陈立 checks the figures for 李华, so neither 陈立 nor 李华 checks the logic."""
    case = briefings.submitted()
    away("li", "chen")
    case = briefings.checked(case, by="chen")
    assert case.takers("pass_figures") == {"chen", "li"}
    for who in ("chen", "li"):
        given = briefings.act(case, "reassign", "zhang", to=who, reason="周宁外出")
        with pytest.raises(NotAllowed, match="数据核验通过"):
            briefings.reasoned(given, by=who)


def test_the_director_may_allow_one_person_two_gates_and_the_trace_says_so(briefings, reader_of, director):
    """C20: the exception is an act of its own with a reason; it holds for this briefing and nobody else."""
    case = briefings.act(briefings.checked(), "reassign", "zhang", to="li", reason="周宁外出")
    because = "周宁外出，急报，没有他人可办"
    briefings.act(case, "allow_two_gates", "zhang", excused="li", excused_because=because)
    assert briefings.reasoned(case, by="li").stage.key == "signing"
    told = reader_of(director).history(case.id)
    (row,) = told[told.action == "allow_two_gates"].itertuples()
    assert (row.by_name, row.data["excused_because"]) == ("张主任", because)


def test_no_exception_makes_the_author_a_gatekeeper_nor_anybody_their_own(briefings):
    """Whoever wrote it takes no gate; and nobody allows themselves two."""
    case = briefings.submitted()
    with pytest.raises(Refused, match="编写人不能审自己写的简报"):
        briefings.act(case, "allow_two_gates", "zhang", excused="wang", excused_because="人手不够")
    with pytest.raises(Refused, match="不能准许本人一人两关"):
        briefings.act(case, "allow_two_gates", "zhang", excused="zhang", excused_because="人手不够")
    with pytest.raises(NotAllowed, match="办公室主任、领导办理"):
        briefings.act(case, "allow_two_gates", "wang", excused="li", excused_because="人手不够")


def test_a_withdrawn_gate_was_not_taken(briefings):
    """李华 withdraws what was passed by mistake; another checks, and 李华 may take the second gate."""
    case = briefings.checked()
    case = briefings.act(case, "withdraw", "li", reason="点错了")
    assert (case.stage.key, case.takers("pass_figures")) == ("figures_check", frozenset())
    case = briefings.act(case, "reassign", "zhang", to="chen", reason="换人核")
    case = briefings.act(briefings.checked(case, by="chen"), "reassign", "zhang", to="li", reason="换人审")
    assert briefings.reasoned(case, by="li").stage.key == "signing"


def test_who_took_what_is_told_by_the_events_alone(briefings, database):
    """Replaying its events gives the same case with the same hands."""
    case = briefings.reasoned()
    with database.reading() as session:
        events = [e for action in (OPENED, "submit", "pass_figures", "pass_logic") for e in told_of(session, case.id, action)]  # fmt: skip
    took = {OPENED: {"wang"}, "submit": {"wang"}, "pass_figures": {"li"}, "pass_logic": {"zhou"}}
    assert replay(case.process, events).took == case.took == took


# --- the first gate: figures ----------------------------------------------------------------------


def test_the_program_lists_every_figure_when_the_gate_is_entered(briefings):
    """Figures of the title, the text and the advice, each with its sentence; dates are none."""
    rows = briefings.submitted().data["figures_checked"]
    assert [row["figure"] for row in rows] == ["12.5亿元", "3.2%", "三家", "两千三百万元", "三家"]
    assert rows[0]["sentence"] == "前10个月全市完成投资12.5亿元，同比增长3.2%。"
    assert {row["verdict"] for row in rows} == {None}


def test_the_gate_is_not_passed_while_a_figure_is_not_ticked(briefings):
    case = briefings.submitted()
    rows = briefings.ticked(case)
    for left in ([{**rows[0], "verdict": None}, *rows[1:]], rows[1:]):
        with pytest.raises(Refused, match=r"还有 1 处数字没有核对：12\.5亿元|文中的“12\.5亿元”不在清单上"):
            briefings.act(case, "pass_figures", "li", figures_checked=left)


def test_a_wrong_figure_goes_back_and_the_text_is_checked_anew(briefings):
    """Wrong figures are corrected by the author; afterwards every figure is to be ticked again (R61)."""
    case = briefings.submitted()
    wrong = briefings.found_wrong(case, **{"3.2%": "2.3%"})
    with pytest.raises(Refused, match=r"有 1 处数字不对：3\.2%，请退回修改"):
        briefings.act(case, "pass_figures", "li", figures_checked=wrong)
    bare = [{**row, "should_be": None} for row in wrong]
    with pytest.raises(Refused, match=r"不对的数字请写明应为多少或依据：3\.2%"):
        briefings.act(case, "return_figures", "li", figures_checked=bare, returned_because="增速有误")
    case = briefings.act(case, "return_figures", "li", figures_checked=wrong, returned_because="增速有误")
    assert (case.stage.key, case.owner, case.slip) == ("drafting", "wang", "黄")
    assert case.data["figures_wrong"] == 1
    body = DRAFT["briefing_body"].replace("3.2%", "2.3%")
    case = briefings.submitted(case, briefing_body=body)
    rows = case.data["figures_checked"]
    assert [row["figure"] for row in rows][1] == "2.3%" and {row["verdict"] for row in rows} == {None}
    assert case.slip == ""  # to hand it in again is no poor work
    case = briefings.checked(case)
    assert (case.data["figures_made"], case.data["figures_wrong"]) == (5, 1)


def test_a_text_that_changed_after_the_first_gate_passes_it_again(briefings):
    """Sent back by the logic gate: the new text has another figure, and the old ticks are gone."""
    case = briefings.act(briefings.checked(), "return_logic", "zhou", returned_because="原因没有写清")
    case = briefings.submitted(case, briefing_body=DRAFT["briefing_body"] + "另有5家企业停工。")
    assert case.stage.key == "figures_check"
    assert [row["figure"] for row in case.data["figures_checked"] if not row["verdict"]][4] == "5家"


@pytest.mark.parametrize("item", ["briefing_body", "title", "figures_wrong"])
def test_a_text_that_passed_its_checks_is_not_corrected_past_them(briefings, item):
    """更正 mends a slip of the register; the text of a briefing goes back to its author."""
    with pytest.raises(Refused, match="不能直接更正，请退回修改"):
        briefings.act(briefings.checked(), "correct", "zhang", item=item, value="1", reason="改一处")


def test_more_figures_than_a_checklist_holds_are_refused_with_the_way_out(briefings):
    body = "\n".join(f"第{n}项完成{n}万元。" for n in range(1, 103))
    with pytest.raises(Refused, match="文中有 103 处数字，一期最多核验 100 处，请分成几期"):
        briefings.submitted(briefing_body=body)


def test_a_figure_found_wrong_after_issue_counts_with_the_others(briefings):
    """C11: wrong at the gate and wrong later, over the figures checked; also once it is archived."""
    case = briefings.issued()
    error = {"error_figure": "12.5亿元", "error_should_be": "12.3亿元", "error_because": "统计局修订"}
    case = briefings.act(case, "report_error", "li", **error)
    assert (case.data["figures_made"], case.data["figures_wrong"]) == (5, 1)
    briefings.decided(case, 1, "zhou", "采纳")
    briefings.decided(case, 2, "zhang", "采纳")
    case = briefings.act(case, "archive", "wang", retention="10年", box=None)
    case = briefings.act(case, "report_error", "li", **error)
    assert (case.stage.key, case.data["figures_wrong"]) == ("archived", 2)


# --- the second gate: logic -----------------------------------------------------------------------


def test_a_no_does_not_pass_and_a_judgement_is_asked_for(briefings):
    """R64: each question is answered, none with 否, and the judgement is written down."""
    case = briefings.checked()
    with pytest.raises(Refused) as refused:
        briefings.act(case, "pass_logic", "zhou", **{**LOGICAL, "logic_causes": "否"})
    assert refused.value.problems["logic_causes"].endswith("为否的不能通过，请退回修改")
    with pytest.raises(Refused, match="请填写“判断”"):
        briefings.act(case, "pass_logic", "zhou", **{**LOGICAL, "logic_judgement": ""})
    passed = briefings.act(case, "pass_logic", "zhou", **{**LOGICAL, "logic_advice": "不适用"})
    assert passed.stage.key == "signing"


# --- nothing leaves without the third (R62) -------------------------------------------------------


def test_nothing_leaves_without_the_third_gate(briefings, outbox, away):
    """R62: whoever tries, by whichever command, before the leader has signed: no number, no message, no reader."""
    for case in (briefings.drafted(), briefings.submitted(), briefings.checked(), briefings.reasoned()):
        for who in NAMED:
            for action, answers in (("issue", ISSUED), ("advice_answered", {}), ("archive", {"retention": "10年", "box": None})):  # fmt: skip
                with pytest.raises(OfficeError):
                    briefings.act(case, action, who, **answers)
        assert why_not_see(NAMED["chen"], briefings.see(case)) == "本件不在您的知悉范围"
    away("he", "li")
    with pytest.raises(NotAllowed, match="本件的“数据核验通过”由您本人办理"):
        briefings.signed(case, by="li")
    briefings.act(case, "allow_two_gates", "zhang", excused="zhou", excused_because="急报")
    with pytest.raises(NotAllowed, match="这一步由办公室主任、领导办理"):
        briefings.signed(case, by="zhou")
    assert outbox() == set()


def test_a_signature_that_was_withdrawn_lets_nothing_out(briefings, outbox):
    """Withdrawn, voided, restored: what is not signed now is not issued."""
    case = briefings.act(briefings.signed(), "withdraw", "he", reason="再看一遍")
    with pytest.raises(NotAllowed):
        briefings.issued(case)
    case = briefings.act(case, "void", "zhang", reason="不发了")
    case = briefings.act(case, "restore", "zhang", reason="还是要发")
    with pytest.raises(NotAllowed):
        briefings.issued(case)
    assert outbox() == set()
    assert briefings.issued(briefings.signed(case)).data["issue_number"].endswith("第1期")


def test_what_goes_back_after_the_signature_passes_all_three_again(briefings, outbox):
    """Sent back before issue: no gate that was passed before counts."""
    case = briefings.act(briefings.signed(), "return_unissued", "wang", returned_because="标题有误")
    case = briefings.submitted(case, title="重点项目投资最新进展")
    assert case.stage.key == "figures_check"
    with pytest.raises(NotAllowed):
        briefings.issued(case)
    case = briefings.signed(briefings.reasoned(briefings.checked(case)))
    assert briefings.issued(case).stage.key == "tracking"
    assert {who for who, _ in outbox()} == {"zhang", "chen"}


def test_an_issued_briefing_is_not_called_back(briefings):
    """What is out is out: the issue cannot be withdrawn."""
    with pytest.raises(NotAllowed, match="不能撤回"):
        briefings.act(briefings.issued(), "withdraw", "wang", reason="发错了")


def test_those_it_is_for_see_it_from_the_issue_on(briefings, reader_of, accountant):
    """陈立 is to have it: before the issue they do not find it, afterwards it is theirs to read."""
    case = briefings.signed()
    with pytest.raises(NotFound):
        reader_of(accountant).case(case.id)
    briefings.issued(case)
    assert reader_of(accountant).case(case.id).title == "重点项目投资进展"


# --- advice (R65, C12) ----------------------------------------------------------------------------


def test_each_piece_of_advice_is_answered_by_whom_it_is_for(briefings, clock):
    """R65: adopted in part needs a reason; another than the addressee does not answer."""
    case = briefings.issued()
    first = briefings.advice(case, 1)
    assert (first.title, first.owner) == ("对三家企业逐户上门协调，12月底前开工", "zhou")
    assert f"{first.due_at:%m-%d}" == "12-04"
    with pytest.raises(NotAllowed):
        briefings.decided(case, 1, "zhang", "采纳")
    with pytest.raises(Refused, match="部分采纳、不采纳的请写明理由"):
        briefings.decided(case, 1, "zhou", "部分采纳")
    assert briefings.decided(case, 1, "zhou", "部分采纳", "先办两家").stage.title == "已答复"


def test_a_briefing_without_advice_is_filed_at_once(briefings):
    assert briefings.issued(advice=[]).stage.key == "archiving"


def test_issues_are_counted_by_their_series(briefings):
    """Each bulletin has its own count."""
    numbers = []
    for name in ("办公室简报", "信息专报", "办公室简报"):
        case = briefings.checked(briefings.submitted(briefings.drafted(bulletin=name)))
        case = briefings.issued(briefings.signed(briefings.reasoned(case)))
        numbers.append(case.data["issue_number"])
    assert numbers == ["《办公室简报》2026年第1期", "《信息专报》2026年第1期", "《办公室简报》2026年第2期"]


def test_a_classified_briefing_keeps_no_text(briefings):
    """C23: only the stub is kept, and it passes the gates without a figure to check."""
    people = {"reports_to": ["zhang"], "checker": "zhang", "logic_checker": "sun", "signatory": "he"}
    case = briefings.drafted(title="涉密事项专报", secrecy_level="秘密", briefing_body=None)
    with pytest.raises(Refused, match="孙审的知悉范围不含秘密件"):
        briefings.submitted(case, title="涉密事项专报", briefing_body=None, advice=[], **people)
    with pytest.raises(Refused, match="秘密件只登记、不存内容"):
        briefings.submitted(case, advice=[], **{**people, "logic_checker": "he", "signatory": "zhang"})


def test_the_gate_says_who_may_not_before_anything_is_filled_in(briefings):
    """The page greys the button with this sentence."""
    case = briefings.submitted()
    mine = replace(case, owner="wang")
    action = next(a for a in case.stage.actions if a.key == "pass_figures")
    assert (
        why_not(mine, action, NAMED["wang"], case.last_at)
        == "本件的“起稿”由您本人办理，“数据核验通过”须由另一人办理"
    )


# --- in figures (R104) ----------------------------------------------------------------------------


@pytest.fixture
def measured(reader_of, director):
    """A figure of a month: how many, how many miss, still waiting, in words, whether it is met."""

    def told(key, month=date(2026, 11, 1)):
        row = reader_of(director).figures(month).set_index("key").loc[key]
        return row["n"], row["missed"], row["waiting"], row["said"], row["verdict"]

    return told


def test_wrong_figures_are_counted_at_the_gate_and_later(briefings, measured, clock):
    """C11: one wrong of five at the gate is 20 %; one more, found a month after it was filed, counts in that month."""
    case = briefings.submitted()
    wrong = briefings.found_wrong(case, **{"3.2%": "2.3%"})
    case = briefings.act(case, "return_figures", "li", figures_checked=wrong, returned_because="增速有误")
    assert measured("figures_wrong") == (5, 1, 0, "20%", "未达标")
    body = DRAFT["briefing_body"].replace("3.2%", "2.3%")
    case = briefings.checked(briefings.submitted(case, briefing_body=body))
    assert measured("figures_wrong") == (5, 1, 0, "20%", "未达标")
    case = briefings.issued(briefings.signed(briefings.reasoned(case)))
    briefings.decided(case, 1, "zhou", "采纳")
    briefings.decided(case, 2, "zhang", "采纳")
    case = briefings.act(case, "archive", "wang", retention="10年", box=None)
    clock.turn_to("2026-12-28 10:00")
    error = {"error_figure": "12.5亿元", "error_should_be": "12.3亿元", "error_because": "统计局修订"}
    briefings.act(case, "report_error", "li", **error)
    assert measured("figures_wrong", date(2026, 12, 1)) == (5, 2, 0, "40%", "未达标")


def test_a_briefing_without_a_wrong_figure_meets_the_standard(briefings, measured):
    briefings.checked()
    assert measured("figures_wrong") == (5, 0, 0, "0%", "达标")
    assert measured("gates") == (1, 0, 0, "100%", "达标")


def test_advice_in_part_counts_as_adopted_and_what_waits_is_shown_apart(briefings, measured, clock):
    """C12: one adopted in part of two decided is not counted against those that wait; those are late after ten days."""
    case = briefings.issued()
    other = briefings.issued(
        briefings.signed(briefings.reasoned(briefings.checked(briefings.submitted(briefings.drafted()))))
    )
    briefings.decided(case, 1, "zhou", "部分采纳", "先办两家")
    briefings.decided(case, 2, "zhang", "不采纳", "已有月报")
    assert measured("advice_adopted") == (2, 1, 0, "50%", "未达标")
    briefings.decided(other, 1, "zhou", "采纳")
    assert measured("advice_adopted")[3:] == ("66.67%", "达标")
    clock.turn_to("2026-12-07 09:00")
    assert measured("advice_adopted", date(2026, 12, 1))[0] == 0
    assert measured("advice_answered", date(2026, 12, 1))[:3] == (1, 1, 1)

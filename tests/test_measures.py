"""The figures of the standard: every one with its value beside its target, counted from what was recorded (R104).

The clock stands on Friday 2026-11-20 at 15:00 until a story turns it on.
"""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from core.amendment import SetLimit
from core.measures import (
    MEASURES,
    Checks,
    Holding,
    Repeated,
    Rolling,
    Spent,
    Steps,
    Untouched,
    Within,
    rule_of,
    turns,
)
from core.processes import SHIPPED, Standard
from core.standing import ACTIONS
from db.tables import CaseRow
from tests.conftest import NAMED, amendment
from tests.test_outgoing_document import SENT, Outgoing

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)


@pytest.fixture
def outgoing(post):
    return Outgoing(post)


@pytest.fixture
def figures(reader_of):
    """The figures of a month by their key, as somebody sees them."""
    return lambda month=NOVEMBER, by="zhang": reader_of(NAMED[by]).figures(month).set_index("key")


def told(row):
    return row["n"], row["missed"], row["waiting"], row["said"], row["met"]


# --- the records ------------------------------------------------------------------------------------


@pytest.mark.parametrize("one", MEASURES, ids=[one.key for one in MEASURES])
def test_a_measure_counts_what_its_process_has(one):
    """Nothing that a measure names is unknown to the definition it counts."""
    process = SHIPPED[one.of.process][-1]
    actions = {action.key for action in process.actions}
    match one.of:
        case Steps() | Spent():
            assert set(one.of.done) <= actions
        case Repeated():
            assert one.of.field in process.numbers
        case Within() | Holding() | Rolling():
            assert set(one.of.done) <= actions
        case Untouched():
            assert set(one.of.touched) <= actions | ACTIONS.keys()
        case Checks():
            assert {one.of.made, one.of.failed} <= process.fields.keys()
    assert rule_of(one, process)


def test_every_figure_of_the_two_document_processes_is_among_them():
    rules = " ".join(one.rule for one in MEASURES)
    assert all(f"R{n}" in rules for n in (5, 7, 8, 11, 19, 22, 23, 24, 25))
    assert len({one.key for one in MEASURES}) == len(MEASURES)


def test_a_target_and_a_value_are_told_in_words():
    by_key = {one.key: one for one in MEASURES}
    assert by_key["registered"].aim == "= 100%"
    assert by_key["countersigned"].aim == "≤ 1 个工作日"
    assert by_key["numbers"].aim == "= 0%"
    assert by_key["draft_to_issue"].aim == "不设目标"
    assert by_key["layout"].said(0.5) == "0.5%"
    assert by_key["countersigned"].said(1.25) == "1.25 个工作日"
    assert by_key["layout"].said(None) == "—"
    assert (by_key["layout"].met(1), by_key["layout"].met(1.01), by_key["layout"].met(None)) == (
        True,
        False,
        None,
    )


def test_the_rule_tells_the_limit_as_the_office_has_it():
    process = SHIPPED["incoming_document"][-1]
    proposed = next(one for one in MEASURES if one.key == "proposed")
    assert rule_of(proposed, process) == "R7 2 个工作日内提出拟办意见"
    standard = Standard().with_amendments([amendment(SetLimit(stage="proposal", days=1))])
    outgoing = SHIPPED["outgoing_document"][-1]
    rules = {one.key: rule_of(one, outgoing) for one in MEASURES if one.of.process == outgoing.key}
    assert rules["urgent_issued"] == "R24 自签发时间起 24 小时"
    assert rules["ordinary_issued"] == "R25 自签发时间起 5 个工作日"
    assert "现行 1 个工作日" in rule_of(proposed, standard.newest_of("incoming_document"))


# --- incoming ---------------------------------------------------------------------------------------


def test_a_document_registered_at_once_is_in_time_and_one_that_waited_is_not(post, clock, figures, reader_of):
    post.register()
    post.register(received_at=replace_day(clock, 17))
    row = figures().loc["registered"]
    assert told(row) == (2, 1, 0, "50%", False)
    late = reader_of(NAMED["zhang"]).behind("registered", NOVEMBER)
    assert len(late) == 1


def replace_day(clock, day):
    return clock().replace(day=day)


def test_what_is_late_and_still_open_counts_until_it_is_done(post, clock, figures, reader_of):
    case = post.bring_to("proposal")
    assert told(figures().loc["proposed"]) == (0, 0, 0, "—", None)
    clock.turn_to("2026-11-25 09:00")  # two working days ended on Tuesday at closing
    assert told(figures().loc["proposed"]) == (1, 1, 1, "0%", False)
    assert list(reader_of(NAMED["zhang"]).behind("proposed", NOVEMBER)["id"]) == [case.id]
    clock.turn_to("2026-12-02 10:00")
    assert figures(DECEMBER).loc["proposed", "waiting"] == 1
    answers = {"handling_dept": "anjian", "assist_depts": [], "time_limit": date(2026, 12, 10), "risk_note": "无", "submit_to": None, "handling_proposal": ""}  # fmt: skip
    post.act(case, "propose", "wang", **answers)
    assert told(figures(DECEMBER).loc["proposed"]) == (1, 1, 0, "0%", False)
    assert told(figures(NOVEMBER).loc["proposed"]) == (0, 0, 0, "—", None)


def test_a_paused_clock_is_in_the_figure_by_itself(post, clock, figures):
    case = post.bring_to("proposal")
    post.act(case, "pause", "wang", reason="等来文单位补件")
    clock.turn_to("2026-11-27 10:00")
    assert told(figures().loc["proposed"]) == (0, 0, 0, "—", None)
    post.act(case, "resume", "wang", reason=None)
    answers = {"handling_dept": "anjian", "assist_depts": [], "time_limit": date(2026, 12, 1), "risk_note": "无", "submit_to": None, "handling_proposal": ""}  # fmt: skip
    post.act(case, "propose", "wang", **answers)
    assert told(figures().loc["proposed"]) == (1, 0, 0, "100%", True)


def test_everybody_counts_only_what_they_may_see(post, figures):
    post.register()
    post.register(secrecy_level="秘密", title="某件", files=[])
    assert figures().loc["registered", "n"] == 2
    assert figures(by="li").loc["registered", "n"] == 1
    assert figures(by="chen").loc["registered", "n"] == 0


# --- outgoing ---------------------------------------------------------------------------------------


def issued(outgoing, clock, *, at, urgency="平件"):
    """A document signed on Friday at 15:00 and sent out at this moment."""
    clock.turn_to("2026-11-20 15:00")
    case = outgoing.numbered(urgency=urgency)
    clock.turn_to(at)
    proof = outgoing.office.keep("清样.txt", "清样".encode(), by=NAMED["wang"])
    seal = {"seal": "公章", "sealed_on": date(2026, 11, 20), "sealed_by": "wang", "sealed_copies": 30}
    outgoing.act(case, "print_and_seal", "wang", final_proof=[proof], seal_log=[seal], printed_on=date(2026, 11, 20))  # fmt: skip
    return outgoing.act(case, "send_out", "wang", distribution=SENT)


def test_urgent_and_ordinary_ones_are_measured_from_the_sign_off_each_by_its_own_limit(
    outgoing, clock, figures, reader_of
):
    """24 hours for urgent ones, five working days for the others (R24, R25, C4)."""
    issued(outgoing, clock, at="2026-11-21 14:59", urgency="特急")
    slow = issued(outgoing, clock, at="2026-11-21 15:01", urgency="加急")
    issued(outgoing, clock, at="2026-11-27 17:30")
    found = figures()
    assert told(found.loc["urgent_issued"]) == (2, 1, 0, "50%", False)
    assert told(found.loc["ordinary_issued"]) == (1, 0, 0, "100%", True)
    assert list(reader_of(NAMED["zhang"]).behind("urgent_issued", NOVEMBER)["id"]) == [slow.id]


def test_from_draft_to_issue_is_shown_beside_it_in_working_days(outgoing, clock, figures):
    """Friday 15:00 to Tuesday 15:00 is two working days."""
    issued(outgoing, clock, at="2026-11-24 15:00")
    row = figures().loc["draft_to_issue"]
    assert (row["n"], row["said"], row["met"]) == (1, "2 个工作日", None)


def test_one_signed_and_not_issued_is_missing_once_its_time_is_over(outgoing, clock, figures):
    outgoing.numbered(urgency="特急")
    clock.turn_to("2026-11-23 09:00")
    assert told(figures().loc["urgent_issued"]) == (1, 1, 1, "0%", False)


def test_two_alike_numbers_would_be_seen(database, outgoing, figures, reader_of):
    """The number book gives none twice, so the story has to write one into the table itself (R23)."""
    first, second = outgoing.numbered(), outgoing.numbered()
    assert told(figures().loc["numbers"]) == (2, 0, 0, "0%", True)
    with database.writing() as session:
        data = {**session.get(CaseRow, first.id).data}
        session.get(CaseRow, second.id).data = {**session.get(CaseRow, second.id).data, "doc_number": data["doc_number"]}  # fmt: skip
        session.commit()
    assert figures().loc["numbers", "met"] is False
    assert set(reader_of(NAMED["zhang"]).behind("numbers", NOVEMBER)["id"]) == {first.id, second.id}


def test_the_average_countersignature_falls_after_a_change_of_the_process(outgoing, clock, reader_of, office):
    """R19: three days in November, one in December, and the day of the change between them."""
    case = outgoing.in_round()
    clock.turn_to("2026-11-25 15:00")
    outgoing.sign(case, "caiwu", "chen")
    outgoing.sign(case, "anjian", "zhou")
    clock.turn_to("2026-12-01 15:00")
    case = outgoing.in_round()
    clock.turn_to("2026-12-02 15:00")
    outgoing.sign(case, "caiwu", "chen")
    outgoing.sign(case, "anjian", "zhou")
    found = reader_of(NAMED["zhang"]).average("countersigned", DECEMBER).set_index("month")
    assert len(found) == 12
    assert found.loc[NOVEMBER, ["days", "n"]].tolist() == [3.0, 2]
    assert found.loc[DECEMBER, ["days", "n"]].tolist() == [1.0, 2]
    assert found.loc[date(2026, 10, 1), "n"] == 0
    assert all(earlier < later for earlier, later in pairwise(found.index))


def test_a_change_of_the_process_is_marked_by_its_day():
    change = amendment(SetLimit(stage="review", days=1), process="countersign")
    standard = Standard().with_amendments([replace(change, in_force_from=date(2026, 11, 16))])
    marked = turns(standard, ("countersign", "outgoing_document"), date(2026, 2, 1), date(2026, 12, 31))
    assert [(turn.on, turn.says) for turn in marked] == [
        (date(2026, 11, 1), "发文办理第 2 版"),
        (date(2026, 11, 16), "会签第 1 版（第 1 次修订）"),
    ]


def test_a_measure_nobody_knows_has_nothing_behind_it(reader_of):
    assert reader_of(NAMED["zhang"]).behind("gone", NOVEMBER).empty
    assert reader_of(NAMED["zhang"]).average("gone", NOVEMBER).empty

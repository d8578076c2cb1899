"""The working calendar changed: what would move is shown first, then moves by an event (N9, P29, P30).

The clock stands on Friday 2026-11-20 at 15:00 until a story turns it on.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from core.errors import Conflict, NotAllowed, Refused
from core.notice import mark, one_day, read_notice
from core.people import Grade, Person
from core.recount import SAME, Change
from core.words import deadline, said, unpublished_ahead
from db.tables import EventRow, JournalRow, PersonRow, SettingRow
from tests.conftest import SHANGHAI
from tests.test_notice import NOTICE_2027


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def off(day: str, name: str = "本市停电", source: str = "市政办〔2026〕3号") -> Change:
    return one_day({"day": date.fromisoformat(day), "kind": "放假", "name": name, "source": source})


@pytest.fixture
def change(office, reader_of, director):
    """Look at what a change comes to, and order it, as the director does on the page."""

    def ordered(wanted: Change, by: Person = director) -> int:
        seen = reader_of(director).recount(wanted)[0].seen
        return office.change_calendar(wanted, by=by, seen=seen)

    return ordered


@pytest.fixture
def document(post):
    """A document that waits for a proposal, due on Tuesday 11-24 at closing, the whole on Friday 11-27."""
    return post.bring_to("proposal")


def numbers(promises) -> list[str]:
    return [promise.number for promise in promises]


# --- before anything is applied


def test_the_preview_shows_the_day_and_each_deadline_that_would_move(document, reader_of, director):
    made, hidden = reader_of(director).recount(off("2026-11-23"))
    [difference] = made.differences
    assert (difference.day, difference.was, difference.becomes.name) == (date(2026, 11, 23), None, "本市停电")
    [move] = made.moved
    assert (move.promise.number, move.promise.title, move.promise.stage.title) == (
        document.number, document.title, "拟办",
    )  # fmt: skip
    assert (move.promise.due_at, move.due_at) == (document.due_at, at("2026-11-25 17:30"))
    assert hidden == 0


def test_looking_changes_nothing(document, post, reader_of, director):
    reader_of(director).recount(off("2026-11-23"))
    assert post.see(document).seq == document.seq
    assert reader_of(director).calendar().is_working_day(date(2026, 11, 23))


def test_a_day_after_every_deadline_moves_none(document, reader_of, director):
    assert reader_of(director).recount(off("2026-12-28"))[0].moved == ()


def test_of_what_one_may_not_see_only_the_count_is_said(post, reader_of, director):
    post.bring_to("proposal")
    post.register(secrecy_level="秘密")
    made, hidden = reader_of(replace(director, clearance=Grade.OPEN)).recount(off("2026-11-23"))
    assert (len(made.moved), hidden) == (1, 1)


def test_what_was_moved_by_hand_stays_and_is_named(post, document, clock, reader_of, director):
    clock.turn_to("2026-11-23 10:00")
    post.act(document, "pause", "wang", reason="等补正")
    clock.turn_to("2026-11-24 10:00")
    paused = post.act(document, "resume", "wang", reason="")
    made, _ = reader_of(director).recount(off("2026-11-25"))
    assert paused.number in numbers(made.by_hand)
    assert paused.number not in numbers(move.promise for move in made.moved)


def test_an_extension_granted_stays(post, reader_of, director):
    task = post.child_of(post.bring_to("feedback"), "dept:anjian")
    post.act(task, "claim", "zhou")
    post.act(task, "ask_extension", "zhou", until=date(2026, 12, 3), reason="点多面广")
    post.act(task, "decide_extension", "zhang", decision="同意", text="")
    made, _ = reader_of(director).recount(off("2026-12-02"))
    assert numbers(made.by_hand) == [task.number]


def test_a_paused_clock_stands_on_and_keeps_the_time_that_was_left(post, document, clock, change):
    clock.turn_to("2026-11-23 10:00")
    post.act(document, "pause", "wang", reason="等补正")
    change(off("2026-11-24"))
    after = post.see(document)
    assert after.paused_at == at("2026-11-23 10:00")
    assert after.due_at == at("2026-11-25 17:30")
    clock.turn_to("2026-11-25 10:00")
    assert post.act(document, "resume", "wang", reason="").due_at == at("2026-11-26 17:30")


# --- applied


def test_each_moved_case_has_an_event_of_the_program_with_the_reason(
    document, post, reader_of, director, change
):
    assert change(off("2026-11-23")) == 1
    after = post.see(document)
    assert after.due_at == at("2026-11-25 17:30")
    reader = reader_of(director)
    step = next(reader.history(document.id).itertuples())
    assert (step.by_name, step.action_title) == ("系统", "时限随日历调整")
    told = dict(said(step, after, reader.standard(), reader.directory(), reader.calendar()))
    assert told["本步时限"] == "2026-11-24 17:30 改为 2026-11-25 17:30"
    assert told["依据"] == "市政办〔2026〕3号（张主任录入）"


def test_the_deadline_of_the_whole_moves_with_it_and_without_it(document, post, change):
    change(off("2026-11-26"))
    after = post.see(document)
    assert (document.case_due_at, after.case_due_at) == (at("2026-11-27 17:30"), at("2026-11-30 17:30"))
    assert after.due_at == document.due_at


def test_whoever_is_filling_in_a_form_goes_on(document, office, secretary, change, post):
    """Moving a deadline is no change to what the person is looking at."""
    change(off("2026-11-23"))
    after = office.act(
        document.id, "reassign", {"to": "li", "reason": "换人"}, by=secretary, seen=document.seq
    )
    assert (after.owner, after.due_at) == ("li", at("2026-11-25 17:30"))


def test_the_last_step_can_still_be_withdrawn(document, change, post):
    change(off("2026-11-23"))
    assert post.act(document, "withdraw", "wang", reason="补看").stage.key == "intake_check"


def test_cases_beyond_the_orderers_clearance_move_too(post, database, change):
    secret = post.register(secrecy_level="秘密")
    with database.writing() as session:
        session.get(PersonRow, "zhang").clearance = 0
        session.commit()
    change(off("2026-11-23"))
    with database.reading() as session:
        actions = session.scalars(select(EventRow.action).where(EventRow.case_id == secret.id)).all()
    assert actions[-1] == "recount"


def test_a_case_may_move_twice_and_back(document, post, change):
    change(off("2026-11-23"))
    change(off("2026-11-24"))
    assert post.see(document).due_at == at("2026-11-26 17:30")
    change(one_day({"day": date(2026, 11, 23), "kind": "按平常", "name": "来电"}))
    change(one_day({"day": date(2026, 11, 24), "kind": "按平常", "name": "来电"}))
    assert post.see(document).due_at == document.due_at


def test_a_half_day_ends_the_step_at_noon(document, post, change):
    change(one_day({"day": date(2026, 11, 24), "kind": "上半天班", "name": "检修"}))
    assert post.see(document).due_at == at("2026-11-24 12:00")


def test_the_journal_keeps_what_changed_and_by_whom(database, document, change):
    change(off("2026-11-23"))
    with database.reading() as session:
        line = session.scalars(select(JournalRow).order_by(JournalRow.id.desc())).first()
    assert (line.action, line.by, line.subject) == ("calendar.changed", "zhang", "2026-11-23：放假")
    assert line.data["days"] == [
        {"day": "2026-11-23", "was": None, "becomes": ["holiday", "本市停电", "市政办〔2026〕3号"]}
    ]
    assert line.data["moved"] == 1


def test_only_who_administers_may_look_ahead_or_apply(office, reader_of, secretary, leader):
    for person in (secretary, leader):
        with pytest.raises(NotAllowed, match="这一步由办公室主任、管理员办理"):
            reader_of(person).recount(off("2026-11-23"))
        with pytest.raises(NotAllowed, match="这一步由办公室主任、管理员办理"):
            office.change_calendar(off("2026-11-23"), by=person, seen=0)


def test_what_changes_nothing_is_said_and_stored_nowhere(database, change):
    change(off("2026-11-23"))
    with pytest.raises(Refused, match=SAME):
        change(off("2026-11-23"))
    with database.reading() as session:
        assert session.get(SettingRow, "calendar").value["revision"] == 1


def test_a_calendar_changed_meanwhile_is_looked_at_again(office, reader_of, director):
    first = reader_of(director).recount(off("2026-11-23"))[0].seen
    office.change_calendar(off("2026-11-24"), by=director, seen=first)
    with pytest.raises(Conflict, match="日历刚有人改过"):
        office.change_calendar(off("2026-11-23"), by=director, seen=first)


# --- the notice of next year (P30)


def test_a_deadline_in_2027_is_marked_until_the_notice_is_entered(post, clock, reader_of, director, change):
    """New Year was expected as it was announced: the deadline stays, without an event, the mark goes."""
    clock.turn_to("2026-12-30 10:00")
    case = post.register()
    assert deadline(case.case_due_at, reader_of(director).calendar()) == "01-07 17:30（未发布）"
    change(read_notice(NOTICE_2027, 2027))
    assert deadline(post.see(case).case_due_at, reader_of(director).calendar()) == "01-07 17:30"
    assert post.see(case).seq == case.seq


def test_the_notice_moves_what_crosses_a_weekend_that_is_worked(post, clock, reader_of, director, change):
    """Received on Friday 29 January: Sunday the 31st is worked, as nobody knew."""
    clock.turn_to("2027-01-29 10:00")
    case = post.bring_to("proposal")
    notice = read_notice(NOTICE_2027, 2027)
    assert deadline(case.due_at, reader_of(director).calendar()) == "02-02 17:30（未发布）"
    assert change(notice) == 1
    assert deadline(post.see(case).due_at, reader_of(director).calendar()) == "02-01 17:30"
    step = next(reader_of(director).history(case.id).itertuples())
    assert (step.action, step.data["reason"]) == ("recount", "国办发明电〔2026〕7号（张主任录入）")


def test_from_early_december_on_the_office_is_told_that_the_notice_is_missing(change, reader_of, director):
    calendar = reader_of(director).calendar()
    assert unpublished_ahead(at("2026-12-02 10:00"), calendar) == ""
    assert "2027 年的放假通知还没有录入" in unpublished_ahead(at("2026-12-07 10:00"), calendar)
    change(read_notice(NOTICE_2027, 2027))
    assert unpublished_ahead(at("2026-12-07 10:00"), reader_of(director).calendar()) == ""


def test_the_same_notice_again_changes_nothing(change):
    change(read_notice(NOTICE_2027, 2027))
    with pytest.raises(Refused, match=SAME):
        change(read_notice(NOTICE_2027, 2027))


def test_a_notice_leaves_the_offices_own_days_and_replaces_what_was_expected(change, reader_of, director):
    change(off("2027-03-12", "植树日", "市政办〔2027〕3号"))
    assert reader_of(director).calendar().is_provisional(date(2027, 3, 12))  # a day of one's own is no notice
    change(read_notice(NOTICE_2027, 2027))
    sources = set(reader_of(director).special_days(2027)["source"])
    assert sources == {"市政办〔2027〕3号", "国办发明电〔2026〕7号"}


def test_a_corrected_notice_takes_back_what_the_first_said(change, reader_of, director):
    change(read_notice(NOTICE_2027, 2027))
    corrected = NOTICE_2027.replace("4月25日（周日）、5月8日（周六）上班", "5月8日（周六）上班")
    change(read_notice(corrected, 2027))
    assert not reader_of(director).calendar().is_working_day(date(2027, 4, 25))


def test_a_year_is_marked_published_and_taken_back(change, reader_of, director):
    change(mark(2027, True))
    assert not reader_of(director).calendar().is_provisional(date(2027, 3, 1))
    change(mark(2027, False))
    assert reader_of(director).calendar().is_provisional(date(2027, 3, 1))


def test_a_day_of_ones_own_far_ahead_does_not_announce_its_year(change, reader_of, director):
    change(off("2031-03-12"))
    assert reader_of(director).calendar().is_provisional(date(2031, 6, 1))


# --- the machine's clock and zone (P29)


@pytest.fixture(params=["UTC", "Asia/Shanghai", "America/New_York"])
def a_machine_in(request, monkeypatch) -> Iterator[str]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()
    assert os.environ.get("TZ") != "America/New_York"


@pytest.mark.usefixtures("a_machine_in")
def test_wherever_the_machine_is_deadlines_and_moves_are_the_offices(
    post, clock, change, reader_of, director
):
    clock.now = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)  # 15:00 in the office
    case = post.bring_to("proposal")
    assert case.due_at == at("2026-11-24 17:30")
    change(off("2026-11-23"))
    after = post.see(case)
    assert after.due_at.astimezone(SHANGHAI).isoformat() == "2026-11-25T17:30:00+08:00"
    assert str(next(reader_of(director).history(case.id).itertuples()).at) == "2026-11-20 15:00:00+08:00"


@pytest.mark.usefixtures("a_machine_in")
def test_the_number_series_turns_with_the_year_of_the_office(post, clock):
    clock.now = datetime(2026, 12, 31, 15, 59, tzinfo=UTC)
    assert post.register().number == "收〔2026〕1号"
    clock.now = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    assert post.register().number == "收〔2027〕1号"


def test_two_at_once_are_no_clock_set_back(post, document, clock):
    """Whoever waits for the other has read the clock before: the events lie a moment in the wrong order."""
    clock.now = document.last_at - timedelta(seconds=5)
    with capture_logs() as logs:
        post.act(document, "note", "sun", text="同时办理")
    assert "clock_ran_backwards" not in {line["event"] for line in logs}


def test_a_clock_set_back_leaves_the_order_and_is_logged(post, document, clock, reader_of, auditor):
    clock.turn_to("2026-11-20 13:00")
    with capture_logs() as logs:
        post.act(document, "note", "sun", text="钟拨回之后")
    assert {"event": "clock_ran_backwards", "by_seconds": 7200, "log_level": "warning"} in logs
    history = reader_of(auditor).history(document.id)
    assert [step.action for step in history.itertuples()][:2] == ["note", "pass_check"]
    assert history["at"].iloc[0] < history["at"].iloc[1]


def test_the_29th_of_february_is_a_day_like_another(post, clock):
    clock.turn_to("2028-02-28 10:00")  # a Monday
    case = post.bring_to("proposal")
    assert case.due_at == at("2028-03-01 17:30")

"""The schedule of the office: rooms that are had once, conflicts that are decided, meetings that are on it by themselves."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from itertools import combinations

import pytest
from sqlalchemy import delete, select, text

from core.conflicts import overlap
from core.errors import Conflict, NotAllowed, NotFound, OfficeError, Refused
from core.recount import Change
from core.scheduling import Scheduling
from core.worktime import SpecialDay
from db.contacts import AddressBook
from db.scheduling import SqlSchedulingUnit, catch_up
from db.tables import EntryRow, JournalRow, NoticeRow, OccurrenceRow
from pages.ui import agenda
from tests.conftest import NAMED, SHANGHAI
from tests.meetings import Meetings
from tests.test_schedule import at, form

KEY = b"key of the tests"
WEEK = (at(30, 0, month=11), at(7, 0))


@pytest.fixture
def scheduling(database, files, clock):
    return Scheduling(lambda: SqlSchedulingUnit(database, files, KEY), clock)


@pytest.fixture
def office(scheduling):
    """The commands on cases as the program gives them: a decision on a conflict changes the schedule."""
    return scheduling


@pytest.fixture
def rooms(scheduling):
    """Two rooms and a car."""
    told = (("会议室", "302 会议室", 20), ("会议室", "401 会议室", 12), ("车辆", "1 号车", 5))
    return [
        scheduling.keep_resource({"kind": kind, "name": name, "capacity": n}, by=NAMED["wang"])
        for kind, name, n in told
    ]


@pytest.fixture
def meetings(post, database):
    return Meetings(post, AddressBook(database, KEY))


def titles(frame):
    return [f"{row.title} {row.begins:%d %H:%M}" for row in frame.itertuples()]


def told_to(database, who):
    with database.reading() as session:
        return list(session.scalars(select(NoticeRow.text).where(NoticeRow.person_id == who)))


def test_a_room_is_had_once_and_the_refusal_says_what_is_free(scheduling, rooms):
    """N18: the clash is named, with free times of that day and another room."""
    scheduling.add(form(title="预算会", people=["he"], resources=["302 会议室"]), by=NAMED["wang"])
    with pytest.raises(Refused) as refused:
        scheduling.add(form(resources=["302 会议室"]), by=NAMED["li"])
    said = refused.value.problems["resources"]
    assert said.startswith("302 会议室12月3日（周四）09:30–10:30已有“预算会”")
    assert "周四 10:30 张主任、302 会议室空闲" in said
    assert "原时间401 会议室空闲" in said
    touching = form(begins=at(3, 10, 30), ends=at(3, 11), resources=["302 会议室"])
    scheduling.add(touching, by=NAMED["li"])  # touching ends is no conflict (C17)


def test_people_who_are_busy_are_a_warning(scheduling, reader_of):
    """Somebody may be wanted twice; whoever enters it hears so, and the two stand among the conflicts."""
    scheduling.add(form(title="听汇报"), by=NAMED["wang"])
    kept = scheduling.add(form(begins=at(3, 10), ends=at(3, 11), sort="突发"), by=NAMED["wang"])
    assert kept.entry.state == "已定"
    assert kept.warnings == ("张主任12月3日（周四）09:30–10:30已有“听汇报”",)
    found = reader_of(NAMED["zhang"]).conflicts(*WEEK)
    clash = found.iloc[0]
    assert (clash["name"], clash["first"], clash["second"]) == ("张主任", "听汇报", "专题会")
    assert (clash.begins, clash.ends) == (at(3, 10), at(3, 10, 30))
    assert clash.may_move == "听汇报"


def conflict(scheduling):
    """The leader has something important at half past nine, and a member enters another for the director and him."""
    scheduling.add(form(title="省里视频会", important=True, people=["he", "zhang"]), by=NAMED["wang"])
    wanted = form(title="企业座谈会", important=True, people=["he", "chen"], sort="突发")
    return scheduling.add(wanted, by=NAMED["wang"])


def test_two_important_things_at_one_time_are_for_the_director_to_decide(scheduling, reader_of, database):
    """R49: the second is kept as 待定, and a case with both sides is due in four working hours."""
    kept = conflict(scheduling)
    assert kept.entry.state == "待定"
    case = reader_of(NAMED["zhang"]).case(kept.case.id)
    assert case.owner == "zhang"
    assert case.due_at.astimezone(SHANGHAI) == at(23, 10, 30, month=11)
    assert [row["what"] for row in case.data["sides"]] == ["企业座谈会", "省里视频会"]
    assert [row["proposal"] for row in case.data["sides"]] == ["按优先级保留", "按优先级可以让"]
    assert "周四 10:30 何副市长、陈立空闲" in case.data["alternatives"]
    assert any("日程冲突待您审批" in said for said in told_to(database, "zhang"))
    assert list(reader_of(NAMED["zhang"]).escalations()["id"]) == [case.id]


def decide(scheduling, reader_of, kept, by="zhang", **answers):
    case = reader_of(NAMED[by]).case(kept.case.id)
    usual = {
        "decision": "允许并行",
        "side": 1,
        "moved_to": None,
        "delegate": None,
        "reason": "省里的会不能改",
    }
    return scheduling.act(case.id, "decide", {**usual, **answers}, by=NAMED[by], seen=case.seq)


def test_the_decision_moves_and_everybody_touched_is_told(scheduling, reader_of, database):
    """The new one moves to the afternoon in the same transaction; who takes part hears of it."""
    kept = conflict(scheduling)
    case = decide(scheduling, reader_of, kept, decision="移动", moved_to=at(3, 14, 30))
    assert not case.is_open
    seen = reader_of(NAMED["zhang"]).entries(*WEEK)
    assert titles(seen) == ["省里视频会 03 09:30", "企业座谈会 03 14:30"]
    assert set(seen["state"]) == {"已定"}
    said = "日程冲突已定（移动，省里的会不能改）：“企业座谈会” 12月3日（周四）14:30–15:30"
    assert said in told_to(database, "chen")
    assert said in told_to(database, "he")
    assert not any("企业座谈会" in one for one in told_to(database, "zhou"))


def test_the_decision_sends_somebody_else(scheduling, reader_of, database):
    """改派他人: the leader's place at the meeting is taken by the director's deputy on the spot."""
    kept = conflict(scheduling)
    decide(scheduling, reader_of, kept, decision="改派他人", delegate="zhou")
    frame = reader_of(NAMED["zhang"]).entries(*WEEK).set_index("title")
    assert frame.loc["企业座谈会", "whom"] == ("zhou", "chen")
    assert any("企业座谈会" in one for one in told_to(database, "he"))
    assert any("企业座谈会" in one for one in told_to(database, "zhou"))


def test_the_decision_allows_both(scheduling, reader_of):
    """允许并行: both stay where they are, and the reason stands in the trace."""
    kept = conflict(scheduling)
    decide(scheduling, reader_of, kept)
    assert set(reader_of(NAMED["zhang"]).entries(*WEEK)["state"]) == {"已定"}


def test_a_decision_that_would_clash_again_is_refused_whole(scheduling, reader_of):
    """Moved to where he is busy with something important, nothing changes and the case stays open."""
    kept = conflict(scheduling)
    scheduling.add(
        form(title="党组会", important=True, people=["he"], begins=at(4, 9), ends=at(4, 12)), by=NAMED["wang"]
    )
    with pytest.raises(Refused) as refused:
        decide(scheduling, reader_of, kept, decision="移动", moved_to=at(4, 10))
    assert "已有“党组会”，仍然冲突" in refused.value.problems["moved_to"]
    assert reader_of(NAMED["zhang"]).case(kept.case.id).is_open
    assert reader_of(NAMED["zhang"]).entry(kept.entry.id).state == "待定"


def test_the_director_does_not_decide_what_the_director_entered(scheduling, reader_of):
    """The leader whom it is about does."""
    scheduling.add(form(title="省里视频会", important=True, people=["he"]), by=NAMED["wang"])
    kept = scheduling.add(form(title="企业座谈会", important=True, people=["he"]), by=NAMED["zhang"])
    assert reader_of(NAMED["zhang"]).case(kept.case.id).owner == "he"


def test_the_threshold_is_a_setting(scheduling, reader_of):
    """R50: with three, two important things at one time are a warning; who may not, does not set it."""
    figures = {
        "threshold": 3,
        "important": 10,
        "突发": 3,
        "固定": 2,
        "临时": 1,
        "step": 30,
        "offered": 3,
        "alarm": 15,
    }
    with pytest.raises(NotAllowed):
        scheduling.set_rules(figures, by=NAMED["wang"])
    scheduling.set_rules(figures, by=NAMED["zhang"])
    kept = conflict(scheduling)
    assert (kept.case, kept.entry.state) == (None, "已定")
    assert scheduling.add(form(important=True, people=["he"]), by=NAMED["wang"]).case


def test_an_entry_that_is_cancelled_or_moved_needs_no_decision_any_more(scheduling, reader_of):
    """Its case is void with it."""
    kept = conflict(scheduling)
    moved = scheduling.move(kept.entry.id, at(3, 14), at(3, 15), by=NAMED["wang"], seen=kept.entry.version)
    assert moved.entry.state == "已定"
    assert reader_of(NAMED["zhang"]).case(kept.case.id).voided
    again = conflict(scheduling)
    assert again.case


def test_of_a_series_one_time_is_moved_and_one_left_out(scheduling, reader_of, rooms):
    """The weekly meeting: the 10th is moved to the afternoon, the 17th is off and later on again (N19)."""
    weekly = form(
        title="周例会", sort="固定", repeat="每周", until=date(2026, 12, 31), resources=["302 会议室"]
    )
    kept = scheduling.add(weekly, by=NAMED["wang"])
    one = kept.entry.id
    scheduling.move(one, at(10, 15), at(10, 16), by=NAMED["wang"], seen=1, day=date(2026, 12, 10))
    scheduling.cancel(one, "外出", by=NAMED["wang"], seen=2, day=date(2026, 12, 17))
    month = at(1, 0), at(31, 0)
    reader = reader_of(NAMED["zhang"])
    assert [f"{at:%d %H}" for at in reader.entries(*month)["begins"]] == ["03 09", "10 15", "24 09"]
    scheduling.restore_day(one, date(2026, 12, 17), by=NAMED["wang"], seen=3)
    assert [f"{at:%d %H}" for at in reader.entries(*month)["begins"]] == ["03 09", "10 15", "17 09", "24 09"]
    free = form(begins=at(10, 9, 30), ends=at(10, 10), resources=["302 会议室"], people=["li"])
    scheduling.add(free, by=NAMED["li"])  # the room is free where the series left it


def test_a_holiday_that_is_announced_later_moves_what_is_on_working_days(scheduling, reader_of, rooms):
    """The 4th becomes a day off and Saturday the 5th is worked for it; on the 5th the room is taken, so it is left out."""
    daily = form(
        title="早碰头",
        repeat="每个工作日",
        until=date(2026, 12, 8),
        resources=["302 会议室"],
        people=["wang"],
    )
    scheduling.add(daily, by=NAMED["wang"])
    scheduling.add(form(begins=at(5, 9), ends=at(5, 12), resources=["302 会议室"]), by=NAMED["wang"])
    days = (
        SpecialDay(date(2026, 12, 4), "holiday", "", ""),
        SpecialDay(date(2026, 12, 5), "workday", "", ""),
    )
    change = Change(title="调休", source="市政府通知", days=days)
    seen = reader_of(NAMED["zhang"]).recount(change)[0].seen
    scheduling.change_calendar(change, by=NAMED["zhang"], seen=seen)
    frame = reader_of(NAMED["wang"]).entries(at(1, 0), at(9, 0), whom=["wang"])
    assert [f"{begins:%d}" for begins in frame["begins"]] == ["03", "07", "08"]


def test_whole_days_stay_whole_days_when_they_are_moved(scheduling):
    """Leave of two days is dragged to the next week, whatever time of day it is dropped at."""
    leave = scheduling.add(form(all_day=True, begins=at(3, 9), ends=at(4, 10)), by=NAMED["wang"]).entry
    moved = scheduling.move(leave.id, at(9, 9), at(10, 18), by=NAMED["wang"], seen=1).entry
    assert (moved.begins, moved.ends) == (at(9, 0), at(11, 0))


def test_the_slower_one_is_told_and_nothing_is_overwritten(scheduling):
    """Two change the same entry: the second sees that the first was there."""
    kept = scheduling.add(form(), by=NAMED["wang"])
    scheduling.change(kept.entry.id, form(title="专题会（扩大）"), by=NAMED["li"], seen=1)
    with pytest.raises(Conflict):
        scheduling.change(kept.entry.id, form(title="又一个"), by=NAMED["wang"], seen=1)


def test_a_form_handed_in_twice_is_kept_once(scheduling, reader_of):
    """P3: after a lost answer the same form brings the same entry."""
    first = scheduling.add(form(), by=NAMED["wang"], form="f1")
    assert scheduling.add(form(), by=NAMED["wang"], form="f1").entry.id == first.entry.id
    assert len(reader_of(NAMED["wang"]).entries(*WEEK)) == 1


def test_who_may_not_see_it_sees_that_somebody_is_busy(scheduling, reader_of):
    """The leader's schedule is for the leader, secretaries and the director; a department sees its own."""
    scheduling.add(form(title="人事酝酿", people=["he"]), by=NAMED["wang"])
    scheduling.add(form(title="盘点", people=["chen"], begins=at(3, 14), ends=at(3, 15)), by=NAMED["chen"])
    assert list(reader_of(NAMED["he"]).entries(*WEEK)["title"]) == ["人事酝酿", "忙"]
    assert list(reader_of(NAMED["zhou"]).entries(*WEEK)["title"]) == ["忙", "忙"]
    assert list(reader_of(NAMED["chen"]).entries(*WEEK)["title"]) == ["忙", "盘点"]
    assert list(reader_of(NAMED["li"]).entries(*WEEK)["title"]) == ["人事酝酿", "盘点"]
    met = reader_of(NAMED["chen"]).meets(form(people=["he", "chen"]))
    assert met.clashes == ("何副市长12月3日（周四）09:30–10:30已有安排",)
    only = reader_of(NAMED["wang"]).entries(*WEEK, departments=["caiwu"])
    assert list(only["title"]) == ["盘点"]


def test_a_member_does_not_plan_for_the_leader(scheduling):
    """Others are planned for by themselves, a secretary or the director."""
    with pytest.raises(NotAllowed, match="别人的日程"):
        scheduling.add(form(people=["he"]), by=NAMED["chen"])
    with pytest.raises(NotAllowed):
        scheduling.keep_resource({"kind": "会议室", "name": "501", "capacity": 8}, by=NAMED["chen"])
    kept = scheduling.add(form(people=["he"]), by=NAMED["wang"])
    with pytest.raises(NotFound):
        scheduling.cancel(kept.entry.id, "不开了", by=NAMED["chen"], seen=1)


def test_nobody_is_planned_for_who_is_not_here(scheduling):
    """Who has left, a department that was dissolved, a room that is closed: each is named at its field."""
    room = scheduling.keep_resource(
        {"kind": "会议室", "name": "302 会议室", "capacity": 20}, by=NAMED["wang"]
    )
    for changes, at_field in (({"people": ["gone"]}, "people"), ({"departments": ["gone"]}, "departments")):
        with pytest.raises(Refused) as refused:
            scheduling.add(form(**changes), by=NAMED["wang"])
        assert list(refused.value.problems) == [at_field]
    kept = scheduling.add(form(resources=["302 会议室"]), by=NAMED["wang"]).entry
    closed = {"kind": "会议室", "name": "302 会议室", "capacity": 20}
    scheduling.keep_resource(closed, by=NAMED["wang"], resource_id=room, active=False)
    with pytest.raises(Refused) as refused:
        scheduling.move(kept.id, at(4, 9), at(4, 10), by=NAMED["wang"], seen=1)
    assert list(refused.value.problems) == ["resources"]


def test_a_meeting_is_on_the_calendar_by_itself(meetings, reader_of, scheduling, rooms):
    """From the moment it is opened, with its room; it moves with its plan and goes when it is cancelled."""
    case = meetings.planned(place="302 会议室")
    frame = reader_of(NAMED["zhang"]).entries(*WEEK)
    assert titles(frame) == ["冬季安全生产协调会 03 14:30"]
    assert set(frame.iloc[0]["whom"]) == {"zhang", "wang", "chen", "zhou", rooms[0]}
    with pytest.raises(Refused, match="已有“冬季安全生产协调会”"):
        scheduling.add(form(begins=at(3, 15), ends=at(3, 17), resources=["302 会议室"]), by=NAMED["li"])
    with pytest.raises(NotAllowed, match="在它自己的事项里改"):
        scheduling.move(case.id, at(3, 9), at(3, 10), by=NAMED["wang"], seen=case.seq)
    meetings.act(case, "void", "wang", reason="重复登记")
    assert reader_of(NAMED["zhang"]).entries(*WEEK).empty


def test_a_meeting_is_not_planned_into_a_room_that_is_taken(meetings, scheduling, rooms):
    """The other way round: the meeting is refused at its place, and hears which room is free."""
    scheduling.add(form(begins=at(3, 15), ends=at(3, 17), resources=["302 会议室"]), by=NAMED["li"])
    with pytest.raises(Refused) as refused:
        meetings.opened(place="302 会议室")
    assert refused.value.problems == {
        "place": "302 会议室 12-03 15:00–17:00 已有安排，这段时间401 会议室空闲"
    }


def test_a_room_that_is_entered_later_stops_no_meeting(meetings, scheduling):
    """Two meetings were planned at one place before it was on the list: both go on."""
    first, second = meetings.planned(), meetings.planned(title="另一个会")
    scheduling.keep_resource({"kind": "会议室", "name": "三楼会议室", "capacity": 20}, by=NAMED["wang"])
    for case in (first, second):
        meetings.act(case, "approve_plan", "zhang", plan_opinion=None)


def test_meetings_from_before_there_was_a_calendar_are_put_on_it(meetings, database, files, reader_of):
    """When the program starts after the upgrade; the second time there is nothing to do."""
    case = meetings.planned()
    with database.writing() as session:
        session.execute(delete(OccurrenceRow))
        session.execute(delete(EntryRow))
        session.commit()
    assert [catch_up(database, SqlSchedulingUnit(database, files, KEY)) for _ in range(2)] == [1, 0]
    assert list(reader_of(NAMED["zhang"]).entries(*WEEK)["case_id"]) == [case.id]


def test_free_times_of_several_are_within_office_hours(scheduling, reader_of):
    """Two hours of the director and the leader on Thursday or Friday: not in the lunch break, not while one is busy."""
    scheduling.add(form(people=["he"], begins=at(3, 9), ends=at(3, 12)), by=NAMED["wang"])
    scheduling.add(form(people=["zhang"], begins=at(3, 13, 30), ends=at(3, 16)), by=NAMED["wang"])
    found = reader_of(NAMED["wang"]).free(
        ["zhang", "he"], date(2026, 12, 3), date(2026, 12, 4), timedelta(hours=2)
    )
    assert [f"{one[0]:%d %H:%M}" for one in found][:3] == ["04 09:00", "04 09:30", "04 10:00"]


def test_what_is_done_to_the_schedule_stands_in_the_journal(scheduling, database):
    """Who entered, moved and cancelled what."""
    kept = scheduling.add(form(), by=NAMED["wang"])
    scheduling.move(kept.entry.id, at(3, 14), at(3, 15), by=NAMED["li"], seen=1)
    scheduling.cancel(kept.entry.id, "改为书面征求意见", by=NAMED["wang"], seen=2)
    with database.reading() as session:
        lines = session.execute(select(JournalRow.by, JournalRow.action, JournalRow.subject)).all()
    assert [tuple(line) for line in lines] == [
        ("wang", "entry.added", "专题会"),
        ("li", "entry.moved", "专题会"),
        ("wang", "entry.cancelled", "专题会"),
    ]


def test_fifty_people_book_one_room_two_hundred_times_without_an_overlap(
    scheduling, rooms, database, reader_of
):
    """Whoever is first has it; everybody else is refused with a sentence, and no two times overlap."""
    start = at(1, 8)

    def book(n):
        begins = start + timedelta(minutes=15 * (n * 7 % 40))
        wanted = form(
            title=f"会 {n}",
            people=[],
            resources=["302 会议室"],
            begins=begins,
            ends=begins + timedelta(minutes=40),
        )
        try:
            return scheduling.add(wanted, by=NAMED["wang"]).entry
        except OfficeError as refusal:
            return str(refusal)

    with ThreadPoolExecutor(50) as threads:
        outcome = list(threads.map(book, range(200)))
    kept = [one for one in outcome if not isinstance(one, str)]
    assert all("302 会议室" in one or "忙" in one for one in outcome if isinstance(one, str))
    assert len(kept) >= 8
    frame = reader_of(NAMED["wang"]).entries(at(1, 0), at(2, 12), whom=[rooms[0]])
    times = list(zip(frame["begins"], frame["ends"], strict=True))
    assert len(times) == len(kept)
    assert not any(overlap(one, other) for one, other in combinations(times, 2))


@pytest.mark.postgres
def test_postgresql_itself_holds_a_room(fresh_postgres):
    """Behind the check of the command stands a constraint, so that nobody else's hand books a room twice."""
    from db.engine import open_database

    database = open_database(fresh_postgres)
    with database.reading() as session:
        found = session.scalar(text("SELECT count(*) FROM pg_constraint WHERE conname = 'one_at_a_time'"))
    database.close()
    assert found == 1


@pytest.mark.seldom
def test_a_year_of_five_thousand_entries_is_read_without_delay(database, reader_of):
    """The whole year in less than two seconds of the processor, whoever else is at work on the machine."""
    from time import process_time

    from core.schedule import Entry
    from db import schedule

    with database.writing() as session:
        for n in range(5000):
            begins = datetime(2026, 1, 1, 8, tzinfo=SHANGHAI) + timedelta(minutes=100 * n)
            one = Entry(
                id=f"e{n}",
                title=f"事项{n}",
                begins=begins,
                ends=begins + timedelta(hours=1),
                whom=("zhang", "he", "wang"),
            )
            schedule.keep(session, one, [(one.begins, one.ends)])
        session.commit()
    started = process_time()
    reader = reader_of(NAMED["zhang"])
    year = reader.entries(datetime(2026, 1, 1, tzinfo=SHANGHAI), datetime(2027, 1, 1, tzinfo=SHANGHAI))
    assert len(year) == 5000
    assert process_time() - started < 2
    first, last = agenda.window(date(2026, 6, 15))
    assert (first, last) == (date(2026, 6, 1), date(2026, 8, 3))
    shown = reader.entries(*(datetime.combine(day, time(), SHANGHAI) for day in (first, last)), whom=["he"])
    assert len(agenda.events(shown)) < 1000  # what is in view, not the year, is sent to the browser

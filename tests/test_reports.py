"""What the departments report: the list of who reports what and when, and the report itself (R56).

The clock stands on Friday 2026-11-20 at 15:00; the finance department reports its sales every week.
"""

from datetime import date, datetime

import pytest
from sqlalchemy import update

from core.errors import Conflict, NotAllowed, Refused
from core.reporting import Duty, Reporting, period_of
from db.holidays import shipped_calendar
from db.reporting import SqlReportingUnit
from db.tables import PersonRow
from tests.conftest import NAMED, SHANGHAI

CALENDAR = shipped_calendar()

SALES = {
    "title": "销售数据",
    "department": "caiwu",
    "reporter": "chen",
    "figures": [{"name": "本周销售额", "unit": "万元"}, {"name": "新签合同", "unit": "份"}],
    "every": "每周",
    "due_day": 5,
    "since": date(2026, 11, 20),
    "active": True,
}
SENT = {
    "figures": [
        {"name": "本周销售额", "value": "1,234.5", "unit": "万元", "on_year": "3.2", "on_period": None},
        {"name": "新签合同", "value": "12", "unit": "份", "on_year": None, "on_period": "-8"},
    ],
    "summary": "比上周略好",
    "files": [],
    "secrecy_level": "非密",
}


@pytest.fixture
def reporting(database, files, clock):
    return Reporting(lambda: SqlReportingUnit(database, files, b"key of the tests"), clock)


@pytest.fixture
def sales(reporting, secretary):
    return reporting.keep_duty(SALES, by=secretary)


@pytest.fixture
def report(reporting, sales, clock, post):
    """The report of the week from the 23rd, as it was opened on the Monday."""
    clock.turn_to("2026-11-23 00:10")
    assert reporting.open_reports() == 1
    return post.see(f"{sales.id}-w20261123")


def duty(**changes):
    return Duty(**{**SALES, "id": "d", "figures": (), **changes})


@pytest.mark.parametrize(
    ("changes", "day", "title", "due_on"),
    [
        ({}, date(2026, 11, 25), "2026-W48", date(2026, 11, 27)),
        ({"due_day": 6}, date(2026, 11, 25), "2026-W48", date(2026, 11, 30)),  # a Saturday: the next Monday
        ({}, date(2026, 9, 30), "2026-W40", date(2026, 10, 8)),  # the Friday is in the holidays
        ({"every": "每月", "due_day": 31}, date(2026, 11, 1), "2026年11月", date(2026, 11, 30)),
        ({"every": "每季", "due_day": 20}, date(2026, 11, 1), "2026年第4季度", date(2026, 12, 21)),
        ({"every": "每季", "due_day": 25}, date(2026, 1, 1), "2026年第1季度", date(2026, 3, 25)),
    ],
)
def test_each_period_is_reported_by_a_working_day(changes, day, title, due_on):
    period = period_of(duty(**changes), day, CALENDAR)
    assert (period.title, period.due_on) == (title, due_on)


def test_the_report_of_a_week_lies_with_the_reporter_and_is_due_on_its_day(report):
    assert report.title == "销售数据（2026-W48）"
    assert report.owner == "chen"
    assert report.due_at == datetime(2026, 11, 27, 17, 30, tzinfo=SHANGHAI)
    assert [(row["name"], row["value"], row["unit"]) for row in report.data["figures"]] == [
        ("本周销售额", None, "万元"),
        ("新签合同", None, "份"),
    ]


def test_the_program_opens_each_report_once(reporting, report, clock):
    assert reporting.open_reports() == 0
    clock.turn_to("2026-11-30 08:00")
    assert reporting.open_reports() == 1


def test_no_report_is_wanted_for_a_week_that_began_before_the_duty(reporting, sales):
    assert reporting.open_reports() == 0


def test_weeks_in_which_the_program_was_off_are_not_forgotten(reporting, sales, clock):
    clock.turn_to("2026-12-09 08:00")
    assert reporting.open_reports() == 3


def test_a_duty_that_is_over_opens_nothing(reporting, sales, secretary, clock):
    reporting.keep_duty({**SALES, "active": False}, by=secretary, duty_id=sales.id, seen=sales.version)
    clock.turn_to("2026-11-30 08:00")
    assert reporting.open_reports() == 0


def test_the_past_is_never_wanted_afterwards(reporting, sales, secretary, clock):
    """Neither of a new duty nor of one that changes from weeks to months."""
    clock.turn_to("2027-03-03 08:00")
    with pytest.raises(Refused, match="开始日期不能早于本期第一天（2027-03-01）"):
        reporting.keep_duty({**SALES, "every": "每月"}, by=secretary, duty_id=sales.id, seen=1)


def test_a_weekly_duty_is_due_on_a_day_of_the_week(reporting, secretary):
    with pytest.raises(Refused, match="每周的截止日写星期几"):
        reporting.keep_duty({**SALES, "due_day": 20}, by=secretary)


def test_secretaries_and_the_director_keep_the_list_and_the_journal_tells_of_it(
    reporting, sales, director, accountant, reader_of
):
    with pytest.raises(NotAllowed, match="这一步由办公室主任、文秘岗办理"):
        reporting.keep_duty(SALES, by=accountant)
    assert reporting.keep_duty({**SALES, "due_day": 4}, by=director, duty_id=sales.id, seen=1).due_day == 4
    with pytest.raises(Conflict, match="刚有人改过"):
        reporting.keep_duty(SALES, by=director, duty_id=sales.id, seen=1)
    told = reader_of(director).journal(limit=9)
    assert {*told["action_title"]} >= {"新增报送事项", "修改报送事项"}


def test_the_reporter_types_figures_as_people_write_them(report, post):
    done = post.act(report, "submit_report", "chen", **SENT)
    assert done.stage.key == "judging"
    assert [row["value"] for row in done.data["figures"]] == ["1,234.5", "12"]


@pytest.mark.parametrize("typed", ["一百", "12万", "1,23", "1 2", "十", "1e5", "∞", "1.2.3", "--1"])
def test_what_is_no_number_is_refused_in_one_sentence(report, post, typed):
    rows = [{**SENT["figures"][0], "value": typed}]
    with pytest.raises(Refused, match=r"不是数字：请填数字，例如 1,234\.5；单位写在“单位”栏"):
        post.act(report, "submit_report", "chen", **{**SENT, "figures": rows})


def test_what_is_not_enough_goes_back_with_a_new_day_and_the_words(report, post, reader_of):
    post.act(report, "submit_report", "chen", **SENT)
    back = post.act(report, "return_report", "wang", returned_because="同比没有填", due_on=date(2026, 12, 1))
    assert (back.stage.key, back.owner) == ("reporting", "chen")
    assert back.due_at == datetime(2026, 12, 1, 17, 30, tzinfo=SHANGHAI)
    assert any("同比没有填" in text for text in reader_of(NAMED["chen"]).notices()["text"])


def test_a_duty_of_somebody_who_left_holds_up_nobody_else(reporting, sales, secretary, clock, database):
    reporting.keep_duty(
        {**SALES, "title": "安全检查", "department": "anjian", "reporter": "zhou"}, by=secretary
    )
    with database.writing() as session:
        session.execute(update(PersonRow).where(PersonRow.id == "chen").values(active=False))
        session.commit()
    clock.turn_to("2026-11-23 08:00")
    assert reporting.open_reports() == 1


def test_who_has_not_reported_is_seen_and_urged_and_late_by_itself(
    reporting, report, office, director, reader_of, clock
):
    reader = reader_of(director)
    assert list(reader.not_reported()["reporter_name"]) == ["陈立"]
    clock.turn_to("2026-11-30 09:00")
    waiting = reader_of(director).not_reported()
    assert (waiting["period"].iloc[0], bool(waiting["late"].iloc[0])) == ("2026-W48", True)
    office.urge([report.id], by=director)
    assert len(reader_of(NAMED["chen"]).not_reported()) == 1
    assert reader_of(NAMED["zhou"]).not_reported().empty
    assert office.issue_slips() == 1


def test_the_same_form_makes_one_duty_and_a_long_name_is_refused(reporting, secretary, reader_of):
    for _ in range(2):
        reporting.keep_duty(SALES, by=secretary, form="0123456789abcdef")
    assert len(reader_of(secretary).duties()) == 1
    with pytest.raises(Refused, match="最多 60 字"):
        reporting.keep_duty({**SALES, "title": "数" * 61}, by=secretary)


def test_the_list_is_seen_by_those_who_keep_it_and_by_those_it_asks(sales, reader_of):
    seen = {who: len(reader_of(person).duties()) for who, person in NAMED.items()}
    assert seen == {"zhang": 1, "wang": 1, "li": 1, "sun": 1, "chen": 1, "he": 0, "zhou": 0}

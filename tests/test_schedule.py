"""Entries of the calendar: kinds and priority, what repeats and its exceptions, the form (R47–R50)."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from core.errors import Refused
from core.schedule import OFF, Entry, Resource, Rules, drafted, rules_of, spans
from core.worktime import WorkingCalendar
from db.holidays import shipped_calendar
from tests.conftest import SHANGHAI

CALENDAR = shipped_calendar()
ROOM = Resource("res:302", "会议室", "302 会议室", 20)


def at(day, hour, minute=0, month=12, zone=SHANGHAI):
    return datetime(2026, month, day, hour, minute, tzinfo=zone)


def entry(**changes):
    usual = {"id": "1", "title": "周例会", "begins": at(7, 9), "ends": at(7, 10), "whom": ("zhang",)}
    return Entry(**{**usual, **changes})


def form(**changes):
    """The form of an entry on Thursday 2026-12-03 from 9:30 to 10:30, filled in."""
    usual = {
        "title": "专题会",
        "begins": at(3, 9, 30),
        "ends": at(3, 10, 30),
        "all_day": False,
        "sort": "临时",
        "important": False,
        "people": ["zhang"],
        "departments": [],
        "resources": [],
        "place": "",
        "note": "",
        "repeat": "不重复",
        "until": None,
    }
    return {**usual, **changes}


def made(**changes):
    return drafted(form(**changes), "1", "wang", [ROOM], CALENDAR)


def days(one, calendar=CALENDAR):
    """On which days it takes place, in the office's zone."""
    return [f"{span[0].astimezone(calendar.zone):%m-%d %H:%M}" for span in spans(one, calendar)]


def test_a_weekly_meeting_takes_place_every_week_but_on_its_exceptions():
    """Every Monday of December at nine, not on the 21st."""
    weekly = entry(rule="FREQ=WEEKLY", until=date(2026, 12, 31), exceptions=(date(2026, 12, 21),))
    assert days(weekly) == ["12-07 09:00", "12-14 09:00", "12-28 09:00"]
    assert days(replace(weekly, state=OFF)) == []


def test_every_working_day_means_those_of_the_office():
    """Over New Year 2027 – provisional, but the 1st is a holiday by law – the calendar decides, not the weekday."""
    daily = entry(
        begins=at(30, 9),
        ends=at(30, 9, 30),
        rule="FREQ=DAILY",
        working_days_only=True,
        until=date(2027, 1, 5),
    )
    assert days(daily) == ["12-30 09:00", "12-31 09:00", "01-04 09:00", "01-05 09:00"]
    october = replace(daily, begins=at(30, 9, month=9), ends=at(30, 10, month=9), until=date(2026, 10, 12))
    assert days(october) == ["09-30 09:00", "10-08 09:00", "10-09 09:00", "10-10 09:00", "10-12 09:00"]


def test_a_meeting_at_nine_stays_at_nine_when_the_clocks_change():
    """An office in Berlin: on 25 October 2026 an hour is told twice, and the meeting goes on at nine by the wall."""
    berlin = WorkingCalendar(ZoneInfo("Europe/Berlin"))
    weekly = entry(
        begins=at(19, 9, month=10, zone=berlin.zone),
        ends=at(19, 10, month=10, zone=berlin.zone),
        rule="FREQ=WEEKLY",
        until=date(2026, 11, 2),
    )
    assert days(weekly, berlin) == ["10-19 09:00", "10-26 09:00", "11-02 09:00"]
    first, second, _ = spans(weekly, berlin)
    assert (second[0] - first[0]).total_seconds() == 7 * 86400 + 3600


def test_whole_days_run_from_midnight_to_the_midnight_after_the_last():
    """Leave from the 7th to the 9th takes three days, whatever times stand in the form."""
    leave = made(begins=at(7, 9), ends=at(9, 17), all_day=True)
    assert (leave.begins, leave.ends) == (at(7, 0), at(10, 0))


def test_what_is_important_weighs_more_and_among_equals_what_is_sudden():
    """R48: 突发 before 固定 before 临时, and each figure is the office's."""
    weigh = Rules().priority
    order = [("临时", True), ("突发", False), ("固定", False), ("临时", False)]
    found = [weigh(entry(sort=sort, important=important)) for sort, important in order]
    assert found == sorted(found, reverse=True)
    other = rules_of({"固定": 9, "threshold": 3})
    assert other.threshold == 3
    assert other.priority(entry(sort="固定")) > other.priority(entry(sort="突发"))


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"ends": at(3, 9)}, "ends", "结束要晚于开始"),
        ({"people": []}, "people", "请选择人员、部门或会议室、车辆，至少一项"),
        ({"repeat": "每周"}, "until", "请填写重复到哪一天"),
        ({"repeat": "每周", "until": date(2026, 12, 1)}, "until", "重复的截止不能早于开始那天"),
        ({"repeat": "每周", "until": date(2029, 1, 1)}, "until", "最多重复两年，到期再续"),
        ({"repeat": "每天", "until": date(2028, 6, 1)}, "until", "重复次数太多，最多 399 次，请把截止提前"),
        ({"ends": at(3, 9, month=1).replace(year=2027, month=4)}, "ends", "一项日程最长 60 天，请分成几项"),
        ({"title": ""}, "title", "请填写“事项”"),
        ({"resources": ["大礼堂"]}, "resources", "“会议室、车辆”只能是：302 会议室"),
    ],
)
def test_a_form_that_will_not_do_says_what_to_mend(changes, field, says):
    """Each problem stands beside its field, in one sentence."""
    with pytest.raises(Refused) as refused:
        made(**changes)
    assert refused.value.problems == {field: says}

"""Calendar files that somebody else has written: each entry is taken or said why not, and none takes long (N19, P13)."""

from time import process_time

import pytest

from core import ics
from core.errors import Refused
from tests.test_schedule import CALENDAR

BEGINS, ENDS = "DTSTART:20261207T090000", "DTEND:20261207T100000"
NO_RULE = "重复的规则读不懂，请改成每天、每周、每两周或每月"
UNREADABLE = "这一项的时间或重复规则读不懂，请手工登记"


def event(*lines, title="党组学习"):
    return "\r\n".join(("BEGIN:VEVENT", "UID:a", f"SUMMARY:{title}", *lines, "END:VEVENT", ""))


def read(*events):
    whole = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//else//\r\n" + "".join(events) + "END:VCALENDAR\r\n"
    return ics.read(whole.encode(), ("he",), CALENDAR)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ((BEGINS, ENDS, "RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30"), NO_RULE),
        ((BEGINS, ENDS, "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=3"), "按这个规则一次也不会发生"),
        ((BEGINS, ENDS, "RRULE:FREQ=DAILY;COUNT=99999999999999999999"), UNREADABLE),
        ((BEGINS, ENDS, "RRULE:FREQ=DAILY;COUNT=5000"), "最多重复两年，到期再续"),
        ((BEGINS, ENDS, "RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"), "有几条重复规则，请拆成几项"),
        ((BEGINS, ENDS, "RDATE:20261209T090000"), "另有单独加的日期，请分项登记"),
        ((BEGINS, ENDS, "RRULE:FREQ=DAILY;COUNT=3", "EXDATE:garbage"), UNREADABLE),
        ((BEGINS, ENDS, "RECURRENCE-ID:garbage"), UNREADABLE),
        (("DTSTART:00010101T000000", ENDS), "没有开始时间，或时间写得不对"),
        (("DTSTART:99991231T235959Z",), UNREADABLE),
        ((BEGINS, "DURATION:P99999999999D"), UNREADABLE),
        ((BEGINS, "DURATION:P999999W"), UNREADABLE),
        ((BEGINS, "DURATION:-PT1H"), "结束要晚于开始"),
    ],
)
def test_what_cannot_be_meant_says_so_and_the_rest_is_taken(lines, says):
    """A second entry of the same file comes in all the same, and nobody waits."""
    started = process_time()
    found, problems = read(event(*lines), event(BEGINS, ENDS, title="座谈会"))
    assert process_time() - started < 1
    assert problems == [f"第 1 项“党组学习”：{says}"]
    assert [one.title for one in found] == ["座谈会"]


def test_what_is_typed_there_is_tidied_like_what_is_typed_here():
    """Signs that cannot be seen are gone; markup stays text."""
    (found,), _ = read(event(BEGINS, ENDS, "LOCATION:302\x00", title="a\x00b\u202e<script>"))
    assert (found.title, found.place) == ("ab<script>", "302")


@pytest.mark.parametrize(
    "many",
    [
        event(BEGINS, ENDS) * 501,
        "BEGIN:VEVENT\r\n" * 5000,
        event(BEGINS, ENDS, *["EXDATE:20261208T090000"] * 1001),
        event(BEGINS, ENDS, f"DESCRIPTION:{'x' * (2 * 2**20)}"),
    ],
)
def test_too_much_at_once_is_refused_before_it_is_read(many):
    """With what to do: export it in parts."""
    with pytest.raises(Refused, match="分开导出"):
        read(many)

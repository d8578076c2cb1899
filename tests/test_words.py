"""How the office says things: deadlines that may still move say so."""

from datetime import datetime
from zoneinfo import ZoneInfo

from core.words import NONE, deadline
from db.holidays import shipped_calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_a_deadline_in_a_year_without_its_notice_says_so():
    calendar = shipped_calendar()
    assert deadline(datetime(2026, 12, 31, 17, 30, tzinfo=SHANGHAI), calendar) == "12-31 17:30"
    assert deadline(datetime(2027, 1, 4, 17, 30, tzinfo=SHANGHAI), calendar) == "01-04 17:30（未发布）"


def test_on_paper_a_deadline_has_its_year():
    due = datetime(2027, 1, 4, 17, 30, tzinfo=SHANGHAI)
    assert deadline(due, shipped_calendar(), year=True) == "2027-01-04 17:30（未发布）"


def test_a_deadline_is_told_in_the_offices_zone():
    assert (
        deadline(datetime(2026, 11, 24, 1, 30, tzinfo=ZoneInfo("UTC")), shipped_calendar()) == "11-24 09:30"
    )
    assert deadline(None, shipped_calendar()) == NONE

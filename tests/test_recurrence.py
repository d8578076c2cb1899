"""On which days something takes place: the same days as another reader counts, and no rule that takes for ever (N19)."""

from datetime import date, datetime, time, timedelta

import pytest
from dateutil.rrule import rrulestr

from core.recurrence import days, read

FIRST = (date(2026, 1, 31), date(2026, 12, 7), date(2027, 2, 28), date(2028, 2, 29))
TWO_YEARS = timedelta(days=731)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;INTERVAL=3",
        "FREQ=DAILY;BYDAY=MO,WE",
        "FREQ=WEEKLY",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU",
        "FREQ=MONTHLY",
        "FREQ=MONTHLY;BYMONTHDAY=15,-1",
        "FREQ=MONTHLY;BYDAY=1MO,-1FR",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
        "FREQ=YEARLY",
        "FREQ=YEARLY;BYMONTH=3;BYDAY=2SU",
        "FREQ=YEARLY;BYMONTH=3,6;BYMONTHDAY=10",
    ],
)
@pytest.mark.parametrize("first", FIRST)
def test_another_reader_counts_the_same_days(rule, first):
    """dateutil, from the end of a long month, an ordinary Monday, and the ends of two Februaries."""
    last = first + TWO_YEARS
    other = rrulestr(f"{rule};UNTIL={last:%Y%m%d}T000000", dtstart=datetime.combine(first, time()))
    assert days(read(rule), first, last) == [at.date() for at in other]


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "FREQ=SECONDLY",
        "FREQ=HOURLY",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;BYDAY=99XX",
        "FREQ=DAILY;BYHOUR=9,10",
        "FREQ=DAILY;BYSETPOS=1",
        "FREQ=WEEKLY;BYDAY=2MO",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=YEARLY;BYYEARDAY=3",
        "FREQ=YEARLY;BYDAY=MO",
    ],
)
def test_what_is_no_rule_of_whole_days_is_none(rule):
    """It is refused when it is read, not worked out."""
    with pytest.raises(ValueError):
        read(rule)


def test_a_rule_that_is_never_true_is_soon_done_with():
    """The thirtieth of February: a reader that looks for the next time looks until the year 9999."""
    assert days(read("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"), date(2026, 12, 7), date(2028, 12, 7)) == []

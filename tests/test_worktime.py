"""The office's clock: what "two working days" and "four working hours" come to on a real calendar.

2026 is the year of most stories. Its notice gives six weekend days to work: 4 January, 14 and 28
February, 9 May, 20 September and 10 October.
"""

import os
import random
import time as clock
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import chinese_calendar
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.worktime import OFFICE_HOURS, Limit, SpecialDay, WorkingCalendar, calendar_from
from db.holidays import (
    EXPECTED,
    PUBLISHED,
    SHANGHAI,
    SHIPPED_PROVISIONAL,
    shipped_calendar,
    shipped_days,
)

OFFICE = shipped_calendar()
# The same office, which on two days of 2026 works in the morning only.
NEW_YEARS_EVE, SATURDAY_MORNING = date(2026, 12, 31), date(2026, 3, 14)
HALF = calendar_from(
    [
        *shipped_days(),
        SpecialDay(NEW_YEARS_EVE, "half_day", "元旦前半天", "本单位通知"),
        SpecialDay(SATURDAY_MORNING, "half_day", "周六值班", "本单位通知"),
    ],
    hours=OFFICE_HOURS,
    provisional=SHIPPED_PROVISIONAL,
    zone=SHANGHAI,
)
NEW_YORK = ZoneInfo("America/New_York")


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    """`2026-09-30 10:00` on the wall of the office."""
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def days(n: int) -> Limit:
    return Limit(days=n)


def hours(n: int) -> Limit:
    return Limit(hours=n)


# --- limits


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (Limit(days=2), "2 个工作日"),
        (Limit(hours=4), "4 工作小时"),
        (Limit(clock_hours=24), "24 小时"),
    ],
)
def test_a_limit_is_shown_in_the_words_of_the_office(limit: Limit, words: str) -> None:
    """C2: whoever reads it sees which clock is meant."""
    assert str(limit) == words


@pytest.mark.parametrize(
    "amounts", [{}, {"days": 0}, {"days": -1}, {"days": 1, "hours": 4}, {"clock_hours": -24}]
)
def test_a_limit_is_of_one_kind_and_longer_than_nothing(amounts: dict[str, int]) -> None:
    """C2: "a day and four hours" would leave open which clock counts."""
    with pytest.raises(ValueError, match="exactly one"):
        Limit(**amounts)


# --- days


@pytest.mark.parametrize(
    ("received", "n", "due"),
    [
        ("2026-02-13", 1, "2026-02-14"),  # a Saturday that is worked
        ("2026-02-13", 2, "2026-02-24"),  # Spring Festival in between
        ("2026-02-14", 5, "2026-02-28"),  # from one worked Saturday to the next
        ("2026-04-30", 5, "2026-05-11"),
        ("2026-09-24", 5, "2026-10-09"),
        ("2026-09-30", 1, "2026-10-08"),
        ("2026-10-01", 1, "2026-10-08"),
        ("2026-10-09", 1, "2026-10-10"),  # a Saturday that is worked
        ("2026-12-24", 5, "2026-12-31"),
    ],
)
def test_working_days_end_at_closing_time_of_the_right_day(received: str, n: int, due: str) -> None:
    """The day of receipt is not counted, and the notice decides which weekends are worked."""
    assert OFFICE.after(at(f"{received} 10:00"), days(n)) == at(f"{due} 17:30")
    assert OFFICE.working_days_between(date.fromisoformat(received), date.fromisoformat(due)) == n
    assert OFFICE.nth_after(np.array([received], "datetime64[D]"), n) == np.datetime64(due)


def test_what_comes_at_one_minute_to_midnight_counts_from_the_same_day_as_what_comes_at_nine() -> None:
    """A limit in days does not depend on the hour of the start."""
    dues = {OFFICE.after(at(f"2026-03-04 {hour}"), days(1)) for hour in ("00:00", "09:00", "17:31", "23:59")}
    assert dues == {at("2026-03-05 17:30")}


@pytest.mark.parametrize("day", ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"])
def test_a_make_up_day_is_worked_although_it_is_a_weekend(day: str) -> None:
    worked = date.fromisoformat(f"2026-{day}")
    assert worked.weekday() >= 5
    assert OFFICE.is_working_day(worked)
    assert OFFICE.day_length(worked) == timedelta(hours=7)


def test_2026_has_these_six_make_up_days_and_no_other() -> None:
    worked = [f"{d.day:%m-%d}" for d in shipped_days() if d.day.year == 2026 and d.kind == "workday"]
    assert worked == ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]


def test_every_day_from_2004_to_2026_is_worked_exactly_if_the_notices_say_so() -> None:
    first, last = date(2004, 1, 1), date(2026, 12, 31)
    all_days = [first + timedelta(n) for n in range((last - first).days + 1)]
    assert [d for d in all_days if OFFICE.is_working_day(d) != chinese_calendar.is_workday(d)] == []
    # The numbers must agree with the days as well, for it is the numbers that are counted with.
    assert [
        d for d in all_days if OFFICE.working_days_between(d - timedelta(1), d) != OFFICE.is_working_day(d)
    ] == []


def test_five_days_before_a_meeting_is_closing_time_five_working_days_earlier() -> None:
    assert OFFICE.before(at("2026-10-09 09:00"), days(5)) == at("2026-09-24 17:30")
    assert OFFICE.before(at("2026-02-24 14:00"), days(1)) == at("2026-02-14 17:30")
    assert OFFICE.before(at("2026-02-17 14:00"), days(1)) == at("2026-02-14 17:30")  # event on a day off


def test_overdue_days_are_counted_in_working_days_and_early_ones_are_negative() -> None:
    assert OFFICE.working_days_between(date(2026, 9, 30), date(2026, 10, 7)) == 0
    assert OFFICE.working_days_between(date(2026, 9, 30), date(2026, 10, 10)) == 3
    assert OFFICE.working_days_between(date(2026, 10, 10), date(2026, 9, 30)) == -3


# --- hours


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        ("2026-03-04 09:00", 2, "2026-03-04 11:00"),
        ("2026-03-04 09:00", 3, "2026-03-04 12:00"),  # not 13:30: it is done when the morning is over
        ("2026-03-04 11:00", 2, "2026-03-04 14:30"),  # lunch is nobody's working time
        ("2026-03-04 12:45", 1, "2026-03-04 14:30"),
        ("2026-03-04 07:00", 1, "2026-03-04 10:00"),
        ("2026-03-04 16:30", 4, "2026-03-05 12:00"),
        ("2026-03-04 20:00", 7, "2026-03-05 17:30"),
        ("2026-03-06 17:00", 1, "2026-03-09 09:30"),  # over a weekend
        ("2026-02-13 17:00", 1, "2026-02-14 09:30"),  # into a Saturday that is worked
        ("2026-02-14 17:00", 1, "2026-02-24 09:30"),  # over Spring Festival
        ("2026-09-30 17:29", 1, "2026-10-08 09:59"),
    ],
)
def test_working_hours_run_only_while_the_office_is_open(start: str, n: int, due: str) -> None:
    assert OFFICE.after(at(start), hours(n)) == at(due)
    assert OFFICE.between(at(start), at(due)) == timedelta(hours=n)


@pytest.mark.parametrize(
    ("event", "n", "latest"),
    [
        ("2026-03-04 17:30", 4, "2026-03-04 13:30"),  # the last moment: after lunch, not before it
        ("2026-03-04 14:30", 2, "2026-03-04 11:00"),
        ("2026-03-05 10:00", 2, "2026-03-04 16:30"),
        ("2026-03-05 10:00", 1, "2026-03-05 09:00"),  # this morning, not closing time yesterday
        ("2026-02-24 10:00", 2, "2026-02-14 16:30"),
    ],
)
def test_working_hours_before_an_event_are_counted_backwards(event: str, n: int, latest: str) -> None:
    assert OFFICE.before(at(event), hours(n)) == at(latest)
    assert OFFICE.between(at(latest), at(event)) == timedelta(hours=n)


def test_twenty_four_hours_are_hours_of_the_clock_even_over_a_holiday() -> None:
    """C2: 24 and 48 hours are clock hours unless a step says otherwise."""
    assert OFFICE.after(at("2026-09-30 16:00"), Limit(clock_hours=24)) == at("2026-10-01 16:00")
    assert OFFICE.before(at("2026-10-01 16:00"), Limit(clock_hours=48)) == at("2026-09-29 16:00")


def test_working_time_is_nothing_when_the_end_is_not_later_or_the_office_is_closed() -> None:
    assert OFFICE.between(at("2026-03-05 10:00"), at("2026-03-04 10:00")) == timedelta(0)
    assert OFFICE.between(at("2026-03-05 10:00"), at("2026-03-05 10:00")) == timedelta(0)
    assert OFFICE.between(at("2026-10-01 00:00"), at("2026-10-08 09:00")) == timedelta(0)
    assert OFFICE.between(at("2026-03-04 12:00"), at("2026-03-04 13:30")) == timedelta(0)


def test_a_half_day_ends_at_noon() -> None:
    """N9: the office closes for the afternoon, so what is due that day is due at noon."""
    assert HALF.day_length(NEW_YEARS_EVE) == timedelta(hours=3)
    assert HALF.after(at("2026-12-30 15:00"), days(1)) == at("2026-12-31 12:00")
    assert HALF.before(at("2027-01-04 09:00"), days(1)) == at("2026-12-31 12:00")
    assert HALF.after(at("2026-12-31 11:00"), hours(2)) == at("2027-01-04 10:00")
    assert HALF.before(at("2027-01-04 10:00"), hours(2)) == at("2026-12-31 11:00")
    assert HALF.between(at("2026-12-31 09:00"), at("2026-12-31 17:30")) == timedelta(hours=3)


def test_a_saturday_entered_as_a_half_day_is_worked_in_the_morning() -> None:
    assert HALF.is_working_day(SATURDAY_MORNING)
    assert HALF.after(at("2026-03-13 10:00"), days(1)) == at("2026-03-14 12:00")
    assert HALF.day_length(date(2026, 3, 15)) == timedelta(0)


# --- zones


def test_the_same_moment_told_in_another_zone_has_the_same_deadline_in_the_offices_zone() -> None:
    """20:00 in New York is already the next morning in Shanghai, and that day is the one not counted."""
    evening = at("2026-03-03 20:00", NEW_YORK)  # 09:00 on the 4th in Shanghai
    for start in (evening, evening.astimezone(UTC), evening.astimezone(SHANGHAI)):
        assert OFFICE.after(start, days(1)).isoformat() == "2026-03-05T17:30:00+08:00"
        assert OFFICE.after(start, hours(4)).isoformat() == "2026-03-04T14:30:00+08:00"
        assert OFFICE.after(start, Limit(clock_hours=24)).isoformat() == "2026-03-05T09:00:00+08:00"
        assert OFFICE.before(start, days(1)).isoformat() == "2026-03-03T17:30:00+08:00"


@pytest.fixture(params=["UTC", "America/New_York", "Pacific/Kiritimati"])
def a_machine_elsewhere(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = os.environ.get("TZ")
    monkeypatch.setenv("TZ", request.param)
    clock.tzset()
    yield
    monkeypatch.undo()
    assert os.environ.get("TZ") == before
    clock.tzset()


@pytest.mark.usefixtures("a_machine_elsewhere")
def test_it_does_not_matter_where_the_machine_thinks_it_is() -> None:
    start = at("2026-09-30 00:30")
    assert OFFICE.after(start, days(1)).isoformat() == "2026-10-08T17:30:00+08:00"
    assert OFFICE.after(start, hours(8)).isoformat() == "2026-10-08T10:00:00+08:00"
    assert OFFICE.after(start, Limit(clock_hours=24)).isoformat() == "2026-10-01T00:30:00+08:00"
    assert OFFICE.between(start, at("2026-10-08 10:00")) == timedelta(hours=8)
    assert not OFFICE.is_provisional(datetime(2026, 12, 31, 15, 59, tzinfo=UTC))
    assert OFFICE.is_provisional(datetime(2026, 12, 31, 16, 0, tzinfo=UTC))  # midnight in Shanghai


def test_a_moment_without_a_zone_is_a_programmers_fault() -> None:
    naive = datetime(2026, 3, 4, 10)
    aware = at("2026-03-04 10:00")
    for question in (
        lambda: OFFICE.after(naive, days(1)),
        lambda: OFFICE.before(naive, Limit(clock_hours=1)),
        lambda: OFFICE.between(naive, aware),
        lambda: OFFICE.between(aware, naive),
        lambda: OFFICE.is_provisional(naive),
    ):
        with pytest.raises(ValueError, match="needs a time zone"):
            question()


def test_shanghais_summer_time_moves_the_clock_and_not_the_office() -> None:
    """Clocks went forward on Sunday 4 May 1986: a day of 23 hours, and Monday began at nine as ever."""
    saturday = at("1986-05-03 12:00")
    assert OFFICE.after(saturday, Limit(clock_hours=24)).isoformat() == "1986-05-04T13:00:00+09:00"
    assert OFFICE.before(at("1986-05-04 13:00"), Limit(clock_hours=24)) == saturday
    assert OFFICE.after(at("1986-05-02 17:00"), hours(1)).isoformat() == "1986-05-05T09:30:00+09:00"
    assert OFFICE.between(at("1986-05-02 17:00"), at("1986-05-05 09:30")) == timedelta(hours=1)
    assert OFFICE.after(at("1986-05-02 17:00"), days(1)).isoformat() == "1986-05-05T17:30:00+09:00"


# --- years without a notice


def test_five_days_from_28_december_reach_into_a_year_without_a_notice() -> None:
    """The library fails for any day of 2027, which stopped offices every January; this calendar goes on."""
    due = OFFICE.after(at("2026-12-28 09:00"), days(5))
    assert due == at("2027-01-05 17:30")
    assert OFFICE.is_provisional(due)


def test_a_deadline_is_provisional_until_its_year_has_a_notice() -> None:
    """N9: the page says so, for the day may still move."""
    assert not OFFICE.is_provisional(at("2026-12-31 17:30"))
    assert OFFICE.is_provisional(at("2027-03-01 17:30"))
    assert OFFICE.is_provisional(date(2028, 3, 1))
    assert OFFICE.is_provisional(date(2029, 3, 1))
    assert OFFICE.is_provisional(date(2099, 3, 1))
    assert not OFFICE.is_provisional(date(2004, 1, 1))
    assert not OFFICE.is_provisional(date(1999, 1, 1))  # long past: no notice will come


def test_once_the_notice_of_2027_is_entered_its_deadlines_are_certain() -> None:
    notice = SpecialDay(date(2027, 2, 6), "workday", "春节调休上班", PUBLISHED)
    calendar = calendar_from(
        [*shipped_days(), notice], hours=OFFICE_HOURS, provisional=frozenset({2028}), zone=SHANGHAI
    )
    assert not calendar.is_provisional(date(2027, 3, 1))
    assert calendar.is_provisional(date(2028, 3, 1))
    assert calendar.is_working_day(date(2027, 2, 6))


def test_a_calendar_in_which_nothing_is_named_is_provisional_throughout() -> None:
    assert WorkingCalendar(SHANGHAI).is_provisional(date(2026, 3, 4))


def test_2027_and_2028_are_shipped_with_their_statutory_days_off_and_say_so() -> None:
    shipped = {special.day: special for special in shipped_days()}
    assert shipped[date(2027, 10, 1)] == SpecialDay(date(2027, 10, 1), "holiday", "国庆节", EXPECTED)
    assert shipped[date(2028, 1, 26)] == SpecialDay(date(2028, 1, 26), "holiday", "春节", EXPECTED)
    unpublished = [special for special in shipped.values() if special.day.year > 2026]
    assert {special.day.year for special in unpublished} == SHIPPED_PROVISIONAL
    assert {(special.kind, special.source) for special in unpublished} == {("holiday", EXPECTED)}


def test_shipped_days_have_chinese_names_and_are_only_the_exceptions() -> None:
    shipped = shipped_days()
    named = {special.day: (special.kind, special.name, special.source) for special in shipped}
    assert named[date(2026, 10, 10)] == ("workday", "国庆节调休上班", PUBLISHED)
    assert named[date(2026, 2, 17)] == ("holiday", "春节", PUBLISHED)
    assert named[date(2026, 4, 6)] == ("holiday", "清明节", PUBLISHED)
    assert all(earlier.day < later.day for earlier, later in pairwise(shipped))
    assert all((special.day.weekday() < 5) == (special.kind == "holiday") for special in shipped)


def test_the_offices_own_entry_corrects_the_notice() -> None:
    """N9: a local holiday on a make-up day; the later entry for a day is the one that counts."""
    local = SpecialDay(date(2026, 5, 9), "holiday", "本单位放假", "本单位通知")
    calendar = calendar_from(
        [*shipped_days(), local], hours=OFFICE_HOURS, provisional=SHIPPED_PROVISIONAL, zone=SHANGHAI
    )
    assert calendar.after(at("2026-05-08 10:00"), days(1)) == at("2026-05-11 17:30")


@pytest.mark.parametrize(
    "spans",
    [
        (),
        ((time(9), time(9)),),
        ((time(13), time(17)), (time(9), time(12))),
        ((time(9), time(12)), (time(11), time(17))),
    ],
)
def test_office_hours_that_make_no_day_are_turned_down(spans: tuple[tuple[time, time], ...]) -> None:
    with pytest.raises(ValueError, match="office hours"):
        WorkingCalendar(SHANGHAI, spans)


# --- far from today


def test_far_from_today_the_weekday_rule_goes_on() -> None:
    """A retention period or an old file must not stop a page: 1 May 2050 is a Sunday."""
    assert OFFICE.after(at("2050-04-29 10:00"), days(1)) == at("2050-05-02 17:30")
    assert OFFICE.after(at("2045-12-29 17:00"), hours(8)) == at("2046-01-02 09:30")
    assert OFFICE.before(at("2046-01-01 10:00"), days(1)) == at("2045-12-29 17:30")
    assert OFFICE.after(at("1999-12-31 10:00"), days(1)) == at("2000-01-03 17:30")
    assert OFFICE.before(at("2000-01-03 10:00"), hours(9)) == at("1999-12-30 16:30")
    assert OFFICE.after(at("2050-04-29 09:00"), hours(7)) == at("2050-04-29 17:30")
    assert OFFICE.after(at("1998-12-30 09:00"), hours(7)) == at("1998-12-30 17:30")
    assert OFFICE.working_days_between(date(1, 1, 1), date(9999, 12, 31)) > 2_600_000


def test_a_lists_deadlines_are_found_even_if_some_of_its_dates_are_far_away() -> None:
    starts = np.array(["1999-12-31", "2026-09-30", "2045-12-29", "2050-04-29"], "datetime64[D]")
    dues = np.array(["2000-01-03", "2026-10-08", "2046-01-01", "2050-05-02"], "datetime64[D]")
    assert OFFICE.nth_after(starts, 1).tolist() == dues.tolist()


def test_a_list_with_a_missing_day_or_a_limit_of_nothing_is_turned_down() -> None:
    with pytest.raises(ValueError, match="missing"):
        OFFICE.nth_after(np.array(["2026-03-04", "NaT"], "datetime64[D]"), 1)
    with pytest.raises(ValueError, match="1 or more"):
        OFFICE.nth_after(np.array(["2026-03-04"], "datetime64[D]"), 0)
    assert OFFICE.nth_after(np.array([], "datetime64[D]"), 1).size == 0


# --- what holds for every moment

moments = st.datetimes(datetime(1980, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))
calendars = st.sampled_from([OFFICE, HALF, WorkingCalendar(NEW_YORK, ((time(8), time(16)),))])


@given(calendars, moments, st.integers(1, 2000))
def test_a_deadline_of_n_days_is_n_working_days_away(
    calendar: WorkingCalendar, start: datetime, n: int
) -> None:
    local, due = start.astimezone(calendar.zone), calendar.after(start, days(n))
    assert calendar.working_days_between(local.date(), due.date()) == n
    assert calendar.is_working_day(due.date())


@given(calendars, moments, st.integers(1, 2000))
def test_a_deadline_of_n_hours_leaves_n_working_hours(
    calendar: WorkingCalendar, start: datetime, n: int
) -> None:
    assert calendar.between(start, calendar.after(start, hours(n))) == timedelta(hours=n)
    assert calendar.between(calendar.before(start, hours(n)), start) == timedelta(hours=n)


@given(calendars, st.lists(moments, min_size=3, max_size=3))
def test_working_time_adds_up(calendar: WorkingCalendar, three: list[datetime]) -> None:
    first, second, third = sorted(three)
    whole = calendar.between(first, second) + calendar.between(second, third)
    assert calendar.between(first, third) == whole


@given(calendars, moments, st.integers(1, 500))
def test_going_forward_and_back_again_loses_only_time_in_which_the_office_is_closed(
    calendar: WorkingCalendar, start: datetime, n: int
) -> None:
    back = calendar.before(calendar.after(start, hours(n)), hours(n))
    assert back >= start
    assert calendar.between(start, back) == timedelta(0)


@given(calendars, moments, st.integers(1, 500))
def test_n_days_before_a_deadline_of_n_days_is_the_start_or_the_working_day_before_it(
    calendar: WorkingCalendar, start: datetime, n: int
) -> None:
    back = calendar.before(calendar.after(start, days(n)), days(n)).date()
    local = start.astimezone(calendar.zone).date()
    assert back <= local
    assert calendar.working_days_between(back, local) == 0
    assert calendar.is_working_day(back)


@given(moments, st.integers(-50_000, 50_000).filter(bool))
def test_clock_hours_are_exactly_so_many_hours_later(start: datetime, n: int) -> None:
    limit = Limit(clock_hours=abs(n))
    moved = OFFICE.after(start, limit) if n > 0 else OFFICE.before(start, limit)
    assert moved.astimezone(UTC) - start == timedelta(hours=n)
    assert moved.tzinfo is SHANGHAI


@given(st.lists(st.tuples(st.dates(date(1900, 1, 1), date(2150, 1, 1)), st.integers(1, 300)), min_size=1))
def test_a_list_of_deadlines_is_the_deadlines_one_by_one(pairs: list[tuple[date, int]]) -> None:
    starts, counts = np.array([d for d, _ in pairs], "datetime64[D]"), np.array([n for _, n in pairs])
    singly = [OFFICE.after(datetime.combine(day, time(10), SHANGHAI), days(n)).date() for day, n in pairs]
    assert OFFICE.nth_after(starts, counts).tolist() == singly
    ordinals = np.array([day.toordinal() for day, _ in pairs])
    assert OFFICE.nth_after(ordinals, counts).tolist() == [day.toordinal() for day in singly]


# --- the slow way: walk through the calendar, which needs no table and is plain to see


def walked_days(calendar: WorkingCalendar, day: date, n: int, step: int) -> date:
    while n:
        day += timedelta(step)
        n -= calendar.is_working_day(day)
    return day


def opened(calendar: WorkingCalendar, minute: datetime) -> bool:
    """Whether the office is open in the minute that begins here."""
    spans = calendar.hours[:1] if minute.date() in calendar.half_days else calendar.hours
    inside = any(begins <= minute.time() < ends for begins, ends in spans)
    return inside and calendar.is_working_day(minute.date())


def walked_minutes(calendar: WorkingCalendar, start: datetime, n: int, step: int) -> datetime:
    """Minute by minute until `n` of them were working time."""
    minute = timedelta(minutes=1)
    while n:
        n -= opened(calendar, start if step > 0 else start - minute)
        start += step * minute
    return start


def test_the_table_agrees_with_a_walk_through_the_calendar() -> None:
    """Around the holidays, the make-up days, the half-days and lunch of late 2025 to early 2027."""
    rng = random.Random(20260213)
    for _ in range(300):
        start = at("2025-12-20 00:00") + timedelta(minutes=rng.randrange(390 * 24 * 60))
        n = rng.randint(1, 12)
        calendar = rng.choice([OFFICE, HALF])
        due, latest = calendar.after(start, days(n)), calendar.before(start, days(n))
        assert due.date() == walked_days(calendar, start.date(), n, 1)
        assert latest.date() == walked_days(calendar, start.date(), n, -1)
        assert due.time() == (time(12) if due.date() in calendar.half_days else time(17, 30))
        assert calendar.after(start, hours(n)) == walked_minutes(calendar, start, 60 * n, 1)
        assert calendar.before(start, hours(n)) == walked_minutes(calendar, start, 60 * n, -1)


def test_working_time_agrees_with_minutes_counted_one_by_one() -> None:
    rng = random.Random(20261231)
    for _ in range(100):
        start = at("2026-12-01 00:00") + timedelta(minutes=rng.randrange(40 * 24 * 60))
        length = rng.randrange(5 * 24 * 60)
        counted = sum(opened(HALF, start + timedelta(minutes=m)) for m in range(length))
        assert HALF.between(start, start + timedelta(minutes=length)) == timedelta(minutes=counted)


def test_a_day_is_as_long_as_the_working_time_from_midnight_to_midnight() -> None:
    for day in (date(2026, 1, 1) + timedelta(n) for n in range(365)):
        midnight = datetime.combine(day, time(), SHANGHAI)
        assert HALF.day_length(day) == HALF.between(midnight, midnight + timedelta(1))

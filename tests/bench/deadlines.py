"""B5: a million deadlines in working days beside numpy's own, and one beside chinesecalendar's."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import chinese_calendar
import numpy as np

from core.worktime import Limit
from db.holidays import shipped_calendar
from tests.bench.measuring import Line, Lines, typical, typical_of_pair

COUNT = 1_000_000


def lines(folder: Path) -> Lines:
    """All at once as an import would, then one by one as a command does."""
    calendar = shipped_calendar()
    dice = np.random.default_rng(1)
    first = np.datetime64("2015-01-01")
    starts = first + dice.integers(0, 4000, COUNT)
    counts = dice.integers(1, 61, COUNT)
    rest = [day for day in (first + np.arange(4400)) if not calendar.is_working_day(day.astype(object))]
    business = np.busdaycalendar(weekmask="1111111", holidays=rest)

    def theirs() -> object:
        return np.busday_offset(starts, counts, roll="backward", busdaycal=business)

    if not (calendar.nth_after(starts, counts) == theirs()).all():
        raise AssertionError("the two calendars differ")
    ours, numpy = typical_of_pair(lambda: calendar.nth_after(starts, counts), theirs)
    yield Line("B5 a million deadlines", ours, numpy, "busday_offset", 1 / 50)
    start = datetime(2026, 9, 24, 10, tzinfo=UTC)
    each = typical(lambda: [calendar.after(start, Limit(days=5)) for _ in range(1000)]) / 1000
    loop = typical(lambda: [_counted(start.date(), 5) for _ in range(50)]) / 50
    yield Line("B5 one deadline, as a command counts it", each, loop, "chinesecalendar loop", 1 / 10)


def _counted(day, days):  # type: ignore[no-untyped-def]
    while days:
        day += timedelta(days=1)
        days -= chinese_calendar.is_workday(day)
    return day

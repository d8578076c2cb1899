"""Who is wanted twice at the same time, and when they are free (C17, N18)."""

from datetime import datetime, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.conflicts import alternatives, free, merged, overlap, pairs

HOUR, HALF = timedelta(hours=1), timedelta(minutes=30)


def at(hour, minute=0, day=3):
    return datetime(2026, 12, day, hour, minute)


USES = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 300), st.integers(1, 90)), min_size=0, max_size=40
)


@settings(max_examples=300, deadline=None)
@given(USES)
def test_the_pairs_are_those_that_comparing_each_with_each_finds(uses):
    """Whatever is sorted and searched at once is what the slow and plain way finds."""
    of, begins, length = (np.array([use[n] for use in uses], dtype=np.int64) for n in range(3))
    ends = begins + length
    found = {frozenset(map(int, pair)) for pair in zip(*pairs(of, begins, ends), strict=True)}
    plain = {
        frozenset({i, j})
        for i in range(len(uses))
        for j in range(i)
        if of[i] == of[j] and begins[i] < ends[j] and begins[j] < ends[i]
    }
    assert found == plain


def test_touching_ends_are_no_conflict():
    """C17: from nine to ten and from ten to eleven share no moment."""
    assert not overlap((at(9), at(10)), (at(10), at(11)))
    assert overlap((at(9), at(10, 1)), (at(10), at(11)))
    assert [len(side) for side in pairs(np.array([1, 1]), np.array([540, 600]), np.array([600, 660]))] == [
        0,
        0,
    ]


def test_busy_times_become_one_where_they_meet():
    """Two meetings on end are one busy time."""
    assert merged([(at(10), at(11)), (at(9), at(10)), (at(14), at(15))]) == [
        (at(9), at(11)),
        (at(14), at(15)),
    ]


def test_free_times_are_long_enough_and_within_office_hours():
    """Between eight and twelve, with nine to ten and eleven to half past taken, one hour is free twice."""
    busy = [(at(9), at(10)), (at(11), at(11, 30))]
    assert free(busy, [(at(8), at(12))], HOUR) == [(at(8), at(9)), (at(10), at(11))]
    assert free([], [(at(8), at(8, 30))], HOUR) == []


def test_alternatives_begin_on_the_half_hour():
    """From ten past nine the first that fits begins at half past nine; three are enough."""
    found = alternatives([(at(8), at(9, 10))], [(at(8), at(12)), (at(14), at(17))], HOUR, step=HALF, most=3)
    assert found == [(at(9, 30), at(10, 30)), (at(10), at(11)), (at(10, 30), at(11, 30))]

"""Who and what is wanted twice at the same time, and when they are free (C17, N18).

Times are half-open: what ends at ten and what begins at ten do not touch one another. The arithmetic is in whole
minutes since any moment that is the same for all.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt

Minutes = npt.NDArray[np.int64]
"""Numbers of things or of minutes, one for each use of something."""

Span = tuple[datetime, datetime]
"""From a moment up to, and without, another."""


def pairs(of: Minutes, begins: Minutes, ends: Minutes) -> tuple[Minutes, Minutes]:
    """Every two uses of the same thing (`of`) that overlap, as two arrays of positions, the earlier use first.

    Sorted by thing and beginning, whatever overlaps a use stands right behind it: O(n log n + pairs), which a
    year's view of thousands of entries needs.
    """
    apart = int(max(ends.max(initial=0), begins.max(initial=0)) - min(begins.min(initial=0), 0)) + 1
    order = np.lexsort((ends, begins, of))
    key = of[order] * apart + begins[order]
    until = of[order] * apart + ends[order]
    behind = np.searchsorted(key, until, "left")
    here = np.arange(len(order))
    count = np.maximum(behind - here - 1, 0)
    first = np.repeat(here, count)
    second = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + first + 1
    return order[first], order[second]


def overlap(one: Span, other: Span) -> bool:
    """Whether two spans share a moment; touching ends do not."""
    return one[0] < other[1] and other[0] < one[1]


def merged(busy: Iterable[Span]) -> list[Span]:
    """Busy times in their order, what overlaps or touches as one."""
    found: list[Span] = []
    for begins, ends in sorted(busy):
        if found and begins <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], ends)
        else:
            found.append((begins, ends))
    return found


def free(busy: Iterable[Span], within: Iterable[Span], length: timedelta) -> list[Span]:
    """The gaps of at least this length that are left of the times `within`, in their order."""
    taken = merged(busy)
    return [gap for span in within for gap in _gaps(taken, span) if gap[1] - gap[0] >= length]


def _gaps(taken: Sequence[Span], within: Span) -> Iterable[Span]:
    at, end = within
    for begins, ends in taken:
        if ends <= at or begins >= end:
            continue
        if begins > at:
            yield at, begins
        at = max(at, ends)
    if at < end:
        yield at, end


def alternatives(
    busy: Iterable[Span], within: Iterable[Span], length: timedelta, *, step: timedelta, most: int
) -> list[Span]:
    """The first beginnings at which something of this length fits, on full steps of the clock."""
    found: list[Span] = []
    for begins, ends in free(busy, within, length):
        at = _full(begins, step)
        while at + length <= ends and len(found) < most:
            found.append((at, at + length))
            at += step
    return found


def _full(at: datetime, step: timedelta) -> datetime:
    """The next full step of the clock of that day."""
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + -(-(at - midnight) // step) * step

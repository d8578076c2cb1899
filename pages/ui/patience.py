"""Slowing down whoever guesses, in the memory of this process: nothing about it is kept anywhere."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

REMEMBERED = timedelta(hours=1)
MOST = 10_000
"""How many who guess are remembered; beyond, whoever has been quiet for longest is forgotten."""


class Patience:
    """How long somebody has to wait after failures: nothing while some are free, then twice as long with each."""

    def __init__(
        self, free: int, first: timedelta, longest: timedelta, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._free, self._first, self._longest = free, first.total_seconds(), longest.total_seconds()
        self._clock = clock
        self._guard = threading.Lock()
        self._failed: dict[str, tuple[int, float]] = {}

    def left(self, who: str) -> int:
        """The whole seconds that this one still has to wait; 0 for none."""
        with self._guard:
            count, last = self._failed.get(who, (0, 0.0))
        beyond = count - self._free
        if beyond < 0:
            return 0
        until = last + min(self._longest, self._first * 2 ** min(beyond, 20))
        return max(0, -int(-(until - self._clock()) // 1))

    def count(self, who: str) -> None:
        """One more failure."""
        now = self._clock()
        with self._guard:
            count, last = self._failed.pop(who, (0, now))
            fresh = now - last < REMEMBERED.total_seconds()
            self._failed[who] = (count + 1 if fresh else 1, now)
            while len(self._failed) > MOST:
                self._failed.pop(next(iter(self._failed)))


class Pace:
    """How much at once: so many in a stretch of time for each, and no more until some of it has passed."""

    def __init__(self, most: int, within: timedelta, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._within, self._clock = most, within.total_seconds(), clock
        self._guard = threading.Lock()
        self._seen: dict[str, list[float]] = {}

    def count(self, who: str) -> int:
        """One more of theirs, if it is not too much: 0, else the whole seconds until the next one is taken."""
        now = self._clock()
        with self._guard:
            recent = [at for at in self._seen.pop(who, []) if at > now - self._within]
            wait = recent[0] + self._within - now if len(recent) >= self._most else 0.0
            self._seen[who] = recent if wait > 0 else [*recent, now]
            while len(self._seen) > MOST:
                self._seen.pop(next(iter(self._seen)))
        return max(0, -int(-wait // 1))

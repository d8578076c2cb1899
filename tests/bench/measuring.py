"""A line of the bench: what ours takes beside a reference, and whether that is near enough."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Line:
    """Seconds of ours and of the reference; the ratio may be at most `target`."""

    name: str
    ours: float
    reference: float
    against: str
    target: float

    @property
    def ratio(self) -> float:
        return self.ours / self.reference

    @property
    def ok(self) -> bool:
        return self.ratio <= self.target

    def __str__(self) -> str:
        verdict = "ok" if self.ok else "MISSED"
        return (
            f"{self.name:<42} ours {spoken(self.ours):>10}  {self.against} {spoken(self.reference):>10}"
            f"  ratio {self.ratio:8.3f}  target ≤ {self.target:g}  {verdict}"
        )


Lines = Iterator[Line]


def spoken(seconds: float) -> str:
    """A time with the unit that suits it."""
    for unit, factor in (("s", 1.0), ("ms", 1e3), ("µs", 1e6)):
        if seconds * factor >= 1:
            return f"{seconds * factor:.2f} {unit}"
    return f"{seconds * 1e9:.1f} ns"


def timed(action: Callable[[], Any]) -> float:
    """How long it takes once."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def typical(action: Callable[[], Any], times: int = 7, warm: int = 1) -> float:
    """The median of several runs, after some that warm up."""
    for _ in range(warm):
        action()
    return median(timed(action) for _ in range(times))


def typical_of_pair(
    ours: Callable[[], Any], reference: Callable[[], Any], times: int = 7, warm: int = 1
) -> tuple[float, float]:
    """Both medians, measured in turn, so that a busy moment of the machine falls on both."""
    for _ in range(warm):
        ours(), reference()
    pairs = [(timed(ours), timed(reference)) for _ in range(times)]
    return median(a for a, _ in pairs), median(b for _, b in pairs)


def percentile(times: list[float], percent: float) -> float:
    """The time that so many percent stay under."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]

"""Long stories, told by `make soak` only: OFFICE_SOAK_MINUTES (10) is shared among them, and each says its figures."""

import os
import time
from collections.abc import Callable, Iterator
from itertools import count

import pytest

MINUTES = float(os.environ.get("OFFICE_SOAK_MINUTES", "10"))

Rounds = Callable[[int, float], Iterator[int]]


@pytest.fixture
def rounds() -> Rounds:
    """`rounds(15, 0.3)`: up to fifteen rounds, as long as three tenths of the time are not used up."""

    def turns(most: int, share: float) -> Iterator[int]:
        until = time.monotonic() + share * MINUTES * 60
        for n in count():
            if n and (n == most or time.monotonic() > until):
                return
            yield n

    return turns


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Print a line to whoever waits for the end."""

    def line(text: str) -> None:
        with capsys.disabled():
            print(f"\n  {text}", end="", flush=True)

    return line

"""How many pages are drawn at the same time: Python draws one after the other anyway."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

AT_ONCE = 2
"""While one page waits for the database or the disk, another one is drawn. With fifty at once instead, whose threads
take the interpreter from one another every few milliseconds, each page costs twice the time, and all of them are
ready only at the very end.
"""

LONGEST = 5.0
"""Seconds after which somebody is served all the same: a page that takes long must not hold up the others."""

_free = threading.Semaphore(AT_ONCE)


@contextmanager
def turn() -> Iterator[None]:
    """Wait until it is one's turn to draw a page."""
    mine = _free.acquire(timeout=LONGEST)
    try:
        yield
    finally:
        if mine:
            _free.release()

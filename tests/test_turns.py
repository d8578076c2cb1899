"""Whoever comes in a crowd is served in turn; who is held up by others is served all the same."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from pages.ui import turns


def test_a_crowd_is_served_two_at_a_time() -> None:
    """Twenty open the overview in the same second: never more than two pages are drawn at once, and every one is."""
    drawing, most, counting = 0, 0, threading.Lock()

    def page(_: int) -> None:
        nonlocal drawing, most
        with turns.turn():
            with counting:
                drawing += 1
                most = max(most, drawing)
            time.sleep(0.01)
            with counting:
                drawing -= 1

    with ThreadPoolExecutor(20) as people:
        assert len([*people.map(page, range(20))]) == 20
    assert most == turns.AT_ONCE


def test_a_page_that_fails_gives_its_turn_back() -> None:
    """A fault on the page of one person costs nobody else anything."""
    for _ in range(3 * turns.AT_ONCE):
        with pytest.raises(ZeroDivisionError), turns.turn():
            _ = 1 / 0
    began = time.monotonic()
    with turns.turn():
        assert time.monotonic() - began < 1


def test_two_long_pages_do_not_hold_up_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two people draw a year's papers; the third waits a moment and is served beside them."""
    monkeypatch.setattr(turns, "LONGEST", 0.05)
    over, begun = threading.Event(), threading.Semaphore(0)

    def long_page(_: int) -> None:
        with turns.turn():
            begun.release()
            over.wait(10)

    with ThreadPoolExecutor(turns.AT_ONCE) as people:
        at_work = [people.submit(long_page, n) for n in range(turns.AT_ONCE)]
        for _ in at_work:
            begun.acquire()
        with turns.turn():
            assert not any(page.done() for page in at_work)
        over.set()
    with turns.turn():
        assert all(page.done() for page in at_work)

"""Fifty people at once, at work and in a hurry, before a real server (P6)."""

import random
import statistics
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import psutil
import pytest
from sqlalchemy import select

from db import chain
from db.engine import open_database
from db.seed import PASSWORD, PEOPLE
from db.sessions import Sessions
from db.tables import CaseRow
from tests.promises.visitor import Visitor
from tests.serving import Server, furnish_demo, start_server
from tests.soak.conftest import MINUTES

SESSIONS = 50
THINKING = 2.0
PAGES = ("overview", "desk", "incoming", "registers", "case", "search", "handbook")


@pytest.fixture
def server(tmp_path) -> Iterator[Server]:
    furnish_demo(tmp_path)
    with start_server(tmp_path) as running:
        yield running


class Crowd:
    """Fifty open pages; how long each answer took, and what went wrong."""

    def __init__(self, server: Server) -> None:
        self._server = server
        database = open_database(server.database_url)
        sessions = Sessions(database, chain.key_in(server.data))
        self._cookies = [sessions.sign_in(p.id, PASSWORD, "desk", datetime.now(UTC)) for p in PEOPLE]
        with database.reading() as session:
            self._cases = list(session.scalars(select(CaseRow.id)))
        database.close()
        self.seconds: list[float] = []
        self._open = threading.Barrier(SESSIONS + 1)
        self._leave = threading.Event()

    def work(self, seconds: float, thinking: float) -> tuple[list[float], float]:
        """What each action took while fifty work so long; and the megabytes a session costs the server."""
        with ThreadPoolExecutor(SESSIONS) as people:
            before = self._megabytes()
            at_work = [people.submit(self._one, n, seconds, thinking) for n in range(SESSIONS)]
            self._open.wait(120)
            self._open.wait(seconds + 120)
            after = self._megabytes()
            self._leave.set()
            took = [second for one in at_work for second in one.result()]
        return took, (after - before) / SESSIONS

    def warm_up(self) -> None:
        """Every page once for everybody: what the server keeps for all is no cost of a session."""
        for cookie in self._cookies:
            with Visitor(self._server, cookie) as visitor:
                for page in PAGES:
                    visitor.open(page, self._query(page, random.Random(0)))

    def _one(self, n: int, seconds: float, thinking: float) -> list[float]:
        chance, took = random.Random(n), []
        with Visitor(self._server, self._cookies[n % len(self._cookies)]) as visitor:
            visitor.open("overview")
            self._open.wait(120)
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                time.sleep(chance.uniform(0, 2 * thinking))
                page, began = chance.choice(PAGES), time.perf_counter()
                visitor.open(page, self._query(page, chance))
                took.append(time.perf_counter() - began)
            self._open.wait(120)
            self._leave.wait(60)
        return took

    def _query(self, page: str, chance: random.Random) -> str:
        return {"case": f"id={chance.choice(self._cases)}", "search": "q=安全"}.get(page, "")

    def _megabytes(self) -> float:
        (process,) = (p for p in psutil.Process().children() if "streamlit" in p.cmdline())
        return float(process.memory_info().rss) / 2**20


def test_fifty_people_are_served_within_a_second(server, say):
    crowd = Crowd(server)
    crowd.warm_up()
    took, megabytes = crowd.work(min(60.0, MINUTES * 12), THINKING)
    worst = statistics.quantiles(took, n=100)[98]
    say(
        f"50 sessions, {len(took)} pages: median {statistics.median(took) * 1000:.0f} ms, p99 {worst * 1000:.0f} ms"
    )
    say(f"memory of a session: {megabytes:.2f} MB")
    hurried, _ = Crowd(server).work(15, 0)
    say(f"50 sessions without a thought: {len(hurried) / 15:.0f} pages a second, "
        f"p99 {statistics.quantiles(hurried, n=100)[98] * 1000:.0f} ms")  # fmt: skip
    assert "page_fault" not in server.logged()
    assert worst < 1
    assert megabytes < 1

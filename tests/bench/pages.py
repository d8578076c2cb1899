"""B6: the overview drawn again over the real WebSocket, beside a bare hello page as everybody starts it."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import httpx
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from db import chain
from db.config import Settings
from db.holidays import shipped_calendar
from db.seed import build
from db.sessions import Sessions
from tests.bench.measuring import Line, Lines, percentile
from tests.serving import ROOT, free_port, start_server

TIMES, SESSIONS = 40, 50


def lines(folder: Path) -> Lines:
    """One person's page by itself, then fifty at once."""
    with _hello(folder, PLAIN) as address:
        hello = asyncio.run(_alone(address, ""))
        hello_crowd = asyncio.run(_crowd(address, [""] * SESSIONS))
    with _hello(folder, OURS) as address:
        floor = asyncio.run(_alone(address, ""))
    with _office(folder) as (address, tokens):
        ours = asyncio.run(_alone(address, tokens[0]))
        crowd = asyncio.run(_crowd(address, tokens))
    yield Line("B6 overview, p50", median(ours), median(hello), "plain hello", 0.5)
    yield Line("B6 overview, p95", percentile(ours, 95), percentile(hello, 95), "plain hello", 0.6)
    yield Line("B6 overview, p50", median(ours), median(floor), "hello, our settings", 4.5)
    yield Line("B6 a rerun among fifty people", crowd, hello_crowd, "plain hello", 1 / 1.5)


_RUN = "import sys; from streamlit.web import cli; sys.exit(cli.main())"
PLAIN = ["-c", f"import sys; sys.modules['uvloop'] = None; {_RUN}"]
"""Streamlit as `pip install streamlit` gives it, without the performance extra, and its defaults."""

OURS = ["-c", _RUN]
"""Streamlit as the program uses it; the flags are those of .streamlit/config.toml."""

_FLAGS = ("--runner.postScriptGC=false", "--runner.magicEnabled=false", "--server.fileWatcherType=none")


class Browser:
    """Speaks to Streamlit as a browser does, and waits for the end of each run."""

    def __init__(self, address: str, token: str) -> None:
        self._address, self._token = address, token

    async def open(self) -> "Browser":
        headers = {"Cookie": f"office={self._token}"} if self._token else {}
        self._socket = await websockets.connect(
            f"ws://{self._address}/_stcore/stream", subprotocols=["streamlit"], max_size=None, additional_headers=headers
        )  # fmt: skip
        return self

    async def rerun(self) -> float:
        asked = BackMsg()
        asked.rerun_script.query_string = ""
        start = time.perf_counter()
        await self._socket.send(asked.SerializeToString())
        while True:
            told = ForwardMsg()
            told.ParseFromString(await self._socket.recv())
            if told.WhichOneof("type") == "script_finished":
                return time.perf_counter() - start

    async def close(self) -> None:
        await self._socket.close()


async def _alone(address: str, token: str) -> list[float]:
    browser = await Browser(address, token).open()
    times = [await browser.rerun() for _ in range(TIMES + 10)][10:]
    await browser.close()
    return times


async def _crowd(address: str, tokens: list[str]) -> float:
    """Seconds a rerun takes the whole crowd, divided by how many there were."""
    browsers = [await Browser(address, token).open() for token in tokens]
    await asyncio.gather(*(browser.rerun() for browser in browsers))
    start = time.perf_counter()
    for _ in range(3):
        await asyncio.gather(*(browser.rerun() for browser in browsers))
    spent = time.perf_counter() - start
    await asyncio.gather(*(browser.close() for browser in browsers))
    return spent / (3 * len(browsers))


@contextmanager
def _office(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """The demonstration office, and fifty sessions of its people."""
    place = folder / "office"
    now = datetime.now(UTC).astimezone(shipped_calendar().zone)
    database = build(Settings(data_dir=place / "data"), now)
    tokens = _tokens(Sessions(database, chain.key_in(place / "data")), now)
    database.close()
    with start_server(place, ROOT) as server:
        yield server.url.removeprefix("http://"), tokens


def _tokens(sessions: Sessions, now: datetime) -> list[str]:
    from db.seed import PASSWORD

    return [sessions.sign_in("zhangwei", PASSWORD, "bench", now) for _ in range(SESSIONS)]


@contextmanager
def _hello(folder: Path, how: list[str]) -> Iterator[str]:
    """A page of one line."""
    (folder / "hello.py").write_text("import streamlit as st\nst.write('hello')\n")
    address = f"127.0.0.1:{free_port()}"
    command = [sys.executable, *how, "run", "hello.py", f"--server.port={address.split(':')[1]}"]
    more = ["--server.headless=true", "--browser.gatherUsageStats=false", "--server.address=127.0.0.1"]
    if how is OURS:
        more += _FLAGS
    process = subprocess.Popen(
        [*command, *more], cwd=folder, env=os.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(address)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def _wait(address: str) -> None:
    for _ in range(100):
        try:
            if httpx.get(f"http://{address}/_stcore/health").status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise RuntimeError("the hello page did not start")

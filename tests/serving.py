"""The real program for tests: its server in a process of its own, and a real browser in front of it."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

from db.config import Settings
from db.holidays import shipped_calendar
from db.seed import build
from tests.postgres_server import in_memory

ROOT = Path(__file__).parents[1]
CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

TIMELESS = {"OFFICE_PASSWORD_DAYS": "0"}
"""Stories happen on literal days, while the program they are told with looks at the real clock."""


@dataclass(frozen=True)
class Server:
    """A running program: its address, its data folder and what it has logged so far."""

    url: str
    data: Path
    log: Path

    @property
    def database_url(self) -> str:
        return f"sqlite:///{self.data / 'office.db'}"

    def logged(self) -> str:
        return self.log.read_text(encoding="utf-8")


@contextmanager
def start_server(folder: Path, root: Path = ROOT, **settings: str) -> Iterator[Server]:
    """`streamlit run app.py` on a free port, with its data in `folder`; ends with the block.

    `root` is where the program lies, for a test that changes a copy of it.
    """
    port, log = free_port(), folder / "server.log"
    data = folder / "data"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"],
            cwd=root,
            env={**os.environ, "OFFICE_DATA_DIR": str(data), **TIMELESS, **settings},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    server = Server(f"http://127.0.0.1:{port}", data, log)
    try:
        wait_until_up(server, process)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def furnish_demo(folder: Path) -> None:
    """The demonstration office, in the place where `start_server` looks for its data."""
    kept = demo_of_this_run()
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            with TemporaryDirectory(prefix="office-demo-", dir=in_memory()) as place:
                now = datetime.now(UTC).astimezone(shipped_calendar().zone)
                build(Settings(data_dir=Path(place, "data")), now).close()
                shutil.move(Path(place, "data"), kept)
    shutil.copytree(kept, folder / "data")


def demo_of_this_run() -> Path:
    """Where the demonstration office lies that all workers of a run copy: building it takes longest."""
    return Path(in_memory() or gettempdir(), f"office-demo-of-{os.environ['PYTEST_XDIST_TESTRUNUID']}")


def forget_demo() -> None:
    """The run is over."""
    shutil.rmtree(demo_of_this_run(), ignore_errors=True)
    demo_of_this_run().with_suffix(".lock").unlink(missing_ok=True)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium that calls nobody but us."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def visitor(browser: Browser, server: Server, *, phone: bool = False) -> Iterator[Page]:
    """Somebody with a browser of their own, Chinese, at a desk or with a phone."""
    size = {"width": 390, "height": 844} if phone else {"width": 1440, "height": 900}
    context = browser.new_context(base_url=server.url, locale="zh-CN", viewport=size)  # type: ignore[arg-type]
    try:
        yield context.new_page()
    finally:
        context.close()


def cookies_of(page: Page) -> Mapping[str, str]:
    """The browser's cookies by name."""
    return {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}


def create_office(page: Page, account: str = "wangmin", password: str = "Bangong-2026") -> None:
    """Fill the page of the first day, and be in."""
    page.goto("/")
    fields = {
        "办公室名称（必填）": "市政府办公室",
        "办公室主任姓名（必填）": "王敏",
        "登录账号（必填）": account,
        "密码（必填）": password,
        "再输一次密码（必填）": password,
    }
    for label, value in fields.items():
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_role("button", name="创建").click()
    page.get_by_role("button", name="退出").wait_for()


def sign_in(page: Page, account: str = "wangmin", password: str = "Bangong-2026", at: str = "/") -> None:
    """Open an address and sign in there."""
    page.goto(at)
    page.get_by_label("账号").fill(account)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()
    page.get_by_role("button", name="退出").wait_for()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_up(server: Server, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{server.url}/healthz", timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise RuntimeError(f"the server did not start:\n{server.logged()}")

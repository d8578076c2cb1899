"""What people do with the program in these stories: their browsers, and the few ways to use a page.

Everything waits for what can be seen, never for a time.
"""

import io
import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import docx
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, TimeoutError, expect

from tests.serving import Server

DESK = {"viewport": {"width": 1440, "height": 900}}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "user_agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
    "has_touch": True,
}
PICTURES = Path(__file__).parents[1] / "pictures"
NOWHERE = "about:blank"
ROW, HEADER = 36, 36
"""How high the rows of a table are drawn."""

OPEN: list["Visits"] = []
"""The visits of the story that is being told, for pictures of how it failed."""

expect.set_options(timeout=15_000)


@dataclass
class Visits:
    """Opens browsers for people, and knows afterwards what these browsers should never have done."""

    browser: Browser
    server: Server
    phone: bool = False
    broken: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)
    _open: ExitStack = field(default_factory=ExitStack)

    def stranger(self, *, phone: bool | None = None) -> Page:
        """A browser of somebody's own, with nobody signed in yet."""
        how: dict[str, Any] = PHONE if (self.phone if phone is None else phone) else DESK
        context = self.browser.new_context(
            base_url=self.server.url, locale="zh-CN", timezone_id="Asia/Shanghai", **how
        )
        self._open.callback(context.close)
        self._contexts.append(context)
        context.set_default_timeout(20_000)
        context.on("request", self._foreign)
        page = context.new_page()
        page.on(
            "dialog", lambda dialog: self.broken.append(f"a dialog: {dialog.message}") or dialog.dismiss()
        )
        page.on("pageerror", lambda error: self.broken.append(f"a script failed: {error}"))
        return page

    def person(self, account: str, password: str, at: str = "/", *, phone: bool | None = None) -> Page:
        """Somebody's browser after signing in at an address."""
        page = self.stranger(phone=phone)
        page.goto(at)
        page.get_by_label("账号").fill(account)
        page.get_by_label("密码").fill(password)
        page.get_by_role("button", name="登录").click()
        inside(page)
        return page

    def pictures(self, name: str) -> None:
        """How everybody's page looks now."""
        pages = [page for context in self._contexts for page in context.pages if page.url != NOWHERE]
        for n, page in enumerate(pages):
            picture(page, f"failed-{name}-{n}", always=True)

    def close(self) -> None:
        self._open.close()

    def _foreign(self, request: Request) -> None:
        if not request.url.startswith((self.server.url, "data:", "blob:", "about:")):
            self.broken.append(f"a request to {request.url}")


def inside(page: Page) -> None:
    """Wait until somebody is signed in: the way out is in the sidebar, folded away on a phone."""
    page.get_by_role("button", name="退出").wait_for(state="attached")


def is_phone(page: Page) -> bool:
    return (page.viewport_size or {"width": 0})["width"] < 640


def go(page: Page, address: str, heading: str) -> None:
    """Go to a page by the menu, as people do, or by its address, and wait until it is there."""
    if not _by_the_menu(page, address):
        page.goto(address)
    expect(page.get_by_role("heading", name=heading, exact=True).first).to_be_visible()
    quiet(page)


def _by_the_menu(page: Page, address: str) -> bool:
    """Whether the menu leads to this page from another one: the browser need not load the program anew."""
    there = urljoin(page.url, address)
    entry = page.locator(f'[data-testid="stSidebarNavLink"][href="{there}"]')
    if there == page.url or entry.count() != 1:
        return False
    if is_phone(page):
        page.get_by_test_id("stExpandSidebarButton").click()
    entry.click()
    page.wait_for_url(re.compile(rf"{re.escape(there)}(\?.*)?$"))  # some pages say more in their address
    if is_phone(page):
        page.locator('[data-testid="stSidebar"][data-collapsed="true"]').wait_for(state="attached")
    return True


def quiet(page: Page) -> None:
    """Wait until the page is drawn to its end."""
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)


def field_of(page: Page, label: str) -> Locator:
    """A field by its title, marked as required or not."""
    return page.get_by_label(re.compile(rf"^{re.escape(label)}( \*)?$")).and_(page.locator("input, textarea"))


def fill(page: Page, label: str, value: str) -> None:
    box = field_of(page, label)
    box.fill(value)
    box.press("Tab")


def fill_row(page: Page, n: int, **cells: str) -> None:
    """Type into the nth row of a table, its cells by their titles."""
    for title, text in cells.items():
        box = field_of(page, title).nth(n - 1)
        box.fill(text)
        box.press("Tab")


def choose(page: Page, label: str, *options: str) -> None:
    """Choose from a list: by typing at a desk, as the hurried do, by touch on a phone."""
    box = page.get_by_role("combobox", name=re.compile(rf"^{re.escape(label)}( \*)?")).first
    for option in options:
        found = page.get_by_role("option", name=re.compile(rf"^{re.escape(option)}")).first
        for _ in range(3):  # the list closes when the page is drawn anew under it
            quiet(page)
            box.click()
            if not is_phone(page):
                box.fill(option)
            with suppress(TimeoutError):
                found.click(timeout=4_000)
                break
        else:
            raise AssertionError(f"“{option}” cannot be chosen under “{label}”")
    page.keyboard.press("Tab")


def pick(page: Page, label: str, option: str) -> None:
    """Choose one of a few buttons."""
    group = page.get_by_role("radiogroup", name=re.compile(rf"^{re.escape(label)}"))
    group.get_by_role("radio", name=option, exact=True).click()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=re.compile(rf"^{re.escape(name)}( Shortcut .*)?$")).click()


def door(page: Page, name: str) -> Locator:
    """A figure of the overview, which opens its list."""
    return page.get_by_role("button", name=re.compile(rf"^{name} \d+$"))


def says(page: Page, text: str | re.Pattern[str]) -> None:
    """Wait until the page says something."""
    expect(page.get_by_text(text).first).to_be_visible()


def holds(page: Page, **values: str) -> None:
    """The fields hold these values."""
    for label, value in values.items():
        expect(field_of(page, label)).to_have_value(value)


def drop(page: Page, name: str, content: bytes | Path) -> None:
    """Drop a file on the page of incoming documents."""
    place = page.get_by_test_id("stFileUploaderDropzoneInput").first
    if isinstance(content, Path):
        place.set_input_files(content)
    else:
        place.set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": content})
    page.get_by_role("button", name=f"Remove {name}").wait_for()
    quiet(page)


def card(page: Page, title: str) -> Locator:
    """The card of a case in a list of cards."""
    return page.locator('[class*="-card-"]').filter(has=page.get_by_role("link", name=title, exact=True))


def open_from_desk(page: Page, title: str) -> None:
    """Open a case from 我的待办, and wait for its page."""
    go(page, "/desk", "我的待办")
    page.get_by_role("link", name=title, exact=True).first.click()
    expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    says(page, "全程留痕")
    quiet(page)


def row(page: Page, text: str) -> Locator:
    """The row of a table that says something, as a screen reader finds it."""
    return page.get_by_test_id("stDataFrame").first.locator("tbody tr").filter(has_text=text).first


def rows(page: Page) -> list[str]:
    """The rows of the table on the page, as a screen reader hears them."""
    table = page.get_by_test_id("stDataFrame").first
    return [" ".join(row.locator("td").all_inner_texts()) for row in table.locator("tbody tr").all()]


def click_row(page: Page, text: str, *, x: int) -> None:
    """Click into the row of a table that says something; `x` is how far from its left edge."""
    expect(row(page, text)).to_be_attached()
    table = page.get_by_test_id("stDataFrame").first
    quiet(page)
    table.scroll_into_view_if_needed()
    nth = next(n for n, said in enumerate(rows(page)) if text in said)
    place = table.bounding_box()
    assert place
    page.mouse.click(place["x"] + x, place["y"] + HEADER + ROW * nth + ROW // 2)


def picture(page: Page, name: str, *, always: bool = False) -> None:
    """Keep a picture of the whole page for whoever wants to look: OFFICE_TEST_PICTURES=1."""
    if not (always or os.environ.get("OFFICE_TEST_PICTURES")):
        return
    PICTURES.mkdir(exist_ok=True)
    size = page.viewport_size or {"width": 0, "height": 0}
    height = page.evaluate(
        "() => (document.querySelector('[data-testid=stMain]') ?? document.documentElement).scrollHeight"
    )
    page.set_viewport_size({"width": size["width"], "height": max(size["height"], min(height, 3000))})
    page.screenshot(path=PICTURES / f"{name}-{'phone' if is_phone(page) else 'desk'}.png")
    page.set_viewport_size(size)


def docx_of(text: str) -> bytes:
    """A DOCX with the text, one paragraph a line."""
    document = docx.Document()
    for line in text.splitlines():
        document.add_paragraph(line)
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


def letter(
    number: str = "云财预〔2026〕77号",
    title: str = "云川市财政局关于编报2027年部门预算的通知",
    sender: str = "云川市财政局",
    marks: str = "",
) -> str:
    """An invented document as it would come in."""
    return "\n".join(
        [
            *marks.splitlines(),
            f"{sender}文件",
            number,
            title,
            "市政府各部门：",
            "为做好明年预算编制工作，请各部门于12月15日前报送预算草案。",
            "特此通知。",
            sender,
            "2026年11月20日",
        ]
    )


@contextmanager
def visits(browser: Browser, server: Server, *, phone: bool = False) -> Iterator[Visits]:
    """Browsers for one story; at its end none may have asked another host, shown a dialog or failed."""
    found = Visits(browser, server, phone)
    OPEN.append(found)
    try:
        yield found
    finally:
        OPEN.remove(found)
        found.close()
    assert found.broken == []


Enter = Callable[..., Page]

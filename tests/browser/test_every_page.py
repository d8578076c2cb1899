"""What holds for every page: no sideways scrolling, not a word of English, and data is only text (P14)."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from core.office import Office
from db import chain
from db.config import Settings
from db.files import FileStore
from db.holidays import shipped_calendar
from db.seed import PASSWORD, PEOPLE, build
from db.tables import DepartmentRow, PersonRow
from db.unit import SqlUnit
from pages.ui.menu import PLACES, Place
from tests.browser.hands import Enter, docx_of, go, inside, open_from_desk, picture, quiet, visits
from tests.serving import Server, start_server

pytestmark = pytest.mark.browser

ENGLISH = (
    "Upload", "Drag and drop", "Browse files", "per file", "Press Enter", "Choose an option", "No results",
    "Select all", "empty", "Loading", "Running", "Clear", "Error", "yyyy", "Choose options", "Add",
)  # fmt: skip

SEEN = """() => {
  const words = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const box = walk.currentNode.parentElement, style = getComputedStyle(box), place = box.getBoundingClientRect();
    const shown = style.visibility !== 'hidden' && parseFloat(style.fontSize) > 0 && place.width > 1 && place.height > 1;
    if (shown && !box.closest('script, style, canvas, [data-testid=stIconMaterial], a[href="#stMain"]'))
      words.push(walk.currentNode.textContent);
  }
  for (const box of document.querySelectorAll('[placeholder]')) if (!box.value) words.push(box.placeholder);
  return words.join('\\n');
}"""
"""What a person sees: text with a size and a place, and what stands in empty fields."""

SIDEWAYS = """() => Math.max(...[document.documentElement, ...document.querySelectorAll('[data-testid=stMain]')]
    .map(e => e.scrollWidth - e.clientWidth))"""
"""How far the page can be pushed sideways."""


def is_in_order(page: Page, name: str) -> None:
    quiet(page)
    picture(page, name)
    seen = page.evaluate(SEEN)
    assert [word for word in ENGLISH if word in seen] == [], name
    assert page.evaluate(SIDEWAYS) <= 0, name


@pytest.mark.parametrize(
    ("account", "phone"),
    [
        pytest.param("zhangwei", True, id="zhangwei-phone"),
        pytest.param("wangmin", False, id="wangmin-desk", marks=pytest.mark.seldom),
        pytest.param("zhangwei", False, id="zhangwei-desk", marks=pytest.mark.seldom),
        pytest.param("wangmin", True, id="wangmin-phone", marks=pytest.mark.seldom),
    ],
)
def test_every_page_is_in_order(enter: Enter, account: str, phone: bool) -> None:
    page = enter(account, phone=phone)
    for place in PLACES:
        if not place.hidden and (account == "zhangwei" or place.why_not is None):
            go(page, address(place), place.title)
            is_in_order(page, f"41-{account}-{place.address}")
    title = "关于组织干部在线学习的通知" if account == "wangmin" else "关于做好冬春季传染病防控的通知"
    open_from_desk(page, title)
    is_in_order(page, f"41-{account}-case")


def address(place: Place) -> str:
    return "/" if place is PLACES[0] else f"/{place.address}"


@pytest.mark.seldom
def test_a_list_to_choose_from_speaks_chinese_when_nothing_fits(enter: Enter) -> None:
    page = enter("wangmin", "/incoming")
    box = page.get_by_role("combobox", name="文种")
    box.click()
    box.fill("没有这个文种")
    expect(page.get_by_role("listbox")).to_be_visible()
    is_in_order(page, "42-nothing-fits")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Choose date", exact=True).click()
    page.get_by_role("dialog").wait_for()
    picture(page, "43-calendar")


# --- an office full of hostile words ----------------------------------------------------------------

HOSTILE = "<img src=http://evil.example/x.png onerror=alert(1)>[点](javascript:alert(2))![图](http://evil.example/y.png)"
LONG = HOSTILE + "无处可断的长标题" * 40 + "W" * 80
"""A title of some 500 characters, with a word that cannot be broken."""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, str]]:
    """An office in which a title, a file, a person and a department have hostile names; and its case."""
    folder = tmp_path_factory.mktemp("hostile")
    settings, now = Settings(data_dir=folder / "data"), datetime.now(UTC).astimezone(shipped_calendar().zone)
    database = build(settings, now)
    files, key = FileStore(settings.data_dir / "files"), chain.key_in(settings.data_dir)
    case = let_in(Office(lambda: SqlUnit(database, files, key), lambda: now), now)
    with database.writing() as session:
        session.execute(update(PersonRow).where(PersonRow.id == "sunzhe").values(name=HOSTILE[:60]))
        session.execute(update(DepartmentRow).where(DepartmentRow.id == "xinxi").values(name=HOSTILE[:60]))
        session.commit()
    database.close()
    with start_server(folder) as server:
        yield server, case


def let_in(office: Office, now: datetime) -> str:
    """Register a document with the title, from such a sender, with such a file; its case."""
    secretary = PEOPLE[2]
    name = f"{HOSTILE[:50]}.docx".replace("/", "")
    values = {
        "title": LONG[:500],
        "sender_org": HOSTILE,
        "doc_number": "**粗**〔2026〕1号",
        "dated_on": now.date(),
        "doc_kind": "通知",
        "secrecy_level": "非密",
        "urgency": "特急",
        "copy_count": 1,
        "medium": "机要交换",
        "received_at": now,
        "files": [office.keep(name, docx_of(HOSTILE), by=secretary)],
    }
    return office.open("incoming_document", values, by=secretary).id


@pytest.mark.parametrize(
    "phone",
    [
        pytest.param(True, id="phone", marks=pytest.mark.seldom),
        pytest.param(False, id="desk", marks=pytest.mark.seldom),
    ],
)
def test_hostile_words_are_only_text_on_every_page(
    browser: Browser, hostile: tuple[Server, str], phone: bool
) -> None:
    server, case = hostile
    with visits(browser, server, phone=phone) as come:
        for account in ("zhangwei", "wangmin"):
            page = come.person(account, PASSWORD)
            for place in PLACES:
                if not place.hidden and (account == "zhangwei" or place.why_not is None):
                    go(page, address(place), place.title)
                    is_only_text(page, f"44-{account}-{place.address}")
            addresses = (f"/case?id={case}", "/search?q=evil", f"/case?id={HOSTILE}", f"/search?q={HOSTILE}")
            for n, where in enumerate(addresses):
                page.goto(where)
                inside(page)
                is_only_text(page, f"45-{account}-{n}")


def is_only_text(page: Page, name: str) -> None:
    """Nothing of the data became a picture, a script or a link, and nothing pushes the page sideways."""
    quiet(page)
    picture(page, name)
    bad = '[src*="evil"], [href*="evil"]:not([href^="/"]), [href^="javascript"], [onerror]'
    assert page.locator(bad).count() == 0, name
    assert page.evaluate(SIDEWAYS) <= 0, name

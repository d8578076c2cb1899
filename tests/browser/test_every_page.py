"""What holds for every page: no sideways scrolling on a phone, and not a word of English."""

import pytest
from playwright.sync_api import Page, expect

from pages.ui.menu import PLACES, Place
from tests.browser.hands import Enter, go, is_phone, open_from_desk, picture, quiet

pytestmark = pytest.mark.browser

ENGLISH = (
    "Upload", "Drag and drop", "Browse files", "per file", "Press Enter", "Choose an option", "No results",
    "Select all", "empty", "Loading", "Running", "Clear", "Error",
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
    if is_phone(page):
        assert page.evaluate(SIDEWAYS) <= 0, name


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desk"])
@pytest.mark.parametrize("account", ["zhangwei", "wangmin"])
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

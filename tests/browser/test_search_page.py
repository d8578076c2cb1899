"""One box finds whatever was registered, from every page and by phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hands import Enter, card, docx_of, drop, fill, go, letter, picture, press, quiet, says

pytestmark = pytest.mark.browser

TITLE = "云川市水务局关于青峰水库清淤的通知"
SIDEWAYS = """() => Math.max(...[document.documentElement, ...document.querySelectorAll('[data-testid=stMain]')]
    .map(e => e.scrollWidth - e.clientWidth))"""


def look_for(page: Page, words: str) -> None:
    """Type into the box of the page."""
    box = page.get_by_role("textbox", name="查找", exact=True)
    box.fill(words)
    box.press("Enter")
    quiet(page)


@pytest.mark.seldom
def test_what_was_registered_a_moment_ago_is_found_by_a_word_of_its_file(enter: Enter) -> None:
    page = enter("wangmin", "/incoming")
    text = letter("云水〔2026〕31号", TITLE, "云川市水务局")
    drop(page, "清淤.docx", docx_of(f"{text}\n坝前淤积厚度不得超过三尺。"))
    press(page, "登记")
    says(page, re.compile(r"收〔\d{4}〕\d+号 已办理"))
    box = page.get_by_label("查找全部事项")
    box.fill("坝前淤积")
    box.press("Enter")
    expect(page.get_by_role("heading", name="查找", exact=True)).to_be_visible()
    says(page, "1 件，最近的在前")
    expect(card(page, TITLE).locator("strong").filter(has_text="坝前淤积")).to_be_visible()
    says(page, "附件“清淤.docx”")
    expect(page).to_have_url(re.compile("q="))
    expect(box).to_have_value("")
    picture(page, "61-search")
    page.get_by_role("link", name=TITLE, exact=True).click()
    expect(page.get_by_role("heading", name=TITLE, exact=True)).to_be_visible()
    page.go_back()
    says(page, "1 件，最近的在前")


@pytest.mark.seldom
def test_initials_numbers_and_single_characters_find_it_and_the_box_says_so(enter: Enter) -> None:
    page = enter("zhangwei", "/search")
    says(page, "一个字、两个字、文号、拼音首字母都可以")
    for words in ("zwwzjc", "信办 19", "网站 检查"):
        look_for(page, words)
        expect(card(page, "关于公布政务网站检查结果的通报")).to_be_visible()
    look_for(page, '没有"的 AND')
    says(page, "没有找到")


@pytest.mark.seldom
def test_by_phone_the_hits_are_cards_that_fit(enter: Enter) -> None:
    page = enter("zhangwei", phone=True)
    go(page, "/search?q=已按要求", "查找")
    says(page, re.compile("属于 收"))
    assert page.evaluate(SIDEWAYS) <= 0
    picture(page, "62-search")


@pytest.mark.seldom
def test_what_is_not_for_somebody_is_not_counted(enter: Enter) -> None:
    page = enter("qianjin", "/search")
    fill(page, "查找", "题名从略")
    says(page, "没有找到")

"""A report from the phone to the nine cells: sent, graded as suggested, told, and found in its cell (R56–R60)."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hands import Enter, field_of, fill, go, open_from_desk, picture, press, quiet, says

pytestmark = [pytest.mark.browser, pytest.mark.seldom]

WHAT = re.compile("^安全检查情况（")
SIDEWAYS = """() => Math.max(...[document.documentElement, ...document.querySelectorAll('[data-testid=stMain]')]
    .map(e => e.scrollWidth - e.clientWidth))"""


def the_reporter_sends_it_from_the_phone(page: Page) -> tuple[str, str]:
    """What is no number is refused beside the table; then it is sent. The title and the address of the report."""
    page.get_by_role("link", name=WHAT).first.click()
    title = page.get_by_role("heading", name=WHAT).inner_text()
    quiet(page)
    figures = field_of(page, "数值")
    for n, typed in enumerate(("36", "五", "4")):
        figures.nth(n).fill(typed)
        figures.nth(n).press("Tab")
        quiet(page)
    press(page, "报送")
    says(page, re.compile("“五”不是数字：请填数字"))
    fill(page, "情况说明", "一处隐患限期三天整改。")
    quiet(page)
    figures.nth(1).fill("5")
    figures.nth(1).press("Tab")
    quiet(page)
    assert page.evaluate(SIDEWAYS) <= 0
    picture(page, "70-report")
    press(page, "报送")
    says(page, re.compile("已办理：报送"))
    return title, page.url


def the_secretary_takes_the_suggestion(page: Page) -> None:
    says(page, "现在要做：研判定级")
    says(page, re.compile("命中“隐患”"))
    press(page, "按建议定级")
    says(page, "现在要做：报送处置")
    says(page, "信息 黄·高")


def the_cell_opens_its_list(page: Page, title: str) -> None:
    page.get_by_role("radio", name="全部", exact=True).click()
    quiet(page)
    page.locator('[aria-label*="紧急 黄、重要 高"]').first.click()
    expect(page.get_by_role("heading", name="黄·高", exact=True)).to_be_visible()
    says(page, title)
    picture(page, "71-information")


def test_a_report_is_sent_graded_told_and_found_in_its_cell(enter: Enter) -> None:
    reporter = enter("zhouning", phone=True)
    go(reporter, "/information", "信息")
    reporter.get_by_role("radio", name="报送", exact=True).click()
    title, address = the_reporter_sends_it_from_the_phone(reporter)
    secretary = enter("wangmin", address.split("/", 3)[-1].join(("/", "")))
    the_secretary_takes_the_suggestion(secretary)
    for told in ("zhangwei", "heyun"):
        reader = enter(told, phone=True)
        open_from_desk(reader, title)
        press(reader, "已阅")
        says(reader, re.compile("已办理：已阅"))
    secretary.reload()
    says(secretary, "现在要做：归档")
    director = enter("zhangwei", "/information", phone=True)
    the_cell_opens_its_list(director, title)
    for kind, begins in (("png", b"\x89PNG"), ("svg", b"<svg")):
        drawn = director.request.get(f"/charts/information/heat.{kind}")
        assert drawn.ok
        assert drawn.body().startswith(begins)

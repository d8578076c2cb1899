"""The day of a visit on the phone: what has changed is marked, the handbook goes along as a picture, the ledger knows
the visit (R54, R79).
"""

import pytest
from playwright.sync_api import expect

from tests.browser.hands import Enter, choose, go, picture, quiet, says

pytestmark = [pytest.mark.browser, pytest.mark.seldom]

SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def test_the_visit_is_led_with_the_phone_in_the_hand(enter: Enter) -> None:
    """A change is noted with its reason, the next line is done with one tap, and the picture can be sent on."""
    page = enter("lihua", "/receptions", phone=True)
    page.get_by_role("link", name="接待省数据局调研组", exact=True).first.click()
    page.get_by_role("link", name="打开接待手册").click()
    says(page, "特殊要求：清真餐")
    quiet(page)
    page.get_by_role("button", name="有变化").nth(1).click()
    box = page.get_by_test_id("stPopoverBody")
    note = box.get_by_label("说明")
    note.fill("改到二号食堂")
    note.press("Tab")
    quiet(page)
    box.get_by_role("button", name="记下").click()
    says(page, "第 3 项已记下")
    says(page, "改到二号食堂")
    page.get_by_role("button", name="完成", exact=True).first.click()
    says(page, "第 2 项已完成")
    says(page, "2 / 5 项已完成")
    assert page.evaluate(SIDEWAYS) <= 0
    picture(page, "86-visit")
    with page.expect_download() as download:
        page.get_by_role("link", name="手册图片").click()
    assert download.value.suggested_filename == "接待手册 接待省数据局调研组.png"


def test_the_ledger_of_coordination_is_narrowed_and_taken_along(enter: Enter) -> None:
    """From the page of receptions; by item and state, with the address that says so, as a table and on paper."""
    page = enter("wangmin", "/receptions")
    page.get_by_role("link", name="事务协调台账").click()
    says(page, "按事项和状态检索")
    choose(page, "事项", "接待工作")
    choose(page, "状态", "办结")
    says(page, "共 1 件")
    assert "item=reception" in page.url
    assert "state=closed" in page.url
    picture(page, "87-coordination")
    for kind in ("XLSX", "PDF"):
        with page.expect_download() as download:
            page.get_by_role("link", name=f"导出 {kind}").click()
        assert download.value.suggested_filename.startswith("事务协调台账 ")
    go(page, "/registers?book=coordination&item=nothing&state=x&year=%D9%A2", "登记簿")
    expect(page.get_by_text("接待工作").first).to_be_visible()

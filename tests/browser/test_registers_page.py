"""The page of registers in a browser: what is shown stands in the address, views, the way out, the number book."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.hands import Enter, fill, go, press, quiet, says

pytestmark = pytest.mark.browser

ADDRESS = "/registers?book=incoming_document"


def shown(page):
    """How many cases the page says there are."""
    quiet(page)
    said = page.get_by_text(re.compile(r"^第 .* 件，共 [\d,]+ 件$"))
    return int(re.findall(r"共 ([\d,]+) 件", said.inner_text())[0])


def looked_for(page, text):
    box = page.get_by_label("在登记簿里查找")
    box.fill(text)
    box.press("Enter")
    expect(page).to_have_url(re.compile("text="))
    quiet(page)


@pytest.mark.seldom
def test_what_is_looked_for_stands_in_the_address_and_survives_a_reload(enter: Enter):
    page = enter("wangmin", ADDRESS)
    everything = shown(page)
    looked_for(page, "通知")
    fewer = shown(page)
    assert 0 < fewer < everything
    page.reload()
    expect(page.get_by_label("在登记簿里查找")).to_have_value("通知")
    assert shown(page) == fewer
    press(page, "清除条件")
    expect(page).to_have_url(re.compile(r"book=incoming_document$"))
    assert shown(page) == everything


@pytest.mark.seldom
def test_a_link_shows_its_columns_and_says_what_it_cannot_mean(enter: Enter):
    page = enter("wangmin", f"{ADDRESS}&column=title&column=case.progress.reading&year=abc&page=7")
    says(page, "地址里有看不懂的部分，没有采用：年度“abc”")
    says(page, "没有第 7 页，这是最后一页。")
    head = page.get_by_test_id("stDataFrame").first.locator("thead th")
    expect(head).to_have_text(["登记号", "标题", "传阅进度"])


@pytest.mark.seldom
def test_a_register_that_is_none_is_said(enter: Enter):
    page = enter("wangmin", "/registers?book=nothing")
    says(page, "没有“nothing”这本登记簿，这是收文办理。")


@pytest.mark.seldom
def test_a_secretary_saves_a_view_and_another_opens_it(enter: Enter):
    page = enter("wangmin", f"{ADDRESS}&state=open&order=oldest")
    quiet(page)
    press(page, "视图")
    fill(page, "视图名称", "在办，先登先办")
    press(page, "保存视图")
    says(page, "视图已保存")
    other = enter("lihua", ADDRESS)
    quiet(other)
    other.get_by_role("radio", name=re.compile("在办，先登先办")).click()
    expect(other).to_have_url(re.compile("state=open&order=oldest"))


@pytest.mark.seldom
@pytest.mark.parametrize("kind", ["XLSX", "PDF"])
def test_the_way_out_is_of_what_is_shown(enter: Enter, kind):
    page = enter("wangmin", f"{ADDRESS}&state=open&column=title")
    quiet(page)
    link = page.get_by_role("link", name=re.compile(f"导出 {kind}"))
    assert link.get_attribute("href").endswith(
        f"/ledgers/incoming_document.{kind.lower()}?state=open&column=title"
    )


@pytest.mark.seldom
def test_a_number_set_aside_is_offered_at_the_intake(enter: Enter):
    page = enter("wangmin", "/registers?book=numbers")
    says(page, re.compile("各编号序列：无缺号"))
    quiet(page)
    fill(page, "预留事由", "留给晚些补登的传真")
    press(page, "预留")
    says(page, "号已预留，登记或编号时在“用预留号”里选")
    go(page, "/incoming", "收文")
    expect(page.get_by_role("combobox", name=re.compile("^用预留号"))).to_be_visible()


@pytest.mark.seldom
def test_the_number_book_is_not_for_everybody(enter: Enter):
    page = enter("chenli", "/registers?book=numbers")
    says(page, re.compile("没有“numbers”这本登记簿"))
    expect(page.get_by_role("radio", name="编号簿")).to_have_count(0)


@pytest.mark.seldom
@pytest.mark.parametrize("address", [ADDRESS, "/registers?book=numbers"])
def test_a_phone_scrolls_down_and_never_sideways(enter: Enter, address):
    page = enter("wangmin", address, phone=True)
    quiet(page)
    expect(page.get_by_test_id("stDataFrame")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

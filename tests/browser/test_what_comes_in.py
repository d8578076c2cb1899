"""From a site outside to a graded item, and from a mail to the register, told through the pages (R57, R91)."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.hands import Enter, fill, go, picture, press, quiet, says
from tests.collecting import feed, site

pytestmark = [pytest.mark.browser, pytest.mark.seldom]

TITLE = "国家部委发布政务服务评价管理办法"
NEAR = "关于商请提供会议场地的函"


def part(page, name):
    """Another tab of the page."""
    page.get_by_test_id("stButtonGroup").get_by_text(re.compile(rf"^{name}( \d+)?$")).first.click()
    quiet(page)


def card(page, words):
    """The card of something that was brought, or of a source."""
    return page.locator('[class*="-card-"]').filter(has_text=words)


def test_a_source_is_set_up_looked_at_and_what_it_brings_is_kept_with_one_tap(enter: Enter) -> None:
    """The director allows the host, the secretary sets up and looks, keeps one and drops one; the list says who did."""
    with site() as web:
        address = web.serves("/zhengce.xml", feed((TITLE, web.url("/1"), "办法共六章，自明年一月起施行。")))
        page = enter("zhangwei", "/monitoring")
        part(page, "网站与接口")
        fill(page, "准许访问的网站", "127.0.0.1 内网")
        press(page, "保存名单")
        says(page, "名单已保存")
        page = enter("wangmin", "/monitoring")
        part(page, "来源")
        press(page, "新设来源")
        fill(page, "来源名称", "部委网站")
        fill(page, "地址", address)
        press(page, "保存")
        says(page, "来源已设好，核对后启用")
        source = card(page, "部委网站")
        source.get_by_role("button", name="现在看一次").click()
        says(page, "新收 1 条")
        picture(page, "91-sources")
        assert web.asked == ["/zhengce.xml"]
    go(page, "/information", "信息")
    part(page, "收集来的")
    found = card(page, TITLE)
    expect(found).to_contain_text("建议 黄·高")
    picture(page, "92-collected")
    found.get_by_role("button", name="保留，定为 黄·高").click()
    says(page, "已保留 1 条")
    expect(card(page, TITLE)).to_have_count(0)


def test_a_document_that_came_by_mail_is_registered_after_one_look(enter: Enter) -> None:
    """What was read stands in the form, the file with it; the usual button registers it, and nothing waits twice."""
    page = enter("wangmin", "/incoming")
    waiting = card(page, NEAR)
    waiting.get_by_role("button", name="填入登记表").click()
    says(page, re.compile("已读出 5 项"))
    expect(page.get_by_label("文号", exact=True)).to_have_value(re.compile(r"云档函〔\d{4}〕9号"))
    expect(page.get_by_label("标题 *", exact=True)).to_have_value(NEAR)
    picture(page, "93-by-itself")
    press(page, "登记")
    says(page, re.compile(r"收〔\d{4}〕\d+号 已办理"))
    expect(page.get_by_role("button", name="填入登记表")).to_have_count(1)
    page.get_by_role("link", name="打开刚登记的一件").click()
    expect(page.get_by_role("heading", name=NEAR)).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("会议场地的函.docx"))).to_be_visible()

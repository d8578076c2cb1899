"""What comes to somebody's desk by itself, and what is done there in one go (N1, N4, N5, N23)."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.hands import Visits, card, fill, go, picture, press, quiet, says
from tests.serving import Server


def test_a_leader_reads_what_is_for_information_in_one_go(enter):
    """吴越 has two circulated papers to read: both are done with one button."""
    page = enter("wuyue", "/desk")
    page.get_by_text(re.compile(r"一次办理：阅毕 \d 件")).click()
    quiet(page)
    picture(page, "desk-together")
    page.get_by_role("button", name=re.compile(r"^阅毕所选 \d 件")).click()
    says(page, re.compile(r"^已阅毕 \d 件$"))
    quiet(page)
    expect(page.get_by_text(re.compile("一次办理：阅毕"))).to_have_count(0)


@pytest.mark.seldom
def test_the_clerk_is_told_what_the_director_wrote_and_takes_the_notice_away(enter):
    page = enter("wangmin", "/desk", phone=True)
    says(page, re.compile(r"^告知 \d+"))
    says(page, re.compile("请抓紧办理，结果报我"))
    picture(page, "desk-notices")
    press(page, "都知道了")
    expect(page.get_by_text(re.compile(r"^告知 \d+"))).to_have_count(0)


@pytest.mark.seldom
def test_a_late_case_has_a_red_slip_that_can_be_printed(enter, demo: Server):
    page = enter("zhangwei", "/desk")
    card(page, "关于解决老旧小区管网改造资金的请示").get_by_role("link").click()
    says(page, "红色督办单")
    quiet(page)
    with page.expect_download() as download:
        page.locator('a[href*="/slip.pdf"]').click()
    assert download.value.suggested_filename.startswith("督办单 收〔")


@pytest.mark.seldom
def test_what_was_voided_by_mistake_comes_back(enter, people: Visits):
    page = enter("lihua", "/incoming")
    go(page, "/desk", "我的待办")
    card(page, "关于森林防火期巡护安排的通知").get_by_role("link").click()
    says(page, "全程留痕")
    quiet(page)
    page.get_by_role("button", name="作废").first.click()
    fill(page, "理由", "以为重复登记")
    page.get_by_role("button", name="作废", exact=True).last.click()
    says(page, "本件已作废，全程留痕保留在下面。")
    quiet(page)
    page.get_by_role("button", name="恢复").first.click()
    fill(page, "理由", "核对过，没有重复")
    page.get_by_role("button", name="恢复", exact=True).last.click()
    says(page, "现在要做：签收登记")

"""Somebody new sets their own password; whoever stands in for another is told so."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hands import Enter, Visits, choose, fill, go, inside, picture, press, quiet, says

pytestmark = pytest.mark.browser


def link_for(page: Page, account: str) -> str:
    """The one-time link that the page shows for this account."""
    shown = page.get_by_test_id("stCode").filter(has_text=f"账号 {account}")
    shown.wait_for()
    found = re.search(r"https?://\S+invitation=\S+", shown.inner_text())
    assert found
    return found[0]


def test_somebody_new_opens_the_link_in_their_own_browser(enter: Enter, people: Visits) -> None:
    director = enter("zhangwei", "/people")
    fill(director, "姓名", "林一")
    fill(director, "登录账号", "linyi")
    choose(director, "角色", "文秘岗", "标准化小组")
    press(director, "新增")
    link = link_for(director, "linyi")
    picture(director, "60-link")
    director.reload()
    quiet(director)
    assert link not in director.content()
    own = people.stranger()
    own.goto(link)
    own.get_by_label(re.compile("^新密码")).fill("Zixing-2026")
    own.get_by_label(re.compile("^再输一次新密码")).fill("Zixing-2026")
    own.get_by_role("button", name="设置密码并登录").click()
    inside(own)
    says(own, "林一")


def test_the_foot_says_for_whom_one_stands_in_today(enter: Enter) -> None:
    director = enter("zhangwei", "/people")
    director.get_by_role("tab", name="外出与代办").click()
    quiet(director)
    choose(director, "外出人员", "何韵")
    choose(director, "代办人", "吴越")
    press(director, "登记外出")
    says(director, "已登记外出")
    says(director, re.compile("何韵.*吴越代"))
    picture(director, "61-away")
    deputy = enter("wuyue", "/desk")
    expect(deputy.get_by_text("今日代：何韵")).to_be_attached()
    director.bring_to_front()
    choose(director, "提前结束哪一次", "何韵")
    press(director, "结束")
    says(director, "代办随即停止")
    go(deputy, "/desk", "我的待办")
    expect(deputy.get_by_text("今日代：何韵")).to_have_count(0)

"""Somebody new sets their own password; whoever stands in for another is told so."""

import re

import pytest
from playwright.sync_api import Page, expect
from pyotp import TOTP

from db.seed import PASSWORD
from tests.browser.hands import (
    Enter,
    Visits,
    choose,
    fill,
    go,
    inside,
    open_from_desk,
    pick,
    picture,
    press,
    quiet,
    says,
)

pytestmark = pytest.mark.browser


def link_for(page: Page, account: str) -> str:
    """The one-time link that the page shows for this account."""
    shown = page.get_by_test_id("stCode").filter(has_text=f"账号 {account}")
    shown.wait_for()
    found = re.search(r"https?://\S+invitation=\S+", shown.inner_text())
    assert found
    return found[0]


@pytest.mark.seldom
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


@pytest.mark.seldom
def test_a_list_is_read_shown_and_taken_in_with_a_link_for_each(enter: Enter) -> None:
    director = enter("zhangwei", "/people?list=导入")
    fill(director, "人员名单", "姓名,登录账号,角色,部门,知悉范围\n周宁二,zhangwei,文秘岗,,非密")
    press(director, "读取粘贴的名单")
    press(director, "导入")
    says(director, re.compile("zhangwei 已有人用"))
    press(director, "放弃")
    fill(
        director,
        "人员名单",
        "姓名,登录账号,角色,部门,知悉范围\n江岚,jianglan,文秘岗,,非密\n于沛,yupei,部门人员,档案科,非密",
    )
    press(director, "读取粘贴的名单")
    says(director, "将新增 2 人")
    director.get_by_text("新建缺少的部门：档案科").click()
    quiet(director)
    picture(director, "62-list")
    press(director, "导入")
    shown = director.get_by_test_id("stCode").filter(has_text="账号 yupei")
    shown.wait_for()
    assert len(set(re.findall(r"invitation=\S+", shown.inner_text()))) == 2


@pytest.mark.seldom
def test_the_second_factor_is_set_and_taken_back_in_the_browser(enter: Enter) -> None:
    page = enter("zhouning", "/desk")
    page.get_by_role("button", name="账号安全").click()
    page.get_by_role("tab", name="第二验证").click()
    secret = page.get_by_role("dialog").get_by_test_id("stCode").inner_text().replace(" ", "").strip()
    page.get_by_label("验证器上的六位数字").fill("000000")
    page.get_by_role("button", name="启用").click()
    says(page, re.compile("验证码不正确"))
    picture(page, "63-factor")
    page.get_by_label("验证器上的六位数字").fill(TOTP(secret).now())
    page.get_by_role("button", name="启用").click()
    says(page, re.compile("第二验证已启用"))
    page.get_by_role("dialog").get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="取消第二验证").click()
    says(page, re.compile("第二验证已取消"))


@pytest.mark.seldom
def test_the_foot_says_for_whom_one_stands_in_today_and_the_trace_says_it_too(enter: Enter) -> None:
    director = enter("zhangwei", "/people")
    director.get_by_role("tab", name="外出与代办").click()
    quiet(director)
    choose(director, "外出人员", "张维")
    choose(director, "代办人", "吴越")
    press(director, "登记外出")
    says(director, "已登记外出")
    says(director, re.compile("张维.*吴越代"))
    picture(director, "61-away")
    deputy = enter("wuyue", "/desk")
    expect(deputy.get_by_text("今日代：张维")).to_be_attached()
    open_from_desk(deputy, "关于报送服务业统计数据的通知")
    pick(deputy, "审批结果", "同意")
    press(deputy, "审批延期")
    says(deputy, re.compile("吴越（代张维）"))
    picture(deputy, "61-deputy-decided")
    director.bring_to_front()
    choose(director, "提前结束哪一次", "张维")
    press(director, "结束")
    says(director, "代办随即停止")
    go(deputy, "/desk", "我的待办")
    expect(deputy.get_by_text("今日代：张维")).to_have_count(0)

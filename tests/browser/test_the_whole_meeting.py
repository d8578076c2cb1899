"""A meeting from the first word to the archive, told once from end to end: by its secretary at a desk, by whoever else
takes part by phone (R26–R43).
"""

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from db.holidays import shipped_calendar
from tests.browser.hands import (
    Enter,
    choose,
    field_of,
    fill,
    fill_row,
    go,
    picture,
    press,
    quiet,
    says,
)
from tests.browser.test_in_the_room import note, part, spoken
from tests.browser.test_the_outgoing_story import set_date

pytestmark = [pytest.mark.browser, pytest.mark.seldom]

TITLE = "春节值班值守协调会"


def in_a_day(hour: int) -> str:
    """Tomorrow at that hour, as the parts of a moment are typed."""
    day = datetime.now(shipped_calendar().zone) + timedelta(days=1)
    return f"{day:%Y%m%d}{hour:02}00"


def test_a_meeting_from_the_first_word_to_the_archive(enter: Enter) -> None:
    wang = enter("wangmin", "/meetings")
    case = it_is_put_forward(wang)
    the_plan_is_made(wang)
    the_director_agrees_by_phone(enter("zhangwei", f"/case?{case}", phone=True))
    papers_and_room_are_ready(enter("wangmin", f"/case?{case}"))
    for who in ("chenli", "zhouning"):
        who_is_invited_confirms_by_phone(enter(who, "/desk", phone=True))
    the_three_confirmations_open_it(enter("wangmin", f"/case?{case}"))
    it_is_held_and_recorded(enter("wangmin", f"/room?{case}"))
    its_minutes_are_written(enter("wangmin", f"/case?{case}"))
    they_are_signed_by_phone(enter("zhangwei", f"/case?{case}", phone=True))
    its_tasks_are_given_out(enter("wangmin", f"/case?{case}"))
    a_task_is_done_by_phone(enter("chenli", "/desk", phone=True))
    the_result_is_accepted(enter("wangmin", "/desk"))
    it_is_filed(enter("wangmin", f"/case?{case}"))


def it_is_put_forward(page: Page) -> str:
    """One form for what and why; its purpose said, the need is confirmed with it."""
    go(page, "/meetings", "会议")
    page.get_by_text("提出会议").click()
    page.get_by_role("radio", name="协调会").or_(page.get_by_role("button", name="协调会")).first.click()
    fill(page, "会议名称", TITLE)
    set_date(page, "开始时间", in_a_day(9))
    set_date(page, "预计结束", in_a_day(11))
    fill(page, "地点", "三楼会议室")
    fill(page, "会议目的", "定下春节值班的分工")
    fill(page, "要协调的分歧", "各处对轮班办法看法不一")
    picture(page, "whole-meeting-forward")
    press(page, "提出")
    expect(page.get_by_role("heading", name=TITLE, exact=True)).to_be_visible()
    says(page, "现在要做：方案拟定")
    quiet(page)
    return page.url.partition("?")[2]


def the_plan_is_made(page: Page) -> None:
    """Refused without the day to answer by, with what was typed kept; then it lies with the director."""
    fill_row(page, 1, 议题="值班安排", 汇报人="王敏", 分钟="30")
    choose(page, "参会人", "陈砺", "周宁")
    page.keyboard.press("Escape")
    press(page, "方案报批")
    says(page, "请填写“回复截止”")
    set_date(page, "回复截止", f"{datetime.now(shipped_calendar().zone):%Y%m%d}")
    picture(page, "whole-meeting-plan")
    press(page, "方案报批")
    says(page, "已办理：方案报批")


def the_director_agrees_by_phone(page: Page) -> None:
    says(page, "现在要做：方案审批")
    quiet(page)
    press(page, "同意")
    says(page, "已办理：同意")


def papers_and_room_are_ready(page: Page) -> None:
    says(page, "现在要做：材料准备")
    quiet(page)
    box = page.get_by_test_id("stFileUploaderDropzoneInput").first
    box.set_input_files({"name": "值班表.txt", "mimeType": "text/plain", "buffer": "值班表".encode()})
    quiet(page)
    fill(page, "材料版本", "第 1 版")
    press(page, "材料备齐")
    says(page, "现在要做：场地布置")
    quiet(page)
    choose(page, "检查过的设备", "网络")
    page.keyboard.press("Escape")
    press(page, "场地就绪")
    says(page, "已办理：场地就绪")


def who_is_invited_confirms_by_phone(page: Page) -> None:
    page.get_by_role("link", name=re.compile(TITLE)).first.click()
    says(page, "现在要做：")
    quiet(page)
    picture(page, "whole-meeting-confirm")
    press(page, "参加")
    says(page, "已办理：参加")


def the_three_confirmations_open_it(page: Page) -> None:
    """R31: refused before the three are made."""
    says(page, "现在要做：通知发送")
    quiet(page)
    press(page, "开会")
    says(page, "开会前请先确认场地设备")
    picture(page, "whole-meeting-not-yet")
    for name in ("确认场地设备", "确认参会名单", "确认材料版本"):
        confirm(page, name)
    picture(page, "whole-meeting-confirmed")
    press(page, "开会")
    says(page, "已办理：开会")


def confirm(page: Page, name: str) -> None:
    """Open the by-way and take it."""
    page.get_by_role("button", name=re.compile(f"^{name}")).first.click()
    way = page.get_by_test_id("stPopoverBody")
    quiet(page)
    if name == "确认场地设备":  # what was checked when the room was set is there already
        expect(way.get_by_test_id("stMultiSelect").get_by_text("网络", exact=True)).to_be_visible()
    if name == "确认材料版本":
        fill(page, "发到会上的版本", "第 1 版")
    way.get_by_role("button", name=name, exact=True).click()
    says(page, f"已办理：{name}")
    quiet(page)


def it_is_held_and_recorded(page: Page) -> None:
    expect(page.get_by_role("heading", name=TITLE, exact=True)).to_be_visible()
    quiet(page)
    press(page, "进入第一个议题")
    part(page, "attendance").get_by_text("陈砺", exact=True).click()
    says(page, re.compile("实到 1"))
    note(page, "轮班按处室轮转")
    expect(part(page, "lines").get_by_text("轮班按处室轮转")).to_be_visible()
    note(page, "@陈砺 明天 报送值班表")
    says(page, re.compile("已记为待办：陈砺"))
    picture(page, "whole-meeting-room")
    press(page, "录音笔开始录了")
    says(page, "起在录")
    quiet(page)
    press(page, "放入录音")
    place = page.get_by_test_id("stPopoverBody").get_by_test_id("stFileUploaderDropzoneInput")
    place.set_input_files({"name": "会议.wav", "mimeType": "audio/wav", "buffer": spoken(60)})
    page.get_by_role("button", name="Remove 会议.wav").wait_for()
    quiet(page)
    press(page, "存入")
    says(page, "录音已存入")
    quiet(page)
    press(page, "散会")
    press(page, "确认散会")
    says(page, "散会，记录只供查看")
    quiet(page)


def its_minutes_are_written(page: Page) -> None:
    """They begin from the record: nobody types again what was said."""
    says(page, "现在要做：纪要起草")
    quiet(page)
    expect(field_of(page, "纪要正文")).to_have_value(re.compile("轮班按处室轮转"))
    picture(page, "whole-meeting-minutes")
    press(page, "送签发")
    says(page, "已办理：送签发")


def they_are_signed_by_phone(page: Page) -> None:
    says(page, "现在要做：纪要签发")
    quiet(page)
    picture(page, "whole-meeting-signing")
    press(page, "签发")
    says(page, "已办理：签发")


def its_tasks_are_given_out(page: Page) -> None:
    """The to-do of the record stands in the table already; the criterion is what is missing."""
    says(page, "现在要做：任务分解")
    quiet(page)
    fill_row(page, 1, 验收标准="值班表报齐")
    press(page, "下达任务")
    says(page, "已办理：下达任务")


def a_task_is_done_by_phone(page: Page) -> None:
    page.get_by_role("link", name=re.compile("报送值班表")).first.click()
    says(page, "现在要做：承办")
    quiet(page)
    fill(page, "办理结果", "值班表已报齐")
    picture(page, "whole-meeting-task")
    press(page, "反馈结果")
    says(page, "已办理：反馈结果")


def the_result_is_accepted(page: Page) -> None:
    go(page, "/tasks", "督办")
    picture(page, "whole-meeting-ledger")
    go(page, "/desk", "我的待办")
    page.get_by_role("link", name=re.compile("报送值班表")).first.click()
    says(page, "现在要做：审核办结")
    quiet(page)
    press(page, "办结销号")
    says(page, "已办理：办结销号")


def it_is_filed(page: Page) -> None:
    """The last task done, the meeting goes to the archive by itself, with one paper of each (R39)."""
    says(page, "现在要做：资料归档")
    quiet(page)
    press(page, "放入纪要和督办表")
    says(page, "已放入")
    quiet(page)
    press(page, "归档")
    says(page, "已办理：归档")
    picture(page, "whole-meeting-filed")

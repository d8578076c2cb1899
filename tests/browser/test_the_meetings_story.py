"""A meeting on the pages: put forward at a desk, approved on the phone, filed with what the program prints (R26, R39)."""

import pytest
from playwright.sync_api import expect

from tests.browser.hands import Enter, field_of, fill, go, picture, press, says
from tests.browser.secretariat import Secretariat
from tests.serving import Server

pytestmark = pytest.mark.browser


@pytest.fixture
def secretariat(demo: Server) -> Secretariat:
    return Secretariat(demo)


@pytest.mark.seldom
def test_a_meeting_is_put_forward_with_one_form(enter: Enter) -> None:
    """Refused with what a coordination meeting must say; nothing typed is lost; then its page asks for the plan."""
    page = enter("wangmin", "/meetings")
    go(page, "/meetings", "会议")
    page.get_by_text("提出会议").click()
    page.get_by_role("radio", name="协调会").or_(page.get_by_role("button", name="协调会")).first.click()
    fill(page, "会议名称", "春节前安全检查协调会")
    fill(page, "地点", "三楼会议室")
    fill(page, "会议目的", "定下检查分工")
    press(page, "提出")
    says(page, "请填写“开始时间”")
    expect(field_of(page, "会议名称")).to_have_value("春节前安全检查协调会")


@pytest.mark.seldom
def test_the_director_approves_the_plan_by_phone(enter: Enter, secretariat: Secretariat) -> None:
    """On the desk of the phone, one tap; the organiser goes on with the papers."""
    case = secretariat.plan("手机审批的协调会")
    page = enter("zhangwei", f"/case?id={case}", phone=True)
    says(page, "现在要做：方案审批")
    press(page, "同意")
    says(page, "已办理：同意")
    says(page, "材料准备")
    picture(page, "meeting-approved-phone")


def test_a_meeting_is_filed_with_what_the_program_prints(enter: Enter, secretariat: Secretariat) -> None:
    """Without a file refused; with the minutes and the table put in by one press it is in the archive (R39)."""
    case = secretariat.over("归档的协调会")
    page = enter("wangmin", f"/case?id={case}")
    says(page, "现在要做：资料归档")
    press(page, "放入纪要和督办表")
    says(page, "已放入")
    picture(page, "meeting-filing")
    press(page, "归档")
    says(page, "已办理：归档")
    held = secretariat.reader().case(case)
    assert [len(held.data[key]) for key in ("minutes_file", "supervision_file")] == [1, 1]

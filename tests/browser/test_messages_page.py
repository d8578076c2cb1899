"""Notices leave by the running program, and what did not go out is seen, sent again, or told otherwise (R29, C21)."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select, update

from core.messages import Channel, Message
from db import chain
from db.engine import open_database
from db.files import FileStore
from db.seed import PASSWORD
from db.tables import CaseRow, PersonRow
from db.unit import SqlUnit
from tests.browser.hands import Enter, click_row, go, picture, press, quiet, row, says, visits
from tests.receiving import Gateway, Mailbox, gateway, mail_server
from tests.serving import Server, furnish_demo, start_server

pytestmark = pytest.mark.browser

TITLE = "会议通知：汛后工程修复协调会"
SIDEWAYS = """() => Math.max(...[document.documentElement, ...document.querySelectorAll('[data-testid=stMain]')]
    .map(e => e.scrollWidth - e.clientWidth))"""
REACHED = {
    "heyun": ("13800000001", "heyun@city.example"),
    "chenli": ("13800000002", "gone@city.example"),
    "zhouning": ("", "zhouning@city.example"),
    "zhangwei": ("13800000009", "zhangwei@city.example"),
}


@pytest.fixture(scope="module")
def outside() -> Iterator[tuple[Mailbox, Gateway]]:
    """The mail server and the gateway of the office; one address is not known there."""
    with mail_server(answers={"gone@city.example": "550 no such user"}) as mails, gateway() as sms:
        yield mails, sms


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, outside: tuple[Mailbox, Gateway]) -> Iterator[Server]:
    """The demonstration office with both channels, and one notice to three people that waits."""
    folder = tmp_path_factory.mktemp("messages")
    furnish_demo(folder)
    mails, sms = outside
    post(folder / "data")
    told = {
        "OFFICE_SMTP_URL": mails.url,
        "OFFICE_MAIL_FROM": "市政府办公室 <office@bgs.example>",
        "OFFICE_SMS_URL": sms.url,
        "OFFICE_PUBLIC_URL": "https://oa.example",
    }
    with start_server(folder, **told) as running:
        yield running


def post(data) -> None:
    database = open_database(f"sqlite:///{data / 'office.db'}")
    with database.writing() as session:
        for who, (mobile, email) in REACHED.items():
            values = {"mobile": mobile, "email": email}
            session.execute(update(PersonRow).where(PersonRow.account == who).values(**values))
        case = session.scalar(select(CaseRow.id).where(CaseRow.grade == 0, CaseRow.is_open).limit(1))
        session.commit()
    now = datetime.now(UTC)
    with SqlUnit(
        database, FileStore(data / "files"), chain.key_in(data), {Channel.SMS, Channel.MAIL}
    ) as unit:
        for who in ("heyun", "chenli", "zhouning"):
            unit.post(
                Message(str(case), who, TITLE, "时间：12月3日 9:00\n地点：三楼会议室", occasion="story"), now
            )
        unit.commit()
    database.close()


def look_for(page: Page, words: str) -> None:
    """Narrow the list to these words."""
    box = page.get_by_label("收件人、标题、编号")
    box.fill(words)
    box.press("Enter")
    quiet(page)


@pytest.mark.seldom
def test_the_running_program_sends_and_a_person_settles_what_did_not_go_out(
    browser: Browser, server: Server, outside: tuple[Mailbox, Gateway]
) -> None:
    mails, sms = outside
    deadline = time.monotonic() + 60
    while len(mails.arrived) + len(sms.bodies) < 4 and time.monotonic() < deadline:
        time.sleep(0.2)
    assert sorted(body["mobile"] for body in sms.bodies) == ["13800000001", "13800000002"]
    assert mails.subjects == [TITLE, TITLE]
    with visits(browser, server) as come:
        page = come.person("zhangwei", PASSWORD, "/messages")
        look_for(page, "汛后工程")
        for reason in ("邮件服务器答复 550 no such user", "没有手机号码：请在通讯录补上后重发"):
            expect(row(page, reason)).to_be_attached()
        picture(page, "71-messages")
        click_row(page, "没有手机号码", x=18)
        press(page, "已另行告知")
        says(page, "记为已另行告知 1 条")
        page.get_by_text("通道：短信、邮件、办公系统已配置").click()
        press(page, "发一条邮件测试")
        says(page, "邮件已发出，请看是否收到")
        picture(page, "72-channels")
    assert mails.subjects[-1] == "测试通知"


@pytest.mark.seldom
def test_by_phone_each_notice_is_a_card_that_fits(browser: Browser, server: Server) -> None:
    with visits(browser, server, phone=True) as come:
        page = come.person("wangmin", PASSWORD, "/messages")
        look_for(page, "汛后工程")
        expect(page.get_by_role("button", name="重发").first).to_be_visible()
        assert page.evaluate(SIDEWAYS) <= 0
        picture(page, "73-messages")


@pytest.mark.seldom
def test_without_channels_the_page_says_that_nothing_left(enter: Enter) -> None:
    page = enter("wangmin")
    go(page, "/messages", "通知")
    says(page, "短信、邮件通道没有配置，通知没有从这里发出")

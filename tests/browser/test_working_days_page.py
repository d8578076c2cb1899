"""The notice of next year, from the paste to the trace of a case whose deadline moved (N9, P30)."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from core.office import Office
from db import chain
from db.accounts import acting
from db.config import Settings
from db.engine import Database, open_database
from db.files import FileStore
from db.holidays import SHANGHAI
from db.migrate import upgrade
from db.seed import PASSWORD, furnish
from db.sessions import Sessions
from db.unit import SqlUnit
from tests.browser.hands import Visits, fill, go, picture, press, quiet, says, visits
from tests.conftest import CHECKED, DOCUMENT
from tests.serving import start_server
from tests.test_notice import NOTICE_2027

pytestmark = pytest.mark.browser

BEFORE = datetime(2026, 11, 20, 15, 0, tzinfo=SHANGHAI)
RECEIVED = datetime(2027, 1, 29, 10, 0, tzinfo=SHANGHAI)
"""A Friday: nobody knows yet that the Sunday after it is worked."""


@pytest.fixture
def office(browser: Browser, tmp_path: Path) -> Iterator[tuple[Visits, str]]:
    """An office of its own, in which one document waits for a proposal; and the document's id."""
    settings = Settings(data_dir=tmp_path / "data")
    database = open_database(settings.url)
    upgrade(database)
    furnish(database, Sessions(database, chain.key_in(settings.data_dir)), BEFORE)
    case_id = a_document(database, settings)
    database.close()
    with start_server(tmp_path) as server, visits(browser, server) as people:
        yield people, case_id
        assert "page_failed" not in server.logged() and "page_fault" not in server.logged()


def a_document(database: Database, settings: Settings) -> str:
    files = FileStore(settings.data_dir / "files")
    office = Office(lambda: SqlUnit(database, files, chain.key_in(settings.data_dir)), lambda: RECEIVED)
    with database.reading() as session:
        secretary = acting(session, "wangmin")
    values = {**DOCUMENT, "received_at": RECEIVED}
    case = office.open("incoming_document", values, by=secretary, then=("register", CHECKED))
    answers = {"handling": "办件", "needs_reply": False}
    return office.act(case.id, "pass_check", answers, by=secretary, seen=case.seq).id


@pytest.mark.seldom
def test_the_notice_of_2027_is_pasted_looked_at_and_applied(office: tuple[Visits, str]) -> None:
    people, case_id = office
    page = people.person("zhangwei", PASSWORD, "/working_days")
    open_the_year(page, "2027")
    a_wrong_notice_is_refused_line_by_line(page)
    the_notice_shows_what_it_comes_to(page)
    press(page, "确认，并调整 1 件的时限")
    says(page, "日历已更新，1 件的时限随之调整并留痕")
    expect(page.get_by_text("未发布", exact=True)).to_have_count(0)
    expect(day(page, "2027年1月31日")).to_have_attribute("aria-label", re.compile("星期日 上班"))
    picture(page, "working-days-2027")
    the_trace_tells_it(page, case_id)
    the_same_notice_again_is_no_change(page)


@pytest.mark.seldom
def test_a_clicked_day_is_changed_and_everybody_sees_it(office: tuple[Visits, str]) -> None:
    people, _ = office
    page = people.person("zhangwei", PASSWORD, "/working_days")
    open_the_year(page, "2027")
    day(page, "2027年6月9日").click()
    expect(page.get_by_role("textbox", name=re.compile("^事由"))).to_have_value("端午节")
    fill(page, "事由", "端午节（本办值守）")
    press(page, "查看影响")
    says(page, "另有 1 天只更新事由或依据。")
    press(page, "返回，不改")
    expect(page.get_by_role("textbox", name=re.compile("^事由"))).to_have_value("端午节（本办值守）")
    member = people.person("chenli", PASSWORD, "/working_days")
    open_the_year(member, "2027")
    expect(day(member, "2027年6月9日")).to_be_visible()
    expect(member.get_by_role("button", name="查看影响")).to_have_count(0)


def open_the_year(page: Page, year: str) -> None:
    go(page, "/working_days", "工作日历")
    box = page.get_by_role("spinbutton", name="年份")
    box.fill(year)
    box.press("Tab")
    says(page, f"{year} 年全年")
    expect(day(page, f"{year}年6月9日")).to_be_visible()
    quiet(page)


def day(page: Page, said: str):
    """The tile of a day."""
    return page.locator(f'[data-testid="stVegaLiteChart"] [aria-label^="{said}"]').first


def paste(page: Page, text: str) -> None:
    page.get_by_role("radio", name="粘贴通知").click()
    quiet(page)
    fill(page, "通知全文", text)
    press(page, "查看影响")


def a_wrong_notice_is_refused_line_by_line(page: Page) -> None:
    wrong = NOTICE_2027.replace("1月1日（周五）", "1月1日（周四）")
    paste(page, wrong)
    says(page, re.compile("第 5 行：1月1日写的是星期四"))
    expect(page.get_by_role("textbox", name=re.compile("^通知全文"))).to_have_value(wrong)


def the_notice_shows_what_it_comes_to(page: Page) -> None:
    paste(page, NOTICE_2027)
    says(page, "待确认：2027 年放假安排")
    says(page, "1 件的时限将移动")
    moved = page.get_by_test_id("stDataFrame").nth(1).locator("tbody tr").first
    expect(moved).to_contain_text(DOCUMENT["title"])
    expect(moved).to_contain_text("2027-02-02 17:30（未发布） → 2027-02-01 17:30")
    picture(page, "working-days-preview")


def the_trace_tells_it(page: Page, case_id: str) -> None:
    page.goto(f"/case?id={case_id}")
    says(page, "时限随日历调整")
    says(page, re.compile("2027-02-02 17:30 改为 2027-02-01 17:30；.*国办发明电〔2026〕7号（张维录入）"))


def the_same_notice_again_is_no_change(page: Page) -> None:
    open_the_year(page, "2027")
    paste(page, NOTICE_2027)
    says(page, "与现有日历相同，没有要改的")
    press(page, "返回，不改")

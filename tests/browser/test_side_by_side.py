"""Several people at once, and what holds when a page, a browser or the server goes away."""

import os
import re
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from subprocess import STDOUT, Popen
from sys import executable
from time import monotonic
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Browser, Page, expect

from db.seed import PASSWORD
from tests.browser.hands import (
    Enter,
    choose,
    docx_of,
    door,
    drop,
    field_of,
    fill,
    go,
    holds,
    inside,
    letter,
    open_from_desk,
    picture,
    press,
    quiet,
    says,
    visits,
)
from tests.serving import ROOT, Server, free_port, furnish_demo, wait_until_up

pytestmark = pytest.mark.browser

AT_PROPOSAL = "关于协调跨区道路施工的函"
ALSO_AT_PROPOSAL = "关于报送服务业统计数据的通知"


# --- two people on one case -------------------------------------------------------------------------


def test_the_slower_of_two_is_told_who_was_faster_and_keeps_what_was_typed(enter: Enter) -> None:
    faster, slower = enter("lihua"), enter("wangmin")
    open_from_desk(faster, AT_PROPOSAL)
    open_from_desk(slower, AT_PROPOSAL)
    fill(slower, "风险提示", "跨区协调，须两区同时答复")
    choose(slower, "承办部门", "规划发展处")
    quiet(slower)
    press(faster, "更正")
    choose(faster, "更正哪一项", "来文单位")
    fill(faster, "改为", "城西区人民政府办公室")
    fill(faster, "理由", "来文落款为区政府办")
    faster.get_by_test_id("stPopoverBody").get_by_role("button", name="更正", exact=True).click()
    says(faster, "已办理：更正")
    press(slower, "呈批")
    says(slower, re.compile(r"李桦已于 \d\d-\d\d \d\d:\d\d 办理了“更正”"))
    picture(slower, "21-slower")
    holds(slower, 风险提示="跨区协调，须两区同时答复", 承办部门="规划发展处")
    slower.reload()
    holds(slower, 风险提示="跨区协调，须两区同时答复", 承办部门="规划发展处")
    press(slower, "呈批")
    says(slower, "现在要做：批示")


@pytest.mark.seldom
def test_what_was_typed_is_still_there_when_the_step_was_taken_by_another(enter: Enter) -> None:
    """The form itself is gone with its step: its words are shown, to be used elsewhere."""
    faster, slower = enter("lihua"), enter("wangmin")
    for page in (faster, slower):
        open_from_desk(page, ALSO_AT_PROPOSAL)
        choose(page, "承办部门", "信息中心")
    fill(slower, "风险提示", "这是慢的一位写的风险提示")
    quiet(slower)
    fill(faster, "风险提示", "数据口径须与统计局一致")
    press(faster, "呈批")
    says(faster, "现在要做：批示")
    press(slower, "呈批")
    says(slower, re.compile(r"李桦已于 \d\d-\d\d \d\d:\d\d 办理了“呈批”"))
    says(slower, "这是慢的一位写的风险提示")
    picture(slower, "22-taken-by-another")
    slower.reload()
    says(slower, "这是慢的一位写的风险提示")


# --- drafts -----------------------------------------------------------------------------------------


class Mortal:
    """A server that can be killed at once and comes back at the same address."""

    def __init__(self, folder: Path) -> None:
        self.server = Server(f"http://127.0.0.1:{free_port()}", folder / "data", folder / "server.log")
        self.start()

    def start(self) -> None:
        port = urlparse(self.server.url).port
        with self.server.log.open("ab") as output:
            self.process = Popen(
                [executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"],
                cwd=ROOT, env={**os.environ, "OFFICE_DATA_DIR": str(self.server.data)}, stdout=output, stderr=STDOUT,
            )  # fmt: skip
        wait_until_up(self.server, self.process)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[Mortal]:
    furnish_demo(tmp_path)
    found = Mortal(tmp_path)
    yield found
    found.kill()


@pytest.mark.seldom
def test_what_is_typed_survives_a_reload_and_the_death_of_the_server(
    browser: Browser, mortal: Mortal
) -> None:
    with visits(browser, mortal.server) as people:
        page = people.person("lihua", PASSWORD)
        open_from_desk(page, AT_PROPOSAL)
        fill(page, "风险提示", "停电前写下的")
        quiet(page)
        page.reload()
        holds(page, 风险提示="停电前写下的")
        mortal.kill()
        page.locator('[data-test-connection-state]:not([data-test-connection-state="CONNECTED"])').wait_for()
        mortal.start()
        page.reload()
        holds(page, 风险提示="停电前写下的")
        inside(page)


@pytest.mark.seldom
def test_a_document_half_registered_survives_a_reload(enter: Enter) -> None:
    page = enter("zhaoqian", "/incoming")
    drop(page, "半途.docx", docx_of(letter("云林函〔2026〕5号", "关于半途中断的函", "云川市林业局")))
    says(page, "已读出")
    fill(page, "来文单位", "云川市林业局（林场科）")
    quiet(page)
    page.reload()
    holds(page, 文号="云林函〔2026〕5号", 来文单位="云川市林业局（林场科）")
    expect(field_of(page, "标题")).to_have_value(re.compile("半途中断"))


# --- a page that lives ------------------------------------------------------------------------------


def live_cases(page: Page) -> int:
    return int(door(page, "在办").locator("strong").inner_text())


@pytest.mark.seldom
def test_the_overview_shows_a_new_case_without_a_click(enter: Enter) -> None:
    director, secretary = enter("zhangwei"), enter("lihua", "/incoming")
    go(director, "/", "总览")
    before = live_cases(director)
    fill(secretary, "标题", "关于总览自己更新的函")
    fill(secretary, "来文单位", "云川市档案局")
    press(secretary, "登记")
    says(secretary, "已办理")
    registered = monotonic()
    expect(door(director, "在办").locator("strong")).to_have_text(str(before + 1), timeout=20_000)
    assert monotonic() - registered < 20


# --- faults -----------------------------------------------------------------------------------------


@pytest.mark.seldom
def test_a_fault_shows_an_id_that_stands_in_the_log(enter: Enter, demo: Server) -> None:
    """The settings are spoilt behind the program's back: the page says a number and nothing else."""
    page = enter("zhangwei")
    with closing(sqlite3.connect(demo.data / "office.db", isolation_level=None)) as database:
        (kept,) = database.execute("SELECT value FROM settings WHERE key = 'office'").fetchone()
        database.execute("""UPDATE settings SET value = '{"nonsense": 1}' WHERE key = 'office'""")
        try:
            page.goto("/people")
            page.get_by_role("tab", name="本办").click()
            shown = page.get_by_text(re.compile("程序出错，编号 [0-9A-F]{8}"))
            shown.wait_for()
            picture(page, "24-fault")
            number = re.search("[0-9A-F]{8}", shown.inner_text())
            text = page.get_by_test_id("stMain").inner_text()
        finally:
            database.execute("UPDATE settings SET value = ? WHERE key = 'office'", (kept,))
    assert number and number[0] in demo.logged()
    assert "Traceback" not in text and "nonsense" not in text and "TypeError" not in text


@pytest.mark.seldom
def test_typing_before_the_page_is_drawn_to_its_end_costs_nothing(enter: Enter) -> None:
    """The hurried type into the first field while the others are still coming."""
    page = enter("zhaoqian")
    for hurry in range(4):
        page.goto("/incoming")
        fill(page, "标题", f"第{hurry}次抢着写的标题")
        quiet(page)
        expect(field_of(page, "文种")).not_to_have_value("")
        holds(page, 密级="非密", 来文方式="电子文件", 份数="1")
    fill(page, "标题", "")

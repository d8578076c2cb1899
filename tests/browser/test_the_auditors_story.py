"""The auditor asks who did what to one document, prints its trace, and finds what was done behind the program's back."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Page, expect

from db.seed import PASSWORD
from tests.browser.hands import Visits, choose, fill, go, picture, press, quiet, row, rows, says, visits
from tests.browser.test_every_page import is_in_order
from tests.serving import ROOT, Server, furnish_demo, start_server

pytestmark = pytest.mark.browser

DOCUMENT = "关于加强数据安全自查的通知"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A demonstration office of its own: this story damages it."""
    folder = tmp_path_factory.mktemp("audited")
    furnish_demo(folder)
    with start_server(folder) as server:
        yield server


@pytest.fixture
def come(browser: Browser, office: Server) -> Iterator[Visits]:
    with visits(browser, office) as found:
        yield found


def run(office: Server, *command: str) -> tuple[int, str]:
    """A command of whoever runs the server, beside it."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env={**os.environ, "OFFICE_DATA_DIR": str(office.data)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def one_document(page: Page) -> None:
    fill(page, "哪一件", DOCUMENT)
    says(page, "打印这一件的流转记录")
    quiet(page)


def address_of(page: Page, link: str) -> str:
    return page.get_by_role("link", name=link).get_attribute("href") or ""


def test_who_did_what_to_one_document_is_found_kept_in_the_address_and_printed(come: Visits) -> None:
    auditor = come.person("qianjin", PASSWORD, "/audit")
    one_document(auditor)
    expect(row(auditor, "呈批")).to_contain_text("王敏")
    found = rows(auditor)
    assert all(DOCUMENT in one for one in found)
    auditor.reload()
    expect(row(auditor, "呈批")).to_contain_text("王敏")
    assert rows(auditor) == found
    picture(auditor, "51-one-document")
    printed = auditor.request.get(address_of(auditor, "打印这一件的流转记录"))
    assert printed.body().startswith(b"%PDF")
    exported = auditor.request.get(address_of(auditor, "导出 XLSX"))
    assert exported.body().startswith(b"PK")
    choose(auditor, "谁办的（含代办）", "何韵")
    says(auditor, "没有符合的办理记录")


@pytest.mark.seldom
def test_nobody_else_gets_the_lists_as_files(come: Visits) -> None:
    secretary = come.person("wangmin", PASSWORD)
    for which in ("log", "journal", "sign_ins"):
        assert secretary.request.get(f"/trails/{which}.xlsx").status == 403
    assert secretary.request.get("/trails/nothing.xlsx").status == 404


@pytest.mark.seldom
def test_on_a_phone_the_record_is_cards(come: Visits) -> None:
    auditor = come.person("qianjin", PASSWORD, "/audit", phone=True)
    go(auditor, "/audit", "审计")
    is_in_order(auditor, "52-audit")
    one_document(auditor)
    expect(auditor.locator('[class*="audit-log-card-"]').filter(has_text="呈批 · 王敏")).to_be_visible()
    for name in ("办公室记录", "登录记录", "核对留痕"):
        auditor.get_by_role("tab", name=name).click()
        is_in_order(auditor, f"52-{name}")


@pytest.mark.seldom
def test_what_was_changed_behind_the_programs_back_is_found_on_the_page_and_by_the_command(
    come: Visits, office: Server
) -> None:
    assert run(office, "db.backup")[0] == 0
    auditor = come.person("qianjin", PASSWORD, "/audit?list=核对留痕")
    says(auditor, "时核对：完好")  # what the backup found
    press(auditor, "现在核对留痕")
    says(auditor, "核对：完好，没有发现绕过程序的改动")

    with closing(sqlite3.connect(office.data / "office.db")) as file:
        file.execute("DROP TRIGGER events_no_update")
        (event,) = file.execute("SELECT max(id) FROM events WHERE action = 'propose'").fetchone()
        file.execute("UPDATE events SET \"by\" = 'lihua' WHERE id = ?", [event])
        file.commit()
    press(auditor, "现在核对留痕")
    says(auditor, f"记录 {event} 内容被改：与校验值不符")
    picture(auditor, "53-tampered")

    code, said = run(office, "db.verify")
    assert code == 1
    assert f"记录 {event} 内容被改：与校验值不符（events 表，登记号 " in said

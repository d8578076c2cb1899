"""What is told quickly elsewhere, at its full length: files in their time, a thousand queries, a minute's wait."""

import pytest
from hypothesis import given, settings
from playwright.sync_api import expect

from db.engine import open_database
from db.seed import PASSWORD
from tests.browser.hands import fill, holds, press, visits
from tests.promises.test_hostile_files import cost_of_refusing
from tests.promises.test_trouble_with_the_database import held_by_another_program
from tests.promises.test_what_is_looked_for_is_text import (
    LIKE_A_PERSON,
    TYPED,
    attempts,
    check_the_attempts,
    check_the_record,
    check_what_looks_alike,
    letters,
)
from tests.serving import chromium, furnish_demo, start_server
from tests.soak.conftest import MINUTES

__all__ = ["attempts", "letters"]


def test_each_hostile_file_is_refused_at_once(tmp_path, say):
    cost = cost_of_refusing(tmp_path)
    say(
        f"hostile files: the slowest refusal took {cost['seconds']:.2f} s, all of them {cost['megabytes']:.0f} MB"
    )
    assert cost["seconds"] < 5
    assert cost["megabytes"] < 50


@settings(LIKE_A_PERSON, max_examples=round(200 * MINUTES))
@given(typed=TYPED)
def test_two_thousand_queries_are_text(letters, attempts, reader_of, typed):
    check_the_record(reader_of, typed)
    check_what_looks_alike(reader_of, typed)
    check_the_attempts(reader_of, typed)


@pytest.mark.browser
def test_a_page_keeps_what_was_typed_while_nobody_can_write(tmp_path, say):
    """Somebody else holds the database for a minute: the sentence, the words still there, and then it goes."""
    furnish_demo(tmp_path)
    with start_server(tmp_path) as server, chromium() as browser, visits(browser, server) as people:
        page = people.person("lihua", PASSWORD, "/incoming")
        fill(page, "标题", "数据库忙时登记的来文")
        fill(page, "来文单位", "云川市档案局")
        database = open_database(server.database_url)
        with held_by_another_program(database):
            press(page, "登记")
            expect(page.get_by_text("数据库忙，已保留您填写的内容").first).to_be_visible(timeout=60_000)
            holds(page, 标题="数据库忙时登记的来文", 来文单位="云川市档案局")
            page.wait_for_timeout(min(60, MINUTES * 6) * 1000)
        database.close()
        press(page, "登记")
        expect(page.get_by_text("已办理").first).to_be_visible(timeout=60_000)
    say("a page waited while nobody could write, and then registered what was typed")

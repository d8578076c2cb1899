"""The schedule in the browser: an entry is dragged, a conflict shows while it is typed, the director decides on the
phone, and a calendar program reads it all back (R47–R50, N18, N19).
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import vobject
from playwright.sync_api import Browser, FrameLocator, Page, expect

from core.people import Person
from core.schedule import ABSENCE
from core.scheduling import Scheduling
from core.worktime import Limit
from db import chain
from db.engine import Database, open_database
from db.files import FileStore
from db.holidays import shipped_calendar
from db.reader import Reader
from db.scheduling import SqlSchedulingUnit
from db.seed import PASSWORD
from tests.browser.hands import choose, fill, go, picture, press, quiet, says, visits
from tests.serving import Server, furnish_demo, start_server

pytestmark = pytest.mark.browser

ZONE = shipped_calendar().zone
SIDEWAYS = """() => Math.max(...[document.documentElement, ...document.querySelectorAll('[data-testid=stMain]')]
    .map(e => e.scrollWidth - e.clientWidth))"""


def now() -> datetime:
    return datetime.now(UTC)


class Kept:
    """What the demonstration office has on its calendar, beside the browser."""

    def __init__(self, folder) -> None:
        self.database: Database = open_database(f"sqlite:///{folder / 'data' / 'office.db'}")
        self.files, self.key = FileStore(folder / "data" / "files"), chain.key_in(folder / "data")

    def unit(self) -> SqlSchedulingUnit:
        return SqlSchedulingUnit(self.database, self.files, self.key)

    def person(self, who: str) -> Person:
        with self.unit() as unit:
            return unit.person(who, now())

    def add(self, title: str, begins: datetime, hours: int, **more) -> str:
        form = {
            "title": title,
            "begins": begins,
            "ends": begins + timedelta(hours=hours),
            "sort": "临时",
            "repeat": "不重复",
        }
        return Scheduling(self.unit, now).add({**form, **more}, by=self.person("wangmin")).entry.id

    def on(self, day: datetime) -> dict[str, Any]:
        """What the secretary sees of a day, by its title."""
        midnight = day.replace(hour=0)
        found = self.reader().entries(midnight, midnight + timedelta(days=1))
        return {row.title: row for row in found.itertuples()}

    def reader(self) -> Reader:
        return Reader(self.database, self.files, self.person("wangmin"), now)

    def begins(self, entry_id: str) -> datetime:
        return self.reader().entry(entry_id).begins

    def standing(self) -> set[str]:
        """What stands on the calendar from yesterday on, by its id."""
        found = self.reader().entries(now() - timedelta(days=1), now() + timedelta(days=30))
        return {entry_id for entry_id in found["id"] if not entry_id.startswith(ABSENCE)}

    def cancel(self, entry_id: str) -> None:
        seen, by = self.reader().entry(entry_id).version, self.person("wangmin")
        Scheduling(self.unit, now).cancel(entry_id, "说完了", by=by, seen=seen)

    def forget_the_form(self) -> None:
        with self.unit() as unit:
            unit.save_draft("wangmin", "schedule", None, now())
            unit.commit()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory):
    place = tmp_path_factory.mktemp("schedule")
    furnish_demo(place)
    return place


@pytest.fixture(scope="module")
def server(folder) -> Iterator[Server]:
    with start_server(folder) as running:
        yield running


@pytest.fixture
def kept(folder) -> Iterator[Kept]:
    """The calendar; what a story put on it is off again at its end, so that it can be told once more."""
    kept = Kept(folder)
    before = kept.standing()
    yield kept
    for entry_id in kept.standing() - before:
        kept.cancel(entry_id)
    kept.forget_the_form()


def at_ten() -> datetime:
    """Today at ten: the calendar begins with this week."""
    return now().astimezone(ZONE).replace(hour=10, minute=0, second=0, microsecond=0)


def the_calendar(page: Page) -> FrameLocator:
    frame = page.frame_locator("iframe[title*='streamlit_calendar']")
    expect(frame.locator(".fc-timegrid-slot").first).to_be_visible(timeout=40_000)
    return frame


def drag(page: Page, title: str, slots: int) -> None:
    """Take an entry and drop it so many half hours later."""
    frame = the_calendar(page)
    page.locator("iframe[title*='streamlit_calendar']").scroll_into_view_if_needed()
    event = frame.locator(".fc-timegrid-event").filter(has_text=title).first
    event.scroll_into_view_if_needed()
    box, slot = event.bounding_box(), frame.locator(".fc-timegrid-slot-lane").first.bounding_box()
    assert box and slot
    x, y = box["x"] + box["width"] / 2, box["y"] + 6
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 8, steps=3)
    page.mouse.move(x, y + slots * slot["height"], steps=12)
    page.mouse.up()


@pytest.mark.seldom
def test_an_entry_is_dragged_to_another_time(browser: Browser, server: Server, kept: Kept) -> None:
    """From ten to eleven, once: what the calendar says again with the next run changes nothing."""
    entry = kept.add("值班表核对", at_ten(), 1, people=["heyun"])
    with visits(browser, server) as come:
        page = come.person("wangmin", PASSWORD, "/schedule")
        quiet(page)
        drag(page, "值班表核对", 2)
        says(page, "“值班表核对”已登上日程")
        assert kept.begins(entry) == at_ten() + timedelta(hours=1)
        page.get_by_text("找空闲时间").click()
        quiet(page)
        assert kept.begins(entry) == at_ten() + timedelta(hours=1)
        picture(page, "81-schedule")


def test_a_conflict_shows_before_it_is_saved_and_is_decided_on_the_phone(
    browser: Browser, server: Server, kept: Kept
) -> None:
    """The leader has something important; another is entered, kept as 待定, and the director allows both."""
    begins = now().astimezone(ZONE).replace(minute=0, second=0, microsecond=0)
    kept.add("省委巡视组谈话", begins, 4, people=["heyun"], important=True, sort="固定")
    with visits(browser, server) as come:
        page = come.person("wangmin", PASSWORD, "/schedule")
        quiet(page)
        page.get_by_text("登记日程", exact=True).click()
        fill(page, "事项", "外宾会见")
        choose(page, "人员", "何韵")
        says(page, "已有“省委巡视组谈话”")
        page.get_by_text("重要", exact=True).last.click()
        says(page, "保存后为待定，并报批")
        picture(page, "82-conflict")
        press(page, "登记")
        says(page, "已登记为待定：同一时段的重要活动达到阈值")
        phone = come.person("zhangwei", PASSWORD, "/schedule", phone=True)
        quiet(phone)
        card = phone.locator('[class*="schedule-card-"]').filter(has_text="外宾会见")
        expect(card).to_contain_text("省委巡视组谈话")
        assert phone.evaluate(SIDEWAYS) <= 0
        card.get_by_role("button", name="定下来").click()
        box = phone.get_by_test_id("stPopoverBody")
        box.get_by_role("radio", name="允许并行").click()
        quiet(phone)
        reason = box.get_by_label("理由 *")
        reason.fill("谈话可以中断二十分钟")
        reason.press("Tab")
        quiet(phone)
        box.get_by_role("button", name="定下来").click()
        says(phone, "已定，日程随之更改，有关人员已告知")
        picture(phone, "83-decided")


def next_working_day() -> datetime:
    """Nine o'clock of the next working day."""
    day = shipped_calendar().after(now(), Limit(days=1)).astimezone(ZONE)
    return day.replace(hour=9, minute=0, second=0, microsecond=0)


@pytest.mark.seldom
def test_a_time_is_selected_and_what_is_free_is_taken_with_one_tap(
    browser: Browser, server: Server, kept: Kept
) -> None:
    """The secretary draws over an empty time of today; the room is taken, and another one is one tap away.

    Her computer still has yesterday's date, as every browser has in UTC until eight in the morning.
    """
    kept.add("设备调试", at_ten().replace(hour=17), 1, people=["lihua"], resources=["302 会议室"])
    with visits(browser, server) as come:
        page = come.person("wangmin", PASSWORD)
        page.clock.set_system_time(at_ten() - timedelta(days=1))
        go(page, "/schedule", "日程")
        quiet(page)
        frame = the_calendar(page)
        page.locator("iframe[title*='streamlit_calendar']").scroll_into_view_if_needed()
        column = frame.locator(".fc-timegrid-col.fc-day-today").bounding_box()
        first, last = (
            frame.locator(f'.fc-timegrid-slot-lane[data-time="{at}"]').bounding_box()
            for at in ("17:00:00", "17:30:00")
        )
        assert column and first and last
        x = column["x"] + column["width"] - 4
        page.mouse.move(x, first["y"] + 3)
        page.mouse.down()
        page.mouse.move(x, last["y"] + 3, steps=6)
        page.mouse.move(x, last["y"] + last["height"] - 3, steps=6)
        page.mouse.up()
        says(page, "17:00–18:00 已填入“登记日程”")
        fill(page, "事项", "版面校对会")
        choose(page, "会议室、车辆", "302 会议室")
        says(page, "已有“设备调试”")
        picture(page, "84-alternatives")
        page.get_by_role("button", name=re.compile("原时间.*空闲")).first.click()
        expect(page.get_by_text("已有“设备调试”")).to_have_count(0)
        quiet(page)
        press(page, "登记")
        says(page, "“版面校对会”已登上日程")
        found = kept.on(at_ten())
        assert found["版面校对会"].begins == at_ten().replace(hour=17)
        assert "会议室" in found["版面校对会"].names or "培训室" in found["版面校对会"].names
        assert "302 会议室" not in found["版面校对会"].names


@pytest.mark.seldom
def test_the_director_moves_what_gives_way_by_two_taps_on_the_phone(
    browser: Browser, server: Server, kept: Kept
) -> None:
    """What weighs less is proposed with free times; one is tapped, the reason is written, and the entry has moved."""
    begins = next_working_day()
    kept.add("市委常委会", begins, 2, people=["heyun"], important=True, sort="固定")
    entry = kept.add("签约仪式", begins + timedelta(minutes=30), 1, people=["heyun"], important=True)
    with visits(browser, server) as come:
        phone = come.person("zhangwei", PASSWORD, "/schedule", phone=True)
        quiet(phone)
        card = phone.locator('[class*="schedule-card-"]').filter(has_text="签约仪式")
        card.get_by_role("button", name="定下来").click()
        box = phone.get_by_test_id("stPopoverBody")
        expect(box).to_contain_text("第 1 项按优先级可以让")
        box.get_by_role("button", name=re.compile("何韵空闲")).first.click()
        quiet(phone)
        expect(box.get_by_role("radio", name="移动")).to_be_checked()
        reason = box.get_by_label("理由 *")
        reason.fill("常委会不能改")
        reason.press("Tab")
        quiet(phone)
        picture(phone, "85-two-taps")
        assert phone.evaluate(SIDEWAYS) <= 0
        box.get_by_role("button", name="定下来").click()
        says(phone, "已定，日程随之更改，有关人员已告知")
        assert kept.begins(entry) >= begins + timedelta(hours=2)


@pytest.mark.seldom
def test_a_calendar_program_reads_the_link_until_it_is_revoked(
    browser: Browser, server: Server, kept: Kept
) -> None:
    """The link is shown once; what is behind it says the same time; after 停用 it is dead."""
    entry = kept.add("书记专题会", at_ten() + timedelta(days=1), 2, people=["heyun"])
    with visits(browser, server) as come:
        page = come.person("wangmin", PASSWORD, "/schedule")
        go(page, "/schedule", "日程")
        page.get_by_text("订阅到手机或电脑的日历").click()
        choose(page, "订阅谁的", "何韵")
        press(page, "生成链接")
        says(page, "只显示这一次")
        link = page.get_by_test_id("stCode").inner_text().strip()
        events = {one.summary.value: one for one in vobject.readOne(httpx.get(link).text).vevent_list}
        assert events["书记专题会"].dtstart.value == kept.begins(entry)
        press(page, "停用")
        says(page, "订阅链接已停用")
        assert httpx.get(link).status_code == 404

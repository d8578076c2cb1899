"""A meeting is held: agenda, sign-in, record, contingency, recording, end – at a desk, by two, and by phone (R32–R35)."""

import io
import re
import wave
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hands import Enter, fill, go, picture, press, quiet, says
from tests.browser.secretariat import Secretariat
from tests.serving import Server

pytestmark = pytest.mark.browser


@pytest.fixture
def meeting(demo: Server) -> Callable[[str], str]:
    """Begins a meeting of this title in the demonstration office."""
    return Secretariat(demo).begin


def spoken(seconds: int) -> bytes:
    """A recording of silence."""
    made = io.BytesIO()
    with wave.open(made, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8000)
        sound.writeframes(b"\x80" * 8000 * seconds)
    return made.getvalue()


def part(page: Page, name: str):
    return page.locator(f".st-key-{name}")


def note(page: Page, text: str) -> None:
    """Write a line as the hurried do."""
    box = part(page, "entry").get_by_label("记录", exact=True)
    box.click()
    page.keyboard.type(text)
    page.keyboard.press("Control+Enter")


def speaker(page: Page, name: str) -> None:
    part(page, "entry").get_by_text(name, exact=True).click()


def test_a_meeting_is_held_on_one_screen(enter: Enter, meeting, tmp_path: Path) -> None:
    """From the first topic to 散会: three lines, a task, a contingency, who came, a recording to jump in."""
    case_id = meeting("供暖安全协调会")
    page = enter("wangmin")
    go(page, f"/room?id={case_id}", "供暖安全协调会")

    press(page, "进入第一个议题")
    says(page, re.compile(r"用了 0 分钟，计划 30 分钟，还剩 (29|30) 分钟"))

    part(page, "attendance").get_by_text("周宁", exact=True).click()
    says(page, re.compile("应到 4 · 实到 1 · 请假 1"))
    press(page, "名单外")
    fill(page, "姓名", "刘芳")
    fill(page, "部门", "市消防救援支队")
    page.get_by_test_id("stPopoverBody").get_by_role("button", name="签到", exact=True).click()
    says(page, "列席 1")

    press(page, "录音笔开始录了")
    says(page, "起在录")
    quiet(page)
    speaker(page, "周宁")
    note(page, "台账已报齐，还有 3 处没有整改")
    lines = part(page, "lines")
    expect(lines.get_by_text("台账已报齐")).to_be_visible()
    note(page, "@陈砺 明天 报送整改清单")
    says(page, re.compile(r"已记为待办：陈砺，\d+月\d+日前，报送整改清单"))
    note(page, "@陈丽 明天 报送")
    says(page, re.compile("人员名单里没有“@陈丽”，是不是.*陈砺.*请写全名"))
    box = part(page, "entry").get_by_label("记录", exact=True)
    expect(box).to_have_value("@陈丽 明天 报送")
    box.fill("刘芳：值班表周五前定")
    page.keyboard.press("Control+Enter")
    expect(lines.get_by_text("值班表周五前定")).to_be_visible()
    expect(lines.get_by_text("刘芳", exact=True)).to_be_visible()

    press(page, "下一议题")
    says(page, re.compile("用了 0 分钟，计划 40 分钟"))
    press(page, "设备故障")
    says(page, "换备用话筒")
    fill(page, "怎样处置", "换了备用话筒")
    press(page, "启动并记录")
    expect(part(page, "contingencies").get_by_text("换了备用话筒")).to_be_visible()
    picture(page, "60-room")

    press(page, "放入录音")
    place = page.get_by_test_id("stPopoverBody").get_by_test_id("stFileUploaderDropzoneInput")
    place.set_input_files({"name": "会议.wav", "mimeType": "audio/wav", "buffer": spoken(600)})
    page.get_by_role("button", name="Remove 会议.wav").wait_for()
    quiet(page)
    press(page, "存入")
    says(page, "录音已存入")
    quiet(page)
    lines.get_by_role("button", name=re.compile(r"\d\d:\d\d")).first.click()
    page.wait_for_function(
        "() => { const a = document.querySelector('audio'); return a && a.currentTime > 0 }"
    )
    page.wait_for_function("() => document.querySelector('audio').duration === 600")

    page.locator(".st-key-lines").get_by_role("button", name="改").last.click()
    fill(page, "内容", "台账已报齐，还有 2 处没有整改")
    part(page, "changing").get_by_role("button", name="存", exact=True).click()
    expect(lines.get_by_text("还有 2 处没有整改")).to_be_visible()
    expect(lines.get_by_text("改过")).to_be_visible()

    press(page, "散会")
    says(page, "位没有签到")
    press(page, "确认散会")
    says(page, "散会，记录只供查看")
    picture(page, "61-room-closed")
    page.get_by_role("link", name="起草纪要").click()
    expect(page.get_by_label(re.compile("^纪要正文")).first).to_have_value(
        re.compile("刘芳提出，值班表周五前定。.*1.报送整改清单，由陈砺负责", re.S)
    )


@pytest.mark.seldom
def test_two_write_one_record(enter: Enter, meeting) -> None:
    """N17: the other's line comes by itself; what is half written survives a reload; one line changed by both."""
    case_id = meeting("除雪保畅协调会")
    one, other = enter("wangmin"), enter("lihua")
    for page in (one, other):
        go(page, f"/room?id={case_id}", "除雪保畅协调会")
    box = part(other, "entry").get_by_label("记录", exact=True)
    box.click()
    other.keyboard.type("城西区还没有")
    expect(part(one, "lines").get_by_text("李桦正在记")).to_be_visible(timeout=20_000)
    expect(part(other, "entry").get_by_text("已存草稿")).to_be_visible()
    other.reload()
    expect(box).to_have_value("城西区还没有")
    quiet(other)
    box.click()
    other.keyboard.press("End")
    other.keyboard.type("报除雪预案")
    other.keyboard.press("Control+Enter")
    expect(part(one, "lines").get_by_text("城西区还没有报除雪预案")).to_be_visible(timeout=20_000)

    for page in (one, other):
        part(page, "lines").get_by_role("button", name="改").first.click()
        expect(part(page, "changing")).to_be_visible()
        quiet(page)
    fill(one, "内容", "城西区没有报除雪预案")
    fill(other, "内容", "城西区、城东区还没有报除雪预案")
    part(one, "changing").get_by_role("button", name="存", exact=True).click()
    expect(part(one, "lines").get_by_text("城西区没有报除雪预案")).to_be_visible()
    part(other, "changing").get_by_role("button", name="存", exact=True).click()
    says(other, re.compile(r"王敏已于 .* 改过这一条，现在是：城西区没有报除雪预案"))
    picture(other, "62-room-two")
    expect(part(other, "changing").get_by_label("内容 *")).to_have_value("城西区、城东区还没有报除雪预案")
    part(other, "changing").get_by_role("button", name="存", exact=True).click()
    expect(part(one, "lines").get_by_text("城西区、城东区还没有报除雪预案")).to_be_visible(timeout=20_000)


@pytest.mark.seldom
def test_the_room_by_phone(enter: Enter, meeting) -> None:
    """The line to write comes first, then the lines, who is here, the agenda; nothing runs out of the screen."""
    case_id = meeting("防汛物资协调会")
    page = enter("wangmin", phone=True)
    go(page, f"/room?id={case_id}", "防汛物资协调会")
    tops = [part(page, name).bounding_box()["y"] for name in ("entry", "lines", "attendance", "agenda")]
    assert tops == sorted(tops)
    part(page, "entry").get_by_label("记录", exact=True).fill("用手机记的一条")
    press(page, "记下")
    expect(part(page, "lines").get_by_text("用手机记的一条")).to_be_visible()
    wide = page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth")
    assert wide <= 390
    picture(page, "63-room")


@pytest.mark.seldom
def test_whoever_is_invited_looks_on(enter: Enter, meeting) -> None:
    """Without anything to press, and without the numbers of the others."""
    case_id = meeting("节前值班协调会")
    page = enter("zhouning")
    go(page, f"/room?id={case_id}", "节前值班协调会")
    says(page, "记录由承办人和文秘岗来写")
    expect(page.get_by_role("button", name="散会")).to_have_count(0)
    expect(part(page, "entry")).to_have_count(0)

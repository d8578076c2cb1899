"""An invitee's phone, from the message with the link to the vote in the room; no sign-in, no script."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from db.links import Purpose
from tests.browser.hands import PHONE, PICTURES
from tests.conftest import NAMED
from tests.test_on_the_phone import House, house

LONG = "关于研究岁末年初安全生产、冬春农田水利、春节值班值守和保供稳价等有关工作的协调会议"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("invitee")) as found:
        yield found


@pytest.fixture
def phone(browser: Browser, here: House) -> Iterator[Page]:
    """A phone on which no script may run, in whose browser nobody has signed in."""
    context = phone_of(browser, here)
    yield context.new_page()
    context.close()


def phone_of(browser: Browser, here: House, **more: str) -> BrowserContext:
    context = browser.new_context(
        base_url=here.server.url, locale="zh-CN", java_script_enabled=False, **PHONE, **more
    )  # type: ignore[arg-type]
    context.set_default_timeout(20_000)
    return context


def look(page: Page, name: str) -> None:
    """Nothing is cut off at the side; a picture for whoever wants to look: OFFICE_TEST_PICTURES=1."""
    widths = page.locator("main, h1, button, .button, input, dl").evaluate_all(
        "all => all.map(one => [one.getBoundingClientRect().left, one.getBoundingClientRect().right])"
    )
    assert all(left >= 0 and right <= 390 for left, right in widths)
    if os.environ.get("OFFICE_TEST_PICTURES"):
        PICTURES.mkdir(exist_ok=True)
        page.screenshot(path=PICTURES / f"invitee-{name}.png", full_page=True)


@pytest.mark.browser
def test_an_invitee_with_a_phone(here: House, phone: Page, browser: Browser) -> None:
    """Reads, answers, changes the answer, takes the date along, signs in at the door and votes."""
    guest = here.guest("欧阳立春", "市应急管理局安全生产综合协调科")
    case = here.invite(
        guest, "chen", title=LONG, remote_address="https://meet.example.com/j/88123456789", mode="现场和线上"
    )
    link = here.answer_link(case, guest)

    phone.goto(link)
    expect(phone.get_by_role("heading", name=LONG)).to_be_visible()
    expect(phone.get_by_text("三楼会议室")).to_be_visible()
    look(phone, "1-asked")
    thumb = phone.get_by_role("button", name="参加", exact=True).bounding_box()
    assert thumb
    assert thumb["height"] >= 44
    phone.get_by_role("button", name="参加", exact=True).click()
    expect(phone.get_by_role("status")).to_contain_text("欧阳立春：参加")
    look(phone, "2-attending")

    phone.reload()
    expect(phone.get_by_role("status")).to_contain_text("欧阳立春：参加")
    phone.get_by_role("link", name="派人参加").click()
    phone.get_by_role("button", name="派人参加").click()
    expect(phone.get_by_text("请填写“代为参加的人”")).to_be_visible()
    phone.get_by_label("职务").fill("科长")
    look(phone, "3-deputy")
    phone.get_by_label("代为参加的人").fill("钱进")
    phone.get_by_role("button", name="派人参加").click()
    expect(phone.get_by_role("status")).to_contain_text("代为参加的人：钱进")
    phone.get_by_role("button", name="参加", exact=True).click()
    expect(phone.get_by_role("status")).to_contain_text("欧阳立春：参加")

    phone.goto(here.link(Purpose.SIGN_IN, case.id, minutes=3))
    look(phone, "4-door")
    phone.get_by_label("您的姓名").fill("立春")
    phone.get_by_role("button", name="查找").click()
    phone.get_by_role("button", name="欧阳立春").click()
    expect(phone.get_by_role("status")).to_contain_text("已签到")
    look(phone, "5-signed-in")

    here.put_to_the_vote(case, [guest, "chen"])
    phone.goto(link)
    look(phone, "6-with-a-vote")
    phone.get_by_role("link", name="关于调整集中供热价格的方案").click()
    phone.get_by_label("同意", exact=True).check()
    look(phone, "7-vote")
    phone.get_by_role("button", name="投票").click()
    expect(phone.get_by_role("status")).to_contain_text("您已投票")
    look(phone, "8-voted")


@pytest.mark.seldom
@pytest.mark.browser
def test_the_pages_at_night_and_with_large_letters(here: House, browser: Browser) -> None:
    """In the dark scheme, and with letters of twice the size: nothing is cut off, everything can be reached."""
    guest = here.guest("司马青", "市住房和城乡建设局")
    case = here.invite(guest, title=LONG)
    link, door = here.answer_link(case, guest), here.link(Purpose.ATTEND, case.id)
    context = phone_of(browser, here, color_scheme="dark")
    page = context.new_page()
    whom = [here.guest(f"来宾{n}") for n in range(5)]
    tokens = dict(here.polling().open_survey(case.id, "meeting", whom, by=NAMED["wang"]))
    pages = {
        "answer": link,
        "step": f"{link}?do=send_deputy",
        "door": door,
        "survey": f"/m/s/{tokens[whom[0]]}",
    }
    for name, address in pages.items():
        page.goto(address)
        look(page, f"dark-{name}")
        page.locator("html").evaluate("page => { page.style.fontSize = '200%' }")
        look(page, f"large-{name}")
    page.goto("/m/none")
    expect(page.get_by_role("status")).to_contain_text("这个链接已失效")
    look(page, "dark-dead")
    context.close()

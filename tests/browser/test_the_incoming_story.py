"""One document from the drop to the archive, told by five people, at a desk and by phone."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.hands import (
    Enter,
    Visits,
    card,
    choose,
    click_row,
    docx_of,
    door,
    drop,
    field_of,
    fill,
    go,
    holds,
    inside,
    is_phone,
    letter,
    open_from_desk,
    pick,
    picture,
    press,
    quiet,
    says,
    visits,
)
from tests.serving import Server, start_server

pytestmark = pytest.mark.browser

DATA = Path(__file__).parents[3] / "shared" / "data" / "state-council-documents.jsonl"
DIRECTOR_PASSWORD = "Yunchuan-2026"
DEPARTMENTS = ("财务处", "综合处")
OWN_PASSWORD = "Zixing-2026"

STAFF = (
    ("王敏", "wangmin", "文秘岗", "综合处"),
    ("李桦", "lihua", "文秘岗", "综合处"),
    ("何韵", "heyun", "领导", None),
    ("陈砺", "chenli", "部门人员", "财务处"),
)
NUMBER = "云财预〔2026〕77号"
TITLE = "云川市财政局关于编报2027年部门预算的通知"
RISK = "临近年底，注意与决算编报错开"


@pytest.fixture(params=[False, pytest.param(True, marks=pytest.mark.seldom)], ids=["desk", "phone"])
def world(
    request: pytest.FixtureRequest, browser: Browser, tmp_path: Path
) -> Iterator[tuple[Visits, Server]]:
    """An empty installation, and browsers of one size for everybody."""
    with start_server(tmp_path) as server, visits(browser, server, phone=request.param) as people:
        yield people, server
        assert "page_failed" not in server.logged() and "page_fault" not in server.logged()


def test_a_document_goes_from_the_drop_to_the_archive(world: tuple[Visits, Server]) -> None:
    people, _ = world
    director = the_director_creates_the_office(people)
    links = the_director_hires(director)
    secretary = arrives(people, links["wangmin"], "/incoming")
    number = the_secretary_registers_with_three_touches(secretary)
    a_second_drop_is_noticed(secretary)
    the_secretary_proposes(secretary)
    the_director_approves(director)
    the_secretary_distributes(secretary)
    leader = arrives(people, links["heyun"], "/desk")
    member = arrives(people, links["chenli"], "/desk")
    everybody_reads_one_after_being_urged(director, leader, member)
    the_department_does_its_task(member)
    the_secretary_closes_the_task_answers_and_archives(secretary)
    the_trace_tells_it_all(secretary, number)


def the_director_creates_the_office(people: Visits) -> Page:
    page = people.stranger()
    page.goto("/")
    fields = {
        "办公室名称（必填）": "云川市人民政府办公室",
        "办公室主任姓名（必填）": "张维",
        "登录账号（必填）": "zhangwei",
        "密码（必填）": DIRECTOR_PASSWORD,
        "再输一次密码（必填）": DIRECTOR_PASSWORD,
    }
    for label, value in fields.items():
        page.get_by_label(label, exact=True).fill(value)
    picture(page, "01-first-day")
    press(page, "创建")
    inside(page)
    return page


def the_director_hires(page: Page) -> dict[str, str]:
    """Departments and people; each first password is shown once."""
    go(page, "/people", "人员与部门")
    page.get_by_role("tab", name="部门", exact=True).click()
    quiet(page)
    for name in DEPARTMENTS:
        fill(page, "部门名称", name)
        press(page, "新增部门")
        says(page, "已新增部门")
        expect(field_of(page, "部门名称")).to_have_value("")
    page.get_by_role("tab", name="人员", exact=True).click()
    quiet(page)
    links = dict(hire(page, *one) for one in STAFF)
    picture(page, "02-people")
    page.reload()
    quiet(page)
    assert not any(link in page.content() for link in links.values())
    return links


def hire(page: Page, name: str, account: str, role: str, department: str | None) -> tuple[str, str]:
    fill(page, "姓名", name)
    fill(page, "登录账号", account)
    choose(page, "角色", role)
    if department:
        choose(page, "所在部门", department)
    press(page, "新增")
    shown = page.get_by_test_id("stCode").filter(has_text=f"账号 {account}")
    shown.wait_for()
    found = re.search(r"https?://\S+invitation=\S+", shown.inner_text())
    assert found
    return account, found[0]


def arrives(people: Visits, link: str, at: str) -> Page:
    """Somebody new opens their link, sets a password of their own, and goes to work."""
    page = people.stranger()
    page.goto(link)
    page.get_by_label(re.compile("^新密码")).fill(OWN_PASSWORD)
    page.get_by_label(re.compile("^再输一次新密码")).fill(OWN_PASSWORD)
    press(page, "设置密码并登录")
    inside(page)
    page.goto(at)
    inside(page)
    return page


def the_secretary_registers_with_three_touches(page: Page) -> str:
    """Drop, look, one key: the form is filled from the document."""
    go(page, "/incoming", "收文")
    touches = [drop(page, "来文.docx", docx_of(letter(number=NUMBER, title=TITLE)))]
    says(page, "已读出")
    holds(page, 文号=NUMBER, 标题=TITLE, 来文单位="云川市财政局", 文种="通知", 份数="1")
    says(page, "没有发现重复的来文")
    says(page, "随后的时限")
    picture(page, "03-dropped")
    touches.append(press(page, "登记") if is_phone(page) else page.keyboard.press("Control+Enter"))
    assert len(touches) <= 3
    done = page.get_by_text(re.compile(r"收〔\d{4}〕1号 已办理"))
    done.wait_for()
    holds(page, 标题="", 文号="")
    picture(page, "04-registered")
    return done.inner_text().removesuffix(" 已办理")


def a_second_drop_is_noticed(page: Page) -> None:
    """The same file again: said before anything is saved."""
    drop(page, "同一份.docx", docx_of(letter(number=NUMBER, title=TITLE)))
    says(page, re.compile("相同|同一"))
    picture(page, "05-noticed")
    page.get_by_role("button", name="Remove 同一份.docx").click()
    expect(page.get_by_role("button", name="Remove 同一份.docx")).to_have_count(0)


def the_secretary_proposes(page: Page) -> None:
    """A proposal without its risk is refused beside the field, and nothing typed is lost."""
    open_from_desk(page, TITLE)
    page.get_by_text("需要答复来文单位").first.click()
    press(page, "初审通过")
    says(page, "现在要做：拟办")
    choose(page, "承办部门", "财务处")
    fill(page, "拟办说明", "拟请财务处牵头，按时报送。")
    press(page, "呈批")
    says(page, re.compile("风险提示.*(必填|请填)"))
    holds(page, 拟办说明="拟请财务处牵头，按时报送。", 承办部门="财务处")
    picture(page, "06-refused")
    fill(page, "风险提示", RISK)
    press(page, "呈批")
    says(page, "现在要做：批示")


def the_director_approves(page: Page) -> None:
    open_from_desk(page, TITLE)
    says(page, RISK)
    fill(page, "批示", "同意。请抓紧办理。")
    picture(page, "07-instruction")
    press(page, "批示同意")
    says(page, "现在要做：分送")


def the_secretary_distributes(page: Page) -> None:
    open_from_desk(page, TITLE)
    choose(page, "阅件人", "何韵", "陈砺")
    expect(page.get_by_role("combobox", name=re.compile("^跟踪人"))).to_have_value(re.compile("王敏"))
    press(page, "分送")
    says(page, "现在要做：传阅")
    says(page, "已阅 0 / 2")
    picture(page, "08-circulating")


def everybody_reads_one_after_being_urged(director: Page, leader: Page, member: Page) -> None:
    open_from_desk(leader, TITLE)
    expect(leader.get_by_role("link", name=re.compile("来文.docx"))).to_be_visible()
    fill(leader, "阅件意见", "已阅。请财务处把好关。")
    picture(leader, "09-reading")
    press(leader, "阅毕")
    says(leader, "已阅")
    the_director_urges(director)
    go(member, "/desk", "我的待办")
    expect(member.get_by_role("heading", name="被催办 1")).to_be_visible()
    expect(card(member, TITLE)).to_contain_text("已催办 1 次")
    picture(member, "11-urged")
    open_from_desk(member, TITLE)
    press(member, "阅毕")
    expect(member.get_by_role("heading", name="已阅", exact=True)).to_be_visible()


def the_director_urges(page: Page) -> None:
    go(page, "/", "总览")
    door(page, "在办").click()
    expect(page.get_by_role("heading", name="在办", exact=True)).to_be_visible()
    if is_phone(page):
        expect(card(page, TITLE).first).to_be_visible()
        page.get_by_role("button", name=re.compile("催办全部")).click()
    else:
        click_row(page, "阅〔", x=20)
        press(page, "催办所选 1 件")
    says(page, re.compile(r"已催办 \d 件"))
    picture(page, "10-overview")


def the_department_does_its_task(page: Page) -> None:
    task = f"办理：{TITLE}"
    open_from_desk(page, task)
    press(page, "接办")
    says(page, "在 陈砺 手里")
    fill(page, "办理结果", "预算草案已按时报送。")
    picture(page, "12-task")
    press(page, "反馈结果")
    says(page, "现在要做：审核办结")


def the_secretary_closes_the_task_answers_and_archives(page: Page) -> None:
    open_from_desk(page, f"办理：{TITLE}")
    says(page, "预算草案已按时报送")
    fill(page, "审核意见", "符合要求")
    press(page, "办结销号")
    expect(page.get_by_role("heading", name="已办结", exact=True)).to_be_visible()
    open_from_desk(page, TITLE)
    says(page, "现在要做：答复")
    fill(page, "答复内容", "已书面报送市财政局。")
    press(page, "已答复")
    says(page, "现在要做：归档立卷")
    pick(page, "保管期限", "30年")
    press(page, "归档")
    expect(page.get_by_role("heading", name="已归档", exact=True)).to_be_visible()
    says(page, re.compile(r"WS·\d{4}-D30-.*-0001"))


def the_trace_tells_it_all(page: Page, number: str) -> None:
    says(page, number)
    trace = page.get_by_test_id("stMain").inner_text().split("全程留痕")[1]
    steps = "登记 初审通过 呈批 批示同意 分送 阅毕 催办 接办 反馈结果 办结销号 已答复 归档"
    assert [step for step in steps.split() if step not in trace] == []
    for name in ("王敏", "张维", "何韵", "陈砺", "系统"):
        assert name in trace
    picture(page, "13-archived")


@pytest.mark.seldom
def test_a_real_document_is_read_into_the_form(enter: Enter) -> None:
    """A document of the State Council, written to a DOCX: number, title and sender without typing."""
    if not DATA.exists():
        pytest.skip(f"{DATA} is not there")
    with DATA.open(encoding="utf-8") as lines:
        real = json.loads(next(lines))
    page = enter("zhaoqian", "/incoming")
    drop(page, "国务院文件.docx", docx_of(real["body"]))
    says(page, "已读出")
    holds(page, 文号=real["number"], 标题=real["title"], 来文单位=real["issuer"], 文种=real["kind"])
    press(page, "登记")
    says(page, re.compile(r"收〔\d{4}〕\d+号 已办理"))

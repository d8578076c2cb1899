"""A vote from the motion to the announcement, at desks and on a phone; and what was thought of a meeting."""

import re
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from db import chain
from db.links import BETWEEN, Links, Purpose
from tests.browser.hands import Visits, fill, go, picture, press, quiet, says
from tests.serving import Server

pytestmark = pytest.mark.browser

AHEAD = "元旦值班和安全检查协调会"
QUESTION = "是否同意元旦值班安排"


def of(demo: Server, what: str, title: str) -> str:
    """The id of a case of the demonstration."""
    with sqlite3.connect(demo.data / "office.db") as database:
        query = "SELECT id FROM cases WHERE process = ? AND title = ?"
        return str(database.execute(query, (what, title)).fetchone()[0])


def voters(demo: Server) -> list[str]:
    """The contacts without an account who have a vote."""
    with sqlite3.connect(demo.data / "office.db") as database:
        found = database.execute("SELECT id FROM contacts ORDER BY id")
        return [str(who) for (who,) in found]


@pytest.mark.seldom
def test_a_vote_at_desks_and_on_the_phone(enter, demo: Server, people: Visits):
    """The secretary puts it to the vote of a meeting; a head of department and a guest vote; it is announced."""
    page = enter("wangmin", f"/case?id={of(demo, 'meeting', AHEAD)}")
    says(page, "全程留痕")
    quiet(page)
    page.get_by_text("发起表决").click()
    fill(page, "表决事项", QUESTION)
    press(page, "发起")
    says(page, "待启动")
    quiet(page)
    press(page, "启动表决")
    says(page, re.compile(r"已投 0 / 8"))
    picture(page, "ballot-running")
    ballot = of(demo, "ballot", QUESTION)

    member = enter("chenli", f"/case?id={ballot}")
    says(member, "全程留痕")
    quiet(member)
    member.get_by_role("button", name="同意", exact=True).or_(
        member.get_by_role("radio", name="同意")
    ).first.click()
    quiet(member)
    press(member, "投票")
    says(member, "已投票，不能更改")
    expect(member.get_by_role("button", name="投票", exact=True)).to_have_count(0)

    invited = [who for who in voters(demo) if guest_may(demo, ballot, who)]
    phone = people.stranger(phone=True)
    phone.goto(link(demo, ballot, invited[0]))
    phone.get_by_text("反对", exact=True).click()
    phone.get_by_role("button", name="投票").click()
    says(phone, "您已投票")

    go(page, f"/case?id={of(demo, 'meeting', AHEAD)}", AHEAD)
    says(page, re.compile(r"已投 2 / 8"))
    expect(page.get_by_text("反对 1 票")).to_have_count(0)
    press(page, "结束表决")
    says(page, re.compile("还没有公布"))
    quiet(page)
    press(page, "公布结果")
    says(page, re.compile("法定人数 5 人，未达到，表决无效"))
    picture(page, "ballot-published")


def guest_may(demo: Server, ballot: str, who: str) -> bool:
    with sqlite3.connect(demo.data / "office.db") as database:
        (data,) = database.execute("SELECT data FROM cases WHERE id = ?", (ballot,)).fetchone()
    return who in data


def link(demo: Server, ballot: str, who: str) -> str:
    """The link of a voter, as the page of their invitation makes it."""
    until = datetime.now(UTC) + timedelta(hours=1)
    return Links(chain.key_in(demo.data)).address(Purpose.BALLOT, f"{ballot}{BETWEEN}{who}", until)


@pytest.mark.seldom
def test_what_somebody_thought_of_a_meeting(enter):
    """陈砺 finds the survey that waits, answers it on the page without a name, and it waits no more."""
    page = enter("chenli", "/surveys")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name=re.compile("填写 年终总结材料分工会")).click()
    form = opened.value
    says(form, "答卷不记名")
    for question in form.get_by_role("group").all():
        question.get_by_text("4 满意").click()
    form.get_by_role("button", name="提交").click()
    says(form, "谢谢您的意见")
    form.close()
    go(page, "/surveys", "满意度")
    expect(page.get_by_text("等您填写")).to_have_count(0)
    picture(page, "surveys-member")


@pytest.mark.seldom
def test_the_secretary_sees_how_the_meetings_were_liked(enter):
    """In a sentence, in pictures, survey by survey; of too few and of open ones that they are not shown."""
    page = enter("wangmin", "/surveys")
    says(page, re.compile("满意率 .*目标 ≥ 90%"))
    says(page, re.compile("答卷已销毁，不显示也不计入"))
    picture(page, "surveys")

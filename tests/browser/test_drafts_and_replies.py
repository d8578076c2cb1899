"""发文 beyond its main road: a reply, the PDF, a change inside a round, the figures, a lost connection, a classified draft."""

import re
from collections.abc import Iterator
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from playwright.sync_api import Browser, Page, expect

from db.seed import PASSWORD
from tests.browser.hands import (
    Enter,
    choose,
    fill,
    go,
    holds,
    open_from_desk,
    picture,
    press,
    quiet,
    says,
    visits,
)
from tests.browser.test_bad_input import traces
from tests.browser.test_side_by_side import Mortal
from tests.browser.test_the_outgoing_story import begin, body, kept
from tests.serving import Server, furnish_demo

pytestmark = pytest.mark.browser

LETTER = "关于开展营商环境评价的函"
ROUND = "关于组织年终资产盘点的通知"


# --- a reply, and its PDF ----------------------------------------------------------------------------


@pytest.mark.seldom
def test_a_reply_begins_with_what_it_answers_and_both_lead_to_one_another(enter: Enter) -> None:
    """起草复文: number, issuer and title are in place; the letter leads to the reply and the reply to the letter (N20)."""
    page = enter("wangmin")
    open_from_desk(page, LETTER)
    letter = page.url.partition("id=")[2]
    page.get_by_role("link", name="起草复文").click()
    expect(page.get_by_role("heading", name="起草复文", exact=True)).to_be_visible()
    quiet(page)
    holds(page, 标题="关于开展营商环境评价的复函")
    says(page, re.compile(r"答复：收〔\d{4}〕\d+号 关于开展营商环境评价的函"))
    press(page, "开始拟稿")
    expect(body(page)).to_be_visible()
    quiet(page)
    expect(body(page)).to_have_value(
        re.compile(r"^你单位《关于开展营商环境评价的函》（省政办函〔\d{4}〕166号）收悉。经研究，现函复如下：")
    )
    holds(page, 主送机关="省政府办公厅")
    picture(page, "reply-begun")
    case = page.url.partition("id=")[2]
    the_pdf_opens(page)
    page.goto(f"/case?id={case}")
    page.get_by_role("link", name=re.compile(LETTER)).first.click()
    expect(page.get_by_role("heading", name=LETTER, exact=True)).to_be_visible()
    expect(page.locator(f'a[href*="/papers/{letter}/"]').first).to_be_attached()
    page.get_by_role("link", name=re.compile("关于开展营商环境评价的复函")).first.click()
    expect(page.get_by_role("heading", name="关于开展营商环境评价的复函", exact=True)).to_be_visible()
    picture(page, "reply-case")


def the_pdf_opens(page: Page) -> None:
    """The draft as it was stored last, as one page in the letter's form."""
    with page.expect_download() as taken:
        page.get_by_role("link", name="下载 PDF").click()
    content = pdfium.PdfDocument(taken.value.path())
    text = content[0].get_textpage().get_text_bounded()
    assert "关于开展营商环境评价的复函" in "".join(text.split())
    assert "省政府办公厅" in "".join(text.split())


# --- a change inside a round --------------------------------------------------------------------------


@pytest.mark.seldom
def test_a_change_inside_a_round_tells_those_who_have_agreed(enter: Enter) -> None:
    page = enter("lihua")
    open_from_desk(page, ROUND)
    press(page, "打开文稿")
    expect(body(page)).to_be_visible()
    quiet(page)
    body(page).fill("请各单位于十二月中旬前完成盘点。\n一、范围\n全部固定资产。")
    kept(page)
    fill(page, "改了什么", "安全检查的期限改为十二月中旬")
    quiet(page)
    press(page, "按会签意见改稿")
    says(page, "已存为新的一稿")
    picture(page, "changed-in-round")
    agreed = enter("chenli")
    go(agreed, "/desk", "我的待办")
    says(agreed, "按会签意见改稿：安全检查的期限改为十二月中旬")
    picture(agreed, "told-of-the-change")


# --- the figures --------------------------------------------------------------------------------------


@pytest.mark.seldom
def test_the_figures_of_the_standard_stand_beside_their_targets(enter: Enter) -> None:
    page = enter("zhangwei")
    go(page, "/quality", "质量")
    says(page, re.compile(r"\d+ 项达标，\d+ 项未达标"))
    table = page.get_by_test_id("stDataFrame").first.locator("tbody tr")
    expect(table.filter(has_text="会签").first).to_be_attached()
    expect(table.filter(has_text=re.compile("版式|排版")).first).to_be_attached()
    says(page, re.compile(r"由 \d{4} 年 \d+ 月 [\d.]+ 个工作日到|\d{4} 年 \d+ 月 [\d.]+ 个工作日"))
    expect(page.get_by_test_id("stVegaLiteChart").first).to_be_visible()
    picture(page, "quality")


# --- a lost connection --------------------------------------------------------------------------------


@pytest.fixture
def dying(tmp_path: Path) -> Iterator[Mortal]:
    """A demonstration office whose server goes away while somebody writes."""
    furnish_demo(tmp_path)
    found = Mortal(tmp_path)
    yield found
    found.kill()


@pytest.mark.seldom
def test_a_lost_connection_while_typing_loses_at_most_the_last_seconds(
    browser: Browser, dying: Mortal
) -> None:
    """The server dies while somebody types on: what had arrived is kept there, the rest waits in the browser (N17)."""
    with visits(browser, dying.server) as people:
        page = people.person("wangmin", PASSWORD)
        begin(page, "关于核对应急联系人的通知")
        body(page).press_sequentially("请各单位核对应急联系人，")
        kept(page)
        dying.kill()
        body(page).press_sequentially("有变动的三日内报综合处。")
        expect(page.locator(".foot .state")).to_have_text("没有连上，先存在本机", timeout=30_000)
        picture(page, "draft-offline")
        dying.start()
        page.reload()
        expect(body(page)).to_be_visible(timeout=60_000)
        quiet(page)
        if (back := page.get_by_role("button", name="恢复")).is_visible():
            back.click()
        expect(body(page)).to_have_value("请各单位核对应急联系人，有变动的三日内报综合处。")
        kept(page)
        page.reload()
        expect(body(page)).to_be_visible(timeout=60_000)
        expect(body(page)).to_have_value("请各单位核对应急联系人，有变动的三日内报综合处。")


# --- a classified draft -------------------------------------------------------------------------------

SECRET = "青龙山三号仓库的位置和存量"


@pytest.mark.seldom
def test_a_classified_draft_is_refused_with_the_rule_and_stays_on_the_page_alone(
    enter: Enter, demo: Server
) -> None:
    """C23: the words stay before who typed them, and nowhere else."""
    page = enter("wangmin")
    begin(page, "关于某项核查工作的通知")
    choose(page, "密级", "秘密")
    says(page, "涉密公文只登记、不存内容")
    body(page).fill(f"现就{SECRET}通知如下。")
    kept(page)
    fill(page, "附件说明", "无")
    press(page, "送核稿")
    says(page, "秘密件只登记、不存内容：请清空“正文”")
    says(page, re.compile("涉密公文要标注保密期限|请填写"))
    expect(body(page)).to_have_value(f"现就{SECRET}通知如下。")
    holds(page, 附件说明="无")
    picture(page, "classified-draft")
    assert traces(Path(demo.data), SECRET) == []

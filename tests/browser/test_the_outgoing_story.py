"""One outgoing document from the paste to its number, written by two at once, signed by phone."""

import re
import zipfile

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.hands import Enter, choose, fill, fill_row, go, pick, picture, press, quiet, says

pytestmark = pytest.mark.browser

TITLE = "云川市人民政府办公室关于做好冬季防火工作的通知"
WORD = (
    "<p class=MsoNormal>为做好冬季防火工作，现通知如下：</p>"
    "<p style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>一、</span>压实责任</p>"
    "<p style='mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>（一）</span>各单位主要负责人负总责。</p>"
    "<h1>报送信息</h1>"
)
PLAIN = "为做好冬季防火工作，现通知如下：\r\n压实责任\r\n各单位主要负责人负总责。\r\n报送信息"
LEVELLED = "为做好冬季防火工作，现通知如下：\n一、压实责任\n（一）各单位主要负责人负总责。\n二、报送信息"
PASTE = """(box, [html, plain]) => {
  const data = new DataTransfer();
  data.setData('text/html', html);
  data.setData('text/plain', plain);
  box.focus();
  box.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def body(page: Page) -> Locator:
    """The editor of the long text."""
    return page.get_by_role("textbox", name="正文", exact=True)


def kept(page: Page) -> None:
    """Wait until the server has what was typed."""
    expect(page.locator(".foot .state")).to_have_text("已存草稿")


def begin(page: Page, title: str) -> str:
    """A new draft; the address of its case."""
    go(page, "/outgoing", "发文")
    choose(page, "文种", "通知")
    fill(page, "标题", title)
    press(page, "开始拟稿")
    expect(body(page)).to_be_visible()
    quiet(page)
    return page.url.partition("?")[2]


def set_date(page: Page, label: str, digits: str) -> None:
    """Type a day into a field, part by part."""
    group = page.get_by_role("group", name=re.compile(f"^{label}"))
    group.get_by_role("spinbutton").first.click()
    page.keyboard.type(digits, delay=40)
    page.keyboard.press("Escape")
    quiet(page)


def test_a_draft_goes_from_the_paste_to_its_number(enter: Enter) -> None:
    case = the_secretary_drafts(enter("wangmin"))
    the_editor_sends_a_round(enter("lihua", f"/case?{case}"))
    the_department_signs_by_phone(enter("chenli", "/desk", phone=True))
    the_director_signs_off_by_phone(enter("zhangwei", f"/case?{case}", phone=True))
    the_editor_numbers_it_and_takes_the_document(enter("lihua", f"/case?{case}"))


def the_secretary_drafts(page: Page) -> str:
    """Pasted from Word with its levels; refused until nothing is missing; handed in."""
    case = begin(page, TITLE)
    body(page).evaluate(PASTE, [WORD, PLAIN])
    expect(body(page)).to_have_value(LEVELLED)
    kept(page)
    says(page, "版面预览 · 共 1 页")
    press(page, "送核稿")
    says(page, "请填写“主题词”")
    page.get_by_role("button", name="冬季防火").click()
    fill(page, "附件说明", "无")
    fill(page, "主送机关", "各区县人民政府")
    set_date(page, "生效日期", "20261201")
    says(page, "齐了，可以“送核稿”")
    picture(page, "outgoing-draft")
    press(page, "送核稿")
    says(page, "已办理：送核稿")
    return case


def the_editor_sends_a_round(page: Page) -> None:
    """One department countersigns the whole."""
    says(page, "现在要做：核稿")
    quiet(page)
    choose(page, "会签部门", "财务处")
    fill_row(page, 1, 会签部分="全文", 责任="对经费负责")
    picture(page, "outgoing-review")
    press(page, "送会签")
    says(page, "已办理：送会签")


def the_department_signs_by_phone(page: Page) -> None:
    """The draft is read as the page it is, then agreed to."""
    page.get_by_role("link", name=TITLE, exact=True).first.click()
    says(page, "现在要做：待会签")
    quiet(page)
    picture(page, "outgoing-countersign")
    page.get_by_role("link", name="看文稿和版面").click()
    says(page, "版面预览 · 共 1 页")
    quiet(page)
    page.go_back()
    says(page, "现在要做：待会签")
    quiet(page)
    press(page, "同意会签")
    says(page, "已办理：同意会签")


def the_director_signs_off_by_phone(page: Page) -> None:
    """Signed on the phone; the day of the document is that of the signature."""
    says(page, "现在要做：签发")
    quiet(page)
    set_date(page, "成文日期", "20261125")
    picture(page, "outgoing-signing")
    press(page, "签发")
    says(page, "已办理：签发")


def the_editor_numbers_it_and_takes_the_document(page: Page) -> None:
    """Given its number, the document is there as DOCX."""
    says(page, "现在要做：复核编号")
    quiet(page)
    pick(page, "机关代字", "云政办发")
    press(page, "复核无误，编号")
    says(page, "已办理：复核无误，编号")
    expect(page.get_by_text(re.compile("云政办发〔2026〕\\d+号")).first).to_be_visible()
    picture(page, "outgoing-numbered")
    with page.expect_download() as taken:
        page.get_by_role("link", name="DOCX").first.click()
    assert re.match(
        "云政办发〔2026〕\\d+号 云川市人民政府办公室关于做好冬季防火工作的通知",
        taken.value.suggested_filename,
    )
    with zipfile.ZipFile(taken.value.path()) as package:
        assert "各单位主要负责人负总责。" in package.read("word/document.xml").decode()


@pytest.mark.seldom
def test_two_write_one_draft_and_neither_loses_a_word(enter: Enter) -> None:
    wang = enter("wangmin")
    case = begin(wang, "关于报送值班安排的通知")
    body(wang).fill("请各单位报送值班安排。\n一、时间\n十二月五日前。")
    kept(wang)
    li = enter("lihua", f"/draft?{case}")
    says(li, "也在改这份文稿")
    body(li).fill("请各单位报送值班安排。\n一、时限\n十二月十日前。")
    kept(li)
    press(wang, "存一版")
    says(wang, "已存为新的一稿")
    li.reload()
    says(li, "两稿都在")
    expect(body(li)).to_have_value("请各单位报送值班安排。\n一、时限\n十二月十日前。")
    picture(li, "outgoing-two-drafts")
    press(li, "以我的为准，继续改")
    expect(li.get_by_text("两稿都在")).to_have_count(0)
    press(li, "存一版")
    says(li, "已存为新的一稿")
    li.get_by_text("看差异").click()
    says(li, "十")
    li.get_by_role("button", name=re.compile("把“第 2 稿")).click()
    expect(body(li)).to_have_value("请各单位报送值班安排。\n一、时间\n十二月五日前。")


@pytest.mark.seldom
def test_what_was_being_typed_when_the_page_went_away_is_there_again(enter: Enter) -> None:
    """A reload, a dropped phone: what had not been sent yet waits in the browser (N17)."""
    page = enter("wangmin")
    begin(page, "关于核对通讯录的通知")
    body(page).press_sequentially("请各单位核对通讯录，")
    kept(page)
    body(page).press_sequentially("有变动的本周报综合处。")
    page.reload()
    expect(body(page)).to_be_visible()
    quiet(page)
    if (back := page.get_by_role("button", name="恢复")).is_visible():
        back.click()
    expect(body(page)).to_have_value("请各单位核对通讯录，有变动的本周报综合处。")

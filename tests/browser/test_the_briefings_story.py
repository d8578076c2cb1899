"""A briefing on the pages: written at a desk, its figures ticked one by one, signed by phone, its advice adopted by phone (R61–R65)."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hands import Enter, choose, fill, fill_row, go, pick, picture, press, quiet, says

pytestmark = [pytest.mark.browser, pytest.mark.seldom]

TITLE = "冬季安全检查情况"
TEXT = "全市检查企业218家，发现隐患97处，已整改82%。\n另有三家企业停业整顿。"


def test_a_briefing_goes_through_its_gates_and_its_advice_is_adopted(enter: Enter) -> None:
    case = the_author_writes(enter("wangmin"))
    the_checker_finds_a_figure_wrong(enter("lihua", case))
    the_author_corrects_it(enter("wangmin", case))
    the_checker_passes_the_figures_by_phone(enter("lihua", case, phone=True))
    the_logic_is_judged(enter("wuyue", case))
    the_leader_signs_by_phone(enter("heyun", case, phone=True))
    the_author_issues_it(enter("wangmin", case))
    the_advice_is_adopted_by_phone(enter("zhouning", "/desk", phone=True))


def the_author_writes(page: Page) -> str:
    """Refused while one person would keep two gates; nothing typed is lost."""
    go(page, "/briefings", "简报")
    page.get_by_text("起稿", exact=True).first.click()
    fill(page, "标题", TITLE)
    quiet(page)
    fill(page, "正文", TEXT)
    quiet(page)
    press(page, "起稿")
    says(page, "现在要做：编稿")
    quiet(page)
    fill_row(page, 1, 建议="对97处隐患逐处定整改时限")
    choose(page, "向谁提", "周宁")
    choose(page, "报送对象", "张维", "何韵")
    choose(page, "数据核验人", "李桦")
    choose(page, "逻辑校验人", "李桦")
    choose(page, "审签领导", "何韵")
    press(page, "送数据核验")
    says(page, "三关由三个人办理")
    choose(page, "逻辑校验人", "吴越")
    picture(page, "briefing-draft")
    press(page, "送数据核验")
    says(page, "已办理：送数据核验")
    return f"/case?{page.url.partition('?')[2]}"


def tick(page: Page, *figures: str, answer: str = "对") -> None:
    for figure in figures:
        pick(page, figure, answer)
        quiet(page)


def the_checker_finds_a_figure_wrong(page: Page) -> None:
    """Every figure is listed with its sentence; what is wrong goes back with what it should be."""
    says(page, "已核对 0 / 5")
    tick(page, "1．218家", "2．97处")
    press(page, "数据核验通过")
    says(page, "还有 3 处数字没有核对：82%、三家、97处")
    tick(page, "3．82%", answer="错")
    fill(page, "应为", "80%")
    picture(page, "briefing-figures")
    page.get_by_role("button", name="数据有误，退回修改").click()
    fill(page, "退回意见", "整改率与台账不符")
    page.get_by_role("button", name="数据有误，退回修改").last.click()
    says(page, "已办理：数据有误，退回修改")


def the_author_corrects_it(page: Page) -> None:
    says(page, "整改率与台账不符")
    fill(page, "正文", TEXT.replace("82%", "80%"))
    press(page, "送数据核验")
    says(page, "已办理：送数据核验")


def the_checker_passes_the_figures_by_phone(page: Page) -> None:
    """Nothing is ticked any more: the whole text is checked anew."""
    says(page, "已核对 0 / 5")
    tick(page, "1．218家", "2．97处", "3．80%", "4．三家", "5．97处")
    says(page, "已核对 5 / 5")
    picture(page, "briefing-figures")
    press(page, "数据核验通过")
    says(page, "已办理：数据核验通过")


def the_logic_is_judged(page: Page) -> None:
    says(page, "现在要做：逻辑校验")
    for question in ("结论都有", "因果关系", "前后口径", "建议与问题", "没有明显"):
        pick(page, question, "是")
        quiet(page)
    fill(page, "判断", "数据支撑结论")
    press(page, "逻辑校验通过")
    says(page, "已办理：逻辑校验通过")


def the_leader_signs_by_phone(page: Page) -> None:
    says(page, "现在要做：领导审签")
    picture(page, "briefing-signing")
    press(page, "审签同意")
    says(page, "已办理：审签同意")


def the_author_issues_it(page: Page) -> None:
    says(page, "现在要做：印发")
    press(page, "印发")
    says(page, "已办理：印发")
    says(page, "《办公室简报》")
    picture(page, "briefing-issued")


def the_advice_is_adopted_by_phone(page: Page) -> None:
    page.get_by_role("link", name="对97处隐患逐处定整改时限").first.click()
    says(page, "现在要做：待答复")
    pick(page, "是否采纳", "采纳")
    quiet(page)
    picture(page, "briefing-advice")
    press(page, "答复")
    says(page, "已办理：答复")
    expect(page.get_by_role("heading", name="已答复")).to_be_visible()

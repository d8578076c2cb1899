"""A table in a form is typed into as fast as somebody types, and takes what was copied from a spreadsheet."""

from playwright.sync_api import Page, expect

from tests.browser.hands import Enter, field_of, fill_row, go, press, quiet, says

PEOPLE = (
    ("汪洋", "市水务局", "科长", "13900000021"),
    ("苏婉", "市教育局", "副科长", "13900000022"),
    ("贺东", "市交通局", "主任科员", "13900000023"),
)


def typed_without_a_pause(page: Page) -> None:
    """Cell after cell by the tabulator, never waiting for the page."""
    field_of(page, "姓名").first.click()
    for n, cells in enumerate(PEOPLE):
        if n:
            field_of(page, "姓名").nth(n).focus()
        for cell in cells:
            page.keyboard.type(cell, delay=50)
            page.keyboard.press("Tab")


def stand_there(page: Page) -> None:
    for n, cells in enumerate(PEOPLE):
        for title, cell in zip(("姓名", "单位", "职务", "手机"), cells, strict=True):
            expect(field_of(page, title).nth(n)).to_have_value(cell)


def test_a_list_is_typed_fast_pasted_and_kept(enter: Enter) -> None:
    """Not a letter is lost, nor by a reload; a wrong paste is refused beside it, and a good one joins what is
    there; a line is taken out."""
    page = enter("wangmin")
    go(page, "/contacts", "通讯录")
    page.get_by_role("tab", name="加多位").click()
    quiet(page)
    typed_without_a_pause(page)
    stand_there(page)
    quiet(page)

    page.reload()
    page.get_by_role("tab", name="加多位").click()
    stand_there(page)

    page.get_by_role("button", name="从表格粘贴").click()
    quiet(page)
    place = page.get_by_test_id("stPopoverBody").locator("textarea")
    place.fill("姓名\t单位\t备注\n罗江\t市统计局\t新\n")
    press(page, "加进表里")
    says(page, "没有“备注”这一列")
    expect(place).to_have_value("姓名\t单位\t备注\n罗江\t市统计局\t新\n")
    place.fill("姓名\t单位\n罗江\t市统计局\n")
    press(page, "加进表里")
    expect(field_of(page, "姓名").nth(3)).to_have_value("罗江")
    stand_there(page)

    page.get_by_role("button", name="删去第 2 行").or_(
        page.get_by_test_id("stButton").nth(1)
    ).first.wait_for()
    fill_row(page, 5, 姓名="白露")
    page.get_by_role("button", name="删去第 2 行").click()
    expect(field_of(page, "姓名").nth(1)).to_have_value("贺东")
    quiet(page)
    press(page, "全部加入")
    says(page, "名单已加入通讯录")


def test_by_thumb_the_cell_that_is_left_by_adding_a_row_is_kept(enter: Enter) -> None:
    """On a phone a row is a card; the press that adds the next one ends the cell before, and takes out what is told to."""
    page = enter("lihua", "/contacts", phone=True)
    page.get_by_role("tab", name="加多位").tap()
    quiet(page)
    fill_row(page, 1, 姓名="汪洋", 单位="市水务局")
    field_of(page, "手机").first.fill("13900000021")
    page.get_by_role("button", name="加一行").tap()
    expect(field_of(page, "姓名")).to_have_count(2)
    expect(field_of(page, "手机").first).to_have_value("13900000021")
    quiet(page)
    fill_row(page, 2, 姓名="苏婉")
    quiet(page)
    page.get_by_role("button", name="删去").first.tap()
    expect(field_of(page, "姓名")).to_have_count(1)
    expect(field_of(page, "姓名")).to_have_value("苏婉")

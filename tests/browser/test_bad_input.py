"""What hostile and careless people bring: the program says one sentence and goes on."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hands import (
    Enter,
    choose,
    docx_of,
    door,
    drop,
    fill,
    go,
    holds,
    letter,
    picture,
    press,
    quiet,
    row,
    says,
)
from tests.intake.made import as_word, locked_pdf, zipped
from tests.serving import Server

pytestmark = pytest.mark.browser

FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "空.docx": (lambda: b"", "0 字节"),
    "通知.pdf": (lambda: b"MZ\x90\x00" + bytes(4000), "可执行程序"),
    "炸弹.docx": (lambda: zipped(as_word(bomb=bytes(150 * 2**20))), "压缩炸弹"),
    "加密.pdf": (locked_pdf, "已加密"),
    "网页.txt": (lambda: b"<html><script>alert(1)</script>", "网页或脚本"),
}
HOSTILE = (
    "<script>alert(1)</script>![x](http://evil.example/x.png)[a](javascript:alert(1))"
    ":red[红] $x^2$ **粗** `码` :material/home: :smile: www.evil.example a@evil.example 😀 １２３"
)
SHOWN = re.sub(r"(:)(?=material/|//)|(www)(?=\.)|(a)(?=@)", "\\g<0>\u2060", HOSTILE)
"""The title in Markdown: an invisible joiner keeps icons and links from making themselves."""
PHRASE = "青峰水库应急预案第七节"


@pytest.mark.seldom
def test_a_file_that_cannot_be_taken_gets_one_sentence(enter: Enter, demo: Server, tmp_path: Path) -> None:
    page = enter("lihua", "/incoming")
    big = tmp_path / "六十兆.pdf"
    big.write_bytes(b"%PDF-1.7" + bytes(60 * 2**20))
    files: dict[str, tuple[bytes | Path, str]] = {
        name: (make(), word) for name, (make, word) in FILES.items()
    }
    for name, (content, sentence) in {**files, big.name: (big, "超过 50 MB")}.items():
        drop(page, name, content)
        warning = page.get_by_test_id("stAlert").filter(has_text=sentence)
        expect(warning).to_have_count(1)
        assert "Traceback" not in page.get_by_test_id("stMain").inner_text()
    picture(page, "31-refused-file")
    assert "page_fault" not in demo.logged()


@pytest.mark.seldom
def test_a_hostile_title_is_only_text_everywhere(enter: Enter) -> None:
    page = enter("lihua", "/incoming")
    fill(page, "标题", HOSTILE)
    fill(page, "来文单位", "<img src=http://evil.example/y.png onerror=alert(2)>**单位**")
    press(page, "登记")
    says(page, "已办理")
    harmless(page)
    expect(row(page, HOSTILE)).to_be_attached()
    director = enter("zhangwei", phone=True)
    go(director, "/", "总览")
    door(director, "在办").click()
    expect(director.get_by_role("link", name=SHOWN, exact=True).first).to_be_visible()
    harmless(director)
    phone = enter("lihua", "/incoming", phone=True)
    for address, heading in (("/incoming", "收文"), ("/desk", "我的待办")):
        go(phone, address, heading)
        expect(phone.get_by_role("link", name=SHOWN, exact=True).first).to_be_visible()
        harmless(phone)
        picture(phone, f"32-hostile{address.replace('/', '-')}")
    phone.get_by_role("link", name=SHOWN, exact=True).first.click()
    expect(phone.get_by_role("heading", name=SHOWN, exact=True)).to_be_visible()
    says(phone, "全程留痕")
    harmless(phone)
    picture(phone, "32-hostile-case")
    assert phone.evaluate(SIDEWAYS) == 0


SIDEWAYS = """() => Math.max(...[document.documentElement, ...document.querySelectorAll('[data-testid=stMain]')]
    .map(e => e.scrollWidth - e.clientWidth))"""
"""How far the page can be pushed sideways."""


def harmless(page: Page) -> None:
    quiet(page)
    main = page.get_by_test_id("stMain")
    assert (
        main.locator('[src*="evil"], a[href*="evil"], a[href^="javascript"], [onerror], .katex').count() == 0
    )


@pytest.mark.seldom
def test_a_title_of_ten_thousand_characters_is_refused_and_kept(enter: Enter) -> None:
    page = enter("zhaoqian", "/incoming")
    long = "长" * 10_000
    fill(page, "标题", long)
    fill(page, "来文单位", "云川市档案局")
    press(page, "登记")
    says(page, re.compile(r"“标题”最多 \d+ 字，现有 10000 字"))
    holds(page, 标题=long)
    fill(page, "标题", "")


# --- classified documents ---------------------------------------------------------------------------


def traces(folder: Path, *phrases: str) -> list[str]:
    """Where any of the phrases is found among everything that is stored."""
    found = []
    for path in (path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        found += [
            f"{path.name}: {p}" for p in phrases if p.encode() in content or p.encode("utf-16-le") in content
        ]
    return found


@pytest.mark.seldom
def test_of_a_classified_document_only_a_stub_is_kept(enter: Enter, demo: Server) -> None:
    director = enter("zhangwei", "/people")
    choose(director, "选择人员", "王敏")
    director.get_by_role("button", name="保存修改").wait_for()
    choose(director, "知悉范围", "机密")
    press(director, "保存修改")
    says(director, "已保存")
    before = sorted((demo.data / "files").rglob("*"))
    text = letter("云密发〔2026〕3号", f"关于报送{PHRASE}的通知", "云川市水务局", marks="机密★10年")
    page = enter("wangmin", "/incoming")
    drop(page, "涉密.docx", docx_of(f"{text}\n{PHRASE}的正文。"))
    says(page, re.compile("涉密件只登记、不存件"))
    holds(page, 文号="云密发〔2026〕3号", 密级="机密", 标题="")
    picture(page, "33-classified")
    fill(page, "标题", "（涉密件，题名从略）")
    press(page, "登记")
    says(page, re.compile(r"收〔\d{4}〕\d+号 已办理"))
    assert sorted((demo.data / "files").rglob("*")) == before
    assert traces(demo.data, PHRASE) == []
    page.get_by_role("link", name="打开刚登记的一件").click()
    says(page, "机密 · 只登记不存件")
    address = page.url
    for account in ("lihua", "chenli"):
        other = enter(account, "/incoming")
        fill(other, "查找", "云密发")
        says(other, "没有找到")
        other.goto(address)
        says(other, "没有这一件，或不在您的知悉范围")

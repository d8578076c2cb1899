"""What a file gives, and what it is refused for: encodings, text boxes, files that lie about themselves, names."""

import io
import os
import zlib
from collections.abc import Callable
from typing import Any

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Unreadable
from core.intake import LARGEST, Scanned, check, safe_name, text_of
from tests.intake.made import (
    CATALOG,
    PAGE,
    PAGES,
    as_word,
    entity_bomb,
    linked,
    locked_pdf,
    locked_zip,
    lying,
    pdf_of,
    stream,
    zipped,
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_a_text_file_is_read_in_the_encodings_offices_use(encoding: str) -> None:
    text = "关于做好值班工作的通知\n各科室：\n请按时到岗。"
    assert text_of("来文.txt", text.encode(encoding)) == text


def test_a_docx_gives_breaks_tabs_tables_and_headers_in_order() -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "临江市档案局文件"
    document.add_paragraph("临档〔2026〕1号\t签发人：何清")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "左", "右"
    document.add_paragraph("关于归档的\n通知")
    file = io.BytesIO()
    document.save(file)
    text = text_of("来文.docx", file.getvalue())
    lines = ["临江市档案局文件", "临档〔2026〕1号 签发人：何清", "左", "右", "关于归档的", "通知"]
    assert [line for line in text.split("\n") if line] == lines


def test_a_docx_gives_a_text_box_once_and_no_deleted_or_moved_text() -> None:
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    compat = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    box = "<w:txbxContent><w:p><w:r><w:t>红头</w:t></w:r></w:p></w:txbxContent>"
    drawn = f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    moved = (
        "<w:del><w:r><w:delText>删</w:delText></w:r></w:del><w:moveFrom><w:r><w:t>移</w:t></w:r></w:moveFrom>"
    )
    xml = f"<w:document {space} {compat}><w:p><w:r>{drawn}</w:r>{moved}<w:r><w:t>正文</w:t></w:r></w:p></w:document>"
    parts = as_word(**{"word/document.xml": xml.encode()})
    assert text_of("来文.docx", zipped(parts)) == "红头\n正文"


def bomb_pdf() -> bytes:
    return pdf_of([CATALOG, PAGES, PAGE, stream(zlib.compress(bytes(100 * 2**20)), b"/Filter/FlateDecode")])


def long_part() -> bytes:
    """13 MB that shrink to a fiftieth, as long tables do."""
    return b"".join(os.urandom(128) + bytes(2**13) for _ in range(1600))


HOSTILE: list[tuple[str, str, Callable[[], bytes], str]] = [
    ("an empty file", "来文.docx", lambda: b"", "0 字节"),
    ("a file above the limit", "来文.pdf", lambda: b"%PDF-1.7" + bytes(60 * 2**20), "50 MB"),
    ("a program called a PDF", "来文.pdf", lambda: b"MZ\x90\x00" + bytes(2000), "可执行程序"),
    ("a text called a DOCX", "来文.docx", lambda: "关于放假的通知".encode(), "纯文本"),
    ("a PDF called a DOCX", "来文.docx", lambda: pdf_of([CATALOG, PAGES, PAGE, stream(b"")]), "内容却是 PDF"),
    ("a script called what it is", "来文.bat", lambda: b"echo 1", "脚本"),
    ("a web page called a text", "来文.txt", lambda: b"<html><script>alert(1)</script>", "网页"),
    ("a bomb of zeros", "来文.docx", lambda: zipped(as_word(bomb=bytes(150 * 2**20))), "压缩炸弹"),
    (
        "a size field that lies low",
        "来文.docx",
        lambda: lying(as_word(a=bytes(9000)), "a", 9),
        "大小与实际不符",
    ),
    (
        "a part of 64 MB that says it is small",
        "来文.docx",
        lambda: lying(as_word(**{"word/s.xml": bytes(64 * 2**20)}), "word/s.xml", 2**20),
        "大小与实际不符",
    ),
    (
        "more XML than any office writes",
        "来文.docx",
        lambda: zipped(as_word(**{f"word/{n}.xml": long_part() for n in range(4)})),
        "压缩炸弹",
    ),
    (
        "a size field that lies high",
        "来文.docx",
        lambda: lying(as_word(a=b"1234"), "a", 900),
        "大小与实际不符",
    ),
    (
        "an entity bomb",
        "来文.docx",
        lambda: zipped(as_word(**{"word/document.xml": entity_bomb()})),
        "实体声明",
    ),
    (
        "an entity bomb in UTF-16",
        "来文.docx",
        lambda: zipped(as_word(**{"word/s.xml": entity_bomb().decode().encode("utf-16")})),
        "实体声明",
    ),
    ("an entry that climbs out", "来文.docx", lambda: zipped(as_word(**{"../../x": b"1"})), "不安全的路径"),
    ("an entry from the root", "来文.docx", lambda: zipped(as_word(**{"/etc/x": b"1"})), "不安全的路径"),
    ("an entry on a drive", "来文.docx", lambda: zipped(as_word(**{"C:\\x": b"1"})), "不安全的路径"),
    ("an entry that is a link", "来文.docx", linked, "不安全的路径或链接"),
    ("2,001 entries", "来文.docx", lambda: zipped(as_word(**{f"x{n}": b"" for n in range(1999)})), "2000 个"),
    ("a locked archive", "来文.docx", locked_zip, "已加密"),
    ("a locked DOCX", "来文.docx", lambda: ole("EncryptedPackage"), "已加密"),
    ("an old DOC", "来文.doc", lambda: ole("WordDocument"), "另存为 DOCX 或 PDF"),
    ("an old WPS", "来文.wps", lambda: ole("WordDocument"), "另存为 DOCX 或 PDF"),
    ("a plain archive", "来文.zip", lambda: zipped({"a.txt": b"1"}), "压缩包"),
    ("a cut archive", "来文.docx", lambda: zipped(as_word())[:-30], "损坏"),
    (
        "a DOCX with broken XML",
        "来文.docx",
        lambda: zipped(as_word(**{"word/document.xml": b"<a><b>"})),
        "损坏",
    ),
    ("a locked PDF", "来文.pdf", locked_pdf, "已加密"),
    ("a broken PDF", "来文.pdf", lambda: b"%PDF-1.7\n" + os.urandom(500), "损坏"),
    ("a bomb in a PDF", "来文.pdf", bomb_pdf, "压缩炸弹"),
    ("a scanned PDF", "来文.pdf", lambda: pdf_of([CATALOG, PAGES, PAGE, stream(b"0 0 9 9 re f")]), "扫描件"),
    ("a photograph", "来文.png", lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(40), "扫描件"),
    ("bytes of no sort", "来文.txt", lambda: bytes(range(256)) * 20, "不认识"),
]


def ole(stream_name: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + stream_name.encode("utf-16-le") + bytes(600)


@pytest.mark.parametrize(
    ("name", "make", "reason"), [row[1:] for row in HOSTILE], ids=[row[0] for row in HOSTILE]
)
def test_a_hostile_or_useless_file_is_refused_with_its_reason(
    name: str, make: Callable[[], bytes], reason: str
) -> None:
    with pytest.raises(Unreadable) as refusal:
        text_of(name, make())
    sentence = str(refusal.value)
    assert reason in sentence
    assert sentence.endswith("。") and sentence.count("。") == 1


def test_a_scan_can_be_told_from_a_refusal_so_that_it_may_be_kept() -> None:
    scan = pdf_of([CATALOG, PAGES, PAGE, stream(b"0 0 9 9 re f")])
    assert check("来文.pdf", scan) == "pdf"
    with pytest.raises(Scanned):
        text_of("来文.pdf", scan)


def test_a_locked_pdf_cannot_be_read_but_is_kept_as_the_original_it_is(office: Any, secretary: Any) -> None:
    """The sender's original belongs to the record; that nothing in it can be found is no reason to lose it."""
    with pytest.raises(Unreadable, match="PDF 已加密"):
        text_of("来文.pdf", locked_pdf())
    assert office.keep("来文.pdf", locked_pdf(), by=secretary)["name"] == "来文.pdf"


def test_attachments_may_be_pictures_and_tables() -> None:
    assert check("照片.JPG", b"\xff\xd8\xff\xe0" + bytes(60)) == "image"
    table = zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"})
    assert check("名单.xlsx", table) == "xlsx"
    with pytest.raises(Unreadable, match="表格"):
        text_of("名单.xlsx", table)


@given(st.binary(max_size=400), st.sampled_from(["a.docx", "a.pdf", "a.txt", "a"]))
@settings(deadline=None)
def test_any_bytes_are_read_or_refused(content: bytes, name: str) -> None:
    for start in (b"", b"PK\x03\x04", b"%PDF-1.4\n"):
        try:
            assert isinstance(text_of(name, start + content), str)
        except Unreadable as refusal:
            assert str(refusal).endswith("。")


# ---- names ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\用户\\来文.docx", "来文.docx"),
        ("来\x00文.pdf", "来文.pdf"),
        ("来文\u202efdp.exe", "来文fdp.exe"),
        ("", "未命名"),
        ("..", "未命名"),
        ("a/", "未命名"),
        ("\u202e\x00", "未命名"),
        ("通知😀.pdf", "通知😀.pdf"),
        ("e\u0301.txt", "é.txt"),
    ],
)
def test_a_shown_name_has_no_path_and_nothing_hidden(given_name: str, shown: str) -> None:
    assert safe_name(given_name) == shown


def test_a_long_name_keeps_its_extension() -> None:
    name = safe_name("长" * 300 + ".docx")
    assert len(name) == 120 and name.endswith("长.docx")


@given(st.text(alphabet=st.characters(codec=None), max_size=400))
def test_any_name_becomes_one_that_can_be_shown(name: str) -> None:
    shown = safe_name(name)
    assert 0 < len(shown) <= 120 and safe_name(shown) == shown
    assert "/" not in shown and "\\" not in shown and "\0" not in shown


def test_the_limit_is_fifty_megabytes() -> None:
    assert LARGEST == 50 * 1024 * 1024

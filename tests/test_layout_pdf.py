"""A document laid out as GB/T 9704-2012 says, measured on the rendered PDF in millimetres (R21, N22)."""

import ctypes
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

import pypdfium2 as pdfium
import pypdfium2.raw as raw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.layout.__main__ import main
from core.layout.body import Paragraph, paragraphs
from core.layout.official import Form
from core.layout.pdf import pages, pdf
from core.layout.sample import SAMPLES
from core.layout.titles import WIDEST, broken, width

MM = 25.4 / 72
PITCH, CHARACTER = 225 / 22, 156 / 28
NOTICE, JOINT, LETTER, ORDER, MINUTES = SAMPLES.values()
PLAIN = replace(NOTICE, attachments=(), annotation="", copies_to=(), printed_by="", printed_on=None)


@dataclass(frozen=True)
class Line:
    """Characters side by side: their text, the box of their type and the ink of the first and the last."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    ink_top: float
    places: tuple[float, ...]


@dataclass(frozen=True)
class Stroke:
    """A drawn line or bar: the middle of it and how thick it is."""

    left: float
    right: float
    y: float
    thick: float


@dataclass(frozen=True)
class Page:
    lines: tuple[Line, ...]
    strokes: tuple[Stroke, ...]
    fonts: frozenset[str]

    def line(self, start):
        return next(line for line in self.lines if line.text.startswith(start))

    @property
    def text(self):
        """The lines within the text area, top down."""
        return [line for line in self.lines if line.bottom < 262.1]


@cache
def drawn(official):
    document = pdfium.PdfDocument(pdf(official))
    return tuple(_page(page) for page in document)


def _page(page):
    high = page.get_height()
    assert (round(page.get_width() * MM), round(high * MM)) == (210, 297)
    objects = list(page.get_objects())
    strokes = [_stroke(one, high) for one in objects if one.type == raw.FPDF_PAGEOBJ_PATH]
    fonts = {_font(one) for one in objects if one.type == raw.FPDF_PAGEOBJ_TEXT}
    return Page(tuple(_lines(page, high)), tuple(strokes), frozenset(fonts))


def _lines(page, high):
    text = page.get_textpage()
    rows = {}
    for at in range(text.count_chars()):
        character = text.get_text_range(at, 1)
        if not character.isspace():
            left, bottom, right, top = (edge * MM for edge in text.get_charbox(at, loose=True))
            ink = high * MM - text.get_charbox(at)[3] * MM
            middle = round((high * MM - (top + bottom) / 2) / 3)
            key = next((row for row in (middle, middle - 1, middle + 1) if row in rows), middle)
            rows.setdefault(key, []).append(
                (left, character, right, high * MM - top, high * MM - bottom, ink)
            )
    for row in (sorted(row) for _, row in sorted(rows.items())):
        yield Line(
            "".join(one[1] for one in row), row[0][0], min(one[3] for one in row), row[-1][2],
            max(one[4] for one in row), min(one[5] for one in row), tuple(one[0] for one in row),
        )  # fmt: skip


def _stroke(path, high):
    left, bottom, right, top = (edge * MM for edge in path.get_bounds())
    thick = ctypes.c_float()
    raw.FPDFPageObj_GetStrokeWidth(path, thick)
    return Stroke(left, right, high * MM - (top + bottom) / 2, thick.value * MM)


def _font(text):
    font = raw.FPDFTextObj_GetFont(text)
    size = raw.FPDFFont_GetBaseFontName(font, None, 0)
    name = ctypes.create_string_buffer(size)
    raw.FPDFFont_GetBaseFontName(font, name, size)
    return name.value.decode().partition("+")[2]


def near(value, within=0.3):
    return pytest.approx(value, abs=within)


def test_a_full_page_has_22_lines_of_28_characters_within_the_text_area():
    page = drawn(replace(PLAIN, body="办" * 2000, dated_on=None))[1]
    assert len(page.text) == 22
    assert {len(line.text) for line in page.text} == {28}
    for at, line in enumerate(page.text):
        assert (line.top + line.bottom) / 2 == near(37 + (at + 0.5) * PITCH)
        assert (line.left, line.right) == (near(28), near(184))
    assert page.text[5].places == tuple(near(28 + n * CHARACTER, 0.1) for n in range(28))


def test_the_head_stands_where_the_standard_has_it():
    page = drawn(NOTICE)[0]
    for at, start in enumerate(("000001", "秘密★1年", "加急")):
        line = page.line(start)
        assert line.left == near(28) and (line.top + line.bottom) / 2 == near(37 + (at + 0.5) * PITCH)
    mark, number, rule = (
        page.line("滨河市人民政府办公室文件"),
        page.line("滨政办发〔2026〕23号"),
        page.strokes[0],
    )
    assert mark.ink_top == near(72)
    assert number.top - mark.bottom == near(2 * PITCH, 0.6)
    assert (mark.left + mark.right) / 2 == near(106, 0.5)
    assert (number.left + number.right) / 2 == near(106, 0.5)
    assert rule.y - number.bottom == near(4)
    assert rule.right - rule.left - 2 * rule.thick == near(156, 0.5)


def test_the_title_is_a_trapezoid_two_lines_below_the_red_line_and_the_text_begins_one_below_it():
    page = drawn(NOTICE)[0]
    title = [page.line(start) for start in broken(NOTICE.title)]
    assert title[0].top - page.strokes[0].y == near(2 * PITCH + (PITCH - 22 * MM) / 2)
    assert all((line.left + line.right) / 2 == near(106) for line in title)
    widths = [line.right - line.left for line in title]
    assert widths == sorted(widths, reverse=True) and len(set(widths)) == len(widths)
    to = page.line("各区县人民政府、市政府各部门、各直属机构：")
    assert to.left == near(28)
    assert to.top - title[-1].bottom == near(2 * PITCH - 22 * MM / 2 - 16 * MM / 2)
    assert page.line("一、").left == near(28 + 2 * CHARACTER)


def test_typefaces_are_those_of_the_elements_or_what_stands_in_for_them():
    page = drawn(NOTICE)[0]
    assert page.fonts == {"NotoSerifCJKsc-Regular", "NotoSerifCJKsc-Bold", "NotoSansCJKsc-Regular"}


def test_the_date_stands_four_characters_in_under_the_seal_and_two_without_one():
    signed, dated = (drawn(NOTICE)[-1].line(start) for start in ("滨河市人民政府办公室", "2026年5月18日"))
    assert dated.right == near(184 - 4 * CHARACTER)
    assert (signed.left + signed.right) / 2 == near((dated.left + dated.right) / 2)
    page = drawn(replace(NOTICE, sealed=False))[-1]
    signed, dated = page.line("滨河市人民政府办公室"), page.line("2026年5月18日")
    assert signed.right == near(184 - 2 * CHARACTER)
    assert dated.left - signed.left == near(2 * CHARACTER)
    short = drawn(replace(NOTICE, sealed=False, issuers=("市委办",)))[-1]
    assert short.line("2026年5月18日").right == near(184 - 2 * CHARACTER)
    assert short.line("2026年5月18日").left - short.line("市委办").left == near(2 * CHARACTER)


def test_attachments_and_annotation_stand_two_characters_in():
    page = drawn(NOTICE)[-1]
    first, second = page.line("附件：1.汛期值班安排表"), page.line("2.突发情况信息报送格式")
    assert first.left == near(28 + 2 * CHARACTER)
    assert second.left == near(28 + 5 * CHARACTER)
    note = page.line("（此件发至科级）")
    assert note.top - page.line("2026年5月18日").top == near(PITCH)
    assert note.left == near(28 + 2 * CHARACTER)


def test_the_imprint_lies_on_the_foot_of_the_last_page():
    page = drawn(NOTICE)[-1]
    upper, middle, lower = sorted(page.strokes, key=lambda stroke: stroke.y)
    assert lower.y == near(262)
    assert [stroke.thick for stroke in (upper, middle, lower)] == [
        near(0.35, 0.01),
        near(0.25, 0.01),
        near(0.35, 0.01),
    ]
    copies, printed = page.line("抄送：市委办公室，"), page.lines[-2]
    assert copies.left == near(28 + 14 * MM)
    assert printed.text == "滨河市人民政府办公室2026年5月19日印发"
    assert printed.right == near(184 - 14 * MM)


def test_page_numbers_are_seven_millimetres_below_odd_ones_right_and_even_ones_left():
    odd, even = (page.lines[-1] for page in drawn(NOTICE))
    assert (odd.text, even.text) == ("—1—", "—2—")
    assert all((line.top + line.bottom) / 2 == near(269) for line in (odd, even))
    assert odd.right == near(184 - CHARACTER)
    assert even.left == near(28 + CHARACTER)


def test_an_imprint_without_room_goes_to_the_back_of_the_last_sheet_and_blank_pages_have_no_number():
    full = replace(NOTICE, body=NOTICE.body + "\n请于每日十八时前报送当日情况。")
    first, second, blank, imprint = drawn(full)
    assert not blank.lines and [line.text[:2] for line in imprint.lines] == ["抄送", "滨河"]
    assert second.lines[-1].text == "—2—" and first.lines[-1].text == "—1—"
    assert max(stroke.y for stroke in imprint.strokes) == near(262)


def test_the_signature_never_stands_on_a_page_without_text():
    for more in range(14, 23):
        last = drawn(replace(PLAIN, body="按月报送。\n" * more))[-1]
        signed = next(at for at, line in enumerate(last.text) if line.text.startswith("2026年5月18日"))
        assert any(line.text == "按月报送。" for line in last.text[:signed])


def test_a_joint_document_upward_shows_its_issuers_and_who_signed():
    page = drawn(JOINT)[0]
    lead, label, names = (
        page.line("滨河市水务局"),
        page.line("签发人：梁卫东许文静"),
        page.line("滨水请〔2026〕9号"),
    )
    assert lead.ink_top == near(72)
    assert names.text.endswith("高远")
    assert names.left == near(28 + CHARACTER) and label.right == near(184 - CHARACTER, 0.6)
    assert page.strokes[0].y - names.bottom == near(4)
    assert any(line.text.startswith("为保障城区") for line in page.text), "the first page shows text"
    last = drawn(JOINT)[-1]
    dated, signed = last.line("2026年3月26日"), last.line("滨河市财政局")
    assert (signed.left + signed.right) / 2 == near((dated.left + dated.right) / 2)


def test_many_joint_issuers_still_leave_room_for_text_on_the_first_page():
    many = tuple(f"滨河市第{number}管理局" for number in "一二三四五六七")
    first = drawn(replace(JOINT, issuers=many, signatories=("梁卫东",) * 7))[0]
    assert any(line.text.startswith("为保障城区排水防涝") for line in first.text)


def test_a_letter_has_its_red_double_lines_and_no_number_on_the_first_page():
    page = drawn(LETTER)[0]
    mark, number = page.line("滨河市档案馆"), page.line("加急滨档函〔2026〕11号")
    assert mark.ink_top == near(30)
    upper = sorted(stroke.y for stroke in page.strokes)
    assert len(page.strokes) == 4
    assert all(stroke.right - stroke.left == near(170, 1.1) for stroke in page.strokes)
    assert upper[0] - mark.bottom == near(4 + 0.35, 0.6)
    assert upper[-1] == near(277, 0.5)
    assert number.right == near(184) and number.left == near(28)
    assert not any("—" in line.text for line in page.lines)
    assert not any("印发" in line.text for line in page.lines)


def test_minutes_name_who_was_there_and_bear_no_seal():
    first, last = drawn(MINUTES)
    assert first.line("滨河市人民政府办公室纪要").ink_top == near(72)
    present, excused = last.line("出席：周启明、郑岚"), last.line("请假：冯立")
    assert present.left == near(28 + 2 * CHARACTER)
    assert excused.top - present.top == near(PITCH)
    assert "NotoSansCJKsc-Regular" in last.fonts
    assert MINUTES.form is Form.MINUTES


def test_what_was_typed_is_text_and_never_markup():
    hostile = '#panic() *粗* $x$ [a] \\ <b> @c `d` //e "f" 关于'
    page = drawn(
        replace(
            PLAIN, title=hostile, body=hostile, issuers=(hostile,), number=hostile, dated_on=date(2026, 1, 5)
        )
    )[0]
    assert any("#panic()*粗*$x$[a]" in line.text for line in page.lines)
    assert drawn(replace(PLAIN, body="半个字\ud800和控制符\x00"))


def test_a_draft_with_nothing_in_it_yet_has_a_preview():
    assert drawn(replace(PLAIN, title="", body="", issuers=(), number="", recipients=(), dated_on=None))


def test_the_preview_is_a_picture_of_each_page():
    found = pages(NOTICE)
    assert len(found) == 2
    assert all(page.startswith(b"\x89PNG") for page in found)


def test_levels_are_read_off_the_numbers_of_the_paragraphs():
    assert paragraphs(
        "一、总则\n（一）范围。本办法适用于机关。\n  1.登记\n（1）核对\n\n1.5倍以内的不再审批。"
    ) == (
        Paragraph("一、总则", 1, 4),
        Paragraph("（一）范围。本办法适用于机关。", 2, 6),
        Paragraph("1.登记", 3, 4),
        Paragraph("（1）核对", 4, 5),
        Paragraph("1.5倍以内的不再审批。"),
    )


@settings(deadline=None)
@given(st.text())
def test_a_body_loses_nothing_but_blanks(body):
    kept = "".join("".join(one.text.split()) for one in paragraphs(body))
    assert kept.replace("\u200b", "").replace("\ufeff", "") == "".join(body.split()).replace(
        "\u200b", ""
    ).replace("\ufeff", "")
    assert all(0 <= one.head <= len(one.text) for one in paragraphs(body))


PARTS = st.sampled_from(
    (
        "滨河市人民政府",
        "关于",
        "印发",
        "《滨河市公文处理办法》",
        "的",
        "通知",
        "2026年",
        "和",
        "进一步",
        "加强",
        "安全生产",
        "甲乙丙",
    )
)


@settings(deadline=None)
@given(st.lists(PARTS, min_size=1, max_size=30).map("".join))
def test_a_title_is_broken_where_a_reader_pauses(title):
    lines = broken(title)
    assert "".join(lines) == title
    assert all(0 < width(line) <= WIDEST for line in lines)
    for line in lines[1:]:
        assert not line.startswith(("026", "26年", "6年", "年")) and line[0] not in "》、"


def test_titles_keep_names_whole_and_avoid_weak_beginnings():
    assert broken("滨河市人民政府办公室关于印发《滨河市机关公文处理办法》的通知") == (
        "滨河市人民政府办公室关于",
        "印发《滨河市机关公文处理办法》的通知",
    )
    assert broken("关于召开全市安全生产工作会议的通知") == ("关于召开全市安全生产工作会议的通知",)
    assert broken("") == ()


def test_samples_are_written_one_docx_and_one_pdf_of_each_form(tmp_path, capsys):
    assert main(["sample", str(tmp_path)]) == 0
    assert len(list(tmp_path.glob("*.docx"))) == len(list(tmp_path.glob("*.pdf"))) == len(SAMPLES)
    assert main(["check", str(tmp_path / "通用格式.docx")]) == 0
    assert '"failed": 0' in capsys.readouterr().out.splitlines()[-1]

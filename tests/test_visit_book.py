"""接待手册 as a file: on A4 and as a picture for the phone (R54)."""

import struct

import pypdfium2
import pytest

from core.papers import visit_book
from core.processes import meeting, reception
from tests.conftest import NAMED
from tests.test_reception import PLAN, Receptions


@pytest.fixture
def receptions(post):
    return Receptions(post)


def text_of(content):
    pages = pypdfium2.PdfDocument(content)
    return "".join(page.get_textpage().get_text_bounded() for page in pages).replace("\r\n", "")


def test_the_handbook_on_paper_tells_the_whole_visit(receptions, reader_of, clock):
    """Needs, itinerary with how far it is, the way, who does what and whom to call."""
    case = receptions.approved()
    clock.turn_to("2026-12-01 10:00")
    receptions.act(case, "mark_item", "li", item_no=1, item_state="已完成", item_note="晚点十分钟")
    text = text_of(visit_book.drawn(reader_of(NAMED["wang"]).dossier(case.id), "pdf"))
    for words in ("接待省统计局调研组", "清真餐、无障碍设施", "12-01 09:30", "接站", "晚点十分钟", "已完成 12-01 10:00",
                  "路线", "市政府三楼会议室", "用餐", "8011", "医疗", "120", case.number):  # fmt: skip
        assert words.replace(" ", "") in text.replace(" ", "")


def test_the_picture_is_as_wide_as_a_phone_however_long_the_visit(receptions, reader_of):
    """Forty lines of itinerary, each in another place, are one long picture."""
    rows = [{**PLAN["itinerary"][0], "place": f"第{n}站{'很长的地名' * 6}"} for n in range(40)]
    case = receptions.planned(itinerary=rows)
    dossier = reader_of(NAMED["wang"]).dossier(case.id)
    picture = visit_book.drawn(dossier, "png")
    assert picture.startswith(b"\x89PNG")
    wide, high = struct.unpack(">II", picture[16:24])
    assert wide == 709
    assert high > 3 * wide
    assert len(pypdfium2.PdfDocument(visit_book.drawn(dossier, "pdf"))) > 1


def test_what_is_typed_is_text(receptions, reader_of):
    """Typst's own signs in the name of a place do nothing."""
    rows = [{**PLAN["itinerary"][0], "activity": '#panic("x") $a$ *b* <c> @d', "place": "`e` \\ [f]"}]
    case = receptions.planned(itinerary=rows)
    text = text_of(visit_book.drawn(reader_of(NAMED["wang"]).dossier(case.id), "pdf"))
    assert '#panic("x")$a$*b*<c>@d' in text.replace(" ", "")


def test_only_what_knows_a_way_has_a_handbook():
    """A reception has one, a meeting has none; it is read off the fields, so every version of a reception has it."""
    assert all(map(visit_book.has_visit_book, reception.VERSIONS))
    assert not visit_book.has_visit_book(meeting.VERSIONS[-1])

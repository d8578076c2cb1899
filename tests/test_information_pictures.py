"""What is counted of information is taken along: as a table to calculate with, and as a picture for a paper (R60, R66)."""

import re
from datetime import date
from io import BytesIO

import openpyxl
import pytest

from core.counting import Wanted, ledger, read, written
from core.grading import CELLS
from core.papers.xlsx import xlsx
from pages.ui import charts, heat, pictures
from tests.conftest import NAMED

FIGURE = ("销售额", "万元")


@pytest.fixture
def reader(office, reader_of):
    """Three items, two of them with a figure."""
    for title, department, value in (
        ("甲", "caiwu", "1,200.5"),
        ("乙", "anjian", "0.25"),
        ("丙", "anjian", None),
    ):
        figures = [{"name": FIGURE[0], "value": value, "unit": FIGURE[1]}] if value else []
        item = {
            "title": title,
            "channel": "内部",
            "secrecy_level": "非密",
            "department": department,
            "figures": figures,
        }
        labels = {"info_urgency": "红", "importance": "高", "grade_because": "领导关注"}
        office.open("information", item, by=NAMED["zhang"], then=("grade", labels))
    return reader_of(NAMED["zhang"])


def test_the_table_stands_in_a_workbook_with_numbers_to_calculate_with(reader):
    wanted = Wanted(rows="department", columns="month", figure=FIGURE)
    frame = reader.pivot("department", "month", figure=FIGURE)
    sheet = openpyxl.load_workbook(BytesIO(xlsx(ledger(frame, wanted), numbers_from=1))).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["部门", "2026-11", "合计"],
        ["财务处", 1200.5, 1200.5],
        ["安监处", 0.25, 0.25],
        ["合计", 1200.75, 1200.75],
    ]


def test_what_is_counted_stands_in_the_address_and_what_cannot_be_meant_is_left_out():
    wanted = Wanted(
        rows="week", columns="point", first=date(2026, 11, 1), last=date(2026, 11, 30), figure=FIGURE
    )
    address = {key: [value] for key, value in written(wanted).items()}
    assert read(address, [FIGURE]) == wanted
    assert read({"rows": ["secret"], "from": ["yesterday"], "figure": ["没有|的"]}, [FIGURE]) == Wanted()


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_the_nine_cells_are_a_picture_that_says_by_words_what_it_shows(reader, kind):
    drawn = pictures.picture(heat.printed(reader.heat(), date(2026, 11, 20)), kind)
    if kind == "png":
        assert drawn.startswith(b"\x89PNG")
        return
    svg = drawn.decode()
    for words in ("信息热力图（2026-11-20，共 3 件）", "紧急程度", "重要程度", *"红黄蓝高中低", ">3<"):
        assert words in svg, words
    assert {*re.findall(r"https?://[^\"]+", svg)} <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }


def test_a_table_over_two_dimensions_is_a_picture_with_its_numbers(reader):
    wanted = Wanted(rows="department", columns="importance")
    drawn = pictures.picture(heat.table(reader.pivot("department", "importance"), wanted), "svg").decode()
    assert all(words in drawn for words in (wanted.title, "财务处", "安监处", ">2<"))


@pytest.mark.parametrize("dark", [False, True])
def test_a_cell_is_told_by_words_and_numbers_in_light_and_in_the_dark(dark):
    """Nobody needs the colour: each cell says its labels, how many, how old and how many late."""
    cells = [
        {"urgency": u, "importance": i, "n": n, "late": n // 2, "age": f"{n} 个工作日" if n else ""}
        for n, (u, i) in enumerate(CELLS)
    ]
    svg = pictures.picture({**charts.heat(cells, dark=dark), "width": 500}, "svg").decode()
    assert "紧急 蓝、重要 低：8 件，逾期 4，最久 8 个工作日" in svg
    assert "▲ 逾期 4" in svg
    assert ("#F2F2F2" in svg) is dark

"""事务协调台账: every item of coordination in one book, by item and by how it stands (R79, R80)."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from core import coordination, papers
from core.coordination import Wanted
from core.papers.pdf import pdf
from core.papers.xlsx import xlsx
from core.scheduling import Scheduling
from db.scheduling import SqlSchedulingUnit
from tests.conftest import NAMED
from tests.test_reception import Receptions
from tests.test_schedule import form
from tests.test_scheduling import KEY, conflict, decide


@pytest.fixture
def scheduling(database, files, clock):
    return Scheduling(lambda: SqlSchedulingUnit(database, files, KEY), clock)


@pytest.fixture
def office(scheduling):
    return scheduling


@pytest.fixture
def told(post, scheduling, reader_of, clock):
    """Two visits – one void, one planned –, a conflict that was decided and one that is late."""
    receptions = Receptions(post)
    receptions.act(receptions.registered(title="接待误登一组"), "void", "wang", reason="重复登记")
    receptions.planned()
    decide(scheduling, reader_of, conflict(scheduling))
    again = form(title="再来一个", important=True, people=["he"])
    scheduling.add(again, by=NAMED["wang"])
    clock.turn_to("2026-11-24 09:00")


def listed(reader, **wanted):
    found, total = reader.coordination(Wanted(**wanted), limit=100)
    assert total == len(found)
    return [(one.kind, one.title[:6], one.state, one.where) for one in found]


def test_every_item_stands_in_it_by_item_and_state(told, reader_of):
    """What is late first, then what is open, done and void, item by item."""
    reader = reader_of(NAMED["zhang"])
    assert listed(reader) == [
        ("接待工作", "接待省统计局", "在办", "方案审批"),
        ("接待工作", "接待误登一组", "作废", "已作废"),
        ("日程冲突审批", "何副市长12", "逾期", "冲突审批"),
        ("日程冲突审批", "何副市长12", "办结", "已定"),
    ]
    found, _ = reader.coordination(Wanted(), limit=100)
    assert coordination.index(found) == {
        "接待工作": {"在办": 1, "逾期": 0, "办结": 0, "作废": 1},
        "日程冲突审批": {"在办": 0, "逾期": 1, "办结": 1, "作废": 0},
    }


def test_it_is_narrowed_by_item_state_year_and_words(told, reader_of):
    """Each alone and together."""
    reader = reader_of(NAMED["zhang"])
    assert len(listed(reader, item="reception")) == 2
    assert listed(reader, item="reception", state="void")[0][1] == "接待误登一组"
    assert len(listed(reader, state="late")) == 1
    assert listed(reader, text="统计局")[0][3] == "方案审批"
    assert listed(reader, year=2025) == []


def test_others_find_only_what_concerns_them(told, reader_of):
    """A member who has nothing to do with any of it finds an empty book."""
    assert listed(reader_of(NAMED["zhou"])) == []


def test_an_address_says_what_is_wanted(told, reader_of):
    """It can be sent; what cannot be meant in it is left out."""
    titles = reader_of(NAMED["zhang"]).coordinated()
    wanted = Wanted(item="reception", state="late", year=2026, text="统计局")
    address = {key: [value] for key, value in coordination.written(wanted).items()}
    assert coordination.read(address, titles) == wanted
    assert coordination.said(wanted, titles) == "2026 年度 · 事项：接待工作 · 状态：逾期 · 查找：统计局"
    hostile = {"item": ["task"], "state": ["x"], "year": ["٢٠٢٦"], "text": ["a" * 5000], "book": ["x"]}
    assert coordination.read(hostile, titles) == Wanted(text="a" * 100)
    for year in ("99999999999999999999", "-1", "2026.5", "²"):
        assert coordination.read({"year": [year]}, titles) == Wanted()


def test_it_is_taken_along_as_a_table_and_printed(told, reader_of, clock):
    """XLSX with text only, and a PDF: the paper backup of the ledger."""
    reader = reader_of(NAMED["zhang"])
    found, _ = reader.coordination(Wanted(), limit=100)
    made = coordination.ledger(found)
    sheet = load_workbook(BytesIO(xlsx(made))).active
    assert [cell.value for cell in sheet[1]][:4] == ["登记号", "事项类别", "事项", "状态"]
    assert sheet.max_row == 5
    paper = papers.printed(made, "全部", clock(), reader.profile().name)
    assert pdf(paper).startswith(b"%PDF")

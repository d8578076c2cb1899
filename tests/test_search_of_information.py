"""The information database is one search (R66): information, briefings, meetings, tasks, files, narrowed by labels and time.

What is found is exactly what a plain comparison of texts finds, tried with paragraphs as offices write them.
"""

import gzip
import random
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from core.counting import Cell
from core.people import Grade, Person, Role
from core.search import normal
from db import search
from db.tables import CaseRow
from tests.archives import row_of, store
from tests.conftest import NAMED

PARAGRAPHS = Path(__file__).parents[2] / "shared" / "data" / "work-report-paragraphs.txt.gz"

ITEM = {"channel": "外部", "secrecy_level": "非密"}


@pytest.fixture
def note(office, clock):
    """An item that was noted at a moment and graded at once: `note("2026-11-20 09:00", "红", "高", title="…")`."""

    def noted(moment, urgency="", importance="", **more):
        clock.turn_to(moment)
        then = (
            ("grade", {"info_urgency": urgency, "importance": importance, "grade_because": "核实"})
            if urgency
            else None
        )
        case = office.open("information", {**ITEM, **more}, by=NAMED["zhang"], then=then)
        clock.turn_to("2026-11-20 15:00")
        return case

    return noted


@pytest.fixture
def find(reader_of):
    return lambda text, by="zhang", **narrow: list(reader_of(NAMED[by]).search(text, **narrow).cases["title"])


def test_information_is_found_by_whatever_stands_in_it(note, find, office):
    file = office.keep("简况.txt", "水位超过警戒线".encode(), by=NAMED["zhang"])
    note(
        "2026-11-18 09:00", "黄", "高", title="东湖水库巡查", summary="坝体未见异常。", source_name="水务局来电",
        matched="防汛", figures=[{"name": "入库流量", "value": "35.2", "unit": "立方米每秒"}], files=[file],
    )  # fmt: skip
    note("2026-11-19 09:00", "蓝", "低", title="食堂换菜单")
    for words in (
        "湖",
        "水库",
        "坝体未见",
        "水务局",
        "防汛",
        "入库流量",
        "警戒线",
        "简况",
        "dhsk",
        "信〔2026〕1号",
        "水库 坝体",
    ):
        assert find(words) == ["东湖水库巡查"], words


def test_hits_are_narrowed_by_labels_family_and_time(note, find, post):
    note("2026-11-02 09:00", "红", "高", title="安全生产甲")
    note("2026-11-10 09:00", "黄", "中", title="安全生产乙")
    note("2026-11-18 09:00", "黄", "低", title="安全生产丙")
    post.register(title="关于安全生产的通知")
    everything = {"安全生产甲", "安全生产乙", "安全生产丙", "关于安全生产的通知"}
    assert {*find("安全生产")} == everything
    assert find("安全生产", urgency="黄") == ["安全生产丙", "安全生产乙"]
    assert find("安全生产", urgency="黄", importance="中") == ["安全生产乙"]
    assert find("安全生产", importance="高") == ["安全生产甲"]
    assert find("安全生产", family="文书处理") == ["关于安全生产的通知"]
    assert find("安全生产", first=date(2026, 11, 5), last=date(2026, 11, 12)) == ["安全生产乙"]
    assert find("安全生产", process="information", first=date(2026, 11, 11)) == ["安全生产丙"]


def test_what_stands_in_a_table_is_found(note, find):
    """Topics of an agenda, tasks, figures: what is filled in row by row is said as well."""
    note(
        "2026-11-18 09:00",
        title="月度数据",
        figures=[{"name": "规上工业增加值", "value": "4.1", "unit": "%"}],
    )
    assert find("规上工业") == ["月度数据"]


OUTSIDER = Person("out", "局外人", frozenset({Role.MEMBER}), Grade.TOP_SECRET)


def test_nobody_finds_counts_or_is_suggested_what_they_may_not_see(note, reader_of):
    """Clearance and concern hold in the search, in every count and in what is offered to be added up (P16)."""
    figures = [{"name": "密报人数", "value": "7", "unit": "人"}]
    note("2026-11-18 09:00", "红", "高", title="云川内情", department="caiwu", figures=figures)
    note("2026-11-18 10:00", "红", "高", title="（涉密件）云川内情", secrecy_level="机密")
    seen = {
        who: (
            reader.search("云川").count,
            int(reader.heat()["n"].sum()),
            int(reader.trend()["n"].sum()),
            int(reader.pivot("urgency", "department").loc["合计", "合计"]),
            len(reader.in_cell(Cell("红", "高"))),
            reader.figures_reported(),
        )
        for who, reader in ((one.id, reader_of(one)) for one in (*NAMED.values(), OUTSIDER))
    }
    nothing, figure = (0, 0, 0, 0, 0, []), [("密报人数", "人")]
    assert seen["out"] == seen["zhou"] == nothing
    assert seen["chen"] == (1, 1, 1, 1, 1, figure)  # of their department
    assert seen["li"] == (1, 1, 1, 1, 1, figure)  # not cleared for the other
    assert seen["zhang"] == (1, 2, 2, 2, 2, figure)  # a secret one is counted for the cleared, never indexed


# --- as offices write ---------------------------------------------------------------------------------


@pytest.fixture
def paragraphs(database):
    """Four hundred paragraphs of reports as summaries of information, by the id of each, oldest first."""
    if not PARAGRAPHS.exists():
        pytest.skip("the reports are not here")
    with gzip.open(PARAGRAPHS, "rt", encoding="utf-8") as lines:
        known = [line.strip() for line in lines if len(line.strip()) > 20]
    rows = [_row(n, one) for n, one in enumerate(random.Random(7).sample(known, 400))]
    store(database, rows)
    return {row["id"]: "\n".join(row["data"].values()) for row in rows}


def _row(n, summary):
    data = {"number": f"记〔2026〕{n + 1}号", "title": f"第{n + 1}条", "summary": summary}
    return row_of(n, data, process="information", stage="judging", is_open=True, closed_at=None)


def test_every_piece_of_a_report_is_found_exactly_where_it_stands(paragraphs, database):
    """One to twenty characters from anywhere in a paragraph, compared with Python's `in` (P15)."""
    dice = random.Random(20)
    plain = {key: normal(text) for key, text in paragraphs.items()}
    with database.reading() as session:
        for length in [n for n in range(1, 21) for _ in range(20)]:
            text = dice.choice([*paragraphs.values()])
            start = dice.randrange(max(1, len(text) - length))
            piece = text[start : start + length]
            wanted = {normal(word) for word in piece.split()} - {""}
            if all(word.isascii() for word in wanted):
                continue  # letters and digits may be initials or numbers as well
            stands = [
                key
                for key, said in sorted(plain.items(), reverse=True)
                if all(word in said for word in wanted)
            ]
            assert search.find(session, select(CaseRow.id), piece) == stands, piece

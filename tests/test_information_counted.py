"""Information as it is counted: nine cells, weeks, a table over two dimensions, sums of figures (R60, R66).

The clock stands on Friday 2026-11-20 at 15:00.
"""

from datetime import date
from itertools import product

import pytest

from core.counting import DIMENSIONS, TOTAL, Cell
from core.people import Grade, Person, Role
from db.verify import verify
from tests.conftest import NAMED

KEY = b"key of the tests"

OUTSIDE = Person("out", "局外人", frozenset({Role.MEMBER}), Grade.TOP_SECRET)


@pytest.fixture
def note(office, clock, post):
    """An item that was noted at a moment and graded at once: `note("2026-11-20 09:00", "红", "高")`."""

    def noted(moment, urgency="", importance="", **more):
        clock.turn_to(moment)
        item = {"title": "某事", "channel": "内部", "secrecy_level": "非密", **more}
        then = ("grade", {"info_urgency": urgency, "importance": importance}) if urgency else None
        return office.open("information", item, by=NAMED["zhang"], then=then)

    return noted


@pytest.fixture
def november(note, clock):
    """Six items of three weeks."""
    made = [
        note("2026-11-04 09:00", "红", "高", department="caiwu", source_name="财务处"),
        note("2026-11-11 09:00", "黄", "中", department="caiwu", channel="外部", source_name="统计局网站"),
        note("2026-11-12 09:00", "黄", "中", department="anjian", channel="外部", source_name="统计局网站"),
        note("2026-11-18 09:00", "蓝", "低", department="anjian"),
        note("2026-11-19 10:00", "红", "高", secrecy_level="绝密"),
        note("2026-11-20 10:00"),
    ]
    clock.turn_to("2026-11-20 15:00")
    return made


def test_what_is_counted_cannot_be_altered_unseen(november, database, files, note):
    """The rows behind the heat map and the sums are held against the events, like the cases themselves (P22)."""
    november.append(note("2026-11-20 10:30", figures=[{"name": "产量", "value": "1,200.5", "unit": "吨"}]))
    assert verify(database, KEY, files, []) == []
    changes = (
        f"UPDATE information SET urgency = '蓝' WHERE case_id = '{november[0].id}'",
        "UPDATE reported_figures SET micros = 1",
        f"DELETE FROM information WHERE case_id = '{november[3].id}'",
    )
    for change in changes:
        with database.write.begin() as connection:
            connection.exec_driver_sql(change)
    found = verify(database, KEY, files, [])
    assert len(found) == 3
    assert all(one.endswith("统计数据与它的记录不符（information、reported_figures 表）") for one in found)


def cells(frame):
    return {(row.urgency, row.importance): row.n for row in frame.itertuples() if row.n}


def test_each_cell_says_how_many_are_open_and_how_old_the_oldest_is(november, reader_of):
    frame = reader_of(NAMED["zhang"]).heat()
    assert len(frame) == 9
    assert cells(frame) == {("红", "高"): 2, ("黄", "中"): 2, ("蓝", "低"): 1}
    red = frame.iloc[0]
    assert (red["urgency"], red["importance"], red["age"]) == ("红", "高", "12 个工作日")


def test_a_period_counts_what_came_in_whether_it_is_done_or_not(november, post, reader_of):
    post.act(november[3], "archive", "wang")
    reader = reader_of(NAMED["zhang"])
    assert cells(reader.heat()) == {("红", "高"): 2, ("黄", "中"): 2}
    week = reader.heat(first=date(2026, 11, 16), last=date(2026, 11, 22), only_open=False)
    assert cells(week) == {("红", "高"): 1, ("蓝", "低"): 1}


def test_nobody_counts_what_they_may_not_see(november, reader_of):
    assert cells(reader_of(NAMED["li"]).heat())["红", "高"] == 1  # not cleared for the secret one
    assert cells(reader_of(NAMED["chen"]).heat()) == {("红", "高"): 1, ("黄", "中"): 1}  # of their department
    assert cells(reader_of(OUTSIDE).heat()) == {}
    assert reader_of(OUTSIDE).pivot("urgency", "month").loc[TOTAL, TOTAL] == 0
    assert reader_of(OUTSIDE).trend()["n"].sum() == 0


def test_a_cell_is_the_list_behind_its_number(november, reader_of):
    reader = reader_of(NAMED["zhang"])
    assert list(reader.in_cell(Cell("黄", "中"))["id"]) == [november[2].id, november[1].id]
    assert list(reader.to_judge()["id"]) == [november[5].id]


def test_the_weeks_are_told_each_with_its_labels(november, reader_of):
    frame = reader_of(NAMED["zhang"]).trend(weeks=4)
    assert list(frame["week"].unique()) == ["2026-W44", "2026-W45", "2026-W46", "2026-W47"]
    told = {(row.week, row.urgency): row.n for row in frame.itertuples() if row.n}
    assert told == {
        ("2026-W45", "红"): 1,
        ("2026-W46", "黄"): 2,
        ("2026-W47", "红"): 1,
        ("2026-W47", "蓝"): 1,
    }


def test_a_table_over_two_dimensions_adds_up(november, reader_of):
    frame = reader_of(NAMED["zhang"]).pivot("department", "urgency")
    assert frame.index.name == "部门"
    assert list(frame.columns) == ["红", "黄", "蓝", "未定级", TOTAL]
    assert frame.loc["财务处"].tolist() == [1, 1, 0, 0, 2]
    assert frame.loc["未注明"].tolist() == [1, 0, 0, 1, 2]
    assert frame.loc[TOTAL].tolist() == [2, 2, 1, 1, 6]


def test_whatever_it_is_counted_by_every_item_is_counted_once(november, reader_of):
    for rows, columns in product(DIMENSIONS, DIMENSIONS):
        assert reader_of(NAMED["zhang"]).pivot(rows, columns).loc[TOTAL, TOTAL] == 6, (rows, columns)


def test_figures_are_added_up_exactly(note, reader_of):
    for moment, value in (
        ("2026-11-04 09:00", "0.1"),
        ("2026-11-11 09:00", "0.2"),
        ("2026-11-12 09:00", "1,000"),
    ):
        note(
            moment,
            "蓝",
            "中",
            department="caiwu",
            figures=[{"name": "销售额", "value": value, "unit": "万元"}],
        )
    reader = reader_of(NAMED["zhang"])
    assert reader.figures_reported() == [("销售额", "万元")]
    frame = reader.pivot("week", "department", figure=("销售额", "万元"))
    assert frame.loc[TOTAL, TOTAL] == 1_000_300_000  # millionths
    assert list(frame.index) == ["2026-W45", "2026-W46", TOTAL]


def test_what_is_void_is_counted_no_more(november, post, reader_of):
    post.act(november[0], "void", "zhang", reason="重复登记")
    assert cells(reader_of(NAMED["zhang"]).heat(only_open=False))["红", "高"] == 1

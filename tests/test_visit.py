"""A visit as its handbook shows it (R54)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.visit import items, stops

ITINERARY = [
    {"begins": "12-01 09:30", "activity": "接站", "place": "高铁站", "in_charge": "li", "remark": None},
    {"begins": "12-01 10:30", "activity": "座谈", "place": "三楼会议室", "in_charge": "wang", "remark": "备翻译"},
    {"begins": "12-01 11:40", "activity": "参观展厅", "place": "三楼会议室", "in_charge": None, "remark": None},
    {"begins": "12-01 12:10", "activity": "工作餐", "place": "机关食堂", "in_charge": None, "remark": "清真餐 2 人"},
    {"begins": "12-01 14:00", "activity": "实地调研", "place": "数据中心", "in_charge": None, "remark": None},
    {"begins": "12-01 17:00", "activity": "送站", "place": "高铁站", "in_charge": "li", "remark": None},
]  # fmt: skip


@dataclass
class Told:
    """An event as the history tells it."""

    action: str
    at: datetime
    by_name: str
    data: dict[str, Any]


def mark(n, state, minute, note=None):
    data = {"item_no": n, "item_state": state, "item_note": note}
    return Told("mark_item", datetime(2026, 12, 1, 10, minute), "李华", data)


def test_each_line_stands_as_it_was_last_marked():
    """Two marks of one line: the later holds, with who said it; what is not marked has not begun."""
    found = items(
        ITINERARY, [mark(1, "进行中", 0), mark(1, "已完成", 5), mark(2, "有变化", 30, "推迟一刻钟")]
    )
    assert [(one.state, one.note) for one in found[:3]] == [
        ("已完成", ""),
        ("有变化", "推迟一刻钟"),
        ("未开始", ""),
    ]
    assert found[0].told_by == "李华"


def test_the_way_goes_from_place_to_place():
    """Staying is one stop with two lines; coming back to the station is a stop of its own."""
    assert [(stop.place, stop.items) for stop in stops(ITINERARY)] == [
        ("高铁站", (1,)),
        ("三楼会议室", (2, 3)),
        ("机关食堂", (4,)),
        ("数据中心", (5,)),
        ("高铁站", (6,)),
    ]


def test_the_drawing_turns_back_where_a_row_is_full():
    """Four stops side by side, the fifth below the fourth: the line never jumps across the page."""
    assert [(stop.x, stop.y) for stop in stops(ITINERARY)] == [(0, 0), (1, 0), (2, 0), (3, 0), (3, 1)]

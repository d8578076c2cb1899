"""Rows copied from a spreadsheet or a Word table into the table of a form: nothing need be typed twice."""

from datetime import date

import pytest

from core.contacts import CONTACT, Contact
from core.errors import Refused
from core.fields import MOST_ROWS, Field, Kind
from core.people import Person
from core.ports import Directory
from core.processes.meeting import AGENDA, TASK_LIST
from core.spreadsheet import rows_from

HERE = Directory(
    people={
        who: Person(who, name, frozenset()) for who, name in (("w", "王敏"), ("l", "李华"), ("l2", "李华"))
    },
    departments={"fin": "财务处"},
    guests={"g": Contact(id="g", name="郑浩", organisation="市气象局")},
)
GUESTS = Field(key="list", title="名单", kind=Kind.ROWS, columns=CONTACT)
EVERYTHING = Field(
    key="everything",
    title="各样",
    kind=Kind.ROWS,
    columns=(
        Field(key="who", title="来宾", kind=Kind.GUESTS),
        Field(key="department", title="部门", kind=Kind.DEPARTMENT),
        Field(key="done", title="已办", kind=Kind.YES_NO),
        Field(key="labels", title="标签", kind=Kind.CHOICES, options=("红", "黄")),
    ),
)


def refusal(text: str, field: Field) -> str:
    with pytest.raises(Refused) as refused:
        rows_from(text, field, HERE)
    return refused.value.problems[field.key]


def test_an_agenda_is_copied_from_excel():
    """In the order of the columns; an empty cell is left open, and empty lines and columns around it say nothing."""
    copied = "值班安排\t王敏\t30\t\r\n\t\t\t\r\n物资\t\t1,000\t\r\n"
    assert rows_from(copied, AGENDA, HERE) == [
        {"topic": "值班安排", "reporter": "王敏", "minutes": 30},
        {"topic": "物资", "minutes": 1000},
    ]


def test_titles_in_another_order_are_followed():
    """A list that somebody else keeps has its columns in its own order."""
    copied = "手机\t姓名\n13900000015\t郑浩\n"
    assert rows_from(copied, GUESTS, HERE) == [{"mobile": "13900000015", "name": "郑浩"}]


def test_people_and_days_are_understood_as_written():
    copied = "报送值班表\t王敏\t2026/12/3\t报齐\n检查车辆\t王敏\t2026年12月4日\t无故障\n"
    assert [(row["owner"], row["milestone"]) for row in rows_from(copied, TASK_LIST, HERE)] == [
        ("w", date(2026, 12, 3)),
        ("w", date(2026, 12, 4)),
    ]


def test_several_in_a_cell_a_department_a_yes_and_labels():
    assert rows_from("郑浩、王敏\t财务处\t是\t红,黄", EVERYTHING, HERE) == [
        {"who": ["g", "w"], "department": "fin", "done": True, "labels": ["红", "黄"]}
    ]


def test_a_cell_with_a_line_break_stays_one_cell():
    """As a spreadsheet copies it, in quotation marks."""
    assert rows_from('"第一行\n第二行"\t王敏\t5', AGENDA, HERE)[0]["topic"] == "第一行 第二行"


@pytest.mark.parametrize(
    ("text", "field", "says"),
    [
        ("值班\t王敏\t半小时", AGENDA, "没有粘进来：第 1 行“分钟”：请填写整数，例如 2"),
        ("值班\t王敏\t0", AGENDA, "没有粘进来：第 1 行“分钟”不能小于 1"),
        ("甲\t王敏\t5\n乙\t王敏\t5\t六", AGENDA, "没有粘进来：多出 1 列；各列依次是：议题、汇报人、分钟"),
        ("甲\t赵六\t2026-12-03\t齐", TASK_LIST, "没有粘进来：第 1 行“责任人”：没有“赵六”，请核对姓名或名称"),
        ("甲\t李华\t2026-12-03\t齐", TASK_LIST, "没有粘进来：第 1 行“责任人”：叫“李华”的不止一位，请留空，粘进来以后再选"),
        ("甲\t王敏\t2026-06-31\t齐", TASK_LIST, "没有粘进来：第 1 行“节点”：请填写日期，例如 2026-11-24"),
        ("议题\t备注\t分钟\n甲\t急\t5", AGENDA, "没有粘进来：没有“备注”这一列，请不要复制它；各列可以是：议题、汇报人、分钟"),
        (" \n\t\n", AGENDA, "没有粘进来：没有读到内容；各列依次是：议题、汇报人、分钟"),
        ("议题\t分钟", AGENDA, "没有粘进来：没有读到内容；各列依次是：议题、汇报人、分钟"),
        ("甲\n" * (MOST_ROWS + 1), AGENDA, f"没有粘进来：最多粘 {MOST_ROWS} 行，现有 {MOST_ROWS + 1} 行，请分几次"),
        ("甲" * 300_000, AGENDA, "没有粘进来：内容太多，不像是一张表，请只复制要用的行"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_named_by_its_cell(text: str, field: Field, says: str):
    assert refusal(text, field) == says


def test_of_many_wrong_cells_the_first_ten_are_named():
    assert refusal("甲\t\t多\n" * 25, AGENDA).endswith("；另有 15 处")

"""The pages of the program: what each is called, where it stands in the menu, and who finds it there.

The shell registers every one of them, and the doors know by this list which addresses exist.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """One page. `address` is its URL and the name of its file under pages/, the first one is the start."""

    section: str
    title: str
    address: str
    icon: str
    administers: bool = False
    """Whether only who manages accounts and settings may open it."""
    hidden: bool = False
    """Reached by a link and not by the menu."""


PLACES = (
    Place("工作台", "总览", "overview", ":material/dashboard:"),
    Place("工作台", "我的待办", "desk", ":material/task_alt:"),
    Place("文书", "收文", "incoming", ":material/inbox:"),
    Place("文书", "登记簿", "registers", ":material/table_rows:"),
    Place("标准", "手册", "handbook", ":material/menu_book:"),
    Place("标准", "工作日历", "working_days", ":material/calendar_month:"),
    Place("管理", "人员与部门", "people", ":material/group:", administers=True),
    Place("工作台", "事项", "case", ":material/description:", hidden=True),
)
START = PLACES[0]

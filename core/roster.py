"""A list of people as a personnel office keeps it: an XLSX or pasted lines, read into accounts to be made.

A list that is not understood is refused row by row, with what to do; nothing of it is taken then.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.errors import Refused, Unreadable
from core.fields import Field, Kind
from core.intake import files, table
from core.people import ASSIGNABLE, Grade, Role
from core.policy import why_not_together

COLUMNS = ("姓名", "登录账号", "角色", "部门", "知悉范围")
"""The columns of a list, in any order."""

MOST_ROWS = 500
LONGEST_NAME, LONGEST_ACCOUNT, LONGEST_DEPARTMENT = 80, 64, 80

_MOST_BYTES = 2_000_000
_MOST_PROBLEMS = 30
_ROLES = {role.label: role for role in ASSIGNABLE}
_BETWEEN = str.maketrans(dict.fromkeys("，,;；/|+", "、"))
_TEXTS = {"姓名": LONGEST_NAME, "登录账号": LONGEST_ACCOUNT, "部门": LONGEST_DEPARTMENT}

PASTED = Field(key="list", title="人员名单", kind=Kind.TEXT, help="从表格中复制，连同表头一起粘贴")
"""What is asked where a list is pasted."""


@dataclass(frozen=True)
class Listed:
    """One person of a list; `row` is its row as the office counts them, `department` a name or empty."""

    row: int
    name: str
    account: str
    roles: tuple[Role, ...]
    department: str
    clearance: Grade


def read_file(name: str, content: bytes) -> tuple[Listed, ...]:
    """The people of an XLSX or of a text file. Raises `Refused` under the key `list`, one line a problem."""
    try:
        kind = files.check(name, content)
    except Unreadable as unreadable:
        raise _refused([str(unreadable)]) from unreadable
    if len(content) > _MOST_BYTES:
        raise _refused(["文件太大，不像是一份人员名单，请只留五列"])
    try:
        if kind == "xlsx":
            return _listed(table.sheet(content, "或直接粘贴名单"))
        if kind == "text":
            return read_text(table.decoded(content))
    except Unreadable as unreadable:
        raise _refused([str(unreadable)]) from unreadable
    raise _refused(["名单请用 XLSX 或 CSV 文件"])


def read_text(text: str) -> tuple[Listed, ...]:
    """The people of pasted lines, with commas or tabs between the columns. Raises `Refused` as above."""
    if len(text) > _MOST_BYTES:
        raise _refused(["内容太多，不像是一份人员名单，请只留五列"])
    text = text.replace("\0", "")
    between = "\t" if "\t" in text.partition("\n")[0] else ","
    try:
        return _listed(list(csv.reader(io.StringIO(text), delimiter=between)))
    except csv.Error as error:
        raise _refused(["读不出这份名单：请从表格中重新复制，或改用 XLSX 文件"]) from error


def _listed(rows: Sequence[Sequence[object]]) -> tuple[Listed, ...]:
    head, *body = [[_cell(cell) for cell in row] for row in rows] or [[]]
    if missing := [column for column in COLUMNS if column not in head]:
        raise _refused([f"第 1 行缺少“{'”、“'.join(missing)}”，表头应有：{'、'.join(COLUMNS)}"])
    named = [(n, dict(zip(head, row, strict=False))) for n, row in enumerate(body, 2) if any(row)]
    if not named:
        raise _refused(["名单里没有人员：从第 2 行起每行填一位"])
    if len(named) > MOST_ROWS:
        raise _refused([f"名单最多 {MOST_ROWS} 行，现有 {len(named)} 行，请分几次导入"])
    problems = [problem for n, row in named for problem in _problems(n, row)]
    problems += _twice(named)
    if problems:
        raise _refused(problems)
    return tuple(_person(n, row) for n, row in named)


def _problems(n: int, row: Mapping[str, str]) -> list[str]:
    """What is wrong with a row, column by column."""
    wrong = {column: "没有填" for column in COLUMNS if not row.get(column) and column != "部门"}
    for column, most in _TEXTS.items():
        if len(row.get(column, "")) > most:
            wrong[column] = f"最多 {most} 字"
    if any(sign.isspace() for sign in row.get("登录账号", "")):
        wrong["登录账号"] = "账号中不能有空格"
    if "知悉范围" not in wrong and row["知悉范围"] not in [grade.label for grade in Grade]:
        wrong["知悉范围"] = f"只能是 {'、'.join(grade.label for grade in Grade)}"
    if "角色" not in wrong and (reason := _why_not_roles(row["角色"])):
        wrong["角色"] = reason
    return [f"第 {n} 行 {column}：{says}" for column, says in wrong.items()]


def _why_not_roles(written: str) -> str | None:
    labels = _labels(written)
    if not labels or not set(labels) <= _ROLES.keys():
        return f"只能是 {'、'.join(_ROLES)}，几项之间用顿号"
    return why_not_together(_ROLES[label] for label in labels)


def _twice(rows: Sequence[tuple[int, Mapping[str, str]]]) -> list[str]:
    first: dict[str, int] = {}
    problems = []
    for n, row in rows:
        account = row.get("登录账号", "").lower()
        if account and first.setdefault(account, n) != n:
            problems.append(f"第 {n} 行 登录账号：与第 {first[account]} 行相同，请改一个")
    return problems


def _person(n: int, row: Mapping[str, str]) -> Listed:
    return Listed(
        row=n,
        name=row["姓名"],
        account=row["登录账号"].lower(),
        roles=tuple(dict.fromkeys(_ROLES[label] for label in _labels(row["角色"]))),
        department=row.get("部门", ""),
        clearance=Grade.labelled(row["知悉范围"]),
    )


def _labels(written: str) -> list[str]:
    return [label.strip() for label in written.translate(_BETWEEN).split("、") if label.strip()]


def _cell(cell: object) -> str:
    """A cell as text, whatever the table took it for: an account 1001 is not 1001.0."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    shown = Field(key="cell", title="", required=False).take(str(cell))[0]
    return str(shown or "")


def _refused(problems: Sequence[str]) -> Refused:
    more = len(problems) - _MOST_PROBLEMS
    shown = [*problems[:_MOST_PROBLEMS], *([f"另有 {more} 处"] if more > 0 else [])]
    return Refused({"list": "\n".join(shown)})

"""The journal: what was done to the office itself – accounts, calendar, templates, standard – and by whom.

Append-only and chained like the events of cases, with the same key, so that it shows as well if
somebody rewrote it (P22). `record` is called in the transaction of the change it tells of.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from db import chain
from db.tables import JournalRow

TITLES = {
    "person.added": "新增账号",
    "person.changed": "修改人员",
    "person.stopped": "停用账号",
    "person.restored": "恢复账号",
    "person.invited": "签发设密链接",
    "person.signed_out": "退出其全部登录",
    "password.set": "设置密码",
    "factor.on": "启用第二验证",
    "factor.off": "取消第二验证",
    "absence.set": "登记外出与代办",
    "absence.ended": "结束代办",
    "department.added": "新增部门",
    "department.changed": "修改部门",
    "office.changed": "修改本办信息",
    "calendar.changed": "修改工作日历",
    "standard.amended": "修订标准",
    "template.set": "更换单据模板",
    "template.removed": "恢复原单据模板",
    "number.reserved": "预留登记号",
    "number.voided": "作废预留号",
    "view.saved": "保存视图",
    "view.removed": "删除视图",
    "file.refused": "拒收文件",
}
"""What can stand in the journal, by its key: subject and verb."""


def record(
    session: Session,
    key: bytes,
    at: datetime,
    by: str,
    action: str,
    subject: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Write down that `by` (a person's id) did `action` (a key of `TITLES`) to `subject`, in words.

    `data` says what changed, as JSON can hold it; never a password, a secret or what a document says.
    """
    if action not in TITLES:
        raise ValueError(f"unknown action of the journal: {action}")
    prev = session.scalar(select(JournalRow.mac).order_by(JournalRow.id.desc()).limit(1)) or chain.START
    values = {
        "at": at.astimezone(UTC),
        "by": by,
        "action": action,
        "subject": subject[:200],
        "data": dict(data or {}),
    }
    mac = chain.link(key, prev, values)
    session.execute(insert(JournalRow).values(**values, prev=prev, mac=mac))


def covered(row: JournalRow) -> dict[str, Any]:
    """What of a line of the journal its hash covers."""
    return {"at": row.at, "by": row.by, "action": row.action, "subject": row.subject, "data": row.data}

"""The journal: what was done to the office itself – accounts, calendar, templates, standard – and by whom.

Append-only and chained like the events of cases, with the same key, so that it shows as well if
somebody rewrote it (P22). `record` is called in the transaction of the change it tells of.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from core.people import Grade, Role
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
    "contact.added": "新增联系人",
    "contact.changed": "修改联系方式",
    "contact.removed": "移出通讯录",
    "department.added": "新增部门",
    "department.changed": "修改部门",
    "department.dissolved": "撤销部门",
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
    "message.resent": "重发通知",
    "message.told": "另行告知",
    "message.tested": "测试通道",
    "survey.opened": "发出调查",
    "survey.changed": "修改调查是否匿名",
    "survey.closed": "结束调查",
    "entry.added": "登记日程",
    "entry.changed": "修改日程",
    "entry.moved": "移动日程",
    "entry.cancelled": "取消日程",
    "entry.restored": "恢复日程",
    "resource.added": "新增会议室、车辆",
    "resource.changed": "修改会议室、车辆",
    "schedule.changed": "修改日程规则",
    "feed.opened": "开通日历订阅",
    "feed.revoked": "停用日历订阅",
    "point.added": "新设监测点",
    "point.changed": "修改监测点",
    "source.added": "新设来源",
    "source.changed": "修改来源",
    "source.started": "启用来源",
    "source.stopped": "停用来源",
    "source.failed": "来源读取失败",
    "hosts.changed": "修改准许访问的网站",
    "token.issued": "签发接口令牌",
    "token.revoked": "停用接口令牌",
    "intake.refused": "拒收来件",
    "intake.dropped": "来文不予登记",
    "duty.added": "新增报送事项",
    "duty.changed": "修改报送事项",
    "grading.changed": "修改定级规则",
}
"""What can stand in the journal, by its key: subject and verb."""

COVERED = ("at", "by", "action", "subject", "data")
"""What of a line its hash covers."""


HOLDS = "holds"
"""The key under which a line about an account says all that it holds from then on, for whoever verifies."""


def held(row: Any, changed: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What an account may: a row of people, with what is being changed of it."""
    columns = ("id", "roles", "clearance", "department_id", "active")
    return {HOLDS: {column: (changed or {}).get(column, getattr(row, column)) for column in columns}}


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


WORDS = {
    "account": "登录账号",
    "active": "在用",
    "anonymous": "匿名",
    "approved_by": "批准人",
    "base": "修订所据版本",
    "becomes": "现",
    "by": "经手人",
    "changes": "修订",
    "channel": "通道",
    "clearance": "知悉范围",
    "clock_hours": "小时",
    "code": "机构代码",
    "day": "日期",
    "days": "天",
    "department": "部门",
    "department_id": "部门",
    "deputy": "代办人",
    "deputy_id": "代办人",
    "does": "做法",
    "fonds_no": "全宗号",
    "office_codes": "机关代字",
    "hours": "工作小时",
    "issued": "发出份数",
    "in_force_from": "生效日期",
    "moved": "随之移动时限的事项",
    "name": "名称",
    "now": "现",
    "number": "编号",
    "numbers": "号码",
    "outcome": "结果",
    "page": "页面",
    "person": "人员",
    "person_id": "人员",
    "process": "工作",
    "proposed_by": "提出人",
    "published": "通知已发布",
    "query": "条件",
    "reason": "理由",
    "replaced": "替换同名视图",
    "required": "必填",
    "role": "角色",
    "roles": "角色",
    "sets": "项目",
    "since": "自",
    "source": "依据",
    "stage": "步骤",
    "until": "至",
    "version": "版本",
    "alarm": "提前几分钟提醒",
    "address": "地址",
    "asks": "登记前由人确认",
    "every": "每隔几分钟",
    "how": "怎样算命中",
    "means": "方式",
    "never": "排除词",
    "point": "监测点",
    "takes": "收什么",
    "words": "关键词",
    "important": "重要活动的分量",
    "offered": "给几个备选时间",
    "repeat": "重复",
    "state": "状态",
    "step": "备选间隔",
    "threshold": "报批阈值",
    "when": "时间",
    "whom": "人员、场地",
    "was": "原",
    "without": "不举行的日子",
    "why": "原因",
    "year": "年度",
    "amount": "时限",
    "because": "理由",
    "due": "截止",
    "figures": "指标",
    "importance": "重要程度",
    "info_urgency": "紧急程度",
    "matrix": "每格告知",
    "people": "另告知",
    "reporter": "信息员",
    "rules": "规则",
    "unit": "单位",
    "urgency": "紧急程度",
}
"""What a line of the journal calls what it holds; other keys are shown as they are."""


def said(data: Mapping[str, Any], name: Callable[[str], str]) -> str:
    """What a line says changed, in words, empty values left out; `name` turns the id of a person into theirs."""
    told = ((WORDS.get(key, key), _value(key, value, name)) for key, value in data.items() if key != HOLDS)
    return "；".join(f"{title}：{words}" for title, words in told if words)


def _value(key: str, value: Any, name: Callable[[str], str]) -> str:
    if value in (None, "", [], {}):
        return ""
    if key == "clearance" and isinstance(value, int):
        return Grade(value).label
    if isinstance(value, Mapping):
        if value.keys() in _CHANGED:
            was, now = (_value(key, one, name) or "无" for one in value.values())
            return f"{was} 改为 {now}"
        return f"（{said(value, name)}）"
    if isinstance(value, list | tuple):
        return "、".join(_value(key, one, name) for one in value)
    if isinstance(value, bool):
        return "是" if value else "否"
    return _ROLES.get(str(value)) or name(str(value))


_CHANGED = ({"was", "now"}, {"was", "becomes"})
"""How a line tells a change: what it was, and what it is now."""

_ROLES = {role.value: role.label for role in Role}

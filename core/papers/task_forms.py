"""The order of a supervised task (督办任务单, R75): what, who, by when, judged by what; handed over, reported, accepted."""

from core.papers.forms import Form, Line
from core.papers.paper import Dossier
from core.papers.sheet import in_words
from core.papers.template import Context
from core.supervision import progress
from core.words import Told

_BY_HAND = "签名：　　　　　　　　　　年　　月　　日"


def _order(dossier: Dossier) -> Context:
    task, parent, fields = dossier.case, dossier.parent, dossier.case.process.fields
    told = progress(task, dossier)
    department = in_words(dossier, fields["department"])
    return {
        "任务编号": task.number,
        "来源": f"{parent.process.title}　{parent.number}　{parent.title}" if parent else "",
        "任务描述": told.title,
        "责任人": told.owner if told.owner != department else "",
        "责任部门": department,
        "节点": told.milestone,
        "延期至": told.extended_to,
        "验收标准": told.acceptance,
        "交办": _signed(dossier, "opened") or "",
        "反馈": told.result,
        "反馈人": _signed(dossier, "report"),
        "审核": task.data.get("review")
        or (
            task.data.get("returned_because") or "" if task.is_open else "同意办结" if not task.voided else ""
        ),
        "审核人": _signed(dossier, "close_out", "return_task"),
    }


def _signed(dossier: Dossier, *actions: str) -> str:
    """Who took the last of these steps and when; room to sign where nobody did."""
    mine = [
        event for event in dossier.history if event.case_id == dossier.case.id and event.action in actions
    ]
    return f"{_who(mine[-1])}　{dossier.local(mine[-1].at)}" if mine else _BY_HAND


def _who(event: Told) -> str:
    return f"{event.action_title}　{event.by_name}"


TASK_ORDER = Form(
    title="督办任务单",
    tell=_order,
    blocks=(
        Line(("任务描述",), 14),
        Line(("来源",)),
        Line(("责任人", "责任部门")),
        Line(("节点", "延期至")),
        Line(("验收标准",), 20),
        Line(("交办",), 12),
        Line(("反馈",), 40),
        Line(("反馈人",), 12),
        Line(("审核",), 30),
        Line(("审核人",), 12),
    ),
)

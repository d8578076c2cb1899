"""The monthly ledger of supervised tasks: what is wanted of it, how it stands in an address, its rows (R41)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from core.papers.ledger import Ledger
from core.people import DEPARTMENT
from core.ports import Directory
from core.supervision import LATE, OVERDUE

STATES = {"open": "在办", "late": "逾期", "done": "已办结"}
"""How the tasks of a ledger may stand; 逾期 are those reported late, and those still open past their day."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which tasks: those that were open on some day of `month` (its first day), all where it is None.

    `owner`: a person's id, or `dept:` and a department's. `state`: one of `STATES`.
    """

    month: date | None = None
    owner: str = ""
    state: str = ""


def read(address: Mapping[str, Sequence[str]], owners: Iterable[str]) -> Wanted:
    """What an address asks for; what cannot be meant is left out."""
    first = {key: values[0] for key, values in address.items() if values}
    owner, state = first.get("owner", ""), first.get("state", "")
    return Wanted(
        month=_month(first.get("month", "")),
        owner=owner if owner in {*owners} else "",
        state=state if state in STATES else "",
    )


def owners(people: Directory) -> tuple[str, ...]:
    """Whom a ledger can be narrowed to: people and departments, as owners are named."""
    return (*people.people, *(f"{DEPARTMENT}{key}" for key in people.departments))


def _month(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None


def written(wanted: Wanted) -> dict[str, str]:
    """The address that asks for this."""
    month = f"{wanted.month:%Y-%m}" if wanted.month else ""
    said = {"month": month, "owner": wanted.owner, "state": wanted.state}
    return {key: value for key, value in said.items() if value}


def said(wanted: Wanted, name: Callable[[str], str]) -> str:
    """What is looked for, in words."""
    month = f"{wanted.month.year} 年 {wanted.month.month} 月" if wanted.month else "各月"
    owner = f"责任人：{name(wanted.owner)}" if wanted.owner else ""
    return " · ".join(filter(None, (month, owner, STATES.get(wanted.state, ""))))


@dataclass(frozen=True)
class Entry:
    """A task as the ledger has it. `source`: the meeting or the document it came from; `slip`: the gravest slip issued.

    `late`: whether it is, or was, past its day; `is_open`: whether it is still to be done or accepted.
    """

    id: str
    number: str
    title: str
    source: str
    owner: str
    milestone: str
    extended_to: str
    acceptance: str
    result: str
    where: str
    slip: str
    verdict: str
    is_open: bool

    @property
    def late(self) -> bool:
        return self.verdict in (LATE, OVERDUE)


COLUMNS = {
    "title": "任务描述",
    "source": "来源",
    "owner": "责任人",
    "milestone": "节点",
    "extended_to": "延期至",
    "where": "状态",
    "slip": "督办单",
    "verdict": "按期与否",
    "acceptance": "验收标准",
    "result": "办理结果",
}
"""The columns of the ledger beside the number."""


def ledger(entries: Iterable[Entry]) -> Ledger:
    """The ledger ready to be written."""
    rows = tuple((one.number, *(getattr(one, key) for key in COLUMNS)) for one in entries)
    return Ledger("督办月度台账", ("登记号", *COLUMNS.values()), rows)


def summary(entries: Sequence[Entry]) -> str:
    """How the tasks stand, in one sentence."""
    done = sum(not one.is_open for one in entries)
    late = sum(one.late for one in entries)
    return f"共 {len(entries)} 项，已办结 {done} 项，在办 {len(entries) - done} 项，逾期 {late} 项。"

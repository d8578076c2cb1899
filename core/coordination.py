"""事务协调台账: the register of the whole family of coordination, by item and by how each stands (R79).

A process that is added to the family is in it by itself. What is wanted stands in the address, as of every register.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.papers.ledger import Ledger
from core.registers import LONGEST, STATES

FAMILY, TITLE = "事务协调", "事务协调台账"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which items: of the process `item`, standing as `state` says (of `STATES`), entered in `year`, with all words of
    `text` in number or title. Whatever is empty does not narrow.
    """

    item: str = ""
    state: str = ""
    year: int | None = None
    text: str = ""

    @property
    def narrows(self) -> bool:
        """Whether anything is looked for."""
        return self != Wanted()


def read(address: Mapping[str, Sequence[str]], items: Iterable[str]) -> Wanted:
    """What an address asks for; what cannot be meant is left out."""
    said = {key: values[0] for key, values in address.items() if values}
    item, state, year = (said.get(key, "") for key in ("item", "state", "year"))
    return Wanted(
        item=item if item in {*items} else "",
        state=state if state in STATES else "",
        year=int(year) if year.isdecimal() and year.isascii() and 1900 < int(year[:5]) < 3000 else None,
        text=said.get("text", "")[:LONGEST],
    )


def written(wanted: Wanted) -> dict[str, str]:
    """The address that asks for this."""
    return {key: str(value) for key, value in vars(wanted).items() if value}


def said(wanted: Wanted, titles: Mapping[str, str]) -> str:
    """What is looked for, in words; `titles` of the processes by their keys."""
    words = (
        f"{wanted.year} 年度" if wanted.year else "",
        f"事项：{titles[wanted.item]}" if wanted.item else "",
        f"状态：{STATES[wanted.state]}" if wanted.state else "",
        f"查找：{wanted.text}" if wanted.text else "",
    )
    return " · ".join(filter(None, words)) or "全部"


@dataclass(frozen=True)
class Entry:
    """An item as the ledger has it. `kind`: the title of its process; `state`: one of the words of `STATES`; `where`: the
    step at which it is; `due` in words.
    """

    id: str
    process: str
    kind: str
    number: str
    title: str
    state: str
    where: str
    owner: str
    due: str
    opened: str
    closed: str


COLUMNS = {
    "kind": "事项类别",
    "title": "事项",
    "state": "状态",
    "where": "环节",
    "owner": "在谁手里",
    "due": "时限",
    "opened": "登记",
    "closed": "办结",
}
"""The columns of the ledger beside the number."""


def state_of(*, is_open: bool, is_late: bool, is_void: bool) -> str:
    """How an item stands, in one word: an open one past its deadline is late."""
    if is_open:
        return STATES["late" if is_late else "open"]
    return STATES["void" if is_void else "closed"]


def ledger(entries: Iterable[Entry]) -> Ledger:
    """The ledger ready to be written."""
    rows = tuple((one.number, *(getattr(one, key) for key in COLUMNS)) for one in entries)
    return Ledger(TITLE, ("登记号", *COLUMNS.values()), rows)


def index(entries: Iterable[Entry]) -> dict[str, dict[str, int]]:
    """How many items of each kind stand how: by the title of the process, then by the words of `STATES` (R79)."""
    words = [STATES[key] for key in ("open", "late", "closed", "void")]
    found: dict[str, dict[str, int]] = {}
    for one in entries:
        found.setdefault(one.kind, dict.fromkeys(words, 0))[one.state] += 1
    return found

"""What the auditor looks for, and how the three lists of the record are told: on the page and as XLSX.

The lists are what happened to cases, what was done to the office itself, and who signed in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from core.case import OPENED
from core.papers import Ledger
from core.processes import Standard
from core.standing import ACTIONS
from core.words import full_moment

FIRST = "登记（每件的第一步）"

LOG = {
    "id": "记录号",
    "at": "时间",
    "by_name": "谁",
    "action_title": "办了什么",
    "number": "登记号",
    "case_title": "标题",
    "process_title": "工作",
    "stage_title": "之后处于",
}
JOURNAL = {
    "id": "记录号",
    "at": "时间",
    "by_name": "谁",
    "action_title": "做了什么",
    "subject": "对象",
    "changes": "内容",
}
SIGN_INS = {"at": "时间", "account": "账号", "name": "姓名", "address": "来自", "outcome": "结果"}
"""The columns of each list with their headings."""

TITLES = {"log": "办理记录", "journal": "办公室记录", "sign_ins": "登录记录"}
"""The lists by their part of an address."""

_COLUMNS = {"log": LOG, "journal": JOURNAL, "sign_ins": SIGN_INS}


@dataclass(frozen=True)
class Asked:
    """What somebody looks for in one of the lists; empty where it does not matter.

    `who`: a person's id, or an account among sign-ins. `what`: the title of an action, or of what the
    journal tells. `work`: the key of a process. `text`: words of the case, or of what was changed.
    """

    who: str = ""
    what: str = ""
    work: str = ""
    text: str = ""
    first: date | None = None
    last: date | None = None

    @classmethod
    def read(cls, address: Mapping[str, str]) -> "Asked":
        """What an address asks for; days that are none are left out."""
        words = {key: address.get(key, "") for key in ("who", "what", "work", "text")}
        return cls(**words, first=_day(address.get("first")), last=_day(address.get("last")))

    @property
    def written(self) -> dict[str, str]:
        """The same as the end of an address."""
        return {key: str(value) for key, value in vars(self).items() if value}

    def of_log(self, standard: Standard) -> dict[str, Any]:
        """For `Reader.log`. A title nobody knows finds nothing."""
        keys = sorted(actions(standard).get(self.what, {self.what})) if self.what else ()
        return {"by": self.who, "actions": keys, "process": self.work, "text": self.text, **self._days}

    def of_journal(self, titles: Mapping[str, str]) -> dict[str, Any]:
        """For `Reader.journal`; `titles` are those of the journal by key."""
        key = next((key for key, title in titles.items() if title == self.what), self.what)
        return {"by": self.who, "action": key, "text": self.text, **self._days}

    def of_sign_ins(self) -> dict[str, Any]:
        """For `Reader.sign_ins`."""
        return {"account": self.who, **self._days}

    @property
    def _days(self) -> dict[str, Any]:
        return {"first": self.first, "last": self.last}


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def actions(standard: Standard) -> dict[str, set[str]]:
    """What can be done, by its title: one title may stand for several keys in several processes."""
    known = {FIRST: {OPENED}}
    for action in (*(a for process in standard.newest() for a in process.actions), *ACTIONS.values()):
        known.setdefault(action.title, set()).add(action.key)
    return known


def shown(which: str, frame: pd.DataFrame) -> pd.DataFrame:
    """A list with its columns in words, in their order."""
    words = frame.assign(at=[full_moment(at) for at in frame["at"]])
    return words[list(_COLUMNS[which])]


def ledger(which: str, frame: pd.DataFrame) -> Ledger:
    """A list ready to be written as a file."""
    rows = tuple(tuple(map(str, row)) for row in shown(which, frame).itertuples(index=False))
    return Ledger(TITLES[which], tuple(_COLUMNS[which].values()), rows)

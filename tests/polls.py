"""A meeting with many guests, and the commands on its survey and its ballots."""

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from sqlalchemy import insert

from core.case import Case
from core.office import Office
from core.people import Person
from core.polling import Polling
from core.worktime import Limit
from db.engine import Database
from db.files import FileStore
from db.polling import SqlPollingUnit
from db.tables import ContactRow
from tests.conftest import NAMED, StillClock

KEY = b"key of the tests"

MEETING = {
    "meeting_kind": "决策会",
    "title": "市政府常务会议",
    "secrecy_level": "非密",
    "held_at": "2026-11-24T09:00+08:00",
    "ends_at": "2026-11-24T11:00+08:00",
    "mode": "现场",
    "place": "第一会议室",
    "convener": "he",
    "organiser": "wang",
}
SATISFIED = {
    "overall": "5 很满意",
    "preparation": "4 满意",
    "notice": "4 满意",
    "efficiency": "3 一般",
    "minutes": "5 很满意",
}
MOTION = {
    "question": "关于调整集中供热价格的方案",
    "secrecy_level": "非密",
    "choices": "同意、反对、弃权",
    "manner": "无记名",
    "quorum": "过半数",
    "rule": "过半数",
    "base": "实到人数",
}


def polling_of(database: Database, files: FileStore, clock: Callable[[], Any], chance: Random) -> Polling:
    """The commands on surveys and ballots, with this chance in the urn."""
    return Polling(lambda: SqlPollingUnit(database, files, KEY, chance), clock, Limit(days=3))


def guests(database: Database, n: int) -> list[str]:
    """So many contacts without an account, by their ids."""
    ids = [f"guest:{i:03}" for i in range(n)]
    told = {"organisation": "某县", "post": "县长", "mobile": "", "email": "", "active": True}
    with database.writing() as session:
        session.execute(insert(ContactRow), [{"id": i, "name": f"来宾{i[-3:]}", **told} for i in ids])
        session.commit()
    return ids


def meeting(office: Office, **changes: Any) -> Case:
    """A meeting as the secretary enters it."""
    return office.open("meeting", {**MEETING, **changes}, by=NAMED["wang"])


def answers(**changes: Any) -> Mapping[str, Any]:
    """A filled-in survey."""
    return {**SATISFIED, **changes}


class Votes:
    """A ballot from the motion to the result, by the hands of the secretary."""

    def __init__(self, office: Office, polling: Polling, reader_of: Any, clock: StillClock) -> None:
        self.office, self.polling, self._reader_of, self.clock = office, polling, reader_of, clock

    def put(self, voters: Sequence[str], **changes: Any) -> Case:
        """Put something to the vote."""
        return self.office.open("ballot", {**MOTION, "voters": [*voters], **changes}, by=NAMED["wang"])

    def started(self, voters: Sequence[str], **changes: Any) -> Case:
        """Put something to the vote and start the ballot."""
        return self.step(self.put(voters, **changes), "start")

    def step(self, case: Case, action: str, by: str = "wang") -> Case:
        """Take a step of the ballot as it is now."""
        now = self.see(case)
        return self.office.act(case.id, action, {}, by=NAMED[by], seen=now.seq)

    def person(self, who: str) -> Person:
        """Somebody who votes: one of the office, or a contact through their link."""
        return NAMED.get(who) or Person(who, who, frozenset())

    def see(self, case: Case, by: str = "wang") -> Case:
        return self._reader_of(NAMED[by]).case(case.id)

    def ballot(self, case: Case, by: str = "wang") -> Any:
        return self._reader_of(NAMED[by]).ballot(case.id)

"""The surveys and votes of the demonstration: answered, too few, still open; decided, running, put to the vote."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from core.case import Case
from core.people import Person
from core.polling import Polling
from core.surveys import MEETING, SCALE
from db.reader import Reader

REMARKS = ("材料能提前两天发就更好了", "议题集中，时间控制得好", "线上声音有时断续", "纪要出得快")

MOODS = {"决策会": (5, 4, 1, 0, 0), "协调会": (4, 5, 1, 0, 0), "培训会": (3, 4, 3, 1, 0)}
"""How often each point is given, of each type of meeting."""

UNANSWERED = {"公文格式线上培训": 4, "年终总结材料分工会": 6}
"""Of how many a survey stays, where not nearly everybody answers."""

MOTION = {
    "secrecy_level": "非密",
    "choices": "同意、反对、弃权",
    "manner": "无记名",
    "quorum": "三分之二以上",
    "rule": "过半数",
    "base": "应到人数",
}


@dataclass
class Polls:
    """Asks and takes votes in the demonstration, by the hand of a secretary."""

    polling: Polling
    reader: Callable[[Person], Reader]
    clock: Any
    clerk: Person
    now: datetime

    def ask_about(self, meetings: list[str]) -> None:
        """Ask about every meeting that is over, the first one first."""
        chance = Random(43)  # noqa: S311 -- the same demonstration every time
        over = [case for case in map(self._see, meetings) if case.data.get("ended_at")]
        for case in sorted(over, key=lambda case: case.data["ended_at"]):
            self.clock.at = case.data["ended_at"] + timedelta(hours=1)
            self.polling.close_surveys()
            links = self.polling.open_survey(case.id, MEETING.key, case.data["invitees"], by=self.clerk)
            n = UNANSWERED.get(case.title, len(links) - chance.randrange(3))
            for _, token in links[-n:]:
                self.polling.answer(token, self._answers(case.data["meeting_kind"], chance))
        self.clock.at = self.now
        self.polling.close_surveys()

    def _answers(self, kind: str, chance: Random) -> dict[str, Any]:
        points = [field.key for field in MEETING.fields if field.options]
        told = {key: chance.choices(SCALE, MOODS[kind])[0] for key in points}
        return {**told, "comment": chance.choice(REMARKS) if chance.random() < 0.3 else None}

    def vote_on(self, meeting_id: str, question: str, choices: list[str], *, by_name: bool = False) -> None:
        """Put a question to the vote of a meeting; who votes does in the order of the list, the rest do not."""
        meeting = self._see(meeting_id)
        at = meeting.data.get("ended_at")
        self.clock.at = at - timedelta(minutes=20) if at else self.now - timedelta(minutes=10)
        asked = {**MOTION, "question": question, "meeting": meeting_id, "voters": meeting.data["invitees"]}
        asked |= {"manner": "记名"} if by_name else {}
        case = self.polling.open("ballot", asked, by=self.clerk)
        if not choices:
            return
        self._step(case, "start")
        for who, choice in zip(case.data["voters"], choices, strict=False):
            self.polling.vote(case.id, choice, by=Person(who, who, frozenset()))
        if at:
            if self._see(case.id).stage.key == "running":
                self._step(case, "finish")
            self._step(case, "publish")

    def _step(self, case: Case, action: str) -> None:
        self.polling.act(case.id, action, {}, by=self.clerk, seen=self._see(case.id).seq)

    def _see(self, case_id: str) -> Case:
        return self.reader(self.clerk).case(case_id)

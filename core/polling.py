"""The commands on surveys and ballots: opening, answering, voting, closing. Each is one transaction.

An answer and a secret vote leave no event, no line of the journal and no line of the log: what would say that
one came in would say when (P25).
"""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from core.ballots import check_vote, held_of
from core.case import Case
from core.errors import GONE, Conflict, NotAllowed, NotFound, Refused
from core.fields import accept
from core.meeting_record import SIGNS, sheet_of, to_be_asked
from core.messages import Link, Message
from core.office import Office, Values, seen_by
from core.people import SYSTEM, Person
from core.policy import why_not_poll
from core.ports import Clock, Unit
from core.surveys import SURVEYS, Held, Survey
from core.worktime import Limit

DEAD = "这个链接不对，或者调查已经结束"
"""One sentence for a link that was never made and for one whose survey is over."""

ANSWERED = "这个链接已经答过，每人一次"

ASKED_AFTER, ASKED_UNTIL = timedelta(hours=1), timedelta(days=3)
"""How long after its end a survey goes out by itself: when everybody is home, and not of what is long past."""


class PollingUnit(Unit, Protocol):
    """One transaction that also reaches surveys and votes."""

    def survey(self, survey_id: str) -> Held | None: ...
    def survey_about(self, case_id: str, survey: Survey) -> Held | None: ...
    def survey_for(self, token: str) -> Held | None: ...
    def surveys_over(self, at: datetime) -> Sequence[Held]: ...
    def still_to_ask(self, survey: Survey) -> Sequence[str]: ...
    def open_survey(self, held: Held, attendees: Sequence[str]) -> Sequence[tuple[str, str]]: ...
    def close_survey(self, held: Held, at: datetime) -> None: ...
    def sign_answers(self, held: Held, anonymous: bool) -> None: ...
    def answers(self, held: Held) -> int: ...
    def link_to(self, held: Held, who: str) -> Link: ...
    def answer(self, held: Held, token: str, paper: str) -> None: ...
    def voted(self, case_id: str) -> frozenset[str]: ...
    def vote(self, case_id: str, who: str, choice: str, at: datetime, *, secret: bool) -> None: ...


class Polling(Office):
    """Commands on surveys and ballots; `open_for` is how long a survey takes answers."""

    def __init__(self, unit: Callable[[], PollingUnit], clock: Clock, open_for: Limit) -> None:
        super().__init__(unit, clock)
        self._polls = unit
        self._open_for = open_for

    # --- surveys --------------------------------------------------------------------------------------

    def open_survey(
        self, case_id: str, survey_key: str, attendees: Iterable[str], *, by: Person, anonymous: bool = True
    ) -> Sequence[tuple[str, str]]:
        """Open a survey about a case and send each attendee (a person's id or a contact's) a link of their own.

        Gives the tokens of the links by attendee; which is whose is kept nowhere. `Refused` where there are
        too few attendees for any result.
        """
        now = self._clock()
        with self._polls() as unit:
            by = _runs(unit, by, now)
            case = seen_by(unit, case_id, by)
            survey = _survey_of(case, survey_key)
            whom = _attending(unit, survey, attendees)
            if unit.survey_about(case_id, survey):
                raise Conflict(f"这次的“{survey.title}”已经发出过，不能再发一次")
            links = self._open_survey(unit, case, survey, whom, anonymous, by, now)
            unit.commit()
        return links

    def ask_whoever_came(self) -> int:
        """Open the surveys of what has been over for a while and of which nobody was asked yet (R43); how many.

        The program does it by itself, and leaves alone what too few attended to have a result.
        """
        now = self._clock()
        begun = 0
        with self._polls() as unit:
            for survey in SURVEYS.values():
                for case in map(unit.case, unit.still_to_ask(survey)):
                    if not ASKED_AFTER <= now - case.data[survey.over] <= ASKED_UNTIL:
                        continue
                    whom = _who_came(unit, case)
                    if len(whom) >= survey.minimum:
                        self._open_survey(unit, case, survey, whom, True, SYSTEM, now)
                        begun += 1
            if begun:  # each commit clears the urns up
                unit.commit()
        return begun

    def _open_survey(
        self,
        unit: PollingUnit,
        case: Case,
        survey: Survey,
        whom: Sequence[str],
        anonymous: bool,
        by: Person,
        now: datetime,
    ) -> Sequence[tuple[str, str]]:
        closes_at = unit.calendar().after(now, self._open_for)
        held = Held(unit.new_id(), case.id, survey, anonymous, len(whom), now, closes_at)
        links = unit.open_survey(held, whom)
        for who in whom:
            unit.post(_letter(unit, held, case, who), now)
        unit.journal(now, by.id, "survey.opened", f"{survey.title} {case.number}", _told(held))
        return links

    def sign_answers(self, survey_id: str, *, anonymous: bool, by: Person) -> None:
        """Let the answers be signed, or anonymous again; fixed from the first answer on."""
        now = self._clock()
        with self._polls() as unit:
            by = _runs(unit, by, now)
            held, case = _held(unit, survey_id, by)
            if unit.answers(held):
                raise Conflict("已经有人作答，是否匿名从第一份答卷起就不能再改")
            unit.sign_answers(held, anonymous)
            what = {"anonymous": anonymous}
            unit.journal(now, by.id, "survey.changed", f"{held.survey.title} {case.number}", what)
            unit.commit()

    def close_survey(self, survey_id: str, *, by: Person) -> None:
        """Take no more answers. Where they are too few for a result they are destroyed unread."""
        now = self._clock()
        with self._polls() as unit:
            by = _runs(unit, by, now)
            held, case = _held(unit, survey_id, by)
            if held.closed_at:
                raise Conflict("这次调查已经结束，请刷新后再看")
            _close(unit, held, case, by, now)
            unit.commit()

    def close_surveys(self) -> int:
        """Close the surveys whose time is over; how many. The program does it by itself."""
        now = self._clock()
        with self._polls() as unit:
            over = unit.surveys_over(now)
            for held in over:
                _close(unit, held, unit.case(held.case_id), SYSTEM, now)
            unit.commit()
        return len(over)

    def answer(self, token: str, values: Values) -> None:
        """Answer with a link, once. `Refused` says field by field what is missing."""
        now = self._clock()
        with self._polls() as unit:
            held = _taking(unit, token, now)
            asks = held.asks(unit.case(held.case_id).grade)
            paper = json.dumps(accept(asks, values), ensure_ascii=False, sort_keys=True)
            unit.answer(held, token, paper)
            unit.commit()

    # --- ballots --------------------------------------------------------------------------------------

    def vote(self, case_id: str, choice: str, *, by: Person) -> None:
        """Cast one's vote, once. With the last one the ballot ends by itself."""
        now = self._clock()
        with self._polls() as unit:
            by = unit.person(by.id, now)
            case = seen_by(unit, case_id, by)
            held = held_of(case)
            voted = unit.voted(case_id)
            check_vote(held, by.id, choice, by.id in voted)
            unit.vote(case_id, by.id, choice, now, secret=held.secret)
            if {*held.voters} <= voted | {by.id}:
                self._act(unit, case, "finish", {}, SYSTEM, now)
            unit.commit()


def _runs(unit: Unit, by: Person, now: datetime) -> Person:
    """Who gives a command on a survey; `NotAllowed` if they may not."""
    by = unit.person(by.id, now)
    if reason := why_not_poll(by):
        raise NotAllowed(reason)
    return by


def _survey_of(case: Case, key: str) -> Survey:
    survey = SURVEYS.get(key)
    if survey is None or survey.about != case.process.key:
        raise NotFound(f"“{case.process.title}”没有这样的调查")
    return survey


def _taking(unit: PollingUnit, token: str, now: datetime) -> Held:
    """The survey of a link, which still takes its answer."""
    held = unit.survey_for(token)
    if held is None or not held.is_open(now):
        raise NotFound(DEAD)
    return held


def _letter(unit: PollingUnit, held: Held, case: Case, who: str) -> Message:
    """What an attendee is told."""
    by = held.closes_at.astimezone(unit.calendar().zone)
    how = "不记名" if held.anonymous else "请署名"
    text = (
        f"请您为“{case.title}”填写{held.survey.title}调查：{len(held.survey.fields)} 项，一分钟，{how}，每人一次，"
        f"{by.month}月{by.day}日下班前有效。有账号的也可以在“会议 · 满意度”里填写。"
    )
    occasion = f"survey.{held.id}"
    return Message(
        case.id, who, f"{held.survey.title}：{case.title}", text, unit.link_to(held, who), occasion
    )


def _attending(unit: Unit, survey: Survey, attendees: Iterable[str]) -> Sequence[str]:
    """Who is asked; `Refused` where they are too few or not here any more."""
    whom, known = tuple(dict.fromkeys(attendees)), unit.directory()
    if len(whom) < survey.minimum:
        says = f"发给不足 {survey.minimum} 人的调查不会有结果，也藏不住谁答了什么，请不要发出"
        raise Refused({"attendees": says})
    if gone := [who for who in whom if who not in known.people and who not in known.guests]:
        raise Refused({"attendees": f"{'、'.join(map(known.name, gone))}已不在名单里，请去掉后再发"})
    return whom


def _who_came(unit: Unit, case: Case) -> Sequence[str]:
    """Who attended and is still known here."""
    signs = [event for action in SIGNS for event in unit.events(case.id, action)]
    signs.sort(key=lambda event: event.seq)
    known = unit.directory()
    sheet = sheet_of(case, unit.children(case.id), signs, known)
    return [who for who in to_be_asked(sheet, case.data) if who in known.people or who in known.guests]


def _held(unit: PollingUnit, survey_id: str, by: Person) -> tuple[Held, Case]:
    """A survey and the case it is about, for whoever may see that."""
    held = unit.survey(survey_id)
    if held is None:
        raise NotFound(GONE)
    return held, seen_by(unit, held.case_id, by)


def _close(unit: PollingUnit, held: Held, case: Case, by: Person, now: datetime) -> None:
    unit.close_survey(held, now)
    unit.journal(now, by.id, "survey.closed", f"{held.survey.title} {case.number}")


def _told(held: Held) -> dict[str, object]:
    return {"issued": held.issued, "anonymous": held.anonymous, "until": held.closes_at.isoformat()}

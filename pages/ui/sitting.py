"""A meeting that is on, as the parts of its room share it: who looks, what may be done, how it stands now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import streamlit as st

from core.case import Case, why_not
from core.meeting_record import Record, record_of
from core.people import Person
from core.ports import Directory
from core.process import Action
from core.worktime import WorkingCalendar
from pages.ui import forms, session


@dataclass(frozen=True)
class Look:
    """The meeting as it stands at a moment of the office's clock."""

    case: Case
    record: Record
    now: datetime


@dataclass(frozen=True)
class Sitting:
    """The meeting as the page was drawn for this person."""

    case: Case
    me: Person
    people: Directory
    calendar: WorkingCalendar

    @property
    def actions(self) -> Mapping[str, Action]:
        """What is done in the room, by key: the actions of the step that has asides."""
        steps = (stage for stage in self.case.process.stages if any(a.aside for a in stage.actions))
        return {action.key: action for stage in steps for action in stage.actions}

    @property
    def on(self) -> bool:
        """Whether the meeting is being held now."""
        return not self.case.voided and any(action.aside for action in self.case.stage.actions)

    def may(self, key: str) -> bool:
        return self.on and not why_not(self.case, self.actions[key], self.me, session.now())

    def asks(self, key: str, *fields: str) -> tuple[Any, ...]:
        """The fields an action asks, or these of them."""
        return tuple(f for f in self.case.asks(self.actions[key]) if not fields or f.key in fields)

    def look(self) -> Look:
        """How it stands now: a part that is drawn by itself must not be drawn on old ground."""
        reader, now = session.reader(), session.now().astimezone(self.calendar.zone)
        marks, key = reader.marks(self.case.id), f"{self.case.id}.room.look"
        known = st.session_state.get(key)
        if known is None or known[0] != marks:  # hundreds of lines are not read anew every few seconds
            case = reader.case(self.case.id)
            record = record_of(case, reader.children(case.id), reader.events(case.id), self.people)
            known = st.session_state[key] = (marks, case, record)
        return Look(known[1], known[2], now)

    def act(self, key: str, **values: Any) -> Case:
        """Do something in the room; what is not said is empty."""
        asks = {field.key: None for field in self.actions[key].asks}
        return session.office().act(
            self.case.id, key, {**asks, **values}, by=session.person(), seen=self.case.seq
        )

    def on_click(self, command: Callable[..., Any], *said: Any) -> dict[str, Any]:
        """What a button is given to run a command; what goes wrong is said where the page begins."""
        return {"on_click": forms.run, "args": (partial(command, *said),)}


def settled(sitting: Sitting, look: Look) -> None:
    """Draw the whole page where a part of it is not enough: there is something to say, or the meeting went on."""
    said, _ = st.session_state.get("outcome") or ("", True)
    if said or st.session_state.pop(WHOLE, False) or look.case.changed != sitting.case.changed:
        st.rerun()


WHOLE = "room.whole"
"""Where a part asks for the whole page to be drawn once more."""

"""What is done to several cases at once, and how it went: one sentence for all of them. Callbacks."""

from collections.abc import Iterable, Mapping

import streamlit as st

from pages.ui import forms, session

URGED = "outcomes.urged"
"""How often this browser session urged, in the state of the session."""


def urge(ids: Iterable[str]) -> None:
    """Urge these cases, and say of those that could not be why (N2)."""
    st.session_state[URGED] = st.session_state.get(URGED, 0) + 1
    forms.run(lambda: _told("催办", session.office().urge(ids, by=session.person())))


def act_on_all(seen: Mapping[str, int], action: str, title: str) -> None:
    """Take one light action on these cases as they were when looked at (N5)."""
    forms.run(lambda: _told(title, session.office().act_on_all(seen, action, by=session.person())))


def _told(what: str, outcome: Mapping[str, str | None]) -> str:
    refused = list(dict.fromkeys(why for why in outcome.values() if why))
    done = sum(why is None for why in outcome.values())
    left = f"；{len(outcome) - done} 件没有{what}：{'；'.join(refused)}" if refused else ""
    return f"已{what} {done} 件{left}"

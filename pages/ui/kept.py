"""What pages keep from one run to the next. A page is executed anew at each run: a class of its own would be another
one each time, and making it takes a millisecond.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from core.fields import FileRef
from core.outgoing_draft import BODY
from core.recount import Change
from pages.ui import editor, forms
from pages.ui.words import moment


@dataclass
class Intake:
    """What was dropped or pasted, between the drop and the saving."""

    name: str = ""
    text: str = ""
    files: list[FileRef] = field(default_factory=list)
    found: tuple[str, ...] = ()
    trouble: str = ""
    clipping: str = ""
    """The id of what came by itself and was taken over into the form."""


@dataclass(frozen=True)
class WaitingDays:
    """A change of working days that waits for its confirmation, with the form it came from and what the page showed."""

    change: Change
    key: str
    filled: Mapping[str, Any]
    year: int
    how: str


@dataclass(frozen=True)
class Draft(forms.Form):
    """The form of a draft: its long text comes by the editor, and it knows on which version it was begun."""

    changed: int
    """The case's last change when the page was drawn."""

    @property
    def seen_at(self) -> str:
        """Where the session keeps the version it was begun on."""
        return f"{self.key}.seen"

    def settle(self) -> None:
        """As every form, once the editor's text is taken over."""
        editor.take(self.at(BODY))
        super().settle()

    def draft(self) -> forms.Values:
        """What is typed, and the version it was begun on: a reload must not lose either."""
        return {**super().draft(), "seen": st.session_state.get(self.seen_at, self.changed)}

    def forget(self) -> None:
        """As every form."""
        super().forget()
        st.session_state.pop(self.seen_at, None)


@dataclass(frozen=True)
class Version:
    """The text of a draft as it stood after an event."""

    number: int
    by: str
    at: Any
    what: str
    data: dict[str, Any]

    @property
    def title(self) -> str:
        return f"第 {self.number} 稿 {self.by} {moment(self.at)}"

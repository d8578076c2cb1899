"""Time as time used: a bar and a word; the date stands beside it (design principle 4)."""

from datetime import datetime

import streamlit as st

from core.case import Case
from core.deadlines import left, used
from core.words import deadline
from core.worktime import WorkingCalendar
from pages.ui.words import plain


def bar(case: Case, now: datetime, calendar: WorkingCalendar) -> None:
    """Both clocks (C3): the step's as a bar with what is left in words, the whole case's beside it."""
    if case.due_at is not None:
        share = used(case.entered_at, case.due_at, case.paused_at or now, calendar)
        with st.container(key=f"clock{'_late' if case.is_overdue(now) else ''}"):
            st.progress(min(share, 1.0), text=_clock("本步", case, case.due_at, now, calendar))
    if case.case_due_at is not None:
        st.markdown(f":small[{_clock('全程', case, case.case_due_at, now, calendar)}]")


def _clock(what: str, case: Case, due: datetime, now: datetime, calendar: WorkingCalendar) -> str:
    words = "已暂停" if case.paused_at else left(due, now, calendar)
    colour = "red" if now > due and not case.paused_at else "gray"
    return f":{colour}[{plain(f'{what}{words}　限 {deadline(due, calendar)}')}]"


def clock_words(case: Case, now: datetime, calendar: WorkingCalendar) -> str:
    """What is left of the step's time, or why it does not run."""
    if not case.is_open or case.due_at is None:
        return ""
    return "已暂停" if case.paused_at else left(case.due_at, now, calendar)

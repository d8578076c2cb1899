"""The minutes of a meeting as the page they are, and the minutes of several in one (N15, N16)."""

from datetime import date
from urllib.parse import urlencode

import streamlit as st

from core.case import Case
from core.errors import NotFound
from core.meeting_minutes import BODY, writes_minutes
from core.meeting_series import PREVIOUS
from core.papers import official
from core.people import Person
from core.policy import sees_everything
from pages.ui import session
from pages.ui.session import printing

MOST_PAGES = 6


def page(case: Case) -> None:
    """How the minutes look on paper, drawn only while it is open."""
    if not (writes_minutes(case.process) and case.data.get(BODY)) or case.grade.classified:
        return
    place = st.expander("看纪要版面", icon=":material/preview:", key="minutes.page", on_change="rerun")
    if place.open:
        with place:
            drawn = printing.preview(official(session.reader().dossier(case.id)))
            st.caption(f"共 {len(drawn)} 页")
            for one in drawn[:MOST_PAGES]:
                st.image(one, width="stretch")


def of_series(case: Case) -> None:
    """The minutes of the series this meeting is of, in one, for whoever may see all of them."""
    if PREVIOUS not in case.process.fields or case.grade.classified:
        return
    try:
        meetings = session.reader().series(case.id)
    except NotFound:
        return
    if len(meetings) > 1:
        _doors(f"纪要汇编（{len(meetings)} 次例会）", {"series": case.id}, "series")


def of_period(me: Person, today: date) -> None:
    """The minutes of some days in one, for whoever may see all meetings."""
    if not sees_everything(me):
        return
    with (
        st.expander("纪要汇编", icon=":material/library_books:"),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        first = st.date_input(
            "会议日期自", value=today.replace(month=1, day=1), format="YYYY-MM-DD", key="minutes.first"
        )
        last = st.date_input("至", value=today, format="YYYY-MM-DD", key="minutes.last")
        if first and last:
            _doors("", {"from": f"{first}", "to": f"{last}"}, "period")


def _doors(title: str, query: dict[str, str], key: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if title:
            st.markdown(f":small[:material/library_books: {title}]", width="content")
        for kind in session.DRAWN:
            address = f"/ledgers/minutes/compiled.{kind}?{urlencode(query)}"
            st.link_button(kind.upper(), address, type="tertiary", key=f"compiled.{key}.{kind}")

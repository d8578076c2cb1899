"""登记簿: every process of the standard, its register and the form that opens a case of it.

Nothing here knows a process: a definition added to the standard is in the list, with its form, its
columns and its deadlines.
"""

from urllib.parse import quote

import pandas as pd
import streamlit as st

from core.policy import why_not_open
from core.process import Process
from pages.ui import forms, lists, session
from pages.ui.words import plain, value

me = session.desk()
lists.follow()
reader = session.reader()
calendar, people = reader.calendar(), reader.directory()
today = session.now().astimezone(calendar.zone).date()
standard = reader.standard()

QUICK = {"incoming_document": "incoming.py"}
"""Processes with a page of their own for entering them fast."""


def processes() -> dict[str, Process]:
    """What is in force today, by its title."""
    keys = [process.key for process in standard.newest() if process.in_force_from <= today]
    return {process.title: process for process in (standard.in_force(key, today) for key in keys)}


def entry(process: Process) -> None:
    """The form that opens a case, for those who may."""
    if process.child or why_not_open(me, process):
        return
    if process.key in QUICK:
        st.page_link(QUICK[process.key], label=f"到“{process.title}”的快速登记", icon=":material/edit_note:")
        return
    with st.expander(f"新的{process.title}", icon=":material/add:", expanded=False):
        form = session.form_id(process.key)
        forms.ask(
            process.opening,
            process.opens_with,
            lambda filled: opened(process, filled, form),
            key=process.key,
            people=people,
        )


def opened(process: Process, filled: dict, form: str):
    case = session.office().open(process.key, filled, by=session.person(), form=form)
    session.forget_form_id(process.key)
    return case


def register(process: Process) -> None:
    """The register: its own columns between the number and the state."""
    row = st.container(horizontal=True, vertical_alignment="center")
    text = row.text_input(
        "查找",
        key=f"registers.find.{process.key}",
        placeholder="登记号、标题、文号、来文单位",
        label_visibility="collapsed",
        icon=":material/search:",
        width=320,
    )
    only_open = row.toggle("只看在办", key=f"registers.open.{process.key}")
    row.link_button(
        "导出 XLSX",
        f"/ledgers/{quote(process.key)}.xlsx",
        icon=":material/table_view:",
        type="tertiary",
        help="全部已登记的，按您的知悉范围；涉密件不导出",
    )
    frame = reader.register(process.key, text=text or "", only_open=only_open, limit=200)
    if frame.empty:
        st.markdown(f":gray[{plain('没有找到。' if text else '还没有登记过。登记后每一件都会列在这里。')}]")
        return
    if lists.is_phone():
        lists.cards(frame, f"registers.{process.key}")
        return
    lists.table(columns(process, frame), f"registers.list.{process.key}", own=own(process))


def own(process: Process) -> dict[str, str]:
    """The register's columns beside those every list has: key and title."""
    shown = [key for key in process.register if key not in (process.names, "urgency")]
    return {key: process.fields[key].title for key in shown}


def columns(process: Process, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with the register's columns in words."""
    words = {
        key: [value(process.fields[key], data.get(key), people, calendar) for data in frame["data"]]
        for key in own(process)
    }
    return frame.assign(**words)


st.title("登记簿", anchor=False)
forms.show_outcome()
known = processes()
chosen = st.pills(
    "登记簿",
    list(known),
    default=next(iter(known)),
    required=True,
    key="registers.which",
    label_visibility="collapsed",
)
process = known[chosen]
st.caption(plain(f"{process.family} · {process.purpose}"))
entry(process)
register(process)

"""The list of a process under its form: what is open, by where it stands, and a word to look for."""

from collections.abc import Mapping

import streamlit as st

from pages.ui import lists, session

ALL, OPEN = "全部", "在办"

Tabs = Mapping[str, tuple[str, ...]]
"""The tabs over a list, each with the stages it shows; `OPEN` and `ALL` show every one."""


@st.fragment(run_every=30)
def show(process: str, tabs: Tabs, placeholder: str, lesson: str) -> None:
    """The list. `placeholder`: what can be looked for; `lesson`: what an empty list says belongs here."""
    reader = session.reader()
    counts = reader.register_counts(process)
    with st.container(border=True):
        row = st.container(horizontal=True, vertical_alignment="center")
        tab = row.segmented_control(
            "范围", list(tabs), default=OPEN, required=True, key=f"{process}.tab", label_visibility="collapsed",
            format_func=lambda name: _counted(name, tabs, counts),
        )  # fmt: skip
        text = row.text_input(
            "查找", key=f"{process}.find", placeholder=placeholder, label_visibility="collapsed",
            icon=":material/search:", width=300,
        )  # fmt: skip
        frame = reader.register(process, text=text or "", stages=tabs[tab], only_open=tab != ALL)
        say = "没有找到。换个词试试。" if text else lesson
        lists.show(frame, f"{process}.list.{tab}", empty=lists.empty(say))
    lists.follow()


def _counted(name: str, tabs: Tabs, counts: Mapping[str, int]) -> str:
    if name == ALL:
        return name
    shown = [n for stage, n in counts.items() if not tabs[name] or stage in tabs[name]]
    return f"{name} {sum(shown)}"

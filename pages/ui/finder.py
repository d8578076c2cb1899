"""The search box in the sidebar: from every page to 查找. Nothing is asked of the database here."""

import streamlit as st

_PAGE, _BOX, _GO = "search.py", "finder", "finder.go"


def draw() -> None:
    """The box; what was typed opens the page of the search."""
    if text := st.session_state.pop(_GO, None):
        st.switch_page(_PAGE, query_params={"q": text})
    st.sidebar.text_input(
        "查找全部事项",
        key=_BOX,
        placeholder="查找，回车",
        icon=":material/search:",
        label_visibility="collapsed",
        on_change=_typed,
    )


def _typed() -> None:
    """Remember where to go, and empty the box: the page shows what was typed."""
    st.session_state[_GO] = (st.session_state[_BOX] or "").strip()
    st.session_state[_BOX] = ""

"""手册: the standard as prose, read off the definition in force; any version of any process (R67–R72)."""

import streamlit as st

from core.handbook import chapter
from pages.ui import session

session.desk()
reader = session.reader()
standard = reader.standard()

st.title("手册", anchor=False)
names = {known[-1].title: known for known in standard.versions.values()}
which = st.pills(
    "标准",
    list(names),
    default=next(iter(names)),
    required=True,
    key="handbook.which",
    label_visibility="collapsed",
)
versions = names[which]
process = st.selectbox(
    "版本",
    versions[::-1],
    format_func=lambda p: f"{p.edition}，自 {p.in_force_from:%Y-%m-%d} 起施行",
    key=f"handbook.version.{which}",
    width=320,
)
with st.container(border=True):
    st.markdown(chapter(process))

"""监测与规则: what is set up for information – who reports what and when, and how it is graded (R56–R59)."""

import streamlit as st

from pages.ui import duties, forms, grading, session, sources

PARTS = {
    "报送清单": duties.part,
    "定级规则": grading.part,
    **sources.PARTS,
}
"""The tabs, each with what draws it; it is given the person and a reader."""

me = session.desk()
reader = session.reader()

st.title("监测与规则", anchor=False)
forms.show_outcome()
which = st.segmented_control(
    "看什么", list(PARTS), default=next(iter(PARTS)), required=True, key="monitoring.part", label_visibility="collapsed"
)  # fmt: skip
PARTS[which](me, reader)

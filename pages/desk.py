"""我的待办: what lies on my desk, what is due first on top; made for the thumb."""

from datetime import timedelta

import streamlit as st

from pages.ui import forms, lists, session
from pages.ui.words import today_line

me = session.desk()
lists.follow()


@st.fragment(run_every=30)
def desk() -> None:
    """The desk, drawn anew by itself."""
    reader = session.reader()
    frame = reader.desk()
    st.caption(today_line(session.now(), reader.calendar()))
    forms.show_outcome()
    late = frame[frame["late"]]
    urged = frame[(frame["urged"] > 0) & ~frame["late"]]
    rest = frame[~frame["late"] & (frame["urged"] == 0)]
    if frame.empty:
        st.success("待办已清空。新的事项到您手里时会出现在这里。", icon=":material/task_alt:")
    for title, part, key in (("逾期", late, "late"), ("被催办", urged, "urged"), ("待办", rest, "rest")):
        if not part.empty:
            st.subheader(f"{title} {len(part)}", anchor=False)
            lists.cards(part, f"desk.{key}")
    done = reader.done_by_me(session.now() - timedelta(days=7))
    with st.expander(f"近七天经手 {len(done)}", icon=":material/history:"):
        lists.show(done, "desk.done", empty=lists.empty("近七天没有经手的事项。"))
    lists.follow()


st.title("我的待办", anchor=False)
desk()

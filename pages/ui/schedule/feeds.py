"""The schedule in other calendars: links to subscribe to it, and lists that come in from a file (R50)."""

import streamlit as st

from core.errors import OfficeError
from core.people import Role
from core.schedule import Entry
from pages.ui import forms, session
from pages.ui.schedule.diary import DEPARTMENTS, KEY, LEADERS, ROOMS, Diary
from pages.ui.session import calendars
from pages.ui.words import plain

LINK = f"{KEY}.feed"
"""A link that was just made, in the state of the session: shown once."""


def going_out(diary: Diary) -> None:
    with st.expander("订阅到手机或电脑的日历", icon=":material/rss_feed:"):
        if link := st.session_state.pop(LINK, ""):
            st.success("把这个地址填进日历程序的“订阅日历”。只显示这一次，请现在就复制；不要转给别人。")
            st.code(link, language=None)
        row = st.container(horizontal=True, vertical_alignment="bottom")
        every = (who for view in (LEADERS, DEPARTMENTS, ROOMS) for who in diary.choices(view))
        about = row.selectbox(
            "订阅谁的", [*dict.fromkeys([diary.me.id, *every])], format_func=diary.called, key=f"{KEY}.feed.about", width=260,
        )  # fmt: skip
        row.button("生成链接", key=f"{KEY}.feed.open", on_click=open_feed, args=(about,))
        for one in calendars.my_feeds():
            line = st.container(horizontal=True, vertical_alignment="center")
            line.markdown(
                plain(f"{diary.called(one.about)}，{one.at.astimezone(diary.zone):%Y-%m-%d %H:%M} 开通"),
                width="content",
            )
            line.button("停用", key=f"{KEY}.feed.{one.id}", type="tertiary", on_click=revoke, args=(one.id,))


def open_feed(about: str) -> None:
    """A callback."""

    def opened() -> None:
        token = session.scheduling().open_feed(about, by=session.person())
        st.session_state[LINK] = calendars.feed_address(token)

    forms.run(opened)


def revoke(feed_id: str) -> None:
    """A callback."""

    def revoked() -> str:
        session.scheduling().revoke_feed(feed_id, by=session.person())
        return "订阅链接已停用"

    forms.run(revoked)


def coming_in(diary: Diary) -> None:
    with st.expander("导入日历文件（.ics）", icon=":material/upload:"):
        mine = bool(diary.me.duties & {Role.SECRETARY, Role.DIRECTOR})
        who = st.selectbox(
            "录到谁的日程",
            list(diary.people.people) if mine else [diary.me.id],
            format_func=diary.called,
            key=f"{KEY}.import.whom",
        )
        count = st.session_state.get(f"{KEY}.import.round", 0)
        dropped = st.file_uploader("日历文件", type=["ics"], key=f"{KEY}.import.{count}")
        if not dropped:
            return
        try:
            found, problems = calendars.read_calendar(dropped.getvalue(), (who,))
        except OfficeError as refusal:
            st.error(plain(refusal))
            return
        for problem in problems[:20]:
            st.markdown(f":red[:material/error: {plain(problem)}]")
        st.markdown(f"读出 {len(found)} 项" + (f"，{len(problems)} 项不能录入" if problems else ""))
        st.button(f"录入 {len(found)} 项", key=f"{KEY}.import.go", type="primary", disabled=not found, on_click=take_in, args=(found,))  # fmt: skip


def take_in(found: list[Entry]) -> None:
    """A callback."""

    def taken() -> str:
        kept = session.scheduling().add_all(found, by=session.person())
        st.session_state[f"{KEY}.import.round"] = st.session_state.get(f"{KEY}.import.round", 0) + 1
        return f"已录入 {len(kept)} 项"

    forms.run(taken)

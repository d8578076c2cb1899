"""When several are free, with a room if one is needed: a tap begins the entry with it (N18)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import streamlit as st

from core.schedule import DAY
from pages.ui import agenda
from pages.ui.schedule.diary import KEY, Diary
from pages.ui.schedule.form import begin, in_form
from pages.ui.words import plain


def draw(diary: Diary) -> None:
    with st.expander("找空闲时间", icon=":material/event_available:"):
        row = st.container(horizontal=True, vertical_alignment="bottom")
        everybody = [*diary.people.people, *(one.id for one in diary.bookable)]
        whom = row.multiselect("人员、会议室", everybody, format_func=diary.called, placeholder="请选择", key=f"{KEY}.free.whom", select_all=False, width=360)  # fmt: skip
        kinds = ["", *dict.fromkeys(one.kind for one in diary.bookable)]
        kind = row.selectbox("另要一间、一辆", kinds, format_func=lambda one: one or "不需要", key=f"{KEY}.free.kind", width=140)  # fmt: skip
        minutes = row.number_input("时长（分钟）", 15, 480, 60, 15, key=f"{KEY}.free.minutes", width=130)
        first = row.date_input("从哪天起", value=diary.today, min_value=diary.today, format="YYYY-MM-DD", key=f"{KEY}.free.from", width=150) or diary.today  # fmt: skip
        days = row.number_input("几天之内", 1, 30, 5, key=f"{KEY}.free.days", width=110)
        if not whom and not kind:
            return
        last, length = first + (int(days) - 1) * DAY, timedelta(minutes=int(minutes))
        found = diary.reader.free_with(whom, first, last, length, kind)
        if not found:
            st.markdown("这几天没有共同的空闲，请放宽天数或缩短时长。")
        slots = st.container(horizontal=True, key=f"{KEY}.free.slots")
        for n, (span, room) in enumerate(found):
            said = diary.when(*span) + (f" · {room.name}" if room else "")
            everything = [*whom, room.id] if room else whom
            slots.button(plain(said), key=f"{KEY}.free.{n}", on_click=begin_with, args=(diary, span, everything))  # fmt: skip
        if whom:
            that_day(diary, whom, found[0][0][0].date() if found else first)


def begin_with(diary: Diary, span: tuple[datetime, datetime], wanted: Sequence[str]) -> None:
    """The form begins with a time at which they are free: a callback."""
    whom = [one for one in wanted if one not in diary.resources]
    begin(diary, span, {**in_form(diary, *span, wanted), "people": whom, "all_day": False})


def that_day(diary: Diary, whom: Sequence[str], day: date) -> None:
    """What stands there on the first day that was found, or that was asked for."""
    span = diary.midnight(day), diary.midnight(day) + DAY
    frame = diary.reader.entries(*span, whom=whom)
    names = [(who, diary.called(who)) for who in whom]
    st.caption(plain(f"{diary.when(*span)}的安排"))
    st.vega_lite_chart(agenda.board(frame, names, day, diary.hours), width="stretch", key=f"{KEY}.free.board")

"""今天, 本周 and 下周 in a list – of the leaders for whoever oversees them, else of oneself –, and what clashes."""

from typing import Any

import pandas as pd
import pyarrow as pa
import streamlit as st

from core.policy import sees_everything
from core.schedule import DAY
from pages.ui import lists
from pages.ui.schedule.chosen import choose
from pages.ui.schedule.diary import KEY, Diary
from pages.ui.words import plain


def draw(diary: Diary) -> None:
    monday = diary.today - diary.today.weekday() * DAY
    spans = {
        "今天": (diary.today, diary.today + DAY),
        "本周": (monday, monday + 7 * DAY),
        "下周": (monday + 7 * DAY, monday + 14 * DAY),
    }
    row = st.container(horizontal=True, vertical_alignment="center")
    chosen = row.segmented_control(
        "哪几天", list(spans), default="今天", required=True, key=f"{KEY}.near", label_visibility="collapsed"
    )
    since, until = map(diary.midnight, spans[chosen])
    whom = diary.leaders() if sees_everything(diary.me) else [diary.me.id]
    frame = diary.reader.entries(since, until, whom=whom)
    clashes = diary.reader.conflicts(since, until)
    row.markdown(
        f"{len(frame)} 项" + (f"，:red[{len(clashes)} 处冲突]" if len(clashes) else ""), width="content"
    )
    for clash in lists.rows(clashes.head(5)):
        a_clash(diary, clash)
    entries(diary, frame)


def a_clash(diary: Diary, clash: Any) -> None:
    """What meets what; a tap on what may be moved looks at it."""
    line = st.container(horizontal=True, vertical_alignment="center", gap="small")
    may = "，按优先级" if clash.may_move else ""
    said = f"{clash.name} {diary.when(clash.begins, clash.ends)}：“{short(clash.first)}”与“{short(clash.second)}”{may}"
    line.markdown(f":small[:red[{plain(said)}]]", width="stretch" if diary.phone else "content")
    if clash.may_move:
        line.button(
            f"可以移“{plain(short(clash.may_move))}”",
            key=f"{KEY}.clash.{clash.whom}.{clash.first_id}.{clash.second_id}.{clash.begins:%d%H%M}",
            type="tertiary",
            on_click=choose,
            args=(clash.may_move_id, clash.may_move_day),
        )


def short(title: str) -> str:
    """As much of a title as stands in a line."""
    return title if len(title) <= 24 else f"{title[:23]}…"


def entries(diary: Diary, frame: pd.DataFrame) -> None:
    if frame.empty:
        st.markdown(":gray[没有安排。点“登记日程”，会议和接待登记后也会自己列在这里。]")
    elif diary.phone:
        for one in lists.rows(frame):
            st.markdown(f"**{one.begins:%H:%M}** {plain(one.title)}  \n:small[:gray[{plain(told_of(one))}]]")
    else:
        table(diary, frame)


def told_of(one: Any) -> str:
    return " · ".join(
        filter(None, (one.names, one.place, one.sort, one.state if one.state != "已定" else ""))
    )


def table(diary: Diary, frame: pd.DataFrame) -> None:
    every = list(lists.rows(frame))
    st.dataframe(
        pa.table(
            {
                "when": [diary.when(one.begins, one.ends) for one in every],
                "title": [("★ " if one.important else "") + one.title for one in every],
                "names": [one.names for one in every],
                "place": [one.place for one in every],
                "sort": [one.sort for one in every],
                "state": [one.state for one in every],
            }
        ),
        key=f"{KEY}.table",
        hide_index=True,
        height=min(38 + 36 * len(every), 260),
        row_height=36,
        placeholder="",
        column_config={
            "when": st.column_config.TextColumn("时间", width=190),
            "title": st.column_config.TextColumn("事项", width=260),
            "names": st.column_config.TextColumn("人员", width=240),
            "place": st.column_config.TextColumn("地点", width=150),
            "sort": st.column_config.TextColumn("类别", width=70),
            "state": st.column_config.TextColumn("状态", width=70),
        },
    )

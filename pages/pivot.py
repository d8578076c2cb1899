"""统计: information counted by any two of department, source, channel, point, labels and time (R66).

What is counted stands in the address; it can be taken along as XLSX and as a picture.
"""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from core import counting
from core.counting import DIMENSIONS, ITEMS, Wanted, named, read, written
from pages.ui import heat, lists, session
from pages.ui.words import plain

me = session.desk()
reader = session.reader()
figures = reader.figures_reported()


def address() -> dict[str, list[str]]:
    """What the address says."""
    return {key: st.query_params.get_all(key) for key in st.query_params}


def changed(attribute: str, key: str) -> None:
    """Something else is to be counted: the address says so. A callback."""
    wanted, chosen = read(address(), figures), st.session_state[key]
    chosen = None if chosen == ITEMS else chosen
    st.query_params.from_dict(written(replace(wanted, **{attribute: chosen})))


def ask(wanted: Wanted) -> None:
    """What down, what across, of which days, how many or the sum of which figure."""
    place = st.expander("统计什么", icon=":material/tune:") if lists.is_phone() else st.container()
    top, below = place.columns(3), place.columns(3)
    choice(top[0], "rows", "行", list(DIMENSIONS), DIMENSIONS.get, wanted.rows)
    choice(top[1], "columns", "列", list(DIMENSIONS), DIMENSIONS.get, wanted.columns)
    said: dict[Any, str] = {ITEMS: ITEMS, **{figure: f"合计：{named(figure)}" for figure in figures}}
    choice(top[2], "figure", "统计", list(said), said.get, wanted.figure or ITEMS)
    day(below[0], "first", "从", wanted.first)
    day(below[1], "last", "到", wanted.last)


def choice(place: Any, attribute: str, label: str, options: list, words: Any, value: Any) -> None:
    key = f"pivot.{attribute}"
    st.session_state[key] = value
    place.selectbox(label, options, format_func=words, key=key, on_change=changed, args=(attribute, key))


def day(place: Any, attribute: str, label: str, value: Any) -> None:
    key = f"pivot.{attribute}"
    st.session_state[key] = value
    place.date_input(
        label, value=None, format="YYYY-MM-DD", key=key, on_change=changed, args=(attribute, key)
    )


def shown(frame: pd.DataFrame, wanted: Wanted) -> None:
    """The table, its first column pinned."""
    told = frame.map(lambda n: counting.shown(int(n), wanted))
    told.insert(0, frame.index.name, [str(name) for name in frame.index])
    st.dataframe(
        told,
        hide_index=True,
        row_height=34,
        height=min(38 + 34 * len(told), 560),
        placeholder="",
        column_config={
            frame.index.name: st.column_config.TextColumn(frame.index.name, pinned=True),
            **{name: st.column_config.TextColumn(name, alignment="right") for name in frame.columns},
        },
    )


def exports(wanted: Wanted) -> None:
    query = urlencode(written(wanted))
    row = st.container(horizontal=True)
    row.link_button(
        "导出 XLSX",
        f"/ledgers/information/statistics.xlsx?{query}",
        icon=":material/table_view:",
        type="tertiary",
        help="当前条件下的统计，按您的知悉范围；涉密件不导出",
    )
    for kind in session.PICTURES:
        row.link_button(
            f"图片 {kind.upper()}", f"/charts/information/statistics.{kind}?{query}", icon=":material/image:", type="tertiary"
        )  # fmt: skip


st.title("统计", anchor=False)
wanted = read(address(), figures)
ask(wanted)
frame = reader.pivot(wanted.rows, wanted.columns, first=wanted.first, last=wanted.last, figure=wanted.figure)
with st.container(border=True):
    st.subheader(plain(wanted.title), anchor=False)
    if len(frame) == 1:
        st.markdown(
            ":gray[这段时间没有信息。记下的、收集的、各部门报来的信息会按部门、来源、定级和时间统计在这里。]"
        )
    else:
        shown(frame, wanted)
        spec = heat.table(frame, wanted, dark=heat.is_dark())
        st.vega_lite_chart({key: value for key, value in spec.items() if key not in ("width", "title")})
        exports(wanted)

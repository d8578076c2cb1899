"""质量: every figure of the standard beside its target, month by month, and the cases behind each (R104).

The month and the figure that is open stand in the address. What a figure says, it says in words as well.
"""

from datetime import date
from functools import partial

import altair as alt
import pandas as pd
import streamlit as st

from core.measures import COUNTERSIGN, OUTGOING, measure
from pages.ui import forms, lists, remote_sop, session
from pages.ui.words import plain

me = session.desk()
lists.follow()
reader = session.reader()
calendar = reader.calendar()
today = session.now().astimezone(calendar.zone).date()

MONTHS_BACK = 24
"""How many months can be looked at."""

CHART = "countersigned"
"""The measure whose course over the months is drawn (R19)."""


# --- the address --------------------------------------------------------------------------------------


def months() -> list[str]:
    """The months that can be looked at, this one first."""
    count = today.year * 12 + today.month - 1
    return [f"{n // 12}-{n % 12 + 1:02}" for n in range(count, count - MONTHS_BACK, -1)]


def show(**address: str | None) -> None:
    """Change what the address says. A callback."""
    for key, value in address.items():
        if value:
            st.query_params[key] = value
        else:
            st.query_params.pop(key, None)


def month_chosen() -> None:
    """Another month was chosen: a callback."""
    show(month=st.session_state["quality.month"])


def opened(keys: dict[str, str]) -> None:
    """A figure's name was clicked in the table: a callback."""
    if click := st.session_state.get("quality.open"):
        show(measure=keys[click["label"]])


def chosen_month() -> date:
    """The month of the address, this one where it names none; with the widget that changes it."""
    known = months()
    wanted = st.query_params.get("month", "")
    st.session_state["quality.month"] = wanted if wanted in known else known[0]
    st.selectbox(
        "月份",
        known,
        format_func=lambda text: f"{text[:4]} 年 {int(text[5:])} 月",
        key="quality.month",
        on_change=month_chosen,
        label_visibility="collapsed",
        width=160,
    )
    return date.fromisoformat(f"{st.session_state['quality.month']}-01")


# --- the figures --------------------------------------------------------------------------------------


def table(frame: pd.DataFrame) -> None:
    """The figures in rows; the name of one opens the cases behind it."""
    shown = frame[["title", "said", "aim", "verdict", "counted", "rule"]]
    st.dataframe(
        shown,
        hide_index=True,
        row_height=36,
        height=38 + 36 * len(shown),
        placeholder="",
        column_config={
            "title": st.column_config.ButtonColumn(
                "标准",
                type="tertiary",
                alignment="left",
                width=170,
                key="quality.open",
                on_click=opened,
                args=(dict(zip(frame["title"], frame["key"], strict=True)),),
            ),
            "said": st.column_config.TextColumn("现值", width=104),
            "aim": st.column_config.TextColumn("目标", width=104),
            "verdict": st.column_config.TextColumn("结论", width=76),
            "counted": st.column_config.TextColumn("由什么算出", width=250),
            "rule": st.column_config.TextColumn("依据", width=300),
        },
    )


def cards(frame: pd.DataFrame) -> None:
    """The same for the thumb."""
    for row in lists.rows(frame):
        with st.container(border=True, key=f"door_{row.key}", gap="xsmall"):
            st.markdown(f"**{plain(row.title)}**　{plain(row.verdict)}")
            st.markdown(f"{plain(row.said)}　:gray[目标 {plain(row.aim)}]")
            st.markdown(f":small[:gray[{plain(row.counted)}　{plain(row.rule)}]]")
            st.button(
                f"查看{row.title}", key=f"quality.door.{row.key}", on_click=partial(show, measure=row.key)
            )


def summary(frame: pd.DataFrame) -> str:
    """How the standard stands this month in one sentence."""
    told = frame["verdict"].value_counts()
    met, missed, none = (int(told.get(word, 0)) for word in ("达标", "未达标", "没有数据"))
    if not met + missed:
        return "这个月还没有可以计算的事项：每办一步，时限和结果自动计入这里，不用另外填报。"
    return f"{met} 项达标，{missed} 项未达标" + (f"，{none} 项本月没有数据" if none else "") + "。"


def behind(month: date) -> None:
    """The cases behind the figure that is open."""
    one = measure(st.query_params.get("measure", ""))
    if one is None:
        return
    with st.container(border=True):
        head = st.container(horizontal=True, vertical_alignment="center")
        head.subheader(f"{one.title} · {month.year} 年 {month.month} 月", anchor=False)
        head.button("收起", type="tertiary", on_click=partial(show, measure=None), key="quality.close")
        lists.show(
            reader.behind(one.key, month),
            f"quality.behind.{one.key}.{month}",
            empty=lists.empty("没有不达标的事项。超时的、还压着的、不合格的会列在这里，点登记号看是哪一步。"),
        )


# --- the course of the countersignatures --------------------------------------------------------------


def course(month: date) -> None:
    """The average countersignature by month, with each change of the process marked (R19)."""
    one, frame = measure(CHART), reader.average(CHART, month)
    with st.container(border=True):
        st.subheader("会签平均用时", anchor=False)
        if not frame["n"].sum():
            st.markdown(
                ":gray[这一年还没有办完的会签。会签办完后，这里按月显示平均用时；修订会签标准时，施行那个月会标出来，前后一比就知道改得有没有用。]"
            )
            return
        turned = reader.turns((COUNTERSIGN, OUTGOING), month)
        st.caption(plain(told(frame, turned)))
        named = frame.assign(month=[f"{day:%Y-%m}" for day in frame["month"]])
        st.vega_lite_chart(drawn(named, turned, one.target).to_dict(validate=False), key="quality.course")


def told(frame: pd.DataFrame, turned) -> str:
    """What the chart shows, in words."""
    known = frame[frame["n"] > 0]
    first, last = known.iloc[0], known.iloc[-1]
    days = [
        f"{row['month'].year} 年 {row['month'].month} 月 {row['days']:.1f} 个工作日" for row in (first, last)
    ]
    course = days[0] if len(known) == 1 else f"由 {days[0]} 到 {days[1]}"
    marks = "；".join(f"{turn.on:%Y-%m-%d} {turn.says}" for turn in turned)
    return f"{course}。{marks}" if marks else f"{course}。"


def drawn(frame: pd.DataFrame, turned, target: float) -> alt.LayerChart:
    """Bars by month, the target as a line across, each change as a line down with its words."""
    order = list(frame["month"])
    month = alt.X(
        "month:N", title=None, sort=order, scale=alt.Scale(domain=order), axis=alt.Axis(labelAngle=-45)
    )
    known = frame[frame["n"] > 0]
    room = alt.Scale(domain=[0, 1.6 * max(target, known["days"].max())])  # above the bars, for the words
    days = alt.Y("days:Q", title="工作日", scale=room, axis=alt.Axis(tickCount=5))
    hints = [
        alt.Tooltip("month:N", title="月份"),
        alt.Tooltip("days:Q", title="平均工作日", format=".2f"),
        alt.Tooltip("n:Q", title="会签次数"),
    ]
    bars = (
        alt.Chart(known)
        .mark_bar(color="#6F8FAF", cornerRadius=3, width=18)
        .encode(x=month, y=days, tooltip=hints)
    )
    values = (
        alt.Chart(known)
        .mark_text(dy=-7, color=_INK)
        .encode(x=month, y=days, text=alt.Text("days:Q", format=".1f"))
    )
    aim = pd.DataFrame({"days": [target], "says": [f"目标 {target:g} 个工作日"]})
    line = alt.Chart(aim).mark_rule(color=_INK, strokeDash=[5, 4]).encode(y=alt.Y("days:Q"))
    name = (
        alt.Chart(aim)
        .mark_text(align="left", x=4, dy=-7, color=_INK)
        .encode(y=alt.Y("days:Q"), text=alt.Text("says:N"))
    )
    layers = [bars, values, line, name]
    for n, turn in enumerate(turned):
        layers += _marked(turn, 12 + 14 * n, order)
    return alt.layer(*layers).properties(height=260)


_INK, _TURN = "#7A8088", "#B5563A"
"""Of the words in the chart, and of a change of the process: both are read on a light and on a dark ground."""


def _marked(turn, place: int, order: list[str]) -> list[alt.Chart]:
    """A change as a line through its day, with its words on the side where there is room."""
    frame = pd.DataFrame([{"month": f"{turn.on:%Y-%m}", "says": f"{turn.on:%m-%d} {turn.says}"}])
    month = alt.X("month:N", sort=order, bandPosition=(turn.on.day - 0.5) / 31)
    left = order.index(frame["month"][0]) >= len(order) / 2
    words = {"align": "right" if left else "left", "dx": -6 if left else 6, "y": place, "color": _TURN}
    return [
        alt.Chart(frame).mark_rule(color=_TURN, strokeWidth=2).encode(x=month),
        alt.Chart(frame).mark_text(**words).encode(x=month, text=alt.Text("says:N")),
    ]


# --- the page -----------------------------------------------------------------------------------------

st.title("质量", anchor=False)
month = chosen_month()
frame = reader.figures(month)
st.caption(plain(summary(frame)))
forms.show_outcome()
remote_sop.show(me, today)
if lists.is_phone():
    behind(month)  # above, where the thumb is taken
    cards(frame)
else:
    table(frame)
    behind(month)
course(month)

"""满意度: what the surveys after the meetings came to, beside the ninety percent of the standard (R43, N25).

Nothing is shown of a survey that still takes answers, nor of one with too few: the page says so instead.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from core.case import Case
from core.errors import NotFound
from core.fields import Field, Kind
from core.meeting_record import record_of, to_be_asked
from core.policy import why_not_poll
from core.surveys import MEETING, MINIMUM, SCALE, TARGET, WARNING
from pages.ui import forms, lists, session
from pages.ui.session import polls
from pages.ui.words import moment, plain

me = session.desk()
lists.follow()
reader = session.reader()
calendar, people = reader.calendar(), reader.directory()
today = session.now().astimezone(calendar.zone).date()

MONTHS_BACK = 12
COLOURS = ("#2F6B4F", "#8DB58F", "#D9D4C7", "#E0A58B", "#B3261E")
"""Of the five points, the best first; each is told by its words as well (C7)."""

_INK, _TYPES = "#7A8088", ("#3F6B94", "#B5763A", "#6A8F5B", "#8A6FA8")
SPLIT = Field(key="attendees", title="发给谁", kind=Kind.GUESTS, help="默认是签到的人；不足 5 人的不发")
SIGNED = Field(
    key="anonymous", title="是否匿名", kind=Kind.CHOICE, options=("匿名", "署名"), default="匿名",
    help="有人作答后就不能再改",
)  # fmt: skip


def show(**address: str | None) -> None:
    """Change what the address says. A callback."""
    for key, value in address.items():
        if value:
            st.query_params[key] = value
        else:
            st.query_params.pop(key, None)


# --- mine ---------------------------------------------------------------------------------------------


def mine() -> None:
    """The surveys that wait for this person; the form is the one of the phone, where nobody is signed in."""
    if not (waiting := polls.my_surveys()):
        return
    with st.container(border=True):
        st.subheader("等您填写", anchor=False)
        for asked, path in waiting:
            row = st.container(horizontal=True, vertical_alignment="center")
            row.link_button(f"填写 {plain(asked.about)}", path, icon=":material/edit_note:")
        st.caption(WARNING + "。")


# --- the figures ---------------------------------------------------------------------------------------


def said(rate: float | None) -> str:
    """A share in words."""
    return "—" if rate is None else f"{rate:.1f}%"


def summary(held: pd.DataFrame) -> str:
    """How the standard stands, in one or two sentences."""
    counted = held[held["n"].notna()]
    small = int((~held["is_open"].astype(bool) & held["n"].isna()).sum())
    open_now = int(held["is_open"].astype(bool).sum())
    parts = []
    if counted.empty:
        parts.append("还没有可以显示的结果：会后发出调查，收满 5 份并结束后，这里显示满意率")
    else:
        n, good = int(counted["n"].sum()), int(counted["satisfied"].sum())
        word = "达标" if 100 * good / n >= TARGET else "未达标"
        parts.append(
            f"近 {MONTHS_BACK} 个月 {len(counted)} 次会议、{n} 份答卷，满意率 {100 * good / n:.1f}%，"
            f"目标 ≥ {TARGET:g}%，{word}"
        )
    if small:
        parts.append(f"{small} 次不足 {MINIMUM} 份，答卷已销毁，不显示也不计入")
    if open_now:
        parts.append(f"{open_now} 次还在收，结束前不显示结果")
    return "；".join(parts) + "。"


def figures(held: pd.DataFrame) -> None:
    """By type, and over time."""
    if held["n"].notna().sum() == 0:
        return
    left, right = (st.container(), st.container()) if lists.is_phone() else st.columns(2, gap="medium")
    with left.container(border=True):
        st.subheader("按会议类型", anchor=False)
        by_type = polls.satisfaction(held, ["split"])
        st.caption(
            plain("；".join(f"{r.split} {said(r.rate)}（{r.n} 份）" for r in lists.rows(by_type)) + "。")
        )
        st.vega_lite_chart(types_drawn(by_type).to_dict(validate=False), key="surveys.types")
    with right.container(border=True):
        st.subheader("逐月", anchor=False)
        by_month = polls.satisfaction(held, ["month"])
        st.caption(plain(course(by_month)))
        parts = polls.satisfaction(held, ["month", "split"])
        st.vega_lite_chart(months_drawn(by_month, parts).to_dict(validate=False), key="surveys.months")


def course(frame: pd.DataFrame) -> str:
    """What the chart shows, in words."""
    first, last = frame.iloc[0], frame.iloc[-1]
    told = [f"{row['month']} {said(row['rate'])}" for row in (first, last)]
    return f"{told[0]}。" if len(frame) == 1 else f"由 {told[0]} 到 {told[1]}。"


def target() -> list[alt.Chart]:
    """The ninety percent as a line with its words."""
    aim = pd.DataFrame({"rate": [TARGET], "says": [f"目标 {TARGET:g}%"]})
    line = alt.Chart(aim).mark_rule(color=_INK, strokeDash=[5, 4]).encode(y=alt.Y("rate:Q"))
    words = (
        alt.Chart(aim)
        .mark_text(align="left", x=4, dy=8, color=_INK)
        .encode(y=alt.Y("rate:Q"), text=alt.Text("says:N"))
    )
    return [line, words]


RATE = alt.Y("rate:Q", title="满意率 %", scale=alt.Scale(domain=[0, 100]), axis=alt.Axis(tickCount=5))


def types_drawn(frame: pd.DataFrame) -> alt.LayerChart:
    """A bar a type of meeting."""
    kind = alt.X("split:N", title=None, axis=alt.Axis(labelAngle=0))
    hints = [
        alt.Tooltip("split:N", title="类型"),
        alt.Tooltip("rate:Q", title="满意率 %", format=".1f"),
        alt.Tooltip("n:Q", title="答卷"),
        alt.Tooltip("surveys:Q", title="会议"),
    ]
    bars = alt.Chart(frame).mark_bar(color="#6F8FAF", cornerRadius=3, width=44).encode(
        x=kind, y=RATE, tooltip=hints
    )  # fmt: skip
    values = alt.Chart(frame).mark_text(dy=14, color="#FFFFFF", fontWeight="bold").encode(
        x=kind, y=RATE, text=alt.Text("rate:Q", format=".1f")
    )  # fmt: skip
    return alt.layer(bars, values, *target()).properties(height=250)


def months_drawn(frame: pd.DataFrame, parts: pd.DataFrame) -> alt.LayerChart:
    """The whole as a line by month, and each type as points around it."""
    month = alt.X("month:N", title=None, sort=list(frame["month"]), axis=alt.Axis(labelAngle=0))
    kinds = sorted(parts["split"].unique())
    scale = alt.Scale(domain=kinds, range=list(_TYPES[: len(kinds)]))
    hints = [
        alt.Tooltip("month:N", title="月份"),
        alt.Tooltip("split:N", title="类型"),
        alt.Tooltip("rate:Q", title="满意率 %", format=".1f"),
        alt.Tooltip("n:Q", title="答卷"),
    ]
    line = alt.Chart(frame).mark_line(color="#33475B", strokeWidth=2, point=alt.OverlayMarkDef(color="#33475B")).encode(
        x=month, y=RATE, tooltip=[hints[0], *hints[2:]]
    )  # fmt: skip
    points = alt.Chart(parts).mark_point(filled=True, size=70, opacity=0.85).encode(
        x=month,
        y=RATE,
        color=alt.Color("split:N", title=None, scale=scale, legend=alt.Legend(orient="top")),
        shape=alt.Shape("split:N", title=None, scale=alt.Scale(domain=kinds), legend=alt.Legend(orient="top")),
        tooltip=hints,
    )  # fmt: skip
    return alt.layer(line, points, *target()).properties(height=250)


# --- the surveys one by one ------------------------------------------------------------------------------


def result(row: Any) -> str:
    """What a survey came to, or why nothing is shown."""
    if row.rate is not None and row.rate == row.rate:
        return f"{row.rate:.1f}%"
    return "结束后显示" if row.is_open else f"不足 {MINIMUM} 份，不显示"


def each(held: pd.DataFrame) -> None:
    """Every survey, the newest first."""
    if held.empty:
        return
    rows = [
        {
            "title": row.title,
            "split": row.split,
            "sent": moment(row.opened_at),
            "answered": f"{row.answered} / {row.issued}",
            "result": result(row),
            "state": f"{moment(row.closes_at)} 截止" if row.is_open else "已结束",
        }
        for row in lists.rows(held)
    ]
    ids = dict(zip((row["title"] for row in rows), held["id"], strict=True))
    st.subheader("各次会议", anchor=False)
    if lists.is_phone():
        for row, known in zip(rows, lists.rows(held), strict=True):
            with st.container(border=True, key=f"door_{known.id}", gap="xsmall"):
                st.markdown(f"**{plain(row['title'])}**　{plain(row['result'])}")
                st.markdown(
                    f":small[:gray[{plain(row['split'])}　已答 {plain(row['answered'])}　{plain(row['state'])}]]"
                )
                st.button(
                    f"查看{row['title']}",
                    key=f"surveys.door.{known.id}",
                    on_click=partial(show, survey=known.id),
                )
        return
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        row_height=36,
        height=38 + 36 * min(len(rows), 12),
        placeholder="",
        column_config={
            "title": st.column_config.ButtonColumn(
                "会议", type="tertiary", alignment="left", width=300, key="surveys.open",
                on_click=opened, args=(ids,),
            ),
            "split": st.column_config.TextColumn("类型", width=80),
            "sent": st.column_config.TextColumn("发出", width=104),
            "answered": st.column_config.TextColumn("已答 / 发出", width=130),
            "result": st.column_config.TextColumn("满意率", width=140),
            "state": st.column_config.TextColumn("状态", width=140),
        },
    )  # fmt: skip


def opened(ids: dict[str, str]) -> None:
    """A meeting was clicked in the table: a callback."""
    if click := st.session_state.get("surveys.open"):
        show(survey=ids[click["label"]])


def detail(survey_id: str) -> None:
    """One survey: each question by points, and what was written."""
    try:
        found = reader.outcome(survey_id)
    except NotFound as gone:
        st.info(str(gone))
        return
    with st.container(border=True):
        head = st.container(horizontal=True, vertical_alignment="center")
        head.subheader(plain(found.case.title), anchor=False)
        head.button("收起", type="tertiary", on_click=partial(show, survey=None), key="surveys.close")
        st.caption(
            plain(
                f"{'不记名' if found.held.anonymous else '署名'}，发出 {found.held.issued} 份，收到 {found.answered}。"
            )
        )
        if found.tally is None:
            open_now = found.held.closed_at is None
            st.markdown(
                ":gray[还在收答卷：结束前不显示结果，免得从两次结果之差看出某一份。]"
                if open_now
                else f":gray[不足 {MINIMUM} 份，藏不住谁答了什么：答卷已销毁，不显示，也不计入任何合计。]"
            )
            if open_now:
                end(found.held.id)
            return
        titles = {field.key: field.title for field in found.held.survey.fields}
        shares = [
            {"question": titles[key], "answer": word, "n": n, "rank": place}
            for key, points in found.tally.points.items()
            for place, (word, n) in enumerate(points.items())
        ]
        st.vega_lite_chart(
            points_drawn(pd.DataFrame(shares), list(titles.values())).to_dict(validate=False),
            key="surveys.points",
        )
        for text in found.tally.comments:
            st.markdown(f"> {plain(text)}")


def points_drawn(frame: pd.DataFrame, order: Sequence[str]) -> alt.Chart:
    """A bar a question, in the five points."""
    return alt.Chart(frame).mark_bar(height=22).encode(
        x=alt.X("n:Q", stack="normalize", title=None, axis=alt.Axis(format="%", tickCount=5)),
        y=alt.Y("question:N", title=None, sort=list(order), axis=alt.Axis(labelLimit=120)),
        color=alt.Color(
            "answer:N", title=None, scale=alt.Scale(domain=list(SCALE), range=list(COLOURS)),
            legend=alt.Legend(orient="top", columns=5 if not lists.is_phone() else 2),
        ),
        order=alt.Order("rank:Q"),
        tooltip=[
            alt.Tooltip("question:N", title="问题"),
            alt.Tooltip("answer:N", title="评分"),
            alt.Tooltip("n:Q", title="份"),
        ],
    ).properties(height=230)  # fmt: skip


# --- sending and ending ----------------------------------------------------------------------------------


def end(survey_id: str) -> None:
    """The button that ends a survey before its time."""
    if why_not_poll(me):
        return
    if st.button(
        "现在结束", key="surveys.end", help=f"结束后不能再答；不足 {MINIMUM} 份的，答卷销毁、不显示"
    ):
        confirm_end(survey_id)


@st.dialog("结束这次调查")
def confirm_end(survey_id: str) -> None:
    """Asked once more: too few answers are destroyed."""
    st.markdown(f"结束后不能再答，也不能重开。不足 {MINIMUM} 份的，答卷销毁，不显示结果。")
    if st.button("结束", type="primary", key="surveys.end.sure"):
        forms.run(lambda: polls.polling().close_survey(survey_id, by=session.person()) or "调查已结束")
        st.rerun()


def attended(case: Case) -> list[str]:
    """Who signed in; where nobody did, who was invited."""
    past = list(lists.rows(reader.history(case.id)))[::-1]
    return to_be_asked(record_of(case, reader.children(case.id), past, people).attendance, case.data)


def sending() -> None:
    """The door to sending a survey out."""
    if why_not_poll(me) or not (known := reader.to_ask(MEETING)):
        return
    with st.expander("发出调查", icon=":material/send:", key="surveys.door"):
        ids = list(known)
        chosen = st.selectbox("哪次会议", ids, format_func=lambda one: known[one], key="surveys.about")
        if chosen is None:
            return
        given = {"attendees": attended(reader.case(chosen))}
        forms.ask(
            "发出", (SPLIT, SIGNED), partial(send, chosen), key=f"surveys.send.{chosen}", people=people, given=given,
            says="调查已发出：每人一个链接，短信、邮件和办公系统同时通知",
        )  # fmt: skip


def send(case_id: str, filled: dict[str, Any]) -> None:
    """Send it: a command of the form."""
    polls.polling().open_survey(
        case_id,
        MEETING.key,
        filled["attendees"] or (),
        by=session.person(),
        anonymous=filled["anonymous"] != "署名",
    )


HOW = (
    "每人一个链接，程序只留链接的指纹，不记谁的链接是哪一个。",
    "每收一份答卷，全部答卷和已用链接都打乱重写，不留时间、编号和先后；不写留痕，不写日志。",
    f"还在收的答卷不进备份；结束前不显示结果；不足 {MINIMUM} 份的结束时销毁，不显示，也不计入合计。",
    "做不到的：在两份答卷之间复制数据库的人，看得出这中间多了哪一份；管服务器的人能改程序；用 PostgreSQL 的，"
    "数据库自己的日志（pg_wal）由其管理员保管；文字本身可能让人认出是谁写的。",
)
"""What is done so that an answer is nobody's, and what that cannot prevent."""


def how() -> None:
    """The promise, and its limits."""
    with st.expander("怎样做到不记名", icon=":material/shield_lock:"):
        for line in HOW:
            st.markdown(f"- {plain(line)}")


# --- the page ---------------------------------------------------------------------------------------------

st.title("满意度", anchor=False)
forms.show_outcome()
first = (pd.Timestamp(today).replace(day=1) - pd.DateOffset(months=MONTHS_BACK - 1)).date()
held = reader.surveys(MEETING, first=first)
st.caption(plain(summary(held)))
mine()
sending()
if wanted := st.query_params.get("survey"):
    detail(wanted)
figures(held)
each(held)
how()

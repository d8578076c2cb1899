"""工作日历: which days the office works, year by year, and what differs from the weekday."""

from datetime import date

import streamlit as st

from core.policy import why_not_administer
from pages.ui import forms, session
from pages.ui.words import weekday

me = session.desk()
reader = session.reader()
calendar = reader.calendar()
today = session.now().astimezone(calendar.zone).date()

KINDS = {"holiday": "放假", "workday": "上班", "half_day": "上半天班"}


def publish(year: int, published: bool) -> None:
    """Mark the year's notice as out, or not: a callback."""
    forms.run(lambda: session.working_days().set_published(year, published, by=session.person()))


def head(year: int) -> None:
    provisional = calendar.is_provisional(date(year, 6, 1))
    worked = sum(calendar.is_working_day(date.fromordinal(n)) for n in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1))  # fmt: skip
    st.markdown(f"{year} 年全年 **{worked}** 个工作日")
    if provisional:
        st.warning(
            "这一年的放假通知未发布：落在这一年的时限按法定节日推算，处处标明“未发布”。",
            icon=":material/schedule:",
        )
    if not why_not_administer(me):
        label = "通知已发布，日期已核对" if provisional else "改回未发布"
        st.button(label, on_click=publish, args=(year, provisional))


st.title("工作日历", anchor=False)
forms.show_outcome()
year = st.number_input(
    "年份", min_value=2004, max_value=2045, value=today.year, step=1, key="days.year", width=160
)
left, right = st.columns([3, 2])
with left:
    head(year)
    days = reader.special_days(year)
    shown = days.assign(
        kind=[KINDS[kind] for kind in days["kind"]],
        week=[weekday(day) for day in days["day"]],
    )
    if days.empty:
        st.markdown(":gray[这一年还没有与平常不同的日子；周一至周五上班。]")
    else:
        st.dataframe(
            shown,
            hide_index=True,
            key="days.list",
            height=min(38 + 36 * len(shown), 720),
            column_order=["day", "week", "kind", "name", "source"],
            column_config={"day": "日期", "week": "星期", "kind": "安排", "name": "事由", "source": "依据"},
        )
with right, st.container(border=True):
    st.subheader("改一天", anchor=False)
    st.caption("已经定下的时限不动，之后的新时限按改后的日历计算。")
    forms.ask(
        "保存",
        session.DAY_FORM,
        lambda filled: session.working_days().set_day(filled, by=session.person()),
        key="days.set",
        people=reader.directory(),
        why_not=why_not_administer(me),
        says="已保存，此后的时限按新日历计算",
    )

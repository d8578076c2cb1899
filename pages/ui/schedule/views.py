"""The two views of one set of data (R47, R48): a calendar, in which entries are moved by dragging and begun by selecting,
or a board of who × hours.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pandas as pd
import streamlit as st
from streamlit_calendar import calendar as draw_calendar

from core.errors import NotFound
from core.people import DEPARTMENT
from core.schedule import DAY
from pages.ui import agenda, forms, session
from pages.ui.schedule.chosen import choose, close
from pages.ui.schedule.diary import DEPARTMENTS, KEY, LEADERS, ROOMS, Diary
from pages.ui.schedule.form import begin

CALENDAR, BOARD = "日历", "时间板"

DRAWN = f"{KEY}.now"
"""The key of the calendar that is drawn, in the state of the session."""


def draw(diary: Diary) -> None:
    row = st.container(horizontal=True, vertical_alignment="bottom")
    there = [LEADERS, DEPARTMENTS, *([ROOMS] if diary.choices(ROOMS) else [])]
    view = row.segmented_control("看谁的", there, default=LEADERS, required=True, key=f"{KEY}.view")
    style = row.segmented_control(
        "样式", [CALENDAR, BOARD], default=CALENDAR, required=True, key=f"{KEY}.style"
    )
    at = (
        row.date_input("日期", value=diary.today, format="YYYY-MM-DD", key=f"{KEY}.at", width=150)
        or diary.today
    )
    chosen = row.multiselect(
        "只看", diary.choices(view), default=at_start(diary, view), format_func=diary.called, placeholder="全部",
        key=f"{KEY}.only.{view}", width=320, select_all=False,
    )  # fmt: skip
    st.session_state[DRAWN] = calendar_key(view, at)
    if style == BOARD:
        the_board(diary, view, chosen, at)
    else:
        the_calendar(diary, view, chosen, at)


def at_start(diary: Diary, view: str) -> list[str]:
    """Whom a view begins with: everybody in it, of departments one's own where there is one."""
    own = DEPARTMENT + diary.me.department
    return [own] if view == DEPARTMENTS and diary.me.department else []


def calendar_key(view: str, at: date) -> str:
    """Stable as long as the same days are read."""
    return f"{KEY}.calendar.{view}.{at}"


def shown(diary: Diary, view: str, chosen: Sequence[str], since: date, until: date) -> pd.DataFrame:
    """The entries of the view, of whom was chosen or of everybody in it."""
    wanted = chosen or diary.choices(view)
    span = diary.midnight(since), diary.midnight(until)
    if view == DEPARTMENTS:
        return diary.reader.entries(*span, departments=[one.removeprefix(DEPARTMENT) for one in wanted])
    return diary.reader.entries(*span, whom=wanted)


def the_calendar(diary: Diary, view: str, chosen: Sequence[str], at: date) -> None:
    first, last = agenda.window(at)
    draw_calendar(
        events=agenda.events(shown(diary, view, chosen, first, last)),
        options=agenda.options(
            phone=diary.phone, first=first, last=last, at=at, now=diary.now, hours=diary.hours
        ),
        custom_css=agenda.CSS,
        callbacks=["eventClick"] if diary.phone else ["eventClick", "eventChange", "select"],
        key=calendar_key(view, at),
    )
    st.caption(
        "看别的月份请改“日期”。颜色：蓝为固定，绿为临时，红为突发，褐为外出，灰为忙；★为重要，白底为待定。"
        + ("" if diary.phone else "拖动改时间，选一段时间登记。")
    )


def the_board(diary: Diary, view: str, chosen: Sequence[str], at: date) -> None:
    wanted = chosen or diary.choices(view)
    if view == DEPARTMENTS:
        places = {one.removeprefix(DEPARTMENT) for one in wanted}
        known = diary.people.people
        wanted = [*wanted, *(who for who, one in known.items() if one.department in places)]
    frame = shown(diary, view, chosen, at, at + DAY)
    names = [(who, diary.called(who)) for who in wanted]
    st.vega_lite_chart(agenda.board(frame, names, at, diary.hours), width="stretch", key=f"{KEY}.board")


# --- what was done in the calendar --------------------------------------------------------------------


def act(diary: Diary) -> None:
    """What was done in the calendar since the page was last drawn, once; the page is drawn with what has come of it."""
    told = agenda.news(st.session_state.get(DRAWN, ""))
    if told is None:
        return
    match told["callback"]:
        case "eventChange":
            with suppress(NotFound):
                dragged(diary, told["eventChange"])
        case "select":
            selected(diary, told["select"])
        case "eventClick" if agenda.is_absence(told["eventClick"]["event"]):
            forms.tell(str(told["eventClick"]["event"]["title"]).replace(" · ", "："))
        case "eventClick":
            choose(*agenda.named(told["eventClick"]["event"]))


def dragged(diary: Diary, told: Any) -> None:
    """An entry was dragged to another time: of a series only the time that was dragged."""
    entry_id, day = agenda.named(told["oldEvent"])
    event = told["event"]
    begins = agenda.moment(event["start"], diary.zone)
    known = diary.reader.entry(entry_id)
    if bool(event.get("allDay")) != known.all_day:
        forms.tell("拖动只改时间；要改成全天或不全天，请点开后修改", good=False)
        return
    length = known.ends - known.begins
    ends = agenda.moment(event["end"], diary.zone) if event.get("end") else begins + length

    def move() -> str:
        kept = session.scheduling().move(
            entry_id, begins, ends, by=session.person(), seen=known.version, day=day if known.rule else None
        )
        return kept.says

    forms.run(move)


def selected(diary: Diary, told: Any) -> None:
    """A time was selected: the form begins with it."""
    span = agenda.moment(told["start"], diary.zone), agenda.moment(told["end"], diary.zone)
    begins, ends = (at.replace(tzinfo=None) for at in span)
    whole = bool(told["allDay"])
    close()
    begin(
        diary,
        span,
        {"begins": begins, "ends": ends - timedelta(minutes=1) if whole else ends, "all_day": whole},
    )

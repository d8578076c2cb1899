"""The calendar as a page draws it: events for the month, the week, the day and the list; and the board of hours.

The calendar knows no time zone: it is given the office's wall clock and gives it back.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import altair as alt
import pandas as pd
import streamlit as st

from core.fields import Field
from core.schedule import ABSENCE, AWAY, DAY, OPEN, SORTS
from pages.ui.charts import Spec, filled
from pages.ui.lists import rows

COLOURS = dict(zip((*SORTS, AWAY), ("#2F5D8C", "#4F7F6B", "#A8442A", "#7A6A3A"), strict=True))
"""What is fixed, passing and sudden, and who is away; the kind stands in words on the event as well (C7)."""

TAKEN = "#8A8F98"

REASON = Field(key="reason", title="为什么取消")

WORDS: Mapping[str, Any] = {
    "locale": "zh-cn",
    "timeZone": "UTC",
    "firstDay": 1,
    "buttonText": {"today": "今天", "month": "月", "week": "周", "day": "日", "list": "列表"},
    "allDayText": "全天",
    "noEventsText": "这段时间没有日程",
    "moreLinkText": "项",
    "slotLabelFormat": {"hour": "2-digit", "minute": "2-digit", "hour12": False},
    "eventTimeFormat": {"hour": "2-digit", "minute": "2-digit", "hour12": False},
}
"""Everything the calendar would otherwise say in English."""

CSS = """
.fc { font-family: inherit; font-size: 0.85rem; }
.fc .fc-toolbar-title { font-size: 1.05rem; font-weight: 600; }
.fc .fc-button { background: #fff; color: #1F2328; border-color: #D6D2C8; font-size: 0.8rem; padding: 0.25rem 0.6rem; }
.fc .fc-button-active, .fc .fc-button:hover { background: #E8EDF3 !important; color: #1F2328 !important; }
.fc .fc-event { cursor: pointer; }
.fc .fc-col-header-cell-cushion, .fc .fc-daygrid-day-number { color: #1F2328; text-decoration: none; }
@media (max-width: 640px) { .fc .fc-toolbar { flex-direction: column; gap: 0.4rem; } }
@media (prefers-color-scheme: dark) {
  .fc { color: #E9E6DF; --fc-page-bg-color: #1C1E21; --fc-border-color: #3D4147; --fc-neutral-bg-color: #282B2F;
    --fc-today-bg-color: rgb(224 178 63 / 12%); --fc-list-event-hover-bg-color: #282B2F; }
  .fc .fc-button { background: #282B2F; color: #E9E6DF; border-color: #3D4147; }
  .fc .fc-button-active, .fc .fc-button:hover { background: #3A4654 !important; color: #E9E6DF !important; }
  .fc .fc-col-header-cell-cushion, .fc .fc-daygrid-day-number, .fc .fc-list-day-cushion a { color: #E9E6DF; }
}
"""


def options(
    *, phone: bool, first: date, last: date, at: date, now: datetime, hours: tuple[time, time]
) -> dict[str, Any]:
    """How the calendar is drawn: on a phone a list of the week first. It goes no further than what was read.

    `now` is told in the office's zone: by itself the calendar would mark the day it is in `WORDS["timeZone"]`, until
    eight in the morning yesterday.
    """
    views = "listWeek,timeGridDay,dayGridMonth" if phone else "dayGridMonth,timeGridWeek,timeGridDay,listWeek"
    return {
        **WORDS,
        "initialView": "listWeek" if phone else "timeGridWeek",
        "initialDate": at.isoformat(),
        "now": wall(now, False),
        "validRange": {"start": first.isoformat(), "end": last.isoformat()},
        "headerToolbar": {"left": "prev,next today", "center": "title", "right": views},
        "height": 560 if phone else 660,
        "slotMinTime": f"{max(hours[0].hour - 1, 0):02}:00:00",
        "slotMaxTime": f"{min(hours[1].hour + 4, 24):02}:00:00",
        "nowIndicator": False,
        "editable": not phone,
        "selectable": not phone,
        "selectMirror": True,
        "dayMaxEvents": 4,
        "slotEventOverlap": False,
        "eventDisplay": "block",
    }


def events(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of `Reader.entries` as the calendar takes them."""
    return [_event(row) for row in rows(frame)]


def _event(row: Any) -> dict[str, Any]:
    colour = COLOURS.get(row.sort, TAKEN)
    waits = row.state == OPEN
    mark = "".join(filter(None, ("★" if row.important else "", "〔待定〕" if waits else "")))
    where = f" · {row.place}" if row.place and row.place not in row.names else ""
    return {
        "id": f"{row.id}@{row.begins:%Y-%m-%dT%H:%M}",
        "title": f"{mark}{row.title} · {_few(row.names)}{where}",
        "start": wall(row.begins, row.all_day),
        "end": wall(row.ends, row.all_day),
        "allDay": bool(row.all_day),
        "editable": bool(row.mine),
        "backgroundColor": "#FFFFFF" if waits else colour,
        "textColor": colour if waits else "#FFFFFF",
        "borderColor": colour,
    }


def _few(names: str) -> str:
    """The first of many names, and how many there are."""
    every = names.split("、")
    return names if len(every) <= 3 else f"{'、'.join(every[:2])}等{len(every)}方"


def wall(at: datetime, all_day: bool) -> str:
    """A moment as the calendar takes it: the wall clock, without a zone."""
    return at.date().isoformat() if all_day else at.replace(tzinfo=None).isoformat()


def moment(said: str, zone: ZoneInfo) -> datetime:
    """A moment as the calendar gives it back, in the office's zone: what it calls UTC is the wall clock."""
    return datetime.fromisoformat(said.replace("Z", "+00:00")).replace(tzinfo=zone)


def is_absence(event: Mapping[str, Any]) -> bool:
    """Whether an event says that somebody is away."""
    return str(event["id"]).startswith(ABSENCE)


def named(event: Mapping[str, Any]) -> tuple[str, date]:
    """The entry of an event, and on which day this time of it began."""
    entry_id, _, begins = str(event["id"]).partition("@")
    return entry_id, datetime.fromisoformat(begins).date()


def news(key: str) -> Mapping[str, Any] | None:
    """What somebody has just done in the calendar of this key: once, however often the page is drawn after it.

    The component says the same again with every run until something else is done.
    """
    said = st.session_state.get(key) if key else None
    if not said or not said.get("callback"):
        return None
    mark = hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()
    if st.session_state.get(f"{key}.done") == mark:
        return None
    st.session_state[f"{key}.done"] = mark
    return said


# --- the board ----------------------------------------------------------------------------------------


def board(frame: pd.DataFrame, names: Sequence[tuple[str, str]], day: date, hours: tuple[time, time]) -> Spec:
    """Who × hours of one day; what overlaps stands in lanes below one another."""
    bars = [bar for who, name in names for bar in _bars(frame, who, name, day)]
    spec = filled(_board(hours[0].hour - 1, hours[1].hour + 3), {"bars": bars})
    lanes = sum(max([bar["lane"] for bar in bars if bar["name"] == name], default=0) + 1 for _, name in names)
    order = {
        **spec["encoding"]["y"],
        "sort": [name for _, name in names],
        "scale": {"domain": [name for _, name in names]},
    }
    return {**spec, "encoding": {**spec["encoding"], "y": order}, "height": 30 * lanes + 12 * len(names) + 90}


def _bars(frame: pd.DataFrame, who: str, name: str, day: date) -> list[dict[str, Any]]:
    """The times of one person on a day, each in the first lane that is free."""
    free: list[float] = []
    bars = []
    for row in rows(frame.sort_values("begins")):
        begins, ends = _hour(row.begins, day), _hour(row.ends, day)
        if who not in row.whom or ends <= 0 or begins >= 24:
            continue
        lane = next((n for n, until in enumerate(free) if until <= begins), len(free))
        free[lane : lane + 1] = [ends]
        said = f"{row.begins:%H:%M}–{row.ends:%H:%M}"
        bars.append(
            {
                "name": name, "lane": lane, "from": max(begins, 0.0), "to": min(ends, 24.0), "title": row.title,
                "sort": row.sort or "忙", "said": said, "place": row.place, "state": row.state,
            }
        )  # fmt: skip
    return bars


def _hour(at: datetime, day: date) -> float:
    """Hours from the midnight of a day on the office's wall clock."""
    return (at.replace(tzinfo=None) - datetime.combine(day, time.min)) / timedelta(hours=1)


@lru_cache
def _board(first: int, last: int) -> Spec:
    kinds = [*COLOURS, "忙"]
    chart = (
        alt.Chart(alt.NamedData("bars"))
        .mark_bar(cornerRadius=3, stroke="#FFFFFF", clip=True)
        .encode(
            x=alt.X(
                "from:Q",
                title=None,
                scale=alt.Scale(domain=[first, last], clamp=True),
                axis=alt.Axis(
                    values=list(range(first, last + 1)),
                    labelExpr="datum.value + ':00'",
                    grid=True,
                    orient="top",
                ),
            ),
            x2=alt.X2("to:Q"),
            y=alt.Y("name:N", title=None, axis=alt.Axis(labelLimit=120)),
            yOffset=alt.YOffset("lane:O"),
            color=alt.Color(
                "sort:N",
                title=None,
                scale=alt.Scale(domain=kinds, range=[*COLOURS.values(), TAKEN]),
                legend=alt.Legend(orient="bottom"),
            ),
            tooltip=[
                alt.Tooltip("name:N", title="谁"),
                alt.Tooltip("title:N", title="事项"),
                alt.Tooltip("said:N", title="时间"),
                alt.Tooltip("place:N", title="地点"),
                alt.Tooltip("state:N", title="状态"),
            ],
        )
    )
    return chart.to_dict()


def window(at: date) -> tuple[date, date]:
    """The days that are read and drawn around one: the weeks of its month and of the next, and the week before.

    A year of thousands of entries is not sent to a browser that shows a month of it.
    """
    first = min(at.replace(day=1), at - 7 * DAY)
    last = (at.replace(day=1) + 63 * DAY).replace(day=1)
    return first - first.weekday() * DAY, last + (-last.weekday() % 7) * DAY

"""工作日历: a year at a glance, and what is entered into it: a notice, a list of days, one day.

Whoever enters something first sees which days change and which deadlines would move, then confirms.
"""

from calendar import Calendar
from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from core import notice, words
from core.errors import Refused
from core.policy import why_not_administer
from core.recount import SAME, Change, Difference, Move, Plan
from core.worktime import SpecialDay
from pages.ui import charts, forms, lists, session
from pages.ui.kept import WaitingDays
from pages.ui.words import plain, weekday

me = session.desk()
reader = session.reader()
people, calendar = reader.directory(), reader.calendar()
today = session.now().astimezone(calendar.zone).date()
locked = why_not_administer(me)

MARKS = {"holiday": "休", "workday": "班", "half_day": "半"}
"""What stands in the tile of a day that differs from its weekday, so that it needs no colour."""

WAYS = ("改一天", "粘贴通知", "导入清单")
"""The ways in which something is entered."""

WAITING, YEAR, HOW, FILE = "days.waiting", "days.chosen", "days.how", "days.file"
"""What waits for a confirmation, the year that is shown, the way that is open, and the dropped list."""

BLOCK = 9
"""Rows of the chart for one month: its name, the weekdays, six weeks and a gap."""


# --- the year ---------------------------------------------------------------------------------------


def tiles(year: int, columns: int) -> list[dict[str, Any]]:
    """Every day of the year as a tile: where it stands, what it says, and what the tooltip adds."""
    special = {row.day: row for row in reader.special_days(year).itertuples()}
    rows = []
    for month in range(1, 13):
        left, top = 8 * ((month - 1) % columns), BLOCK * ((month - 1) // columns)
        for week, days in enumerate(Calendar().monthdatescalendar(year, month)):
            rows += [
                {"x": left + day.weekday(), "y": top + 2 + week, **tile(day, special.get(day))}
                for day in days
                if day.month == month
            ]
    return rows


def tile(day: date, special) -> dict[str, str]:
    mark = MARKS[special.kind] if special else ""
    weekend = day.weekday() >= 5
    said = f"{day.year}年{day.month}月{day.day}日 {weekday(day)}"
    kind = notice.TITLES[special.kind] if special else "周末" if weekend else "上班"
    return {
        "iso": str(day),
        "n": str(day.day),
        "mark": mark,
        "look": mark or ("周末" if weekend else "平日"),
        "said": said,
        "kind": kind,
        "spoken": f"{said} {kind}",
        "name": special.name if special else words.NONE,
        "source": special.source if special else words.NONE,
        "today": "今天" if day == today else "",
    }


def worked(year: int, month: int) -> int:
    """How many working days a month has."""
    days = (day for day in Calendar().itermonthdates(year, month) if day.month == month)
    return sum(calendar.is_working_day(day) for day in days)


def headings(year: int, columns: int) -> list[dict[str, Any]]:
    rows = []
    for month in range(1, 13):
        left, top = 8 * ((month - 1) % columns), BLOCK * ((month - 1) // columns)
        rows.append({"x": left, "y": top, "text": f"{month}月 · {worked(year, month)} 个工作日", "big": True})
        rows += [{"x": left + n, "y": top + 1, "text": "一二三四五六日"[n], "big": False} for n in range(7)]
    return rows


def the_year(year: int) -> None:
    """Twelve months as one chart: one message instead of 365, and a click opens a day."""
    columns = 2 if lists.is_phone() else 4
    drawn = charts.year(
        tiles(year, columns),
        headings(year, columns),
        columns=columns,
        down=BLOCK * 12 // columns - 1,
        cursor="default" if locked else "pointer",
        description=f"{year} 年各月的工作日",
    )
    st.vega_lite_chart(
        drawn,
        key=f"days.year.{year}",
        on_select="ignore" if locked else partial(picked, year),
        selection_mode="pick",
    )
    st.caption("休 放假 · 班 周末上班 · 半 只上上午 · 粗框 今天" + ("" if locked else " · 点一天可以改"))


def picked(year: int) -> None:
    """A day was clicked: its form, filled with what it is now. A callback."""
    points = st.session_state[f"days.year.{year}"]["selection"].get("pick") or []
    if not points:
        return
    day = date.fromisoformat(points[0]["iso"])
    found = {row.day: row for row in session.reader().special_days(day.year).itertuples()}.get(day)
    kind, name, source = (notice.TITLES[found.kind], found.name, found.source) if found else (None, "", "")
    st.session_state[HOW] = WAYS[0]
    forms.Form("days.set", notice.DAY, people).put({"day": day, "kind": kind, "name": name, "source": source})


def day_by_day(year: int) -> None:
    """The same as a list, for reading and for a screen reader."""
    days = reader.special_days(year)
    with st.expander(f"与平常不同的日子 {len(days)} 天"):
        if days.empty:
            st.markdown(":gray[这一年还没有与平常不同的日子；周一至周五上班。]")
            return
        shown = days.assign(
            kind=[notice.TITLES[kind] for kind in days["kind"]], week=[weekday(day) for day in days["day"]]
        )
        table(
            shown[["day", "week", "kind", "name", "source"]],
            {"day": "日期", "week": "星期", "kind": "安排", "name": "事由", "source": "依据"},
            "days.list",
        )


def table(frame: pd.DataFrame, titles: dict[str, str], key: str) -> None:
    """A plain table; on a phone a line for each row, in which the first three columns need no title."""
    if lists.is_phone():
        heads = ["", "", "", *(f"{title} " for title in list(titles.values())[3:])]
        rows = ([h + str(cell) for h, cell in zip(heads, row, strict=False) if cell] for row in frame.values)
        st.markdown("\n".join(f"- {plain(' · '.join(row))}" for row in rows))
        return
    height = min(38 + 36 * len(frame), 400)
    st.dataframe(frame, hide_index=True, key=key, column_config=titles, height=height, row_height=36)


def head(year: int) -> None:
    total = sum(worked(year, month) for month in range(1, 13))
    provisional = calendar.is_provisional(date(year, 6, 1))
    row = st.container(horizontal=True, vertical_alignment="center")
    row.markdown(f"{year} 年全年 **{total}** 个工作日" + ("　:orange[未发布]" if provisional else ""))
    if not locked:
        label = "通知已发布，日期已核对" if provisional else "改回未发布"
        row.button(label, on_click=look_at, args=(notice.mark(year, provisional),))


# --- entering ---------------------------------------------------------------------------------------


def look_at(change: Change, key: str = "", filled: Mapping[str, Any] | None = None) -> None:
    """Show what a change comes to before it is applied; `filled` is what its form held."""
    st.session_state[WAITING] = WaitingDays(
        change, key, filled or {}, st.session_state[YEAR], st.session_state.get(HOW, WAYS[0])
    )


def entering(year: int) -> None:
    with st.container(border=True):
        st.session_state.setdefault(HOW, WAYS[0])
        how = st.segmented_control("录入", WAYS, required=True, key=HOW)
        if how == "粘贴通知":
            st.caption(f"{year} 年的放假通知。先列出要改的日子和要移动的时限，确认后才生效。")
            ask("days.notice", notice.TEXT, lambda filled: notice.read_notice(filled["text"] or "", year))
        elif how == "导入清单":
            the_list(year)
        else:
            ask("days.set", notice.DAY, notice.one_day)


def ask(key: str, fields: tuple, read) -> None:
    """A form whose values are read into a change, which is then looked at."""

    def command(filled: dict) -> None:
        look_at(read(filled), key, filled)

    forms.ask("查看影响", fields, command, key=key, people=people)


def the_list(year: int) -> None:
    st.caption(f"CSV 或 XLSX，表头：{'、'.join(notice.COLUMNS)}；{year} 年的日子，每行一天。")
    st.file_uploader("清单", type=["csv", "xlsx"], key=FILE, on_change=forget_problem)
    if problem := st.session_state.get(f"{FILE}.problem"):
        st.error(plain(problem), icon=":material/error:")
    st.button("查看影响", key="days.file.go", type="primary", on_click=read_file, args=(year,))


def forget_problem() -> None:
    st.session_state.pop(f"{FILE}.problem", None)


def read_file(year: int) -> None:
    """Read the dropped list, or say row by row what is wrong with it: a callback."""
    forget_problem()
    dropped = st.session_state.get(FILE)
    try:
        if dropped is None:
            raise Refused({"file": "请先选择清单文件"})
        look_at(notice.read_list(dropped.name, dropped.getvalue(), year))
    except Refused as refusal:
        st.session_state[f"{FILE}.problem"] = refusal.problems["file"]


# --- before it is applied ---------------------------------------------------------------------------


def confirming(change: Change) -> None:
    """What a change comes to: the days, the deadlines that move and those that stay."""
    made, hidden = reader.recount(change)
    with st.container(border=True, key="days_waiting"):
        st.subheader(plain(f"待确认：{made.change.title}"), anchor=False)
        if made.changes:
            differences(made)
            moving(made, hidden)
            staying(made)
        else:
            st.info(SAME, icon=":material/check:")
        with st.container(horizontal=True):
            if made.changes:
                total = len(made.moved) + hidden
                label = f"确认，并调整 {total} 件的时限" if total else "确认"
                st.button(label, type="primary", on_click=apply, args=(made.change, made.seen))
            st.button("返回，不改", on_click=back)


def differences(made: Plan) -> None:
    real = [one for one in made.differences if not one.only_words]
    st.markdown(f"**{len(real)} 天改变**" if real else "**没有哪一天的上班安排改变**")
    if real:
        frame = pd.DataFrame(
            [(str(one.day), weekday(one.day), becoming(one), why(one)) for one in real],
            columns=["day", "week", "what", "why"],
        )
        titles = {"day": "日期", "week": "星期", "what": "安排", "why": "事由"}
        table(frame, titles, "days.differences")
    if others := len(made.differences) - len(real):
        st.caption(f"另有 {others} 天只更新事由或依据。")
    if made.change.published is not None:
        mark = "按已发布" if made.change.published else "按未发布，时限处处标明"
        st.caption(f"{made.change.year} 年此后{mark}。")


def becoming(one: Difference) -> str:
    return f"{arrangement(one.was, one.day)} → {arrangement(one.becomes, one.day)}"


def arrangement(special: SpecialDay | None, day: date) -> str:
    if special:
        return notice.TITLES[special.kind]
    return "周末休息" if day.weekday() >= 5 else "照常上班"


def why(difference: Difference) -> str:
    special = difference.becomes or difference.was
    return special.name if special else ""


def moving(made: Plan, hidden: int) -> None:
    st.markdown(f"**{len(made.moved)} 件的时限将移动**" if made.moved else "**没有事项的时限移动**")
    if made.moved:
        frame = pd.DataFrame([moved_row(made, move) for move in made.moved], columns=list(MOVED))
        table(frame, MOVED, "days.moved")
    if hidden:
        st.caption(f"另有 {hidden} 件不在您的知悉范围，一并调整。")


MOVED = {"number": "登记号", "title": "标题", "stage": "步骤", "due": "本步时限", "whole": "全程时限"}
"""Columns of the deadlines that move."""


def moved_row(made: Plan, move: Move) -> tuple[str, ...]:
    case = move.promise
    step, whole = (case.due_at, move.due_at), (case.case_due_at, move.case_due_at)
    return case.number, case.title, case.stage.title, *(moving_to(made, *due) for due in (step, whole))


def moving_to(made: Plan, was: datetime | None, new: datetime | None) -> str:
    if was == new:
        return f"{words.deadline(was, calendar, year=True)} 不变" if was else ""
    return f"{words.deadline(was, calendar, year=True)} → {words.deadline(new, made.calendar, year=True)}"


def staying(made: Plan) -> None:
    if not made.by_hand:
        return
    with st.expander(f"{len(made.by_hand)} 件已暂停或延期过，时限不变"):
        rows = [
            (one.number, one.title, one.stage.title, words.deadline(one.due_at, calendar, year=True))
            for one in made.by_hand
        ]
        titles = {"number": "登记号", "title": "标题", "stage": "步骤", "due": "时限"}
        table(pd.DataFrame(rows, columns=list(titles)), titles, "days.by_hand")


def apply(change: Change, seen: int) -> None:
    """Apply what was looked at: a callback."""

    def command() -> str:
        moved = session.office().change_calendar(change, by=session.person(), seen=seen)
        done()
        return "日历已更新" + (f"，{moved} 件的时限随之调整并留痕" if moved else "，没有时限要调整")

    forms.run(command)


def back() -> None:
    """Leave the calendar as it is, with what was typed in its form again: a callback."""
    left = done()
    fields = {"days.notice": notice.TEXT, "days.set": notice.DAY}.get(left.key)
    if fields:
        forms.Form(left.key, fields, people).put(left.filled)


def done() -> WaitingDays:
    """Nothing waits any more; the page shows again what it showed before."""
    left: WaitingDays = st.session_state.pop(WAITING)
    st.session_state[YEAR], st.session_state[HOW] = left.year, left.how
    return left


st.title("工作日历", anchor=False)
forms.show_outcome()
if ahead := words.unpublished_ahead(session.now(), calendar):
    st.warning(plain(ahead), icon=":material/schedule:")
if WAITING in st.session_state and not locked:
    confirming(st.session_state[WAITING].change)
    st.stop()
st.session_state.setdefault(YEAR, today.year)
chosen = st.number_input(
    "年份",
    min_value=notice.YEARS[0],
    max_value=notice.YEARS[-1],
    step=1,
    key=YEAR,
    width=160,
)
# On a phone the form comes first: below twelve months nobody would find it.
right, left = (
    (None, st.container()) if locked else st.columns([5, 8]) if lists.is_phone() else st.columns([8, 5])[::-1]
)
if right:
    with right:
        entering(chosen)
with left:
    head(chosen)
    the_year(chosen)
    day_by_day(chosen)

"""总览: what is late and by whose hand, what is due soon, and where every live case stands.

Every figure is a door: it narrows the list to the cases behind it. Drawn anew every 15 seconds.
"""

from functools import partial

import pandas as pd
import streamlit as st

from core.counting import Cell
from core.standing import ACTIONS
from core.words import unpublished_ahead
from pages.ui import charts, forms, heat, lists, outcomes, session
from pages.ui.words import label_of, plain, today_line

me = session.desk()
lists.follow()

LISTS = {"late": "逾期", "today": "今日到期", "soon": "两日内到期", "live": "在办", "paused": "已暂停"}
"""The figures on top, each with the list it opens."""

AT_FIRST = 50
"""How many cases the list begins with, the most pressing: it is drawn anew every 15 seconds."""


def narrow(**where: str) -> None:
    """Show another list: a callback."""
    st.session_state["overview.where"] = {k: v for k, v in where.items() if v}


def doors(counts: dict[str, int], chosen: str) -> None:
    row = st.container(key="doors", horizontal=True, gap="small")
    for key, title in LISTS.items():
        figure = f"**{counts[key]}**"
        row.button(
            f"{title} {f':red[{figure}]' if key == 'late' and counts[key] else figure}",
            key=f"overview.door.{key}",
            type="primary" if key == chosen else "secondary",
            on_click=partial(narrow, list=key),
            width="stretch",
        )


def chosen_list(reader, where: dict[str, str]) -> pd.DataFrame:
    inside = {k: v for k, v in where.items() if k in ("owner", "process", "stage")}
    match where.get("list", ""):
        case "late":
            return reader.overdue(where=inside, limit=200)
        case "today":
            return reader.due_soon(days=0, where=inside, limit=200)
        case "soon":
            return reader.due_soon(days=2, where=inside, limit=200)
        case "paused":
            frame = reader.live(where=inside)
            return frame[frame["paused"].astype(bool)].reset_index(drop=True)
        case "late_and_soon":
            return reader.pressing(limit=AT_FIRST)
        case "information":
            return reader.in_cell(Cell(where["urgency"], where["importance"], only_open=True))
        case _:
            return reader.live(where=inside)


def heading(where: dict[str, str], standard) -> str:
    words = [
        LISTS.get(where.get("list", ""), "逾期与临期" if where.get("list") == "late_and_soon" else "在办")
    ]
    if where.get("list") == "information":
        words = ["信息", f"{where['urgency']}·{where['importance']}"]
    if "owner_name" in where:
        words.append(where["owner_name"])
    if "stage" in where:
        process = standard.versions[where["process"]][-1]
        words += [process.title, next((s.title for s in process.stages if s.key == where["stage"]), "")]
    return " · ".join(filter(None, words))


def the_list(reader, standard) -> None:
    where = st.session_state.get("overview.where") or {"list": "late_and_soon"}
    with st.container(border=True):
        head = st.container(horizontal=True, vertical_alignment="center")
        head.subheader(heading(where, standard), anchor=False)
        if where != {"list": "late_and_soon"}:
            head.button("回到逾期与临期", type="tertiary", on_click=partial(narrow, list="late_and_soon"))
        frame = chosen_list(reader, where)
        may_urge = bool(me.duties & ACTIONS["urge"].by)
        # A new list after each urging: what was ticked is done with.
        urged = str(st.session_state.get(outcomes.URGED, 0))
        name = ".".join(["overview.list", urged, *(str(v) for v in where.values())])
        ticked = lists.show(
            frame,
            name,
            choose=may_urge,
            graded=where.get("list") == "information",
            empty=lists.empty("没有这样的事项。逾期和快到期的事项会自动出现在这里。"),
        )
        if where == {"list": "late_and_soon"} and len(frame) == AT_FIRST:
            st.caption(f"这里是最急的 {AT_FIRST} 件；全部请点上面的数字。")
        if may_urge and not frame.empty:
            phone = lists.is_phone()
            ids = list(frame["id"]) if phone else ticked
            label = f"催办全部 {len(ids)} 件" if phone else f"催办所选 {len(ids)} 件" if ids else "勾选后催办"
            st.button(
                label,
                icon=":material/campaign:",
                type="primary",
                disabled=not ids,
                on_click=outcomes.urge,
                args=(ids,),
                key="overview.urge",
            )


def process_map(reader, standard) -> None:
    """Where every live case stands: each step with its number of cases; late ones are said in words."""
    at = {(row.process, row.stage): (row.live, row.late) for row in lists.rows(reader.positions())}
    chosen = st.session_state.get("overview.where") or {}
    with st.container(border=True):
        st.subheader("在办事项走到哪一步", anchor=False)
        idle = []
        for process in standard.newest():
            here = {s.key: at[process.key, s.key] for s in process.stages if (process.key, s.key) in at}
            if not here:
                idle.append(process.title)
                continue
            key = f"overview.map.{process.key}"
            # What is chosen is known by what the list shows, however it was chosen.
            st.session_state[key] = chosen.get("stage") if chosen.get("process") == process.key else None
            titles = {
                s.key: label_of(step_words(s.title, *here.get(s.key, ())))
                for s in process.stages
                if not s.is_end
            }
            label = f"{plain(process.title)} · 在办 {sum(live for live, _ in here.values())}"
            st.pills(
                label,
                list(titles),
                format_func=titles.get,
                key=key,
                on_change=step_chosen,
                args=(process.key,),
            )
        if idle:
            st.caption(plain(f"没有在办的：{'、'.join(idle)}"))


def step_words(title: str, live: int = 0, late: int = 0) -> str:
    """A step with how many cases stand there, and how many of them are late."""
    if not live:
        return title
    return f"{title} {live}" + (f"（逾期 {late}）" if late else "")


def step_chosen(process: str) -> None:
    """A step of the map was clicked, or clicked away: a callback."""
    stage = st.session_state[f"overview.map.{process}"]
    narrow(**({"process": process, "stage": stage} if stage else {"list": "late_and_soon"}))


def by_owner(reader) -> None:
    """By whose hand: late and in time, longest first; a click on a bar opens the list."""
    frame = reader.by_owner().head(12)
    with st.container(border=True):
        st.subheader("在谁手里", anchor=False)
        if frame.empty:
            st.markdown(":gray[现在没有在办事项。]")
            return
        people = [(row.owner, row.name, row.live, row.late) for row in lists.rows(frame)]
        st.vega_lite_chart(charts.hands(people), key="overview.owners", on_select=picked)


def information(reader) -> None:
    """What is going on by urgency and importance; a click on a cell opens its list (R60)."""
    with st.container(border=True):
        head = st.container(horizontal=True, vertical_alignment="center")
        head.subheader("信息缓急轻重", anchor=False)
        head.page_link("information.py", label="信息", icon=":material/flag:")
        heat.board(reader.heat(), "overview.heat", narrow_to_cell)


def narrow_to_cell(urgency: str, importance: str) -> None:
    """The list of a cell: a callback."""
    narrow(list="information", urgency=urgency, importance=importance)


def picked() -> None:
    """A bar was clicked: a callback."""
    points = st.session_state["overview.owners"]["selection"].get("pick") or []
    if points:
        narrow(owner=points[0]["owner"], owner_name=points[0]["name"])
    else:
        narrow(list="late_and_soon")


@st.fragment(run_every=15)
def board() -> None:
    """All of the page that changes by itself."""
    reader = session.reader()
    with reader.one_moment():
        drawn(reader)
    lists.follow()


def drawn(reader) -> None:
    standard, calendar = reader.standard(), reader.calendar()
    st.caption(today_line(session.now(), calendar))
    if ahead := unpublished_ahead(session.now(), calendar):
        st.warning(plain(ahead), icon=":material/schedule:")
    forms.show_outcome()
    where = st.session_state.get("overview.where") or {}
    doors(reader.counts(), where.get("list", ""))
    the_list(reader, standard)
    left, right = st.columns([3, 2])
    with left:
        process_map(reader, standard)
    with right:
        by_owner(reader)
        information(reader)


st.title("总览", anchor=False)
board()

"""信息: the door to note an item, what waits for its grade, who has not reported, and all of it by its nine cells."""

from functools import partial
from typing import Any

import pandas as pd
import pyarrow as pa
import streamlit as st

from core.case import Case
from core.collecting import INFORMATION
from core.counting import Cell
from core.grading import suggest, text_of
from core.policy import why_not_open, why_not_see_clippings
from core.processes.information import ACCEPT, JUDGES, KEY
from core.standing import ACTIONS
from pages.ui import charts, clippings, forms, grading, heat, lists, outcomes, session
from pages.ui.words import plain, today_line

me = session.desk()
lists.follow()
reader = session.reader()
calendar, people = reader.calendar(), reader.directory()
now = session.now()
process = reader.standard().in_force(KEY, now.astimezone(calendar.zone).date())
judges = bool(me.roles & JUDGES)
rules = reader.grading()

ROWS = (
    ("title",),
    ("summary",),
    ("channel", "source_name"),
    ("department", "monitor_point"),
    ("source_link", "published_at"),
    ("figures",),
    ("files",),
    ("secrecy_level",),
)

TO_JUDGE, COLLECTED, REPORTS, ALL = "待研判", "收集来的", "报送", "全部"

CHOSEN = "information.cell"
"""The cell that the list is narrowed to, in the state of the session."""


# --- the door -----------------------------------------------------------------------------------------


def the_door() -> None:
    """Noting an item; whoever grades may do that in the same moment."""
    form = forms.begin(KEY, process.opens_with, people, {"department": me.department or None})
    begun = bool(form.state().get("title"))
    door = st.expander(
        "记一条信息", expanded=begun, icon=":material/add:", key="information.door", on_change="rerun"
    )
    if not door.open:
        return
    with door:
        forms.part(form, ROWS[:2])
        if (typed := form.state()).get("title"):
            grading.show(suggest(text_of(typed), rules))
        forms.part(form, ROWS[2:])
        forms.strays(form)
        with st.container(horizontal=True):
            forms.submit(
                form, "记下", partial(note, None), primary=not judges,
                shortcut=None if lists.is_phone() else "Ctrl+Enter", says="信息已记下，等文秘岗研判定级",
            )  # fmt: skip
            if judges:
                forms.submit(
                    form, "记下并按建议定级", partial(note, (ACCEPT, {})), name="graded",
                    says="信息已记下并定级，该告知的人已发出通知",
                )  # fmt: skip


def note(then: tuple[str, dict[str, Any]] | None, filled: dict[str, Any]) -> Case:
    """Keep the item, graded as is suggested where `then` says so."""
    form = session.form_id(KEY)
    new = session.office().open(KEY, filled, by=session.person(), form=form, then=then)
    session.forget_form_id(KEY)
    return new


# --- what waits ---------------------------------------------------------------------------------------


def to_judge() -> None:
    """What waits for its grade, each with what the rules say and why; one tap takes it."""
    frame = reader.to_judge()
    if frame.empty:
        st.markdown(":gray[没有等着定级的信息。记下的、收集来的、各部门报来的，都先到这里。]")
        return
    said = [suggest(text_of(data), rules) for data in frame["data"]]
    order = sorted(range(len(said)), key=lambda n: said[n].gravity)  # what looks red must not wait in line
    frame, said = frame.iloc[order].reset_index(drop=True), [said[n] for n in order]
    if lists.is_phone():
        judged_by_thumb(frame, said)
    else:
        judged_at_the_desk(frame, said)


def judged_by_thumb(frame: pd.DataFrame, said: list) -> None:
    for row, suggestion in zip(lists.rows(frame), said, strict=True):
        with st.container(border=True, key=f"information-card-{row.id}{'_late' if row.late else ''}"):
            st.page_link(lists.CASE_PAGE, label=plain(row.title)[:400], query_params={"id": row.id})
            st.markdown(f":small[{plain(' · '.join(filter(None, (row.number, came_from(row), row.left))))}]")
            grading.show(suggestion)
            if judges:
                label = f"按建议定为 {suggestion.urgency}·{suggestion.importance}"
                args = ({row.id: int(row.seq)}, ACCEPT, "定级")
                st.button(label, key=f"information.take.{row.id}", on_click=outcomes.act_on_all, args=args)


def judged_at_the_desk(frame: pd.DataFrame, said: list) -> None:
    # A new table after each decision: what was ticked is done with.
    key = f"information.judge.{hash(tuple(frame['id']))}"
    shown = pa.table(
        {
            "number": list(frame["number"]),
            "title": list(frame["title"]),
            "source": [came_from(row) for row in lists.rows(frame)],
            "said": [f"{one.urgency}·{one.importance}" for one in said],
            "why": ["；".join(one.reasons) or "没有命中规则" for one in said],
            "left": list(frame["left"]),
        }
    )
    chosen = st.dataframe(
        shown,
        key=key,
        hide_index=True,
        on_select="rerun" if judges else "ignore",
        selection_mode="multi-row",
        height=min(38 + 36 * len(shown), 430),
        row_height=36,
        placeholder="",
        column_config={
            "number": lists.numbers(frame["number"], frame["id"], key),
            "title": st.column_config.TextColumn("标题", width=280),
            "source": st.column_config.TextColumn("来源", width=150),
            "said": st.column_config.TextColumn("建议", width=70),
            "why": st.column_config.TextColumn("理由", width=290),
            "left": st.column_config.TextColumn("剩余", width=120),
        },
    )  # fmt: skip
    if judges:
        rows = [row for row in chosen["selection"]["rows"] if row < len(frame)]
        seen = {str(frame["id"].iloc[row]): int(frame["seq"].iloc[row]) for row in rows}
        label = f"按建议定级所选 {len(seen)} 条" if seen else "勾选后按建议定级"
        st.button(
            label, type="primary", disabled=not seen, key="information.accept", icon=":material/flag:",
            on_click=outcomes.act_on_all, args=(seen, ACCEPT, "定级"),
        )  # fmt: skip
        st.caption("不同意建议的，点登记号打开另行定级。")


def came_from(row: Any) -> str:
    """Where an item came from, in the least words."""
    return str(row.data.get("source_name") or row.data.get("channel") or "")


# --- who has not reported -----------------------------------------------------------------------------


def not_reported() -> None:
    """谁还没报: what is still to come in, the late ones first, with one tap to urge."""
    frame = reader.not_reported()
    late = int(frame["late"].sum()) if len(frame) else 0
    if frame.empty:
        st.markdown(":gray[都报齐了。报送清单上的事项到期自动发到信息员手里，没报的列在这里。]")
    else:
        st.markdown(f"还没报 **{len(frame)}**" + (f"，其中 :red[**逾期 {late}**]" if late else ""))
    mine = frame[[owner in me.names for owner in frame["owner"]]] if len(frame) else frame
    others = frame.drop(mine.index) if len(frame) else frame
    if len(mine):
        st.markdown("**我要报的**")
        lists.cards(mine, "information.mine")
    if len(others):
        waiting_for(others)
    if JUDGES & me.roles:
        st.page_link("monitoring.py", label="报送清单", icon=":material/checklist:")


def waiting_for(frame: pd.DataFrame) -> None:
    urged = str(st.session_state.get(outcomes.URGED, 0))
    may_urge = bool(me.duties & ACTIONS["urge"].by)
    ticked = lists.show(frame, f"information.waiting.{urged}", choose=may_urge, empty=lists.empty(""))
    if may_urge:
        late = list(frame[frame["late"].astype(bool)]["id"])
        ids = ticked or late or list(frame["id"])
        what = "所选" if ticked else "逾期的" if late else "全部"
        st.button(
            f"催报{what} {len(ids)} 家", icon=":material/campaign:", type="primary", key="information.urge",
            on_click=outcomes.urge, args=(ids,),
        )  # fmt: skip


# --- all of it ----------------------------------------------------------------------------------------


def choose(urgency: str = "", importance: str = "") -> None:
    """Another cell, or all of it. A callback."""
    st.session_state[CHOSEN] = (urgency, importance)


def everything() -> None:
    """The nine cells beside the weeks, and the list of what is chosen."""
    only_open = st.toggle("只看在办", value=True, key="information.open")
    left, right = st.columns([3, 2])
    with left, st.container(border=True):
        st.subheader("缓急轻重", anchor=False)
        heat.board(reader.heat(only_open=only_open), "information.heat", choose)
        with st.container(horizontal=True):
            heat.exports({} if only_open else {"from": "2000-01-01"})
    with right, st.container(border=True):
        st.subheader("近八周", anchor=False)
        st.vega_lite_chart(charts.weeks(reader.trend().to_dict("records")), key="information.weeks")
        st.page_link("pivot.py", label="统计", icon=":material/table_chart:")
    urgency, importance = st.session_state.get(CHOSEN, ("", ""))
    with st.container(border=True):
        head = st.container(horizontal=True, vertical_alignment="center")
        head.subheader(f"{urgency}·{importance}" if urgency else "全部信息", anchor=False)
        if urgency:
            head.button("看全部", type="tertiary", on_click=choose, key="information.all")
        frame = reader.in_cell(Cell(urgency, importance, only_open=only_open))
        lists.show(
            frame,
            f"information.list.{urgency}{importance}",
            graded=True,
            empty=lists.empty("这一格没有信息。记一条，或换一格看看。"),
        )


# --- the page -----------------------------------------------------------------------------------------

st.title("信息", anchor=False)
st.caption(today_line(now, calendar))
forms.show_outcome()
if not why_not_open(me, process):
    the_door()
collected = {} if why_not_see_clippings(me) else {COLLECTED: partial(clippings.show, reader)}
n = reader.clippings_waiting()[INFORMATION]


def beginning() -> str:
    """What somebody comes for: to grade, to report, or to look."""
    if judges:
        return TO_JUDGE
    owes = "information.part" not in st.session_state and not reader.not_reported(limit=1).empty
    return REPORTS if owes else ALL


PARTS = {TO_JUDGE: to_judge, **collected, REPORTS: not_reported, ALL: everything}
part = st.segmented_control(
    "看什么", list(PARTS), default=beginning(), required=True, key="information.part",
    label_visibility="collapsed", format_func=lambda name: f"{name} {n}" if name == COLLECTED and n else name,
)  # fmt: skip
PARTS[part]()

"""督办: one's own tasks over all meetings and documents, and the monthly ledger of supervised tasks (R41, N13).

Month, owner and state stand in the address; what the ledger shows can be taken along as XLSX and PDF.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pyarrow as pa
import streamlit as st

from core.task_ledger import COLUMNS, STATES, Entry, Wanted, owners, read, summary, written
from pages.ui import lists, session
from pages.ui.words import plain

me = session.desk()
lists.follow()
reader = session.reader()
people = reader.directory()
today = session.now().astimezone(reader.calendar().zone).date()
phone = lists.is_phone()

MINE, LEDGER = "我的任务", "月度台账"
VIEW = "view"
"""The part of the address that says which tab."""

MONTHS_BACK = 24


# --- the address --------------------------------------------------------------------------------------


def address() -> dict[str, list[str]]:
    """What the address says."""
    return {key: st.query_params.get_all(key) for key in st.query_params}


def show(wanted: Wanted) -> None:
    """Go to the ledger as it is wanted: a callback."""
    st.query_params.from_dict({VIEW: "ledger", **written(wanted)})


def changed(attribute: str, key: str, meant: Callable[[Any], Any]) -> None:
    """A filter was changed: the address says so. A callback."""
    wanted = read(address(), owners(people))
    show(replace(wanted, **{attribute: meant(st.session_state[key])}))


def tab_chosen() -> None:
    """Another tab was chosen: a callback."""
    if st.session_state["tasks.tab"] == MINE:
        st.query_params.clear()
    else:
        show(Wanted(month=today.replace(day=1)))


# --- the tasks ----------------------------------------------------------------------------------------


def table(entries: Sequence[Entry], key: str) -> None:
    """The tasks in rows; the number opens one."""
    known = {column: [getattr(one, column) for one in entries] for column in COLUMNS}
    widths = {"title": 190, "source": 160, "owner": 80, "milestone": 92, "extended_to": 92, "acceptance": 160,
              "result": 180, "where": 80, "slip": 66, "verdict": 80}  # fmt: skip
    numbers, ids = [one.number for one in entries], [one.id for one in entries]
    st.dataframe(
        pa.table({"number": numbers, **known}),
        key=key,
        hide_index=True,
        height=min(38 + 36 * len(entries), 640),
        row_height=36,
        placeholder="",
        column_config={
            "number": lists.numbers(numbers, ids, key, pinned=True),
            **{column: st.column_config.TextColumn(title, width=widths[column]) for column, title in COLUMNS.items()},
        },
    )  # fmt: skip


def cards(entries: Sequence[Entry], key: str) -> None:
    """The same for the thumb."""
    for one in entries:
        with st.container(border=True, key=f"{key}-card-{one.id}{'_late' if one.late else ''}", gap="xsmall"):
            st.page_link(
                lists.CASE_PAGE, label=plain(one.title)[:400], query_params={"id": one.id}, width="stretch"
            )
            st.markdown(f":small[{plain(' · '.join(filter(None, (one.number, one.owner, one.where))))}]")
            day = f"节点 {one.milestone}" + (f"，延期至 {one.extended_to}" if one.extended_to else "")
            told = "　".join(filter(None, (day, one.verdict, f"{one.slip}色督办单" if one.slip else "")))
            st.markdown(f":red[{plain(told)}]" if one.late else f":gray[{plain(told)}]")
            if one.source:
                st.markdown(f":small[:gray[{plain(f'来源 {one.source}')}]]")


def listed(entries: Sequence[Entry], key: str, empty: str) -> None:
    """The tasks as fits the screen; where there are none, what belongs here."""
    if not entries:
        st.markdown(f":gray[{plain(empty)}]")
    elif phone:
        cards(entries, key)
    else:
        table(entries, key)


def mine() -> None:
    """What is to be done by this person, from wherever it came."""
    found = reader.my_tasks()
    st.caption(plain(f"{summary(found)}会议议定的和来文交办的都在这里，点开办理。" if found else ""))
    listed(found, "tasks.mine", "没有交给您或您部门的督办任务。会议分解的任务、来文交办的事项会列在这里。")


# --- the ledger ---------------------------------------------------------------------------------------


def ledger() -> None:
    """The tasks of a month, narrowed as the address says."""
    wanted = read(address(), owners(people))
    narrowing(wanted)
    found = reader.tasks(wanted)
    row = st.container(horizontal=True, vertical_alignment="center", key="tasks.head")
    row.markdown(plain(summary(found)), width="content")
    lists.exports(row, "supervision/monthly", urlencode(written(wanted)), len(found))
    listed(found, "tasks.ledger", "没有符合条件的督办任务。月内下达的、到期的和还没有办结的都列在这里。")


def narrowing(wanted: Wanted) -> None:
    """Month, owner and state."""
    place = st.expander("筛选", icon=":material/tune:") if phone else st.container(horizontal=True)
    count = today.year * 12 + today.month - 1
    months = [
        today.replace(year=n // 12, month=n % 12 + 1, day=1) for n in range(count, count - MONTHS_BACK, -1)
    ]
    if wanted.month and wanted.month not in months:
        months.append(wanted.month)
    said = {month: f"{month.year} 年 {month.month} 月" for month in months}
    _choice(place, "month", "月份", said, wanted.month, None)
    _choice(
        place, "owner", "责任人或部门", {who: people.name(who) for who in owners(people)}, wanted.owner, ""
    )
    _choice(place, "state", "状态", STATES, wanted.state, "")


def _choice(place: Any, attribute: str, label: str, words: dict, value: Any, none: Any) -> None:
    key = f"tasks.{attribute}"
    shown = None if value == none else value
    if key not in st.session_state or st.session_state[key] != shown:
        st.session_state[key] = shown
    place.selectbox(
        label,
        list(words),
        index=None,
        format_func=words.get,
        placeholder="不限",
        key=key,
        on_change=changed,
        args=(attribute, key, lambda found: none if found is None else found),
        width="stretch" if phone else 200,
    )


# --- the page -----------------------------------------------------------------------------------------

st.title("督办", anchor=False)
tab = LEDGER if st.query_params.get(VIEW) == "ledger" else MINE
if st.session_state.get("tasks.tab") != tab:
    st.session_state["tasks.tab"] = tab
st.segmented_control(
    "看什么",
    (MINE, LEDGER),
    required=True,
    key="tasks.tab",
    label_visibility="collapsed",
    on_change=tab_chosen,
)
if tab == MINE:
    mine()
else:
    ledger()

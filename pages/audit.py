"""审计: everything that was done in the office, searched by person, case, time and action; and who signed in."""

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from core.case import OPENED
from core.policy import SYSTEM, why_not_audit
from core.standing import ACTIONS
from pages.ui import lists, session
from pages.ui.words import full_moment, plain

me = session.desk()
if reason := why_not_audit(me):
    st.info(reason, icon=":material/lock:")
    st.stop()
lists.follow()
reader = session.reader()
standard, people = reader.standard(), reader.directory()

PAGE = 50
"""How many rows are shown at a time."""

FIRST = "登记（每件的第一步）"


def actions() -> dict[str, set[str]]:
    """What can be done, by its title: one title may stand for several keys in several processes."""
    known = {FIRST: {OPENED}}
    for action in (*(a for process in standard.newest() for a in process.actions), *ACTIONS.values()):
        known.setdefault(action.title, set()).add(action.key)
    return known


def persons() -> dict[str, str]:
    """Everybody who may have done something, those who left among them: id and name."""
    here = {person.id: person.name for person in people.people.values()}
    return {**here, **people.former, SYSTEM.id: SYSTEM.name}


def choice(row: Any, label: str, options: dict[str, Any], key: str) -> Any:
    """One narrowing of the list; None where nothing is chosen."""
    return row.selectbox(
        label, list(options), index=None, format_func=lambda k: options[k], key=key, placeholder="不限"
    )


def days(row: Any, key: str) -> dict[str, date | None]:
    """From which day to which; either may be left open."""
    first = row.date_input("从", value=None, format="YYYY-MM-DD", key=f"{key}.first", width=150)
    last = row.date_input("到", value=None, format="YYYY-MM-DD", key=f"{key}.last", width=150)
    return {"first": first, "last": last}


def turned(key: str, wanted: object) -> int:
    """The page that is shown: the first one again when something else is looked for."""
    if st.session_state.get(f"{key}.wanted") != repr(wanted):
        st.session_state[f"{key}.wanted"], st.session_state[f"{key}.page"] = repr(wanted), 0
    return int(st.session_state[f"{key}.page"])


def turner(key: str, page: int, more: bool) -> None:
    """Next and previous."""

    def turn(to: int) -> None:
        st.session_state[f"{key}.page"] = to

    row = st.container(horizontal=True, vertical_alignment="center", key=f"{key}.turner")
    row.button("上一页", key=f"{key}.back", disabled=page == 0, on_click=turn, args=(page - 1,))
    row.button("下一页", key=f"{key}.next", disabled=not more, on_click=turn, args=(page + 1,))
    row.markdown(f":gray[第 {page + 1} 页]", width="content")


def the_log() -> None:
    row = st.container(horizontal=True, vertical_alignment="bottom")
    who = choice(row, "谁办的", persons(), "audit.by")
    known = actions()
    what = choice(row, "办了什么", {title: title for title in known}, "audit.action")
    titles = {process.key: process.title for process in standard.newest()}
    process = choice(row, "哪项工作", titles, "audit.process")
    row = st.container(horizontal=True, vertical_alignment="bottom")
    text = row.text_input("哪一件", key="audit.text", placeholder="登记号、标题、文号、来文单位", width=320)
    wanted = {
        "by": who or "",
        "actions": sorted(known[what]) if what else (),
        "process": process or "",
        "text": text or "",
        **days(row, "audit.log"),
    }
    page = turned("audit.log", wanted)
    frame = reader.log(**wanted, limit=PAGE + 1, offset=page * PAGE)
    if frame.empty:
        st.markdown(f":gray[{plain('没有符合的记录。')}]")
        return
    log_table(frame.head(PAGE))
    turner("audit.log", page, len(frame) > PAGE)


def log_table(frame: pd.DataFrame) -> None:
    """The events; the number opens the case."""
    shown = pd.DataFrame(
        {
            "id": frame["id"],
            "at": [full_moment(at) for at in frame["at"]],
            "by": frame["by_name"],
            "action": frame["action_title"],
            "number": frame["number"],
            "title": frame["case_title"],
            "process": frame["process_title"],
            "stage": frame["stage_title"],
        }
    )
    st.dataframe(
        shown,
        key="audit.log.list",
        hide_index=True,
        height=min(38 + 36 * len(shown), 560),
        row_height=36,
        column_config={
            "id": st.column_config.NumberColumn("记录号", width=70, format="%d"),
            "at": st.column_config.TextColumn("时间", width=130),
            "by": st.column_config.TextColumn("谁", width=80),
            "action": st.column_config.TextColumn("办了什么", width=120),
            "number": st.column_config.ButtonColumn(
                "登记号",
                type="tertiary",
                alignment="left",
                width=150,
                key="audit.log.open",
                on_click=lists.open_clicked,
                args=(dict(zip(frame["number"], frame["case_id"], strict=True)), "audit.log.open"),
            ),
            "title": st.column_config.TextColumn("标题", width=300),
            "process": st.column_config.TextColumn("工作", width=90),
            "stage": st.column_config.TextColumn("之后处于", width=100),
        },
    )


def the_sign_ins() -> None:
    row = st.container(horizontal=True, vertical_alignment="bottom")
    account = row.text_input("账号", key="audit.account", width=200)
    wanted = {"account": account or "", **days(row, "audit.doors")}
    page = turned("audit.doors", wanted)
    frame = reader.sign_ins(**wanted, limit=PAGE + 1, offset=page * PAGE)
    if frame.empty:
        st.markdown(f":gray[{plain('没有符合的登录。')}]")
        return
    shown = frame.head(PAGE).assign(at=[full_moment(at) for at in frame["at"].head(PAGE)])
    st.dataframe(
        shown,
        key="audit.doors.list",
        hide_index=True,
        height=min(38 + 36 * len(shown), 560),
        row_height=36,
        column_config={
            "at": st.column_config.TextColumn("时间", width=130),
            "account": st.column_config.TextColumn("账号", width=140),
            "name": st.column_config.TextColumn("姓名", width=100),
            "address": st.column_config.TextColumn("来自", width=140),
            "outcome": st.column_config.TextColumn("结果", width=110),
        },
    )
    turner("audit.doors", page, len(frame) > PAGE)


st.title("审计", anchor=False)
log, doors = st.tabs(["办理记录", "登录记录"], key="audit.tab", on_change="rerun")
if log.open:
    with log:
        the_log()
if doors.open:
    with doors:
        the_sign_ins()

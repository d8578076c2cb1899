"""审计: everything that was done in the office and to it, and who signed in; and whether the record is whole."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from core.errors import OfficeError
from core.people import SYSTEM
from core.policy import why_not_audit
from pages.ui import forms, lists, session, trails
from pages.ui.session import auditing
from pages.ui.trails import Asked
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

MOST_SAID = 50
"""Findings of a verification that are shown; the command on the server says them all."""

FOUND = "audit.found"


# --- what is looked for -------------------------------------------------------------------------------


def persons() -> dict[str, str]:
    """Everybody who may have done something, those who left among them: id and name."""
    here = {person.id: person.name for person in people.people.values()}
    return {**here, **people.former, SYSTEM.id: SYSTEM.name}


def choice(row: Any, label: str, options: dict[str, str], key: str) -> str:
    """One narrowing of the list, which stands in the address; empty where nothing is chosen."""
    chosen = row.selectbox(
        label,
        list(options),
        index=None,
        format_func=lambda k: options[k],
        key=key,
        bind="query-params",
        placeholder="不限",
    )
    return chosen or ""


def words(row: Any, label: str, key: str, placeholder: str = "") -> str:
    """Words to look for, which stand in the address."""
    return row.text_input(label, key=key, bind="query-params", placeholder=placeholder, width=320) or ""


def days(row: Any) -> dict[str, date | None]:
    """From which day to which; either may be left open."""
    how = {"value": None, "format": "YYYY-MM-DD", "width": 150, "bind": "query-params"}
    return {
        "first": row.date_input("从", key="first", **how),
        "last": row.date_input("到", key="last", **how),
    }


def line() -> Any:
    """A row of fields that break where the screen ends."""
    return st.container(horizontal=True, vertical_alignment="bottom")


def of_log() -> Asked:
    row = line()
    who = choice(row, "谁办的（含代办）", persons(), "who")
    what = choice(row, "办了什么", {title: title for title in trails.actions(standard)}, "what")
    work = choice(row, "哪项工作", {p.key: p.title for p in standard.newest()}, "work")
    row = line()
    text = words(row, "哪一件", "text", "登记号、标题、文号、来文单位")
    return Asked(who, what, work, text, **days(row))


def of_journal() -> Asked:
    row = line()
    who = choice(row, "谁做的", persons(), "did")
    what = choice(row, "做了什么", {title: title for title in auditing.JOURNAL_TITLES.values()}, "done")
    row = line()
    return Asked(who, what, text=words(row, "对象", "subject", "姓名、号码、标题"), **days(row))


def of_sign_ins() -> Asked:
    row = line()
    return Asked(words(row, "账号", "account"), **days(row))


# --- the lists ----------------------------------------------------------------------------------------


def turned(which: str, asked: Asked) -> int:
    """The page that is shown: the first one again when something else is looked for."""
    key = f"audit.{which}"
    if st.session_state.get(f"{key}.asked") != asked:
        st.session_state[f"{key}.asked"], st.session_state[f"{key}.page"] = asked, 0
    return int(st.session_state[f"{key}.page"])


def turner(which: str, page: int, more: bool) -> None:
    """Next and previous."""

    def turn(to: int) -> None:
        st.session_state[f"audit.{which}.page"] = to

    row = st.container(horizontal=True, vertical_alignment="center", key=f"audit.{which}.turner")
    row.button("上一页", key=f"audit.{which}.back", disabled=page == 0, on_click=turn, args=(page - 1,))
    row.button("下一页", key=f"audit.{which}.next", disabled=not more, on_click=turn, args=(page + 1,))
    row.markdown(f":gray[第 {page + 1} 页]", width="content")


def trail(which: str, asked: Asked) -> None:
    """One of the lists, a page of it, and the whole of it as a file."""
    page = turned(which, asked)
    frame = auditing.found(reader, which, asked, limit=PAGE + 1, offset=page * PAGE)
    if frame.empty:
        st.markdown(f":gray[{plain(f'没有符合的{trails.TITLES[which]}。')}]")
        return
    head = frame.head(PAGE)
    if which == "log":
        print_of_the_case(head)
    if lists.is_phone():
        cards(which, head)
    else:
        table(which, head)
    turner(which, page, len(frame) > PAGE)
    st.link_button(
        "导出 XLSX",
        f"/trails/{which}.xlsx?{urlencode(asked.written)}",
        icon=":material/table_view:",
        type="tertiary",
        help="符合以上条件的全部记录，不止这一页",
    )


def print_of_the_case(frame: pd.DataFrame) -> None:
    """Where everything that is found belongs to one document: its routing record, to be printed."""
    if frame["root_id"].nunique() == 1:
        st.link_button(
            "打印这一件的流转记录",
            f"/papers/{frame['root_id'].iloc[0]}/record.pdf",
            icon=":material/print:",
            type="tertiary",
        )


WIDTHS = {
    "id": 70, "at": 130, "by_name": 110, "action_title": 120, "case_title": 290, "process_title": 90,
    "stage_title": 100, "subject": 200, "changes": 560, "account": 140, "name": 100, "address": 140, "outcome": 110,
}  # fmt: skip


def table(which: str, frame: pd.DataFrame) -> None:
    """A list where there is room; the number opens the case."""
    shown = trails.shown(which, frame)
    headings = dict(zip(shown.columns, trails.ledger(which, frame).columns, strict=True))
    key = f"audit.{which}.list"
    columns = {
        name: st.column_config.NumberColumn(heading, width=WIDTHS[name], format="%d")
        if name == "id"
        else door(frame, heading, f"{key}.open")
        if name == "number"
        else st.column_config.TextColumn(heading, width=WIDTHS[name])
        for name, heading in headings.items()
    }
    st.dataframe(
        shown,
        key=key,
        hide_index=True,
        height=min(38 + 36 * len(shown), 560),
        row_height=36,
        column_config=columns,
    )


def door(frame: pd.DataFrame, heading: str, key: str) -> Any:
    """The number of a case that opens it."""
    ids = dict(zip(frame["number"], frame["case_id"], strict=True))
    return st.column_config.ButtonColumn(
        heading,
        type="tertiary",
        alignment="left",
        width=150,
        key=key,
        on_click=lists.open_clicked,
        args=(ids, key),
    )


def cards(which: str, frame: pd.DataFrame) -> None:
    """A list for the thumb: what was done, to what, by whom and when."""
    for n, row in enumerate(frame.itertuples()):
        with st.container(border=True, key=f"audit-{which}-card-{n}", gap="xsmall"):
            match which:
                case "log":
                    label = plain(f"{row.number} {row.case_title}")[:400]
                    st.page_link(
                        lists.CASE_PAGE, label=label, query_params={"id": row.case_id}, width="stretch"
                    )
                    says = f"{row.action_title} · {row.by_name}"
                case "journal":
                    st.markdown(plain(f"{row.action_title}　{row.subject}"))
                    says = f"{row.by_name} · {row.changes}" if row.changes else row.by_name
                case _:
                    st.markdown(plain(f"{row.account}　{row.name}"))
                    says = f"{row.outcome} · {row.address}"
            st.markdown(f":small[{plain(says)}]")
            st.markdown(f":gray[:small[{plain(full_moment(row.at))}]]")


# --- whether the record is whole ----------------------------------------------------------------------


def verify() -> None:
    """Verify now, and leave what was found for the page. A callback."""

    def look() -> None:
        st.session_state[FOUND] = (session.now(), auditing.verify_record())

    forms.run(look)


def said(at: str, found: list[str]) -> None:
    """What a verification found."""
    if not found:
        st.success(plain(f"{at}：完好，没有发现绕过程序的改动。"), icon=":material/verified:")
        return
    st.error(plain(f"{at}：发现 {len(found)} 处问题。程序不作任何修复，请先保存现场，再由管理员处理。"))
    for sentence in found[:MOST_SAID]:
        st.markdown(f"- {plain(sentence)}")
    if len(found) > MOST_SAID:
        st.caption(f"只列前 {MOST_SAID} 处；在服务器上运行 python -m db.verify 可看全部。")


def wholeness() -> None:
    """The verification now and that of the last backup."""
    row = line()
    row.button("现在核对留痕", key="audit.verify", icon=":material/fact_check:", on_click=verify)
    row.caption(
        "逐条核对校验值、每日末条、每一件与其记录、知悉范围、编号、标准修订和附件；记录多时要等一会儿。"
    )
    local = session.zone()
    try:
        last = auditing.last_backup()
    except OfficeError as trouble:
        st.warning(plain(str(trouble)), icon=":material/warning:")
        last = None
    else:
        if last is None:
            st.caption("还没有备份过：每天 2:30 自动备份并核对。")
    if last:
        said(f"最近一次备份（{full_moment(last[0].astimezone(local))}）时核对", last[1])
    if FOUND in st.session_state:
        at, found = st.session_state[FOUND]
        said(f"刚才（{full_moment(at.astimezone(local))}）核对", found)


st.title("审计", anchor=False)
forms.show_outcome()
log, journal, doors, whole = st.tabs(
    ["办理记录", "办公室记录", "登录记录", "核对留痕"], key="list", bind="query-params", on_change="rerun"
)
if log.open:
    with log:
        trail("log", of_log())
if journal.open:
    with journal:
        trail("journal", of_journal())
if doors.open:
    with doors:
        trail("sign_ins", of_sign_ins())
if whole.open:
    with whole:
        wholeness()

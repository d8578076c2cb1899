"""通讯录: people without an account, and how everybody is reached; kept by the secretaries."""

from functools import partial

import pandas as pd
import streamlit as st

from core.contacts import CONTACT, REACHED, is_guest
from core.fields import Field, Kind
from pages.ui import forms, lists, session
from pages.ui.words import NONE, plain

me = session.desk()
reader, book = session.reader(), session.address_book()
people = reader.directory()

LIST = Field(
    key="list", title="名单", kind=Kind.ROWS, columns=CONTACT, help="有现成名单的，点下面的“从表格粘贴”"
)  # fmt: skip
COLUMNS = {
    "name": "姓名",
    "organisation": "单位",
    "post": "职务",
    "mobile": "手机",
    "email": "电子邮箱",
    "account": "账号",
}


def the_door() -> None:
    """One more, or a whole list."""
    with st.container(border=True):
        one, many = st.tabs(["加一位", "加多位"], on_change="rerun", key="contacts.how")
        if one.open:
            with one:
                forms.ask(
                    "加入通讯录", CONTACT, lambda filled: book.add(filled, session.now(), by=session.person()),
                    key="contacts.one", people=people, says="已加入通讯录",
                )  # fmt: skip
        if many.open:
            with many:
                forms.ask(
                    "全部加入", (LIST,), lambda filled: book.add_all(filled["list"] or [], session.now(), by=session.person()),
                    key="contacts.many", people=people, says="名单已加入通讯录",
                )  # fmt: skip


def the_list() -> None:
    with st.container(border=True):
        text = st.text_input(
            "查找", key="contacts.find", placeholder="姓名、单位、职务", label_visibility="collapsed",
            icon=":material/search:", width=300,
        )  # fmt: skip
        shown = found(reader.contacts(), text or "")
        if shown.empty:
            st.markdown(":gray[没有找到。外单位的人先在上面加入。]")
            return
        told = shown.assign(account=shown["id"].map(lambda who: NONE if is_guest(who) else "有"))
        if lists.is_phone():
            cards(told)
            return
        chosen = st.dataframe(
            told, hide_index=True, key="contacts.list", column_order=list(COLUMNS), column_config=COLUMNS,
            on_select="rerun", selection_mode="single-row",
        )  # fmt: skip
        if rows := chosen.selection.rows:
            the_person(shown.iloc[rows[0]])


def found(frame: pd.DataFrame, text: str) -> pd.DataFrame:
    """Those whose name, unit or post has the word."""
    if not (word := text.strip().lower()):
        return frame
    told = frame["name"] + " " + frame["organisation"] + " " + frame["post"]
    return frame[told.str.lower().str.contains(word, regex=False)]


def cards(frame: pd.DataFrame) -> None:
    """The list on a phone: who, where, and a tap to call or to change."""
    for row in lists.rows(frame.head(50)):
        reached = " · ".join(filter(None, (row.mobile, row.email))) or "没有联系方式"
        st.markdown(
            f"**{plain(row.name)}** {plain(row.organisation)} {plain(row.post)}  \n:small[:gray[{plain(reached)}]]"
        )
        with st.popover("修改", key=f"contacts.{row.id}"):
            the_person(frame[frame["id"] == row.id].iloc[0])
    if len(frame) > 50:
        st.caption(f"共 {len(frame)} 人，只列出 50 人，请用查找缩小范围")


def the_person(row: pd.Series) -> None:
    """Change how somebody is reached; take a contact without an account out."""
    fields = CONTACT if is_guest(row["id"]) else REACHED
    st.markdown(f"**{plain(row['name'])}**")
    forms.ask(
        "保存", fields, partial(change, row["id"]), key=f"contacts.change.{row['id']}", people=people,
        given={field.key: row[field.key] for field in fields}, says="已保存",
    )  # fmt: skip
    if is_guest(row["id"]):
        st.button("移出通讯录", key=f"contacts.remove.{row['id']}", type="tertiary", on_click=forms.run, args=(partial(remove, row["id"]),))  # fmt: skip


def change(who: str, filled: dict) -> None:
    book.change(who, filled, session.now(), by=session.person())


def remove(who: str) -> str:
    book.remove(who, session.now(), by=session.person())
    return "已移出通讯录；以前的记录里名字还在"


st.title("通讯录", anchor=False)
st.caption("外单位的参会人、来宾记在这里；本单位的人补上手机和邮箱，才能收到短信和邮件。")
forms.show_outcome()
the_door()
the_list()

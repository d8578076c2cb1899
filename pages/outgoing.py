"""发文: the door to a new draft, the day's list by where documents stand, and how long countersigning takes."""

from typing import Any

import streamlit as st

from core.case import Case
from core.errors import NotFound
from core.layout.official import Direction
from core.official_kinds import KINDS, form_of
from core.people import Grade, Role
from core.policy import why_not_open
from pages.ui import days_list, forms, lists, session
from pages.ui.words import plain, today_line

KEY = "outgoing_document"
DRAFT_PAGE = "draft.py"

me = session.desk()
lists.follow()
reader = session.reader()
calendar, people = reader.calendar(), reader.directory()
now = session.now()
process = reader.standard().in_force(KEY, now.astimezone(calendar.zone).date())

ROWS = (("doc_kind", "urgency", "secrecy_level"), ("title",))
"""What is asked to begin with: the rest is written on the page of the draft."""


def given() -> dict[str, Any]:
    """What a draft begins with: whom it goes to and what it replies to; what is nearly always meant."""
    director = next((who for who, one in people.people.items() if Role.DIRECTOR in one.roles), None)
    usual = {"issuers": reader.profile().name, "drafter": me.id, "signatory": director}
    return {**usual, **answering(st.query_params.get("answers", ""))}


def answering(case_id: str) -> dict[str, Any]:
    """A reply begins with whom it goes to and what it replies to (N20)."""
    if not case_id:
        return {}
    try:
        letter = reader.case(case_id).data
    except NotFound:
        return {}
    number = f"（{letter['doc_number']}）" if letter.get("doc_number") else ""
    title = str(letter.get("title") or "")
    about = title[title.find("关于") + 2 :] if "关于" in title else title
    return {
        "answers": case_id,
        "doc_kind": "函",
        "title": f"关于{about.rsplit('的', 1)[0]}的复函",
        "main_recipients": letter.get("sender_org"),
        "body": f"你单位《{title}》{number}收悉。经研究，现函复如下：",
    }


def begin(filled: dict[str, Any]) -> Case:
    """Open the draft in the direction and form its kind usually has, and go on to its page."""
    if filled.get("secrecy_level") != Grade.OPEN.label:
        filled = {**filled, "body": None}  # what may not be kept is not begun with either (C23)
    if kind := KINDS.get(filled.get("doc_kind") or ""):
        usual = {"direction": kind.ways[0].value, "layout_form": form_of(kind.title).value}
    else:
        usual = {"direction": Direction.DOWN.value}
    new = session.office().open(KEY, {**filled, **usual}, by=session.person(), form=session.form_id(KEY))
    session.forget_form_id(KEY)
    st.session_state["outgoing.last"] = new.id
    return new


def the_door() -> None:
    """A new draft: two answers and its page is there."""
    form = forms.begin(KEY, process.opens_with, people, given())
    reply = form.state().get("answers")
    with st.container(border=True):
        st.subheader("起草复文" if reply else "起草公文", anchor=False)
        if reply:
            st.caption(plain(f"答复：{reader.to_name(('incoming_document',)).get(reply, '')}"))
        forms.draw(form, ROWS)
        with st.container(horizontal=True):
            forms.submit(
                form, "开始拟稿", begin, says="稿纸备好了：写的字随写随存为您的草稿，点“存一版”才成为新的一稿"
            )


TABS = {"在办": (), "拟稿核稿": ("drafting", "edit_review"), "会签": ("countersigning",), "签发": ("signing",),
        "编号印制": ("recheck", "printing"), "分发归档": ("dispatch", "receipts", "archiving"), "全部": ()}  # fmt: skip
"""The day's list by where documents stand."""

if last := st.session_state.pop("outgoing.last", None):
    st.switch_page(DRAFT_PAGE, query_params={"id": last})
st.title("发文", anchor=False)
st.caption(today_line(now, calendar))
forms.show_outcome()
if not why_not_open(me, process):
    the_door()
days_list.show(
    KEY,
    TABS,
    "文号、标题、主送机关、登记号",
    "这里是发文清单。在上面选好文种、写好标题，点“开始拟稿”，就有了第一件。",
)

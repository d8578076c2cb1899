"""简报: the door to a new briefing, written from items of information, and the list of briefings by where they stand."""

from typing import Any

import streamlit as st

from core.case import Case
from core.errors import NotFound
from core.figure_check import BODY
from core.layout.body import paragraphs
from core.pasting import official
from core.policy import why_not_open
from core.processes.briefing import KEY
from pages.ui import days_list, forms, lists, session
from pages.ui.words import today_line

me = session.desk()
lists.follow()
reader = session.reader()
calendar, people = reader.calendar(), reader.directory()
now = session.now()
process = reader.standard().in_force(KEY, now.astimezone(calendar.zone).date())

ITEMS = "based_on"
ROWS = (("title", "bulletin"), ("author", "secrecy_level"), (ITEMS,))


def begin(filled: dict[str, Any]) -> Case:
    new = session.office().open(KEY, filled, by=session.person(), form=session.form_id(KEY))
    session.forget_form_id(KEY)
    lists.lead_to(new.id)
    return new


def told(ids: list[str], written: str = "") -> str:
    """A text with title and summary of each item as a numbered part of it, behind what is written already.

    Items that are in it, and those this person cannot see, are left out.
    """
    parts = [written] if written else []
    n = sum(one.level == 1 for one in paragraphs(written))
    for item in ids:
        try:
            found = session.reader().case(item)
        except NotFound:
            continue
        if found.title not in written:
            n += 1
            parts.append(f"{official(1, n)}{found.title}\n{found.data.get('summary') or ''}".strip())
    return "\n".join(parts)


def take_over(form: forms.Form) -> None:
    """Put title and summary of the chosen items into the text: a callback."""
    form.settle()
    state = form.state()
    form.put({BODY: told(state[ITEMS] or [], (state[BODY] or "").strip())})
    forms.save_draft(form)


def the_door() -> None:
    asked_for = st.query_params.get(ITEMS)
    given: dict[str, Any] = {"author": me.id}
    if asked_for:
        given |= {ITEMS: [asked_for], BODY: told([asked_for])}
    form = forms.begin(KEY, process.opens_with, people, given)
    begun = bool(form.state().get("title") or asked_for)
    door = st.expander("起稿", expanded=begun, icon=":material/add:", key="briefings.door", on_change="rerun")
    if not door.open:
        return
    with door:
        forms.part(form, ROWS)
        st.button(
            "把标题和摘要带入正文", icon=":material/input:", key="briefings.take_over", on_click=take_over, args=(form,),
            disabled=not form.state().get(ITEMS),
        )  # fmt: skip
        forms.part(form, ((BODY,),))
        forms.strays(form)
        forms.submit(
            form, "起稿", begin, shortcut=None if lists.is_phone() else "Ctrl+Enter",
            says="已起稿：接着写建议，定报送对象和三关的人，送数据核验",
        )  # fmt: skip


TABS = {
    "在办": (),
    "编稿": ("drafting",),
    "三关": ("figures_check", "logic_check", "signing"),
    "待印发": ("issuing",),
    "建议跟踪": ("tracking",),
    "全部": (),
}
"""The list by where briefings stand."""

st.title("简报", anchor=False)
st.caption(today_line(now, calendar))
forms.show_outcome()
if not why_not_open(me, process):
    the_door()
days_list.show(
    KEY,
    TABS,
    "标题、期号、编号",
    "这里是简报清单。写好的简报经数据核验、逻辑校验、领导审签三关，才能印发。",
)

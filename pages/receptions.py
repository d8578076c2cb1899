"""接待: the door to a new reception, and the list of receptions by where they stand."""

from dataclasses import replace
from typing import Any

import streamlit as st

from core.case import Case
from core.people import Role
from core.policy import why_not_open
from core.processes.reception import KEY
from pages.ui import days_list, forms, lists, opening, session
from pages.ui.words import today_line

me = session.desk()
lists.follow()
reader = session.reader()
calendar, people = reader.calendar(), reader.directory()
now = session.now()
process = reader.standard().in_force(KEY, now.astimezone(calendar.zone).date())
confirm = process.first.actions[0]

FIELDS = (*process.opens_with, *(replace(field, required=False) for field in confirm.asks))
"""What registering a visit and settling its needs ask together."""

ROWS = (
    ("title", "visitor", "head_guest"),
    ("guest_level", "guest_count"),
    ("arrives_at", "leaves_at"),
    ("host", "organiser", "secrecy_level"),
    ("visit_purpose",),
    ("special_needs", "needs_note"),
    ("letter", "letter_number", "no_letter_because"),
)


def begin(filled: dict[str, Any]) -> Case:
    """Register the visit, and settle its needs in the same moment where its purpose is known."""
    new = opening.with_first_step(process, filled, "visit_purpose")
    lists.lead_to(new.id)
    return new


def the_door() -> None:
    director = next((who for who, one in people.people.items() if Role.DIRECTOR in one.roles), None)
    given = {"host": director, "organiser": me.id if Role.SECRETARY in me.roles else None}
    form = forms.begin(KEY, FIELDS, people, given)
    begun = bool(form.state().get("title"))
    door = st.expander(
        "登记接待", expanded=begun, icon=":material/add:", key="receptions.door", on_change="rerun"
    )
    if not door.open:
        return
    with door:
        forms.draw(form, ROWS)
        with st.container(horizontal=True):
            forms.submit(
                form, "登记", begin, shortcut=None if lists.is_phone() else "Ctrl+Enter",
                says="接待已登记：接着排行程、分工、应急联络，报主陪领导审批",
            )  # fmt: skip
            st.caption("写明来访目的的，需求对接一并完成。")


TABS = {
    "在办": (),
    "对接和方案": ("needs", "plan", "approval"),
    "执行": ("execution",),
    "总结归档": ("summary", "filing"),
    "全部": (),
}
"""The list by where receptions stand."""

st.title("接待", anchor=False)
st.caption(today_line(now, calendar))
forms.show_outcome()
if not why_not_open(me, process):
    the_door()
days_list.show(
    KEY,
    TABS,
    "接待事项、来访单位、接待编号",
    "这里是接待清单。在上面写好来访单位、人数、时间，点“登记”，就有了第一件。",
)
st.page_link(
    "registers.py",
    label="事务协调台账（按事项和状态）",
    icon=":material/table_rows:",
    query_params={"book": "coordination"},
)

"""会议: the door to a new meeting, and the list of meetings by where they stand."""

from dataclasses import replace
from typing import Any

import streamlit as st

from core.case import Case
from core.errors import NotFound
from core.people import Role
from core.policy import why_not_open
from core.processes.meeting import KEY
from pages.ui import days_list, forms, lists, minutes, opening, remote_sop, session
from pages.ui.words import plain, today_line, weekday

me = session.desk()
lists.follow()
reader = session.reader()
calendar, people = reader.calendar(), reader.directory()
now = session.now()
process = reader.standard().in_force(KEY, now.astimezone(calendar.zone).date())
confirm = process.first.actions[0]

FIELDS = (*process.opens_with, *(replace(field, required=False) for field in confirm.asks))
"""What opening a meeting and confirming why it is held ask together."""

ROWS = (
    ("meeting_kind", "title"),
    ("held_at", "ends_at", "mode"),
    ("place", "remote_address"),
    ("convener", "organiser", "contact"),
    ("purpose",),
)
DEMANDED = {"决策会": "decisions_wanted", "协调会": "issues", "培训会": "training_goal"}
LATER = ("secrecy_level", "previous")


def given() -> dict[str, Any]:
    """Who usually calls and prepares it; what the last meeting of a series was."""
    director = next((who for who, one in people.people.items() if Role.DIRECTOR in one.roles), None)
    prepares = me.id if Role.SECRETARY in me.roles else None
    return {
        "convener": director,
        "organiser": prepares,
        "contact": me.name,
        **after(st.query_params.get("previous", "")),
    }


def after(case_id: str) -> dict[str, Any]:
    """The next meeting of a series begins as the last one was."""
    if not case_id:
        return {}
    try:
        last = reader.case(case_id).data
    except NotFound:
        return {}
    keys = (
        "meeting_kind",
        "title",
        "mode",
        "place",
        "remote_address",
        "convener",
        "organiser",
        "contact",
        "purpose",
    )
    return {"previous": case_id, **{key: last.get(key) for key in keys}}


def begin(filled: dict[str, Any]) -> Case:
    """Open the meeting, and confirm the need in the same moment where it is said."""
    new = opening.with_first_step(process, filled, "purpose")
    lists.lead_to(new.id)
    return new


def the_door() -> None:
    form = forms.begin(KEY, FIELDS, people, given())
    chosen = form.state()
    title = "开下一次会议" if chosen.get("previous") else "提出会议"
    begun = bool(chosen.get("title") or chosen.get("previous"))
    door = st.expander(title, expanded=begun, icon=":material/add:", key="meetings.door", on_change="rerun")
    if not door.open:
        return
    with door:
        if chosen.get("previous"):
            known = reader.to_name((KEY,)).get(chosen["previous"], "")
            st.caption(plain(f"接着：{known}"))
        wanted = DEMANDED.get(chosen.get("meeting_kind") or "")
        forms.draw(form, (*ROWS, *([(wanted,)] if wanted else []), LATER))
        with st.container(horizontal=True):
            forms.submit(
                form, "提出", begin, shortcut=None if lists.is_phone() else "Ctrl+Enter",
                says="会议已提出：接着排议程、定参会人，报召集人审批",
            )  # fmt: skip
            st.caption("写明会议目的的，需求确认一并完成；会议名称、时间以后还可以改。")


def ahead() -> None:
    """The meetings of the next two weeks, as an agenda: when, what, where, who comes."""
    frame = reader.meetings_ahead()
    if frame.empty:
        return
    with st.container(border=True):
        st.subheader("近期会议", anchor=False)
        if lists.is_phone():
            for row in lists.rows(frame):
                st.page_link(
                    lists.CASE_PAGE, label=plain(row.title), query_params={"id": row.id}, width="stretch"
                )
                told = (when(row.held_at), row.place, row.where, coming(row))
                st.markdown(f":small[:gray[{plain(' · '.join(filter(None, told)))}]]")
            return
        told = frame.assign(
            when=frame["held_at"].map(when), coming=[coming(row) for row in lists.rows(frame)]
        )
        st.dataframe(
            told, hide_index=True, key="meetings.ahead", column_order=list(AHEAD), column_config={**AHEAD, "number": door(frame)},
        )  # fmt: skip


AHEAD = {
    "when": "时间",
    "number": "编号",
    "title": "会议",
    "kind": "类型",
    "place": "地点",
    "where": "现在",
    "coming": "参会",
}


def door(frame: Any) -> Any:
    """The column whose cells lead to the meeting."""
    return st.column_config.ButtonColumn("编号", type="tertiary", width=118, key="meetings.ahead.open",
        on_click=lists.open_clicked, args=(dict(zip(frame["number"], frame["id"], strict=True)), "meetings.ahead.open"))  # fmt: skip


def when(at: Any) -> str:
    day = {0: "今天", 1: "明天"}.get(
        (at.date() - now.astimezone(calendar.zone).date()).days, f"{at:%m-%d} {weekday(at)}"
    )
    return f"{day} {at:%H:%M}"


def coming(row: Any) -> str:
    """Of how many who were asked how many come, and how many have not said yet."""
    if not row.asked:
        return ""
    silent = row.asked - row.answered
    return f"{row.coming}/{row.asked} 来" + (f"，{silent} 人未答复" if silent else "")


TABS = {"在办": (), "筹备": ("needs", "plan", "plan_review", "materials_due", "venue", "remote_equipment",
        "remote_network", "remote_voting"), "通知确认": ("inviting",), "开会": ("held",),
        "纪要": ("minutes_draft", "minutes_round", "minutes_signing"), "任务督办": ("splitting", "follow_up"),
        "归档": ("filing",), "全部": ()}  # fmt: skip
"""The list by where meetings stand."""

st.title("会议", anchor=False)
st.caption(today_line(now, calendar))
forms.show_outcome()
remote_sop.show(me, now.astimezone(calendar.zone).date())
if not why_not_open(me, process):
    the_door()
ahead()
days_list.show(
    KEY,
    TABS,
    "会议名称、地点、会议编号",
    "这里是会议清单。在上面写好名称、时间，点“提出”，就有了第一个会。",
)
minutes.of_period(me, now.astimezone(calendar.zone).date())

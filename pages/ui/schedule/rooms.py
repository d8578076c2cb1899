"""What can be booked, and the figures of the schedule, for those who keep them."""

from functools import partial
from typing import Any

import streamlit as st

from core.policy import why_not_amend, why_not_keep_resources
from core.schedule import RESOURCE_FORM, RULES, Resource
from pages.ui import forms, session
from pages.ui.schedule.diary import KEY, Diary
from pages.ui.words import plain


def draw(diary: Diary) -> None:
    if why_not_keep_resources(diary.me):
        return
    place = st.expander(
        "会议室、车辆和规则", icon=":material/meeting_room:", key=f"{KEY}.rooms", on_change="rerun"
    )
    if not place.open:  # a form for each of many rooms is drawn only for whoever looks at them
        return
    with place:
        for one in diary.resources.values():
            a_resource(diary, one)
        forms.ask(
            "增加", RESOURCE_FORM, lambda filled: session.scheduling().keep_resource(filled, by=session.person()),
            key=f"{KEY}.resource", people=diary.people, says="已增加", primary=False,
        )  # fmt: skip
        if not why_not_amend(diary.me):
            rules(diary)


def a_resource(diary: Diary, one: Resource) -> None:
    line = st.container(horizontal=True, vertical_alignment="center")
    seats = f"，{one.capacity} 座" if one.capacity else ""
    line.markdown(
        plain(f"{one.kind} {one.name}{seats}" + ("" if one.active else "（停用）")), width="content"
    )
    key = f"{KEY}.{one.id}.change"
    with line, forms.popover("修改", key, type="tertiary"):
        forms.ask(
            "保存", RESOURCE_FORM, partial(keep, one), key=key, people=diary.people, primary=False,
            given={"kind": one.kind, "name": one.name, "capacity": one.capacity or None}, says=f"{one.name}已改",
        )  # fmt: skip
    line.button(
        "停用" if one.active else "恢复", key=f"{KEY}.{one.id}.active", type="tertiary", on_click=switch, args=(one,)
    )  # fmt: skip


def keep(one: Resource, filled: dict[str, Any]) -> Any:
    """Another name or size of a room: what is booked stays booked."""
    return session.scheduling().keep_resource(
        filled, by=session.person(), resource_id=one.id, active=one.active
    )


def switch(one: Resource) -> None:
    """A callback."""
    values = {"kind": one.kind, "name": one.name, "capacity": one.capacity}

    def done() -> str:
        session.scheduling().keep_resource(
            values, by=session.person(), resource_id=one.id, active=not one.active
        )
        return f"{one.name}已{'停用' if one.active else '恢复'}"

    forms.run(done)


def rules(diary: Diary) -> None:
    """How much is too much at one time, and what weighs how much."""
    now = diary.reader.rules()
    known = {"threshold": now.threshold, "important": now.important, **now.weights}
    known |= {"step": now.step, "offered": now.offered, "alarm": now.alarm}
    forms.ask(
        "保存规则", RULES, lambda filled: session.scheduling().set_rules(filled, by=session.person()),
        key=f"{KEY}.rules", people=diary.people, given=known, says="规则已保存", primary=False,
    )  # fmt: skip

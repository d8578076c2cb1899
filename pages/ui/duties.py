"""The list of what the departments report, and when: kept by secretaries and the director (R56)."""

from functools import partial
from typing import Any

import streamlit as st

from core.people import Person
from core.policy import why_not_keep_duties
from core.reporting import DUTY, Duty, period_of, why_not_open
from pages.ui import forms, session
from pages.ui.words import plain

_ROWS = (("title", "department"), ("reporter", "every"), ("due_day", "since"), ("figures",), ("active",))


def part(me: Person, reader: Any) -> None:
    """The duties, each with its form folded in; and the door to a new one."""
    if reason := why_not_keep_duties(me):
        st.caption(f":material/lock: {plain(reason)}")
        return
    known = reader.duties()
    _new(reader)
    if not known:
        st.markdown(
            ":gray[还没有报送事项。写好报什么、谁报、每期哪天截止，到期由程序发到信息员手里，谁没报一看就知道。]"
        )
    for duty in known:
        _one(duty, reader)


def _new(reader: Any) -> None:
    today = session.now().astimezone(reader.calendar().zone).date()
    key = "duty.new"
    rounds = st.session_state.get(f"{key}.round", 0)  # another fold after each one that was saved
    fold = st.expander("新增报送事项", icon=":material/add:", key=f"{key}.fold.{rounds}", on_change="rerun")
    if fold.open:
        with fold:
            _form(key, reader, {"since": today}, partial(_keep, None))


def _one(duty: Duty, reader: Any) -> None:
    people, calendar = reader.directory(), reader.calendar()
    label = f"{plain(duty.title)}　:gray[{plain(f'{people.name(duty.department)} · {people.name(duty.reporter)} · {duty.rhythm}')}]"
    fold = st.expander(
        label if duty.active else f"{label}　:gray[已停]", key=f"duty.{duty.id}.fold", on_change="rerun"
    )
    reason = why_not_open(duty, people) if duty.active else None
    if reason:
        st.warning(f"{plain(duty.title)}：{plain(reason)}", icon=":material/person_alert:")
    if not fold.open:
        return
    with fold:
        period = period_of(duty, session.now().astimezone(calendar.zone).date(), calendar)
        if duty.active and not reason:
            st.caption(
                plain(f"本期 {period.title}，{period.due_on:%m-%d} 下班前截止。改动从下一次布置起生效。")
            )
        given = {**vars(duty), "figures": [{"name": name, "unit": unit} for name, unit in duty.figures]}
        _form(f"duty.{duty.id}.{duty.version}", reader, given, partial(_keep, duty))  # fmt: skip


def _form(key: str, reader: Any, given: dict[str, Any], command: forms.Command) -> None:
    form = forms.begin(key, DUTY, reader.directory(), given)
    forms.draw(form, _ROWS)
    forms.submit(form, "保存", command, says="报送清单已保存")


def _keep(duty: Duty | None, filled: dict[str, Any]) -> Duty:
    if duty:
        seen = {"duty_id": duty.id, "seen": duty.version}
        return session.reporting().keep_duty(filled, by=session.person(), **seen)
    new = session.reporting().keep_duty(filled, by=session.person(), form=session.form_id("duty"))
    session.forget_form_id("duty")
    return new

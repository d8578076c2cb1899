"""The 《远程会议组织SOP》: when more than half of the meetings were remote, taking it up is proposed here (R45, R46, C16)."""

from datetime import date

import streamlit as st

from core.amendment import Amendment, SwitchOn
from core.fields import Field, Kind
from core.people import Person
from core.policy import sees_everything, why_not_amend
from core.process import Process
from pages.ui import forms, session
from pages.ui.words import plain

PROCESS = "meeting"


def show(me: Person, today: date) -> None:
    """What the share of remote meetings says, while it says something and the steps are not taken up yet."""
    if not sees_everything(me):
        return  # a share of what one happens to see says nothing
    reader = session.reader()
    n, remote, calls = reader.remote_meetings(today)
    process = reader.standard().newest_of(PROCESS)
    if not calls or not process.spare:
        return
    with st.container(border=True, key="remote_sop"):
        steps = "、".join(stage.title for stage in process.spare)
        st.markdown(
            plain(
                f"近 12 个月 {n} 次会议，{remote} 次有线上参会（{100 * remote / n:.0f}%），超过一半："
                f"应增补《远程会议组织SOP》（{steps}）。"
            )
        )
        if reason := why_not_amend(me):
            st.caption(plain(f"增补标准须经批准：{reason}。"))
            return
        _approval(process, me, today)


def _approval(process: Process, me: Person, today: date) -> None:
    """Who proposes, from when it holds; whoever presses the button approves, and is somebody else."""
    people = session.reader().directory()
    asks = (
        Field(key="proposed_by", title="提出人", kind=Kind.PERSON, help="由提出人以外的人批准"),
        Field(key="in_force_from", title="施行日期", kind=Kind.DATE, help="此后提出的会议按新标准办"),
        Field(key="reason", title="增补理由"),
    )
    with st.popover("批准增补", icon=":material/playlist_add:"):
        st.caption(plain(f"批准人：{me.name}"))
        forms.ask(
            "批准增补",
            asks,
            lambda filled: _amend(process, filled, me),
            key="remote_sop.amend",
            people=people,
            given={"in_force_from": today, "reason": "近 12 个月线上会议超过一半（R45）"},
            says="已增补《远程会议组织SOP》，手册里可以看到新旧两版对照",
        )


def _amend(process: Process, filled: dict, me: Person) -> Process:
    """A callback: the command asks anew who gives it."""
    by = session.person()
    amendment = Amendment(
        process=process.key,
        in_force_from=filled["in_force_from"],
        changes=tuple(SwitchOn(stage=stage.key) for stage in process.spare),
        reason=filled["reason"] or "",
        proposed_by=filled["proposed_by"] or "",
        approved_by=by.id,
    )
    return session.office().amend(amendment, by=by)

"""The votes of a meeting, drawn where the meeting is: put to the vote, started, who has not voted, the result."""

from functools import partial
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from core.ballots import ABSTAINED, AGAINST, FOR, Ballot
from core.case import Case, why_not
from core.policy import why_not_open
from core.ports import Directory
from pages.ui import forms, session
from pages.ui.session import polls
from pages.ui.words import plain

KEY = "ballot"

COLOURS = {FOR: "#2F6B4F", AGAINST: "#B3261E", ABSTAINED: "#B9B4A7"}
OTHERS = "#6F8FAF"


def show(reader: session.Reader, meeting_id: str) -> None:
    """Everything about the votes of a meeting that this person may see and do."""
    meeting, people, person = reader.case(meeting_id), reader.directory(), session.person()
    ballots = reader.ballots(meeting_id)
    for ballot in ballots:
        with st.container(border=True, key=f"ballot_{ballot.case.id}"):
            one(ballot, people, person.id)
    process = reader.standard().in_force(KEY, session.now().astimezone(reader.calendar().zone).date())
    if not meeting.voided and why_not_open(person, process) is None:
        put(reader, meeting, people)
    elif not ballots:
        st.markdown(":gray[这次会议没有表决。]")


def one(ballot: Ballot, people: Directory, who: str) -> None:
    """One ballot: the question, where it stands, and what can be done now."""
    held, case = ballot.held, ballot.case
    manner = "无记名" if held.secret else "记名"
    st.markdown(f"**{plain(held.question)}**")
    st.caption(
        plain(
            f"{case.number}　{case.stage.title}　{manner}，应到 {len(held.voters)} 人，法定人数 {held.wanted} 人，"
            f"{held.rule}通过（以{held.base}为基数）"
        )
    )
    if ballot.is_running:
        running(ballot, people, who)
    if ballot.result:
        outcome(ballot, people)
    elif not ballot.is_running and case.stage.key != case.process.first.key:
        st.markdown(":gray[表决已结束，等候公布结果。]")
    steps(case)


def running(ballot: Ballot, people: Directory, who: str) -> None:
    """Who has not voted yet – never what was voted – and one's own vote."""
    voted, of = len(ballot.voted), len(ballot.held.voters)
    st.progress(voted / of, text=f"已投 {voted} / {of}")
    if ballot.waiting:
        st.markdown(f":small[还没有投：{plain('、'.join(map(people.name, ballot.waiting)))}]")
    if who in ballot.waiting:
        cast(ballot)


def cast(ballot: Ballot) -> None:
    """The buttons of somebody who has not voted yet."""
    key = f"ballot.choice.{ballot.case.id}"
    chosen = st.segmented_control("您的一票", ballot.held.choices, key=key)
    st.button(
        "投票",
        key=f"ballot.cast.{ballot.case.id}",
        type="primary",
        disabled=chosen is None,
        on_click=forms.run,
        args=(partial(voted, ballot.case.id, str(chosen)),),
        help="每人一票，投出后不能更改",
    )


def voted(case_id: str, choice: str) -> str:
    """Cast the vote: a command."""
    polls.vote(case_id, session.person().id, choice)
    return "已投票，不能更改"


def outcome(ballot: Ballot, people: Directory) -> None:
    """The result: in one word, in a sentence, in bars; by name where the ballot is."""
    result = ballot.result
    if result is None:
        return
    if not ballot.is_published:
        st.caption("下面的结果还没有公布，只有文秘岗和主任看得到。")
    st.markdown(f"**{plain(result.outcome)}**　{plain(result.says)}。")
    frame = pd.DataFrame([{"choice": choice, "n": n} for choice, n in result.votes.items()])
    st.vega_lite_chart(bars(frame).to_dict(validate=False), key=f"ballot.bars.{ballot.case.id}")
    for choice, whose in ballot.whose.items():
        st.markdown(f":small[{plain(choice)}：{plain('、'.join(map(people.name, whose)))}]")


def bars(frame: pd.DataFrame) -> alt.LayerChart:
    """A bar an option, in the order of the paper."""
    order = list(frame["choice"])
    colours = [COLOURS.get(choice, OTHERS) for choice in order]
    choice = alt.Y("choice:N", title=None, sort=order, axis=alt.Axis(labelLimit=160))
    votes = alt.X("n:Q", title="票", axis=alt.Axis(tickMinStep=1, format="d"))
    hints = [alt.Tooltip("choice:N", title="选项"), alt.Tooltip("n:Q", title="票")]
    drawn = alt.Chart(frame).mark_bar(cornerRadius=3, height=18).encode(
        x=votes,
        y=choice,
        color=alt.Color("choice:N", legend=None, scale=alt.Scale(domain=order, range=colours)),
        tooltip=hints,
    )  # fmt: skip
    words = alt.Chart(frame).mark_text(align="left", dx=4, color="#7A8088").encode(
        x=votes, y=choice, text=alt.Text("n:Q")
    )  # fmt: skip
    return alt.layer(drawn, words).properties(height=34 * len(order) + 40)


def steps(case: Case) -> None:
    """The step that leads on, for whoever may take it."""
    by, now = session.person(), session.now()
    for action in case.stage.actions:
        if why_not(case, action, by, now) is None:
            st.button(
                action.title,
                key=f"ballot.{action.key}.{case.id}",
                type="primary",
                on_click=forms.run,
                args=(partial(take, case, action.key, action.title),),
            )


def take(case: Case, key: str, title: str) -> str:
    """Take a step of the ballot: a command, bound to the case as it was seen."""
    session.office().act(case.id, key, {}, by=session.person(), seen=case.seq)
    return f"{case.number}：{title}，已办理"


def put(reader: session.Reader, meeting: Case, people: Directory) -> None:
    """The door to putting something to the vote."""
    process = reader.standard().in_force(KEY, session.now().astimezone(reader.calendar().zone).date())
    fields = tuple(field for field in process.opens_with if field.key != "meeting")
    key = f"ballot.new.{meeting.id}"
    with st.expander("发起表决", icon=":material/how_to_vote:", key=f"{key}.door"):
        given = {
            "voters": list(meeting.data.get("invitees") or ()),
            "secrecy_level": meeting.data.get("secrecy_level"),
        }
        forms.ask("发起", fields, partial(opened, meeting.id, key), key=key, people=people, given=given)


def opened(meeting_id: str, key: str, filled: dict[str, Any]) -> Case:
    """Put it to the vote: the command of the form."""
    case = session.office().open(
        KEY, {**filled, "meeting": meeting_id}, by=session.person(), form=session.form_id(key)
    )
    session.forget_form_id(key)
    return case

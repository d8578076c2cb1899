"""What was sent to people, as pages show it: by recipient and channel, in words that never say more than is known."""

from collections.abc import Callable, Iterable, Mapping

import pandas as pd
import streamlit as st

from core.messages import NOT_OUT, Channel, State
from core.policy import why_not_send_again
from pages.ui import forms, lists, session
from pages.ui.words import moment, plain

DECIDED = "messages.decided"
"""How often this browser session decided about messages: what was ticked before is done with."""

MOST_TOLD = 8
"""Reasons that are written out under a list of recipients."""


def of_case(reader, case_id: str) -> None:
    """Who was told of a case and its children, by which channel, and how far that came; what did not go out with
    its reason, and the buttons for whoever decides about it.
    """
    frame = reader.messages(case_id)
    if frame.empty:
        st.markdown(":gray[还没有发出通知。]")
        return
    newest = frame.groupby(["to", "channel"], sort=False).tail(1)
    bad = newest[newest["state"].isin(NOT_OUT)]
    decides = not bad.empty and why_not_send_again(session.person(), reader.case(case_id)) is None
    st.caption(plain(summary(newest)))
    key = f"messages.of.{case_id}.{st.session_state.get(DECIDED, 0)}"
    ticked = matrix(newest, key, choose=decides and not lists.is_phone())
    reasons(bad)
    if decides:
        about = bad[bad["to"].isin(ticked)] if ticked else bad
        decide(about, key, f"所选 {len(ticked)} 人的" if ticked else "没有到的", tells=bool(ticked))


def summary(newest: pd.DataFrame) -> str:
    """How many people were told, and who by no channel at all."""
    names = dict(zip(newest["to"], newest["name"], strict=True))
    reached = set(newest[newest["state"].isin([State.SENT, State.SEEN, State.TOLD])]["to"])
    told = f"通知 {len(names)} 人，{len(reached)} 人至少有一个通道已发出或已告知"
    left = [name for who, name in names.items() if who not in reached]
    more = f"等 {len(left)} 人" if len(left) > MOST_TOLD else ""
    return f"{told}；还没有通知到：{'、'.join(left[:MOST_TOLD])}{more}。" if left else f"{told}。"


def matrix(newest: pd.DataFrame, key: str, *, choose: bool = False) -> list[str]:
    """Recipients down, channels across, in each field the state of the last message; the ids that were ticked."""
    used = [channel for channel in Channel if channel in set(newest["channel"])]
    say = state_word if lists.is_phone() else in_words
    words = {(row.to, row.channel): say(row) for row in lists.rows(newest)}
    names = dict(zip(newest["to"], newest["name"], strict=True))
    table = pd.DataFrame(
        [[name, *(words.get((who, channel), "") for channel in used)] for who, name in names.items()],
        columns=["收件人", *(channel.label for channel in used)],
    )
    chosen = st.dataframe(
        table,
        key=key,
        hide_index=True,
        on_select="rerun" if choose else "ignore",
        selection_mode="multi-row",
        row_height=36,
        height=min(38 + 36 * len(table), 430),
        placeholder="",
        column_config={name: st.column_config.TextColumn(width=74) for name in table.columns},
    )
    rows = chosen["selection"]["rows"] if choose else []
    return [list(names)[row] for row in rows if row < len(names)]


def state_word(row) -> str:
    """The state of a message alone, where there is little room."""
    return State(row.state).label


def in_words(row) -> str:
    """The state of a message, and since when where that is known."""
    at = {State.SEEN: row.seen_at, State.SENT: row.sent_at}.get(State(row.state))
    again = row.next_at if row.state == State.RETRYING else None
    since = f" {moment(at)}" if at else f"，{again:%H:%M} 再试" if again else ""
    return f"{State(row.state).label}{since}"


def reasons(bad: pd.DataFrame) -> None:
    """Why messages did not go out: each reason once, with the channel and how many it kept."""
    told = bad.groupby(["channel", "state", "error"], sort=False).size().sort_values(ascending=False)
    for (channel, state, error), n in list(told.items())[:MOST_TOLD]:
        words = f"{Channel(channel).label} {State(state).label} {n} 条：{error}"
        st.markdown(f":small[:material/error: {plain(words)}]")


def decide(bad: pd.DataFrame, key: str, what: str, *, tells: bool = True) -> None:
    """The two things a person can decide about messages that did not go out, as far as each can be done.

    `tells`: whether they it can be said here that they were told otherwise; only of chosen ones.
    """
    able = bad[bad["channel"].isin(session.channels().senders.keys())]
    row = st.container(horizontal=True)
    row.button(
        f"重发{what} {len(able)} 条" if len(able) > 1 else f"重发{what}",
        key=f"{key}.again",
        icon=":material/send:",
        disabled=able.empty,
        on_click=send_again,
        args=(list(able["id"]),),
        help="只经已配置的通道；结果不明的可能已经到了，先核实再重发",
    )
    if tells:
        row.button(
            "已另行告知",
            key=f"{key}.told",
            type="tertiary",
            disabled=bad.empty,
            on_click=told_otherwise,
            args=(list(bad["id"]),),
            help="已打电话或当面告知，不必再发",
        )


def send_again(ids: list[str]) -> None:
    """Send these once more. A callback."""
    _decided(ids, session.resending().again, "重发")


def told_otherwise(ids: list[str]) -> None:
    """These were told in another way. A callback."""
    _decided(ids, session.resending().told, "记为已另行告知")


def _decided(ids: Iterable[str], command: Callable[..., Mapping[str, str | None]], what: str) -> None:
    st.session_state[DECIDED] = st.session_state.get(DECIDED, 0) + 1
    forms.run(lambda: _said(command(ids, session.now(), by=session.person()), what))


def _said(outcome: Mapping[str, str | None], what: str) -> str:
    refused = list(dict.fromkeys(why for why in outcome.values() if why))
    done = sum(why is None for why in outcome.values())
    left = f"；{len(outcome) - done} 条没有：{'；'.join(refused)}" if refused else ""
    return f"{what} {done} 条{left}"

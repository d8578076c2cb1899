"""通知: every message that was to leave, by which channel, how far it came, and what did not go out (C21).

Nothing here says “sent” of what may not have been. Drawn anew every 15 seconds.
"""

import pandas as pd
import streamlit as st

from core.messages import NOT_OUT, TOGETHER, Channel, State
from core.policy import why_not_administer, why_not_send_again
from pages.ui import forms, lists, messages, session
from pages.ui.words import NONE, moment, plain

me = session.desk()
lists.follow()

LOOKS_AGAIN = 15
"""Seconds after which the page draws itself anew."""

MOST, MOST_CARDS = 200, 30
"""Messages that are listed, and on a phone; a word or a filter finds older ones."""

TESTED = "messages.tested"
"""What came of the last test, in the state of the session: said beside its button."""

TO_DO, ALL = "todo", "all"

EMPTY = "没有这样的通知。会议通知、提醒发出后，每个人、每个通道的结果都列在这里。"


# --- what is asked for --------------------------------------------------------------------------------


def figures(reader) -> dict[str, int]:
    """How many messages lie behind each filter."""
    counts, able = reader.message_counts(), session.channels().senders
    bad = sum(
        n
        for (state, channel), n in counts.items()
        if state in NOT_OUT and (state is not State.WITHHELD or channel in able)
    )
    states = {state: sum(n for (one, _), n in counts.items() if one is state) for state in State}
    return {TO_DO: bad, ALL: sum(counts.values()), **{one.value: n for one, n in states.items() if n}}


def chosen(counts: dict[str, int]) -> dict:
    """The states of the chosen filter; what has to be looked at comes first."""
    titles = {TO_DO: "要处理", ALL: "全部", **{state.value: state.label for state in State}}
    key = st.pills(
        "状态",
        list(counts),
        format_func=lambda key: f"{titles[key]} {counts[key]}",
        key="messages.state",
        default=TO_DO if counts[TO_DO] else ALL,
        label_visibility="collapsed",
    )
    if key == TO_DO:
        return {"states": NOT_OUT, "able": session.channels().senders.keys()}
    return {} if key in (None, ALL) else {"states": (State(key),)}


def narrowed() -> dict[str, str]:
    """A channel and words, where the person gave them."""
    row = st.container(horizontal=True, vertical_alignment="center")
    channel = row.selectbox(
        "通道", list(Channel), index=None, format_func=lambda one: one.label, key="messages.channel",
        placeholder="全部通道", label_visibility="collapsed", width=150,
    )  # fmt: skip
    text = row.text_input(
        "收件人、标题、编号", key="messages.text", placeholder="收件人、标题、编号", icon=":material/search:",
        label_visibility="collapsed", width=260,
    )  # fmt: skip
    return {"channel": channel or "", "text": text or ""}


# --- the list -----------------------------------------------------------------------------------------


def table(frame: pd.DataFrame) -> pd.DataFrame:
    """The messages where there is room; those that were ticked."""
    turn = st.session_state.get(messages.DECIDED, 0)
    key = f"messages.list.{turn}.{hash(tuple(frame['id']))}"
    shown = pd.DataFrame(
        {
            "number": frame["number"],
            "name": frame["name"],
            "channel": [Channel(one).label for one in frame["channel"]],
            "state": [messages.in_words(row) for row in lists.rows(frame)],
            "error": frame["error"],
            "subject": frame["subject"],
            "address": frame["address"],
            "at": [moment(at) for at in frame["at"]],
            "attempts": frame["attempts"],
        }
    )
    found = st.dataframe(
        shown,
        key=key,
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        height=min(38 + 36 * len(shown), 520),
        row_height=36,
        placeholder="",
        column_config={
            "number": lists.numbers(frame["number"], frame["case_id"], key, title="编号", width=132),
            "name": st.column_config.TextColumn("收件人", width=84),
            "channel": st.column_config.TextColumn("通道", width=76),
            "state": st.column_config.TextColumn("结果", width=140),
            "error": st.column_config.TextColumn("原因", width=300),
            "subject": st.column_config.TextColumn("标题", width=220),
            "address": st.column_config.TextColumn("发往", width=140),
            "at": st.column_config.TextColumn("产生于", width=96),
            "attempts": st.column_config.NumberColumn("试过", width=56, format="%d 次"),
        },
    )
    rows = found["selection"]["rows"]
    return frame.iloc[[row for row in rows if row < len(frame)]]


def cards(frame: pd.DataFrame) -> None:
    """The messages for the thumb, each with what can be decided about it."""
    for n, row in enumerate(lists.rows(frame)):
        with st.container(border=True, key=f"messages-card-{row.id}", gap="xsmall"):
            st.markdown(plain(f"{row.name} · {Channel(row.channel).label} · {messages.in_words(row)}"))
            label = plain(f"{row.number} {row.subject}")[:300]
            st.page_link(lists.CASE_PAGE, label=label, query_params={"id": row.case_id}, width="stretch")
            if row.error:
                st.markdown(f":small[:material/error: {plain(row.error)}]")
            st.markdown(f":small[:gray[{plain(f'{moment(row.at)} {row.address}')}]]")
            if row.state in NOT_OUT and why_not_decide is None:
                messages.decide(frame.iloc[[n]], f"messages.card.{row.id}", "")


def the_list(reader) -> None:
    """What was asked for, and what can be decided about it."""
    most = MOST_CARDS if lists.is_phone() else MOST
    frame = reader.outbox(**chosen(figures(reader)), **narrowed(), limit=most)
    if frame.empty:
        st.markdown(f":gray[{plain(EMPTY)}]")
        return
    if lists.is_phone():
        cards(frame)
    else:
        ticked = table(frame)
        if why_not_decide is None:
            messages.decide(ticked[ticked["state"].isin(NOT_OUT)], "messages.ticked", "所选")
    if len(frame) == most:
        st.caption(f"只列最近 {most} 条，用上面的条件找更早的。")


# --- the channels -------------------------------------------------------------------------------------


def the_channels(reader) -> None:
    """Which channels there are, how each does, and a test for whoever administers."""
    missing, health = session.channels().missing, reader.channel_health()
    rows = [
        (
            channel.label,
            "未配置" if channel in missing else "已配置",
            moment(health[channel][0]),
            moment(health[channel][1]),
            missing.get(channel) or health[channel][2] or NONE,
        )
        for channel in Channel
    ]
    with st.expander(channels_line(missing), icon=":material/cell_tower:"):
        if lists.is_phone():
            for name, state, good, bad, said in rows:
                words = f"{name}　{state}　最近发出 {good}　最近失败 {bad}"
                st.markdown(plain(words) + (f"  \n:small[:gray[{plain(said)}]]" if said != NONE else ""))
        else:
            frame = pd.DataFrame(rows, columns=["通道", "状态", "最近发出", "最近失败", "说明"])
            widths = dict(zip(frame.columns, (90, 80, 110, 110, 560), strict=True))
            config = {name: st.column_config.TextColumn(width=width) for name, width in widths.items()}
            st.dataframe(
                frame, key="messages.channels", hide_index=True, row_height=36, height=38 + 36 * len(rows),
                placeholder="", column_config=config,
            )  # fmt: skip
        if why_not_administer(me) is None:
            tests()


def warn() -> None:
    """Say which of the channels that every notice takes is not there: nothing leaves by it (C21)."""
    if without := [channel.label for channel in TOGETHER if channel in session.channels().missing]:
        words = f"{'、'.join(without)}通道没有配置，通知没有从这里发出：请电话或当面告知，或请管理员按下面“通道”里的说明配置。"
        st.warning(plain(words), icon=":material/warning:")


def channels_line(missing) -> str:
    """Which channels do not work, in one line."""
    there = [channel.label for channel in Channel if channel not in missing]
    return plain(f"通道：{'、'.join(there)}已配置" + (f"，其余 {len(missing)} 个未配置" if missing else ""))


def tests() -> None:
    """A message to oneself by each channel that is configured."""
    row = st.container(horizontal=True)
    for channel in session.channels().senders:
        row.button(
            f"发一条{channel.label}测试",
            key=f"messages.test.{channel.value}",
            on_click=test,
            args=(channel,),
            help="发给您自己登记的手机或邮箱；群机器人发到群里",
        )
    if said := st.session_state.pop(TESTED, ""):
        st.info(plain(said))


def test(channel: Channel) -> None:
    """Send a test to whoever pressed the button. A callback."""

    def send() -> None:
        st.session_state[TESTED] = session.resending().test(channel, session.now(), by=session.person())

    forms.run(send)


@st.fragment(run_every=LOOKS_AGAIN)
def outbox() -> None:
    """The page, drawn anew by itself."""
    reader = session.reader()
    forms.show_outcome(seconds=LOOKS_AGAIN)
    warn()
    the_list(reader)
    the_channels(reader)
    lists.follow()


why_not_decide = why_not_send_again(me)
st.title("通知", anchor=False)
outbox()

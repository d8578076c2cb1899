"""会议现场: one screen to hold a meeting – agenda with clocks, sign-in, record, contingencies, recording (R32–R35)."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import streamlit as st

from core.errors import NotFound
from core.meeting_record import Record, Topic
from core.processes.meeting import CONTINGENCIES, KEY
from pages.ui import attendance, forms, lists, notes, recordings, session
from pages.ui.sitting import Look, Sitting, settled
from pages.ui.words import moment, plain

LOOK_AGAIN = 15
"""Seconds after which the clocks of the agenda go on."""

WRITING = ("minutes_draft",)
"""The step in which the minutes are written."""

me = session.desk()
reader = session.reader()

try:
    case = reader.case(st.query_params.get("id", ""))
    if case.process.key != KEY:
        raise NotFound("这一件没有会议现场")
except NotFound as nothing:
    st.info(f"{plain(nothing)}。", icon=":material/search_off:")
    st.page_link("meetings.py", label="会议", icon=":material/groups:")
    st.stop()

sitting = Sitting(case, me, reader.directory(), reader.calendar())
look = sitting.look()


def head() -> None:
    """What is held, and the end of it."""
    st.page_link(
        lists.CASE_PAGE, label=f"返回 {plain(case.number)}", icon=":material/arrow_back:",
        query_params={"id": case.id},
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header(plain(case.title), anchor=False)
        if sitting.may("close_meeting"):
            close()
        elif case.stage.key in WRITING and case.owner in me.names:
            st.page_link(
                lists.CASE_PAGE, label="起草纪要", icon=":material/edit_note:", query_params={"id": case.id}
            )
    st.caption(plain(" · ".join(filter(None, (where(), state())))))


def where() -> str:
    data = case.data
    held, ends = (at.astimezone(sitting.calendar.zone) for at in (data["held_at"], data["ends_at"]))
    return f"{held:%m-%d %H:%M}–{ends:%H:%M} {data.get('place') or data.get('remote_address') or ''}".strip()


def state() -> str:
    """Whether it has begun, is on or is over."""
    if case.voided:
        return "已作废"
    ended, begun = case.data.get("ended_at"), case.data.get("begun_at")
    if sitting.on:
        return f"{moment(begun.astimezone(sitting.calendar.zone))} 开会" if begun else "正在开"
    return (
        f"{moment(ended.astimezone(sitting.calendar.zone))} 散会，记录只供查看"
        if ended
        else "还没有开会：三项确认后在事项页点“开会”"
    )


# --- the agenda ------------------------------------------------------------------------------------


@st.fragment(run_every=LOOK_AGAIN)
def agenda() -> None:
    """The agenda with its clocks; redrawn by itself."""
    now = sitting.look()
    settled(sitting, now)
    with st.container(border=True, key="agenda", gap="small"):
        st.markdown(f"**议程**　{time_left(now)}")
        for topic in now.record.topics:
            item(topic, now.now)
        if sitting.may("start_topic") and now.record.topics:
            go_on(now.record)


def time_left(now: Look) -> str:
    """How long the meeting has been on, and whether it is past its end."""
    begun, ends = case.data.get("begun_at"), case.data["ends_at"]
    if not (sitting.on and begun):
        return ""
    told = f":gray[已开 {minutes(now.now - begun)}]"
    return f"{told}　:red[超过预计结束 {minutes(now.now - ends)}]" if now.now > ends else told


def minutes(span: timedelta) -> str:
    """A length of time in whole minutes."""
    count = max(int(span.total_seconds() // 60), 0)
    return f"{count // 60} 小时 {count % 60} 分钟" if count >= 60 else f"{count} 分钟"


def item(topic: Topic, now: datetime) -> None:
    title = f"{topic.n}　{plain(topic.title)}"
    reporter = f"　:gray[{plain(topic.reporter)}]" if topic.reporter else ""
    if topic.running:
        st.markdown(f":primary[:material/radio_button_checked:] **{title}**{reporter}")
        st.progress(min(topic.taken(now) / topic.planned, 1.0), text=clock(topic, now))
    elif topic.spans:
        st.markdown(
            f":green[:material/check_circle:] {title}{reporter}  \n:small[:gray[{clock(topic, now)}]]"
        )
    else:
        st.markdown(
            f":gray[:material/radio_button_unchecked:] {title}{reporter} :small[:gray[{minutes(topic.planned)}]]"
        )


def clock(topic: Topic, now: datetime) -> str:
    """The time a topic has taken, of how much, and what is left or over."""
    told = f"用了 {minutes(topic.taken(now))}，计划 {minutes(topic.planned)}"
    if over := topic.over(now):
        return (
            f":red[{told}，超时 {minutes(over)}]"
            if over >= timedelta(minutes=1)
            else f":orange[{told}，时间到]"
        )
    return f"{told}，还剩 {minutes(topic.planned - topic.taken(now))}" if topic.running else told


def go_on(record: Record) -> None:
    """The next topic in one tap, any other in two."""
    current = record.current
    following = next((t for t in record.topics if t.n > (current.n if current else 0)), None)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if following:
            name = "下一议题" if current else "进入第一个议题"
            st.button(name, key="room.next", icon=":material/skip_next:", type="secondary" if current else "primary",
                      help=plain(following.title), **sitting.on_click(enter, following.n))  # fmt: skip
        with st.popover("换议题"):
            for topic in record.topics:
                st.button(f"{topic.n}　{plain(topic.title)}", key=f"room.topic.{topic.n}", type="tertiary",
                          disabled=topic.running, **sitting.on_click(enter, topic.n))  # fmt: skip


def enter(n: int) -> None:
    sitting.act("start_topic", topic_no=n)


# --- what can go wrong -----------------------------------------------------------------------------


def contingencies() -> None:
    """The plans, one tap away; what was used stands below with its time."""
    if not (sitting.may("use_contingency") or look.record.incidents):
        return
    with st.container(border=True, key="contingencies", gap="small"):
        st.markdown("**应急预案**")
        if sitting.may("use_contingency"):
            with st.container(horizontal=True, gap="xsmall"):
                for n, (what, plan) in enumerate(CONTINGENCIES.items()):
                    contingency(n, what, plan)
        for one in reversed(look.record.incidents):
            st.markdown(
                f":small[:gray[{one.at:%H:%M}]] **{plain(one.what)}**　:small[:gray[{plain(' · '.join(filter(None, (one.by, one.note))))}]]"
            )


def contingency(n: int, what: str, plan: str) -> None:
    with forms.popover(what, f"{case.id}.use_contingency.{n}"):
        st.info(plain(plan), icon=":material/emergency_home:")
        forms.ask(
            "启动并记录", sitting.asks("use_contingency", "what_was_done"), partial(use, what),
            key=f"{case.id}.use_contingency.{n}", people=sitting.people, says=f"已记录：启动“{what}”预案",
        )  # fmt: skip


def use(what: str, said: dict[str, Any]) -> None:
    sitting.act("use_contingency", contingency=what, **said)


# --- the end ---------------------------------------------------------------------------------------


def close() -> None:
    """The end of the meeting: what is still open is said, and both kinds of record are there or it is said why not."""
    with st.popover("散会", icon=":material/logout:", type="primary"):
        for warning in before_the_end(look.record):
            st.markdown(f":orange[:material/warning: {plain(warning)}]")
        asks = (
            sitting.asks("close_meeting", "no_audio_because")
            if not (look.record.audio or case.grade.classified)
            else ()
        )
        if asks:
            st.markdown("还没有录音。录音和文字两种记录都要有：请先放入录音；没有的，写明原因。")
        forms.ask(
            "确认散会", asks, end, key=f"{case.id}.close_meeting", people=sitting.people,
            says="已散会。接着起草纪要：散会后 24 小时内签发",
        )  # fmt: skip


def before_the_end(record: Record) -> list[str]:
    """What should be looked at before people leave."""
    open_ones = [topic for topic in record.topics if not topic.spans]
    loose = [line for line in record.lines if line.kind == "待办" and not (line.owner and line.by_day)]
    return [
        *([f"还有 {len(open_ones)} 个议题没有进行"] if open_ones else []),
        *([f"{len(record.missing())} 位没有签到"] if record.missing() else []),
        *([f"{len(loose)} 条待办没有责任人或日期"] if loose else []),
        *(["还没有一条记录"] if not record.lines and not case.grade.classified else []),
    ]


def end(said: dict[str, Any]) -> None:
    sitting.act("close_meeting", audio=list(case.data.get("audio") or []), **said)


def writing() -> None:
    """Where the record is written; of a classified meeting nothing is."""
    if case.grade.classified:
        st.info(
            "涉密会议的内容不在这里记录，也不录音：请按保密规定用专用本记录。签到、议程和预案照常使用。",
            icon=":material/lock:",
        )
    elif sitting.may("record_line"):
        notes.entry(sitting, look.record)
        notes.change(sitting, look.record)
    elif sitting.on:
        st.caption("记录由承办人和文秘岗来写，您可以随时看。")


def outcome() -> None:
    """How the last command went: what went well passes by, so that nothing moves under a hand that types."""
    text, good = st.session_state.get("outcome") or ("", True)
    if text and good:
        st.session_state.pop("outcome")
        st.toast(plain(text), icon=":material/check_circle:")
    forms.show_outcome()


head()
outcome()
if lists.is_phone():
    writing()
    if not case.grade.classified:
        notes.lines(sitting)
    attendance.draw(sitting)
    agenda()
    contingencies()
    recordings.draw(sitting, look.record)
else:
    left, middle, right = st.columns([11, 19, 10], gap="small")
    with left:
        agenda()
        attendance.draw(sitting)
    with middle:
        writing()
        if not case.grade.classified:
            notes.lines(sitting)
    with right:
        recordings.draw(sitting, look.record)
        contingencies()

"""What stands on the page of a case beside its steps, where a kind of work has more to show than steps.

Each is called with the case, its children and the directory, and draws nothing where there is nothing to show.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.case import Case
from core.meeting_record import record_of, to_be_asked
from core.policy import why_not_poll, why_not_print
from core.ports import Directory
from core.processes.confirmation import invitations
from core.surveys import MEETING as SATISFACTION
from pages.ui import ballots, forms, lists, messages, session
from pages.ui.session import polls, printing
from pages.ui.words import moment, plain

Companion = Callable[[Case, Sequence[Case], Directory], None]

CONFIRMATIONS = {
    "venue_confirmed_at": "场地设备",
    "list_confirmed_at": "参会名单",
    "materials_confirmed_at": "材料版本",
}
"""The three confirmations before a meeting, by the field with their moment (R31)."""

ANSWERS = ("attending", "deputised", "declined", "unanswered", "asked")
"""The stages of a confirmation in the order in which a list counts them."""

IN_THE_ROOM = ("inviting", "held", "minutes_draft", "minutes_round", "minutes_signing", "splitting", "follow_up", "filing", "archived")  # fmt: skip
"""The stages of a meeting from which its room can be entered; after it, to read."""


def show(case: Case, children: Sequence[Case], people: Directory) -> None:
    """Draw the companion of this kind of case, if it has one."""
    if companion := _COMPANIONS.get(case.process.key):
        companion(case, children, people)


def _meeting(case: Case, children: Sequence[Case], people: Directory) -> None:
    """The three confirmations, who comes, the door to the room, and how the notices went."""
    if case.voided or case.stage.key not in IN_THE_ROOM:
        return
    asked = invitations(children)
    with st.container(border=True):
        row = st.container(horizontal=True, vertical_alignment="center", gap="medium")
        for key, title in CONFIRMATIONS.items():
            row.markdown(_confirmed(case, key, title), width="content")
        row.markdown(f":small[{plain(coming(asked))}]", width="content")
        if row.button("会议现场", key="room", icon=":material/meeting_room:", type="primary" if case.stage.key == "held" else "secondary"):  # fmt: skip
            st.switch_page("room.py", query_params={"id": case.id})
        ask_how_it_was(case, children, people, row)
        if asked:
            with st.expander("通知发到了没有", icon=":material/outgoing_mail:"):
                messages.of_case(session.reader(), case.id)
        ballots.show(session.reader(), case.id)
    if case.stage.key == "filing":
        put_into_the_file(case)


def put_into_the_file(case: Case) -> None:
    """The minutes and the table of tasks as the program prints them, into the form of the archive (R39)."""
    if why_not_print(session.person(), case):
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(":small[归档要正好一份纪要、一份督办表：可以直接用程序出的 PDF。]", width="content")
        st.button("放入纪要和督办表", key="put_into_the_file", icon=":material/note_add:", on_click=forms.run, args=(partial(_put, case.id),))  # fmt: skip


def _put(case_id: str) -> str:
    """Make both papers, keep them, and put them into the form as if they had been dropped there."""
    me, office = session.person(), session.office()
    for field, which in FILED.items():
        name, _, content = printing.paper(me, case_id, which, "pdf")
        st.session_state[f"{case_id}.archive.{field}.kept"] = [office.keep(name, content, by=me)]
    return "已放入，定好保管期限后点“归档”"


FILED = {"minutes_file": session.OFFICIAL, "supervision_file": "task_list"}
"""The papers that close a meeting, by the field of the archive's form that takes them."""


def ask_how_it_was(case: Case, children: Sequence[Case], people: Directory, row: DeltaGenerator) -> None:
    """The anonymous survey after the meeting, to whoever came, with one press (R43); once, and never of few."""
    reader = session.reader()
    if (
        case.stage.key in IN_THE_ROOM[:2]
        or why_not_poll(session.person())
        or case.id not in reader.to_ask(SATISFACTION)
    ):
        return
    past = [*lists.rows(reader.history(case.id))][::-1]
    whom = to_be_asked(record_of(case, children, past, people).attendance, case.data)
    few = len(whom) < SATISFACTION.minimum
    row.button(
        f"发满意度调查（{len(whom)} 人）", key="ask_how_it_was", icon=":material/sentiment_satisfied:", disabled=few,
        help=f"到会不足 {SATISFACTION.minimum} 人，答卷藏不住是谁答的，不发" if few else "散会一小时后程序会自己发出；也可以现在就发",
        on_click=forms.run, args=(partial(_ask, case.id, tuple(whom)),),
    )  # fmt: skip


def _ask(case_id: str, whom: Sequence[str]) -> str:
    polls.polling().open_survey(case_id, SATISFACTION.key, whom, by=session.person())
    return "调查已发出：每人一个链接，匿名作答"


def _ballot(case: Case, children: Sequence[Case], people: Directory) -> None:
    """Who has not voted yet, one's own vote, and the result."""
    with st.container(border=True):
        ballots.one(session.reader().ballot(case.id), people, session.person().id)


def _confirmed(case: Case, key: str, title: str) -> str:
    at, changed = case.data.get(key), case.data.get("rearranged_at")
    stale = key == "materials_confirmed_at" and case.data.get("confirmed_version") != case.data.get(
        "materials_version"
    )
    if at and not stale and (changed is None or at > changed):
        return f":green[:material/check_circle:] {title}  \n:small[:gray[{moment(at.astimezone(session.zone()))} 确认]]"
    return f":orange[:material/pending:] **{title}**  \n:small[{'要重新确认' if at else '未确认'}]"


def coming(asked: Sequence[Case]) -> str:
    """How many were asked, and what they answered."""
    counted = {key: [child for child in asked if child.stage.key == key] for key in ANSWERS}
    said = (f"{found[0].stage.title} {len(found)}" for found in counted.values() if found)
    return f"应到 {len(asked)} 人：{'，'.join(said)}" if asked else "还没有发出通知"


def _reception(case: Case, children: Sequence[Case], people: Directory) -> None:
    """The door to the handbook of the visit, once there is a plan (R54)."""
    if case.data.get("itinerary") and not case.voided:
        st.page_link(
            "visit.py",
            label="打开接待手册（行程、路线、分工、应急联络）",
            icon=":material/tour:",
            query_params={"id": case.id},
        )


_COMPANIONS: Mapping[str, Companion] = {"meeting": _meeting, "ballot": _ballot, "reception": _reception}

"""我的待办: what lies on my desk, what is due first on top; made for the thumb."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pandas as pd
import streamlit as st

from core.people import Person, Role
from core.process import Action
from core.processes import Standard
from pages.ui import forms, lists, outcomes, session
from pages.ui.words import moment, plain, today_line

me = session.desk()
lists.follow()

FIRST = 3
"""Notices that lie open; the others are folded."""

FEWEST = 2
"""From so many cases on that wait for the same light step, they can be taken together (N5)."""


def notices(reader) -> None:
    """What I was told: the words, the case behind them, and one button for all (N4)."""
    frame = reader.notices()
    if frame.empty:
        return
    with st.container(border=True, gap="small", key="notices"):
        head = st.container(horizontal=True, vertical_alignment="center")
        head.markdown(f":material/notifications: **告知 {len(frame)}**")
        head.button(
            "都知道了",
            key="desk.dismiss",
            type="tertiary",
            on_click=dismiss,
            args=([int(n) for n in frame["id"]],),
        )
        for row in lists.rows(frame.head(FIRST)):
            notice(row)
        if len(frame) > FIRST:
            # Folded things are drawn once they are opened: a desk is drawn anew all day.
            others = st.expander(f"还有 {len(frame) - FIRST} 条", key="desk.notices", on_change="rerun")
            if others.open:
                with others:
                    for row in lists.rows(frame.iloc[FIRST:]):
                        notice(row)


def notice(row) -> None:
    """The words, and under them the case as a door."""
    st.page_link(
        lists.CASE_PAGE,
        label=f"{plain(row.text)[:300]}  \n:small[:gray[{plain(row.title)[:60]} · {moment(row.at)}]]",
        query_params={"id": str(row.case_id)},
        width="stretch",
    )


def dismiss(ids: list[int]) -> None:
    """I have seen these: a callback."""
    forms.run(lambda: session.office().dismiss(ids, by=session.person()))


def together(frame: pd.DataFrame, standard: Standard) -> None:
    """Those that wait for the same light step of mine, to be ticked and taken at once."""
    steps = [light(row, standard) for row in lists.rows(frame)]
    for key in dict.fromkeys(action.key for action in steps if action):
        chosen = [action is not None and action.key == key for action in steps]
        if sum(chosen) >= FEWEST:
            action = next(action for action in steps if action and action.key == key)
            several(frame[chosen].reset_index(drop=True), action)


def light(row, standard: Standard) -> Action | None:
    """The one step that can be taken on a case without filling anything in, by whoever has it in hand."""
    if row.paused or row.owner not in me.names:
        return None
    stage = standard.version(row.process, row.version).stage(row.stage)
    return next((a for a in stage.actions if a.is_light and a.by & {Role.HANDLER, *me.duties}), None)


def several(frame: pd.DataFrame, action: Action) -> None:
    """A list to tick, all of it ticked at first, and one button."""
    titles = {row.id: f"{row.title}（{row.left}）" for row in lists.rows(frame)}
    with st.expander(
        f"一次办理：{plain(action.title)} {len(frame)} 件",
        icon=":material/done_all:",
        key=f"desk.all.{action.key}",
    ):
        key = f"desk.ticked.{action.key}.{hash(tuple(titles))}"
        ticked = st.pills(
            "所选", list(titles), default=list(titles), selection_mode="multi", format_func=lambda k: plain(titles[k]),
            key=key, label_visibility="collapsed",
        )  # fmt: skip
        seen = {row.id: int(row.seq) for row in lists.rows(frame) if row.id in ticked}
        st.button(
            f"{action.title}所选 {len(seen)} 件",
            key=f"desk.take.{action.key}",
            type="primary",
            disabled=not seen,
            on_click=outcomes.act_on_all,
            args=(seen, action.key, action.title),
        )


def parts(frame: pd.DataFrame) -> list[tuple[str, pd.DataFrame, str]]:
    """The desk in its parts: my own by urgency, then what I do for each who is away (N10)."""
    others, frame = split(frame, partial(lies_with, me))
    late = frame["late"].astype(bool)
    urged = (frame["urged"] > 0) & ~late
    found = [
        ("逾期", frame[late], "late"),
        ("被催办", frame[urged], "urged"),
        ("待办", frame[~late & ~urged], "rest"),
    ]
    for absent in me.stands_in_for:
        others, theirs = split(others, partial(lies_with, absent))
        found.append((f"代{absent.name}办理", theirs, f"for.{absent.id}"))
    return found


def split(frame: pd.DataFrame, holds: Callable[[object], bool]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows for which it does not hold, and those for which it does."""
    mask = pd.Series([holds(row) for row in lists.rows(frame)], index=frame.index, dtype=bool)
    return frame[~mask], frame[mask]


def lies_with(person: Person, row) -> bool:
    """Whether a case is on the desk for this person's own sake: in their hand, or open to their role."""
    names = person.own_names
    return row.owner in names or row.delegated_by in names or (not row.owner and row.duty in person.roles)


@st.fragment(run_every=30)
def desk() -> None:
    """The desk, drawn anew by itself."""
    reader = session.reader()
    with reader.one_moment():
        drawn(reader)
    lists.follow()


def drawn(reader) -> None:
    frame, decide = reader.desk(), reader.to_decide()
    st.caption(today_line(session.now(), reader.calendar()))
    forms.show_outcome()
    notices(reader)
    if frame.empty and decide.empty:
        st.success("待办已清空。新的事项到您手里时会出现在这里。", icon=":material/task_alt:")
    together(frame, reader.standard())
    for title, part, key in [("延期待审批", decide, "decide"), *parts(frame)]:
        if not part.empty:
            st.subheader(f"{title} {len(part)}", anchor=False)
            lists.cards(part, f"desk.{key}")
    since = session.now() - timedelta(days=7)
    done = st.expander(
        f"近七天经手 {reader.how_many_done_by_me(since)}",
        icon=":material/history:",
        key="desk.past",
        on_change="rerun",
    )
    if done.open:
        with done:
            empty = lists.empty("近七天没有经手的事项。")
            lists.show(reader.done_by_me(since), "desk.done", empty=empty)


st.title("我的待办", anchor=False)
desk()

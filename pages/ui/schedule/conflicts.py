"""The conflicts that wait for a decision, with the form for whoever decides (R49)."""

from typing import Any

import streamlit as st

from core.case import Case, why_not
from core.process import Action
from core.processes.schedule_conflict import DECIDE, MOVE
from core.words import deadline
from pages.ui import forms, lists, session
from pages.ui.schedule.diary import KEY, Diary
from pages.ui.words import plain


def draw(diary: Diary) -> None:
    for row in lists.rows(diary.reader.escalations()):
        case = diary.reader.case(row.id)
        with st.container(border=True, key=f"{KEY}-card-{case.id}{'_late' if row.late else ''}"):
            told(diary, case)
            action = case.action(DECIDE)
            if not why_not(case, action, diary.me, session.now()):
                with forms.popover("定下来", f"{case.id}.{DECIDE}", icon=":material/gavel:"):
                    decision(diary, case, action)


def told(diary: Diary, case: Case) -> None:
    """What meets what, who decides by when, and what is free instead."""
    st.page_link(
        lists.CASE_PAGE, label=plain(case.title), query_params={"id": case.id}, icon=":material/warning:"
    )
    for n, side in enumerate(case.data["sides"], 1):
        who = diary.called(side["person"]) if side["person"] else ""
        said = (f"{n}. {side['what']}", side["sort"], side["time"], who, side["proposal"])
        st.markdown(plain("　".join(filter(None, said))))
    due = f"{diary.people.name(case.owner)}审批，限 {deadline(case.due_at, diary.calendar)}"
    free = (case.data.get("alternatives") or "").replace("\n", "；")
    st.markdown(f":small[:gray[{plain('　'.join(filter(None, (due, free and f'备选：{free}'))))}]]")


def decision(diary: Diary, case: Case, action: Action) -> None:
    """The form of the decision; what the priorities propose, and when it could be instead, to be taken with one tap."""
    key = f"{case.id}.{DECIDE}"
    side, free = diary.reader.gives_way(case.id)
    form = forms.begin(key, action.asks, diary.people, {"side": side})
    if free:
        st.markdown(f":small[第 {side} 项按优先级可以让，空闲的有：]")
        for n, offer in enumerate(free):
            st.button(plain(offer.says), key=f"{key}.offer.{n}", icon=":material/event_available:", on_click=move_to, args=(form, side, offer))  # fmt: skip
    forms.draw(form)

    def decide(values: dict[str, Any]) -> Any:
        return session.office().act(case.id, DECIDE, values, by=session.person(), seen=case.seq)

    forms.submit(form, action.title, decide, says="已定，日程随之更改，有关人员已告知")


def move_to(form: forms.Form, side: int, offer: Any) -> None:
    """The side that gives way moves to a free time: a callback."""
    form.settle()
    form.put({"decision": MOVE, "side": side, "moved_to": forms.local(offer.begins)})
    forms.save_draft(form)

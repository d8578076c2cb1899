"""Being away: one's own absence and deputy, and the absences that an administrator keeps."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from core.people import Person
from core.ports import Absence, Directory
from pages.ui import forms, session
from pages.ui.words import plain


def standing_in(person: Person) -> None:
    """Whom one stands in for today, at the foot of the sidebar."""
    if person.stands_in_for:
        names = "、".join(absent.name for absent in person.stands_in_for)
        st.caption(f"今日代：{plain(names)}")


def button() -> None:
    """The way to one's own absence, at the foot of the sidebar."""
    if st.button("外出", type="tertiary", help="登记外出和代办人"):
        _own()


@st.dialog("外出与代办")
def _own() -> None:
    # A dialog runs without the shell: it asks by itself who is here, and has the shell draw the farewell.
    me = session.current_person()
    if me is None:
        st.rerun()
    forms.show_outcome()
    people = session.reader().directory()
    mine = [one for one in session.reader().absences() if one.person == me.id]
    listed(mine, people, "absence.own")
    st.caption("外出期间，代办人以您的名义办理，留痕注明“代”。管理、审计和修订标准不由代办人代行。")
    form(people, own=True)


def form(people: Directory, *, own: bool) -> None:
    """Register an absence: one's own, or anybody's; today unless other days are chosen."""
    today = session.now().astimezone(session.zone()).date()
    forms.ask(
        "登记外出",
        session.OWN_ABSENCE_FORM if own else session.ABSENCE_FORM,
        lambda filled: session.absences().register(filled, session.now(), by=session.person()),
        key="absence.mine" if own else "absence.of",
        people=people,
        given={"since": today, "until": today},
        says="已登记外出",
    )


def listed(found: Sequence[Absence], people: Directory, key: str) -> None:
    """Absences now and to come; choose one to end it."""
    if not found:
        st.markdown(":gray[没有登记的外出。]")
        return
    for one in found:
        st.markdown(plain(told(one, people)))
    names = {one.id: told(one, people) for one in found}
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    chosen = left.selectbox(
        "提前结束哪一次",
        list(names),
        format_func=names.get,
        index=None,
        placeholder="请选择",
        key=f"{key}.which",
    )
    right.button(
        "结束", key=f"{key}.end", disabled=not chosen, on_click=partial(forms.run, partial(_end, chosen))
    )


def told(one: Absence, people: Directory) -> str:
    """An absence in one line."""
    days = f"{one.since:%Y-%m-%d} 至 {one.last:%Y-%m-%d}"
    line = f"{people.name(one.person)}　{days}　{people.name(one.deputy)}代"
    return f"{line}　{one.reason}" if one.reason else line


def _end(absence_id: str) -> str:
    session.absences().end(absence_id, session.now(), by=session.person())
    return "外出已结束，代办随即停止"

"""What sources outside brought, laid before whoever judges: one tap keeps and grades, one drops; several at once (R57).

`show` is for information, `documents` for what waits to be registered (R91). Who has no part in it sees nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from core.collecting import DOCUMENTS, INFORMATION
from core.fields import Field
from core.grading import BECAUSE, IMPORTANCE, URGENCY
from core.policy import why_not_judge_clippings, why_not_see_clippings
from pages.ui import forms, grading, session
from pages.ui.session import outside
from pages.ui.words import moment, plain

PER_PAGE = 10

SAID = 160
"""Characters of a text that are shown before it is unfolded."""

SHOWN = "clippings.shown"
"""How many are laid out, in the state of the session."""

TICKED = "clippings.tick."
"""What the key of a tick begins with; the id of its clipping follows."""

GRADE = (URGENCY, IMPORTANCE, BECAUSE)
REASON = Field(key="reason", title="为什么不登记", required=False, help="如 重复、不是公文")

__all__ = ["documents", "show"]


def show(reader: Any) -> None:
    """The information that waits to be judged, the newest first."""
    me = session.person()
    if reason := why_not_see_clippings(me):
        st.caption(f":material/lock: {plain(reason)}")
        return
    n = reader.clippings_waiting()[INFORMATION]
    if not n:
        st.markdown(":gray[没有等着判断的来件。设好监测点和来源，程序自己去看，命中的放到这里。]")
        return
    judges = why_not_judge_clippings(me) is None
    found = reader.clippings(limit=st.session_state.get(SHOWN, PER_PAGE))
    head = st.container(horizontal=True, vertical_alignment="center")
    head.markdown(f"收集到 **{n}** 条，等您判断" if judges else f"收集到 **{n}** 条，等人判断")
    if judges:
        several(head, found)
    for shown in found:
        a_clipping(shown, reader, judges)
    if n > len(found):
        st.button(f"再看 {min(PER_PAGE, n - len(found))} 条", key="clippings.more", on_click=more)


def more() -> None:
    """Lay out more of them. A callback."""
    st.session_state[SHOWN] = st.session_state.get(SHOWN, PER_PAGE) + PER_PAGE


def several(head: Any, found: Sequence[Any]) -> None:
    """What can be done to all that are ticked at once."""
    ticked = [one.clipping.id for one in found if st.session_state.get(TICKED + one.clipping.id)]
    head.button(
        f"按建议保留 {len(ticked)} 条" if ticked else "勾选后按建议保留", key="clippings.keep", icon=":material/flag:",
        type="primary" if ticked else "secondary", disabled=not ticked, on_click=keep, args=(ticked,),
    )  # fmt: skip
    head.button(
        f"不采用 {len(ticked)} 条" if ticked else "勾选后不采用", key="clippings.drop",
        disabled=not ticked, on_click=drop, args=(ticked,),
    )  # fmt: skip


def a_clipping(shown: Any, reader: Any, judges: bool) -> None:
    """One thing: what it says and where it is from, what the rules say, and what can be done with it."""
    one, said = shown.clipping, shown.suggested
    with st.container(border=True, key=f"clipping-card-{one.id}", gap="xsmall"):
        row = st.container(horizontal=True, vertical_alignment="center")
        if judges and not one.is_stub:
            row.checkbox(f"**{plain(one.title)}**", key=TICKED + one.id)
        else:
            row.markdown(f"**{plain(one.title)}**")
        st.markdown(f":small[:gray[{plain(' · '.join(filter(None, facts(shown))))}]]")
        warn(shown)
        if not one.is_stub:
            grading.show(said)
            if one.text:
                st.markdown(
                    f":small[{plain(one.text[:SAID].replace(chr(10), ' '))}{'…' if len(one.text) > SAID else ''}]"
                )
        what_can_be_done(shown, reader, judges)


def facts(shown: Any) -> list[str]:
    """Where it is from, what it matched, and when it was published."""
    one = shown.clipping
    matched = f"命中 {'、'.join(one.matched)}" if one.matched else ""
    published = f"{moment(one.published_at)} 发布" if one.published_at else f"{moment(one.at)} 收到"
    return [shown.source, one.sender if one.sender != shown.source else "", one.point, matched, published]


def warn(shown: Any) -> None:
    """What whoever judges should know before."""
    if shown.near:
        st.markdown(f":orange[:material/content_copy: 与已收的一条相近：{plain(shown.near)}]")
    if shown.clipping.note:
        st.markdown(f":orange[:material/info: {plain(shown.clipping.note)}]")


def what_can_be_done(shown: Any, reader: Any, judges: bool) -> None:
    one, said = shown.clipping, shown.suggested
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    if judges and not one.is_stub:
        row.button(
            f"保留，定为 {said.urgency}·{said.importance}", key=f"clipping.keep.{one.id}", icon=":material/flag:",
            on_click=keep, args=([one.id],),
        )  # fmt: skip
        otherwise(row, shown, reader)
    if judges:
        row.button("不采用", key=f"clipping.drop.{one.id}", on_click=drop, args=([one.id],))
    if one.link:
        row.link_button("看原文", one.link, type="tertiary", icon=":material/open_in_new:")
    the_files(row, shown)
    if one.text and len(one.text) > SAID:
        fold(shown, judges)
    elif judges and not one.is_stub:
        turned_out_secret(row, one.id)


def otherwise(row: Any, shown: Any, reader: Any) -> None:
    """Keep it with another grade than the suggested one."""
    one, said = shown.clipping, shown.suggested
    key = f"clipping.grade.{one.id}"
    with row:
        place = forms.popover("另定级", key, on_change="rerun")
    if place.open:
        with place:
            forms.ask(
                "保留并定级", GRADE, partial(keep_as, one.id), key=key, people=reader.directory(),
                given={URGENCY.key: said.urgency, IMPORTANCE.key: said.importance}, says="已保留并定级",
            )  # fmt: skip


def turned_out_secret(place: Any, clipping_id: str) -> None:
    """The way to remove what should not be here."""
    place.button(
        "涉密，删除内容",
        key=f"clipping.secret.{clipping_id}",
        type="tertiary",
        on_click=secret,
        args=(clipping_id,),
    )


def fold(shown: Any, judges: bool) -> None:
    """The whole text, unfolded where it is wanted."""
    one = shown.clipping
    place = st.expander("全文", key=f"clipping.text.{one.id}", on_change="rerun")
    if not place.open:
        return
    with place:
        st.text(one.text)
        if judges:
            turned_out_secret(st, one.id)


def the_files(row: Any, shown: Any) -> None:
    """The files that came with it, through the door that asks who is there."""
    for name, address in shown.files:
        row.link_button(plain(name), f"/files/{address}", type="tertiary", icon=":material/attach_file:")


# --- documents ------------------------------------------------------------------------------------------


def documents(reader: Any, take: Callable[[str], None], taken: str) -> None:
    """The documents that came by themselves and wait for a person: `take` is the callback that fills the form.

    `taken`: the one that is in the form; the others are folded away meanwhile.
    """
    if why_not_judge_clippings(session.person()) or not (n := reader.clippings_waiting()[DOCUMENTS]):
        return
    with st.container(border=True, key="incoming-by-itself"):
        st.subheader("自动登记待确认", anchor=False)
        if taken:
            st.caption(f"一件已填入下面的登记表，核对后登记；待确认的共 {n} 件，清空后再选别的。")
            return
        st.caption(f"程序收到 {n} 件来文，读出的内容一点即填入登记表，核对后登记。")
        for shown in reader.clippings(DOCUMENTS, limit=PER_PAGE):
            a_document(shown, reader, take)


def a_document(shown: Any, reader: Any, take: Callable[[str], None]) -> None:
    one = shown.clipping
    told = one.reading
    with st.container(border=True, key=f"clipping-card-{one.id}", gap="xsmall"):
        st.markdown(f"**{plain(one.title)}**")
        where = [
            told.get("doc_number"),
            told.get("sender_org") or one.sender,
            shown.source,
            f"{moment(one.at)} 收到",
        ]
        st.markdown(f":small[:gray[{plain(' · '.join(filter(None, where)))}]]")
        warn(shown)
        row = st.container(horizontal=True, vertical_alignment="center", gap="small")
        row.button("填入登记表", key=f"clipping.take.{one.id}", on_click=take, args=(one.id,))
        key = f"clipping.refuse.{one.id}"
        with row:
            place = forms.popover("不登记", key, on_change="rerun")
        if place.open:
            with place:
                forms.ask(
                    "不登记", (REASON,), partial(refuse, one.id), key=key, people=reader.directory(), says="已定为不登记",
                )  # fmt: skip
        the_files(row, shown)


# --- callbacks ------------------------------------------------------------------------------------------


def keep(ids: Sequence[str]) -> None:
    """Keep these as the rules suggest. A callback."""
    forms.run(lambda: _told("保留", outside.collecting().use_all(ids, by=session.person())))


def keep_as(clipping_id: str, filled: Mapping[str, Any]) -> Any:
    """Keep one with the grade of the form."""
    return outside.collecting().use(clipping_id, filled, by=session.person())


def drop(ids: Sequence[str]) -> None:
    """Do not use these. A callback."""
    forms.run(lambda: _told("定为不采用", outside.collecting().drop(ids, by=session.person())))


def secret(clipping_id: str) -> None:
    """It turned out to be secret: all it says is removed. A callback."""
    forms.run(
        lambda: _told("删除内容", outside.collecting().drop([clipping_id], by=session.person(), secret=True))
    )


def refuse(clipping_id: str, filled: Mapping[str, Any]) -> None:
    """A document that is not registered, and why. Where somebody was first, the sentence is shown."""
    outcome = outside.collecting().drop([clipping_id], by=session.person(), reason=filled["reason"] or "")
    if why := outcome[clipping_id]:
        forms.tell(why, good=False)


def _told(what: str, outcome: Mapping[str, str | None]) -> str:
    for clipping_id in outcome:
        st.session_state.pop(TICKED + clipping_id, None)
    refused = list(dict.fromkeys(why for why in outcome.values() if why))
    done = sum(why is None for why in outcome.values())
    left = f"；{len(outcome) - done} 条没有：{'；'.join(refused)}" if refused else ""
    return f"已{what} {done} 条{left}"

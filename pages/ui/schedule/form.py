"""The form of an entry: what it would meet, and what is free instead, are told while it is filled in (N18, N19)."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import streamlit as st

from core.fields import Field
from core.people import Role
from pages.ui import forms, session
from pages.ui.schedule.diary import KEY, Diary
from pages.ui.words import plain

ROWS = (
    ("title",),
    ("begins", "ends", "all_day"),
    ("sort", "important"),
    ("people", "departments"),
    ("resources", "place"),
    ("repeat", "until"),
    ("note",),
)

OPEN = f"{KEY}.open"
"""How often the form was opened by the program, in the state of the session."""

SAID = f"{KEY}.says"


def the_door(diary: Diary) -> None:
    """登记日程."""
    form = forms.begin(KEY, diary.fields, diary.people, given(diary))
    begun = bool(st.session_state.get(OPEN) or form.state().get("title"))
    # A door of another name each time: one that is drawn already is not opened by being asked to.
    door = f"{KEY}.door.{st.session_state.get(OPEN, 0)}"
    with st.expander("登记日程", expanded=begun, icon=":material/add:", key=door):
        forms.draw(form, rows_of(diary.fields, one_below_another=diary.phone))
        met = meets(diary, form)
        with st.container(horizontal=True):
            forms.submit(form, "登记", save, shortcut=None if diary.phone else "Ctrl+Enter")
            skipping(form, met, partial(save, skip=True))


def given(diary: Diary) -> dict[str, Any]:
    """The next full hour, for oneself; a secretary chooses."""
    begins = diary.now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    mine = [] if diary.me.roles & {Role.SECRETARY, Role.DIRECTOR} else [diary.me.id]
    return {"begins": begins, "ends": begins + timedelta(hours=1), "people": mine}


def rows_of(fields: Sequence[Field], *, one_below_another: bool) -> list[list[str]]:
    known = {field.key for field in fields}
    kept = [[key for key in row if key in known] for row in ROWS]
    return [[key] for row in kept for key in row] if one_below_another else [row for row in kept if row]


def save(values: dict[str, Any], *, skip: bool = False) -> Any:
    kept = session.scheduling().add(values, by=session.person(), form=session.form_id(KEY), skip=skip)
    session.forget_form_id(KEY)
    st.session_state.pop(OPEN, None)
    tell_above(kept.says)
    return kept


def tell_above(said: str) -> None:
    """Say where the page begins what has come of saving, in the place of the form's own word for it."""
    st.session_state[SAID] = said


def just_saved() -> str:
    """What has come of saving, once."""
    return str(st.session_state.pop(SAID, ""))


def begin(diary: Diary, span: tuple[datetime, datetime], values: dict[str, Any]) -> None:
    """The form begins with a time, and with what else is known: in a callback."""
    form = forms.begin(KEY, diary.fields, diary.people, given(diary))
    form.put(values)
    st.session_state[OPEN] = st.session_state.get(OPEN, 0) + 1
    forms.tell(f"{diary.when(*span)} 已填入“登记日程”，请写明事项")


# --- what it would meet -------------------------------------------------------------------------------


def meets(diary: Diary, form: forms.Form, entry_id: str = "") -> Any:
    """What the entry would meet as it stands there, before it is saved, with what is free instead to be taken with one
    tap (N18).
    """
    met = diary.reader.meets(form.values(), entry_id=entry_id)
    if not met.clashes:
        return met
    lines = [plain(one) for one in met.clashes]
    lines += [f"另有 {met.more} 处"] if met.more > 0 else []
    if met.decides:
        lines.append("同一时段的重要活动达到阈值：保存后为待定，并报批")
    st.warning("  \n".join(lines), icon=":material/event_busy:")
    if met.offers:
        row = st.container(horizontal=True, vertical_alignment="center", key=f"{form.key}.offers")
        row.markdown("空闲的有：", width="content")
        for n, offer in enumerate(met.offers):
            row.button(plain(offer.says), key=f"{form.key}.offer.{n}", icon=":material/event_available:", on_click=take, args=(diary, form, offer))  # fmt: skip
    return met


def take(diary: Diary, form: forms.Form, offer: Any) -> None:
    """What is free is taken into the form: a callback."""
    form.settle()
    form.put(in_form(diary, offer.begins, offer.ends, offer.resources))
    forms.save_draft(form)


def in_form(diary: Diary, begins: datetime, ends: datetime, taken: Sequence[str]) -> dict[str, Any]:
    """A time and what is booked as the form of an entry holds them."""
    values: dict[str, Any] = {"begins": forms.local(begins), "ends": forms.local(ends)}
    if diary.bookable:
        values["resources"] = [diary.resources[one].name for one in taken if one in diary.resources]
    return values


def skipping(form: forms.Form, met: Any, save: Callable[[dict[str, Any]], Any]) -> None:
    """The button that enters a series without the days on which something stands already (N19)."""
    if met.days:
        told = "、".join(f"{day.month}月{day.day}日" for day in met.days[:3])
        more = f"等 {len(met.days)} 天" if len(met.days) > 3 else ""
        forms.submit(form, f"避开 {told}{more}，其余登记", save, primary=False, name="skip")

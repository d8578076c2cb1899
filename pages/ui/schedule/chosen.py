"""The entry that was chosen: what is known of it, changing and cancelling it; and having back what was cancelled (N19)."""

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import streamlit as st

from core.errors import NotFound
from core.people import DEPARTMENT
from core.policy import why_not_keep_entry
from core.schedule import OFF, REPEATS, Entry
from pages.ui import agenda, forms, lists, session
from pages.ui.schedule.diary import KEY, Diary
from pages.ui.schedule.form import meets, rows_of, skipping, tell_above
from pages.ui.words import plain

CHOSEN = f"{KEY}.chosen"
"""The id and the day of the entry that is looked at, in the state of the session."""


def choose(entry_id: str, day: date) -> None:
    """An entry is looked at: a callback."""
    st.session_state[CHOSEN] = entry_id, day


def close() -> None:
    """Nothing is chosen any more: a callback."""
    st.session_state.pop(CHOSEN, None)


def draw(diary: Diary) -> None:
    """What is known of it, and what can be done with it."""
    entry_id, day = st.session_state.get(CHOSEN, ("", None))
    if not entry_id:
        return
    try:
        entry = diary.reader.entry(entry_id)
    except NotFound:
        close()
        return
    if entry.state == OFF:
        return
    with st.container(border=True, key=f"{KEY}.chosen_entry"):
        facts(diary, entry, day)
        if entry.case_id:
            st.page_link(
                lists.CASE_PAGE,
                label="打开事项（时间、地点、人员在那里改）",
                query_params={"id": entry.case_id},
            )
        elif entry.by == diary.me.id or not why_not_keep_entry(diary.me, entry.whom):
            doing(diary, entry, day)


def facts(diary: Diary, entry: Entry, day: date | None) -> None:
    head = st.container(horizontal=True, vertical_alignment="center")
    head.markdown(f"**{plain(entry.title)}**", width="stretch")
    head.button("收起", key=f"{KEY}.close", type="tertiary", icon=":material/close:", on_click=close)
    told = [diary.when(*time_on(diary, entry, day)), "、".join(map(diary.called, entry.whom)), entry.place]
    told += [entry.sort + ("·重要" if entry.important else ""), entry.state]
    told += [f"{entry.repeats}，到 {entry.until}"] if entry.rule else []
    st.markdown(f":small[{plain(' · '.join(filter(None, told)))}]")
    if entry.note:
        st.markdown(plain(entry.note))


def time_on(diary: Diary, entry: Entry, day: date | None) -> tuple[datetime, datetime]:
    """When the entry takes place on that day."""
    begins, ends = (at.astimezone(diary.zone) for at in (entry.begins, entry.ends))
    if day is None:
        return begins, ends
    at = datetime.combine(day, begins.time(), diary.zone)
    return at, at + (ends - begins)


def doing(diary: Diary, entry: Entry, day: date | None) -> None:
    """Change it, cancel one time or all of them, and have a day again that was left out."""
    row = st.container(horizontal=True, vertical_alignment="center")
    if entry.repeats in REPEATS:
        with row, forms.popover("修改", key_of(entry), icon=":material/edit:"):
            change(diary, entry)
    whole = "取消整个系列" if entry.rule else "取消"
    for title, only, name in ((("只取消这一次", day, "one"),) if entry.rule else ()) + (
        (whole, None, "all"),
    ):
        key = f"{key_of(entry)}.cancel.{name}"
        with row, forms.popover(title, key, icon=":material/event_busy:"):
            forms.ask(title, (agenda.REASON,), partial(cancel, entry, only), key=key, people=diary.people, says="已取消")  # fmt: skip
    left_out(diary, entry)


def key_of(entry: Entry) -> str:
    """Of what is done with an entry as it stood when the page was drawn."""
    return f"{KEY}.{entry.id}.{entry.version}"


def change(diary: Diary, entry: Entry) -> None:
    form = forms.begin(key_of(entry), diary.fields, diary.people, editing(diary, entry))
    forms.draw(form, rows_of(diary.fields, one_below_another=True))
    met = meets(diary, form, entry.id)

    def save(values: dict[str, Any], *, skip: bool = False) -> Any:
        kept = session.scheduling().change(
            entry.id, values, by=session.person(), seen=entry.version, skip=skip
        )
        tell_above(kept.says)
        return kept

    forms.submit(form, "保存", save)
    skipping(form, met, partial(save, skip=True))


def editing(diary: Diary, entry: Entry) -> dict[str, Any]:
    """The form of an entry as it is."""
    last = entry.ends - timedelta(minutes=1) if entry.all_day else entry.ends
    return {
        "title": entry.title, "begins": entry.begins, "ends": last, "all_day": entry.all_day, "sort": entry.sort,
        "important": entry.important, "people": list(entry.people), "place": entry.place, "note": entry.note,
        "departments": [one.removeprefix(DEPARTMENT) for one in entry.whom if one.startswith(DEPARTMENT)],
        "resources": [diary.resources[one].name for one in entry.resources if one in diary.resources],
        "repeat": entry.repeats, "until": entry.until,
    }  # fmt: skip


def cancel(entry: Entry, day: date | None, values: dict[str, Any]) -> None:
    session.scheduling().cancel(
        entry.id, values["reason"] or "", by=session.person(), seen=entry.version, day=day
    )
    close()


# --- what can be had back -----------------------------------------------------------------------------


def left_out(diary: Diary, entry: Entry) -> None:
    """The days that were taken out of a series: those that are free by now come back with one tap (N19)."""
    for day, stands in diary.reader.left_out(entry):
        row = st.container(horizontal=True, vertical_alignment="center", gap="small")
        told = f"{day.month}月{day.day}日已排除：{stands or '现在空闲'}"
        row.markdown(f":small[:gray[{plain(told)}]]", width="content")
        if not stands:
            row.button(f"恢复 {day.month}月{day.day}日", key=f"{KEY}.restore.{day}", type="tertiary", on_click=restore_day, args=(entry, day))  # fmt: skip


def restore_day(entry: Entry, day: date) -> None:
    """A callback."""
    forms.run(
        lambda: session.scheduling().restore_day(entry.id, day, by=session.person(), seen=entry.version).says
    )


def cancelled(diary: Diary) -> None:
    """What was cancelled, to be had again as it was (N19)."""
    found = diary.reader.cancelled()
    if not found:
        return
    with st.expander(f"已取消的日程 {len(found)}", icon=":material/restore:"):
        for entry in found:
            row = st.container(horizontal=True, vertical_alignment="center", gap="small")
            told = f"{entry.title}　{diary.when(entry.begins, entry.ends)}　{'、'.join(map(diary.called, entry.whom))}"
            row.markdown(plain(told + (f"　{entry.repeats}" if entry.rule else "")), width="content")
            row.button(
                "恢复", key=f"{KEY}.again.{entry.id}", type="tertiary", on_click=restore, args=(entry,)
            )


def restore(entry: Entry) -> None:
    """A callback."""
    forms.run(lambda: session.scheduling().restore(entry.id, by=session.person(), seen=entry.version).says)

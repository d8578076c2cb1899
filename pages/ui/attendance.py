"""Who came to a meeting: the QR code, signing in by hand, who is missing and how they are reached (R74)."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from core.contacts import Contact
from core.errors import OfficeError
from core.meeting_record import Attendee, Record
from pages.ui import forms, qr, session
from pages.ui.session import signed_links
from pages.ui.sitting import Sitting, settled
from pages.ui.words import plain

LOOK_AGAIN = 15
"""Seconds after which the list notices who has signed in by phone."""

BY_HAND = "手工"


@st.fragment(run_every=LOOK_AGAIN)
def draw(sitting: Sitting) -> None:
    """The card of who is here; redrawn by itself."""
    look = sitting.look()
    settled(sitting, look)
    with st.container(border=True, key="attendance", gap="small"):
        st.markdown(f"**签到**　{counted(look.record)}")
        if sitting.may("sign_in"):
            with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
                by_phone(sitting)
                walk_in(sitting)
                sheet(sitting, look.record)
            by_hand(sitting, look.record)
        else:
            sheet(sitting, look.record)


def counted(record: Record) -> str:
    """How many were expected, came, sent word that they do not, and came besides."""
    came = record.came()
    expected = sum(one.expected for one in record.attendance)
    here = sum(one.expected for one in came)
    told = f"应到 {expected} · 实到 **{here}** · 请假 {len(record.excused())}"
    return told + (f" · 列席 {len(came) - here}" if len(came) > here else "")


def by_phone(sitting: Sitting) -> None:
    """The QR code for the phones of the room; it is another one every few minutes."""
    with st.popover("扫码"):
        try:
            door = signed_links.room_door(sitting.case.id)
        except OfficeError as refusal:
            st.caption(plain(refusal))
            return
        st.markdown(f"签到码　**{plain(door.code)}**　:small[:gray[不能扫码的，在通知链接里输入]]")
        st.image(qr.svg(door.address, title="签到二维码"), width=260)
        st.caption(f"{door.until.astimezone(sitting.calendar.zone):%H:%M} 换新码，本页会自己换")


def walk_in(sitting: Sitting) -> None:
    """Somebody who is not on the list."""
    with forms.popover("名单外", f"{sitting.case.id}.sign_in.walk_in"):
        asks = tuple(f for f in sitting.asks("sign_in") if f.key not in ("attendee", "way"))
        forms.ask(
            "签到", asks, partial(sign_in, sitting), key=f"{sitting.case.id}.sign_in.walk_in",
            people=sitting.people, says="已签到：名单外的一位",
        )  # fmt: skip


def sign_in(sitting: Sitting, said: dict[str, Any]) -> None:
    """Write somebody into the sheet."""
    sitting.act("sign_in", way=BY_HAND, **said)


def by_hand(sitting: Sitting, record: Record) -> None:
    """Whoever is not here yet, each one tap from being here."""
    waiting = {one.who: one for one in (*record.missing(), *record.excused())}
    if not waiting:
        st.markdown(":green[:material/check_circle: 名单里的人都到了]")
        return
    key = f"{sitting.case.id}.room.came"
    with st.container(height=132 if len(waiting) > 9 else "content", border=False):
        st.pills(
            "点名字，代为签到", list(waiting), key=key, format_func=lambda who: named(waiting.get(who)),
            on_change=came, args=(sitting, key, waiting),
        )  # fmt: skip


def named(one: Attendee | None) -> str:
    return plain(one.shown + ("（请假）" if not one.comes else "")) if one else ""


def came(sitting: Sitting, key: str, waiting: dict[str, Attendee]) -> None:
    """A name was tapped. A callback."""
    who = st.session_state.get(key)
    st.session_state[key] = None
    if who in waiting:
        one = waiting[who]
        told = {
            "attendee": who,
            "attendee_name": one.deputy or one.name,
            "attendee_organisation": one.organisation,
        }
        forms.run(lambda: sign_in(sitting, told))


def sheet(sitting: Sitting, record: Record) -> None:
    """Everybody with how they stand; how the missing are reached, for whoever prepares the meeting."""
    with st.popover("签到表"):
        reached = session.reader().reached(sitting.case.id)
        missing = [one for one in record.attendance if not one.present]
        if missing:
            st.markdown(f"**未到 {len(missing)} 人**")
            st.markdown("\n".join(_absent(one, reached.get(one.who)) for one in missing))
        if record.came():
            st.markdown(f"**已到 {len(record.came())} 人**")
            st.markdown("\n".join(map(_present, record.came())))
        if not record.attendance:
            st.markdown(":gray[还没有参会名单。]")
        if record.came() and sitting.may("undo_sign_in"):
            undo(sitting, record.came())


def _absent(one: Attendee, contact: Contact | None) -> str:
    how = " ".join(filter(None, (contact.mobile, contact.email))) if contact else ""
    told = " · ".join(filter(None, (one.organisation, one.answer, how)))
    return f"- {plain(one.shown)}　:gray[{plain(told)}]"


def _present(one: Attendee) -> str:
    at = f"{one.signed_at:%H:%M}" if one.signed_at else ""
    told = " · ".join(filter(None, (one.organisation, one.state, one.way)))
    return f"- `{at}` {plain(one.shown)}　:gray[{plain(told)}]"


def undo(sitting: Sitting, here: Sequence[Attendee]) -> None:
    """Take back a sign-in that was a mistake; it stays in the trace."""
    key = f"{sitting.case.id}.room.undo"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        n = st.selectbox(
            "签错了？", range(len(here)), index=None, key=key, format_func=lambda n: here[n].shown,
            placeholder="选一位", width=180,
        )  # fmt: skip
        if n is not None and n < len(here):
            st.button("撤销签到", key=f"{key}.go", **sitting.on_click(_undone, sitting, here[n]))


def _undone(sitting: Sitting, one: Attendee) -> str:
    sitting.act(
        "undo_sign_in",
        attendee=one.who or None,
        attendee_name=one.name,
        attendee_organisation=one.organisation or None,
    )
    return f"已撤销{one.shown}的签到"


def names(record: Record) -> list[str]:
    """Who may speak, for a choice by one tap: who is here first, then who is still expected."""
    here = (*record.came(), *record.missing())
    return list(dict.fromkeys(one.deputy or one.name for one in here))

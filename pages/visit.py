"""接待手册: a visit for the phone in the hand – itinerary, way, who does what, whom to call (R54)."""

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from core import visit
from core.case import why_not
from core.errors import NotFound
from core.policy import why_not_print
from core.processes.reception import KEY
from pages.ui import forms, lists, session
from pages.ui.words import NONE, full_moment, moment, plain

MARKS = {
    "已完成": ":green[:material/check_circle:]",
    "进行中": ":blue[:material/pending:]",
    "有变化": ":orange[:material/warning:]",
    "取消": ":gray[:material/cancel:]",
    visit.TO_COME: ":gray[:material/radio_button_unchecked:]",
}
"""How far a line of the itinerary is; the word stands beside the sign."""

me = session.desk()
reader, office = session.reader(), session.office()

try:
    case = reader.case(st.query_params.get("id", ""))
except NotFound as nothing:
    st.info(f"{nothing}。", icon=":material/search_off:")
    st.stop()
if case.process.key != KEY or not case.data.get("itinerary"):
    st.info("这件事项还没有接待方案，方案报批后这里就有接待手册。", icon=":material/info:")
    st.page_link(
        lists.CASE_PAGE, label="回到事项", icon=":material/arrow_back:", query_params={"id": case.id}
    )
    st.stop()

people, zone = reader.directory(), session.zone()
mark_item = next(
    action for stage in case.process.stages for action in stage.actions if action.key == "mark_item"
)


def head() -> None:
    st.page_link(
        lists.CASE_PAGE,
        label=f"返回 {plain(case.number)}",
        icon=":material/arrow_back:",
        query_params={"id": case.id},
    )
    st.title(plain(case.title), anchor=False)
    data = case.data
    when = (
        f"{full_moment(data['arrives_at'].astimezone(zone))} 至 {moment(data['leaves_at'].astimezone(zone))}"
    )
    st.markdown(plain(f"{data['visitor']} · {data['guest_level']} · {data['guest_count']} 人 · {when}"))
    if not why_not_print(me, case):
        row = st.container(horizontal=True)
        for kind, label, icon in (
            ("pdf", "手册 PDF", ":material/print:"),
            ("png", "手册图片", ":material/image:"),
        ):
            row.link_button(
                label,
                f"/papers/{case.id}/visit_book.{kind}",
                icon=icon,
                type="tertiary",
                help="按现在的方案和进度",
            )
    needs = "、".join(data.get("special_needs") or ())
    if special := "；".join(filter(None, (needs, data.get("needs_note")))):
        st.warning(plain(f"特殊要求：{special}"), icon=":material/priority_high:")


@st.fragment(run_every=30)
def timeline() -> None:
    """The itinerary down the page, each line with how far it is; who leads it marks it with one tap."""
    # Read anew each time: the plan may have been changed on the way, or the visit be over.
    reader = session.reader()
    now = reader.case(case.id)
    newest_first = [*lists.rows(reader.history(case.id))]
    shown = visit.items(now.data["itinerary"], reversed(newest_first))
    may_mark = now.stage.key == "execution" and not why_not(now, mark_item, session.person(), session.now())
    done = sum(item.state in ("已完成", "取消") for item in shown)
    with st.container(border=True):
        st.subheader("行程", anchor=False)
        forms.show_outcome()
        st.progress(done / len(shown), text=f"{done} / {len(shown)} 项已完成")
        for item in shown:
            line(item, now.seq, may_mark=may_mark)


def line(item: visit.Item, seen: int, *, may_mark: bool) -> None:
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    who = f" · {people.name(item.in_charge)}" if item.in_charge else ""
    said = f" · {item.state} {moment(item.told_at)}" if item.told_at else ""
    note = "；".join(filter(None, (item.remark, item.note)))
    below = plain(f"{item.place}{who}{said}" + (f"（{note}）" if note else ""))
    row.markdown(
        f"{MARKS[item.state]} **{plain(item.begins)}** {plain(item.activity)}  \n:small[:gray[{below}]]"
    )
    if may_mark and item.state not in ("已完成", "取消"):
        row.button(
            "完成", key=f"visit.done.{item.n}", on_click=forms.run, args=(lambda: mark(item.n, seen, DONE),)
        )
        key = f"visit.mark.{item.n}"
        with row, forms.popover("有变化", key):
            forms.ask(
                "记下", mark_item.asks[1:], lambda filled: mark(item.n, seen, filled), key=key, people=people,
                given={"item_state": "有变化"}, says=f"第 {item.n} 项已记下",
            )  # fmt: skip


DONE = {"item_state": "已完成", "item_note": None}


def mark(n: int, seen: int, said: Mapping[str, Any]) -> str:
    """Say how far a line of the itinerary is: a callback."""
    office.act(case.id, mark_item.key, {"item_no": n, **said}, by=session.person(), seen=seen)
    return f"第 {n} 项{said['item_state']}"


def the_way() -> None:
    """The way from place to place as a line with stops: drawn here, so it needs no map from outside."""
    stops = visit.stops(case.data["itinerary"])
    frame = pd.DataFrame(
        [
            (
                s.x,
                -s.y,
                n,
                f"{n}",
                s.place,
                "、".join(case.data["itinerary"][k - 1]["begins"] for k in s.items),
            )
            for n, s in enumerate(stops, 1)
        ],
        columns=["x", "y", "n", "label", "place", "when"],
    )
    rows = -int(frame["y"].min()) + 1
    place = {
        "x": alt.X("x:Q").axis(None).scale(domain=[-0.5, visit.A_ROW - 0.5]),
        "y": alt.Y("y:Q").axis(None).scale(domain=[-rows + 0.4, 0.5]),
    }
    base = alt.Chart(frame).encode(**place)
    way = base.mark_line(color="#9DB4CC", strokeWidth=4).encode(order=alt.Order("n:Q"))
    signs = base.mark_circle(size=520, color="#A52A2A", opacity=1)
    numbers = base.mark_text(color="white", fontSize=13, fontWeight="bold").encode(text=alt.Text("label:N"))
    names = base.mark_text(dy=26, fontSize=12, limit=100).encode(
        text=alt.Text("place:N"), tooltip=[alt.Tooltip("when:N", title="时刻")]
    )
    with st.container(border=True):
        st.subheader("路线", anchor=False)
        st.altair_chart(
            (way + signs + numbers + names).properties(height=110 * rows).configure_view(stroke=None)
        )


def staff() -> None:
    with st.container(border=True):
        st.subheader("人员分工", anchor=False)
        for row in case.data.get("staff") or ():
            st.markdown(
                f"{plain(row['task'])}　**{plain(people.name(row['person']))}**　{phone(row.get('phone'))}"
            )


def emergency() -> None:
    with st.container(border=True):
        st.subheader("应急联络", anchor=False)
        for row in case.data.get("emergency") or ():
            st.markdown(
                f":red[:material/emergency:] {plain(row['matter'])}　**{plain(row['whom'])}**　{phone(row['phone'])}"
            )


def phone(number: str | None) -> str:
    """A number to be called with a tap, where it is one."""
    digits = "".join(sign for sign in number or "" if sign.isdigit() or sign in "+")
    return f"[{plain(number)}](tel:{digits})" if len(digits) >= 3 else plain(number or NONE)


head()
left, right = st.columns([3, 2])
with left:
    timeline()
with right:
    the_way()
    staff()
    emergency()

"""查找: one box for everything a case says, its attachments included; each hit with the place that was found."""

from math import ceil

import streamlit as st

from core.errors import Refused
from core.search import COUNTED, Place
from pages.ui import lists, session
from pages.ui.words import NONE, plain

me = session.desk()
reader = session.reader()
standard = reader.standard()

PAGE = 50
"""Hits on a page."""

HELP = (
    "一个字、两个字、文号、拼音首字母都可以，例如“安全生产”“aqsc”“〔2026〕41”；多个词用空格隔开，要求都有。"
    "登记号、标题、文号、来文单位、批示和办理结果、附件名和附件里的文字都找；涉密件不进索引，可在登记簿按登记号找到。"
)

YEARS = 10
"""How far back the filter of years goes."""

BOX, SHOWN = "search.q", "search.page"


def anew() -> None:
    """Something else is looked for: begin at its first page. A callback."""
    st.session_state.pop(SHOWN, None)


def asked() -> str:
    """The box; what is typed stands in the address, so that a search can be passed on and gone back to."""
    given = st.query_params.get("q", "")
    if BOX not in st.session_state or given != st.session_state["search.given"]:
        st.session_state["search.given"] = st.session_state[BOX] = given
        anew()
    typed = st.text_input(
        "查找",
        key=BOX,
        placeholder="标题、文号、来文单位、附件里的话……",
        icon=":material/search:",
        label_visibility="collapsed",
        on_change=address,
    )
    return (typed or "").strip()


def address() -> None:
    """Put what was typed into the address. A callback."""
    st.session_state["search.given"] = st.query_params["q"] = st.session_state[BOX] or ""
    anew()


def narrowed() -> dict:
    """What the person wants to see of the hits."""
    titles = {process.key: process.title for process in standard.newest()}
    this_year = session.now().astimezone(session.zone()).year
    years = range(this_year, this_year - YEARS, -1)
    row = st.container(horizontal=True, vertical_alignment="center")
    process = row.selectbox(
        "工作", list(titles), index=None, format_func=lambda key: titles[key], key="search.process",
        placeholder="全部工作", label_visibility="collapsed", width=180, on_change=anew,
    )  # fmt: skip
    year = row.selectbox(
        "年份", list(years), index=None, format_func=lambda year: f"{year}年", key="search.year",
        placeholder="全部年份", label_visibility="collapsed", width=140, on_change=anew,
    )  # fmt: skip
    only_open = row.toggle("只看在办", key="search.open", on_change=anew)
    return {"process": process or "", "year": year, "only_open": only_open}


def hits(text: str, where: dict) -> None:
    """The cases that say it, as many as a page holds."""
    page = int(st.session_state.get(SHOWN) or 1)
    try:
        found = reader.search(text, **where, limit=PAGE, offset=(page - 1) * PAGE)
    except Refused as refusal:
        st.warning(plain("；".join(refusal.problems.values())), icon=":material/info:")
        return
    if not found.count:
        st.markdown(f":gray[{plain(f'没有找到“{text}”。换个词，或少几个字试试。')}]")
        return
    st.caption(how_many(found.count))
    for row in lists.rows(found.cases):
        hit(row, found.places.get(row.id, ()))
    if (pages := ceil(min(found.count, COUNTED) / PAGE)) > 1:
        st.pagination(pages, key=SHOWN, max_visible_pages=5)


def how_many(count: int) -> str:
    """The figure over the hits; beyond what is counted, that there are more."""
    if count > COUNTED:
        return f"{COUNTED}+ 件，最近的在前；再加一个词可以缩小范围"
    return f"{count} 件，最近的在前"


def hit(row, places: list[Place]) -> None:
    """One case: its title as the door, where it stands, whose part it is, and what was found in it."""
    with st.container(border=True, key=f"search-card-{row.id}", gap="xsmall"):
        st.page_link(
            lists.CASE_PAGE,
            label=plain(row.title[:300]) or NONE,
            query_params={"id": str(row.id)},
            width="stretch",
        )
        st.markdown("  \n".join([f":small[{plain(stands(row))}]", *map(told, places)]))
        if row.root_id != row.id and row.root_number:
            st.page_link(
                lists.CASE_PAGE,
                label=f":small[:gray[{plain(f'属于 {row.root_number} {row.root_title}'[:300])}]]",
                icon=":material/subdirectory_arrow_right:",
                query_params={"id": str(row.root_id)},
            )


def stands(row) -> str:
    """Number, kind of work, step, hand and day in one line."""
    hand = f"在 {row.owner_name} 手里" if row.is_open else ""
    return " · ".join(
        filter(None, [row.number, row.process_title, row.where, hand, f"{row.opened_at:%Y-%m-%d}"])
    )


def told(place: Place) -> str:
    """A found place with what was found in bold."""
    return f":gray[{plain(place.where)}]　{plain(place.before)}**{plain(place.hit)}**{plain(place.after)}"


st.title("查找", anchor=False)
text = asked()
where = narrowed()
if text:
    hits(text, where)
else:
    st.markdown(f":gray[{plain(HELP)}]")

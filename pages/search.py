"""查找: one box for everything a case says, its attachments included; each hit with the place that was found."""

from datetime import date, timedelta
from math import ceil

import streamlit as st

from core.errors import Refused
from core.grading import IMPORTANCES, URGENCIES
from core.processes import FAMILIES
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
    "登记号、标题、文号、来文单位、批示和办理结果、表格里的字、附件名和附件里的文字都找；涉密件不进索引，可在登记簿按登记号找到。"
)

YEARS = 10
"""How far back the filter of years goes."""

FAMILY = "family:"
"""Before the name of a family, where a single kind of work may be chosen as well."""

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
    """What the person wants to see of the hits: which work, which labels of information, from when."""
    place = st.expander("筛选", icon=":material/tune:") if lists.is_phone() else st.container()
    row = place.container(horizontal=True, vertical_alignment="center")
    titles = {process.key: process.title for process in standard.newest()}
    works = {**{f"{FAMILY}{name}": f"【{name}】" for name in FAMILIES}, **titles}
    work = choice(row, "work", "全部工作", works, 180) or ""
    urgency = choice(row, "urgency", "信息缓急", {word: f"{word}（信息）" for word in URGENCIES}, 130) or ""
    importance = (
        choice(row, "importance", "信息轻重", {word: f"重要 {word}" for word in IMPORTANCES}, 130) or ""
    )
    spans = times(session.now().astimezone(session.zone()).date())
    first, last = spans.get(
        choice(row, "time", "全部时间", {key: key for key in spans}, 140) or "", (None, None)
    )
    family = work.removeprefix(FAMILY) if work.startswith(FAMILY) else ""
    return {
        "process": "" if family else work,
        "family": family,
        "urgency": urgency,
        "importance": importance,
        "first": first,
        "last": last,
        "only_open": row.toggle("只看在办", key="search.open", on_change=anew),
    }  # fmt: skip


def choice(row, what: str, nothing: str, words: dict, width: int) -> str | None:
    """One of these, or nothing."""
    return row.selectbox(
        nothing, list(words), index=None, format_func=words.get, key=f"search.{what}", placeholder=nothing,
        label_visibility="collapsed", width=width, on_change=anew,
    )  # fmt: skip


def times(today: date) -> dict[str, tuple[date, date]]:
    """Since when something may have been opened, in words: the last days, and the years."""
    recent = {"近一周": 7, "近一月": 31, "近三月": 92}
    years = {
        f"{year}年": (date(year, 1, 1), date(year, 12, 31))
        for year in range(today.year, today.year - YEARS, -1)
    }
    return {word: (today - timedelta(days=days), today) for word, days in recent.items()} | years


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
    graded = lists.graded_words(row.data)
    label = f"信息 {graded}" if graded else ""
    parts = [row.number, row.process_title, label, row.where, hand, f"{row.opened_at:%Y-%m-%d}"]
    return " · ".join(filter(None, parts))


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

"""事务协调台账 on the page of registers: what of each item stands how, and the list behind it (R79)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pyarrow as pa
import streamlit as st

from core.coordination import COLUMNS, TITLE, Entry, Wanted, index, read, written
from core.registers import LONGEST, STATES
from pages.ui import lists
from pages.ui.words import plain

__all__ = ["TITLE", "show"]

SHOWN = 500
"""Items of the ledger on the page; the files have all of them."""


def show(reader: Any, name: str, value: str) -> None:
    """The ledger as the address wants it; `name` and `value` are the part of the address that leads to it."""
    titles = reader.coordinated()
    wanted = read({key: st.query_params.get_all(key) for key in st.query_params}, titles)
    st.caption("接待、日程冲突等协调事项，按事项和状态检索。")
    every, _ = reader.coordination(Wanted(year=wanted.year), limit=2_000)
    counted(index(every))
    narrowing(wanted, titles, sorted({int(one.opened[:4]) for one in every}, reverse=True), {name: value})
    found, total = reader.coordination(wanted, limit=SHOWN)
    head(wanted, total, len(found))
    if not found:
        nothing = (
            "没有符合条件的事项，放宽条件再看。"
            if wanted.narrows
            else "还没有协调事项。登记接待、报批日程冲突后，每一件都会列在这里。"
        )
        st.markdown(f":gray[{plain(nothing)}]")
    elif lists.is_phone():
        cards(found)
    else:
        table(found)


def counted(found: Mapping[str, Mapping[str, int]]) -> None:
    """The index: a row for each kind of item, a column for each state."""
    for kind, states in found.items():
        said = "　".join(f"{word} {n}" for word, n in states.items() if n)
        st.markdown(f"**{plain(kind)}** {sum(states.values())} 件：{plain(said)}")


def narrowing(wanted: Wanted, titles: Mapping[str, str], years: list[int], here: Mapping[str, str]) -> None:
    """Item, state, year, and words to look for; the address says what was chosen."""
    place = st.expander("筛选", icon=":material/tune:") if lists.is_phone() else st.container(horizontal=True, vertical_alignment="bottom")  # fmt: skip
    years = sorted({*years, *([wanted.year] if wanted.year else [])}, reverse=True)

    def told(attribute: str, shown: Any, none: Any = "") -> dict[str, Any]:
        key = f"coordination.{attribute}"
        if key not in st.session_state or st.session_state[key] != shown:
            st.session_state[key] = shown
        args = (titles, here, attribute, key, lambda value: none if value is None else value)
        return {"key": key, "on_change": changed, "args": args}

    wide = "stretch" if lists.is_phone() else 180
    place.text_input("查找", placeholder="登记号、事项", max_chars=LONGEST, width="stretch" if lists.is_phone() else 300, **told("text", wanted.text))  # fmt: skip
    place.selectbox("事项", list(titles), index=None, format_func=titles.get, placeholder="不限", width=wide, **told("item", wanted.item or None))  # fmt: skip
    place.selectbox("状态", list(STATES), index=None, format_func=STATES.get, placeholder="不限", width=wide, **told("state", wanted.state or None))  # fmt: skip
    place.selectbox("年度", years, index=None, format_func=lambda y: f"{y} 年", placeholder="不限", width=wide, **told("year", wanted.year, None))  # fmt: skip


def changed(
    titles: Mapping[str, str], here: Mapping[str, str], attribute: str, key: str, meant: Callable[[Any], Any]
) -> None:
    """A filter was changed: the address says so. A callback."""
    wanted = read({name: st.query_params.get_all(name) for name in st.query_params}, titles)
    wanted = replace(wanted, **{attribute: meant(st.session_state[key])})
    st.query_params.from_dict({**here, **written(wanted)})


def head(wanted: Wanted, total: int, shown: int) -> None:
    """How many there are, and the way out as a file."""
    row = st.container(horizontal=True, vertical_alignment="center", key="coordination.head")
    told = f"共 {total:,} 件" + (f"，这里列出 {shown:,} 件，全部请导出" if shown < total else "")
    row.markdown(plain(told), width="content")
    lists.exports(row, "coordination/items", urlencode(written(wanted)), total)


def table(entries: list[Entry]) -> None:
    """The items in rows; the number opens one."""
    key, numbers, ids = "coordination.list", [one.number for one in entries], [one.id for one in entries]
    widths = {
        "kind": 105,
        "title": 215,
        "state": 60,
        "where": 96,
        "owner": 84,
        "due": 128,
        "opened": 128,
        "closed": 128,
    }
    st.dataframe(
        pa.table({"number": numbers, **{c: [getattr(one, c) for one in entries] for c in COLUMNS}}),
        key=key,
        hide_index=True,
        height=min(38 + 36 * len(entries), 640),
        row_height=36,
        placeholder="",
        column_config={
            "number": lists.numbers(numbers, ids, key, width=128, pinned=True),
            **{column: st.column_config.TextColumn(title, width=widths[column]) for column, title in COLUMNS.items()},
        },
    )  # fmt: skip


def cards(entries: list[Entry]) -> None:
    """The same for the thumb."""
    for one in entries[:100]:
        late = one.state == STATES["late"]
        with st.container(
            border=True, key=f"coordination-card-{one.id}{'_late' if late else ''}", gap="xsmall"
        ):
            st.page_link(
                lists.CASE_PAGE, label=plain(one.title)[:400], query_params={"id": one.id}, width="stretch"
            )
            facts = (one.kind, one.number, one.where, one.owner)
            st.markdown(f":small[{plain(' · '.join(filter(None, facts)))}]")
            told = plain(f"{one.state}　{f'限 {one.due}' if one.due else one.closed}")
            st.markdown(f":red[{told}]" if late else f":gray[{told}]")

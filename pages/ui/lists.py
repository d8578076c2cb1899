"""Lists of cases: a table where there is room, cards on a phone; each entry a door to its case."""

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

import pandas as pd
import pyarrow as pa
import streamlit as st

from core.grading import IMPORTANCE, URGENCY
from core.papers import why_not_export
from core.words import UNPUBLISHED
from pages.ui.words import moment, plain

CASE_PAGE = "case.py"
"""The page of one case, as Streamlit finds it beside the shell."""

_URGENT = {"特急": "‼ 特急", "加急": "! 加急"}
"""Document urgency has a mark as well as a word, so that it is told apart without colour (C7)."""


_LEVEL, _GRADED = (st.column_config.TextColumn(title, width=62) for title in ("缓急", "定级"))
_COLUMNS = {
    "title": st.column_config.TextColumn("标题", width=242),
    "where": st.column_config.TextColumn("现在", width=108),
    "owner": st.column_config.TextColumn("在谁手里", width=88),
    "left": st.column_config.TextColumn("剩余", width=120),
    "used": st.column_config.ProgressColumn(
        "时限耗用", format="%d%%", min_value=0, max_value=100, color="#9DB4CC", width=96
    ),
    "due": st.column_config.TextColumn("时限", width=94),
    "urged": st.column_config.TextColumn("督办", width=108),
}
"""How the columns of a table of cases are called and how wide they are."""


def is_phone() -> bool:
    """Whether the browser says it is a phone. Both forms of a list hold the same."""
    if "phone" not in st.session_state:  # a browser stays what it is, and its headers are slow to read
        st.session_state["phone"] = "Mobile" in (st.context.headers.get("User-Agent") or "")
    return bool(st.session_state["phone"])


def table(frame: pd.DataFrame, key: str, *, choose: bool = False, graded: bool = False) -> list[str]:
    """The cases as a table; the number opens one. Returns the ids of the rows that were ticked.

    `graded`: information, whose own labels stand where documents have their urgency (C7).
    """
    cases = [*rows(frame)]
    shown = pa.table(
        {
            "number": [case.number for case in cases],
            "level": [
                graded_words(case.data) if graded else _URGENT.get(case.urgency, case.urgency)
                for case in cases
            ],
            "title": [case.title for case in cases],
            "where": [case.where for case in cases],
            "owner": [case.owner_name for case in cases],
            "left": [case.left if case.is_open else "已办结" for case in cases],
            "used": [None if pd.isna(case.used) else min(round(case.used * 100), 100) for case in cases],
            "due": [due_words(case.due_at, case.provisional) for case in cases],
            "urged": [supervised(case.slip, case.urged) for case in cases],
        }
    )
    chosen = st.dataframe(
        shown,
        key=key,
        hide_index=True,
        on_select="rerun" if choose else "ignore",
        selection_mode="multi-row",
        height=min(38 + 36 * max(len(shown), 1), 430),
        row_height=36,
        placeholder="",
        column_config={
            "number": numbers(frame["number"], frame["id"], key),
            "level": _GRADED if graded else _LEVEL,
            **_COLUMNS,
        },
    )
    ticked = chosen["selection"]["rows"] if choose else []
    return [str(cases[row].id) for row in ticked if row < len(cases)]


def numbers(
    shown: Iterable[str], ids: Iterable[str], key: str, *, title: str = "登记号", width: int = 132, pinned: bool | None = None
) -> Any:  # fmt: skip
    """The column of the table `key` whose cells, the numbers `shown`, each open the case beside it in `ids`."""
    return st.column_config.ButtonColumn(
        title,
        type="tertiary",
        alignment="left",
        width=width,
        pinned=pinned,
        key=f"{key}.open",
        on_click=open_clicked,
        args=(dict(zip(shown, ids, strict=True)), f"{key}.open"),
    )


def rows(frame: pd.DataFrame) -> Iterator[Any]:
    """The rows one after the other, each with its columns by name: `itertuples` without its price a column."""
    return map(_row_of(tuple(frame.columns)), frame.to_numpy(dtype=object))


@lru_cache
def _row_of(columns: tuple[str, ...]) -> Callable[[Any], Any]:
    return namedtuple("Row", columns)._make  # type: ignore[misc]


def due_words(due: datetime | None, provisional: bool) -> str:
    """A deadline, marked where its year is not announced yet."""
    return moment(due) + (UNPUBLISHED if provisional else "")


def cards(frame: pd.DataFrame, key: str) -> None:
    """The cases as cards for the thumb, two abreast at a desk: title as the door, then where it is and the time left."""
    columns = st.columns(1 if is_phone() or len(frame) == 1 else 2, gap="small")
    for n, row in enumerate(rows(frame)):
        place = columns[n % len(columns)]
        late = "_late" if row.late else ""
        with place.container(border=True, key=f"{key}-card-{row.id}{late}", gap="xsmall"):
            st.page_link(
                CASE_PAGE,
                label=plain(row.title)[:400],
                query_params={"id": str(row.id)},
                width="stretch",
            )
            st.markdown(f":small[{plain(facts(row))}]")
            if row.due_at is not None and row.due_at == row.due_at:
                st.progress(min(float(row.used or 0), 1.0), text=f"{time_words(row)}")


def facts(row: object) -> str:
    """Number, urgency, step and owner in one line."""
    graded = graded_words(row.data)  # type: ignore[attr-defined]
    level = f"信息 {graded}" if graded else _URGENT.get(row.urgency, "")  # type: ignore[attr-defined]
    parts = [row.number, level, row.where, row.owner_name]  # type: ignore[attr-defined]
    slip, urged = row.slip, row.urged  # type: ignore[attr-defined]
    told = [f"{slip}色督办单" if slip else "", f"已催办 {urged} 次" if urged else ""]
    return " · ".join(filter(None, [*parts, *told]))


def graded_words(data: Mapping[str, Any]) -> str:
    """The labels of information in the least room, empty for what has none."""
    return "·".join(filter(None, (data.get(URGENCY.key), data.get(IMPORTANCE.key))))


def supervised(slip: str, urged: int) -> str:
    """The slip and the urgings of a case in the least room; words, not colours (C7)."""
    return " ".join(filter(None, [f"{slip}单" if slip else "", f"催{urged}" if urged else ""]))


def time_words(row: object) -> str:
    """The time left in words, red when late, with the date."""
    words = plain(f"{row.left}　限 {due_words(row.due_at, row.provisional)}")  # type: ignore[attr-defined]
    return f":red[{words}]" if row.late else f":gray[{words}]"  # type: ignore[attr-defined]


def show(
    frame: pd.DataFrame, key: str, *, empty: Callable[[], None], choose: bool = False, graded: bool = False
) -> list[str]:
    """The list as fits the screen; where it is empty, what belongs here."""
    if frame.empty:
        empty()
        return []
    if is_phone():
        cards(frame, key)
        return []
    return table(frame, key, choose=choose, graded=graded)


def exports(row: Any, ledger: str, query: str, total: int, *, of: str = "您的知悉范围") -> None:
    """The ways out of a ledger as a file: all that its query finds, `total` in number, and nothing classified."""
    for kind, icon in (("xlsx", ":material/table_view:"), ("pdf", ":material/print:")):
        reason = why_not_export(kind, total)
        row.link_button(
            f"导出 {kind.upper()}",
            f"/ledgers/{ledger}.{kind}?{query}",
            icon=icon,
            type="tertiary",
            disabled=bool(reason),
            help=reason or f"当前条件下的全部，按{of}；涉密件不导出",
        )


def follow() -> None:
    """Go to the case whose number was clicked in a table, or that was begun; called where a page begins."""
    if case_id := st.session_state.pop("open_case", None):
        st.switch_page(CASE_PAGE, query_params={"id": case_id})


def lead_to(case_id: str) -> None:
    """What was begun here is the next page: `follow` goes to it."""
    st.session_state["open_case"] = case_id


def open_clicked(ids: Mapping[str, str], key: str) -> None:
    """A number was clicked in the column `key`: `follow` goes to its case. A callback."""
    click = st.session_state.get(key)
    if click is not None:
        st.session_state["open_case"] = ids.get(click["label"])


def empty(text: str) -> Callable[[], None]:
    """What an empty list says."""

    def say() -> None:
        st.markdown(f":gray[{plain(text)}]")

    return say

"""A table in a form, row by row: lines of fields at a desk, cards on a phone, or a whole table pasted.

Every cell is a field as any other, never a grid: a grid closes its cell when the page is drawn anew behind it, and
what was being typed is gone. What stands in the table is kept under its field's own key.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st

from core import spreadsheet
from core.errors import Refused
from core.fields import Field, Kind, nothing, says_nothing
from core.ports import Directory
from pages.ui import lists
from pages.ui.words import plain

Row = dict[str, Any]
Cell = Callable[..., None]
"""How the widget of one field is drawn: field, directory, and what every widget takes."""

THUMB = 132
"""Dots a short cell is wide on a phone, so that two stand side by side."""

_ROOM = {
    Kind.NUMBER: 0.7,
    Kind.DATE: 1.1,
    Kind.YES_NO: 0.6,
    Kind.CHOICE: 1.2,
    Kind.PERSON: 1.2,
    Kind.DEPARTMENT: 1.2,
}
_WIDE, _FIRST, _CROSS = 1.5, 1.25, 0.22
"""Shares of a line: a cell of any other kind, how much more the first one is given, the cross at the end."""


def draw(field: Field, people: Directory, cell: Cell, *, label: str, key: str, help: str | None, on_change: Callable[..., None], args: Sequence[Any]) -> None:  # fmt: skip
    """The table of a `ROWS` field; at a desk an empty line waits at its end."""
    rows: list[Row] = st.session_state.get(key) or []
    known = st.session_state.get(f"{key}.drawn")
    if known is None or known["now"] != rows:
        # Other rows are other widgets: what stood in the old ones says nothing of these.
        known = st.session_state[f"{key}.drawn"] = {"now": rows, "n": known["n"] + 1 if known else 0}
    at = f"{key}.{known['n']}"

    # What is there when somebody presses, not when it was drawn: the last cell was left by that very press.
    def put(changed: list[Row]) -> None:
        st.session_state[key] = changed
        on_change(*args)

    def typed(n: int, column: str, widget: str) -> None:
        now = [*known["now"], _begun(field)] if n == len(known["now"]) else list(known["now"])
        now[n] = {**now[n], column: st.session_state[widget]}
        known["now"] = now  # so that the widgets stay the same while somebody types
        put(now)

    def add(more: list[Row]) -> None:
        put([*(row for row in known["now"] if not _is_blank(field, row)), *more])

    def drop(n: int) -> None:
        put([row for place, row in enumerate(known["now"]) if place != n])

    st.markdown(label, help=help)
    one = _card if lists.is_phone() else _line
    with st.container(gap="xsmall"):
        for n, row in enumerate(_shown(known["now"], field)):
            gone = partial(drop, n) if n < len(known["now"]) else None
            one(field, people, cell, n, row, partial(typed, n), gone, at)
    if lists.is_phone():
        st.button("加一行", key=f"{at}.add", icon=":material/add:", on_click=add, args=([_begun(field)],))
    else:
        _paste(field, people, add, at)


def _begun(field: Field) -> Row:
    """A new row: what stands in its cells by itself."""
    return {column.key: column.default for column in field.columns if column.default is not None}


def _is_blank(field: Field, row: Row) -> bool:
    """Whether nothing was typed in a row."""
    return all(says_nothing(row.get(c.key)) or row[c.key] in (False, c.default) for c in field.columns)


def _shown(rows: list[Row], field: Field) -> list[Row]:
    """The rows, and an empty one behind them where the next is typed; on a phone only where there is none yet."""
    enough = rows and (lists.is_phone() or _is_blank(field, rows[-1]))
    return rows if enough else [*rows, {}]


def _line(field: Field, people: Directory, cell: Cell, n: int, row: Row, typed: Callable[..., None], drop: Callable[[], None] | None, at: str) -> None:  # fmt: skip
    """One row at a desk; the first bears the titles of the columns."""
    shares = [_ROOM.get(column.kind, _WIDE) for column in field.columns]
    shares[0] *= _FIRST
    columns = st.columns([*shares, _CROSS], gap="xsmall", vertical_alignment="bottom")
    for place, column in zip(columns, field.columns, strict=False):
        with place:
            _cell(column, people, cell, n, row, typed, at, label_visibility="collapsed" if n else "visible")
    if drop:
        # Its words are for whoever listens: the cross alone is seen (pages/ui/style.py).
        columns[-1].button(
            f"删去第 {n + 1} 行",
            key=f"{at}.cross.{n}",
            icon=":material/close:",
            type="tertiary",
            on_click=drop,
        )


def _card(field: Field, people: Directory, cell: Cell, n: int, row: Row, typed: Callable[..., None], drop: Callable[[], None] | None, at: str) -> None:  # fmt: skip
    """One row on a phone: the first cell over the whole width, short ones two abreast."""
    with st.container(border=True, gap="xsmall"):
        first, beside = st.container(), st.container(horizontal=True, gap="small")
        for place, column in enumerate(field.columns):
            narrow = {"width": THUMB} if place and column.kind in (Kind.LINE, Kind.NUMBER) else {}
            with beside if place else first:
                _cell(column, people, cell, n, row, typed, at, **narrow)
        if drop:
            st.button("删去", key=f"{at}.drop.{n}", type="tertiary", on_click=drop)


def _cell(column: Field, people: Directory, cell: Cell, n: int, row: Row, typed: Callable[..., None], at: str, **shown: Any) -> None:  # fmt: skip
    widget = f"{at}.{n}.{column.key}"
    st.session_state.setdefault(widget, _standing(column, row.get(column.key)))
    cell(
        column, people, label=column.title + (" *" if column.required else ""), key=widget, help=column.help or None,
        on_change=typed, args=(column.key, widget), **shown,
    )  # fmt: skip


def _standing(column: Field, value: Any) -> Any:
    """What stands in a widget for a cell that says nothing yet."""
    said = column.default if value is None else value
    return nothing(column.kind) if said is None else said


# --- a whole table at once ----------------------------------------------------------------------------------


def _paste(field: Field, people: Directory, add: Callable[[list[Row]], None], at: str) -> None:
    """Rows copied from a spreadsheet are put behind those that are there; the place folds away by itself then."""
    place = st.popover(
        "从表格粘贴", key=f"{at}.paste", icon=":material/content_paste:", type="tertiary", on_change="rerun"
    )
    if not place.open:
        return
    text, problem = f"{at}.pasted", f"{at}.problem"

    def take() -> None:
        try:
            more = spreadsheet.rows_from(st.session_state[text] or "", field, people)
        except Refused as refusal:
            st.session_state[problem] = "；".join(refusal.problems.values())
        else:
            add(more)

    with place:
        st.text_area(
            f"在电子表格里选中几行复制，粘到这里；各列依次是：{spreadsheet.titles(field)}", key=text, height=140, width=420
        )  # fmt: skip
        if refused := st.session_state.get(problem):
            st.markdown(f":red[:material/error: {plain(refused)}]")
        st.button("加进表里", key=f"{at}.take", type="primary", on_click=take)

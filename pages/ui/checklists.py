"""A table whose rows the program puts in, each answered by itself: what is listed, and beside it a choice.

The columns before the first choice are read, that choice is made with one tap, and those behind it are asked only
where the answer is not the first option: a list of forty is gone through with forty taps, on the phone as well.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from zlib import crc32

import streamlit as st

from core.fields import Field, Kind
from core.figures import figures
from pages.ui import lists
from pages.ui.words import plain

Row = dict[str, Any]

HIGH = 620
"""Pixels above which a long list scrolls by itself, so that the button below stays near."""
MANY = 6


def draw(field: Field, *, label: str, key: str, help: str | None, on_change: Callable[..., None], args: Sequence[Any]) -> None:  # fmt: skip
    """The list; what is chosen is kept under `key`, row by row, as the table of any other form is."""
    rows: list[Row] = st.session_state.get(key) or []
    choice = next(column for column in field.columns if column.kind is Kind.CHOICE)
    at = field.columns.index(choice)
    done = sum(bool(row.get(choice.key)) for row in rows)
    st.markdown(label, help=help)
    st.progress(
        done / len(rows) if rows else 1.0, text=f"已核对 {done} / {len(rows)}" if rows else "没有要核对的"
    )
    long = len(rows) > MANY and not lists.is_phone()
    with st.container(height=HIGH if long else "content", border=False, key=f"{key}.list"):
        before = Counter[tuple[Any, ...]]()
        for n, (row, asked) in enumerate(zip(rows, _asked(field, rows), strict=True)):
            again, before[asked] = before[asked], before[asked] + 1
            # An earlier list may have had another row in this place.
            named = f"{key}.{n}.{crc32(repr(asked).encode())}"
            _row(field, at, n, row, again, partial(_chosen, key, n, on_change, args), named)


def _row(
    field: Field, at: int, n: int, row: Row, again: int, changed: Callable[[str, str], None], key: str
) -> None:
    """One row; `again`: how many before it ask the same."""
    choice = field.columns[at]
    what, *around = (str(row.get(column.key) or "") for column in field.columns[:at])
    with st.container(gap="xsmall", key=f"{key}.row"):
        line = st.container(horizontal=True, vertical_alignment="center")
        told = marked(next(filter(None, around), what), what, again)
        line.markdown(f"{_ticked(row.get(choice.key), choice)} {n + 1}．{told}", width="stretch")
        line.segmented_control(
            f"{n + 1}．{what}", choice.options, default=row.get(choice.key), key=f"{key}.{choice.key}",
            label_visibility="collapsed", on_change=changed, args=(choice.key, f"{key}.{choice.key}"), width="content",
        )  # fmt: skip
        if row.get(choice.key) in choice.options[1:]:
            place = st.container(horizontal=True)
            for column in field.columns[at + 1 :]:
                place.text_input(
                    column.title, value=row.get(column.key) or "", key=f"{key}.{column.key}",
                    on_change=changed, args=(column.key, f"{key}.{column.key}"), placeholder=column.help,
                )  # fmt: skip


def _chosen(key: str, n: int, on_change: Callable[..., None], args: Sequence[Any], column: str, widget: str) -> None:  # fmt: skip
    """Keep what was chosen or typed in a row: a callback. The list itself stays the object it was drawn from."""
    rows = [dict(row) for row in st.session_state.get(key) or []]
    rows[n][column] = st.session_state.get(widget) or None
    st.session_state[key] = rows
    on_change(*args)


def _ticked(answer: str | None, choice: Field) -> str:
    if not answer:
        return ":gray[:material/radio_button_unchecked:]"
    right = answer == choice.options[0]
    return ":green[:material/check_circle:]" if right else ":red[:material/cancel:]"


def marked(text: str, what: str, again: int = 0) -> str:
    """A sentence with the figure it is about marked: where the same stands in it several times, that after so many."""
    places = [one.start for one in figures(text) if one.text == what] or [text.find(what)]
    at = places[min(again, len(places) - 1)]
    if at < 0:
        return plain(text)
    return f"{plain(text[:at])}:orange-background[**{plain(what)}**]{plain(text[at + len(what) :])}"


def current(field: Field, typed: Sequence[Row] | None, given: Sequence[Row] | None) -> list[Row]:
    """What was answered so far, as long as the list is still the one it was answered for; else the new one."""
    return list(typed or ()) if same(field, typed, given) else list(given or ())


def same(field: Field, typed: Sequence[Row] | None, given: Sequence[Row] | None) -> bool:
    """Whether two lists ask the same, whatever was answered."""
    return _asked(field, typed) == _asked(field, given)


def _asked(field: Field, rows: Sequence[Row] | None) -> list[tuple[Any, ...]]:
    at = next(n for n, column in enumerate(field.columns) if column.kind is Kind.CHOICE)
    return [tuple(row.get(column.key) for column in field.columns[:at]) for row in rows or ()]

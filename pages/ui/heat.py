"""The heat of information: nine cells, and tables over two dimensions, drawn on a page or for a picture (R60)."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from core import counting
from core.counting import TOTAL, Wanted
from pages.ui import charts, lists

MOST_DRAWN = 20
"""Rows of a table that are drawn; all of them stand in the table itself."""

_WIDE = 620
"""Width of a picture, in dots of a screen."""

Chosen = Callable[[str, str], None]
"""What is done with the urgency and the importance of a cell that was clicked: a callback."""


def is_dark() -> bool:
    """Whether the browser shows the pages light on dark."""
    return st.context.theme.type == "dark"


def board(frame: pd.DataFrame, key: str, chosen: Chosen) -> None:
    """The nine cells; clicking one calls `chosen` with its labels."""
    spec = charts.heat(_cells(frame), dark=is_dark())
    st.vega_lite_chart(spec, key=key, on_select=partial(_picked, key, chosen))


def _cells(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame; of nine, pandas would first find out of what kind each column is."""
    return [row._asdict() for row in lists.rows(frame)]


def _picked(key: str, chosen: Chosen) -> None:
    points = st.session_state[key]["selection"].get("pick") or []
    if points:
        chosen(points[0]["urgency"], points[0]["importance"])


def exports(address: dict[str, str]) -> None:
    """The doors to the picture of the nine cells."""
    query = urlencode(address)
    for kind in ("png", "svg"):
        st.link_button(
            f"图片 {kind.upper()}", f"/charts/information/heat.{kind}?{query}", icon=":material/image:", type="tertiary"
        )  # fmt: skip


def printed(frame: pd.DataFrame, day: date) -> charts.Spec:
    """The nine cells as a picture that says by itself what it is."""
    spec = charts.heat(_cells(frame))
    return {**spec, "width": _WIDE, "title": f"信息热力图（{day}，共 {frame['n'].sum()} 件）"}


def table(frame: pd.DataFrame, wanted: Wanted, *, dark: bool = False) -> charts.Spec:
    """A table over two dimensions as tiles, its sums left out; of many rows the first."""
    body = frame.drop(index=TOTAL, columns=TOTAL).head(MOST_DRAWN)
    most = max((int(n) for n in body.to_numpy().flat), default=0) or 1
    cells: list[dict[str, Any]] = [
        {"row": row, "column": column, "strength": max(0.0, 0.6 * int(n) / most), "said": counting.shown(int(n), wanted)}
        for row, values in zip(body.index, body.to_numpy(dtype=object), strict=True)
        for column, n in zip(body.columns, values, strict=True)
    ]  # fmt: skip
    spec = charts.counted(cells, [*body.index], [*body.columns], dark=dark)
    return {**spec, "width": max(_WIDE, 90 * len(body.columns)), "title": wanted.title}

"""Charts as Vega-Lite describes them.

Altair compares every part of a chart with a schema, which takes longer than all else on a page: so a
description is made once, and a page puts into it what it draws.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import altair as alt
import pyarrow as pa

Spec = dict[str, Any]

LATE, IN_TIME = "逾期", "未到期"


def hands(people: Sequence[tuple[str, str, int, int]]) -> Spec:
    """Late and live cases by whose hand, in the order given: owner, name, live and late of each.

    Selecting a bar gives `owner` and `name`.
    """
    late = [(owner, name, LATE, late) for owner, name, _, late in people if late]
    in_time = [(owner, name, IN_TIME, live - late) for owner, name, live, late in people if live > late]
    rows = [dict(zip(("owner", "name", "kind", "n"), bar, strict=True)) for bar in (*late, *in_time)]
    spec = filled(_hands(), {"hands": rows})
    order = {**spec["encoding"]["y"], "sort": [name for _, name, _, _ in people]}
    height = 28 * len(people) + 110  # the legend and the axis take the 110
    return {**spec, "encoding": {**spec["encoding"], "y": order}, "height": height}


@lru_cache
def _hands() -> Spec:
    chart = (
        alt.Chart(alt.NamedData("hands"))
        .mark_bar(cornerRadius=3, height=16)
        .encode(
            x=alt.X("n:Q", title=None, axis=alt.Axis(tickMinStep=1, format="d", grid=True)),
            y=alt.Y("name:N", title=None, axis=alt.Axis(labelLimit=110)),
            color=alt.Color(
                "kind:N",
                title=None,
                scale=alt.Scale(domain=[LATE, IN_TIME], range=["#B3261E", "#9DB4CC"]),
                legend=alt.Legend(orient="top"),
            ),
            order=alt.Order("kind:N", sort="descending"),
            tooltip=[
                alt.Tooltip("name:N", title="在谁手里"),
                alt.Tooltip("kind:N", title="状态"),
                alt.Tooltip("n:Q", title="件"),
            ],
        )
        .add_params(alt.selection_point(name="pick", fields=["owner", "name"]))
    )
    return chart.to_dict()


def year(
    tiles: Sequence[Mapping[str, Any]], headings: Sequence[Mapping[str, Any]], *,
    columns: int, down: int, cursor: str, description: str,
) -> Spec:  # fmt: skip
    """Twelve months in so many columns of the screen, `down` tiles high; selecting a tile gives its `iso`."""
    spec = filled(_year(columns, down, cursor), {"days": tiles, "headings": headings})
    return {**spec, "description": description}


LOOKS = {"平日": "#FFFFFF", "周末": "#EFECE4", "休": "#F6D9D6", "班": "#CFE0F3", "半": "#FBEBC0"}
"""How the tile of a day is filled."""


@lru_cache
def _year(columns: int, down: int, cursor: str) -> Spec:
    place = {"axis": None, "scale": alt.Scale(domain=list(range(8 * columns - 1)), paddingInner=0.08)}
    x, left_edge = alt.X("x:O", **place), alt.X("x:O", **place, bandPosition=0)
    y = alt.Y("y:O", axis=None, scale=alt.Scale(domain=list(range(down)), paddingInner=0.08))
    heads = alt.Chart(alt.NamedData("headings")).encode(x=x, y=y, text="text:N")
    days = alt.Chart(alt.NamedData("days")).encode(x=x, y=y)
    plain_days, marked = (days.transform_filter(f"datum.mark {sign} ''") for sign in ("===", "!=="))
    months = heads.transform_filter("datum.big").mark_text(align="left", fontSize=13, fontWeight="bold")
    chart = (
        alt.layer(
            months.encode(x=left_edge),
            heads.transform_filter("!datum.big").mark_text(fontSize=10, color="#7A7F87"),
            _tiles(days, cursor).add_params(
                alt.selection_point(name="pick", fields=["iso"], on="click", clear=False)
            ),
            plain_days.mark_text(fontSize=11).encode(text="n:N"),
            marked.mark_text(fontSize=11, dy=-6).encode(text="n:N"),
            marked.mark_text(fontSize=10, fontWeight="bold", dy=7).encode(text="mark:N"),
        )
        .properties(height=30 * down)
        .configure_view(stroke=None)
    )
    return chart.to_dict()


def _tiles(days: alt.Chart, cursor: str) -> alt.Chart:
    """The tiles, with everything known of a day at the pointer."""
    is_today = "datum.today !== ''"
    return days.mark_rect(cornerRadius=3, cursor=cursor).encode(
        color=alt.Color(
            "look:N", legend=None, scale=alt.Scale(domain=list(LOOKS), range=list(LOOKS.values()))
        ),
        stroke=alt.condition(is_today, alt.value("#1F2328"), alt.value("#E2DED4")),
        strokeWidth=alt.condition(is_today, alt.value(2.5), alt.value(0.7)),
        opacity=alt.value(1),
        description=alt.Description("spoken:N"),
        tooltip=[
            alt.Tooltip("said:N", title="日期"),
            alt.Tooltip("kind:N", title="安排"),
            alt.Tooltip("name:N", title="事由"),
            alt.Tooltip("source:N", title="依据"),
        ],
    )


def filled(spec: Spec, data: Mapping[str, Sequence[Mapping[str, Any]]]) -> Spec:
    """The description with its named data; the one that is kept stays as it is."""
    return {**spec, "datasets": {name: pa.Table.from_pylist([*rows]) for name, rows in data.items()}}

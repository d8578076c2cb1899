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
    months = heads.transform_filter("datum.big").mark_text(
        align="left", fontSize=13, fontWeight="bold", color="#767C85"
    )
    chart = (
        alt.layer(
            months.encode(x=left_edge),
            heads.transform_filter("!datum.big").mark_text(fontSize=10, color="#7A7F87"),
            _tiles(days, cursor).add_params(
                alt.selection_point(name="pick", fields=["iso"], on="click", clear=False)
            ),
            plain_days.mark_text(fontSize=11, color=_TEXT).encode(text="n:N"),
            marked.mark_text(fontSize=11, dy=-6, color=_TEXT).encode(text="n:N"),
            marked.mark_text(fontSize=10, fontWeight="bold", dy=7, color=_TEXT).encode(text="mark:N"),
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


# --- information ------------------------------------------------------------------------------------------

INKS = {"红": "#C62F2B", "黄": "#D9A300", "蓝": "#2F6DB5"}
"""Of 紧急程度 of information; its word stands beside it, and dashes and signs tell it apart as well (C7)."""

_TEXT, _TEXT_IN_THE_DARK = "#1F2328", "#F2F2F2"


def heat(cells: Sequence[Mapping[str, Any]], *, dark: bool = False, height: int = 330) -> Spec:
    """Nine cells, a row of a heat frame each: how many, of them late, how old the oldest.

    Selecting one gives its `urgency` and `importance`.
    """
    most = max([cell["n"] for cell in cells], default=0) or 1
    rows = [
        {
            **{key: cell[key] for key in ("urgency", "importance", "n")},
            "strength": 0.06 if not cell["n"] else 0.2 + 0.35 * cell["n"] / most,
            "late": f"▲ 逾期 {cell['late']}" if cell["late"] else "",
            "age": f"最久 {cell['age']}" if cell["age"] else "",
            "said": spoken(cell),
        }
        for cell in cells
    ]
    return {**filled(_heat(dark), {"cells": rows}), "height": height}


def spoken(cell: Mapping[str, Any]) -> str:
    """A cell in one sentence."""
    parts = (
        f"{cell['n']} 件",
        f"逾期 {cell['late']}" if cell["late"] else "",
        f"最久 {cell['age']}" if cell["age"] else "",
    )
    return f"紧急 {cell['urgency']}、重要 {cell['importance']}：{'，'.join(filter(None, parts))}"


@lru_cache
def _heat(dark: bool) -> Spec:
    ink = _TEXT_IN_THE_DARK if dark else _TEXT
    gap = alt.Scale(paddingInner=0.05, paddingOuter=0.02)
    labels = {"labelFontSize": 14, "labelFontWeight": "bold", "ticks": False, "domain": False}
    base = alt.Chart(alt.NamedData("cells")).encode(
        x=alt.X(
            "importance:N",
            title="重要程度",
            sort=["高", "中", "低"],
            scale=gap,
            axis=alt.Axis(orient="top", labelAngle=0, **labels),
        ),
        y=alt.Y(
            "urgency:N",
            title="紧急程度",
            sort=list(INKS),
            scale=gap,
            axis=alt.Axis(titleAngle=0, titleAlign="left", titleX=-28, titleY=-14, **labels),
        ),
    )
    # Only the tiles have something to say at the pointer: words that had would take the click for themselves.
    tiles = base.mark_rect(cornerRadius=6, cursor="pointer").encode(
        color=alt.Color("urgency:N", legend=None, scale=alt.Scale(domain=list(INKS), range=list(INKS.values()))),
        stroke=alt.Stroke("urgency:N", legend=None, scale=alt.Scale(domain=list(INKS), range=list(INKS.values()))),
        strokeWidth=alt.StrokeWidth("urgency:N", legend=None, scale=alt.Scale(domain=list(INKS), range=[3, 2, 1])),
        fillOpacity=alt.FillOpacity("strength:Q", legend=None, scale=None),
        description=alt.Description("said:N"),
        tooltip=[alt.Tooltip("said:N", title="信息")],
    )  # fmt: skip
    words = {"color": ink, "cursor": "pointer"}
    chart = alt.layer(
        tiles.add_params(alt.selection_point(name="pick", fields=["urgency", "importance"], on="click", clear=False)),
        base.transform_filter("datum.n > 0").mark_text(fontSize=24, fontWeight="bold", dy=-14, **words).encode(text="n:Q"),
        base.transform_filter("datum.n === 0").mark_text(fontSize=15, opacity=0.6, **words).encode(text="n:Q"),
        base.mark_text(fontSize=11, dy=9, **words).encode(text="age:N"),
        base.mark_text(fontSize=11, fontWeight="bold", dy=25, **words).encode(text="late:N"),
    ).configure_view(stroke=None)  # fmt: skip
    return chart.to_dict()


def weeks(rows: Sequence[Mapping[str, Any]], *, height: int = 270) -> Spec:
    """How much came in week by week, a line for each label of urgency, told apart by sign and dash as well."""
    return {**filled(_weeks(), {"weeks": rows}), "height": height}


@lru_cache
def _weeks() -> Spec:
    domain = list(INKS)
    chart = (
        alt.Chart(alt.NamedData("weeks"))
        .mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=70, filled=True))
        .encode(
            x=alt.X("week:O", title=None, axis=alt.Axis(labelAngle=0, labelExpr="slice(datum.value, 5)", labelOverlap=True)),
            y=alt.Y("n:Q", title=None, axis=alt.Axis(tickMinStep=1, format="d")),
            color=alt.Color("urgency:N", title=None, scale=alt.Scale(domain=domain, range=list(INKS.values())), legend=alt.Legend(orient="top")),
            shape=alt.Shape("urgency:N", title=None, scale=alt.Scale(domain=domain, range=["triangle-up", "square", "circle"])),
            strokeDash=alt.StrokeDash("urgency:N", legend=None, scale=alt.Scale(domain=domain, range=[[1, 0], [6, 3], [2, 2]])),
            tooltip=[
                alt.Tooltip("week:O", title="周"),
                alt.Tooltip("urgency:N", title="紧急程度"),
                alt.Tooltip("n:Q", title="件"),
            ],
        )
    )  # fmt: skip
    return chart.to_dict()


def counted(
    cells: Sequence[Mapping[str, Any]], down: Sequence[str], across: Sequence[str], *, dark: bool = False
) -> Spec:
    """A table over two dimensions as tiles: `row`, `column`, `strength` 0…1 and `said` of each, in these orders."""
    spec = filled(_counted(dark), {"cells": cells})
    layers = [_placed(layer, down, across) for layer in spec["layer"]]
    return {**spec, "layer": layers, "height": 32 * len(down) + 60}  # the axis takes the 60


def _placed(layer: Spec, down: Sequence[str], across: Sequence[str]) -> Spec:
    encoding = layer["encoding"]
    y, x = {**encoding["y"], "sort": [*down]}, {**encoding["x"], "sort": [*across]}
    return {**layer, "encoding": {**encoding, "x": x, "y": y}}


@lru_cache
def _counted(dark: bool) -> Spec:
    base = alt.Chart(alt.NamedData("cells")).encode(
        x=alt.X("column:N", title=None, axis=alt.Axis(orient="top", labelAngle=0, labelLimit=110)),
        y=alt.Y("row:N", title=None, axis=alt.Axis(labelLimit=150, labelOverlap=False)),
        tooltip=[alt.Tooltip("row:N", title="行"), alt.Tooltip("column:N", title="列"), alt.Tooltip("said:N", title="数")],
    )  # fmt: skip
    tiles = base.mark_rect(cornerRadius=3, color=INKS["蓝"]).encode(
        fillOpacity=alt.FillOpacity("strength:Q", legend=None, scale=None)
    )
    numbers = base.mark_text(fontSize=12, color=_TEXT_IN_THE_DARK if dark else _TEXT).encode(text="said:N")
    return alt.layer(tiles, numbers).configure_view(stroke=None).to_dict()

"""Charts as pictures, to put into a paper: made here, by nobody else, with the fonts of this machine."""

from typing import Any

import vl_convert

from pages.ui.charts import Spec

FONT = "Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, PingFang SC, sans-serif"
"""Where the first is missing, the next that the machine has is taken."""

SHARPNESS = 2.0
"""Dots of the picture to one of the screen."""


def picture(spec: Spec, kind: str) -> bytes:
    """The chart as `png` or `svg`; nothing is fetched from anywhere."""
    told = {**spec, "datasets": {name: data.to_pylist() for name, data in spec["datasets"].items()}}
    told["config"] = {**spec.get("config", {}), "font": FONT, "background": "white"}
    nowhere: dict[str, Any] = {"allowed_base_urls": []}
    if kind == "svg":
        return bytes(vl_convert.vegalite_to_svg(told, **nowhere), "utf-8")
    return bytes(vl_convert.vegalite_to_png(told, scale=SHARPNESS, **nowhere))

"""A paper as PDF, drawn by Typst from `sheet.typ`, name cards from `cards.typ`."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

from core.layout import pdf as layout_pdf
from core.papers.cards import Cards, size, spread
from core.papers.forms import Laid
from core.papers.paper import GRID, Paper

_TEMPLATE, _CARDS = (Path(__file__).with_name(name).read_bytes() for name in ("sheet.typ", "cards.typ"))


def pdf(paper: Paper, font_paths: Sequence[Path] = ()) -> bytes:
    """The file. `font_paths`: folders with the office's own 仿宋 and 小标宋; without them Noto's are used."""
    if isinstance(paper, Cards):
        lines = [
            {"name": spread(one.name), "below": one.below, "size": size(one.name)} for one in paper.cards
        ]
        return _drawn(_CARDS, "cards", {"title": paper.title, "cards": lines}, paper, font_paths)
    if isinstance(paper, Laid):
        return layout_pdf.pdf(paper.official, font_paths)
    data = {
        "title": paper.title,
        "number": paper.number_line,
        "state": paper.state,
        "foot": paper.foot,
        "grid": GRID,
        "landscape": paper.landscape,
        "head": asdict(paper.head) if paper.head else None,
        "rows": [asdict(row) for row in paper.rows],
    }
    return _drawn(_TEMPLATE, "paper", data, paper, font_paths)


def _drawn(
    template: bytes, name: str, data: Mapping[str, Any], paper: Paper, font_paths: Sequence[Path]
) -> bytes:
    compiler = typst.Compiler(
        template, font_paths=fonts(tuple(font_paths)), sys_inputs={name: json.dumps(data)}
    )
    drawn = compiler.compile(format="pdf", timestamp=int(paper.made_at.timestamp()))
    if not isinstance(drawn, bytes):
        raise TypeError("a PDF is one file")
    return drawn


@lru_cache(maxsize=4)
def fonts(paths: tuple[Path, ...]) -> typst.Fonts:
    """Looking for the machine's fonts takes longer than drawing."""
    return typst.Fonts(font_paths=[str(path) for path in paths])

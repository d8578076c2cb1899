"""A paper as PDF, drawn by Typst from `sheet.typ`."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

import typst

from core.papers.paper import GRID, Paper

_TEMPLATE = Path(__file__).with_name("sheet.typ").read_bytes()


def pdf(paper: Paper, font_paths: Sequence[Path] = ()) -> bytes:
    """The file. `font_paths`: folders with the office's own 仿宋 and 小标宋; without them Noto's are used."""
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
    compiler = typst.Compiler(
        _TEMPLATE, font_paths=_fonts(tuple(font_paths)), sys_inputs={"paper": json.dumps(data)}
    )
    drawn = compiler.compile(format="pdf", timestamp=int(paper.made_at.timestamp()))
    if not isinstance(drawn, bytes):
        raise TypeError("a PDF is one file")
    return drawn


@lru_cache(maxsize=4)
def _fonts(paths: tuple[Path, ...]) -> typst.Fonts:
    """Looking for the machine's fonts takes longer than drawing."""
    return typst.Fonts(font_paths=[str(path) for path in paths])

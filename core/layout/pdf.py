"""An official document as PDF and as pictures of its pages, drawn by Typst from `official.typ` (R21, N22)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

from core.layout import elements as said
from core.layout import measures as m
from core.layout.body import Paragraph, paragraphs
from core.layout.official import Official
from core.layout.titles import broken

DOTS_PER_INCH = 100
"""How fine the pictures of the pages are."""

_TEMPLATE = Path(__file__).with_name("official.typ")
_OTHER_LINES = (m.LINES - 1, m.LINES + 1, m.LINES - 2, m.LINES + 2)
_SMALLEST_MARK = 20
_FOOT = m.TOP + m.TEXT_AREA[1]
_EPOCH = 1341100800  # the standard's first day: nothing here has a clock
_FACES = {"fangsong": m.FANGSONG, "xiaobiaosong": m.XIAOBIAOSONG, "hei": m.HEI, "kai": m.KAI, "song": m.SONG}
_MEASURES = {
    "page": m.PAGE, "width": m.TEXT_AREA[0], "height": m.TEXT_AREA[1], "top": m.TOP, "left": m.LEFT,
    "right": m.RIGHT, "bottom": m.BOTTOM, "characters": m.CHARACTERS, "body": m.SIZES["三号"],
    "small": m.SIZES["四号"], "title": m.SIZES["二号"],
    "red_line_below": m.RED_LINE_BELOW_NUMBER, "red_line": m.RED_LINE, "imprint_lines": m.IMPRINT_LINES,
    "page_number_below": m.PAGE_NUMBER_BELOW, "letter_length": m.LETTER_LINES[0],
    "letter_top": m.LETTER_LINES[1], "letter_foot": m.LETTER_LINES[2], "double_line": m.DOUBLE_LINE,
}  # fmt: skip

Places = Mapping[str, Any]
"""Where text, signature and all end: page and millimetres from its top; how high the imprint is."""


def pdf(official: Official, font_paths: Sequence[Path] = ()) -> bytes:
    """The file. `font_paths`: folders with the office's own 仿宋, 小标宋, 黑体 and 楷体; without them Noto's are used."""
    compiler = _settled(official, tuple(font_paths))
    drawn = compiler.compile(format="pdf", timestamp=_EPOCH)
    if not isinstance(drawn, bytes):
        raise TypeError("a PDF is one file")
    return drawn


def pages(official: Official, font_paths: Sequence[Path] = ()) -> list[bytes]:
    """Each page as a PNG, for the preview beside the draft."""
    drawn = _settled(official, tuple(font_paths)).compile(format="png", ppi=DOTS_PER_INCH)
    found = drawn if isinstance(drawn, list) else [drawn]
    return [page for page in found if page is not None]


def _settled(official: Official, font_paths: tuple[Path, ...]) -> typst.Compiler:
    """A compiler whose pages are as they must be: text on the first, some with the signature, the imprint at its place."""
    data = _data(official)
    compiler, places = _drawn(data, font_paths)
    while places["text-start"]["page"] > 1 and data["mark_size"] > _SMALLEST_MARK:
        data |= {"mark_size": data["mark_size"] - 6}  # the first page must show text (7.3.3)
        compiler, places = _drawn(data, font_paths)
    if _signed_alone(places):
        compiler, places = _with_text(data, font_paths) or (compiler, places)
    return _with_imprint(data, places, font_paths) or compiler


def _with_text(data: dict[str, Any], font_paths: tuple[Path, ...]) -> tuple[typst.Compiler, Places] | None:
    """The distance of the lines changed until one of them goes with the signature (7.3.5.4)."""
    for lines in _OTHER_LINES:
        drawn = _drawn(data | {"lines": lines}, font_paths)
        if not _signed_alone(drawn[1]):
            data |= {"lines": lines}
            return drawn
    return None


def _signed_alone(places: Places) -> bool:
    """Whether the text ends on an earlier page than the one the signature is on."""
    text, signed = places["text-end"], places.get("signed")
    return signed is not None and (signed["page"] != text["page"] or text["y"] < m.TOP + 0.1)


def _with_imprint(
    data: dict[str, Any], places: Places, font_paths: tuple[Path, ...]
) -> typst.Compiler | None:
    """A compiler with the imprint on the back of the last sheet, where the last page of text has no room for it.

    Where that leaves a blank page before it, neither has a number (7.4).
    """
    end = places["end"]
    if end["y"] + places["imprint"] <= _FOOT + 0.1:
        return None
    blank_before = end["page"] % 2 == 0
    own = {"own_page": True, "unnumbered_from": end["page"] + 1 if blank_before else 0}
    return _compiler(data | own, font_paths)


def _compiler(data: Mapping[str, object], font_paths: tuple[Path, ...]) -> typst.Compiler:
    text = json.dumps(data, ensure_ascii=False).encode(
        errors="replace"
    )  # half a character pasted in is a "?"
    inputs = {"official": text.decode()}
    return typst.Compiler(_TEMPLATE, root=_TEMPLATE.parent, font_paths=_fonts(font_paths), sys_inputs=inputs)


def _drawn(data: Mapping[str, object], font_paths: tuple[Path, ...]) -> tuple[typst.Compiler, Places]:
    """A compiler and what it says of its pages."""
    compiler = _compiler(data, font_paths)
    found = json.loads(compiler.query("metadata"))
    return compiler, {one["label"].strip("<>"): one["value"] for one in found}


@lru_cache(maxsize=4)
def _fonts(paths: tuple[Path, ...]) -> typst.Fonts:
    """Looking for the machine's fonts takes longer than drawing."""
    return typst.Fonts(font_paths=[str(path) for path in paths])


# --- what is drawn --------------------------------------------------------------------------------------


def _data(official: Official) -> dict[str, Any]:
    official = official if official.issuers else replace(official, issuers=("",))  # a draft not filled in yet
    return {
        "form": official.form.name.lower(),
        "title": official.title,
        "issuers": official.issuers,
        "measures": _MEASURES,
        "faces": {name: (*face.names, face.stand_in) for name, face in _FACES.items()},
        "marks": [{"text": text, "black": key != "serial"} for key, text in said.marks(official)],
        "joint": said.is_joint(official),
        "mark": said.mark_lines(official),
        "mark_word": said.beside(official) if said.is_joint(official) else "",
        "mark_size": said.mark_size(official),
        "mark_below_top": said.mark_below_top(official),
        "number": official.number,
        "signers": said.signer_lines(official),
        "title_lines": broken(official.title) if said.has_title(official) else (),
        "recipients": said.recipients_line(official),
        "paragraphs": [_paragraph(one) for one in paragraphs(official.body)],
        "attachments": said.attachment_titles(official),
        "people": [{"label": label, "names": names} for label, names in said.people(official)],
        "date": said.date_line(official),
        "sealed": said.is_sealed(official),
        "stamped": said.signed_names(official),
        "seals_a_row": said.seals_a_row(official.issuers),
        "annotation": said.in_brackets(official.annotation) if official.annotation else "",
        "copies_to": said.copies_line(official),
        "printed": said.printed_line(official),
        "beside_line": official.beside_line,
        "contents_title": said.CONTENTS,
        "contents": official.contents,
        "foot": said.foot_lines(official),
        "stamp": official.stamp,
        "lines": m.LINES,
        "own_page": False,
        "unnumbered_from": 0,
    }


def _paragraph(paragraph: Paragraph) -> dict[str, object]:
    head, rest = paragraph.text[: paragraph.head], paragraph.text[paragraph.head :]
    return {"level": paragraph.level, "head": head, "rest": rest}

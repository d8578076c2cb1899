"""Rules of the page: paper, margins, grid, page numbers."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from docx.oxml.ns import qn

from core.layout import measures as m
from core.layout.docx import page_number, replace
from core.layout.official import Form
from core.layout.ooxml import drop, indent, put, twips
from core.layout.rules.formats import number
from core.layout.rules.parts import Parts
from core.layout.rules.record import Rule, Severity, Verdict
from core.layout.rules.sheet import Footer, same
from core.layout.styles import CHAR_SPACE, FOOTER, PITCH

_PAGE, _GRID, _NUMBER = "页面设置", "文档网格", "页码"
_FOOTERS = {"default": "单页页脚", "even": "双页页脚"}
_DISTANCE = (24.0, 29.0)  # of the footer from the page's foot, in mm: its dash is about 7 mm below the text


def _near(value: float | None, wanted: float, tolerance: float) -> bool:
    return value is not None and abs(value - wanted) <= tolerance


def _shown(value: float | None) -> str:
    return "没有设" if value is None else f"是 {value:.1f} mm"


def _setting(parts: Parts, tag: str, **values: object) -> Callable[[], None] | None:
    section = parts.sheet.section
    return (lambda: put(section, tag, **values)) if section is not None else None


def _paper(parts: Parts) -> Iterator[Verdict]:
    wide, high = (parts.sheet.page("w:pgSz", name) for name in ("w", "h"))
    ok = _near(wide, m.PAGE[0], 1) and _near(high, m.PAGE[1], 1)
    mend = _setting(parts, "w:pgSz", w=twips(m.PAGE[0]), h=twips(m.PAGE[1]), orient=None)
    yield Verdict(ok, _PAGE, f"用 A4 纸（210×297 mm），这里宽{_shown(wide)}、高{_shown(high)}", mend)


def _margins(parts: Parts) -> Iterator[Verdict]:
    for name, title, wanted in (("top", "天头（上边距）", m.TOP), ("left", "订口（左边距）", m.LEFT)):
        yield _margin(parts, name, f"{title}应为 {wanted:g} mm ± {m.TOLERANCE:g} mm", wanted)


def _text_area(parts: Parts) -> Iterator[Verdict]:
    for name, title, wanted in (("right", "右边距", m.RIGHT), ("bottom", "下边距", m.BOTTOM)):
        yield _margin(parts, name, f"版心为 156 mm × 225 mm，{title}应为 {wanted:g} mm", wanted)


def _margin(parts: Parts, name: str, rule: str, wanted: float) -> Verdict:
    """One margin of the page, in millimetres."""
    value = parts.sheet.page("w:pgMar", name)
    mend = _setting(parts, "w:pgMar", **{name: twips(wanted)})
    return Verdict(_near(value, wanted, m.TOLERANCE + 0.05), _PAGE, f"{rule}，这里{_shown(value)}", mend)


def _grid_lines(parts: Parts) -> Iterator[Verdict]:
    grid = parts.sheet.grid
    lines = int(m.TEXT_AREA[1] / 25.4 * 72 / grid + 0.05) if grid else 0
    says = f"每面排 {m.LINES} 行，这里" + (f"网格排 {lines} 行" if lines else "没有设行网格")
    yield Verdict(lines == m.LINES, _GRID, says, _grid(parts))


def _grid_characters(parts: Parts) -> Iterator[Verdict]:
    sheet = parts.sheet
    characters = 0
    if sheet.setting("w:docGrid", "type") in ("linesAndChars", "snapToChars"):
        extra = (number(sheet.setting("w:docGrid", "charSpace")) or 0) / 4096
        characters = int(m.TEXT_AREA[0] / 25.4 * 72 / max(m.SIZES["三号"] + extra, 1) + 0.05)
    says = f"每行排 {m.CHARACTERS} 字，这里" + (f"网格排 {characters} 字" if characters else "没有设字网格")
    yield Verdict(characters == m.CHARACTERS, _GRID, says, _grid(parts))


def _grid(parts: Parts) -> Callable[[], None] | None:
    return _setting(parts, "w:docGrid", type="linesAndChars", linePitch=PITCH, charSpace=CHAR_SPACE)


# --- page numbers ---------------------------------------------------------------------------------------


def _numbered(parts: Parts) -> Iterator[tuple[str, Footer | None]]:
    """The footers that should have the page number, each with what it is called."""
    kinds = ["default", *(["even"] if parts.sheet.two_sided else [])]
    for kind in kinds:
        yield _FOOTERS[kind], parts.sheet.footers.get(kind)


def _mend_numbers(parts: Parts) -> Callable[[], None]:
    return lambda: number_pages(parts.sheet.document)


def _page_number(parts: Parts) -> Iterator[Verdict]:
    for title, footer in _numbered(parts):
        ok = footer is not None and footer.page is not None
        yield Verdict(ok, title, "页脚应编排页码，这里没有页码", _mend_numbers(parts))
    if parts.form is not Form.LETTER and parts.sheet.section is not None:
        section = parts.sheet.section
        first = section.find(qn("w:titlePg")) is None
        yield Verdict(
            first, "首页页脚", "首页也应编排页码（只有信函首页不编）", lambda: drop(section, "w:titlePg")
        )


def _page_font(parts: Parts) -> Iterator[Verdict]:
    for title, footer in _numbered(parts):
        if footer and footer.page:
            runs = [run for run in footer.page.runs if run.text.strip()]
            ok = all(same(m.SONG, run.font) and abs(run.size - m.SIZES["四号"]) < 0.3 for run in runs)
            said = "、".join(sorted({f"{run.font or '未指定'} {run.size:g} 磅" for run in runs}))
            yield Verdict(ok, title, f"页码用四号半角宋体，这里是{said}", _mend_numbers(parts))


def _dashes(parts: Parts) -> Iterator[Verdict]:
    for title, footer in _numbered(parts):
        if footer and footer.page:
            text = "".join(footer.page.text.split())
            ok = re.fullmatch(r"[—－–―]\d*[—－–―]", text) is not None
            yield Verdict(ok, title, "页码数字左右各放一条一字线，如 — 1 —", _mend_numbers(parts))


def _sides(parts: Parts) -> Iterator[Verdict]:
    says = "单页码居右空一字、双页码居左空一字，应设“奇偶页不同”"
    yield Verdict(parts.sheet.two_sided, _NUMBER, says, _mend_numbers(parts))
    for title, footer in _numbered(parts):
        if parts.sheet.two_sided and footer and footer.page:
            side = "right" if title == _FOOTERS["default"] else "left"
            align = "left" if footer.page.align == "both" else footer.page.align
            ok = align == side and abs(footer.page.indent(side) - 1) <= 0.3
            says = f"页码{'居右' if side == 'right' else '居左'}空一字"
            yield Verdict(ok, title, says, _mend_numbers(parts))


def _below(parts: Parts) -> Iterator[Verdict]:
    value = parts.sheet.page("w:pgMar", "footer")
    ok = value is not None and _DISTANCE[0] <= value <= _DISTANCE[1]
    says = f"页码在版心下边缘之下 {m.PAGE_NUMBER_BELOW:g} mm，页脚距页边约 25.5 mm，这里{_shown(value)}"
    yield Verdict(ok, _PAGE, says, _setting(parts, "w:pgMar", footer=twips(FOOTER)))


def number_pages(document: Any) -> None:
    """The page numbers of the standard in the first section, with their looks on them: a foreign file has no styles of ours."""
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        line = page_number("")
        indent(line.pPr, **{side: 1.0})
        put(line.pPr, "w:jc", val=side)
        for run in line.iter(qn("w:r")):
            _look(run.get_or_add_rPr())
        replace(footer, [line])


def _look(properties: Any) -> None:
    name = m.SONG.names[0]
    put(properties, "w:rFonts", ascii=name, hAnsi=name, eastAsia=name)
    for tag in ("w:sz", "w:szCs"):
        put(properties, tag, val=round(m.SIZES["四号"] * 2))


PAGE = (
    Rule("paper", "纸张", "GB/T 9704—2012 5.1", Severity.GRAVE, "页面设置里把纸张改为 A4、纵向", _paper),
    Rule("margins", "天头和订口", "GB/T 9704—2012 5.2.1", Severity.GRAVE, "页面设置里上边距设 37 mm、左边距设 28 mm", _margins),
    Rule("text_area", "版心", "GB/T 9704—2012 5.2.1", Severity.PLAIN, "页面设置里右边距设 26 mm、下边距设 35 mm", _text_area),
    Rule("grid_lines", "每面行数", "GB/T 9704—2012 5.2.3", Severity.PLAIN, "页面设置的文档网格里设每页 22 行", _grid_lines),
    Rule("grid_characters", "每行字数", "GB/T 9704—2012 5.2.3", Severity.PLAIN, "页面设置的文档网格里设每行 28 字", _grid_characters),
    Rule("page_number", "编排页码", "GB/T 9704—2012 7.5", Severity.PLAIN, "在页脚插入页码", _page_number),
    Rule("page_number_font", "页码字体字号", "GB/T 9704—2012 7.5", Severity.MINOR, "页码设为四号宋体", _page_font),
    Rule("page_number_dashes", "页码的一字线", "GB/T 9704—2012 7.5", Severity.MINOR, "页码两边各加一条一字线", _dashes),
    Rule("page_number_sides", "页码的位置", "GB/T 9704—2012 7.5", Severity.MINOR, "设奇偶页不同，单页居右、双页居左，各空一字", _sides),
    Rule("page_number_below", "页码与版心的距离", "GB/T 9704—2012 7.5", Severity.MINOR, "页面设置里页脚距边界设 25.5 mm", _below),
)  # fmt: skip
"""Made for every document."""

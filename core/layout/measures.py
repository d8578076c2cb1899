"""The measures of GB/T 9704-2012, said once: the DOCX, the PDF and the checker take them from here.

Millimetres and points; a font size by its Chinese name (字号). Where the standard leaves room (37 ± 1 mm),
the value in the middle stands here and the tolerance beside it.
"""

from dataclasses import dataclass

PAGE = (210.0, 297.0)
"""A4, width and height in millimetres."""

TEXT_AREA = (156.0, 225.0)
"""The text area (版心), without the page number."""

TOP, LEFT = 37.0, 28.0
RIGHT, BOTTOM = PAGE[0] - LEFT - TEXT_AREA[0], PAGE[1] - TOP - TEXT_AREA[1]
TOLERANCE = 1.0
"""How far top and binding margin may be off, in millimetres."""

LINES, CHARACTERS = 22, 28
"""Lines a page and characters a line."""

SIZES = {"一号": 26.0, "小一": 24.0, "二号": 22.0, "小二": 18.0, "三号": 16.0, "小三": 15.0, "四号": 14.0}
"""Font sizes in points by their names."""


@dataclass(frozen=True)
class Face:
    """A typeface as the standard names it, the names it has on an office's computer, and what stands in for it."""

    title: str
    names: tuple[str, ...]
    stand_in: str


FANGSONG = Face("仿宋", ("仿宋_GB2312", "仿宋", "FangSong_GB2312", "FangSong"), "Noto Serif CJK SC")
XIAOBIAOSONG = Face(
    "小标宋",
    ("方正小标宋简体", "方正小标宋_GBK", "小标宋", "FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05"),
    "Noto Serif CJK SC",
)
HEI = Face("黑体", ("黑体", "SimHei"), "Noto Sans CJK SC")
KAI = Face("楷体", ("楷体_GB2312", "楷体", "KaiTi_GB2312", "KaiTi"), "Noto Serif CJK SC")
SONG = Face("宋体", ("宋体", "SimSun"), "Noto Serif CJK SC")

MARK_BELOW_TOP = 35.0
"""From the top of the text area to the upper edge of the red mark (发文机关标志), in millimetres."""

ORDER_MARK_BELOW_TOP = 20.0
"""The same on an order (命令格式, §10.2)."""

RED_LINE_BELOW_NUMBER = 4.0
"""The red line below the number, in millimetres; as wide as the text area."""

IMPRINT_LINES = (0.35, 0.25)
"""Thickness of the outer and of the inner lines of the imprint (版记), in millimetres."""

PAGE_NUMBER_BELOW = 7.0
"""From the foot of the text area to the page number, in millimetres."""

LETTER_LINES = (170.0, 30.0, 20.0)
"""信函格式 (§10.1): length of the two red double lines; the mark's upper edge from the page's top; the lower
line from the page's foot, in millimetres."""

DOUBLE_LINE = (0.7, 0.5, 0.25)
"""The red double line of a letter, in millimetres: the thick line, the gap, the thin line (not in the standard)."""

RED_LINE = 0.53
"""Thickness of the red line below the number, in millimetres (1.5 points; not in the standard)."""

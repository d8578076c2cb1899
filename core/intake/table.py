"""A list that comes as a table: the cells of an XLSX, the text of a CSV. `Unreadable` says what to do."""

import io
import re

from python_calamine import CalamineError, load_workbook

from core.errors import Unreadable
from core.intake import archive

_LAST_ROW = 2_000
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]*)(\d+)["']""")


def sheet(content: bytes, otherwise: str) -> list[list[object]]:
    """The cells of the first sheet, row by row; `otherwise`: what else to do where it does not open."""
    broken = f"这个 XLSX 文件打不开，请另存一次再试，{otherwise}"
    try:
        _check_extent(content)
        rows = load_workbook(io.BytesIO(content)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    except Unreadable as unreadable:
        raise Unreadable(broken if str(unreadable) == archive.BROKEN else str(unreadable)) from unreadable
    except (CalamineError, OSError, ValueError, IndexError) as error:
        raise Unreadable(broken) from error
    return [[*row] for row in rows]


def _check_extent(content: bytes) -> None:
    """A lone cell far away would have the reader lay out every cell before it: gigabytes from a small file."""
    with archive.opened(content) as parts:
        sheets = [name for name in parts.namelist() if name.lower().startswith("xl/worksheets/")]
        cells = [found for name in sheets for found in _PLACE.finditer(parts.read(name))]
    if any(len(found[1]) > 2 or len(found[2]) > 5 or int(found[2]) > _LAST_ROW for found in cells):
        raise Unreadable("表格里很远的地方还有内容，请把名单复制到一个新表格，只留要用的几列")


def decoded(content: bytes) -> str:
    """The text of a CSV: office programs write UTF-8 with a mark, or GB 18030 without one."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("读不出这个文件的文字，请另存为 UTF-8 编码的 CSV")

"""B7: a ledger of 50,000 rows and 12 columns out, and a list in, beside the limit and the common libraries."""

import io
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import python_calamine
import xlsxwriter

from core.papers.ledger import Ledger
from core.papers.xlsx import xlsx
from tests.bench.measuring import Line, Lines, typical

ROWS, COLUMNS = 50_000, 12
_HEAD = tuple(f"第{n}栏" for n in range(1, COLUMNS + 1))


def lines(folder: Path) -> Lines:
    ledger = Ledger("收文登记表", _HEAD, tuple(_row(n) for n in range(ROWS)))
    made = xlsx(ledger)
    if [*_read(made)][1:] != [list(row) for row in ledger.rows]:
        raise AssertionError("what was written is not what is read")
    ours = typical(lambda: xlsx(ledger), 3)
    yield Line("B7 ledger out, 50k × 12", ours, typical(lambda: _limit(ledger), 3), "XML + deflate", 1.5)
    yield Line("B7 ledger out, 50k × 12", ours, typical(lambda: _written(ledger), 3, 0), "xlsxwriter", 0.2)
    theirs = typical(lambda: _openpyxl(made), 3, 0)
    yield Line(
        "B7 list in, 50k × 12", typical(lambda: sum(1 for _ in _read(made)), 3), theirs, "openpyxl", 0.2
    )


def _row(n: int) -> tuple[str, ...]:
    return tuple(
        f"市测〔2026〕{n}号" if c == 0 else f"关于做好第{n}项工作的第{c}份材料" for c in range(COLUMNS)
    )


def _read(content: bytes):  # type: ignore[no-untyped-def]
    return (
        python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).iter_rows()
    )


def _openpyxl(content: bytes) -> int:
    sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True).active
    return sum(1 for _ in sheet.iter_rows(values_only=True))


def _limit(ledger: Ledger) -> bytes:
    """The strings of the sheet written and deflated, nothing else: less cannot be done."""
    rows = ("".join(f"<c t='inlineStr'><is><t>{escape(v)}</t></is></c>" for v in row) for row in ledger.rows)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        packed.writestr("sheet1.xml", "".join(f"<row>{row}</row>" for row in rows))
    return file.getvalue()


def _written(ledger: Ledger) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet()
    for n, row in enumerate((ledger.columns, *ledger.rows)):
        for c, value in enumerate(row):
            sheet.write_string(n, c, value)
    book.close()
    return file.getvalue()

"""A ledger as XLSX. What somebody typed is text there: no formula, no link, no date made of it (P13)."""

from collections.abc import Sequence
from io import BytesIO

from rustpy_xlsxwriter import Format, write_worksheet

from core.papers.ledger import Ledger

_HEAD = "#F2F2F2"
_NARROWEST, _WIDEST = 10, 48
_LONGEST = 16_000  # characters of a cell: Excel takes 32,767 halves of UTF-16
_PAGE = {"landscape": True, "paper_size": 9, "fit_to_pages": (1, 0), "repeat_rows": 0}


def xlsx(ledger: Ledger, *, numbers_from: int | None = None) -> bytes:
    """The file: one sheet, a frozen head to filter by, a printed page A4 across.

    `numbers_from`: the column from which on what was counted stands as numbers, to calculate with.
    """
    rows = map(_fitting, ledger.rows)
    told = rows if numbers_from is None else (_numbers(row, numbers_from) for row in rows)
    records = [dict(zip(ledger.columns, row, strict=True)) for row in told]
    file = BytesIO()
    write_worksheet(
        records or [dict.fromkeys(ledger.columns, "")],
        file,
        sheet_name=ledger.title[:31],
        freeze_row=1,
        column_widths=_widths(ledger),
        header_format=Format().set_bold().set_background_color(_HEAD).set_border("thin"),
        column_formats=[Format().set_text_wrap().set_align("top")] * len(ledger.columns),
        autofilter=True,
        page_setup=_PAGE,
    )
    return file.getvalue()


def _fitting(row: Sequence[str]) -> Sequence[str]:
    """The texts of a row, cut where one is too long for a cell."""
    whole = "".join(row)  # asked of all of them at once: nearly every row is short
    return row if len(whole) <= _LONGEST else [text[:_LONGEST] for text in row]


def _numbers(row: Sequence[str], since: int) -> list[str | float]:
    """The texts of a row, numbers from a column on."""
    return [*row[:since], *(float(text.replace(",", "")) for text in row[since:])]


def _widths(ledger: Ledger) -> list[float]:
    """Wide enough for the words in it: a Chinese character takes two columns of a Latin one."""
    columns = zip(*(ledger.columns, *ledger.rows[:200]), strict=True)
    return [min(_WIDEST, max(_NARROWEST, 2 + 2 * max(map(len, column)))) for column in columns]

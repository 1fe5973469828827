"""Rows as a file: CSV as spreadsheets take it, or a workbook."""

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from io import BytesIO, StringIO

from openpyxl import Workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Cells = Iterable[object]


def csv_lines(headings: Iterable[str], rows: Iterable[Cells]) -> Iterator[str]:
    yield "\ufeff"  # or spreadsheets take it for another encoding
    yield _line(headings)
    for row in rows:
        yield _line(harmless(cell) for cell in row)


def xlsx(headings: Iterable[str], rows: Iterable[Cells]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("zi")
    sheet.append(list(headings))
    for row in rows:
        sheet.append([harmless(cell) for cell in row])
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def harmless(cell: object) -> object:
    """A name that begins like a formula is shown, not reckoned (CWE-1236)."""
    if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{cell}"
    return cell if cell is None or isinstance(cell, int | date) else str(cell)


def _line(cells: Cells) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue()

"""From a workbook to lines of named cells: the sheet that has the headings, from the row below them on.

Headings are the columns' names, as in CSV. A cell that is merged downwards stands in each row that it spans, because
plans name an area once for many activities.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from models.errors import BadInput, Detail
from states.imports.lines import Columns, Line, broken, fault, header_of, line_of
from states.workbook.opening import Book, opened
from states.workbook.sheet import Cell, Kind, Sheet, letters

ROW_LIMIT = 50_000  # of the sheet; a larger file comes as CSV
HEADING_ROWS = 60  # the first rows, among which the headings are looked for

FIRST_DAY = date(1899, 12, 30)  # so that 61 is 1 March 1900: Excel believes in a 29 February of that year
FIRST_DAY_1904 = date(1904, 1, 1)
FIRST_TRUE = 61  # earlier numbers are off by that day, and no day that anybody means

SILENT = {Kind.ERROR: "cell_error", Kind.NO_VALUE: "cell_no_value"}

Cells = Mapping[int, Cell]


def read_workbook(path: Path, columns: Columns) -> list[Line]:
    """Raises BadInput that names everything wrong with its form, each under the file's own name."""
    try:
        with opened(path) as book:
            return _lines(path, book, columns)
    except BadInput as error:
        if error.key == "import_failed":
            raise
        raise broken(path, [Detail(f"{error} {error.fix}", file=path.name)]) from error


def _lines(path: Path, book: Book, columns: Columns) -> list[Line]:
    found = _find(book, columns)
    if found is None:
        raise broken(path, [fault(path, "empty")])
    sheet, at = found
    headings = {column: cell.text.strip() for column, cell in sheet.rows[at].items() if cell.text.strip()}
    header = header_of(path, list(headings.values()), columns, row=at)
    if sheet.cut_off:
        raise broken(path, [fault(path, "too_many_rows", most=ROW_LIMIT)])
    faults: list[Detail] = []
    lines: list[Line] = []
    above = _spanning(sheet)
    for row, own in sheet.rows.items():
        filled = {column: cell for column, cell in own.items() if cell.kind in SILENT or cell.text.strip()}
        if row <= at or not filled:
            continue
        cells = {**above.get(row, {}), **filled}
        faults.extend(_faults(path, row, cells, headings))
        lines.append(line_of(row, header, [_text(cells.get(column), book) for column in headings], columns))
    if faults:
        raise broken(path, faults)
    return lines


def _find(book: Book, columns: Columns) -> tuple[Sheet, int] | None:
    """The sheet and row with most of the names; of equals the first, visible sheets before hidden ones."""
    best: tuple[int, Sheet, int] | None = None
    for part in sorted(book.sheets, key=lambda one: one.hidden):
        sheet = book.read(part, most_rows=ROW_LIMIT)
        for row in [row for row, cells in sheet.rows.items() if row <= HEADING_ROWS and cells]:
            known = sum(cell.text.strip().lower() in columns.known for cell in sheet.rows[row].values())
            if best is None or known > best[0]:
                best = (known, sheet, row)
    return (best[1], best[2]) if best else None


def _spanning(sheet: Sheet) -> dict[int, dict[int, Cell]]:
    """By row and column, the cell that reaches down to there; only rows that have something of their own."""
    last = max(sheet.rows, default=0)
    found: dict[int, dict[int, Cell]] = {}
    for top, left, bottom, _ in sheet.merged:
        cell = sheet.at(top, left)
        if cell is None:
            continue
        for row in range(top + 1, min(bottom, last) + 1):
            if row in sheet.rows:
                found.setdefault(row, {})[left] = cell
    return found


def _faults(path: Path, row: int, cells: Cells, headings: Mapping[int, str]) -> Sequence[Detail]:
    """A cell that says nothing that can be read, or that stands under no heading."""
    return [
        fault(path, SILENT[cell.kind], row=row, column=headings.get(column), value=cell.text)
        if cell.kind in SILENT
        else fault(path, "no_heading", row=row, letter=letters(column), value=cell.text)
        for column, cell in sorted(cells.items())
        if cell.kind in SILENT or column not in headings
    ]


def _text(cell: Cell | None, book: Book) -> str:
    """As it would stand in CSV."""
    if cell is None:
        return ""
    if cell.kind is Kind.DATE:
        return _day(cell, book)
    return cell.text.replace(" %", "%") if cell.kind is Kind.PERCENT else cell.text.strip()


def _day(cell: Cell, book: Book) -> str:
    """ISO; what is no whole day stays as it is, and is refused where a day is wanted."""
    if cell.number is None:
        return cell.text.strip().removesuffix("T00:00:00")  # the ISO text that strict workbooks hold
    days = int(cell.number)
    if days != cell.number or (days < FIRST_TRUE and not book.from_1904):
        return cell.text
    try:
        return ((FIRST_DAY_1904 if book.from_1904 else FIRST_DAY) + timedelta(days=days)).isoformat()
    except OverflowError:
        return cell.text

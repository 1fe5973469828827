"""From a cell to an answer: what Excel makes of answers is undone, and what can't be meant is refused."""

from collections.abc import Mapping
from decimal import Decimal

from rulesets.answers import BadAnswer
from rulesets.lke import Item
from states.workbook.sheet import Cell, Kind, Sheet
from states.workbook.texts import clean

SILENT = {
    Kind.ERROR: "cell_error",
    Kind.NO_VALUE: "cell_no_value",
    Kind.DATE: "cell_date",
    Kind.BOOLEAN: "cell_boolean",
}
"""Kinds that are no answer, whatever the item asks."""


def answer_in(item: Item, cell: Cell) -> str | Decimal:
    """What the cell answers, as read_answer takes it. Raises BadAnswer."""
    if cell.kind in SILENT:
        raise BadAnswer(SILENT[cell.kind], value=cell.text)
    if cell.kind is Kind.TEXT:
        text = cell.text.strip()
        return text.removesuffix("%").strip() if _asks_percent(item) else text
    if cell.number is None:
        raise AssertionError(f"{cell.name} is a number without one")
    if cell.kind is Kind.PERCENT:  # 95 % is stored by Excel as 0.95
        if not _asks_percent(item):
            raise BadAnswer("cell_percent", value=cell.text)
        return cell.number * 100
    return cell.number


def cell_for(sheet: Sheet, row: int, column: int, items: Mapping[int, str]) -> Cell | None:
    """The cell that speaks for this row, also where cells are merged; `items` by row.

    Raises BadAnswer where one merged cell stands for several items.
    """
    merged = sheet.range_of(row, column)
    if merged is None:
        return sheet.at(row, column)
    top, left, bottom, _ = merged
    cell = sheet.at(top, left)
    if left != column or cell is None:
        return None
    if sum(top <= other <= bottom for other in items) > 1:
        raise BadAnswer("cell_merged", value=cell.text)
    return cell


def words_in(sheet: Sheet, row: int, columns: tuple[int, ...]) -> str | None:
    """What notes or links say, cell after cell; None where nothing does."""
    found = [cell for column in columns if (cell := sheet.at(row, column)) and cell.kind not in SILENT_WORDS]
    return clean("\n".join(cell.text.strip() for cell in found)) or None


SILENT_WORDS = (Kind.ERROR, Kind.NO_VALUE)


def _asks_percent(item: Item) -> bool:
    return bool(item.question.portion and item.question.portion.percent)

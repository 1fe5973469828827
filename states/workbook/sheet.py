"""One sheet's cells as they stand: values as Excel last worked them out, with what they are; and what is merged."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Context, Decimal, InvalidOperation
from enum import StrEnum
from xml.etree.ElementTree import Element
from zipfile import ZipFile

from rulesets.answers import FLOAT_DIGITS
from states.workbook.parts import Format, TooLarge, elements, local, text_in

MOST_ROWS = 3_000  # looked at; an LKE has about 200
MOST_COLUMNS = 100
MOST_MERGED = 20_000
SANE = 20  # digits before or after the point; numbers beyond are a fault

_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_CUT = Context(prec=FLOAT_DIGITS)


class Kind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    PERCENT = "percent"  # a number shown as so many percent
    DATE = "date"
    BOOLEAN = "boolean"
    ERROR = "error"  # #DIV/0! and the like
    NO_VALUE = "no_value"  # a formula that was never worked out


@dataclass(frozen=True, slots=True)
class Cell:
    row: int
    column: int  # from 1
    kind: Kind
    text: str  # as it is shown in a message
    number: Decimal | None = None
    formula: bool = False

    @property
    def name(self) -> str:
        return f"{letters(self.column)}{self.row}"


Range = tuple[int, int, int, int]
"""First row, first column, last row, last column."""


@dataclass(frozen=True)
class Sheet:
    name: str
    rows: Mapping[int, Mapping[int, Cell]] = field(default_factory=dict)  # those with something in them
    merged: Sequence[Range] = ()
    cut_off: bool = False  # there was more below or to the right than we look at

    def at(self, row: int, column: int) -> Cell | None:
        return self.rows.get(row, {}).get(column)

    def text_at(self, row: int, column: int) -> str:
        cell = self.at(row, column)
        return cell.text if cell else ""

    def range_of(self, row: int, column: int) -> Range | None:
        """The merged cells that this one is part of."""
        return next((one for one in self.merged if one[0] <= row <= one[2] and one[1] <= column <= one[3]), None)


def read_sheet(
    archive: ZipFile, name: str, part: str, *, texts: list[str], formats: list[Format], most_rows: int = MOST_ROWS
) -> Sheet:
    """Raises what opening.BROKEN lists."""
    rows: dict[int, dict[int, Cell]] = {}
    merged: list[Range] = []
    cut_off = False
    row = column = 0
    for event, tag, element in elements(archive, part, {"row", "c", "mergeCell"}):
        if tag == "row":
            if event == "start":
                row, column = _whole(element.get("r"), row + 1), 0
        elif tag == "c" and event == "end":
            row, column = _place(element.get("r"), row, column + 1)
            cell = _cell(element, row, column, texts, formats)
            if cell is None:
                continue
            if row > most_rows or column > MOST_COLUMNS:
                cut_off = True
            else:
                rows.setdefault(row, {})[column] = cell
        elif tag == "mergeCell" and event == "end":
            merged.append(_range(element.get("ref", "")))
            if len(merged) > MOST_MERGED:
                raise TooLarge(part)
    return Sheet(name, dict(sorted(rows.items())), merged, cut_off)


def letters(column: int) -> str:
    """1 is A, 27 is AA."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def column_of(name: str) -> int:
    """A is 1. Raises ValueError for what is no column."""
    if not re.fullmatch(r"[A-Za-z]{1,3}", name):
        raise ValueError(name)
    number = 0
    for letter in name.upper():
        number = number * 26 + ord(letter) - 64
    return number


def cells(sheet: Sheet) -> Iterator[Cell]:
    for row in sheet.rows.values():
        yield from row.values()


def _cell(element: Element, row: int, column: int, texts: list[str], formats: list[Format]) -> Cell | None:
    """None for a cell that holds nothing."""
    kind = element.get("t", "n")
    parts = {local(child): child for child in element}
    formula = "f" in parts
    said = parts["v"].text or "" if "v" in parts else ""
    if kind == "inlineStr":
        said = text_in(parts["is"]) if "is" in parts else ""
    elif kind == "s" and said:
        said = texts[_index(said, len(texts))]
    if kind in ("s", "str", "inlineStr"):
        return Cell(row, column, Kind.TEXT, said, formula=formula) if said.strip() else None
    if not said:
        return Cell(row, column, Kind.NO_VALUE, "", formula=True) if formula else None
    if kind == "b":
        return Cell(row, column, Kind.BOOLEAN, "TRUE" if said == "1" else "FALSE", formula=formula)
    if kind in ("e", "d"):
        return Cell(row, column, Kind.ERROR if kind == "e" else Kind.DATE, said, formula=formula)
    return _number(row, column, said, _style(element, formats), formula=formula)


def _number(row: int, column: int, said: str, style: Format, *, formula: bool) -> Cell:
    try:
        number = _CUT.create_decimal(said)
    except InvalidOperation:
        return Cell(row, column, Kind.ERROR, said, formula=formula)
    if not number.is_finite() or abs(number.adjusted()) > SANE:
        return Cell(row, column, Kind.ERROR, said, formula=formula)
    number = number.normalize()
    if style == "percent":
        return Cell(row, column, Kind.PERCENT, f"{number.scaleb(2):f} %", number, formula)
    return Cell(row, column, Kind.DATE if style == "date" else Kind.NUMBER, f"{number:f}", number, formula)


def _style(element: Element, formats: list[Format]) -> Format:
    number = _whole(element.get("s"), 0)
    return formats[number] if number < len(formats) else "number"


def _index(said: str, most: int) -> int:
    number = int(said)
    if not 0 <= number < most:
        raise ValueError(said)
    return number


def _whole(said: str | None, otherwise: int) -> int:
    """A number that is not negative, short enough to be one of a row or a style."""
    return int(said) if said and said.isascii() and said.isdigit() and len(said) < 9 else otherwise  # noqa: PLR2004


def _place(reference: str | None, row: int, column: int) -> tuple[int, int]:
    """Where the cell stands; beside the last one where it does not say."""
    found = _REFERENCE.fullmatch(reference or "")
    return (int(found[2]), column_of(found[1])) if found else (row, column)


def _range(reference: str) -> Range:
    first, _, last = reference.partition(":")
    top, left = _place(first, 0, 0)
    bottom, right = _place(last or first, 0, 0)
    return (top, left, bottom, right)

"""Workbooks for tests: the shapes that ministries send, filled, with wording of our own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from models.lke import Layer
from rulesets.library import find_ruleset
from rulesets.lke import Item, Lke
from states.workbook.layout import Layout, Picks, find_layout
from states.workbook.lines import Lines, read_lines
from states.workbook.looks import words_of
from states.workbook.opening import opened
from tests.lkes import full_marks

LKE = find_ruleset("permen-90-2021-5-2024").lke
LAST = max(item.row or 0 for item in LKE.items.values())

OFFICIAL = {
    "K": "Jawaban",
    "L": "Catatan",
    "M": "Bukti dukung",
    "N": "Jawaban TPI",
    "O": "Nilai",
    "P": "%",
    "Q": "Catatan",
}
"""Headings where the ministry's master has the columns."""

LINKED = {
    "K": "Jawaban Unit",
    "L": "Catatan",
    "M": "Bukti dukung",
    "N": "Tautan bukti",
    "O": "Jawaban TPI",
    "P": "Nilai",
    "Q": "%",
    "R": "Catatan",
    "S": "Jawaban TPI 2",
    "T": "Nilai",
    "U": "%",
    "V": "Catatan",
}
"""A link column was put in, and a second TPI follows the first."""


def same_row(row: int) -> int:
    return row


def shifted(row: int) -> int:
    """By two; from item 61 on by three."""
    return row + (2 if row <= 86 else 3)


@dataclass
class Filled:
    """One sheet: where its rows and columns are, and what stands there."""

    lke: Lke = LKE
    title: str = "Jawaban"
    header: int = 4
    headings: Mapping[str, str] = field(default_factory=lambda: OFFICIAL)
    answers: Mapping[str, Mapping[str, object]] = field(default_factory=dict)  # by column, then by item
    at: Callable[[int], int] = same_row
    choices: bool = True  # whether a column says what may be answered
    codes: bool = False
    topics: bool = True

    def onto(self, book: Workbook) -> None:
        sheet: Worksheet = book.create_sheet(self.title)
        for letter, heading in {"A": "No", "B": "Penilaian", "H": "Pilihan Jawaban", **self.headings}.items():
            sheet[f"{letter}{self.header}"] = heading
        for item in self.lke.items.values():
            row = self.row(item.code)
            if self.codes:
                sheet[f"A{row}"] = item.code
            if self.topics:
                sheet[f"B{row}"] = f"{item.code[-1]}. {item.title}"
            if self.choices:
                sheet[f"H{row}"] = kind(item)
            for letter, values in self.answers.items():
                if item.code in values:
                    sheet[f"{letter}{row}"].value = values[item.code]

    def row(self, item: str) -> int:
        row = self.lke.items[item].row
        assert row
        return self.at(row)


def kind(item: Item) -> str:
    return "/".join(item.letters) if item.letters else "Jumlah"


def typed(answers: Mapping[str, str]) -> dict[str, object]:
    """As people type them: numbers as numbers."""
    return {code: float(value) if value[0].isdigit() else value for code, value in answers.items()}


def marks(**other: str) -> dict[str, object]:
    return typed(full_marks(LKE, **other))


def saved(path: Path, *sheets: Filled, change: Callable[[Workbook], None] | None = None) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in sheets:
        sheet.onto(book)
    if change:
        change(book)
    book.save(path)
    return path


def layout_of(path: Path, layer: Layer = Layer.UNIT) -> Layout:
    with opened(path) as book:
        return find_layout(book, lke=LKE, layer=layer, words=words_of(LKE, {}), picks=Picks())


def read(path: Path, layer: Layer = Layer.UNIT) -> Lines:
    """What the sheet says, without a database."""
    return read_lines(layout_of(path, layer), LKE, file=path.name)

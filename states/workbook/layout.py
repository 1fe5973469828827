"""How a workbook is read for one layer: which sheet, which columns, which row is which item. Shown before writing.

What fits twice is refused and named; whoever imports may pick a sheet and columns.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from models.catalogue import Word
from models.errors import BadInput
from models.lke import Layer
from rulesets.lke import Lke
from states.workbook.columns import Columns, find_columns
from states.workbook.headings import Role, find_headings
from states.workbook.looks import Words
from states.workbook.matching import Matching, match
from states.workbook.opening import Book
from states.workbook.parts import SheetPart
from states.workbook.sheet import Sheet

MOST_SHEETS = 30  # looked into

SheetWhy = Literal["picked", "name", "only", "best"]


@dataclass(frozen=True)
class Picks:
    """What whoever imports has decided."""

    sheet: str | None = None
    columns: Mapping[Role, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Layout:
    sheet: Sheet
    sheet_why: SheetWhy
    header_row: int | None
    columns: Columns
    matching: Matching

    @property
    def answer(self) -> int:
        return self.columns.of(Role.ANSWER)[0].column

    def all_of(self, role: Role) -> tuple[int, ...]:
        return tuple(one.column for one in self.columns.of(role))


def find_layout(book: Book, *, lke: Lke, layer: Layer, words: Words, picks: Picks) -> Layout:
    """Raises BadInput where nothing fits, or where two things fit equally well."""
    another: Layout | None = None
    for why, group in _candidates(book, lke, picks):
        found = [
            layout
            for part in group[:MOST_SHEETS]
            if (layout := _layout(book.read(part), why, lke=lke, layer=layer, words=words, picks=picks))
        ]
        if fitting := [layout for layout in found if not layout.matching.of_another]:
            return _one_answer_column(book, layer, _best(book, fitting))
        another = another or next(iter(found), None)
    if another:
        raise BadInput("workbook_of_another", name=book.name, sheet=another.sheet.name)
    raise BadInput(
        "workbook_no_answers",
        name=book.name,
        layer=Word(f"layer.{layer.value}"),
        sheets=", ".join(part.name for part in book.sheets),
    )


def _candidates(book: Book, lke: Lke, picks: Picks) -> Sequence[tuple[SheetWhy, list[SheetPart]]]:
    """Groups of sheets; a later one is looked into only where no sheet of those before fits."""
    visible = [part for part in book.sheets if not part.hidden]
    if picks.sheet is not None:
        wanted = picks.sheet.strip().casefold()
        picked = [part for part in book.sheets if part.name.strip().casefold() == wanted]
        if not picked:
            known = ", ".join(part.name for part in book.sheets)
            raise BadInput("workbook_no_sheet", name=book.name, value=picks.sheet, known=known)
        return [("picked", picked)]
    official = lke.workbook.sheet.casefold() if lke.workbook else None
    named = [part for part in visible if part.name.strip().casefold() == official]
    return [("name", named), ("only", [part for part in visible if part not in named])]


def _layout(sheet: Sheet, why: SheetWhy, *, lke: Lke, layer: Layer, words: Words, picks: Picks) -> Layout | None:
    """None where the sheet has no answers of this layer, or is of another LKE."""
    found = find_headings(sheet)
    header_row, headings = found or (None, ())
    columns = find_columns(sheet, header_row, headings, lke=lke, layer=layer, picks=picks.columns)
    if not columns.of(Role.ANSWER):
        return None
    matching = match(sheet, header_row or 0, columns, lke=lke, words=words)
    return Layout(sheet, why, header_row, columns, matching)


def _best(book: Book, found: Sequence[Layout]) -> Layout:
    """The one sheet of this LKE; where there are several, the one that has more of the items."""
    fitting = sorted(found, key=_fit, reverse=True)
    if len(fitting) == 1:
        return fitting[0]
    if _fit(fitting[0]) == _fit(fitting[1]):
        names = ", ".join(layout.sheet.name for layout in fitting if _fit(layout) == _fit(fitting[0]))
        raise BadInput("workbook_sheets_unclear", name=book.name, sheets=names)
    first = fitting[0]
    return Layout(first.sheet, "best", first.header_row, first.columns, first.matching)


def _fit(layout: Layout) -> tuple[int, int]:
    """Items with an answer of this layer, then items with a row."""
    rows = layout.matching.rows.values()
    return sum(layout.sheet.at(row, layout.answer) is not None for row in rows), len(rows)


def _one_answer_column(book: Book, layer: Layer, layout: Layout) -> Layout:
    answers = layout.columns.of(Role.ANSWER)
    if len(answers) > 1:
        raise BadInput(
            "workbook_columns_unclear",
            name=book.name,
            sheet=layout.sheet.name,
            layer=Word(f"layer.{layer.value}"),
            columns=", ".join(f'{one.letter} "{one.heading}"' for one in answers),
        )
    return layout

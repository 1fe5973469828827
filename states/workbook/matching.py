"""Which row of a sheet is which item; every row that holds something and is none is named."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from rulesets.lke import Lke
from states.workbook.alignment import Alignment, align, axis_of
from states.workbook.columns import Columns
from states.workbook.headings import Role
from states.workbook.looks import NUMBER, Look, Words, kind_answered, looks_of
from states.workbook.sheet import Cell, Kind, Sheet

MOST_LIKE_ITEMS = 800  # rows that look like items; an LKE has 127
MOST_MISFITS = 12  # rows that contradict their item; beyond it the sheet is of another LKE

WhyNot = Literal["stray", "figure"]


@dataclass(frozen=True)
class Unmatched:
    """A row with something in the layer's answer column that is no item's."""

    cell: Cell
    why: WhyNot  # words, or an answer; a number or a formula, as subtotals are


@dataclass(frozen=True)
class Matching:
    rows: Mapping[str, int]  # by item
    missing: tuple[str, ...] = ()  # items that the sheet has no row for
    unmatched: tuple[Unmatched, ...] = ()
    unsure: Mapping[str, tuple[int, ...]] = field(default_factory=dict)  # items that several rows fit
    misfits: int = 0
    too_many: bool = False  # more rows that look like items than any LKE has

    @property
    def of_another(self) -> bool:
        """Whether the sheet is of another LKE, or of none."""
        return self.too_many or self.misfits > MOST_MISFITS


def match(sheet: Sheet, header_row: int, columns: Columns, *, lke: Lke, words: Words) -> Matching:
    """By the items' own codes where most rows have them, else by order and kind of answer."""
    looks = looks_of(sheet, header_row, columns, lke, words)
    if sum(look.is_like_an_item for look in looks) > MOST_LIKE_ITEMS:
        return Matching({}, too_many=True)
    taken = [one.column for role in (Role.ANSWER, Role.NOTE, Role.EVIDENCE) for one in columns.of(role)]

    def differ(first: int, second: int) -> bool:
        return any(sheet.text_at(first, one).strip() != sheet.text_at(second, one).strip() for one in taken)

    named = _by_name(looks)
    if 2 * len(named) >= len(lke.items):
        found = Alignment({item: rows[0] for item, rows in named.items()}, _twice(named, differ), 0)
    else:
        found = _told(align(looks, axis_of(lke), differ), looks)
    return Matching(
        found.rows,
        tuple(code for code in lke.items if code not in found.rows),
        tuple(_unmatched(sheet, header_row, columns, {*found.rows.values(), *sum(found.unsure.values(), ())})),
        found.unsure,
        found.misfits,
    )


def _by_name(looks: Sequence[Look]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for look in looks:
        if look.named:
            found.setdefault(look.named, []).append(look.row)
    return found


def _told(found: Alignment, looks: Sequence[Look]) -> Alignment:
    """Where nearly all rows tell what they ask, one that tells nothing stands where an item's row was left out."""
    telling = {look.row for look in looks if look.named or look.kind or look.said}
    if 5 * sum(row in telling for row in found.rows.values()) < 4 * len(found.rows):
        return found
    telling |= {look.row for look in looks if look.answers}
    return replace(found, rows={item: row for item, row in found.rows.items() if row in telling})


def _twice(named: Mapping[str, Sequence[int]], differ: Callable[[int, int], bool]) -> dict[str, tuple[int, ...]]:
    return {item: tuple(rows) for item, rows in named.items() if any(differ(rows[0], other) for other in rows[1:])}


def _unmatched(sheet: Sheet, header_row: int, columns: Columns, matched: set[int]) -> Iterator[Unmatched]:
    answers = [one.column for one in columns.of(Role.ANSWER)]
    for row, cells in sheet.rows.items():
        if row <= header_row or row in matched:
            continue
        for column in answers:
            if cell := cells.get(column):
                yield Unmatched(cell, _why_not(cell))


def _why_not(cell: Cell) -> WhyNot:
    answered = kind_answered(cell)
    typed_words = cell.kind is Kind.TEXT and not cell.formula
    return "stray" if answered not in (NUMBER, None) or (answered is None and typed_words) else "figure"

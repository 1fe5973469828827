"""What a sheet says, item by item: answer, note, evidence; each cell that can't be taken is named."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from models.catalogue import say
from models.errors import Detail
from rulesets.answers import BadAnswer, contradictions, read_answer
from rulesets.lke import Item, Lke
from states.lke.answers import KEEP, NOTE_LENGTH, Given
from states.workbook.cells import answer_in, cell_for, words_in
from states.workbook.headings import Role
from states.workbook.layout import Layout
from states.workbook.sheet import Cell, letters
from states.workbook.texts import same

LONGEST_SHOWN = 200  # letters of a value in a message


@dataclass(frozen=True)
class Stored:
    """What is stored of one item."""

    value: str | None = None
    note: str | None = None
    evidence: str | None = None


@dataclass(frozen=True)
class Line:
    """One item in the sheet; None where the sheet says nothing, which leaves what is stored."""

    item: Item
    row: int
    cell: str  # the answer's, as K17
    value: str | None  # as it is stored
    note: str | None
    evidence: str | None
    given: str | Decimal | None = None  # as the cell has it

    def differs(self, stored: Stored) -> bool:
        return (
            (self.value is not None and self.value != stored.value)
            or (self.note is not None and not same(self.note, stored.note))
            or (self.evidence is not None and not same(self.evidence, stored.evidence))
        )

    @property
    def says_something(self) -> bool:
        return self.value is not None or self.note is not None or self.evidence is not None

    def as_given(self) -> Given:
        return Given(
            self.item.code,
            value=KEEP if self.value is None else self.value,
            note=KEEP if self.note is None else self.note,
            evidence=KEEP if self.evidence is None else self.evidence,
            row=self.row,
            cell=self.cell,
        )


@dataclass
class Lines:
    lines: list[Line] = field(default_factory=list)
    faults: list[Detail] = field(default_factory=list)


def read_lines(layout: Layout, lke: Lke, *, file: str) -> Lines:
    """Every item with a row, in the sheet's order."""
    found = Lines()
    items = {row: lke.items[code] for code, row in layout.matching.rows.items()}
    by_row = {row: item.code for row, item in items.items()}
    for code, rows in layout.matching.unsure.items():
        shown = ", ".join(str(row) for row in rows)
        why = say("answer.row_unsure", item=code, rows=shown)
        found.faults.append(Detail(why, file=file, row=rows[0], column=f"{letters(layout.answer)}{rows[0]}"))
    for row, item in sorted(items.items()):
        if item.code in layout.matching.unsure:
            continue
        line = _line(layout, item, row, by_row, found.faults, file=file)
        if line and line.says_something:
            found.lines.append(line)
    return found


def contradicting(lke: Lke, lines: list[Line], stored: Mapping[str, Stored], *, file: str) -> list[Detail]:
    """Parts that would be more than their wholes, where one of the two comes from the sheet."""
    values = {code: one.value for code, one in stored.items() if one.value is not None}
    values |= {line.item.code: line.value for line in lines if line.value is not None}
    touched = {line.item.question.code: line for line in lines if line.value is not None}
    return [
        Detail(
            say("answer.part_over_whole", question=question.code, formula=question.formula.text),
            file=file,
            row=touched[question.code].row,
            column=touched[question.code].cell,
            value=touched[question.code].value,
        )
        for question in contradictions(lke, values)
        if question.code in touched and question.formula
    ]


def _line(
    layout: Layout, item: Item, row: int, items: Mapping[int, str], faults: list[Detail], *, file: str
) -> Line | None:
    name = f"{letters(layout.answer)}{row}"
    try:
        cell = cell_for(layout.sheet, row, layout.answer, items)
        value = read_answer(item, answer_in(item, cell)) if cell else None
    except BadAnswer as bad:
        faults.append(_fault(bad, row, name, file=file))
        return None
    note = words_in(layout.sheet, row, layout.all_of(Role.NOTE)[:1])
    evidence = words_in(layout.sheet, row, layout.all_of(Role.EVIDENCE))
    if max(len(note or ""), len(evidence or "")) > NOTE_LENGTH:
        faults.append(_fault(BadAnswer("note_too_long", most=NOTE_LENGTH), row, name, file=file))
        return None
    return Line(item, row, name, value, note, evidence, _shown(cell))


def _shown(cell: Cell | None) -> str | None:
    return cell.text[:LONGEST_SHOWN] if cell else None


def _fault(bad: BadAnswer, row: int, name: str, *, file: str) -> Detail:
    value = bad.params.get("value")
    shown = None if value is None else str(value)[:LONGEST_SHOWN]
    return Detail(say(f"answer.{bad.key}", **bad.params), file=file, row=row, column=name, value=shown)

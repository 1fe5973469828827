"""Which columns of a sheet hold one layer's answers, notes and evidence, and why; what stands by and is not taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from models.lke import Layer
from rulesets.lke import Lke
from states.workbook.headings import Heading, Role
from states.workbook.sheet import MOST_COLUMNS, Kind, Sheet, column_of, letters

Why = Literal["heading", "order", "content", "master", "picked"]

TAKEN = (Role.ANSWER, Role.NOTE, Role.EVIDENCE)
"""Roles that are imported."""

LINKS = ("http://", "https://", "www.", "drive.google", "bit.ly", "s.id/")
LETTERS = frozenset(("ya", "tidak", "a", "b", "c", "d", "e"))


@dataclass(frozen=True)
class Column:
    column: int
    role: Role
    layer: Layer | None  # None where nobody says and nothing tells
    heading: str
    why: Why
    second: bool = False  # of a second assessor of this layer: never taken

    @property
    def letter(self) -> str:
        return letters(self.column)


@dataclass(frozen=True)
class Columns:
    """All columns that are known for something, and of them the ones that one layer takes."""

    known: tuple[Column, ...]
    layer: Layer

    def of(self, role: Role) -> tuple[Column, ...]:
        return tuple(one for one in self.known if one.role is role and one.layer is self.layer and not one.second)

    @property
    def taken(self) -> tuple[Column, ...]:
        """One column of answers, one of notes, and every one of evidence."""
        return (*self.of(Role.ANSWER)[:1], *self.of(Role.NOTE)[:1], *self.of(Role.EVIDENCE))

    @property
    def answers(self) -> tuple[int, ...]:
        """Every layer's answer columns: what stands in them tells what kind of question a row asks."""
        return tuple(one.column for one in self.known if one.role is Role.ANSWER)


def find_columns(
    sheet: Sheet,
    header_row: int | None,
    headings: Sequence[Heading],
    *,
    lke: Lke,
    layer: Layer,
    picks: Mapping[Role, int],
) -> Columns:
    """By headings, else by what stands there, else where the ministry's master has them; a pick overrules all."""
    known = _owned(headings, lke)
    if not any(one.role is Role.ANSWER for one in known):
        lettered = _by_letters(sheet, header_row, known)
        taken = {one.column for one in lettered}
        known = [*(one for one in known if one.column not in taken), *lettered]
    known = [*known, *_by_master(sheet, header_row, known, lke, layer)]
    known = [*known, *_unheaded_evidence(sheet, header_row, known, layer)]
    if Role.ANSWER in picks:
        known = _grouped_with(picks[Role.ANSWER], known, layer)
    for role, column in picks.items():
        known = [one for one in known if one.column != column and not (one.role is role and one.layer is layer)]
        known.append(Column(column, role, layer, _heading(sheet, header_row, column), "picked"))
    return Columns(tuple(sorted(known, key=lambda one: one.column)), layer)


def _grouped_with(answer: int, known: Sequence[Column], layer: Layer) -> list[Column]:
    """A picked column of answers brings those that follow it, and leaves the others of its layer aside."""
    if answer not in [one.column for one in known if one.role is Role.ANSWER]:
        return list(known)
    later = [one.column for one in known if one.role is Role.ANSWER and one.column > answer]
    end = min(later, default=answer + MOST_COLUMNS)
    return [
        replace(one, layer=layer, second=False)
        if answer < one.column < end
        else replace(one, second=True)
        if one.layer is layer
        else one
        for one in known
    ]


def _owned(headings: Sequence[Heading], lke: Lke) -> list[Column]:
    """Each heading with its owner: as it says, else the owner of the answers to its left."""
    owners = _owners_of_answers([one for one in headings if one.role is Role.ANSWER], lke)
    found: list[Column] = []
    layer: Layer | None = None
    second = False
    for one in headings:
        if one.role is Role.ANSWER:
            layer, second = owners[one.column], one.second
        elif one.owner is not None and (one.owner is not layer or one.second):
            layer, second = one.owner, one.second
        why: Why = "order" if one.role is Role.ANSWER and one.owner is None else "heading"
        found.append(Column(one.column, one.role, layer, one.text, why, second))
    return found


def _owners_of_answers(answers: Sequence[Heading], lke: Lke) -> dict[int, Layer | None]:
    """An answer that nobody's name stands over is the unit's where it comes first; two such as the master has them."""
    owners = {one.column: one.owner for one in answers}
    unmarked = [one.column for one in answers if one.owner is None]
    if unmarked and unmarked[0] == answers[0].column and Layer.UNIT not in owners.values():
        if len(unmarked) == 1:
            owners[unmarked[0]] = Layer.UNIT
        elif len(answers) == 2 and lke.workbook and letters(unmarked[0]) == lke.workbook.unit.answer:  # noqa: PLR2004
            owners[unmarked[0]], owners[unmarked[1]] = Layer.UNIT, Layer.TPI
        else:
            owners |= dict.fromkeys(unmarked, Layer.UNIT)  # too many: whoever asks is told so
    return owners


def _by_letters(sheet: Sheet, header_row: int | None, known: Sequence[Column]) -> list[Column]:
    """Columns headed as scores that hold letters: some sheets call the answer "Nilai"."""
    found: list[Column] = []
    for one in known:
        if one.role is Role.SCORE:
            texts = _below(sheet, header_row, one.column)
            if texts and 2 * sum(text.strip().casefold() in LETTERS for text in texts) >= len(texts):
                found.append(replace(one, role=Role.ANSWER, layer=one.layer or Layer.UNIT, why="content"))
    return found


def _by_master(sheet: Sheet, header_row: int | None, known: Sequence[Column], lke: Lke, layer: Layer) -> list[Column]:
    """The master's letters, where no heading says otherwise."""
    book = lke.workbook
    if book is None or layer not in (Layer.UNIT, Layer.TPI):
        return []
    wanted = book.unit if layer is Layer.UNIT else book.tpi
    mine = {one.role: one.column for one in known if one.layer is layer and not one.second}
    answer = mine.get(Role.ANSWER, column_of(wanted.answer))
    if answer != column_of(wanted.answer) or (Role.ANSWER not in mine and not _named_so(sheet, lke)):
        return []
    taken = {one.column for one in known}
    found: list[Column] = []
    for role, letter in ((Role.ANSWER, wanted.answer), (Role.NOTE, wanted.note), (Role.EVIDENCE, wanted.evidence)):
        column = column_of(letter) if letter else None
        if column and role not in mine and column not in taken and not _heading(sheet, header_row, column):
            found.append(Column(column, role, layer, "", "master"))
    return found


def _unheaded_evidence(sheet: Sheet, header_row: int | None, known: Sequence[Column], layer: Layer) -> list[Column]:
    """Columns without a heading, among this layer's, that hold links."""
    mine = [one for one in known if one.layer is layer and not one.second]
    answers = [one.column for one in mine if one.role is Role.ANSWER]
    if len(answers) != 1 or any(one.role is Role.EVIDENCE for one in mine):
        return []
    others = [one.column for one in known if one.column > answers[0] and (one.layer is not layer or one.second)]
    end = min(others, default=max(one.column for one in known) + 4)
    taken = {one.column for one in known}
    return [
        Column(column, Role.EVIDENCE, layer, "", "content")
        for column in range(answers[0] + 1, end)
        if column not in taken
        and not _heading(sheet, header_row, column)
        and any(link in text.casefold() for text in _below(sheet, header_row, column) for link in LINKS)
    ]


def _named_so(sheet: Sheet, lke: Lke) -> bool:
    return lke.workbook is not None and sheet.name.strip().casefold() == lke.workbook.sheet.casefold()


def _heading(sheet: Sheet, header_row: int | None, column: int) -> str:
    return sheet.text_at(header_row, column) if header_row else ""


def _below(sheet: Sheet, header_row: int | None, column: int) -> list[str]:
    """What stands under the headings, numbers left out."""
    return [
        cells[column].text
        for row, cells in sheet.rows.items()
        if row > (header_row or 0) and column in cells and cells[column].kind is Kind.TEXT
    ]

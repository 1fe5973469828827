"""What each row of a sheet looks like: which item it names, what kind of answer it asks for, what is answered there."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rulesets.lke import Item, Lke
from states.workbook.columns import Columns
from states.workbook.headings import Role
from states.workbook.sheet import Cell, Kind, Sheet

AnswerKind = tuple[str, ...]
"""The letters of a choice, in lower case; NUMBER for everything else."""

NUMBER: AnswerKind = ("#",)
NUMBERS = frozenset(("jumlah", "angka", "number", "count", "%", "persen", "persentase", "percent", "0-4", "0 - 4"))
YES_NO: AnswerKind = ("ya", "tidak")
MOST_LETTERS = 5  # A to E

Words = Mapping[str, frozenset[str]]
"""Items by the words that stand for them, in lower case."""

_CHOICE = re.compile(r"[a-e](?:\s*[/,;|-]?\s*[a-e]){1,4}")
_ENUMERATED = re.compile(r"^\(?(?:[0-9]{1,3}|[a-z]|[ivx]{1,5})[.)]\s+")
_NUMERIC = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?\s*%?")


@dataclass(frozen=True)
class Look:
    row: int
    named: str | None  # the item whose code or number stands there
    said: frozenset[str]  # items whose words stand there
    kind: AnswerKind | None  # as its choices say
    answers: tuple[Cell, ...]  # of every layer

    @property
    def is_like_an_item(self) -> bool:
        return bool(self.named or self.kind or any(kind_answered(cell) is not NUMBER for cell in self.answers))


def looks_of(sheet: Sheet, header_row: int, columns: Columns, lke: Lke, words: Words) -> list[Look]:
    """Every row below the headings, to the last one that has something that tells."""
    names = {code.casefold(): code for code in lke.items}
    roles = {one.column: one.role for one in columns.known}
    looks = [
        _look(row, sheet.rows.get(row, {}), columns, roles, names=names, words=words, lke=lke)
        for row in range(header_row + 1, max(sheet.rows, default=0) + 1)
    ]
    while looks and not (looks[-1].is_like_an_item or looks[-1].said or looks[-1].answers):
        looks.pop()
    return looks


def kind_of(item: Item) -> AnswerKind:
    return NUMBER if item.letters is None else tuple(letter.casefold() for letter in item.letters)


def kind_answered(cell: Cell) -> str | AnswerKind | None:
    """The letter that is answered, NUMBER for a number, None for what tells nothing."""
    if cell.kind in (Kind.NUMBER, Kind.PERCENT):
        return NUMBER
    text = cell.text.strip().casefold()
    if cell.kind is Kind.TEXT and _NUMERIC.fullmatch(text):
        return NUMBER
    return text if cell.kind is Kind.TEXT and text in (*YES_NO, "a", "b", "c", "d", "e") else None


def words_of(lke: Lke, wording: Mapping[str, str]) -> Words:
    """Our topics in both languages, and the official wording where the cycle has it."""
    found: dict[str, set[str]] = {}
    for item in lke.items.values():
        title = item.title
        for text in (str.__str__(title), title.english, wording.get(item.code)):
            if text:
                found.setdefault(plain(text), set()).add(item.code)
    return {text: frozenset(codes) for text, codes in found.items()}


def plain(text: str) -> str:
    """Without case, spacing and a number in front, so that the same words are the same."""
    return _ENUMERATED.sub("", " ".join(text.casefold().split()))


def choices(text: str) -> AnswerKind | None:
    """The kind of answer that a cell of choices names: "Ya/Tidak", "A/B/C", "Jumlah"."""
    said = " ".join(text.casefold().replace("_", "/").split())
    if said in NUMBERS:
        return NUMBER
    if re.fullmatch(r"ya\s*[/,;|-]?\s*(atau\s+)?tidak", said):
        return YES_NO
    if _CHOICE.fullmatch(said):
        found = tuple(letter for letter in said if letter in "abcde")
        return found if found == tuple("abcde"[: len(found)]) else None
    return None


def _look(
    row: int,
    cells: Mapping[int, Cell],
    columns: Columns,
    roles: Mapping[int, Role],
    *,
    names: Mapping[str, str],
    words: Words,
    lke: Lke,
) -> Look:
    named: str | None = None
    said: frozenset[str] = frozenset()
    kind: AnswerKind | None = None
    for column, cell in cells.items():
        role = roles.get(column)
        if role in (Role.ANSWER, Role.NOTE, Role.EVIDENCE, Role.SCORE, Role.PERCENT, Role.WEIGHT):
            continue
        text = cell.text.strip()
        if role is Role.SOAL and text.isascii() and text.isdigit() and int(text[:9]) in lke.by_soal:
            named = named or lke.by_soal[int(text[:9])].code
        elif text.casefold() in names:
            named = names[text.casefold()]
        elif cell.kind is Kind.TEXT:
            kind = kind or choices(text)
            said |= words.get(plain(text), frozenset())
    given = tuple(cells[column] for column in columns.answers if column in cells)
    return Look(row, named, said, kind, given)

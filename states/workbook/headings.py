"""Finds the row of headings in a sheet, and what each heading says: which role, and whose column it is.

Sheets differ: headings repeat (`Nilai`, `%`), stand in two rows (whose, then what), and a second assessor's columns may
follow the first's. Words are looked for in Indonesian and English.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from models.lke import Layer
from states.workbook.sheet import Sheet

HEADING_ROWS = 60  # the first rows, among which the headings are looked for
LONGEST = 60  # letters of a heading; longer ones are sentences


class Role(StrEnum):
    """What a column is for; the first three are taken."""

    ANSWER = "answer"
    NOTE = "note"
    EVIDENCE = "evidence"
    SCORE = "score"
    PERCENT = "percent"
    CHOICES = "choices"
    WEIGHT = "weight"
    TOPIC = "topic"
    CODE = "code"
    SOAL = "soal"


ROLES: tuple[tuple[Role, frozenset[str]], ...] = (
    (Role.CHOICES, frozenset(("pilihan", "opsi", "choices", "choice", "options", "skala"))),
    (Role.EVIDENCE, frozenset(("bukti", "dukung", "evidence", "eviden", "link", "tautan", "url"))),
    (Role.NOTE, frozenset(("catatan", "keterangan", "penjelasan", "note", "notes", "komentar"))),
    (Role.ANSWER, frozenset(("jawaban", "jawab", "answer", "answers", "isian"))),
    (Role.SOAL, frozenset(("soal", "soalid", "portalrb"))),
    (Role.WEIGHT, frozenset(("bobot", "weight"))),
    (Role.PERCENT, frozenset(("%", "persen", "persentase", "percent"))),
    (Role.SCORE, frozenset(("nilai", "skor", "score", "poin", "points"))),
    (Role.TOPIC, frozenset(("penilaian", "pertanyaan", "pernyataan", "indikator", "pokok", "topic", "question"))),
    (Role.TOPIC, frozenset(("komponen", "uraian", "wording", "kalimat"))),
    (Role.CODE, frozenset(("kode", "code", "no", "nomor", "butir", "item"))),
)
"""In this order: "Pilihan Jawaban" holds choices, "Bukti Jawaban" evidence."""

OWNERS: tuple[tuple[Layer, frozenset[str]], ...] = (
    (Layer.TPN, frozenset(("tpn", "nasional", "national", "kemenpan", "menpan", "menpanrb"))),
    (Layer.PRELIMINARY, frozenset(("pendahuluan", "preliminary"))),
    (Layer.TPI, frozenset(("tpi", "internal", "apip", "inspektorat", "itjen"))),
    (Layer.UNIT, frozenset(("unit", "satker", "satuan", "mandiri", "opd", "self", "pengusul"))),
)
SECOND = frozenset(("2", "ii", "kedua", "second", "3", "iii", "ketiga", "third", "tpi2", "tpi3"))
"""What tells a second assessor's heading from the first's."""

ASSESSORS = (Layer.TPI, Layer.TPN)


@dataclass(frozen=True)
class Heading:
    column: int
    role: Role
    owner: Layer | None  # as the words say, the heading's own or those above it
    second: bool  # of a second assessor
    text: str


def find_headings(sheet: Sheet) -> tuple[int, tuple[Heading, ...]] | None:
    """The row with most headings, and these from left to right; None where no row names an answer or a score."""
    best: tuple[int, tuple[Heading, ...]] | None = None
    for row in sheet.rows:
        if row > HEADING_ROWS:
            break
        found = _headings(sheet, row)
        roles = {heading.role for heading in found}
        if len(roles) > 1 and roles & {Role.ANSWER, Role.SCORE} and (best is None or len(found) > len(best[1])):
            best = (row, found)
    return best


def role_of(text: str) -> Role | None:
    words = _words(text)
    return next((role for role, known in ROLES if words & known), None)


def owner_of(text: str) -> Layer | None:
    words = _words(text)
    return next((layer for layer, known in OWNERS if words & known), None)


def _headings(sheet: Sheet, row: int) -> tuple[Heading, ...]:
    """Those of this row; a cell that is empty here takes the one above it, and each the group that it stands under."""
    last = max((column for at in (row, row - 1) for column in sheet.rows.get(at, {})), default=0)
    first_answer = next(
        (column for column in range(1, last + 1) if role_of(_own(sheet, row, column)) in (Role.ANSWER, Role.SCORE)),
        last,
    )
    found: list[Heading] = []
    for column in range(1, last + 1):
        own = _own(sheet, row, column)
        group = _group(sheet, row - 1, column, first_answer)
        role = role_of(own) or (role_of(group) if own else None)
        if role:
            owner = owner_of(own) or owner_of(group)
            second = owner in ASSESSORS and bool(_words(f"{own} {group}") & SECOND)
            found.append(Heading(column, role, owner, second, own if own == group else f"{group} {own}".strip()))
    return tuple(_with_a_first(_with_answers(found)))


def _with_answers(found: Sequence[Heading]) -> list[Heading]:
    """Some sheets head the answers "Penilaian TPI": so it is where that owner has no other."""
    answered = {one.owner for one in found if one.role is Role.ANSWER}
    return [
        replace(one, role=Role.ANSWER)
        if one.role is Role.TOPIC and owner_of(one.text) and one.owner not in answered
        else one
        for one in found
    ]


def _with_a_first(found: Sequence[Heading]) -> Iterator[Heading]:
    """An assessor who is the only one is nobody's second, whatever else "II" may number."""
    first = {one.owner for one in found if one.role is Role.ANSWER and not one.second}
    for one in found:
        yield one if one.owner in first else replace(one, second=False)


def _own(sheet: Sheet, row: int, column: int) -> str:
    return sheet.text_at(row, column) or sheet.text_at(row - 1, column)


def _group(sheet: Sheet, row: int, column: int, first_answer: int) -> str:
    """What stands above this column, or above the nearest one to its left that has something; titles are none."""
    for at in range(column, max(first_answer - 1, 0), -1):
        if text := sheet.text_at(row, at):
            return text
    return ""


def _words(text: str) -> set[str]:
    """Lower case; a sentence has none."""
    return set() if len(text) > LONGEST else set(re.findall(r"%|\w+", text.casefold().replace("_", "")))

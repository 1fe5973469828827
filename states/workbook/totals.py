"""Totals that somebody typed and that their parts contradict: told, never imported. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from rulesets.answers import Answers, numbers_of
from rulesets.formulas import Ratio
from rulesets.lke import Lke, Question
from rulesets.scoring import score
from states.workbook.headings import Role
from states.workbook.layout import Layout
from states.workbook.sheet import Cell, Kind

NEAR = Fraction(1, 100)  # totals are typed with two decimals
TOTAL_WORDS = frozenset(("total", "jumlah"))


@dataclass(frozen=True)
class Contradiction:
    cell: Cell
    shown: Fraction
    counted: Fraction


def contradicted_totals(layout: Layout, lke: Lke, answers: Answers) -> Iterator[Contradiction]:
    """Typed totals of counts, and typed scores of nodes; `answers` are the sheet's own."""
    for gap, begins in _gaps(layout, lke).items():
        yield from _counts(layout, lke, answers, gap, begins)
    if answers:
        yield from _scores(layout, lke, answers)


def _gaps(layout: Layout, lke: Lke) -> Mapping[tuple[int, int], Question]:
    """Rows before each question's first row, back to the item before it: (from, to), with the question."""
    rows = layout.matching.rows
    found: dict[tuple[int, int], Question] = {}
    before = layout.header_row or 0
    for question in lke.questions.values():
        here = [rows[item.code] for item in lke.items_of[question.code] if item.code in rows]
        if here and min(here) > before:
            found[before + 1, min(here) - 1] = question
            before = max(here)
    return found


def _counts(
    layout: Layout, lke: Lke, answers: Answers, gap: tuple[int, int], question: Question
) -> Iterator[Contradiction]:
    """The row right above a question's counts shows their sum or their share."""
    numbers = numbers_of(lke, question, answers) if question.formula else None
    typed = _typed(layout, gap, {layout.answer})
    if not numbers or not typed or question.formula is None:
        return
    cell, shown = typed[-1]
    sums = [sum(numbers.values(), Fraction(0))]
    if isinstance(question.formula, Ratio):
        sums += [
            sum((numbers[key] for key in keys), Fraction(0)) for keys in (question.formula.whole, question.formula.part)
        ]
    share = question.formula.of(numbers).value
    if not _among(shown, [*sums, share, share * 100]):
        yield Contradiction(cell, shown, share if shown <= 1 else sums[1] if len(sums) > 1 else sums[0])


def _scores(layout: Layout, lke: Lke, answers: Answers) -> Iterator[Contradiction]:
    """A node's heading shows its score; above it stand those of the nodes that begin there, too."""
    columns = {one.column for one in layout.columns.of(Role.SCORE)}
    scored = score(lke, answers)
    for gap, question in _gaps(layout, lke).items():
        node = lke.node_of[question.code]
        if node.questions[0].code != question.code:
            continue
        chain = list(lke.chain(node.code))
        figures = [scored.nodes[one.code] for one in chain]
        fitting = [value for one in figures for value in (one.score, one.skipped, one.score / one.weight, one.weight)]
        for cell, shown in _typed(layout, gap, columns)[-1:]:
            if not _among(shown, fitting):
                yield Contradiction(cell, shown, figures[0].score)
    rows = layout.matching.rows.values()
    after = max(rows, default=0)
    for row in layout.sheet.rows:
        if row > after and _says_total(layout, row):
            for cell, shown in _typed(layout, (row, row), {*columns, layout.answer}):
                if not _among(shown, [scored.total.score, scored.total.skipped]):
                    yield Contradiction(cell, shown, scored.total.score)


def _typed(layout: Layout, gap: tuple[int, int], columns: Collection[int]) -> list[tuple[Cell, Fraction]]:
    """Numbers in these rows and columns that are no formula's."""
    found: list[tuple[Cell, Fraction]] = []
    for row in range(gap[0], gap[1] + 1):
        for column in sorted(columns):
            cell = layout.sheet.at(row, column)
            if cell and not cell.formula and cell.kind in (Kind.NUMBER, Kind.PERCENT) and cell.number is not None:
                found.append((cell, Fraction(cell.number)))
    return found


def _says_total(layout: Layout, row: int) -> bool:
    return any(
        cell.kind is Kind.TEXT and TOTAL_WORDS & set(cell.text.casefold().split())
        for cell in layout.sheet.rows[row].values()
    )


def _among(shown: Fraction, fitting: Collection[Fraction]) -> bool:
    return any(abs(shown - one) <= NEAR for one in fitting)

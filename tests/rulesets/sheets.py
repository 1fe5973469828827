"""Sheets of answers for scoring tests: any sheet at all, and sheets that are worth exactly so much."""

from collections.abc import Iterable
from fractions import Fraction

from hypothesis import strategies as st

from rulesets.formulas import Fall
from rulesets.lke import Item, Lke
from tests.lkes import full_marks

COUNTS = st.integers(0, 20).map(str)
MANY = 100_000


def worst(item: Item) -> str:
    assert item.letters
    return min(item.letters, key=lambda letter: item.letters[letter])  # type: ignore[index]


def values(item: Item) -> st.SearchStrategy[str]:
    """Every answer that this item takes."""
    if item.letters is not None:
        return st.sampled_from(list(item.letters))
    if (portion := item.question.portion) is not None:
        return st.integers(0, int(portion.most * 1000)).map(lambda number: f"{number / 1000:g}")
    return COUNTS


def sheets(lke: Lke) -> st.SearchStrategy[dict[str, str]]:
    """Any sheet; each item may be blank."""
    return st.fixed_dictionaries({}, optional={code: values(item) for code, item in lke.items.items()})


def share(lke: Lke, code: str, value: Fraction, *, less: int = 0) -> dict[str, str]:
    """The counts that make the formula give exactly `value`; `less` takes some off the part, out of very many."""
    formula = lke.questions[code].formula
    assert formula
    whole, part = value.denominator * MANY, value.numerator * MANY - less
    if isinstance(formula, Fall):
        return {f"{code}.{formula.before}": str(whole), f"{code}.{formula.after}": str(whole - part)}
    first, *others = formula.whole
    counts = {first: whole, formula.part[0]: part, **dict.fromkeys(others, 0)}
    return {f"{code}.{key}": str(count) for key, count in counts.items()}


def brought_down(
    lke: Lke, codes: Iterable[str], fine: str, required: Fraction
) -> tuple[dict[str, str], dict[str, str]]:
    """Two sheets: these questions are worth exactly `required` in the first, and one count less in the second.

    Choices fall to their worst letter, one by one, while there is too much; the formula of `fine` takes the rest.
    """
    sheet = full_marks(lke)
    over = sum((lke.weight_of[code] for code in codes), Fraction(0)) - required
    for code in codes:
        if lke.questions[code].scale and lke.weight_of[code] <= over:
            sheet[code] = worst(lke.items[code])
            over -= lke.weight_of[code]
    value = 1 - over / lke.weight_of[fine]
    return sheet | share(lke, fine, value), sheet | share(lke, fine, value, less=1)


def nearest(lke: Lke, codes: Iterable[str], required: Fraction) -> tuple[dict[str, str], dict[str, str]]:
    """For choices only: the sheets that are worth the least that is enough, and the most that is not."""
    reached: dict[Fraction, dict[str, str]] = {Fraction(0): {}}
    for code in codes:
        letters = lke.items[code].letters or {}
        reached = {
            so_far + worth * lke.weight_of[code]: {**sheet, code: letter}
            for so_far, sheet in reached.items()
            for letter, worth in letters.items()
        }
    enough = min(total for total in reached if total >= required)
    short = max(total for total in reached if total < required)
    return full_marks(lke) | reached[enough], full_marks(lke) | reached[short]

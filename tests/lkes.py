"""Sheets of answers for tests: full marks, and whatever differs from them."""

from rulesets.formulas import Fall
from rulesets.lke import Item, Lke

PLENTY = "12"


def full_marks(lke: Lke, **other: str) -> dict[str, str]:
    """The answers that give all points; `other` by item code, with `_` for `.` where a keyword needs it."""
    answers = {code: _best(item) for code, item in lke.items.items()}
    return answers | {code.replace("_", "."): value for code, value in other.items()}


def _best(item: Item) -> str:
    if item.letters is not None:
        return max(item.letters, key=lambda letter: item.letters[letter])  # type: ignore[index]
    if item.question.portion:
        return str(item.question.portion.most)
    formula = item.question.formula
    assert formula
    assert item.input
    if item.input.data_only:
        return "0"
    if isinstance(formula, Fall):
        return PLENTY if item.input.key == formula.before else "0"
    return str(int(PLENTY) * len(formula.whole)) if item.input.key in formula.part else PLENTY

"""What holds of every sheet, whatever its answers: better answers never hurt, order is nothing, scores fit weights."""

from collections.abc import Iterator
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rulesets.formulas import Fall
from rulesets.library import rulesets
from rulesets.lke import Item
from rulesets.scoring import Figure, Scored, score
from tests.rulesets.sheets import sheets, values

LKES = {rules.lke.name: rules.lke for rules in rulesets().values()}
"""5/2024 leaves the sheet of 90/2021 as it is."""


def test_every_rule_set_is_among_them() -> None:
    assert all(LKES[rules.lke.name] == rules.lke for rules in rulesets().values())


def worth(item: Item, answer: str) -> Fraction | None:
    """How good an answer is beside others of the same item; None where more is neither better nor worse."""
    if item.letters is not None:
        return item.letters[answer]
    if item.input is None:
        return Fraction(answer)
    formula = item.question.formula
    if isinstance(formula, Fall):
        return -Fraction(answer) if item.input.key == formula.after else None
    return Fraction(answer) if formula and item.input.key in formula.part else None


def raised(item: Item, sheet: dict[str, str], data: st.DataObject) -> dict[str, str]:
    """The same sheet with a better answer to this item, or one where there was none."""
    better = data.draw(values(item))
    before = sheet.get(item.code)
    if before is not None:
        old, new = worth(item, before), worth(item, better)
        assume(old is not None and new is not None and new >= old)
    return sheet | {item.code: better}


def figures(scored: Scored) -> Iterator[tuple[str, Figure]]:
    yield from scored.nodes.items()
    yield from scored.areas.items()
    yield "total", scored.total


@pytest.mark.parametrize("name", list(LKES))
class TestEverySheet:
    """Each holds of the total, of every area, node and question, for blank, half-filled and full sheets."""

    @settings(max_examples=60)
    @given(data=st.data())
    def test_a_better_answer_lowers_no_score(self, name: str, data: st.DataObject) -> None:
        lke = LKES[name]
        sheet = data.draw(sheets(lke))
        item = lke.items[data.draw(st.sampled_from(list(lke.items)))]

        low, high = score(lke, sheet), score(lke, raised(item, sheet, data))

        assert all(high.questions[code].points >= one.points for code, one in low.questions.items())
        assert all(dict(figures(high))[code].score >= figure.score for code, figure in figures(low))
        if item.code in sheet:  # a poor answer where there was none lowers the mean of those given
            assert all(dict(figures(high))[code].skipped >= figure.skipped for code, figure in figures(low))

    @settings(max_examples=30)
    @given(data=st.data())
    def test_the_order_of_answers_is_nothing(self, name: str, data: st.DataObject) -> None:
        lke = LKES[name]
        sheet = data.draw(sheets(lke))
        shuffled = dict(data.draw(st.permutations(list(sheet.items()))))

        assert dict(figures(score(lke, sheet))) == dict(figures(score(lke, shuffled)))

    @settings(max_examples=60)
    @given(data=st.data())
    def test_every_score_lies_between_nothing_and_its_weight(self, name: str, data: st.DataObject) -> None:
        lke = LKES[name]
        scored = score(lke, data.draw(sheets(lke)))

        for _, figure in figures(scored):
            assert 0 <= figure.score <= figure.skipped <= figure.weight
            assert 0 <= figure.answered <= figure.questions
        assert all(0 <= one.points <= one.weight for one in scored.questions.values())

    @settings(max_examples=30)
    @given(data=st.data())
    def test_the_whole_is_the_sum_of_its_questions(self, name: str, data: st.DataObject) -> None:
        lke = LKES[name]
        scored = score(lke, data.draw(sheets(lke)))

        assert scored.total.score == sum(one.points for one in scored.questions.values())
        assert scored.total.answered == sum(one.value is not None for one in scored.questions.values())

    @settings(max_examples=30)
    @given(data=st.data())
    def test_skipping_blanks_changes_nothing_where_there_are_none(self, name: str, data: st.DataObject) -> None:
        lke = LKES[name]
        sheet = data.draw(st.fixed_dictionaries({code: values(item) for code, item in lke.items.items()}))
        scored = score(lke, sheet)

        assert all(figure.score == figure.skipped for _, figure in figures(scored))
        assert scored.unanswered == ()

"""Unit against TPI: every question that they answer differently, and what it comes to per area and in all."""

from fractions import Fraction

from rulesets.gap import gap_between
from rulesets.library import find_ruleset
from rulesets.scoring import score
from tests.lkes import full_marks

LKE = find_ruleset("permen-90-2021-5-2024").lke


class TestGap:
    """The second less the first; questions answered alike are there, and do not differ."""

    def test_a_lower_letter_costs_its_share_everywhere_above_it(self) -> None:
        unit = score(LKE, full_marks(LKE))
        tpi = score(LKE, full_marks(LKE, A_I_1_i_b="C"))

        gap = gap_between(unit, tpi)

        (one,) = [one for one in gap.questions if one.differs]
        assert (one.question.code, one.first, one.second) == ("A.I.1.i.b", {"A.I.1.i.b": "A"}, {"A.I.1.i.b": "C"})
        assert one.difference == Fraction(-1, 4)
        assert {area.code: area.difference for area in gap.areas if area.difference} == {"MP": Fraction(-1, 4)}
        assert {part.code: part.difference for part in gap.components} == {"A": Fraction(-1, 4), "B": 0}
        assert gap.total.difference == Fraction(-1, 4)

    def test_every_question_is_there_in_the_sheets_order(self) -> None:
        gap = gap_between(score(LKE, {}), score(LKE, full_marks(LKE)))

        assert [one.question.code for one in gap.questions] == list(LKE.questions)
        assert all(one.differs for one in gap.questions)
        assert gap.total.first == 0
        assert gap.total.second == 100

    def test_other_counts_of_the_same_worth_differ_without_a_difference(self) -> None:
        unit = score(LKE, full_marks(LKE, A_II_4_i_a="10", A_II_4_i_b="5"))
        tpi = score(LKE, full_marks(LKE, A_II_4_i_a="20", A_II_4_i_b="10"))

        (one,) = [one for one in gap_between(unit, tpi).questions if one.differs]

        assert one.question.code == "A.II.4.i"
        assert one.difference == 0

"""What people read never says that something is reached that is not, nor that nothing is missing where something is."""

from fractions import Fraction

import pytest

from rulesets.figures import at_least, at_most, decimals, reached, short

JUST_BELOW = Fraction(60) - Fraction(1, 1_000_000)


class TestFigures:
    """Four decimals half up for scores; down for what is reached, up for what is missing."""

    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (Fraction(2, 3), "0.6667"),
            (Fraction(1, 3), "0.3333"),
            (Fraction("0.00005"), "0.0001"),
            (Fraction(100), "100.0000"),
            (Fraction(-1, 4), "-0.2500"),
        ],
    )
    def test_a_score_has_four_decimals(self, value: Fraction, text: str) -> None:
        assert decimals(value) == text

    @pytest.mark.parametrize(("value", "text"), [("2.5", "2.5"), ("100", "100"), ("0", "0"), ("0.6700", "0.67")])
    def test_short_is_as_people_write_it(self, value: str, text: str) -> None:
        assert short(Fraction(value)) == text

    def test_a_miss_never_reads_as_the_threshold(self) -> None:
        assert reached(JUST_BELOW, Fraction(60)) == "59.9999"
        assert at_most(JUST_BELOW) == "59.99"
        assert at_least(Fraction(60) - JUST_BELOW) == "0.01"

    def test_what_is_met_reads_as_it_is(self) -> None:
        assert reached(Fraction(60), Fraction(60)) == "60.0000"
        assert (at_most(Fraction(60)), at_least(Fraction(0))) == ("60.00", "0.00")

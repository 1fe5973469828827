"""Sheets whose scores are known: two that others filled in, the full one, the empty one, and one made of thirds."""

from decimal import Decimal
from fractions import Fraction
from typing import ClassVar

import pytest

from models.candidacies import Level
from rulesets.figures import decimals
from rulesets.library import find_ruleset, rulesets
from rulesets.scoring import Scored, score
from rulesets.thresholds import held_against
from tests.lkes import full_marks
from tests.rulesets.sheets import worst

OF_2014 = find_ruleset("permen-52-2014").lke
OF_2021 = find_ruleset("permen-90-2021").lke
EVERY = list(rulesets())


class TestPublishedSheets:
    """What the ministry's sheets made of the same letters."""

    def test_a_hospitals_manajemen_perubahan_of_2017_under_52_2014(self) -> None:
        tim = {"A.I.1.a": "Ya", "A.I.1.b": "B"}
        rencana = {"A.I.2.a": "Ya", "A.I.2.b": "C", "A.I.2.c": "Tidak"}
        monev = {"A.I.3.a": "D", "A.I.3.b": "D", "A.I.3.c": "D"}
        budaya = {"A.I.4.a": "Ya", "A.I.4.b": "Tidak", "A.I.4.c": "Tidak", "A.I.4.d": "B"}

        scored = score(OF_2014, {**tim, **rencana, **monev, **budaya})

        parts = [scored.nodes[f"A.I.{number}"].score for number in (1, 2, 3, 4)]
        assert [decimals(part) for part in parts] == ["0.7500", "0.3333", "0.0000", "0.4175"]
        assert [round(part, 2) for part in parts] == [Fraction(said) for said in ("0.75", "0.33", "0", "0.42")]
        assert round(scored.areas["MP"].score, 2) == Fraction("1.50")
        assert round(scored.areas["MP"].percent, 2) == Fraction("30.02")

    def test_a_courts_rencana_of_2022_under_90_2021(self) -> None:
        scored = score(OF_2021, {"A.I.1.ii.a": "Ya", "A.I.1.ii.b": "C", "A.I.1.ii.c": "A"})

        assert scored.nodes["A.I.1.ii"].score == Fraction(2, 3)
        assert decimals(scored.nodes["A.I.1.ii"].score) == "0.6667"


@pytest.mark.parametrize("name", EVERY)
class TestBothEnds:
    """Nothing is lost in the sums of a whole sheet, and nothing comes of an empty one."""

    def test_full_marks_are_exactly_100(self, name: str) -> None:
        lke = rulesets()[name].lke
        scored = score(lke, full_marks(lke))

        assert scored.total.score == scored.total.skipped == 100
        assert all(figure.score == figure.weight for figure in scored.nodes.values())
        assert all(figure.percent == 100 for figure in scored.areas.values())
        assert scored.left_out == ()
        assert scored.unanswered == ()

    def test_an_empty_sheet_is_exactly_0(self, name: str) -> None:
        lke = rulesets()[name].lke
        scored = score(lke, {})

        assert scored.total.score == scored.total.skipped == 0
        assert scored.total.answered == 0
        assert scored.left_out == tuple(node.code for node in lke.nodes if node.questions)
        assert scored.unanswered == tuple(lke.items)

    def test_full_marks_meet_every_threshold_and_an_empty_sheet_none(self, name: str) -> None:
        rules = rulesets()[name]
        for level in Level:
            for answers, met in ((full_marks(rules.lke), True), ({}, False)):
                held = held_against(rules.thresholds, score(rules.lke, answers), level)
                assert held
                assert {one.met for one in held} == {met}


class TestThirds:
    """40 points are 40 points, though their parts are thirds."""

    THIRDS: ClassVar = (
        "A.I.1.ii.b",
        "A.I.1.ii.c",
        "A.I.1.iii.a",
        "A.I.1.iii.b",
        "A.I.2.i.b",
    )  # a third of a point each
    POINTS: ClassVar = (
        *("A.II.5.i", "A.II.6.ii", "A.II.1.ii", "A.II.1.iii", "A.II.4.ii", "A.II.4.iii", "A.II.3.i.a", "A.II.3.ii.a"),
        *("A.II.6.i.a", "A.II.2.ii.a", "A.II.2.ii.b", "A.II.2.i", "A.II.2.iii.a"),
    )
    COMPLAINTS: ClassVar = {"A.II.5.ii.a": "9", "A.II.5.ii.c": "7"}
    SHEET: ClassVar = {
        **full_marks(OF_2021),
        **{code: worst(OF_2021.items[code]) for code in (*THIRDS, *POINTS)},
        **COMPLAINTS,
        "A.II.6.i.b.b": "0",
    }

    def test_are_met(self) -> None:
        scored = score(OF_2021, self.SHEET)

        held = held_against(find_ruleset("permen-90-2021").thresholds, scored, Level.WBK)
        [pengungkit] = [one for one in held if one.rule == "pengungkit"]
        assert pengungkit.actual == pengungkit.required == 40
        assert pengungkit.met

    def test_would_be_missed_if_a_third_were_cut_off(self) -> None:
        """Which is why the sums are made of fractions."""
        assert mean_times_weight_in_decimals(score(OF_2021, self.SHEET)) < 40


def mean_times_weight_in_decimals(scored: Scored) -> Decimal:
    total = Decimal(0)
    for node in scored.lke.nodes:
        if node.questions and node.code.startswith("A."):
            values = [scored.questions[question.code].value or Fraction(0) for question in node.questions]
            mean = sum((decimal(value) for value in values), Decimal(0)) / len(values)
            total += mean * decimal(node.weight)
    return total


def decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)

"""Every threshold of every rule set and level: met exactly at its edge, and not one step below it."""

from collections.abc import Mapping
from fractions import Fraction

import pytest

from models.candidacies import Level
from rulesets.answers import contradictions, read_answer
from rulesets.library import find_ruleset, rulesets
from rulesets.lke import Lke
from rulesets.scoring import score
from rulesets.thresholds import TOTAL, Held, held_against
from tests.lkes import full_marks
from tests.rulesets.sheets import brought_down, nearest

Sheet = Mapping[str, str]

HALF_A_LETTER = {"A.I.1.i.a": "Tidak"}  # a quarter of a point
ONE_POINT = {"A.II.1.iii": "D"}

EDGES: dict[tuple[str, str, Fraction], tuple[Sheet, Sheet]] = {
    # 60 of pengungkit, then what the results bring; the survey's step is the sixth decimal
    ("permen-52-2014", "total", Fraction(75)): (
        {"B.I.1": "4", "B.I.2": "0", "B.II.1": "0"},
        {"B.I.1": "3.999999", "B.I.2": "0", "B.II.1": "0"},
    ),
    ("permen-52-2014", "total", Fraction(85)): ({"B.II.1": "1"}, {"B.II.1": "0.999999"}),
    ("permen-52-2014", "bersih_kkn", Fraction(18)): ({"B.I.2": "60"}, {"B.I.2": "59.999999"}),
    ("permen-52-2014", "survei_korupsi", Fraction("13.5")): ({"B.I.1": "3.6"}, {"B.I.1": "3.599999"}),
    ("permen-52-2014", "tlhp", Fraction("3.5")): ({"B.I.2": "70"}, {"B.I.2": "69.999999"}),
    ("permen-52-2014", "kualitas_pelayanan", Fraction(16)): ({"B.II.1": "3.2"}, {"B.II.1": "3.199999"}),
    ("permen-90-2021", "total", Fraction(75)): (
        {**HALF_A_LETTER, "B.I.a": "0", "B.I.b": "D", "B.II.a": "3.2"},
        {**HALF_A_LETTER, "B.I.a": "0", "B.I.b": "D", "B.II.a": "3.199999"},
    ),
    ("permen-90-2021", "total", Fraction(85)): (
        {**ONE_POINT, "B.II.a": "0.8"},
        {**ONE_POINT, "B.II.a": "0.799999"},
    ),
    ("permen-90-2021", "bersih_akuntabel", Fraction("18.25")): (
        {"B.I.a": "3.6", "B.I.b": "C"},
        {"B.I.a": "3.599999", "B.I.b": "C"},
    ),
    ("permen-90-2021", "bersih_akuntabel", Fraction("19.5")): (
        {"B.I.a": "3.6", "B.I.b": "B"},
        {"B.I.a": "3.599999", "B.I.b": "B"},
    ),
    ("permen-90-2021", "ipak", Fraction("15.75")): ({"B.I.a": "3.6"}, {"B.I.a": "3.599999"}),
    ("permen-90-2021", "kinerja", Fraction("2.5")): ({"B.I.b": "C"}, {"B.I.b": "D"}),
    ("permen-90-2021", "kinerja", Fraction("3.75")): ({"B.I.b": "B"}, {"B.I.b": "C"}),
    ("permen-90-2021", "pelayanan_prima", Fraction(14)): ({"B.II.a": "3.2"}, {"B.II.a": "3.199999"}),
    ("permen-90-2021", "pelayanan_prima", Fraction("15.75")): ({"B.II.a": "3.6"}, {"B.II.a": "3.599999"}),
}
"""What differs from full marks at the edge, and one step below, by LKE, rule and points."""

FINE = {
    "pengungkit": "A.II.5.ii",
    "area_MP": "A.II.1.i.a",
    "area_SDM": "A.II.3.iii.a",
    "area_AK": "A.II.4.i",
    "area_PW": "A.II.5.ii",
    "area_PP": "A.II.6.i.b",
}
"""The formula that takes a score to its edge: its counts may be as large as need be. Tatalaksana has only letters."""


BETWEEN_LETTERS = [("area_TL", Level.WBK)]
"""No letters make 60 % of Tatalaksana: its edge is the least that is more, its step the most that is less."""


def at_and_below(lke: Lke, held: Held) -> tuple[Sheet, Sheet]:
    if (known := EDGES.get((lke.name, held.rule, held.required))) is not None:
        return {**full_marks(lke), **known[0]}, {**full_marks(lke), **known[1]}
    codes = [
        code
        for code in lke.questions
        if lke.area_of[code] == held.of or held.of in {node.code for node in lke.chain(lke.node_of[code].code)}
    ]
    required = held.required
    if held.unit == "percent":
        required *= score(lke, {}).areas[held.of].weight / 100
    if fine := FINE.get(held.rule):
        return brought_down(lke, codes, fine, required)
    return nearest(lke, codes, required)


CASES = [
    pytest.param(name, level, held.rule, id=f"{name}-{level.value}-{held.rule}")
    for name, rules in rulesets().items()
    for level in Level
    for held in held_against(rules.thresholds, score(rules.lke, {}), level)
]


@pytest.mark.parametrize(("name", "level", "rule"), CASES)
class TestEdge:
    """Enough is enough: what is required to the last fraction is met, and anything less is not."""

    def test_is_met_exactly_and_missed_one_step_below(self, name: str, level: Level, rule: str) -> None:
        rules = find_ruleset(name)

        def held(sheet: Sheet) -> Held:
            assert all(read_answer(rules.lke.items[code], value) == value for code, value in sheet.items())
            assert contradictions(rules.lke, sheet) == []
            return next(
                one for one in held_against(rules.thresholds, score(rules.lke, sheet), level) if one.rule == rule
            )

        at, below = at_and_below(rules.lke, held({}))

        assert held(at).met
        assert held(at).short == 0
        assert not held(below).met
        assert held(below).short > 0
        if (rule, level) not in BETWEEN_LETTERS:
            assert held(at).actual == held(at).required


class TestPartsBelowTheWhole:
    """52/2014 asks 18 of Hasil 1, which is more than 13.5 and 3.5 together."""

    @pytest.mark.parametrize("level", Level)
    def test_both_parts_at_their_edge_do_not_make_the_whole(self, level: Level) -> None:
        rules = find_ruleset("permen-52-2014")

        scored = score(rules.lke, full_marks(rules.lke) | {"B.I.1": "3.6", "B.I.2": "70"})

        held = {one.rule: one for one in held_against(rules.thresholds, scored, level)}
        assert (held["survei_korupsi"].actual, held["survei_korupsi"].met) == (Fraction("13.5"), True)
        assert (held["tlhp"].actual, held["tlhp"].met) == (Fraction("3.5"), True)
        assert (held["bersih_kkn"].actual, held["bersih_kkn"].met) == (Fraction(17), False)
        assert held["bersih_kkn"].short == 1

    def test_90_2021_asks_just_the_sum_of_its_parts(self) -> None:
        rules = find_ruleset("permen-90-2021")

        scored = score(rules.lke, full_marks(rules.lke) | {"B.I.a": "3.6", "B.I.b": "C"})

        assert all(one.met for one in held_against(rules.thresholds, scored, Level.WBK))


class TestSurveyValues:
    """A survey's threshold is also told as the survey's own value, 0 to 4."""

    @pytest.mark.parametrize(
        ("name", "level", "told"),
        [
            ("permen-52-2014", Level.WBK, {"survei_korupsi": "3.6"}),
            ("permen-52-2014", Level.WBBM, {"survei_korupsi": "3.6", "kualitas_pelayanan": "3.2"}),
            ("permen-90-2021", Level.WBK, {"ipak": "3.6", "pelayanan_prima": "3.2"}),
            ("permen-90-2021", Level.WBBM, {"ipak": "3.6", "pelayanan_prima": "3.6"}),
        ],
    )
    def test_is_told(self, name: str, level: Level, told: dict[str, str]) -> None:
        rules = find_ruleset(name)

        held = held_against(rules.thresholds, score(rules.lke, {}), level)

        assert {one.rule: one.survey for one in held if one.survey is not None} == {
            rule: Fraction(value) for rule, value in told.items()
        }


class TestFigures:
    """The thresholds themselves, as the two regulations print them."""

    @pytest.mark.parametrize(
        ("name", "level", "figures"),
        [
            ("permen-52-2014", Level.WBK, "75 18 13.5 3.5"),
            ("permen-52-2014", Level.WBBM, "85 18 13.5 3.5 16"),
            ("permen-90-2021", Level.WBK, "75 40 60 18.25 15.75 2.5 14"),
            ("permen-90-2021", Level.WBBM, "85 48 75 19.5 15.75 3.75 15.75"),
            ("permen-90-2021-5-2024", Level.WBK, "75 40 60 18.25 15.75 2.5 14"),
            ("permen-90-2021-5-2024", Level.WBBM, "85 48 75 19.5 15.75 3.75 15.75"),
        ],
    )
    def test_of_each_level(self, name: str, level: Level, figures: str) -> None:
        asked = [one.required(level) for one in find_ruleset(name).thresholds]

        assert [value for value in asked if value is not None] == [Fraction(text) for text in figures.split()]

    def test_the_total_of_every_rule_set_is_one_of_them(self) -> None:
        assert all(TOTAL in {one.of for one in rules.thresholds} for rules in rulesets().values())

"""Blanks, and divisions by nothing: each has one value, a name, and a sentence that explains it."""

from fractions import Fraction

import pytest

from models.candidacies import Level
from models.catalogue import LANGUAGES, say, use_language
from rulesets.library import find_ruleset
from rulesets.scoring import score
from rulesets.thresholds import Threshold, held_against
from rulesets.why import explain
from tests.lkes import full_marks

LKE = find_ruleset("permen-90-2021").lke

DISCIPLINE, COMPLAINTS = "A.II.3.iii.a", "A.II.5.ii"
AGENTS, CHANGES, TARGETS, SERVICES = "A.II.1.i.a", "A.II.1.i.b", "A.II.4.i", "A.II.6.i.b"
LHKPN, NON_LHKPN = "A.II.5.iii.a", "A.II.5.iii.b"

CASES = [
    (DISCIPLINE, {"a": 0, "b": 0}, "1", "none_both_years"),
    (DISCIPLINE, {"a": 0, "b": 3}, "0", "none_before"),
    (DISCIPLINE, {"a": 4, "b": 0}, "1", "formula"),
    (DISCIPLINE, {"a": 4, "b": 3}, "1/4", "formula"),
    (DISCIPLINE, {"a": 4, "b": 4}, "0", "formula"),
    (DISCIPLINE, {"a": 4, "b": 9}, "0", "formula"),  # more than before is no worse than as many
    (COMPLAINTS, {"a": 0, "c": 0}, "1", "none_to_count"),
    (COMPLAINTS, {"a": 3, "c": 0}, "0", "formula"),
    (COMPLAINTS, {"a": 3, "c": 2}, "2/3", "formula"),
    (AGENTS, {"a": 0, "b": 0}, "0", "none_to_count"),
    (AGENTS, {"a": 0, "b": 5}, "0", "none_to_count"),
    (AGENTS, {"a": 4, "b": 1}, "1/4", "formula"),
    (AGENTS, {"a": 4, "b": 9}, "1", "formula"),  # more than one change for each agent
    (CHANGES, {"a": 0, "b": 0}, "0", "none_to_count"),
    (TARGETS, {"a": 0, "b": 0}, "0", "none_to_count"),
    (SERVICES, {"a": 0, "b": 0}, "0", "none_to_count"),
    (SERVICES, {"a": 3, "b": 3}, "1", "formula"),
    (LHKPN, {"a": 0, "b": 0, "c": 0, "d": 0}, "1", "none_to_count"),
    (LHKPN, {"a": 1, "b": 2, "c": 3, "d": 3}, "1/2", "formula"),  # all who reported, out of all three groups
    (NON_LHKPN, {"a": 0, "b": 0, "c": 0, "d": 0}, "1", "none_to_count"),
    (NON_LHKPN, {"a": 0, "b": 0, "c": 7, "d": 7}, "1", "formula"),
]


@pytest.mark.parametrize(("question", "counts", "value", "case"), CASES)
class TestFormulas:
    """The rule leaves what is divided by nothing open; the rule set says it, and `why` tells it."""

    def test_has_one_value_and_says_which_case(
        self, question: str, counts: dict[str, int], value: str, case: str
    ) -> None:
        scored = score(LKE, {f"{question}.{key}": str(count) for key, count in counts.items()})

        one = scored.questions[question]
        assert (one.value, one.case) == (Fraction(value), case)
        assert one.points == Fraction(value) * LKE.weight_of[question]

    def test_is_explained_in_both_languages(self, question: str, counts: dict[str, int], value: str, case: str) -> None:
        scored = score(LKE, {f"{question}.{key}": str(count) for key, count in counts.items()})

        [step] = [step for step in explain(scored, question) if step.params["code"] == question]
        assert step.key == case
        assert step.params["source"] == LKE.zero_source
        for language in LANGUAGES:
            try:
                use_language(language)
                said = say(f"why.{step.key}", **step.params)
            finally:
                use_language("id")
            assert question in said
            assert all(f"{key} = {count}" in said for key, count in counts.items())


class TestBlanks:
    """A blank counts zero where anything is decided; the other figure is what the official workbook shows."""

    def test_the_mean_skips_a_blank_and_the_deciding_figure_does_not(self) -> None:
        scored = score(LKE, {"A.I.1.i.a": "Ya"})

        node = scored.nodes["A.I.1.i"]
        assert (node.score, node.skipped) == (Fraction("0.25"), Fraction("0.5"))
        assert (node.answered, node.questions) == (1, 2)
        assert scored.questions["A.I.1.i.b"].value is None
        assert scored.questions["A.I.1.i.b"].case == "blank"

    def test_the_worst_answer_is_no_blank(self) -> None:
        scored = score(LKE, {"A.I.1.i.a": "Ya", "A.I.1.i.b": "C"})

        assert scored.nodes["A.I.1.i"].skipped == Fraction("0.25")
        assert scored.questions["A.I.1.i.b"].value == 0

    def test_a_sub_area_without_any_answer_is_left_out_and_named(self) -> None:
        """There the workbook shows #DIV/0!, and so does everything above it."""
        blank = ("A.I.1.i.a", "A.I.1.i.b", "A.II.2.i")
        scored = score(LKE, {code: value for code, value in full_marks(LKE).items() if code not in blank})

        assert scored.left_out == ("A.I.1.i", "A.II.2.i")
        assert scored.nodes["A.I.1.i"].skipped == 0
        assert scored.total.skipped == scored.total.score == 99
        assert [step.key for step in explain(scored, "A.I.1.i")][:2] == ["mean", "left_out"]

    def test_weights_of_their_own_are_summed_so_a_blank_there_is_zero_in_both(self) -> None:
        scored = score(LKE, {"B.I.b": "A"})

        assert scored.nodes["B.I"].score == scored.nodes["B.I"].skipped == 5

    @pytest.mark.parametrize(("question", "missing"), [(COMPLAINTS, "a"), (COMPLAINTS, "c"), (LHKPN, "b")])
    def test_a_formula_without_one_of_its_counts_is_blank(self, question: str, missing: str) -> None:
        sheet = {code: value for code, value in full_marks(LKE).items() if code != f"{question}.{missing}"}

        scored = score(LKE, sheet)

        assert scored.questions[question].value is None
        assert scored.total.answered == 112
        assert scored.unanswered == (f"{question}.{missing}",)


class TestDataOnly:
    """Two inputs are asked for and used by no formula: they count for completeness, and not for the score."""

    def test_are_the_two_that_the_sheet_has(self) -> None:
        assert [code for code, item in LKE.items.items() if item.data_only] == [f"{DISCIPLINE}.c", f"{COMPLAINTS}.b"]

    @pytest.mark.parametrize("item", [f"{DISCIPLINE}.c", f"{COMPLAINTS}.b"])
    def test_a_blank_one_is_unanswered_and_takes_nothing(self, item: str) -> None:
        full = full_marks(LKE)

        scored = score(LKE, {code: value for code, value in full.items() if code != item})

        assert scored.unanswered == (item,)
        assert scored.total.score == 100
        assert scored.total.answered == 113

    @pytest.mark.parametrize("item", [f"{DISCIPLINE}.c", f"{COMPLAINTS}.b"])
    def test_whatever_it_says_the_score_is_the_same(self, item: str) -> None:
        for value in ("0", "1", "999"):
            assert score(LKE, full_marks(LKE) | {item: value}).total.score == 100


class TestSharedCodes:
    """Nine questions have the code of their sub-area; each is its only one, so either name means the same points."""

    SHARED = tuple(code for code in LKE.questions if code in LKE.by_code)

    def test_are_nine(self) -> None:
        assert self.SHARED == (
            "A.II.1.ii",
            "A.II.1.iii",
            "A.II.2.i",
            "A.II.4.i",
            "A.II.4.ii",
            "A.II.4.iii",
            "A.II.5.i",
            "A.II.5.ii",
            "A.II.6.ii",
        )

    @pytest.mark.parametrize("code", SHARED)
    def test_mean_the_same_as_node_and_as_question(self, code: str) -> None:
        other = {"A.II.4.i.b": "3", "A.II.5.ii.c": "4"}
        letters = {code: "B" for code in self.SHARED if LKE.questions[code].scale}
        scored = score(LKE, full_marks(LKE) | letters | other)

        assert [question.code for question in LKE.by_code[code].questions] == [code]
        assert 0 < scored.points_of(code) < scored.weight_of(code)
        assert scored.points_of(code) == scored.questions[code].points == scored.nodes[code].score
        assert scored.weight_of(code) == scored.questions[code].weight == LKE.by_code[code].weight

    @pytest.mark.parametrize("code", SHARED)
    def test_a_threshold_over_one_holds_its_points(self, code: str) -> None:
        scored = score(LKE, full_marks(LKE))

        [held] = held_against((Threshold(rule="x", of=code, WBK="0.1", source="-"),), scored, Level.WBK)

        assert held.actual == LKE.by_code[code].weight

    @pytest.mark.parametrize("code", SHARED)
    def test_why_explains_the_question_itself(self, code: str) -> None:
        steps = explain(score(LKE, full_marks(LKE)), code)

        assert [(step.params["code"], step.key) for step in steps] == [
            (code, "choice" if LKE.questions[code].scale else "formula")
        ]

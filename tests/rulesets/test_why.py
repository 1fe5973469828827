"""Every figure says why it is what it is, in words of both languages."""

import pytest

from models.catalogue import LANGUAGES, say, use_language
from rulesets.library import find_ruleset, rulesets
from rulesets.scoring import score
from rulesets.why import explain
from tests.lkes import full_marks

RULES = find_ruleset("permen-90-2021-5-2024")
LKE = RULES.lke
CASES = {
    "blank": {},
    "choice": {"A.I.1.i.a": "Ya"},
    "portion": {"B.I.a": "3.6"},
    "formula": {"A.II.4.i.a": "4", "A.II.4.i.b": "3"},
    "none_to_count": {"A.II.5.ii.a": "0", "A.II.5.ii.c": "0"},
    "none_both_years": {"A.II.3.iii.a.a": "0", "A.II.3.iii.a.b": "0"},
    "none_before": {"A.II.3.iii.a.a": "0", "A.II.3.iii.a.b": "2"},
}
QUESTION = {
    "blank": "A.I.1.i.a",
    "choice": "A.I.1.i.a",
    "portion": "B.I.a",
    "formula": "A.II.4.i",
    "none_to_count": "A.II.5.ii",
    "none_both_years": "A.II.3.iii.a",
    "none_before": "A.II.3.iii.a",
}


class TestWhy:
    """A question tells its answer and its rule; a node tells its parts; both add up."""

    @pytest.mark.parametrize("case", CASES)
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_each_case_of_a_question_has_its_sentence(self, case: str, language: str) -> None:
        steps = explain(score(LKE, CASES[case]), QUESTION[case])

        use_language(language)
        try:
            sentences = [say(f"why.{step.key}", **step.params) for step in steps]
        finally:
            use_language("id")

        assert [step.key for step in steps] == [case]
        assert QUESTION[case] in sentences[0]

    def test_a_formula_shows_its_numbers(self) -> None:
        (step,) = explain(score(LKE, CASES["formula"]), "A.II.4.i")

        assert (step.params["formula"], step.params["numbers"]) == ("min(1, b / a)", "a = 4, b = 3")
        assert (step.params["value"], step.params["weight"], step.params["points"]) == ("0.75", "2", "1.5")

    def test_a_zero_names_whose_choice_it_was(self) -> None:
        (step,) = explain(score(LKE, CASES["none_to_count"]), "A.II.5.ii")

        assert "own choice" in str(step.params["source"])

    def test_a_mean_of_three_is_shown_with_its_questions(self) -> None:
        answers = {"A.I.1.ii.a": "Ya", "A.I.1.ii.b": "C", "A.I.1.ii.c": "A"}

        first, *rest = explain(score(LKE, answers), "A.I.1.ii")

        assert (first.key, first.params["score"], first.params["weight"]) == ("mean", "0.6667", "1")
        assert [step.params["code"] for step in rest] == list(answers)

    def test_what_is_left_out_says_so(self) -> None:
        keys = [step.key for step in explain(score(LKE, {}), "A.I.1.ii")]

        assert keys == ["mean", "left_out", "blank", "blank", "blank"]

    @pytest.mark.parametrize("name", rulesets())
    def test_there_is_nothing_that_can_not_be_explained(self, name: str) -> None:
        lke = find_ruleset(name).lke
        scored = score(lke, full_marks(lke))

        for code in ("total", *lke.areas, *lke.by_code, *lke.questions):
            for step in explain(scored, code):
                assert say(f"why.{step.key}", **step.params)

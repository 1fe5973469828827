"""What a rule set names in a word is shown to people, so it has words in both languages."""

from typing import get_args

import pytest

from models.candidacies import Level
from models.catalogue import LANGUAGES, Term, catalogue, say
from rulesets.facts import Of, Status
from rulesets.library import fact_kinds, rulesets
from rulesets.lke import Survey
from rulesets.scoring import score
from rulesets.thresholds import TOTAL, held_against
from states.facts import PAPER, FactStatus
from states.lke.guards import area_title
from states.monev.texts import describe_rule


def without_words(*keys: str) -> set[str]:
    return {key for language in LANGUAGES for key in keys if catalogue(language).gettext(key) == key}


class TestFacts:
    """Obstacles, findings of monev and lists name a fact by its kind's word."""

    def test_every_kind_has_words(self) -> None:
        assert without_words(*(f"fact.{kind}" for kind in fact_kinds())) == set()

    @pytest.mark.parametrize("rule", ["fact_expired", "fact_expiring"])
    @pytest.mark.parametrize("kind", list(fact_kinds()))
    def test_a_finding_of_monev_names_it_and_says_how_to_renew_it(self, rule: str, kind: str) -> None:
        said, fix = describe_rule(rule, {"kind": kind, "subject": "RSUD", "until": "2026-05-31"})

        assert say(f"fact.{kind}") in said
        assert f"zi fact add RSUD {kind} " in fix

    def test_every_status_has_words(self) -> None:
        unmet = [f"obstacle.prerequisite_{status}" for status in get_args(Status) if status != "met"]
        keys = [
            *(f"prerequisite.{status}" for status in get_args(Status)),
            *(f"fact_status.{status}" for status in get_args(FactStatus)),
            *(f"scope.{of}" for of in get_args(Of)),
            *unmet,
            *(f"{rule}.fix" for rule in unmet),
        ]

        assert without_words(*keys) == set()

    def test_the_paper_behind_a_fact_is_a_document_of_every_rule_set(self) -> None:
        for rules in rulesets().values():
            assert set(rules.documents[PAPER].scopes) == {"agency", "unit"}


class TestSheets:
    """Parts of a sheet carry their own names; the few words that stand for more are in the catalogues."""

    def test_surveys_results_and_the_total_have_words(self) -> None:
        surveys = (f"survey.{survey}" for survey in get_args(Survey))

        assert without_words(*surveys, "lke.results", "lke.total") == set()

    @pytest.mark.parametrize("name", list(rulesets()))
    def test_what_a_threshold_is_over_has_a_name(self, name: str) -> None:
        rules = rulesets()[name]
        scored = score(rules.lke, {})
        for level in Level:
            for held in held_against(rules.thresholds, scored, level):
                named = area_title(rules.lke, scored, held.of)
                if held.of == TOTAL:
                    assert (named, held.title) == ("lke.total", None)
                else:
                    assert isinstance(named, Term)
                    assert named == held.title
                    assert named.english

    @pytest.mark.parametrize("name", list(rulesets()))
    def test_each_area_has_questions_and_a_name(self, name: str) -> None:
        lke = rulesets()[name].lke

        assert {area for area in lke.area_of.values() if area} == set(lke.areas)
        assert all(area.name and area.name_en for area in lke.areas.values())


class TestWaivers:
    """What a clause lifts is a rule that can stand in the way; a slip in its name would lift nothing."""

    def test_lifts_only_what_has_an_obstacles_words(self) -> None:
        lifted = {rule for rules in rulesets().values() for waiver in rules.waivers.values() for rule in waiver.lifts}

        assert lifted
        assert without_words(*(f"obstacle.{rule}" for rule in lifted)) == set()

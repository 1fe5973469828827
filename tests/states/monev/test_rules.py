"""Every rule of monev at its edge, and one step before it."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Literal

import pytest

from models.candidacies import Level
from models.catalogue import catalogue
from models.findings import Severity
from models.lke import Layer
from models.people import Role
from models.stages import OPEN, SUBMISSION_STEPS, Stage
from rulesets.facts import FactOnRecord
from rulesets.library import find_ruleset
from states.monev.limits import Limits
from states.monev.observed import Designated, EvidenceSeen, LayerScore, TrailSeen, Unmet
from states.monev.rules import RULES, find_all, find_at_unit, find_in_trail
from states.monev.rules_evidence import evidence_expired, evidence_expiring, evidence_rejected, evidence_reused
from states.monev.rules_facts import fact_expired, fact_expiring, prerequisite_unmet
from states.monev.rules_lke import area_weight, layers_far_apart, score_below_threshold
from tests.states.monev.looks import DUE, HALF_WAY, RULESET, hits, items, observed

LKE = find_ruleset(RULESET).lke
A_DAY = timedelta(days=1)
MISSED = (
    Unmet("area_MP", ("Manajemen Perubahan", "Change management"), "60 %", "30.00 %"),
    Unmet("total", None, "75", "70.00"),
)


class TestScoreBelowThreshold:
    """The unit's layer once half of the time is gone, the TPI's as soon as it is whole: how many, and the weakest."""

    @pytest.mark.parametrize(("today", "found"), [(HALF_WAY - A_DAY, 0), (HALF_WAY, 1)])
    def test_the_unit_half_way_to_the_date(self, today: date, found: int) -> None:
        seen = observed(Stage.SELF_ASSESSMENT, today, scores={Layer.UNIT: LayerScore(unmet=MISSED)})

        assert len(hits(score_below_threshold, seen)) == found

    @pytest.mark.parametrize(("whole", "found"), [(False, 0), (True, 1)])
    def test_the_tpi_when_its_layer_is_whole(self, whole: bool, found: int) -> None:
        seen = observed(Stage.TPI_ASSESSMENT, DUE, whole=whole, scores={Layer.TPI: LayerScore(unmet=MISSED)})

        assert len(hits(score_below_threshold, seen)) == found

    def test_names_how_many_and_the_weakest(self) -> None:
        seen = observed(Stage.SELF_ASSESSMENT, DUE, scores={Layer.UNIT: LayerScore(unmet=MISSED)})

        [hit] = hits(score_below_threshold, seen)

        assert (hit.params["count"], hit.params["threshold"]) == (2, MISSED[0].title)

    def test_the_other_layer_does_not_matter(self) -> None:
        seen = observed(Stage.TPI_ASSESSMENT, DUE, scores={Layer.UNIT: LayerScore(unmet=MISSED)})

        assert hits(score_below_threshold, seen) == []

    def test_every_threshold_met_is_nothing_to_find(self) -> None:
        seen = observed(Stage.SELF_ASSESSMENT, DUE, scores={Layer.UNIT: LayerScore()})

        assert hits(score_below_threshold, seen) == []

    def test_without_a_date_there_is_no_half_way(self) -> None:
        seen = observed(Stage.SELF_ASSESSMENT, DUE, due=None, scores={Layer.UNIT: LayerScore(unmet=MISSED)})

        assert hits(score_below_threshold, seen) == []


class TestLayersFarApart:
    """Unit and TPI differ by more than the settings: exactly as much is not more."""

    @staticmethod
    def apart(of: str, difference: Fraction, stage: Stage = Stage.TPI_ASSESSMENT, whole: bool = True) -> list[str]:
        alike = {"total": Fraction(80), **{area: area_weight(LKE, area) for area in LKE.areas}}
        other = {**alike, of: alike[of] - difference}
        scores = {Layer.UNIT: LayerScore(alike), Layer.TPI: LayerScore(other)}
        return items(layers_far_apart, observed(stage, DUE, whole=whole, scores=scores))

    @pytest.mark.parametrize(
        ("difference", "found"), [(Fraction(10), []), (Fraction(10) + Fraction(1, 10**9), ["total"])]
    )
    def test_the_total_by_more_than_ten_points(self, difference: Fraction, found: list[str]) -> None:
        assert self.apart("total", difference) == found
        assert self.apart("total", -difference) == found

    @pytest.mark.parametrize("area", LKE.areas)
    def test_an_area_by_more_than_a_fifth_of_its_weight(self, area: str) -> None:
        edge = area_weight(LKE, area) / 5

        assert self.apart(area, edge) == []
        assert self.apart(area, edge + Fraction(1, 10**9)) == [area]

    def test_the_weights_are_those_of_the_rule(self) -> None:
        assert [area_weight(LKE, area) for area in LKE.areas] == [8, 7, 10, 10, 15, 10]

    def test_a_layer_that_is_not_whole_is_not_compared(self) -> None:
        assert self.apart("total", Fraction(50), whole=False) == []

    @pytest.mark.parametrize("stage", [one for one in OPEN if one is not Stage.TPI_ASSESSMENT])
    def test_only_while_the_tpi_assesses(self, stage: Stage) -> None:
        assert self.apart("total", Fraction(50), stage=stage) == []


class TestEvidence:
    """Rejected and not replaced, run out, or soon: by area, with the questions named."""

    MP, PP = "A.I.1.i.a", "A.I.6.iv.c"

    def test_what_was_rejected_is_found_by_area(self) -> None:
        seen = observed(Stage.TPI_ASSESSMENT, DUE, evidence=EvidenceSeen(rejected=frozenset({self.PP, self.MP})))

        found = hits(evidence_rejected, seen)

        assert [(hit.area, hit.params["questions"]) for hit in found] == [("MP", self.MP), ("PP", self.PP)]

    def test_more_than_five_questions_are_counted(self) -> None:
        seven = frozenset([code for code, area in LKE.area_of.items() if area == "PP"][:7])
        seen = observed(Stage.TPI_ASSESSMENT, DUE, evidence=EvidenceSeen(rejected=seven))

        [hit] = hits(evidence_rejected, seen)

        assert (hit.params["count"], str(hit.params["questions"]).count(","), hit.params["questions"]) == (
            7,
            5,
            f"{', '.join([code for code in LKE.questions if code in seven][:5])}, +2",
        )

    @pytest.mark.parametrize("stage", SUBMISSION_STEPS)
    def test_after_the_proposal_a_rejection_holds_up_nothing(self, stage: Stage) -> None:
        seen = observed(stage, DUE, evidence=EvidenceSeen(rejected=frozenset({self.PP})))

        assert hits(evidence_rejected, seen) == []

    @pytest.mark.parametrize(
        ("left", "expired", "expiring"), [(-1, True, False), (0, False, True), (30, False, True), (31, False, False)]
    )
    def test_what_runs_out(self, left: int, expired: bool, expiring: bool) -> None:
        seen = observed(
            Stage.SELF_ASSESSMENT, DUE, evidence=EvidenceSeen(last_days={self.PP: DUE + timedelta(days=left)})
        )

        assert (items(evidence_expired, seen) == ["PP"]) is expired
        assert (items(evidence_expiring, seen) == ["PP"]) is expiring

    @pytest.mark.parametrize(("shared", "found"), [(0, []), (1, [""])])
    def test_what_counts_for_other_units(self, shared: int, found: list[str]) -> None:
        seen = observed(Stage.SELF_ASSESSMENT, DUE, evidence=EvidenceSeen(shared=shared, shared_with="DINAS"))

        assert items(evidence_reused, seen) == found


class TestFacts:
    """What runs out, and what the target still lacks."""

    @staticmethod
    def fact(
        kind: str, value: str, until: date | None = None, of: Literal["agency", "unit"] = "agency"
    ) -> FactOnRecord:
        return FactOnRecord(of, kind, value, date(2025, 5, 1), until, None)

    @pytest.mark.parametrize(
        ("left", "expired", "expiring"), [(-1, True, False), (0, False, True), (30, False, True), (31, False, False)]
    )
    def test_what_runs_out(self, left: int, expired: bool, expiring: bool) -> None:
        seen = observed(Stage.PENCANANGAN, DUE, facts=(self.fact("sakip", "A", DUE + timedelta(days=left)),))

        assert (items(fact_expired, seen) == ["CONTOH:sakip"]) is expired
        assert (items(fact_expiring, seen) == ["CONTOH:sakip"]) is expiring

    @pytest.mark.parametrize(("value", "found"), [("CC", True), ("B", False), ("A", False)])
    def test_a_fact_that_is_not_good_enough(self, value: str, found: bool) -> None:
        seen = observed(Stage.TPI_ASSESSMENT, DUE, facts=(self.fact("sakip", value),))

        assert ("agency:sakip" in items(prerequisite_unmet, seen)) is found

    def test_a_fact_that_nobody_recorded(self) -> None:
        assert "agency:opini_bpk" in items(prerequisite_unmet, observed(Stage.TPI_ASSESSMENT, DUE))

    def test_one_that_has_run_out_is_said_by_another_rule_alone(self) -> None:
        seen = observed(Stage.TPI_ASSESSMENT, DUE, facts=(self.fact("sakip", "A", DUE - A_DAY),))

        assert "agency:sakip" not in items(prerequisite_unmet, seen)
        assert items(fact_expired, seen) == ["CONTOH:sakip"]

    @pytest.mark.parametrize(
        ("stage", "today", "found"),
        [
            (Stage.SELF_ASSESSMENT, HALF_WAY - A_DAY, False),
            (Stage.SELF_ASSESSMENT, HALF_WAY, True),
            (Stage.TPI_ASSESSMENT, HALF_WAY - A_DAY, True),
            (Stage.PENCANANGAN, DUE, False),
            (Stage.SUBMISSION_DESK, DUE, False),
        ],
    )
    def test_from_when_on(self, stage: Stage, today: date, found: bool) -> None:
        assert bool(items(prerequisite_unmet, observed(stage, today))) is found


class TestReports:
    """The two-yearly letter on a unit with a predicate: soon, due, or excused."""

    DUE_ON = date(2026, 6, 30)

    @pytest.mark.parametrize(
        ("left", "found"),
        [(31, []), (30, ["report_soon"]), (1, ["report_soon"]), (0, ["report_due"]), (-900, ["report_due"])],
    )
    def test_when(self, left: int, found: list[str]) -> None:
        seen = Designated("RSUD", Level.WBK, self.DUE_ON, self.DUE_ON - timedelta(days=left), lead_days=30)

        assert [one.rule for one in find_at_unit(seen)] == found

    @pytest.mark.parametrize("left", [30, 0, -900])
    def test_not_while_it_is_proposed_for_wbbm(self, left: int) -> None:
        today = self.DUE_ON - timedelta(days=left)

        assert find_at_unit(Designated("RSUD", Level.WBK, self.DUE_ON, today, lead_days=30, excused=True)) == []


class TestTrail:
    """One finding for the installation, while the trail does not verify."""

    def test_a_whole_one_is_nothing_to_find(self) -> None:
        assert find_in_trail(TrailSeen()) == []

    @pytest.mark.parametrize("seen", [TrailSeen("leaf_changed", 7), TrailSeen(missing_triggers=("x",))])
    def test_a_broken_one_is_the_admins(self, seen: TrailSeen) -> None:
        [found] = find_in_trail(seen)

        assert (found.rule, found.severity, found.owner) == ("trail_broken", Severity.CRITICAL, Role.ADMIN)


class TestAllRules:
    """Each has a name of its own, words in both languages, and says nothing of a candidacy where all is well."""

    def test_names_differ(self) -> None:
        assert len({rule.id for rule in RULES}) == len(RULES)

    @pytest.mark.parametrize("language", ["id", "en"])
    @pytest.mark.parametrize("rule", [rule.id for rule in RULES])
    def test_words(self, rule: str, language: str) -> None:
        for key in (f"finding.{rule}", f"finding.{rule}.fix"):
            assert catalogue(language).gettext(key) != key

    @pytest.mark.parametrize("stage", [one for one in OPEN if one not in (Stage.SELF_ASSESSMENT, Stage.TPI_ASSESSMENT)])
    def test_a_candidacy_that_has_just_come_to_a_stage_has_nothing(self, stage: Stage) -> None:
        assert find_all(observed(stage, date(2026, 3, 3), limits=Limits())) == []

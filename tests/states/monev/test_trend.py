"""What changed between two rounds, what the whole comes to, and which areas hold units back."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.candidacies import Level
from models.lke import Layer
from models.stages import Stage
from states.monev.positions import OpenFindings, hash_of_rows
from states.monev.trend import areas, changes, funnel, mean, totals
from tests.states.reports.made import a_position

percents = st.decimals(0, 100, places=4).map(str)


class TestChanges:
    """By candidacy: a side that is missing is said to be missing, and is not zero."""

    def test_of_one_that_moved_on(self) -> None:
        before = a_position(1, stage=Stage.SELF_ASSESSMENT, totals={Layer.UNIT: "60.2500", Layer.TPI: None})
        after = a_position(1, stage=Stage.TPI_ASSESSMENT, totals={Layer.UNIT: "71.0000", Layer.TPI: "65.0000"})

        [change] = changes([before], [after])

        assert change.stage_changed
        assert change.points(Layer.UNIT) == Decimal("10.7500")
        assert change.points(Layer.TPI) is None

    def test_of_findings_and_evidence(self) -> None:
        before = a_position(1, evidence=100, findings=OpenFindings(warning=5, oldest_days=1))
        after = a_position(1, evidence=110, findings=OpenFindings(critical=2, oldest_days=1))

        [change] = changes([before], [after])

        assert (change.count("evidence"), change.count("findings")) == (10, -3)

    def test_of_one_that_came_and_one_that_went(self) -> None:
        gone, came = changes([a_position(1)], [a_position(2)])

        assert (gone.after, came.before) == (None, None)
        assert (gone.points(Layer.UNIT), came.count("evidence"), came.stage_changed) == (None, None, False)


class TestTotals:
    """Means are over what was answered; a layer that was not begun is not a zero."""

    def test_a_mean_is_cut_and_never_rounded_up_to_a_threshold(self) -> None:
        assert mean(["74.9999", None, "75.0000"]) == Decimal("74.99")
        assert mean([None]) is None

    def test_of_three(self) -> None:
        rows = [
            a_position(1, days_late=2, stage=Stage.SELF_ASSESSMENT),
            a_position(2, days_late=0, stage=Stage.DESIGNATION),
            a_position(3, days_late=0, totals={Layer.UNIT: None, Layer.TPI: None}, stage=Stage.WITHDRAWN),
        ]

        whole = totals(rows)

        assert (whole.candidacies, whole.open, whole.late, whole.designated, whole.answered_units) == (3, 1, 1, 1, 2)
        assert whole.findings == 12

    def test_the_funnel_counts_each_once_and_hides_empty_ends(self) -> None:
        rows = [a_position(1, stage=Stage.SUBMISSION_DESK), a_position(2, stage=Stage.SUBMISSION_PANEL)]

        counts = funnel(rows)

        assert counts["submission"] == 2
        assert list(counts) == [
            "pencanangan",
            "unit_identification",
            "self_assessment",
            "tpi_assessment",
            "submission",
            "designation",
        ]
        assert funnel([a_position(1, stage=Stage.COACHING)])["coaching"] == 1


class TestAreas:
    """The area that holds units back most stands first; a threshold is the rule set's for the unit's own target."""

    def test_by_the_tpis_answers_where_there_are_some(self) -> None:
        shares = {
            "MP": {Layer.UNIT: "50.0000", Layer.TPI: "80.0000"},
            "TL": {Layer.UNIT: "90.0000", Layer.TPI: "70.0000"},
        }

        first, second = areas([a_position(1, areas=shares)])

        assert (first.code, second.code) == ("TL", "MP")
        assert (first.gap, second.gap) == (Decimal("-20.00"), Decimal("30.00"))

    @pytest.mark.parametrize(("target", "share", "below"), [
        (Level.WBK, "60.0000", 0), (Level.WBK, "59.9999", 1), (Level.WBBM, "60.0000", 1), (Level.WBBM, "75.0000", 0)
    ])  # fmt: skip
    def test_below_the_threshold_of_its_target(self, target: Level, share: str, below: int) -> None:
        shares = {"MP": {Layer.UNIT: share, Layer.TPI: None}}

        [area] = areas([a_position(1, target=target, areas=shares)])

        assert (area.unit_below, area.units, area.tpi_below, area.assessed) == (below, 1, 0, 0)

    def test_the_older_rule_has_no_threshold_for_areas(self) -> None:
        [area] = areas([a_position(1, ruleset="permen-52-2014", areas={"MP": {Layer.UNIT: "1.0000", Layer.TPI: None}})])

        assert (area.required, area.unit_below) == ((), 0)

    @given(st.lists(st.tuples(percents, st.none() | percents), min_size=1, max_size=6))
    def test_they_stand_in_order_whatever_the_figures(self, shares: list[tuple[str, str | None]]) -> None:
        given_ = {f"A{at}": {Layer.UNIT: unit, Layer.TPI: tpi} for at, (unit, tpi) in enumerate(shares)}

        found = areas([a_position(1, areas=given_)])

        decisive = [one.unit_mean if one.tpi_mean is None else one.tpi_mean for one in found]
        assert all(a is not None and b is not None and a <= b for a, b in pairwise(decisive))


class TestHash:
    """Any figure that differs makes another hash; a unit's name does not belong to it."""

    @pytest.mark.parametrize(
        "other", [{"days_late": 9}, {"evidence": 1}, {"stage": Stage.REVOKED}, {"target": Level.WBBM}]
    )
    def test_a_figure_counts(self, other: dict[str, object]) -> None:
        assert hash_of_rows([a_position(1, **other)]) != hash_of_rows([a_position(1)])

    def test_a_name_does_not(self) -> None:
        assert hash_of_rows([a_position(1, unit_name="Lain")]) == hash_of_rows([a_position(1)])

"""What to improve first: the points that are missing, times how far the threshold they count for is missed."""

from fractions import Fraction

from models.candidacies import Level
from rulesets.library import find_ruleset
from rulesets.priorities import Priority, priorities
from rulesets.scoring import score
from rulesets.thresholds import held_against
from tests.lkes import full_marks

RULES = find_ruleset("permen-90-2021-5-2024")
LKE = RULES.lke


def ranked(level: Level = Level.WBK, /, **answers: str) -> tuple[Priority, ...]:
    scored = score(LKE, full_marks(LKE, **answers))
    return priorities(scored, held_against(RULES.thresholds, scored, level))


class TestPriorities:
    """A small question of an area that misses its threshold comes before a large one of an area that has passed."""

    def test_full_marks_leave_nothing_to_do(self) -> None:
        assert ranked() == ()

    def test_where_all_thresholds_are_met_the_missing_points_decide(self) -> None:
        found = ranked(A_I_1_i_b="C", A_II_5_i="C")

        assert [one.question.code for one in found] == ["A.II.5.i", "A.I.1.i.b"]
        assert all(one.threshold is None and one.rank == 0 for one in found)

    def test_a_missed_area_comes_before_more_points_elsewhere(self) -> None:
        low = {code: "C" for code, item in LKE.items.items() if code.startswith("A.I.2.ii") and item.letters}
        low |= dict.fromkeys(("A.II.2.iii.a", "A.II.2.iii.b", "A.II.2.iii.c"), "E")

        found = ranked(Level.WBK, **low, A_II_5_i="E")

        first, last = found[0], found[-1]
        assert (first.area, first.threshold and first.threshold.rule) == ("TL", "area_TL")
        assert first.missing < last.missing
        assert last.question.code == "A.II.5.i"
        assert last.rank == 0

    def test_the_rank_is_the_share_missed_times_the_missing_points(self) -> None:
        (one,) = ranked(B_I_b="D")

        # 1.25 of the 2.5 that are required: half is missed; 3.75 of its 5 points are missing
        assert one.threshold
        assert (one.threshold.rule, one.missing, one.rank) == ("kinerja", Fraction("3.75"), Fraction("1.875"))

    def test_the_targets_thresholds_count(self) -> None:
        (for_wbk,), (for_wbbm,) = ranked(Level.WBK, B_II_a="3.3"), ranked(Level.WBBM, B_II_a="3.3")

        assert for_wbk.threshold is None
        assert for_wbbm.threshold
        assert for_wbbm.threshold.rule == "pelayanan_prima"

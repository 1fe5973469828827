"""Every question that scores needs one piece that counts: guard, summary and report say the same."""

from collections.abc import Callable

import pytest

from models.stages import Stage
from states.evidence.reviewing import Verdict
from states.lke.guards import evidence_missing
from tests.states.evidence.cabinet import MEMBERS, PLAN, TEAM, Cabinet


def agreed(cabinet: Cabinet) -> set[str]:
    """The questions without evidence, when all three that count them agree."""
    situation = cabinet.office.situation(cabinet.code, lke=True)
    obstacles = list(evidence_missing(situation))
    reported = {row.question for row in cabinet.missing(cabinet.code)}
    assert situation.lke
    assert set(situation.lke.missing_evidence) == reported
    assert sum(int(str(obstacle.params["count"])) for obstacle in obstacles) == len(reported)
    assert cabinet.summary().missing_evidence == len(reported)
    return reported


class TestWhatCounts:
    """What waits or is accepted counts; what was rejected, replaced or withdrawn does not."""

    def test_a_question_that_scores_nothing_needs_none(self, cabinet: Cabinet) -> None:
        cabinet.answer(**{TEAM: "Ya", MEMBERS: "C", PLAN: "Tidak"})

        assert agreed(cabinet) == {TEAM}

    def test_evidence_comes_and_goes(self, both_cabinets: Cabinet) -> None:
        both_cabinets.answer(**{TEAM: "Ya", MEMBERS: "A"})
        assert agreed(both_cabinets) == {TEAM, MEMBERS}

        first, second = both_cabinets.add(TEAM, MEMBERS).ids
        assert agreed(both_cabinets) == set()

        both_cabinets.withdraw(second)
        assert agreed(both_cabinets) == {MEMBERS}

        newer = both_cabinets.one(TEAM, replaces=first)
        assert agreed(both_cabinets) == {MEMBERS}

        both_cabinets.set_stage(Stage.TPI_ASSESSMENT)
        both_cabinets.review(newer, Verdict.REJECT, "buram")
        assert agreed(both_cabinets) == {TEAM, MEMBERS}

        both_cabinets.review(newer, Verdict.ACCEPT)
        assert agreed(both_cabinets) == {MEMBERS}

    @pytest.mark.parametrize("change", ["add", "withdraw", "review"])
    def test_whoever_decided_on_the_old_state_loses(self, cabinet: Cabinet, change: str) -> None:
        number, _ = cabinet.one(TEAM), cabinet.one(TEAM)  # the last piece would have to stay
        cabinet.set_stage(Stage.TPI_ASSESSMENT)
        changes: dict[str, Callable[[], object]] = {
            "add": lambda: cabinet.add(MEMBERS),
            "withdraw": lambda: cabinet.withdraw(number),
            "review": lambda: cabinet.review(number, Verdict.ACCEPT),
        }
        before = cabinet.office.situation(cabinet.code).version

        changes[change]()

        assert cabinet.office.situation(cabinet.code).version == before + 1

"""Every move, asked for by somebody who may not, with nothing on file and nothing said: each obstacle has its rule."""

import pytest

from models.agencies import AgencyKind
from models.candidacies import Level
from models.stages import Stage
from rulesets.library import find_ruleset
from states import guards
from states.lke import guards as lke_guards
from states.moves import MOVES, Move
from states.situation import Guard
from tests.zi.conftest import Shell

CASES = [pytest.param(move, source, id=f"{move.name}-{source.value}") for move in MOVES for source in move.sources]

WITH_NOTHING: dict[Guard, set[str]] = {
    guards.reason_missing: {"reason_missing"},
    guards.date_missing: {"date_missing"},
    guards.criteria_missing: {"criterion_missing"},
    guards.decree_missing: {"decree_missing", "decree_date_missing"},
    guards.building_too_short: {"building_start_unknown"},
    lke_guards.unit_lke_incomplete: {"lke_incomplete"},
    lke_guards.survey_missing: {"survey_missing"},
    lke_guards.tpi_lke_incomplete: {"lke_incomplete"},
    lke_guards.prerequisite_unmet: {"prerequisite_unknown"},
    guards.no_finding_raised: {"no_finding_raised"},
    guards.own_route_closed: {"own_route_closed"},
    guards.objection_window_closed: {"objection_window_unknown"},
}
"""What each guard says where nothing was done; the others need something to have been done."""


def expected(move: Move) -> set[str]:
    rules = find_ruleset("permen-90-2021-5-2024")
    papers = rules.required(move.name, agency_kind=AgencyKind.KABKOTA, unit_kind="rsud", level=Level.WBK)
    said = set().union(*(WITH_NOTHING.get(guard, set()) for guard in (*move.asks, *move.unless)))
    return {"role_needed"} | said | ({"document_missing"} if papers else set())


@pytest.mark.parametrize(("move", "source"), CASES)
class TestEveryObstacle:
    """All are named at once, in the document and in the trail."""

    def test_is_named_at_once(self, zi: Shell, move: Move, source: Stage) -> None:
        baseline = ("--stage", source.value, "--since", "2026-02-02", "--reason", "sudah berjalan")
        opening = baseline if source is not Stage.PENCANANGAN else ()
        zi.json("candidacy", "open", "RSUD", "CONTOH-2026", "--target", "WBK", *opening, as_="koordinator")

        refused = zi.json("candidacy", "move", "RSUD-2026", move.name, as_="auditor", code=3)["refused"]

        assert {one["rule"] for one in refused} == expected(move)
        assert all(one["candidacy"] == "RSUD-2026" and one["reason"] and one["fix"] for one in refused)
        last = zi.json("audit", "log", "RSUD-2026")["records"][-1]
        assert last["action"] == "refused"
        assert {one["rule"] for one in last["details"]["obstacles"]} == expected(move)
        assert zi.json("candidacy", "list")["candidacies"][0]["stage"] == source.parent

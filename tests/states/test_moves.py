"""The move table: generated from the table itself, so that a new move is tested as soon as it is written."""

from datetime import timedelta

import pytest

from models.agencies import AgencyKind
from models.candidacies import Level
from models.database import reading
from models.errors import Refused
from models.people import Role
from models.stages import CLOSED, OPEN, Stage
from rulesets.library import find_ruleset
from states.advance import move_candidacies
from states.moves import MOVES, Move, moves_from
from states.requests import Request
from states.trail_reader import records_of
from tests.office import TODAY, Office, request_for, rules_of

BY = {Role.KOORDINATOR: "koordinator2", Role.PIMPINAN_UNIT: "kepala", Role.TPI: "tpi2"}
CASES = [pytest.param(move, source, id=f"{move.name}-{source.value}") for move in MOVES for source in move.sources]
OWN_ROUTE = "designate_own"


def _papers(move: Move) -> tuple[str, ...]:
    rules = find_ruleset("permen-90-2021-5-2024")
    return rules.required(move.name, agency_kind=AgencyKind.KABKOTA, unit_kind="rsud", level=Level.WBK)


def prepared(office: Office, move: Move, source: Stage) -> str:
    """A candidacy in `source` with all that `move` needs on file."""
    code = office.open(stage=source)
    office.file(code, "sk_penetapan_unit")
    office.file_required(code, move.name)
    if move.name == "return_to_unit":
        office.finding(code)
    return code


@pytest.fixture
def agency(request: pytest.FixtureRequest) -> Office:
    """An agency whose cycle is open to the route that the move takes."""
    move: Move = request.getfixturevalue("move")
    office: Office = request.getfixturevalue("own_route_office" if move.name == OWN_ROUTE else "office")
    return office


@pytest.mark.parametrize(("move", "source"), CASES)
class TestEveryMove:
    """A move goes through when all it needs is there, and only then."""

    def test_goes_through_when_nothing_is_missing(self, agency: Office, move: Move, source: Stage) -> None:
        code = prepared(agency, move, source)

        moved = agency.move(code, move.name, by=BY[move.by], **request_for(move.name))

        assert (moved.source, moved.dest) == (source, move.dest)
        assert agency.situation(code).stage is move.dest

    def test_is_refused_to_every_other_role(self, agency: Office, move: Move, source: Stage) -> None:
        code = prepared(agency, move, source)
        others = ["pimpinan", "pokja", "auditor", *(name for role, name in BY.items() if role is not move.by)]

        for name in others:
            with pytest.raises(Refused) as refused:
                agency.move(code, move.name, by=name, **request_for(move.name))
            assert "role_needed" in rules_of(refused)

        assert agency.situation(code).stage is source

    def test_is_refused_for_a_day_in_the_future_or_before_the_stage(
        self, agency: Office, move: Move, source: Stage
    ) -> None:
        code = prepared(agency, move, source)
        for day, rule in ((1, "date_in_future"), (-1, "date_before_stage")):
            request = {**request_for(move.name), "effective_on": TODAY + timedelta(days=day)}
            with pytest.raises(Refused) as refused:
                agency.move(code, move.name, by=BY[move.by], **request)
            assert rules_of(refused) == {rule}

    def test_leaves_its_refusal_in_the_trail(self, agency: Office, move: Move, source: Stage) -> None:
        code = prepared(agency, move, source)
        with pytest.raises(Refused):
            agency.move(code, move.name, by="auditor", **request_for(move.name))

        with reading() as session:
            last = records_of(session, f"candidacy:{code}")[-1]

        assert (last["action"], last["rule"]) == ("refused", "role_needed")
        assert last["details"]["asked"] == f"move:{move.name}"


PAPERED = [pytest.param(move, s, id=f"{move.name}-{s.value}") for move in MOVES for s in move.sources if _papers(move)]


@pytest.mark.parametrize(("move", "source"), PAPERED)
class TestPapers:
    """Every paper that the rule set wants is named, not only the first."""

    def test_names_every_missing_paper(self, agency: Office, move: Move, source: Stage) -> None:
        code = agency.open(stage=source)
        needed = agency.situation(code).required(move.name)

        with pytest.raises(Refused) as refused:
            agency.move(code, move.name, by=BY[move.by], **request_for(move.name))

        missing = [r.obstacle.params["kind"] for r in refused.value.refusals if r.obstacle.rule == "document_missing"]
        assert tuple(missing) == needed


REASONED = [
    (move, source)
    for move in MOVES
    for source in move.sources
    if any(guard.__name__ == "reason_missing" for guard in move.asks)
]
DATED = [
    (move, source) for move in MOVES for source in move.sources if any(g.__name__ == "date_missing" for g in move.asks)
]


class TestWhatComesWithTheRequest:
    """Reasons, dates, criteria and decrees are asked for where the table says so."""

    @pytest.mark.parametrize(("move", "source"), REASONED, ids=lambda one: getattr(one, "name", str(one)))
    @pytest.mark.parametrize("reason", ["", "   "])
    def test_a_blank_reason_is_none(self, agency: Office, move: Move, source: Stage, reason: str) -> None:
        code = prepared(agency, move, source)
        with pytest.raises(Refused) as refused:
            agency.move(code, move.name, by=BY[move.by], **{**request_for(move.name), "reason": reason})
        assert rules_of(refused) == {"reason_missing"}

    @pytest.mark.parametrize(("move", "source"), DATED, ids=lambda one: getattr(one, "name", str(one)))
    def test_the_day_of_an_outside_decision_must_be_said(self, agency: Office, move: Move, source: Stage) -> None:
        code = prepared(agency, move, source)
        with pytest.raises(Refused) as refused:
            agency.move(code, move.name, by=BY[move.by], reason="alasan")
        assert rules_of(refused) == {"date_missing"}

    @pytest.mark.parametrize(
        ("values", "rules"),
        [
            ({}, {"criterion_missing"}),
            ({"core_business": "ya"}, {"criterion_missing"}),
            ({"core_business": "mungkin", "high_risk": "ya", "wide_impact": "no"}, {"criterion_not_yes_or_no"}),
        ],
    )
    def test_the_selection_criteria_are_answered_yes_or_no(
        self, office: Office, values: dict[str, str], rules: set[str]
    ) -> None:
        code = office.open(stage=Stage.UNIT_IDENTIFICATION)
        office.file_required(code, "start_self_assessment")
        with pytest.raises(Refused) as refused:
            office.move(code, "start_self_assessment", values=values)
        assert rules_of(refused) == rules

    @pytest.mark.parametrize(
        ("values", "rules"),
        [
            ({}, {"decree_missing", "decree_date_missing"}),
            ({"decree": " ", "date": "2026-02-02"}, {"decree_missing"}),
            ({"decree": "K/1", "date": "2026-02-03"}, {"date_in_future"}),
            ({"decree": "K/1", "date": "2026-02-01"}, {"date_before_stage"}),
        ],
    )
    def test_a_revocation_has_a_decree_and_its_date(
        self, office: Office, values: dict[str, str], rules: set[str]
    ) -> None:
        code = office.open(stage=Stage.DESIGNATION)
        with pytest.raises(Refused) as refused:
            office.move(code, "revoke", values=values)
        assert rules_of(refused) == rules


class TestManyAtOnce:
    """One letter for all: all move, or none, and each obstacle stands under its own code."""

    def test_all_or_none(self, office: Office) -> None:
        first, second = office.open(), office.open(unit="DINAS")
        office.file_required(first, "select_unit")

        with pytest.raises(Refused) as refused:
            move_candidacies(
                [first, second], "select_unit", request=Request(), actor=office.actor("koordinator"), now=office.now
            )

        assert {refusal.subject for refusal in refused.value.refusals} == {second}
        assert {office.situation(code).stage for code in (first, second)} == {Stage.PENCANANGAN}

        office.file_required(second, "select_unit")
        moved = move_candidacies(
            [second, first], "select_unit", request=Request(), actor=office.actor("koordinator"), now=office.now
        )

        assert [one.code for one in moved] == sorted([first, second])


class TestTheTable:
    """The table is whole: every open stage has a way out, every closed one but designation has none."""

    def test_every_open_stage_can_be_left(self) -> None:
        assert all(moves_from(stage) for stage in OPEN)

    def test_only_a_designation_can_be_left_of_the_closed(self) -> None:
        assert {stage for stage in CLOSED if moves_from(stage)} == {Stage.DESIGNATION}

    def test_names_are_unique(self) -> None:
        assert len({move.name for move in MOVES}) == len(MOVES)

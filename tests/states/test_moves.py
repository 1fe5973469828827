"""The move table: generated from the table itself, so that a new move is tested as soon as it is written."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete
from sqlmodel import col

from models.agencies import AgencyKind
from models.candidacies import Level
from models.cycles import CycleDate
from models.database import reading, transaction
from models.errors import Refused
from models.facts import Predicate
from models.people import Role
from models.stages import CLOSED, OPEN, Stage
from rulesets.library import find_ruleset
from states.advance import move_candidacies
from states.documents import Content, Filing, add_document
from states.findings import raise_finding
from states.moves import MOVES, Move, moves_from
from states.people import Grant, end_role, grant_role
from states.requests import Request
from states.trail_reader import records_of
from tests.office import TODAY, Office, request_for

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


def rules_of(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {refusal.obstacle.rule for refusal in refused.value.refusals}


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


class TestSegregationOfDuties:
    """Who answered for the unit may not assess it; who assessed may not record the proposal."""

    def test_who_filed_the_lke_may_not_assess(self, office: Office) -> None:
        code = office.open(stage=Stage.SELF_ASSESSMENT)
        _also_tpi(office, "kepala")
        office.file_required(code, "submit_to_tpi")
        office.move(code, "submit_to_tpi", by="kepala")
        office.file(code, "lhe")

        with pytest.raises(Refused) as refused:
            office.move(code, "decline", by="kepala", reason="alasan")

        assert rules_of(refused) == {"assesses_own_work"}

    def test_who_has_a_role_in_the_unit_may_not_raise_findings(self, office: Office) -> None:
        code = office.open(stage=Stage.TPI_ASSESSMENT)
        _also_tpi(office, "pokja")

        with pytest.raises(Refused) as refused:
            _finding_by(office, code, "pokja")

        assert rules_of(refused) == {"assesses_own_work"}

    def test_who_wrote_the_lhe_may_not_propose(self, office: Office) -> None:
        code = office.open(stage=Stage.TPI_ASSESSMENT)
        _also(office, "tpi", Role.KOORDINATOR)
        office.file(code, "sk_penetapan_unit")
        office.file_required(code, "propose")

        with pytest.raises(Refused) as refused:
            office.move(code, "propose", by="tpi")

        assert rules_of(refused) == {"proposes_own_assessment"}
        assert office.move(code, "propose", by="koordinator2").dest is Stage.SUBMISSION_ADMINISTRATIVE


class TestClocks:
    """Building lasts a year, counted from the SK (90/2021 p.46; 5/2024 p.4)."""

    @pytest.mark.parametrize(
        ("sk", "allowed"),
        [(date(2025, 2, 2), True), (date(2025, 2, 3), False), (date(2024, 2, 29), True)],
    )
    def test_the_year_is_full_on_its_anniversary(self, office: Office, sk: date, allowed: bool) -> None:
        code = office.open(stage=Stage.TPI_ASSESSMENT)
        _file_sk(office, code, sk)
        office.file_required(code, "propose")

        if allowed:
            assert office.move(code, "propose").dest is Stage.SUBMISSION_ADMINISTRATIVE
            return
        with pytest.raises(Refused) as refused:
            office.move(code, "propose")
        assert rules_of(refused) == {"building_too_short"}

    def test_no_sk_on_file_is_no_clock(self, office: Office) -> None:
        code = office.open(stage=Stage.TPI_ASSESSMENT)
        office.file_required(code, "propose")
        with pytest.raises(Refused) as refused:
            office.move(code, "propose")
        assert rules_of(refused) == {"building_start_unknown"}


class TestPredicates:
    """WBBM comes after WBK; a revocation bars WBK for two years (90/2021 p.58, p.63-64)."""

    def test_wbbm_needs_a_wbk_in_force(self, office: Office) -> None:
        code = _ready_to_propose(office, Level.WBBM)
        with pytest.raises(Refused) as refused:
            office.move(code, "propose")
        assert rules_of(refused) == {"wbk_not_held"}

        _predicate(office, decreed=date(2022, 12, 6))

        assert office.move(code, "propose").dest is Stage.SUBMISSION_ADMINISTRATIVE

    @pytest.mark.parametrize(
        ("revoked", "allowed"), [(date(2024, 2, 2), True), (date(2024, 2, 3), False), (date(2026, 1, 30), False)]
    )
    def test_a_revocation_bars_wbk_for_two_years(self, office: Office, revoked: date, allowed: bool) -> None:
        _predicate(office, decreed=date(2020, 12, 10), revoked=revoked)
        code = _ready_to_propose(office, Level.WBK)

        if allowed:
            assert office.move(code, "propose").dest is Stage.SUBMISSION_ADMINISTRATIVE
            return
        with pytest.raises(Refused) as refused:
            office.move(code, "propose")
        assert rules_of(refused) == {"barred_by_revocation"}

    def test_a_designation_gives_the_predicate_and_a_revocation_ends_it(self, office: Office) -> None:
        code = office.open(stage=Stage.SUBMISSION_PANEL)
        office.file_required(code, "designate")
        office.move(code, "designate")
        assert [held.revoked_on for held in office.situation(code).predicates] == [None]

        office.move(code, "revoke", values={"decree": "K/2", "date": "2026-02-02"})

        assert [held.revoked_on for held in office.situation(code).predicates] == [TODAY]


class TestScopes:
    """What belongs to one try can't be taken for the next: it is filed for the candidacy, or for its cycle."""

    @pytest.mark.parametrize(
        ("scope", "kind", "by", "allowed"),
        [
            ("unit:RSUD", "lhe", "tpi", False),
            ("unit:RSUD", "lke_unit", "kepala", False),
            ("unit:RSUD", "keputusan_menteri", "koordinator", False),
            ("agency:CONTOH", "surat_usulan", "koordinator", False),
            ("cycle:CONTOH-2026", "surat_usulan", "koordinator", True),
            ("agency:CONTOH", "piagam_pencanangan", "koordinator", True),
            ("unit:RSUD", "sk_penetapan_unit", "koordinator", True),
        ],
    )
    def test_where_a_paper_may_be_filed(self, office: Office, scope: str, kind: str, by: str, allowed: bool) -> None:
        if allowed:
            assert office.file(scope, kind, by=by)
            return
        with pytest.raises(Refused) as refused:
            office.file(scope, kind, by=by)
        assert rules_of(refused) == {"document_scope"}

    def test_a_role_that_ended_a_moment_ago_records_nothing(self, office: Office) -> None:
        code = office.open()
        office.file_required(code, "select_unit")
        stale = office.actor("koordinator2")
        held = Grant("koordinator2@contoh.invalid", Role.KOORDINATOR, agency="CONTOH")
        end_role(held, on=TODAY - timedelta(days=1), actor=office.actor("admin"), now=office.now)

        with pytest.raises(Refused) as refused:
            move_candidacies([code], "select_unit", request=Request(), actor=stale, now=office.now)

        assert rules_of(refused) == {"role_needed"}


class TestObjection:
    """One objection, inside the window that the cycle names."""

    def test_only_one(self, office: Office) -> None:
        code = office.open(stage=Stage.SUBMISSION_ADMINISTRATIVE)
        office.move(code, "fail_administrative", reason="berkas kurang")
        office.file(code, "surat_sanggah")
        office.move(code, "object")
        office.move(code, "fail_administrative", reason="tetap kurang")

        with pytest.raises(Refused) as refused:
            office.move(code, "object")

        assert rules_of(refused) == {"objection_used"}

    @pytest.mark.parametrize(("later", "allowed"), [(7, True), (8, False)])
    def test_only_within_five_working_days(self, office: Office, later: int, allowed: bool) -> None:
        code = office.open(stage=Stage.SUBMISSION_ADMINISTRATIVE)
        office.move(code, "fail_administrative", reason="berkas kurang")  # Monday; five working days end next Monday
        office.file(code, "surat_sanggah")
        office.days_later(later)

        if allowed:
            assert office.move(code, "object").dest is Stage.SUBMISSION_ADMINISTRATIVE
            return
        with pytest.raises(Refused) as refused:
            office.move(code, "object")
        assert rules_of(refused) == {"objection_window_closed"}

    def test_not_before_the_cycle_names_a_window(self, office: Office) -> None:
        with transaction() as session:
            session.execute(delete(CycleDate).where(col(CycleDate.stage) == Stage.SUBMISSION_OBJECTION))
        code = office.open(stage=Stage.SUBMISSION_ADMINISTRATIVE)
        office.move(code, "fail_administrative", reason="berkas kurang")
        office.file(code, "surat_sanggah")

        with pytest.raises(Refused) as refused:
            office.move(code, "object")

        assert rules_of(refused) == {"objection_window_unknown"}


class TestOwnRoute:
    """An agency decides WBK itself only where its cycle says so (5/2024 p.7)."""

    def test_closed_unless_the_cycle_opens_it(self, office: Office) -> None:
        code = _ready_to_propose(office, Level.WBK, move="designate_own")
        with pytest.raises(Refused) as refused:
            office.move(code, "designate_own")
        assert rules_of(refused) == {"own_route_closed"}

    def test_never_for_wbbm(self, own_route_office: Office) -> None:
        office = own_route_office
        _predicate(office, decreed=date(2022, 12, 6))
        code = _ready_to_propose(office, Level.WBBM, move="designate_own")
        with pytest.raises(Refused) as refused:
            office.move(code, "designate_own")
        assert rules_of(refused) == {"own_route_not_for_level"}


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


def _also_tpi(office: Office, name: str) -> None:
    _also(office, name, Role.TPI)


def _also(office: Office, name: str, role: Role) -> None:
    grant = Grant(f"{name}@contoh.invalid", role, agency="CONTOH", since=date(2025, 1, 1))
    grant_role(grant, actor=office.actor("admin"), now=office.now)
    office.actors.pop(name, None)


def _finding_by(office: Office, code: str, name: str) -> None:
    raise_finding(code, "temuan", actor=office.actor(name), now=office.now)


def _file_sk(office: Office, code: str, day: date) -> None:
    filing = Filing("sk_penetapan_unit", Content(url="https://contoh.invalid/sk"), number="1", dated_on=day)
    add_document(code, filing, actor=office.actor("koordinator"), now=office.now)


def _ready_to_propose(office: Office, level: Level, *, move: str = "propose") -> str:
    code = office.open(stage=Stage.TPI_ASSESSMENT, target=level)
    office.file(code, "sk_penetapan_unit")
    office.file_required(code, move)
    return code


def _predicate(office: Office, *, decreed: date, revoked: date | None = None) -> None:
    with transaction() as session:
        session.add(Predicate(unit_id=1, level=Level.WBK, decreed_on=decreed, revoked_on=revoked))

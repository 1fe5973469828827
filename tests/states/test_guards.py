"""What stands in the way of a move, beside papers and roles: duties, clocks, predicates, scopes, windows, routes."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete
from sqlmodel import col

from models.candidacies import Level
from models.cycles import CycleDate
from models.database import transaction
from models.errors import Refused
from models.facts import Predicate
from models.people import Role
from models.stages import Stage
from states.advance import move_candidacies
from states.documents import Content, Filing, add_document
from states.findings import raise_finding
from states.people import Grant, end_role, grant_role
from states.requests import Request
from tests.office import TODAY, Office, rules_of


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
            ("unit:RSUD", "laporan_monev", "kepala", False),
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

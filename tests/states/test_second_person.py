"""What two people must agree to: undoing a move, and lifting a rule."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlmodel import col

from models.candidacies import Correction, Level, StageEntry
from models.database import reading
from models.errors import NotFound, Refused, UsageError
from models.facts import Predicate
from models.messages import Notice, OutboxMessage
from models.obligations import Obligation, ObligationState
from models.stages import Stage
from states.candidacies import Opening, open_candidacy
from states.corrections import correct
from states.documents import Content, Filing, add_document
from states.verify import verify_trail
from states.waivers import confirm_waiver, request_waiver
from tests.office import ANSWERED, NOW, Office, rules_of

LINK = Content(url="https://contoh.invalid/afirmasi")


def ask(office: Office, code: str, by: str, reason: str = "keliru") -> None:
    correct([code], reason=reason, actor=office.actor(by), now=office.now)


class TestCorrections:
    """A koordinator asks, somebody else confirms; the stay before is open again as if nothing had been."""

    def test_the_earlier_stay_is_open_again_with_its_dates(self, both_offices: Office) -> None:
        office = both_offices
        code = office.open()
        office.file_required(code, "select_unit")
        office.days_later(10)
        office.move(code, "select_unit")

        ask(office, code, "koordinator")
        ask(office, code, "tpi", reason="")

        situation = office.situation(code)
        assert situation.stage is Stage.PENCANANGAN
        assert (situation.current.entered_on, situation.current.due_on) == (date(2026, 2, 2), date(2026, 2, 27))
        assert [stay.undone for stay in situation.stays] == [False, True]
        with reading() as session:
            assert verify_trail(session).ok

    @pytest.mark.parametrize(
        ("second", "allowed"),
        [("koordinator2", True), ("pimpinan", True), ("tpi", True), ("kepala", False), ("auditor", False)],
    )
    def test_who_may_be_the_second_person(self, office: Office, second: str, allowed: bool) -> None:
        code = _moved_once(office)
        ask(office, code, "koordinator")

        if allowed:
            ask(office, code, second, reason="")
            assert office.situation(code).stage is Stage.PENCANANGAN
            return
        with pytest.raises(Refused) as refused:
            ask(office, code, second, reason="")
        assert rules_of(refused) == {"role_needed"}

    @pytest.mark.parametrize(
        ("by", "reason", "rule"),
        [("koordinator", " ", "reason_missing"), ("tpi", "keliru", "role_needed"), ("kepala", "keliru", "role_needed")],
    )
    def test_a_koordinator_asks_with_a_reason(self, office: Office, by: str, reason: str, rule: str) -> None:
        code = _moved_once(office)
        with pytest.raises(Refused) as refused:
            ask(office, code, by, reason)
        assert rules_of(refused) == {rule}

    def test_the_one_who_asked_is_not_the_second_person(self, office: Office) -> None:
        code = _moved_once(office)
        ask(office, code, "koordinator")
        with pytest.raises(Refused) as refused:
            ask(office, code, "koordinator")
        assert rules_of(refused) == {"second_person_needed"}

    def test_a_move_in_between_makes_the_request_void(self, office: Office) -> None:
        code = _moved_once(office)
        ask(office, code, "koordinator")
        office.file_required(code, "start_self_assessment")
        office.move(code, "start_self_assessment", values=ANSWERED)

        ask(office, code, "koordinator2")  # asks anew, for the newer move

        assert office.situation(code).stage is Stage.SELF_ASSESSMENT
        with reading() as session:
            (request,) = session.execute(select(Correction)).scalars()
        assert request.requested_by == office.actor("koordinator2").person_id

    def test_a_void_request_stays_void_when_that_move_is_undone(self, office: Office) -> None:
        code = _moved_once(office)
        ask(office, code, "koordinator")
        office.file_required(code, "start_self_assessment")
        office.move(code, "start_self_assessment", values=ANSWERED)
        ask(office, code, "koordinator")
        ask(office, code, "koordinator2", reason="")  # confirms that the newer one is undone

        ask(office, code, "koordinator2", reason="salah unit")  # asks anew: confirms nothing

        assert office.situation(code).stage is Stage.UNIT_IDENTIFICATION

    def test_whoever_heard_of_the_move_hears_that_it_was_undone(self, office: Office) -> None:
        code = _moved_once(office)
        ask(office, code, "koordinator")
        ask(office, code, "koordinator2", reason="")

        with reading() as session:
            queued = session.execute(select(OutboxMessage).where(col(OutboxMessage.kind) == Notice.CORRECTED)).scalars()
            assert [message.roles for message in queued] == ["koordinator,pimpinan_unit"]

    def test_an_undone_designation_leaves_no_predicate(self, office: Office) -> None:
        code = office.open(stage=Stage.SUBMISSION_PANEL)
        office.file_required(code, "designate")
        office.move(code, "designate")

        ask(office, code, "koordinator")
        ask(office, code, "koordinator2", reason="")

        with reading() as session:
            assert session.execute(select(Predicate)).scalars().all() == []

    def test_an_undone_revocation_gives_the_predicate_back(self, office: Office) -> None:
        code = office.open(stage=Stage.SUBMISSION_PANEL)
        office.file_required(code, "designate")
        office.move(code, "designate")
        office.move(code, "revoke", values={"decree": "K/1", "date": "2026-02-02"})

        ask(office, code, "koordinator")
        ask(office, code, "koordinator2", reason="")

        with reading() as session:
            assert [row.revoked_on for row in session.execute(select(Predicate)).scalars()] == [None]

    def test_a_closed_candidacy_is_not_reopened_beside_another(self, office: Office) -> None:
        code = office.open()
        office.move(code, "withdraw", reason="batal")
        ask(office, code, "koordinator")
        second = office.open(after=code)
        assert second == "RSUD-2026-2"

        with pytest.raises(Refused) as refused:
            ask(office, code, "koordinator2", reason="")

        assert rules_of(refused) == {"candidacy_already_open"}

    def test_what_the_undone_stage_owed_is_owed_no_more(self, office: Office) -> None:
        code = _moved_once(office)
        ask(office, code, "koordinator")
        ask(office, code, "koordinator2", reason="")

        with reading() as session:
            current = office.situation(code).current.entry_id
            open_ones = (
                session.execute(select(Obligation).where(col(Obligation.state) == ObligationState.OPEN)).scalars().all()
            )
            undone = session.execute(select(col(StageEntry.id)).where(col(StageEntry.undone))).scalar_one()
            reasons = session.execute(
                select(col(Obligation.reason)).where(col(Obligation.entry_id) == undone)
            ).scalars()
            assert {row.entry_id for row in open_ones} == {current}
            assert set(reasons) == {"correct"}


class TestWaivers:
    """The affirmative clause lifts the building year for the services it names, when two people agree (5/2024 p.5)."""

    def test_lifts_the_building_year(self, office: Office) -> None:
        code = _too_young(office)
        with pytest.raises(Refused) as refused:
            office.move(code, "propose")
        assert rules_of(refused) == {"building_too_short"}

        _request(office, code)
        with pytest.raises(Refused):
            office.move(code, "propose")  # one person is not enough
        confirm_waiver(code, "afirmasi", actor=office.actor("koordinator2"), now=office.now)

        assert office.move(code, "propose").dest is Stage.SUBMISSION_ADMINISTRATIVE

    def test_needs_a_second_person(self, office: Office) -> None:
        code = _too_young(office)
        _request(office, code)
        with pytest.raises(Refused) as refused:
            confirm_waiver(code, "afirmasi", actor=office.actor("koordinator"), now=office.now)
        assert rules_of(refused) == {"second_person_needed"}

    @pytest.mark.parametrize(
        ("reason", "by", "rule"), [(" ", "koordinator", "reason_missing"), ("x", "tpi", "role_needed")]
    )
    def test_needs_a_reason_and_a_koordinator(self, office: Office, reason: str, by: str, rule: str) -> None:
        code = _too_young(office)
        with pytest.raises(Refused) as refused:
            request_waiver(code, "afirmasi", reason=reason, content=LINK, actor=office.actor(by), now=office.now)
        assert rules_of(refused) == {rule}

    def test_only_for_the_services_that_the_clause_names(self, office: Office) -> None:
        code = office.open(unit="DINAS", stage=Stage.TPI_ASSESSMENT)
        with pytest.raises(Refused) as refused:
            _request(office, code)
        assert rules_of(refused) == {"waiver_not_for_unit"}

    def test_is_asked_and_confirmed_once(self, office: Office) -> None:
        code = _too_young(office)
        with pytest.raises(NotFound):
            confirm_waiver(code, "afirmasi", actor=office.actor("koordinator2"), now=office.now)
        _request(office, code)
        with pytest.raises(Refused) as again:
            _request(office, code)
        assert rules_of(again) == {"waiver_already_asked"}
        confirm_waiver(code, "afirmasi", actor=office.actor("koordinator2"), now=office.now)
        with pytest.raises(Refused) as twice:
            confirm_waiver(code, "afirmasi", actor=office.actor("koordinator2"), now=office.now)
        assert rules_of(twice) == {"waiver_already_confirmed"}

    def test_a_rule_set_without_the_clause_has_none(self, office: Office) -> None:
        code = _too_young(office)
        with pytest.raises(UsageError):
            request_waiver(code, "ajaib", reason="x", content=LINK, actor=office.actor("koordinator"), now=NOW)


class TestLaterTries:
    """A later try is a candidacy of its own, linked to the one before; one unit has one open one."""

    def test_takes_the_next_code_and_the_link(self, office: Office) -> None:
        first = office.open()
        office.move(first, "withdraw", reason="batal")

        second = office.open(after=first)

        assert (first, second) == ("RSUD-2026", "RSUD-2026-2")

    def test_a_unit_that_holds_the_predicate_aims_higher(self, office: Office) -> None:
        code = office.open(stage=Stage.SUBMISSION_PANEL)
        office.file_required(code, "designate")
        office.move(code, "designate")

        with pytest.raises(Refused) as refused:
            office.open()

        assert rules_of(refused) == {"predicate_already_held"}
        assert office.open(target=Level.WBBM) == "RSUD-2026-2"

    def test_a_baseline_stands_where_the_unit_is_already(self, office: Office) -> None:
        opening = Opening(
            "RSUD",
            office.cycle,
            Level.WBK,
            stage=Stage.SUBMISSION_FIELD,
            since=date(2025, 11, 3),
            reason="sudah berjalan",
        )
        code = open_candidacy(opening, actor=office.actor("koordinator"), now=office.now)
        assert (office.situation(code).stage, office.situation(code).current.entered_on) == (
            Stage.SUBMISSION_FIELD,
            date(2025, 11, 3),
        )


def _moved_once(office: Office) -> str:
    code = office.open()
    office.file_required(code, "select_unit")
    office.move(code, "select_unit")
    return code


def _too_young(office: Office) -> str:
    code = office.open(stage=Stage.TPI_ASSESSMENT)
    filing = Filing(
        "sk_penetapan_unit", Content(url="https://contoh.invalid/sk"), number="1", dated_on=date(2025, 9, 1)
    )
    add_document(code, filing, actor=office.actor("koordinator"), now=office.now)
    office.file_required(code, "propose")
    return code


def _request(office: Office, code: str) -> None:
    request_waiver(code, "afirmasi", reason="RSUD", content=LINK, actor=office.actor("koordinator"), now=office.now)

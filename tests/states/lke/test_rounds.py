"""A second round is a round of its own: closed again by the lead, and proven all the way."""

from datetime import date

import pytest

from models.errors import NotFound, Refused
from models.people import Role
from models.stages import Stage
from states.documents import withdraw_document
from states.evidence.adding import withdraw_evidence
from states.people import Grant, PersonData, add_person, end_role, grant_role
from tests.office import Office, rules_of


def closed(office: Office) -> tuple[str, int]:
    code = office.open(stage=Stage.TPI_ASSESSMENT)
    office.ready_lke(code, "propose")
    office.finding(code)
    return code, office.file(code, "berita_acara")


class TestReturning:
    """A unit is not returned on an assessment that is closed: it would be proposed on the old answers."""

    def test_only_after_the_closing_was_taken_back(self, office: Office) -> None:
        code, number = closed(office)
        with pytest.raises(Refused) as refused:
            office.move(code, "return_to_unit", by="tpi", reason="kurang")
        assert rules_of(refused) == {"assessment_closed"}

        withdraw_document(number, reason="putaran kedua", actor=office.actor("tpi"), now=office.now)

        assert office.move(code, "return_to_unit", by="tpi", reason="kurang").dest is Stage.SELF_ASSESSMENT


class TestReopening:
    """Who may not close may not open; and a role that has ended opens nothing."""

    def test_not_by_a_member_who_is_given_areas(self, office: Office) -> None:
        _, number = closed(office)
        add_person(PersonData("anggota@contoh.invalid", "Anggota"), actor=office.actor("admin"), now=office.now)
        grant = Grant("anggota@contoh.invalid", Role.TPI, agency="CONTOH", area="MP", since=date(2024, 1, 1))
        grant_role(grant, actor=office.actor("admin"), now=office.now)

        with pytest.raises(Refused) as refused:
            withdraw_document(number, reason="buka lagi", actor=office.actor("anggota"), now=office.now)

        assert rules_of(refused) == {"lead_needed"}

    def test_not_with_a_role_that_ended_a_moment_ago(self, office: Office) -> None:
        _, number = closed(office)
        stale = office.actor("tpi2")
        held = Grant("tpi2@contoh.invalid", Role.TPI, agency="CONTOH", since=date(2024, 1, 1))
        end_role(held, on=date(2026, 2, 1), actor=office.actor("admin"), now=office.now)

        with pytest.raises(Refused) as refused:
            withdraw_document(number, reason="buka lagi", actor=stale, now=office.now)

        assert rules_of(refused) == {"role_needed"}

    def test_a_number_beyond_all_keys_is_not_there(self, office: Office) -> None:
        for withdraw in (withdraw_document, withdraw_evidence):
            with pytest.raises(NotFound):
                withdraw(10**30, reason="x", actor=office.actor("tpi"), now=office.now)


class TestProof:
    """What was handed in proven stays proven: the last piece is replaced, not withdrawn."""

    def test_the_last_piece_stays_once_the_unit_has_handed_in(self, office: Office) -> None:
        code = office.open(stage=Stage.SELF_ASSESSMENT)
        office.file_required(code, "submit_to_tpi")
        withdraw_evidence(1, reason="keliru", actor=office.actor("kepala"), now=office.now)
        office.prove(code)
        office.move(code, "submit_to_tpi", by="kepala")

        with pytest.raises(Refused) as refused:
            withdraw_evidence(2, reason="keliru", actor=office.actor("kepala"), now=office.now)

        assert rules_of(refused) == {"evidence_last_piece"}

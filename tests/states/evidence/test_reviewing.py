"""The TPI's word on evidence: whose, when, and that the last one stands."""

import pytest

from models.errors import NotFound, Refused
from models.evidence import EvidenceState
from models.people import Role
from models.stages import Stage
from states.evidence.reviewing import Verdict
from tests.office import rules_of
from tests.states.evidence.cabinet import SOP, TEAM, Cabinet

ACCEPT, REJECT = Verdict.ACCEPT, Verdict.REJECT
OTHER_STAGES = [stage for stage in Stage if stage is not Stage.TPI_ASSESSMENT]


class TestReviewing:
    """A piece is accepted, or rejected with a reason; a later review takes the place of the earlier."""

    def test_a_rejection_and_then_its_change(self, both_cabinets: Cabinet) -> None:
        number = both_cabinets.one(TEAM)
        both_cabinets.set_stage(Stage.TPI_ASSESSMENT)

        both_cabinets.review(number, REJECT, "tanpa tanda tangan")
        rejected = both_cabinets.row(number)
        both_cabinets.review(number, ACCEPT, by="tpi2")
        accepted = both_cabinets.row(number)

        assert (rejected.state, rejected.review_reason) == (EvidenceState.REJECTED, "tanpa tanda tangan")
        assert (accepted.state, accepted.review_reason) == (EvidenceState.ACCEPTED, None)
        assert accepted.reviewed_by == both_cabinets.office.actor("tpi2").person_id
        assert [
            (one["before"], one["after"], one["details"], one["texts"])
            for one in both_cabinets.records("evidence_reviewed")
        ] == [
            ("waiting", "rejected", {"evidence": number, "question": TEAM}, {"reason": "tanpa tanda tangan"}),
            ("rejected", "accepted", {"evidence": number, "question": TEAM}, {}),
        ]

    def test_a_rejection_says_why(self, assessed: Cabinet) -> None:
        number = assessed.one(TEAM)

        with pytest.raises(Refused) as refused:
            assessed.review(number, REJECT, " ")

        assert rules_of(refused) == {"rejection_without_reason"}
        assert assessed.row(number).state is EvidenceState.WAITING

    def test_what_is_gone_is_not_reviewed(self, assessed: Cabinet) -> None:
        replaced = assessed.one(TEAM)
        withdrawn = assessed.one(TEAM, replaces=replaced)
        assessed.one(TEAM)  # the last piece would have to stay
        assessed.withdraw(withdrawn)

        for number in (replaced, withdrawn):
            with pytest.raises(Refused) as refused:
                assessed.review(number, ACCEPT)
            assert rules_of(refused) == {"evidence_gone"}
        with pytest.raises(NotFound):
            assessed.review(999, ACCEPT)

    def test_a_rejected_piece_gets_a_newer_version_that_waits(self, assessed: Cabinet) -> None:
        number = assessed.one(TEAM)
        assessed.review(number, REJECT, "buram")

        newer = assessed.row(assessed.one(TEAM, replaces=number))

        assert (newer.state, newer.version, newer.reviewed_by) == (EvidenceState.WAITING, 2, None)


class TestWho:
    """The TPI, for the areas they are given, and never for a unit that they act for."""

    @pytest.mark.parametrize("name", ["kepala", "pokja", "koordinator", "auditor", "admin"])
    def test_nobody_else_reviews(self, assessed: Cabinet, name: str) -> None:
        number = assessed.one(TEAM)

        with pytest.raises(Refused) as refused:
            assessed.review(number, ACCEPT, by=name)

        assert "role_needed" in rules_of(refused)

    def test_who_is_given_an_area_keeps_to_it(self, assessed: Cabinet) -> None:
        assessed.person("budi", Role.TPI, agency="CONTOH", area="MP, SDM")
        mine, other = assessed.one(TEAM), assessed.one(SOP)

        assessed.review(mine, ACCEPT, by="budi")
        with pytest.raises(Refused) as refused:
            assessed.review(other, ACCEPT, by="budi")

        assert rules_of(refused) == {"area_not_yours"}

    def test_a_role_in_the_unit_bars(self, assessed: Cabinet) -> None:
        assessed.person("siti", Role.TPI, agency="CONTOH")
        assessed.person("siti", Role.POKJA, unit="RSUD")

        with pytest.raises(Refused) as refused:
            assessed.review(assessed.one(TEAM), ACCEPT, by="siti")

        assert rules_of(refused) == {"assesses_own_work"}

    def test_evidence_once_brought_bars_even_after_the_role_in_the_unit_has_gone(self, assessed: Cabinet) -> None:
        assessed.person("siti", Role.TPI, agency="CONTOH")
        assessed.person("siti", Role.PIMPINAN_UNIT, unit="RSUD")
        number = assessed.one(TEAM, by="siti")
        assessed.end_roles("siti", Role.PIMPINAN_UNIT)

        with pytest.raises(Refused) as refused:
            assessed.review(number, ACCEPT, by="siti")

        assert rules_of(refused) == {"assesses_own_work"}


class TestWhen:
    """During the TPI's assessment, until its berita acara closes it."""

    @pytest.mark.parametrize("stage", OTHER_STAGES)
    def test_at_no_other_stage(self, assessed: Cabinet, stage: Stage) -> None:
        number = assessed.one(TEAM)
        assessed.set_stage(stage)

        with pytest.raises(Refused) as refused:
            assessed.review(number, ACCEPT)

        assert rules_of(refused) == {"review_not_now"}

    def test_not_after_the_berita_acara_and_again_when_that_is_taken_back(self, assessed: Cabinet) -> None:
        number = assessed.one(TEAM)
        paper = assessed.close_assessment()

        with pytest.raises(Refused) as refused:
            assessed.review(number, ACCEPT)
        assessed.reopen_assessment(paper)
        assessed.review(number, ACCEPT)

        assert rules_of(refused) == {"layer_closed"}

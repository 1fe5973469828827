"""What was proposed is kept by hash, and whatever is different later is counted."""

import json
from hashlib import sha256

import pytest
from sqlalchemy import select
from sqlmodel import col

from models.candidacies import Candidacy
from models.database import reading, transaction
from models.documents import Document
from models.evidence import Evidence, EvidenceState
from models.lke import Layer, LkeSnapshot
from models.stages import Stage
from states.corrections import correct
from states.documents import Content, withdraw_document
from states.evidence.adding import add_evidence
from states.lke.answers import Given, record_answers
from states.lke.snapshots import changed_since
from states.trail_reader import records_of
from tests.office import Office


@pytest.fixture
def proposed(office: Office) -> str:
    """A unit that went its way from the self-assessment to the proposal."""
    code = office.open(stage=Stage.SELF_ASSESSMENT)
    office.file(code, "sk_penetapan_unit")
    office.file_required(code, "submit_to_tpi")
    office.move(code, "submit_to_tpi", by="kepala")
    office.file_required(code, "propose")
    office.move(code, "propose")
    return code


def changed(code: str) -> int | None:
    with reading() as session:
        candidacy = session.execute(select(Candidacy).where(col(Candidacy.code) == code)).scalar_one()
        return changed_since(session, candidacy.id)


def snapshots() -> list[LkeSnapshot]:
    with reading() as session:
        return list(session.execute(select(LkeSnapshot).order_by(col(LkeSnapshot.id))).scalars())


class TestTheSnapshot:
    """LKE and evidence at the moment of the proposal; its hash stands in the trail with the move."""

    def test_holds_both_layers_and_every_piece_of_evidence(self, office: Office, proposed: str) -> None:
        (kept,) = snapshots()

        content = json.loads(kept.content)

        assert {part: len(content[part]) for part in content} == {
            "unit": 127,
            "preliminary": 0,
            "tpi": 127,
            "evidence": 110,
        }
        assert kept.hash == sha256(kept.content.encode()).hexdigest()
        with reading() as session:
            moved = [one for one in records_of(session, f"candidacy:{proposed}") if one["action"] == "moved"][-1]
        assert moved["details"]["lke_snapshot"] == kept.hash

    def test_there_is_none_before_the_proposal(self, office: Office) -> None:
        code = office.open(stage=Stage.TPI_ASSESSMENT)

        assert changed(code) is None
        assert snapshots() == []


class TestChangedSince:
    """The number of answers and pieces of evidence that are not as they were proposed."""

    def test_nothing_is_changed_at_first(self, office: Office, proposed: str) -> None:
        assert changed(proposed) == 0

    def test_evidence_that_comes_later_counts_one_each(self, office: Office, proposed: str) -> None:
        content = Content(url="https://berkas.contoh.invalid/susulan")

        add_evidence(proposed, ["A.I.1.i.a", "A.I.1.i.b"], content, actor=office.actor("kepala"), now=office.now)

        assert changed(proposed) == 2

    def test_a_review_changes_nothing_of_what_was_proposed(self, office: Office, proposed: str) -> None:
        with transaction() as session:
            row = session.execute(select(Evidence).limit(1)).scalar_one()
            row.state, row.reviewed_by, row.reviewed_at = EvidenceState.ACCEPTED, 1, office.now

        assert changed(proposed) == 0

    def test_what_the_tpn_answers_is_not_part_of_it(self, office: Office, proposed: str) -> None:
        office.move(proposed, "pass_administrative", effective_on=office.now.date())
        koordinator = office.actor("koordinator")
        record_answers(proposed, Layer.TPN, [Given("B.I.a", "3.4")], actor=koordinator, now=office.now)

        assert changed(proposed) == 0

    def test_a_second_proposal_after_a_correction_is_a_snapshot_of_its_own(self, office: Office, proposed: str) -> None:
        for who in ("koordinator", "koordinator2"):
            correct([proposed], reason="keliru", actor=office.actor(who), now=office.now)
        assert changed(proposed) is None
        with reading() as session:
            closing = session.execute(select(col(Document.id)).where(col(Document.kind) == "berita_acara")).scalar_one()
        withdraw_document(closing, reason="koreksi", actor=office.actor("tpi"), now=office.now)
        record_answers(proposed, Layer.TPI, [Given("A.I.1.i.b", "B")], actor=office.actor("tpi"), now=office.now)
        office.file_required(proposed, "propose")

        office.move(proposed, "propose")

        first, second = snapshots()
        assert first.hash != second.hash
        assert changed(proposed) == 0

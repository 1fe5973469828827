"""Answers come in whole or not at all, are kept as people gave them, and stand in the trail."""

import pytest
from sqlalchemy import select
from sqlmodel import col

from models.audit import AuditHead
from models.candidacies import Candidacy
from models.database import reading, transaction
from models.errors import AnswersRejected, Refused
from models.lke import Answer, Layer, LayerSummary, SurveySource
from models.stages import Stage
from rulesets.library import find_ruleset
from states.lke.answers import Given, Recorded, record_answers
from states.lke.stored import stored_answers
from states.trail_reader import records_of
from states.verify import verify_trail
from tests.lkes import full_marks
from tests.office import Office, rules_of

LKE = find_ruleset("permen-90-2021-5-2024").lke


def answer(office: Office, code: str, *given: Given, layer: Layer = Layer.UNIT, by: str = "pokja") -> Recorded:
    return record_answers(code, layer, given, actor=office.actor(by), now=office.now)


def stored(code: str, layer: Layer = Layer.UNIT) -> dict[str, str]:
    with reading() as session:
        candidacy = session.execute(select(Candidacy).where(col(Candidacy.code) == code)).scalar_one()
        return dict(stored_answers(session, [candidacy.id])[candidacy.id][layer])


def summary(layer: Layer = Layer.UNIT) -> LayerSummary:
    with reading() as session:
        row: LayerSummary = session.execute(select(LayerSummary).where(col(LayerSummary.layer) == layer)).scalar_one()
        return row


def size() -> int:
    with reading() as session:
        return int(session.execute(select(col(AuditHead.size))).scalar_one())


class TestRecording:
    """What people say is stored in one way, by item code, on both databases."""

    def test_items_are_named_by_code_or_by_number_in_portalrb(self, both_offices: Office) -> None:
        office = both_offices
        code = office.open(stage=Stage.SELF_ASSESSMENT)

        recorded = answer(office, code, Given("1", "ya "), Given("a.i.1.I.B", "b"), Given("88", 8), Given("125", "3,6"))

        assert (recorded.accepted, recorded.unchanged) == (4, 0)
        assert stored(code) == {"A.I.1.i.a": "Ya", "A.I.1.i.b": "B", "A.II.1.i.a.a": "8", "B.I.a": "3.6"}

    def test_a_whole_sheet_comes_to_full_marks(self, both_offices: Office) -> None:
        office = both_offices
        code = office.open(stage=Stage.SELF_ASSESSMENT)

        answer(office, code, *(Given(item, value) for item, value in full_marks(LKE).items()))

        kept = summary()
        assert (kept.answered, kept.total, kept.missing_evidence) == (127, "100.0000", len(LKE.asking_evidence))

    def test_the_same_again_changes_nothing_and_leaves_no_record(self, office: Office) -> None:
        code = office.open(stage=Stage.SELF_ASSESSMENT)
        answer(office, code, Given("1", "Ya", note="SK ada"))
        before = size()

        recorded = answer(office, code, Given("1", "ya", note=" SK ada "))

        assert recorded == Recorded(accepted=0, unchanged=1, audit_seq=None)
        assert size() == before

    def test_what_is_not_said_stays_and_nothing_takes_it_back(self, office: Office) -> None:
        code = office.open(stage=Stage.SELF_ASSESSMENT)
        answer(office, code, Given("1", "Ya", note="catatan"))

        answer(office, code, Given("1", note="catatan lain"))
        assert stored(code) == {"A.I.1.i.a": "Ya"}

        answer(office, code, Given("1", None))
        assert stored(code) == {}
        with reading() as session:
            row = session.execute(select(Answer)).scalar_one()
        assert (row.value, row.note) == (None, "catatan lain")
        assert summary().answered == 0

    def test_a_survey_says_whose_it_is(self, office: Office) -> None:
        code = office.open(stage=Stage.SELF_ASSESSMENT)
        answer(office, code, Given("B.I.a", "3.6"), Given("1", "Ya"))
        other = office.open(unit="DINAS", stage=Stage.SUBMISSION_FIELD)
        answer(office, other, Given("B.I.a", "3.4"), layer=Layer.TPN, by="koordinator")

        with reading() as session:
            rows = session.execute(select(col(Answer.layer), col(Answer.source)).where(col(Answer.item) == "B.I.a"))
            sources = {layer: source for layer, source in rows}
            plain = session.execute(select(col(Answer.source)).where(col(Answer.item) == "A.I.1.i.a")).scalar_one()

        assert sources == {Layer.UNIT: SurveySource.UNIT, Layer.TPN: SurveySource.TPN}
        assert plain is None


class TestRefusals:
    """All or nothing: one answer that can't be taken keeps the others out, and every one of them is named."""

    @pytest.mark.parametrize(
        ("given", "column", "value"),
        [
            ([Given("1", "Mungkin")], "1", "Mungkin"),
            ([Given("999", "A")], "999", "999"),
            ([Given("A.I.9", "A")], "A.I.9", "A.I.9"),
            ([Given("2", "A"), Given("A.I.1.i.b", "B")], "A.I.1.i.b", "A.I.1.i.b"),
            ([Given("113", -1)], "113", "-1"),
            ([Given("B.I.a", "4.1")], "B.I.a", "4.1"),
            ([Given("1", "Ya", note="x" * 10_001)], "1", "Ya"),
        ],
    )
    def test_nothing_is_kept(self, office: Office, given: list[Given], column: str, value: str) -> None:
        code = office.open(stage=Stage.SELF_ASSESSMENT)
        before = size()

        with pytest.raises(AnswersRejected) as rejected:
            answer(office, code, Given("14", "A"), *given)

        (detail,) = rejected.value.details
        assert (detail.column, detail.value) == (column, value)
        assert detail.why
        assert stored(code) == {}
        assert size() == before

    def test_every_bad_answer_is_named_with_its_row(self, office: Office) -> None:
        code = office.open(stage=Stage.SELF_ASSESSMENT)

        with pytest.raises(AnswersRejected) as rejected:
            answer(
                office,
                code,
                Given("1", "X", row=6),
                Given("3", "Y", row=9),
                Given("90", 3, row=12),
                Given("91", 4, row=13),
            )

        assert [detail.row for detail in rejected.value.details] == [6, 9, 13]

    def test_a_part_may_not_exceed_the_whole_that_was_stored_before(self, office: Office) -> None:
        code = office.open(stage=Stage.SELF_ASSESSMENT)
        answer(office, code, Given("A.II.5.ii.a", 10), Given("A.II.5.ii.c", 9))

        with pytest.raises(AnswersRejected) as rejected:
            answer(office, code, Given("A.II.5.ii.a", 8))

        assert rejected.value.details[0].column == "A.II.5.ii.a"
        assert "min(1, c / a)" in rejected.value.details[0].why

    def test_agents_may_make_more_changes_than_there_are_agents(self, office: Office) -> None:
        code = office.open(stage=Stage.SELF_ASSESSMENT)

        assert answer(office, code, Given("88", 3), Given("89", 5)).accepted == 2

    def test_a_question_made_of_counts_names_them(self, office: Office) -> None:
        code = office.open(stage=Stage.SELF_ASSESSMENT)

        with pytest.raises(AnswersRejected) as rejected:
            answer(office, code, Given("A.II.5.ii", "3"))

        assert "A.II.5.ii.a, A.II.5.ii.b, A.II.5.ii.c" in rejected.value.details[0].why


class TestTheTrail:
    """Values are in the leaf; what people wrote is beside it, and verifies."""

    def test_each_change_has_before_and_after(self, office: Office) -> None:
        code = office.open(stage=Stage.SELF_ASSESSMENT)
        answer(office, code, Given("1", "Ya"))
        answer(office, code, Given("1", "Tidak", note="Rahasia pokja"))

        with transaction() as session:
            last = records_of(session, f"candidacy:{code}")[-1]
            ok = verify_trail(session).ok

        assert (last["action"], last["details"]["layer"]) == ("unit_answered", "unit")
        assert last["details"]["answers"] == [{"item": "A.I.1.i.a", "before": "Ya", "after": "Tidak"}]
        assert last["texts"] == {"note:A.I.1.i.a": "Rahasia pokja"}
        assert ok

    def test_a_refusal_stands_in_it_too(self, office: Office) -> None:
        code = office.open(stage=Stage.SELF_ASSESSMENT)

        with pytest.raises(Refused) as refused:
            answer(office, code, Given("1", "Ya"), by="auditor")

        assert rules_of(refused) == {"role_needed"}
        with reading() as session:
            assert records_of(session, f"candidacy:{code}")[-1]["details"]["asked"] == "lke_answer:unit"

"""Who may write which layer of the LKE, in which stage, and which of its areas."""

from datetime import date

import pytest
from sqlalchemy import update
from sqlmodel import col

from models.agencies import Agency, AgencyKind, Unit
from models.candidacies import Level
from models.database import transaction
from models.errors import BadInput, Refused
from models.lke import Layer
from models.people import Role
from models.stages import OPEN, Stage
from states.documents import Content, withdraw_document
from states.evidence.adding import add_evidence
from states.evidence.reviewing import Verdict, review_evidence
from states.findings import raise_finding
from states.lke.access import LAYERS
from states.lke.answers import Given, record_answers
from states.people import Grant, PersonData, add_person, grant_role
from tests.office import ROLES, Office, rules_of

WRITERS = {
    Layer.UNIT: {"kepala", "pokja"},
    Layer.TPI: {"tpi", "tpi2"},
    Layer.TPN: {"koordinator", "koordinator2"},
}
STAGE = {layer: rule.stages[0] for layer, rule in LAYERS.items()}


def answer(office: Office, code: str, layer: Layer, by: str, item: str = "A.I.1.i.a") -> None:
    value = "3.5" if item.startswith("B") else "Ya"
    record_answers(code, layer, [Given(item, value)], actor=office.actor(by), now=office.now)


def someone(office: Office, name: str, role: Role, *, unit: str | None = None, area: str | None = None) -> str:
    add_person(PersonData(f"{name}@contoh.invalid", name), actor=office.actor("admin"), now=office.now)
    agency = None if unit else "CONTOH"
    grant = Grant(f"{name}@contoh.invalid", role, agency=agency, unit=unit, area=area, since=date(2024, 1, 1))
    grant_role(grant, actor=office.actor("admin"), now=office.now)
    return name


class TestRoles:
    """The unit answers for itself, the TPI assesses, the koordinator notes what the TPN told."""

    @pytest.mark.parametrize("layer", WRITERS)
    @pytest.mark.parametrize("who", sorted(ROLES))
    def test_only_those_whose_layer_it_is(self, office: Office, layer: Layer, who: str) -> None:
        code = office.open(stage=STAGE[layer])

        if who in WRITERS[layer]:
            answer(office, code, layer, who)
            return
        with pytest.raises(Refused) as refused:
            answer(office, code, layer, who)
        assert "role_needed" in rules_of(refused)

    def test_another_units_people_have_no_say(self, office: Office) -> None:
        code = office.open(unit="DINAS", stage=Stage.SELF_ASSESSMENT)
        with pytest.raises(Refused) as refused:
            answer(office, code, Layer.UNIT, "kepala")
        assert rules_of(refused) == {"role_needed"}

    def test_who_answered_for_the_unit_does_not_assess_it_however_long_ago(self, office: Office) -> None:
        code = office.open(stage=Stage.SELF_ASSESSMENT)
        answer(office, code, Layer.UNIT, "pokja")
        office.fill_lke(code)  # by the head: no row is the pokja's any more
        office.prove(code)
        office.file_required(code, "submit_to_tpi")
        office.move(code, "submit_to_tpi", by="kepala")
        grant = Grant("pokja@contoh.invalid", Role.TPI, agency="CONTOH", since=date(2024, 1, 1))
        grant_role(grant, actor=office.actor("admin"), now=office.now)

        with pytest.raises(Refused) as refused:
            answer(office, code, Layer.TPI, "pokja")

        assert rules_of(refused) == {"assesses_own_work"}

    @pytest.mark.parametrize("how", ["answers", "reviews", "finds", "preliminary"])
    def test_who_assessed_it_does_not_answer_for_it_once_it_is_returned(self, office: Office, how: str) -> None:
        code = office.open(stage=Stage.SELF_ASSESSMENT)
        assessor = "tpi2"
        if how == "preliminary":
            with transaction() as session:
                session.execute(update(Agency).values(kind=AgencyKind.KL))
            assessor = "koordinator2"
            answer(office, code, Layer.PRELIMINARY, assessor)
        else:
            office.file_required(code, "submit_to_tpi")
            office.move(code, "submit_to_tpi", by="kepala")
            if how == "answers":
                answer(office, code, Layer.TPI, assessor)
            if how == "reviews":
                review_evidence(1, Verdict.ACCEPT, actor=office.actor(assessor), now=office.now)
            raise_finding(code, "kurang", actor=office.actor("tpi2" if how == "finds" else "tpi"), now=office.now)
            office.move(code, "return_to_unit", by="tpi", reason="lihat temuan")
        grant = Grant(f"{assessor}@contoh.invalid", Role.PIMPINAN_UNIT, unit="RSUD", since=date(2026, 1, 1))
        grant_role(grant, actor=office.actor("admin"), now=office.now)

        content = Content(url="https://berkas.contoh.invalid/baru")
        with pytest.raises(Refused) as answering:
            answer(office, code, Layer.UNIT, assessor)
        with pytest.raises(Refused) as proving:
            add_evidence(code, ["A.I.1.i.a"], content, actor=office.actor(assessor), now=office.now)
        with pytest.raises(Refused) as submitting:
            office.move(code, "submit_to_tpi", by=assessor)

        assert rules_of(answering) == rules_of(proving) == {"answers_own_assessment"}
        assert "answers_own_assessment" in rules_of(submitting)


class TestStages:
    """A layer is written in its own stages, and in no other."""

    @pytest.mark.parametrize("stage", OPEN)
    @pytest.mark.parametrize("layer", WRITERS)
    def test_when_a_layer_may_be_written(self, office: Office, layer: Layer, stage: Stage) -> None:
        code = office.open(stage=stage)
        who = min(WRITERS[layer])

        if stage in LAYERS[layer].stages:
            answer(office, code, layer, who)
            return
        with pytest.raises(Refused) as refused:
            answer(office, code, layer, who)
        assert rules_of(refused) == {"layer_not_now"}


class TestPreliminary:
    """Ministries and institutions only, and never by who answers for the unit (90/2021 p.40-41)."""

    def test_not_in_a_local_government(self, office: Office) -> None:
        code = office.open(stage=Stage.SELF_ASSESSMENT)
        with pytest.raises(Refused) as refused:
            answer(office, code, Layer.PRELIMINARY, "koordinator")
        assert rules_of(refused) == {"layer_only_kl"}

    def test_by_the_koordinator_and_not_by_the_units_head(self, bound: str) -> None:
        office = Office.opened(bound, kind=AgencyKind.KL)
        code = office.open(stage=Stage.SELF_ASSESSMENT)

        answer(office, code, Layer.PRELIMINARY, "koordinator")

        with pytest.raises(Refused) as refused:
            answer(office, code, Layer.PRELIMINARY, "kepala")
        assert rules_of(refused) == {"assesses_own_work"}

    def test_not_for_a_unit_of_the_first_echelon(self, bound: str) -> None:
        office = Office.opened(bound, kind=AgencyKind.KL)
        with transaction() as session:
            session.execute(update(Unit).where(col(Unit.code) == "RSUD").values(kind="eselon_1"))
        code = office.open(stage=Stage.SELF_ASSESSMENT)

        with pytest.raises(Refused) as refused:
            answer(office, code, Layer.PRELIMINARY, "koordinator")

        assert rules_of(refused) == {"layer_not_for_eselon_1"}


class TestAreas:
    """Who is given areas answers those; who is given none is a lead and answers all."""

    def test_a_member_answers_only_what_was_given(self, office: Office) -> None:
        code = office.open(stage=Stage.TPI_ASSESSMENT)
        member = someone(office, "anggota", Role.TPI, area="mp, TL")
        answer(office, code, Layer.TPI, member, "A.I.1.i.a")

        for item in ("A.I.3.i.a", "B.I.a"):
            with pytest.raises(Refused) as refused:
                answer(office, code, Layer.TPI, member, item)
            assert rules_of(refused) == {"area_not_yours"}
        answer(office, code, Layer.TPI, "tpi", "A.I.3.i.a")

    def test_the_same_holds_for_the_units_work_team(self, office: Office) -> None:
        code = office.open(stage=Stage.SELF_ASSESSMENT)
        member = someone(office, "pokja-sdm", Role.POKJA, unit="RSUD", area="SDM")
        answer(office, code, Layer.UNIT, member, "A.I.3.i.a")

        with pytest.raises(Refused) as refused:
            answer(office, code, Layer.UNIT, member, "A.I.1.i.a")

        assert rules_of(refused) == {"area_not_yours"}

    def test_a_word_that_is_no_area_is_refused_when_it_is_given(self, office: Office) -> None:
        with pytest.raises(BadInput) as bad:
            someone(office, "salah", Role.TPI, area="MP, XX")
        assert bad.value.params["value"] == "XX"


class TestClosing:
    """The lead closes the TPI's layer with the berita acara, when everything is answered."""

    def test_not_while_an_item_is_blank(self, office: Office) -> None:
        code = office.open(stage=Stage.TPI_ASSESSMENT)
        answer(office, code, Layer.TPI, "tpi")
        with pytest.raises(Refused) as refused:
            office.file(code, "berita_acara")
        assert rules_of(refused) == {"lke_incomplete"}

    def test_not_by_a_member_who_is_given_areas(self, office: Office) -> None:
        code = office.open(stage=Stage.TPI_ASSESSMENT)
        member = someone(office, "anggota", Role.TPI, area="MP")
        office.fill_lke(code, layer=Layer.TPI)
        with pytest.raises(Refused) as refused:
            office.file(code, "berita_acara", by=member)
        assert rules_of(refused) == {"lead_needed"}

    def test_closed_is_closed_until_it_is_withdrawn(self, office: Office) -> None:
        code = office.open(stage=Stage.TPI_ASSESSMENT, target=Level.WBK)
        office.fill_lke(code, layer=Layer.TPI)
        number = office.file(code, "berita_acara")
        with pytest.raises(Refused) as refused:
            answer(office, code, Layer.TPI, "tpi", "A.I.1.i.a")
        assert rules_of(refused) == {"layer_closed"}

        withdraw_document(number, reason="ada koreksi", actor=office.actor("tpi"), now=office.now)

        record_answers(code, Layer.TPI, [Given("A.I.1.i.a", "Tidak")], actor=office.actor("tpi"), now=office.now)

"""Each blank, missing evidence, missed threshold and unmet prerequisite stops the move it should, and no other."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select
from sqlmodel import col

from models.candidacies import Level
from models.database import reading, transaction
from models.documents import Document
from models.errors import Obstacle, Refused
from models.evidence import Evidence
from models.facts import Fact, Predicate
from models.lke import Layer
from models.people import Role
from models.stages import Stage
from rulesets.library import find_ruleset
from rulesets.lke import Item
from states.documents import Content, withdraw_document
from states.evidence.adding import add_evidence
from states.evidence.reviewing import Verdict, review_evidence
from states.facts import FactData, write_fact
from states.lke.answers import Given, record_answers
from states.people import Grant, PersonData, add_person, grant_role
from states.trail_reader import records_of
from states.waivers import confirm_waiver, request_waiver
from tests.office import TODAY, Office

LKE = find_ruleset("permen-90-2021-5-2024").lke
TABEL_5 = "Permen PANRB 90/2021 Tabel 5 (p.46)"


def refused(office: Office, code: str, move: str, *, by: str = "koordinator") -> list[Obstacle]:
    with pytest.raises(Refused) as caught:
        office.move(code, move, by=by)
    return [refusal.obstacle for refusal in caught.value.refusals]


def ready_to_submit(office: Office) -> str:
    code = office.open(stage=Stage.SELF_ASSESSMENT)
    office.file_required(code, "submit_to_tpi")
    return code


def ready_to_propose(office: Office, answers: Mapping[str, str] | None = None, *, target: Level = Level.WBK) -> str:
    code = office.open(stage=Stage.TPI_ASSESSMENT, target=target)
    if target is Level.WBBM:
        with transaction() as session:
            session.add(Predicate(unit_id=1, level=Level.WBK, decreed_on=date(2022, 12, 6)))
    office.file(code, "sk_penetapan_unit")
    office.fill_lke(code, answers, layer=Layer.TPI)
    office.file_required(code, "propose")
    return code


def answer(office: Office, code: str, item: str, value: str | None, layer: Layer = Layer.UNIT) -> None:
    who = "kepala" if layer is Layer.UNIT else "tpi"
    record_answers(code, layer, [Given(item, value)], actor=office.actor(who), now=office.now)


class TestSubmitting:
    """The unit's sheet is whole, proven, and has both values of its own survey."""

    def test_goes_through_when_it_is(self, office: Office) -> None:
        code = ready_to_submit(office)

        assert office.move(code, "submit_to_tpi", by="kepala").dest is Stage.TPI_ASSESSMENT

    @pytest.mark.parametrize("item", ["A.I.1.i.a", "A.II.5.iii.a.b", "A.II.3.iii.a.c", "B.I.b"])
    def test_every_item_counts_data_only_ones_too(self, office: Office, item: str) -> None:
        code = ready_to_submit(office)
        answer(office, code, item, None)

        (obstacle,) = refused(office, code, "submit_to_tpi", by="kepala")

        assert (obstacle.rule, obstacle.owner, obstacle.person) == (
            "lke_incomplete",
            Role.POKJA,
            "pokja@contoh.invalid",
        )
        assert (obstacle.params["count"], obstacle.params["questions"]) == (1, item)
        assert obstacle.params["source"] == "Permen PANRB 90/2021 Lampiran III"
        assert "pokja@contoh.invalid" in obstacle.reason

    @pytest.mark.parametrize(("item", "about"), [("B.I.a", "antikorupsi"), ("B.II.a", "kualitas pelayanan")])
    def test_each_survey_is_asked_for_by_name(self, office: Office, item: str, about: str) -> None:
        code = ready_to_submit(office)
        answer(office, code, item, None)

        (obstacle,) = refused(office, code, "submit_to_tpi", by="kepala")

        assert obstacle.rule == "survey_missing"
        assert about in obstacle.reason
        assert f"--set {item}=" in obstacle.fix

    def test_one_question_without_evidence_is_named_with_its_person(self, office: Office) -> None:
        add_person(PersonData("pw@contoh.invalid", "Pokja Pengawasan"), actor=office.actor("admin"), now=office.now)
        grant = Grant("pw@contoh.invalid", Role.POKJA, unit="RSUD", area="PW", since=date(2024, 1, 1))
        grant_role(grant, actor=office.actor("admin"), now=office.now)
        code = ready_to_submit(office)
        with transaction() as session:
            session.execute(delete(Evidence).where(col(Evidence.question) == "A.I.5.i.a"))

        (obstacle,) = refused(office, code, "submit_to_tpi", by="kepala")

        assert (obstacle.rule, obstacle.person) == ("evidence_missing", "pw@contoh.invalid")
        assert (obstacle.params["count"], obstacle.params["questions"]) == (1, "A.I.5.i.a")

    def test_a_question_that_scores_nothing_and_the_results_want_none(self, office: Office) -> None:
        code = office.open(stage=Stage.SELF_ASSESSMENT)
        office.fill_lke(code, {"A.I.1.i.a": "Tidak", "A.I.1.i.b": "C"})
        with transaction() as session:
            session.execute(delete(Evidence))

        lacking = office.situation(code, lke=True).lke

        assert lacking
        assert {"A.I.1.i.a", "A.I.1.i.b", "B.I.a", "B.I.b", "B.II.a"}.isdisjoint(lacking.missing_evidence)
        assert len(lacking.missing_evidence) == len(LKE.asking_evidence) - 2

    def test_thresholds_and_prerequisites_do_not_stop_it(self, office: Office) -> None:
        code = office.open(stage=Stage.SELF_ASSESSMENT)
        worst = {c: min(i.letters, key=lambda x: i.letters[x]) for c, i in LKE.items.items() if i.letters}  # type: ignore[index]
        office.fill_lke(code, worst)
        office.prove(code)
        for kind in ("laporan_monev", "survei_mandiri"):
            office.file(code, kind)

        assert office.move(code, "submit_to_tpi", by="kepala").dest is Stage.TPI_ASSESSMENT


class TestThresholds:
    """The TPI's score stops a proposal at each threshold that it misses, by name, article and figure."""

    @pytest.mark.parametrize(
        ("target", "answers", "rule", "figures"),
        [
            (Level.WBK, {"B.I.a": "3.59"}, "ipak", ("15.70", "15.75", "0.05")),
            (Level.WBK, {"B.II.a": "3.19"}, "pelayanan_prima", ("13.95", "14", "0.05")),
            (Level.WBBM, {"B.II.a": "3.59"}, "pelayanan_prima", ("15.70", "15.75", "0.05")),
            (Level.WBBM, {"B.I.b": "C"}, "kinerja", ("2.50", "3.75", "1.25")),
            (Level.WBK, {"B.I.b": "D"}, "kinerja", ("1.25", "2.5", "1.25")),
        ],
    )
    def test_one_figure_too_low(
        self, office: Office, target: Level, answers: dict[str, str], rule: str, figures: tuple[str, str, str]
    ) -> None:
        code = ready_to_propose(office, answers, target=target)

        (obstacle,) = refused(office, code, "propose")

        assert (obstacle.rule, obstacle.params["threshold"]) == ("threshold_unmet", rule)
        assert tuple(obstacle.params[name] for name in ("actual", "required", "gap")) == figures
        assert obstacle.params["source"] == "Permen PANRB 90/2021 Lampiran II Bab III A.3-6"
        assert obstacle.person in obstacle.reason  # type: ignore[operator]

    def test_the_letter_that_is_just_enough_goes_through(self, office: Office) -> None:
        code = ready_to_propose(office, {"B.I.a": "3.6", "B.I.b": "C", "B.II.a": "3.2"})

        assert office.move(code, "propose").dest is Stage.SUBMISSION_ADMINISTRATIVE

    def test_an_area_that_is_too_low_names_its_area(self, office: Office) -> None:
        low = {code: "Tidak" if item.letters and "Ya" in item.letters else "C" for code, item in _of_area("TL").items()}
        code = ready_to_propose(office, low)

        obstacles = refused(office, code, "propose")

        assert [one.params["threshold"] for one in obstacles] == ["area_TL"]
        assert str(obstacles[0].params["required"]) == "60 %"

    def test_a_blank_is_zero_and_stops_it_as_blank_too(self, office: Office) -> None:
        code = office.open(stage=Stage.TPI_ASSESSMENT)
        office.file(code, "sk_penetapan_unit")
        office.file_required(code, "propose")
        number = _berita_acara(code)
        withdraw_document(number, reason="koreksi", actor=office.actor("tpi"), now=office.now)
        answer(office, code, "B.II.a", None, Layer.TPI)

        rules = [one.rule for one in refused(office, code, "propose")]

        assert sorted(rules) == ["document_missing", "lke_incomplete", "threshold_unmet"]


class TestEvidenceOfAProposal:
    """The TPI gives no points, in what is proposed, for what it has no evidence for or has rejected itself."""

    def test_what_was_rejected_stops_it_until_the_unit_brings_another(self, office: Office) -> None:
        code = office.open(stage=Stage.TPI_ASSESSMENT)
        office.file(code, "sk_penetapan_unit")
        content = Content(url="https://berkas.contoh.invalid/foto")
        piece = add_evidence(code, ["A.I.5.i.a"], content, actor=office.actor("kepala"), now=office.now).ids[0]
        office.ready_lke(code, "propose")
        review_evidence(piece, Verdict.REJECT, "buram", actor=office.actor("tpi"), now=office.now)
        for kind in office.situation(code).missing("propose"):
            office.file(code, kind)

        (obstacle,) = refused(office, code, "propose")
        other = Content(url="https://berkas.contoh.invalid/foto-jelas")
        add_evidence(code, ["A.I.5.i.a"], other, actor=office.actor("kepala"), now=office.now)

        assert (obstacle.rule, obstacle.person) == ("evidence_missing", "pokja@contoh.invalid")
        assert (obstacle.params["count"], obstacle.params["questions"]) == (1, "A.I.5.i.a")
        assert office.move(code, "propose").dest is Stage.SUBMISSION_ADMINISTRATIVE

    def test_a_question_that_the_tpi_gives_nothing_for_wants_none(self, office: Office) -> None:
        code = ready_to_propose(office, {"A.I.5.i.a": "C"})

        with reading() as session:
            assert "A.I.5.i.a" not in session.execute(select(col(Evidence.question))).scalars().all()
        assert office.move(code, "propose").dest is Stage.SUBMISSION_ADMINISTRATIVE


class TestPrerequisites:
    """Each row of Tabel 5 stops a proposal while it is not known, too low or has run out."""

    @pytest.mark.parametrize("fact", ["opini_bpk", "sakip", "indeks_rb", "maturitas_spip", "lhkpn", "sakip_internal"])
    def test_unknown(self, office: Office, fact: str) -> None:
        code = ready_to_propose(office)
        with transaction() as session:
            session.execute(delete(Fact).where(col(Fact.kind) == fact))

        (obstacle,) = refused(office, code, "propose")

        assert (obstacle.rule, obstacle.params["fact"]) == ("prerequisite_unknown", fact)
        assert obstacle.params["source"] == TABEL_5
        assert (obstacle.owner, obstacle.person) == (Role.KOORDINATOR, "koordinator@contoh.invalid")

    @pytest.mark.parametrize(
        ("subject", "kind", "value", "enough"),
        [
            ("CONTOH", "opini_bpk", "WDP", False),
            ("CONTOH", "sakip", "CC", False),
            ("CONTOH", "sakip", "B", True),
            ("CONTOH", "indeks_rb", "CC", True),  # a local government; a ministry needs B
            ("CONTOH", "indeks_rb", "C", False),
            ("CONTOH", "maturitas_spip", "2,9", False),
            ("RSUD", "tindak_lanjut", "99,9", False),
            ("RSUD", "layanan_berdampak", "tidak", False),
        ],
    )
    def test_the_newest_value_decides(self, office: Office, subject: str, kind: str, value: str, enough: bool) -> None:
        code = ready_to_propose(office)
        _fact(office, FactData(subject, kind, value, TODAY - timedelta(days=10)))

        if enough:
            assert office.move(code, "propose").dest is Stage.SUBMISSION_ADMINISTRATIVE
            return
        (obstacle,) = refused(office, code, "propose")
        assert (obstacle.rule, obstacle.params["actual"]) == ("prerequisite_too_low", value)

    @pytest.mark.parametrize(("until", "enough"), [(TODAY, True), (TODAY - timedelta(days=1), False)])
    def test_a_fact_counts_until_its_last_day(self, office: Office, until: date, enough: bool) -> None:
        code = ready_to_propose(office)
        _fact(office, FactData("CONTOH", "sakip", "A", TODAY - timedelta(days=10), until))

        if enough:
            assert office.move(code, "propose").dest is Stage.SUBMISSION_ADMINISTRATIVE
            return
        (obstacle,) = refused(office, code, "propose")
        assert (obstacle.rule, obstacle.params["until"]) == ("prerequisite_expired", until.isoformat())

    def test_the_affirmative_clause_lifts_them_all_and_no_threshold(self, office: Office) -> None:
        code = ready_to_propose(office, {"B.I.b": "D"})
        with transaction() as session:
            session.execute(delete(Fact))
        content = Content(url="https://berkas.contoh.invalid/afirmasi")
        asked = {"reason": "RSUD baru", "content": content}
        request_waiver(code, "afirmasi", **asked, actor=office.actor("koordinator"), now=office.now)  # type: ignore[arg-type]
        assert "prerequisite_unknown" in {one.rule for one in refused(office, code, "propose")}

        confirm_waiver(code, "afirmasi", actor=office.actor("pimpinan"), now=office.now)

        assert {one.rule for one in refused(office, code, "propose")} == {"threshold_unmet"}


class TestTheTrailOfARefusal:
    """Rule, figures and article stand in the leaf; addresses and names do not."""

    def test_has_no_address(self, office: Office) -> None:
        code = office.open(stage=Stage.SELF_ASSESSMENT)
        refused(office, code, "submit_to_tpi", by="kepala")

        with reading() as session:
            last = records_of(session, f"candidacy:{code}")[-1]

        first = last["details"]["obstacles"][0]
        assert first["rule"] == "lke_incomplete"
        assert first["params"]["count"] > 0
        assert "@" not in str(last["details"])


def _of_area(area: str) -> dict[str, Item]:
    return {c: i for c, i in LKE.items.items() if LKE.area_of[i.question.code] == area}


def _fact(office: Office, data: FactData) -> None:
    with transaction() as session:
        write_fact(session, data, actor=office.actor("koordinator"), now=office.now)


def _berita_acara(code: str) -> int:
    with reading() as session:
        return int(session.execute(select(col(Document.id)).where(col(Document.kind) == "berita_acara")).scalar_one())

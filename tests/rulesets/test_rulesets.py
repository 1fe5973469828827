"""Rule sets are data: what each asks for exists, and where the regulations differ, so do they."""

import pytest

from models.agencies import AgencyKind
from models.candidacies import Level
from models.catalogue import catalogue
from models.cycles import Route
from models.stages import Stage
from rulesets.library import rulesets
from states.moves import BY_NAME


@pytest.mark.parametrize("name", list(rulesets()))
class TestEveryRuleSet:
    """Whatever a rule set names exists, and everything it asks for has words."""

    def test_requires_papers_only_of_moves_that_exist(self, name: str) -> None:
        assert set(rulesets()[name].requirements) <= set(BY_NAME)

    def test_every_paper_and_criterion_has_words_in_both_languages(self, name: str) -> None:
        keys = [f"document.{kind}" for kind in rulesets()[name].documents]
        keys += [f"criterion.{criterion}" for criterion in rulesets()[name].criteria]
        for language in ("id", "en"):
            assert all(catalogue(language).gettext(key) != key for key in keys)

    def test_a_proposal_needs_the_tpis_report_the_letter_and_the_sptjm(self, name: str) -> None:
        needed = rulesets()[name].required("propose", agency_kind=AgencyKind.KABKOTA, unit_kind=None, level=Level.WBK)
        assert set(needed) == {"lhe", "berita_acara", "surat_usulan", "sptjm"}


class TestDifferences:
    """Where the regulations differ, so do the rule sets."""

    @pytest.mark.parametrize(
        ("agency", "unit_kind", "asked"),
        [(AgencyKind.KL, "satker", True), (AgencyKind.KL, "eselon_1", False), (AgencyKind.PROVINSI, None, False)],
    )
    def test_the_preliminary_assessment_is_for_units_of_ministries_below_eselon_1(
        self, agency: AgencyKind, unit_kind: str | None, asked: bool
    ) -> None:
        needed = rulesets()["permen-90-2021"].required(
            "submit_to_tpi", agency_kind=agency, unit_kind=unit_kind, level=Level.WBK
        )
        assert ("hasil_penilaian_pendahuluan" in needed) is asked

    def test_one_sptjm_per_unit_before_2024_and_one_for_all_since(self) -> None:
        assert "cycle" not in rulesets()["permen-90-2021"].documents["sptjm"].scopes
        assert "cycle" in rulesets()["permen-90-2021-5-2024"].documents["sptjm"].scopes

    def test_only_5_2024_lets_an_agency_decide_wbk_itself(self) -> None:
        assert [name for name, rules in rulesets().items() if Route.OWN in rules.routes] == ["permen-90-2021-5-2024"]

    def test_52_2014_designates_wbk_by_the_agency_head_on_the_menteris_recommendation(self) -> None:
        def needed(level: Level) -> set[str]:
            rules = rulesets()["permen-52-2014"]
            return set(rules.required("designate", agency_kind=AgencyKind.KL, unit_kind=None, level=level))

        assert needed(Level.WBK) == {"rekomendasi_menteri", "keputusan_pimpinan_instansi"}
        assert needed(Level.WBBM) == {"keputusan_menteri"}

    def test_90_2021_closes_on_31_may_and_5_2024_leaves_the_date_to_the_tpn(self) -> None:
        [default] = rulesets()["permen-90-2021"].calendar
        assert (default.stage, default.in_year(2022).isoformat()) == (Stage.TPI_ASSESSMENT, "2022-05-31")
        assert rulesets()["permen-90-2021-5-2024"].calendar == ()

"""A regulation that keeps the stages and the formula vocabulary is a new file and no new code: one made up here."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from models.agencies import AgencyKind
from models.candidacies import Level
from models.cycles import Route
from rulesets.answers import read_answer
from rulesets.facts import FactOnRecord, check_facts
from rulesets.gap import gap_between
from rulesets.priorities import priorities
from rulesets.reading import read_ruleset
from rulesets.ruleset import RuleSet
from rulesets.scoring import score
from rulesets.thresholds import held_against
from rulesets.why import explain

RULES = """
name = "permen-1-2030"
title = "Permen PANRB 1/2030, made up"
lke = "lembar-2030"
routes = ["tpn", "own"]
own_route_levels = ["WBK", "WBBM"]
criteria = ["core_business"]
criteria_source = "p.1"
wbbm_needs_wbk = "p.2"
thresholds = [
  { rule = "total", of = "total", WBK = "35", WBBM = "40", source = "p.3" },
  { rule = "area", of = "areas", WBK = "50", source = "p.3" },
  { rule = "respon", of = "U.2.x", WBBM = "20/3", source = "p.3" },
]
prerequisites = [
  { fact = "kematangan", of = "agency", WBK = "2", WBBM = "7.5", source = "p.4" },
  { fact = "bebas_kasus", of = "unit", agency_kinds = ["kl"], WBK = "ya", years = { WBK = 3 }, source = "p.4" },
]
documents.sk_baru = { filed_by = ["koordinator"], numbered = true, source = "p.5" }
requirements.propose = [{ document = "sk_baru" }]

[facts]
kematangan = { most = 12 }
bebas_kasus = { words = ["ya", "sebagian", "tidak"] }
"""

LKE = """
name = "lembar-2030"
source = "Permen PANRB 1/2030 p.6"
total = "50"
zero_source = "p.7"

[scales]
TIGA = { Penuh = "1", Sepertiga = "1/3", Nihil = "0" }

[areas]
DIGI = { name = "Layanan digital", name_en = "Digital service" }

[[nodes]]
code = "U"
kind = "component"
name = "Upaya"
name_en = "Effort"
weight = "30"

[[nodes]]
code = "U.1"
parent = "U"
kind = "area"
area = "DIGI"
name = "Layanan digital"
name_en = "Digital service"
weight = "20"
questions = [
  { code = "U.1.a", scale = "TIGA", topic = "aplikasi", topic_en = "application" },
  { code = "U.1.b", topic = "permohonan daring", topic_en = "requests online", inputs = [
    { key = "m", topic = "semua permohonan", topic_en = "all requests" },
    { key = "n", topic = "permohonan daring", topic_en = "requests online" },
    { key = "p", topic = "lewat aplikasi (data saja)", topic_en = "by application (data only)", data_only = true },
  ], ratio = { part = ["n"], whole = ["m"], when_zero = "1/2", within = true } },
]

[[nodes]]
code = "U.2"
parent = "U"
kind = "sub_area"
name = "Respons"
name_en = "Response"
weight = "10"
questions = [
  { code = "U.2.x", topic = "penurunan keluhan", topic_en = "fall in complaints", inputs = [
    { key = "q", topic = "keluhan dahulu", topic_en = "complaints before" },
    { key = "r", topic = "keluhan sekarang", topic_en = "complaints now" },
  ], fall = { before = "q", after = "r", both_zero = "1", from_zero = "0" } },
]

[[nodes]]
code = "H"
kind = "component"
name = "Hasil"
name_en = "Result"
weight = "20"
asks_evidence = false
questions = [
  { code = "H.1", topic = "survei", topic_en = "survey", weight = "15", portion = { most = "10" }, survey = "service" },
  { code = "H.2", topic = "serapan", topic_en = "spent", weight = "5", portion = { most = "100", percent = true } },
]
"""

SHEET = {
    "U.1.a": "sepertiga",
    "U.1.b.m": "90",
    "U.1.b.n": "60",
    "U.1.b.p": "7",
    "U.2.x.q": "9",
    "U.2.x.r": "3",
    "H.1": "8,5",
    "H.2": "100",
}


@pytest.fixture
def rules(tmp_path: Path) -> RuleSet:
    (tmp_path / "lke").mkdir()
    (tmp_path / "lke" / "lembar-2030.toml").write_text(LKE, encoding="utf-8")
    path = tmp_path / "permen-1-2030.toml"
    path.write_text(RULES, encoding="utf-8")
    return read_ruleset(path)


def read(rules: RuleSet, said: Mapping[str, str]) -> dict[str, str]:
    return {code: read_answer(rules.lke.items[code], value) or "" for code, value in said.items()}


class TestNewRegulation:
    """Its own areas, scales, formulas, thresholds and facts, from its two files alone."""

    def test_is_read(self, rules: RuleSet) -> None:
        assert rules.routes == (Route.TPN, Route.OWN)
        assert list(rules.lke.items) == list(SHEET)
        assert rules.lke.area_of == {"U.1.a": "DIGI", "U.1.b": "DIGI", "U.2.x": None, "H.1": None, "H.2": None}
        assert rules.lke.asking_evidence == {"U.1.a", "U.1.b", "U.2.x"}
        assert rules.required("propose", agency_kind=AgencyKind.KL, unit_kind=None, level=Level.WBK) == ("sk_baru",)

    def test_is_scored(self, rules: RuleSet) -> None:
        scored = score(rules.lke, read(rules, SHEET))

        assert {code: one.points for code, one in scored.questions.items()} == {
            "U.1.a": Fraction(10, 3),
            "U.1.b": Fraction(20, 3),
            "U.2.x": Fraction(20, 3),
            "H.1": Fraction("12.75"),
            "H.2": 5,
        }
        assert scored.areas["DIGI"].percent == 50
        assert scored.total.score == 10 + Fraction(20, 3) + Fraction("17.75")

    def test_divides_by_nothing_as_it_says(self, rules: RuleSet) -> None:
        scored = score(rules.lke, read(rules, {**SHEET, "U.1.b.m": "0", "U.1.b.n": "0"}))

        assert (scored.questions["U.1.b"].value, scored.questions["U.1.b"].case) == (Fraction(1, 2), "none_to_count")

    def test_is_held_against_its_thresholds(self, rules: RuleSet) -> None:
        scored = score(rules.lke, read(rules, SHEET))

        assert [(one.rule, one.met) for one in held_against(rules.thresholds, scored, Level.WBK)] == [
            ("total", False),
            ("area_DIGI", True),  # exactly half, made of thirds
        ]
        assert [(one.rule, one.met) for one in held_against(rules.thresholds, scored, Level.WBBM)] == [
            ("total", False),
            ("respon", True),
        ]

    def test_is_held_against_its_facts(self, rules: RuleSet) -> None:
        known = [FactOnRecord("agency", "kematangan", "10", date(2029, 1, 1), None, None)]
        known += [FactOnRecord("unit", "bebas_kasus", "ya", date(year, 1, 1), None, None) for year in (2028, 2029)]

        def statuses(level: Level, agency: AgencyKind) -> dict[str, str]:
            checked = check_facts(
                rules.prerequisites, rules.facts, known, level=level, agency_kind=agency, on=date(2030, 1, 1)
            )
            return {one.rule: one.status for one in checked}

        assert statuses(Level.WBK, AgencyKind.KL) == {"kematangan": "met", "bebas_kasus": "not_running"}
        assert statuses(Level.WBBM, AgencyKind.KABKOTA) == {"kematangan": "met"}

    def test_is_explained_compared_and_put_in_order(self, rules: RuleSet) -> None:
        unit, tpi = score(rules.lke, read(rules, SHEET)), score(rules.lke, read(rules, {**SHEET, "U.1.a": "Nihil"}))

        assert [step.key for step in explain(unit, "U.1")] == ["mean", "choice", "formula"]
        assert gap_between(unit, tpi).total.difference == Fraction(-10, 3)
        first, *_ = priorities(tpi, held_against(rules.thresholds, tpi, Level.WBK))
        assert (first.question.code, first.missing) == ("U.1.a", Fraction(10))

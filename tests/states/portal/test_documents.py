"""The documents have the members that PortalRB's interface names, whatever the answers are."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.candidacies import Level
from rulesets.library import find_ruleset
from states.portal.documents import Said, UnitEntry, answers_document, units_document

LKE = find_ruleset("permen-90-2021-5-2024").lke
UNIT = UnitEntry("RSUD", "RSUD Contoh", Level.WBK, False)

text = st.none() | st.text(max_size=20)
said = st.dictionaries(st.sampled_from([*LKE.items, "X.1"]), st.builds(Said, text, text, text), max_size=20)
proofs = st.dictionaries(st.sampled_from(list(LKE.questions)), st.just("https://zi.contoh.invalid/bukti/x"), max_size=9)

REQUIRED = {"soal_id", "jawaban_unit", "jawaban_tpi"}
OPTIONAL = {"catatan_unit", "bukti_dukung_unit", "catatan_tpi"}


def check_units(document: Any) -> None:
    """What the interface says of the list, member by member."""
    assert set(document) == {"tahun", "units"}
    assert type(document["tahun"]) is int
    for unit in document["units"]:
        assert set(unit) == {"id", "nama", "kategori", "afirmasi"}
        assert isinstance(unit["id"], str) and isinstance(unit["nama"], str)
        assert unit["kategori"] in {"WBK", "WBK-AFIRMASI", "WBBM"}
        assert type(unit["afirmasi"]) is bool


def check_answers(document: Any) -> None:
    """What the interface says of a sheet."""
    assert set(document) == {"unit_id", "nama_unit", "tahun", "answers"}
    assert type(document["tahun"]) is int
    for one in document["answers"]:
        assert set(one) >= REQUIRED and set(one) <= REQUIRED | OPTIONAL
        assert type(one["soal_id"]) is int
        assert all(one[name] is None or isinstance(one[name], str) for name in ("jawaban_unit", "jawaban_tpi"))
        assert all(isinstance(one[name], str) and one[name] for name in OPTIONAL & set(one))


class TestAnswers:
    """All 127 items, each once and in order; blanks are null, and what nobody said is not there."""

    @given(said, said, proofs)
    def test_any_sheet_is_as_the_interface_has_it(
        self, unit: dict[str, Said], tpi: dict[str, Said], links: dict[str, str]
    ) -> None:
        document = answers_document(LKE, UNIT, 2026, by_unit=unit, by_tpi=tpi, proofs=links)

        check_answers(document)
        assert [one["soal_id"] for one in document["answers"]] == list(range(1, 128))

    @given(said, said)
    def test_each_answer_stands_at_its_own_number(self, unit: dict[str, Said], tpi: dict[str, Said]) -> None:
        document = answers_document(LKE, UNIT, 2026, by_unit=unit, by_tpi=tpi, proofs={})

        for one in document["answers"]:
            item = LKE.by_soal[one["soal_id"]].code
            assert one["jawaban_unit"] == (unit[item].value if item in unit else None)
            assert one["jawaban_tpi"] == (tpi[item].value if item in tpi else None)

    def test_the_counts_of_one_formula_share_its_evidence(self) -> None:
        question = next(code for code, items in LKE.items_of.items() if len(items) > 1)
        numbers = {item.soal for item in LKE.items_of[question]}

        document = answers_document(LKE, UNIT, 2026, by_unit={}, by_tpi={}, proofs={question: "https://x.invalid"})

        assert {one["soal_id"] for one in document["answers"] if "bukti_dukung_unit" in one} == numbers

    def test_a_link_goes_before_what_a_sheet_said(self) -> None:
        words = {"A.I.1.i.a": Said("Ya", evidence="di lemari"), "A.I.1.i.b": Said("A", evidence="di laci")}

        document = answers_document(
            LKE, UNIT, 2026, by_unit=words, by_tpi={}, proofs={"A.I.1.i.a": "https://x.invalid"}
        )

        assert [one["bukti_dukung_unit"] for one in document["answers"][:2]] == ["https://x.invalid", "di laci"]


class TestUnits:
    """The affirmative clause is a category of WBK's only."""

    @pytest.mark.parametrize(
        ("level", "affirmative", "kategori"),
        [
            (Level.WBK, False, "WBK"),
            (Level.WBK, True, "WBK-AFIRMASI"),
            (Level.WBBM, False, "WBBM"),
            (Level.WBBM, True, "WBBM"),
        ],
    )
    def test_their_category(self, level: Level, affirmative: bool, kategori: str) -> None:
        document = units_document(2026, [UnitEntry("RSUD", "RSUD Contoh", level, affirmative)])

        check_units(document)
        assert document["units"][0] == {
            "id": "RSUD",
            "nama": "RSUD Contoh",
            "kategori": kategori,
            "afirmasi": affirmative,
        }

"""The report sets as a PDF with one unit and with five hundred, and reads nothing that people wrote as markup."""

import json
import time
from dataclasses import replace
from typing import Any

import pytest

from models.catalogue import catalogue, use_language
from models.people import Role
from states.monev.rules import RULES
from states.reports.contents import Contents, Signature
from states.reports.document import document
from states.reports.open_findings import by_age, follow_up
from states.reports.pdf import compiler, set_pages, set_pdf
from tests.states.reports.made import NOW, a_finding, a_position, some_contents

NASTY = '#panic("x") <b>@ref $1$ \\ *tebal* _miring_ `kode` // [x] ~ =HYPERLINK("http://x")'
LONG = "Dinas" + "Panjang" * 40


def words(contents: Contents) -> str:
    """All the text that typst set, as it holds it after the template ran: tables, lists and paragraphs."""
    return " ".join(_texts(json.loads(compiler(document(contents)).query("selector(table).or(list, par, heading)"))))


def _texts(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["text"]] if isinstance(node.get("text"), str) else []
        return own + [text for value in node.values() for text in _texts(value)]
    return [text for one in node for text in _texts(one)] if isinstance(node, list) else []


class TestSetting:
    """What goes in comes out as a PDF, the same each time."""

    def test_one_unit(self) -> None:
        pdf = set_pdf(document(some_contents(1)), now=NOW)

        assert pdf.startswith(b"%PDF-")
        assert pdf == set_pdf(document(some_contents(1)), now=NOW)

    def test_the_text_names_the_unit_the_signer_and_the_trail(self) -> None:
        said = words(some_contents(3))

        for text in ("Unit Rekaan Nomor 3", "U0003-2026", "Inspektur", "Nama Rekaan", "NIP 197001011995032001"):
            assert text in said
        assert "1.234 catatan" in said
        assert "ab" * 32 in said.replace("\u200b", "")

    def test_five_hundred_units_in_reasonable_time(self) -> None:
        contents = some_contents(500)
        began = time.monotonic()

        pdf = set_pdf(document(contents), now=NOW)

        assert time.monotonic() - began < 60  # seconds; a few on a quiet machine
        assert pdf.startswith(b"%PDF-")
        assert "Unit Rekaan Nomor 500" in words(contents)

    def test_no_unit_and_no_round_says_so(self) -> None:
        contents = some_contents(0, rounds=0)

        said = words(contents)

        assert "belum memiliki unit kerja yang dicalonkan" in said
        assert "Belum ada putaran monev dari triwulan sebelumnya" in said
        assert set_pages(document(contents), ppi=20)

    def test_a_small_agency_needs_few_pages(self) -> None:
        assert 3 <= len(set_pages(document(some_contents(5)), ppi=20)) <= 7

    def test_english(self) -> None:
        use_language("en")
        try:
            said = words(some_contents(2))
        finally:
            use_language("id")
        assert "Executive summary" in said
        assert "Ringkasan" not in said


class TestNothingIsMarkup:
    """Names, findings and signatures are data: typst sets them as they are."""

    def test_what_looks_like_code_is_set_as_words(self) -> None:
        positions = (
            a_position(1, unit_name=NASTY),
            a_position(2, unit_name=LONG),
            a_position(3, unit_name="नाम 单位 \x00"),
        )
        findings = (a_finding(1, text=NASTY),)
        signature = Signature(NASTY, NASTY, NASTY, NASTY)
        contents = some_contents(3, positions=positions, findings=findings, signature=signature, agency_name=NASTY)

        said = words(contents)

        assert said.count(NASTY) >= 4
        assert "Panjang" in said
        assert set_pdf(document(contents), now=NOW).startswith(b"%PDF-")


class TestWords:
    """Every rule of monev has a follow-up in both languages, and the method says when figures can't be relied on."""

    @pytest.mark.parametrize("language", ["id", "en"])
    def test_each_rule_has_its_follow_up(self, language: str) -> None:
        rules = {rule.id for rule in RULES} | {"fact_expiring", "tpi"}

        for rule in rules:
            key = f"report.asked.{rule}"
            assert catalogue(language).gettext(key) != key

    def test_rows_that_do_not_agree_with_the_trail_are_cried_out(self) -> None:
        assert "TIDAK COCOK" in words(some_contents(1, intact=False))
        assert "TIDAK COCOK" not in words(some_contents(1))

    def test_ages_meet_without_a_gap(self) -> None:
        found = [a_finding(1, days=days) for days in (0, 7, 8, 30, 31, 90, 91, 400)]

        counts = {name: sum(by.values()) for name, by in by_age(found)}

        assert counts == {"week": 2, "month": 2, "quarter": 2, "older": 2}

    def test_follow_up_groups_by_rule_and_role_and_begins_with_the_weightiest(self) -> None:
        found = [a_finding(one) for one in (1, 2, 3)]
        found.append(replace(a_finding(1), owner=Role.KOORDINATOR))

        asked = follow_up(found)

        assert [(one.owner, one.count) for one in asked] == [(Role.PIMPINAN_UNIT, 3), (Role.KOORDINATOR, 1)]

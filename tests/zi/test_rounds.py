"""Rounds, their trend and the report, from the command line."""

from hashlib import sha256
from pathlib import Path

import pytest

from tests.zi.conftest import Shell


@pytest.fixture
def code(zi: Shell) -> str:
    zi.json("candidacy", "open", "RSUD", "CONTOH-2026", "--target", "WBK", as_="koordinator")
    return "RSUD-2026"


@pytest.mark.usefixtures("code")
class TestRounds:
    """A round is taken once a quarter; two of them make a trend; `zi monev` is what it was."""

    def test_taken_listed_and_compared(self, zi: Shell) -> None:
        assert zi.json("round", "trend", "CONTOH")["rounds"] == []

        [first] = zi.json("round", "take", "CONTOH", as_="koordinator")["rounds"]
        [again] = zi.json("round", "take", "CONTOH", as_="koordinator")["rounds"]
        zi.environment["ZI_CLOCK"] = "2026-05-02T02:00:00Z"
        zi.json("round", "take", as_="koordinator")

        assert (first["quarter"], first["taken"], first["rows"], again["taken"]) == ("2026-Q1", True, 1, False)
        listed = zi.json("round", "list", "contoh")["rounds"]
        assert [(one["quarter"], one["intact"]) for one in listed] == [("2026-Q1", True), ("2026-Q2", True)]
        trend = zi.json("round", "trend", "CONTOH")
        assert [one["late"] for one in trend["rounds"]] == [0, 1]
        assert [one["candidacy"] for one in trend["units"]] == ["RSUD-2026"]
        for words in (("list",), ("trend",)):
            assert "2026-Q2" in zi("round", *words, "CONTOH").out

    def test_another_role_is_refused(self, zi: Shell) -> None:
        said = zi.json("round", "take", "CONTOH", as_="tpi", code=3)

        assert said["refused"][0]["rule"] == "role_needed"

    def test_monev_stays_the_sweep(self, zi: Shell) -> None:
        assert "findings" in zi.json("monev", "--dry-run")
        assert zi.json("monev")["planned"] >= 0


@pytest.mark.usefixtures("code")
class TestReport:
    def test_a_pdf_to_be_signed(self, zi: Shell) -> None:
        signer = ("--signer-name", "Nama", "--signer-nip", "1", "--signer-office", "Inspektur", "--place", "Contoh")

        said = zi.json("report", "monev", "contoh", "--to", "laporan.pdf", *signer, as_="auditor")

        content = Path(zi.folder / "laporan.pdf").read_bytes()
        assert content.startswith(b"%PDF-")
        assert (said["agency"], said["format"], said["units"]) == ("CONTOH", "pdf", 1)
        assert said["sha256"] == sha256(content).hexdigest()

    def test_a_name_that_is_no_report(self, zi: Shell) -> None:
        said = zi.json("report", "monev", "CONTOH", "--to", "laporan.doc", as_="auditor", code=2)

        assert said["error"]["code"] == "bad_input"

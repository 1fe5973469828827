"""zi finding and zi predicate: what a script gets, and what people read."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from models.errors import UsageError
from tests.zi.conftest import Shell
from zi.commands import board, finding, predicate

Say = Callable[..., Any]

KOORDINATOR = "koordinator@contoh.invalid"
KEPALA, TPI = "kepala@contoh.invalid", "tpi@contoh.invalid"
FIELDS = {
    *("id", "candidacy", "unit", "rule", "severity", "owner", "area", "text", "fix", "state", "days_open", "opened"),
    *("reopened", "response", "responded", "responded_by", "closed", "closed_by", "accepted_until"),
}


@pytest.fixture
def said(zi: Shell, monkeypatch: pytest.MonkeyPatch) -> Say:
    """Call a command's function in the small agency's home; its document, or its words where `words` is set."""
    for name, value in zi.variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(zi.folder)

    def call(command: Callable[..., None], *arguments: Any, words: bool = False, **options: Any) -> Any:
        monkeypatch.setattr("sys.argv", ["zi", *([] if words else ["--json"])])
        command(*arguments, **options)
        shown = zi.capture().out
        return shown if words else json.loads(shown)

    return call


@pytest.fixture
def number(zi: Shell, said: Say) -> int:
    baseline = ("--stage", "tpi_assessment", "--since", "2026-01-15", "--reason", "sudah berjalan")
    zi.json("candidacy", "open", "RSUD", "CONTOH-2026", "--target", "WBK", *baseline, as_="koordinator")
    added: int = said(finding.add, "RSUD-2026", "Bukti buram", area="pp", as_=TPI)["finding"]["id"]
    return added


class TestFinding:
    """Added, answered, sent back, answered, verified: each step is a document."""

    def test_its_life(self, said: Say, number: int) -> None:
        assert said(finding.respond, number, "Sudah diganti", as_=KEPALA) == {"answered": number}
        [row] = said(finding.list_, "rsud-2026")["findings"]
        assert set(row) == FIELDS
        assert (row["state"], row["area"], row["response"], row["responded_by"]) == (
            "answered",
            "PP",
            "Sudah diganti",
            KEPALA,
        )

        assert said(finding.reopen, number, "masih buram", as_=TPI) == {"reopened": number}
        said(finding.respond, number, "Diganti lagi", as_=KEPALA)
        assert said(finding.verify, number, as_=TPI) == {"verified": number}

        assert said(finding.list_) == {"findings": []}
        one = said(finding.show, number)["finding"]
        assert set(one) == FIELDS | {"history"}
        assert (one["state"], one["closed_by"], one["reopened"]) == ("closed", TPI, 1)
        assert [step["text"] for step in one["history"]] == [
            "Bukti buram",
            "Sudah diganti",
            "masih buram",
            "Diganti lagi",
            None,
        ]

    def test_in_words(self, said: Say, number: int) -> None:
        assert "menunggu verifikasi" in said(finding.respond, number, "Sudah diganti", as_=KEPALA, words=True)
        assert "dijawab" in said(finding.list_, words=True)

        shown = said(finding.show, number, words=True)

        assert "Bukti buram" in shown
        assert f"Jawaban {KEPALA}: Sudah diganti" in shown

    def test_the_board_counts_what_is_answered(self, said: Say, number: int) -> None:
        said(finding.respond, number, "Sudah diganti", as_=KEPALA)
        [row] = said(board.list_)["candidacies"]
        assert row["open_findings"] == 1


class TestPredicate:
    """Reported, and listed with when the next report is due."""

    @pytest.fixture(autouse=True)
    def _held(self, zi: Shell) -> None:
        table = zi.folder / "predicates.csv"
        table.write_text("unit,level,decree,date,revoked_on,source\nDINAS,WBK,12/2017,2017-12-01,,laman\n")
        zi.json("import", "predicates", str(table), as_="koordinator")

    def test_what_is_due(self, said: Say) -> None:
        [row] = said(predicate.list_, due=True)["predicates"]

        assert row == {
            "unit": "DINAS",
            "unit_name": "Dinas Contoh",
            "agency": "CONTOH",
            "level": "WBK",
            "decree": "12/2017",
            "date": "2017-12-01",
            "last_report": None,
            "still_meets": None,
            "next_report": "2019-12-01",
            "status": "due",
        }

    def test_a_report(self, said: Say) -> None:
        options = {"date": "2026-01-30", "still_meets": "yes", "score": "80", "as_": KOORDINATOR}

        document = said(predicate.report, "dinas", "wbk", **options)

        assert document["report"]["date"] == "2026-01-30"
        assert said(predicate.list_, due=True) == {"predicates": []}
        [row] = said(predicate.list_)["predicates"]
        assert (row["last_report"], row["next_report"], row["status"]) == ("2026-01-30", "2028-01-30", "ok")

    def test_in_words(self, said: Say) -> None:
        assert "jatuh tempo" in said(predicate.list_, words=True)
        options = {"date": "2026-01-30", "still_meets": "no", "as_": KOORDINATOR}
        assert "DINAS" in said(predicate.report, "DINAS", "WBK", words=True, **options)
        assert "Tidak ada" in said(predicate.list_, due=True, words=True)

    def test_it_is_yes_or_no(self, said: Say) -> None:
        with pytest.raises(UsageError):
            said(predicate.report, "DINAS", "WBK", date="2026-01-30", still_meets="maybe", as_=KOORDINATOR)

    def test_monev_finds_it_without_writing_and_with(self, zi: Shell) -> None:
        found = zi.json("monev", "--dry-run")["findings"]
        assert [(one["candidacy"], one["unit"], one["rule"]) for one in found] == [(None, "DINAS", "report_due")]

        assert zi.json("monev")["queued"] == 2
        [row] = zi.json("finding", "list", "DINAS")["findings"]
        assert (row["candidacy"], row["unit"], row["severity"]) == (None, "DINAS", "critical")

"""zi fact: what a script gets for a recorded fact, and what people read."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.errors import BadInput, Refused, UsageError
from tests.zi.conftest import Shell
from zi.commands import fact

Say = Callable[..., Any]

KOORDINATOR, KEPALA = "koordinator@contoh.invalid", "kepala@contoh.invalid"


@pytest.fixture
def said(zi: Shell, monkeypatch: pytest.MonkeyPatch) -> Say:
    """Call a command's function in the small agency's home; its document, or its words where `words` is set."""
    for name, value in zi.variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(zi.folder)

    def call(command: Callable[..., None], *arguments: str, words: bool = False, **options: str) -> Any:
        monkeypatch.setattr("sys.argv", ["zi", *([] if words else ["--json"])])
        command(*arguments, **options)
        shown = zi.capture().out
        return shown if words else json.loads(shown)

    return call


class TestAdd:
    """One fact, with its paper, as the document says."""

    def test_a_fact_with_its_paper(self, said: Say, tmp_path: Path) -> None:
        file = tmp_path / "opini.txt"
        file.write_text("Opini WTP")
        options = {"date": "2025-06-01", "valid_until": "2026-02-20", "document": str(file), "as_": KOORDINATOR}

        document = said(fact.add, "contoh", "OPINI_BPK", "wtp", **options)

        assert document == {
            "fact": {
                "id": 1,
                "subject": "agency:CONTOH",
                "kind": "opini_bpk",
                "value": "WTP",
                "date": "2025-06-01",
                "valid_until": "2026-02-20",
                "document": 1,
                "status": "expiring",
            }
        }

    def test_a_link_is_a_paper_too(self, said: Say) -> None:
        link = "https://berkas.contoh.invalid/lhkpn"

        document = said(fact.add, "RSUD", "lhkpn", "100", date="2025-12-31", document=link, as_=KOORDINATOR)

        assert (document["fact"]["document"], document["fact"]["subject"]) == (1, "unit:RSUD")

    def test_people_read_what_was_recorded(self, said: Say) -> None:
        shown = said(fact.add, "RSUD", "lhkpn", "100", date="2025-12-31", as_=KOORDINATOR, words=True)

        assert shown == "Fakta kepatuhan LHKPN = 100 (2025-12-31) tercatat untuk unit:RSUD.\n"

    @pytest.mark.parametrize(
        ("words", "options", "error"),
        [
            (("RSUD", "lhkpn", "101"), {"date": "2025-12-31"}, BadInput),
            (("RSUD", "apa", "1"), {"date": "2025-12-31"}, BadInput),
            (("RSUD", "lhkpn", "100"), {"date": "31-12-2025"}, UsageError),
            (("RSUD", "lhkpn", "100"), {"date": "2025-12-31", "valid_until": "besok"}, UsageError),
            (("RSUD", "lhkpn", "100"), {"date": "2026-02-03"}, Refused),
            (("RSUD", "lhkpn", "100"), {"date": "2025-12-31", "as_": KEPALA}, Refused),
            (("RSUD", "lhkpn", "100"), {"date": "2025-12-31", "document": "tiada.pdf"}, BadInput),
        ],
        ids=["value", "kind", "date", "last day", "not yet", "role", "no such file"],
    )
    def test_what_is_wrong_leaves_nothing(
        self, said: Say, words: tuple[str, ...], options: dict[str, str], error: type[Exception]
    ) -> None:
        with pytest.raises(error):
            said(fact.add, *words, **{"as_": KOORDINATOR, **options})

        assert said(fact.list_, "RSUD") == {"facts": []}

    def test_no_file_is_copied_for_a_value_that_is_refused(self, said: Say, zi: Shell, tmp_path: Path) -> None:
        file = tmp_path / "opini.txt"
        file.write_text("Opini WTP")
        before = {path for path in zi.home.rglob("*") if path.is_file()}

        with pytest.raises(BadInput):
            said(fact.add, "CONTOH", "opini_bpk", "bagus", date="2025-06-01", document=str(file), as_=KOORDINATOR)

        assert {
            path for path in zi.home.rglob("*") if path.is_file() and path.suffix not in (".db-wal", ".db-shm")
        } <= (before)


class TestList:
    """What is on record, by kind and date, with what is in force."""

    def test_by_kind_and_date(self, said: Say) -> None:
        for value, date in (("WTP", "2025-06-01"), ("WDP", "2024-06-01")):
            said(fact.add, "CONTOH", "opini_bpk", value, date=date, as_=KOORDINATOR)
        said(fact.add, "CONTOH", "indeks_rb", "b", date="2025-01-31", as_=KOORDINATOR)

        facts = said(fact.list_, "contoh")["facts"]

        assert [(one["kind"], one["value"], one["date"], one["status"]) for one in facts] == [
            ("indeks_rb", "B", "2025-01-31", "in_force"),
            ("opini_bpk", "WDP", "2024-06-01", "replaced"),
            ("opini_bpk", "WTP", "2025-06-01", "in_force"),
        ]

    def test_people_read_words(self, said: Say) -> None:
        said(fact.add, "CONTOH", "opini_bpk", "WTP", date="2025-06-01", valid_until="2026-01-31", as_=KOORDINATOR)

        shown = said(fact.list_, "CONTOH", words=True)

        assert all(word in shown for word in ("opini_bpk", "opini BPK", "WTP", "2026-01-31", "sudah tidak berlaku"))

    def test_an_empty_list_says_what_to_do(self, said: Say) -> None:
        assert "zi fact add RSUD" in said(fact.list_, "rsud", words=True)


class TestExitCodes:
    """A script learns from the exit code whether to mend its words, or to ask somebody who may."""

    @pytest.mark.parametrize(
        ("words", "by", "code"),
        [
            (("RSUD", "lhkpn", "100", "--date", "2025-12-31"), "koordinator", 0),
            (("RSUD", "lhkpn", "100"), "koordinator", 2),
            (("RSUD", "lhkpn", "101", "--date", "2025-12-31"), "koordinator", 2),
            (("RSUD", "lhkpn", "100", "--date", "2025-12-31"), "kepala", 3),
            (("TIADA", "lhkpn", "100", "--date", "2025-12-31"), "koordinator", 4),
        ],
        ids=["done", "no date", "no such value", "not allowed", "no such unit"],
    )
    def test_of_add(self, zi: Shell, words: tuple[str, ...], by: str, code: int) -> None:
        document = zi.json("fact", "add", *words, as_=by, code=code)

        assert list(document) == [{0: "fact", 3: "refused"}.get(code, "error")]

    def test_of_list(self, zi: Shell) -> None:
        assert zi.json("fact", "list", "CONTOH") == {"facts": []}
        assert zi.json("fact", "list", "TIADA", code=4)["error"]["code"] == "not_found"

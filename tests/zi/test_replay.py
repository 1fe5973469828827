"""The trail replayed from the command line: what it says, and how it ends."""

import sqlite3
from typing import Any

import pytest

from tests.zi.conftest import Shell
from zi.as_of_views import UNKNOWN


@pytest.fixture
def opened(zi: Shell) -> Shell:
    baseline = ("--stage", "submission_desk", "--since", "2026-01-15", "--reason", "sudah berjalan")
    zi.json("candidacy", "open", "RSUD", "CONTOH-2026", "--target", "WBK", *baseline, as_="koordinator")
    return zi


class TestReplay:
    """Exit code 0 where trail and tables agree, 5 where they do not."""

    def test_agrees(self, opened: Shell) -> None:
        assert opened.json("audit", "replay") == {"ok": True, "candidacies": 1, "differences": []}
        assert "1 pencalonan" in opened("audit", "replay").out

    def test_names_what_was_changed_behind_its_back(self, opened: Shell) -> None:
        change(opened, "UPDATE stage_entry SET entered_on = '2026-01-14'")

        document = opened.json("audit", "replay", code=5)
        spoken = opened("audit", "replay")

        [difference] = document["differences"]
        assert difference["seq"] == opened.json("audit", "log", "RSUD-2026")["records"][0]["seq"]
        assert difference == {
            "candidacy": "RSUD-2026",
            "what": "entered",
            "entry": 0,
            "seq": difference["seq"],
            "trail": "2026-01-15",
            "table": "2026-01-14",
        }
        assert spoken.code == 5
        assert "tanggal masuk" in spoken.out
        assert opened.json("audit", "verify")["ok"] is True

    def test_says_why_a_record_does_not_follow(self, opened: Shell) -> None:
        change(
            opened,
            "DROP TRIGGER audit_record_no_update",
            """UPDATE audit_record SET leaf = replace(leaf, '"submission_desk"', '"nowhere"')""",
        )

        differences = opened.json("audit", "replay", code=5)["differences"]

        assert [one["what"] for one in differences] == ["record", "candidacy"]
        assert differences[0]["trail"] == "tidak dapat dibaca"


class TestAsOf:
    """The document of `candidacy show`, with what the trail can tell."""

    def test_has_every_field_of_the_document_of_today(self, opened: Shell) -> None:
        today = opened.json("candidacy", "show", "RSUD-2026")

        shown = opened.json("candidacy", "show", "rsud-2026", "--as-of", "2026-02-02")

        assert shown.keys() == today.keys() | {"as_of", "audit_seq"}
        told = {name: value for name, value in today.items() if name not in (*UNKNOWN, "entries")}
        assert {name: shown[name] for name in told} == told
        assert [shown[name] for name in UNKNOWN] == [None] * len(UNKNOWN)
        assert shown["entries"] == [entry | {"due": None} for entry in today["entries"]]
        assert (shown["as_of"], shown["stage"], shown["substage"]) == ("2026-02-02", "submission", "desk")

    def test_people_read_it(self, opened: Shell) -> None:
        said = opened("candidacy", "show", "RSUD-2026", "--as-of", "2026-02-02").out

        assert "Sebagaimana tercatat sampai akhir 2026-02-02" in said

    @pytest.mark.parametrize(("day", "code", "kind"), [("2026-02-01", 4, "not_found"), ("2026-02-03", 2, "usage")])
    def test_a_day_before_or_to_come(self, opened: Shell, day: str, code: int, kind: str) -> None:
        document: Any = opened.json("candidacy", "show", "RSUD-2026", "--as-of", day, code=code)

        assert document["error"]["code"] == kind


class TestErase:
    """What a second person confirmed is gone, and the log says so."""

    def test_one_asks_another_confirms(self, opened: Shell) -> None:
        seq = opened.json("audit", "log", "RSUD-2026")["records"][0]["seq"]
        opened.json("user", "add", "admin2@contoh.invalid", "--name", "Admin 2", as_="admin")
        opened.json("user", "grant", "admin2@contoh.invalid", "admin", as_="admin")
        words = ("audit", "erase", str(seq), "reason")

        asked = opened.json(*words, "--reason", "permintaan", as_="admin")
        done = opened.json(*words, as_="admin2")

        assert asked == {"erased": [], "waiting": [{"seq": seq, "field": "reason", "audit_seq": asked_seq(asked)}]}
        assert [one["seq"] for one in done["erased"]] == [seq]
        shown = opened.json("audit", "log", "RSUD-2026")["records"]
        assert [one["texts"]["reason"] for one in shown] == ["(teks dihapus)", "permintaan", "permintaan"]
        assert opened.json("audit", "verify")["ok"] is True
        assert opened(*words, as_="admin").code == 3


def asked_seq(document: Any) -> Any:
    return document["waiting"][0]["audit_seq"]


def change(zi: Shell, *statements: str) -> None:
    """By somebody who holds the file."""
    with sqlite3.connect(zi.home / "zi.db") as database:
        for statement in statements:
            database.execute(statement)

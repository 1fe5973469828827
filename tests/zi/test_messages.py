"""Previews, notices to copy, summaries and escalation from the command line."""

from pathlib import Path

import pytest

from models.messages import Notice
from tests.zi.conftest import Shell

TEAM = "A.I.1.i.a"


@pytest.fixture
def answering(zi: Shell) -> Shell:
    """RSUD in its self-assessment, with one answer that nothing proves."""
    opening = ("--stage", "self_assessment", "--since", "2026-01-05", "--reason", "sudah berjalan")
    zi.json("candidacy", "open", "RSUD", "CONTOH-2026", "--target", "WBK", *opening, as_="koordinator")
    zi.json("lke", "answer", "RSUD-2026", "--layer", "unit", "--set", f"{TEAM}=Ya", as_="kepala")
    return zi


class TestMessage:
    """Every kind is listed and shown; nothing is sent."""

    def test_every_kind_is_listed(self, zi: Shell) -> None:
        assert [one["kind"] for one in zi.json("message", "list")["kinds"]] == [kind.value for kind in Notice]

    def test_in_either_language_and_as_html(self, zi: Shell, tmp_path: Path) -> None:
        file = tmp_path / "due.html"

        indonesian = zi.json("message", "preview", "due")
        english = zi.json("message", "preview", "due", "--lang", "en", "--html", str(file))

        assert "hari lagi" in indonesian["subject"]
        assert "days left" in english["subject"]
        assert file.read_text(encoding="utf-8") == english["html"]
        assert '<html lang="en"' in english["html"]

    def test_for_a_candidacy(self, answering: Shell) -> None:
        shown = answering("message", "preview", "evidence", "--candidacy", "RSUD-2026")

        assert shown.code == 0
        assert f"zi evidence add RSUD-2026 {TEAM} BERKAS" in shown.out

    @pytest.mark.parametrize(
        ("words", "code"),
        [
            (("due", "--lang", "jv"), 2),
            (("nonsense",), 2),
            (("summary", "--candidacy", "RSUD-2026"), 2),
            (("due", "--candidacy", "X-1"), 4),
            (("due", "--html", "/nowhere/x.html"), 1),
        ],
    )
    def test_what_cant_be_shown(self, zi: Shell, words: tuple[str, ...], code: int) -> None:
        assert "error" in zi.json("message", "preview", *words, code=code)


class TestNotice:
    """The text for each person, ready to be copied."""

    def test_for_everybody_and_for_one(self, answering: Shell) -> None:
        (one,) = answering.json("evidence", "notice")["notices"]

        assert (one["email"], one["missing"], one["candidacies"]) == ("kepala@contoh.invalid", 1, ["RSUD-2026"])
        assert answering.json("evidence", "notice", "--person", "kepala@contoh.invalid")["notices"] == [one]
        assert answering.json("evidence", "notice", "--person", "tpi@contoh.invalid")["notices"] == []
        assert len(one["short"]) <= 1024

    def test_short_for_whatsapp(self, answering: Shell) -> None:
        short = answering("evidence", "notice", "--whatsapp").out

        assert "Yth. Kepala RSUD, data dukung ZI yang masih ditunggu: 1 pertanyaan." in short
        assert "zi evidence add" not in short

    def test_nothing_is_missing(self, zi: Shell) -> None:
        assert "Tidak ada data dukung yang masih ditunggu." in zi("evidence", "notice").out

    def test_somebody_unknown(self, zi: Shell) -> None:
        zi.json("evidence", "notice", "--person", "x@contoh.invalid", code=4)

    def test_with_the_page_where_there_is_one(self, answering: Shell) -> None:
        answering.environment["ZI_WEB_URL"] = "https://zi.contoh.invalid/"

        (one,) = answering.json("evidence", "notice")["notices"]

        assert "    https://zi.contoh.invalid/candidacies/RSUD-2026/evidence\n" in one["text"]


class TestSummary:
    """Drafted, read, released, discarded."""

    def test_the_way_of_a_summary(self, answering: Shell) -> None:
        number = answering.json("summary", "draft", "contoh", as_="koordinator")["drafted"]["id"]
        answering.json("summary", "show", str(number), as_="auditor", code=3)
        shown = answering.json("summary", "show", str(number), as_="koordinator")
        assert (shown["state"], shown["evidence"]["questions"]) == ("draft", 1)
        assert "*Tahap*" in answering("summary", "show", str(number), as_="koordinator").out

        refused = answering.json("summary", "release", str(number), as_="koordinator", code=3)
        assert refused["refused"][0]["rule"] == "nobody_is_head"

        answering.json("summary", "discard", str(number), "--reason", "belum final", as_="koordinator")
        (listed,) = answering.json("summary", "list", "CONTOH", as_="koordinator")["summaries"]
        assert (listed["state"], listed["note"]) == ("discarded", "belum final")

    def test_it_reaches_the_head(self, answering: Shell) -> None:
        answering.json("user", "add", "bupati@contoh.invalid", "--name", "Bupati", as_="admin")
        answering.json("user", "grant", "bupati@contoh.invalid", "pimpinan", "--agency", "CONTOH", as_="admin")
        number = answering.json("summary", "draft", "CONTOH", as_="koordinator")["drafted"]["id"]

        answering.json("summary", "release", str(number), "--note", "Mohon arahan", as_="koordinator")
        answering.json("deliver")

        mails = [file.read_text(encoding="utf-8") for file in (answering.home / "mail").iterdir()]
        (mail,) = [mail for mail in mails if "bupati@contoh.invalid" in mail]
        assert "Mohon arahan" in mail
        assert "Content-Type: text/html" in mail

    def test_a_number_that_is_not_there(self, zi: Shell) -> None:
        zi.json("summary", "show", "99", as_="koordinator", code=4)

    def test_no_summaries_yet(self, zi: Shell) -> None:
        assert "zi summary draft CONTOH" in zi("summary", "list", "CONTOH", as_="koordinator").out


class TestAgency:
    """Escalation to the head is turned on and off, and seen."""

    def test_on_and_off(self, zi: Shell) -> None:
        def escalates() -> bool:
            (agency,) = zi.json("agency", "list")["agencies"]
            return bool(agency["escalate_to_head"])

        assert not escalates()
        zi.json("agency", "escalate", "contoh", "on", as_="koordinator")
        assert escalates()
        assert "CONTOH" in zi("agency", "list").out
        zi.json("agency", "escalate", "CONTOH", "off", as_="admin")
        assert not escalates()

    def test_by_nobody_else(self, zi: Shell) -> None:
        zi.json("agency", "escalate", "CONTOH", "on", as_="kepala", code=3)
        zi.json("agency", "escalate", "CONTOH", "maybe", as_="koordinator", code=2)
        zi.json("agency", "escalate", "NOPE", "on", as_="koordinator", code=4)

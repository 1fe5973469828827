"""zi evidence: what comes back for scripts and for people."""

from typing import Any

import pytest

from tests.samples import HTML, PDF
from tests.zi.conftest import Shell

CODE, TEAM, MEMBERS = "RSUD-2026", "A.I.1.i.a", "A.I.1.i.b"


@pytest.fixture
def at_work(zi: Shell) -> Shell:
    """RSUD in its self-assessment, with two answers that score."""
    opening = ("--target", "WBK", "--stage", "self_assessment", "--since", "2026-02-01", "--reason", "sudah berjalan")
    zi.json("candidacy", "open", "RSUD", "CONTOH-2026", *opening, as_="koordinator")
    given = f'{{"answers": [{{"code": "{TEAM}", "answer": "Ya"}}, {{"code": "{MEMBERS}", "answer": "A"}}]}}'
    zi.json("lke", "answer", CODE, "--layer", "unit", "--from", zi.file("jawaban.json", given), as_="kepala")
    return zi


def add(zi: Shell, *words: str, code: int = 0) -> Any:
    return zi.json("evidence", "add", CODE, *words, as_="kepala", code=code)


class TestDocuments:
    """One document for each outcome."""

    def test_what_is_missing_and_then_is_not(self, at_work: Shell) -> None:
        (first, second) = at_work.json("evidence", "missing")["missing"]
        assert first == {
            "candidacy": CODE,
            "question": TEAM,
            "topic": "tim kerja ZI dibentuk",
            "area": "MP",
            "wanted": 3,
            "present": 0,
            "reason": "none",
            "responsible": "kepala@contoh.invalid",
            "role": "pimpinan_unit",
            "since": "2026-02-02",
        }
        assert second["question"] == MEMBERS

        added = add(at_work, TEAM.lower(), MEMBERS, at_work.file("sk.pdf", PDF), "--title", "SK tim")

        assert [(one["candidacy"], one["question"], one["version"]) for one in added["added"]] == [
            (CODE, TEAM, 1),
            (CODE, MEMBERS, 1),
        ]
        assert at_work.json("evidence", "missing") == {"missing": []}
        assert len(at_work.json("evidence", "missing", CODE.lower(), "--advice")["missing"]) == 2

    def test_the_list_and_what_is_reused(self, at_work: Shell) -> None:
        add(at_work, TEAM, MEMBERS, at_work.file("sk.pdf", PDF), "--effective", "2026-01-05")
        add(at_work, TEAM, "https://berkas.contoh.invalid/1")

        rows = at_work.json("evidence", "list", CODE)["evidence"]
        reused = at_work.json("evidence", "list", CODE, TEAM, "--reused")["evidence"]

        assert [(row["id"], row["file"], row["effective"]) for row in rows] == [
            (1, "sk.pdf", "2026-01-05"),
            (3, None, None),
            (2, "sk.pdf", "2026-01-05"),
        ]
        assert [row["id"] for row in reused] == [1]
        assert [place["question"] for place in reused[0]["elsewhere"]] == [MEMBERS]

    def test_a_newer_version_and_a_withdrawal(self, at_work: Shell) -> None:
        first = add(at_work, TEAM, "https://berkas.contoh.invalid/1")["added"][0]["id"]

        second = add(at_work, TEAM, "https://berkas.contoh.invalid/2", "--replaces", str(first))["added"][0]
        gone = at_work.json("evidence", "withdraw", str(second["id"]), "--reason", "keliru", as_="kepala")

        assert second["version"] == 2
        assert gone == {"withdrawn": {"id": second["id"], "candidacy": CODE}}

    def test_filters(self, at_work: Shell) -> None:
        def count(*words: str) -> int:
            return len(at_work.json("evidence", "missing", *words)["missing"])

        assert (count("--area", "mp"), count("--area", "TL")) == (2, 0)
        assert (count("--person", "kepala@contoh.invalid"), count("--person", "tpi@contoh.invalid")) == (2, 0)


class TestFailures:
    """Exit 2 for what can't be taken, 3 for what is refused, 4 for what is not there."""

    @pytest.mark.parametrize(
        ("words", "code"),
        [
            ((TEAM,), 2),
            ((TEAM, "tidak-ada.pdf"), 2),
            ((TEAM, "ftp://contoh.invalid/a"), 2),
            ((TEAM, "https://contoh.invalid/a", "--effective", "kemarin"), 2),
            ((TEAM, "https://contoh.invalid/a", "--effective", "2026-02-03"), 3),
            (("A.I.9.x", "https://contoh.invalid/a"), 4),
            ((TEAM, "https://contoh.invalid/a", "--replaces", "9"), 4),
        ],
    )
    def test_of_adding(self, at_work: Shell, words: tuple[str, ...], code: int) -> None:
        add(at_work, *words, code=code)

        assert at_work.json("evidence", "list", CODE) == {"evidence": []}

    def test_a_page_called_pdf(self, at_work: Shell) -> None:
        failed = add(at_work, TEAM, at_work.file("laporan.pdf", HTML), code=2)

        assert failed["error"]["code"] == "bad_input"
        assert "HTML" in failed["error"]["message"]

    def test_of_reviewing(self, at_work: Shell) -> None:
        number = str(add(at_work, TEAM, "https://contoh.invalid/a")["added"][0]["id"])

        early = at_work.json("evidence", "review", number, "accept", as_="tpi", code=3)
        at_work.json("evidence", "review", number, "mungkin", as_="tpi", code=2)
        at_work.json("evidence", "review", "99", "accept", as_="tpi", code=4)

        assert [one["rule"] for one in early["refused"]] == ["review_not_now"]

    @pytest.mark.parametrize(("words", "code"), [(("TIDAK-ADA",), 4), (("--area", "XX"), 2), (("--person", "x@y"), 4)])
    def test_of_asking_what_is_missing(self, at_work: Shell, words: tuple[str, ...], code: int) -> None:
        at_work.json("evidence", "missing", *words, code=code)


class TestWords:
    """For people: a table, where else a file stands, and what to do where there is nothing."""

    def test_an_empty_list_says_what_to_do(self, at_work: Shell) -> None:
        assert "zi evidence missing" in at_work("evidence", "list", CODE).out
        assert "zi evidence missing" in at_work("evidence", "missing", "--area", "TL").out
        add(at_work, TEAM, MEMBERS, "https://contoh.invalid/a")
        assert f"zi candidacy why {CODE}" in at_work("evidence", "missing", CODE).out

    def test_reuse_is_told_at_once(self, at_work: Shell) -> None:
        add(at_work, TEAM, "https://contoh.invalid/a")

        said = at_work("evidence", "add", CODE, MEMBERS, "https://contoh.invalid/a", as_="kepala").out

        assert f"{CODE} {TEAM} (RSUD Contoh, 2026)" in said

    def test_the_table_speaks_the_readers_language(self, at_work: Shell) -> None:
        assert "tim kerja ZI dibentuk" in at_work("evidence", "missing").out
        at_work.environment["ZI_LANG"] = "en"
        assert "ZI work team set up" in at_work("evidence", "missing").out

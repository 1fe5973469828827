"""Obligations and absences from the command line."""

import pytest

from tests.zi.conftest import Shell


@pytest.fixture
def owing(zi: Shell) -> Shell:
    """One obligation, number 1, due on 27 February; who owes it are the koordinators."""
    zi.json("candidacy", "open", "RSUD", "CONTOH-2026", "--target", "WBK", as_="koordinator")
    return zi


class TestObligation:
    """Listed, acknowledged and snoozed by who owes it."""

    def test_the_whole_way(self, owing: Shell) -> None:
        (before,) = owing.json("obligation", "list", as_="koordinator")["obligations"]
        acknowledged = owing.json("obligation", "ack", "1", "--note", "sedang dikerjakan", as_="koordinator")
        snoozed = owing.json("obligation", "snooze", "1", "--until", "2026-02-16", as_="koordinator")
        (after,) = owing.json("obligation", "list", "RSUD-2026")["obligations"]

        assert acknowledged == {"acknowledged": {"id": 1, "candidacy": "RSUD-2026"}}
        assert snoozed == {"snoozed": {"id": 1, "candidacy": "RSUD-2026", "until": "2026-02-16"}}
        assert before == {
            "id": 1,
            "candidacy": "RSUD-2026",
            "kind": "stage",
            "item": None,
            "owed_by": "koordinator",
            "people": ["koordinator2@contoh.invalid", "koordinator@contoh.invalid"],
            "due": "2026-02-27",
            "days_left": 25,
            "acknowledged": [],
            "snoozed": [],
        }
        who, at = "koordinator@contoh.invalid", "2026-02-02T02:00:00.000000Z"
        assert after["acknowledged"] == [{"email": who, "at": at, "note": "sedang dikerjakan"}]
        assert after["snoozed"] == [{"email": who, "at": at, "until": "2026-02-16"}]

    def test_in_words(self, owing: Shell) -> None:
        owing("obligation", "ack", "1", "--note", "sedang dikerjakan", as_="koordinator")
        owing("obligation", "snooze", "1", "--until", "2026-02-16", as_="koordinator2")

        shown = owing("obligation", "list", "RSUD-2026").out

        assert "menyelesaikan tahap" in shown and "25 hari lagi" in shown
        assert "diketahui koordinator@contoh.invalid: sedang dikerjakan" in shown
        assert "ditunda koordinator2@contoh.invalid sampai 2026-02-16" in shown
        assert "Tidak ada kewajiban yang terbuka." in owing("obligation", "list", "--mine", as_="kepala").out

    @pytest.mark.parametrize(
        ("words", "as_", "code"),
        [
            (("snooze", "1", "--until", "2026-02-17"), "koordinator", 3),
            (("ack", "1"), "kepala", 3),
            (("ack", "9"), "koordinator", 4),
            (("snooze", "1"), "koordinator", 2),
            (("snooze", "1", "--until", "besok"), "koordinator", 2),
            (("list", "RSUD-2026", "--mine"), "koordinator", 2),
            (("list", "X-1"), None, 4),
            (("list",), None, 2),
        ],
    )
    def test_what_is_refused(self, owing: Shell, words: tuple[str, ...], as_: str | None, code: int) -> None:
        owing.json("obligation", *words, as_=as_, code=code)


class TestAbsence:
    """Set, listed and ended; the deputy hears meanwhile."""

    def test_the_whole_way(self, owing: Shell) -> None:
        deputy = ("--deputy", "tpi@contoh.invalid")
        made = owing.json("absence", "set", "--until", "2026-02-20", *deputy, "--note", "cuti", as_="koordinator")
        (listed,) = owing.json("absence", "list")["absences"]
        heard = owing.json("remind", "--dry-run", "--as-of", "2026-02-13")["due"]
        ended = owing.json("absence", "end", "1", as_="koordinator")

        told = {"since": "2026-02-02", "until": "2026-02-20", "deputy": "tpi@contoh.invalid"}
        assert made == {"absence": {"id": 1, "person": "koordinator@contoh.invalid", **told}}
        assert listed == {**made["absence"], "note": "cuti", "ended_at": None}
        assert [one["recipient"] for one in heard if one["kind"] == "stage"] == [
            "koordinator2@contoh.invalid",
            "tpi@contoh.invalid",
        ]
        assert ended == {"ended": {"id": 1}}
        assert owing.json("absence", "list")["absences"] == []
        assert owing.json("absence", "list", "--all")["absences"][0]["ended_at"] == "2026-02-02T02:00:00.000000Z"

    def test_in_words(self, owing: Shell) -> None:
        assert "Tidak ada yang sedang" in owing("absence", "list").out
        owing(
            *("absence", "set", "--person", "kepala@contoh.invalid", "--since", "2026-03-02", "--until", "2026-03-06"),
            *("--deputy", "tpi@contoh.invalid"),
            as_="koordinator",
        )

        assert "Kepala RSUD" in owing("absence", "list", "--person", "kepala@contoh.invalid").out

    @pytest.mark.parametrize(
        ("words", "code"),
        [
            (("set", "--until", "2026-02-20"), 2),
            (("set", "--deputy", "tpi@contoh.invalid"), 2),
            (("set", "--until", "2026-02-20", "--deputy", "koordinator@contoh.invalid"), 3),
            (("set", "--until", "2026-02-20", "--deputy", "x@contoh.invalid"), 4),
            (("end", "9"), 4),
            (("list", "--person", "x@contoh.invalid"), 4),
        ],
    )
    def test_what_is_refused(self, owing: Shell, words: tuple[str, ...], code: int) -> None:
        owing.json("absence", *words, as_=None if words[0] == "list" else "koordinator", code=code)

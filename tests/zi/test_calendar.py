"""The calendar from the command line: closures, windows, ladders, reasons for dates, feeds; each a document."""

from pathlib import Path

import pytest
from icalendar import Calendar

from tests.zi.conftest import Shell

OPENED = ("candidacy", "open", "rsud", "contoh-2026", "--target", "WBK", "--stage", "tpi_assessment")
SINCE = ("--since", "2026-02-02", "--reason", "sudah berjalan")
JUNE = ("--opens", "2026-06-01", "--closes", "2026-06-30")


@pytest.fixture
def at_tpi(zi: Shell) -> Shell:
    zi.json(*OPENED, *SINCE, as_="koordinator")
    return zi


class TestHolidays:
    """A closure beside the holidays, and what follows from it."""

    def test_closing_and_opening(self, at_tpi: Shell) -> None:
        closed = at_tpi.json("holidays", "close", "contoh", "2026-05-15", "--name", "HUT", as_="koordinator")
        shown = at_tpi.json("holidays", "show", "2026", "--agency", "contoh")
        opened = at_tpi.json("holidays", "open", "contoh", "2026-05-15", as_="koordinator")

        assert closed == {
            "closed": {
                "agency": "CONTOH",
                "day": "2026-05-15",
                "name": "HUT",
                "due_dates_moved": 0,
                "reminders_moved": 0,
            }
        }
        assert shown["closures"] == [{"day": "2026-05-15", "name": "HUT"}]
        assert opened["opened"]["day"] == "2026-05-15"
        assert at_tpi.json("holidays", "show", "2026", "--agency", "contoh")["closures"] == []
        assert "closures" not in at_tpi.json("holidays", "show", "2026")

    def test_the_dry_run_counts_what_would_move(self, zi: Shell) -> None:
        said = zi.json("holidays", "refresh", "2026", "--dry-run", as_="admin")
        assert (said["due_dates_moved"], said["reminders_moved"]) == (0, 0)

    def test_for_people(self, zi: Shell) -> None:
        closed = zi("holidays", "close", "contoh", "2026-05-15", "--name", "HUT", as_="koordinator")
        assert closed.out.startswith("CONTOH tutup pada 2026-05-15: HUT. Batas waktu yang bergeser: 0;")
        assert "tutup: CONTOH" in zi("holidays", "show", "2026", "--agency", "contoh").out
        assert zi("holidays", "close", "contoh", "kemarin", "--name", "HUT", as_="koordinator").code == 2
        assert zi("holidays", "close", "contoh", "2026-05-18", "--name", " ", as_="koordinator").code == 2
        assert zi("holidays", "open", "contoh", "2026-05-18", as_="koordinator").code == 4
        assert zi("holidays", "close", "contoh", "2026-05-18", "--name", "HUT", as_="tpi").code == 3


class TestCycles:
    """Windows and ladders are set, shown and taken back."""

    def test_a_window(self, at_tpi: Shell) -> None:
        said = at_tpi.json("cycle", "window", "contoh-2026", "proposal", *JUNE, "--note", "Surat", as_="koordinator")

        window = {"kind": "proposal", "opens": "2026-06-01", "closes": "2026-06-30", "note": "Surat"}
        assert said == {"window": {"cycle": "CONTOH-2026", **window, "due_dates_moved": 0}}
        assert at_tpi.json("cycle", "show", "contoh-2026")["windows"] == [window]
        assert at_tpi.json("candidacy", "why", "rsud-2026")["window"] == {
            "opens": "2026-06-01",
            "closes": "2026-06-30",
            "note": "Surat",
            "closed": False,
        }
        assert "Jendela pengusulan: 2026-06-01 sampai 2026-06-30." in at_tpi("candidacy", "why", "rsud-2026").out
        at_tpi.environment["ZI_CLOCK"] = "2026-07-01T02:00:00Z"
        assert "sudah ditutup" in at_tpi("candidacy", "why", "rsud-2026").out
        assert at_tpi("cycle", "window", "contoh-2026", "proposal", "--remove", as_="koordinator").code == 0
        assert at_tpi.json("cycle", "show", "contoh-2026")["windows"] == []

    @pytest.mark.parametrize(
        "words",
        [(), ("--opens", "2026-06-01"), ("--remove", *JUNE), ("--note", "x"), ("--opens", "x", "--closes", "y")],
    )
    def test_half_a_window_is_no_window(self, zi: Shell, words: tuple[str, ...]) -> None:
        assert zi("cycle", "window", "contoh-2026", "proposal", *words, as_="koordinator").code == 2

    def test_a_ladder(self, at_tpi: Shell) -> None:
        rungs = ["H-30", "H-1:pimpinan_unit", "H+1:pimpinan_unit,koordinator"]
        said = at_tpi.json("cycle", "ladder", "contoh-2026", "stage", *rungs, as_="koordinator")

        assert said == {
            "ladder": {
                "cycle": "CONTOH-2026",
                "kind": "stage",
                "rungs": rungs,
                "default": False,
                "reminders_moved": 1,
            }
        }
        assert at_tpi.json("cycle", "show", "contoh-2026")["ladders"] == [{"kind": "stage", "rungs": rungs}]
        assert "Pengingat batas waktu tahap: H-30" in at_tpi("cycle", "show", "contoh-2026").out
        back = at_tpi.json("cycle", "ladder", "contoh-2026", "stage", "--default", as_="koordinator")
        assert back["ladder"]["default"]
        assert at_tpi.json("cycle", "show", "contoh-2026")["ladders"] == []

    @pytest.mark.parametrize("words", [(), ("H", "--default"), ("besok",), ("H-1:bupati",), ("H", "H")])
    def test_what_is_no_ladder(self, zi: Shell, words: tuple[str, ...]) -> None:
        answer = zi("cycle", "ladder", "contoh-2026", "stage", *words, as_="koordinator")
        assert answer.code == 2
        assert answer.err


class TestWhyThisDate:
    """31 May 2026 is a Sunday and a holiday: the document says so, and so do the words."""

    def test_the_document(self, at_tpi: Shell) -> None:
        said = at_tpi.json("candidacy", "dates", "rsud-2026")

        assert (said["stage"], said["entered"], said["due"]) == ("tpi_assessment", "2026-02-02", "2026-05-31")
        assert said["source"]["kind"] == "date"
        (stage,) = (one for one in said["obligations"] if one["kind"] == "stage")
        (on_the_day,) = (rung for rung in stage["rungs"] if rung["rung"] == "H")
        assert (on_the_day["day"], on_the_day["said"]) == ("2026-05-31", "2026-05-29")
        assert [(off["day"], off["kind"]) for off in on_the_day["skipped"]] == [
            ("2026-05-31", "holiday"),
            ("2026-05-30", "weekend"),
        ]

    def test_the_words(self, at_tpi: Shell) -> None:
        out = at_tpi("candidacy", "dates", "rsud-2026").out
        assert "Batas waktu: Minggu, 31 Mei 2026, sesuai kalender siklus CONTOH-2026." in out
        assert "Hari Raya Waisak; 2026-05-30 Sabtu" in out

    def test_a_stage_without_a_date_and_a_closed_one(self, at_tpi: Shell) -> None:
        at_tpi.json("candidacy", "move", "rsud-2026", "withdraw", "--reason", "x", as_="koordinator")
        said = at_tpi.json("candidacy", "dates", "rsud-2026")
        assert (said["due"], said["source"]["kind"], said["obligations"]) == (None, "none", [])
        assert "tidak mempunyai batas waktu" in at_tpi("candidacy", "dates", "rsud-2026").out


class TestFeeds:
    """The token is shown once; the file is a calendar."""

    def test_add_list_export_revoke(self, at_tpi: Shell) -> None:
        feed = at_tpi.json("calendar", "feed", "add", "--agency", "contoh", as_="koordinator")["feed"]
        listed = at_tpi.json("calendar", "feed", "list", as_="koordinator")["feeds"]
        path = Path(at_tpi.folder / "zi.ics")
        exported = at_tpi.json("calendar", "export", feed["token"], "--to", str(path))

        assert listed == [{"id": 1, "scope": "agency:CONTOH", "made": feed["made"], "revoked": None}]
        assert exported == {"calendar": {"file": str(path), "entries": 2}}
        assert len(Calendar.from_ical(path.read_bytes()).walk("VEVENT")) == 2
        assert at_tpi.json("calendar", "feed", "revoke", "1", as_="koordinator") == {"revoked": 1}
        assert at_tpi("calendar", "export", feed["token"], "--to", str(path)).code == 4

    def test_for_people(self, at_tpi: Shell) -> None:
        assert "zi calendar feed add" in at_tpi("calendar", "feed", "list", as_="tpi").out
        added = at_tpi("calendar", "feed", "add", as_="tpi").out.splitlines()
        assert len(added[1]) >= 43
        assert added[1] not in at_tpi("calendar", "feed", "list", as_="tpi").out
        assert (
            at_tpi("calendar", "export", "--mine", "--to", "mine.ics", as_="tpi").out
            == "mine.ics: 1 tanggal ditulis.\n"
        )

    def test_what_can_not_be_written(self, at_tpi: Shell) -> None:
        assert at_tpi("calendar", "export", "--mine", "--to", "nowhere/mine.ics", as_="tpi").code == 2
        assert at_tpi("calendar", "export", "--to", "mine.ics", as_="tpi").code == 2
        assert at_tpi("calendar", "export", "x", "--mine", "--to", "mine.ics", as_="tpi").code == 2
        at_tpi("calendar", "export", "--mine", "--to", str(at_tpi.folder), as_="tpi")
        assert list(at_tpi.folder.glob(".*")) == []

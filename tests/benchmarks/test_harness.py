"""What is measured is said as it is: bars, failures, and a table that has every row."""

import json
import subprocess
import sys
from datetime import date
from importlib import import_module
from operator import mul
from pathlib import Path

import pytest

from benchmarks.__main__ import PAGE, measured, page_of_all
from benchmarks.memory import apart, peak_memory
from benchmarks.page import page
from benchmarks.results import Result, keep, kept
from benchmarks.rows import Bar, Row
from benchmarks.sizes import Size
from benchmarks.table import show
from benchmarks.timing import growth_exponent, turns
from benchmarks.topics import Measured, topics, words_of

MET = Row("a move", "10 ms", "its statements", "5 ms", 2.0, Bar(4.5))
MISSED = Row("a sweep", "10 s", "its query | union", "5 s", 2.0, Bar(1.5), note="reads twice")
FREE = Row("an import", "10 ms", "reading", "8 ms", 1.25)
FOUND = [
    Measured("moves", "Moves", "Of one candidacy.", [MET, FREE]),
    Measured("sweeps", "Sweeps", "", [MISSED], failure="RuntimeError: gone"),
]


class TestBar:
    """A limit belongs to the side that is met."""

    @pytest.mark.parametrize(
        ("bar", "ratio", "met"),
        [
            (Bar(2), 1.99, True),
            (Bar(2), 2.0, True),
            (Bar(2), 2.01, False),
            (Bar(3, "at_least"), 2.99, False),
            (Bar(3, "at_least"), 3.0, True),
        ],
    )
    def test_is_met_up_to_its_limit(self, bar: Bar, ratio: float, met: bool) -> None:
        assert bar.met(ratio) is met

    def test_says_its_sense_and_unit(self) -> None:
        assert (str(Bar(1.5)), str(Bar(60, "at_least", " %")), str(Bar(300, unit=" MiB"))) == (
            "<= 1.5x",
            ">= 60 %",
            "<= 300 MiB",
        )


class TestRow:
    def test_has_a_verdict_where_it_has_a_bar(self) -> None:
        assert (MET.verdict, MISSED.verdict, FREE.verdict) == ("met", "not met", "")

    @pytest.mark.parametrize("row", [MET, MISSED, FREE])
    def test_comes_back_from_a_line_as_it_was(self, row: Row) -> None:
        assert Row.from_json(json.loads(json.dumps(row.as_json()))) == row


class TestTiming:
    def test_turns_are_taken_and_nobody_begins_always(self) -> None:
        done: list[str] = []
        turns(lambda: done.append("a"), lambda: done.append("b"), 3)
        assert "".join(done) == "abbaab"

    @pytest.mark.parametrize("power", [0.5, 1.0, 2.0])
    def test_growth_is_the_power_of_the_size(self, power: float) -> None:
        assert growth_exponent([(n, 7 * n**power) for n in (3_000, 30_000, 120_000)]) == pytest.approx(power)

    def test_memory_is_that_of_the_work_alone(self) -> None:
        done = apart(mul, b"x", 64 * 1024 * 1024)
        assert len(done.result) == 64 * 1024 * 1024
        assert 64 <= done.grown <= 200  # MiB; handing the result over takes copies
        assert peak_memory() > 0


class TestTopics:
    """Each can be measured, says what it is, and fails alone."""

    @pytest.mark.parametrize("topic", topics())
    def test_is_a_module_with_rows_and_words(self, topic: str) -> None:
        heading, _ = words_of(topic)
        assert callable(import_module(f"benchmarks.{topic}").measure)
        assert heading and not heading.startswith("benchmarks")

    def test_one_gives_rows_when_it_is_run(self) -> None:
        command = [sys.executable, "-m", "benchmarks", "--only", "lke", "--quick"]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)

        assert ended.returncode == 0, ended.stderr
        assert "A quick run" in ended.stdout
        assert "score one LKE" in ended.stdout

    def test_one_that_fails_says_so(self, capsys: pytest.CaptureFixture[str]) -> None:
        one = measured("no_such_topic", Size(quick=True))

        show([one], quick=True)

        assert one.failure
        assert "FAILED" in capsys.readouterr().out


class TestPage:
    """The page has every row, and says first what is not met."""

    def test_has_all_that_was_measured(self) -> None:
        results = [Result(one, date(2026, 11, 25), {"processor": "A", "cores": "2"}) for one in FOUND]

        text = page(results, missing=["delivery"])

        assert "Measured on 2026-11-25, in 0 s: processor A, cores 2." in text
        assert "1 of 2 bars are met. Not met: a sweep." in text
        assert "Not measured in full yet: delivery." in text
        assert "| a move | 10 ms | its statements | 5 ms | 2x | <= 4.5x | met |" in text
        assert "its query \\| union" in text
        assert "- a sweep: reads twice" in text
        assert "Of one candidacy." in text

    def test_is_what_the_kept_results_make_it(self) -> None:
        assert PAGE.read_text(encoding="utf-8") == page_of_all()

    def test_a_result_comes_back_as_it_was_kept(self, tmp_path: Path) -> None:
        heading, notes = words_of("lke")
        measured = Measured("lke", heading, notes, [MET, MISSED], seconds=12)

        keep(measured, date(2026, 11, 25), {"cores": "2"}, tmp_path)

        assert kept("lke", tmp_path) == Result(measured, date(2026, 11, 25), {"cores": "2"})
        assert kept("moves", tmp_path) is None

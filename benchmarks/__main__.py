"""Measure every topic, print one table, and write it to docs/performance.md.

    python -m benchmarks [--only TOPIC]... [--quick]

Progress goes to stderr. Exits 1 when a topic could not be measured; a bar that is not met is a row that says so. What
was measured in full takes the place of the topic's last result, in benchmarks/results; a quick run writes nothing.
"""

import argparse
import sys
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from benchmarks.machine import describe_machine
from benchmarks.page import page
from benchmarks.results import keep, kept
from benchmarks.sizes import Size
from benchmarks.table import show
from benchmarks.topics import Measured, measured_apart, topics, words_of

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"


def main(words: Sequence[str]) -> int:
    options = argparse.ArgumentParser(
        prog="make bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--only", action="append", choices=topics(), metavar="TOPIC", help=", ".join(topics()))
    options.add_argument("--quick", action="store_true", help="small sizes, in minutes; says nothing about the bars")
    asked = options.parse_args(words)
    size = Size(quick=asked.quick)
    found: list[Measured] = []
    for topic in topics():
        if not asked.only or topic in asked.only:
            found.append(measured(topic, size))
            if not size.quick and not found[-1].failure:
                keep(found[-1], datetime.now(UTC).date(), describe_machine())
                PAGE.write_text(page_of_all(), encoding="utf-8")
    show(found, quick=size.quick)
    return 1 if any(one.failure for one in found) else 0


def page_of_all() -> str:
    """The page as the kept results make it."""
    results = {topic: kept(topic) for topic in topics()}
    missing = [topic for topic, result in results.items() if result is None]
    return page([result for result in results.values() if result], missing=missing)


def measured(topic: str, size: Size) -> Measured:
    """One topic; what goes wrong is said in it and does not end the others."""
    _say(f"{topic} ...")
    began = perf_counter()
    one = Measured(topic, topic, "")
    try:
        one.heading, one.notes = words_of(topic)
        for row in measured_apart(topic, size):
            _say(f"  {row.what}: {row.ours}, {row.figure} {row.verdict}")
            one.rows.append(row)
    except Exception as error:  # noqa: BLE001 - whatever it is, the other topics are still worth measuring
        traceback.print_exc()
        one.failure = f"{type(error).__name__}: {error}"
    one.seconds = perf_counter() - began
    return one


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

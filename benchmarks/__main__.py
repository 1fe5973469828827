"""Measure every topic, print one table, and write it to docs/performance.md.

    python -m benchmarks [--only TOPIC]... [--quick]

Progress goes to stderr. Exits 1 when a topic could not be measured; a bar that is not met is a row that says so. A run
of some topics, or a quick one, writes nothing: the page is one run on one machine.
"""

import argparse
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from benchmarks.machine import describe_machine
from benchmarks.page import page
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
    found = [measured(topic, size) for topic in topics() if not asked.only or topic in asked.only]
    show(found, quick=size.quick)
    if not asked.only and not size.quick:
        PAGE.write_text(page(found, describe_machine()), encoding="utf-8")
        _say(f"written: {PAGE.relative_to(Path.cwd()) if PAGE.is_relative_to(Path.cwd()) else PAGE}")
    return 1 if any(one.failure for one in found) else 0


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

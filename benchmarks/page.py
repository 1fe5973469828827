"""docs/performance.md: the tables, the machines, and what one should know to read them."""

from collections.abc import Iterator, Sequence

from benchmarks.results import Result
from benchmarks.table import cells

HEAD = """# Performance

Written by `make bench`; nobody edits this page by hand.

Every line is a ratio of two things that were measured side by side in one run, in turns, so that whatever else the
machine did slowed both. Figures belong to their machine, ratios carry over well. A ratio is our time for one time of
theirs unless the line says otherwise: 2x means that we take twice as long. "The bare driver" does the same statements
with the same values through the database's own Python driver, without any of our checks. Databases wait for the disk
at each commit (SQLite with `synchronous = FULL`, PostgreSQL with `fsync` on). Each topic was measured by itself, on the
day and the machine that stand with it.
"""


def page(results: Sequence[Result], *, missing: Sequence[str] = ()) -> str:
    """`missing`: topics that were never measured to the end."""
    return "\n".join(_lines(results, missing)) + "\n"


def _lines(results: Sequence[Result], missing: Sequence[str]) -> Iterator[str]:
    yield HEAD
    rows = [row for result in results for row in result.measured.rows if row.bar]
    missed = [row.what for row in rows if row.verdict != "met"]
    yield f"{len(rows) - len(missed)} of {len(rows)} bars are met." + (
        f" Not met: {'; '.join(missed)}." if missed else ""
    )
    if missing:
        yield f"\nNot measured in full yet: {', '.join(missing)}."
    for result in results:
        yield from _section(result)


def _section(result: Result) -> Iterator[str]:
    topic = result.measured
    yield f"\n## {topic.heading}\n"
    if topic.notes:
        yield topic.notes + "\n"
    yield "| what | ours | beside | theirs | ratio | bar | |"
    yield "| --- | ---: | --- | ---: | ---: | --- | --- |"
    for line in cells(topic):
        yield "| " + " | ".join(map(_plain, line)) + " |"
    notes = [(row.what, row.note) for row in topic.rows if row.note]
    if notes:
        yield ""
        yield from (f"- {what}: {note}" for what, note in notes)
    machine = ", ".join(f"{name} {value}" for name, value in result.machine.items())
    yield f"\nMeasured on {result.on.isoformat()}, in {topic.seconds:.0f} s: {machine}."


def _plain(text: str) -> str:
    return text.replace("|", "\\|")

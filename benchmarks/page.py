"""docs/performance.md: the table, the machine, and what one should know to read it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime

from benchmarks.table import cells
from benchmarks.topics import Measured

HEAD = """# Performance

Written by `make bench` on {day}; nobody edits this page by hand.

Every line is a ratio of two things that were measured side by side in one run, in turns, so that whatever else the
machine did slowed both. Figures belong to this machine, ratios carry over well. A ratio is our time for one time of
theirs unless the line says otherwise: 2x means that we take twice as long. "The bare driver" does the same statements
with the same values through the database's own Python driver, without any of our checks. Databases wait for the disk
at each commit (SQLite with `synchronous = FULL`, PostgreSQL with `fsync` on).
"""


def page(found: Sequence[Measured], machine: Mapping[str, str], *, today: date | None = None) -> str:
    day = today or datetime.now(UTC).date()
    return "\n".join(_lines(found, machine, day)) + "\n"


def _lines(found: Sequence[Measured], machine: Mapping[str, str], day: date) -> Iterator[str]:
    yield HEAD.format(day=day.isoformat())
    yield "| " + " | ".join(machine) + " |"
    yield "|" + " --- |" * len(machine)
    yield "| " + " | ".join(map(_plain, machine.values())) + " |"
    yield ""
    rows = [row for topic in found for row in topic.rows if row.bar]
    missed = [row.what for row in rows if row.verdict != "met"]
    failed = [topic.topic for topic in found if topic.failure]
    yield f"{len(rows) - len(missed)} of {len(rows)} bars are met." + (
        f" Not met: {'; '.join(missed)}." if missed else ""
    )
    if failed:
        yield f"Could not be measured to the end: {', '.join(failed)}."
    for topic in found:
        yield from _section(topic)


def _section(topic: Measured) -> Iterator[str]:
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


def _plain(text: str) -> str:
    return text.replace("|", "\\|")

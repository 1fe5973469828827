"""All rows as one table on the screen."""

from collections.abc import Iterator, Sequence

from benchmarks.topics import Measured

COLUMNS = ("what", "ours", "beside", "theirs", "ratio", "bar", "")


def cells(topic: Measured) -> Iterator[tuple[str, ...]]:
    """One line for each row, and one for what could not be measured."""
    for row in topic.rows:
        yield (row.what, row.ours, row.beside, row.theirs, row.figure, str(row.bar or ""), row.verdict)
    if topic.failure:
        yield (topic.topic, "FAILED", topic.failure, "", "", "", "failed")


def show(found: Sequence[Measured], *, quick: bool) -> None:
    lines = [COLUMNS, *(line for topic in found for line in cells(topic))]
    widths = [max(len(line[at]) for line in lines) for at in range(len(COLUMNS))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    if quick:
        print("\nA quick run: small sizes, which say that everything runs and nothing about the bars.")

"""What was measured last of each topic, kept beside the code: the page is made of it.

A whole run takes more than an hour; a topic may be measured by itself, on the day its code changed.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from benchmarks.rows import Row
from benchmarks.topics import Measured, words_of

FOLDER = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Result:
    """One topic in full size, measured to the end, in one run on one machine."""

    measured: Measured
    on: date
    machine: Mapping[str, str]


def keep(measured: Measured, on: date, machine: Mapping[str, str], folder: Path = FOLDER) -> None:
    """In place of the last one of its topic."""
    document = {
        "on": on.isoformat(),
        "machine": dict(machine),
        "seconds": round(measured.seconds),
        "rows": [row.as_json() for row in measured.rows],
    }
    folder.mkdir(exist_ok=True)
    (folder / f"{measured.topic}.json").write_text(f"{json.dumps(document, indent=1)}\n", encoding="utf-8")


def kept(topic: str, folder: Path = FOLDER) -> Result | None:
    """None where it was never measured to the end."""
    path = folder / f"{topic}.json"
    if not path.exists():
        return None
    document = json.loads(path.read_text(encoding="utf-8"))
    rows = [Row.from_json(row) for row in document["rows"]]
    measured = Measured(topic, *words_of(topic), rows, seconds=document["seconds"])
    return Result(measured, date.fromisoformat(document["on"]), document["machine"])

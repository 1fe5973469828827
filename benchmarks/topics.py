"""The topics there are, and one of them measured in a process of its own, with its own memory and imports."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from inspect import getdoc
from pathlib import Path

from benchmarks.rows import Row
from benchmarks.sizes import Size

FOLDER = Path(__file__).parent
MARK = "\ndef measure("


@dataclass
class Measured:
    """A topic's rows; `failure` says why there are no more."""

    topic: str
    heading: str
    notes: str
    rows: list[Row] = field(default_factory=list)
    failure: str | None = None
    seconds: float = 0.0


def topics() -> list[str]:
    """In the order of the table."""
    return sorted(path.stem for path in FOLDER.glob("*.py") if MARK in path.read_text(encoding="utf-8"))


def words_of(topic: str) -> tuple[str, str]:
    """The heading and the notes, from the module's docstring."""
    heading, _, notes = (getdoc(import_module(f"benchmarks.{topic}")) or topic).partition("\n")
    return heading.rstrip("."), notes.strip()


def measured_apart(topic: str, size: Size) -> Iterator[Row]:
    """Raises RuntimeError when the process does not end well; what it says meanwhile goes to stderr."""
    command = [sys.executable, "-m", "benchmarks.child", topic, *(["--quick"] if size.quick else [])]
    with subprocess.Popen(  # noqa: S603 - our own program
        command, stdout=subprocess.PIPE, text=True, encoding="utf-8", env=plain_environment(), cwd=FOLDER.parent
    ) as process:
        try:
            for line in process.stdout or ():
                yield Row.from_json(json.loads(line))
        except BaseException:  # nobody waits for the rest of it
            process.terminate()
            raise
    if process.returncode:
        raise RuntimeError(f"its process ended with {process.returncode}, see above")


def plain_environment() -> dict[str, str]:
    """Nothing of the settings of whoever measures."""
    return {name: value for name, value in os.environ.items() if not name.startswith("ZI_") or "BENCH" in name}

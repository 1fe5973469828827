"""The command line from nothing: a new process for each command.

`import sqlmodel` is what every program on this stack pays before it does anything of its own.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.rows import Bar, Row
from benchmarks.sizes import Size
from benchmarks.timing import ms, turns

ZI = str(Path(sys.executable).parent / "zi")


def measure(size: Size) -> Iterator[Row]:
    rounds = size.of(21, 3)
    with tempfile.TemporaryDirectory(prefix="zi-bench-") as folder:
        environment = {**os.environ, "ZI_HOME": f"{folder}/home"}
        _run([ZI, "init", "--admin", "admin@contoh.invalid"], environment)
        for words in (("candidacy", "list"), ("--help",)):
            ours, theirs = turns(
                lambda words=words: _run([ZI, *words], environment),  # type: ignore[misc]
                lambda: _run([sys.executable, "-c", "import sqlmodel"], environment),
                rounds,
            )
            bar = Bar(2) if words == ("candidacy", "list") else None
            yield Row(f"zi {' '.join(words)}", ms(ours), "import sqlmodel", ms(theirs), ours / theirs, bar)


def _run(command: list[str], environment: dict[str, str]) -> None:
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)  # noqa: S603

"""The command line from nothing: a new process for each command.

`import sqlmodel` is what every program on this stack pays before it does anything of its own: SQLAlchemy, its ORM and
pydantic. On top of it the board pays for its tables (25 of 52 are imported, about 5 ms each), the rule set (read from
TOML, and checked), the SQL of its 22 queries (compiled anew in each process), Rich for the table, and SQLAlchemy's
PostgreSQL dialect, which a partial index imports even on SQLite. Other commands' modules, Prefect, Apprise, Alembic and
FastAPI are not imported.
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
SQLMODEL = [sys.executable, "-c", "import sqlmodel"]
CANDIDACIES = 5


def measure(size: Size) -> Iterator[Row]:
    rounds = size.of(21, 3)
    with tempfile.TemporaryDirectory(prefix="zi-bench-") as folder:
        empty, home = Path(folder) / "empty", Path(folder) / "home"
        _run([ZI, "init", "--admin", "admin@contoh.invalid"], empty)
        yield _beside(("--help",), empty, rounds)
        yield _beside(("candidacy", "list"), empty, rounds, note="in an empty home")
        _run([ZI, "demo", "--scale", str(CANDIDACIES), "--home", str(home)], home)
        note = f"in a home with {CANDIDACIES} candidacies"
        yield _beside(("candidacy", "list"), home, rounds, bar=Bar(2), note=note)


def _beside(words: tuple[str, ...], home: Path, rounds: int, *, bar: Bar | None = None, note: str = "") -> Row:
    ours, theirs = turns(lambda: _run([ZI, *words], home), lambda: _run(SQLMODEL, home), rounds)
    what = f"zi {' '.join(words)}" + (f", {note}" if note else "")
    return Row(what, ms(ours), "import sqlmodel", ms(theirs), ours / theirs, bar)


def _run(command: list[str], home: Path) -> None:
    environment = {**os.environ, "ZI_HOME": str(home)}
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)  # noqa: S603

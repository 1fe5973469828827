"""A page as the browser waits for it, from one worker with 30,000 candidacies on SQLite, asked one after another.

The plain page is the least that the same stack can say: FastAPI, Jinja2 and uvicorn with a list of a hundred words,
without a database, a session or anybody signed in. Ours knows who asks and what they may see, counts and sorts the
candidacies of an agency, and has the whole page about them. What 200 people at once wait for, `make bench-web` shows.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles

import httpx

from benchmarks.rows import Row
from benchmarks.sizes import Size
from benchmarks.timing import ms, seconds
from benchmarks.web import PLAIN, credentials, form_key, prepared, serving, zi

PATHS = {"the board": "/board", "the list": "/candidacies"}


def measure(size: Size) -> Iterator[Row]:
    candidacies, times = size.of(30_000, 200), size.of(300, 5)
    with tempfile.TemporaryDirectory(prefix="zi-bench-") as folder:
        home, codes = prepared(Path(folder) / "home", None, candidacies=candidacies, people=3)
        (Path(folder) / "plain.py").write_text(PLAIN, encoding="utf-8")
        plain = [sys.executable, "-m", "uvicorn", "--log-level", "error", "plain:app"]
        with (
            serving([zi(), "serve"], {"ZI_HOME": str(home)}) as ours,
            serving(plain, {}, folder) as theirs,
            httpx.Client(base_url=ours, timeout=60) as us,
            httpx.Client(base_url=theirs) as them,
        ):
            us.post("/sign-in", data=credentials("koordinator1@contoh.invalid", form_key(us.get("/sign-in"))))
            pages = PATHS | {"a candidacy": f"/candidacies/{codes[1][0]}"}
            for name, path in pages.items():
                mine, other = _p95(us, path, them, times)
                what = f"{name} of {candidacies:,} candidacies, p95"
                yield Row(what, ms(mine), "a plain page, p95", ms(other), mine / other)


def _p95(us: httpx.Client, path: str, them: httpx.Client, times: int) -> tuple[float, float]:
    """In turns, on connections that are kept."""
    sides: dict[int, list[float]] = {0: [], 1: []}

    def ours() -> None:
        us.get(path).raise_for_status()

    def theirs() -> None:
        them.get("/").raise_for_status()

    asked = (ours, theirs)
    for ask in asked:
        ask()
    for number in range(times):
        for side in (0, 1) if number % 2 == 0 else (1, 0):
            sides[side].append(seconds(asked[side]))
    mine, other = (quantiles(took, n=20)[18] for took in sides.values())
    return mine, other

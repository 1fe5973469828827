"""One LKE: what its answers come to, and writing them.

Scoring gives every figure of the sheet, exact, with blanks counted in two ways, each with the case that decided it. The
other side is the least that a programme could do: the total alone, of a full sheet, as a loop over decimals whose
values were looked up before. Answering goes through the service: who may, what is allowed, what changed, the sums
that are kept, what is owed, the trail. The other side stores the same answers through the bare driver, in one commit.
"""

import sqlite3
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import cycle

from benchmarks.databases import bound_to, sqlite_url
from benchmarks.memory import peak_memory
from benchmarks.rows import Row
from benchmarks.sizes import Size
from benchmarks.timing import ms, rate, turns
from models.lke import Layer
from models.stages import Stage
from rulesets.library import find_ruleset
from rulesets.lke import Item, Lke
from rulesets.scoring import score
from states.lke.answers import Given, record_answers
from tests.lkes import full_marks
from tests.office import NOW, Office

RULESET = "permen-90-2021-5-2024"


def measure(size: Size) -> Iterator[Row]:
    lke = find_ruleset(RULESET).lke
    best = full_marks(lke)
    naive = naive_total(lke, best)
    if naive() != Decimal(100) or score(lke, best).total.score != 100:
        raise RuntimeError("full marks are not 100 points")
    beside = "a decimal loop over the total alone"
    ours, theirs = turns(lambda: score(lke, best), naive, size.of(501, 11))
    yield Row("score one LKE", ms(ours), beside, ms(theirs), ours / theirs)
    yield _many(lke, naive, size.of(30_000, 300))
    with sqlite_url() as url, bound_to(url):
        yield _answering(lke, url, size.of(21, 3))


def naive_total(lke: Lke, answers: dict[str, str]) -> Callable[[], Decimal]:
    """The total of these answers, with everything but the arithmetic done beforehand."""
    scored = score(lke, answers).questions
    leaves = [
        (Decimal(str(float(node.weight))), [_decimal(scored[one.code].value) for one in node.questions])
        for node in lke.nodes
        if node.questions
    ]

    def total() -> Decimal:
        points = Decimal(0)
        for weight, values in leaves:
            points += sum(values, Decimal(0)) / len(values) * weight
        return points

    return total


def _many(lke: Lke, naive: Callable[[], Decimal], number: int) -> Row:
    """Of sheets that differ: the nth leaves out the nth item."""
    best = full_marks(lke)
    items = list(best)

    def all_scored() -> None:
        for _, left_out in zip(range(number), cycle(items), strict=False):
            score(lke, {code: value for code, value in best.items() if code != left_out})

    before = peak_memory()
    ours, theirs = turns(all_scored, lambda: [naive() for _ in range(number)], 1)
    note = f"{peak_memory() - before:.0f} MiB more memory than before"
    beside = "as many decimal loops"
    return Row(
        f"score {number:,} LKEs",
        rate(number, ours, "LKEs"),
        beside,
        rate(number, theirs, "LKEs"),
        ours / theirs,
        None,
        note,
    )


def _answering(lke: Lke, url: str, rounds: int) -> Row:
    office = Office.opened(url)
    code, actor = office.open(stage=Stage.SELF_ASSESSMENT), office.actor("kepala")
    best = full_marks(lke)
    sheets = cycle([[Given(item, value) for item, value in sheet.items()] for sheet in (best, low_marks(lke))])
    driver = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    driver.execute("CREATE TABLE bare (item TEXT PRIMARY KEY, value TEXT, note TEXT, answered_at TEXT)")
    driver.execute("PRAGMA synchronous = FULL")

    def ours() -> None:
        record_answers(code, Layer.UNIT, next(sheets), actor=actor, now=NOW)

    def theirs() -> None:
        driver.execute("BEGIN IMMEDIATE")
        rows = [(item, value, None, NOW.isoformat()) for item, value in best.items()]
        driver.executemany("INSERT OR REPLACE INTO bare VALUES (?, ?, ?, ?)", rows)
        driver.execute("COMMIT")

    ours()
    mine, other = turns(ours, theirs, rounds)
    driver.close()
    what, beside = f"answer one LKE of {len(best)} items, SQLite", "storing them through the bare driver"
    return Row(what, ms(mine), beside, ms(other), mine / other)


def low_marks(lke: Lke) -> dict[str, str]:
    """Every choice at its worst."""
    return full_marks(lke) | {code: _worst(item) for code, item in lke.items.items() if item.letters}


def _worst(item: Item) -> str:
    return min(item.letters or {}, key=lambda letter: (item.letters or {})[letter])


def _decimal(value: Fraction | None) -> Decimal:
    return Decimal(0) if value is None else Decimal(value.numerator) / value.denominator

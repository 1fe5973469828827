"""One move, and many at once.

The move is `pass_administrative` in an agency whose candidacies come out of a year's work: its guards look at papers,
stays, people and dates; then stage, stay, obligations, message and trail change in one transaction. "Its own
statements" are those that a move executes, with their values, taken down beforehand and executed by the bare driver on
a copy of the database: as many, in the same transactions, and waiting for the disk at the same places. The line without
waiting shows what is left when neither side waits (`synchronous = OFF`): no deployment runs like that.

The peers do less: the row's stage and one history row, with one guard over the row itself. Each runs in a process of
its own, on a SQLite file with the same settings (write-ahead log, `synchronous = FULL`, BEGIN IMMEDIATE), in turns with
ours. python-statemachine makes a machine for each row that is loaded, as it wants to be used.

Many at once are moved by one request and in one transaction: all of them, or none.
"""

import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import event

from benchmarks.copies import Copy, Fill, filled_postgres, filled_sqlite
from benchmarks.databases import bound_to
from benchmarks.memory import apart
from benchmarks.ministry import NOW, STEPS, TODAY, build_ministry, koordinator
from benchmarks.replaying import Step, bare_connection, replay, taken_down
from benchmarks.rows import Bar, Row
from benchmarks.sizes import Size
from benchmarks.timing import Work, ms, rate, seconds, turns
from models.database import bound_engine
from models.inserts import in_pieces
from states.advance import move_candidacies
from states.requests import Request

A_TURN = 10  # moves
SINGLES = 30  # single moves beside each of the many
ROOT = Path(__file__).parents[1]
PEERS_PYTHON = ROOT / ".venv-bench" / "bin" / "python"
DOES_LESS = (
    "they execute three statements between BEGIN and COMMIT, we fourteen: who acts, the lock, all that the guards look "
    "at, and the rows of stage, stay, obligations, message and trail. A third of our time is SQLAlchemy's own work "
    "around these statements, a tenth the database's; the guards and the leaf of the trail are the rest"
)
DATABASES: dict[str, Callable[[Fill], AbstractContextManager[Copy]]] = {
    "SQLite": filled_sqlite,
    "PostgreSQL": filled_postgres,
}


def measure(size: Size) -> Iterator[Row]:
    rounds = size.of(31, 3)
    many = size.of(10_000, 500)
    units = (rounds + 1) * A_TURN
    with filled_sqlite(partial(build_ministry, units)) as copy:
        yield beside_driver("one move, SQLite", copy, units, Bar(4.5))
        yield beside_driver("one move, SQLite, without waiting for the disk", copy, units, None, waits=False)
        yield beside_peer(copy, units, "django_fsm", "django-fsm-2 + django-simple-history", Bar(1))
        yield beside_peer(copy, units, "statemachine_sqlalchemy", "python-statemachine + SQLAlchemy", None)
    with filled_postgres(partial(build_ministry, units)) as copy:
        yield beside_driver("one move, PostgreSQL", copy, units, Bar(2))
    for name, filled in DATABASES.items():
        with filled(partial(build_ministry, many + len(STEPS) * SINGLES)) as copy:
            yield many_at_once(name, copy, many)


def beside_driver(what: str, copy: Copy, units: int, bar: Bar | None, *, waits: bool = True) -> Row:
    """One move against what it asks of the database, in turns on two copies."""
    codes = codes_of(units)
    with bound_to(copy()):
        steps = [take_down(code) for code in codes]
    with bound_to(copy()), bare_connection(copy()) as connection:
        if not waits:
            event.listen(bound_engine(), "connect", _wait_for_nothing)
            _wait_for_nothing(connection)
        moves, statements = in_pieces(codes, A_TURN), in_pieces(steps, A_TURN)
        sides: tuple[Work, Work] = (
            lambda: move_each(next(moves)),
            lambda: replay_each(connection, next(statements)),
        )
        for side in sides:  # statements are compiled, and both have met their database
            side()
        ours, theirs = turns(*sides, units // A_TURN - 1)
    calls = f"{len(steps[-1])} calls of the driver, BEGIN and COMMIT among them"
    beside = "its own statements through the bare driver"
    return Row(what, rate(A_TURN, ours, "moves"), beside, rate(A_TURN, theirs, "moves"), ours / theirs, bar, calls)


def beside_peer(copy: Copy, units: int, program: str, peer: str, bar: Bar | None) -> Row:
    """One move against one of a peer's, which takes its time itself."""
    codes = in_pieces(codes_of(units), A_TURN)
    with bound_to(copy()), peer_process(program, units) as peer_seconds:
        ours: list[float] = []
        theirs: list[float] = []
        for number, piece in enumerate(codes):
            took = (seconds(partial(move_each, piece)), peer_seconds(A_TURN))
            if number:  # the first is for compiling and connecting
                ours.append(took[0])
                theirs.append(took[1])
    mine, other = median(ours), median(theirs)
    return Row(
        f"one move beside {program}",
        rate(A_TURN, mine, "moves"),
        peer,
        rate(A_TURN, other, "moves"),
        mine / other,
        bar,
        note=DOES_LESS,
    )


def many_at_once(name: str, copy: Copy, many: int) -> Row:
    """Time for each of many in one request, against single ones in turns; the same candidacies go on, step by step."""
    bulk = apart(_bulk, copy(), many)
    single, each = bulk.result
    return Row(
        f"{many:,} moves in one request, {name}",
        rate(1, each, "moves"),
        "single moves",
        rate(1, single, "moves"),
        each / single,
        Bar(0.25),
        note=f"{ms(each * many)} for all; {bulk.grown:.0f} MiB more memory",
    )


def _bulk(url: str, many: int) -> tuple[float, float]:
    """Median seconds of one single move, and of one among many."""
    codes, *others = codes_of(many), *in_pieces(codes_of(len(STEPS) * SINGLES, after=many), SINGLES)
    single: list[float] = []
    each: list[float] = []
    with bound_to(url):
        move_each(others[0][:1])
        for step, alone in zip(STEPS, others, strict=True):
            single += [seconds(partial(move_each, [code])) for code in alone if code != others[0][0]]
            each.append(seconds(partial(move, codes, step)) / many)
    return median(single), median(each)


def codes_of(units: int, *, after: int = 0) -> list[str]:
    return [f"U{number}-2026" for number in range(after + 1, after + units + 1)]


def move(codes: Sequence[str], step: str = STEPS[0]) -> None:
    request = Request(effective_on=TODAY)
    move_candidacies(codes, step, request=request, actor=koordinator(), now=NOW)


def move_each(codes: Sequence[str]) -> None:
    for code in codes:
        move([code])


def take_down(code: str) -> list[Step]:
    with taken_down(bound_engine()) as steps:
        move([code])
    return steps


def replay_each(connection: Any, moves: Sequence[list[Step]]) -> None:
    for steps in moves:
        replay(connection, steps)


@contextmanager
def peer_process(program: str, rows: int) -> Iterator[Callable[[int], float]]:
    """Calls that make the peer do so many moves, and return the seconds it took."""
    if not PEERS_PYTHON.exists():
        raise RuntimeError(f"{PEERS_PYTHON.relative_to(ROOT)} is not there: `make bench` makes it")
    with tempfile.TemporaryDirectory(prefix="zi-bench-") as folder:
        command = [str(PEERS_PYTHON), "-m", f"benchmarks.peers.{program}", f"{folder}/peer.db", str(rows)]
        with subprocess.Popen(  # noqa: S603 - our own program
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        ) as process:
            asked, answered = process.stdin, process.stdout
            assert asked and answered  # noqa: S101 - both are pipes
            if not answered.readline():
                raise RuntimeError(f"{program} did not start, see above")

            def take_turn(moves: int) -> float:
                asked.write(f"{moves}\n")
                return float(answered.readline())

            yield take_turn
            asked.close()
    if process.returncode:
        raise RuntimeError(f"{program} ended with {process.returncode}, see above")


def _wait_for_nothing(connection: Any, _record: Any = None) -> None:
    connection.execute("PRAGMA synchronous = OFF")


if __name__ == "__main__":
    for row in measure(Size()):
        print(row.what, row.ours, row.beside, row.theirs, row.figure, row.verdict, row.note, sep=" | ", flush=True)

"""Reminders and missing evidence: the daily sweep over a nation.

Beside it the same work as set-based SQL through the bare driver, in the same database, turn by turn, each time put back
as it was. A week of silence has to be made up for. The SQL finds missing evidence in the answers; we read what is kept
beside them, by area. Peak memory is of a process that does nothing else, with the interpreter and all that it imports.
The greatest nation wants 10 GB in the temporary folder, and most of the time.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from time import perf_counter

from sqlalchemy import text
from sqlmodel import Session

from benchmarks.bare_sweeps import Bare
from benchmarks.databases import bound_to, postgres_server, postgres_url, settle, sqlite_url
from benchmarks.memory import apart
from benchmarks.rows import Bar, Row
from benchmarks.sizes import Size
from benchmarks.timing import growth_exponent
from models.database import reading, transaction
from models.inserts import rows_hit
from notifications.evidence_notices import queue_evidence_notices
from notifications.expand import expand_outbox
from rulesets.library import find_ruleset
from states.board import board_page
from states.board_query import Filter, Order, counts, total
from states.evidence.missing import missing_evidence
from states.monev.limits import Limits
from states.monev.sweep import sweep_findings
from states.reminders import queue_due_rungs
from zi.demo.nation.build import RULESET, build_nation

BY_HAND = "the same as set-based SQL through the bare driver"
SILENCE = timedelta(days=7)
ROUNDS = 3
NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)  # 08:00 in Jakarta


@dataclass(frozen=True)
class Swept:
    """What one side took."""

    seconds: float
    rows: int  # of the outbox
    peak: float = 0.0  # MiB


def measure(size: Size) -> Iterator[Row]:
    took: list[tuple[float, float]] = []
    for number in (size.of(3_000, 100), size.of(30_000, 300), size.of(120_000, 1_000)):
        with sqlite_url() as url, _nation(url, number):
            ours, theirs = _sides(url, rounds=ROUNDS if number < size.of(120_000, 1_000) else 1)
            took.append((number, ours.seconds))
            yield _row(f"the sweep, {number:,} candidacies, SQLite", ours, theirs)
            yield _peak(number, ours)
            yield from _around(url, number)
    yield Row(
        what="growth of the sweep from the smallest to the greatest, SQLite",
        ours=", ".join(f"{seconds:.2f} s" for _, seconds in took),
        beside="",
        theirs="",
        ratio=growth_exponent(took),
        bar=Bar(1.1, unit=""),
    )
    number = size.of(30_000, 300)
    with postgres_server() as server, postgres_url(server) as url, _nation(url, number):
        settle()
        yield _row(f"the sweep, {number:,} candidacies, PostgreSQL", *_sides(url, rounds=ROUNDS))


@contextmanager
def _nation(url: str, candidacies: int) -> Iterator[None]:
    with bound_to(url):
        build_nation(candidacies, now=NOW)
        yield


def _sides(url: str, *, rounds: int) -> tuple[Swept, Swept]:
    """Medians; memory is the most that any of ours held."""
    _keep_times()
    ours: list[Swept] = []
    theirs: list[Swept] = []
    for number in range(rounds):
        sides: list[tuple[Callable[[str], Swept], list[Swept]]] = [(_ours, ours), (_theirs, theirs)]
        for work, found in sides if number % 2 == 0 else reversed(sides):
            found.append(work(url))
            _put_back()
    return _middle(ours), _middle(theirs)


def _middle(found: list[Swept]) -> Swept:
    return Swept(median(one.seconds for one in found), found[-1].rows, max(one.peak for one in found))


def _ours(url: str) -> Swept:
    done = apart(sweep, url)
    return Swept(*done.result, peak=done.peak)


def sweep(url: str) -> tuple[float, int]:
    with bound_to(url):
        find_ruleset(RULESET)  # a worker has read the rules before
        began = perf_counter()
        queued = queue_due_rungs(now=NOW + SILENCE) + queue_evidence_notices(now=NOW + SILENCE)
        return perf_counter() - began, queued


def _theirs(url: str) -> Swept:
    return Swept(*apart(sweep_by_hand, url).result)


def sweep_by_hand(url: str) -> tuple[float, int]:
    bare = Bare(url, NOW + SILENCE)
    began = perf_counter()
    bare.sweep()
    took = perf_counter() - began
    bare.close()
    return took, 0


def _keep_times() -> None:
    with transaction() as session:
        session.execute(text("CREATE TABLE kept_times AS SELECT id, next_at FROM obligation WHERE next_at IS NOT NULL"))
        session.execute(text("CREATE TABLE kept_outbox AS SELECT max(id) AS id FROM outbox_message"))
        session.execute(text("CREATE UNIQUE INDEX kept ON kept_times (id)"))


def _put_back() -> int:
    with transaction() as session:
        session.execute(
            text(
                "UPDATE obligation SET next_at = (SELECT k.next_at FROM kept_times k WHERE k.id = obligation.id)"
                " WHERE id IN (SELECT id FROM kept_times)"
            )
        )
        return rows_hit(session.execute(text("DELETE FROM outbox_message WHERE id > (SELECT id FROM kept_outbox)")))


def _row(what: str, ours: Swept, theirs: Swept) -> Row:
    return Row(
        what=what,
        ours=f"{ours.seconds:.2f} s",
        beside=BY_HAND,
        theirs=f"{theirs.seconds:.2f} s",
        ratio=ours.seconds / theirs.seconds,
        bar=Bar(1.5),
        note=f"{ours.rows:,} messages queued",
    )


def _peak(number: int, ours: Swept) -> Row:
    what = f"peak memory of the sweep, {number:,} candidacies, SQLite"
    return Row(what, f"{ours.peak:.0f} MiB", "", "", ours.peak, Bar(300, unit=" MiB"))


def _around(url: str, number: int) -> Iterator[Row]:
    """For information: what else looks at all of them."""
    listed = apart(list_missing, url)
    bare = Bare(url, NOW)
    began = perf_counter()
    bare.listed()
    by_hand = perf_counter() - began
    bare.close()
    yield Row(
        f"every question without evidence, {number:,} candidacies, SQLite",
        f"{listed.result[0]:.2f} s, {listed.peak:.0f} MiB",
        BY_HAND,
        f"{by_hand:.2f} s",
        listed.result[0] / by_hand,
        note=f"{listed.result[1]:,} questions",
    )
    for what, work in (("addressing what the sweep queued", address), ("monev", look), ("the board", see)):
        done = apart(work, url)
        seconds, count = done.result
        yield Row(
            f"{what}, {number:,} candidacies, SQLite", f"{seconds:.2f} s, {done.peak:.0f} MiB", "", "", 0.0, note=count
        )


def list_missing(url: str) -> tuple[float, int]:
    with bound_to(url), reading() as session:
        began = perf_counter()
        count = sum(1 for _ in missing_evidence(session, now=NOW))
        return perf_counter() - began, count


def address(url: str) -> tuple[float, str]:
    sweep(url)
    with bound_to(url):
        return _taken(lambda: f"{expand_outbox(now=NOW + SILENCE).queued:,} deliveries")


def look(url: str) -> tuple[float, str]:
    with bound_to(url):
        return _taken(lambda: f"{sweep_findings(now=NOW, limits=Limits()).open_now:,} findings open")


def see(url: str) -> tuple[float, str]:
    with bound_to(url), reading() as session:
        return _taken(lambda: _board(session))


def _board(session: Session) -> str:
    found = total(counts(session, Filter(), now=NOW).values())
    page = board_page(session, Filter(), now=NOW, order=Order.DUE, limit=50)
    return f"the counts of {found.all:,} and the {len(page)} most urgent"


def _taken(work: Callable[[], str]) -> tuple[float, str]:
    began = perf_counter()
    said = work()
    return perf_counter() - began, said


if __name__ == "__main__":
    from benchmarks.__main__ import main

    main(["--only", "sweeps"])

"""Appending to the trail on PostgreSQL, one record a commit, by one writer and by eight, each a process of its own.

The trail is one tree, so its writers queue for the head's row, which is locked last and until the commit. The bare
INSERT stores as many bytes in one statement and one commit, in a table without a tree, and nobody waits for anybody:
its commits share one write to disk, ours can't. A bulk of records in one commit queues once.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from multiprocessing import Manager, get_context
from statistics import median
from threading import Barrier
from time import monotonic
from typing import Any

import psycopg
from sqlalchemy import make_url

from benchmarks.databases import bound_to, postgres_server, postgres_url
from benchmarks.records import a_record
from benchmarks.rows import Row
from benchmarks.sizes import Size
from benchmarks.timing import rate, turns
from models.database import transaction
from models.trail import leaf_text, record

Writer = Callable[[str, int, Barrier], tuple[float, float]]  # when it began and ended

BARE = "CREATE TABLE bare (seq bigserial PRIMARY KEY, leaf text NOT NULL, leaf_hash text NOT NULL)"
BULK = 5_000


def measure(size: Size) -> Iterator[Row]:
    each, rounds = size.of(500, 20), size.of(5, 1)
    with postgres_server() as server, postgres_url(server) as url:
        with _connected(url) as connection:
            connection.execute(BARE)
        for writers in (1, 8):
            yield _appended(url, writers, each, rounds)
        yield _in_bulk(url, size.of(BULK, 500), rounds)


def _appended(url: str, writers: int, each: int, rounds: int) -> Row:
    """Both in turns; the median of what all writers together did in a second."""
    sides: dict[Writer, list[float]] = {append: [], insert: []}
    for number in range(rounds):
        for writer in list(sides) if number % 2 == 0 else reversed(list(sides)):
            sides[writer].append(_crowd(writer, url, writers, each))
    ours, theirs = (median(took) for took in sides.values())
    many = writers * each
    return Row(
        f"append to the trail, {writers} {'writer' if writers == 1 else 'writers'}, PostgreSQL",
        rate(many, ours, "records"),
        "a bare INSERT by as many",
        rate(many, theirs, "rows"),
        ours / theirs,
    )


def _in_bulk(url: str, records: int, rounds: int) -> Row:
    def bulk() -> None:
        with transaction() as session:
            for number in range(records):
                record(session, replace(a_record(number), now=datetime.now(UTC)))

    def one_by_one() -> None:
        for number in range(records // 50):
            _one_record(number)

    with bound_to(url):
        one_by_one()
        ours, theirs = turns(bulk, one_by_one, rounds)
    ours, theirs = ours / records, theirs / (records // 50)
    what = f"append {records:,} records in one commit, PostgreSQL"
    return Row(what, rate(1, ours, "records"), "one record a commit", rate(1, theirs, "records"), ours / theirs)


def _crowd(writer: Writer, url: str, writers: int, each: int) -> float:
    """Seconds from the first writer's begin to the last one's end; they begin together."""
    context = get_context("spawn")
    with Manager() as manager, ProcessPoolExecutor(writers, mp_context=context) as pool:
        together: Any = manager.Barrier(writers)
        spans = [one.result() for one in [pool.submit(writer, url, each, together) for _ in range(writers)]]
    return max(end for _, end in spans) - min(begin for begin, _ in spans)


def append(url: str, each: int, together: Barrier) -> tuple[float, float]:
    with bound_to(url):
        _one_record(0)  # connected, and its statements compiled
        together.wait()
        began = monotonic()
        for number in range(each):
            _one_record(number)
        return began, monotonic()


def _one_record(number: int) -> None:
    with transaction() as session:
        record(session, replace(a_record(number), now=datetime.now(UTC)))


def insert(url: str, each: int, together: Barrier) -> tuple[float, float]:
    leaves = [
        leaf_text(a_record(number), seq=number, at="2026-01-05T01:00:00.000000Z", salted={}) for number in range(5)
    ]
    with _connected(url) as connection:
        together.wait()
        began = monotonic()
        for number in range(each):
            leaf = leaves[number % 5]
            values = (leaf, sha256(b"\x00" + leaf.encode()).hexdigest())
            connection.execute("INSERT INTO bare (leaf, leaf_hash) VALUES (%s, %s)", values)
        return began, monotonic()


def _connected(url: str) -> psycopg.Connection:
    """Commits each statement."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True)

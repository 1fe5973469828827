"""Verifying the trail.

The other side reads the same rows through the bare driver and takes the SHA-256 of each leaf and each text: what
nobody can do without. Ours takes the hashes of the tree besides, parses each leaf, proves it to be canonical JSON, and
compares it with its columns, its number, its neighbours and its texts. The last line reads the leaves and nothing else.

Both spend most of their time in the drivers, SHA-256 and the JSON parser, all of them C. What is left of the ratio is,
in this order: writing each leaf anew to prove it canonical, looking for floats in it, and comparing the columns.
"""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from benchmarks.databases import bound_to, postgres_server, postgres_url, sqlite_url
from benchmarks.memory import apart
from benchmarks.records import write_trail
from benchmarks.rows import Bar, Row
from benchmarks.sizes import Size
from benchmarks.timing import rate, turns
from models.database import bound_engine, reading
from states.verify import verify_trail

RECORDS = "SELECT leaf, seq, leaf_hash, actor, action, subject, at FROM audit_record ORDER BY seq"
TEXTS = "SELECT text, seq, field, salt FROM audit_text ORDER BY seq"
LEAVES = "SELECT leaf FROM audit_record ORDER BY seq"
AT_ONCE = 2_000


def measure(size: Size) -> Iterator[Row]:
    records = size.of(1_000_000, 5_000)
    with sqlite_url() as url:
        yield from _on("SQLite", url, records, rounds=size.of(3, 1))
    with postgres_server() as server, postgres_url(server) as url:
        yield from _on("PostgreSQL", url, records, rounds=size.of(3, 1))


def _on(store: str, url: str, records: int, rounds: int) -> Iterator[Row]:
    with bound_to(url):
        write_trail(records)
        ours, theirs = turns(verify, lambda: read_and_hash(RECORDS, TEXTS), rounds)
        again, leaves = turns(verify, lambda: read_and_hash(LEAVES), 1)
    what, pace = f"verify {records:,} records, {store}", "records"
    beside = "reading and hashing the same bytes"
    yield Row(what, rate(records, ours, pace), beside, rate(records, theirs, pace), ours / theirs, Bar(3))
    beside = "reading and hashing the leaves alone"
    yield Row(what, rate(records, again, pace), beside, rate(records, leaves, pace), again / leaves)
    alone = apart(verify_there, url)
    yield Row(f"its peak memory, {store}", f"{alone.peak:.0f} MiB", "", "", alone.peak, Bar(300, unit=" MiB"))


def verify() -> None:
    with reading() as session:
        verdict = verify_trail(session)
    if not verdict.ok:
        raise RuntimeError(f"the trail does not verify: {verdict}")


def verify_there(url: str) -> None:
    with bound_to(url):
        verify()


def read_and_hash(*queries: str) -> None:
    """The first column of each is hashed."""
    connection = bound_engine().raw_connection()
    try:
        driver: Any = connection.driver_connection
        for query in queries:
            cursor = driver.cursor(name="all") if hasattr(driver, "pgconn") else driver.cursor()  # read in pieces
            cursor.execute(query)
            while rows := cursor.fetchmany(AT_ONCE):
                for row in rows:
                    sha256(row[0].encode()).digest()
            cursor.close()
    finally:
        connection.close()

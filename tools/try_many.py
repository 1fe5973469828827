"""Show that many machines share the work: a Prefect server on PostgreSQL, two workers, and a sink for all messages.

All of it on this machine, in a temporary folder and in databases of its own; it ends what it started, on Ctrl-C, too.
Exits 1 when a part was not run by its own worker, or a message is missing or came twice. `--postgres URL` names a
server to make databases in; without it one is started, if `initdb` is found.
"""

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import NullPool, create_engine, text

from tests.postgres import NoPostgres, Postgres, fresh_database
from tools.many.agency import found_agency
from tools.many.machines import WaitedInVain, clean_environment, prefect_server, workers
from tools.many.runs import deploy, run_parts
from tools.many.sink import Sink, open_sink

PARTS = 2  # shards, senders, and workers
NAMES = ["pekerja-1", "pekerja-2"]


@dataclass(frozen=True)
class RunRow:
    flow: str
    shard: int
    shards: int
    worker: str
    failure: str | None
    counts: dict[str, int]
    seconds: float


def main(words: Sequence[str]) -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--units", type=int, default=300, help="units under way, each with reminders due")
    options.add_argument("--postgres", metavar="URL", help="a PostgreSQL server to make two databases in")
    chosen = options.parse_args(words)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # like Ctrl-C: all is ended on the way out
    folder = Path(tempfile.mkdtemp(prefix="zi-many-"))
    try:
        with _postgres(chosen.postgres) as server:
            faults = try_it(folder, server, units=chosen.units)
    except (NoPostgres, WaitedInVain) as error:
        faults = [str(error), *_last_words(folder)]
    except KeyboardInterrupt:
        faults = ["interrupted"]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for fault in faults:
        print(f"NOT SHOWN: {fault}", file=sys.stderr)
    return 1 if faults else 0


def try_it(folder: Path, postgres: str, *, units: int) -> list[str]:
    """What could not be shown; nothing where all is well."""
    began = time.monotonic()
    with open_sink() as sink, fresh_database(postgres) as ours, fresh_database(postgres) as prefects:
        environment = {
            **clean_environment(folder),
            "ZI_HOME": str(folder / "home"),
            "ZI_DATABASE_URL": ours,
            "ZI_RATES_PER_MINUTE": "json=0",  # the sink takes as many as come
        }
        _say(f"a made-up agency with {units} units ...")
        found_agency(folder, environment, units=units, channel=sink.address)
        _say("a Prefect server on PostgreSQL ...")
        with prefect_server(folder, environment, database=prefects) as url:
            environment["PREFECT_API_URL"] = url
            pool, names = deploy(environment, parts=PARTS)
            _say("zi deploy: " + ", ".join(names))
            _say(f"two workers: {', '.join(NAMES)} ...")
            with workers(folder, environment, names=NAMES, pool=pool):
                for flow in ("remind", "deliver"):
                    _say(f"{flow}, {PARTS} parts at once ...")
                    run_parts(url, flow, parts=PARTS)
        runs = _runs(ours)
        _show(runs, sink, seconds=time.monotonic() - began)
        return [*_faults(runs), *_lost(ours, sink)]


def _runs(database: str) -> list[RunRow]:
    query = (
        "SELECT flow, shard, shards, worker, failure, counts, extract(epoch FROM finished_at - started_at)"
        " FROM run ORDER BY id"
    )
    return [
        RunRow(flow, shard, shards, worker, failure, json.loads(counts), float(seconds or 0))
        for flow, shard, shards, worker, failure, counts, seconds in _query(database, query)
    ]


def _faults(runs: list[RunRow]) -> Iterator[str]:
    for flow in ("remind", "deliver"):
        mine = [run for run in runs if run.flow == flow]
        busy = {run.worker for run in mine if run.counts.get("queued" if flow == "remind" else "sent")}
        if busy != set(NAMES):
            yield f"{flow} was the work of {sorted(busy)}, not of both workers"
        if any(run.failure for run in mine):
            yield f"a run of {flow} failed"
    shards = {(run.shard, run.shards) for run in runs if run.flow == "remind"}
    if shards != {(part, PARTS) for part in range(PARTS)}:
        yield f"remind ran as parts {sorted(shards)}"


def _lost(database: str, sink: Sink) -> Iterator[str]:
    states = {state: count for state, count in _query(database, "SELECT state, count(*) FROM delivery GROUP BY state")}
    sent = {bytes(one, "ascii") for (one,) in _query(database, "SELECT message_id FROM delivery WHERE state = 'sent'")}
    if set(states) != {"sent"}:
        yield f"deliveries are {states}"
    if missing := len(sent - sink.arrived.keys()):
        yield f"{missing} messages never arrived"
    if strange := len(sink.arrived.keys() - sent):
        yield f"{strange} messages arrived that nobody sent"
    if doubled := sum(copies > 1 for copies in sink.arrived.values()):
        yield f"{doubled} messages arrived more than once"
    owed = _query(
        database,
        "SELECT count(*) FROM candidacy c WHERE NOT EXISTS (SELECT 1 FROM obligation o"
        " JOIN said s ON s.obligation_id = o.id WHERE o.candidacy_id = c.id)",
    )
    if unsaid := owed[0][0]:
        yield f"nobody was told of {unsaid} candidacies"


def _show(runs: list[RunRow], sink: Sink, *, seconds: float) -> None:
    print(f"\n{'flow':10}{'part':8}{'worker':12}{'due':>6}{'queued':>8}{'sent':>6}{'seconds':>9}")
    for run in runs:
        part = f"{run.shard + 1} of {run.shards}" if run.shards > 1 else "-"
        counts = [run.counts.get(name, 0) for name in ("planned", "queued", "sent")]
        print(f"{run.flow:10}{part:8}{run.worker:12}{counts[0]:6}{counts[1]:8}{counts[2]:6}{run.seconds:9.1f}")
    copies = sum(sink.arrived.values()) - len(sink.arrived)
    print(f"\n{len(sink.arrived)} messages arrived, {copies} copies; {seconds:.0f} seconds in all.")


def _query(database: str, query: str) -> list[Any]:
    engine = create_engine(database, poolclass=NullPool)
    with engine.connect() as connection:
        return list(connection.execute(text(query)))


@contextmanager
def _postgres(url: str | None) -> Iterator[str]:
    if url:
        yield url
        return
    _say("a PostgreSQL server ...")
    server = Postgres.found()
    try:
        server.start()
        yield server.url
    finally:
        server.stop()


def _last_words(folder: Path) -> Iterator[str]:
    for log in sorted(folder.glob("*.log")):
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-5:]
        yield f"{log.name}: " + " | ".join(lines)


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main(sys.argv[1:]))

"""Records that a flow ran, which part, and what it counted, or what ended it."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from models.clock import AHEAD
from models.database import reading, transaction
from models.inserts import rows_hit
from models.runs import Run
from states.parts import WHOLE, Part


@dataclass(frozen=True)
class Failure:
    """How the newest run of a flow ended that failed and was not made up for since."""

    at: datetime
    why: str


def start_run(flow: str, *, now: datetime, part: Part = WHOLE, worker: str | None = None) -> int:
    with transaction() as session:
        run = Run(flow=flow, started_at=now, shard=part.shard, shards=part.of, worker=worker)
        session.add(run)
        session.flush()
        return run.id


def finish_run(run_id: int, counts: Mapping[str, int], *, now: datetime) -> None:
    with transaction() as session:
        run = session.get_one(Run, run_id)
        run.finished_at, run.counts = now, json.dumps(dict(counts), sort_keys=True)


def fail_run(run_id: int, why: str, *, now: datetime) -> None:
    """`why` is a kind of error; its text may hold what is nobody's business."""
    with transaction() as session:
        run = session.get_one(Run, run_id)
        run.finished_at, run.failure = now, why


def ran_ahead(flow: str, *, now: datetime) -> bool:
    """Whether it ran by a clock that was ahead of the one we have now."""
    query = select(col(Run.id)).where(col(Run.flow) == flow, col(Run.started_at) > now + AHEAD).limit(1)
    with reading() as session:
        return session.execute(query).first() is not None


def note_run(
    session: Session,
    flow: str,
    *,
    started: datetime,
    finished: datetime,
    counts: Mapping[str, int] | None = None,
    failure: str | None = None,
) -> None:
    """One that is over already: a backup, which must not hold a run that never ends."""
    said = json.dumps(dict(counts or {}), sort_keys=True)
    session.add(Run(flow=flow, started_at=started, finished_at=finished, counts=said, failure=failure))


def forget_runs(*, before: datetime) -> int:
    """Delete the rows of runs that ended before this instant; returns how many."""
    with transaction() as session:
        return rows_hit(session.execute(delete(Run).where(col(Run.finished_at) < before)))


def last_finished(session: Session) -> dict[str, datetime]:
    """When each flow last did all of its work: of one that is shared out, when the slowest of its parts did.

    A new number of parts undoes nothing: what was whole before counts until the new parts are.
    """
    rows = session.execute(
        select(col(Run.flow), col(Run.shards), func.max(col(Run.finished_at)))
        .where(col(Run.finished_at).is_not(None), col(Run.failure).is_(None))
        .group_by(col(Run.flow), col(Run.shards), col(Run.shard))
    )
    parts: dict[tuple[str, int], list[datetime]] = defaultdict(list)
    for flow, shards, last in rows:
        parts[flow, shards].append(last)
    finished: dict[str, datetime] = {}
    for (flow, shards), ends in parts.items():
        if len(ends) == shards:
            finished[flow] = max(min(ends), finished.get(flow, min(ends)))
    return finished


def last_failed(session: Session) -> dict[str, Failure]:
    """Of each flow the newest failure that no later run of the same part made up for."""
    done = (
        select(func.max(col(Run.id)).label("id"), col(Run.flow), col(Run.shard), col(Run.shards))
        .where(col(Run.finished_at).is_not(None))
        .group_by(col(Run.flow), col(Run.shard), col(Run.shards))
        .subquery()
    )
    rows = session.execute(
        select(col(Run.flow), col(Run.finished_at), col(Run.failure))
        .join(done, done.c.id == col(Run.id))
        .where(col(Run.failure).is_not(None))
        .order_by(col(Run.finished_at))
    )
    return {flow: Failure(at, why) for flow, at, why in rows}

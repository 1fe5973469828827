"""Records that a flow ran, and what it counted."""

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from models.database import transaction
from models.inserts import rows_hit
from models.runs import Run


def start_run(flow: str, *, now: datetime) -> int:
    with transaction() as session:
        run = Run(flow=flow, started_at=now)
        session.add(run)
        session.flush()
        return run.id


def finish_run(run_id: int, counts: Mapping[str, int], *, now: datetime) -> None:
    with transaction() as session:
        run = session.get_one(Run, run_id)
        run.finished_at, run.counts = now, json.dumps(dict(counts), sort_keys=True)


def forget_runs(*, before: datetime) -> int:
    """Delete the rows of runs that ended before this instant; returns how many."""
    with transaction() as session:
        return rows_hit(session.execute(delete(Run).where(col(Run.finished_at) < before)))


def last_finished(session: Session) -> dict[str, datetime]:
    """When each flow last ran to its end."""
    rows = session.execute(
        select(col(Run.flow), func.max(col(Run.finished_at)))
        .where(col(Run.finished_at).is_not(None))
        .group_by(Run.flow)
    )
    return {flow: at for flow, at in rows}

"""Which delivery is whose: claimed by a conditional UPDATE, recorded only by whoever holds the lease.

The lease outlasts any send. Who dies with a lease loses it when it runs out, or as soon as another process of the
same machine looks.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, text, update
from sqlmodel import Session, col

from models.database import transaction
from models.inserts import rows_hit
from models.messages import Delivery, DeliveryState
from notifications.workers import is_gone

LEASE = timedelta(minutes=3)  # longer than BATCH_SECONDS in send.py, with room to load and to record

IS_QUEUED = text("delivery.state = 'queued'")  # spelt out: SQLite uses a partial index for no bound value


def claim(*, now: datetime, worker_id: str, limit: int) -> list[int]:
    """Lease the oldest deliveries that are due and free; their ids in that order."""
    with transaction() as session:
        query = (
            select(col(Delivery.id))
            .where(IS_QUEUED, col(Delivery.next_try_at) <= now, _is_free(now))
            .order_by(col(Delivery.next_try_at), col(Delivery.id))
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        ids = list(session.execute(query).scalars())
        session.execute(
            update(Delivery)
            .where(col(Delivery.id).in_(ids))
            .values(leased_by=worker_id, leased_until=now + LEASE)
            .execution_options(synchronize_session=False)
        )
        return ids


def free_leases_of_dead(*, now: datetime) -> None:
    """Take back what processes of this machine had leased when they died."""
    with transaction() as session:
        holders = select(col(Delivery.leased_by)).where(IS_QUEUED, col(Delivery.leased_until) > now).distinct()
        gone = [worker for worker in session.execute(holders).scalars() if worker and is_gone(worker)]
        session.execute(
            update(Delivery)
            .where(IS_QUEUED, col(Delivery.leased_by).in_(gone))
            .values(leased_by=None, leased_until=None)
            .execution_options(synchronize_session=False)
        )


def give_back(ids: Sequence[int], *, worker_id: str) -> None:
    """What was claimed and not begun is anybody's again."""
    with transaction() as session:
        record(session, ids, worker_id=worker_id)


def record(session: Session, ids: Sequence[int], *, worker_id: str, **values: object) -> int:
    """Write how it went and end the lease, for those that are still ours; returns how many were."""
    return rows_hit(
        session.execute(
            update(Delivery)
            .where(col(Delivery.id).in_(ids), col(Delivery.leased_by) == worker_id)
            .where(col(Delivery.state) == DeliveryState.QUEUED)
            .values(leased_by=None, leased_until=None, **values)
            .execution_options(synchronize_session=False)
        )
    )


def _is_free(now: datetime) -> ColumnElement[bool]:
    return or_(col(Delivery.leased_until).is_(None), col(Delivery.leased_until) < now)

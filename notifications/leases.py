"""Which delivery is whose: claimed by a conditional UPDATE, recorded only by whoever holds the lease.

The lease outlasts any send. Who dies with a lease loses it when it runs out, or as soon as another process of the
same machine looks.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Row, or_, select, text, update
from sqlmodel import Session, col

from models.clock import AHEAD
from models.database import transaction
from models.inserts import in_pieces, rows_hit
from models.messages import Channel, Delivery, DeliveryState
from notifications.rates import MINUTE, UNLIMITED, Rates, take_room
from notifications.workers import is_gone

LEASE = timedelta(minutes=3)  # longer than BATCH_SECONDS in send.py, with room to load and to record

IS_QUEUED = text("delivery.state = 'queued'")  # spelt out: SQLite uses a partial index for no bound value
MINUTES_AT_ONCE = 100  # that what is over a rate is spread over; what is left is spread by the next who claims


@dataclass(frozen=True)
class Claim:
    ids: list[int]
    room: tuple[datetime, ...] = ()  # the minutes to which what is over a rate was put off


def claim(*, now: datetime, worker_id: str, limit: int, rates: Rates = UNLIMITED) -> Claim:
    """Lease the oldest deliveries that are due, free, and within the rates of their kinds; in that order.

    What is over a rate is put off to the minute that has room for it, and is not an attempt.
    """
    room: set[datetime] = set()
    while True:
        with transaction() as session:
            due = _due(session, now, limit=limit)
            ids, over = _within_rates(session, due, rates, now=now)
            session.execute(
                update(Delivery)
                .where(col(Delivery.id).in_(ids))
                .values(leased_by=worker_id, leased_until=now + LEASE)
                .execution_options(synchronize_session=False)
            )
            for kind, then in over.items():
                room |= _put_off(session, kind, to=then, per_minute=rates.of(kind), now=now)
        if ids or not over:  # where one kind has all the first places, others wait behind it
            return Claim(ids, tuple(sorted(room)))


def put_off_channel(session: Session, channel: int, *, to: datetime) -> None:
    """A server that asks to be left alone is left alone by all that waits for this channel."""
    waiting = (
        select(col(Delivery.id))
        .where(IS_QUEUED, col(Delivery.channel_id) == channel, col(Delivery.leased_by).is_(None))
        .where(col(Delivery.next_try_at) < to)
        .with_for_update(skip_locked=True)
    )
    for ids in in_pieces(session.execute(waiting).scalars().all()):
        query = update(Delivery).where(col(Delivery.id).in_(ids)).values(next_try_at=to)
        session.execute(query.execution_options(synchronize_session=False))


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


def bring_back(*, now: datetime) -> None:
    """What a clock that was ahead put into its own future is due now: or it would wait until that time has come."""
    ahead = now + AHEAD
    with transaction() as session:
        session.execute(
            update(Delivery)
            .where(IS_QUEUED, col(Delivery.next_try_at) > ahead)
            .where(or_(col(Delivery.queued_at) > ahead, col(Delivery.first_tried_at) > ahead))
            .values(next_try_at=now, queued_at=now, first_tried_at=None, leased_by=None, leased_until=None)
            .execution_options(synchronize_session=False)
        )


def give_back(ids: Sequence[int], *, worker_id: str) -> None:
    """What was claimed and not begun is anybody's again."""
    with transaction() as session:
        record(session, ids, worker_id=worker_id)


def record(session: Session, ids: Sequence[int], *, worker_id: str, **values: object) -> int:
    """Write how it went and end the lease, for those that are still ours; returns how many were.

    Straight to the table: this is done for every few messages, and the ORM's part would cost as much as the rest.
    """
    table = Delivery.__table__  # type: ignore[attr-defined]
    ours = (table.c.id.in_(ids), table.c.leased_by == worker_id, table.c.state == DeliveryState.QUEUED)
    query = update(table).where(*ours).values(leased_by=None, leased_until=None, **values)
    return rows_hit(session.connection().execute(query))


def _due(session: Session, now: datetime, *, limit: int, kind: str | None = None) -> list[Row[int, str | None]]:
    """Ids with the kind of their channel (none: the mail folder), the oldest first; locked, past what others hold."""
    query = (
        select(col(Delivery.id), col(Channel.kind))
        .outerjoin(Channel, col(Channel.id) == col(Delivery.channel_id))
        .where(IS_QUEUED, col(Delivery.next_try_at) <= now, _is_free(now))
        .order_by(col(Delivery.next_try_at), col(Delivery.id))
        .limit(limit)
        .with_for_update(skip_locked=True, of=Delivery)
    )
    if kind is not None:
        query = query.where(col(Channel.kind) == kind)
    return list(session.execute(query))


def _within_rates(
    session: Session, due: Sequence[Row[int, str | None]], rates: Rates, *, now: datetime
) -> tuple[list[int], dict[str, datetime]]:
    """Those that may go now, and for each kind that has no more room the time when it will."""
    wanted = Counter(kind for _, kind in due if kind is not None and rates.of(kind))
    left: dict[str, int] = {}
    over: dict[str, datetime] = {}
    for kind in sorted(wanted):  # always in this order, so that two processes never wait for each other
        left[kind], then = take_room(session, kind, wanted[kind], limit=rates.of(kind), now=now)
        if left[kind] < wanted[kind]:
            over[kind] = then
    ids: list[int] = []
    for delivery, limited in due:
        if limited in left:
            if not left[limited]:
                continue
            left[limited] -= 1
        ids.append(delivery)
    return ids, over


def _put_off(session: Session, kind: str, *, to: datetime, per_minute: int, now: datetime) -> set[datetime]:
    """Spread what is due of this kind over the minutes to come, each with as many as it has room for; these."""
    ids = [one for one, _ in _due(session, now, limit=per_minute * MINUTES_AT_ONCE, kind=kind)]
    minutes: set[datetime] = set()
    for minute, piece in enumerate(in_pieces(ids, per_minute)):
        minutes.add(to + minute * MINUTE)
        session.execute(
            update(Delivery)
            .where(col(Delivery.id).in_(piece))
            .values(next_try_at=to + minute * MINUTE)
            .execution_options(synchronize_session=False)
        )
    return minutes


def _is_free(now: datetime) -> ColumnElement[bool]:
    """A lease that ends later than any could was taken by a clock that was ahead, and binds nobody."""
    until = col(Delivery.leased_until)
    return or_(until.is_(None), until < now, until > now + LEASE + AHEAD)

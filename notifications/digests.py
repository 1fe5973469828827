"""Digests: what waits for a person is taken into one message, daily or weekly, in one transaction.

Made by `remind`, after it has queued the day's rungs: a weekly digest that arrives says that reminders are alive, and
one that does not arrive says that they are not. Killed at any point, an item still waits or stands in a digest.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select, text, update
from sqlmodel import Session, col

from models.database import transaction
from models.inserts import insert_new
from models.messages import Delivery, DeliveryState, Notice, OutboxMessage
from models.people import Membership
from models.preferences import Mode, Preference
from notifications.relevance import WEEKLY, untrue
from states.actors import valid_on
from states.calendar import today_in_indonesia
from states.days_off import DaysOff, load_days_off
from states.digest_times import next_daily, next_weekly
from states.notices import personal
from states.preferences import Preferences, load_preferences

BATCH = 500  # people in one transaction
IS_WAITING = text("delivery.state = 'waiting'")  # spelt out: SQLite uses a partial index for no bound value


@dataclass
class Making:
    """One person's digest that is due."""

    row: Preference
    wanted: Preferences
    weekly: bool
    subject: str
    items: list[int] = field(default_factory=list)  # deliveries


def make_digests(*, now: datetime, limit: int = BATCH) -> int:
    """Make every digest that is due; returns how many. Running it again, or twice at once, makes none twice.

    A missed day or week is caught up with by one digest. A daily one is made only where something is to be told, a
    weekly one always, while the person holds a role. What has stopped being true is cancelled.
    """
    made = 0
    while True:
        with transaction() as session:
            due = _due(session, limit, now=now)
            made += _make(session, due, now=now)
        if len(due) < limit:
            return made


def _due(session: Session, limit: int, *, now: datetime) -> list[Preference]:
    """Also who expects no digest any more, but had something put aside while they were changing their mind."""
    waits = select(col(Delivery.id)).where(IS_WAITING, col(Delivery.person_id) == col(Preference.person_id)).exists()
    expects_none = and_(col(Preference.next_daily_at).is_(None), col(Preference.next_weekly_at).is_(None))
    query = (
        select(Preference)
        .where(
            or_(
                col(Preference.next_daily_at) <= now,
                col(Preference.next_weekly_at) <= now,
                and_(expects_none, waits),
            )
        )
        .order_by(col(Preference.person_id))
        .limit(limit)
    )
    return list(session.execute(query.with_for_update(skip_locked=True)).scalars())


def _make(session: Session, rows: Sequence[Preference], *, now: datetime) -> int:
    if not rows:
        return 0
    wanted = load_preferences(session, [row.person_id for row in rows], now=now)
    days_off = load_days_off(session)
    making = {row.person_id: _making(row, wanted[row.person_id], days_off, now=now) for row in rows}
    known = _ids(session, (one.subject for one in making.values()))
    _collect(session, {person: one for person, one in making.items() if one.subject not in known}, now=now)
    serving = _serving(session, making, now=now)
    new = {
        person: one
        for person, one in making.items()
        if one.subject not in known and (one.items or (one.weekly and person in serving))
    }
    outbox = [
        personal(Notice.DIGEST, person_id=person, about=one.subject, reference_id=None, now=now)
        for person, one in new.items()
    ]
    made = insert_new(session, OutboxMessage, outbox)
    ids = _ids(session, (one.subject for one in new.values()))
    for one in new.values():
        _set(session, one.items, state=DeliveryState.DIGESTED, digest_id=ids[one.subject])
    for one in making.values():
        _set_next(session, one, days_off, now=now)
    return made


def _making(row: Preference, wanted: Preferences, days_off: DaysOff, *, now: datetime) -> Making:
    """The subject names the person's day, or week: there is one digest in each."""
    weekly = row.next_weekly_at is not None and row.next_weekly_at <= now
    today = wanted.calendar(days_off).today(now)
    year, week, _ = today.isocalendar()
    when = f"{WEEKLY}:{year}-W{week:02d}" if weekly else f"daily:{today}"
    return Making(row, wanted, weekly, f"person:{row.person_id}:{when}")


def _collect(session: Session, making: Mapping[int, Making], *, now: datetime) -> None:
    """What waits for each, oldest first; a daily digest leaves what is wanted weekly."""
    rows = session.execute(
        select(Delivery, OutboxMessage)
        .join(OutboxMessage, col(OutboxMessage.id) == col(Delivery.outbox_id))
        .where(IS_WAITING, col(Delivery.person_id).in_(making))
        .order_by(col(Delivery.id))
        .with_for_update(of=Delivery)
    ).all()
    wanted = [
        (delivery, message)
        for delivery, message in rows
        if making[delivery.person_id].weekly or making[delivery.person_id].wanted.mode(message.kind) is not Mode.WEEKLY
    ]
    gone = untrue(session, list({message.id: message for _, message in wanted}.values()), now=now)
    for delivery, message in wanted:
        if message.id not in gone:
            making[delivery.person_id].items.append(delivery.id)
    _set(session, [one.id for one, message in wanted if message.id in gone], state=DeliveryState.CANCELLED)


def _serving(session: Session, people: Iterable[int], *, now: datetime) -> set[int]:
    """Those who hold a role today: who has left the office needs no heartbeat."""
    today = today_in_indonesia(now)
    query = select(col(Membership.person_id)).where(col(Membership.person_id).in_(list(people)), *valid_on(today))
    return set(session.execute(query.distinct()).scalars())


def _set_next(session: Session, one: Making, days_off: DaysOff, *, now: datetime) -> None:
    """What could not be told, because there was a digest today already, is told in the next one."""
    calendar, only = one.wanted.calendar(days_off), one.wanted.hours.working_days_only
    waits = session.execute(
        select(col(Delivery.id)).where(IS_WAITING, col(Delivery.person_id) == one.row.person_id).limit(1)
    ).first()
    daily = one.wanted.kinds(Mode.DAILY) or (waits and not one.wanted.is_weekly)
    one.row.next_daily_at = next_daily(now, calendar, working_days_only=only) if daily else None
    one.row.next_weekly_at = next_weekly(now, calendar, working_days_only=only) if one.wanted.is_weekly else None


def _ids(session: Session, subjects: Iterable[str]) -> dict[str, int]:
    rows = session.execute(
        select(col(OutboxMessage.subject), col(OutboxMessage.id))
        .where(col(OutboxMessage.kind) == Notice.DIGEST)
        .where(col(OutboxMessage.subject).in_(list(subjects)))
    )
    return {subject: key for subject, key in rows}


def _set(session: Session, deliveries: Sequence[int], **values: Any) -> None:
    if deliveries:
        query = update(Delivery).where(col(Delivery.id).in_(deliveries)).values(**values)
        session.execute(query.execution_options(synchronize_session=False))

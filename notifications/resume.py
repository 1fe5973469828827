"""Snoozes that are over: the newest rung that came due meanwhile is said to whoever had snoozed it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, literal_column, select
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.candidacies import Candidacy
from models.database import locked, transaction
from models.messages import OutboxMessage
from models.obligations import Obligation, ObligationState
from models.quieting import Snooze
from notifications.counts import Counts
from notifications.expand import expand
from states.parts import WHOLE, Part

BATCH = 500  # snoozes in one transaction

IS_NOT_ENDED: ColumnElement[bool] = literal_column("snooze.ended_at IS NULL")
"""Spelt out: SQLite leaves a partial index aside when the values it depends on are bound."""


def resume_snoozed(*, now: datetime, part: Part = WHOLE) -> Counts:
    """End every snooze that is over, and say what came due meanwhile; `planned` counts what was said.

    A rung that has not been addressed yet is left to whoever addresses it: from here on nothing keeps it back.
    """
    total = Counts()
    while True:
        with transaction() as session:
            over = list(
                session.execute(_over(now, part).limit(BATCH).with_for_update(of=Snooze, skip_locked=True)).scalars()
            )
            for snooze in over:
                snooze.ended_at = now
            session.flush()
            newest = newest_rungs(session, over)
            rows = locked(session, OutboxMessage, col(OutboxMessage.id).in_(newest))
            queued = expand(session, [row for row in rows if row.expanded_at], now=now, only=newest).queued
            total += Counts(planned=queued, queued=queued)
        if len(over) < BATCH:
            return total


def snoozes_over(session: Session, *, now: datetime) -> list[Snooze]:
    """What `resume_snoozed` would end; nothing is written."""
    return list(session.execute(_over(now, WHOLE)).scalars())


def newest_rungs(session: Session, snoozes: Sequence[Snooze]) -> Mapping[int, set[int]]:
    """The newest outbox row of each obligation that is still open, with those who had snoozed it; two queries."""
    people: dict[int, set[int]] = {}
    for snooze in snoozes:
        people.setdefault(snooze.obligation_id, set()).add(snooze.person_id)
    rows = session.execute(
        select(col(OutboxMessage.obligation_id), func.max(col(OutboxMessage.id)))
        .join(Obligation, col(Obligation.id) == col(OutboxMessage.obligation_id))
        .where(col(Obligation.id).in_(set(people)), col(Obligation.state) == ObligationState.OPEN)
        .where(col(Obligation.due_on) == col(OutboxMessage.due_on))
        .group_by(col(OutboxMessage.obligation_id))
    )
    return {newest: people[obligation] for obligation, newest in rows}


def _over(now: datetime, part: Part) -> Select[Snooze]:
    return (
        select(Snooze)
        .join(Obligation, col(Obligation.id) == col(Snooze.obligation_id))
        .join(Candidacy, col(Candidacy.id) == col(Obligation.candidacy_id))
        .join(Unit, col(Unit.id) == col(Candidacy.unit_id))
        .join(Agency, col(Agency.id) == col(Unit.agency_id))
        .where(IS_NOT_ENDED, col(Snooze.ends_at) <= now)
        .where(part.holds, part.holds_zone)
        .order_by(col(Snooze.id))
    )

"""Which messages have stopped being true before their turn came: these are not sent."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import ColumnElement, case, select
from sqlmodel import Session, SQLModel, col

from models.candidacies import Correction, StageEntry
from models.findings import Finding, FindingState
from models.messages import Delivery, Notice, OutboxMessage
from models.obligations import Obligation, ObligationState
from models.summaries import Summary, SummaryState
from models.witnesses import Witness
from states.evidence.backlog import who_owes
from states.monev.telling import ANSWERED

WEEKLY = "weekly"  # in the subject of a digest that arrives whatever there is to tell


def untrue(session: Session, messages: Sequence[OutboxMessage], *, now: datetime) -> set[int]:
    """The ids of those that no longer hold; one query per kind of message."""
    by_kind: dict[Notice, list[OutboxMessage]] = {}
    for message in messages:
        by_kind.setdefault(message.kind, []).append(message)
    gone: set[int] = set()
    for kind, alike in by_kind.items():
        still_true = partial(_AS_OF_NOW[kind], now=now) if kind in _AS_OF_NOW else _STILL_TRUE[kind]
        gone |= {message.id for message in alike} - still_true(session, alike)
    return gone


def _owed_on_that_day(session: Session, messages: Sequence[OutboxMessage]) -> set[int]:
    """Still owed, and the day was not moved."""
    rows = session.execute(
        select(col(OutboxMessage.id))
        .join(Obligation, col(Obligation.id) == col(OutboxMessage.obligation_id))
        .where(col(OutboxMessage.id).in_([message.id for message in messages]))
        .where(col(Obligation.state) == ObligationState.OPEN)
        .where(col(Obligation.due_on) == col(OutboxMessage.due_on))
    )
    return set(rows.scalars())


def _told_of(
    table: type[SQLModel], *conditions: ColumnElement[bool]
) -> Callable[[Session, Sequence[OutboxMessage]], set[int]]:
    def still_true(session: Session, messages: Sequence[OutboxMessage]) -> set[int]:
        rows = session.execute(
            select(col(OutboxMessage.id))
            .join(table, table.id == col(OutboxMessage.reference_id))  # type: ignore[attr-defined]
            .where(col(OutboxMessage.id).in_([message.id for message in messages]), *conditions)
        )
        return set(rows.scalars())

    return still_true


def _waiting_for_second(session: Session, messages: Sequence[OutboxMessage]) -> set[int]:
    """Not confirmed, and no later move has made the request void."""
    rows = session.execute(
        select(col(OutboxMessage.id))
        .join(Correction, col(Correction.id) == col(OutboxMessage.reference_id))
        .join(StageEntry, col(StageEntry.id) == col(Correction.entry_id))
        .where(col(OutboxMessage.id).in_([message.id for message in messages]))
        .where(col(Correction.confirmed_at).is_(None), col(StageEntry.left_at).is_(None))
    )
    return set(rows.scalars())


_IN_THAT_STATE = col(Finding.state) == case(
    (col(OutboxMessage.subject).endswith(ANSWERED), FindingState.ANSWERED.value), else_=FindingState.OPEN.value
)
"""What was opened is told while it is open, and a response while it waits to be verified."""


def _still_owed(session: Session, messages: Sequence[OutboxMessage], *, now: datetime) -> set[int]:
    """Something is still missing that this person has to bring; the newest notice says all of it."""
    owing = who_owes(session, {message.person_id for message in messages if message.person_id is not None}, now=now)
    return {message.id for message in messages if message.person_id in owing}


def _still_a_witness(session: Session, messages: Sequence[OutboxMessage]) -> set[int]:
    """A checkpoint is true for ever; who is no witness any more is sent none."""
    people = {message.person_id for message in messages}
    witnesses = set(session.execute(select(col(Witness.person_id)).where(col(Witness.person_id).in_(people))).scalars())
    return {message.id for message in messages if message.person_id in witnesses}


def _has_something(session: Session, messages: Sequence[OutboxMessage], *, now: datetime) -> set[int]:
    """A weekly digest always holds: that it arrives is what it says. A daily one while anything in it does."""
    always = {message.id for message in messages if f":{WEEKLY}:" in message.subject}
    rows = session.execute(
        select(col(Delivery.digest_id), OutboxMessage)
        .join(OutboxMessage, col(OutboxMessage.id) == col(Delivery.outbox_id))
        .where(col(Delivery.digest_id).in_([message.id for message in messages if message.id not in always]))
    ).all()
    gone = untrue(session, list({item.id: item for _, item in rows}.values()), now=now)
    return always | {digest for digest, item in rows if digest is not None and item.id not in gone}


_AS_OF_NOW: dict[Notice, Callable[..., set[int]]] = {Notice.EVIDENCE: _still_owed, Notice.DIGEST: _has_something}

_STILL_TRUE: dict[Notice, Callable[[Session, Sequence[OutboxMessage]], set[int]]] = {
    Notice.DUE: _owed_on_that_day,
    Notice.MOVED: _told_of(StageEntry, col(StageEntry.undone).is_(False)),
    Notice.FINDING: _told_of(Finding, _IN_THAT_STATE),
    Notice.CORRECTION: _waiting_for_second,
    Notice.CORRECTED: _told_of(Correction, col(Correction.confirmed_at).is_not(None)),
    Notice.RELEASE: _told_of(Summary, col(Summary.state) == SummaryState.DRAFT),
    Notice.SUMMARY: _told_of(Summary, col(Summary.state) == SummaryState.RELEASED),
    Notice.UNREACHABLE: _told_of(Delivery, col(Delivery.channel_id).is_not(None)),  # none: the channel was removed
    Notice.CHECKPOINT: _still_a_witness,
}

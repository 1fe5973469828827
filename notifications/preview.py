"""A message to look at: with sample values, or as it would be for a candidacy now. Nothing is queued or sent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from models.candidacies import Candidacy, Correction, StageEntry
from models.errors import NotFound, UsageError
from models.findings import Finding, FindingState
from models.messages import Delivery, DeliveryState, Notice, OutboxMessage
from models.obligations import Obligation, ObligationState
from models.people import Person, Role
from notifications.compose import compose
from notifications.evidence_notices import letter_for
from notifications.identity import MessageIds
from notifications.letter import Letter
from notifications.parcel import Parcel
from notifications.render import render
from notifications.samples import EMAIL, MESSAGE_ID, NAME, sample
from states.evidence.backlog import Backlog
from states.evidence.owed import owed_evidence
from states.holders import hearers_of
from states.lookups import find
from states.moves import STAGE_OWNER

DISCRETE = (Notice.RELEASE, Notice.SUMMARY)  # whoever may read a summary asks for it by its number


@dataclass(frozen=True)
class Told:
    """What a message would tell of, and the role that hears it."""

    role: Role
    obligation: Obligation | None = None
    reference_id: int | None = None


def preview_sample(kind: Notice) -> Letter:
    return render(kind, sample(kind), message_id=MESSAGE_ID, name=NAME, email=EMAIL)


def preview_candidacy(session: Session, kind: Notice, code: str, *, now: datetime) -> Letter:
    """As the first who hears it would get it now.

    Raises NotFound for an unknown candidacy and where there is nothing of this kind to tell, UsageError for a summary
    and for a digest.
    """
    if kind is Notice.DIGEST:
        raise UsageError("preview_of_digest")
    if kind is Notice.CHECKPOINT:
        raise UsageError("preview_of_checkpoint")
    if kind in DISCRETE:
        raise UsageError("preview_of_summary", kind=kind.value)
    candidacy = find(session, Candidacy, code)
    nothing = NotFound("nothing_to_preview", kind=kind.value, code=candidacy.code)
    if kind is Notice.EVIDENCE:
        return _evidence(session, candidacy, nothing, now=now)
    told = _FIND[kind](session, candidacy)
    if told is None:
        raise nothing
    pair = (candidacy.id, told.role)
    people = hearers_of(session, [pair], now=now)[pair]
    if not people:
        raise nothing
    parcel = _parcel(session, _row(kind, candidacy, told, now=now), people[0])
    letter = compose(session, [parcel], now=now)[parcel.delivery_id]
    assert letter  # noqa: S101 - a template without words is a bug
    return letter


def _row(kind: Notice, candidacy: Candidacy, told: Told, *, now: datetime) -> OutboxMessage:
    owed = told.obligation
    return OutboxMessage(
        kind=kind,
        subject=f"preview:{told.reference_id}",
        candidacy_id=candidacy.id,
        obligation_id=owed.id if owed else None,
        due_on=owed.due_on if owed else None,
        rung="H" if owed else None,
        reference_id=told.reference_id,
        roles=told.role.value,
        queued_at=now,
    )


def _parcel(session: Session, outbox: OutboxMessage, person: Person) -> Parcel:
    return Parcel(
        delivery_id=0,
        attempts=0,
        message_id=MessageIds.of(session).message(outbox, person.id),
        outbox=outbox,
        person=person,
        channel_id=None,
        sealed_url=None,
        masked_url=None,
    )


def _evidence(session: Session, candidacy: Candidacy, nothing: NotFound, *, now: datetime) -> Letter:
    backlog, person_id = Backlog(), None
    for owed in owed_evidence(session, now=now, ids=[candidacy.id]):
        person_id = person_id or owed.person_id
        if owed.person_id == person_id:
            backlog.add(owed)
    if person_id is None:
        raise nothing
    return letter_for(session, session.get_one(Person, person_id), backlog, now=now)


def _due(session: Session, candidacy: Candidacy) -> Told | None:
    row: Obligation | None = session.execute(
        select(Obligation)
        .where(col(Obligation.candidacy_id) == candidacy.id, col(Obligation.state) == ObligationState.OPEN)
        .where(col(Obligation.due_on).is_not(None))
        .order_by(col(Obligation.kind).desc(), col(Obligation.id))
        .limit(1)
    ).scalar_one_or_none()
    return Told(row.owed_by, obligation=row) if row else None


def _moved(session: Session, candidacy: Candidacy) -> Told | None:
    query = select(col(StageEntry.id)).where(col(StageEntry.candidacy_id) == candidacy.id)
    entry = session.execute(query.where(col(StageEntry.left_at).is_(None))).scalar_one()
    return Told(STAGE_OWNER.get(candidacy.stage, Role.KOORDINATOR), reference_id=entry)


def _finding(session: Session, candidacy: Candidacy) -> Told | None:
    query = select(Finding).where(col(Finding.candidacy_id) == candidacy.id)
    query = query.where(col(Finding.state) == FindingState.OPEN).order_by(col(Finding.id).desc()).limit(1)
    row: Finding | None = session.execute(query).scalar_one_or_none()
    return Told(row.owner, reference_id=row.id) if row else None


def _correction(*, confirmed: bool) -> Callable[[Session, Candidacy], Told | None]:
    def newest(session: Session, candidacy: Candidacy) -> Told | None:
        at = col(Correction.confirmed_at)
        query = select(col(Correction.id)).where(col(Correction.candidacy_id) == candidacy.id)
        query = query.where(at.is_not(None) if confirmed else at.is_(None)).order_by(col(Correction.id).desc())
        number = session.execute(query.limit(1)).scalar_one_or_none()
        return Told(Role.KOORDINATOR, reference_id=number) if number is not None else None

    return newest


def _unreachable(session: Session, candidacy: Candidacy) -> Told | None:
    number = session.execute(
        select(col(Delivery.id))
        .join(OutboxMessage, col(OutboxMessage.id) == col(Delivery.outbox_id))
        .where(col(OutboxMessage.candidacy_id) == candidacy.id)
        .where(col(Delivery.state) == DeliveryState.FAILED, col(Delivery.channel_id).is_not(None))
        .order_by(col(Delivery.id).desc())
        .limit(1)
    ).scalar_one_or_none()
    return Told(Role.KOORDINATOR, reference_id=number) if number is not None else None


_FIND: Mapping[Notice, Callable[[Session, Candidacy], Told | None]] = {
    Notice.DUE: _due,
    Notice.MOVED: _moved,
    Notice.FINDING: _finding,
    Notice.CORRECTION: _correction(confirmed=False),
    Notice.CORRECTED: _correction(confirmed=True),
    Notice.UNREACHABLE: _unreachable,
}

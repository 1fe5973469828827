"""Reminds: the rungs that came due are queued and addressed; or, without writing, what that would say to whom."""

from collections.abc import Iterator, Set
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from models.candidacies import Candidacy
from models.database import reading
from models.inserts import in_pieces
from models.messages import Notice, OutboxMessage
from models.obligations import Obligation
from models.people import Role
from notifications.counts import Counts
from notifications.digests import make_digests
from notifications.evidence_notices import plan_evidence_notices, queue_evidence_notices
from notifications.expand import expand_outbox
from notifications.identity import MessageIds
from notifications.listeners import Listeners, listeners
from notifications.plans import PlannedMessage, in_order
from notifications.resume import newest_rungs, resume_snoozed, snoozes_over
from states.evidence.freshening import freshen_summaries
from states.hearing import audiences_of
from states.parts import WHOLE, Part
from states.reminders import due_rungs, queue_due_rungs, rung_row
from states.summaries.drafting import about_month, agencies_without_draft, draft_monthly_summaries

PIECE = 500  # rungs that are looked at together


def remind(*, now: datetime, part: Part = WHOLE) -> Counts:
    """Queue what came due and address it. However often this runs, every rung is said or covered once.

    What belongs to people and agencies, not to candidacies, is done with the first part, and with no zone's own run;
    but digests with every run, because people have zones of their own, and last, so that they hold what was just said.
    """
    planned = queue_due_rungs(now=now, part=part)
    if part.has_the_rest:
        freshen_summaries(now=now)
        planned += queue_evidence_notices(now=now) + draft_monthly_summaries(now=now)
    counts = Counts(planned=planned) + resume_snoozed(now=now, part=part) + expand_outbox(now=now)
    return counts + expand_outbox(now=now) if part.shard == 0 and make_digests(now=now) else counts


def plan_reminders(*, now: datetime) -> list[PlannedMessage]:
    """What `remind` would say and to whom, in the order of the candidacies; nothing is written."""
    with reading() as session:
        ids = MessageIds.of(session)
        planned: set[PlannedMessage] = set()
        due = due_rungs(session, now=now)
        for piece in in_pieces(due, PIECE):
            rows = [OutboxMessage(**rung_row(obligation, dated.rung, now=now)) for obligation, _, dated in piece]
            heard = listeners(session, rows, now=now, snoozes_ended_by=now)
            for row, (obligation, code, _) in zip(rows, piece, strict=True):
                planned.update(_planned(row, code, obligation, heard, ids))
        planned.update(_resumed(session, ids, {obligation.id for obligation, _, _ in due}, now=now))
        planned.update(plan_evidence_notices(session, now=now))
        planned.update(_releases(session, ids, now=now))
    return in_order(planned)


def _resumed(session: Session, ids: MessageIds, due: Set[int], *, now: datetime) -> Iterator[PlannedMessage]:
    """What is said because a snooze is over; where a rung comes due (`due`), that is said instead."""
    for piece in in_pieces(snoozes_over(session, now=now), PIECE):
        newest = newest_rungs(session, [one for one in piece if one.obligation_id not in due])
        rows = session.execute(
            select(OutboxMessage, col(Candidacy.code), Obligation)
            .join(Obligation, col(Obligation.id) == col(OutboxMessage.obligation_id))
            .join(Candidacy, col(Candidacy.id) == col(Obligation.candidacy_id))
            .where(col(OutboxMessage.id).in_(newest))
        ).all()
        heard = listeners(session, [row for row, _, _ in rows], now=now, only=newest, snoozes_ended_by=now)
        for row, code, obligation in rows:
            yield from _planned(row, code, obligation, heard, ids)


def _planned(
    row: OutboxMessage, code: str, obligation: Obligation, heard: Listeners, ids: MessageIds
) -> Iterator[PlannedMessage]:
    for person in heard.of(row):
        yield PlannedMessage(
            candidacy=code,
            kind=obligation.kind.value,
            rung=row.rung,
            recipient=person.email,
            due_on=row.due_on,
            message_id=ids.message(row, person.id),
        )


def _releases(session: Session, ids: MessageIds, *, now: datetime) -> Iterator[PlannedMessage]:
    """What the koordinators are asked of the summaries that the run would draft."""
    agencies = agencies_without_draft(session, now=now)
    audiences = audiences_of(session, [(("agency", one.id), Role.KOORDINATOR) for one in agencies], now=now)
    for agency in agencies:
        for hearer in audiences[("agency", agency.id), Role.KOORDINATOR].told():
            message_id = ids.notice(Notice.RELEASE, about_month(agency, now=now), hearer.person.id)
            yield PlannedMessage(None, Notice.RELEASE.value, None, hearer.person.email, None, message_id)

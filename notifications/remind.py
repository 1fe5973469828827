"""Reminds: the rungs that came due are queued and addressed; or, without writing, what that would say to whom."""

from collections.abc import Iterator
from datetime import datetime

from sqlmodel import Session

from models.database import reading
from models.messages import Notice
from models.people import Role
from notifications.counts import Counts
from notifications.digests import make_digests
from notifications.evidence_notices import plan_evidence_notices, queue_evidence_notices
from notifications.expand import expand_outbox
from notifications.identity import MessageIds
from notifications.plans import PlannedMessage, in_order
from states.holders import hearers_of
from states.owing import owing_people
from states.parts import WHOLE, Part
from states.reminders import due_rungs, queue_due_rungs
from states.summaries.drafting import about_month, agencies_without_draft, draft_monthly_summaries


def remind(*, now: datetime, part: Part = WHOLE) -> Counts:
    """Queue what came due and address it. However often this runs, every rung is said or covered once.

    What belongs to people and agencies, not to candidacies, is done with the first part, and with no zone's own run;
    but digests with every run, because people have zones of their own, and last, so that they hold what was just said.
    """
    planned = queue_due_rungs(now=now, part=part)
    if part.has_the_rest:
        planned += queue_evidence_notices(now=now) + draft_monthly_summaries(now=now)
    counts = Counts(planned=planned) + expand_outbox(now=now)
    return counts + expand_outbox(now=now) if part.shard == 0 and make_digests(now=now) else counts


def plan_reminders(*, now: datetime) -> list[PlannedMessage]:
    """What `remind` would say and to whom, in the order of the candidacies; nothing is written."""
    with reading() as session:
        due = due_rungs(session, now=now)
        ids = MessageIds.of(session)
        pairs = {(obligation.candidacy_id, role) for obligation, _, dated in due for role in dated.rung.also}
        hearers = hearers_of(session, pairs, now=now)
        owing = owing_people(session, (obligation for obligation, _, _ in due), now=now)
        planned = {
            PlannedMessage(
                candidacy=code,
                kind=obligation.kind.value,
                rung=dated.rung.name,
                recipient=person.email,
                due_on=obligation.due_on,
                message_id=ids.due(obligation.id, obligation.due_on, dated.rung.name, person.id),
            )
            for obligation, code, dated in due
            if obligation.due_on
            for person in (
                *owing[obligation.id],
                *(one for role in dated.rung.also for one in hearers[obligation.candidacy_id, role]),
            )
        }
        planned.update(plan_evidence_notices(session, now=now))
        planned.update(_releases(session, ids, now=now))
    return in_order(planned)


def _releases(session: Session, ids: MessageIds, *, now: datetime) -> Iterator[PlannedMessage]:
    """What the koordinators are asked of the summaries that the run would draft."""
    agencies = agencies_without_draft(session, now=now)
    hearers = hearers_of(session, [(("agency", one.id), Role.KOORDINATOR) for one in agencies], now=now)
    for agency in agencies:
        for person in hearers[("agency", agency.id), Role.KOORDINATOR]:
            message_id = ids.notice(Notice.RELEASE, about_month(agency, now=now), person.id)
            yield PlannedMessage(None, Notice.RELEASE.value, None, person.email, None, message_id)

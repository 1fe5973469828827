"""The TPI's word on a piece of evidence; a later one stands in its place."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import col

from models.candidacies import Candidacy
from models.database import locked, reading
from models.errors import Refused
from models.evidence import EvidenceState
from models.trail import Pending, record
from states.actors import Actor, current
from states.evidence.access import require_reviewing
from states.evidence.pieces import find_evidence, require_standing
from states.lke.stored import lke_of
from states.lke.summary import keep_summaries
from states.observe import observe_one
from states.subjects import after_change
from states.writing import writing


class Verdict(StrEnum):
    ACCEPT = "accept"
    REJECT = "reject"


LEADS_TO = {Verdict.ACCEPT: EvidenceState.ACCEPTED, Verdict.REJECT: EvidenceState.REJECTED}


def review_evidence(number: int, verdict: Verdict, reason: str = "", *, actor: Actor, now: datetime) -> str:
    """Accept a piece, or reject it with a reason: then it counts no more. Returns the candidacy's code.

    Raises NotFound, Refused (role, stage, area, own unit, closed, no reason, not standing any more).
    """
    with reading() as session:
        code = session.get_one(Candidacy, find_evidence(session, number).candidacy_id).code
    with writing(
        f"evidence_review:{verdict.value}", author=actor.author, now=now, subject=f"candidacy:{code}"
    ) as session:
        actor = current(session, actor, now=now)
        candidacy = locked(session, Candidacy, col(Candidacy.code) == code)[0]
        row = find_evidence(session, number)
        area = lke_of(session, candidacy).area_of.get(row.question)
        require_reviewing(observe_one(session, candidacy, now=now, actor=actor), area, actor=actor)
        require_standing(row, code=code)
        if verdict is Verdict.REJECT and not reason.strip():
            raise Refused.because("rejection_without_reason", subject=code, number=number)
        before, row.state = row.state, LEADS_TO[verdict]
        row.reviewed_by, row.reviewed_at, row.review_reason = actor.person_id, now, reason.strip() or None
        session.flush()
        keep_summaries(session, [candidacy], now=now)
        record(
            session,
            Pending(
                actor.author,
                now,
                action="evidence_reviewed",
                subject=f"candidacy:{code}",
                before=before.value,
                after=row.state.value,
                details={"evidence": row.id, "question": row.question},
                texts={"reason": reason.strip()} if reason.strip() else {},
            ),
        )
        after_change(session, [candidacy], now=now)
    return code

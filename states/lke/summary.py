"""Keeps what each layer comes to beside its answers, in the same transaction."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from models.candidacies import Candidacy
from models.lke import LayerSummary
from rulesets.figures import decimals
from rulesets.scoring import score
from states.evidence.counting import counted_evidence, without_evidence
from states.lke.stored import lke_of, stored_answers


def keep_summaries(session: Session, candidacies: Sequence[Candidacy], *, now: datetime) -> None:
    """Bring the summaries of these candidacies up to date; called by whoever changed answers or evidence."""
    ids = [candidacy.id for candidacy in candidacies]
    answers, evidence = stored_answers(session, ids), counted_evidence(session, ids)
    rows = {
        (row.candidacy_id, row.layer): row
        for row in session.execute(select(LayerSummary).where(col(LayerSummary.candidacy_id).in_(ids))).scalars()
    }
    for candidacy in candidacies:
        lke = lke_of(session, candidacy)
        for layer, given in answers[candidacy.id].items():
            row = rows.get((candidacy.id, layer))
            if row is None and not given:
                continue
            scored = score(lke, given)
            row = row or LayerSummary(
                candidacy_id=candidacy.id, layer=layer, answered=0, total="", missing_evidence=0, changed_at=now
            )
            row.answered, row.total = len(scored.lke.items) - len(scored.unanswered), decimals(scored.total.score)
            row.missing_evidence = len(without_evidence(lke, scored.questions, evidence[candidacy.id]))
            row.changed_at = now
            session.add(row)
    session.flush()

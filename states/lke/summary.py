"""Keeps what each layer comes to beside its answers, in the same transaction."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from models.candidacies import Candidacy, Level
from models.cycles import Cycle
from models.lke import Layer, LayerSummary
from rulesets.figures import at_most, decimals, short
from rulesets.library import find_ruleset
from rulesets.ruleset import RuleSet
from rulesets.scoring import Scored, score
from rulesets.thresholds import Held, held_against
from states.evidence.counting import counted_evidence, without_evidence
from states.evidence.unproven import kept_unproven
from states.lke.stored import answered_at, stored_answers


def keep_summaries(session: Session, candidacies: Sequence[Candidacy], *, now: datetime) -> None:
    """Bring the summaries of these candidacies up to date; called by whoever changed answers or evidence."""
    reckon_summaries(session, candidacies, now=now)
    session.flush()


def reckon_summaries(session: Session, candidacies: Sequence[Candidacy], *, now: datetime) -> None:
    """The same without writing it yet."""
    ids = [candidacy.id for candidacy in candidacies]
    answers, evidence = stored_answers(session, ids), counted_evidence(session, ids)
    times = answered_at(session, ids, Layer.UNIT)
    rows = {
        (row.candidacy_id, row.layer): row
        for row in session.execute(select(LayerSummary).where(col(LayerSummary.candidacy_id).in_(ids))).scalars()
    }
    for candidacy in candidacies:
        ruleset = find_ruleset(session.get_one(Cycle, candidacy.cycle_id).ruleset)
        lke = ruleset.lke
        for layer, given in answers[candidacy.id].items():
            row = rows.get((candidacy.id, layer))
            if row is None and not given:
                continue
            scored = score(lke, given)
            row = row or LayerSummary(
                candidacy_id=candidacy.id, layer=layer, answered=0, total="", missing_evidence=0, changed_at=now
            )
            row.answered, row.total = len(scored.lke.items) - len(scored.unanswered), decimals(scored.total.score)
            unproven = without_evidence(lke, scored.questions, evidence[candidacy.id])
            row.missing_evidence = len(unproven)
            if layer is Layer.UNIT:
                row.unproven = kept_unproven(lke, unproven, times[candidacy.id])
            row.figures, row.unmet = figures_of(scored), unmet_of(ruleset, scored, candidacy.target)
            row.basis, row.changed_at = ruleset.hash, now
            session.add(row)


def figures_of(scored: Scored) -> str:
    """Exact: whether two layers are too far apart is not a matter of rounding."""
    points = {"total": scored.total.score, **{area: figure.score for area, figure in scored.areas.items()}}
    return json.dumps({of: str(value) for of, value in points.items()})


def unmet_of(ruleset: RuleSet, scored: Scored, target: Level) -> str:
    """The thresholds that are missed, the one that lacks the greatest part first."""
    missed = [held for held in held_against(ruleset.thresholds, scored, target) if not held.met]
    return json.dumps([_as_shown(held) for held in sorted(missed, key=lambda held: -held.short / held.required)])


def _as_shown(held: Held) -> dict[str, object]:
    percent = " %" if held.unit == "percent" else ""
    title = held.title
    return {
        "rule": held.rule,
        "title": None if title is None else [str.__str__(title), title.english],
        "required": f"{short(held.required)}{percent}",
        "actual": f"{at_most(held.actual)}{percent}",
    }

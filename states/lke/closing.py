"""Closing a layer: the team's lead files the document that ends it, and not before everything is answered."""

from datetime import datetime

from sqlmodel import Session

from models.candidacies import Candidacy
from models.errors import Refusal, Refused
from rulesets.ruleset import DocumentRule
from states.actors import Actor
from states.lke.guards import tpi_lke_incomplete
from states.observe import observe_one


def require_closable(
    session: Session, candidacy: Candidacy, rule: DocumentRule, *, actor: Actor, now: datetime
) -> None:
    """Raise Refused for a member who is given only some areas, and while items of the layer are blank."""
    situation = observe_one(session, candidacy, now=now, actor=actor, lke=True)
    if actor.areas_at(rule.filed_by, situation.place) is not None:
        raise Refused.because("lead_needed", subject=candidacy.code, email=actor.email)
    if obstacles := list(tpi_lke_incomplete(situation)):
        raise Refused([Refusal(candidacy.code, obstacle) for obstacle in obstacles])

"""One candidacy's LKE as a form shows it: every layer's answers with who gave them, and what they come to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from models.agencies import AgencyKind
from models.candidacies import Candidacy
from models.errors import Obstacle, Refused
from models.lke import Answer, Layer
from models.people import Person
from rulesets.lke import Lke
from rulesets.scoring import Scored, score
from states.actors import Actor
from states.lke.access import LAYERS, require_layer
from states.lke.stored import lke_of
from states.lke.wordings import Wordings, wordings
from states.observe import observe_one
from states.situation import Situation


@dataclass(frozen=True)
class Said:
    """One item in one layer."""

    value: str | None
    note: str | None
    by: str  # e-mail
    at: datetime


NOTHING: Mapping[str, Said] = {}


@dataclass(frozen=True)
class LkeSheet:
    situation: Situation
    lke: Lke
    answers: Mapping[Layer, Mapping[str, Said]]
    scored: Mapping[Layer, Scored]
    official: Wordings

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Those that are filled in here: the preliminary one only in ministries, unless it was begun."""
        asked = {Layer.UNIT, Layer.TPI, *(layer for layer in Layer if self.answers[layer])}
        if self.situation.agency_kind is AgencyKind.KL:
            asked.add(Layer.PRELIMINARY)
        return tuple(layer for layer in Layer if layer in asked)


def load_sheet(session: Session, candidacy: Candidacy, *, actor: Actor, now: datetime) -> LkeSheet:
    lke = lke_of(session, candidacy)
    answers = _answers(session, candidacy.id, lke)
    values = {layer: {item: one.value for item, one in said.items() if one.value} for layer, said in answers.items()}
    return LkeSheet(
        situation=observe_one(session, candidacy, now=now, actor=actor),
        lke=lke,
        answers=answers,
        scored={layer: score(lke, given) for layer, given in values.items()},
        official=wordings(session, candidacy.cycle_id),
    )


def why_not(situation: Situation, layer: Layer, area: str | None, *, actor: Actor) -> tuple[Obstacle, ...]:
    """What stands in the way of this actor's writing this area (None: the results) of this layer; nothing is yes."""
    try:
        require_layer(situation, layer, (area,), actor=actor)
    except Refused as refused:
        return tuple(one.obstacle for one in refused.refusals)
    return ()


def layer_of(situation: Situation, *areas: str | None, actor: Actor) -> Layer:
    """The layer that the actor writes now in any of these areas, else the one of their role, else the unit's."""
    writable = [layer for layer in Layer if not all(why_not(situation, layer, area, actor=actor) for area in areas)]
    own = [layer for layer in (Layer.UNIT, Layer.TPI) if actor.holds_any(LAYERS[layer].roles, situation.place)]
    return next(iter((*writable, *own)), Layer.UNIT)


def _answers(session: Session, candidacy: int, lke: Lke) -> dict[Layer, dict[str, Said]]:
    rows = session.execute(
        select(Answer, col(Person.email))
        .join(Person, col(Person.id) == col(Answer.answered_by))
        .where(col(Answer.candidacy_id) == candidacy)
    )
    found: dict[Layer, dict[str, Said]] = {layer: {} for layer in Layer}
    for row, email in rows:
        if row.item in lke.items:
            found[row.layer][row.item] = Said(row.value, row.note, email, row.answered_at)
    return found

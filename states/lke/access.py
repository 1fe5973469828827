"""Who may write which layer of the LKE, and when. Raises Refused with every reason."""

from collections.abc import Collection
from dataclasses import dataclass

from models.agencies import AgencyKind
from models.catalogue import Word
from models.errors import Obstacle, Refusal, Refused
from models.lke import Layer
from models.people import Role
from models.stages import Stage
from states.actors import Actor
from states.situation import Situation

ESELON_1 = "eselon_1"  # goes straight to the TPI (90/2021 p.41)
TPN_STEPS = (Stage.SUBMISSION_DESK, Stage.SUBMISSION_FIELD, Stage.SUBMISSION_CLEARANCE, Stage.SUBMISSION_PANEL)


@dataclass(frozen=True)
class LayerRule:
    """Which roles write a layer, in which stages."""

    roles: tuple[Role, ...]
    stages: tuple[Stage, ...]


LAYERS = {
    Layer.UNIT: LayerRule((Role.POKJA, Role.PIMPINAN_UNIT), (Stage.SELF_ASSESSMENT,)),
    # A unit above, or the koordinator; never who answers for the unit itself (90/2021 p.40-41).
    Layer.PRELIMINARY: LayerRule((Role.PIMPINAN_UNIT, Role.POKJA, Role.KOORDINATOR), (Stage.SELF_ASSESSMENT,)),
    Layer.TPI: LayerRule((Role.TPI,), (Stage.TPI_ASSESSMENT,)),
    Layer.TPN: LayerRule((Role.KOORDINATOR,), TPN_STEPS),  # as the TPN told it: its members never log in
}


def require_layer(situation: Situation, layer: Layer, areas: Collection[str | None], *, actor: Actor) -> None:
    """Raise Refused unless the actor may now write these areas (None: the results) of this layer."""
    found = [
        obstacle
        for obstacle in (
            _role(situation, layer, actor),
            _stage(situation, layer),
            _own_work(situation, layer, actor),
            _kind(situation, layer),
            _closed(situation, layer),
        )
        if obstacle
    ] or area_not_yours(situation, LAYERS[layer].roles, areas, actor=actor)
    if found:
        raise Refused([Refusal(situation.code, obstacle) for obstacle in found])


def _role(situation: Situation, layer: Layer, actor: Actor) -> Obstacle | None:
    roles = LAYERS[layer].roles
    if actor.holds_any(roles, situation.place):
        return None
    return Obstacle("role_needed", {"role": "/".join(role.value for role in roles)})


def _stage(situation: Situation, layer: Layer) -> Obstacle | None:
    stages = LAYERS[layer].stages
    if situation.stage in stages:
        return None
    params = {
        "layer": layer.value,
        "layer_title": Word(f"layer.{layer.value}"),
        "stage": Word(f"stage.{situation.stage.value}"),
        "wanted": Word(f"stage.{stages[0].value}"),
    }
    return Obstacle("layer_not_now", params)


def _own_work(situation: Situation, layer: Layer, actor: Actor) -> Obstacle | None:
    """Who answered for the unit doesn't assess it, and who assessed it doesn't answer for it."""
    if layer in (Layer.TPI, Layer.PRELIMINARY) and situation.acts_for_unit(actor.person_id):
        return Obstacle("assesses_own_work", {"email": actor.email})
    if layer is Layer.UNIT and situation.has_assessed(actor.person_id):
        return Obstacle("answers_own_assessment", {"email": actor.email})
    return None


def _kind(situation: Situation, layer: Layer) -> Obstacle | None:
    if layer is Layer.PRELIMINARY and situation.agency_kind is not AgencyKind.KL:
        return Obstacle("layer_only_kl", {"layer": layer.value})
    if layer is Layer.PRELIMINARY and situation.unit_kind == ESELON_1:
        return Obstacle("layer_not_for_eselon_1", {"layer": layer.value})
    return None


def _closed(situation: Situation, layer: Layer) -> Obstacle | None:
    """A document of the TPI's lead closes its layer; taken back, it is open again."""
    for kind, rule in situation.ruleset.documents.items():
        if rule.closes == layer.value and situation.papers_of(kind):
            return Obstacle("layer_closed", {"layer": layer.value, "title": Word(f"document.{kind}")})
    return None


def area_not_yours(
    situation: Situation, roles: tuple[Role, ...], areas: Collection[str | None], *, actor: Actor
) -> list[Obstacle]:
    """What these areas (None: the results) stand in the way of, where the actor's roles are bound to others."""
    mine = actor.areas_at(roles, situation.place)
    others = sorted({area or "-" for area in areas if mine is not None and area not in mine})
    if mine is None or not others:
        return []
    params = {"areas": ", ".join(others), "mine": ", ".join(sorted(mine)), "email": actor.email}
    return [Obstacle("area_not_yours", params)]

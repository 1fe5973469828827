"""Who may bring evidence and who may review it, and when. Raises Refused with every reason."""

from collections.abc import Collection, Iterator

from models.catalogue import Word
from models.errors import Obstacle, Refusal, Refused
from models.people import Role
from models.stages import CLOSED, SUBMISSION_STEPS, Stage
from states.actors import Actor
from states.lke.access import area_not_yours
from states.situation import Situation

BRINGING = (Role.POKJA, Role.PIMPINAN_UNIT)
REVIEWING = (Role.TPI,)

COLLECTING = (Stage.SELF_ASSESSMENT, Stage.TPI_ASSESSMENT, *SUBMISSION_STEPS)
"""The stages in which evidence comes in; the TPI asks for more in its own, the TPN in the steps of submission."""


def require_bringing(situation: Situation, areas: Collection[str | None], *, actor: Actor) -> None:
    """Raise Refused unless the actor may now add and withdraw evidence in these areas; who assessed brings none."""
    _require(situation, BRINGING, areas, _not_collecting(situation, actor), actor=actor)


def require_reviewing(situation: Situation, area: str | None, *, actor: Actor) -> None:
    """Raise Refused unless the actor may now review evidence in this area; nobody reviews what is their own unit's."""
    _require(situation, REVIEWING, (area,), _not_reviewing(situation, actor), actor=actor)


def _require(
    situation: Situation,
    roles: tuple[Role, ...],
    areas: Collection[str | None],
    obstacles: Iterator[Obstacle],
    *,
    actor: Actor,
) -> None:
    found = list(obstacles)
    if not actor.holds_any(roles, situation.place):
        found.insert(0, Obstacle("role_needed", {"role": "/".join(role.value for role in roles)}))
    if not found:
        found.extend(area_not_yours(situation, roles, areas, actor=actor))
    if found:
        raise Refused([Refusal(situation.code, obstacle) for obstacle in found])


def _not_collecting(situation: Situation, actor: Actor) -> Iterator[Obstacle]:
    if situation.stage not in COLLECTING:
        params = {"stage": Word(f"stage.{situation.stage.value}"), "code": situation.code}
        yield Obstacle("evidence_too_late" if situation.stage in CLOSED else "evidence_too_early", params)
    if situation.has_assessed(actor.person_id):
        yield Obstacle("answers_own_assessment", {"email": actor.email})


def _not_reviewing(situation: Situation, actor: Actor) -> Iterator[Obstacle]:
    if situation.stage is not Stage.TPI_ASSESSMENT:
        yield Obstacle("review_not_now", {"stage": Word(f"stage.{situation.stage.value}")})
    if situation.acts_for_unit(actor.person_id):
        yield Obstacle("assesses_own_work", {"email": actor.email})
    for kind, rule in situation.ruleset.documents.items():
        if rule.closes == "tpi" and situation.papers_of(kind):  # reviews end with the assessment that they belong to
            yield Obstacle("layer_closed", {"layer": rule.closes, "title": Word(f"document.{kind}")})

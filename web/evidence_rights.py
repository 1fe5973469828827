"""What a visitor may do with evidence, by area: nothing stands in the way, or the reasons do."""

from collections.abc import Callable
from dataclasses import dataclass

from models.errors import Obstacle, Refused
from states.actors import Actor
from states.evidence.access import require_bringing, require_reviewing
from states.situation import Situation


@dataclass(frozen=True)
class May:
    bring: tuple[Obstacle, ...]
    review: tuple[Obstacle, ...]


def may_do(situation: Situation, area: str | None, *, actor: Actor) -> May:
    return May(
        why_not(lambda: require_bringing(situation, (area,), actor=actor)),
        why_not(lambda: require_reviewing(situation, area, actor=actor)),
    )


def why_not(require: Callable[[], None]) -> tuple[Obstacle, ...]:
    """What the service would refuse with."""
    try:
        require()
    except Refused as refused:
        return tuple(one.obstacle for one in refused.refusals)
    return ()

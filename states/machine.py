"""The state machine: `transitions` decides whether a move goes through. It never drives a row.

One flat machine for the whole process, built once and without models: a throwaway `Decision` takes the
model's place, so nothing mutable is shared between threads. Every guard is asked, also after the first
has refused, because people want to hear all that is in the way at once.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from transitions import EventData, Machine, Transition

from models.catalogue import Word
from models.errors import Obstacle
from models.stages import Stage
from states.guards import date_out_of_order
from states.moves import MOVES, Move
from states.situation import Guard, Situation


@dataclass(eq=False)
class Decision:
    """What became of one attempt: the stage it led to, or all that stood in the way."""

    situation: Situation
    state: str
    obstacles: list[Obstacle] = field(default_factory=list)

    @property
    def allowed(self) -> bool:
        return not self.obstacles

    @property
    def stage(self) -> Stage:
        return Stage(self.state)


class AskEveryGuard(Transition):
    """`transitions` stops at the first condition that fails; here all of them are heard."""

    def _eval_conditions(self, event_data: EventData) -> bool:
        heard = [condition.check(event_data) for condition in self.conditions]
        return all(heard)


class PipelineMachine(Machine):
    transition_cls = AskEveryGuard


def decide(situation: Situation, move: Move) -> Decision:
    """Try `move` on the situation. A move that does not start here, or the wrong role, is one obstacle."""
    decision = Decision(situation, situation.stage.value)
    if situation.stage not in move.sources:
        decision.obstacles.append(
            Obstacle("move_not_from_here", {"move": move.name, "stage": Word(f"stage.{situation.stage.value}")})
        )
        return decision
    MACHINE.events[move.name].trigger(decision)
    return decision


def role_missing(move: Move) -> Guard:
    def guard(situation: Situation):  # type: ignore[no-untyped-def]  # noqa: ANN202
        if situation.actor and not situation.actor.holds(move.by, situation.place):
            yield Obstacle("role_needed", {"role": move.by.value})

    return guard


def guards_of(move: Move) -> tuple[Guard, ...]:
    """All that is asked of a move: who, when, with what, and the state of things."""
    return (role_missing(move), date_out_of_order, *move.asks, *move.unless)


def _condition(guard: Guard) -> Callable[[EventData], bool]:
    def in_the_way(event: EventData) -> bool:
        decision: Any = event.model
        found = list(guard(decision.situation))
        decision.obstacles.extend(found)
        return bool(found)

    return in_the_way


def build() -> PipelineMachine:
    machine = PipelineMachine(
        model=None,
        states=[stage.value for stage in Stage],
        initial=None,
        auto_transitions=False,  # or to_<stage>() would walk round every guard
        send_event=True,
        queued=False,
    )
    for move in MOVES:
        machine.add_transition(
            move.name,
            [source.value for source in move.sources],
            move.dest.value,
            unless=[_condition(guard) for guard in guards_of(move)],
        )
    return machine


MACHINE = build()

"""The way on from here: the next move, what it still needs and from whom, and its window. Pure."""

from models.cycles import Route
from models.people import Role
from models.windows import WindowKind
from states.due_dates import Window
from states.moves import PROPOSE, Move, way_on
from states.situation import Situation


def proposal_window(situation: Situation) -> Window | None:
    """The window that a proposal from here has to keep to; None where none is worked towards, or none is set. Pure."""
    move = next_move(situation)
    return situation.windows.get(WindowKind.PROPOSAL) if move is PROPOSE else None


def missing_by_role(situation: Situation) -> dict[Role, list[str]]:
    """The papers that the way on still needs, by the role that owes them. Pure."""
    missing: dict[Role, list[str]] = {}
    move = None if situation.record_only else next_move(situation)
    for kind in situation.missing(move.name) if move else ():
        missing.setdefault(situation.ruleset.documents[kind].filed_by[0], []).append(kind)
    return missing


def next_move(situation: Situation) -> Move | None:
    own_route = situation.route is Route.OWN and situation.target in situation.ruleset.own_route_levels
    return way_on(situation.stage, own_route=own_route)

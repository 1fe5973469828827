"""Which ladder an obligation has: the cycle's own for its kind, else the one that all have."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlmodel import Session, col

from models.ladders import CycleLadder
from models.obligations import ObligationKind
from states.ladder import LADDER, Ladder, read_ladder


@dataclass(frozen=True)
class Ladders:
    """All that some cycles have of their own, by cycle and kind."""

    own: Mapping[tuple[int, ObligationKind], Ladder] = field(default_factory=dict)

    def of(self, cycle_id: int, kind: ObligationKind) -> Ladder:
        return self.own.get((cycle_id, kind), LADDER)

    def of_cycle(self, cycle_id: int) -> dict[ObligationKind, Ladder]:
        return {kind: ladder for (cycle, kind), ladder in self.own.items() if cycle == cycle_id}

    def with_one(self, cycle_id: int, kind: ObligationKind, ladder: Ladder) -> "Ladders":
        return Ladders({**self.own, (cycle_id, kind): ladder})


def load_ladders(session: Session, cycles: Collection[int] | None = None) -> Ladders:
    """One query; of all cycles where none are named: few have a ladder of their own."""
    query = select(CycleLadder)
    if cycles is not None:
        query = query.where(col(CycleLadder.cycle_id).in_(cycles))
    rows = session.execute(query).scalars()
    return Ladders({(row.cycle_id, row.kind): read_ladder(row.rungs.split()) for row in rows})

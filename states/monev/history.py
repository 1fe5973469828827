"""An agency's rounds side by side: what each came to, and what changed between the last two."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from models.agencies import Agency
from states.monev.positions import Position
from states.monev.stored import Kept, positions_of, rounds_of
from states.monev.trend import AreaStanding, Change, Totals, areas, changes, totals

SHOWN = 8  # rounds: two years


@dataclass(frozen=True)
class Past:
    """One round and what it came to."""

    kept: Kept
    totals: Totals


@dataclass(frozen=True)
class History:
    rounds: tuple[Past, ...]  # oldest first
    changes: tuple[Change, ...]  # between the last two; none with fewer
    areas: tuple[AreaStanding, ...]  # of the last


def history(session: Session, agency: Agency) -> History:
    """The last rounds of this agency; only two of them are held in memory at a time."""
    past: list[Past] = []
    before: Sequence[Position] = ()
    after: Sequence[Position] = ()
    for kept in rounds_of(session, agency, last=SHOWN):
        before, after = after, list(positions_of(session, kept.id))
        past.append(Past(kept, totals(after)))
    between = tuple(changes(before, after)) if len(past) > 1 else ()
    return History(tuple(past), between, areas(after))

"""Who answers each area of the LKE in the units of some agencies: two queries, and no more than numbers in memory.

The same rule as `states.lke.responsible`, by unit instead of by candidacy: the nearest place with anybody in a role
counts; there who is given this very area, else who is given all of them; the pokja before the unit's head.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import Session, col

from models.agencies import Unit
from models.inserts import in_pieces
from models.people import Membership, Role
from states.actors import valid_on
from states.areas import areas_in
from states.lke.responsible import UNIT_SIDE

Holding = tuple[int, frozenset[str]]
"""A person, and the areas that their role is bound to; none = all."""


@dataclass(frozen=True)
class Answering:
    parents: Mapping[int, int | None]  # of each unit
    holders: Mapping[tuple[Role, int], Sequence[Holding]]  # by role and unit, in the order in which it was given

    def who(self, unit: int, area: str | None) -> tuple[Role, int] | None:
        """The role and the person; None where nobody is there to answer."""
        for role in UNIT_SIDE:
            holders = self._nearest(role, unit)
            bound = (person for person, areas in holders if area in areas)
            free = (person for person, areas in holders if not areas)
            if (person := next(bound, None) or next(free, None)) is not None:
                return role, person
        return None

    def _nearest(self, role: Role, unit: int) -> Sequence[Holding]:
        at: int | None = unit
        while at is not None:
            if (role, at) in self.holders:
                return self.holders[role, at]
            at = self.parents[at]
        return ()


def load_answering(session: Session, agencies: Collection[int], *, today: date) -> Answering:
    parents: dict[int, int | None] = {}
    holders: defaultdict[tuple[Role, int], dict[int, frozenset[str]]] = defaultdict(dict)
    for piece in in_pieces(agencies):
        units = select(col(Unit.id), col(Unit.parent_id)).where(col(Unit.agency_id).in_(piece))
        parents.update({unit: parent for unit, parent in session.execute(units)})
        rows = session.execute(
            select(col(Membership.role), col(Membership.unit_id), col(Membership.person_id), col(Membership.area))
            .join(Unit, col(Unit.id) == col(Membership.unit_id))
            .where(col(Unit.agency_id).in_(piece), col(Membership.role).in_(UNIT_SIDE), *valid_on(today))
            .order_by(col(Membership.id))
        )
        for role, unit, person, area in rows:
            here, areas = holders[role, unit], areas_in(area) if area else frozenset[str]()
            if person in here:  # two memberships: the areas of both, or all where one is not bound
                areas = areas | here[person] if areas and here[person] else frozenset[str]()
            here[person] = areas
    return Answering(parents, {key: list(people.items()) for key, people in holders.items()})

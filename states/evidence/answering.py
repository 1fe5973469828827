"""Who answers each area of the LKE in some units: few words of each person in memory.

The same rule as `states.lke.responsible`, by unit instead of by candidacy: the nearest place with anybody in a role
counts; there who is given this very area, else who is given all of them; the pokja before the unit's head.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlmodel import Session, col

from models.inserts import in_pieces
from models.people import Membership, Person, Role
from states.actors import valid_on
from states.areas import areas_in
from states.holders import parents_of
from states.lke.responsible import UNIT_SIDE


class Holding(NamedTuple):
    """A person, and the areas that their role is bound to; none = all."""

    person: int
    email: str
    areas: frozenset[str]


@dataclass(frozen=True)
class Answering:
    parents: Mapping[int, int | None]  # of each unit
    holders: Mapping[tuple[Role, int], Sequence[Holding]]  # by role and unit, in the order in which it was given

    def who(self, unit: int, area: str | None) -> tuple[Role, Holding] | None:
        """The role and who holds it; None where nobody is there to answer."""
        for role in UNIT_SIDE:
            holders = self._nearest(role, unit)
            bound = (one for one in holders if area in one.areas)
            free = (one for one in holders if not one.areas)
            if found := next(bound, None) or next(free, None):
                return role, found
        return None

    def _nearest(self, role: Role, unit: int) -> Sequence[Holding]:
        at: int | None = unit
        while at is not None:
            if (role, at) in self.holders:
                return self.holders[role, at]
            at = self.parents[at]
        return ()


def load_answering(session: Session, units: Collection[int], *, today: date) -> Answering:
    """For these units; what is above them is read with them."""
    parents = parents_of(session, set(units))
    holders: defaultdict[tuple[Role, int], dict[int, Holding]] = defaultdict(dict)
    for piece in in_pieces(parents):
        rows = session.execute(
            select(
                col(Membership.role),
                col(Membership.unit_id),
                col(Membership.person_id),
                col(Membership.area),
                col(Person.email),
            )
            .join(Person, col(Person.id) == col(Membership.person_id))
            .where(col(Membership.unit_id).in_(piece), col(Membership.role).in_(UNIT_SIDE), *valid_on(today))
            .order_by(col(Membership.id))
        )
        for role, unit, person, area, email in rows:
            here, areas = holders[role, unit], areas_in(area)
            if person in here:  # two memberships: the areas of both, or all where one is not bound
                before = here[person].areas
                areas = areas | before if areas and before else frozenset()
            here[person] = Holding(person, email, areas)
    return Answering(parents, {key: list(people.values()) for key, people in holders.items()})

"""Who has to see to an area of the LKE, on the unit's side and the TPI's."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlmodel import Session

from models.people import Role
from rulesets.lke import Lke
from states.holders import Holder, holders_of
from states.lke.standing import NOBODY, Who

Holders = Mapping[Role, Sequence[Holder]]

UNIT_SIDE = (Role.POKJA, Role.PIMPINAN_UNIT)
TPI_SIDE = (Role.TPI,)
SIDES = (*UNIT_SIDE, *TPI_SIDE, Role.KOORDINATOR)


@dataclass(frozen=True)
class Responsible:
    """By area of one LKE; None stands for the results."""

    unit_side: Mapping[str | None, Who] = field(default_factory=dict)
    tpi_side: Mapping[str | None, Who] = field(default_factory=dict)
    koordinator: Who = NOBODY


def responsible_for(session: Session, candidacies: Collection[int], *, today: date) -> dict[int, Holders]:
    """Who holds the roles that answer, for each candidacy; a fixed number of queries."""
    pairs = [(candidacy, role) for candidacy in candidacies for role in SIDES]
    held = holders_of(session, pairs, today=today)
    return {candidacy: {role: held[candidacy, role] for role in SIDES} for candidacy in candidacies}


def by_area(lke: Lke, holders: Holders) -> Responsible:
    """Who answers each area. Pure."""
    areas: tuple[str | None, ...] = (*lke.areas, None)
    koordinator = _first(Role.KOORDINATOR, holders.get(Role.KOORDINATOR, ()), None) or NOBODY
    return Responsible(
        unit_side={area: _of(UNIT_SIDE, holders, area) or Who(Role.PIMPINAN_UNIT, None) for area in areas},
        tpi_side={area: _of(TPI_SIDE, holders, area) or Who(Role.TPI, None) for area in areas},
        koordinator=koordinator,
    )


def _of(roles: Sequence[Role], holders: Holders, area: str | None) -> Who | None:
    """Who is given this very area, else who is given all of them; roles in order."""
    for role in roles:
        if who := _first(role, holders.get(role, ()), area):
            return who
    return None


def _first(role: Role, holders: Sequence[Holder], area: str | None) -> Who | None:
    bound = [holder for holder in holders if area in holder.areas]
    free = [holder for holder in holders if not holder.areas]
    return next((Who(role, holder.person.email) for holder in (*bound, *free)), None)

"""What somebody may see: the candidacies of the units that their roles cover, and nothing of others.

A role in an agency covers all its units, one in a unit that unit and those below it, an admin's everything.
"""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, false, or_, select, true
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.candidacies import Candidacy
from models.cycles import Cycle
from models.errors import NotFound
from states.actors import Actor, Held
from states.lookups import find


def sees_units(actor: Actor) -> ColumnElement[bool]:
    """A condition on units: those that the actor may see."""
    return true() if actor.is_admin() else covered_by(actor.roles)


def covered_by(held: Iterable[Held]) -> ColumnElement[bool]:
    """A condition on units: those that any of these roles covers."""
    roles = list(held)
    agencies = {one.agency_id for one in roles if one.unit_id is None and one.agency_id is not None}
    units = {one.unit_id for one in roles if one.unit_id is not None}
    return or_(
        col(Unit.agency_id).in_(agencies) if agencies else false(),
        col(Unit.id).in_(with_all_below(units)) if units else false(),
    )


def with_all_below(units: set[int]) -> Select[int]:
    """The ids of these units and of all that are under them; a query may hold several of these."""
    below = select(col(Unit.id)).where(col(Unit.id).in_(units)).cte(recursive=True)
    below = below.union(select(col(Unit.id)).join(below, col(Unit.parent_id) == below.c.id))
    return select(below.c.id)


def find_seen(session: Session, code: str, *, actor: Actor) -> Candidacy:
    """The candidacy with this code. Raises NotFound for one that the actor may not see, too."""
    candidacy = find(session, Candidacy, code)
    query = select(col(Unit.id)).where(col(Unit.id) == candidacy.unit_id, sees_units(actor))
    if session.execute(query).scalar_one_or_none() is None:
        raise NotFound("unknown_candidacy", value=code)
    return candidacy


def agencies_seen(session: Session, actor: Actor) -> list[Agency]:
    """Those of whose units the actor sees any, by code."""
    query = select(Agency).where(col(Agency.id).in_(select(col(Unit.agency_id)).where(sees_units(actor))))
    return list(session.execute(query.order_by(col(Agency.code))).scalars())


def cycles_seen(session: Session, actor: Actor) -> list[Cycle]:
    """Those in which the actor sees any unit's candidacy, the newest first."""
    seen = select(col(Candidacy.cycle_id)).join(Unit, col(Unit.id) == col(Candidacy.unit_id)).where(sees_units(actor))
    query = select(Cycle).where(col(Cycle.id).in_(seen)).order_by(col(Cycle.year).desc(), col(Cycle.code))
    return list(session.execute(query).scalars())

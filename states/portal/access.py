"""Who keeps an agency's pull: its koordinators, and admins."""

from sqlalchemy import select
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.candidacies import Candidacy
from models.people import Role
from states.actors import Actor, Place, require_admin_or
from states.sight import find_seen


def require_portal(actor: Actor, agency: Agency) -> None:
    """Raises Refused."""
    require_admin_or(actor, (Role.KOORDINATOR,), Place(agency.id), subject=f"agency:{agency.code}")


def agencies_kept(session: Session, actor: Actor) -> list[Agency]:
    """Those whose pull the actor keeps, by code."""
    query = select(Agency).order_by(col(Agency.code))
    if not actor.is_admin():
        mine = {held.agency_id for held in actor.roles if held.role is Role.KOORDINATOR and held.unit_id is None}
        query = query.where(col(Agency.id).in_(mine))
    return list(session.execute(query).scalars())


def find_kept(session: Session, code: str, *, actor: Actor) -> tuple[Candidacy, Unit, Agency]:
    """The candidacy with its unit and agency. Raises NotFound for one that is not seen, Refused."""
    candidacy = find_seen(session, code, actor=actor)
    unit = session.get_one(Unit, candidacy.unit_id)
    agency = session.get_one(Agency, unit.agency_id)
    require_portal(actor, agency)
    return candidacy, unit, agency

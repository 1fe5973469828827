"""Whether an agency may propose WBBM. What decides that is the ministry's to say: the agency sets what it was told."""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from models.agencies import Agency
from models.database import locked
from models.portal import PortalAgency
from models.trail import Pending, record
from states.actors import Actor, current
from states.lookups import find
from states.portal.access import require_portal
from states.writing import writing


def may_propose_wbbm(session: Session, agency_id: int) -> bool:
    query = select(col(PortalAgency.wbbm)).where(col(PortalAgency.agency_id) == agency_id)
    return bool(session.execute(query).scalar_one_or_none())


def set_wbbm(agency_code: str, allowed: bool, *, actor: Actor, now: datetime) -> None:
    """Serve WBBM units, or no more. Raises NotFound, Refused."""
    about = f"agency:{agency_code.strip().upper()}"
    with writing("portal_wbbm_set", author=actor.author, now=now, subject=about) as session:
        agency = locked(session, Agency, col(Agency.id) == find(session, Agency, agency_code).id)[0]
        require_portal(current(session, actor, now=now), agency)
        row = session.execute(select(PortalAgency).where(col(PortalAgency.agency_id) == agency.id)).scalar_one_or_none()
        before = bool(row and row.wbbm)
        if before == allowed:
            return
        row = row or PortalAgency(agency_id=agency.id, wbbm=allowed, set_by=actor.person_id, set_at=now)
        row.wbbm, row.set_by, row.set_at = allowed, actor.person_id, now
        session.add(row)
        record(
            session,
            Pending(actor.author, now, action="portal_wbbm_set", subject=about, before=before, after=allowed),
        )

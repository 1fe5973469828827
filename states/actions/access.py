"""Who may write the action plan, and who may only report on what is theirs. Raises Refused."""

from datetime import datetime

from sqlmodel import Session

from models.actions import ActionItem
from models.errors import Refused
from models.people import Role
from states.actors import Actor, Place, not_allowed
from states.areas import area_named
from states.owing import serving_of

PLANNING = (Role.KOORDINATOR, Role.PIMPINAN_UNIT)
"""Who plans everything of a unit; a pokja plans its areas, an admin everything everywhere."""


def require_planning(actor: Actor, place: Place, area: str, *, subject: str) -> None:
    """Raise Refused unless the actor may write what the plan holds in this area."""
    if actor.is_admin() or actor.holds_any(PLANNING, place):
        return
    if not actor.holds(Role.POKJA, place):
        raise not_allowed((*PLANNING, Role.POKJA), subject=subject)
    mine, wanted = actor.areas_at((Role.POKJA,), place), area_named(area)
    if mine is not None and wanted not in mine:
        raise Refused.because(
            "area_not_yours", subject=subject, areas=wanted or "-", mine=", ".join(sorted(mine)), email=actor.email
        )


def require_reporting(
    session: Session, actor: Actor, place: Place, item: ActionItem, *, replans: bool, subject: str, now: datetime
) -> None:
    """As `require_planning`; the PIC reports, too, while they serve the unit, but moves no target and names no PIC."""
    try:
        require_planning(actor, place, item.area, subject=subject)
    except Refused:
        named = (item.candidacy_id, actor.person_id)
        if item.pic_id != actor.person_id or not serving_of(session, [named], now=now):
            raise
        if replans:
            raise Refused.because("action_not_pics", subject=subject, number=item.id) from None

"""Whether an agency's head hears directly of what is a week late; off until a koordinator turns it on."""

from dataclasses import replace
from datetime import datetime

from sqlmodel import col

from models.agencies import Agency
from models.database import locked
from models.people import Role
from models.trail import Pending, record
from states.actors import Actor, Place, current, require_admin_or
from states.ladder import DatedRung
from states.lookups import find
from states.writing import writing

FROM_DAY = 8  # after the due date


def set_escalation(code: str, *, to_head: bool, actor: Actor, now: datetime) -> None:
    """Raises NotFound, Refused."""
    with writing("agency_escalate", author=actor.author, now=now, subject=f"agency:{code.upper()}") as session:
        actor = current(session, actor, now=now)
        agency = locked(session, Agency, col(Agency.id) == find(session, Agency, code).id)[0]
        require_admin_or(actor, (Role.KOORDINATOR,), Place(agency.id), subject=f"agency:{agency.code}")
        before, agency.escalate_to_head = agency.escalate_to_head, to_head
        session.flush()
        record(
            session,
            Pending(
                actor.author,
                now,
                action="agency_changed",
                subject=f"agency:{agency.code}",
                before={"escalate_to_head": before},
                after={"escalate_to_head": to_head},
            ),
        )


def with_head(dated: DatedRung | None, *, escalates: bool) -> DatedRung | None:
    """The same rung, told to the head as well where it is late enough and the agency wants it. Pure."""
    if dated is None or not escalates or dated.rung.days < FROM_DAY:
        return dated
    return replace(dated, rung=replace(dated.rung, also=(*dated.rung.also, Role.PIMPINAN)))

"""How a candidacy stood at the end of a day that has passed, as far as it had been recorded by then."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.audit import AuditRecord
from models.candidacies import Candidacy
from models.errors import IntegrityBroken, NotFound, UsageError
from models.trail import instant
from states.actors import Actor
from states.lookups import find
from states.observe import calendar_of
from states.replay.told import STEPS, Misfit, Told, go_on
from states.sight import find_seen

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class AsOf:
    """`told` is of that day; the names of unit and agency are those of today."""

    code: str
    day: date
    told: Told
    unit_name: str
    agency: str


def stood_on(session: Session, code: str, day: date, *, now: datetime, actor: Actor | None) -> AsOf:
    """What was known of it when that day ended in its agency's zone.

    A move that was recorded later, but dated back to that day or before it, is not in it.
    Raises NotFound for an unknown code, for one that the actor may not see, and where it had not been opened;
    UsageError for a day that has not begun; IntegrityBroken where its records contradict each other.
    """
    candidacy = find_seen(session, code, actor=actor) if actor else find(session, Candidacy, code)
    unit = session.get_one(Unit, candidacy.unit_id)
    agency = session.get_one(Agency, unit.agency_id)
    calendar = calendar_of(session, agency)
    if day > calendar.today(now):
        raise UsageError("as_of_in_future", date=day.isoformat(), today=calendar.today(now).isoformat())
    told = _told_before(session, candidacy.code, calendar.start_of(day + ONE_DAY))
    if told is None:
        raise NotFound("not_opened_yet", code=candidacy.code, date=day.isoformat())
    return AsOf(candidacy.code, day, told, unit.name, agency.code)


def _told_before(session: Session, code: str, moment: datetime) -> Told | None:
    steps = session.execute(
        select(col(AuditRecord.seq), col(AuditRecord.leaf))
        .where(col(AuditRecord.subject) == f"candidacy:{code}", col(AuditRecord.action).in_(STEPS))
        .where(col(AuditRecord.at) < instant(moment))
        .order_by(col(AuditRecord.seq))
    )
    told: Told | None = None
    for seq, leaf in steps:
        try:
            told = go_on(told, leaf)
        except Misfit as why:
            raise IntegrityBroken("record_does_not_follow", seq=seq, code=code) from why
    return told

"""Days on which one agency does not work: added and removed, and the dates of its candidacies follow."""

from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.closures import Closure
from models.errors import BadInput, NotFound, Refused
from models.people import Role
from models.trail import Json, Pending, record
from states.actors import Actor, Place, current, require_admin_or
from states.cycles import FIRST_YEAR, LAST_YEAR
from states.days_off import change_calendar, load_days_off
from states.following import Dating, Followed, follow
from states.ladders import load_ladders
from states.lookups import find
from states.writing import writing


def close_agency(agency: str, day: date, *, name: str, actor: Actor, now: datetime) -> Followed:
    """Note that an agency does not work on this day. Raises NotFound, BadInput, Refused."""
    subject = f"agency:{agency.strip().upper()}"
    if not name.strip():
        raise BadInput("closure_without_name")
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadInput("year_out_of_range", value=day.year, first=FIRST_YEAR, last=LAST_YEAR)
    with writing("closure_add", author=actor.author, now=now, subject=subject) as session:
        owner, actor, before = _begin(session, agency, actor=actor, now=now)
        if _closure(session, owner, day):
            raise Refused.because("closure_known", subject=subject, agency=owner.code, date=day.isoformat())
        row = Closure(agency_id=owner.id, day=day, name=name.strip(), added_by=actor.person_id, added_at=now)
        session.add(row)
        return _end(session, owner, row, "closure_added", before, actor=actor, now=now)


def open_agency(agency: str, day: date, *, actor: Actor, now: datetime) -> Followed:
    """Take a closure back: the agency works on this day after all. Raises NotFound, Refused."""
    subject = f"agency:{agency.strip().upper()}"
    with writing("closure_remove", author=actor.author, now=now, subject=subject) as session:
        owner, actor, before = _begin(session, agency, actor=actor, now=now)
        row = _closure(session, owner, day)
        if row is None:
            raise NotFound("unknown_closure", agency=owner.code, date=day.isoformat())
        session.delete(row)
        return _end(session, owner, row, "closure_removed", before, actor=actor, now=now)


def closures_in(session: Session, year: int, agency: Agency) -> list[Closure]:
    """By day."""
    query = select(Closure).where(col(Closure.agency_id) == agency.id).order_by(col(Closure.day))
    return list(session.execute(query.where(col(Closure.day).between(date(year, 1, 1), date(year, 12, 31)))).scalars())


def _begin(session: Session, agency: str, *, actor: Actor, now: datetime) -> tuple[Agency, Actor, Dating]:
    change_calendar(session)
    owner = find(session, Agency, agency)
    actor = current(session, actor, now=now)
    require_admin_or(actor, (Role.KOORDINATOR,), Place(owner.id), subject=f"agency:{owner.code}")
    return owner, actor, _dating(session, owner)


def _end(
    session: Session, owner: Agency, row: Closure, action: str, before: Dating, *, actor: Actor, now: datetime
) -> Followed:
    day, name = row.day, row.name
    session.flush()
    followed = follow(session, before, _dating(session, owner), col(Unit.agency_id) == owner.id, now=now)
    details: dict[str, Json] = {
        "day": day.isoformat(),
        "due_dates_moved": followed.due_dates,
        "reminders_moved": followed.reminders,
    }
    subject = f"agency:{owner.code}"
    record(session, Pending(actor.author, now, action=action, subject=subject, details=details, texts={"name": name}))
    return followed


def _dating(session: Session, agency: Agency) -> Dating:
    return Dating(load_days_off(session, {agency.id}), load_ladders(session))


def _closure(session: Session, agency: Agency, day: date) -> Closure | None:
    query = select(Closure).where(col(Closure.agency_id) == agency.id).where(col(Closure.day) == day)
    row: Closure | None = session.execute(query).scalar_one_or_none()
    return row

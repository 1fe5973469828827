"""Drafts of summaries: on demand by a koordinator, and each month by themselves."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, exists, select
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.candidacies import Candidacy, StageEntry
from models.cycles import Cycle
from models.database import locked, reading, transaction
from models.errors import Refused
from models.messages import Notice
from models.people import Role
from models.stages import CLOSED
from models.summaries import Summary, SummaryState
from models.trail import Author, Json, Pending, record
from states.actors import SYSTEM, Actor, Place, current, require
from states.days_off import DaysOff, load_days_off
from states.lookups import find
from states.notices import queue_at
from states.summaries.content import gather
from states.writing import writing


def draft_summary(code: str, *, actor: Actor, now: datetime) -> int:
    """Make a draft for the head of this agency; returns its number.

    Raises NotFound, and Refused where the actor is no koordinator there or another draft waits.
    """
    with writing("summary_draft", author=actor.author, now=now, subject=f"agency:{code.upper()}") as session:
        actor = current(session, actor, now=now)
        agency = locked(session, Agency, col(Agency.id) == find(session, Agency, code).id)[0]
        require(actor, (Role.KOORDINATOR,), Place(agency.id), subject=f"agency:{agency.code}")
        waiting = session.execute(select(col(Summary.id)).where(_waits(agency))).scalar_one_or_none()
        if waiting is not None:
            raise Refused.because("summary_waits", subject=f"agency:{agency.code}", number=waiting)
        return _draft(session, agency, author=actor.author, now=now).id


def draft_monthly_summaries(*, now: datetime) -> int:
    """Make the drafts of this month that are not made yet, and ask the koordinators to look; returns how many."""
    with reading() as session:
        wanting = agencies_without_draft(session, now=now)
    return sum(_draft_for_month(agency.id, now=now) for agency in wanting)


def agencies_without_draft(session: Session, *, now: datetime) -> list[Agency]:
    """From the first working day of a month on: every agency that was at work before it and has no summary of this
    month yet. Where a draft still waits there is no second one."""
    days_off = load_days_off(session)
    agencies = session.execute(select(Agency).where(_at_work()).order_by(col(Agency.id))).scalars().all()
    return [one for one in agencies if _wants_draft(session, one, days_off, now=now)]


def about_month(agency: Agency, *, now: datetime) -> str:
    """What makes the question to the koordinators the one of this month."""
    return f"summary:{agency.id}:{_period(agency, now)}"


def _wants_draft(session: Session, agency: Agency, days_off: DaysOff, *, now: datetime) -> bool:
    calendar = days_off.calendar(agency.id, agency.zone)
    first = calendar.today(now).replace(day=1)
    if calendar.today(now) < calendar.on_or_after(first):
        return False
    of_month = (col(Summary.agency_id) == agency.id) & (col(Summary.period) == _period(agency, now))
    made = session.execute(select(col(Summary.id)).where(of_month | _waits(agency)).limit(1)).first()
    return made is None and _was_at_work(session, agency, before=calendar.start_of(first))


def _draft_for_month(agency_id: int, *, now: datetime) -> int:
    with transaction() as session:
        agency = locked(session, Agency, col(Agency.id) == agency_id)[0]
        if not _wants_draft(session, agency, load_days_off(session), now=now):  # somebody was faster
            return 0
        summary = _draft(session, agency, author=SYSTEM, now=now)
        queue_at(
            session,
            Notice.RELEASE,
            where=("agency", agency.id),
            about=about_month(agency, now=now),
            reference_id=summary.id,
            roles=(Role.KOORDINATOR,),
            now=now,
        )
        return 1


def _draft(session: Session, agency: Agency, *, author: Author, now: datetime) -> Summary:
    summary = Summary(
        agency_id=agency.id,
        period=_period(agency, now),
        made_at=now,
        made_by=author.person_id,
        content=json.dumps(gather(session, agency, now=now), ensure_ascii=False, sort_keys=True),
    )
    session.add(summary)
    session.flush()
    details: dict[str, Json] = {"summary": summary.id, "period": summary.period}
    record(session, Pending(author, now, action="summary_drafted", subject=f"agency:{agency.code}", details=details))
    return summary


def _waits(agency: Agency) -> ColumnElement[bool]:
    return (col(Summary.agency_id) == agency.id) & (col(Summary.state) == SummaryState.DRAFT)


def _at_work() -> ColumnElement[bool]:
    """Agencies with a candidacy that is open and no history."""
    return exists(
        select(col(Candidacy.id))
        .join(Unit, col(Unit.id) == col(Candidacy.unit_id))
        .join(Cycle, col(Cycle.id) == col(Candidacy.cycle_id))
        .where(col(Unit.agency_id) == col(Agency.id), col(Candidacy.stage).not_in(CLOSED))
        .where(col(Cycle.record_only).is_(False))
    )


def _was_at_work(session: Session, agency: Agency, *, before: datetime) -> bool:
    """Whether the month before had anything to sum up."""
    query = (
        select(col(StageEntry.id))
        .join(Candidacy, col(Candidacy.id) == col(StageEntry.candidacy_id))
        .join(Unit, col(Unit.id) == col(Candidacy.unit_id))
        .where(col(Unit.agency_id) == agency.id, col(StageEntry.entered_at) < before)
        .limit(1)
    )
    return session.execute(query).first() is not None


def _period(agency: Agency, now: datetime) -> str:
    """The month that it is for the agency."""
    return f"{now.astimezone(ZoneInfo(agency.zone)):%Y-%m}"

"""Opening a candidacy: a unit's first try, a later one, or a baseline for one that is already under way."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.base import CODE_LENGTH
from models.candidacies import Candidacy, Level, StageEntry
from models.cycles import Cycle
from models.database import locked
from models.errors import BadInput, Refused
from models.facts import Predicate
from models.people import Role
from models.stages import CLOSED, Stage
from models.trail import Json, Pending, record
from states.actors import Actor, place_of_unit, require
from states.days_off import hold_calendar
from states.due_dates import due_date
from states.lookups import find
from states.obligations import keep_in_step
from states.observe import calendar_of, observe_one
from states.writing import writing

OPENING = "open"  # stands where later entries have their move


@dataclass(frozen=True)
class Opening:
    """What is asked for; a stage other than the first makes it a baseline and needs a day and a reason."""

    unit: str
    cycle: str
    target: Level
    stage: Stage = Stage.PENCANANGAN
    since: date | None = None  # today where it is not given
    after: str | None = None  # an earlier candidacy of the same unit
    reason: str = ""


def open_candidacy(opening: Opening, *, actor: Actor, now: datetime) -> str:
    """Open a candidacy and return its code. Raises NotFound, BadInput, Refused."""
    with writing("candidacy_open", author=actor.author, now=now, subject=f"unit:{opening.unit.upper()}") as session:
        hold_calendar(session)
        unit = locked(session, Unit, col(Unit.id) == find(session, Unit, opening.unit).id)[0]
        cycle = find(session, Cycle, opening.cycle)
        require(actor, (Role.KOORDINATOR,), place_of_unit(session, unit), subject=f"unit:{unit.code}")
        agency = session.get_one(Agency, unit.agency_id)
        calendar = calendar_of(session, agency)
        since = opening.since or calendar.today(now)
        previous = find(session, Candidacy, opening.after) if opening.after else None
        _check(session, opening, unit, cycle, previous, since=since, today=calendar.today(now))
        candidacy = Candidacy(
            code=_new_code(session, unit, cycle),
            unit_id=unit.id,
            cycle_id=cycle.id,
            target=opening.target,
            stage=opening.stage,
            after_id=previous.id if previous else None,
        )
        session.add(candidacy)
        session.flush()
        session.add(
            StageEntry(
                candidacy_id=candidacy.id,
                number=0,
                stage=opening.stage,
                move=OPENING,
                entered_on=since,
                entered_at=now,
                due_on=due_date(session, cycle.id, opening.stage, since, calendar),
                recorded_by=actor.person_id,
            )
        )
        session.flush()
        keep_in_step(session, candidacy, observe_one(session, candidacy, now=now), now=now)
        details: dict[str, Json] = {
            "unit": unit.code,
            "cycle": cycle.code,
            "ruleset": cycle.ruleset,
            "target": opening.target.value,
            "effective_on": since.isoformat(),
            "baseline": opening.stage is not Stage.PENCANANGAN,
        }
        if previous:
            details["after"] = previous.code
        record(
            session,
            Pending(
                actor.author,
                now,
                action="candidacy_opened",
                subject=f"candidacy:{candidacy.code}",
                after=opening.stage.value,
                details=details,
                texts={"reason": opening.reason.strip()} if opening.reason.strip() else {},
            ),
        )
        return candidacy.code


def _check(
    session: Session,
    opening: Opening,
    unit: Unit,
    cycle: Cycle,
    previous: Candidacy | None,
    *,
    since: date,
    today: date,
) -> None:
    subject = f"unit:{unit.code}"
    if cycle.agency_id != unit.agency_id:
        raise BadInput("cycle_of_other_agency", cycle=cycle.code, unit=unit.code)
    if previous and previous.unit_id != unit.id:
        raise BadInput("after_other_unit", after=previous.code, unit=unit.code)
    if since > today:
        raise Refused.because("date_in_future", subject=subject, date=since.isoformat(), today=today.isoformat())
    baseline = opening.stage is not Stage.PENCANANGAN
    if baseline and not opening.reason.strip():
        raise Refused.because("reason_missing", subject=subject)
    if baseline and opening.since is None:
        raise Refused.because("date_missing", subject=subject)
    still_open = session.execute(
        select(col(Candidacy.code)).where(col(Candidacy.unit_id) == unit.id).where(col(Candidacy.stage).not_in(CLOSED))
    ).scalar_one_or_none()
    if still_open and opening.stage not in CLOSED:
        raise Refused.because("candidacy_already_open", subject=subject, code=still_open)
    held = (
        session.execute(
            select(col(Predicate.decreed_on))
            .where(col(Predicate.unit_id) == unit.id)
            .where(col(Predicate.level) == opening.target)
            .where(col(Predicate.revoked_on).is_(None))
        )
        .scalars()
        .first()
    )
    if held and opening.stage not in CLOSED:
        raise Refused.because(
            "predicate_already_held", subject=subject, level=opening.target.value, since=held.isoformat()
        )


def _new_code(session: Session, unit: Unit, cycle: Cycle) -> str:
    """{UNIT}-{YEAR}, then -2, -3 ... Raises BadInput where that would be longer than a code may be."""
    tries = session.execute(
        select(func.count()).where(col(Candidacy.unit_id) == unit.id).where(col(Candidacy.cycle_id) == cycle.id)
    ).scalar_one()
    code = f"{unit.code}-{cycle.year}" + (f"-{tries + 1}" if tries else "")
    if len(code) > CODE_LENGTH:
        raise BadInput("code_too_long", code=code, most=CODE_LENGTH)
    return code

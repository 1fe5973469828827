"""One obligation held still while somebody says what they want to hear of it: it must be open, dated, and theirs."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col

from models.agencies import Agency
from models.base import LARGEST_KEY
from models.candidacies import Candidacy
from models.database import locked, reading
from models.errors import NotFound, Refused
from models.obligations import Obligation, ObligationState
from states.actors import Actor
from states.calendar import WorkCalendar
from states.days_off import hold_calendar
from states.observe import calendar_of
from states.owing import owing_people
from states.subjects import subject_of


@dataclass(frozen=True)
class Held:
    """An obligation of a candidacy, locked, with the agency's calendar."""

    obligation: Obligation
    code: str  # the candidacy's
    due_on: date
    calendar: WorkCalendar

    @property
    def subject(self) -> str:
        return f"candidacy:{self.code}"


def candidacy_of(number: int) -> str:
    """The code of the candidacy that owes it. Raises NotFound."""
    with reading() as session:
        return session.get_one(Candidacy, find_obligation(session, number).candidacy_id).code


def hold_owed(session: Session, number: int, *, actor: Actor, now: datetime) -> Held:
    """Lock the candidacy, then look: what was seen before may be stale.

    Raises NotFound; Refused where it is closed, has no date, or somebody else owes it.
    """
    hold_calendar(session)
    key = find_obligation(session, number).candidacy_id
    candidacy = locked(session, Candidacy, col(Candidacy.id) == key)[0]
    row = find_obligation(session, number)
    session.refresh(row)
    code = candidacy.code
    if row.state is not ObligationState.OPEN:
        raise Refused.because("obligation_closed", subject=code, number=number)
    if all(actor.person_id != person.id for person in owing_people(session, [row], now=now)[row.id]):
        raise Refused.because("obligation_not_yours", subject=code, number=number, email=actor.email)
    if row.due_on is None:
        raise Refused.because("obligation_undated", subject=code, number=number)
    agency = session.get_one(Agency, subject_of(session, candidacy).place.agency_id)
    return Held(row, code, row.due_on, calendar_of(session, agency))


def find_obligation(session: Session, number: int) -> Obligation:
    row = session.get(Obligation, number) if 0 <= number <= LARGEST_KEY else None
    if row is None:
        raise NotFound("unknown_obligation", value=number)
    return row

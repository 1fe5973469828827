"""One finding taken up to be answered, judged or opened again: what it is about, and who may. Raises Refused."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.base import LARGEST_KEY
from models.candidacies import Candidacy
from models.database import locked
from models.errors import NotFound, Refusal, Refused
from models.findings import Finding, Origin
from models.people import UNIT_ROLES, Role
from states.actors import Actor, Place, place_of_unit, require, require_admin
from states.calendar import today_in_indonesia
from states.lke.access import area_not_yours
from states.observe import calendar_of, observe_one
from states.situation import Situation

ACCEPTING = (Role.KOORDINATOR, Role.PIMPINAN)
"""Who may take a response to monev as an explanation; a small agency has one koordinator, who can't take their own."""

UNIT_SIDE = (Role.PIMPINAN_UNIT, Role.POKJA)


@dataclass(frozen=True)
class Case:
    """A finding, locked, with what it is about; of the installation where there is no place."""

    finding: Finding
    subject: str  # as the trail writes it
    today: date
    place: Place | None = None
    candidacy: Candidacy | None = None
    situation: Situation | None = None
    unit: Unit | None = None

    @property
    def label(self) -> str:
        """As a refusal names it: a candidacy by its code alone."""
        return self.subject.removeprefix("candidacy:")


def find_finding(session: Session, number: int) -> Finding:
    """Raises NotFound for a number that nothing has."""
    finding = session.get(Finding, number) if number <= LARGEST_KEY else None
    if finding is None:
        raise NotFound("unknown_finding", value=number)
    return finding


def subject_of_finding(session: Session, finding: Finding) -> str:
    if finding.candidacy_id is not None:
        return f"candidacy:{session.get_one(Candidacy, finding.candidacy_id).code}"
    return (
        f"unit:{session.get_one(Unit, finding.unit_id).code}" if finding.unit_id is not None else "installation:trail"
    )


def take_up(session: Session, number: int, *, actor: Actor, now: datetime) -> Case:
    """Lock the finding and what it belongs to, in the order of the sweep. Raises NotFound."""
    before = find_finding(session, number)
    subject = subject_of_finding(session, before)
    candidacy = unit = situation = place = None
    today = today_in_indonesia(now)
    if before.candidacy_id is not None:
        candidacy = locked(session, Candidacy, col(Candidacy.id) == before.candidacy_id)[0]
        situation = observe_one(session, candidacy, now=now, actor=actor)
        place, today = situation.place, situation.today
    elif before.unit_id is not None:
        unit = locked(session, Unit, col(Unit.id) == before.unit_id)[0]
        place = place_of_unit(session, unit)
        today = calendar_of(session, session.get_one(Agency, unit.agency_id)).today(now)
    finding = locked(session, Finding, col(Finding.id) == number)[0]
    return Case(finding, subject, today, place, candidacy, situation, unit)


def require_owner(case: Case, actor: Actor) -> None:
    """Who has the role that owns it there, and its area; the unit's head and its work team stand in for each other.

    Nobody who assessed the unit answers for it.
    """
    owner = case.finding.owner
    if case.place is None:
        require_admin(actor)
        return
    roles = UNIT_SIDE if owner in UNIT_ROLES else (owner,)
    require(actor, roles, case.place, subject=case.label)
    situation = case.situation
    if situation is None or owner not in UNIT_ROLES:
        return
    if situation.has_assessed(actor.person_id):
        raise Refused.because("answers_own_assessment", subject=case.label, email=actor.email)
    _require_area(case, situation, roles, actor)


def require_judge(case: Case, actor: Actor) -> None:
    """Of the TPI's findings the TPI, but nobody who acts for the unit; of monev's the koordinator or the agency head."""
    if case.place is None:
        raise Refused.because("finding_of_installation", subject=case.label)
    if case.finding.origin is Origin.MONEV:
        require(actor, ACCEPTING, case.place, subject=case.label)
        return
    require(actor, (Role.TPI,), case.place, subject=case.label)
    assert case.situation  # noqa: S101 - the TPI looks at candidacies
    if case.situation.acts_for_unit(actor.person_id):
        raise Refused.because("assesses_own_work", subject=case.label, email=actor.email)
    _require_area(case, case.situation, (Role.TPI,), actor)


def _require_area(case: Case, situation: Situation, roles: tuple[Role, ...], actor: Actor) -> None:
    if found := area_not_yours(situation, roles, (case.finding.area,), actor=actor):
        raise Refused([Refusal(case.label, obstacle) for obstacle in found])

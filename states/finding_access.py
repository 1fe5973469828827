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
    actor: Actor
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
    return Case(finding, subject, actor, today, place, candidacy, situation, unit)


def looked_at(finding: Finding, candidacy: Candidacy, situation: Situation, *, actor: Actor) -> Case:
    """A finding of a candidacy as pages show it: nothing is locked, nothing will be written."""
    return Case(finding, f"candidacy:{situation.code}", actor, situation.today, situation.place, candidacy, situation)


def judges_of(finding: Finding) -> tuple[Role, ...]:
    """Who says whether a response is enough."""
    return ACCEPTING if finding.origin is Origin.MONEV else (Role.TPI,)


def told_of_response(finding: Finding) -> tuple[Role, ...]:
    """Who hears that there is a response; the agency head only of the koordinator's own."""
    judges = judges_of(finding)
    return judges if finding.owner in judges else judges[:1]


def require_owner(case: Case) -> None:
    """Who has the role that owns it there, and its area; the unit's head and its work team stand in for each other.

    Nobody who assessed the unit answers for it.
    """
    owner, actor = case.finding.owner, case.actor
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
    _require_area(case, situation, roles)


def require_judge(case: Case) -> None:
    """Of the TPI's the TPI, but nobody who acts for the unit; of monev's the koordinator or the agency head."""
    actor = case.actor
    if case.place is None:
        raise Refused.because("finding_of_installation", subject=case.label)
    require(actor, judges_of(case.finding), case.place, subject=case.label)
    if case.finding.origin is Origin.MONEV:
        return
    assert case.situation  # noqa: S101 - the TPI looks at candidacies
    if case.situation.acts_for_unit(actor.person_id):
        raise Refused.because("assesses_own_work", subject=case.label, email=actor.email)
    _require_area(case, case.situation, (Role.TPI,))


def _require_area(case: Case, situation: Situation, roles: tuple[Role, ...]) -> None:
    if found := area_not_yours(situation, roles, (case.finding.area,), actor=case.actor):
        raise Refused([Refusal(case.label, obstacle) for obstacle in found])

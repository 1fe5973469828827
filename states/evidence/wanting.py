"""Who still has something to prove, in which areas and since when: for the daily sweep and its notices.

From what is kept beside the answers, agency by agency, so that a whole nation is read in seconds and in constant
memory. The same people as `states.evidence.owed` names question by question.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, or_, select
from sqlmodel import Session, col

from models.agencies import Agency
from models.candidacies import Candidacy, StageEntry
from models.cycles import Cycle
from models.inserts import in_pieces
from models.lke import Layer, LayerSummary
from models.people import Person, Role
from models.stages import Stage
from rulesets.library import find_ruleset
from states.away import Away, load_away
from states.calendar import today_in_indonesia
from states.evidence.access import COLLECTING
from states.evidence.answering import load_answering
from states.evidence.missing import missing_evidence
from states.evidence.on_file import is_stale
from states.evidence.owed import audience_of, is_urgent
from states.evidence.unproven import read_unproven
from states.hearing import Audience, audiences_of
from states.holders import Pair

PIECE = 2_000  # candidacies, about: whole agencies are read together

Since = Mapping[str | None, date]
"""By area: the day, in the agency's zone, since when something has been unproven."""


class Wanting(NamedTuple):
    """A candidacy with something unproven. The first ten in the order in which they are read."""

    id: int
    unit: int
    stage: Stage
    agency: int
    zone: str
    ruleset: str
    entered_on: date
    due_on: date | None
    unproven: str | None
    basis: str | None

    @property
    def is_stale(self) -> bool:
        """Whether what was kept is of another rule set, or of before it was kept."""
        return self.unproven is None or self.basis != find_ruleset(self.ruleset).hash

    def today(self, now: datetime) -> date:
        return now.astimezone(ZoneInfo(self.zone)).date()


def wanting(session: Session, ids: Collection[int] | None = None) -> Iterator[Sequence[Wanting]]:
    """All that want evidence, or those of these `ids`, some agencies at a time."""
    if ids is not None:
        for piece in in_pieces(ids, PIECE):
            yield [Wanting(*row) for row in session.execute(_query().where(col(Candidacy.id).in_(piece)))]
        return
    for agencies in _agencies(session):
        yield [Wanting(*row) for row in session.execute(_query().where(col(Cycle.agency_id).in_(agencies)))]


def since_when(session: Session, piece: Sequence[Wanting], *, now: datetime) -> dict[int, Since]:
    """By candidacy; what was kept by another rule set is looked at anew."""
    found: dict[int, Since] = {
        one.id: {area: at.astimezone(ZoneInfo(one.zone)).date() for area, at in read_unproven(one.unproven).items()}
        for one in piece
        if one.unproven is not None and not one.is_stale
    }
    stale = {one.id for one in piece if one.is_stale}
    return found | _anew(session, stale, now=now) if stale else found


def told_of(
    session: Session, piece: Sequence[Wanting], areas: Mapping[int, Collection[str | None]], *, now: datetime
) -> dict[int, set[int]]:
    """By candidacy: who is told that something of these areas is missing."""
    away = load_away(session, now=now)
    answering = load_answering(session, {one.unit for one in piece}, today=today_in_indonesia(now))
    told: dict[int, set[int]] = {one.id: set() for one in piece}
    others: list[tuple[Wanting, Role, int | None]] = []
    for one in piece:
        for area in areas.get(one.id, ()):
            found = answering.who(one.unit, area)
            if found is None:
                others.append((one, Role.PIMPINAN_UNIT, None))
            elif found[1].person in away.deputies:
                others.append((one, found[0], found[1].person))
            else:
                told[one.id].add(found[1].person)
    for one, people in _instead(session, others, away, now=now):
        told[one.id].update(people)
    return told


def _instead(
    session: Session, others: Sequence[tuple[Wanting, Role, int | None]], away: Away, *, now: datetime
) -> Iterator[tuple[Wanting, Iterator[int]]]:
    """Who hears where nobody answers the area, or who does is away."""
    if not others:
        return
    pairs: set[Pair] = {(one.id, role) for one, role, _ in others}
    audiences = audiences_of(session, pairs, now=now, away=away)
    people = _people(session, {person for _, _, person in others if person is not None})
    for one, role, person in others:
        told: Audience = audiences[one.id, role]
        if person is not None:
            told = audience_of(people[person], told, away, one.agency)
        urgent = is_urgent(one.due_on, one.today(now))
        yield one, (hearer.person.id for hearer in told.told(urgent=urgent))


def _people(session: Session, ids: Collection[int]) -> dict[int, Person]:
    found: dict[int, Person] = {}
    for piece in in_pieces(ids):
        rows = session.execute(select(Person).where(col(Person.id).in_(piece))).scalars()
        found.update({person.id: person for person in rows})
    return found


def _anew(session: Session, ids: Collection[int], *, now: datetime) -> dict[int, Since]:
    codes: dict[str, int] = {}
    for piece in in_pieces(ids):
        rows = session.execute(select(col(Candidacy.code), col(Candidacy.id)).where(col(Candidacy.id).in_(piece)))
        codes.update({code: key for code, key in rows})
    found: dict[int, dict[str | None, date]] = {}
    for row in missing_evidence(session, now=now, ids=ids):
        since = found.setdefault(codes[row.candidacy], {})
        since[row.area] = min(row.since, since.get(row.area, row.since))
    return dict(found)


def _query() -> Select[int, int, Stage, int, str, str, date, date | None, str | None, str | None]:
    return (
        select(
            col(Candidacy.id),
            col(Candidacy.unit_id),
            col(Candidacy.stage),
            col(Cycle.agency_id),
            col(Agency.zone),
            col(Cycle.ruleset),
            col(StageEntry.entered_on),
            col(StageEntry.due_on),
            col(LayerSummary.unproven),
            col(LayerSummary.basis),
        )
        .join(Cycle, col(Cycle.id) == col(Candidacy.cycle_id))
        .join(Agency, col(Agency.id) == col(Cycle.agency_id))
        .join(StageEntry, col(StageEntry.candidacy_id) == col(Candidacy.id))
        .join(LayerSummary, col(LayerSummary.candidacy_id) == col(Candidacy.id))
        .where(col(Candidacy.stage).in_(COLLECTING), col(Cycle.record_only).is_(False))
        .where(col(StageEntry.left_at).is_(None), col(LayerSummary.layer) == Layer.UNIT)
        .where(or_(col(LayerSummary.missing_evidence) > 0, is_stale()))
    )


def _agencies(session: Session) -> Iterator[list[int]]:
    """As many together as have about a piece of candidacies."""
    rows = session.execute(
        select(col(Cycle.agency_id), func.count(col(Candidacy.id)))
        .join(Candidacy, col(Candidacy.cycle_id) == col(Cycle.id))
        .where(col(Candidacy.stage).in_(COLLECTING), col(Cycle.record_only).is_(False))
        .group_by(col(Cycle.agency_id))
        .order_by(col(Cycle.agency_id))
    ).all()
    together: list[int] = []
    many = 0
    for agency, count in rows:
        together.append(agency)
        many += count
        if many >= PIECE:
            yield together
            together, many = [], 0
    if together:
        yield together

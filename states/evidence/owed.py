"""What is not proven, with the person who is told to bring it: who answers the area, their deputy while they are away,
else who stands in for them.

Read in pieces of candidacies, with a fixed number of queries for each, so that memory does not grow with their number.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.candidacies import Candidacy, Level, StageEntry
from models.evidence import Evidence, EvidenceState
from models.inserts import in_pieces
from models.people import Person
from models.stages import Stage
from states.away import Away, Hearer, load_away
from states.evidence.missing import Missing, missing_evidence
from states.hearing import Audience, audience, audiences_of
from states.holders import Pair
from states.quieting import URGENT_FROM

PIECE = 250  # candidacies


@dataclass(frozen=True)
class Asked:
    """The candidacy that a piece of evidence is wanted for."""

    id: int
    code: str
    unit: str  # its name
    target: Level
    stage: Stage
    entered_on: date
    due_on: date | None
    agency: int
    zone: str  # the agency's

    def today(self, now: datetime) -> date:
        return now.astimezone(ZoneInfo(self.zone)).date()

    def is_urgent(self, now: datetime) -> bool:
        return is_urgent(self.due_on, self.today(now))


@dataclass(frozen=True)
class Owed:
    """One question that one person has to prove."""

    missing: Missing
    asked: Asked
    person_id: int
    why: str | None  # the TPI's reason, where what was brought was rejected
    instead_of: str | None = None  # the name of who is away, and in whose place this person is told

    @property
    def stands_in(self) -> bool:
        """Whether nobody holds the role whose task it is."""
        return self.missing.responsible.email is None


def owed_evidence(session: Session, *, now: datetime, ids: Collection[int] | None = None) -> Iterator[Owed]:
    """By candidacy and in the LKE's order; of all, or of the candidacies with these `ids`. What nobody can be asked
    for is left out. A generator: the caller holds the session open."""
    rows = missing_evidence(session, now=now, ids=ids)
    away = load_away(session, now=now)
    by_candidacy = (list(group) for _, group in groupby(rows, key=lambda row: row.candidacy))
    for piece in in_pieces(by_candidacy, PIECE):
        asked = _asked(session, [group[0].candidacy for group in piece])
        everything = [row for group in piece for row in group]
        people = _people(session, everything)
        stand_ins = _stand_ins(session, everything, asked, people, away, now=now)
        reasons = _reasons(session, [one.id for one in asked.values()])
        for row in everything:
            here = asked[row.candidacy]
            why = reasons.get((here.id, row.question)) if row.reason == "rejected" else None
            email = row.responsible.email
            told = stand_ins.get((here.id, row.responsible.role), Audience())
            if email:
                told = audience_of(people[email], told, away, here.agency)
            yield from _each(row, here, told.told(urgent=here.is_urgent(now)), why)


def is_urgent(due_on: date | None, today: date) -> bool:
    """Whether it is so late that those who are away hear of it, too. Pure."""
    return due_on is not None and (today - due_on).days >= URGENT_FROM


def audience_of(person: Person, role: Audience, away: Away, agency: int) -> Audience:
    """Of who answers the area: themselves, or whoever hears in their place."""
    if not away.has(person):
        return Audience([Hearer(person)])
    return audience([[person], [one.person for one in role.hearers]], away, agency)


def _each(row: Missing, asked: Asked, hearers: Iterable[Hearer], why: str | None) -> Iterator[Owed]:
    """Each person once; for themselves before in the place of another."""
    told: dict[int, str | None] = {}
    for hearer in hearers:
        absent = hearer.instead_of.name if hearer.instead_of else None
        told[hearer.person.id] = absent and told.get(hearer.person.id, absent)
    for person, instead_of in told.items():
        yield Owed(row, asked, person, why, instead_of)


def _asked(session: Session, codes: Sequence[str]) -> dict[str, Asked]:
    rows = session.execute(
        select(Candidacy, col(Unit.name), StageEntry, col(Agency.id), col(Agency.zone))
        .join(Unit, col(Unit.id) == col(Candidacy.unit_id))
        .join(Agency, col(Agency.id) == col(Unit.agency_id))
        .join(StageEntry, col(StageEntry.candidacy_id) == col(Candidacy.id))
        .where(col(Candidacy.code).in_(codes), col(StageEntry.left_at).is_(None))
    )
    return {
        one.code: Asked(
            one.id, one.code, unit, one.target, Stage(one.stage), stay.entered_on, stay.due_on, agency, zone
        )
        for one, unit, stay, agency, zone in rows
    }


def _people(session: Session, rows: Sequence[Missing]) -> dict[str, Person]:
    emails = {row.responsible.email for row in rows if row.responsible.email}
    found = session.execute(select(Person).where(col(Person.email).in_(emails))).scalars()
    return {person.email: person for person in found}


def _stand_ins(
    session: Session,
    rows: Sequence[Missing],
    asked: Mapping[str, Asked],
    people: Mapping[str, Person],
    away: Away,
    *,
    now: datetime,
) -> Mapping[Pair, Audience]:
    """Who is told where nobody holds the role, or who does is away."""
    pairs: set[Pair] = {
        (asked[row.candidacy].id, row.responsible.role)
        for row in rows
        if row.responsible.email is None or away.has(people[row.responsible.email])
    }
    return audiences_of(session, pairs, now=now, away=away) if pairs else {}


def _reasons(session: Session, candidacies: Sequence[int]) -> dict[tuple[int, str], str]:
    """Why the last piece of each question was rejected."""
    rows = session.execute(
        select(col(Evidence.candidacy_id), col(Evidence.question), col(Evidence.review_reason))
        .where(col(Evidence.candidacy_id).in_(candidacies))
        .where(col(Evidence.state) == EvidenceState.REJECTED)
        .order_by(col(Evidence.reviewed_at), col(Evidence.id))
    )
    return {(candidacy, question): reason for candidacy, question, reason in rows if reason}

"""One person's backlog: all that they still have to prove, in all their candidacies, the nearest deadline first."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from sqlalchemy import ColumnElement, select
from sqlmodel import Session, col

from models.absences import Absence
from models.agencies import Unit
from models.candidacies import Candidacy
from models.inserts import in_pieces
from models.lke import Layer, LayerSummary
from models.people import Membership, Role
from states.evidence.access import COLLECTING
from states.evidence.owed import Asked, Owed, owed_evidence
from states.evidence.wanting import since_when, told_of, wanting

KEPT = 8  # questions of one candidacy that are told by name, the rejected ones first; the rest is counted

ASKED = (Role.POKJA, Role.PIMPINAN_UNIT, Role.KOORDINATOR, Role.ADMIN)
"""Whoever has to bring evidence, and who stands in."""


@dataclass
class Share:
    """What one candidacy wants of one person."""

    asked: Asked
    count: int = 0
    rejected: list[Owed] = field(default_factory=list)
    absent: list[Owed] = field(default_factory=list)
    instead_of: set[str] = field(default_factory=set)  # the names of those who are away

    def add(self, owed: Owed) -> None:
        self.count += 1
        if owed.instead_of:
            self.instead_of.add(owed.instead_of)
        kept = self.rejected if owed.missing.reason == "rejected" else self.absent
        if len(kept) < KEPT:
            kept.append(owed)

    @property
    def told(self) -> list[Owed]:
        return [*self.rejected, *self.absent][:KEPT]


@dataclass
class Backlog:
    shares: dict[str, Share] = field(default_factory=dict)  # by candidacy

    def add(self, owed: Owed) -> None:
        self.shares.setdefault(owed.asked.code, Share(owed.asked)).add(owed)

    @property
    def total(self) -> int:
        return sum(share.count for share in self.shares.values())

    @cached_property
    def in_order(self) -> list[Share]:
        return sorted(self.shares.values(), key=lambda share: (share.asked.due_on or date.max, share.asked.code))


def backlogs(session: Session, people: Collection[int] | None = None, *, now: datetime) -> dict[int, Backlog]:
    """By person; of everybody, or of these. Who has nothing left to prove is not in it."""
    found: dict[int, Backlog] = {}
    ids = None if people is None else may_be_asked(session, people)
    for owed in owed_evidence(session, now=now, ids=ids):
        if people is None or owed.person_id in people:
            found.setdefault(owed.person_id, Backlog()).add(owed)
    return found


def who_owes(session: Session, people: Collection[int], *, now: datetime) -> set[int]:
    """Which of these still have something to prove."""
    found: set[int] = set()
    for piece in wanting(session, may_be_asked(session, people)):
        for told in told_of(session, piece, since_when(session, piece, now=now), now=now).values():
            found |= told
    return found.intersection(people)


def may_be_asked(session: Session, people: Collection[int]) -> set[int]:
    """The candidacies with something missing at places where these people, or those who ever named them as deputies,
    have, had or will have a role: all that they can be asked about, and more."""
    units, agencies, everywhere = _places(session, {*people, *_represented(session, people)})
    found: set[int] = set()
    conditions: list[ColumnElement[bool] | None] = [None] if everywhere else []
    if not everywhere:
        conditions += [col(Unit.id).in_(piece) for piece in in_pieces(_with_below(session, units))]
        conditions += [col(Unit.agency_id).in_(piece) for piece in in_pieces(agencies)]
    for condition in conditions:
        query = (
            select(col(Candidacy.id))
            .join(Unit, col(Unit.id) == col(Candidacy.unit_id))
            .join(LayerSummary, col(LayerSummary.candidacy_id) == col(Candidacy.id))
            .where(col(Candidacy.stage).in_(COLLECTING))
            .where(col(LayerSummary.layer) == Layer.UNIT, col(LayerSummary.missing_evidence) > 0)
        )
        found.update(session.execute(query if condition is None else query.where(condition)).scalars())
    return found


def _represented(session: Session, people: Collection[int]) -> set[int]:
    found: set[int] = set()
    for piece in in_pieces(people):
        found.update(session.execute(select(col(Absence.person_id)).where(col(Absence.deputy_id).in_(piece))).scalars())
    return found


def _places(session: Session, people: Collection[int]) -> tuple[set[int], set[int], bool]:
    """Units, agencies, and whether somebody has a role everywhere."""
    units: set[int] = set()
    agencies: set[int] = set()
    everywhere = False
    for piece in in_pieces(people):
        rows = session.execute(
            select(col(Membership.unit_id), col(Membership.agency_id))
            .where(col(Membership.person_id).in_(piece), col(Membership.role).in_(ASKED))
            .distinct()
        )
        for unit, agency in rows:
            if unit is not None:
                units.add(unit)
            elif agency is not None:
                agencies.add(agency)
            else:
                everywhere = True
    return units, agencies, everywhere


def _with_below(session: Session, units: set[int]) -> set[int]:
    """These units and all below them."""
    found, newest = set(units), set(units)
    while newest:
        below: set[int] = set()
        for piece in in_pieces(newest):
            below.update(session.execute(select(col(Unit.id)).where(col(Unit.parent_id).in_(piece))).scalars())
        newest = below - found
        found |= newest
    return found

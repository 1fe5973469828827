"""Loads standings from the database: a fixed number of queries, however many candidacies are asked for."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple, Protocol

from sqlalchemy import or_, select
from sqlmodel import Session, col

from models.facts import Fact
from rulesets.facts import FactOnRecord
from rulesets.library import find_ruleset
from states.evidence.counting import counted_evidence
from states.lke.responsible import by_area, responsible_for
from states.lke.standing import Standing
from states.lke.stored import stored_answers


class Placed(NamedTuple):
    """Where a candidacy belongs, and its cycle's rule set."""

    unit_id: int
    agency_id: int
    ruleset: str


class OfAgency(Protocol):
    """A unit, or as much of it as is needed here."""

    @property
    def id(self) -> int: ...
    @property
    def agency_id(self) -> int: ...


class _Unit(NamedTuple):
    id: int
    agency_id: int


def load_standings(session: Session, places: Mapping[int, Placed], *, today: date) -> dict[int, Standing]:
    """By candidacy, as `places` is."""
    answers, evidence = stored_answers(session, places), counted_evidence(session, places)
    facts = facts_of(session, [_Unit(place.unit_id, place.agency_id) for place in places.values()])
    holders = responsible_for(session, places, today=today)

    def one(candidacy: int, place: Placed) -> Standing:
        lke = find_ruleset(place.ruleset).lke
        responsible = by_area(lke, holders[candidacy])
        return Standing(
            lke=lke,
            answers=answers[candidacy],
            evidence=evidence[candidacy],
            facts=tuple(facts[place.unit_id]),
            unit_side=responsible.unit_side,
            tpi_side=responsible.tpi_side,
            koordinator=responsible.koordinator,
        )

    return {candidacy: one(candidacy, place) for candidacy, place in places.items()}


def facts_of(session: Session, units: Sequence[OfAgency]) -> Mapping[int, list[FactOnRecord]]:
    """The facts of each unit and of its agency, by unit."""
    agencies = {unit.agency_id for unit in units}
    by_owner: defaultdict[tuple[str, int], list[FactOnRecord]] = defaultdict(list)
    rows = session.execute(
        select(Fact).where(or_(col(Fact.unit_id).in_([u.id for u in units]), col(Fact.agency_id).in_(agencies)))
    ).scalars()
    for row in rows:
        if row.unit_id is not None:
            fact = FactOnRecord("unit", row.kind, row.value, row.dated_on, row.valid_until, row.document_id)
            by_owner["unit", row.unit_id].append(fact)
        elif row.agency_id is not None:
            fact = FactOnRecord("agency", row.kind, row.value, row.dated_on, row.valid_until, row.document_id)
            by_owner["agency", row.agency_id].append(fact)
    return {unit.id: [*by_owner["unit", unit.id], *by_owner["agency", unit.agency_id]] for unit in units}

"""Loads standings from the database: a fixed number of queries, however many candidacies are asked for."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlmodel import Session, col

from models.agencies import Unit
from models.candidacies import Candidacy
from models.cycles import Cycle
from models.facts import Fact
from rulesets.facts import FactOnRecord
from rulesets.library import find_ruleset
from states.evidence.counting import counted_evidence
from states.lke.responsible import by_area, responsible_for
from states.lke.standing import Standing
from states.lke.stored import stored_answers


def load_standings(
    session: Session,
    candidacies: Sequence[Candidacy],
    units: Mapping[int, Unit],
    cycles: Mapping[int, Cycle],
    *,
    today: date,
) -> dict[int, Standing]:
    """By candidacy; `units` and `cycles` are those of the candidacies."""
    ids = [candidacy.id for candidacy in candidacies]
    answers, evidence = stored_answers(session, ids), counted_evidence(session, ids)
    facts = facts_of(session, list(units.values()))
    holders = responsible_for(session, ids, today=today)

    def one(candidacy: Candidacy) -> Standing:
        lke = find_ruleset(cycles[candidacy.cycle_id].ruleset).lke
        responsible = by_area(lke, holders[candidacy.id])
        return Standing(
            lke=lke,
            answers=answers[candidacy.id],
            evidence=evidence[candidacy.id],
            facts=tuple(facts[candidacy.unit_id]),
            unit_side=responsible.unit_side,
            tpi_side=responsible.tpi_side,
            koordinator=responsible.koordinator,
        )

    return {candidacy.id: one(candidacy) for candidacy in candidacies}


def facts_of(session: Session, units: Sequence[Unit]) -> Mapping[int, list[FactOnRecord]]:
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

"""Loads what the rules look at: a fixed number of queries, however many candidacies are asked for."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction

from sqlalchemy import func, select
from sqlmodel import Session, col

from models.agencies import Unit
from models.audit import AuditRecord
from models.candidacies import Candidacy
from models.cycles import Cycle
from models.inserts import in_pieces
from models.lke import Layer, LayerSummary
from models.people import Membership, Role
from models.stages import Stage
from rulesets.library import find_ruleset
from states.actors import SYSTEM, Place, valid_on
from states.calendar import today_in_indonesia
from states.lke.loading import facts_of
from states.lke.summary import reckon_summaries
from states.monev.actions_seen import items_past
from states.monev.evidence_seen import evidence_seen
from states.monev.limits import Limits
from states.monev.observed import LayerScore, Observed, Unmet
from states.moves import STAGE_OWNER
from states.observe import observe
from states.situation import Situation
from states.way_on import missing_by_role

ON_THE_LKE = (Stage.SELF_ASSESSMENT, Stage.TPI_ASSESSMENT)
_Roles = defaultdict[tuple[str, int | None], set[Role]]
"""By kind and number of a place."""

A_DAY = timedelta(days=1)  # two agencies may have different days


def load_observed(
    session: Session, candidacies: Sequence[Candidacy], *, now: datetime, limits: Limits
) -> list[Observed]:
    """In the order of the candidacies. Scores that an older rule set gave are reckoned anew, not yet written."""
    ids = [candidacy.id for candidacy in candidacies]
    today = today_in_indonesia(now)
    scores = _scores(session, [one for one in candidacies if one.stage in ON_THE_LKE], now=now)
    situations = observe(session, candidacies, now=now)
    last = _last_records(session, candidacies)
    facts = facts_of(session, _units(session, candidacies))
    held = _held_roles(session, [situation.place for situation in situations], today)
    evidence = evidence_seen(session, ids, horizon=today + timedelta(days=limits.expiry_days) + A_DAY)
    actions = items_past(session, ids, day=today + A_DAY)
    return [
        Observed(
            situation,
            last_record_on=last.get(candidacy.code, situation.current.entered_on),
            limits=limits,
            facts=tuple(facts[candidacy.unit_id]),
            unheard=_unheard(situation, held),
            scores=scores[candidacy.id],
            evidence=evidence[candidacy.id],
            actions=actions[candidacy.id],
        )
        for candidacy, situation in zip(candidacies, situations, strict=True)
    ]


def _units(session: Session, candidacies: Sequence[Candidacy]) -> Sequence[Unit]:
    ids = {candidacy.unit_id for candidacy in candidacies}
    return session.execute(select(Unit).where(col(Unit.id).in_(ids))).scalars().all()


def _scores(
    session: Session, candidacies: Sequence[Candidacy], *, now: datetime
) -> defaultdict[int, dict[Layer, LayerScore]]:
    """What was kept with the answers. Nothing is scored, but what the present rule set has not scored yet."""
    ids = [candidacy.id for candidacy in candidacies]
    query = select(LayerSummary).where(col(LayerSummary.candidacy_id).in_(ids))
    rows = session.execute(query).scalars().all()
    bases = _bases(session, candidacies)
    stale = {row.candidacy_id for row in rows if row.basis != bases[row.candidacy_id]}
    if stale:
        reckon_summaries(session, [one for one in candidacies if one.id in stale], now=now)
    scores: defaultdict[int, dict[Layer, LayerScore]] = defaultdict(dict)
    for row in rows:
        scores[row.candidacy_id][row.layer] = _score(row)
    return scores


def _bases(session: Session, candidacies: Sequence[Candidacy]) -> dict[int, str]:
    """The hash of each candidacy's rule set as it is now."""
    cycles = {candidacy.cycle_id for candidacy in candidacies}
    rows = session.execute(select(col(Cycle.id), col(Cycle.ruleset)).where(col(Cycle.id).in_(cycles)))
    hashes = {cycle: find_ruleset(ruleset).hash for cycle, ruleset in rows}
    return {candidacy.id: hashes[candidacy.cycle_id] for candidacy in candidacies}


def _score(row: LayerSummary) -> LayerScore:
    points = {of: Fraction(value) for of, value in json.loads(row.figures or "{}").items()}
    unmet = [
        Unmet(one["rule"], tuple(one["title"]) if one["title"] else None, one["required"], one["actual"])
        for one in json.loads(row.unmet or "[]")
    ]
    return LayerScore(points, tuple(unmet))


def _last_records(session: Session, candidacies: Sequence[Candidacy]) -> Mapping[str, date]:
    """The last day somebody (not monev itself) recorded anything about each candidacy."""
    subjects = [f"candidacy:{candidacy.code}" for candidacy in candidacies]
    rows = session.execute(
        select(col(AuditRecord.subject), func.max(col(AuditRecord.at)))
        .where(col(AuditRecord.subject).in_(subjects))
        .where(col(AuditRecord.actor) != SYSTEM.code)
        .where(col(AuditRecord.action) != "refused")
        .group_by(col(AuditRecord.subject))
    )
    return {subject.removeprefix("candidacy:"): date.fromisoformat(at[:10]) for subject, at in rows}


def _held_roles(session: Session, places: Sequence[Place], today: date) -> _Roles:
    """Which roles anybody holds in the agencies and units of these places."""
    held: _Roles = defaultdict(set)
    wanted = {
        "agency": (col(Membership.agency_id), {place.agency_id for place in places}),
        "unit": (col(Membership.unit_id), {unit for place in places for unit in place.unit_ids}),
    }
    for scope, (column, ids) in wanted.items():
        for piece in in_pieces(ids):
            query = select(column, col(Membership.role)).where(column.in_(piece), *valid_on(today)).distinct()
            for key, role in session.execute(query):
                held[scope, key].add(role)
    return held


def _unheard(situation: Situation, held: _Roles) -> tuple[Role, ...]:
    owing = {*missing_by_role(situation)}
    if situation.stage in STAGE_OWNER:
        owing.add(STAGE_OWNER[situation.stage])
    place = situation.place
    reached = held["agency", place.agency_id].union(*(held["unit", unit] for unit in place.unit_ids))
    return tuple(sorted(owing - reached))

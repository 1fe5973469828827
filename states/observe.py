"""Loads situations from the database: a fixed number of queries, however many candidacies are asked for."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.audit import AuditRecord
from models.candidacies import Candidacy, StageEntry
from models.cycles import Cycle
from models.documents import Document, Waiver
from models.facts import Fact, Predicate
from models.findings import Finding, Origin
from models.lke import Layer, LayerSummary
from models.people import UNIT_ROLES, Membership
from models.stages import Stage
from rulesets.library import find_ruleset
from rulesets.ruleset import Scope
from states.actors import Actor, Place
from states.calendar import WorkCalendar, today_in_indonesia
from states.days_off import load_days_off
from states.due_dates import DueDates, load_windows
from states.ladders import load_ladders
from states.lke.loading import load_standings
from states.situation import Ask, Held, LayerFigures, Paper, Situation, Stay

ANSWERING = ("unit_answered", "evidence_added", "finding_answered")
ASSESSING = ("tpi_answered", "evidence_reviewed", "preliminary_answered", "finding_verified")
"""Actions in the trail that make somebody one of the unit's, or one of the assessors."""

_Hands = defaultdict[str, set[int]]
_NOBODY: _Hands = defaultdict(set)


def observe(
    session: Session,
    candidacies: Sequence[Candidacy],
    *,
    now: datetime,
    actor: Actor | None = None,
    ask: Ask | None = None,
    lke: bool = False,
) -> list[Situation]:
    """The situations of these candidacies, in their order; `ask` is the same for all.

    Who answered and assessed is looked up where there is an `actor` to hold it against, the LKE where `lke` asks.
    """
    if not candidacies:
        return []
    ids = [candidacy.id for candidacy in candidacies]
    units = _by_id(session, Unit, {candidacy.unit_id for candidacy in candidacies})
    agencies = _by_id(session, Agency, {unit.agency_id for unit in units.values()})
    cycles = _by_id(session, Cycle, {candidacy.cycle_id for candidacy in candidacies})
    parents = _parents(session, set(agencies))
    papers = _papers(session, ids, units, set(cycles), set(agencies))
    stays = _stays(session, ids)
    predicates = _predicates(session, set(units))
    facts = _fact_dates(session, set(units))
    waivers = _waivers(session, ids)
    figures = _figures(session, ids)
    people = _unit_people(session, set(units))
    assessors, found = _findings(session, ids)
    days_off = load_days_off(session, set(agencies))
    dates, ladders = DueDates(windows=load_windows(session, set(cycles))), load_ladders(session, set(cycles))
    answered, reviewed = _hands(session, candidacies) if actor else (_NOBODY, _NOBODY)
    standings = load_standings(session, candidacies, units, cycles, today=today_in_indonesia(now)) if lke else {}

    def one(candidacy: Candidacy) -> Situation:
        unit, cycle = units[candidacy.unit_id], cycles[candidacy.cycle_id]
        agency = agencies[unit.agency_id]
        calendar = days_off.calendar(agency.id, agency.zone)
        here = stays[candidacy.id]
        current = next(stay for stay in reversed(here) if not stay.undone)
        return Situation(
            code=candidacy.code,
            stage=Stage(candidacy.stage),
            version=candidacy.version,
            target=candidacy.target,
            unit_kind=unit.kind,
            agency_kind=agency.kind,
            route=cycle.route,
            ruleset=find_ruleset(cycle.ruleset),
            record_only=cycle.record_only,
            calendar=calendar,
            place=Place(agency.id, tuple(_chain(unit.id, parents))),
            today=calendar.today(now),
            papers=(
                *papers["candidacy", candidacy.id],
                *papers["unit", unit.id],
                *papers["cycle", cycle.id],
                *papers["agency", agency.id],
            ),
            stays=tuple(here),
            predicates=tuple(predicates[unit.id]),
            fact_dates=facts[unit.id],
            waivers=frozenset(waivers[candidacy.id]),
            unit_people=frozenset(
                person for person, until in people[unit.id] if until is None or until >= here[0].entered_on
            ),
            answered_by=frozenset(answered[candidacy.code]),
            assessed_by=frozenset(assessors[candidacy.id] | reviewed[candidacy.code]),
            findings_in_stay=found[current.entry_id],
            fact_subjects={"unit": unit.code, "agency": agency.code},
            figures=figures[candidacy.id],
            windows=dates.windows_of(cycle.id),
            ladders=ladders.of_cycle(cycle.id),
            lke=standings.get(candidacy.id),
            actor=actor,
            ask=ask,
        )

    return [one(candidacy) for candidacy in candidacies]


def observe_one(
    session: Session,
    candidacy: Candidacy,
    *,
    now: datetime,
    actor: Actor | None = None,
    ask: Ask | None = None,
    lke: bool = False,
) -> Situation:
    return observe(session, [candidacy], now=now, actor=actor, ask=ask, lke=lke)[0]


def calendar_of(session: Session, agency: Agency) -> WorkCalendar:
    return load_days_off(session, {agency.id}).calendar(agency.id, agency.zone)


def _by_id(session: Session, table: Any, ids: set[int]) -> dict[int, Any]:
    return {row.id: row for row in session.execute(select(table).where(table.id.in_(ids))).scalars()}


def _parents(session: Session, agencies: set[int]) -> dict[int, int | None]:
    rows = session.execute(select(col(Unit.id), col(Unit.parent_id)).where(col(Unit.agency_id).in_(agencies)))
    return {unit: parent for unit, parent in rows}


def _chain(unit: int, parents: dict[int, int | None]) -> Iterable[int]:
    at: int | None = unit
    while at is not None:
        yield at
        at = parents[at]


def _papers(
    session: Session, candidacies: list[int], units: dict[int, Unit], cycles: set[int], agencies: set[int]
) -> defaultdict[tuple[Scope, int], list[Paper]]:
    """What is on file, by what it belongs to."""
    rows = session.execute(
        select(Document)
        .where(col(Document.withdrawn_at).is_(None))
        .where(
            or_(
                col(Document.candidacy_id).in_(candidacies),
                col(Document.unit_id).in_(units),
                col(Document.cycle_id).in_(cycles),
                col(Document.agency_id).in_(agencies),
            )
        )
        .order_by(col(Document.id))
    ).scalars()
    papers: defaultdict[tuple[Scope, int], list[Paper]] = defaultdict(list)
    for row in rows:
        scope, owner = scope_of(row)
        papers[scope, owner].append(Paper(row.kind, scope, row.number, row.dated_on, row.added_by))
    return papers


def scope_of(document: Document) -> tuple[Scope, int]:
    """What a document belongs to, and its id; the database holds that there is exactly one."""
    if document.candidacy_id is not None:
        return "candidacy", document.candidacy_id
    if document.unit_id is not None:
        return "unit", document.unit_id
    if document.cycle_id is not None:
        return "cycle", document.cycle_id
    assert document.agency_id is not None  # noqa: S101 - held by a CHECK
    return "agency", document.agency_id


def _stays(session: Session, ids: list[int]) -> defaultdict[int, list[Stay]]:
    rows = session.execute(
        select(StageEntry)
        .where(col(StageEntry.candidacy_id).in_(ids))
        .order_by(col(StageEntry.candidacy_id), col(StageEntry.number))
    ).scalars()
    stays: defaultdict[int, list[Stay]] = defaultdict(list)
    for row in rows:
        stay = Stay(
            row.id,
            row.number,
            row.stage,
            row.move,
            row.entered_on,
            row.left_on,
            row.due_on,
            row.recorded_by,
            row.undone,
        )
        stays[row.candidacy_id].append(stay)
    return stays


def _predicates(session: Session, units: set[int]) -> defaultdict[int, list[Held]]:
    held: defaultdict[int, list[Held]] = defaultdict(list)
    for row in session.execute(select(Predicate).where(col(Predicate.unit_id).in_(units))).scalars():
        held[row.unit_id].append(Held(row.level, row.decreed_on, row.revoked_on))
    return held


def _fact_dates(session: Session, units: set[int]) -> defaultdict[int, dict[str, date]]:
    facts: defaultdict[int, dict[str, date]] = defaultdict(dict)
    rows = session.execute(
        select(col(Fact.unit_id), col(Fact.kind), func.max(Fact.dated_on))
        .where(col(Fact.unit_id).in_(units))
        .group_by(col(Fact.unit_id), col(Fact.kind))
    )
    for unit, kind, newest in rows:
        facts[unit][kind] = newest
    return facts


def _waivers(session: Session, ids: list[int]) -> defaultdict[int, set[str]]:
    waivers: defaultdict[int, set[str]] = defaultdict(set)
    rows = session.execute(
        select(col(Waiver.candidacy_id), col(Waiver.kind))
        .where(col(Waiver.candidacy_id).in_(ids))
        .where(col(Waiver.confirmed_at).is_not(None))
    )
    for candidacy, kind in rows:
        waivers[candidacy].add(kind)
    return waivers


def _figures(session: Session, ids: list[int]) -> defaultdict[int, dict[Layer, LayerFigures]]:
    figures: defaultdict[int, dict[Layer, LayerFigures]] = defaultdict(dict)
    for row in session.execute(select(LayerSummary).where(col(LayerSummary.candidacy_id).in_(ids))).scalars():
        figures[row.candidacy_id][row.layer] = LayerFigures(row.answered, row.total, row.missing_evidence)
    return figures


def _unit_people(session: Session, units: set[int]) -> defaultdict[int, list[tuple[int, date | None]]]:
    people: defaultdict[int, list[tuple[int, date | None]]] = defaultdict(list)
    rows = session.execute(
        select(col(Membership.unit_id), col(Membership.person_id), col(Membership.until))
        .where(col(Membership.unit_id).in_(units))
        .where(col(Membership.role).in_(UNIT_ROLES))
    )
    for unit, person, until in rows:
        people[unit].append((person, until))
    return people


def _findings(session: Session, ids: list[int]) -> tuple[defaultdict[int, set[int]], defaultdict[int, int]]:
    """Who raised findings for the TPI, by candidacy; and how many, by stay."""
    raised: defaultdict[int, set[int]] = defaultdict(set)
    counted: defaultdict[int, int] = defaultdict(int)
    rows = session.execute(
        select(col(Finding.candidacy_id), col(Finding.entry_id), col(Finding.raised_by))
        .where(col(Finding.candidacy_id).in_(ids))
        .where(col(Finding.origin) == Origin.TPI)
    )
    for candidacy, entry, person in rows:
        counted[entry] += 1
        raised[candidacy].add(person)
    return raised, counted


def _hands(session: Session, candidacies: Sequence[Candidacy]) -> tuple[_Hands, _Hands]:
    """Who has ever answered and who has ever assessed, as the trail has it: an answer knows only its last hand."""
    answered: _Hands = defaultdict(set)
    assessed: _Hands = defaultdict(set)
    rows = session.execute(
        select(col(AuditRecord.subject), col(AuditRecord.action), col(AuditRecord.actor))
        .where(col(AuditRecord.subject).in_([f"candidacy:{candidacy.code}" for candidacy in candidacies]))
        .where(col(AuditRecord.action).in_((*ANSWERING, *ASSESSING)))
        .distinct()
    )
    for subject, action, author in rows:
        hands = answered if action in ANSWERING else assessed
        hands[subject.removeprefix("candidacy:")].add(int(author.removeprefix("person:")))
    return answered, assessed

"""Loads situations from the database: a fixed number of queries, however many candidacies are asked for."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from sqlalchemy import Connection, select
from sqlmodel import Session, col

from models.agencies import Agency, AgencyKind, Unit
from models.among import among
from models.audit import AuditRecord
from models.candidacies import Candidacy, Level, StageEntry
from models.cycles import Cycle, Route
from models.database import directly
from models.documents import Document
from models.stages import Stage
from rulesets.library import find_ruleset
from rulesets.ruleset import Scope
from states.actors import Actor, Place
from states.calendar import WorkCalendar, today_in_indonesia
from states.days_off import load_days_off
from states.lke.loading import load_standings
from states.on_record import load_on_record
from states.situation import Ask, Situation, Stay

ANSWERING = ("unit_answered", "evidence_added", "finding_answered")
ASSESSING = ("tpi_answered", "evidence_reviewed", "preliminary_answered", "finding_verified")
"""Actions in the trail that make somebody one of the unit's, or one of the assessors."""


class Observable(Protocol):
    """A candidacy: the row, or its columns alone."""

    @property
    def id(self) -> int: ...
    @property
    def code(self) -> str: ...
    @property
    def target(self) -> Level: ...
    @property
    def stage(self) -> Stage: ...
    @property
    def version(self) -> int: ...


class Frame(NamedTuple):
    """What a candidacy belongs to."""

    candidacy_id: int
    unit_id: int
    unit_code: str
    unit_kind: str | None
    parent_id: int | None  # the unit's
    agency_id: int
    agency_code: str
    agency_kind: AgencyKind
    zone: str
    cycle_id: int
    ruleset: str
    route: Route
    record_only: bool


class Hands(NamedTuple):
    """Who has ever answered and who has ever assessed."""

    answered: frozenset[int] = frozenset()
    assessed: frozenset[int] = frozenset()


NO_HANDS = Hands()


def observe(
    session: Session,
    candidacies: Sequence[Observable],
    *,
    now: datetime,
    actor: Actor | None = None,
    ask: Ask | None = None,
    lke: bool = False,
    hands: bool = True,
) -> list[Situation]:
    """The situations of these candidacies, in their order; `ask` is the same for all.

    The LKE is looked up where `lke` asks; who answered and assessed, where there is an `actor` to hold it against and
    `hands` does not say that nobody will ask.
    """
    if not candidacies:
        return []
    connection = directly(session)
    ids = [candidacy.id for candidacy in candidacies]
    frames = _frames(connection, ids)
    agencies = {frame.agency_id for frame in frames.values()}
    cycles = {frame.cycle_id for frame in frames.values()}
    parents = _parents(connection, frames.values())
    stays = _stays(connection, ids)
    on_record = load_on_record(
        connection,
        candidacies=ids,
        units={frame.unit_id for frame in frames.values()},
        cycles=cycles,
        agencies=agencies,
    )
    days_off, due_dates = on_record.days_off(agencies), on_record.due_dates(cycles)
    own_ladders = {cycle: on_record.ladders(cycle) for cycle in cycles}
    known_hands = _hands(connection, candidacies) if actor and hands else {}
    standings = load_standings(session, frames, today=today_in_indonesia(now)) if lke else {}

    def one(candidacy: Observable) -> Situation:
        frame, here = frames[candidacy.id], stays[candidacy.id]
        calendar = days_off.calendar(frame.agency_id, frame.zone)
        current = next(stay for stay in reversed(here) if not stay.undone)
        handled = known_hands.get(candidacy.code, NO_HANDS)
        return Situation(
            code=candidacy.code,
            stage=Stage(candidacy.stage),
            version=candidacy.version,
            target=candidacy.target,
            unit_kind=frame.unit_kind,
            agency_kind=frame.agency_kind,
            route=frame.route,
            ruleset=find_ruleset(frame.ruleset),
            record_only=frame.record_only,
            calendar=calendar,
            place=Place(frame.agency_id, tuple(_chain(frame, parents))),
            today=calendar.today(now),
            papers=(
                *on_record.papers("candidacy", candidacy.id),
                *on_record.papers("unit", frame.unit_id),
                *on_record.papers("cycle", frame.cycle_id),
                *on_record.papers("agency", frame.agency_id),
            ),
            stays=tuple(here),
            predicates=on_record.predicates(frame.unit_id),
            fact_dates=on_record.fact_dates(frame.unit_id),
            waivers=on_record.waivers(candidacy.id),
            unit_people=on_record.people_since(frame.unit_id, here[0].entered_on),
            answered_by=handled.answered if hands else None,
            assessed_by=handled.assessed | on_record.who_found(candidacy.id) if hands else None,
            findings_in_stay=on_record.found_in(candidacy.id, current.entry_id),
            fact_subjects={"unit": frame.unit_code, "agency": frame.agency_code},
            figures=on_record.figures(candidacy.id),
            cycle_id=frame.cycle_id,
            due_dates=due_dates,
            ladders=own_ladders[frame.cycle_id],
            lke=standings.get(candidacy.id),
            actor=actor,
            ask=ask,
        )

    return [one(candidacy) for candidacy in candidacies]


def observe_one(
    session: Session,
    candidacy: Observable,
    *,
    now: datetime,
    actor: Actor | None = None,
    ask: Ask | None = None,
    lke: bool = False,
) -> Situation:
    return observe(session, [candidacy], now=now, actor=actor, ask=ask, lke=lke)[0]


def calendar_of(session: Session, agency: Agency) -> WorkCalendar:
    return load_days_off(session, {agency.id}).calendar(agency.id, agency.zone)


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


_FRAMES = (
    select(
        col(Candidacy.id),
        col(Unit.id),
        col(Unit.code),
        col(Unit.kind),
        col(Unit.parent_id),
        col(Agency.id),
        col(Agency.code),
        col(Agency.kind),
        col(Agency.zone),
        col(Cycle.id),
        col(Cycle.ruleset),
        col(Cycle.route),
        col(Cycle.record_only),
    )
    .select_from(Candidacy)
    .join(Unit, col(Unit.id) == col(Candidacy.unit_id))
    .join(Agency, col(Agency.id) == col(Unit.agency_id))
    .join(Cycle, col(Cycle.id) == col(Candidacy.cycle_id))
    .where(among(col(Candidacy.id), "candidacies"))
)


def _frames(connection: Connection, ids: Collection[int]) -> dict[int, Frame]:
    """By candidacy."""
    rows = connection.execute(_FRAMES, {"candidacies": ids})
    return {frame.candidacy_id: frame for frame in map(Frame._make, rows)}


_BELOW = select(col(Unit.id), col(Unit.parent_id)).where(among(col(Unit.id), "units")).cte("below", recursive=True)
_PARENTS = select(
    _BELOW.union(select(col(Unit.id), col(Unit.parent_id)).join(_BELOW, col(Unit.id) == _BELOW.c.parent_id))
)


def _parents(connection: Connection, frames: Iterable[Frame]) -> Mapping[int, int | None]:
    """The parent of each unit that stands above one of these, and of these themselves."""
    parents = {frame.unit_id: frame.parent_id for frame in frames}
    if any(parents.values()):
        parents.update(map(tuple, connection.execute(_PARENTS, {"units": parents})))
    return parents


def _chain(frame: Frame, parents: Mapping[int, int | None]) -> Iterator[int]:
    at: int | None = frame.unit_id
    while at is not None:
        yield at
        at = parents[at]


_STAYS = (
    select(
        col(StageEntry.candidacy_id),
        col(StageEntry.id),
        col(StageEntry.number),
        col(StageEntry.stage),
        col(StageEntry.move),
        col(StageEntry.entered_on),
        col(StageEntry.left_on),
        col(StageEntry.due_on),
        col(StageEntry.recorded_by),
        col(StageEntry.undone),
    )
    .where(among(col(StageEntry.candidacy_id), "candidacies"))
    .order_by(col(StageEntry.candidacy_id), col(StageEntry.number))
)


def _stays(connection: Connection, ids: Collection[int]) -> Mapping[int, list[Stay]]:
    stays: defaultdict[int, list[Stay]] = defaultdict(list)
    for candidacy, *stay in connection.execute(_STAYS, {"candidacies": ids}):
        stays[candidacy].append(Stay(*stay))
    return stays


_HANDS = (
    select(col(AuditRecord.subject), col(AuditRecord.action), col(AuditRecord.actor))
    .where(among(col(AuditRecord.subject), "subjects"), among(col(AuditRecord.action), "actions"))
    .distinct()
)


def _hands(connection: Connection, candidacies: Sequence[Observable]) -> dict[str, Hands]:
    """By code, as the trail has it: an answer knows only its last hand."""
    subjects = [f"candidacy:{candidacy.code}" for candidacy in candidacies]
    answered: defaultdict[str, set[int]] = defaultdict(set)
    assessed: defaultdict[str, set[int]] = defaultdict(set)
    rows = connection.execute(_HANDS, {"subjects": subjects, "actions": (*ANSWERING, *ASSESSING)})
    for subject, action, author in rows:
        people = answered if action in ANSWERING else assessed
        people[subject.removeprefix("candidacy:")].add(int(author.removeprefix("person:")))
    return {code: Hands(frozenset(answered[code]), frozenset(assessed[code])) for code in {*answered, *assessed}}

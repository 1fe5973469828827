"""Loads situations from the database: a fixed number of queries, however many candidacies are asked for."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from sqlalchemy import Connection, select
from sqlmodel import Session, col

from models.agencies import Agency
from models.among import among
from models.audit import AuditRecord
from models.candidacies import Level
from models.database import directly
from models.documents import Document
from models.stages import Stage
from rulesets.library import find_ruleset
from rulesets.ruleset import Scope
from states.actors import Actor, Place
from states.calendar import WorkCalendar, today_in_indonesia
from states.days_off import load_days_off
from states.lke.loading import Placed, load_standings
from states.on_record import Frame, load_on_record
from states.situation import Ask, Situation

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
    def unit_id(self) -> int: ...
    @property
    def cycle_id(self) -> int: ...
    @property
    def target(self) -> Level: ...
    @property
    def stage(self) -> Stage: ...
    @property
    def version(self) -> int: ...


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
    cycles = {candidacy.cycle_id for candidacy in candidacies}
    on_record = load_on_record(connection, ids, {candidacy.unit_id for candidacy in candidacies}, cycles)
    due_dates, ladders = on_record.due_dates(cycles), {cycle: on_record.ladders(cycle) for cycle in cycles}
    frames = {candidacy.id: on_record.frame(candidacy.unit_id, candidacy.cycle_id) for candidacy in candidacies}
    known_hands = _hands(connection, candidacies) if actor and hands else {}
    standings = load_standings(session, _places(candidacies, frames), today=today_in_indonesia(now)) if lke else {}

    def one(candidacy: Observable) -> Situation:
        frame, stays = frames[candidacy.id], on_record.stays(candidacy.id)
        current = next(stay for stay in reversed(stays) if not stay.undone)
        calendar = on_record.calendar(frame.agency_id, frame.zone)
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
            place=Place(frame.agency_id, tuple(on_record.chain(candidacy.unit_id))),
            today=calendar.today(now),
            papers=(
                *on_record.papers("candidacy", candidacy.id),
                *on_record.papers("unit", candidacy.unit_id),
                *on_record.papers("cycle", candidacy.cycle_id),
                *on_record.papers("agency", frame.agency_id),
            ),
            stays=stays,
            predicates=on_record.predicates(candidacy.unit_id),
            fact_dates=on_record.fact_dates(candidacy.unit_id),
            waivers=on_record.waivers(candidacy.id),
            unit_people=on_record.people_since(candidacy.unit_id, stays[0].entered_on),
            answered_by=handled.answered if hands else None,
            assessed_by=handled.assessed | on_record.who_found(candidacy.id) if hands else None,
            findings_in_stay=on_record.found_in(candidacy.id, current.entry_id),
            fact_subjects={"unit": frame.unit_code, "agency": frame.agency_code},
            figures=on_record.figures(candidacy.id),
            correction_asked=on_record.has_request(candidacy.id),
            cycle_id=candidacy.cycle_id,
            due_dates=due_dates,
            ladders=ladders[candidacy.cycle_id],
            lke=standings.get(candidacy.id),
            actor=actor,
            ask=ask,
        )

    return [one(candidacy) for candidacy in candidacies]


def _places(candidacies: Sequence[Observable], frames: Mapping[int, Frame]) -> dict[int, Placed]:
    return {one.id: Placed(one.unit_id, frames[one.id].agency_id, frames[one.id].ruleset) for one in candidacies}


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

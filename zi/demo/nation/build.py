"""Builds a nation: rows in bulk, and a trail that tells of every step of them in its own order.

Memory does not grow with the nation: candidacies are made some hundred at a time, and what the trail is told waits in
a temporary file until all of it can be put in order.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from flows.schedule import SCHEDULE
from models.agencies import Agency, Unit
from models.audit import AuditHead
from models.bulk import go_on_counting
from models.candidacies import Candidacy, StageEntry
from models.cycles import Cycle, CycleDate
from models.database import reading, transaction
from models.documents import Document
from models.errors import BadInput
from models.evidence import Evidence
from models.findings import Finding
from models.messages import OutboxMessage
from models.obligations import Obligation
from models.people import Membership, Person
from models.rows import Rows
from models.runs import Run
from models.stages import Stage
from models.trail import Author, Via
from models.windows import CycleWindow
from notifications.identity import MessageIds
from rulesets.library import find_ruleset
from states.days_off import load_days_off
from states.holidays import store_missing_years
from states.people import PersonData, first_admin
from zi.demo.nation.assessing import put_lke
from zi.demo.nation.cases import Case, Numbers, draw_case, put_case, put_predicate, tell_moves
from zi.demo.nation.owing import put_obligations
from zi.demo.nation.papers import put_papers
from zi.demo.nation.places import Ground, Office, agencies_for, make_offices, make_place
from zi.demo.nation.sheets import Pack, make_pack, said_in_trail
from zi.demo.nation.told import Told, telling, write_trail

RULESET = "permen-90-2021-5-2024"
ADMIN = "admin@contoh.invalid"
AT_ONCE = 250  # units whose rows are written together
BEFORE = timedelta(days=800)  # the first record: before last year's first candidacy
EVERY = 9  # of so many units, one had a try last year
NUMBERED = (
    Agency,
    Unit,
    Person,
    Membership,
    Cycle,
    CycleDate,
    CycleWindow,
    Candidacy,
    StageEntry,
    Document,
    Evidence,
    Finding,
    Obligation,
    OutboxMessage,
)

Watch = Callable[[int, int], None]
"""Hears how much is done, and of how much."""


@dataclass(frozen=True)
class Nation:
    """How much there is."""

    agencies: int
    units: int
    candidacies: int
    records: int


def build_nation(candidacies: int, *, now: datetime, seed: int = 1, watch: Watch = lambda _done, _of: None) -> Nation:
    """Fill an empty, migrated database; the same seed on the same day gives the same nation.

    `koordinator7@contoh.invalid`, a TPI and an auditor belong to agency 7. History goes up to last evening: what is
    due today has not been said. Raises BadInput where the database holds anything.
    """
    if candidacies < 1:
        raise BadInput("nation_too_small", value=candidacies)
    begins = now - BEFORE
    _begin(begins, now)
    with telling() as told:
        ground = _ground(told, begins, now)
        units, built = _build(ground, candidacies, Random(seed), watch)  # noqa: S311 - for made-up data
        total = candidacies + told.count // RECORDS_AS_ONE
        write_trail(told, _unfolding(built), lambda done: watch(candidacies + done // RECORDS_AS_ONE, total))
        with transaction() as session:
            go_on_counting(session.connection(), [str(table.__tablename__) for table in NUMBERED])
            _flows_ran(session, now)
        return Nation(agencies_for(units), units, candidacies, told.count)


RECORDS_AS_ONE = 50  # for the bar: writing so many records takes about as long as making one candidacy


def _begin(begins: datetime, now: datetime) -> None:
    author = Author(None, Via.CLI)
    with transaction() as session:
        if session.execute(select(col(AuditHead.size))).scalar_one():
            raise BadInput("database_in_use")
        first_admin(session, PersonData(ADMIN, "Admin Rekaan"), author=author, now=begins)
        store_missing_years(session, range(begins.year, now.year + 2), author=author, now=begins)


def _ground(told: Told, begins: datetime, now: datetime) -> Ground:
    with reading() as session:
        holidays = load_days_off(session).holidays
        ids = MessageIds.of(session)
    return Ground(Rows(), told, find_ruleset(RULESET), holidays, begins, now, ids)


def _build(ground: Ground, candidacies: int, chance: Random, watch: Watch) -> tuple[int, Pack]:
    pack = make_pack(ground.rules, chance)
    units = candidacies - candidacies // (EVERY + 1)
    offices = make_offices(ground, agencies_for(units), chance)
    _write(ground)
    numbers, made, position, office = Numbers(), 0, 0, offices[0]
    for unit in range(1, units + 1):
        at = offices[(unit - 1) * len(offices) // units]
        position, office = (position + 1, office) if at is office and unit > 1 else (0, at)
        tries = 2 if unit % EVERY == 0 and unit // EVERY <= candidacies - units else 1
        made += _unit(ground, office, unit, position, pack, numbers, Random(chance.getrandbits(64)), tries=tries)  # noqa: S311 - the same
        if unit % AT_ONCE == 0:
            _write(ground)
            watch(made, candidacies)
    _write(ground)
    return units, pack


def _unit(
    ground: Ground,
    office: Office,
    number: int,
    position: int,
    pack: Pack,
    numbers: Numbers,
    chance: Random,
    *,
    tries: int,
) -> int:
    """One unit with its tries; the earlier one first."""
    place = make_place(ground, office, number, position, chance)
    before: Case | None = None
    for last_year in (True, False)[2 - tries :]:
        case = draw_case(ground, place, pack, numbers, chance, before=before, last_year=last_year)
        put_case(case, before)
        put_papers(case)
        tell_moves(case, put_lke(case))
        put_obligations(case)
        if case.stage is Stage.DESIGNATION:
            put_predicate(case)
        before = case
    return tries


def _write(ground: Ground) -> None:
    with transaction() as session:
        ground.rows.write(session)


def _unfolding(pack: Pack) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
    """A sheet stands in the file by its number, and in the trail with its answers."""
    sheets = pack.said()

    def unfold(details: Mapping[str, Any]) -> Mapping[str, Any]:
        if "sheet" not in details:
            return details
        return {"layer": details["layer"], "answers": said_in_trail(sheets[details["sheet"]])}

    return unfold


def _flows_ran(session: Any, now: datetime) -> None:
    """As if the schedule had been kept until today's runs."""
    for one in SCHEDULE:
        session.add(Run(flow=one.name, started_at=now, finished_at=now, counts=json.dumps({})))

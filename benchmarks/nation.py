"""A made-up nation for measuring: agencies with units, each with a candidacy somewhere on its way."""

import random
from datetime import date, datetime, timedelta

from sqlalchemy import insert, select
from sqlmodel import col

from models.agencies import Agency, AgencyKind, Unit
from models.candidacies import Candidacy, Level, StageEntry
from models.cycles import Cycle, Route
from models.database import transaction
from models.findings import Finding, FindingState, Origin, Severity
from models.lke import Layer, LayerSummary
from models.people import Membership, Person, Role
from models.stages import Stage
from rulesets.library import find_ruleset

RULESET = "permen-90-2021-5-2024"
UNITS = 100  # in an agency
AT_ONCE = 5_000
WEIGHTS = {
    Stage.PENCANANGAN: 6,
    Stage.UNIT_IDENTIFICATION: 12,
    Stage.SELF_ASSESSMENT: 45,
    Stage.TPI_ASSESSMENT: 18,
    Stage.SUBMISSION_ADMINISTRATIVE: 4,
    Stage.SUBMISSION_DESK: 3,
    Stage.SUBMISSION_FIELD: 2,
    Stage.DESIGNATION: 6,
    Stage.NOT_PROPOSED: 4,
}
ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")


def build_nation(candidacies: int, *, now: datetime, seed: int = 1) -> None:
    """Fill an empty, migrated database; `koordinator7@contoh.invalid`, a TPI and an auditor belong to agency 7."""
    chance = random.Random(seed)  # the same nation each time
    agencies = max(1, candidacies // UNITS)
    ruleset = find_ruleset(RULESET)
    today = now.date()
    with transaction() as session:
        session.execute(insert(Agency), [_agency(number) for number in range(1, agencies + 1)])
        ids = list(session.execute(select(col(Agency.id)).order_by(col(Agency.id))).scalars())
        cycles = [
            {
                "code": f"A{number}-{today.year}",
                "agency_id": agency,
                "year": today.year,
                "ruleset": RULESET,
                "ruleset_hash": ruleset.hash,
                "route": Route.TPN,
                "record_only": False,
            }
            for number, agency in enumerate(ids, start=1)
        ]
        session.execute(insert(Cycle), cycles)
        cycle_of = {agency: cycle for cycle, agency in session.execute(select(col(Cycle.id), col(Cycle.agency_id)))}
        for number, agency in enumerate(ids, start=1):
            for role in (Role.KOORDINATOR, Role.TPI, Role.AUDITOR):
                person = Person(email=f"{role.value}{number}@contoh.invalid", name=f"{role.value} {number}")
                session.add(person)
                session.flush()
                session.add(
                    Membership(person_id=person.id, role=role, agency_id=agency, since=today - timedelta(days=900))
                )
        session.flush()
    for start in range(0, candidacies, AT_ONCE):
        _some(range(start + 1, min(start + AT_ONCE, candidacies) + 1), ids, cycle_of, chance, today=today, now=now)


def _agency(number: int) -> dict[str, object]:
    return {
        "code": f"A{number}",
        "name": f"Pemerintah Kabupaten Rekaan {number}",
        "kind": AgencyKind.KABKOTA,
        "zone": ZONES[number % len(ZONES)],
        "escalate_to_head": False,
    }


def _some(
    numbers: range,
    agencies: list[int],
    cycle_of: dict[int, int],
    chance: random.Random,
    *,
    today: date,
    now: datetime,
) -> None:
    stages, weights = list(WEIGHTS), list(WEIGHTS.values())
    with transaction() as session:
        agency_of = {number: agencies[(number - 1) % len(agencies)] for number in numbers}
        units = [
            {"code": f"U{number}", "name": f"Dinas Rekaan {number}", "agency_id": agency_of[number]}
            for number in numbers
        ]
        session.execute(insert(Unit), units)
        codes = [str(row["code"]) for row in units]
        unit_id = {
            code: key
            for key, code in session.execute(select(col(Unit.id), col(Unit.code)).where(col(Unit.code).in_(codes)))
        }
        drawn = {number: chance.choices(stages, weights)[0] for number in numbers}
        session.execute(
            insert(Candidacy),
            [
                {
                    "code": f"U{number}-{today.year}",
                    "unit_id": unit_id[f"U{number}"],
                    "cycle_id": cycle_of[agency_of[number]],
                    "target": Level.WBK,
                    "stage": drawn[number],
                    "version": 0,
                }
                for number in numbers
            ],
        )
        found = session.execute(
            select(col(Candidacy.id), col(Candidacy.stage)).where(col(Candidacy.unit_id).in_(unit_id.values()))
        ).all()
        entries: list[dict[str, object]] = []
        findings: list[dict[str, object]] = []
        summaries: list[dict[str, object]] = []
        for key, stage in found:
            entered = today - timedelta(days=chance.randint(5, 120))
            entries.append(
                {
                    "candidacy_id": key,
                    "number": 0,
                    "stage": stage,
                    "move": "open",
                    "entered_on": entered,
                    "entered_at": now,
                    "due_on": entered + timedelta(days=chance.randint(30, 160)),
                    "recorded_by": 1,
                    "undone": False,
                }
            )
            if stage in (Stage.SELF_ASSESSMENT, Stage.TPI_ASSESSMENT):
                summaries.append(
                    {
                        "candidacy_id": key,
                        "layer": Layer.UNIT,
                        "answered": chance.randint(20, 127),
                        "total": f"{chance.uniform(30, 90):.4f}",
                        "missing_evidence": chance.randint(0, 40),
                        "changed_at": now,
                    }
                )
        session.execute(insert(StageEntry), entries)
        if summaries:
            session.execute(insert(LayerSummary), summaries)
        entry_of = {
            candidacy: entry
            for entry, candidacy in session.execute(
                select(col(StageEntry.id), col(StageEntry.candidacy_id)).where(
                    col(StageEntry.candidacy_id).in_([key for key, _ in found])
                )
            )
        }
        for key, _ in found:
            findings.extend(
                {
                    "candidacy_id": key,
                    "entry_id": entry_of[key],
                    "origin": Origin.MONEV,
                    "rule": "stage_late",
                    "item": str(item),
                    "severity": Severity.WARNING,
                    "owner": Role.KOORDINATOR,
                    "params": "{}",
                    "state": FindingState.OPEN,
                    "opened_at": now,
                    "reopened": 0,
                }
                for item in range(chance.randint(0, 3))
            )
        if findings:
            session.execute(insert(Finding), findings)

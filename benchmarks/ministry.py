"""One large agency whose units all wait for the administrative check, as they come out of a year's work.

Each candidacy has been through the stages before, with the papers, figures, obligations and findings of that way.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, SQLModel

from models.actions import ActionItem
from models.agencies import Agency, AgencyKind, Unit
from models.candidacies import Candidacy, Level, StageEntry
from models.cycles import Cycle, CycleDate, Holiday, Route
from models.database import transaction
from models.documents import Document
from models.findings import Finding, FindingState, Origin, Severity
from models.lke import Layer, LayerSummary
from models.obligations import Obligation, ObligationKind, ObligationState
from models.people import Membership, Person, Role
from models.stages import Stage
from models.trail import Author, Via, record
from models.trail import Pending as Noted
from rulesets.library import find_ruleset
from states.actors import Actor, find_actor
from states.holidays import published_days

NOW = datetime(2026, 7, 1, 3, 0, tzinfo=UTC)
TODAY = NOW.date()
RULESET = "permen-90-2021-5-2024"
BRANCHES = 20  # units that the others belong to
ACTIONS = 2  # items of the action plan that are still open
AT_ONCE = 2_000

WAY = (
    (Stage.PENCANANGAN, "open", 180),
    (Stage.UNIT_IDENTIFICATION, "select_unit", 160),
    (Stage.SELF_ASSESSMENT, "start_self_assessment", 140),
    (Stage.TPI_ASSESSMENT, "submit_to_tpi", 60),
    (Stage.SUBMISSION_ADMINISTRATIVE, "propose", 20),
)
"""The stages up to now, the move that led to each, and how many days ago that was."""

PAPERS = ("usulan_tim", "sk_tim_kerja", "rencana_aksi", "laporan_monev", "survei_mandiri", "lhe", "berita_acara")
COMMON_PAPERS = ("surat_usulan", "sptjm")  # one for all units
STEPS = ("pass_administrative", "pass_desk", "pass_field", "pass_clearance")
"""The moves that every one of them can make from here, one after the other."""


@dataclass(frozen=True)
class Ministry:
    codes: tuple[str, ...]

    def koordinator(self) -> Actor:
        with transaction() as session:
            return find_actor(session, "koordinator@contoh.invalid", today=TODAY, via=Via.CLI)


def build_ministry(units: int) -> Ministry:
    """Fill an empty, migrated database that is bound."""
    with transaction() as session:
        agency = _add(session, Agency(code="KEM", name="Kementerian Rekaan", kind=AgencyKind.KL, zone="Asia/Jakarta"))
        cycle = _add(
            session,
            Cycle(
                code="KEM-2026",
                agency_id=agency,
                year=2026,
                ruleset=RULESET,
                ruleset_hash=find_ruleset(RULESET).hash,
                route=Route.TPN,
            ),
        )
        people = {role: _person(session, role, agency) for role in (Role.KOORDINATOR, Role.TPI, Role.AUDITOR)}
        _calendar(session, cycle)
        for kind in COMMON_PAPERS:
            session.add(_paper(kind, people[Role.KOORDINATOR], cycle_id=cycle))
        session.flush()
        branches = [
            _add(session, Unit(code=f"B{number}", name=f"Direktorat {number}", agency_id=agency, kind="eselon_1"))
            for number in range(1, BRANCHES + 1)
        ]
    for first in range(1, units + 1, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, units + 1))
        with transaction() as session:
            _some(session, numbers, agency, cycle, branches, people)
    return Ministry(tuple(f"U{number}-2026" for number in range(1, units + 1)))


def _some(
    session: Session,
    numbers: range,
    agency: int,
    cycle: int,
    branches: list[int],
    people: Mapping[Role, int],
) -> None:
    units = _insert(
        session,
        Unit,
        (
            {
                "code": f"U{number}",
                "name": f"Kantor Rekaan {number}",
                "agency_id": agency,
                "parent_id": branches[number % BRANCHES],
                "kind": "kantor",
            }
            for number in numbers
        ),
    )
    heads = _insert(
        session, Person, ({"email": f"kepala{n}@contoh.invalid", "name": f"Kepala Rekaan {n}"} for n in numbers)
    )
    _insert(
        session,
        Membership,
        (
            {"person_id": head, "role": Role.PIMPINAN_UNIT, "unit_id": unit, "since": date(2024, 1, 1)}
            for head, unit in zip(heads, units, strict=True)
        ),
    )
    candidacies = _insert(
        session,
        Candidacy,
        (
            {
                "code": f"U{number}-2026",
                "unit_id": unit,
                "cycle_id": cycle,
                "target": Level.WBK,
                "stage": WAY[-1][0],
                "version": 40,
            }
            for number, unit in zip(numbers, units, strict=True)
        ),
    )
    entries = _insert(session, StageEntry, (stay for one in candidacies for stay in _stays(one, people)))
    current = dict(zip(candidacies, entries[len(WAY) - 1 :: len(WAY)], strict=True))
    _insert(
        session,
        Document,
        (
            _columns(_paper(kind, people[Role.TPI if kind in ("lhe", "berita_acara") else Role.KOORDINATOR], one))
            for one in candidacies
            for kind in PAPERS
        ),
    )
    _insert(
        session,
        LayerSummary,
        (
            {
                "candidacy_id": one,
                "layer": layer,
                "answered": 127,
                "total": "81.2500",
                "missing_evidence": 0,
                "changed_at": NOW,
            }
            for one in candidacies
            for layer in (Layer.UNIT, Layer.TPI)
        ),
    )
    _insert(session, Finding, (_finding(one, current[one], people[Role.TPI]) for one in candidacies))
    items = _insert(
        session,
        ActionItem,
        (
            {
                "candidacy_id": one,
                "area": "MP",
                "activity": f"Kegiatan {number}",
                "target_on": date(2026, 11, 30),
                "progress": 50,
            }
            for one in candidacies
            for number in range(ACTIONS)
        ),
    )
    _insert(session, Obligation, (_deadline(one, current[one]) for one in candidacies))
    _insert(
        session,
        Obligation,
        (
            _owed(candidacies[at // ACTIONS], current[candidacies[at // ACTIONS]], str(item))
            for at, item in enumerate(items)
        ),
    )
    for number in numbers:
        for stage, move, ago in WAY:
            record(
                session,
                Noted(
                    Author(people[Role.KOORDINATOR], Via.WEB),
                    NOW - timedelta(days=20),
                    action="moved",
                    subject=f"candidacy:U{number}-2026",
                    after=stage.value,
                    details={"move": move, "effective_on": (TODAY - timedelta(days=ago)).isoformat()},
                ),
            )


def _stays(candidacy: int, people: Mapping[Role, int]) -> Iterator[dict[str, object]]:
    for number, (stage, move, ago) in enumerate(WAY):
        last = number == len(WAY) - 1
        left = None if last else TODAY - timedelta(days=WAY[number + 1][2])
        yield {
            "candidacy_id": candidacy,
            "number": number,
            "stage": stage,
            "move": move,
            "entered_on": TODAY - timedelta(days=ago),
            "entered_at": NOW - timedelta(days=ago),
            "left_on": left,
            "left_at": None if last else NOW,
            "due_on": date(2026, 8, 31) if last else None,
            "recorded_by": people[Role.KOORDINATOR],
            "undone": False,
        }


def _paper(kind: str, by: int, candidacy_id: int | None = None, *, cycle_id: int | None = None) -> Document:
    url = f"https://berkas.contoh.invalid/{kind}"
    return Document(kind=kind, candidacy_id=candidacy_id, cycle_id=cycle_id, url=url, added_by=by, added_at=NOW)


def _finding(candidacy: int, entry: int, tpi: int) -> dict[str, object]:
    return {
        "candidacy_id": candidacy,
        "entry_id": entry,
        "origin": Origin.TPI,
        "rule": "tpi",
        "item": "1",
        "severity": Severity.WARNING,
        "owner": Role.PIMPINAN_UNIT,
        "text": "Bukti belum ada",
        "raised_by": tpi,
        "params": "{}",
        "state": FindingState.CLOSED,
        "opened_at": NOW,
        "closed_at": NOW,
        "closed_by": tpi,
        "reopened": 0,
    }


def _deadline(candidacy: int, entry: int) -> dict[str, object]:
    return {
        "candidacy_id": candidacy,
        "entry_id": entry,
        "kind": ObligationKind.STAGE,
        "item": "",
        "owed_by": Role.KOORDINATOR,
        "due_on": date(2026, 8, 31),
        "next_at": datetime(2026, 8, 16, 17, 0, tzinfo=UTC),
        "state": ObligationState.OPEN,
        "opened_at": NOW,
    }


def _owed(candidacy: int, entry: int, item: str) -> dict[str, object]:
    return {
        **_deadline(candidacy, entry),
        "kind": ObligationKind.ACTION,
        "item": item,
        "owed_by": Role.PIMPINAN_UNIT,
        "due_on": date(2026, 11, 30),
    }


def _calendar(session: Session, cycle: int) -> None:
    _insert(
        session,
        CycleDate,
        (
            {"cycle_id": cycle, "stage": Stage.SUBMISSION_ADMINISTRATIVE, "due": date(2026, 8, 31)},
            {"cycle_id": cycle, "stage": Stage.SUBMISSION_DESK, "working_days": 15},
            {"cycle_id": cycle, "stage": Stage.SUBMISSION_FIELD, "due": date(2026, 10, 30)},
        ),
    )
    _insert(
        session,
        Holiday,
        (
            {"day": one.day, "name": one.name, "estimated": one.estimated, "source": "holidays"}
            for year in (2024, 2025, 2026, 2027)
            for one in published_days(year)
        ),
        returning=False,
    )


def _person(session: Session, role: Role, agency: int) -> int:
    person = _add(session, Person(email=f"{role.value}@contoh.invalid", name=role.value.capitalize()))
    _add(session, Membership(person_id=person, role=role, agency_id=agency, since=date(2024, 1, 1)))
    return person


def _add(session: Session, row: Any) -> int:
    session.add(row)
    session.flush()
    number: int = row.id
    return number


def _columns(row: SQLModel) -> dict[str, object]:
    return row.model_dump(exclude={"id"})


def _insert(
    session: Session, table: type[SQLModel], rows: Iterable[dict[str, object]], *, returning: bool = True
) -> list[int]:
    """Add rows that are alike; their numbers in the same order."""
    core: Any = table.__table__  # type: ignore[attr-defined]
    if not returning:
        session.execute(insert(core), _alike(rows))
        return []
    statement = insert(core).returning(core.c.id, sort_by_parameter_order=True)
    return list(session.execute(statement, _alike(rows)).scalars())


def _alike(rows: Iterable[dict[str, object]]) -> list[dict[str, object]]:
    """One statement for all needs the same columns in each."""
    listed = list(rows)
    names = dict.fromkeys(name for row in listed for name in row)
    return [{name: row.get(name) for name in names} for row in listed]

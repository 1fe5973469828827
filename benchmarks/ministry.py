"""One large agency whose units all wait for the administrative check, as they come out of a year's work.

Each candidacy has been through the stages before, with the papers, figures, obligations and findings of that way.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from models.inserts import in_pieces
from models.lke import Layer, LayerSummary
from models.obligations import Obligation, ObligationKind, ObligationState
from models.people import Membership, Person, Role
from models.stages import Stage
from models.trail import Author, Pending, Via, record
from rulesets.library import find_ruleset
from states.actors import Actor
from states.holidays import published_days

NOW = datetime(2026, 7, 1, 3, 0, tzinfo=UTC)
TODAY = NOW.date()
RULESET = "permen-90-2021-5-2024"
KOORDINATOR = 1  # the first person
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
OF_TPI = ("lhe", "berita_acara")
COMMON_PAPERS = ("surat_usulan", "sptjm")  # one for all units
STEPS = ("pass_administrative", "pass_desk", "pass_field", "pass_clearance")
"""The moves that every one of them can make from here, one after the other."""


def koordinator() -> Actor:
    """As a page or a command has looked them up before the move. Beside the move, and not part of it."""
    return Actor(KOORDINATOR, "koordinator@contoh.invalid", frozenset(), Via.CLI)


@dataclass(frozen=True)
class _Place:
    """What all of them belong to, by number."""

    agency: int
    cycle: int
    branches: list[int]
    people: Mapping[Role, int]


def build_ministry(units: int) -> None:
    """Fill an empty, migrated database that is bound; candidacies are U1-2026, U2-2026 ..."""
    with transaction() as session:
        place = _place(session)
    for numbers in in_pieces(range(1, units + 1), AT_ONCE):
        with transaction() as session:
            candidacies = _candidacies(session, numbers, _units(session, numbers, place), place)
            entries = _insert(session, StageEntry, (stay for one in candidacies for stay in _stays(one, place)))
            current = dict(zip(candidacies, entries[len(WAY) - 1 :: len(WAY)], strict=True))
            _file(session, current, place)
            _owe(session, current)
            _remember(session, numbers, place)


def _place(session: Session) -> _Place:
    agency = _add(session, Agency(code="KEM", name="Kementerian Rekaan", kind=AgencyKind.KL, zone="Asia/Jakarta"))
    people = {role: _person(session, role, agency) for role in (Role.KOORDINATOR, Role.TPI, Role.AUDITOR)}
    cycle = Cycle(
        code="KEM-2026",
        agency_id=agency,
        year=2026,
        ruleset=RULESET,
        ruleset_hash=find_ruleset(RULESET).hash,
        route=Route.TPN,
    )
    place = _Place(agency, _add(session, cycle), _branches(session, agency), people)
    _calendar(session, place.cycle)
    session.add_all(_paper(kind, people[Role.KOORDINATOR], cycle_id=place.cycle) for kind in COMMON_PAPERS)
    return place


def _branches(session: Session, agency: int) -> list[int]:
    return [
        _add(session, Unit(code=f"B{number}", name=f"Direktorat {number}", agency_id=agency, kind="eselon_1"))
        for number in range(BRANCHES)
    ]


def _units(session: Session, numbers: Sequence[int], place: _Place) -> list[int]:
    """Each with a head."""
    units = _insert(
        session,
        Unit,
        (
            {
                "code": f"U{number}",
                "name": f"Kantor Rekaan {number}",
                "agency_id": place.agency,
                "parent_id": place.branches[number % BRANCHES],
                "kind": "kantor",
            }
            for number in numbers
        ),
    )
    heads = _insert(
        session, Person, ({"email": f"kepala{n}@contoh.invalid", "name": f"Kepala Rekaan {n}"} for n in numbers)
    )
    roles = (
        {"person_id": head, "role": Role.PIMPINAN_UNIT, "unit_id": unit, "since": date(2024, 1, 1)}
        for head, unit in zip(heads, units, strict=True)
    )
    _insert(session, Membership, roles)
    return units


def _candidacies(session: Session, numbers: Sequence[int], units: Sequence[int], place: _Place) -> list[int]:
    rows = (
        {
            "code": f"U{number}-2026",
            "unit_id": unit,
            "cycle_id": place.cycle,
            "target": Level.WBK,
            "stage": WAY[-1][0],
            "version": 40,
        }
        for number, unit in zip(numbers, units, strict=True)
    )
    return _insert(session, Candidacy, rows)


def _file(session: Session, current: Mapping[int, int], place: _Place) -> None:
    """Papers, figures and a settled finding of each; `current` has the stay of each."""
    by = {kind: place.people[Role.TPI if kind in OF_TPI else Role.KOORDINATOR] for kind in PAPERS}
    papers = (_paper(kind, by[kind], candidacy_id=one) for one in current for kind in PAPERS)
    _insert(session, Document, (paper.model_dump(exclude={"id"}) for paper in papers))
    figures = {"answered": 127, "total": "81.2500", "missing_evidence": 0, "changed_at": NOW}
    layers = (Layer.UNIT, Layer.TPI)
    _insert(
        session, LayerSummary, ({"candidacy_id": one, "layer": layer, **figures} for one in current for layer in layers)
    )
    tpi = place.people[Role.TPI]
    _insert(session, Finding, (_finding(one, entry, tpi) for one, entry in current.items()))


def _owe(session: Session, current: Mapping[int, int]) -> None:
    """The stage's deadline, and items of the action plan."""
    of_plan = [one for one in current for _ in range(ACTIONS)]
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
            for number, one in enumerate(of_plan)
        ),
    )
    _insert(session, Obligation, (_deadline(one, entry) for one, entry in current.items()))
    actions = (_action(one, current[one], item) for one, item in zip(of_plan, items, strict=True))
    _insert(session, Obligation, actions)


def _remember(session: Session, numbers: Sequence[int], place: _Place) -> None:
    """The way up to now, in the trail."""
    for number in numbers:
        for stage, move, ago in WAY:
            record(
                session,
                Pending(
                    Author(place.people[Role.KOORDINATOR], Via.WEB),
                    NOW - timedelta(days=1),
                    action="moved",
                    subject=f"candidacy:U{number}-2026",
                    after=stage.value,
                    details={"move": move, "effective_on": (TODAY - timedelta(days=ago)).isoformat()},
                ),
            )


def _stays(candidacy: int, place: _Place) -> Iterator[dict[str, object]]:
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
            "recorded_by": place.people[Role.KOORDINATOR],
            "undone": False,
        }


def _paper(kind: str, by: int, **owner: Any) -> Document:
    url = f"https://berkas.contoh.invalid/{kind}"
    return Document(kind=kind, url=url, added_by=by, added_at=NOW, **owner)


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


def _action(candidacy: int, entry: int, item: int) -> dict[str, object]:
    return {
        **_deadline(candidacy, entry),
        "kind": ObligationKind.ACTION,
        "item": str(item),
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

"""Made-up contents of a report, without a database, as many units and as odd as a test wants."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from models.candidacies import Level
from models.findings import Severity
from models.lke import Layer
from models.people import Role
from models.stages import Stage
from states.monev.history import History, Past
from states.monev.positions import OpenFindings, Position
from states.monev.quarters import Quarter
from states.monev.stored import Kept
from states.monev.trend import areas, changes, totals
from states.reports.contents import Contents, Signature
from states.reports.open_findings import OpenFinding

NOW = datetime(2026, 12, 22, 1, 0, tzinfo=UTC)
TODAY = date(2026, 12, 22)
AREAS = ("MP", "TL", "SDM", "AK", "PW", "PP")
STAGES = (Stage.SELF_ASSESSMENT, Stage.TPI_ASSESSMENT, Stage.SUBMISSION_DESK, Stage.DESIGNATION, Stage.PENCANANGAN)


def a_position(number: int = 1, **other: object) -> Position:
    late = number % 3
    made = Position(
        candidacy_id=number,
        code=f"U{number:04}-2026",
        unit=f"U{number:04}",
        unit_name=f"Unit Rekaan Nomor {number}",
        cycle="CONTOH-2026",
        ruleset="permen-90-2021-5-2024",
        stage=STAGES[number % len(STAGES)],
        target=Level.WBK,
        entered_on=TODAY - timedelta(days=40),
        days_in_stage=40,
        due_on=TODAY - timedelta(days=late),
        days_late=late,
        items=127,
        answered={Layer.UNIT: 127, Layer.TPI: 100},
        totals={Layer.UNIT: f"{60 + number % 35}.2599", Layer.TPI: f"{55 + number % 30}.9999"},
        areas={area: {Layer.UNIT: f"{50 + 7 * at}.0000", Layer.TPI: "59.9999"} for at, area in enumerate(AREAS)},
        missing_evidence=number % 5,
        evidence=110,
        evidence_accepted=70,
        evidence_rejected=4,
        findings=OpenFindings(info=1, warning=2, critical=1, oldest_days=50),
    )
    return replace(made, **other)  # type: ignore[arg-type]


def a_finding(number: int = 1, **other: object) -> OpenFinding:
    severity = tuple(Severity)[number % 3]
    days = (number * 13) % 120
    made = OpenFinding(f"U{number:04}-2026", "stage_late", severity, Role.PIMPINAN_UNIT, f"Temuan {number}", NOW, days)
    return replace(made, **other)  # type: ignore[arg-type]


def some_contents(count: int = 5, *, rounds: int = 2, **other: object) -> Contents:
    """`rounds` earlier quarters, in which the units had five points less each time."""
    positions = tuple(a_position(number) for number in range(1, count + 1))
    findings = tuple(a_finding(number) for number in range(1, count + 1))
    past = tuple(_past(positions, back) for back in range(rounds, 0, -1))
    before = [_earlier(one, 1) for one in positions]
    made = Contents(
        agency="CONTOH",
        agency_name="Pemerintah Kabupaten Contoh",
        zone="Asia/Jakarta",
        now=NOW,
        today=TODAY,
        quarter=Quarter(2026, 4),
        positions=positions,
        totals=totals(positions),
        areas=areas(positions),
        findings=findings,
        history=History(past, (), ()),
        compared=past[-1] if past else None,
        changes=tuple(changes(before, positions)) if past else (),
        intact=True,
        trail_size=1234,
        trail_root="ab" * 32,
        signature=Signature("Nama Rekaan", "197001011995032001", "Inspektur", "Contoh"),
    )
    return replace(made, **other)  # type: ignore[arg-type]


def _past(positions: tuple[Position, ...], back: int) -> Past:
    kept = Kept(back, Quarter(2026, 4 - back), NOW - timedelta(days=91 * back), None, len(positions), "cd" * 32)
    return Past(kept, totals([_earlier(one, back) for one in positions]))


def _earlier(one: Position, back: int) -> Position:
    less = {layer: f"{float(value or 0) - 5 * back:.4f}" for layer, value in one.totals.items()}
    return replace(one, totals=less, stage=Stage.SELF_ASSESSMENT, evidence=100, findings=OpenFindings())

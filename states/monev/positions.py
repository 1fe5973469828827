"""Where one candidacy stands on one day: the figures of monev's rounds and reports. Plain data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256

from models.candidacies import Level
from models.lke import Layer
from models.stages import CLOSED, Stage
from models.trail import Json, canonical

Shares = Mapping[str, Mapping[Layer, str | None]]
"""By area and layer: percent of the area's weight, four decimals, rounded down; None where the layer was not begun."""

LAYERS = (Layer.UNIT, Layer.TPI)


@dataclass(frozen=True)
class OpenFindings:
    info: int = 0
    warning: int = 0
    critical: int = 0
    oldest_days: int | None = None

    @property
    def total(self) -> int:
        return self.info + self.warning + self.critical


@dataclass(frozen=True)
class Position:
    candidacy_id: int
    code: str
    unit: str
    unit_name: str
    cycle: str
    ruleset: str
    stage: Stage
    target: Level
    entered_on: date
    days_in_stage: int
    due_on: date | None  # none for what is closed
    days_late: int
    items: int  # of the LKE
    answered: Mapping[Layer, int]
    totals: Mapping[Layer, str | None]  # points, four decimals, blanks as zero
    areas: Shares
    missing_evidence: int | None  # questions; None while the unit has answered nothing
    evidence: int  # pieces on file, rejected ones too
    evidence_accepted: int
    evidence_rejected: int
    findings: OpenFindings

    @property
    def closed(self) -> bool:
        return self.stage in CLOSED

    @property
    def gap(self) -> Decimal | None:
        """TPI less unit, in points; None unless both have answered."""
        unit, tpi = self.totals[Layer.UNIT], self.totals[Layer.TPI]
        return None if unit is None or tpi is None else Decimal(tpi) - Decimal(unit)

    def leaf(self) -> dict[str, Json]:
        """What the round's hash vouches for: figures and codes, no names."""
        return {
            "candidacy": self.code,
            "stage": self.stage.value,
            "target": self.target.value,
            "entered_on": self.entered_on.isoformat(),
            "days_in_stage": self.days_in_stage,
            "due_on": self.due_on.isoformat() if self.due_on else None,
            "days_late": self.days_late,
            "items": self.items,
            "answered": {layer.value: self.answered[layer] for layer in LAYERS},
            "totals": {layer.value: self.totals[layer] for layer in LAYERS},
            "areas": areas_json(self.areas),
            "missing_evidence": self.missing_evidence,
            "evidence": self.evidence,
            "evidence_accepted": self.evidence_accepted,
            "evidence_rejected": self.evidence_rejected,
            "findings": [self.findings.info, self.findings.warning, self.findings.critical, self.findings.oldest_days],
        }


def areas_json(areas: Shares) -> dict[str, Json]:
    return {area: {layer.value: shares[layer] for layer in LAYERS} for area, shares in areas.items()}


def row_line(position: Position) -> bytes:
    """The row as RFC 8785 JSON and a line end."""
    return canonical(position.leaf()).encode() + b"\n"


def hash_of_rows(positions: Iterable[Position]) -> str:
    """SHA-256 (hex) over the rows, one a line, in the order of candidacy ids."""
    digest = sha256()
    for position in positions:
        digest.update(row_line(position))
    return digest.hexdigest()

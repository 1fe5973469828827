"""What an export holds: every layer of one candidacy with its notes, its figures, and the official wording."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from models.agencies import Agency, Unit
from models.candidacies import Candidacy
from models.cycles import Cycle
from models.lke import Answer, Layer
from rulesets.lke import Lke
from rulesets.scoring import Scored, score
from states.lke.readiness import Readiness, readiness
from states.lke.stored import answer_rows
from states.lke.wordings import Wordings, wordings


@dataclass(frozen=True)
class Contents:
    code: str
    unit: str
    agency: str
    cycle: str
    lke: Lke
    rows: Mapping[Layer, Mapping[str, Answer]]  # by item
    wording: Wordings
    seen: Readiness
    at: datetime

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Those that say anything."""
        return tuple(layer for layer in Layer if self.rows[layer])

    def value(self, layer: Layer, item: str) -> str | None:
        row = self.rows[layer].get(item)
        return row.value if row else None

    def note(self, layer: Layer, item: str) -> str | None:
        row = self.rows[layer].get(item)
        return row.note if row else None

    def evidence(self, layer: Layer, item: str) -> str | None:
        row = self.rows[layer].get(item)
        return row.evidence if row else None

    def scored(self, layer: Layer) -> Scored:
        answers = {item: row.value for item, row in self.rows[layer].items() if row.value and item in self.lke.items}
        return score(self.lke, answers)


def load_contents(session: Session, candidacy: Candidacy, *, now: datetime) -> Contents:
    unit = session.get_one(Unit, candidacy.unit_id)
    seen = readiness(session, candidacy, layer=None, now=now)
    return Contents(
        code=candidacy.code,
        unit=unit.name,
        agency=session.get_one(Agency, unit.agency_id).name,
        cycle=session.get_one(Cycle, candidacy.cycle_id).code,
        lke=seen.scored.lke,
        rows={layer: answer_rows(session, candidacy.id, layer) for layer in Layer},
        wording=wordings(session, candidacy.cycle_id),
        seen=seen,
        at=now,
    )

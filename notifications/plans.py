"""What a run would say to whom, for dry runs."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from models.trail import instant


@dataclass(frozen=True)
class PlannedMessage:
    """One message that would go to one person."""

    candidacy: str | None  # code; none for what is about no candidacy
    kind: str  # what is owed (stage, documents), or the kind of another notice
    rung: str | None
    recipient: str  # e-mail
    due_on: date | None
    message_id: str
    held_until: datetime | None = None  # the end of quiet hours, or the next digest

    def as_dict(self) -> dict[str, str | None]:
        return asdict(self) | {
            "due_on": self.due_on.isoformat() if self.due_on else None,
            "held_until": instant(self.held_until) if self.held_until else None,
        }


def in_order(planned: set[PlannedMessage]) -> list[PlannedMessage]:
    return sorted(
        planned, key=lambda one: (one.candidacy or "", one.due_on or date.min, one.kind, one.rung or "", one.recipient)
    )

"""Finding one piece of evidence, and what can still be done with it."""

from sqlmodel import Session

from models.base import LARGEST_KEY
from models.catalogue import Word
from models.errors import NotFound, Refused
from models.evidence import Evidence, EvidenceState

GONE = (EvidenceState.REPLACED, EvidenceState.WITHDRAWN)


def find_evidence(session: Session, number: int) -> Evidence:
    """Raises NotFound for a number that nothing has."""
    row = session.get(Evidence, number) if number <= LARGEST_KEY else None
    if row is None:
        raise NotFound("unknown_evidence", value=number)
    return row


def require_standing(row: Evidence, *, code: str) -> None:
    """Raise Refused for what was replaced or withdrawn; `code` is the candidacy's."""
    if row.state in GONE:
        state = Word(f"evidence.{row.state.value}")
        raise Refused.because("evidence_gone", subject=code, number=row.id, state=state, code=code)

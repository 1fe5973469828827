"""What monev or the TPI found."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import chosen, key, reference
from models.people import Role


class Origin(StrEnum):
    MONEV = "monev"
    TPI = "tpi"


class Severity(StrEnum):
    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class FindingState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class Finding(SQLModel, table=True):
    __tablename__ = "finding"
    __table_args__ = (
        UniqueConstraint("candidacy_id", "rule", "item"),
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed_wholly"),
        CheckConstraint("origin <> 'tpi' OR text IS NOT NULL", name="tpi_says_what"),
        Index("ix_finding_state_candidacy", "state", "candidacy_id"),
    )

    id: int = key()
    candidacy_id: int = reference("candidacy.id", index=False)
    entry_id: int = reference("stage_entry.id")  # the stay during which it was found
    origin: Origin = chosen(Origin)
    rule: str  # the monev rule's id, or "tpi"
    item: str  # tells two findings of one rule apart
    severity: Severity = chosen(Severity)
    owner: Role = chosen(Role)
    params: str = Field(default="{}")  # JSON: what the rule's text is filled with
    text: str | None = Field(default=None)  # the assessor's own words
    raised_by: int | None = reference("person.id", optional=True)
    state: FindingState = chosen(FindingState, default=FindingState.OPEN)
    opened_at: datetime
    closed_at: datetime | None = Field(default=None)
    reopened: int = Field(default=0)

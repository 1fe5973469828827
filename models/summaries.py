"""Summaries for an agency's head: made as drafts, read by nobody but the koordinator until one releases them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from models.base import chosen, key, reference


class SummaryState(StrEnum):
    DRAFT = "draft"
    RELEASED = "released"
    DISCARDED = "discarded"


_is_draft = text("state = 'draft'")


class Summary(SQLModel, table=True):
    """How an agency's candidacies stood at one time; what it says never changes."""

    __tablename__ = "summary"
    __table_args__ = (
        Index("uq_summary_draft", "agency_id", unique=True, sqlite_where=_is_draft, postgresql_where=_is_draft),
        Index("ix_summary_agency_id_period", "agency_id", "period"),
        CheckConstraint("(state = 'draft') = (decided_at IS NULL)", name="decided_wholly"),
        CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="decided_by_somebody"),
        CheckConstraint("state <> 'discarded' OR note IS NOT NULL", name="discarded_with_reason"),
    )

    id: int = key()
    agency_id: int = reference("agency.id", index=False)
    period: str  # the month it was made in: "2026-05"
    made_at: datetime
    made_by: int | None = reference("person.id", optional=True, index=False)  # none: the monthly run
    content: str  # JSON: figures and codes, put into words when it is read
    state: SummaryState = chosen(SummaryState, default=SummaryState.DRAFT)
    decided_by: int | None = reference("person.id", optional=True, index=False)  # who released or discarded it
    decided_at: datetime | None = Field(default=None)
    note: str | None = Field(default=None)  # the koordinator's words to the head, or why it was discarded

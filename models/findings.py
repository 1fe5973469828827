"""What monev or the TPI found."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
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
    ANSWERED = "answered"  # its owner has responded; somebody else has to look at that
    CLOSED = "closed"


UNSETTLED = (FindingState.OPEN, FindingState.ANSWERED)
"""What somebody still has to do something about."""

_of_nothing = text("candidacy_id IS NULL AND unit_id IS NULL")


class Finding(SQLModel, table=True):
    """Of a candidacy, of a unit, or of the installation itself, which has neither.

    The response and who closed it are of this opening; what was said before it was opened again is in the trail.
    """

    __tablename__ = "finding"
    __table_args__ = (
        UniqueConstraint("candidacy_id", "rule", "item"),
        UniqueConstraint("unit_id", "rule", "item"),
        CheckConstraint("candidacy_id IS NULL OR unit_id IS NULL", name="one_subject"),
        CheckConstraint("(candidacy_id IS NULL) = (entry_id IS NULL)", name="stay_of_candidacy"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_wholly"),
        CheckConstraint("origin <> 'tpi' OR text IS NOT NULL", name="tpi_says_what"),
        CheckConstraint("origin <> 'tpi' OR candidacy_id IS NOT NULL", name="tpi_looks_at_candidacies"),
        CheckConstraint(
            "(response IS NULL) = (responded_at IS NULL) AND (response IS NULL) = (responded_by IS NULL)",
            name="responded_wholly",
        ),
        CheckConstraint("state <> 'answered' OR response IS NOT NULL", name="answered_with_response"),
        CheckConstraint("closed_by IS NULL OR state = 'closed'", name="somebody_closed_it"),
        CheckConstraint("accepted_until IS NULL OR closed_by IS NOT NULL", name="somebody_accepted_it"),
        Index("ix_finding_state_candidacy", "state", "candidacy_id"),
        Index(
            "uq_finding_of_nothing",
            "rule",
            "item",
            unique=True,
            sqlite_where=_of_nothing,
            postgresql_where=_of_nothing,
        ),
    )

    id: int = key()
    candidacy_id: int | None = reference("candidacy.id", optional=True, index=False)
    unit_id: int | None = reference("unit.id", optional=True, index=False)
    entry_id: int | None = reference("stage_entry.id", optional=True)  # the stay during which it was found
    origin: Origin = chosen(Origin)
    rule: str  # the monev rule's id, or "tpi"
    item: str  # tells two findings of one rule apart
    area: str | None = Field(default=None)  # of the LKE, where it concerns only one
    severity: Severity = chosen(Severity)
    owner: Role = chosen(Role)
    params: str = Field(default="{}")  # JSON: what the rule's text is filled with
    text: str | None = Field(default=None)  # the assessor's own words
    raised_by: int | None = reference("person.id", optional=True)
    state: FindingState = chosen(FindingState, default=FindingState.OPEN)
    opened_at: datetime
    response: str | None = Field(default=None)
    responded_by: int | None = reference("person.id", optional=True)
    responded_at: datetime | None = Field(default=None)
    closed_at: datetime | None = Field(default=None)
    closed_by: int | None = reference("person.id", optional=True)  # none: monev, because its cause was gone
    accepted_until: date | None = Field(default=None)  # the last day the response is taken as an explanation
    reopened: int = Field(default=0)

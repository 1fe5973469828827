"""What is known of agencies and units apart from any candidacy: predicates held, and dated facts."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import chosen, exactly_one, key, reference
from models.candidacies import Level


class Predicate(SQLModel, table=True):
    """WBK or WBBM held by a unit: from a candidacy here, or from before this system."""

    __tablename__ = "predicate"
    __table_args__ = (
        UniqueConstraint("unit_id", "level", "decreed_on"),
        CheckConstraint("revoked_on IS NULL OR revoked_on >= decreed_on", name="revoked_after_decree"),
    )

    id: int = key()
    unit_id: int = reference("unit.id", index=False)
    level: Level = chosen(Level)
    decree: str | None = Field(default=None)  # the decree's number, where it is known
    decreed_on: date
    revoked_on: date | None = Field(default=None)
    revocation_decree: str | None = Field(default=None)
    candidacy_id: int | None = reference("candidacy.id", optional=True)


class PredicateReport(SQLModel, table=True):
    """The agency head's letter to the ministry on a unit that holds a predicate: every two years (90/2021 p.61-63)."""

    __tablename__ = "predicate_report"
    __table_args__ = (UniqueConstraint("unit_id", "level", "reported_on"),)

    id: int = key()
    unit_id: int = reference("unit.id", index=False)
    level: Level = chosen(Level)
    reported_on: date
    still_meets: bool
    score: str | None = Field(default=None)  # points, 0 to 100, as the letter has it
    note: str | None = Field(default=None)  # monev notes
    document_id: int | None = reference("document.id", optional=True)
    recorded_by: int = reference("person.id")
    recorded_at: datetime


class Fact(SQLModel, table=True):
    """Something dated that is true of an agency or a unit: a BPK opinion, a SAKIP grade, an SK."""

    __tablename__ = "fact"
    __table_args__ = (
        exactly_one("agency_id", "unit_id", name="one_subject"),
        UniqueConstraint("agency_id", "kind", "dated_on"),
        UniqueConstraint("unit_id", "kind", "dated_on"),
        CheckConstraint("valid_until IS NULL OR valid_until >= dated_on", name="valid_after_date"),
    )

    id: int = key()
    agency_id: int | None = reference("agency.id", optional=True, index=False)
    unit_id: int | None = reference("unit.id", optional=True, index=False)
    kind: str
    value: str
    dated_on: date
    valid_until: date | None = Field(default=None)  # the last day it may be relied on
    document_id: int | None = reference("document.id", optional=True)

"""Documents: papers on file for an agency, a cycle, a unit or one candidacy."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import exactly_one, key, reference


class Document(SQLModel, table=True):
    """A file by content hash, or a link. Withdrawn ones stay, and count no more."""

    __tablename__ = "document"
    __table_args__ = (
        exactly_one("agency_id", "cycle_id", "unit_id", "candidacy_id", name="one_scope"),
        exactly_one("file_hash", "url", name="file_or_link"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawn_wholly"),
        Index("ix_document_file_hash", "file_hash"),
    )

    id: int = key()
    kind: str
    agency_id: int | None = reference("agency.id", optional=True)
    cycle_id: int | None = reference("cycle.id", optional=True)
    unit_id: int | None = reference("unit.id", optional=True)
    candidacy_id: int | None = reference("candidacy.id", optional=True)
    number: str | None = Field(default=None)
    dated_on: date | None = Field(default=None)
    file_hash: str | None = Field(default=None)  # SHA-256, hex
    file_name: str | None = Field(default=None)
    file_size: int | None = Field(default=None, sa_column=Column(BigInteger))  # bytes
    url: str | None = Field(default=None)
    added_by: int = reference("person.id")
    added_at: datetime
    withdrawn_by: int | None = reference("person.id", optional=True)
    withdrawn_at: datetime | None = Field(default=None)


class Waiver(SQLModel, table=True):
    """A requirement lifted for one candidacy, with a reason, a document and a second person (5/2024 p.5)."""

    __tablename__ = "waiver"
    __table_args__ = (
        UniqueConstraint("candidacy_id", "kind"),
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> requested_by", name="second_person"),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by IS NULL)", name="confirmed_wholly"),
    )

    id: int = key()
    candidacy_id: int = reference("candidacy.id", index=False)
    kind: str
    reason: str
    document_id: int = reference("document.id")
    requested_by: int = reference("person.id")
    requested_at: datetime
    confirmed_by: int | None = reference("person.id", optional=True)
    confirmed_at: datetime | None = Field(default=None)

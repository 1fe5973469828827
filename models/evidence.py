"""Evidence (data dukung): files and links that prove one answer of the LKE, with their versions and reviews."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Column, Index
from sqlmodel import Field, SQLModel

from models.base import chosen, exactly_one, key, reference


class EvidenceState(StrEnum):
    WAITING = "waiting"  # nobody has reviewed it
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    REPLACED = "replaced"  # a newer version took its place
    WITHDRAWN = "withdrawn"


COUNTING = (EvidenceState.WAITING, EvidenceState.ACCEPTED)
"""What stands for an answer: all that was not rejected, replaced or withdrawn."""


class Evidence(SQLModel, table=True):
    """One file or link for one question. The same content for several questions is a row for each."""

    __tablename__ = "evidence"
    __table_args__ = (
        exactly_one("file_hash", "url", name="file_or_link"),
        CheckConstraint("(file_hash IS NULL) = (media_type IS NULL)", name="file_has_type"),
        CheckConstraint(
            "valid_until IS NULL OR effective_on IS NULL OR valid_until >= effective_on", name="valid_after"
        ),
        CheckConstraint("(reviewed_at IS NULL) = (reviewed_by IS NULL)", name="reviewed_wholly"),
        CheckConstraint("state NOT IN ('accepted', 'rejected') OR reviewed_at IS NOT NULL", name="review_has_reviewer"),
        CheckConstraint("state <> 'rejected' OR review_reason IS NOT NULL", name="rejected_with_reason"),
        CheckConstraint("version >= 1", name="version_counts_up"),
        Index("ix_evidence_candidacy_id_question", "candidacy_id", "question"),
        Index("ix_evidence_file_hash", "file_hash"),
        Index("ix_evidence_url", "url"),
    )

    id: int = key()
    candidacy_id: int = reference("candidacy.id", index=False)
    question: str  # its code in the rule set's LKE
    state: EvidenceState = chosen(EvidenceState, default=EvidenceState.WAITING)
    title: str | None = Field(default=None)
    file_hash: str | None = Field(default=None)  # SHA-256, hex
    file_name: str | None = Field(default=None)
    file_size: int | None = Field(default=None, sa_column=Column(BigInteger))  # bytes
    media_type: str | None = Field(default=None)  # as its bytes say, not its name
    url: str | None = Field(default=None)
    effective_on: date | None = Field(default=None)  # the day the paper is of
    valid_until: date | None = Field(default=None)  # the last day it may be relied on
    version: int = Field(default=1)
    replaces_id: int | None = reference("evidence.id", optional=True)  # the version before
    added_by: int = reference("person.id")
    received_at: datetime
    reviewed_by: int | None = reference("person.id", optional=True)
    reviewed_at: datetime | None = Field(default=None)
    review_reason: str | None = Field(default=None)

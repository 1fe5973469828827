"""The unit's action plan (rencana aksi): what is to be done by when, by whom, and how far it has come."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.base import key, reference

_is_open = text("progress < 100 AND dropped_at IS NULL")


class ActionItem(SQLModel, table=True):
    """One line of the rencana aksi. A dropped one stays on record, and is owed no more."""

    __tablename__ = "action_item"
    __table_args__ = (
        UniqueConstraint("candidacy_id", "area", "activity"),
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress_is_percent"),
        CheckConstraint("done_on IS NULL OR progress = 100", name="done_is_whole"),
        CheckConstraint("evidence_hash IS NULL OR evidence_url IS NULL", name="file_or_link"),
        CheckConstraint(
            "(dropped_at IS NULL) = (dropped_by IS NULL) AND (dropped_at IS NULL) = (drop_reason IS NULL)",
            name="dropped_wholly",
        ),
        Index("ix_action_item_open", "candidacy_id", "target_on", sqlite_where=_is_open, postgresql_where=_is_open),
    )

    id: int = key()
    candidacy_id: int = reference("candidacy.id", index=False)
    area: str  # as the unit's plan writes it: "MP", or the area's name
    activity: str
    target_on: date
    pic_id: int | None = reference("person.id", optional=True)  # penanggung jawab
    progress: int = Field(default=0)  # percent
    obstacle: str | None = Field(default=None)
    follow_up: str | None = Field(default=None)  # tindak lanjut
    evidence_hash: str | None = Field(default=None)  # SHA-256, hex
    evidence_name: str | None = Field(default=None)
    evidence_size: int | None = Field(default=None, sa_column=Column(BigInteger))  # bytes
    evidence_url: str | None = Field(default=None)
    done_on: date | None = Field(default=None)  # none on a whole one: done before the day was kept
    dropped_by: int | None = reference("person.id", optional=True)
    dropped_at: datetime | None = Field(default=None)
    drop_reason: str | None = Field(default=None)

    @property
    def is_open(self) -> bool:
        return self.progress < WHOLE and self.dropped_at is None


WHOLE = 100  # percent

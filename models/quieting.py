"""What somebody asked not to hear of for a while: one row for each obligation and person, the trail has the rest.

Both hold for one due date, and only while it has not been moved and the obligation not been opened again since.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.base import key, reference

_is_not_ended = text("ended_at IS NULL")


class Acknowledgement(SQLModel, table=True):
    """Somebody knows of what they owe: they hear of it again the day before it is due, or when it climbs."""

    __tablename__ = "acknowledgement"
    __table_args__ = (UniqueConstraint("obligation_id", "person_id"),)

    id: int = key()
    obligation_id: int = reference("obligation.id", index=False)
    person_id: int = reference("person.id")
    due_on: date
    note: str | None = Field(default=None)
    at: datetime


class Snooze(SQLModel, table=True):
    """Somebody hears nothing of what they owe until a day; then the newest rung that came due meanwhile."""

    __tablename__ = "snooze"
    __table_args__ = (
        UniqueConstraint("obligation_id", "person_id"),
        CheckConstraint("ends_at > at", name="ends_after_start"),
        CheckConstraint("ended_at IS NULL OR ended_at >= ends_at", name="not_ended_early"),
        Index("ix_snooze_ends_at", "ends_at", sqlite_where=_is_not_ended, postgresql_where=_is_not_ended),
    )

    id: int = key()
    obligation_id: int = reference("obligation.id", index=False)
    person_id: int = reference("person.id")
    due_on: date
    until: date  # in the agency's zone: on this day it is said again
    ends_at: datetime  # when that day begins
    at: datetime
    ended_at: datetime | None = Field(default=None)  # when a run saw that it was over, and said what was to be said

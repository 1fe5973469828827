"""Absences: who is away from when to when, and who hears in their place; and what was told in whose place."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.base import key, reference

_is_not_ended = text("ended_at IS NULL")


class Absence(SQLModel, table=True):
    """One person's leave: it ends by itself after `until`, or at `ended_at` before that."""

    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint("until >= since", name="ends_after_start"),
        CheckConstraint("deputy_id <> person_id", name="deputy_is_another"),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended_by_somebody"),
        Index("ix_absence_until", "until", sqlite_where=_is_not_ended, postgresql_where=_is_not_ended),
        Index("ix_absence_person_id", "person_id"),
        Index("ix_absence_deputy_id", "deputy_id"),
    )

    id: int = key()
    person_id: int = reference("person.id", index=False)
    since: date
    until: date  # the last day
    deputy_id: int = reference("person.id", index=False)  # hears in their place, and may do no more than before
    note: str | None = Field(default=None)
    set_by: int = reference("person.id", index=False)
    set_at: datetime
    ended_at: datetime | None = Field(default=None)  # before its time
    ended_by: int | None = reference("person.id", optional=True, index=False)


class ToldFor(SQLModel, table=True):
    """A message that its recipient got in the place of somebody who was away."""

    __tablename__ = "told_for"
    __table_args__ = (UniqueConstraint("message_id", "person_id"),)

    id: int = key()
    message_id: str  # the same for all deliveries of one message to one recipient
    person_id: int = reference("person.id", index=False)  # who was away

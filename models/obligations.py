"""Obligations: one thing owed by one role, or one person, until one day, and what was said about it to whom."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.base import chosen, key, reference
from models.people import Role


class ObligationKind(StrEnum):
    STAGE = "stage"  # leave the stage in time
    DOCUMENTS = "documents"  # hand in the papers that this role owes for the stage
    PROPOSAL = "proposal"  # propose before the ministry's window closes
    ACTION = "action"  # do one item of the action plan


class ObligationState(StrEnum):
    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


_is_waiting = text("state = 'open' AND next_at IS NOT NULL")
_is_due = text("state = 'open' AND due_on IS NOT NULL")


class Obligation(SQLModel, table=True):
    __tablename__ = "obligation"
    __table_args__ = (
        UniqueConstraint("candidacy_id", "entry_id", "kind", "item"),
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed_wholly"),
        CheckConstraint("state <> 'cancelled' OR reason IS NOT NULL", name="cancelled_with_reason"),
        Index("ix_obligation_waiting", "next_at", sqlite_where=_is_waiting, postgresql_where=_is_waiting),
        Index("ix_obligation_entry", "entry_id"),
        Index("ix_obligation_due", "due_on", sqlite_where=_is_due, postgresql_where=_is_due),
    )

    id: int = key()
    candidacy_id: int = reference("candidacy.id", index=False)
    entry_id: int = reference("stage_entry.id", index=False)  # an action moves on to the next stay
    kind: ObligationKind = chosen(ObligationKind)
    item: str = Field(default="")  # for documents: the role that owes them; for an action: its number
    owed_by: Role = chosen(Role)
    person_id: int | None = reference(
        "person.id", optional=True
    )  # who owes it in person; the role owes it in their place
    due_on: date | None = Field(default=None)  # in the agency's zone, to 23:59:59; none = nobody set a date
    next_at: datetime | None = Field(default=None)  # when the next rung is to be said; none = nothing more to say
    state: ObligationState = chosen(ObligationState, default=ObligationState.OPEN)
    reason: str | None = Field(default=None)  # why it was cancelled: a rule's name
    opened_at: datetime
    closed_at: datetime | None = Field(default=None)
    dated_at: datetime | None = Field(default=None)  # when its day was last moved, or it was opened again


class Said(SQLModel, table=True):
    """One rung said to one person, or covered by a newer one that was said instead."""

    __tablename__ = "said"
    __table_args__ = (UniqueConstraint("obligation_id", "due_on", "rung", "person_id"),)

    id: int = key()
    obligation_id: int = reference("obligation.id", index=False)
    due_on: date
    rung: str  # H-14 ... H ... H+15
    person_id: int = reference("person.id")
    covered_by: str | None = Field(default=None)  # the newer rung
    message_id: str
    at: datetime

"""A window of a cycle: from which day to which the ministry takes proposals, or objections."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import chosen, key, reference


class WindowKind(StrEnum):
    PROPOSAL = "proposal"
    OBJECTION = "objection"


class CycleWindow(SQLModel, table=True):
    __tablename__ = "cycle_window"
    __table_args__ = (
        UniqueConstraint("cycle_id", "kind"),
        CheckConstraint("closes >= opens", name="closes_after_opening"),
    )

    id: int = key()
    cycle_id: int = reference("cycle.id", index=False)
    kind: WindowKind = chosen(WindowKind)
    opens: date
    closes: date  # the last day, in the agency's zone, to 23:59:59
    note: str | None = Field(default=None)  # the letter or announcement that says so
    made_at: datetime
    set_at: datetime  # when these days were last set

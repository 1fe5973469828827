"""The ladder of reminders that a cycle has of its own for one kind of obligation."""

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import SQLModel

from models.base import chosen, key, reference
from models.obligations import ObligationKind


class CycleLadder(SQLModel, table=True):
    __tablename__ = "cycle_ladder"
    __table_args__ = (
        UniqueConstraint("cycle_id", "kind"),
        CheckConstraint("length(rungs) > 0", name="has_rungs"),
    )

    id: int = key()
    cycle_id: int = reference("cycle.id", index=False)
    kind: ObligationKind = chosen(ObligationKind)
    rungs: str  # as people write them, in the order in which they are said: "H-14 H-1:pimpinan_unit H"

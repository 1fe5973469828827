"""A candidacy: one unit's try for one predicate in one cycle, and the stages it has been in."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.base import chosen, code, key, reference, upper_case_code
from models.stages import CLOSED, Stage

_closed = ", ".join(f"'{stage.value}'" for stage in CLOSED)
_is_open = text(f"stage NOT IN ({_closed})")
_is_current = text("left_at IS NULL")


class Level(StrEnum):
    WBK = "WBK"
    WBBM = "WBBM"


class Candidacy(SQLModel, table=True):
    __tablename__ = "candidacy"
    __table_args__ = (
        upper_case_code(),
        CheckConstraint("version >= 0", name="version_counts_up"),
        Index("uq_candidacy_open_unit", "unit_id", unique=True, sqlite_where=_is_open, postgresql_where=_is_open),
        Index("ix_candidacy_cycle_stage", "cycle_id", "stage"),
        Index("ix_candidacy_unit", "unit_id"),
    )

    id: int = key()
    code: str = code(length=48)  # {UNIT}-{YEAR}, then -2
    unit_id: int = reference("unit.id", index=False)
    cycle_id: int = reference("cycle.id", index=False)
    target: Level = chosen(Level)
    stage: Stage = chosen(Stage)
    version: int = Field(default=0)  # one up with every move; a stale version loses the race
    after_id: int | None = reference("candidacy.id", optional=True)


class StageEntry(SQLModel, table=True):
    """One stay in one stage; exactly one of a candidacy's entries is not left yet."""

    __tablename__ = "stage_entry"
    __table_args__ = (
        UniqueConstraint("candidacy_id", "number"),
        Index(
            "uq_stage_entry_current",
            "candidacy_id",
            unique=True,
            sqlite_where=_is_current,
            postgresql_where=_is_current,
        ),
        CheckConstraint("(left_at IS NULL) = (left_on IS NULL)", name="left_wholly"),
        CheckConstraint("left_on IS NULL OR left_on >= entered_on", name="left_after_entered"),
        CheckConstraint("NOT undone OR left_at IS NOT NULL", name="undone_is_left"),
    )

    id: int = key()
    candidacy_id: int = reference("candidacy.id", index=False)
    number: int  # 0, 1, 2 ... in the order they were recorded
    stage: Stage = chosen(Stage)
    move: str  # the move that led here; "open" for the first
    entered_on: date  # the effective day: clocks and lateness count from here
    entered_at: datetime  # when it was recorded
    left_on: date | None = Field(default=None)
    left_at: datetime | None = Field(default=None)
    due_on: date | None = Field(default=None)
    recorded_by: int = reference("person.id")
    decided_by: str | None = Field(default=None)  # Bupati, Menteri, TPN: they never log in
    undone: bool = Field(default=False)  # taken back by a correction


class Correction(SQLModel, table=True):
    """A request to undo the last move, waiting for a second person."""

    __tablename__ = "correction"
    __table_args__ = (
        UniqueConstraint("entry_id"),
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> requested_by", name="second_person"),
    )

    id: int = key()
    candidacy_id: int = reference("candidacy.id")
    entry_id: int = reference("stage_entry.id", index=False)  # the stay to undo; a move from it takes the request back
    reason: str
    requested_by: int = reference("person.id")
    requested_at: datetime
    confirmed_by: int | None = reference("person.id", optional=True)
    confirmed_at: datetime | None = Field(default=None)

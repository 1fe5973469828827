"""A cycle: one agency's year, pinned to a rule set, with its own calendar."""

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import chosen, code, exactly_one, key, reference, upper_case_code
from models.stages import Stage


class Route(StrEnum):
    TPN = "tpn"  # through KemenPAN-RB's assessors
    OWN = "own"  # WBK decided by the agency head, where the Menteri allows it (5/2024 p.7)


class Cycle(SQLModel, table=True):
    __tablename__ = "cycle"
    __table_args__ = (upper_case_code(), UniqueConstraint("agency_id", "year"))

    id: int = key()
    code: str = code(length=48)  # {AGENCY}-{YEAR}
    agency_id: int = reference("agency.id", index=False)
    year: int
    ruleset: str
    ruleset_hash: str  # SHA-256 of the rule set's file when the cycle was opened
    route: Route = chosen(Route)
    record_only: bool = Field(default=False)  # history: kept and shown, but nobody is reminded and monev is silent


class CycleDate(SQLModel, table=True):
    """When a stage must be left: a day, or a number of working days after it was entered."""

    __tablename__ = "cycle_date"
    __table_args__ = (
        UniqueConstraint("cycle_id", "stage"),
        exactly_one("due", "working_days", name="day_or_working_days"),
        CheckConstraint("working_days IS NULL OR working_days > 0", name="working_days_positive"),
    )

    id: int = key()
    cycle_id: int = reference("cycle.id", index=False)
    stage: Stage = chosen(Stage)
    due: date | None = Field(default=None)
    working_days: int | None = Field(default=None)
    note: str | None = Field(default=None)


class Holiday(SQLModel, table=True):
    """A day nobody works: stored, so that a newer package never moves a deadline unseen."""

    __tablename__ = "holiday"

    day: date = Field(primary_key=True)
    name: str
    estimated: bool = Field(default=False)  # rests on a computed lunar date, not on the decree
    source: str

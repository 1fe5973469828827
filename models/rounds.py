"""Quarterly monev rounds: where every candidacy of an agency stood when the round was taken."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import chosen, key, reference
from models.candidacies import Level
from models.stages import Stage


class MonevRound(SQLModel, table=True):
    """One agency's round of one quarter; the quarter is the one that runs, in the agency's zone, when it is taken."""

    __tablename__ = "monev_round"
    __table_args__ = (
        UniqueConstraint("agency_id", "year", "quarter"),
        CheckConstraint("quarter BETWEEN 1 AND 4", name="quarter_of_year"),
    )

    id: int = key()
    agency_id: int = reference("agency.id", index=False)
    year: int
    quarter: int
    taken_at: datetime
    taken_by: int | None = reference("person.id", optional=True)  # none = the system
    rows_hash: str  # hex of SHA-256 over the rows, see states.monev.standings; stands in the trail too


class RoundRow(SQLModel, table=True):
    """One candidacy in a round. Points have four decimals; a layer that was not begun has none."""

    __tablename__ = "round_row"
    __table_args__ = (
        UniqueConstraint("round_id", "candidacy_id"),
        CheckConstraint("days_in_stage >= 0", name="days_count_up"),
        CheckConstraint("days_late >= 0", name="late_counts_up"),
        CheckConstraint("due_on IS NOT NULL OR days_late = 0", name="late_has_date"),
        CheckConstraint("(open_info + open_warning + open_critical > 0) = (oldest_days IS NOT NULL)", name="age_known"),
    )

    id: int = key()
    round_id: int = reference("monev_round.id", index=False)
    candidacy_id: int = reference("candidacy.id")
    stage: Stage = chosen(Stage)  # as stored: it tells the substage too
    target: Level = chosen(Level)
    entered_on: date
    days_in_stage: int
    due_on: date | None = Field(default=None)
    days_late: int  # calendar days; 0 in time
    items: int  # what the LKE has to fill in
    unit_answered: int
    tpi_answered: int
    unit_total: str | None = Field(default=None)
    tpi_total: str | None = Field(default=None)
    areas: str  # JSON: {area: {"unit": percent of its weight or null, "tpi": the same}}
    missing_evidence: int | None = Field(default=None)  # questions; none while the unit has answered nothing
    evidence: int  # pieces on file, rejected ones too
    evidence_accepted: int
    evidence_rejected: int
    open_info: int
    open_warning: int
    open_critical: int
    oldest_days: int | None = Field(default=None)  # age of the oldest open finding

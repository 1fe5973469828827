"""Runs: when each flow last ran, by whom, which part, and what it counted. `doctor` and the pages read these."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from models.base import key


class Run(SQLModel, table=True):
    __tablename__ = "run"
    __table_args__ = (
        CheckConstraint("shard >= 0 AND shard < shards", name="part_of_a_whole"),
        CheckConstraint("failure IS NULL OR finished_at IS NOT NULL", name="failure_ends_it"),
        Index("ix_run_flow_started_at", "flow", "started_at"),
    )

    id: int = key()
    flow: str
    shard: int = Field(default=0)  # from 0, of so many
    shards: int = Field(default=1)
    worker: str | None = Field(default=None)  # Prefect's name of who ran it, else the machine's
    started_at: datetime
    finished_at: datetime | None = Field(default=None)  # none: still running, or it died
    failure: str | None = Field(default=None)  # what kind of error ended it; none: it did its work
    counts: str = Field(default="{}")  # JSON

"""Runs: when each flow last ran, and what it counted. `doctor` and the pages read these."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.base import key


class Run(SQLModel, table=True):
    __tablename__ = "run"
    __table_args__ = (Index("ix_run_flow_started_at", "flow", "started_at"),)

    id: int = key()
    flow: str
    started_at: datetime
    finished_at: datetime | None = Field(default=None)  # none: still running, or it died
    counts: str = Field(default="{}")  # JSON

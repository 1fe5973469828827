"""A closure: a day on which one agency does not work, beside the holidays that all have."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import SQLModel

from models.base import key, reference


class Closure(SQLModel, table=True):
    __tablename__ = "closure"
    __table_args__ = (UniqueConstraint("agency_id", "day"),)

    id: int = key()
    agency_id: int = reference("agency.id", index=False)
    day: date
    name: str  # what people read: "HUT Kabupaten"
    added_by: int = reference("person.id")
    added_at: datetime

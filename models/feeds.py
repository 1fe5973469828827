"""A calendar feed: what somebody's calendar program may fetch with a token, of which only the hash is kept."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from models.base import key, reference


class Feed(SQLModel, table=True):
    """Neither unit nor agency = what the owner's own roles owe."""

    __tablename__ = "feed"
    __table_args__ = (
        CheckConstraint("agency_id IS NULL OR unit_id IS NULL", name="one_scope"),
        CheckConstraint("length(token_hash) = 64", name="token_is_hashed"),
    )

    id: int = key()
    person_id: int = reference("person.id")  # whose roles decide, each time, what may be seen
    unit_id: int | None = reference("unit.id", optional=True)
    agency_id: int | None = reference("agency.id", optional=True)
    token_hash: str = Field(unique=True)  # SHA-256, hex; the token itself is shown once and kept nowhere
    made_at: datetime
    revoked_at: datetime | None = Field(default=None)

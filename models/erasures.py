"""A request to erase a text of the trail, waiting for a second person; the trail has what became of it."""

from datetime import datetime

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import BIG, key, reference


class TextErasure(SQLModel, table=True):
    """Taken away when the text is: with it goes the reason, whose copy in the trail may be erased as well."""

    __tablename__ = "text_erasure"
    __table_args__ = (UniqueConstraint("seq", "field"),)

    id: int = key()
    seq: int = Field(sa_column=Column(BIG, nullable=False))  # of the record, and the text's name in it
    field: str
    reason: str
    requested_by: int = reference("person.id")
    requested_at: datetime

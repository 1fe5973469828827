"""Which installation this database is: one random id, made with it and copied with it."""

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel


class Installation(SQLModel, table=True):
    """Two installations that write to one mailbox must not use the same message ids."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: int = Field(default=1, primary_key=True)
    code: str  # UUID

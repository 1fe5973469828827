"""Checkpoints that were signed, and the keys that signed them: both are only added to, as the trail is."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column
from sqlmodel import Field, SQLModel

from models.base import BIG, chosen, reference


class KeyOrigin(StrEnum):
    """How a key came to follow the one before it."""

    FIRST = "first"
    ROTATED = "rotated"  # vouched for by the one before
    REPLACED = "replaced"  # the one before was lost: nothing vouches for this one


class CheckpointKey(SQLModel, table=True):
    """The public half of a signing key; the private one is a file outside the database."""

    __tablename__ = "checkpoint_key"
    __table_args__ = (
        CheckConstraint("number >= 0", name="number_counts_up"),
        CheckConstraint("(origin = 'rotated') = (statement IS NOT NULL)", name="rotation_is_signed"),
    )

    number: int = Field(sa_column=Column(BIG, primary_key=True, autoincrement=False))
    vkey: str = Field(unique=True)  # see models.notes
    origin: KeyOrigin = chosen(KeyOrigin)
    from_size: int = Field(sa_column=Column(BIG, nullable=False))  # it signs trees that are larger than this
    statement: str | None = Field(default=None)  # the note with which the key before vouches for it
    made_at: datetime


class Checkpoint(SQLModel, table=True):
    __tablename__ = "checkpoint"
    __table_args__ = (
        CheckConstraint("size >= 0", name="size_counts_up"),
        CheckConstraint("length(root) = 64", name="root_is_a_digest"),
    )

    size: int = Field(sa_column=Column(BIG, primary_key=True, autoincrement=False))
    root: str  # hex
    note: str  # signed, see models.notes
    key_number: int = reference("checkpoint_key.number")
    made_at: datetime

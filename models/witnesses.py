"""Witnesses: people who are sent every new checkpoint, so that one is kept where nobody here can change it."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey
from sqlmodel import Field, SQLModel

from models.base import BIG, reference


class Witness(SQLModel, table=True):
    __tablename__ = "witness"

    person_id: int = Field(sa_column=Column(BIG, ForeignKey("person.id"), primary_key=True, autoincrement=False))
    added_by: int = reference("person.id")
    added_at: datetime

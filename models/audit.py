"""The tables of the trail. Their format is final: a leaf, once hashed, is never rewritten.

`leaf` is RFC 8785 JSON text; the other facts of a row are columns that the database generates from it,
so that they cannot disagree with what was hashed. Names, e-mail addresses and free text stand in
`audit_text`; the leaf holds SHA-256(salt || text) of each, so a text can be erased and the proof stays.
"""

from typing import Any

from sqlalchemy import CheckConstraint, Column, Computed, Index, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ColumnElement
from sqlmodel import Field, SQLModel

from models.base import BIG


class LeafField(ColumnElement[str]):
    """One member of the leaf's JSON object, in each database's own words."""

    inherit_cache = True

    def __init__(self, member: str) -> None:
        self.member = member
        self.type = String()


@compiles(LeafField)
def _in_sqlite(element: LeafField, _compiler: SQLCompiler, **_: Any) -> str:
    return f"json_extract(leaf, '$.{element.member}')"


@compiles(LeafField, "postgresql")
def _in_postgresql(element: LeafField, _compiler: SQLCompiler, **_: Any) -> str:
    return f"(leaf::json ->> '{element.member}')"


def _from_leaf(member: str) -> Any:
    return Field(default=None, sa_column=Column(String, Computed(LeafField(member), persisted=True)))


class AuditRecord(SQLModel, table=True):
    __tablename__ = "audit_record"
    __table_args__ = (
        CheckConstraint("seq >= 0", name="seq_counts_up"),
        Index("ix_audit_record_subject", "subject"),
        Index("ix_audit_record_action", "action", "seq"),
        Index("ix_audit_record_actor", "actor", "seq"),
    )

    seq: int = Field(sa_column=Column(BIG, primary_key=True, autoincrement=False))
    leaf: str
    leaf_hash: str  # hex of SHA-256(0x00 || leaf)
    actor: str = _from_leaf("actor")
    action: str = _from_leaf("action")
    subject: str = _from_leaf("subject")
    at: str = _from_leaf("at")


class AuditText(SQLModel, table=True):
    """A text that a leaf vouches for; erased = salt and text are gone, the row stays."""

    __tablename__ = "audit_text"
    __table_args__ = (
        CheckConstraint("(salt IS NULL) = (text IS NULL)", name="erased_wholly"),
        {"sqlite_with_rowid": False},  # a hidden number could be replaced without the triggers' seeing it
    )

    seq: int = Field(sa_column=Column(BIG, primary_key=True, autoincrement=False))
    field: str = Field(primary_key=True)
    salt: str | None = Field(default=None)  # hex, 16 random bytes
    text: str | None = Field(default=None)


class AuditHead(SQLModel, table=True):
    """One row: how many records there are, the tree's frontier, and when the last was written."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: int = Field(default=1, primary_key=True)
    size: int = Field(default=0, sa_column=Column(BIG, nullable=False))
    frontier: str = Field(default="")  # hex, see models.merkle
    last_at: str = Field(default="")  # RFC 3339, as in the leaf

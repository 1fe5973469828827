"""Accounts of the web pages: a person's password, as a hash, and the sessions that it opened."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey
from sqlmodel import Field, SQLModel

from models.base import BIG, key, reference


class Account(SQLModel, table=True):
    __tablename__ = "account"
    __table_args__ = (CheckConstraint("failures >= 0", name="failures_count_up"),)

    id: int = key()
    person_id: int = Field(sa_column=Column(BIG, ForeignKey("person.id"), nullable=False, unique=True))
    password_hash: str  # argon2id in PHC form; the password itself is kept nowhere
    must_change: bool  # somebody else knows it: nothing else may be done before it is changed
    changed_at: datetime
    failures: int = Field(default=0)  # wrong passwords in a row
    slowed_until: datetime | None = Field(default=None)  # no password is looked at before
    closed_at: datetime | None = Field(default=None)


class WebSession(SQLModel, table=True):
    """One browser that is signed in; an ended one is kept until it is tidied away."""

    __tablename__ = "web_session"
    __table_args__ = (CheckConstraint("length(token_hash) = 64", name="token_is_hashed"),)

    id: int = key()
    account_id: int = reference("account.id")
    token_hash: str = Field(unique=True)  # SHA-256, hex; the token is in the browser's cookie alone
    agent: str  # what the browser calls itself, cut
    began_at: datetime
    seen_at: datetime  # to the minute
    ended_at: datetime | None = Field(default=None)  # signed out, or ended by somebody

"""PortalRB: tokens of its pull, which agencies may propose WBBM, what was proposed under which name, and the links."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey
from sqlmodel import Field, SQLModel

from models.base import BIG, key, reference


class PortalToken(SQLModel, table=True):
    """What PortalRB fetches with, for one agency."""

    __tablename__ = "portal_token"
    __table_args__ = (CheckConstraint("length(token_hash) = 64", name="token_is_hashed"),)

    id: int = key()
    agency_id: int = reference("agency.id")
    token_hash: str = Field(unique=True)  # SHA-256, hex; the token itself is shown once and kept nowhere
    made_by: int = reference("person.id")
    made_at: datetime
    revoked_at: datetime | None = Field(default=None)
    last_used_at: datetime | None = Field(default=None)  # to the minute


class PortalAgency(SQLModel, table=True):
    """What an agency has chosen for its pull; no row = it serves no WBBM units."""

    __tablename__ = "portal_agency"

    id: int = key()
    agency_id: int = Field(sa_column=Column(BIG, ForeignKey("agency.id"), nullable=False, unique=True))
    wbbm: bool  # whether it may propose WBBM, as the ministry told it
    set_by: int = reference("person.id")
    set_at: datetime


class ProposedUnit(SQLModel, table=True):
    """The fields that PortalRB must see unchanged: a new name or affirmative clause resets its review."""

    __tablename__ = "proposed_unit"

    id: int = key()
    candidacy_id: int = reference("candidacy.id")
    entry_id: int = Field(sa_column=Column(BIG, ForeignKey("stage_entry.id"), nullable=False, unique=True))
    name: str
    affirmative: bool
    kept_at: datetime  # with the proposal, or with the first pull where there was none here


class EvidenceLinks(SQLModel, table=True):
    """Which generation of a candidacy's links to evidence is open; no row = the first."""

    __tablename__ = "evidence_links"
    __table_args__ = (CheckConstraint("generation >= 1", name="generation_counts_up"),)

    id: int = key()
    candidacy_id: int = Field(sa_column=Column(BIG, ForeignKey("candidacy.id"), nullable=False, unique=True))
    generation: int
    changed_by: int = reference("person.id")
    changed_at: datetime

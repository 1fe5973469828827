"""Agencies (instansi) and their units (unit kerja), a tree inside each agency."""

from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.base import chosen, code, key, reference, upper_case_code


class AgencyKind(StrEnum):
    KL = "kl"  # kementerian or lembaga
    PROVINSI = "provinsi"
    KABKOTA = "kabkota"


ZONES = ("Asia/Jakarta", "Asia/Pontianak", "Asia/Makassar", "Asia/Jayapura")
"""WIB, WIB, WITA and WIT (Keppres 41/1987)."""


class Agency(SQLModel, table=True):
    __tablename__ = "agency"
    __table_args__ = (upper_case_code(),)

    id: int = key()
    code: str = code()
    name: str
    kind: AgencyKind = chosen(AgencyKind)
    zone: str  # IANA name: deadlines end at 23:59:59 here
    escalate_to_head: bool = Field(default=False)  # what is a week late is told to the agency's head, too


class Unit(SQLModel, table=True):
    __tablename__ = "unit"
    __table_args__ = (upper_case_code(), Index("ix_unit_parent", "parent_id"))

    id: int = key()
    code: str = code()
    name: str
    agency_id: int = reference("agency.id")
    parent_id: int | None = reference("unit.id", optional=True, index=False)
    kind: str | None = Field(
        default=None
    )  # dinas, rsud, puskesmas ...: a word, not a rule; eselon_1 is one (90/2021 p.41)
    core_service: str | None = Field(default=None)  # the affirmative clause names some of these (5/2024 p.5)

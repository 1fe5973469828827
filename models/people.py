"""People and the roles they hold in an agency or a unit, for a while."""

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from models.base import chosen, key, reference


class Role(StrEnum):
    ADMIN = "admin"
    PIMPINAN = "pimpinan"
    KOORDINATOR = "koordinator"
    PIMPINAN_UNIT = "pimpinan_unit"
    POKJA = "pokja"
    TPI = "tpi"
    AUDITOR = "auditor"
    VIEWER = "viewer"


UNIT_ROLES = frozenset({Role.PIMPINAN_UNIT, Role.POKJA})


class Person(SQLModel, table=True):
    __tablename__ = "person"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_is_lower_case"),)

    id: int = key()
    email: str = Field(unique=True)
    name: str
    nip: str | None = Field(default=None)  # text: 18 digits do not survive a spreadsheet's number
    whatsapp: str | None = Field(default=None)


class Membership(SQLModel, table=True):
    """One role of one person: in an agency, in a unit, or (admin only) everywhere."""

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint("agency_id IS NULL OR unit_id IS NULL", name="one_scope"),
        CheckConstraint("role = 'admin' OR agency_id IS NOT NULL OR unit_id IS NOT NULL", name="scope_given"),
        CheckConstraint("role NOT IN ('pimpinan_unit', 'pokja') OR unit_id IS NOT NULL", name="unit_role_in_unit"),
        CheckConstraint("until IS NULL OR until >= since", name="ends_after_start"),
    )

    id: int = key()
    person_id: int = reference("person.id")
    role: Role = chosen(Role)
    agency_id: int | None = reference("agency.id", optional=True)
    unit_id: int | None = reference("unit.id", optional=True)
    area: str | None = Field(default=None)  # one of the six areas, for pokja and TPI members
    since: date
    until: date | None = Field(default=None)  # the last day it holds

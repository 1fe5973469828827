"""How one person wants to be told: in which language, when not, and which kinds of message together with others."""

from datetime import datetime, time
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, ForeignKey
from sqlmodel import Field, SQLModel

from models.base import BIG, chosen
from models.messages import Notice


class Zone(StrEnum):
    WIB = "WIB"
    WITA = "WITA"
    WIT = "WIT"

    @property
    def place(self) -> str:
        """As the time zone database names it."""
        return {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}[self.value]


class Language(StrEnum):
    """As `models.catalogue.LANGUAGES` has them; a test compares the two."""

    ID = "id"
    EN = "en"


class Mode(StrEnum):
    IMMEDIATE = "immediate"
    DAILY = "daily"
    WEEKLY = "weekly"


ALWAYS_IMMEDIATE = frozenset({Notice.CORRECTION, Notice.UNREACHABLE, Notice.CHECKPOINT, Notice.DIGEST})
"""What nobody can have collected: somebody waits for an answer, it is to be kept whole, or it is the digest itself."""


def _person() -> Column[int]:
    return Column(BIG, ForeignKey("person.id"), primary_key=True, autoincrement=False)


class Preference(SQLModel, table=True):
    """What one person has set; none = the zone of their agency, the language of the installation, no quiet hours."""

    __tablename__ = "preference"
    __table_args__ = (
        CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name="quiet_wholly"),
        CheckConstraint("quiet_from <> quiet_until", name="quiet_for_a_while"),
        CheckConstraint("(work_from IS NULL) = (work_until IS NULL)", name="work_wholly"),
        CheckConstraint("work_from < work_until", name="work_by_day"),
        CheckConstraint("work_from IS NULL OR working_days_only", name="work_on_working_days"),
    )

    person_id: int = Field(sa_column=_person())
    zone: Zone | None = chosen(Zone, optional=True)
    language: Language | None = chosen(Language, optional=True)
    quiet_from: time | None = Field(default=None)  # in the person's zone, to the minute; may wrap over midnight
    quiet_until: time | None = Field(default=None)
    working_days_only: bool = Field(default=False)
    work_from: time | None = Field(default=None)
    work_until: time | None = Field(default=None)
    heartbeat: bool = Field(default=False)  # the weekly digest arrives even where no kind is collected weekly
    next_daily_at: datetime | None = Field(default=None, index=True)  # when the next digest is made; none = never
    next_weekly_at: datetime | None = Field(default=None, index=True)


class PreferenceKind(SQLModel, table=True):
    """Whether one kind of message comes at once or collected; what has no row comes at once."""

    __tablename__ = "preference_kind"
    __table_args__ = (
        CheckConstraint(
            "mode = 'immediate' OR kind NOT IN ('correction', 'unreachable', 'digest', 'checkpoint')", name="collected"
        ),
    )

    person_id: int = Field(sa_column=_person())
    kind: Notice = chosen(Notice, primary_key=True)
    mode: Mode = chosen(Mode)

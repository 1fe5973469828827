"""The LKE of a candidacy as it is filled in: answers in layers, what they come to, and what was proposed."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import chosen, key, reference


class Layer(StrEnum):
    """Whose answers these are, in the order in which they are given."""

    UNIT = "unit"
    PRELIMINARY = "preliminary"  # penilaian pendahuluan, in ministries and institutions only
    TPI = "tpi"
    TPN = "tpn"


class SurveySource(StrEnum):
    """Whose survey a value is taken from."""

    UNIT = "unit"  # the unit's own, survei mandiri
    TPN = "tpn"  # the external one


class Answer(SQLModel, table=True):
    """One item in one layer. A value that was taken back leaves the row, with what was said beside it."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("candidacy_id", "layer", "item"),)

    id: int = key()
    candidacy_id: int = reference("candidacy.id", index=False)
    layer: Layer = chosen(Layer)
    item: str  # the item's code in the rule set's LKE
    value: str | None = Field(default=None)  # as rulesets.answers stores it; none = a blank
    note: str | None = Field(default=None)  # catatan
    evidence: str | None = Field(default=None)  # what a sheet said of its evidence: a link, or words
    source: SurveySource | None = chosen(SurveySource, optional=True)
    answered_by: int = reference("person.id")
    answered_at: datetime


class LayerSummary(SQLModel, table=True):
    """What one layer's answers come to: kept with them, so that a board of thousands need not score each."""

    __tablename__ = "layer_summary"
    __table_args__ = (
        UniqueConstraint("candidacy_id", "layer"),
        CheckConstraint("answered >= 0 AND missing_evidence >= 0", name="counts_up"),
    )

    id: int = key()
    candidacy_id: int = reference("candidacy.id", index=False)
    layer: Layer = chosen(Layer)
    answered: int  # items
    total: str  # points with blanks as zero, four decimals
    missing_evidence: int  # questions that score and have nothing on file that was not rejected
    figures: str | None = Field(default=None)  # JSON: exact points of the total and each area, {"total": "183/2"}
    unmet: str | None = Field(default=None)  # JSON: thresholds of the target that are missed, the weakest first
    unproven: str | None = Field(default=None)  # JSON, of the unit's layer: {"MP": since when the oldest is unproven}
    basis: str | None = Field(default=None)  # hash of the rule set that these were reckoned by; none = not yet
    changed_at: datetime


class LkeSnapshot(SQLModel, table=True):
    """LKE and evidence as they were when the unit was proposed."""

    __tablename__ = "lke_snapshot"
    __table_args__ = (UniqueConstraint("entry_id"),)

    id: int = key()
    candidacy_id: int = reference("candidacy.id")
    entry_id: int = reference("stage_entry.id", index=False)  # the stay that began with the proposal
    content: str  # RFC 8785 JSON: {"answers": {layer: {item: value}}, "evidence": {id: {question, content, state}}}
    hash: str  # hex of SHA-256(content); stands in the trail with the move
    taken_at: datetime


class Wording(SQLModel, table=True):
    """The official text of one item, from the master file that an agency got from PortalRB."""

    __tablename__ = "wording"
    __table_args__ = (UniqueConstraint("cycle_id", "item"),)

    id: int = key()
    cycle_id: int = reference("cycle.id", index=False)
    item: str
    text: str
    criteria: str | None = Field(default=None)

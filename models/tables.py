"""Imports every table, so that the metadata is whole for migrations and tests."""

from models.actions import ActionItem
from models.agencies import Agency, Unit
from models.audit import AuditHead, AuditRecord, AuditText
from models.base import metadata
from models.candidacies import Candidacy, Correction, StageEntry
from models.cycles import Cycle, CycleDate, Holiday
from models.documents import Document, Waiver
from models.evidence import Evidence
from models.facts import Fact, Predicate
from models.findings import Finding
from models.installation import Installation
from models.lke import Answer, LayerSummary, LkeSnapshot, Wording
from models.messages import Channel, Delivery, OutboxMessage
from models.obligations import Obligation, Said
from models.people import Membership, Person
from models.runs import Run

__all__ = [
    "ActionItem",
    "Agency",
    "Answer",
    "AuditHead",
    "AuditRecord",
    "AuditText",
    "Candidacy",
    "Channel",
    "Correction",
    "Cycle",
    "CycleDate",
    "Delivery",
    "Document",
    "Evidence",
    "Fact",
    "Finding",
    "Holiday",
    "Installation",
    "LayerSummary",
    "LkeSnapshot",
    "Membership",
    "Obligation",
    "OutboxMessage",
    "Person",
    "Predicate",
    "Run",
    "Said",
    "StageEntry",
    "Unit",
    "Waiver",
    "Wording",
    "metadata",
]

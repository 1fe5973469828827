"""Imports every table, so that the metadata is whole for migrations and tests."""

from models.absences import Absence, ToldFor
from models.accounts import Account, WebSession
from models.actions import ActionItem
from models.agencies import Agency, Unit
from models.audit import AuditHead, AuditRecord, AuditText
from models.base import metadata
from models.candidacies import Candidacy, Correction, StageEntry
from models.checkpoints import Checkpoint, CheckpointKey
from models.closures import Closure
from models.cycles import Cycle, CycleDate, Holiday
from models.documents import Document, Waiver
from models.erasures import TextErasure
from models.evidence import Evidence
from models.facts import Fact, Predicate, PredicateReport
from models.feeds import Feed
from models.findings import Finding
from models.installation import Installation
from models.ladders import CycleLadder
from models.lke import Answer, LayerSummary, LkeSnapshot, Wording
from models.messages import Channel, Delivery, OutboxMessage, SendingWindow
from models.obligations import Obligation, Said
from models.people import Membership, Person
from models.portal import EvidenceLinks, PortalAgency, PortalToken, ProposedUnit
from models.preferences import Preference, PreferenceKind
from models.quieting import Acknowledgement, Snooze
from models.rounds import MonevRound, RoundRow
from models.runs import Run
from models.summaries import Summary
from models.windows import CycleWindow
from models.witnesses import Witness

__all__ = [
    "Absence",
    "Account",
    "Acknowledgement",
    "ActionItem",
    "Agency",
    "Answer",
    "AuditHead",
    "AuditRecord",
    "AuditText",
    "Candidacy",
    "Channel",
    "Checkpoint",
    "CheckpointKey",
    "Closure",
    "Correction",
    "Cycle",
    "CycleDate",
    "CycleLadder",
    "CycleWindow",
    "Delivery",
    "Document",
    "Evidence",
    "EvidenceLinks",
    "Fact",
    "Feed",
    "Finding",
    "Holiday",
    "Installation",
    "LayerSummary",
    "LkeSnapshot",
    "Membership",
    "MonevRound",
    "Obligation",
    "OutboxMessage",
    "Person",
    "PortalAgency",
    "PortalToken",
    "Predicate",
    "PredicateReport",
    "Preference",
    "PreferenceKind",
    "ProposedUnit",
    "RoundRow",
    "Run",
    "Said",
    "SendingWindow",
    "Snooze",
    "StageEntry",
    "Summary",
    "TextErasure",
    "ToldFor",
    "Unit",
    "Waiver",
    "WebSession",
    "Witness",
    "Wording",
    "metadata",
]

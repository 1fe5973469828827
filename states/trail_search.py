"""Finds records of the trail, newest first, a page at a time: by number, so that the millionth page costs no more."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, false, select
from sqlmodel import Session, col

from models.audit import AuditHead, AuditRecord
from models.database import reading
from models.people import Person
from models.trail import instant
from states.actors import SYSTEM, Actor
from states.calendar import WIB
from states.subjects import SCOPES
from states.trail_reader import Record, shown
from states.trail_sight import sees_records

ACTIONS = (
    "absence_ended",
    "absence_set",
    "account_closed",
    "account_opened",
    "action_item_added",
    "action_item_changed",
    "action_item_dropped",
    "action_item_set",
    "action_plan_exported",
    "agency_added",
    "agency_changed",
    "backed_up",
    "calendar_set",
    "candidacy_opened",
    "channel_added",
    "channel_key_rotated",
    "channel_removed",
    "channel_tested",
    "channels_ordered",
    "checkpoint_key_made",
    "checkpoint_key_replaced",
    "checkpoint_key_rotated",
    "checkpoint_signed",
    "closure_added",
    "closure_removed",
    "corrected",
    "correction_requested",
    "cycle_opened",
    "delivery_retried",
    "document_added",
    "document_withdrawn",
    "evidence_added",
    "evidence_link_visited",
    "evidence_links_revoked",
    "evidence_reviewed",
    "evidence_withdrawn",
    "exported",
    "fact_recorded",
    "feed_added",
    "feed_revoked",
    "finding_acceptance_ended",
    "finding_accepted",
    "finding_answered",
    "finding_closed",
    "finding_explained",
    "finding_opened",
    "finding_raised",
    "finding_reopened",
    "finding_verified",
    "holidays_stored",
    "ladder_set",
    "lke_exported",
    "lke_master_imported",
    "messages_released",
    "monev_round_replaced",
    "monev_round_taken",
    "moved",
    "obligation_acknowledged",
    "obligation_snoozed",
    "password_changed",
    "password_reset",
    "person_added",
    "person_changed",
    "portal_pulled",
    "portal_token_added",
    "portal_token_revoked",
    "portal_wbbm_set",
    "predicate_recorded",
    "predicate_reported",
    "preferences_changed",
    "preliminary_answered",
    "refused",
    "report_exported",
    "restored",
    "role_ended",
    "role_granted",
    "sign_in_failed",
    "signed_in",
    "signed_out",
    "summary_discarded",
    "summary_drafted",
    "summary_released",
    "text_erased",
    "text_erasure_requested",
    "tpi_answered",
    "tpn_answered",
    "trail_exported",
    "unit_added",
    "unit_answered",
    "unit_changed",
    "waiver_confirmed",
    "waiver_requested",
    "window_removed",
    "window_set",
    "witness_added",
    "witness_removed",
)
"""All that people can ask for; a record of any other action is found without that."""

PAGE = 50
PIECE = 1_000  # records held in memory at a time


@dataclass(frozen=True)
class Wanted:
    """Which records; all that is given has to hold."""

    subject: str = ""  # as the trail writes it, or a bare code of whatever has it
    actor: str = ""  # an address, or "system"
    action: str = ""
    first: date | None = None  # days of Jakarta
    last: date | None = None


@dataclass(frozen=True)
class Page:
    records: Sequence[Record]
    before: int | None  # where the next page goes on; none on the last


def find_page(session: Session, wanted: Wanted, *, actor: Actor, before: int | None = None) -> Page:
    """Newest first, of what the actor may read; those with a smaller number than `before`."""
    query = select(AuditRecord).where(*_matching(session, wanted), sees_records(actor))
    if before is not None:
        query = query.where(col(AuditRecord.seq) < before)
    rows = session.execute(query.order_by(col(AuditRecord.seq).desc()).limit(PAGE + 1)).scalars().all()
    listed = rows[:PAGE]
    return Page(shown(session, listed), listed[-1].seq if len(rows) > PAGE else None)


def find_all(wanted: Wanted, *, actor: Actor, below: int) -> Iterator[tuple[Record, str]]:
    """Each record with its leaf, oldest first, of those numbered below `below`; in constant memory.

    Nothing is held open between the pieces: records never change, and what is added comes after.
    """
    after = -1
    while True:
        with reading() as session:
            query = (
                select(AuditRecord)
                .where(*_matching(session, wanted), sees_records(actor))
                .where(col(AuditRecord.seq) > after, col(AuditRecord.seq) < below)
                .order_by(col(AuditRecord.seq))
                .limit(PIECE)
            )
            rows = session.execute(query).scalars().all()
            found = list(zip(shown(session, rows), (row.leaf for row in rows), strict=True))
        if not found:
            return
        yield from found
        after = rows[-1].seq


def trail_size(session: Session) -> int:
    size: int = session.execute(select(col(AuditHead.size))).scalar_one()
    return size


def _matching(session: Session, wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.subject:
        found.append(col(AuditRecord.subject).in_(_named(wanted.subject)))
    if wanted.actor:
        found.append(_by(session, wanted.actor))
    if wanted.action:
        found.append(col(AuditRecord.action) == wanted.action)
    if wanted.first:
        found.append(col(AuditRecord.seq) >= _first_since(session, _morning(wanted.first)))
    if wanted.last:
        found.append(col(AuditRecord.seq) < _first_since(session, _morning(wanted.last + timedelta(days=1))))
    return found


def _named(subject: str) -> list[str]:
    """People type codes: a bare one may be a candidacy's, a unit's, a cycle's or an agency's."""
    kind, colon, code = subject.partition(":")
    if not colon:
        return [f"{scope}:{subject.upper()}" for scope in SCOPES]
    return [f"{kind.lower()}:{code.upper() if kind.lower() in SCOPES else code}"]


def _by(session: Session, address: str) -> ColumnElement[bool]:
    if address == SYSTEM.code:
        return col(AuditRecord.actor) == SYSTEM.code
    query = select(col(Person.id)).where(col(Person.email) == address.lower())
    person = session.execute(query).scalar_one_or_none()
    return false() if person is None else col(AuditRecord.actor) == f"person:{person}"


def _morning(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=WIB)


def _first_since(session: Session, moment: datetime) -> int:
    """The number of the first record at this moment or after it.

    Found by halving: times never go back along the trail, and an index that every writer pays for is saved.
    """
    at, low, high = instant(moment), 0, trail_size(session)
    while low < high:
        middle = (low + high) // 2
        there = session.execute(select(col(AuditRecord.at)).where(col(AuditRecord.seq) == middle)).scalar_one_or_none()
        if there is not None and there < at:
            low = middle + 1
        else:
            high = middle
    return low

"""What is not to be delivered at once: by whom it is held until when, and what waits for a digest."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.candidacies import Candidacy
from models.findings import Finding, Severity
from models.inserts import in_pieces
from models.messages import Notice, OutboxMessage
from models.preferences import ALWAYS_IMMEDIATE, Mode
from notifications.quiet import due_ends, held_until
from states.days_off import DaysOff, load_days_off
from states.ladder import days_named
from states.preferences import Preferences, load_preferences

FIRST_URGENT = -3  # from H-3 on a reminder waits for no digest


@dataclass(frozen=True)
class Holds:
    """For the messages of one batch; people who have set nothing are not in it, and nothing of theirs is held."""

    preferences: Mapping[int, Preferences] = field(default_factory=dict)
    days_off: DaysOff = field(default_factory=DaysOff)
    zones: Mapping[int, str] = field(default_factory=dict)  # of the agencies, by candidacy
    critical: frozenset[int] = frozenset()  # findings

    def until(self, message: OutboxMessage, person_id: int, *, now: datetime) -> datetime | None:
        """When this may reach the person; None = at once."""
        wanted = self.preferences.get(person_id)
        if wanted is None or wanted.hours.never:
            return None
        zone = self.zones.get(message.candidacy_id or 0, wanted.local_zone)
        return held_until(now, wanted.hours, wanted.calendar(self.days_off), due_ends=due_ends(message, zone))

    def collects(self, message: OutboxMessage, person_id: int) -> bool:
        """Whether this waits for the person's digest."""
        wanted = self.preferences.get(person_id)
        return wanted is not None and wanted.mode(message.kind) is not Mode.IMMEDIATE and not self._is_urgent(message)

    def planned(self, message: OutboxMessage, person_id: int, *, now: datetime) -> datetime | None:
        """Until when this would be kept back, by a digest or by quiet hours; for dry runs."""
        if not self.collects(message, person_id):
            return self.until(message, person_id, now=now)
        wanted = self.preferences[person_id]
        daily = wanted.mode(message.kind) is Mode.DAILY
        return wanted.next_daily_at if daily else wanted.next_weekly_at

    def _is_urgent(self, message: OutboxMessage) -> bool:
        """What goes at once whatever the person has chosen: it asks to be acted on within days."""
        if message.kind is Notice.DUE:
            return message.rung is not None and days_named(message.rung) >= FIRST_URGENT
        if message.kind is Notice.FINDING:
            return message.reference_id in self.critical
        return message.kind in ALWAYS_IMMEDIATE


def load_holds(session: Session, messages: Sequence[OutboxMessage], people: Iterable[int], *, now: datetime) -> Holds:
    """One query where none of these people has set anything, a fixed number else."""
    preferences = load_preferences(session, set(people), now=now)
    if not preferences:
        return Holds()
    agencies = {one.home.agency_id for one in preferences.values()}
    return Holds(
        preferences,
        load_days_off(session, agencies),
        _zones(session, {one.candidacy_id for one in messages if one.candidacy_id is not None}),
        _critical(session, {one.reference_id for one in messages if one.kind is Notice.FINDING and one.reference_id}),
    )


def _zones(session: Session, candidacies: set[int]) -> dict[int, str]:
    zones: dict[int, str] = {}
    for piece in in_pieces(candidacies):
        rows = session.execute(
            select(col(Candidacy.id), col(Agency.zone))
            .join(Unit, col(Unit.id) == col(Candidacy.unit_id))
            .join(Agency, col(Agency.id) == col(Unit.agency_id))
            .where(col(Candidacy.id).in_(piece))
        )
        zones.update({candidacy: zone for candidacy, zone in rows})
    return zones


def _critical(session: Session, findings: set[int]) -> frozenset[int]:
    query = select(col(Finding.id)).where(col(Finding.severity) == Severity.CRITICAL)
    return frozenset(
        one
        for piece in in_pieces(findings)
        for one in session.execute(query.where(col(Finding.id).in_(piece))).scalars()
    )

"""How each person wants to be told: looked up for many at once, and set by themselves or by an admin."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.database import locked
from models.errors import BadInput, UsageError
from models.inserts import in_pieces
from models.messages import Delivery, DeliveryState, Notice, OutboxMessage
from models.people import Membership, Person, Role
from models.preferences import ALWAYS_IMMEDIATE, Language, Mode, Preference, PreferenceKind, Zone
from models.trail import Json, Pending, record
from states.actors import Actor, current, not_allowed, valid_on
from states.calendar import WorkCalendar, today_in_indonesia
from states.days_off import DaysOff, load_days_off
from states.digest_times import next_daily, next_weekly
from states.people import find_person, require_keeper
from states.quiet_hours import QuietHours, Window, checked
from states.writing import writing

T = TypeVar("T")


@dataclass(frozen=True)
class Home:
    """Where somebody works: the agency of the role that they have held longest."""

    agency_id: int = 0  # none
    zone: str = Zone.WIB.place


@dataclass(frozen=True)
class Preferences:
    """Of one person, with what follows where they set nothing."""

    home: Home = field(default_factory=Home)
    zone: Zone | None = None
    language: Language | None = None
    hours: QuietHours = field(default_factory=QuietHours)
    modes: Mapping[Notice, Mode] = field(default_factory=dict)
    heartbeat: bool = False
    next_daily_at: datetime | None = None
    next_weekly_at: datetime | None = None

    @property
    def local_zone(self) -> str:
        return self.zone.place if self.zone else self.home.zone

    def mode(self, kind: Notice) -> Mode:
        return self.modes.get(kind, Mode.IMMEDIATE)

    def kinds(self, mode: Mode) -> set[Notice]:
        return {kind for kind, one in self.modes.items() if one is mode}

    @property
    def is_weekly(self) -> bool:
        """Gets the weekly digest, whatever it holds."""
        return self.heartbeat or bool(self.kinds(Mode.WEEKLY))

    def calendar(self, days_off: DaysOff) -> WorkCalendar:
        """In the person's own zone, with the closures of their agency."""
        return days_off.calendar(self.home.agency_id, self.local_zone)


@dataclass(frozen=True)
class To(Generic[T]):
    """A new value; none takes back what was set."""

    value: T | None


@dataclass(frozen=True)
class Changes:
    """What is to be set; what is left out stays as it is."""

    zone: To[Zone] | None = None
    language: To[Language] | None = None
    quiet: To[Window] | None = None
    work: To[Window] | None = None
    working_days_only: bool | None = None
    heartbeat: bool | None = None
    modes: Mapping[Notice, Mode] = field(default_factory=dict)


def load_preferences(session: Session, people: Collection[int], *, now: datetime) -> dict[int, Preferences]:
    """Of those of these people who have set anything; a fixed number of queries, one where nobody has."""
    rows: dict[int, Preference] = {}
    for piece in in_pieces(people):
        found = session.execute(select(Preference).where(col(Preference.person_id).in_(piece))).scalars()
        rows.update({row.person_id: row for row in found})
    if not rows:
        return {}
    modes: defaultdict[int, dict[Notice, Mode]] = defaultdict(dict)
    for piece in in_pieces(rows):
        for one in session.execute(select(PreferenceKind).where(col(PreferenceKind.person_id).in_(piece))).scalars():
            modes[one.person_id][one.kind] = one.mode
    homes = homes_of(session, rows, now=now)
    return {person: _preferences(row, modes[person], homes[person]) for person, row in rows.items()}


def preferences_of(email: str, session: Session, *, actor: Actor, now: datetime) -> tuple[str, Preferences]:
    """One person's, for themselves, an admin, or a koordinator where they work. Raises NotFound, Refused."""
    person = find_person(session, email)
    require_keeper(session, current(session, actor, now=now), person, now=now)
    return person.email, _of(session, person.id, now=now)


def set_preferences(email: str, changes: Changes, *, actor: Actor, now: datetime) -> Preferences:
    """Change what one person has set: their own, or as an admin anybody's.

    What waits for a digest that does not come any more is told in one last digest, and what was held is looked at
    again at once. Raises UsageError (nothing to set), NotFound, BadInput (hours, kinds), Refused.
    """
    if changes == Changes():
        raise UsageError("nothing_to_set")
    with writing("preferences_set", author=actor.author, now=now, subject="person:unknown") as session:
        person = find_person(session, email)
        actor = current(session, actor, now=now)
        if actor.person_id != person.id and not actor.is_admin():
            raise not_allowed((Role.ADMIN,), subject=f"person:{person.id}")
        locked(session, Person, col(Person.id) == person.id)
        before = _of(session, person.id, now=now)
        after = _changed(before, changes)
        _write(session, person.id, before, after, now=now)
        record(
            session,
            Pending(
                actor.author,
                now,
                action="preferences_changed",
                subject=f"person:{person.id}",
                before=_plain(before),
                after=_plain(after),
            ),
        )
        return _of(session, person.id, now=now)


def homes_of(session: Session, people: Collection[int], *, now: datetime) -> dict[int, Home]:
    homes: dict[int, Home] = {}
    for piece in in_pieces(people):
        rows = session.execute(
            select(col(Membership.person_id), col(Agency.id), col(Agency.zone))
            .outerjoin(Unit, col(Unit.id) == col(Membership.unit_id))
            .join(Agency, col(Agency.id) == func.coalesce(col(Membership.agency_id), col(Unit.agency_id)))
            .where(col(Membership.person_id).in_(piece), *valid_on(today_in_indonesia(now)))
            .order_by(col(Membership.since), col(Membership.id))
        )
        for person, agency, zone in rows:
            homes.setdefault(person, Home(agency, zone))
    return {person: homes.get(person, Home()) for person in people}


def _of(session: Session, person: int, *, now: datetime) -> Preferences:
    found = load_preferences(session, [person], now=now)
    return found[person] if person in found else Preferences(homes_of(session, [person], now=now)[person])


def _preferences(row: Preference, modes: Mapping[Notice, Mode], home: Home) -> Preferences:
    return Preferences(
        home=home,
        zone=row.zone,
        language=row.language,
        hours=QuietHours(
            Window(row.quiet_from, row.quiet_until) if row.quiet_from and row.quiet_until else None,
            row.working_days_only,
            Window(row.work_from, row.work_until) if row.work_from and row.work_until else None,
        ),
        modes=modes,
        heartbeat=row.heartbeat,
        next_daily_at=row.next_daily_at,
        next_weekly_at=row.next_weekly_at,
    )


def _changed(before: Preferences, changes: Changes) -> Preferences:
    for kind, mode in changes.modes.items():
        if kind in ALWAYS_IMMEDIATE and mode is not Mode.IMMEDIATE:
            raise BadInput("always_immediate", kind=kind.value)
    return Preferences(
        home=before.home,
        zone=changes.zone.value if changes.zone else before.zone,
        language=changes.language.value if changes.language else before.language,
        hours=checked(_hours(before.hours, changes)),
        modes={**before.modes, **changes.modes},
        heartbeat=before.heartbeat if changes.heartbeat is None else changes.heartbeat,
        next_daily_at=before.next_daily_at,
        next_weekly_at=before.next_weekly_at,
    )


def _hours(before: QuietHours, changes: Changes) -> QuietHours:
    """Work hours bring working days with them, and go with them."""
    days, work = changes.working_days_only, changes.work.value if changes.work else before.work
    if days is None:
        days = before.working_days_only or bool(changes.work and changes.work.value)
    if not days and not (changes.work and changes.work.value):
        work = None
    return QuietHours(changes.quiet.value if changes.quiet else before.quiet, days, work)


def _write(session: Session, person: int, before: Preferences, after: Preferences, *, now: datetime) -> None:
    row = session.get(Preference, person) or Preference(person_id=person)
    hours = after.hours
    row.zone, row.language, row.heartbeat = after.zone, after.language, after.heartbeat
    row.quiet_from, row.quiet_until = (hours.quiet.begins, hours.quiet.ends) if hours.quiet else (None, None)
    row.work_from, row.work_until = (hours.work.begins, hours.work.ends) if hours.work else (None, None)
    row.working_days_only = hours.working_days_only
    stranded = _stranded(session, person, after)
    calendar = after.calendar(load_days_off(session, {after.home.agency_id}))
    daily = next_daily(now, calendar, working_days_only=hours.working_days_only)
    weekly = next_weekly(now, calendar, working_days_only=hours.working_days_only)
    row.next_daily_at = now if stranded else _kept(before.next_daily_at, now) or daily
    if not stranded and not after.kinds(Mode.DAILY):
        row.next_daily_at = None
    row.next_weekly_at = (_kept(before.next_weekly_at, now) or weekly) if after.is_weekly else None
    session.add(row)
    session.flush()
    for kind, mode in after.modes.items():
        session.merge(PreferenceKind(person_id=person, kind=kind, mode=mode))
    _look_again(session, person, now=now)


def _kept(due: datetime | None, now: datetime) -> datetime | None:
    """A digest that is due and was not made yet stays due."""
    return due if due is not None and due <= now else None


def _stranded(session: Session, person: int, after: Preferences) -> bool:
    """Whether something waits for a digest that is not going to come."""
    kinds = session.execute(
        select(col(OutboxMessage.kind))
        .join(Delivery, col(Delivery.outbox_id) == col(OutboxMessage.id))
        .where(col(Delivery.person_id) == person, col(Delivery.state) == DeliveryState.WAITING)
        .distinct()
    ).scalars()
    return any(after.mode(kind) is Mode.IMMEDIATE for kind in kinds)


def _look_again(session: Session, person: int, *, now: datetime) -> None:
    """What was not tried yet is due now; whoever sends it holds it by the new hours."""
    session.execute(
        update(Delivery)
        .where(col(Delivery.person_id) == person, col(Delivery.state) == DeliveryState.QUEUED)
        .where(col(Delivery.attempts) == 0, col(Delivery.next_try_at) > now)
        .values(next_try_at=now)
        .execution_options(synchronize_session=False)
    )


def _plain(one: Preferences) -> Json:
    hours = one.hours
    return {
        "zone": one.zone.value if one.zone else None,
        "language": one.language.value if one.language else None,
        "quiet": hours.quiet.written if hours.quiet else None,
        "working_days_only": hours.working_days_only,
        "work": hours.work.written if hours.work else None,
        "heartbeat": one.heartbeat,
        "modes": {kind.value: mode.value for kind, mode in sorted(one.modes.items())},
    }

"""Reminders as a child would work them out: every day every rung of everything owed is looked at anew.

No next time, no queries, no batches: sets and loops over what is known. What the real sweeps did is held against it.
"""

from collections.abc import Set
from dataclasses import dataclass, field
from datetime import date, timedelta

LADDER = (  # days from the due date, and who hears it besides who owes
    (-14, ()),
    (-7, ()),
    (-3, ()),
    (-1, ("pimpinan_unit",)),
    (0, ("pimpinan_unit",)),
    (1, ("pimpinan_unit", "koordinator")),
    (8, ("pimpinan_unit", "koordinator")),
    (15, ("pimpinan_unit", "koordinator")),
)
STANDS_IN = {"pimpinan_unit": "koordinator", "pokja": "koordinator", "tpi": "koordinator", "koordinator": "admin"}

URGENT = -1  # from this day on nobody is spared

Key = tuple[str, int, str, str]  # candidacy, number of the stay, kind, item
Message = tuple[Key, date, int]  # what is owed, until when, and the rung's days


@dataclass
class Office:
    """One role at one place for a while; no unit = the agency, "everywhere" = all of it."""

    person: str
    role: str
    place: str
    since: date
    until: date | None = None


@dataclass
class Leave:
    person: str
    deputy: str
    since: date
    until: date


@dataclass
class Put:
    """Something put off by somebody until a day, for one due date; `over` where a run saw that it is."""

    until: date
    due: date
    void: bool = False
    over: bool = False


@dataclass
class Owed:
    role: str
    unit: str
    due: date | None
    open: bool = True


@dataclass
class Reference:
    holidays: Set[date]
    agency: str
    offices: list[Office] = field(default_factory=list)
    owed: dict[Key, Owed] = field(default_factory=dict)
    queued: dict[Message, date] = field(default_factory=dict)  # and the day
    waiting: list[Message] = field(default_factory=list)  # queued, and told to nobody yet
    said: dict[tuple[Key, date, int, str], int | None] = field(default_factory=dict)  # and the rung that covers it
    known: set[tuple[Key, str]] = field(default_factory=set)  # acknowledged, by whom
    put_off: dict[tuple[Key, str], Put] = field(default_factory=dict)
    leaves: list[Leave] = field(default_factory=list)

    def run(self, today: date) -> None:
        """Queue the newest rung of everything that is owed, unless it was queued before; wake what was put off until
        today; then tell all that waits."""
        for key, one in self.owed.items():
            if one.open and one.due and (newest := self.newest(one.due, today)) is not None:
                self.queue((key, one.due, newest), today)
        for (key, person), put in self.put_off.items():
            if not put.over and put.until <= today:
                self.wake(key, person, today)
        for message in list(self.waiting):
            self.tell(message, today)

    def wake(self, key: Key, person: str, today: date) -> None:
        """Tell them the newest that was told to the others; what waits still is told to all."""
        self.put_off[key, person].over = True
        one = self.owed[key]
        queued = [message for message in self.queued if message[0] == key and message[1] == one.due]
        if one.open and queued and queued[-1] not in self.waiting:
            self.say(queued[-1], today, only=person)

    def moved(self, key: Key, due: date | None) -> None:
        """Another date: what was asked for the old one holds no more."""
        if self.owed[key].due != due:
            self.owed[key].due = due
            self.known = {one for one in self.known if one[0] != key}
            for (about, _), put in self.put_off.items():
                put.void |= about == key

    def queue(self, message: Message, today: date) -> None:
        if message not in self.queued:
            self.queued[message] = today
            self.waiting.append(message)

    def tell(self, message: Message, today: date) -> None:
        """Nobody, where it is no longer so."""
        self.waiting.remove(message)
        key, due, _ = message
        one = self.owed[key]
        if not one.open or one.due != due:
            return
        self.say(message, today)

    def say(self, message: Message, today: date, *, only: str | None = None) -> None:
        key, due, rung = message
        one = self.owed[key]
        for person, for_whom in self.hearers(one, rung, today, urgent=rung >= URGENT):
            if self.is_spared(key, for_whom, rung) or (only and for_whom != only):
                continue
            if self.said.get((key, due, rung, person), rung) is None:  # heard already
                continue
            self.said.setdefault((key, due, rung, person), None)
            for older, _ in LADDER:
                if older < rung and any(person == who for who, _ in self.hearers(one, older, today, urgent=True)):
                    self.said.setdefault((key, due, older, person), rung)

    def is_spared(self, key: Key, person: str, rung: int) -> bool:
        put = self.put_off.get((key, person))
        if put and not put.over and not put.void and put.due == self.owed[key].due:
            return True
        return (key, person) in self.known and rung < URGENT

    def may_put_off(self, key: Key, person: str, until: date, today: date) -> bool:
        due, before = self.owed[key].due, self.put_off.get((key, person))
        if due is None or until <= today:
            return False
        if before and not before.over and not before.void and before.due == due and until > before.until:
            return False
        if today > due:
            return until <= today + timedelta(days=7)
        return until <= today + timedelta(days=14) and until <= self.day_of(due, 0)

    def is_true(self, key: Key, due: date) -> bool:
        return self.owed[key].open and self.owed[key].due == due

    def newest(self, due: date, today: date) -> int | None:
        come = [rung for rung, _ in LADDER if self.day_of(due, rung) <= today]
        return come[-1] if come else None

    def day_of(self, due: date, rung: int) -> date:
        """Up to the due date on the last working day before, later on the next one."""
        day = due + timedelta(days=rung)
        while day.weekday() >= 5 or day in self.holidays:
            day += timedelta(days=-1 if rung <= 0 else 1)
        return day

    def hearers(self, one: Owed, rung: int, today: date, *, urgent: bool) -> set[tuple[str, str]]:
        """Who hears it, and whose hearing it is."""
        also = dict(LADDER)[rung]
        return {pair for role in (one.role, *also) for pair in self.ears(role, one.unit, today, urgent=urgent)}

    def ears(self, role: str, unit: str, today: date, *, urgent: bool) -> set[tuple[str, str]]:
        """Those who are here, and deputies; else who stands in for the role; else those who are away, too."""
        owners = self.owners(role, unit, today)
        found: set[tuple[str, str]] = set()
        standing: str | None = role
        while standing and not found:
            people = self.holders(standing, unit, today)
            found = {(ear, person) for person in people if (ear := self.ear(person, today))}
            if people and people != owners:
                found = {(ear, owners[0]) for ear, _ in found}
            standing = STANDS_IN.get(standing)
        if not found:
            return {(person, person) for person in owners}
        return found | {(one, one) for one in owners if urgent and self.leave(one, today)}

    def ear(self, person: str, today: date) -> str | None:
        leave = self.leave(person, today)
        if leave is None:
            return person
        here = any(one.person == leave.deputy and _on(one, today) for one in self.offices)
        return leave.deputy if here and not self.leave(leave.deputy, today) else None

    def leave(self, person: str, today: date) -> Leave | None:
        return next((one for one in self.leaves if one.person == person and one.since <= today <= one.until), None)

    def owners(self, role: str, unit: str, today: date) -> list[str]:
        found = self.holders(role, unit, today)
        return found or (self.owners(STANDS_IN[role], unit, today) if role in STANDS_IN else [])

    def holders(self, role: str, unit: str, today: date) -> list[str]:
        for place in (unit, self.agency, "everywhere"):
            if found := [
                one.person for one in self.offices if (one.role, one.place) == (role, place) and _on(one, today)
            ]:
                return found
        return []


def _on(office: Office, today: date) -> bool:
    return office.since <= today and (office.until is None or office.until >= today)

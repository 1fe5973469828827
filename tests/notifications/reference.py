"""Reminders as a child would work them out: every day every rung of everything owed is looked at anew.

No next time, no queries, no batches: sets and loops over what is known. What the real sweeps did is held against it.
"""

from collections.abc import Iterable, Set
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

    def run(self, today: date) -> None:
        """Queue the newest rung of everything that is owed, unless it was queued before; then tell all that waits."""
        for key, one in self.owed.items():
            if one.open and one.due and (newest := self.newest(one.due, today)) is not None:
                self.queue((key, one.due, newest), today)
        for message in list(self.waiting):
            self.tell(message, today)

    def queue(self, message: Message, today: date) -> None:
        if message not in self.queued:
            self.queued[message] = today
            self.waiting.append(message)

    def tell(self, message: Message, today: date) -> None:
        """Nobody, where it is no longer so."""
        self.waiting.remove(message)
        key, due, rung = message
        one = self.owed[key]
        if not one.open or one.due != due:
            return
        for person in self.hearers(one, rung, today):
            self.said.setdefault((key, due, rung, person), None)
            for older, _ in LADDER:
                if older < rung and person in self.hearers(one, older, today):
                    self.said.setdefault((key, due, older, person), rung)

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

    def hearers(self, one: Owed, rung: int, today: date) -> set[str]:
        also = dict(LADDER)[rung]
        return {person for role in (one.role, *also) for person in self.holders(role, one.unit, today)}

    def holders(self, role: str, unit: str, today: date) -> Iterable[str]:
        for place in (unit, self.agency, "everywhere"):
            if found := [
                one.person for one in self.offices if (one.role, one.place) == (role, place) and _on(one, today)
            ]:
                return found
        return self.holders(STANDS_IN[role], unit, today) if role in STANDS_IN else ()


def _on(office: Office, today: date) -> bool:
    return office.since <= today and (office.until is None or office.until >= today)

"""Dated entries become an iCalendar text (RFC 5545). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from models.catalogue import current_language

if TYPE_CHECKING:
    from icalendar import Event

ASK_AGAIN = timedelta(hours=6)  # how often a calendar program is asked to look


@dataclass(frozen=True)
class Entry:
    """One thing in a calendar, on one day or on several."""

    uid: str
    title: str
    text: str
    first: date
    last: date
    made_at: datetime
    changed_at: datetime  # when its days were last set

    @property
    def sequence(self) -> int:
        """Grows whenever the days are set anew, and needs no counter: seconds from the first setting to the last."""
        return int((self.changed_at - self.made_at).total_seconds())


def render(name: str, entries: Iterable[Entry]) -> bytes:
    """A calendar of this name, entries by day. What is done or cancelled is not handed in, and so disappears."""
    from icalendar import Calendar, vText  # noqa: PLC0415 - slow to import, and only feeds need it

    calendar = Calendar()
    calendar.add("prodid", f"-//zi//zi//{current_language().upper()}")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", vText(_one_line(name)))  # or the library would not escape it
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    for entry in sorted(entries, key=lambda entry: (entry.first, entry.title, entry.uid)):
        calendar.add_component(_event(entry))
    return bytes(calendar.to_ical())


def _event(entry: Entry) -> "Event":
    from icalendar import Event  # noqa: PLC0415

    event = Event()
    event.add("uid", entry.uid)
    event.add("summary", _one_line(entry.title))
    event.add("description", "\n".join(_one_line(line) for line in entry.text.splitlines()))
    event.add("dtstart", entry.first)
    event.add("dtend", entry.last + timedelta(days=1))  # the day after the last
    event.add("dtstamp", entry.changed_at)  # of this version: the same feed is the same bytes
    event.add("created", entry.made_at)
    event.add("last-modified", entry.changed_at)
    event.add("sequence", entry.sequence)
    event.add("transp", "TRANSPARENT")  # a deadline does not make anybody busy
    return event


def _one_line(text: str) -> str:
    """What people wrote, without anything that a line of a calendar may not hold."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())

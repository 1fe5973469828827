"""What people of the small world set for themselves."""

from datetime import datetime, time

from models.database import reading
from models.messages import Notice
from models.people import Person
from models.preferences import Mode
from models.trail import Via
from states.actors import find_actor
from states.preferences import Changes, Preferences, To, set_preferences
from states.quiet_hours import Window

NIGHT = To(Window(time(21), time(6)))


def wish(person: Person, changes: Changes, *, now: datetime) -> Preferences:
    """Set by themselves."""
    with reading() as session:
        actor = find_actor(session, person.email, today=now.date(), via=Via.CLI)
    return set_preferences(person.email, changes, actor=actor, now=now)


def collected(person: Person, mode: Mode, *kinds: Notice, now: datetime) -> Preferences:
    return wish(person, Changes(modes=dict.fromkeys(kinds, mode)), now=now)

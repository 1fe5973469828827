"""A new person with their first role: both, or neither."""

from collections.abc import Mapping
from datetime import datetime

from states.actors import Actor
from states.imports import load_row
from states.people import Grant, find_person, write_grant
from states.writing import writing


def welcome(cells: Mapping[str, str], grant: Grant, *, actor: Actor, now: datetime) -> int:
    """Add a person as a form has them, and give them a role; returns their number.

    Raises BadInput (every fault of the form, an address that is known, a role that does not fit), NotFound, Refused.
    """
    with writing("person_set", author=actor.author, now=now, subject="person:new") as session:
        load_row(session, "people", cells, new=True, actor=actor, now=now)
        write_grant(session, grant, actor=actor, now=now)
        return find_person(session, grant.email).id

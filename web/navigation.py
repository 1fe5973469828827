"""The pages that stand in the navigation, and who has them."""

from dataclasses import dataclass

from models.people import Role
from states.actors import Actor


@dataclass(frozen=True)
class Entry:
    path: str
    name: str  # a message: page.NAME
    icon: str
    roles: tuple[Role, ...] = ()  # none: everybody who is signed in


ENTRIES = (
    Entry("/board", "board", "columns"),
    Entry("/candidacies", "candidacies", "list"),
    Entry("/admin", "admin", "admin", (Role.KOORDINATOR,)),
)


def entries_for(actor: Actor) -> list[Entry]:
    held = {one.role for one in actor.roles}
    return [entry for entry in ENTRIES if not entry.roles or actor.is_admin() or held & set(entry.roles)]

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


FOLLOWERS = (Role.KOORDINATOR, Role.AUDITOR)
READERS = (*FOLLOWERS, Role.PIMPINAN, Role.TPI, Role.VIEWER)

ENTRIES = (
    Entry("/board", "board", "columns"),
    Entry("/candidacies", "candidacies", "list"),
    Entry("/agenda", "agenda", "agenda"),
    Entry("/monev", "monev", "monev", READERS),
    Entry("/inbox", "inbox", "inbox"),
    Entry("/deliveries", "deliveries", "delivery", FOLLOWERS),
    Entry("/audit", "audit", "audit", FOLLOWERS),
    Entry("/predicates", "predicates", "predicate", READERS),
    Entry("/portal", "portal", "delivery", (Role.KOORDINATOR,)),
    Entry("/admin", "admin", "admin", (Role.KOORDINATOR,)),
)


def entries_for(actor: Actor) -> list[Entry]:
    held = {one.role for one in actor.roles}
    return [entry for entry in ENTRIES if not entry.roles or actor.is_admin() or held & set(entry.roles)]

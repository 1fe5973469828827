"""What is to be told, queued in the transaction of what it tells. Nothing is sent from here."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import insert
from sqlmodel import Session

from models.base import table_of
from models.candidacies import Candidacy
from models.cycles import Cycle
from models.database import directly
from models.inserts import insert_new
from models.messages import Notice, OutboxMessage
from models.people import Role
from states.holders import EVERYWHERE, Where


def queue_notice(
    session: Session,
    kind: Notice,
    *,
    candidacy: Candidacy,
    about: str,
    reference_id: int,
    roles: Iterable[Role],
    now: datetime,
) -> None:
    """`about` makes the notice one of its kind: what was queued before is not queued again."""
    if session.get_one(Cycle, candidacy.cycle_id).record_only:  # history is told to nobody
        return
    queue_at(session, kind, where=candidacy.id, about=about, reference_id=reference_id, roles=roles, now=now)


_QUEUE = insert(table_of(OutboxMessage))


def queue_moved(session: Session, entries: Mapping[int, int], *, roles: Iterable[Role], now: datetime) -> None:
    """That each candidacy entered a stay, which is new: by candidacy."""
    told = join_roles(roles)
    rows = [
        {
            "kind": Notice.MOVED,
            "subject": f"entry:{entry}",
            "candidacy_id": candidacy,
            "reference_id": entry,
            "roles": told,
            "queued_at": now,
        }
        for candidacy, entry in entries.items()
    ]
    if rows:
        directly(session).execute(_QUEUE, rows)


def queue_at(
    session: Session,
    kind: Notice,
    *,
    where: Where,
    about: str,
    reference_id: int | None,
    roles: Iterable[Role],
    now: datetime,
) -> None:
    """The same, for what belongs to a unit, an agency, or to the whole installation."""
    row: dict[str, object] = {
        "kind": kind,
        "subject": about,
        **place_columns(where),
        "reference_id": reference_id,
        "roles": join_roles(roles),
        "queued_at": now,
    }
    insert_new(session, OutboxMessage, [row])


def queue_for(
    session: Session, kind: Notice, *, person_id: int, about: str, reference_id: int | None, now: datetime
) -> None:
    """The same, for one person, whatever their role."""
    insert_new(
        session,
        OutboxMessage,
        [personal(kind, person_id=person_id, about=about, reference_id=reference_id, now=now)],
    )


def personal(kind: Notice, *, person_id: int, about: str, reference_id: int | None, now: datetime) -> dict[str, object]:
    """The outbox row of what is told to one person."""
    return {
        "kind": kind,
        "subject": about,
        "person_id": person_id,
        "reference_id": reference_id,
        "roles": "",
        "queued_at": now,
    }


def place_columns(where: Where) -> dict[str, int | None]:
    """How an outbox row says what it belongs to; all three in every row, so that rows of one insert are alike."""
    scope, key = ("candidacy", where) if isinstance(where, int) else where
    return {f"{name}_id": key if name == scope else None for name in ("candidacy", "unit", "agency")}


def where_of(message: OutboxMessage) -> Where:
    """The inverse. What is told to one person belongs to no place."""
    if message.candidacy_id is not None:
        return message.candidacy_id
    if message.unit_id is not None:
        return "unit", message.unit_id
    if message.agency_id is not None:
        return "agency", message.agency_id
    return EVERYWHERE


def join_roles(roles: Iterable[Role]) -> str:
    return ",".join(dict.fromkeys(role.value for role in roles))


def split_roles(text: str) -> tuple[Role, ...]:
    return tuple(Role(value) for value in text.split(",") if value)

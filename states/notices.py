"""What is to be told, queued in the transaction of what it tells. Nothing is sent from here."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from models.candidacies import Candidacy
from models.cycles import Cycle
from models.inserts import insert_new
from models.messages import Notice, OutboxMessage
from models.people import Role


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
    row: dict[str, object] = {
        "kind": kind,
        "subject": about,
        "candidacy_id": candidacy.id,
        "reference_id": reference_id,
        "roles": join_roles(roles),
        "queued_at": now,
    }
    insert_new(session, OutboxMessage, [row])


def join_roles(roles: Iterable[Role]) -> str:
    return ",".join(dict.fromkeys(role.value for role in roles))


def split_roles(text: str) -> tuple[Role, ...]:
    return tuple(Role(value) for value in text.split(",") if value)

"""One write by a service: a transaction, and a record in the trail when a rule refuses it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlmodel import Session

from models.database import transaction
from models.errors import Refused, Value
from models.trail import Author, Json, Pending, record


@contextmanager
def writing(action: str, *, author: Author, now: datetime, subject: str) -> Iterator[Session]:
    """Like `transaction()`; a refusal undoes everything and is itself recorded, one record per subject."""
    try:
        with transaction() as session:
            yield session
    except Refused as refused:
        with transaction() as session:
            _record_refusals(session, refused, action, author=author, now=now, subject=subject)
        raise


def _record_refusals(
    session: Session, refused: Refused, action: str, *, author: Author, now: datetime, subject: str
) -> None:
    by_subject: dict[str, list[dict[str, Json]]] = {}
    for refusal in refused.refusals:
        obstacle: dict[str, Json] = {"rule": refusal.obstacle.rule}
        params = {name: plain(value) for name, value in refusal.obstacle.params.items() if name not in TEXTS}
        obstacle.update({"params": params} if params else {})
        by_subject.setdefault(_named(refusal.subject, subject), []).append(obstacle)
    for about, obstacles in by_subject.items():
        record(
            session,
            Pending(
                author,
                now,
                action="refused",
                subject=about,
                rule=str(obstacles[0]["rule"]),
                details={"asked": action, "obstacles": list(obstacles)},
            ),
        )


def _named(refused: str | None, subject: str) -> str:
    """As the trail writes it: a bare code takes the kind of the subject that the service named."""
    if refused is None:
        return subject
    return refused if ":" in refused else f"{subject.split(':', maxsplit=1)[0]}:{refused}"


TEXTS = frozenset(
    {
        "email",
        "person",
        "area",
        "layer_title",
        "threshold_title",
        "fact_title",
        "of",
        "value",
        "title",
        "source",
        "name",
        "why",
        "how",
    }
)
"""Params that may hold names, addresses or free text: these never enter a leaf."""


def plain(value: Value) -> Json:
    return str(value) if isinstance(value, str) else value

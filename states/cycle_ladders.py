"""A cycle's own ladder for one kind of obligation: set or taken back, and open obligations follow at once."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from models.candidacies import Candidacy
from models.cycles import Cycle
from models.ladders import CycleLadder
from models.obligations import ObligationKind
from models.people import Role
from models.trail import Json, Pending, record
from states.actors import Actor, Place, current, require_admin_or
from states.days_off import change_calendar, load_days_off
from states.following import Dating, Followed, follow
from states.ladder import LADDER, Ladder, read_ladder
from states.ladders import load_ladders
from states.lookups import find
from states.writing import writing


def set_ladder(
    code: str, kind: ObligationKind, words: Sequence[str] | None, *, actor: Actor, now: datetime
) -> tuple[Ladder, Followed]:
    """Give a cycle its own rungs for one kind; None gives the common ladder back.

    Raises NotFound, BadInput (a word that is no rung, twice a day, too many), Refused.
    """
    ladder = LADDER if words is None else read_ladder(words)
    subject = f"cycle:{code.strip().upper()}"
    with writing("ladder_set", author=actor.author, now=now, subject=subject) as session:
        change_calendar(session)
        cycle = find(session, Cycle, code)
        actor = current(session, actor, now=now)
        require_admin_or(actor, (Role.KOORDINATOR,), Place(cycle.agency_id), subject=f"cycle:{cycle.code}")
        before = Dating(load_days_off(session, {cycle.agency_id}), load_ladders(session, {cycle.id}))
        query = select(CycleLadder).where(col(CycleLadder.cycle_id) == cycle.id).where(col(CycleLadder.kind) == kind)
        row = session.execute(query).scalar_one_or_none()
        if words is None and row:
            session.delete(row)
        elif words is not None:
            row = row or CycleLadder(cycle_id=cycle.id, kind=kind, rungs="")
            row.rungs = " ".join(in_words(ladder))
            session.add(row)
        session.flush()
        after = Dating(before.days_off, before.ladders.with_one(cycle.id, kind, ladder))
        record(
            session,
            Pending(
                actor.author,
                now,
                action="ladder_set",
                subject=f"cycle:{cycle.code}",
                before=_plain(before.ladders.of(cycle.id, kind)),
                after=_plain(ladder),
                details={"kind": kind.value, "common": words is None},
            ),
        )
        followed = follow(session, before, after, col(Candidacy.cycle_id) == cycle.id, now=now)
        return ladder, followed


def in_words(ladder: Ladder) -> list[str]:
    return [rung.written for rung in ladder]


def _plain(ladder: Ladder) -> Json:
    return [*in_words(ladder)]

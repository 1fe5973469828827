"""What a designation, a revocation and their undoing do to the predicates of a unit."""

from collections.abc import Mapping

from sqlalchemy import bindparam, select, update
from sqlmodel import Session, col

from models.base import table_of
from models.candidacies import Candidacy
from models.database import directly
from models.facts import Predicate
from models.inserts import insert_new
from models.stages import Stage
from states.moves import Move
from states.requests import parse_day
from states.situation import Paper, Situation

_PREDICATE = table_of(Predicate)
_TAKE = (
    update(_PREDICATE)
    .where(
        _PREDICATE.c.unit_id == bindparam("unit"),
        _PREDICATE.c.level == bindparam("of"),
        _PREDICATE.c.revoked_on.is_(None),
    )
    .values(revoked_on=bindparam("day"), revocation_decree=bindparam("by"))
)


def give_or_take_predicates(session: Session, agreed: Mapping[int, Situation], move: Move) -> None:
    """A designation gives one and a revocation takes it; other moves do nothing. By candidacy."""
    if move.dest is Stage.DESIGNATION:
        _give(session, agreed, move)
    if move.dest is Stage.REVOKED:
        _take(session, agreed)


def _give(session: Session, agreed: Mapping[int, Situation], move: Move) -> None:
    """The predicate with the decree's number and date; one that was imported before is the same one."""
    rows: list[dict[str, object]] = []
    for candidacy, situation in agreed.items():
        decree = _decree(situation, move)
        rows.append(
            {
                "unit_id": situation.place.unit_ids[0],
                "level": situation.target,
                "decree": decree.number,
                "decreed_on": decree.dated_on,
                "candidacy_id": candidacy,
            }
        )
    insert_new(session, Predicate, rows)


def _decree(situation: Situation, move: Move) -> Paper:
    return next(
        paper
        for kind in situation.required(move.name)
        for paper in situation.papers_of(kind)
        if situation.ruleset.documents[kind].numbered and paper.number and paper.dated_on
    )


def _take(session: Session, agreed: Mapping[int, Situation]) -> None:
    rows: list[dict[str, object]] = []
    for situation in agreed.values():
        ask = situation.ask
        assert ask  # noqa: S101 - a move is always asked for by somebody
        rows.append(
            {
                "unit": situation.place.unit_ids[0],
                "of": situation.target,
                "day": parse_day(ask.values["date"], name="date"),
                "by": ask.values["decree"].strip(),
            }
        )
    directly(session).execute(_TAKE, rows)


def restore_predicate(session: Session, candidacy: Candidacy, situation: Situation) -> None:
    """A designation that never was leaves no predicate; a revocation that never was takes none away."""
    rows = session.execute(select(Predicate).where(col(Predicate.unit_id) == candidacy.unit_id)).scalars()
    for row in rows:
        if situation.stage is Stage.DESIGNATION and row.candidacy_id == candidacy.id:
            session.delete(row)
        if situation.stage is Stage.REVOKED and row.level == candidacy.target:
            row.revoked_on, row.revocation_decree = None, None

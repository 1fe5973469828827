"""What a designation, a revocation and their undoing do to the predicates of a unit."""

from sqlalchemy import select
from sqlmodel import Session, col

from models.candidacies import Candidacy
from models.facts import Predicate
from models.stages import Stage
from states.moves import Move
from states.requests import parse_day
from states.situation import Situation


def give_or_take_predicate(session: Session, candidacy: Candidacy, situation: Situation, move: Move) -> None:
    ask = situation.ask
    assert ask  # noqa: S101
    if move.dest is Stage.DESIGNATION:
        _give_predicate(session, candidacy, situation, move)
    if move.dest is Stage.REVOKED:
        held = session.execute(
            select(Predicate)
            .where(col(Predicate.unit_id) == candidacy.unit_id)
            .where(col(Predicate.level) == candidacy.target)
            .where(col(Predicate.revoked_on).is_(None))
        ).scalars()
        for predicate in held:
            predicate.revoked_on = parse_day(ask.values["date"], name="date")
            predicate.revocation_decree = ask.values["decree"].strip()
    session.flush()


def _give_predicate(session: Session, candidacy: Candidacy, situation: Situation, move: Move) -> None:
    """The predicate with the decree's number and date; one that was imported before is the same one."""
    decree, decreed_on = next(
        (paper, paper.dated_on)
        for kind in situation.required(move.name)
        for paper in situation.papers_of(kind)
        if situation.ruleset.documents[kind].numbered and paper.number and paper.dated_on
    )
    known = session.execute(
        select(Predicate)
        .where(col(Predicate.unit_id) == candidacy.unit_id)
        .where(col(Predicate.level) == candidacy.target)
        .where(col(Predicate.decreed_on) == decreed_on)
    ).scalar_one_or_none()
    if known is None:
        session.add(
            Predicate(
                unit_id=candidacy.unit_id,
                level=candidacy.target,
                decree=decree.number,
                decreed_on=decreed_on,
                candidacy_id=candidacy.id,
            )
        )


def restore_predicate(session: Session, candidacy: Candidacy, situation: Situation) -> None:
    """A designation that never was leaves no predicate; a revocation that never was takes none away."""
    rows = session.execute(select(Predicate).where(col(Predicate.unit_id) == candidacy.unit_id)).scalars()
    for row in rows:
        if situation.stage is Stage.DESIGNATION and row.candidacy_id == candidacy.id:
            session.delete(row)
        if situation.stage is Stage.REVOKED and row.level == candidacy.target:
            row.revoked_on, row.revocation_decree = None, None

"""The only writer of a stage: check, change, record, queue - for one candidacy or many, all or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import CursorResult, delete, update
from sqlmodel import Session, col

from models.candidacies import Candidacy, Correction, StageEntry
from models.database import locked, reading
from models.errors import Refusal, Refused
from models.messages import Notice
from models.stages import Stage
from models.trail import Author, Json, Pending, record
from states.actors import Actor, current
from states.days_off import hold_calendar
from states.due_dates import due_date
from states.guards import YES_NO
from states.lke.snapshots import take_snapshot
from states.lookups import find
from states.machine import decide
from states.moves import Move, find_move
from states.notices import queue_notice
from states.obligations import close_stay, keep_in_step
from states.observe import observe, observe_one
from states.portal.proposed import keep_proposed
from states.predicates import give_or_take_predicate
from states.requests import Request, check_codes, check_values, file_papers, read_request
from states.situation import Situation
from states.writing import writing


@dataclass(frozen=True)
class Moved:
    code: str
    source: Stage
    dest: Stage
    audit_seq: int


def move_candidacies(codes: Sequence[str], name: str, *, request: Request, actor: Actor, now: datetime) -> list[Moved]:
    """Record one move of one or many candidacies. All of them move, or none.

    Raises UsageError (unknown move or key), NotFound, Refused with every obstacle of every candidacy.
    """
    move = find_move(name)
    check_codes(codes)
    with reading() as session:
        found = [find(session, Candidacy, code) for code in codes]
    with writing(f"move:{name}", author=actor.author, now=now, subject=f"candidacy:{found[0].code}") as session:
        hold_calendar(session)
        actor = current(session, actor, now=now)
        candidacies = locked(session, Candidacy, col(Candidacy.id).in_([one.id for one in found]))
        ask = read_request(session, candidacies[0], request, actor=actor, now=now)
        check_values(session, candidacies, move, request, now=now)
        for candidacy in candidacies:
            file_papers(session, candidacy, request, actor=actor, now=now)
        session.flush()
        situations = observe(session, candidacies, now=now, actor=actor, ask=ask, lke=move.looks_at_lke)
        refuse_obstacles(situations, move)
        changes = [
            advance(session, candidacy, situation, move, now=now)
            for candidacy, situation in zip(candidacies, situations, strict=True)
        ]
    return [
        Moved(situation.code, situation.stage, move.dest, change.seq)
        for situation, change in sorted(zip(situations, changes, strict=True), key=lambda pair: pair[0].code)
    ]


def refuse_obstacles(situations: Sequence[Situation], move: Move) -> None:
    """Raise Refused with all obstacles, under their own candidacy's name in the trail."""
    refusals: list[Refusal] = []
    for situation in situations:
        refusals.extend(Refusal(situation.code, obstacle) for obstacle in decide(situation, move).obstacles)
    if refusals:
        raise Refused(refusals)


def advance(session: Session, candidacy: Candidacy, situation: Situation, move: Move, *, now: datetime) -> Pending:
    """Change, record and queue one move that the guards agreed to. The caller holds the lock."""
    ask, actor = situation.ask, situation.actor
    assert ask and actor  # noqa: S101 - a move is always asked for by somebody
    set_stage(session, candidacy, situation, move.dest)
    close_stay(session, situation, move=move.name, undone=False, now=now)
    _void_request(session, situation)
    entry = _enter(session, candidacy, situation, move, now=now)
    after = observe_one(session, candidacy, now=now)
    keep_in_step(session, candidacy, after, now=now)
    give_or_take_predicate(session, candidacy, situation, move)
    queue_notice(
        session,
        Notice.MOVED,
        candidacy=candidacy,
        about=f"entry:{entry.id}",
        reference_id=entry.id,
        roles=move.tells,
        now=now,
    )
    snapshot = take_snapshot(session, candidacy, entry, now=now) if move.proposes else None
    if move.proposes:
        keep_proposed(session, [candidacy.id], now=now)
    return record(session, _moved(candidacy, situation, move, entry, snapshot, author=actor.author, now=now))


def set_stage(session: Session, candidacy: Candidacy, situation: Situation, dest: Stage) -> None:
    """One conditional UPDATE: no row hit means that somebody was faster than the look the guards had."""
    result = cast(
        "CursorResult[object]",
        session.execute(
            update(Candidacy)
            .where(col(Candidacy.id) == candidacy.id)
            .where(col(Candidacy.stage) == situation.stage)
            .where(col(Candidacy.version) == situation.version)
            .values(stage=dest, version=situation.version + 1)
            .execution_options(synchronize_session=False)
        ),
    )
    if result.rowcount != 1:
        raise Refused.because("changed_meanwhile", subject=situation.code, code=situation.code)
    session.refresh(candidacy)


def _enter(session: Session, candidacy: Candidacy, situation: Situation, move: Move, *, now: datetime) -> StageEntry:
    ask, actor = situation.ask, situation.actor
    assert ask and actor  # noqa: S101
    leaving = session.get_one(StageEntry, situation.current.entry_id)
    leaving.left_on, leaving.left_at = ask.effective_on, now
    session.flush()  # before the new one: only one entry may be current
    entry = StageEntry(
        candidacy_id=candidacy.id,
        number=situation.stays[-1].number + 1,
        stage=move.dest,
        move=move.name,
        entered_on=ask.effective_on,
        entered_at=now,
        due_on=due_date(session, candidacy.cycle_id, move.dest, ask.effective_on, situation.calendar),
        recorded_by=actor.person_id,
        decided_by=ask.decided_by,
    )
    session.add(entry)
    session.flush()
    return entry


def _void_request(session: Session, situation: Situation) -> None:
    """Who asked for this stay to be undone did not ask for what comes now, nor for it to be undone once back here."""
    session.execute(
        delete(Correction)
        .where(col(Correction.entry_id) == situation.current.entry_id)
        .where(col(Correction.confirmed_by).is_(None))
        .execution_options(synchronize_session=False)
    )


def _moved(
    candidacy: Candidacy,
    situation: Situation,
    move: Move,
    entry: StageEntry,
    snapshot: str | None,
    *,
    author: Author,
    now: datetime,
) -> Pending:
    ask = situation.ask
    assert ask  # noqa: S101
    details: dict[str, Json] = {
        "move": move.name,
        "entry": entry.number,
        "effective_on": entry.entered_on.isoformat(),
        "version": candidacy.version,
    }
    if snapshot:
        details["lke_snapshot"] = snapshot
    criteria: dict[str, Json] = {
        key: YES_NO[value.strip().lower()] for key, value in ask.values.items() if key in situation.ruleset.criteria
    }
    if criteria:
        details["criteria"] = criteria
    texts = {"reason": ask.reason, "decided_by": ask.decided_by or "", "decree": ask.values.get("decree", "")}
    if "date" in ask.values:
        details["decree_date"] = ask.values["date"]
    return Pending(
        author,
        now,
        action="moved",
        subject=f"candidacy:{candidacy.code}",
        before=situation.stage.value,
        after=move.dest.value,
        details=details,
        texts={name: text.strip() for name, text in texts.items() if text.strip()},
    )

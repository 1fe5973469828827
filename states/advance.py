"""The only writer of a stage: check, change, record, queue - for one candidacy or many, all or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from sqlalchemy import CursorResult, select, update
from sqlmodel import Session, col

from models.candidacies import Candidacy, StageEntry
from models.cycles import CycleDate
from models.database import locked, reading
from models.errors import BadInput, Refusal, Refused, UsageError
from models.facts import Predicate
from models.messages import Notice
from models.stages import Stage
from models.trail import Author, Json, Pending, record
from states.actors import Actor
from states.calendar import WorkCalendar
from states.documents import Content, Filing, file_document
from states.guards import YES_NO
from states.lookups import find
from states.machine import decide
from states.moves import Move, find_move
from states.notices import queue_notice
from states.obligations import close_stay, keep_in_step
from states.observe import observe, observe_one
from states.situation import Ask, Situation
from states.subjects import subject_of
from states.writing import writing


@dataclass(frozen=True)
class Request:
    """What comes with a move: as the user gave it, already parsed."""

    effective_on: date | None = None  # today where it is not given
    reason: str = ""
    decided_by: str | None = None
    values: Mapping[str, str] | None = None  # --set: criteria, decree and date, KIND.number and KIND.date
    contents: Mapping[str, Content] | None = None  # by kind of document


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
    _check_codes(codes)
    with reading() as session:
        found = [find(session, Candidacy, code) for code in codes]
    with writing(f"move:{name}", author=actor.author, now=now, subject=f"candidacy:{found[0].code}") as session:
        candidacies = locked(session, Candidacy, col(Candidacy.id).in_([one.id for one in found]))
        ask = _ask(session, candidacies[0], request, actor=actor, now=now)
        _check_values(session, candidacies, move, request, now=now)
        for candidacy in candidacies:
            _attach(session, candidacy, request, actor=actor, now=now)
        session.flush()
        situations = observe(session, candidacies, now=now, actor=actor, ask=ask)
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
    entry = _enter(session, candidacy, situation, move, now=now)
    after = observe_one(session, candidacy, now=now)
    keep_in_step(session, candidacy, after, now=now)
    _give_or_take_predicate(session, candidacy, situation, move)
    queue_notice(
        session,
        Notice.MOVED,
        candidacy_id=candidacy.id,
        about=f"entry:{entry.id}",
        reference_id=entry.id,
        roles=move.tells,
        now=now,
    )
    return record(session, _moved(candidacy, situation, move, entry, author=actor.author, now=now))


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


def due_date(session: Session, cycle_id: int, stage: Stage, entered_on: date, calendar: WorkCalendar) -> date | None:
    """When the cycle's calendar wants a stage to be left; None where it names no date."""
    row: CycleDate | None = session.execute(
        select(CycleDate).where(col(CycleDate.cycle_id) == cycle_id).where(col(CycleDate.stage) == stage)
    ).scalar_one_or_none()
    if row is None:
        return None
    if row.due is not None:
        return row.due
    return calendar.add_working_days(entered_on, row.working_days or 0)


def _check_codes(codes: Sequence[str]) -> None:
    if not codes:
        raise UsageError("no_candidacy_named")
    upper = [code.strip().upper() for code in codes]
    if twice := sorted({code for code in upper if upper.count(code) > 1}):
        raise UsageError("candidacy_named_twice", value=", ".join(twice))


def _ask(session: Session, candidacy: Candidacy, request: Request, *, actor: Actor, now: datetime) -> Ask:
    today = observe_one(session, candidacy, now=now, actor=actor).today
    return Ask(
        effective_on=request.effective_on or today,
        effective_given=request.effective_on is not None,
        reason=request.reason.strip(),
        decided_by=request.decided_by,
        values=request.values or {},
    )


def _check_values(
    session: Session, candidacies: Sequence[Candidacy], move: Move, request: Request, *, now: datetime
) -> None:
    """Raises UsageError for a key that the move does not know."""
    given = set(request.values or {})
    for situation in observe(session, candidacies, now=now):
        known = set(move.values) | set(situation.ruleset.criteria if move.name == "start_self_assessment" else ())
        known |= {f"{kind}.{part}" for kind in request.contents or {} for part in ("number", "date")}
        if unknown := sorted(given - known):
            raise UsageError(
                "unknown_set_key", value=", ".join(unknown), known=", ".join(sorted(known)) or "-", move=move.name
            )
    for key in given:
        if key == "date" or key.endswith(".date"):
            parse_day((request.values or {})[key], name=key)


def _attach(session: Session, candidacy: Candidacy, request: Request, *, actor: Actor, now: datetime) -> None:
    """File what came with the move, for each candidacy."""
    values = request.values or {}
    for kind, content in (request.contents or {}).items():
        dated = values.get(f"{kind}.date")
        filing = Filing(
            kind,
            content,
            number=values.get(f"{kind}.number"),
            dated_on=parse_day(dated, name=f"{kind}.date") if dated else None,
        )
        file_document(session, subject_of(session, candidacy), filing, actor=actor, now=now)


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


def _give_or_take_predicate(session: Session, candidacy: Candidacy, situation: Situation, move: Move) -> None:
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


def _moved(
    candidacy: Candidacy, situation: Situation, move: Move, entry: StageEntry, *, author: Author, now: datetime
) -> Pending:
    ask = situation.ask
    assert ask  # noqa: S101
    details: dict[str, Json] = {
        "move": move.name,
        "entry": entry.number,
        "effective_on": entry.entered_on.isoformat(),
        "version": candidacy.version,
    }
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


def parse_day(text: str, *, name: str) -> date:
    """Raises BadInput for anything but YYYY-MM-DD."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput("bad_date", name=name, value=text) from None

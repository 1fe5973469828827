"""The only writer of a stage: check, change, record, queue - for one candidacy or many, all or none.

Many are taken in pieces, with a fixed number of statements for each piece, in one transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sqlalchemy import bindparam, select, update
from sqlmodel import Session, col

from models.among import among
from models.base import table_of
from models.candidacies import Candidacy
from models.database import directly
from models.errors import Obstacle, Refusal, Refused
from models.inserts import in_pieces, rows_hit
from models.stages import Stage
from models.trail import Json, Pending, record
from states.actors import Actor, current
from states.days_off import hold_calendar
from states.guards import YES_NO
from states.lke.snapshots import take_snapshots
from states.lookups import Named, lock_candidacies
from states.machine import decide
from states.moves import Move, find_move
from states.notices import queue_moved
from states.obligations import follow_move
from states.observe import observe
from states.portal.proposed import keep_proposed
from states.predicates import give_or_take_predicates
from states.requests import Request, check_codes, check_values, file_papers, read_request
from states.situation import Ask, Situation
from states.stays import change_stays
from states.writing import writing

PIECE = 1_000  # candidacies

Agreed = Mapping[int, Situation]
"""What the guards looked at, by candidacy."""


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
    first, *_ = check_codes(codes)
    refusals: list[Refusal] = []
    moved: list[tuple[Situation, Pending]] = []
    ask: Ask | None = None
    with writing(f"move:{name}", author=actor.author, now=now, subject=f"candidacy:{first}") as session:
        hold_calendar(session)
        actor = current(session, actor, now=now)
        for piece in in_pieces(lock_candidacies(session, codes), PIECE):
            situations = _look(session, piece, move, request, ask, actor=actor, now=now)
            ask = situations[0].ask
            refusals += obstacles_of(situations, move)
            if not refusals:
                agreed = {one.id: situation for one, situation in zip(piece, situations, strict=True)}
                moved += zip(situations, advance(session, agreed, move, now=now), strict=True)
        if refusals:
            raise Refused(refusals)
    return [
        Moved(situation.code, situation.stage, move.dest, change.seq)
        for situation, change in sorted(moved, key=lambda pair: pair[0].code)
    ]


def _look(
    session: Session,
    candidacies: Sequence[Named],
    move: Move,
    request: Request,
    ask: Ask | None,
    *,
    actor: Actor,
    now: datetime,
) -> list[Situation]:
    """All that the guards look at; what came with the move is on file then. `ask` is None for the first ones."""
    look = partial(
        observe, session, candidacies, now=now, actor=actor, lke=move.looks_at_lke, hands=move.looks_at_hands
    )
    situations = look()
    ask = ask or read_request(request, today=situations[0].today)
    check_values(situations, move, request)
    if not request.contents:
        return [replace(situation, ask=ask) for situation in situations]
    for candidacy, situation in zip(candidacies, situations, strict=True):
        file_papers(session, candidacy.id, situation, request, actor=actor, now=now)
    return look(ask=ask)


def obstacles_of(situations: Sequence[Situation], move: Move) -> list[Refusal]:
    """All that stands in the way, each under its own candidacy's name in the trail."""
    return [
        Refusal(situation.code, obstacle) for situation in situations for obstacle in decide(situation, move).obstacles
    ]


def advance(session: Session, agreed: Agreed, move: Move, *, now: datetime) -> list[Pending]:
    """Change, record and queue a move that the guards agreed to. The caller holds the locks."""
    set_stages(session, agreed, move.dest)
    after = change_stays(session, agreed, move, now=now)
    follow_move(session, agreed, after, move=move.name, now=now)
    give_or_take_predicates(session, agreed, move)
    entries = {candidacy: situation.current.entry_id for candidacy, situation in after.items()}
    told = {candidacy: entry for candidacy, entry in entries.items() if not agreed[candidacy].record_only}
    queue_moved(session, told, roles=move.tells, now=now)
    snapshots: Mapping[int, str] = {}
    if move.proposes:
        snapshots = take_snapshots(session, entries, now=now)
        keep_proposed(session, entries, now=now)
    return [
        record(session, _moved(situation, after[candidacy], move, snapshots.get(candidacy), now=now))
        for candidacy, situation in agreed.items()
    ]


_CANDIDACY = table_of(Candidacy)
_SET_STAGE = (
    update(_CANDIDACY)
    .where(
        _CANDIDACY.c.id == bindparam("this"),
        _CANDIDACY.c.stage == bindparam("seen"),
        _CANDIDACY.c.version == bindparam("seen_version"),
    )
    .values(stage=bindparam("dest"), version=_CANDIDACY.c.version + 1)
)
_WHERE_NOW = select(col(Candidacy.id), col(Candidacy.stage), col(Candidacy.version)).where(
    among(col(Candidacy.id), "candidacies")
)


def set_stages(session: Session, agreed: Agreed, dest: Stage) -> None:
    """Conditional UPDATEs: a row that is not hit means that somebody was faster than the look the guards had."""
    connection = directly(session)
    rows = [
        {"this": candidacy, "seen": situation.stage, "seen_version": situation.version, "dest": dest}
        for candidacy, situation in agreed.items()
    ]
    if rows_hit(connection.execute(_SET_STAGE, rows)) == len(rows):
        return
    stages = {key: (stage, version) for key, stage, version in connection.execute(_WHERE_NOW, {"candidacies": agreed})}
    changed = [one.code for key, one in agreed.items() if stages.get(key) != (dest, one.version + 1)]
    raise Refused([Refusal(code, Obstacle("changed_meanwhile", {"code": code})) for code in changed])


def set_stage(session: Session, candidacy: Candidacy, situation: Situation, dest: Stage) -> None:
    """The same for one, whose row the session holds."""
    set_stages(session, {candidacy.id: situation}, dest)
    session.refresh(candidacy)


def _moved(before: Situation, after: Situation, move: Move, snapshot: str | None, *, now: datetime) -> Pending:
    ask, actor, stay = before.ask, before.actor, after.current
    assert ask and actor  # noqa: S101 - a move is always asked for by somebody
    details: dict[str, Json] = {
        "move": move.name,
        "entry": stay.number,
        "effective_on": stay.entered_on.isoformat(),
        "version": after.version,
    }
    if snapshot:
        details["lke_snapshot"] = snapshot
    criteria: dict[str, Json] = {
        key: YES_NO[value.strip().lower()] for key, value in ask.values.items() if key in before.ruleset.criteria
    }
    if criteria:
        details["criteria"] = criteria
    texts = {"reason": ask.reason, "decided_by": ask.decided_by or "", "decree": ask.values.get("decree", "")}
    if "date" in ask.values:
        details["decree_date"] = ask.values["date"]
    return Pending(
        actor.author,
        now,
        action="moved",
        subject=f"candidacy:{before.code}",
        before=before.stage.value,
        after=move.dest.value,
        details=details,
        texts={name: text.strip() for name, text in texts.items() if text.strip()},
    )

"""Undoing the last move: one koordinator asks, a second person confirms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from models.candidacies import Candidacy, Correction, StageEntry
from models.database import locked, reading
from models.errors import Refused
from models.messages import Notice
from models.people import Role
from models.stages import CLOSED, Stage
from models.trail import Pending, record
from states.actors import Actor, current
from states.advance import Moved, set_stage
from states.days_off import hold_calendar
from states.due_dates import due_date
from states.lookups import find
from states.moves import BY_NAME, CORRECT
from states.notices import queue_notice
from states.obligations import close_stay, keep_in_step
from states.observe import observe_one
from states.predicates import restore_predicate
from states.situation import Situation, Stay
from states.writing import writing

CONFIRMERS = (Role.KOORDINATOR, Role.PIMPINAN, Role.TPI)  # own choice: small agencies have one koordinator


@dataclass(frozen=True)
class Asked:
    """A correction that now waits for a second person."""

    code: str
    back_to: Stage
    audit_seq: int


def correct(codes: Sequence[str], *, reason: str, actor: Actor, now: datetime) -> tuple[list[Moved], list[Asked]]:
    """Ask for the last move of each candidacy to be undone, or confirm what another person asked.

    Raises NotFound; Refused where there is nothing to undo, a reason or a role is missing, or the same
    person would confirm their own request.
    """
    with reading() as session:
        found = [find(session, Candidacy, code) for code in codes]
    moved: list[tuple[Situation, Stay, Pending]] = []
    asked: list[tuple[Situation, Stay, Pending]] = []
    with writing(f"move:{CORRECT}", author=actor.author, now=now, subject=f"candidacy:{found[0].code}") as session:
        hold_calendar(session)
        actor = current(session, actor, now=now)
        for candidacy in locked(session, Candidacy, col(Candidacy.id).in_([one.id for one in found])):
            situation = observe_one(session, candidacy, now=now, actor=actor)
            earlier = _stay_before(situation)
            request = _open_request(session, candidacy, situation)
            if request is None:
                asked.append((situation, earlier, _ask(session, candidacy, situation, reason, actor=actor, now=now)))
            else:
                confirmed = _confirm(session, candidacy, situation, earlier, request, actor=actor, now=now)
                moved.append((situation, earlier, confirmed))
    return (
        [Moved(situation.code, situation.stage, earlier.stage, done.seq) for situation, earlier, done in moved],
        [Asked(situation.code, earlier.stage, noted.seq) for situation, earlier, noted in asked],
    )


def _stay_before(situation: Situation) -> Stay:
    """Where the last move came from. Raises Refused at the first stay: an opening is not a move."""
    kept = [stay for stay in situation.stays if not stay.undone]
    if len(kept) < 2:  # noqa: PLR2004 - a move leads from one stay to another
        raise Refused.because("nothing_to_correct", subject=situation.code)
    return kept[-2]


def _open_request(session: Session, candidacy: Candidacy, situation: Situation) -> Correction | None:
    """The request for this very stay; a move takes back the one for the stay that it leaves."""
    return session.execute(
        select(Correction)
        .where(col(Correction.entry_id) == situation.current.entry_id)
        .where(col(Correction.candidacy_id) == candidacy.id)
    ).scalar_one_or_none()


def _ask(
    session: Session, candidacy: Candidacy, situation: Situation, reason: str, *, actor: Actor, now: datetime
) -> Pending:
    if not actor.holds(Role.KOORDINATOR, situation.place):
        raise Refused.because("role_needed", subject=situation.code, role=Role.KOORDINATOR.value)
    if not reason.strip():
        raise Refused.because("reason_missing", subject=situation.code)
    _refuse_second_open(session, candidacy, situation)
    request = Correction(
        candidacy_id=candidacy.id,
        entry_id=situation.current.entry_id,
        reason=reason.strip(),
        requested_by=actor.person_id,
        requested_at=now,
    )
    session.add(request)
    session.flush()
    queue_notice(
        session,
        Notice.CORRECTION,
        candidacy=candidacy,
        about=f"correction:{request.id}",
        reference_id=request.id,
        roles=CONFIRMERS,
        now=now,
    )
    return record(
        session,
        Pending(
            actor.author,
            now,
            action="correction_requested",
            subject=f"candidacy:{candidacy.code}",
            details={"entry": situation.current.number, "move": situation.current.move},
            texts={"reason": reason.strip()},
        ),
    )


def _confirm(
    session: Session,
    candidacy: Candidacy,
    situation: Situation,
    earlier: Stay,
    request: Correction,
    *,
    actor: Actor,
    now: datetime,
) -> Pending:
    if not actor.holds_any(CONFIRMERS, situation.place):
        roles = "/".join(role.value for role in CONFIRMERS)
        raise Refused.because("role_needed", subject=situation.code, role=roles)
    if actor.person_id == request.requested_by:
        raise Refused.because("second_person_needed", subject=situation.code, email=actor.email)
    _refuse_second_open(session, candidacy, situation)
    set_stage(session, candidacy, situation, earlier.stage)
    close_stay(session, candidacy.id, situation, move=CORRECT, undone=True, now=now)
    undone = session.get_one(StageEntry, situation.current.entry_id)
    undone.left_on, undone.left_at, undone.undone = undone.entered_on, now, True
    session.flush()
    reopened = session.get_one(StageEntry, earlier.entry_id)
    reopened.left_on, reopened.left_at = None, None
    reopened.due_on = due_date(  # the calendar may have changed since it was left
        session, candidacy.cycle_id, reopened.stage, reopened.entered_on, situation.calendar
    )
    request.confirmed_by, request.confirmed_at = actor.person_id, now
    restore_predicate(session, candidacy, situation)
    session.flush()
    queue_notice(
        session,
        Notice.CORRECTED,
        candidacy=candidacy,
        about=f"corrected:{request.id}",
        reference_id=request.id,
        roles=(Role.KOORDINATOR, *BY_NAME[situation.current.move].tells),
        now=now,
    )
    keep_in_step(session, candidacy, observe_one(session, candidacy, now=now), now=now)
    return record(
        session,
        Pending(
            actor.author,
            now,
            action="corrected",
            subject=f"candidacy:{candidacy.code}",
            before=situation.stage.value,
            after=earlier.stage.value,
            details={
                "entry": situation.current.number,
                "back_to_entry": earlier.number,
                "requested_by": f"person:{request.requested_by}",
                "version": candidacy.version,
            },
            texts={"reason": request.reason},
        ),
    )


def _refuse_second_open(session: Session, candidacy: Candidacy, situation: Situation) -> None:
    """Reopening a closed candidacy must not make two open ones of one unit."""
    if situation.stage not in CLOSED:
        return
    other = session.execute(
        select(col(Candidacy.code))
        .where(col(Candidacy.unit_id) == candidacy.unit_id)
        .where(col(Candidacy.id) != candidacy.id)
        .where(col(Candidacy.stage).not_in(CLOSED))
    ).scalar_one_or_none()
    if other:
        raise Refused.because("candidacy_already_open", subject=situation.code, code=other)

"""What a stage owes, and keeping the obligation rows in step with it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlmodel import Session, col

from models.actions import WHOLE, ActionItem
from models.candidacies import Candidacy
from models.messages import OutboxMessage
from models.obligations import Obligation, ObligationKind, ObligationState
from models.people import Role
from states.calendar import WorkCalendar
from states.ladder import Ladder, dated_rungs
from states.moves import PROPOSE, STAGE_OWNER
from states.situation import Situation
from states.way_on import missing_by_role, proposal_window

Key = tuple[ObligationKind, str]

ACTION_DROPPED = "action_dropped"
"""Why an action is owed no more, where it was not done."""


@dataclass(frozen=True)
class Owed:
    kind: ObligationKind
    item: str
    owed_by: Role
    due_on: date | None
    person_id: int | None = None  # who owes it in person


def owed_now(situation: Situation, items: Iterable[ActionItem] = ()) -> Iterator[Owed]:
    """One deadline for whoever owns the stage, one for each other role that still owes papers, one for who proposes,
    while a proposal is what the stage works towards and the cycle has a window for it, and one for each open item.

    Pure. An item of the action plan is its PIC's; the unit's head owes it where there is none.
    """
    owner = STAGE_OWNER.get(situation.stage)
    if owner is None or situation.record_only:
        return
    due_on = situation.current.due_on
    yield Owed(ObligationKind.STAGE, "", owner, due_on)
    for role in sorted(set(missing_by_role(situation)) - {owner}):
        yield Owed(ObligationKind.DOCUMENTS, role.value, role, due_on)
    if window := proposal_window(situation):
        yield Owed(ObligationKind.PROPOSAL, "", PROPOSE.by, window.closes)
    for item in items:
        if item.is_open:
            yield Owed(ObligationKind.ACTION, str(item.id), Role.PIMPINAN_UNIT, item.target_on, item.pic_id)


def first_rung_at(due_on: date | None, calendar: WorkCalendar, ladder: Ladder) -> datetime | None:
    return dated_rungs(due_on, calendar, ladder)[0].at if due_on else None


def keep_in_step(session: Session, candidacy: Candidacy, situation: Situation, *, now: datetime) -> None:
    """Open what is owed and not yet on record, close what is done, and follow a date or a person that changed.

    An item of the action plan outlives the stage: its row, and with it what was said, goes on in the current stay.
    """
    entry = situation.current.entry_id
    items = {str(item.id): item for item in _items(session, candidacy.id)}
    rows: dict[Key, Obligation] = {(row.kind, row.item): row for row in _rows_in_step(session, candidacy.id, entry)}
    owed: dict[Key, Owed] = {(one.kind, one.item): one for one in owed_now(situation, items.values())}
    for key, one in owed.items():
        row = rows.get(key)
        first = first_rung_at(one.due_on, situation.calendar, situation.ladder(one.kind))
        if row is None:
            session.add(
                Obligation(
                    candidacy_id=candidacy.id,
                    entry_id=entry,
                    kind=one.kind,
                    item=one.item,
                    owed_by=one.owed_by,
                    person_id=one.person_id,
                    due_on=one.due_on,
                    next_at=first,
                    opened_at=now,
                )
            )
            continue
        row.entry_id = entry
        if row.state is not ObligationState.OPEN or row.due_on != one.due_on:
            row.state, row.reason, row.closed_at = ObligationState.OPEN, None, None
            row.due_on, row.next_at, row.dated_at = one.due_on, first, now
        if row.person_id != one.person_id:
            row.person_id = one.person_id
            _tell_again(session, row)
    for key, row in rows.items():
        if key not in owed and row.state is ObligationState.OPEN:
            _end(row, items.get(row.item), situation, now=now)
    session.flush()


def close_stay(session: Session, situation: Situation, *, move: str, undone: bool, now: datetime) -> None:
    """A stage is left: its deadline is met, a proposal's only by proposing; papers that were still owed are owed no
    more; actions still are."""
    for row in _rows(session, situation.current.entry_id):
        if row.state is not ObligationState.OPEN or row.kind is ObligationKind.ACTION:
            continue
        met = row.kind is ObligationKind.STAGE or (row.kind is ObligationKind.PROPOSAL and move == PROPOSE.name)
        if met and not undone:
            close(row, ObligationState.DONE, now=now)
        else:
            close(row, ObligationState.CANCELLED, now=now, reason=move)
    session.flush()


def close(row: Obligation, state: ObligationState, *, now: datetime, reason: str | None = None) -> None:
    row.state, row.closed_at, row.reason, row.next_at = state, now, reason, None


def _end(row: Obligation, item: ActionItem | None, situation: Situation, *, now: datetime) -> None:
    """What is owed no more was done; an action may also have been dropped, or its candidacy closed."""
    if row.kind is not ObligationKind.ACTION or item is None or item.progress == WHOLE:
        close(row, ObligationState.DONE, now=now)
    else:
        reason = ACTION_DROPPED if item.dropped_at else situation.current.move
        close(row, ObligationState.CANCELLED, now=now, reason=reason)


def _tell_again(session: Session, row: Obligation) -> None:
    """Whoever owes it now hears the newest rung of this date, too: who heard it already has it under the same id."""
    newest = (
        session.execute(
            select(OutboxMessage)
            .where(col(OutboxMessage.obligation_id) == row.id, col(OutboxMessage.due_on) == row.due_on)
            .order_by(col(OutboxMessage.id).desc())
            .limit(1)
        )
        .scalars()
        .first()
    )
    if newest:
        newest.expanded_at = None


def _rows(session: Session, entry_id: int) -> list[Obligation]:
    return list(session.execute(select(Obligation).where(col(Obligation.entry_id) == entry_id)).scalars())


def _rows_in_step(session: Session, candidacy_id: int, entry_id: int) -> list[Obligation]:
    """Those of this stay, and the candidacy's actions from whatever stay."""
    here = or_(col(Obligation.entry_id) == entry_id, col(Obligation.kind) == ObligationKind.ACTION)
    query = select(Obligation).where(col(Obligation.candidacy_id) == candidacy_id, here)
    return list(session.execute(query).scalars())


def _items(session: Session, candidacy_id: int) -> list[ActionItem]:
    query = select(ActionItem).where(col(ActionItem.candidacy_id) == candidacy_id).order_by(col(ActionItem.id))
    return list(session.execute(query).scalars())

"""What a stage owes, and keeping the obligation rows in step with it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from models.actions import WHOLE
from models.candidacies import Candidacy
from models.database import directly
from models.obligations import ObligationKind, ObligationState
from models.people import Role
from states.calendar import WorkCalendar
from states.ladder import Ladder, dated_rungs
from states.moves import PROPOSE, STAGE_OWNER
from states.obligation_rows import Changes, Item, Row, load_items, load_rows
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


def owed_now(situation: Situation, items: Iterable[Item] = ()) -> Iterator[Owed]:
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
    return dated_rungs(due_on, calendar, ladder[:1])[0].at if due_on else None


def keep_in_step(session: Session, candidacy: Candidacy, situation: Situation, *, now: datetime) -> None:
    """Open what is owed and not yet on record, close what is done, and follow a date or a person that changed.

    An item of the action plan outlives the stage: its row, and with it what was said, goes on in the current stay.
    """
    keep_all_in_step(session, {candidacy.id: situation}, now=now)


def keep_all_in_step(session: Session, situations: Mapping[int, Situation], *, now: datetime) -> None:
    """The same for many; by candidacy."""
    connection = directly(session)
    rows = load_rows(connection, situations, [situation.current.entry_id for situation in situations.values()])
    items = load_items(connection, situations)
    changes = Changes()
    for candidacy, situation in situations.items():
        _plan_step(changes, candidacy, situation, rows[candidacy], items[candidacy], now=now)
    changes.write(connection)


def close_stay(
    session: Session, candidacy: int, situation: Situation, *, move: str, undone: bool, now: datetime
) -> None:
    """A stage is left: its deadline is met, a proposal's only by proposing; papers that were still owed are owed no
    more; actions still are."""
    connection = directly(session)
    rows = load_rows(connection, [candidacy], [situation.current.entry_id])
    changes = Changes()
    _plan_closing(changes, situation, rows[candidacy], move=move, undone=undone, now=now)
    changes.write(connection)


def follow_move(
    session: Session, before: Mapping[int, Situation], after: Mapping[int, Situation], *, move: str, now: datetime
) -> None:
    """Close the stay that was left and keep in step in the next, for many that made the same move; by candidacy."""
    connection = directly(session)
    rows = load_rows(connection, before, [situation.current.entry_id for situation in before.values()])
    items = load_items(connection, before)
    changes = Changes()
    for candidacy, situation in before.items():
        _plan_closing(changes, situation, rows[candidacy], move=move, undone=False, now=now)
        _plan_step(changes, candidacy, after[candidacy], rows[candidacy], items[candidacy], now=now)
    changes.write(connection)


def _plan_closing(
    changes: Changes, situation: Situation, rows: Iterable[Row], *, move: str, undone: bool, now: datetime
) -> None:
    for row in rows:
        if not row.is_open or row.kind is ObligationKind.ACTION or row.entry_id != situation.current.entry_id:
            continue
        met = row.kind is ObligationKind.STAGE or (row.kind is ObligationKind.PROPOSAL and move == PROPOSE.name)
        if met and not undone:
            changes.close(row, ObligationState.DONE, now=now)
        else:
            changes.close(row, ObligationState.CANCELLED, now=now, reason=move)


def _plan_step(
    changes: Changes, candidacy: int, situation: Situation, rows: Iterable[Row], items: Iterable[Item], *, now: datetime
) -> None:
    entry = situation.current.entry_id
    named = {str(item.id): item for item in items}
    owed = {(one.kind, one.item): one for one in owed_now(situation, named.values())}
    here = (row for row in rows if row.entry_id == entry or row.kind is ObligationKind.ACTION)
    known: dict[Key, Row] = {(row.kind, row.item): row for row in here}
    for key, one in owed.items():
        if key in known:
            _follow(changes, known[key], one, situation, now=now)
        else:
            _open(changes, candidacy, one, situation, now=now)
    for key, row in known.items():
        if key not in owed and row.is_open:
            _end(changes, row, named.get(row.item), situation, now=now)


def _open(changes: Changes, candidacy: int, one: Owed, situation: Situation, *, now: datetime) -> None:
    changes.open(
        candidacy,
        entry_id=situation.current.entry_id,
        kind=one.kind,
        item=one.item,
        owed_by=one.owed_by,
        person_id=one.person_id,
        due_on=one.due_on,
        next_at=first_rung_at(one.due_on, situation.calendar, situation.ladder(one.kind)),
        opened_at=now,
    )


def _follow(changes: Changes, row: Row, one: Owed, situation: Situation, *, now: datetime) -> None:
    changes.go_on(row, situation.current.entry_id)
    if not row.is_open or row.due_on != one.due_on:
        first = first_rung_at(one.due_on, situation.calendar, situation.ladder(one.kind))
        changes.set_date(row, one.due_on, first, now=now)
    if row.person_id != one.person_id:
        changes.hand_over(row, one.person_id, due_on=one.due_on)


def _end(changes: Changes, row: Row, item: Item | None, situation: Situation, *, now: datetime) -> None:
    """What is owed no more was done; an action may also have been dropped, or its candidacy closed."""
    if row.kind is not ObligationKind.ACTION or item is None or item.progress == WHOLE:
        changes.close(row, ObligationState.DONE, now=now)
    else:
        reason = ACTION_DROPPED if item.dropped_at else situation.current.move
        changes.close(row, ObligationState.CANCELLED, now=now, reason=reason)

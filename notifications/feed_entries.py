"""What stands in a feed: the open dated things of an agency or a unit, or what somebody's roles owe."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, String, and_, cast, false, literal_column, or_, select
from sqlmodel import Session, col

from models.actions import ActionItem
from models.agencies import Agency, Unit
from models.candidacies import Candidacy
from models.catalogue import say
from models.cycles import Cycle
from models.inserts import in_pieces
from models.obligations import Obligation, ObligationKind
from models.people import Role
from models.stages import CLOSED
from models.windows import CycleWindow
from notifications.icalendar_text import Entry
from notifications.identity import MessageIds
from states.actors import Actor
from states.calendar import today_in_indonesia
from states.holders import people_of
from states.owing import named_people


@dataclass(frozen=True)
class Dated:
    """An open obligation with a due date, and what it is of."""

    obligation: Obligation
    candidacy: Candidacy
    unit: Unit
    activity: str | None  # of the action plan


def entries_of_place(session: Session, agency: Agency, units: Sequence[int] | None, *, now: datetime) -> list[Entry]:
    """All of an agency, or of some of its units, and the windows of the agency's cycles."""
    here = col(Unit.agency_id) == agency.id if units is None else col(Unit.id).in_(units)
    ids = MessageIds.of(session)
    owed = (_owed(one, ids) for one in _dated(session, here))
    return [*owed, *_windows(session, {agency.id}, ids, now=now)]


def entries_of_person(session: Session, actor: Actor, *, now: datetime) -> list[Entry]:
    """What the person owes today, in person or by the rule of who is nearest; windows where they propose."""
    ids = MessageIds.of(session)
    owed = [_owed(one, ids) for one in owed_by_person(session, actor, now=now)]
    proposing = {held.agency_id for held in actor.roles if held.role is Role.KOORDINATOR and held.agency_id}
    return [*owed, *_windows(session, proposing, ids, now=now)]


def owed_by_person(session: Session, actor: Actor, *more: ColumnElement[bool], now: datetime) -> Iterator[Dated]:
    """What the person owes today and that has a date, as far as these conditions hold."""
    roles = {held.role for held in actor.roles}
    mine = or_(col(Obligation.owed_by).in_(roles), col(Obligation.person_id) == actor.person_id)
    for piece in in_pieces(_dated(session, _covered(session, actor), mine, *more), 1_000):
        owing = _owing(session, piece, now=now)
        yield from (one for one in piece if actor.person_id in owing[one.obligation.id])


def _owing(session: Session, dated: Sequence[Dated], *, now: datetime) -> dict[int, set[int]]:
    """Who owes each obligation: the person that it names while they serve the unit, else who holds its role."""
    named = named_people(session, (one.obligation for one in dated), now=now)
    pairs = {(one.candidacy.id, one.obligation.owed_by) for one in dated}
    holders = people_of(session, pairs, today=today_in_indonesia(now))
    return {
        row.id: {named[row.id].id} if row.id in named else {person.id for person in holders[candidacy.id, row.owed_by]}
        for row, candidacy in ((one.obligation, one.candidacy) for one in dated)
    }


def _dated(session: Session, *conditions: ColumnElement[bool]) -> Iterator[Dated]:
    rows = session.execute(
        select(Obligation, Candidacy, Unit, col(ActionItem.activity))
        .join(Candidacy, col(Candidacy.id) == col(Obligation.candidacy_id))
        .join(Unit, col(Unit.id) == col(Candidacy.unit_id))
        .outerjoin(ActionItem, _IS_OF_ITEM)
        .where(literal_column("obligation.state = 'open'"), col(Obligation.due_on).is_not(None))
        .where(col(Candidacy.stage).not_in(CLOSED), *conditions)
        .order_by(col(Obligation.id))
    )
    return (Dated(obligation, candidacy, unit, activity) for obligation, candidacy, unit, activity in rows)


_IS_OF_ITEM = and_(
    col(Obligation.kind) == ObligationKind.ACTION,
    col(ActionItem.candidacy_id) == col(Obligation.candidacy_id),
    cast(col(ActionItem.id), String) == col(Obligation.item),
)


def _covered(session: Session, actor: Actor) -> ColumnElement[bool]:
    """The units where some role of the actor holds."""
    agencies = {held.agency_id for held in actor.roles if held.agency_id}
    own = {held.unit_id for held in actor.roles if held.unit_id}
    if not agencies and not own:
        return false()
    return or_(col(Unit.agency_id).in_(agencies), col(Unit.id).in_(units_below(session, own)))


def units_below(session: Session, tops: Iterable[int]) -> list[int]:
    """These units and all under them."""
    tree = select(col(Unit.id)).where(col(Unit.id).in_(set(tops))).cte("tree", recursive=True)
    tree = tree.union(select(col(Unit.id)).join(tree, col(Unit.parent_id) == tree.c.id))
    return list(session.execute(select(tree.c.id).order_by(tree.c.id)).scalars())


def _owed(one: Dated, ids: MessageIds) -> Entry:
    row, candidacy = one.obligation, one.candidacy
    assert row.due_on  # noqa: S101 - asked for
    values = {
        "unit": one.unit.name,
        "level": candidacy.target.value,
        "stage": say(f"stage.{candidacy.stage.value}"),
        "role": say(f"role.{row.owed_by.value}"),
        "code": candidacy.code,
        "activity": one.activity,
    }
    return Entry(
        uid=ids.calendar_entry("obligation", row.id),
        title=say(f"feed.{row.kind.value}", **values),
        text=say("feed.action_text" if row.kind is ObligationKind.ACTION else "feed.text", **values),
        first=row.due_on,
        last=row.due_on,
        made_at=row.opened_at,
        changed_at=row.dated_at or row.opened_at,
    )


def _windows(session: Session, agencies: set[int], ids: MessageIds, *, now: datetime) -> Iterator[Entry]:
    """Those that have not closed yet."""
    rows = session.execute(
        select(CycleWindow, Cycle)
        .join(Cycle, col(Cycle.id) == col(CycleWindow.cycle_id))
        .where(col(Cycle.agency_id).in_(agencies), col(Cycle.record_only).is_(False))
        .where(col(CycleWindow.closes) >= today_in_indonesia(now))
        .order_by(col(CycleWindow.id))
    )
    for window, cycle in rows:
        yield Entry(
            uid=ids.calendar_entry("window", window.id),
            title=say("feed.window", window=say(f"window.{window.kind.value}"), cycle=cycle.code),
            text=window.note or "",
            first=window.opens,
            last=window.closes,
            made_at=window.made_at,
            changed_at=window.set_at,
        )

"""What stands in a feed: the open dated things of an agency or a unit, or what somebody's roles owe."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, false, literal_column, or_, select
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.candidacies import Candidacy
from models.catalogue import say
from models.cycles import Cycle
from models.inserts import in_pieces
from models.obligations import Obligation
from models.people import Role
from models.stages import CLOSED
from models.windows import CycleWindow
from notifications.icalendar_text import Entry
from notifications.identity import MessageIds
from states.actors import Actor
from states.calendar import today_in_indonesia
from states.holders import people_of


@dataclass(frozen=True)
class Dated:
    """An open obligation with a due date, and what it is of."""

    obligation: Obligation
    candidacy: Candidacy
    unit: Unit


def entries_of_place(session: Session, agency: Agency, units: Sequence[int] | None, *, now: datetime) -> list[Entry]:
    """All of an agency, or of some of its units, and the windows of the agency's cycles."""
    here = col(Unit.agency_id) == agency.id if units is None else col(Unit.id).in_(units)
    ids = MessageIds.of(session)
    owed = (_owed(one, ids) for one in _dated(session, here))
    return [*owed, *_windows(session, {agency.id}, ids, now=now)]


def entries_of_person(session: Session, actor: Actor, *, now: datetime) -> list[Entry]:
    """What the person's own roles owe today, by the rule of who is nearest; windows where they propose."""
    roles = {held.role for held in actor.roles}
    ids = MessageIds.of(session)
    owed: list[Entry] = []
    for piece in in_pieces(_dated(session, _covered(session, actor), col(Obligation.owed_by).in_(roles)), 1_000):
        pairs = {(one.candidacy.id, one.obligation.owed_by) for one in piece}
        holders = people_of(session, pairs, today=today_in_indonesia(now))
        owed.extend(
            _owed(one, ids)
            for one in piece
            if actor.person_id in {person.id for person in holders[one.candidacy.id, one.obligation.owed_by]}
        )
    proposing = {held.agency_id for held in actor.roles if held.role is Role.KOORDINATOR and held.agency_id}
    return [*owed, *_windows(session, proposing, ids, now=now)]


def _dated(session: Session, *conditions: ColumnElement[bool]) -> Iterator[Dated]:
    rows = session.execute(
        select(Obligation, Candidacy, Unit)
        .join(Candidacy, col(Candidacy.id) == col(Obligation.candidacy_id))
        .join(Unit, col(Unit.id) == col(Candidacy.unit_id))
        .where(literal_column("obligation.state = 'open'"), col(Obligation.due_on).is_not(None))
        .where(col(Candidacy.stage).not_in(CLOSED), *conditions)
        .order_by(col(Obligation.id))
    )
    return (Dated(obligation, candidacy, unit) for obligation, candidacy, unit in rows)


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
    }
    return Entry(
        uid=ids.calendar_entry("obligation", row.id),
        title=say(f"feed.{row.kind.value}", **values),
        text=say("feed.text", **values),
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
